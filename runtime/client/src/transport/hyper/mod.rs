//! The transport over hyper alone.

mod body;
mod connection;
mod origin;
mod pool;

use self::body::Incoming;
use self::connection::{Connection, Connector, Sent};
use self::origin::Origin;
use self::pool::{Lease, Limits, Pool, Server};
use super::{Body, BoxFuture, Request, Response, Settings, Transport};
use crate::Error;
use http::uri::Uri;
use hyper::client::conn::TrySendError;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// How long a connection may be unused and still be used, where nothing else is said.
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
    limits: Limits,
}

impl Default for HyperBuilder {
    fn default() -> Self {
        Self {
            settings: Settings::default(),
            limits: Limits {
                connections: usize::MAX,
                time: IDLE_TIMEOUT,
                is_watched: false,
            },
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
        self.limits.connections = connections;
        self
    }

    /// Closes a connection that was not used for this long. A task of the runtime sees
    /// to it, also where no more calls are made.
    ///
    /// Without it no connection is used again after 90 unused seconds, but those are
    /// closed when the transport is next used, by the server (most do within minutes),
    /// or with the transport.
    pub fn idle_timeout(mut self, limit: Duration) -> Self {
        self.limits.time = limit;
        self.limits.is_watched = true;
        self
    }

    /// The transport. The platform's authorities are read when a server is first
    /// connected to by TLS; where there are none, that call fails.
    ///
    /// # Errors
    /// A certificate is none.
    pub fn build(self) -> Result<Hyper, Error> {
        Hyper::of(&self, false)
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
        Ok(Self(Arc::new(Inner {
            connector: Connector::new(settings, tls)?,
            pool: Arc::new(Pool::new(builder.limits)),
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

/// A request over a connection that is there, or a new one. On one that is there it is
/// sent at once, so that what waits for the answer does not hold the request.
fn exchange(inner: &Arc<Inner>, request: Request) -> BoxFuture<Result<Response, Error>> {
    let deadline = request.timeout.map(|limit| Instant::now() + limit);
    let (server, known, uri) = match inner.find(request.url.as_str()) {
        Ok(found) => found,
        Err(error) => return Box::pin(std::future::ready(Err(error))),
    };
    // Where the body is not in memory, the answer may come before it is sent.
    let streamed = request.body.as_bytes().is_none();
    let request = outgoing(request, uri);
    let inner = Arc::clone(inner);
    match known {
        Some(mut connection) => {
            let sent = connection.send(&server.origin, request);
            Box::pin(async move {
                let (answer, connection) = match inner.head(sent, deadline).await? {
                    Ok(answer) => (answer, connection),
                    // An unused connection may be closed at any time: nothing was sent.
                    Err(lost) => inner.send_again(&server, lost, deadline).await?,
                };
                let lease = inner.pool.lease(server, connection, streamed);
                Ok(inner.answered(answer, lease, deadline))
            })
        }
        None => Box::pin(async move {
            let mut connection = inner.connect(&server, deadline).await?;
            let sent = connection.send(&server.origin, request);
            let answer = inner.head(sent, deadline).await?;
            let answer = answer.map_err(|lost| Error::transport(lost.into_error()))?;
            let lease = inner.pool.lease(server, connection, streamed);
            Ok(inner.answered(answer, lease, deadline))
        }),
    }
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
        Response {
            status: head.status,
            headers: head.headers,
            body: Body::stream(Incoming::new(body, lease, deadline, self.read_timeout)),
            version: Some(head.version),
        }
    }

    /// The server of a URL, a connection to it that can be used at once, and the target
    /// of a request for the URL.
    fn find(&self, url: &str) -> Result<(Arc<Server>, Option<Connection>, Uri), Error> {
        let (origin, path) = origin::split(url);
        let (server, known) = match self.pool.take(origin) {
            Some(known) => known,
            None => (self.pool.server(Origin::of(&uri(url)?, origin)?), None),
        };
        let target = match path.starts_with('/').then(|| path.parse()) {
            Some(Ok(path)) => path,
            _ => uri(url)?,
        };
        Ok((server, known, target))
    }

    /// A new connection. Boxed: calls over a known one need not hold room for this.
    #[cold]
    fn connect<'a>(
        &'a self,
        server: &'a Server,
        deadline: Option<Instant>,
    ) -> BoxFuture2<'a, Result<Connection, Error>> {
        Box::pin(async move {
            in_tokio()?;
            let own = self.connect_timeout.map(|limit| Instant::now() + limit);
            let limit = own.into_iter().chain(deadline).min();
            let opened = self.connector.open(&server.origin);
            let opened = match limit {
                Some(limit) => match timeout_at(limit, opened).await {
                    Ok(opened) => opened,
                    Err(passed) => return Err(Error::connect_timeout(passed)),
                },
                None => opened.await,
            };
            Ok(server.share(opened?))
        })
    }

    /// Sends a request over other connections, as long as it comes back unsent.
    #[cold]
    fn send_again<'a>(
        &'a self,
        server: &'a Server,
        mut lost: TrySendError<http::Request<Body>>,
        deadline: Option<Instant>,
    ) -> BoxFuture2<'a, Result<(http::Response<hyper::body::Incoming>, Connection), Error>> {
        Box::pin(async move {
            let mut is_new = false;
            while let Some(unsent) = lost.take_message().filter(|_| !is_new) {
                let mut connection = match server.take(&self.pool) {
                    Some(connection) => connection,
                    None => {
                        is_new = true;
                        self.connect(server, deadline).await?
                    }
                };
                let sent = connection.send(&server.origin, unsent);
                match self.head(sent, deadline).await? {
                    Ok(answer) => return Ok((answer, connection)),
                    Err(error) => lost = error,
                }
            }
            Err(Error::transport(lost.into_error()))
        })
    }

    /// Waits for the head of an answer within the limits.
    async fn head(&self, sent: BoxFuture<Sent>, deadline: Option<Instant>) -> Result<Sent, Error> {
        let silence = self.read_timeout.map(|limit| Instant::now() + limit);
        match deadline.into_iter().chain(silence).min() {
            None => Ok(sent.await),
            // Boxed: most calls have no limit here, and need no room for a clock.
            Some(limit) => {
                in_tokio()?;
                let limited = Box::pin(timeout_at(limit, sent));
                limited.await.map_err(Error::timeout)
            }
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
#[cold]
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

    fn get(base: &str) -> Request {
        Request {
            method: http::Method::GET,
            url: crate::transport::Address::new(format!("{base}/")),
            headers: http::HeaderMap::new(),
            body: Body::empty(),
            timeout: None,
            streams: false,
        }
    }

    /// Connections that have waited too long are not used, and are closed, also where
    /// nothing watches them; others are.
    #[tokio::test(start_paused = true)]
    async fn connections_that_waited_too_long() {
        const ANSWER: &[u8] = b"HTTP/1.1 204 No Content\r\n\r\n";
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let base = format!("http://{}", listener.local_addr().expect("an address"));
        let server = std::thread::spawn(move || {
            let mut answered = Vec::new();
            for stream in listener.incoming().take(2) {
                let mut stream = stream.expect("a connection");
                let mut count = 0;
                let mut bytes = [0; 1024];
                // A small request comes in one piece.
                while std::io::Read::read(&mut stream, &mut bytes).is_ok_and(|size| size > 0) {
                    count += 1;
                    std::io::Write::write_all(&mut stream, ANSWER).expect("sent");
                }
                answered.push(count);
            }
            answered
        });
        let transport = Hyper::builder().build().expect("a transport");
        for pause in [0, 90, 91] {
            tokio::time::advance(Duration::from_secs(pause)).await;
            transport.send(get(&base)).await.expect("an answer");
        }
        drop(transport);
        let server = tokio::task::spawn_blocking(|| server.join());
        assert_eq!(server.await.expect("a thread").expect("counts"), [2, 1]);
    }

    #[test]
    fn outside_a_runtime() {
        let transport = Hyper::of(&HyperBuilder::default(), false).expect("a transport");
        let mut answer = transport.send(get("http://127.0.0.1:9"));
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        match answer.as_mut().poll(&mut context) {
            std::task::Poll::Ready(Err(error)) => assert!(error.is_request(), "{error}"),
            other => panic!("expected an error, got {other:?}"),
        }
    }
}
