//! A transport that sends the same GET once for all that ask for it at a time.

pub(super) mod flight;
#[cfg(test)]
mod tests;

use super::{BoxFuture, Held, Request, Response, Transport};
use crate::Error;
use crate::clock::within;
use bytes::Bytes;
use flight::Flights;
use http::{HeaderMap, Method, StatusCode, Version};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How long a body may be to be given to several, unless it is set.
const MAX_BODY: usize = 4 << 20;

/// Headers that tell calls apart and say nothing of what is asked for: those of
/// traces (W3C Trace Context, W3C Baggage) and of log entries.
const APART: [&str; 5] = [
    "traceparent",
    "tracestate",
    "baggage",
    "x-request-id",
    "x-correlation-id",
];

/// Sends GET requests that are the same and run at the same time once: all get the
/// answer, or the error. Requests are the same with the same URL and the same headers,
/// credentials included; identifiers of traces and log entries may differ.
///
/// The exchange goes on as long as one of the callers waits for it, whoever came
/// first; each keeps its own time limit, and who comes after one whose time has passed
/// starts another exchange. Answers that are read while they arrive
/// (events, downloads) are not shared. A body longer than a limit is given to one of
/// them, and the others send their own requests.
///
/// [`ClientBuilder::coalesce`](crate::ClientBuilder::coalesce) lays one around the
/// client's transport.
///
/// ```
/// use http::StatusCode;
/// use pontoon_runtime::json::Json;
/// use pontoon_runtime::operation::{Accepted, Api, Operation};
/// use pontoon_runtime::transport::{Memory, Response};
/// # use pontoon_runtime::transport::{BoxFuture, Request, Transport};
/// use pontoon_runtime::{ClientBuilder, CoreClient};
///
/// static API: Api = Api::BLANK;
/// static LIST: Operation = Operation {
///     id: "listPets",
///     method: "GET",
///     path: "/pets",
///     responses: &[Accepted::json(200, 0)],
///     ..Operation::BLANK
/// };
///
/// # /// Answers at once would not meet.
/// # struct Slow(Memory);
/// # impl Transport for Slow {
/// #     fn send(&self, request: Request) -> BoxFuture<Result<Response, pontoon_runtime::Error>> {
/// #         let answer = self.0.send(request);
/// #         Box::pin(async move {
/// #             tokio::task::yield_now().await;
/// #             answer.await
/// #         })
/// #     }
/// # }
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), pontoon_runtime::Error> {
/// let memory = Memory::new(|_| Ok(Response::json(StatusCode::OK, "[]")));
/// # let transport = Slow(memory.clone());
/// let client: CoreClient = ClientBuilder::new(&API)
///     .base_url("https://pets.example")
///     .transport(transport)
///     .coalesce(true)
///     .build()?;
/// let list = || client.call(&LIST).send::<Json>();
/// let (one, other) = tokio::join!(list(), list());
/// assert_eq!(one?.value, other?.value);
/// assert_eq!(memory.requests().len(), 1);
/// # Ok(())
/// # }
/// ```
pub struct Coalesced<T: Transport>(Arc<Inner<T>>);

struct Inner<T> {
    transport: T,
    max_body: usize,
    flights: Arc<Flights<Key, Outcome>>,
}

/// What makes requests the same. It holds credentials and is not shown.
#[derive(PartialEq, Eq, Hash, Clone)]
struct Key {
    url: String,
    headers: Vec<(http::HeaderName, Bytes)>,
}

/// What an exchange gave.
#[derive(Clone)]
enum Outcome {
    Answer(Arc<Answer>),
    /// For the first who takes it.
    Longer(Arc<Mutex<Option<Response>>>),
    Failure(Arc<Error>),
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
    version: Option<Version>,
}

impl<T: Transport> Coalesced<T> {
    /// Around a transport. A body may have 4 MiB to be given to several.
    pub fn new(transport: T) -> Self {
        Self::with_max_body(transport, MAX_BODY)
    }

    /// The same with another limit for bodies, in bytes.
    pub fn with_max_body(transport: T, max_body: usize) -> Self {
        Self(Arc::new(Inner {
            transport,
            max_body,
            flights: Arc::default(),
        }))
    }
}

impl<T: Transport> Transport for Coalesced<T> {
    fn send(&self, mut request: Request) -> BoxFuture<Result<Response, Error>> {
        let Some(key) = key(&request) else {
            return self.0.transport.send(request);
        };
        let inner = Arc::clone(&self.0);
        // Each caller has a limit of its own, and nobody the limit of another.
        let limit = request.timeout.take();
        Box::pin(async move {
            let copy = copied(&request);
            let start = inner.transport.now();
            let exchange = || {
                let inner = Arc::clone(&inner);
                Box::pin(async move { inner.exchange(request).await }) as BoxFuture<Outcome>
            };
            let mut shared = inner.flights.join(key, exchange);
            let outcome = match limit {
                None => shared.await,
                Some(limit) => match within(limit, &inner.transport, &mut shared).await {
                    Some(outcome) => outcome,
                    None => {
                        // Another attempt must not wait for the same exchange again.
                        shared.close_to_others();
                        return Err(Error::timeout("no answer came within the time limit"));
                    }
                },
            };
            match outcome {
                Some(Outcome::Answer(answer)) => Ok(Response {
                    status: answer.status,
                    headers: answer.headers.clone(),
                    body: answer.body.clone().into(),
                    version: answer.version,
                }),
                Some(Outcome::Failure(error)) => Err(error.shared()),
                Some(Outcome::Longer(answer)) => {
                    let answer = answer.lock().unwrap_or_else(PoisonError::into_inner).take();
                    match answer {
                        Some(mut answer) => {
                            // Its body is read by this caller, within what is left.
                            if let Some(limit) = limit
                                && let Some(now) = inner.transport.now()
                            {
                                let spent = now.saturating_sub(start.unwrap_or(now));
                                let end = inner.transport.sleep(limit.saturating_sub(spent));
                                answer.body = answer.body.until(end);
                            }
                            Ok(answer)
                        }
                        None => {
                            inner
                                .transport
                                .send(Request {
                                    timeout: limit,
                                    ..copy
                                })
                                .await
                        }
                    }
                }
                None => Err(Error::transport("the exchange that was shared has failed")),
            }
        })
    }

    fn sleep(&self, time: Duration) -> BoxFuture<()> {
        self.0.transport.sleep(time)
    }

    fn now(&self) -> Option<Duration> {
        self.0.transport.now()
    }
}

impl<T: Transport> Inner<T> {
    async fn exchange(&self, request: Request) -> Outcome {
        let failure = |error| Outcome::Failure(Arc::new(error));
        let answer = match self.transport.send(request).await {
            Ok(answer) => answer,
            Err(error) => return failure(error),
        };
        let Response {
            status,
            headers,
            body,
            version,
        } = answer;
        match body.hold(self.max_body).await {
            Ok(Held::Whole(body)) => Outcome::Answer(Arc::new(Answer {
                status,
                headers,
                body,
                version,
            })),
            Ok(Held::Longer(body)) => Outcome::Longer(Arc::new(Mutex::new(Some(Response {
                status,
                headers,
                body,
                version,
            })))),
            Err(error) => failure(error),
        }
    }
}

/// What makes a request the same as another, where it may be shared.
fn key(request: &Request) -> Option<Key> {
    let is_bare = request.body.as_bytes().is_some_and(Bytes::is_empty);
    if request.method != Method::GET || request.streams || !is_bare {
        return None;
    }
    let headers = request.headers.iter();
    let headers = headers.filter(|(name, _)| !APART.contains(&name.as_str()));
    let mut headers: Vec<_> = headers
        .map(|(name, value)| (name.clone(), Bytes::copy_from_slice(value.as_bytes())))
        .collect();
    // Lines of one name keep their order.
    headers.sort_by(|a, b| a.0.as_str().cmp(b.0.as_str()));
    Some(Key {
        url: request.url.as_str().to_owned(),
        headers,
    })
}

/// A request without a body, once more.
fn copied(request: &Request) -> Request {
    Request {
        method: request.method.clone(),
        url: request.url.clone(),
        headers: request.headers.clone(),
        body: super::Body::empty(),
        timeout: request.timeout,
        streams: request.streams,
    }
}

impl<T: Transport> fmt::Debug for Coalesced<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Coalesced")
            .field("running", &self.0.flights.count())
            .finish_non_exhaustive()
    }
}
