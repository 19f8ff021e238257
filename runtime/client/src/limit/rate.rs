//! Rates of requests.

use super::bucket::Bucket;
use super::scope::fits;
use super::{Asked, Scope};
use crate::Error;
use crate::transport::Transport;
use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// How many requests are sent in a time: a token bucket, shared by all clones of a
/// client. Given to [`ClientBuilder::rate_limit`](crate::ClientBuilder::rate_limit),
/// as often as there are limits to keep; a request waits for all that cover it.
///
/// Each request takes its tokens: retries, too, those that a redirect leads to, and the
/// one after a token was renewed. To another host a redirect takes those of limits
/// [by host](Scope::hosts) alone, or of limits for [each host](Scope::per_host).
///
/// A call that would wait longer than it has time for
/// ([`CallOptions::timeout`](crate::CallOptions::timeout)), or than
/// [`Self::longest_wait`], fails at once; [`Error::is_limited`] tells that, and
/// [`Error::retry_after`] when there is room. Dropping a call that waits gives its
/// tokens back.
///
/// ```
/// use http::StatusCode;
/// use pontoon_runtime::operation::{Accepted, Api, Operation};
/// use pontoon_runtime::transport::{Memory, Response};
/// use pontoon_runtime::{ClientBuilder, CoreClient, RateLimit, Scope};
/// use std::time::Duration;
///
/// # static API: Api = Api { user_agent: "pets/1.0", ..Api::BLANK };
/// # static FIND: Operation = Operation {
/// #     id: "pets/find", path: "/find", responses: &[Accepted::empty(204, 0)], ..Operation::BLANK
/// # };
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), pontoon_runtime::Error> {
/// let memory = Memory::new(|_| Ok(Response::new(StatusCode::NO_CONTENT)));
/// let client: CoreClient = ClientBuilder::new(&API)
///     .base_url("https://pets.example")
///     .transport(memory.clone())
///     .rate_limit(RateLimit::new(5000, Duration::from_secs(3600)))
///     .rate_limit(
///         RateLimit::new(2, Duration::from_secs(1))
///             .burst(4)
///             .scope(Scope::operations(["pets/*"]))
///             .weight("pets/find", 2),
///     )
///     .build()?;
/// for _ in 0..4 {
///     client.call(&FIND).send::<()>().await?;
/// }
/// assert_eq!(memory.elapsed(), Duration::from_secs(2));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use = "given to ClientBuilder::rate_limit"]
pub struct RateLimit {
    count: u32,
    per: Duration,
    burst: u32,
    scope: Scope,
    weights: Vec<(Cow<'static, str>, u32)>,
    longest: Option<Duration>,
}

impl RateLimit {
    /// `count` requests in each `per`, spread over it but for as many at once as
    /// [`Self::burst`] says, at first `count`.
    pub fn new(count: u32, per: Duration) -> Self {
        Self {
            count,
            per,
            burst: count,
            scope: Scope::all(),
            weights: Vec::new(),
            longest: None,
        }
    }

    /// How many may be sent at once after a time without any.
    pub fn burst(mut self, count: u32) -> Self {
        self.burst = count;
        self
    }

    /// Which requests it is for.
    pub fn scope(mut self, scope: Scope) -> Self {
        self.scope = scope;
        self
    }

    /// What a request of the operations with this id counts, 1 by default; `*` stands
    /// for any run of characters. The first that fits counts; with 0 they are not
    /// limited.
    pub fn weight(mut self, operation: impl Into<Cow<'static, str>>, tokens: u32) -> Self {
        self.weights.push((operation.into(), tokens));
        self
    }

    /// The longest wait; a call that would have to wait longer fails. None by
    /// default.
    pub fn longest_wait(mut self, time: Duration) -> Self {
        self.longest = Some(time);
        self
    }
}

/// A limit at work.
pub(super) struct Rate {
    settings: RateLimit,
    all: Bucket,
    /// Where each host has one of its own.
    hosts: Mutex<HashMap<String, std::sync::Arc<Bucket>>>,
}

impl Rate {
    pub(super) fn new(settings: RateLimit) -> Self {
        Self {
            all: settings.bucket(),
            hosts: Mutex::default(),
            settings,
        }
    }

    fn cost(&self, asked: &Asked<'_>) -> u32 {
        let mut weights = self.settings.weights.iter();
        let own = weights.find(|(word, _)| fits(word, asked.operation));
        own.map_or(1, |(_, weight)| *weight)
    }

    fn with_bucket<T>(&self, host: &str, work: impl FnOnce(&Bucket) -> T) -> T {
        if !self.settings.scope.per_host {
            return work(&self.all);
        }
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        match hosts.get(host) {
            Some(bucket) => work(bucket),
            None => {
                let bucket = self.settings.bucket();
                let given = work(&bucket);
                hosts.insert(host.to_owned(), bucket.into());
                given
            }
        }
    }
}

impl RateLimit {
    fn bucket(&self) -> Bucket {
        Bucket::new(self.count, self.per, self.burst)
    }
}

impl fmt::Debug for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.settings.fmt(f)
    }
}

/// Tokens that were taken; given back unless the request is sent.
pub(super) struct Reserved<'a> {
    taken: Vec<(&'a Rate, u32)>,
    host: &'a str,
    wait: Duration,
}

impl Reserved<'_> {
    pub(super) fn wait(&self) -> Option<Duration> {
        (!self.wait.is_zero()).then_some(self.wait)
    }

    pub(super) fn used(mut self) {
        self.taken.clear();
    }
}

impl Drop for Reserved<'_> {
    fn drop(&mut self) {
        for (rate, cost) in &self.taken {
            rate.with_bucket(self.host, |bucket| bucket.give(*cost));
        }
    }
}

/// Takes the tokens of all limits that cover a request.
pub(super) fn reserve<'a>(
    rates: &'a [Rate],
    asked: &Asked<'a>,
    left: Option<Duration>,
    clock: &dyn Transport,
) -> Result<Reserved<'a>, Error> {
    let mut reserved = Reserved {
        taken: Vec::new(),
        host: asked.host,
        wait: Duration::ZERO,
    };
    let now = clock.now().unwrap_or_default();
    for rate in rates
        .iter()
        .filter(|rate| rate.settings.scope.covers(asked))
    {
        let cost = rate.cost(asked);
        if cost == 0 {
            continue;
        }
        let wait = rate.with_bucket(asked.host, |bucket| bucket.take(cost, now));
        reserved.taken.push((rate, cost));
        reserved.wait = reserved.wait.max(wait);
        let longest = [rate.settings.longest, left];
        if longest.iter().flatten().any(|longest| wait > *longest) {
            let message = "not sent: a rate limit of the client's would make it wait too long";
            return Err(Error::limited(message, Some(wait)));
        }
    }
    Ok(reserved)
}
