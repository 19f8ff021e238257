//! Retries, limits and the like: how a client is told, and what it then has.

use super::{ClientBuilder, CoreClient};
use crate::breaker::Breakers;
use crate::limit::{Limits, Server};
use crate::retry::Budget;
use crate::transport::Transport;
use crate::{CircuitBreaker, ConcurrencyLimit, Error, Hedge, RateLimit, Retry};
use std::fmt;
use std::time::Duration;

/// How long calls wait for the reset of a limit that the server says is used up.
const SERVER_WAIT: Duration = Duration::from_secs(60);

/// What the builder gathers.
#[derive(Debug, Clone)]
pub(super) struct Settings {
    attempt_timeout: Option<Duration>,
    retry: Retry,
    rates: Vec<RateLimit>,
    concurrency: Vec<ConcurrencyLimit>,
    server_wait: Option<Duration>,
    breaker: Option<CircuitBreaker>,
    hedge: Option<Hedge>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            attempt_timeout: None,
            retry: Retry::default(),
            rates: Vec::new(),
            concurrency: Vec::new(),
            server_wait: Some(SERVER_WAIT),
            breaker: None,
            hedge: None,
        }
    }
}

/// What the calls of a client share.
pub(crate) struct Resilience {
    pub(crate) attempt_timeout: Option<Duration>,
    pub(crate) retry: Retry,
    pub(crate) budget: Budget,
    pub(crate) limits: Limits,
    pub(crate) breakers: Option<Breakers>,
    pub(crate) hedge: Option<Hedge>,
}

impl Settings {
    pub(super) fn build(self, clock: &dyn Transport) -> Result<Resilience, Error> {
        if clock.now().is_none() && (!self.rates.is_empty() || self.breaker.is_some()) {
            return Err(Error::request(
                "rate limits and circuit breakers need a clock, and the transport has none",
            ));
        }
        Ok(Resilience {
            attempt_timeout: self.attempt_timeout,
            budget: Budget::new(self.retry.budget),
            retry: self.retry,
            limits: Limits::new(self.rates, self.concurrency, Server::new(self.server_wait)),
            breakers: self.breaker.map(Breakers::new),
            hedge: self.hedge,
        })
    }
}

impl fmt::Debug for Resilience {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Resilience")
            .field("attempt_timeout", &self.attempt_timeout)
            .field("retry", &self.retry)
            .field("budget_left", &self.budget.left())
            .field("limits", &self.limits)
            .field("breaker", &self.breakers)
            .field("hedge", &self.hedge)
            .finish()
    }
}

impl<C: From<CoreClient>> ClientBuilder<C> {
    /// How long a single attempt may take, within [`Self::timeout`]. None by
    /// default; an attempt that takes longer is tried again as [`Self::retry`] says.
    /// Waiting for the client's own limits does not count.
    pub fn attempt_timeout(self, limit: Duration) -> Self {
        self.with(|settings| settings.resilience.attempt_timeout = Some(limit))
    }

    /// When calls are tried again, in place of [`Retry::default`].
    pub fn retry(self, policy: Retry) -> Self {
        self.with(|settings| settings.resilience.retry = policy)
    }

    /// Sends every call once.
    pub fn no_retries(self) -> Self {
        self.retry(Retry::never())
    }

    /// One more limit on how many requests are sent in a time.
    pub fn rate_limit(self, limit: RateLimit) -> Self {
        self.with(|settings| settings.resilience.rates.push(limit))
    }

    /// One more limit on how many requests are under way at once.
    pub fn concurrency_limit(self, limit: ConcurrencyLimit) -> Self {
        self.with(|settings| settings.resilience.concurrency.push(limit))
    }

    /// How long calls wait at most where the server has said that a rate limit is
    /// used up (`X-RateLimit-Remaining: 0` and its relatives, `RateLimit`), until
    /// its reset; 60 s by default. A call that would have to wait longer is sent at
    /// once, as all are with `None`.
    ///
    /// A limit that the server names is for the operations that were seen to count
    /// against it, one without a name for the operation that was called.
    pub fn server_limit_wait(self, longest: impl Into<Option<Duration>>) -> Self {
        let longest = longest.into();
        self.with(|settings| settings.resilience.server_wait = longest)
    }

    /// Leaves hosts alone that fail.
    pub fn circuit_breaker(self, breaker: CircuitBreaker) -> Self {
        self.with(|settings| settings.resilience.breaker = Some(breaker))
    }

    /// A second request for calls of safe methods that take long.
    pub fn hedge(self, hedge: Hedge) -> Self {
        self.with(|settings| settings.resilience.hedge = Some(hedge))
    }
}
