//! Elapsed time, on platforms that have a clock.

use std::time::Duration;

/// Measures time from its start, if there is a clock and a need to.
pub(crate) struct Stopwatch {
    #[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
    start: Option<std::time::Instant>,
}

impl Stopwatch {
    pub(crate) fn start_if(needed: bool) -> Self {
        #[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
        return Self {
            start: needed.then(std::time::Instant::now),
        };
        #[cfg(all(target_family = "wasm", target_os = "unknown"))]
        {
            let _ = needed;
            Self {}
        }
    }

    pub(crate) fn elapsed(&self) -> Option<Duration> {
        #[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
        return self.start.map(|start| start.elapsed());
        #[cfg(all(target_family = "wasm", target_os = "unknown"))]
        None
    }

    /// What is left of a time limit.
    pub(crate) fn left(&self, limit: Option<Duration>) -> Option<Duration> {
        let elapsed = self.elapsed().unwrap_or_default();
        limit.map(|limit| limit.saturating_sub(elapsed))
    }
}
