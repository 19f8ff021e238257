//! A transport that keeps answers and gives them again (RFC 9111).

mod entry;
mod memory;
mod store;
#[cfg(test)]
mod tests;

pub use memory::MemoryCache;
pub use store::{CacheKey, CacheStore, Stored};

use super::{Body, BoxFuture, Held, Request, Response, Transport};
use crate::Error;
use entry::{Lookup, Probe};
use http::header::{
    AGE, CONTENT_LENGTH, CONTENT_LOCATION, HeaderName, HeaderValue, LOCATION, TRANSFER_ENCODING,
};
use http::{HeaderMap, Method, StatusCode, Version};
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// How long a body may be to be kept, unless it is set.
const MAX_BODY: usize = 1 << 20;

/// RFC 9211.
const CACHE_STATUS: HeaderName = HeaderName::from_static("cache-status");
/// What this cache is called there.
const NAME: &str = "pontoon-runtime";

/// Keeps answers of GET requests and gives them again as HTTP allows (RFC 9111), as a
/// private cache: by `Cache-Control` and `Expires` without asking the server, by `ETag`
/// and `Last-Modified` after asking it whether the answer still stands (`304`). Many
/// vendors do not count a `304` against their rate limits.
///
/// An answer that was fetched with one credential is never given to a request with
/// another, or with none: every header whose value is marked sensitive is part of the
/// key, and so is the whole URL. Requests of unsafe methods that succeed take away what
/// is kept of their URL, and of the `Location` and `Content-Location` that they name on
/// the same host (section 4.4); URLs that differ in the query alone are others. One
/// answer is kept for each URL and credential, the last one where `Vary` tells several
/// apart. Where the server says nothing of how long an answer is good, it is asked every
/// time. `stale-if-error` (RFC 5861) is kept to; `stale-while-revalidate` is not.
///
/// Calls steer it by `Cache-Control` of their own: `no-cache`, `no-store`, `max-age`,
/// `min-fresh`, `max-stale`, `only-if-cached`. A call with conditions of its own
/// (`If-None-Match`, `Range`, ...), streams and downloads go past it. Bodies over a
/// limit are not kept, nor such of HTTP/1 that end with their connection, which may have
/// broken off. Where there is no clock, nothing is.
///
/// [`ClientBuilder::cache`](crate::ClientBuilder::cache) lays one around the client's
/// transport; [`Response::cache_use`](crate::Response::cache_use) tells what it did.
pub struct Cached<T: Transport>(Arc<Inner<T>>);

struct Inner<T> {
    transport: T,
    store: Box<dyn CacheStore>,
    max_body: usize,
    clock: Box<dyn Fn() -> Option<SystemTime> + Send + Sync>,
}

/// What a cache had to do with an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum CacheUse {
    /// Nothing: it came from the server.
    None,
    /// It was kept, and the server was not asked.
    Fresh,
    /// It was kept, and the server said that it still stands.
    Validated,
    /// It was kept and is too old; the server could not be asked.
    Stale,
}

impl<T: Transport> Cached<T> {
    /// Around a transport. A body may have 1 MiB to be kept.
    pub fn new(transport: T, store: impl CacheStore) -> Self {
        Self::with_settings(transport, Box::new(store), MAX_BODY, Box::new(now))
    }

    /// The same with another limit for bodies, in bytes.
    pub fn with_max_body(transport: T, store: impl CacheStore, max_body: usize) -> Self {
        Self::with_settings(transport, Box::new(store), max_body, Box::new(now))
    }

    fn with_settings(
        transport: T,
        store: Box<dyn CacheStore>,
        max_body: usize,
        clock: Box<dyn Fn() -> Option<SystemTime> + Send + Sync>,
    ) -> Self {
        Self(Arc::new(Inner {
            transport,
            store,
            max_body,
            clock,
        }))
    }
}

fn now() -> Option<SystemTime> {
    let seconds = crate::clock::unix_now()?;
    SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds))
}

