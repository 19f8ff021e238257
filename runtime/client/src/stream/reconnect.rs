//! When and how often an event stream is opened again.

use crate::Error;
use http::Method;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::Duration;

/// Whether to open an event stream again after it broke or ended, and after what
/// time. See [`EventStream::reconnect`](super::EventStream::reconnect).
///
/// The wait is that which the server asked for (`retry`), else
/// [`Self::wait`]; it doubles with every attempt that brings no event, up to
/// [`Self::longest_wait`], and up to a half is added by chance, so that clients
/// that lost a server together do not come back together.
#[derive(Debug, Clone)]
pub struct Reconnect {
    attempts: u32,
    wait: Duration,
    longest: Duration,
    any_method: bool,
}

impl Default for Reconnect {
    /// 10 attempts without an event between them, the first after 3 s, none
    /// later than 60 s, for GET and HEAD alone.
    fn default() -> Self {
        Self {
            attempts: 10,
            wait: Duration::from_secs(3),
            longest: Duration::from_secs(60),
            any_method: false,
        }
    }
}

impl Reconnect {
    /// How many attempts in a row may bring no event.
    pub fn attempts(mut self, count: u32) -> Self {
        self.attempts = count;
        self
    }

    /// The wait before the first attempt, where the server asks for none.
    pub fn wait(mut self, time: Duration) -> Self {
        self.wait = time;
        self
    }

    /// The longest wait between two attempts, except where the server asks for
    /// a longer one.
    pub fn longest_wait(mut self, time: Duration) -> Self {
        self.longest = time;
        self
    }

    /// Says that it is safe to send the request again, whatever its method.
    pub fn any_method(mut self) -> Self {
        self.any_method = true;
        self
    }

    /// Whether a request of that method may be sent again.
    pub(super) fn allows(&self, method: &str) -> bool {
        self.any_method || method == Method::GET || method == Method::HEAD
    }

    /// The wait before attempt `attempt`, counted from 1; `None`: no more.
    pub(super) fn delay(
        &self,
        attempt: u32,
        retry: Option<Duration>,
        error: Option<&Error>,
    ) -> Option<Duration> {
        if attempt > self.attempts {
            return None;
        }
        let first = retry.unwrap_or(self.wait);
        let doubled = first.saturating_mul(1 << (attempt - 1).min(16));
        let chance = RandomState::new().build_hasher().finish() >> 40;
        let spread = 1.0 + chance as f64 / f64::from(1u32 << 25);
        let asked = retry.max(error.and_then(Error::retry_after));
        let wait = doubled.min(self.longest).mul_f64(spread).min(self.longest);
        Some(wait.max(asked.unwrap_or_default()))
    }
}

/// Whether the same request may succeed later.
pub(super) fn is_transient(error: &Error) -> bool {
    error.is_connect()
        || error.is_timeout()
        || error.is_transport()
        || error.is_server_error()
        || error.is_rate_limited()
}

#[cfg(test)]
mod tests {
    use super::Reconnect;
    use std::time::Duration;

    #[test]
    fn waits_double_up_to_a_bound() {
        let policy = Reconnect::default()
            .attempts(4)
            .wait(Duration::from_secs(1))
            .longest_wait(Duration::from_secs(5));
        let wait = |attempt| policy.delay(attempt, None, None);
        for (attempt, low, high) in [(1, 1.0, 1.5), (2, 2.0, 3.0), (3, 4.0, 5.0), (4, 5.0, 5.0)] {
            let wait = wait(attempt).expect("an attempt").as_secs_f64();
            assert!((low..=high).contains(&wait), "attempt {attempt}: {wait}");
        }
        assert_eq!(wait(5), None);
        let long = policy.delay(1, Some(Duration::from_secs(9)), None);
        assert_eq!(long, Some(Duration::from_secs(9)));
        assert!(policy.allows("GET") && !policy.allows("POST"));
        assert!(policy.any_method().allows("POST"));
    }
}
