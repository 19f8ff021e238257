//! How requests reach the server: a small trait, and its implementations.
//!
//! The pipeline makes a [`Request`] and reads a [`Response`]; it knows nothing of
//! sockets. `Reqwest` is the transport that a client uses by default, `Hyper`
//! a leaner one, [`Memory`] one for tests, and an implementation of [`Transport`] of one's own
//! goes to [`ClientBuilder::transport`](crate::ClientBuilder::transport).

mod address;
mod batched;
mod body;
#[cfg(feature = "cache")]
pub(crate) mod cached;
mod coalesced;
#[cfg(feature = "hyper")]
mod hyper;
mod memory;
#[cfg(feature = "record")]
mod record;
#[cfg(feature = "reqwest")]
mod reqwest;
#[cfg(any(feature = "reqwest", feature = "hyper"))]
mod settings;
#[cfg(any(feature = "reqwest", feature = "hyper"))]
mod tls;

pub use address::Address;
pub use batched::{Batched, Batcher, JsonBatch, Part};
pub use body::Body;
pub(crate) use body::Held;
#[cfg(feature = "cache")]
pub use cached::{CacheKey, CacheStore, CacheUse, Cached, MemoryCache, Stored};
pub use coalesced::Coalesced;
#[cfg(feature = "hyper")]
pub use hyper::{Hyper, HyperBuilder};
pub use memory::{Memory, Recorded};
#[cfg(feature = "record")]
pub use record::{Recorder, Replay};
#[cfg(feature = "reqwest")]
pub use reqwest::Reqwest;
#[cfg(any(feature = "reqwest", feature = "hyper"))]
pub(crate) use settings::Settings;

use crate::{Error, mask};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Version};
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

/// A boxed future that can move between threads.
pub type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// Sends one request and gives the answer, whatever its status.
///
/// A transport must not follow redirects: the pipeline does, and takes care that
/// no credential goes to another host. It must observe [`Request::timeout`]
/// until the end of the body. Errors are made by [`Error::connect`],
/// [`Error::timeout`] and [`Error::transport`].
pub trait Transport: Send + Sync + 'static {
    /// Sends `request`. Dropping the future abandons the exchange.
    fn send(&self, request: Request) -> BoxFuture<Result<Response, Error>>;

    /// Waits. The default takes a thread for it; a transport that has a timer
    /// uses that. Where there are no threads (`wasm32-unknown-unknown`) the default
    /// waits for nothing.
    fn sleep(&self, time: Duration) -> BoxFuture<()> {
        crate::clock::sleep(time)
    }

    /// The time that has passed since a fixed moment of the transport's choice, by
    /// the clock that [`Self::sleep`] goes by; it never goes back. `None` where
    /// there is no clock: time limits that span several requests, rate limits and
    /// circuit breakers do nothing then.
    fn now(&self) -> Option<Duration> {
        crate::clock::now()
    }
}

impl<T: Transport + ?Sized> Transport for Box<T> {
    fn send(&self, request: Request) -> BoxFuture<Result<Response, Error>> {
        (**self).send(request)
    }

    fn sleep(&self, time: Duration) -> BoxFuture<()> {
        (**self).sleep(time)
    }

    fn now(&self) -> Option<Duration> {
        (**self).now()
    }
}

/// What the transports over Tokio answer where there is none.
#[cfg(any(feature = "reqwest", feature = "hyper"))]
fn outside_tokio() -> Error {
    Error::request(
        "the transport needs a Tokio runtime: await the call in one, or use the feature `blocking`",
    )
}

/// A request ready to be sent. Secrets are masked in `Debug`.
#[non_exhaustive]
pub struct Request {
    /// The method.
    pub method: Method,
    /// The absolute URL.
    pub url: Address,
    /// All headers but those that belong to the connection (`Host`,
    /// `Content-Length`).
    pub headers: HeaderMap,
    /// The body; empty where there is none.
    pub body: Body,
    /// How long the exchange may take, the answer's body included.
    pub timeout: Option<Duration>,
    /// Whether the body of the answer is read while it arrives. It may be long, or
    /// have no end: what wraps a transport must not gather it.
    pub streams: bool,
}

/// The head of an answer and its body.
#[non_exhaustive]
pub struct Response {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Body,
    /// The version of HTTP that it came by, where the transport tells it.
    pub version: Option<Version>,
}

impl Response {
    /// An answer without headers and body.
    pub fn new(status: StatusCode) -> Self {
        Self {
            status,
            headers: HeaderMap::new(),
            body: Body::empty(),
            version: None,
        }
    }

    /// An answer with a JSON body.
    pub fn json(status: StatusCode, text: impl Into<Bytes>) -> Self {
        Self::new(status).with_body(HeaderValue::from_static("application/json"), text.into())
    }

    /// The same answer with a body of the given media type.
    pub fn with_body(mut self, media_type: HeaderValue, body: impl Into<Body>) -> Self {
        self.headers.insert(http::header::CONTENT_TYPE, media_type);
        self.body = body.into();
        self
    }

    /// The same answer with one more header.
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.append(name, value);
        self
    }
}

/// Shows headers with secrets masked.
pub(crate) struct Masked<'a>(pub(crate) &'a HeaderMap);

impl fmt::Debug for Masked<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pairs = self.0.iter();
        f.debug_map()
            .entries(pairs.map(|(name, value)| (name, mask::header(name, value))))
            .finish()
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("url", &self.url)
            .field("headers", &Masked(&self.headers))
            .field("body", &self.body)
            .field("timeout", &self.timeout)
            .field("streams", &self.streams)
            .finish()
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status)
            .field("headers", &Masked(&self.headers))
            .field("body", &self.body)
            .finish()
    }
}
