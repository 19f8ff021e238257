//! Whether a call is tried again, and when.

mod after;
mod budget;
mod key;
mod policy;
mod tries;

pub use budget::RetryBudget;
pub use policy::Retry;
pub use tries::NotRetried;

pub(crate) use after::{is_rate_limited, wait_asked};
pub(crate) use budget::Budget;
pub(crate) use key::new_key;
pub(crate) use tries::{Attempts, Outcome, Tries, Verdict};
