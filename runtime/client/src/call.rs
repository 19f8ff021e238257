//! One call: an operation with its parameters, on its way to a request.

mod answer;
#[cfg(feature = "checks")]
mod checks;
mod entry;
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

pub use options::CallOptions;
pub(crate) use pipeline::{page, reopen};
pub use raw::RawRequest;
pub use send::Send;

use crate::auth::Prepared;
use crate::client::Core;
use crate::codec::parameter::{self, Parts};
use crate::coding::Compression;
use crate::model::{Reflect, View};
use crate::operation::{Body, Codec, Location, Operation, Repeat};
use crate::stream::{Open, Streamed};
use crate::transport::BoxFuture;
use crate::upload::Upload;
use crate::{Error, Hedge, Retry, hook};
use http::{HeaderName, HeaderValue};
use std::fmt;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

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
pub struct Call {
    core: Arc<Core>,
    operation: &'static Operation,
    /// Where there is no operation of the API; `operation` stands in for it.
    raw: Option<Box<raw::Raw>>,
    parts: Parts,
    /// Which piece of the query string belongs to which parameter.
    queries: Vec<(usize, Range<usize>)>,
    body: Option<Encoded>,
    options: Option<Box<Options>>,
    error: Option<Error>,
    /// Made for this call, where the operation asks for one.
    key: Option<(HeaderName, HeaderValue)>,
    /// What its parts break, where the client checks requests.
    #[cfg(feature = "checks")]
    violations: Vec<(crate::check::Part, crate::Violation)>,
}

/// A body ready to be sent.
struct Encoded {
    media_type: HeaderValue,
    codec: Codec,
    pieces: Vec<Upload>,
}

/// What the caller sets for this call alone.
#[derive(Default)]
struct Options {
    base_url: Option<String>,
    headers: Vec<(HeaderName, HeaderValue)>,
    query: String,
    timeout: Option<Duration>,
    attempt_timeout: Option<Duration>,
    retry: Option<Retry>,
    repeat: Option<Repeat>,
    hedge: Option<Hedge>,
    extensions: hook::Values,
    compression: Option<Compression>,
    credential: Option<(u16, Prepared)>,
    anonymous: bool,
    #[cfg(feature = "checks")]
    check: Option<bool>,
}

impl Call {
    pub(crate) fn new(core: Arc<Core>, operation: &'static Operation) -> Self {
        Self {
            core,
            operation,
            raw: None,
            parts: Parts::default(),
            queries: Vec::new(),
            body: None,
            options: None,
            error: None,
            key: None,
            #[cfg(feature = "checks")]
            violations: Vec::new(),
        }
    }

    /// Sets parameter `index` of the operation, in place of a value set before.
    pub fn param(mut self, index: usize, value: View<'_>) -> Self {
        let Some(parameter) = self.operation.parameters.get(index) else {
            return self;
        };
        #[cfg(feature = "checks")]
        self.examine(crate::check::Part::Parameter(index), &value);
        let is_query = parameter.location == Location::Query;
        if is_query {
            self.remove_query(index);
        }
        let start = self.parts.query.len();
        if let Err(error) = parameter::encode(parameter, value, &mut self.parts) {
            let message = format!("the parameter `{}` cannot be written", parameter.name);
            self.refuse(Error::request(message).with_source(error));
        }
        let end = self.parts.query.len();
        if is_query && end > start {
            self.queries.push((index, start..end));
        }
        self
    }

    /// Takes a query parameter out again.
    fn remove_query(&mut self, index: usize) {
        let Some(at) = self.queries.iter().position(|(known, _)| *known == index) else {
            return;
        };
        let (_, range) = self.queries.remove(at);
        // The first piece has no `&` before it: the one after it is taken along.
        let end = match self.parts.query.as_bytes().get(range.end) {
            Some(b'&') if range.start == 0 => range.end + 1,
            _ => range.end,
        };
        self.parts.query.replace_range(range.start..end, "");
        for (_, other) in &mut self.queries[at..] {
            // The new first piece begins with what was its `&`.
            let start = other.start.saturating_sub(end - range.start);
            *other = start..other.end - (end - range.start);
        }
    }

    /// Sets the body.
    pub fn body(self, value: View<'_>) -> Self {
        self.put_body(None, value)
    }

    /// Sets the body in the media type `index` of the body's `others`.
    pub fn body_as(self, index: usize, value: View<'_>) -> Self {
        self.put_body(Some(index), value)
    }

    fn put_body(mut self, other: Option<usize>, value: View<'_>) -> Self {
        if matches!(value, View::Absent) {
            return self;
        }
        let declared = self.operation.body.as_ref();
        let body = match other {
            Some(index) => declared.and_then(|body| body.others.get(index)),
            None => declared,
        };
        if let Some(body) = body {
            #[cfg(feature = "checks")]
            self.examine(crate::check::Part::Body(other), &value);
            match request::encode_body(body, value) {
                Ok(encoded) => self.body = Some(encoded),
                Err(error) => self.refuse(error),
            }
        }
        self
    }

    /// Sets a binary body.
    pub fn upload(self, content: Upload) -> Self {
        let body = self.operation.body.as_ref();
        self.put_upload(body, content)
    }

    /// Like [`Self::upload`], in the media type `index` of the body's `others`.
    pub fn upload_as(self, index: usize, content: Upload) -> Self {
        let body = self.operation.body.as_ref();
        let other = body.and_then(|body| body.others.get(index));
        self.put_upload(other, content)
    }

    fn put_upload(mut self, body: Option<&'static Body>, content: Upload) -> Self {
        if let Some(body) = body {
            self.body = Some(Encoded {
                media_type: HeaderValue::from_static(body.media_type),
                codec: body.codec,
                pieces: vec![content],
            });
        }
        self
    }

    /// Sends the call. The future does nothing until it is awaited; dropping it
    /// abandons the call.
    pub fn send<T: Reflect>(self) -> Send<T> {
        Send::new(pipeline::start(self))
    }

    /// Sends the call and gives the answer when its head is there, its body as a
    /// stream: [`Download`](crate::Download),
    /// [`EventStream`](crate::EventStream) or [`JsonLines`](crate::JsonLines).
    /// [`CallOptions::timeout`] is then the limit until the head is there.
    pub fn stream<S: Streamed>(self) -> Open<S> {
        Open::new(pipeline::open(self, S::KIND))
    }

    pub(crate) fn operation(&self) -> &'static Operation {
        self.operation
    }

    pub(crate) fn extensions(&self) -> Option<&hook::Values> {
        Some(&self.options.as_ref()?.extensions)
    }

    /// Waits, by the transport's timer.
    pub(crate) fn sleep(&self, time: Duration) -> BoxFuture<()> {
        self.core.transport.sleep(time)
    }

    /// Keeps the first mistake.
    fn refuse(&mut self, error: Error) {
        self.error.get_or_insert(error);
    }

    fn options_mut(&mut self) -> &mut Options {
        self.options.get_or_insert_default()
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("operation", &self.label())
            .field("method", &self.method_name())
            .field("path", &self.path_template())
            .field("error", &self.error)
            .finish_non_exhaustive()
    }
}
