//! A transport without a network, for tests.

use super::{Address, BoxFuture, Masked, Request, Response, Transport};
use crate::Error;
use bytes::Bytes;
use http::{HeaderMap, Method};
use std::collections::VecDeque;
use std::fmt;
use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::Duration;

/// A transport that answers from memory and records what it was sent. Clones
/// share their records.
///
/// Its time is its own: it stands still but for waits, which take no real time
/// ([`Self::elapsed`]). So retries and limits are tested without waiting.
///
/// ```
/// use http::StatusCode;
/// use pontoon_runtime::transport::{Memory, Response};
///
/// let memory = Memory::new(|request| {
///     Ok(match request.url.as_str() {
///         "https://api.example/pets" => Response::json(StatusCode::OK, "[]"),
///         _ => Response::new(StatusCode::NOT_FOUND),
///     })
/// });
/// assert!(memory.requests().is_empty());
/// ```
#[derive(Clone)]
pub struct Memory(Arc<Inner>);

type Answer = dyn Fn(&Recorded) -> Result<Response, Error> + Send + Sync;

struct Inner {
    answer: Box<Answer>,
    requests: Mutex<Vec<Recorded>>,
    /// Passed by waiting.
    time: Mutex<Duration>,
}

/// A request that [`Memory`] was sent. Secrets are masked in `Debug`.
#[derive(Clone)]
#[non_exhaustive]
pub struct Recorded {
    /// The method.
    pub method: Method,
    /// The absolute URL.
    pub url: Address,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
    /// The time limit.
    pub timeout: Option<Duration>,
}

impl Recorded {
    /// A header's value, where it is there and is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

impl Memory {
    /// Answers by a function of the request.
    pub fn new(
        answer: impl Fn(&Recorded) -> Result<Response, Error> + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(Inner {
            answer: Box::new(answer),
            requests: Mutex::default(),
            time: Mutex::default(),
        }))
    }

    /// Gives the answers in order, and an error when there are none left.
    pub fn script(answers: impl IntoIterator<Item = Result<Response, Error>>) -> Self {
        let answers: Mutex<VecDeque<_>> = Mutex::new(answers.into_iter().collect());
        Self::new(move |_| {
            let next = lock(&answers).pop_front();
            next.unwrap_or_else(|| Err(Error::connect("the script has no answer left")))
        })
    }

    /// The requests so far.
    pub fn requests(&self) -> Vec<Recorded> {
        lock(&self.0.requests).clone()
    }

    /// The time that has passed by waiting, and by [`Self::advance`].
    pub fn elapsed(&self) -> Duration {
        *lock(&self.0.time)
    }

    /// Lets time pass.
    pub fn advance(&self, time: Duration) {
        let mut now = lock(&self.0.time);
        *now = now.saturating_add(time);
    }
}

/// The records stay usable after a panic of another thread of the test.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How often everything else may go on before a wait is over.
const TURNS: u32 = 64;

/// Lets everything else that is ready go on.
async fn turn() {
    let mut passed = false;
    poll_fn(|context| {
        if std::mem::replace(&mut passed, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

impl Transport for Memory {
    fn send(&self, request: Request) -> BoxFuture<Result<Response, Error>> {
        let inner = Arc::clone(&self.0);
        Box::pin(async move {
            let recorded = Recorded {
                method: request.method,
                url: request.url,
                headers: request.headers,
                body: request.body.collect(usize::MAX).await?,
                timeout: request.timeout,
            };
            lock(&inner.requests).push(recorded.clone());
            // As over a network, other calls come in between.
            turn().await;
            (inner.answer)(&recorded)
        })
    }

    fn sleep(&self, time: Duration) -> BoxFuture<()> {
        let end = self.elapsed().saturating_add(time);
        let inner = Arc::clone(&self.0);
        Box::pin(async move {
            // Whatever else can go on goes on first, for some steps.
            for _ in 0..TURNS {
                turn().await;
            }
            let mut now = lock(&inner.time);
            *now = end.max(*now);
        })
    }

    fn now(&self) -> Option<Duration> {
        Some(self.elapsed())
    }
}

impl fmt::Debug for Recorded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorded")
            .field("method", &self.method)
            .field("url", &self.url)
            .field("headers", &Masked(&self.headers))
            .field("body", &format_args!("{} bytes", self.body.len()))
            .field("timeout", &self.timeout)
            .finish()
    }
}

impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Memory")
            .field("requests", &lock(&self.0.requests))
            .finish_non_exhaustive()
    }
}