impl<T: Transport> Transport for Cached<T> {
    fn send(&self, request: Request) -> BoxFuture<Result<Response, Error>> {
        let inner = Arc::clone(&self.0);
        if !request.method.is_safe() {
            return Box::pin(async move { inner.change(request).await });
        }
        match Probe::of(&request) {
            Some(probe) => Box::pin(async move { inner.get(request, probe).await }),
            None => self.0.transport.send(request),
        }
    }

    fn sleep(&self, time: Duration) -> BoxFuture<()> {
        self.0.transport.sleep(time)
    }

    fn now(&self) -> Option<Duration> {
        self.0.transport.now()
    }
}

impl<T: Transport> Inner<T> {
    /// Sends a request that may change what is kept.
    async fn change(&self, request: Request) -> Result<Response, Error> {
        let url = request.url.clone();
        let answer = self.transport.send(request).await?;
        if answer.status.is_success() || answer.status.is_redirection() {
            self.store.remove(&entry::resource(url.as_str())).await;
            for name in [LOCATION, CONTENT_LOCATION] {
                let other = answer
                    .headers
                    .get(name)
                    .and_then(|value| value.to_str().ok());
                if let Some(other) = other.and_then(|other| entry::same_host(&url, other)) {
                    self.store.remove(&entry::resource(&other)).await;
                }
            }
        }
        Ok(answer)
    }

    async fn get(&self, request: Request, probe: Probe) -> Result<Response, Error> {
        let Some(now) = (self.clock)() else {
            return self.transport.send(request).await;
        };
        let stored = self.store.get(&probe.key).await;
        let Some(stored) = stored.filter(|stored| probe.selects(stored)) else {
            return match probe.only_if_cached() {
                true => Ok(Response::new(StatusCode::GATEWAY_TIMEOUT)),
                false => self.fetch(request, &probe).await,
            };
        };
        match probe.lookup(&stored, now) {
            Lookup::Fresh => Ok(answer(stored, CacheUse::Fresh, now)),
            Lookup::Stale(_) if probe.only_if_cached() => {
                Ok(Response::new(StatusCode::GATEWAY_TIMEOUT))
            }
            Lookup::Stale(conditions) => self.validate(request, &probe, stored, conditions).await,
        }
    }

    /// Asks the server whether an answer still stands.
    async fn validate(
        &self,
        request: Request,
        probe: &Probe,
        stored: Stored,
        conditions: HeaderMap,
    ) -> Result<Response, Error> {
        let again = copied(&request);
        let mut asked = request;
        asked.headers.extend(conditions);
        let found = self.transport.send(asked).await;
        let now = (self.clock)().unwrap_or(stored.received);
        match found {
            Ok(found) if found.status == StatusCode::NOT_MODIFIED => {
                match probe.merged(&stored, &found.headers, now) {
                    Some(stored) => {
                        self.store.put(&probe.key, stored.clone()).await;
                        Ok(answer(stored, CacheUse::Validated, now))
                    }
                    // It speaks of an answer that is not kept.
                    None => self.fetch(again, probe).await,
                }
            }
            Ok(found) if found.status.is_server_error() && entry::stale_if_error(&stored, now) => {
                Ok(answer(stored, CacheUse::Stale, now))
            }
            Err(_) if entry::stale_if_error(&stored, now) => {
                Ok(answer(stored, CacheUse::Stale, now))
            }
            Ok(found) => match self.keep(found, probe).await {
                // The new answer broke off.
                Err(_) if entry::stale_if_error(&stored, now) => {
                    Ok(answer(stored, CacheUse::Stale, now))
                }
                found => found,
            },
            Err(error) => Err(error),
        }
    }

    async fn fetch(&self, request: Request, probe: &Probe) -> Result<Response, Error> {
        let answer = self.transport.send(request).await?;
        self.keep(answer, probe).await
    }

