//! The transport over hyper alone.

mod body;
mod connection;
mod origin;
mod pool;

use self::body::Incoming;
use self::connection::{Connection, Connector};
use self::origin::Origin;
use self::pool::{Lease, Pool};
use super::{Body, BoxFuture, Request, Response, Settings, Transport, tls};
use crate::Error;
use http::uri::Uri;
use hyper::client::conn::TrySendError;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// How long a connection is kept that is not used.
const IDLE_TIMEOUT: Duration = Duration::from_secs(90);

/// The transport over hyper alone: less between a call and the connection than
/// [`Reqwest`](crate::transport::Reqwest) has. HTTP/1.1, and HTTP/2 where the feature `http2` is on
/// and the server agrees; needs a Tokio runtime.
///
/// It knows no proxies, and the proxy variables of the environment mean nothing to
/// it: those are the other transport's business. Clones share their connections.
///
/// ```no_run
/// use pontoon_runtime::transport::Hyper;
/// use std::time::Duration;
///
/// let transport = Hyper::builder()
///     .connect_timeout(Duration::from_secs(5))
///     .max_idle_per_host(8)
///     .build()?;
/// # let _ = transport;
/// # Ok::<(), pontoon_runtime::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Hyper(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    connector: Connector,
    pool: Arc<Pool>,
    connect_timeout: Option<Duration>,
    read_timeout: Option<Duration>,
}

/// Sets up a [`Hyper`]. Nothing is checked before [`build`](Self::build).
#[derive(Clone)]
#[must_use = "a transport is made by `build`"]
pub struct HyperBuilder {
    settings: Settings,
    max_idle: usize,
    idle_timeout: Duration,
}

impl Default for HyperBuilder {
    fn default() -> Self {
        Self {
            settings: Settings::default(),
            max_idle: usize::MAX,
            idle_timeout: IDLE_TIMEOUT,
        }
    }
}

impl HyperBuilder {
    /// How long connecting may take, TLS included.
    pub fn connect_timeout(mut self, limit: Duration) -> Self {
        self.settings.connect_timeout = Some(limit);
        self
    }

    /// How long the server may be silent before the head of an answer, and between
    /// two pieces of its body.
    pub fn read_timeout(mut self, limit: Duration) -> Self {
        self.settings.read_timeout = Some(limit);
        self
    }

    /// Trusts the authorities in this PEM text, beside the platform's.
    pub fn ca_certificate(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.settings.ca_certificates.push(pem.into());
        self
    }

    /// How many unused HTTP/1.1 connections to a server are kept; all by default.
    pub fn max_idle_per_host(mut self, connections: usize) -> Self {
        self.max_idle = connections;
        self
    }

    /// How long an unused connection is kept, 90 seconds by default.
    pub fn idle_timeout(mut self, limit: Duration) -> Self {
        self.idle_timeout = limit;
        self
    }

    /// The transport.
    ///
    /// # Errors
    /// A certificate is none, or there are no usable authorities.
    pub fn build(self) -> Result<Hyper, Error> {
        Hyper::of(&self, true)
    }
}

impl std::fmt::Debug for HyperBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HyperBuilder").finish_non_exhaustive()
    }
}

impl Hyper {
    /// Sets one up.
    pub fn builder() -> HyperBuilder {
        HyperBuilder::default()
    }

    /// The built-in transport. `tls` says whether it must be able to speak TLS.
    #[cfg(not(feature = "reqwest"))]
    pub(crate) fn new(settings: &Settings, tls: bool) -> Result<Self, Error> {
        let builder = HyperBuilder {
            settings: settings.clone(),
            ..HyperBuilder::default()
        };
        Self::of(&builder, tls)
    }

    fn of(builder: &HyperBuilder, tls: bool) -> Result<Self, Error> {
        let settings = &builder.settings;
        let config = tls::config(settings, tls)?;
        Ok(Self(Arc::new(Inner {
            connector: Connector::new(config),
            pool: Arc::new(Pool::new(builder.max_idle, builder.idle_timeout)),
            connect_timeout: settings.connect_timeout,
            read_timeout: settings.read_timeout,
        })))
    }
}

impl Transport for Hyper {
    fn send(&self, request: Request) -> BoxFuture<Result<Response, Error>> {
        exchange(&self.0, request)
    }

    fn sleep(&self, time: Duration) -> BoxFuture<()> {
        Box::pin(tokio::time::sleep(time))
    }

    fn now(&self) -> Option<Duration> {
        Some(crate::clock::since_origin(Instant::now().into_std()))
    }
}

/// A request over a connection that is there, or a new one.
fn exchange(inner: &Arc<Inner>, request: Request) -> BoxFuture<Result<Response, Error>> {
    let inner = Arc::clone(inner);
    Box::pin(async move {
        let limit = request.timeout;
        let deadline = limit.map(|limit| Instant::now() + limit);
        let (origin, path) = origin::split(request.url.as_str());
        let (mut connection, origin, is_new) = match inner.pool.take(origin) {
            Some((connection, origin)) => (connection, origin, false),
            None => {
                let origin = Origin::of(&uri(request.url.as_str())?, origin)?;
                let origin = Arc::new(origin);
                (inner.connect(&origin, deadline).await?, origin, true)
            }
        };
        let uri = match path.starts_with('/').then(|| path.parse()) {
            Some(Ok(path)) => path,
            _ => uri(request.url.as_str())?,
        };
        // Where the body is not in memory, the answer may come before it is sent.
        let streamed = request.body.as_bytes().is_none();
        let sent = connection.send(&origin, outgoing(request, uri));
        let again = match inner.in_time(deadline, sent).await? {
            Ok(answer) => {
                let lease = inner.pool.lease(origin, connection, streamed);
                return Ok(inner.answered(answer, lease, deadline));
            }
            // An unused connection may be closed at any time: nothing was sent.
            Err(lost) if !is_new => inner.send_again(&origin, lost, deadline),
            Err(lost) => return Err(Error::transport(lost.into_error())),
        };
        let (answer, connection) = again.await?;
        let lease = inner.pool.lease(origin, connection, streamed);
        Ok(inner.answered(answer, lease, deadline))
    })
}

