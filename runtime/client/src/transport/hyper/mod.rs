//! The transport over hyper alone.

mod body;
mod connection;
mod pool;

use self::body::Incoming;
use self::connection::{Connection, Connector, Lost};
use self::pool::Pool;
use super::{Body, BoxFuture, Request, Response, Settings, Transport, tls};
use crate::Error;
use http::uri::{Authority, Scheme, Uri};
use std::cmp::Ordering;
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
        if tokio::runtime::Handle::try_current().is_err() {
            return super::outside_tokio();
        }
        let deadline = request.timeout.map(|limit| Instant::now() + limit);
        let uri = uri(request.url.as_str());
        match uri.and_then(|uri| Ok((target(&uri)?, uri))) {
            Ok((target, uri)) => exchange(&self.0, target, outgoing(request, uri), deadline),
            Err(error) => Box::pin(std::future::ready(Err(error))),
        }
    }

    fn sleep(&self, time: Duration) -> BoxFuture<()> {
        Box::pin(tokio::time::sleep(time))
    }

    fn now(&self) -> Option<Duration> {
        Some(crate::clock::since_origin(Instant::now().into_std()))
    }
}

/// Where a connection leads. Compared as it is written, which is quicker than to
/// leave letter case out: one that is written in two ways has connections for each.
#[derive(Debug, Clone)]
struct Target {
    secure: bool,
    authority: Authority,
}

impl Target {
    fn key(&self) -> (bool, &str) {
        (self.secure, self.authority.as_str())
    }
}

impl PartialEq for Target {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Target {}

impl PartialOrd for Target {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Target {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key().cmp(&other.key())
    }
}

/// A request over a connection that is there, or a new one.
fn exchange(
    inner: &Arc<Inner>,
    target: Target,
    mut outgoing: http::Request<Body>,
    deadline: Option<Instant>,
) -> BoxFuture<Result<Response, Error>> {
    let inner = Arc::clone(inner);
    // Where the body is not in memory, the answer may come before it is sent.
    let streamed = outgoing.body().as_bytes().is_none();
    Box::pin(async move {
        let (answer, lease) = loop {
            let (mut connection, is_new) = match inner.pool.take(&target) {
                Some(connection) => (connection, false),
                None => (connect(&inner, &target, deadline).await?, true),
            };
            let sent = connection.send(outgoing);
            match inner.in_time(deadline, sent).await? {
                Ok(answer) => break (answer, inner.pool.lease(target, connection, streamed)),
                // An unused connection may be closed at any time: nothing was sent.
                Err(Lost {
                    request: Some(unsent),
                    ..
                }) if !is_new => outgoing = unsent,
                Err(lost) => return Err(Error::transport(lost.error)),
            }
        };
        let (head, body) = answer.into_parts();
        let mut answer = Response::new(head.status);
        answer.headers = head.headers;
        answer.body = Body::stream(Incoming::new(body, lease, deadline, inner.read_timeout));
        Ok(answer)
    })
}

/// Boxed: calls over a known connection need not hold room for this.
fn connect<'a>(
    inner: &'a Arc<Inner>,
    target: &'a Target,
    deadline: Option<Instant>,
) -> BoxFuture2<'a, Result<Connection, Error>> {
    Box::pin(async move {
        let own = inner.connect_timeout.map(|limit| Instant::now() + limit);
        let limit = own.into_iter().chain(deadline).min();
        let opened = inner.connector.open(target);
        let opened = match limit {
            Some(limit) => match timeout_at(limit, opened).await {
                Ok(opened) => opened,
                Err(passed) => return Err(Error::connect_timeout(passed)),
            },
            None => opened.await,
        };
        Ok(inner.pool.share(target, opened.map_err(Error::connect)?))
    })
}

/// A boxed future that borrows.
type BoxFuture2<'a, T> = std::pin::Pin<Box<dyn Future<Output = T> + Send + 'a>>;

impl Inner {
    /// Waits for the head of an answer within the limits.
    async fn in_time<T>(&self, deadline: Option<Instant>, work: BoxFuture<T>) -> Result<T, Error> {
        let silence = self.read_timeout.map(|limit| Instant::now() + limit);
        match deadline.into_iter().chain(silence).min() {
            // Boxed: most calls have no limit here, and need no room for a clock.
            Some(limit) => {
                let limited = Box::pin(timeout_at(limit, work));
                limited.await.map_err(Error::timeout)
            }
            None => Ok(work.await),
        }
    }
}

/// The server that a URL leads to.
fn target(uri: &Uri) -> Result<Target, Error> {
    let secure = uri.scheme() == Some(&Scheme::HTTPS);
    let authority = match uri.authority() {
        Some(authority) if secure || uri.scheme() == Some(&Scheme::HTTP) => authority.clone(),
        _ => return Err(Error::request("not an http or https URL")),
    };
    if authority.as_str().contains('@') {
        return Err(Error::request(
            "a URL with a user in it is not sent: give a credential",
        ));
    }
    Ok(Target { secure, authority })
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
    fn what_is_no_target() {
        for url in ["ftp://h.example/", "/a", "https://u:p@h.example/"] {
            let error = uri(url).and_then(|uri| target(&uri)).expect_err(url);
            assert!(error.is_request(), "{error}");
        }
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
