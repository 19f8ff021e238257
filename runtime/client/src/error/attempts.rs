//! Attempts, waits, and what refuses a call on its way.

use super::{BoxError, Error, Kind};
use crate::retry::{self, Attempts, NotRetried};
use std::time::Duration;

impl Error {
    /// For hooks: the call is refused or given up, for this reason. It is not
    /// tried again.
    pub fn hook(source: impl Into<BoxError>) -> Self {
        Self::of(Kind::Hook, "a hook ended the call").with_source(source)
    }

    /// A limit of the client's has no room in time.
    pub(crate) fn limited(message: &'static str, wait: Option<Duration>) -> Self {
        let mut error = Self::of(Kind::Limited, message);
        error.0.wait = wait;
        error
    }

    /// The circuit breaker leaves the host alone.
    pub(crate) fn circuit_open(wait: Duration) -> Self {
        let message = match wait.is_zero() {
            true => "not sent: the host failed before, and a first request is under way".into(),
            false => format!(
                "not sent: the host failed before; the next attempt is in {:.1} s",
                wait.as_secs_f64()
            ),
        };
        let mut error = Self::of(Kind::CircuitOpen, message);
        error.0.wait = Some(wait);
        error
    }

    pub(crate) fn with_attempts(mut self, attempts: Attempts) -> Self {
        self.0.attempts = attempts;
        self
    }

    /// Too many requests: status 429, or 403 with a `Retry-After` header or
    /// with rate-limit headers that say nothing is left.
    pub fn is_rate_limited(&self) -> bool {
        let (status, headers) = (self.status(), self.headers());
        let limited = status.zip(headers);
        limited.is_some_and(|(status, headers)| retry::is_rate_limited(status, headers))
    }

    /// How long the server asks to wait: `Retry-After` (in seconds or as a date),
    /// `retry-after-ms`, or the time until the reset of a rate limit that refused
    /// the request, counted from the answer. Or when a limit of the client's has
    /// room, or its circuit breaker lets a request pass, counted from the call.
    pub fn retry_after(&self) -> Option<Duration> {
        let own = self.0.wait;
        own.or_else(|| retry::wait_asked(self.status(), self.headers()?))
    }

    /// Nothing was sent: a limit that the client was given
    /// ([`RateLimit`](crate::RateLimit),
    /// [`ConcurrencyLimit`](crate::ConcurrencyLimit)) has no room in time.
    pub fn is_limited(&self) -> bool {
        self.0.kind == Kind::Limited
    }

    /// Nothing was sent: the host failed before
    /// ([`CircuitBreaker`](crate::CircuitBreaker)).
    pub fn is_circuit_open(&self) -> bool {
        self.0.kind == Kind::CircuitOpen
    }

    /// What kind of failure it is, in one word.
    #[cfg(feature = "tracing")]
    pub(crate) fn kind_name(&self) -> &'static str {
        match self.0.kind {
            Kind::Request => "request",
            Kind::Connect => "connect",
            Kind::ConnectTimeout => "connect_timeout",
            Kind::Timeout => "timeout",
            Kind::Transport => "transport",
            Kind::Redirect => "redirect",
            Kind::Status => "status",
            Kind::Decode => "decode",
            Kind::Paging(_) => "paging",
            Kind::TooLong => "too_long",
            Kind::Credential => "credential",
            Kind::Hook => "hook",
            Kind::Limited => "limited",
            Kind::CircuitOpen => "circuit_open",
            #[cfg(feature = "fs")]
            Kind::Output => "output",
            #[cfg(feature = "webhook-signatures")]
            Kind::Signature => "signature",
        }
    }

    /// A hook ended the call ([`Self::hook`]).
    pub fn is_hook(&self) -> bool {
        self.0.kind == Kind::Hook
    }

    /// How many attempts the call took; 0 where none was made.
    pub fn attempts(&self) -> u32 {
        self.0.attempts.made
    }

    /// Why there was no further attempt, where the call failed on its way.
    pub fn not_retried(&self) -> Option<NotRetried> {
        self.0.attempts.stopped
    }
}
