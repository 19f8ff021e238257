//! How much may be tried again before the server is left alone.

use std::sync::atomic::{AtomicU32, Ordering};

/// A bucket of tokens that retries are paid from, one for each client: when a
/// server is down, its clients stop to multiply their requests.
///
/// The figures are those of the standard mode of the AWS SDKs: 500 tokens; a
/// retry costs 5, one after a timeout 10. The cost of the last retry of a call comes
/// back when it succeeds, and a call that succeeds at once brings 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryBudget {
    capacity: u32,
    cost: u32,
    timeout_cost: u32,
}

impl Default for RetryBudget {
    fn default() -> Self {
        Self {
            capacity: 500,
            cost: 5,
            timeout_cost: 10,
        }
    }
}

impl RetryBudget {
    /// A bucket of that many tokens, full at first.
    pub fn new(capacity: u32) -> Self {
        Self {
            capacity,
            ..Self::default()
        }
    }

    /// What a retry costs.
    pub fn cost(mut self, tokens: u32) -> Self {
        self.cost = tokens;
        self
    }

    /// What a retry after a timeout costs.
    pub fn timeout_cost(mut self, tokens: u32) -> Self {
        self.timeout_cost = tokens;
        self
    }
}

/// The bucket of a client.
#[derive(Debug)]
pub(crate) struct Budget {
    settings: Option<RetryBudget>,
    tokens: AtomicU32,
}

impl Budget {
    /// `None`: retries cost nothing.
    pub(crate) fn new(settings: Option<RetryBudget>) -> Self {
        Self {
            settings,
            tokens: AtomicU32::new(settings.map_or(0, |settings| settings.capacity)),
        }
    }

    /// Takes what a retry costs, and says how much that was.
    pub(crate) fn take(&self, after_timeout: bool) -> Option<u32> {
        let Some(settings) = &self.settings else {
            return Some(0);
        };
        let cost = match after_timeout {
            true => settings.timeout_cost,
            false => settings.cost,
        };
        let take = |tokens: u32| tokens.checked_sub(cost);
        let taken = self
            .tokens
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, take);
        taken.ok().map(|_| cost)
    }

    /// Gives back what the last retry of a call cost, or 1 where there was none.
    pub(crate) fn succeeded(&self, cost: Option<u32>) {
        let Some(settings) = &self.settings else {
            return;
        };
        // A full bucket, the usual case, is not written to.
        let give = |tokens: u32| {
            let more = tokens.saturating_add(cost.unwrap_or(1));
            (tokens < settings.capacity).then_some(more.min(settings.capacity))
        };
        let _ = self
            .tokens
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, give);
    }

    /// What is left, where there is a bucket.
    pub(crate) fn left(&self) -> Option<u32> {
        self.settings?;
        Some(self.tokens.load(Ordering::Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use super::{Budget, RetryBudget};

    #[test]
    fn tokens_go_and_come_back() {
        let budget = Budget::new(Some(RetryBudget::new(24)));
        assert_eq!(budget.take(false), Some(5));
        assert_eq!(budget.take(true), Some(10));
        assert_eq!(budget.left(), Some(9));
        assert_eq!(budget.take(true), None);
        assert_eq!(budget.take(false), Some(5));
        assert_eq!(budget.take(false), None);
        budget.succeeded(None);
        assert_eq!(budget.take(false), Some(5));
        for _ in 0..3 {
            budget.succeeded(Some(10));
        }
        assert_eq!(budget.left(), Some(24), "no more than fits");
    }

    #[test]
    fn without_a_bucket() {
        let budget = Budget::new(None);
        assert_eq!(budget.take(true), Some(0));
        budget.succeeded(None);
        assert_eq!(budget.left(), None);
    }

    #[test]
    fn an_empty_bucket_pays_nothing() {
        let budget = Budget::new(Some(RetryBudget::new(0)));
        assert_eq!(budget.take(false), None);
        budget.succeeded(Some(5));
        assert_eq!(budget.left(), Some(0));
    }
}
