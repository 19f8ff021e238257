//! One call: an operation with its parameters, on its way to a request.

mod answer;
#[cfg(feature = "checks")]
mod checks;
mod entry;
mod invocation;
mod macros;
mod media;
mod options;
mod paged;
mod pipeline;
mod raw;
mod redirect;
mod repeat;
mod request;
mod send;

pub(crate) use invocation::Invocation;
pub use options::CallOptions;
pub(crate) use pipeline::{page, reopen};
pub use raw::RawRequest;
pub use send::Send;

use crate::client::Core;
use crate::model::{Reflect, View};
use crate::operation::Operation;
use crate::page::{Items, Pages, Records};
use crate::stream::{Open, Streamed};
use crate::upload::Upload;
use std::fmt;
use std::sync::Arc;

/// A call that is being put together. Values are encoded as they come; the first
/// one that cannot be written is told when the call is sent.
///
/// Generated methods wrap one. By hand, for an operation that the API's
/// description forgot:
///
/// ```
/// use http::StatusCode;
/// use pontoon_runtime::json::Json;
/// use pontoon_runtime::model::View;
/// use pontoon_runtime::operation::{Accepted, Api, Operation, Parameter};
/// use pontoon_runtime::transport::{Memory, Response};
/// use pontoon_runtime::{CallOptions, ClientBuilder, CoreClient};
///
/// static API: Api = Api { user_agent: "pets/1.0", headers: &[], ..Api::BLANK };
/// static GET_PET: Operation = Operation {
///     id: "getPet",
///     method: "GET",
///     path: "/pets/{id}",
///     parameters: &[Parameter::path("id")],
///     responses: &[Accepted::json(200, 0)],
///     ..Operation::BLANK
/// };
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), pontoon_runtime::Error> {
/// let transport = Memory::new(|_| Ok(Response::json(StatusCode::OK, r#"{"name": "Rex"}"#)));
/// let client: CoreClient = ClientBuilder::new(&API)
///     .base_url("https://pets.example/v1")
///     .transport(transport.clone())
///     .build()?;
/// let call = client.call(&GET_PET).param(0, View::Str("a/b"));
/// let pet = call.header("X-Trace", "1").send::<Json>().await?;
/// assert_eq!(pet.value["name"].as_str(), Some("Rex"));
/// assert_eq!(pet.url(), "https://pets.example/v1/pets/a%2Fb");
/// assert_eq!(transport.requests()[0].header("x-trace"), Some("1"));
/// # Ok(())
/// # }
/// ```
pub struct Call(Box<Invocation>);

impl Call {
    pub(crate) fn new(core: Arc<Core>, operation: &'static Operation) -> Self {
        Self(Box::new(Invocation::new(core, operation)))
    }

    /// What the call holds, no longer to be changed by its caller.
    pub(crate) fn into_inner(self) -> Box<Invocation> {
        self.0
    }

    /// Sets parameter `index` of the operation, in place of a value set before.
    pub fn param(mut self, index: usize, value: View<'_>) -> Self {
        self.0.set_parameter(index, value);
        self
    }

    /// Sets the body.
    pub fn body(mut self, value: View<'_>) -> Self {
        self.0.set_body(None, value);
        self
    }

    /// Sets the body in the media type `index` of the body's `others`.
    pub fn body_as(mut self, index: usize, value: View<'_>) -> Self {
        self.0.set_body(Some(index), value);
        self
    }

    /// Sets a binary body.
    pub fn upload(mut self, content: Upload) -> Self {
        let body = self.0.operation.body.as_ref();
        self.0.set_upload(body, content);
        self
    }

    /// Like [`Self::upload`], in the media type `index` of the body's `others`.
    pub fn upload_as(mut self, index: usize, content: Upload) -> Self {
        let body = self.0.operation.body.as_ref();
        let other = body.and_then(|body| body.others.get(index));
        self.0.set_upload(other, content);
        self
    }

    /// Sends the call. The future does nothing until it is awaited; dropping it
    /// abandons the call.
    pub fn send<T: Reflect>(self) -> Send<T> {
        Send::new(pipeline::start(self.0))
    }

    /// Sends the call and gives the answer when its head is there, its body as a
    /// stream: [`Download`](crate::Download),
    /// [`EventStream`](crate::EventStream) or [`JsonLines`](crate::JsonLines).
    /// [`CallOptions::timeout`] is then the limit until the head is there.
    pub fn stream<S: Streamed>(self) -> Open<S> {
        Open::new(pipeline::open(self.0, S::KIND))
    }

    /// The items of a list, over all of its pages, each read as a `T`.
    pub fn items<T>(self) -> Items<T> {
        Items::new(self)
    }

    /// The list as the JSON texts of its records, page by page.
    pub fn records(self) -> Records {
        Records::new(self)
    }

    /// The pages of a list, each read as a `P`.
    pub fn pages<P>(self) -> Pages<P> {
        Pages::new(self)
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
