//! The one error of the runtime.

mod attempts;
mod declared;
mod display;
mod scopes;

use crate::drift::Unread;
use crate::operation::Operation;
use crate::page::PagingFault;
use crate::retry::Attempts;
use crate::transport::Address;
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

pub(crate) type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Why a call gave no value.
///
/// The error is opaque: ask it by predicates ([`is_timeout`](Self::is_timeout),
/// [`is_not_found`](Self::is_not_found), ...). An answer of the server is kept
/// whole, with [`status`](Self::status), [`headers`](Self::headers) and the raw
/// [`body`](Self::body); [`declared`](Self::declared) reads the body as the type
/// that the API declares for the status. Credentials appear in none of it.
///
/// # Troubleshooting
///
/// * [`is_request`](Self::is_request): the call was refused before it was sent;
///   the message says what to change.
/// * [`is_connect`](Self::is_connect), [`is_timeout`](Self::is_timeout): the
///   server was not reached or was too slow. The request may have been carried
///   out after a timeout.
/// * [`is_decode`](Self::is_decode): the server answered with something other
///   than its API description says; [`json_path`](Self::json_path) is the place
///   and [`body`](Self::body) what it sent.
/// * [`is_paging`](Self::is_paging): a list cannot be read on; the
///   [`paging_fault`](Self::paging_fault) says why. It is never read short in silence.
///
/// ```
/// use pontoon_runtime::Error;
///
/// /// Whether to try the same call again later.
/// fn is_worth_another_try(error: &Error) -> bool {
///     error.is_connect() || error.is_rate_limited() || error.is_server_error()
/// }
/// assert!(is_worth_another_try(&Error::connect("connection refused")));
/// ```
pub struct Error(Box<Inner>);

struct Inner {
    kind: Kind,
    message: Cow<'static, str>,
    source: Option<BoxError>,
    operation: Option<&'static Operation>,
    url: Option<String>,
    json_path: Option<String>,
    answer: Option<Answer>,
    /// The counters of drift that the body was not read with yet.
    unread: Option<Unread>,
    attempts: Attempts,
    /// When another call may be made.
    wait: Option<Duration>,
    #[cfg(feature = "checks")]
    violations: Vec<crate::Violation>,
}

/// What was received: an answer, or, without a status, a request.
struct Answer {
    status: Option<StatusCode>,
    headers: HeaderMap,
    body: Bytes,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Request,
    Connect,
    ConnectTimeout,
    Timeout,
    Transport,
    Redirect,
    Status,
    Decode,
    Credential,
    Hook,
    Limited,
    CircuitOpen,
    Paging(PagingFault),
    TooLong,
    #[cfg(feature = "fs")]
    Output,
    #[cfg(feature = "webhook-signatures")]
    Signature,
}

