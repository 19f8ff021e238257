//! Answers in place of the server, for tests: typed by the API's description, in memory
//! or on a loopback socket. Behind the feature `mock`.
//!
//! A generated crate with a module `mock` (`pontoon generate --mock`) has a function for
//! each operation that gives its [`Route`]; a [`Mock`] is told what to answer there:
//!
//! ```
//! use pontoon_runtime::json::Json;
//! use pontoon_runtime::mock::{Answer, Mock, Mocked, Route};
//! use pontoon_runtime::operation::{Accepted, Api, Body, Operation, Parameter};
//! use pontoon_runtime::{ClientBuilder, CoreClient};
//! # use pontoon_runtime::model::{Reflect, View};
//!
//! // What is generated: tables, a route for each operation, a client.
//! static API: Api = Api::BLANK;
//! static GET_PET: Operation = Operation {
//!     id: "getPet",
//!     path: "/pets/{id}",
//!     parameters: &[Parameter::path("id")],
//!     responses: &[Accepted::json(200, 0), Accepted::json(404, 0)],
//!     ..Operation::BLANK
//! };
//! fn get_pet() -> Route<Json> {
//!     Route::new(&GET_PET)
//! }
//! # struct Client(CoreClient);
//! # impl From<CoreClient> for Client { fn from(core: CoreClient) -> Self { Self(core) } }
//! # impl Mocked for Client {
//! #     fn builder() -> ClientBuilder<Self> { ClientBuilder::new(&API) }
//! #     fn operations() -> Vec<&'static Operation> { vec![&GET_PET] }
//! # }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), pontoon_runtime::Error> {
//! let mock = Mock::<Client>::new();
//! mock.on(get_pet())
//!     .with_param("id", "7")
//!     .respond(Json::from([("name", "Rex")]))
//!     .times(1);
//! mock.on(get_pet()).respond_error(404, &Json::from([("message", "no such pet")]));
//!
//! let client = mock.client();
//! # let get = |id| client.0.call(&GET_PET).param(0, View::Str(id)).send::<Json>();
//! // In a program: client.pets().get("7").send()
//! assert_eq!(get("7").await?.value["name"].as_str(), Some("Rex"));
//! assert!(get("8").await.unwrap_err().is_not_found());
//! assert_eq!(mock.requests()[1].param("id"), Some("8"));
//! mock.verify();
//! # Ok(())
//! # }
//! ```
//!
//! Requests are held against the tables: a parameter or body that is required and not
//! there, a media type that is not declared and a body that is not of its type fail the
//! call with a message, as does a call that nothing answers. Not judged: credentials
//! (the mock's client has made ones), the types of parameters, and what is in multipart
//! bodies; of forms flat ones are read.

mod answer;
mod expect;
mod judge;
mod received;
#[cfg(feature = "mock-server")]
mod serve;
mod state;
mod template;
#[cfg(test)]
mod tests;

pub use answer::Answer;
pub use expect::Expect;
pub use received::Received;
#[cfg(feature = "mock-server")]
pub use serve::Served;

use crate::json::Json;
use crate::model::Reflect;
use crate::operation::{Operation, SchemeKind};
use crate::{ClientBuilder, CoreClient, Credential};
use state::State;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

/// Where the mock's client sends its requests. The name is reserved never to exist
/// (RFC 6761, section 6.4).
const BASE_URL: &str = "https://mock.invalid";

/// A client that can be mocked. Implemented by generated crates.
pub trait Mocked: From<CoreClient> + 'static {
    /// Settings for a client.
    fn builder() -> ClientBuilder<Self>;
    /// Every operation of the API, so that a request is told from its neighbours.
    fn operations() -> Vec<&'static Operation>;
}

type Types<O, B, I> = PhantomData<fn() -> (O, B, I)>;

/// An operation to be answered: the type of its success `O`, of its body `B`, and of the
/// items of its stream `I`. Generated functions make it.
pub struct Route<O, B = (), I = ()> {
    operation: &'static Operation,
    types: Types<O, B, I>,
}

impl<O, B, I> Route<O, B, I> {
    /// For generated code: the operation of this table.
    pub const fn new(operation: &'static Operation) -> Self {
        Self {
            operation,
            types: PhantomData,
        }
    }
}

