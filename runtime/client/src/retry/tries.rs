//! The attempts of one call, and the decision after each.

use super::{Budget, Retry, after};
use crate::Error;
use http::{HeaderMap, StatusCode};
use std::fmt;
use std::time::Duration;

/// Why a call that failed was not tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotRetried {
    /// The failure is not one that passes: a mistake in the request, say.
    Lasting,
    /// All attempts that the policy allows were made.
    Attempts,
    /// The operation may not be repeated: by its method, and it takes no
    /// idempotency key. The server may have carried it out.
    NotRepeatable,
    /// The body is a stream or a reader that was sent and is used up.
    BodyConsumed,
    /// The client's budget for retries is used up
    /// ([`RetryBudget`](crate::RetryBudget)).
    Budget,
    /// The server asks for a longer wait than the policy allows.
    LongWait,
    /// The time limit of the call would pass before.
    NoTime,
    /// A limit of the client's has no room in time.
    Limited,
    /// The client's circuit breaker leaves the host alone.
    CircuitOpen,
}

impl fmt::Display for NotRetried {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Lasting => "another attempt would fail, too",
            Self::Attempts => "no attempts are left",
            Self::NotRepeatable => "the operation may not be repeated",
            Self::BodyConsumed => "the body is a stream that cannot be sent again",
            Self::Budget => "the client's budget for retries is used up",
            Self::LongWait => "the server asks for a longer wait than is allowed",
            Self::Limited => "a limit of the client's has no room in time",
            Self::CircuitOpen => "the circuit breaker leaves the host alone",
            Self::NoTime => "no time is left for another attempt",
        })
    }
}

/// What came of the attempts of a call.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Attempts {
    /// How many were made.
    pub(crate) made: u32,
    /// Why there is no further one, where the last one failed.
    pub(crate) stopped: Option<NotRetried>,
}

/// What comes after an attempt.
pub(crate) enum Verdict {
    /// Its outcome is that of the call.
    Done,
    /// Another one, after this time.
    Again(Duration),
}

/// What an attempt brought, as far as it matters here.
pub(crate) enum Outcome<'a> {
    /// An answer.
    Answer(StatusCode, &'a HeaderMap),
    /// None.
    Failure(&'a Error),
}

/// How an attempt failed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fault {
    /// Nothing was sent, or it was refused before any work was done.
    Untouched,
    /// What the server has done is not known.
    Unknown { timeout: bool },
    /// Another attempt would end the same way.
    Lasting,
}

/// The attempts of one call.
pub(crate) struct Tries<'a> {
    policy: &'a Retry,
    /// How many attempts there may be.
    most: u32,
    budget: &'a Budget,
    /// Whether the operation may be repeated; `None`: never, whatever happened.
    repeatable: Option<bool>,
    /// Whether the body can be sent again.
    replayable: bool,
    pub(crate) attempts: Attempts,
    /// What the last retry cost.
    paid: Option<u32>,
}

impl<'a> Tries<'a> {
    pub(crate) fn new(
        policy: &'a Retry,
        budget: &'a Budget,
        repeatable: Option<bool>,
        replayable: bool,
    ) -> Self {
        Self {
            policy,
            most: policy.attempts,
            budget,
            repeatable,
            replayable,
            attempts: Attempts::default(),
            paid: None,
        }
    }

    /// The same with one attempt alone.
    pub(crate) fn once(mut self, once: bool) -> Self {
        if once {
            self.most = 1;
        }
        self
    }

    /// Counts an attempt that begins, from 1.
    pub(crate) fn begin(&mut self) -> u32 {
        self.attempts.made += 1;
        self.attempts.made
    }

    /// Counts a second attempt beside one that takes long, where there may be one.
    pub(crate) fn hedge(&mut self) -> Option<u32> {
        if self.attempts.made >= self.most {
            return None;
        }
        if self.policy.budget.is_some() {
            self.paid = Some(self.budget.take(false)?);
        }
        Some(self.begin())
    }

    /// Whether the attempt was not made, which is then the reason for the end.
    pub(crate) fn is_stopped_by(&mut self, error: &Error) -> bool {
        let reason = match error {
            // With an answer it was made, and sent on by a redirect.
            error if error.status().is_some() => return false,
            error if error.is_limited() => NotRetried::Limited,
            error if error.is_circuit_open() => NotRetried::CircuitOpen,
            _ => return false,
        };
        self.attempts.made -= 1;
        self.attempts.stopped = Some(reason);
        true
    }

