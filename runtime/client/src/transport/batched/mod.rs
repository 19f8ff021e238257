//! A transport that sends several requests as one, for APIs with a batch endpoint.

mod json;
#[cfg(test)]
mod tests;

pub use json::JsonBatch;

use super::coalesced::flight::{Flights, Waiter};
use super::{Address, BoxFuture, Request, Response, Transport};
use crate::Error;
use crate::clock::within;
use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};
use std::collections::HashMap;
use std::fmt;
use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::Duration;

/// How long the answer to a batch may be.
const MAX_ANSWER: usize = 64 << 20;

/// Puts requests into one and takes its answer apart: what an API's batch endpoint
/// wants. [`JsonBatch`] is one.
pub trait Batcher: Send + Sync + 'static {
    /// How many requests one batch may hold.
    fn limit(&self) -> usize;

    /// The URL of the batch that a request may go in; `None` where it must be sent
    /// alone.
    fn endpoint(&self, request: &Request) -> Option<String>;

    /// The body of a batch and the headers that it needs beside the credentials.
    ///
    /// # Errors
    /// The requests cannot be put into one: all of them fail.
    fn join(&self, parts: &[Part]) -> Result<(HeaderMap, Bytes), Error>;

    /// The answer to each of `count` parts, by their numbers; `None` where there is
    /// none that can be read, or more than one. The answer to the batch itself was one
    /// of success.
    ///
    /// # Errors
    /// The answer cannot be read: all of the requests fail.
    fn split(&self, count: usize, body: &Bytes) -> Result<Vec<Option<Response>>, Error>;
}

impl Batcher for Box<dyn Batcher> {
    fn limit(&self) -> usize {
        (**self).limit()
    }

    fn endpoint(&self, request: &Request) -> Option<String> {
        (**self).endpoint(request)
    }

    fn join(&self, parts: &[Part]) -> Result<(HeaderMap, Bytes), Error> {
        (**self).join(parts)
    }

    fn split(&self, count: usize, body: &Bytes) -> Result<Vec<Option<Response>>, Error> {
        (**self).split(count, body)
    }
}