/// Routes of a namespace, and the list of its operations.
#[doc(hidden)]
#[macro_export]
macro_rules! __routes {
    ($($(#[$meta:meta])* $name:ident = $table:ident: $output:ty, $body:ty, $item:ty;)*) => {
        pub(super) static ALL: &[&$crate::codegen::Operation] = &[$(&tables::$table),*];
        $(
            $(#[$meta])*
            pub const fn $name() -> $crate::codegen::Route<$output, $body, $item> {
                $crate::codegen::Route::new(&tables::$table)
            }
        )*
    };
}

impl<O, B, I> Clone for Route<O, B, I> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<O, B, I> Copy for Route<O, B, I> {}

impl<O, B, I> fmt::Debug for Route<O, B, I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Route({})", self.operation.id)
    }
}

/// The server's part in a test: rules that answer, and what was asked. Clones share
/// them.
pub struct Mock<C> {
    state: Arc<State>,
    client: PhantomData<fn() -> C>,
}

impl<C: Mocked> Mock<C> {
    /// A mock without rules: every call fails until it is told otherwise.
    pub fn new() -> Self {
        Self {
            state: Arc::new(State::new(C::operations())),
            client: PhantomData,
        }
    }

    /// A rule for an operation. Rules are asked in the order in which they were made;
    /// one that was used as often as [`Expect::times`] says steps aside.
    pub fn on<O: Reflect, B: Reflect, I: Reflect>(&self, route: Route<O, B, I>) -> Expect<O, B, I> {
        Expect::new(Arc::clone(&self.state), route.operation)
    }

    /// Answers the operations that no rule answers. Their requests are held against
    /// the tables all the same.
    pub fn otherwise(&self, answer: impl Fn(&Received<Json>) -> Answer + Send + Sync + 'static) {
        self.state.otherwise(Box::new(answer));
    }

    /// A client whose calls are answered in memory, with made credentials for all
    /// schemes of the API.
    ///
    /// # Panics
    /// The client cannot be built, which does not depend on the mock.
    pub fn client(&self) -> C {
        match self.builder().build() {
            Ok(client) => client,
            Err(error) => panic!("the client of the mock cannot be built: {error}"),
        }
    }

    /// The settings of [`Self::client`], for more of them: time limits, retries, hooks.
    pub fn builder(&self) -> ClientBuilder<C> {
        let mut builder = C::builder()
            .base_url(BASE_URL)
            .transport(state::Line(Arc::clone(&self.state)));
        for (index, scheme) in (0u16..).zip(builder.api().schemes) {
            builder = builder.credential(match scheme.kind {
                SchemeKind::Basic => Credential::basic(index, "mock", "mock"),
                _ => Credential::token(index, "mock"),
            });
        }
        builder
    }

    /// The requests so far that were answered, oldest first.
    pub fn requests(&self) -> Vec<Received<Json>> {
        self.state.requests(None)
    }

    /// Those of one operation, with its body's type.
    pub fn requests_of<O, B, I>(&self, route: Route<O, B, I>) -> Vec<Received<B>> {
        self.state.requests(Some(route.operation))
    }

    /// What went wrong so far: requests that nothing answered, and rules that were not
    /// used as often as they say. Empty where all is well.
    pub fn problems(&self) -> Vec<String> {
        self.state.problems()
    }

    /// Asserts that all is well.
    ///
    /// # Panics
    /// [`Self::problems`] has any; the message lists them.
    #[track_caller]
    pub fn verify(&self) {
        let problems = self.problems();
        assert!(problems.is_empty(), "{}", problems.join("\n"));
    }

    /// Serves the rules on a loopback socket until the guard is dropped, for programs
    /// under test that are other processes or have clients of their own. Needs a Tokio
    /// runtime.
    ///
    /// # Errors
    /// No socket can be bound.
    #[cfg(feature = "mock-server")]
    pub async fn serve(&self) -> std::io::Result<Served> {
        serve::start(Arc::clone(&self.state)).await
    }
}

impl<C: Mocked> Default for Mock<C> {
    fn default() -> Self {
        Self::new()
    }
}

impl<C> Clone for Mock<C> {
    fn clone(&self) -> Self {
        Self {
            state: Arc::clone(&self.state),
            client: PhantomData,
        }
    }
}

impl<C> fmt::Debug for Mock<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mock").finish_non_exhaustive()
    }
}
