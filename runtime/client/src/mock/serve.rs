//! The mock on a loopback socket.

use super::answer::Failure;
use super::state::{Incoming, State};
use crate::Error;
use crate::transport::Body;
use bytes::Bytes;
use http::{Request, Response};
use http_body::Body as _;
use hyper::body::Incoming as HyperBody;
use hyper_util::rt::TokioIo;
use std::fmt;
use std::future::{pending, poll_fn};
use std::io;
use std::net::Ipv4Addr;
use std::pin::pin;
use std::sync::Arc;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

/// A mock that is being served; it ends when this is dropped.
pub struct Served {
    url: String,
    task: JoinHandle<()>,
}

impl Served {
    /// The base URL, `http://127.0.0.1:PORT`.
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl fmt::Debug for Served {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Served({})", self.url)
    }
}

pub(super) async fn start(state: Arc<State>) -> io::Result<Served> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let url = format!("http://{}", listener.local_addr()?);
    let task = tokio::spawn(async move {
        // Dropped with this task, and then all of them end.
        let mut connections = JoinSet::new();
        loop {
            if let Ok((stream, _)) = listener.accept().await {
                connections.spawn(connection(Arc::clone(&state), stream));
            }
            while connections.try_join_next().is_some() {}
        }
    });
    Ok(Served { url, task })
}

async fn connection(state: Arc<State>, stream: TcpStream) {
    let service = hyper::service::service_fn(move |request| answer(Arc::clone(&state), request));
    let server = hyper::server::conn::http1::Builder::new();
    // A client that goes away, or a connection that is to break, is no mistake.
    drop(server.serve_connection(TokioIo::new(stream), service).await);
}

async fn answer(state: Arc<State>, request: Request<HyperBody>) -> Result<Response<Body>, Error> {
    let (head, body) = request.into_parts();
    let incoming = Incoming {
        method: head.method,
        target: head
            .uri
            .path_and_query()
            .map_or("/", |target| target.as_str())
            .to_owned(),
        headers: head.headers,
        body: collect(body).await?,
    };
    let answer = match state.answer(incoming) {
        Ok(answer) => answer,
        Err(message) => {
            let mut response = Response::new(message.into_bytes().into());
            *response.status_mut() = http::StatusCode::NOT_IMPLEMENTED;
            return Ok(response);
        }
    };
    if let Some(delay) = answer.0.delay {
        tokio::time::sleep(delay).await;
    }
    if let Some(Failure::Timeout) = answer.0.failure {
        pending::<()>().await;
    }
    if let Some(error) = answer.error() {
        return Err(error);
    }
    let mut response = Response::new(Body::from(answer.0.body));
    *response.status_mut() = answer.0.status;
    *response.headers_mut() = answer.0.headers;
    Ok(response)
}

async fn collect(body: HyperBody) -> Result<Bytes, Error> {
    let mut body = pin!(body);
    let mut whole = Vec::new();
    while let Some(frame) = poll_fn(|context| body.as_mut().poll_frame(context)).await {
        if let Ok(data) = frame.map_err(Error::transport)?.into_data() {
            whole.extend_from_slice(&data);
        }
    }
    Ok(whole.into())
}
