//! What is tried again, how often, and after what time.

use super::RetryBudget;
use super::chance::chance_of;
use std::borrow::Cow;
use std::time::Duration;

/// When a call is tried again. Set by
/// [`ClientBuilder::retry`](crate::ClientBuilder::retry) or, for one call, by
/// [`CallOptions::retry`](crate::CallOptions::retry).
///
/// Tried again are:
///
/// * failures to connect, whatever the operation: nothing was sent;
/// * answers that a rate limit refused (429, and 403 with headers that say so),
///   whatever the operation: a limit stands before the work
///   ([`Self::refused_only_if_repeatable`] changes that);
/// * broken connections, timeouts, answers that end early, and the
///   [statuses](Self::statuses) 408, 500, 502, 503 and 504, where the operation may be
///   repeated ([`Repeat`](crate::operation::Repeat)): by its method, or with an
///   idempotency key.
///
/// Not tried again is a call whose body is a stream that was sent, that has no time
/// left, or whose client has used up its [budget](Self::budget);
/// [`Error::not_retried`](crate::Error::not_retried) says why.
///
/// The wait before attempt `n + 1` is a time by chance between nothing and
/// [`Self::wait`] times 2^(n-1), at most [`Self::longest_wait`] ("full jitter"), added
/// to what the server asks for.
///
/// ```
/// use http::{HeaderValue, StatusCode, header::RETRY_AFTER};
/// use pontoon_runtime::operation::{Accepted, Api, Operation};
/// use pontoon_runtime::transport::{Memory, Response};
/// use pontoon_runtime::{CallOptions, ClientBuilder, CoreClient, NotRetried, Retry};
/// use std::time::Duration;
///
/// # static API: Api = Api { user_agent: "pets/1.0", ..Api::BLANK };
/// # static PING: Operation = Operation {
/// #     id: "ping", path: "/ping", responses: &[Accepted::empty(204, 0)], ..Operation::BLANK
/// # };
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), pontoon_runtime::Error> {
/// let memory = Memory::new(|_| {
///     let busy = Response::new(StatusCode::SERVICE_UNAVAILABLE);
///     Ok(busy.with_header(RETRY_AFTER, HeaderValue::from_static("2")))
/// });
/// let client: CoreClient = ClientBuilder::new(&API)
///     .base_url("https://pets.example")
///     .transport(memory.clone())
///     .retry(Retry::default().attempts(5).wait(Duration::from_millis(100)))
///     .build()?;
/// let error = client.call(&PING).send::<()>().await.unwrap_err();
/// assert_eq!((error.attempts(), error.not_retried()), (5, Some(NotRetried::Attempts)));
/// assert!(memory.elapsed() >= Duration::from_secs(8)); // four waits, by its own clock
///
/// let error = client.call(&PING).no_retries().send::<()>().await.unwrap_err();
/// assert_eq!(error.attempts(), 1);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Retry {
    pub(super) attempts: u32,
    wait: Duration,
    longest: Duration,
    pub(super) longest_asked: Duration,
    statuses: Cow<'static, [u16]>,
    pub(super) refused_only_if_repeatable: bool,
    pub(crate) budget: Option<RetryBudget>,
}

impl Default for Retry {
    /// 3 attempts in all, the first wait up to 250 ms, none longer than 20 s but
    /// what the server asks for, up to 60 s.
    fn default() -> Self {
        Self {
            attempts: 3,
            wait: Duration::from_millis(250),
            longest: Duration::from_secs(20),
            longest_asked: Duration::from_secs(60),
            statuses: Cow::Borrowed(&[408, 429, 500, 502, 503, 504]),
            refused_only_if_repeatable: false,
            budget: Some(RetryBudget::default()),
        }
    }
}

impl Retry {
    /// Every call is sent once.
    pub fn never() -> Self {
        Self::default().attempts(1)
    }

    /// How often a call is sent at most, the first time included.
    pub fn attempts(mut self, count: u32) -> Self {
        self.attempts = count.max(1);
        self
    }

    /// The longest wait before the second attempt; it doubles with each one.
    pub fn wait(mut self, time: Duration) -> Self {
        self.wait = time;
        self
    }

    /// The longest wait between two attempts, unless the server asks for more.
    pub fn longest_wait(mut self, time: Duration) -> Self {
        self.longest = time;
        self
    }

    /// The longest wait that the server may ask for (`Retry-After`, the reset of a
    /// rate limit). Where it asks for more, the call fails at once and the error
    /// says when to come back
    /// ([`Error::retry_after`](crate::Error::retry_after)).
    pub fn longest_asked_wait(mut self, time: Duration) -> Self {
        self.longest_asked = time;
        self
    }

    /// The statuses after which a call is tried again, in place of 408, 429, 500,
    /// 502, 503 and 504. Those of success and redirects are not looked at.
    pub fn statuses(mut self, codes: impl Into<Vec<u16>>) -> Self {
        self.statuses = Cow::Owned(codes.into());
        self
    }

    /// Whether what a rate limit refused is tried again only where the operation
    /// may be repeated. Not by default.
    pub fn refused_only_if_repeatable(mut self, only: bool) -> Self {
        self.refused_only_if_repeatable = only;
        self
    }

    /// What retries are paid from, shared by all calls of the client; `None`
    /// for no bound. Set for a single call, only `None` has an effect.
    pub fn budget(mut self, budget: impl Into<Option<RetryBudget>>) -> Self {
        self.budget = budget.into();
        self
    }

    /// Whether an answer of that status may be another one later.
    pub(super) fn covers(&self, status: u16) -> bool {
        status >= 400 && self.statuses.contains(&status)
    }

    /// The wait after attempt `made`, counted from 1.
    pub(super) fn backoff(&self, made: u32) -> Duration {
        let doubled = self
            .wait
            .saturating_mul(1 << made.saturating_sub(1).min(30));
        chance_of(doubled.min(self.longest))
    }
}

#[cfg(test)]
mod tests {
    use super::Retry;
    use std::time::Duration;

    #[test]
    fn jitter_is_full_and_bounded() {
        let policy = Retry::default()
            .wait(Duration::from_secs(1))
            .longest_wait(Duration::from_secs(5));
        for (made, bound) in [(1, 1.0), (2, 2.0), (3, 4.0), (4, 5.0), (99, 5.0)] {
            let waits: Vec<f64> = (0..2000)
                .map(|_| policy.backoff(made).as_secs_f64())
                .collect();
            let longest = waits.iter().copied().fold(0.0, f64::max);
            let shortest = waits.iter().copied().fold(f64::MAX, f64::min);
            assert!(longest <= bound, "{made}: {longest}");
            assert!(longest > bound * 0.9, "{made}: {longest}");
            assert!(shortest < bound * 0.1, "{made}: {shortest}");
        }
        let endless = Retry::default()
            .wait(Duration::MAX)
            .longest_wait(Duration::from_secs(9));
        assert!(endless.backoff(u32::MAX) <= Duration::from_secs(9));
    }

    #[test]
    fn statuses() {
        let policy = Retry::default();
        for status in [408, 429, 500, 502, 503, 504] {
            assert!(policy.covers(status), "{status}");
        }
        for status in [200, 301, 400, 401, 403, 404, 409, 501] {
            assert!(!policy.covers(status), "{status}");
        }
        let policy = policy.statuses([200, 409]);
        assert!(policy.covers(409) && !policy.covers(503) && !policy.covers(200));
    }
}