/// A request in a batch. Its number is its place in the batch, counted from 0.
#[derive(Clone)]
#[non_exhaustive]
pub struct Part {
    /// The method.
    pub method: Method,
    /// The absolute URL.
    pub url: Address,
    /// The headers, without credentials.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

/// Gathers requests that come within a time, or up to as many as a batch may hold, and
/// sends them as one. Only requests with the same credentials share a batch. A request
/// alone in its batch is sent as it is.
///
/// Each caller gets the answer to its own request, errors included. Where the batch is
/// answered with 401, 403, 429 or a 5xx, that is the answer to each; where it fails in
/// another way, all fail with its reason. One who stops waiting before the batch is
/// sent is not in it.
///
/// ```
/// use http::StatusCode;
/// use pontoon_runtime::json::Json;
/// use pontoon_runtime::model::View;
/// use pontoon_runtime::operation::{Accepted, Api, Operation, Parameter};
/// use pontoon_runtime::transport::{JsonBatch, Memory, Response};
/// use pontoon_runtime::{ClientBuilder, CoreClient};
/// use std::time::Duration;
///
/// static API: Api = Api::BLANK;
/// static GET_PET: Operation = Operation {
///     id: "getPet",
///     method: "GET",
///     path: "/pets/{id}",
///     parameters: &[Parameter::path("id")],
///     responses: &[Accepted::json(200, 0)],
///     ..Operation::BLANK
/// };
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), pontoon_runtime::Error> {
/// const URL: &str = "https://pets.example";
/// let memory = Memory::new(|_| {
///     let answers = r#"{"responses": [
///         {"id": "1", "status": 200, "body": "Tom"}, {"id": "0", "status": 200, "body": "Rex"}]}"#;
///     Ok(Response::json(StatusCode::OK, answers))
/// });
/// let batcher = JsonBatch::new(URL).limit(2);
/// let client: CoreClient = ClientBuilder::new(&API)
///     .base_url(URL)
///     .transport(memory.clone())
///     .batch(batcher, Duration::from_secs(1))
///     .build()?;
/// let pet = |id| client.call(&GET_PET).param(0, View::Str(id)).send::<Json>();
/// let (a, b) = tokio::join!(pet("a"), pet("b"));
/// assert_eq!((a?.value.as_str(), b?.value.as_str()), (Some("Rex"), Some("Tom")));
/// assert_eq!(memory.requests()[0].url.as_str(), "https://pets.example/$batch");
/// # Ok(())
/// # }
/// ```
pub struct Batched<T: Transport>(Arc<Inner<T>>);

struct Inner<T> {
    transport: T,
    batcher: Box<dyn Batcher>,
    window: Duration,
    gathering: Mutex<Gathering>,
    flights: Arc<Flights<u64, Outcome>>,
}

#[derive(Default)]
struct Gathering {
    next: u64,
    open: HashMap<Group, (u64, Parts)>,
}

/// Who may share a batch: the endpoint and the credentials, which are not shown.
type Group = (String, Vec<(String, Bytes)>);

/// The requests of a batch; taken out when it is sent, or by whoever leaves before.
type Parts = Arc<Mutex<Vec<Option<Request>>>>;

/// The answers by place, for whoever takes them.
type Outcome = Result<Arc<Mutex<Vec<Option<Response>>>>, Arc<Error>>;

/// Who waits for a batch.
type Shared = Waiter<u64, Outcome>;

/// Takes a request out of a batch that was not sent yet.
struct Leave(Parts, usize);

impl Drop for Leave {
    fn drop(&mut self) {
        if let Some(place) = lock(&self.0).get_mut(self.1) {
            *place = None;
        }
    }
}

impl<T: Transport> Batched<T> {
    /// Around a transport; requests wait for others for `window`.
    pub fn new(transport: T, batcher: impl Batcher, window: Duration) -> Self {
        Self(Arc::new(Inner {
            transport,
            batcher: Box::new(batcher),
            window,
            gathering: Mutex::default(),
            flights: Arc::default(),
        }))
    }
}

impl<T: Transport> Transport for Batched<T> {
    fn send(&self, request: Request) -> BoxFuture<Result<Response, Error>> {
        let may = !request.streams && request.body.as_bytes().is_some();
        let Some(endpoint) = self.0.batcher.endpoint(&request).filter(|_| may) else {
            return self.0.transport.send(request);
        };
        let inner = Arc::clone(&self.0);
        Box::pin(async move {
            let limit = request.timeout;
            let group: Group = (endpoint, credentials(&request.headers));
            let (shared, parts, place) = inner.enter(group, request);
            let _leave = Leave(parts, place);
            let outcome = match limit {
                None => shared.await,
                Some(limit) => within(limit, &inner.transport, shared)
                    .await
                    .ok_or_else(|| Error::timeout("no answer came within the time limit"))?,
            };
            match outcome {
                Some(Ok(answers)) => {
                    let answer = lock(&answers).get_mut(place).and_then(Option::take);
                    answer.ok_or_else(|| {
                        Error::decode(format!(
                            "the batch has no answer to its request {place}, or not one alone"
                        ))
                    })
                }
                Some(Err(error)) => Err(error.shared()),
                None => Err(Error::transport("the batch has failed")),
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
    /// Puts a request into the batch that is being gathered, and waits for it: both
    /// at once, or the batch could be over in between.
    fn enter(self: &Arc<Self>, group: Group, request: Request) -> (Shared, Parts, usize) {
        let mut gathering = lock(&self.gathering);
        if !gathering.open.contains_key(&group) {
            gathering.next += 1;
            let batch = (gathering.next, Parts::default());
            gathering.open.insert(group.clone(), batch);
        }
        let (number, parts) = gathering.open[&group].clone();
        let mut all = lock(&parts);
        all.push(Some(request));
        let place = all.len() - 1;
        let is_full = all.len() >= self.batcher.limit().max(1);
        drop(all);
        if is_full {
            gathering.open.remove(&group);
        }
        let start = || {
            let (inner, parts) = (Arc::clone(self), Arc::clone(&parts));
            Box::pin(async move { inner.run(number, group, parts).await }) as BoxFuture<Outcome>
        };
        (self.flights.join(number, start), parts, place)
    }

    /// Whether a batch is still gathered; `close` ends that.
    fn is_open(&self, number: u64, group: &Group, close: bool) -> bool {
        let mut gathering = lock(&self.gathering);
        let open = gathering.open.get(group);
        let is_open = open.is_some_and(|(known, _)| *known == number);
        if is_open && close {
            gathering.open.remove(group);
        }
        is_open
    }

    async fn run(&self, number: u64, group: Group, parts: Parts) -> Outcome {
        let start = self.transport.now();
        let mut window = self.transport.sleep(self.window);
        // Whoever makes it full polls this.
        poll_fn(|context| match self.is_open(number, &group, false) {
            false => Poll::Ready(()),
            true => window.as_mut().poll(context),
        })
        .await;
        self.is_open(number, &group, true);
        let taken: Vec<Option<Request>> = lock(&parts).iter_mut().map(Option::take).collect();
        let count = taken.len();
        let taken = taken.into_iter().enumerate();
        let taken: Vec<(usize, Request)> = taken
            .filter_map(|(place, request)| Some((place, request?)))
            .collect();
        let mut answers: Vec<Option<Response>> = Vec::new();
        answers.resize_with(count, || None);
        let waited = || Some(self.transport.now()?.saturating_sub(start?));
        let waited = waited().unwrap_or_default();
        let found = self.exchange(&group.0, taken, waited, &mut answers).await;
        found
            .map(|()| Arc::new(Mutex::new(answers)))
            .map_err(Arc::new)
    }

    async fn exchange(
        &self,
        endpoint: &str,
        mut taken: Vec<(usize, Request)>,
        waited: Duration,
        answers: &mut [Option<Response>],
    ) -> Result<(), Error> {
        if taken.len() <= 1 {
            if let Some((place, mut request)) = taken.pop() {
                // Its body is read later, and what is left of the time is for that, too.
                let limit = request.timeout;
                request.timeout = limit.map(|limit| limit.saturating_sub(waited));
                answers[place] = Some(self.transport.send(request).await?);
            }
            return Ok(());
        }
        let parts: Vec<Part> = taken.iter().map(|(_, request)| part(request)).collect();
        let (mut headers, body) = self.batcher.join(&parts)?;
        let first = &taken[0].1.headers;
        let secrets = first
            .iter()
            .filter(|(name, value)| is_credential(name, value));
        let agent = first.get(http::header::USER_AGENT);
        let agent = agent.map(|agent| (&http::header::USER_AGENT, agent));
        for (name, value) in secrets.chain(agent) {
            headers.append(name.clone(), value.clone());
        }
        let answer = self.transport.send(Request {
            method: Method::POST,
            url: Address::new(endpoint.to_owned()),
            headers,
            body: body.into(),
            timeout: None,
            streams: false,
        });
        let answer = answer.await?;
        let body = answer.body.collect(MAX_ANSWER).await?;
        if is_for_each(answer.status) {
            for (place, _) in taken {
                let mut own = Response::new(answer.status);
                own.headers.clone_from(&answer.headers);
                own.body = body.clone().into();
                answers[place] = Some(own);
            }
            return Ok(());
        }
        if !answer.status.is_success() {
            let error = Error::transport(format!("the batch was answered with {}", answer.status));
            return Err(error.with_answer(answer.status, answer.headers, body));
        }
        let found = self.batcher.split(taken.len(), &body)?;
        for ((place, _), answer) in taken.into_iter().zip(found) {
            answers[place] = answer;
        }
        Ok(())
    }
}

/// Whether the status of a batch says the same of each request in it: its credential, a
/// rate limit or the server's state, and not the batch.
fn is_for_each(status: StatusCode) -> bool {
    matches!(status.as_u16(), 401 | 403 | 429) || status.is_server_error()
}

fn part(request: &Request) -> Part {
    let headers = request.headers.iter();
    let headers = headers.filter(|(name, value)| !is_credential(name, value));
    Part {
        method: request.method.clone(),
        url: request.url.clone(),
        headers: headers
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect(),
        body: request.body.as_bytes().cloned().unwrap_or_default(),
    }
}

fn is_credential(name: &http::HeaderName, value: &http::HeaderValue) -> bool {
    value.is_sensitive() || crate::mask::is_secret_name(name.as_str())
}

fn credentials(headers: &HeaderMap) -> Vec<(String, Bytes)> {
    let found = headers
        .iter()
        .filter(|(name, value)| is_credential(name, value));
    let mut found: Vec<_> = found
        .map(|(name, value)| {
            (
                name.as_str().to_owned(),
                Bytes::copy_from_slice(value.as_bytes()),
            )
        })
        .collect();
    found.sort();
    found
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Debug for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Part")
            .field("method", &self.method)
            .field("url", &self.url)
            .field("body", &format_args!("{} bytes", self.body.len()))
            .finish_non_exhaustive()
    }
}

impl<T: Transport> fmt::Debug for Batched<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Batched")
            .field("window", &self.0.window)
            .field("running", &self.0.flights.count())
            .finish_non_exhaustive()
    }
}
