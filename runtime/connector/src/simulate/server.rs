//! The simulated API on a socket.

use super::Simulation;
use super::answer::{Answer, Answers, Asking};
use super::fault::{Fault, Script};
use bytes::Bytes;
use http_body_util::{BodyExt, Limited};
use hyper::body::{Frame, Incoming, SizeHint};
use hyper::header::{CONTENT_TYPE, HOST, HeaderName, HeaderValue, RETRY_AFTER};
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use tokio::net::TcpListener;

/// Longest body of a request.
const MAX_BODY: usize = 16 << 20;

/// What was answered so far.
#[derive(Debug, Default)]
pub struct Tally {
    requests: AtomicU64,
    records: AtomicU64,
    faults: AtomicU64,
}

impl Tally {
    /// Requests, those with faults included.
    pub fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }
    /// Records in whole answers.
    pub fn records(&self) -> u64 {
        self.records.load(Ordering::Relaxed)
    }
    /// Requests that were answered with a fault.
    pub fn faults(&self) -> u64 {
        self.faults.load(Ordering::Relaxed)
    }
}

/// A simulated API that listens.
pub struct Simulator {
    listener: TcpListener,
    address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    answers: Answers,
    script: Script,
    tally: Arc<Tally>,
}

impl Simulator {
    /// Listens at `address`; port 0 is a free one.
    ///
    /// # Errors
    /// The address is taken.
    pub async fn bind(
        simulation: Simulation,
        script: Script,
        address: SocketAddr,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        Ok(Self {
            address: listener.local_addr()?,
            listener,
            shared: Arc::new(Shared {
                answers: Answers::new(simulation),
                script,
                tally: Arc::default(),
            }),
        })
    }

    /// Where it listens: `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What it has answered; it counts on while [`Self::run`] runs.
    pub fn tally(&self) -> Arc<Tally> {
        Arc::clone(&self.shared.tally)
    }

    /// Answers until the future is dropped.
    pub async fn run(self) -> io::Result<()> {
        loop {
            let (stream, _) = match self.listener.accept().await {
                Ok(accepted) => accepted,
                // A connection that was gone before it was taken, or no room for one more.
                Err(_) => {
                    tokio::time::sleep(std::time::Duration::from_millis(10)).await;
                    continue;
                }
            };
            let _ = stream.set_nodelay(true);
            let shared = Arc::clone(&self.shared);
            tokio::spawn(async move {
                let service = service_fn(|request| answer(&shared, request));
                // How a connection ends is the client's business.
                let _ = hyper::server::conn::http1::Builder::new()
                    .timer(TokioTimer::new())
                    .serve_connection(TokioIo::new(stream), service)
                    .await;
            });
        }
    }
}

/// The connection is to be cut.
#[derive(Debug)]
struct Cut;

impl std::fmt::Display for Cut {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("cut by the script")
    }
}

impl std::error::Error for Cut {}

async fn answer(shared: &Shared, request: Request<Incoming>) -> Result<Response<Body>, Cut> {
    shared.tally.requests.fetch_add(1, Ordering::Relaxed);
    let fault = shared.script.next();
    if fault.is_some() {
        shared.tally.faults.fetch_add(1, Ordering::Relaxed);
    }
    let (head, body) = request.into_parts();
    let body = match Limited::new(body, MAX_BODY).collect().await {
        Ok(body) => body.to_bytes(),
        Err(_) => return Err(Cut),
    };
    match fault {
        Some(Fault::Reset) => return Err(Cut),
        Some(Fault::Status(status)) => {
            let answer = super::answer::problem(status, "a fault by the script");
            let mut response = written(answer);
            if matches!(status, 429 | 503) {
                let value = HeaderValue::from_static("0");
                response.headers_mut().insert(RETRY_AFTER, value);
            }
            return Ok(response);
        }
        Some(Fault::Half) | None => {}
    }
    let header = |name: &str| {
        let value = head.headers.get(name)?;
        Some(value.to_str().ok()?.to_owned())
    };
    let host = head.headers.get(HOST).and_then(|host| host.to_str().ok());
    let base = format!("http://{}", host.unwrap_or("localhost"));
    let answer = shared.answers.answer(&Asking {
        method: head.method.as_str(),
        path: head.uri.path(),
        query: head.uri.query().unwrap_or_default(),
        header: &header,
        body: &body,
        base: &base,
    });
    if fault == Some(Fault::Half) {
        let mut response = written(answer);
        response.body_mut().cut();
        return Ok(response);
    }
    shared
        .tally
        .records
        .fetch_add(answer.records, Ordering::Relaxed);
    Ok(written(answer))
}

fn written(answer: Answer) -> Response<Body> {
    let mut response = Response::new(Body::new(answer.body));
    *response.status_mut() =
        StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if let Ok(media_type) = HeaderValue::from_str(&answer.media_type)
        && !answer.media_type.is_empty()
    {
        response.headers_mut().insert(CONTENT_TYPE, media_type);
    }
    for (name, value) in answer.headers {
        if let (Ok(name), Ok(value)) = (
            HeaderName::from_bytes(name.as_bytes()),
            HeaderValue::from_str(&value),
        ) {
            response.headers_mut().append(name, value);
        }
    }
    response
}

/// A body that may break in the middle.
struct Body {
    data: Option<Bytes>,
    length: u64,
    breaks: bool,
}

impl Body {
    fn new(text: String) -> Self {
        let bytes = Bytes::from(text);
        Self {
            length: bytes.len() as u64,
            data: Some(bytes).filter(|bytes| !bytes.is_empty()),
            breaks: false,
        }
    }

    /// Only the first half of it comes, then the connection breaks.
    fn cut(&mut self) {
        if let Some(bytes) = &mut self.data {
            bytes.truncate(bytes.len() / 2);
        }
        self.breaks = true;
    }
}

impl hyper::body::Body for Body {
    type Data = Bytes;
    type Error = Cut;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Cut>>> {
        Poll::Ready(match self.data.take() {
            Some(bytes) => Some(Ok(Frame::data(bytes))),
            None if self.breaks => Some(Err(Cut)),
            None => None,
        })
    }

    fn is_end_stream(&self) -> bool {
        self.data.is_none() && !self.breaks
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.length)
    }
}