    /// Decides after an attempt. `left` is what is left of the call's time limit.
    pub(crate) fn judge(&mut self, outcome: &Outcome<'_>, left: Option<Duration>) -> Verdict {
        if self.attempts.stopped.is_some() {
            return Verdict::Done;
        }
        let fault = match outcome {
            Outcome::Answer(status, _) if !is_failure(*status) => {
                self.budget.succeeded(self.paid);
                return Verdict::Done;
            }
            Outcome::Answer(status, headers) => self.fault_of_answer(*status, headers),
            Outcome::Failure(error) if error.is_limited() && error.status().is_some() => {
                self.attempts.stopped = Some(NotRetried::Limited);
                return Verdict::Done;
            }
            Outcome::Failure(error) if was_refused(error) => {
                self.attempts.made -= 1;
                return Verdict::Done;
            }
            Outcome::Failure(error) => fault_of_error(error),
        };
        match self.next(fault, outcome, left) {
            Ok(wait) => Verdict::Again(wait),
            Err(reason) => {
                self.attempts.stopped = Some(reason);
                Verdict::Done
            }
        }
    }

    fn fault_of_answer(&self, status: StatusCode, headers: &HeaderMap) -> Fault {
        let covered = self.policy.covers(status.as_u16());
        if after::is_rate_limited(status, headers) && (covered || status.as_u16() == 403) {
            match self.policy.refused_only_if_repeatable {
                true => Fault::Unknown { timeout: false },
                false => Fault::Untouched,
            }
        } else if covered {
            Fault::Unknown { timeout: false }
        } else {
            Fault::Lasting
        }
    }

    /// The wait before the next attempt, or why there is none.
    fn next(
        &mut self,
        fault: Fault,
        outcome: &Outcome<'_>,
        left: Option<Duration>,
    ) -> Result<Duration, NotRetried> {
        match (fault, self.repeatable) {
            (Fault::Lasting, _) => return Err(NotRetried::Lasting),
            (_, None) | (Fault::Unknown { .. }, Some(false)) => {
                return Err(NotRetried::NotRepeatable);
            }
            _ => {}
        }
        if self.attempts.made >= self.most {
            return Err(NotRetried::Attempts);
        }
        if !self.replayable {
            return Err(NotRetried::BodyConsumed);
        }
        let asked = match outcome {
            Outcome::Answer(status, headers) => after::wait_asked(Some(*status), headers),
            Outcome::Failure(_) => None,
        };
        if asked.is_some_and(|asked| asked > self.policy.longest_asked) {
            return Err(NotRetried::LongWait);
        }
        let backoff = self.policy.backoff(self.attempts.made);
        let wait = backoff.saturating_add(asked.unwrap_or_default());
        if left.is_some_and(|left| left <= wait) {
            return Err(NotRetried::NoTime);
        }
        let after_timeout = fault == Fault::Unknown { timeout: true };
        if self.policy.budget.is_some() {
            let paid = self.budget.take(after_timeout).ok_or(NotRetried::Budget)?;
            self.paid = Some(paid);
        }
        Ok(wait)
    }
}

/// Redirects and informational answers that come here are not failures to repeat.
fn is_failure(status: StatusCode) -> bool {
    status.is_client_error() || status.is_server_error()
}

/// Whether nothing was sent, because of the call or the client itself.
fn was_refused(error: &Error) -> bool {
    error.is_request() || error.is_limited() || error.is_circuit_open()
}

/// Whether an attempt needs no other one.
pub(crate) fn is_good(outcome: &Outcome<'_>) -> bool {
    matches!(outcome, Outcome::Answer(status, _) if !status.is_server_error() && status.as_u16() != 429)
}

fn fault_of_error(error: &Error) -> Fault {
    if error.is_connect() {
        Fault::Untouched
    } else if error.is_timeout() {
        Fault::Unknown { timeout: true }
    } else if error.is_transport() {
        Fault::Unknown { timeout: false }
    } else {
        Fault::Lasting
    }
}
