//! What servers say of their limits.

use super::Asked;
use crate::retry::{Exhausted, chance_of};
use crate::transport::Transport;
use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How far apart calls go on that waited for the same reset.
const SPREAD: Duration = Duration::from_millis(250);

/// How many operations are remembered with the limit that they belong to.
const REMEMBERED: usize = 4096;

/// The limits that a server said are used up. Calls that they are for wait until the
/// reset.
///
/// A limit that the server names (`X-RateLimit-Resource`, or the draft's policy
/// names) is for those operations that were seen to count against it, one
/// without a name for the operation that was called: other limits may
/// be for others.
pub(crate) struct Server {
    /// The longest wait; `None`: nothing is noted.
    longest: Option<Duration>,
    /// The last of all resets, in milliseconds of the transport's clock. While it
    /// is past, nobody waits, and nothing else is looked at.
    until: AtomicU64,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    /// When limits are reset.
    resets: HashMap<Limit, Duration>,
    /// The named limits of operations.
    names: HashMap<Counted, String>,
}

/// An operation at a host.
type Counted = (String, String);

#[derive(PartialEq, Eq, Hash)]
enum Limit {
    Named(String, String),
    Of(Counted),
}

impl Server {
    pub(crate) fn new(longest: Option<Duration>) -> Self {
        Self {
            longest,
            until: AtomicU64::new(0),
            known: Mutex::default(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How long a request has to wait. One that would have to wait too long is
    /// sent: the server has the last word.
    pub(super) fn wait(&self, asked: &Asked<'_>, clock: &dyn Transport) -> Option<Duration> {
        let until = self.until.load(Ordering::Relaxed);
        if until == 0 || asked.own_credential {
            return None;
        }
        let now = clock.now()?;
        if u128::from(until) <= now.as_millis() {
            return None;
        }
        let known = self.lock();
        let counted = counted(asked);
        let limit = match known.names.get(&counted) {
            Some(name) => Limit::Named(counted.0, name.clone()),
            None => Limit::Of(counted),
        };
        let wait = known.resets.get(&limit)?.checked_sub(now)?;
        if wait.is_zero() || wait > self.longest? {
            return None;
        }
        Some(wait.saturating_add(chance_of(SPREAD)))
    }

    /// Whether anything is to be noted of answers.
    pub(crate) fn is_heeded(&self) -> bool {
        self.longest.is_some()
    }

    /// Whether nothing was noted as yet.
    pub(super) fn is_idle(&self) -> bool {
        self.until.load(Ordering::Relaxed) == 0
    }

    /// Notes a limit that is used up.
    pub(crate) fn note(&self, asked: &Asked<'_>, limit: Exhausted, clock: &dyn Transport) {
        let (Some(reset), Some(now)) = (limit.reset, clock.now()) else {
            return;
        };
        if asked.own_credential {
            return;
        }
        let end = now.saturating_add(reset);
        let counted = counted(asked);
        let mut known = self.lock();
        known.resets.retain(|_, reset| *reset > now);
        let limit = match limit.name {
            None => Limit::Of(counted),
            Some(name) => {
                if known.names.len() >= REMEMBERED {
                    known.names.clear();
                }
                known.names.insert(counted, name.clone());
                Limit::Named(asked.host.to_owned(), name)
            }
        };
        known.resets.insert(limit, end);
        let end = u64::try_from(end.as_millis()).unwrap_or(u64::MAX);
        self.until
            .fetch_max(end.saturating_add(1), Ordering::Relaxed);
    }
}

fn counted(asked: &Asked<'_>) -> Counted {
    (asked.host.to_owned(), asked.operation.to_owned())
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server")
            .field("longest_wait", &self.longest)
            .field("used_up", &self.lock().resets.len())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::Memory;

    fn asked<'a>(operation: &'a str, host: &'a str) -> Asked<'a> {
        Asked {
            operation,
            path: "",
            host,
            own_credential: false,
            elsewhere: false,
        }
    }

    fn limit(name: Option<&str>, seconds: u64) -> Exhausted {
        Exhausted {
            reset: Some(Duration::from_secs(seconds)),
            name: name.map(str::to_owned),
        }
    }

    fn memory() -> Memory {
        Memory::script([])
    }

    #[test]
    fn until_the_reset() {
        let (server, clock) = (Server::new(Some(Duration::from_secs(60))), memory());
        let call = asked("find", "a");
        assert_eq!(server.wait(&call, &clock), None);
        server.note(&call, limit(None, 30), &clock);
        let wait = server.wait(&call, &clock).expect("a wait");
        assert!((30_000..=30_250).contains(&wait.as_millis()), "{wait:?}");
        assert_eq!(server.wait(&asked("list", "a"), &clock), None);
        assert_eq!(server.wait(&asked("find", "b"), &clock), None);
        let own = Asked {
            own_credential: true,
            ..call
        };
        assert_eq!(server.wait(&own, &clock), None);
        clock.advance(Duration::from_secs(30));
        assert_eq!(server.wait(&call, &clock), None);
    }

    #[test]
    fn named_limits_are_for_all_that_count() {
        let (server, clock) = (Server::new(Some(Duration::from_secs(60))), memory());
        let (code, people) = (asked("code", "a"), asked("people", "a"));
        server.note(&code, limit(Some("search"), 1), &clock);
        server.note(&people, limit(Some("search"), 1), &clock);
        clock.advance(Duration::from_secs(2));
        server.note(&code, limit(Some("search"), 9), &clock);
        assert!(server.wait(&people, &clock).is_some());
        assert_eq!(server.wait(&asked("list", "a"), &clock), None);
    }

    #[test]
    fn too_long_a_wait_is_none() {
        let (server, clock) = (Server::new(Some(Duration::from_secs(60))), memory());
        server.note(&asked("find", "a"), limit(None, 61), &clock);
        assert_eq!(server.wait(&asked("find", "a"), &clock), None);
        server.note(&asked("find", "a"), limit(None, u64::MAX), &clock);
        assert_eq!(server.wait(&asked("find", "a"), &clock), None);
    }
}
