//! Faults that the simulated server makes, as a script says.

use std::collections::VecDeque;
use std::str::FromStr;
use std::sync::{Mutex, PoisonError};

/// What is done in place of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// This status; 429 and 503 with `Retry-After: 0`.
    Status(u16),
    /// The connection is cut before the head of the answer.
    Reset,
    /// The connection is cut in the middle of the body.
    Half,
}

/// When which fault is made: after `every` requests, one after the other, for ever.
#[derive(Debug)]
pub struct Script {
    faults: Vec<Fault>,
    every: u64,
    state: Mutex<(u64, VecDeque<Fault>)>,
}

impl Script {
    /// A fault at every `every`th request, in this order, then from the first again. At
    /// least one request between two faults is answered.
    pub fn new(faults: Vec<Fault>, every: u64) -> Self {
        Self {
            faults,
            every: every.max(2),
            state: Mutex::default(),
        }
    }

    /// What is done with the next request.
    pub fn next(&self) -> Option<Fault> {
        if self.faults.is_empty() {
            return None;
        }
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.0 += 1;
        if !state.0.is_multiple_of(self.every) {
            return None;
        }
        if state.1.is_empty() {
            state.1.extend(&self.faults);
        }
        state.1.pop_front()
    }
}

/// `429`, `500`, `reset`, `half`.
impl FromStr for Fault {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "reset" => Ok(Self::Reset),
            "half" => Ok(Self::Half),
            _ => match text.parse() {
                Ok(status @ 400..=599) => Ok(Self::Status(status)),
                _ => Err(format!(
                    "`{text}` is no fault: use a status from 400 to 599, `reset` or `half`"
                )),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_come_in_turn() {
        let faults = ["429", "reset", "half"].map(|text| text.parse().expect("a fault"));
        let script = Script::new(faults.to_vec(), 2);
        let made: Vec<_> = (0..8).map(|_| script.next()).collect();
        let wanted = [
            Fault::Status(429),
            Fault::Reset,
            Fault::Half,
            Fault::Status(429),
        ];
        for (pair, wanted) in made.chunks(2).zip(wanted) {
            assert_eq!(pair, [None, Some(wanted)]);
        }
        for text in ["", "200", "600", "teapot"] {
            assert!(text.parse::<Fault>().is_err(), "{text}");
        }
    }
}
