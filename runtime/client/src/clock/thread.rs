//! Waiting on a thread, for transports without a timer.

use crate::transport::BoxFuture;
use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};
use std::time::Duration;

/// Waits on a thread of its own.
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
