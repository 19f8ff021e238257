//! Hooks: code of the caller's in the way of every attempt.

use crate::Error;
use crate::call::Invocation;
use crate::transport::{Request, Response};
use http::Extensions;
use std::fmt;
use std::future::{Future, ready};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

/// What a hook gives: a boxed future that may borrow from its arguments.
pub type HookFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send + 'a>>;

/// Code that sees every request before it is sent and every answer before it is
/// read. Hooks are given to [`ClientBuilder::hook`](crate::ClientBuilder::hook);
/// their order is that in which they are given: `before` is called in order,
/// `after` and `on_failure` in reverse.
///
/// Hooks run in each attempt, and for each redirect in it, between the credentials
/// and the transport: the request is complete. A signature over it no longer holds for
/// what a hook changes.
///
/// ```
/// use http::{HeaderValue, StatusCode};
/// use pontoon_runtime::operation::{Accepted, Api, Operation};
/// use pontoon_runtime::transport::{Memory, Request, Response};
/// use pontoon_runtime::{Attempt, CallOptions, ClientBuilder, CoreClient, Hook, HookFuture};
///
/// #[derive(Clone)]
/// struct Tenant(&'static str);
///
/// /// Says for whom a call is made, and which attempt this is.
/// struct Tenants;
/// impl Hook for Tenants {
///     fn before<'a>(
///         &'a self,
///         attempt: &'a Attempt<'_>,
///         request: &'a mut Request,
///     ) -> HookFuture<'a, Option<Response>> {
///         if let Some(Tenant(name)) = attempt.extension() {
///             request.headers.insert("x-tenant", HeaderValue::from_static(name));
///         }
///         request.headers.insert("x-attempt", attempt.number().into());
///         Box::pin(async { Ok(None) })
///     }
/// }
///
/// # static API: Api = Api { user_agent: "pets/1.0", ..Api::BLANK };
/// # static PING: Operation = Operation {
/// #     id: "ping", path: "/ping", responses: &[Accepted::empty(204, 0)], ..Operation::BLANK
/// # };
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), pontoon_runtime::Error> {
/// let memory = Memory::script([503, 204].map(|status| {
///     Ok(Response::new(StatusCode::from_u16(status).expect("a status")))
/// }));
/// let client: CoreClient = ClientBuilder::new(&API)
///     .base_url("https://pets.example")
///     .transport(memory.clone())
///     .hook(Tenants)
///     .build()?;
/// client.call(&PING).extension(Tenant("acme")).send::<()>().await?;
/// let sent = memory.requests();
/// assert_eq!(sent[1].header("x-tenant"), Some("acme"));
/// assert_eq!(sent[1].header("x-attempt"), Some("2"));
/// # Ok(())
/// # }
/// ```
pub trait Hook: Send + Sync + 'static {
    /// Before a request is sent. It may be changed. An answer given here is taken in
    /// place of the server's: nothing is sent, the hooks after this one do not
    /// see the request, and `after` of those before it and of itself see the answer.
    ///
    /// # Errors
    /// An error ends the attempt. It is retried if a failure of the transport of
    /// that kind would be; [`Error::hook`] is not.
    fn before<'a>(
        &'a self,
        attempt: &'a Attempt<'_>,
        request: &'a mut Request,
    ) -> HookFuture<'a, Option<Response>> {
        let _ = (attempt, request);
        Box::pin(ready(Ok(None)))
    }

    /// When the head of an answer is there, whatever its status; the body has not
    /// been read. Both may be changed.
    ///
    /// # Errors
    /// As for [`Self::before`]: with [`Error::transport`] an answer can be made one
    /// that is retried.
    fn after<'a>(
        &'a self,
        attempt: &'a Attempt<'_>,
        answer: &'a mut Response,
    ) -> HookFuture<'a, ()> {
        let _ = (attempt, answer);
        Box::pin(ready(Ok(())))
    }

    /// An attempt was in vain and another one follows after `wait`.
    fn on_retry(&self, attempt: &Attempt<'_>, wait: Duration) {
        let _ = (attempt, wait);
    }

    /// An attempt brought no answer. Not called for answers of an error status.
    fn on_failure(&self, attempt: &Attempt<'_>, error: &Error) {
        let _ = (attempt, error);
    }
}

/// What a hook can know of an attempt.
pub struct Attempt<'a> {
    pub(crate) call: &'a Invocation,
    pub(crate) number: u32,
}

impl Attempt<'_> {
    /// The operation's `operationId`, or its method and path.
    pub fn operation(&self) -> &str {
        self.call.label()
    }

    /// The method of the operation.
    pub fn method(&self) -> &str {
        self.call.method_name()
    }

    /// The path template of the operation, such as `/pets/{id}`; the path of a raw
    /// request.
    pub fn path(&self) -> &str {
        self.call.path_template()
    }

    /// Which attempt of the call it is, from 1.
    pub fn number(&self) -> u32 {
        self.number
    }

    /// A value of that type that the caller gave to
    /// [`CallOptions::extension`](crate::CallOptions::extension).
    pub fn extension<T: Clone + Send + Sync + 'static>(&self) -> Option<&T> {
        self.call.extensions()?.get()
    }
}

impl fmt::Debug for Attempt<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attempt")
            .field("operation", &self.operation())
            .field("number", &self.number)
            .finish_non_exhaustive()
    }
}

/// The hooks of a client, in order.
pub(crate) type Hooks = Vec<Arc<dyn Hook>>;

/// Values for hooks.
pub(crate) type Values = Extensions;

/// Calls `send` between the hooks.
pub(crate) async fn around<F: Future<Output = Result<Response, Error>>>(
    hooks: &[Arc<dyn Hook>],
    attempt: &Attempt<'_>,
    mut request: Request,
    send: impl FnOnce(Request) -> F,
) -> Result<Response, Error> {
    let mut passed = 0;
    let mut given = Ok(None);
    while let (Some(hook), Ok(None)) = (hooks.get(passed), &given) {
        given = hook.before(attempt, &mut request).await;
        passed += 1;
    }
    let mut outcome = match given {
        Ok(Some(answer)) => Ok(answer),
        Ok(None) => send(request).await,
        Err(error) => Err(error),
    };
    for hook in hooks[..passed].iter().rev() {
        match &mut outcome {
            Ok(answer) => {
                if let Err(error) = hook.after(attempt, answer).await {
                    hook.on_failure(attempt, &error);
                    outcome = Err(error);
                }
            }
            Err(error) => hook.on_failure(attempt, error),
        }
    }
    outcome
}