/// A boxed future that borrows.
type BoxFuture2<'a, T> = std::pin::Pin<Box<dyn Future<Output = T> + Send + 'a>>;

impl Inner {
    fn answered(
        &self,
        answer: http::Response<hyper::body::Incoming>,
        lease: Option<Lease>,
        deadline: Option<Instant>,
    ) -> Response {
        let (head, body) = answer.into_parts();
        let mut answer = Response::new(head.status);
        answer.headers = head.headers;
        answer.version = Some(head.version);
        answer.body = Body::stream(Incoming::new(body, lease, deadline, self.read_timeout));
        answer
    }

    /// A new connection. Boxed: calls over a known one need not hold room for this.
    fn connect<'a>(
        &'a self,
        origin: &'a Arc<Origin>,
        deadline: Option<Instant>,
    ) -> BoxFuture2<'a, Result<Connection, Error>> {
        Box::pin(async move {
            in_tokio()?;
            let own = self.connect_timeout.map(|limit| Instant::now() + limit);
            let limit = own.into_iter().chain(deadline).min();
            let opened = self.connector.open(origin);
            let opened = match limit {
                Some(limit) => match timeout_at(limit, opened).await {
                    Ok(opened) => opened,
                    Err(passed) => return Err(Error::connect_timeout(passed)),
                },
                None => opened.await,
            };
            Ok(self.pool.share(origin, opened.map_err(Error::connect)?))
        })
    }

    /// Sends a request over other connections, as long as it comes back unsent.
    fn send_again<'a>(
        &'a self,
        origin: &'a Arc<Origin>,
        mut lost: TrySendError<http::Request<Body>>,
        deadline: Option<Instant>,
    ) -> BoxFuture2<'a, Result<(http::Response<hyper::body::Incoming>, Connection), Error>> {
        Box::pin(async move {
            let mut is_new = false;
            while let Some(unsent) = lost.take_message().filter(|_| !is_new) {
                let mut connection = match self.pool.take(&origin.text) {
                    Some((connection, _)) => connection,
                    None => {
                        is_new = true;
                        self.connect(origin, deadline).await?
                    }
                };
                let sent = connection.send(origin, unsent);
                match self.in_time(deadline, sent).await? {
                    Ok(answer) => return Ok((answer, connection)),
                    Err(error) => lost = error,
                }
            }
            Err(Error::transport(lost.into_error()))
        })
    }

    /// Waits for the head of an answer within the limits.
    async fn in_time<T>(&self, deadline: Option<Instant>, work: BoxFuture<T>) -> Result<T, Error> {
        let silence = self.read_timeout.map(|limit| Instant::now() + limit);
        match deadline.into_iter().chain(silence).min() {
            // Boxed: most calls have no limit here, and need no room for a clock.
            Some(limit) => {
                in_tokio()?;
                let limited = Box::pin(timeout_at(limit, work));
                limited.await.map_err(Error::timeout)
            }
            None => Ok(work.await),
        }
    }
}

/// Where there is no Tokio runtime there are no new connections and no clocks.
fn in_tokio() -> Result<(), Error> {
    let runtime = tokio::runtime::Handle::try_current();
    runtime.map(drop).map_err(|_| super::outside_tokio())
}

/// The request as hyper wants it.
fn outgoing(request: Request, uri: Uri) -> http::Request<Body> {
    let mut outgoing = http::Request::new(request.body);
    *outgoing.method_mut() = request.method;
    *outgoing.headers_mut() = request.headers;
    *outgoing.uri_mut() = uri;
    outgoing
}

/// URLs as they are made by the pipeline are read as they are; what they may hold
/// that `http` does not take (other scripts, spaces) is encoded first.
fn uri(text: &str) -> Result<Uri, Error> {
    if let Ok(uri) = text.parse::<Uri>() {
        return Ok(uri);
    }
    let refused = |error: crate::error::BoxError| Error::request("not a URL").with_source(error);
    let url = url::Url::parse(text).map_err(|error| refused(error.into()))?;
    url.as_str()
        .parse()
        .map_err(|error: http::uri::InvalidUri| refused(error.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        let read = |text: &str| uri(text).map(|uri| uri.to_string()).ok();
        let same = "https://h.example:8080/a%20b?c=%7B&d='";
        assert_eq!(read(same).as_deref(), Some(same));
        assert_eq!(
            read("https://bücher.example/a b").as_deref(),
            Some("https://xn--bcher-kva.example/a%20b")
        );
        assert_eq!(read("https://"), None);
    }

    #[test]
    fn outside_a_runtime() {
        let transport = Hyper::of(&HyperBuilder::default(), false).expect("a transport");
        let request = Request {
            method: http::Method::GET,
            url: crate::transport::Address::new("http://127.0.0.1:9/".into()),
            headers: http::HeaderMap::new(),
            body: Body::empty(),
            timeout: None,
            streams: false,
        };
        let mut answer = transport.send(request);
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        match answer.as_mut().poll(&mut context) {
            std::task::Poll::Ready(Err(error)) => assert!(error.is_request(), "{error}"),
            other => panic!("expected an error, got {other:?}"),
        }
    }
}