    /// Keeps an answer, if it may be kept.
    async fn keep(&self, mut answer: Response, probe: &Probe) -> Result<Response, Error> {
        unmark(&mut answer.headers);
        let Some(now) = (self.clock)() else {
            return Ok(answer);
        };
        if !is_told_whole(&answer) || !probe.is_storable(answer.status, &answer.headers, now) {
            return Ok(answer);
        }
        let Response {
            status,
            headers,
            body,
            version,
        } = answer;
        let body = match body.hold(self.max_body).await? {
            Held::Longer(body) => body,
            Held::Whole(bytes) => {
                let mut stored = Stored::new(status, headers.clone(), bytes.clone(), now);
                stored.selecting = probe.selecting(&headers);
                self.store.put(&probe.key, stored).await;
                Body::from(bytes)
            }
        };
        Ok(Response {
            status,
            headers,
            body,
            version,
        })
    }
}

/// Whether the end of the body can be told from its breaking off: HTTP/1 without a length
/// ends with its connection, whatever the reason.
fn is_told_whole(answer: &Response) -> bool {
    let has = |name| answer.headers.contains_key(name);
    answer.body.as_bytes().is_some()
        || answer
            .version
            .is_none_or(|version| version >= Version::HTTP_2)
        || has(CONTENT_LENGTH)
        || has(TRANSFER_ENCODING)
}

/// What was kept, as an answer.
fn answer(stored: Stored, usage: CacheUse, now: SystemTime) -> Response {
    let mut headers = stored.headers.clone();
    if usage != CacheUse::Validated {
        // What was left of a rate limit then says nothing of now.
        let names = headers.keys().map(HeaderName::as_str);
        let old = names.filter(|name| name.starts_with("x-rate") || name.starts_with("ratelimit"));
        let old: Vec<String> = old.map(str::to_owned).collect();
        for name in old.iter().map(String::as_str).chain(["retry-after"]) {
            headers.remove(name);
        }
    }
    headers.insert(AGE, HeaderValue::from(entry::age(&stored, now).as_secs()));
    unmark(&mut headers);
    let text = match usage {
        CacheUse::Validated => format!("{NAME}; hit; fwd=stale; fwd-status=304"),
        CacheUse::Stale => format!("{NAME}; hit; fwd=stale"),
        CacheUse::Fresh | CacheUse::None => format!("{NAME}; hit"),
    };
    if let Ok(value) = HeaderValue::from_str(&text) {
        headers.append(CACHE_STATUS, value);
    }
    Response {
        status: stored.status,
        headers,
        body: stored.body.into(),
        version: None,
    }
}

/// Takes away what only this cache says.
fn unmark(headers: &mut HeaderMap) {
    if headers.contains_key(CACHE_STATUS) {
        let others = headers.get_all(CACHE_STATUS).into_iter();
        let others = others.filter(|value| !value.as_bytes().starts_with(NAME.as_bytes()));
        let others: Vec<HeaderValue> = others.cloned().collect();
        headers.remove(CACHE_STATUS);
        for other in others {
            headers.append(CACHE_STATUS, other);
        }
    }
}

/// What a cache of this runtime did, by the headers of an answer.
pub(crate) fn usage(headers: &HeaderMap) -> CacheUse {
    let lines = headers.get_all(CACHE_STATUS).into_iter();
    let mut own = lines.filter_map(|value| value.to_str().ok()?.strip_prefix(NAME));
    match own.next_back() {
        Some("; hit") => CacheUse::Fresh,
        Some("; hit; fwd=stale") => CacheUse::Stale,
        Some("; hit; fwd=stale; fwd-status=304") => CacheUse::Validated,
        _ => CacheUse::None,
    }
}

/// A request without a body, once more.
fn copied(request: &Request) -> Request {
    Request {
        method: Method::GET,
        url: request.url.clone(),
        headers: request.headers.clone(),
        body: Body::empty(),
        timeout: request.timeout,
        streams: request.streams,
    }
}

impl<T: Transport> fmt::Debug for Cached<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cached")
            .field("max_body", &self.0.max_body)
            .finish_non_exhaustive()
    }
}
