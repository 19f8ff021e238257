//! What may be kept, and whether it may be given again.
//!
//! The crate `http-cache-semantics` judges. It is asked for verdicts alone: the headers
//! that it gives have one line of each name, so they are put together here.

use super::{CacheKey, Stored};
use crate::transport::{Address, Request};
use bytes::Bytes;
use http::header::{
    ACCEPT_RANGES, AGE, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE,
    CONTENT_TYPE, IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE, IF_UNMODIFIED_SINCE, RANGE,
    TRANSFER_ENCODING, VARY,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use http_cache_semantics::{AfterResponse, BeforeRequest, CacheOptions, CachePolicy};
use sha2::{Digest, Sha256};
use std::time::{Duration, SystemTime};

/// A cache of one user. Without a word of the server nothing is fresh: an API's answers
/// change at any time, whatever their age.
const OPTIONS: CacheOptions = CacheOptions {
    shared: false,
    cache_heuristic: 0.0,
    immutable_min_time_to_live: Duration::ZERO,
    ignore_cargo_cult: false,
};

/// RFC 9111, section 1.2.2: what is larger is taken for this.
const LONGEST: u64 = 1 << 31;

/// Conditions and ranges of the caller's own.
const OWN: [HeaderName; 6] = [
    IF_MATCH,
    IF_NONE_MATCH,
    IF_MODIFIED_SINCE,
    IF_UNMODIFIED_SINCE,
    IF_RANGE,
    RANGE,
];

/// What describes the body that was sent, and not the answer (RFC 9111, section 3.2).
const OF_BODY: [HeaderName; 5] = [
    CONTENT_ENCODING,
    CONTENT_LENGTH,
    CONTENT_RANGE,
    CONTENT_TYPE,
    TRANSFER_ENCODING,
];

/// What a cache must know of a request.
pub(super) struct Probe {
    pub(super) key: CacheKey,
    /// The headers, secrets replaced by their sums.
    headers: HeaderMap,
}

/// Whether what is kept may be given.
pub(super) enum Lookup {
    Fresh,
    /// With the conditions to ask the server by.
    Stale(HeaderMap),
}

impl Probe {
    /// For a request that a cache may answer.
    pub(super) fn of(request: &Request) -> Option<Self> {
        let is_bare = request.body.as_bytes().is_some_and(Bytes::is_empty);
        let is_own = OWN.iter().any(|name| request.headers.contains_key(name));
        if request.method != Method::GET || request.streams || !is_bare || is_own {
            return None;
        }
        let mut credential = Sha256::new();
        let mut headers = HeaderMap::with_capacity(request.headers.len());
        let mut secrets: Vec<_> = Vec::new();
        for (name, value) in &request.headers {
            if value.is_sensitive() || is_credential(name) {
                secrets.push((name.as_str(), value.as_bytes()));
                headers.append(name.clone(), hidden(value));
            } else {
                headers.append(name.clone(), value.clone());
            }
        }
        // Lines of one name keep their order.
        secrets.sort_by_key(|secret| secret.0);
        for (name, value) in secrets {
            for part in [name.as_bytes(), value] {
                credential.update((part.len() as u64).to_be_bytes());
                credential.update(part);
            }
        }
        let key = CacheKey {
            resource: resource(request.url.as_str()),
            credential: hex(&credential.finalize()),
        };
        Some(Self { key, headers })
    }

    /// RFC 9111, section 5.2.1.7.
    pub(super) fn only_if_cached(&self) -> bool {
        directive(&self.headers, "only-if-cached").is_some()
    }

    /// Whether what is kept was the answer to such a request (section 4.1).
    pub(super) fn selects(&self, stored: &Stored) -> bool {
        self.selecting(&stored.headers) == stored.selecting
    }

    /// The headers of the request that an answer names in `Vary`.
    pub(super) fn selecting(&self, answer: &HeaderMap) -> HeaderMap {
        let names = answer.get_all(VARY).into_iter();
        let names = names.filter_map(|value| value.to_str().ok());
        let mut found = HeaderMap::new();
        for name in names.flat_map(|line| line.split(',')) {
            let Ok(name) = HeaderName::from_bytes(name.trim().as_bytes()) else {
                continue;
            };
            if !found.contains_key(&name) {
                for value in self.headers.get_all(&name) {
                    found.append(name.clone(), value.clone());
                }
            }
        }
        found
    }

    pub(super) fn is_storable(
        &self,
        status: StatusCode,
        headers: &HeaderMap,
        now: SystemTime,
    ) -> bool {
        // A part of a body is not the body.
        status != StatusCode::PARTIAL_CONTENT
            && !varies_by_all(headers)
            && policy(self.parts(), status, headers, now).is_storable()
    }

    pub(super) fn lookup(&self, stored: &Stored, now: SystemTime) -> Lookup {
        let found = policy(
            self.parts(),
            stored.status,
            &stored.headers,
            stored.received,
        );
        match found.before_request(&self.parts(), now) {
            BeforeRequest::Fresh(_) => Lookup::Fresh,
            BeforeRequest::Stale { request, .. } => {
                let mut conditions = HeaderMap::new();
                for name in [IF_NONE_MATCH, IF_MODIFIED_SINCE] {
                    if let Some(value) = request.headers.get(&name) {
                        conditions.insert(name, value.clone());
                    }
                }
                Lookup::Stale(conditions)
            }
        }
    }

    /// What is kept with what a `304` says of it; `None` where it speaks of another
    /// answer.
    pub(super) fn merged(
        &self,
        stored: &Stored,
        headers: &HeaderMap,
        now: SystemTime,
    ) -> Option<Stored> {
        let found = policy(
            self.parts(),
            stored.status,
            &stored.headers,
            stored.received,
        );
        let (mut answer, ()) = http::Response::new(()).into_parts();
        answer.status = StatusCode::NOT_MODIFIED;
        answer.headers = tamed(headers);
        // A `304` without validators answers the conditions that were sent.
        let is_bare = !headers.contains_key("etag") && !headers.contains_key("last-modified");
        match found.after_response(&self.parts(), &answer, now) {
            AfterResponse::Modified(..) if !is_bare => return None,
            _ => {}
        }
        let mut merged = stored.clone();
        // The age is that of the `304`, or none.
        merged.headers.remove(AGE);
        for name in headers.keys().filter(|name| !OF_BODY.contains(name)) {
            merged.headers.remove(name);
            for value in headers.get_all(name) {
                merged.headers.append(name.clone(), value.clone());
            }
        }
        merged.received = now;
        merged.selecting = self.selecting(&merged.headers);
        Some(merged)
    }

    fn parts(&self) -> http::request::Parts {
        let (mut parts, ()) = http::Request::new(()).into_parts();
        parts.headers = self.headers.clone();
        parts
    }
}

/// Headers that are credentials even when nobody marked them.
fn is_credential(name: &HeaderName) -> bool {
    crate::mask::is_secret_name(name.as_str())
}

fn policy(
    request: http::request::Parts,
    status: StatusCode,
    headers: &HeaderMap,
    received: SystemTime,
) -> CachePolicy {
    let (mut answer, ()) = http::Response::new(()).into_parts();
    answer.status = status;
    answer.headers = tamed(headers);
    CachePolicy::new_options(&request, &answer, received, OPTIONS)
}

/// Headers with an `Age` that can be added to.
fn tamed(headers: &HeaderMap) -> HeaderMap {
    let mut headers = headers.clone();
    // A request with a range of its own does not come here.
    headers.remove(ACCEPT_RANGES);
    if let Some(age) = headers.get(AGE).map(seconds) {
        headers.insert(AGE, HeaderValue::from(age));
    }
    headers
}

fn seconds(value: &HeaderValue) -> u64 {
    let text = value.to_str().unwrap_or_default().trim();
    let is_number = !text.is_empty() && text.bytes().all(|digit| digit.is_ascii_digit());
    match text.parse::<u64>() {
        Ok(seconds) => seconds.min(LONGEST),
        Err(_) if is_number => LONGEST,
        Err(_) => 0,
    }
}

/// How old an answer is.
pub(super) fn age(stored: &Stored, now: SystemTime) -> Duration {
    let said = stored.headers.get(AGE).map_or(0, seconds);
    let kept = now.duration_since(stored.received).unwrap_or_default();
    Duration::from_secs(said).saturating_add(kept)
}

/// Whether an answer that is too old may stand for an error (RFC 5861, section 4).
pub(super) fn stale_if_error(stored: &Stored, now: SystemTime) -> bool {
    let headers = &stored.headers;
    let lasts = |name| directive(headers, name)?.parse::<u64>().ok();
    let forbidden = ["no-cache", "must-revalidate"];
    if forbidden
        .iter()
        .any(|name| directive(headers, name).is_some())
    {
        return false;
    }
    let (Some(fresh), Some(more)) = (lasts("max-age"), lasts("stale-if-error")) else {
        return false;
    };
    age(stored, now) <= Duration::from_secs(fresh.saturating_add(more))
}

/// The value of a directive of `Cache-Control`, empty where it has none.
fn directive(headers: &HeaderMap, wanted: &str) -> Option<String> {
    let lines = headers.get_all(CACHE_CONTROL).into_iter();
    let lines = lines.filter_map(|value| value.to_str().ok());
    let mut items = lines.flat_map(|line| line.split(','));
    items.find_map(|item| {
        let (name, value) = item.split_once('=').unwrap_or((item, ""));
        let value = value.trim().trim_matches('"').to_owned();
        name.trim().eq_ignore_ascii_case(wanted).then_some(value)
    })
}

fn varies_by_all(headers: &HeaderMap) -> bool {
    let lines = headers.get_all(VARY).into_iter();
    let mut lines = lines.filter_map(|value| value.to_str().ok());
    lines.any(|line| line.split(',').any(|name| name.trim() == "*"))
}

/// The sum by which a URL is known.
pub(super) fn resource(url: &str) -> String {
    let url = url.split('#').next().unwrap_or_default();
    hex(&Sha256::digest(url.as_bytes()))
}

/// A URL that an answer names, if it is of the same host.
pub(super) fn same_host(of: &Address, named: &str) -> Option<String> {
    let base = url::Url::parse(of.as_str()).ok()?;
    let found = base.join(named).ok()?;
    (found.origin() == base.origin()).then(|| found.to_string())
}

fn hidden(value: &HeaderValue) -> HeaderValue {
    let sum = hex(&Sha256::digest(value.as_bytes()));
    HeaderValue::from_str(&sum).unwrap_or(HeaderValue::from_static(""))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
