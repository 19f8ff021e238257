//! Whether a call is tried again, and when.

mod after;
mod budget;
mod chance;

mod policy;
mod tries;

pub use budget::RetryBudget;
pub use policy::Retry;
pub use tries::NotRetried;

pub(crate) use after::{Exhausted, exhausted, is_rate_limited, wait_asked};
pub(crate) use budget::Budget;
pub(crate) use chance::{chance_of, new_key};
pub(crate) use tries::{Attempts, Outcome, Tries, Verdict, is_good};
