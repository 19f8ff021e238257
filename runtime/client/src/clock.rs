//! Elapsed time, on platforms that have a clock, and waiting.

use crate::transport::BoxFuture;
use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};
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

/// Waits on a thread of its own, for transports without a timer.
pub(crate) fn sleep(time: Duration) -> BoxFuture<()> {
    let shared: Arc<Mutex<(bool, Option<Waker>)>> = Arc::default();
    let mut sleeper = Some(Arc::clone(&shared));
    Box::pin(poll_fn(move |context| {
        let mut state = lock(&shared);
        if state.0 {
            return Poll::Ready(());
        }
        state.1 = Some(context.waker().clone());
        drop(state);
        if let Some(shared) = sleeper.take() {
            std::thread::spawn(move || {
                std::thread::sleep(time);
                let mut state = lock(&shared);
                state.0 = true;
                if let Some(waker) = state.1.take() {
                    waker.wake();
                }
            });
        }
        Poll::Pending
    }))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
