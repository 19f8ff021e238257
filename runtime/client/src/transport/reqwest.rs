//! The transport over reqwest.

use super::{Body, BoxFuture, Request, Response, Settings, Transport, tls};
use crate::Error;
use bytes::Bytes;
use http_body::{Frame, SizeHint};
use reqwest::redirect::Policy;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

/// The transport over a [`reqwest::Client`]; needs a Tokio runtime.
///
/// A client gets one by itself. Make one to use settings that
/// [`ClientBuilder`](crate::ClientBuilder) does not have, or to share
/// connections:
///
/// ```no_run
/// use pontoon_runtime::transport::Reqwest;
///
/// let builder = reqwest::Client::builder().pool_max_idle_per_host(2);
/// let transport = Reqwest::from_builder(builder)?;
/// # Ok::<(), pontoon_runtime::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Reqwest {
    client: reqwest::Client,
}

impl Reqwest {
    /// Uses a client as it is.
    ///
    /// If the client follows redirects, which it does unless it was built with
    /// `redirect::Policy::none()`, API keys in headers of their own go along to
    /// other hosts. Prefer [`Self::from_builder`], which leaves redirects to the
    /// pipeline.
    pub fn from_client(client: reqwest::Client) -> Self {
        Self { client }
    }

    /// Builds a client that leaves redirects to the pipeline.
    pub fn from_builder(builder: reqwest::ClientBuilder) -> Result<Self, Error> {
        let client = builder.redirect(Policy::none()).build().map_err(|error| {
            Error::request("the HTTP client cannot be built").with_source(error)
        })?;
        Ok(Self { client })
    }

    /// The built-in transport. `tls` says whether it must be able to speak TLS.
    pub(crate) fn new(settings: &Settings, tls: bool) -> Result<Self, Error> {
        let config = match tls::config(settings) {
            Err(_) if !tls && !settings.has_certificates() => tls::without_roots(),
            config => config,
        };
        // Bodies are decoded above the transport.
        let mut builder = reqwest::Client::builder()
            .no_gzip()
            .no_brotli()
            .no_deflate()
            .no_zstd()
            .tls_backend_preconfigured(config?);
        if let Some(limit) = settings.connect_timeout {
            builder = builder.connect_timeout(limit);
        }
        if let Some(limit) = settings.read_timeout {
            builder = builder.read_timeout(limit);
        }
        if settings.no_proxy {
            builder = builder.no_proxy();
        }
        if let Some(url) = &settings.proxy {
            let proxy = reqwest::Proxy::all(url).map_err(|error| {
                Error::request("ClientBuilder::proxy: not a proxy URL")
                    .with_source(error.without_url())
            })?;
            builder = builder.proxy(proxy);
        }
        Self::from_builder(builder)
    }
}

impl Transport for Reqwest {
    fn send(&self, request: Request) -> BoxFuture<Result<Response, Error>> {
        if tokio::runtime::Handle::try_current().is_err() {
            return Box::pin(std::future::ready(Err(super::outside_tokio())));
        }
        let url = match reqwest::Url::parse(request.url.as_str()) {
            Ok(url) => url,
            Err(error) => {
                let error = Error::request("not a URL").with_source(error);
                return Box::pin(std::future::ready(Err(error)));
            }
        };
        let mut outgoing = reqwest::Request::new(request.method, url);
        *outgoing.headers_mut() = request.headers;
        *outgoing.timeout_mut() = request.timeout;
        *outgoing.body_mut() = outgoing_body(request.body);
        // Boxed here, so that what waits for the answer does not hold the request as well.
        let mut sent = Box::pin(self.client.execute(outgoing));
        Box::pin(poll_fn(move |context| {
            let answer = ready!(sent.as_mut().poll(context));
            Poll::Ready(answer.map(incoming).map_err(translate))
        }))
    }

    fn sleep(&self, time: Duration) -> BoxFuture<()> {
        Box::pin(tokio::time::sleep(time))
    }

    fn now(&self) -> Option<Duration> {
        let now = tokio::time::Instant::now();
        Some(crate::clock::since_origin(now.into_std()))
    }
}

fn incoming(answer: reqwest::Response) -> Response {
    let (head, body) = http::Response::<reqwest::Body>::from(answer).into_parts();
    Response {
        status: head.status,
        headers: head.headers,
        body: Body::stream(Incoming(body)),
        version: Some(head.version),
    }
}

fn outgoing_body(body: Body) -> Option<reqwest::Body> {
    match body.as_bytes() {
        Some(bytes) if bytes.is_empty() => None,
        Some(bytes) => Some(bytes.clone().into()),
        None => Some(reqwest::Body::wrap(Outgoing(Mutex::new(body)))),
    }
}

/// A request's body as reqwest wants it: shared between threads. Only one polls
/// it at a time, so the lock is never waited for.
struct Outgoing(Mutex<Body>);

impl Outgoing {
    fn get(&mut self) -> &mut Body {
        self.0.get_mut().unwrap_or_else(PoisonError::into_inner)
    }
}

impl http_body::Body for Outgoing {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        Pin::new(self.get()).poll_frame(context)
    }

    fn size_hint(&self) -> SizeHint {
        let body = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        body.size_hint()
    }
}

/// An answer's body with errors translated.
struct Incoming(reqwest::Body);

impl http_body::Body for Incoming {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        Pin::new(&mut self.0).poll_frame(context).map_err(translate)
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.0.size_hint()
    }
}

/// reqwest's errors name the URL, which may hold a credential: it is taken off.
fn translate(error: reqwest::Error) -> Error {
    let error = error.without_url();
    if error.is_timeout() && error.is_connect() {
        Error::connect_timeout(error)
    } else if error.is_timeout() {
        Error::timeout(error)
    } else if error.is_connect() {
        Error::connect(error)
    } else if error.is_builder() {
        Error::request("the request cannot be sent").with_source(error)
    } else {
        Error::transport(error)
    }
}
