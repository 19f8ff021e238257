//! Circuit breakers: a host that fails is left alone for a while.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Leaves a host alone after failures in a row. Off unless it is given to
/// [`ClientBuilder::circuit_breaker`](crate::ClientBuilder::circuit_breaker).
///
/// For each host: *closed*, requests are sent; after so many failures without a success
/// between them (no connection, a broken one, a timeout, a status of 500 and
/// above) it is *open*, and calls fail at once
/// ([`Error::is_circuit_open`](crate::Error::is_circuit_open)) with the time after
/// which there will be another attempt
/// ([`Error::retry_after`](crate::Error::retry_after)); after that time it is
/// *half open*: one request is sent, and what becomes of it closes or opens it
/// again.
///
/// ```
/// use pontoon_runtime::operation::{Accepted, Api, Operation};
/// use pontoon_runtime::transport::Memory;
/// use pontoon_runtime::{CircuitBreaker, ClientBuilder, CoreClient, Error};
/// use std::time::Duration;
///
/// # static API: Api = Api { user_agent: "pets/1.0", ..Api::BLANK };
/// # static PING: Operation = Operation {
/// #     id: "ping", path: "/ping", responses: &[Accepted::empty(204, 0)], ..Operation::BLANK
/// # };
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), pontoon_runtime::Error> {
/// let memory = Memory::new(|_| Err(Error::connect("refused")));
/// let client: CoreClient = ClientBuilder::new(&API)
///     .base_url("https://pets.example")
///     .transport(memory.clone())
///     .circuit_breaker(CircuitBreaker::new(3, Duration::from_secs(30)))
///     .build()?;
/// let error = client.call(&PING).send::<()>().await.unwrap_err();
/// assert_eq!(error.attempts(), 3);
/// let error = client.call(&PING).send::<()>().await.unwrap_err();
/// assert!(error.is_circuit_open());
/// assert_eq!(error.retry_after(), Some(Duration::from_secs(30)));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use = "given to ClientBuilder::circuit_breaker"]
pub struct CircuitBreaker {
    failures: u32,
    open: Duration,
}

impl CircuitBreaker {
    /// Opens after `failures` in a row, at least one, for the time `open`.
    pub fn new(failures: u32, open: Duration) -> Self {
        Self {
            failures: failures.max(1),
            open,
        }
    }
}

/// The breakers of a client, by host.
pub(crate) struct Breakers {
    settings: CircuitBreaker,
    hosts: Mutex<HashMap<String, State>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Closed { failures: u32 },
    Open { until: Duration },
    HalfOpen,
}

impl Breakers {
    pub(crate) fn new(settings: CircuitBreaker) -> Self {
        Self {
            settings,
            hosts: Mutex::default(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, State>> {
        self.hosts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets a request pass, or says after what time one may.
    pub(crate) fn pass(&self, host: &str, now: Duration) -> Result<Pass<'_>, Duration> {
        let mut hosts = self.lock();
        let is_probe = match hosts.get_mut(host) {
            None | Some(State::Closed { .. }) => false,
            Some(State::Open { until }) if *until > now => return Err(*until - now),
            Some(State::HalfOpen) => return Err(Duration::ZERO),
            Some(state) => {
                *state = State::HalfOpen;
                true
            }
        };
        Ok(Pass {
            breakers: self,
            host: host.to_owned(),
            is_probe,
        })
    }
}

/// A request that was let pass.
pub(crate) struct Pass<'a> {
    breakers: &'a Breakers,
    host: String,
    is_probe: bool,
}

impl Pass<'_> {
    /// What became of it.
    pub(crate) fn ended(mut self, failed: bool, now: Duration) {
        let settings = &self.breakers.settings;
        let open = State::Open {
            until: now.saturating_add(settings.open),
        };
        let mut hosts = self.breakers.lock();
        let before = hosts.get(&self.host).copied();
        let after = match (before, failed) {
            (Some(State::HalfOpen), true) if self.is_probe => Some(open),
            (Some(State::HalfOpen), false) if self.is_probe => None,
            // From before it was opened.
            (Some(State::HalfOpen | State::Open { .. }), _) => before,
            (_, false) => None,
            (Some(State::Closed { failures }), true) if failures + 1 < settings.failures => {
                Some(State::Closed {
                    failures: failures + 1,
                })
            }
            (None, true) if settings.failures > 1 => Some(State::Closed { failures: 1 }),
            (_, true) => Some(open),
        };
        match after {
            Some(state) => hosts.insert(std::mem::take(&mut self.host), state),
            None => hosts.remove(&self.host),
        };
        self.is_probe = false;
    }
}

/// A call that was dropped says nothing of the host: the next one may try.
impl Drop for Pass<'_> {
    fn drop(&mut self) {
        if self.is_probe {
            let mut hosts = self.breakers.lock();
            if let Some(state @ State::HalfOpen) = hosts.get_mut(&self.host) {
                *state = State::Open {
                    until: Duration::ZERO,
                };
            }
        }
    }
}

impl fmt::Debug for Breakers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CircuitBreaker")
            .field("settings", &self.settings)
            .field("hosts", &*self.lock())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::{Breakers, CircuitBreaker};
    use std::time::Duration;

    const fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn send(breakers: &Breakers, seconds: u64, failed: bool) -> Result<(), Duration> {
        breakers.pass("a", at(seconds))?.ended(failed, at(seconds));
        Ok(())
    }

    #[test]
    fn closed_open_half_open() {
        let breakers = Breakers::new(CircuitBreaker::new(3, at(10)));
        for (second, failed) in [(0, true), (1, true), (2, false), (3, true), (4, true)] {
            assert_eq!(send(&breakers, second, failed), Ok(()), "{second}");
        }
        assert_eq!(send(&breakers, 5, true), Ok(()), "the third in a row");
        assert_eq!(send(&breakers, 6, false), Err(at(9)));
        assert!(breakers.pass("b", at(6)).is_ok(), "another host");
        // One at a time, and it fails.
        let probe = breakers.pass("a", at(15)).expect("half open");
        assert_eq!(send(&breakers, 15, false), Err(at(0)));
        probe.ended(true, at(16));
        assert_eq!(send(&breakers, 17, false), Err(at(9)));
        // One that is dropped.
        drop(breakers.pass("a", at(26)).expect("half open"));
        // One that succeeds.
        assert_eq!(send(&breakers, 26, false), Ok(()));
        for second in 27..29 {
            assert_eq!(send(&breakers, second, true), Ok(()), "counted anew");
        }
        assert_eq!(send(&breakers, 29, false), Ok(()));
    }

    #[test]
    fn late_answers_change_nothing() {
        let breakers = Breakers::new(CircuitBreaker::new(1, at(10)));
        let early = breakers.pass("a", at(0)).expect("closed");
        send(&breakers, 1, true).expect("closed");
        early.ended(false, at(2));
        assert_eq!(send(&breakers, 3, false), Err(at(8)));
    }
}
