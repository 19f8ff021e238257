//! A server that writes its answers as bytes, so that they can be broken.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Barrier;
use tokio::task::{JoinHandle, JoinSet};

/// One thing that the server does with a connection.
#[derive(Debug, Clone)]
pub enum Act {
    /// Writes bytes.
    Send(Vec<u8>),
    /// Writes the same bytes so many times.
    Repeat(Vec<u8>, usize),
    /// Writes bytes one by one, with a pause after each.
    Trickle(Vec<u8>, Duration),
    /// Waits.
    Pause(Duration),
    /// Waits for other requests that wait here.
    Meet(Arc<Barrier>),
    /// Is silent until the client hangs up.
    Stall,
    /// Ends the connection in order.
    Close,
    /// Ends the connection by a reset.
    Reset,
}

/// A request as it came.
#[derive(Debug, Clone)]
pub struct Request {
    /// The number of the connection, in the order of accepting.
    pub connection: usize,
    /// The request line and the headers.
    pub head: String,
    /// The body.
    pub body: Vec<u8>,
}

impl Request {
    /// The method.
    pub fn method(&self) -> &str {
        self.head.split(' ').next().unwrap_or_default()
    }

    /// The target, as it was sent.
    pub fn target(&self) -> &str {
        self.head.split(' ').nth(1).unwrap_or_default()
    }

    /// The path.
    pub fn path(&self) -> &str {
        self.target().split('?').next().unwrap_or_default()
    }

    /// The value of a query parameter, as it was sent.
    pub fn query(&self, name: &str) -> Option<&str> {
        let (_, query) = self.target().split_once('?')?;
        query.split('&').find_map(|pair| {
            let (found, value) = pair.split_once('=')?;
            (found == name).then_some(value)
        })
    }

    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

/// A server on loopback. Dropping it ends its connections.
pub struct Server {
    base: String,
    state: Arc<State>,
    task: JoinHandle<()>,
}

#[derive(Default)]
struct State {
    /// Every byte that was received.
    bytes: Mutex<Vec<u8>>,
    requests: Mutex<Vec<Request>>,
    connections: AtomicUsize,
    /// Whether requests are kept; a soak would fill the memory with them.
    forgets: bool,
}

/// What a request is answered by.
pub type Answer = dyn Fn(&Request) -> Vec<Act> + Send + Sync;

impl Server {
    /// A server that keeps all that it receives.
    pub async fn start(
        answer: impl Fn(&Request) -> Vec<Act> + Send + Sync + 'static,
    ) -> std::io::Result<Self> {
        Self::with(State::default(), answer).await
    }

    /// A server that keeps nothing.
    pub async fn forgetful(
        answer: impl Fn(&Request) -> Vec<Act> + Send + Sync + 'static,
    ) -> std::io::Result<Self> {
        let state = State {
            forgets: true,
            ..State::default()
        };
        Self::with(state, answer).await
    }

    async fn with(
        state: State,
        answer: impl Fn(&Request) -> Vec<Act> + Send + Sync + 'static,
    ) -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let base = format!("http://{}", listener.local_addr()?);
        let state = Arc::new(state);
        let task = tokio::spawn(accept(listener, Arc::clone(&state), Arc::new(answer)));
        Ok(Self { base, state, task })
    }

    /// `http://127.0.0.1:PORT`.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Every byte that was received, of all connections.
    pub fn bytes(&self) -> Vec<u8> {
        lock(&self.state.bytes).clone()
    }

    /// The requests so far.
    pub fn requests(&self) -> Vec<Request> {
        lock(&self.state.requests).clone()
    }

    /// How many connections were accepted.
    pub fn connections(&self) -> usize {
        self.state.connections.load(Ordering::Relaxed)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A lock that outlives a panic of another thread.
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn accept(listener: TcpListener, state: Arc<State>, answer: Arc<Answer>) {
    let mut open = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let connection = state.connections.fetch_add(1, Ordering::Relaxed);
        let (state, answer) = (Arc::clone(&state), Arc::clone(&answer));
        open.spawn(async move {
            // An error here is the client's hanging up.
            let _ = serve(stream, connection, &state, &*answer).await;
        });
        while open.try_join_next().is_some() {}
    }
}

async fn serve(
    mut stream: TcpStream,
    connection: usize,
    state: &State,
    answer: &Answer,
) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut received = Vec::new();
    while let Some(request) = read(&mut stream, connection, &mut received, state).await? {
        let acts = answer(&request);
        if !state.forgets {
            lock(&state.requests).push(request);
        }
        for act in acts {
            if !perform(&mut stream, act, state).await? {
                return Ok(());
            }
        }
    }
    Ok(())
}

/// Gives false at the end of the connection.
async fn perform(stream: &mut TcpStream, act: Act, state: &State) -> std::io::Result<bool> {
    match act {
        Act::Send(bytes) => stream.write_all(&bytes).await?,
        Act::Repeat(bytes, times) => {
            for _ in 0..times {
                stream.write_all(&bytes).await?;
            }
        }
        Act::Trickle(bytes, pause) => {
            for byte in bytes {
                stream.write_all(&[byte]).await?;
                tokio::time::sleep(pause).await;
            }
        }
        Act::Pause(time) => tokio::time::sleep(time).await,
        Act::Meet(others) => {
            others.wait().await;
        }
        Act::Stall => {
            let mut more = Vec::new();
            while more_of(stream, &mut more, state).await? {}
            return Ok(false);
        }
        Act::Close => {
            stream.shutdown().await?;
            return Ok(false);
        }
        Act::Reset => {
            stream.set_zero_linger()?;
            return Ok(false);
        }
    }
    Ok(true)
}

async fn more_of(
    stream: &mut TcpStream,
    received: &mut Vec<u8>,
    state: &State,
) -> std::io::Result<bool> {
    let start = received.len();
    let count = stream.read_buf(received).await?;
    if !state.forgets {
        lock(&state.bytes).extend_from_slice(&received[start..]);
    }
    Ok(count > 0)
}

/// The next request; `None` when the client has hung up.
async fn read(
    stream: &mut TcpStream,
    connection: usize,
    received: &mut Vec<u8>,
    state: &State,
) -> std::io::Result<Option<Request>> {
    let end = loop {
        if let Some(at) = find(received, b"\r\n\r\n") {
            break at + 4;
        }
        if !more_of(stream, received, state).await? {
            return Ok(None);
        }
    };
    let head: Vec<u8> = received.drain(..end).collect();
    let mut request = Request {
        connection,
        head: String::from_utf8_lossy(&head).into_owned(),
        body: Vec::new(),
    };
    let length = request.header("content-length");
    let length: usize = length.and_then(|text| text.parse().ok()).unwrap_or(0);
    while received.len() < length {
        if !more_of(stream, received, state).await? {
            return Ok(None);
        }
    }
    request.body = received.drain(..length).collect();
    Ok(Some(request))
}

/// Where `needle` begins.
pub fn find(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    bytes
        .windows(needle.len())
        .position(|window| window == needle)
}