impl Error {
    /// Cold, as all that makes errors: the way of calls that succeed stays short.
    #[cold]
    fn of(kind: Kind, message: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Inner {
            kind,
            message: message.into(),
            source: None,
            operation: None,
            url: None,
            json_path: None,
            answer: None,
            unread: None,
            attempts: Attempts::default(),
            wait: None,
            #[cfg(feature = "checks")]
            violations: Vec::new(),
        }))
    }

    /// The caller asked for something that cannot be sent.
    pub(crate) fn request(message: impl Into<Cow<'static, str>>) -> Self {
        Self::of(Kind::Request, message)
    }

    /// The request breaks constraints of the API's description.
    #[cfg(feature = "checks")]
    pub(crate) fn invalid(violations: Vec<crate::Violation>) -> Self {
        const SHOWN: usize = 10;
        let shown = violations.iter().take(SHOWN).map(ToString::to_string);
        let mut words = shown.collect::<Vec<_>>().join("; ");
        if let Some(more) = violations.len().checked_sub(SHOWN).filter(|more| *more > 0) {
            words.push_str(&format!("; and {more} more"));
        }
        let mut error = Self::of(Kind::Request, format!("not sent: {words}"));
        error.0.violations = violations;
        error
    }

    /// The answer is not what the API declares.
    pub(crate) fn decode(message: impl Into<Cow<'static, str>>) -> Self {
        Self::of(Kind::Decode, message)
    }

    /// The pages of a list do not follow each other as they must.
    pub(crate) fn paging(fault: PagingFault, message: impl Into<Cow<'static, str>>) -> Self {
        Self::of(Kind::Paging(fault), message)
    }

    /// The answer is longer than a limit of the caller's.
    pub(crate) fn too_long(message: impl Into<Cow<'static, str>>) -> Self {
        Self::of(Kind::TooLong, message)
    }

    /// A redirect that is not followed.
    pub(crate) fn redirect(message: impl Into<Cow<'static, str>>) -> Self {
        Self::of(Kind::Redirect, message)
    }

    /// What was received cannot be written where the caller wants it.
    #[cfg(feature = "fs")]
    pub(crate) fn output(source: impl Into<BoxError>) -> Self {
        Self::of(Kind::Output, "could not be written").with_source(source)
    }

    /// The server answered with an error status.
    pub(crate) fn status_error() -> Self {
        Self::of(Kind::Status, "")
    }

    /// For transports: the server could not be reached, so nothing was sent.
    pub fn connect(source: impl Into<BoxError>) -> Self {
        Self::of(Kind::Connect, "could not connect").with_source(source)
    }

    /// For transports: the server could not be reached in time, so nothing was
    /// sent.
    pub fn connect_timeout(source: impl Into<BoxError>) -> Self {
        Self::of(Kind::ConnectTimeout, "timed out while connecting").with_source(source)
    }

    /// For transports: a time limit has passed.
    pub fn timeout(source: impl Into<BoxError>) -> Self {
        Self::of(Kind::Timeout, "timed out").with_source(source)
    }

    /// For transports: sending or receiving failed midway.
    pub fn transport(source: impl Into<BoxError>) -> Self {
        Self::of(Kind::Transport, "transfer failed").with_source(source)
    }

    /// For [`TokenProvider`](crate::auth::TokenProvider)s, stores of tokens and
    /// signers: there is no usable credential, and asking again would not help.
    pub fn credential(source: impl Into<BoxError>) -> Self {
        let source = source.into();
        Self::of(Kind::Credential, format!("no usable credential: {source}")).with_source(source)
    }

    /// The same error for another call that waited for the same thing.
    #[cfg(feature = "oauth")]
    pub(crate) fn repeated(error: std::sync::Arc<Self>) -> Self {
        let mut again = Self::of(error.0.kind, error.0.message.clone());
        again.0.url.clone_from(&error.0.url);
        again.with_source(error)
    }

    /// Why the authorization server gave no token, where that is what went wrong.
    #[cfg(feature = "oauth")]
    pub fn oauth(&self) -> Option<&crate::auth::oauth::OAuthError> {
        let mut next = std::error::Error::source(self);
        while let Some(error) = next {
            if let Some(found) = error.downcast_ref() {
                return Some(found);
            }
            next = error.source();
        }
        None
    }

    /// The same error of a transport, for another of several calls that shared the
    /// exchange. Its causes are kept as text.
    pub(crate) fn shared(&self) -> Self {
        let mut error = Self::of(self.0.kind, self.0.message.clone());
        let mut causes = Vec::new();
        let mut cause = std::error::Error::source(self);
        while let Some(found) = cause {
            causes.push(found.to_string());
            cause = found.source();
        }
        if !causes.is_empty() {
            error.0.source = Some(causes.join(": ").into());
        }
        error
    }

    pub(crate) fn with_source(mut self, source: impl Into<BoxError>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    pub(crate) fn with_message(mut self, message: impl Into<Cow<'static, str>>) -> Self {
        self.0.message = message.into();
        self
    }

    /// Adds where in a stream it happened.
    pub(crate) fn at(mut self, place: fmt::Arguments<'_>) -> Self {
        self.0.message = Cow::Owned(match &*self.0.message {
            "" => place.to_string(),
            message => format!("{message} {place}"),
        });
        self
    }

    pub(crate) fn with_operation(mut self, operation: &'static Operation) -> Self {
        self.0.operation = Some(operation);
        self
    }

    /// Keeps the URL, masked.
    pub(crate) fn with_url(mut self, url: &Address) -> Self {
        self.0.url = Some(url.to_string());
        self
    }

    pub(crate) fn with_json_path(mut self, path: impl Into<String>) -> Self {
        self.0.json_path = Some(path.into());
        self
    }

    pub(crate) fn with_answer(
        mut self,
        status: StatusCode,
        headers: HeaderMap,
        body: Bytes,
    ) -> Self {
        self.0.answer = Some(Answer {
            status: Some(status),
            headers,
            body,
        });
        self
    }

    pub(crate) fn with_unread(mut self, counters: Unread) -> Self {
        self.0.unread = Some(counters);
        self
    }

    /// Keeps a request that was received.
    pub(crate) fn with_received(mut self, headers: HeaderMap, body: Bytes) -> Self {
        self.0.answer = Some(Answer {
            status: None,
            headers,
            body,
        });
        self
    }

    /// The status of the server's answer, where there was one.
    pub fn status(&self) -> Option<StatusCode> {
        self.0.answer.as_ref()?.status
    }

    /// The headers of the server's answer, or of the request that was received,
    /// where there was one.
    pub fn headers(&self) -> Option<&HeaderMap> {
        self.0.answer.as_ref().map(|answer| &answer.headers)
    }

    /// The raw body of the server's answer, or of the request that was received,
    /// where there was one.
    pub fn body(&self) -> Option<&Bytes> {
        self.0.answer.as_ref().map(|answer| &answer.body)
    }

    /// The `operationId` of the operation, or its method and path; `None` for a raw
    /// request.
    pub fn operation(&self) -> Option<&'static str> {
        let id = self.0.operation?.id;
        (!id.is_empty()).then_some(id)
    }

    /// The HTTP method.
    pub fn method(&self) -> Option<&'static str> {
        self.0.operation.map(|operation| operation.method)
    }

    /// The URL that was called, with secrets masked.
    pub fn url(&self) -> Option<&str> {
        self.0.url.as_deref()
    }

    /// Where in the JSON body decoding failed, for example `$[3].user.id`.
    pub fn json_path(&self) -> Option<&str> {
        self.0.json_path.as_deref()
    }

    /// The call was refused before it was sent: a missing credential, a value
    /// that cannot be written, a setting that contradicts another.
    pub fn is_request(&self) -> bool {
        self.0.kind == Kind::Request
    }

    /// The request breaks constraints of the API's description and was not sent;
    /// [`violations`](Self::violations) lists them. Only where the client or the
    /// call asked for it:
    /// [`ClientBuilder::check_requests`](crate::ClientBuilder::check_requests).
    #[cfg(feature = "checks")]
    pub fn is_invalid_request(&self) -> bool {
        !self.0.violations.is_empty()
    }

    /// Every constraint that the request breaks, in the order of its parts.
    #[cfg(feature = "checks")]
    pub fn violations(&self) -> &[crate::Violation] {
        &self.0.violations
    }

    /// The server could not be reached; nothing was sent.
    pub fn is_connect(&self) -> bool {
        matches!(self.0.kind, Kind::Connect | Kind::ConnectTimeout)
    }

    /// A time limit has passed. The server may have carried out the request,
    /// unless [`Self::is_connect`] is true as well.
    pub fn is_timeout(&self) -> bool {
        matches!(self.0.kind, Kind::Timeout | Kind::ConnectTimeout)
    }

    /// The connection broke while the request was sent or the answer received.
    pub fn is_transport(&self) -> bool {
        self.0.kind == Kind::Transport
    }

    /// The server sent the client to a place that it does not go to.
    pub fn is_redirect(&self) -> bool {
        self.0.kind == Kind::Redirect
    }

    /// What was received could not be written where the caller wanted it.
    #[cfg(feature = "fs")]
    pub fn is_output(&self) -> bool {
        self.0.kind == Kind::Output
    }

    /// The answer is longer than a limit:
    /// [`ClientBuilder::max_response_size`](crate::ClientBuilder::max_response_size)
    /// or that of a stream. Bytes are counted after decompression.
    pub fn is_too_long(&self) -> bool {
        self.0.kind == Kind::TooLong
    }

    /// The answer is not what the API declares.
    pub fn is_decode(&self) -> bool {
        self.0.kind == Kind::Decode
    }

    /// The pages of a list do not follow each other as they must: going on would
    /// lose records or never end.
    pub fn is_paging(&self) -> bool {
        self.paging_fault().is_some()
    }

    /// What is wrong with the pages of a list.
    pub fn paging_fault(&self) -> Option<PagingFault> {
        match self.0.kind {
            Kind::Paging(fault) => Some(fault),
            _ => None,
        }
    }

    /// Why a webhook's signature was refused, where that is what happened.
    #[cfg(feature = "webhook-signatures")]
    pub fn signature(&self) -> Option<&crate::webhook::SignatureError> {
        self.0.source.as_deref()?.downcast_ref()
    }

    /// The server answered with an error status.
    pub fn is_status(&self) -> bool {
        self.0.kind == Kind::Status
    }

    /// The server answered with a status of 400 to 499.
    pub fn is_client_error(&self) -> bool {
        self.status().is_some_and(|status| status.is_client_error())
    }

    /// The server answered with a status of 500 to 599.
    pub fn is_server_error(&self) -> bool {
        self.status().is_some_and(|status| status.is_server_error())
    }

    /// The server refused the credential: status 401, or 403 that is not a
    /// rate limit. Or there was no usable credential to send: the authorization
    /// server refused to give a token, say.
    pub fn is_auth(&self) -> bool {
        self.0.kind == Kind::Credential
            || self.has_status(401)
            || self.has_status(403) && !self.is_rate_limited()
    }

    /// The server answered 404 or 410.
    pub fn is_not_found(&self) -> bool {
        self.has_status(404) || self.has_status(410)
    }

    fn has_status(&self, code: u16) -> bool {
        self.status().is_some_and(|status| status.as_u16() == code)
    }
}

#[cfg(feature = "webhook-signatures")]
impl From<crate::webhook::SignatureError> for Error {
    fn from(error: crate::webhook::SignatureError) -> Self {
        Self::of(Kind::Signature, "the webhook is refused").with_source(error)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}
