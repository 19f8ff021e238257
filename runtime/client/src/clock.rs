//! Elapsed time, on platforms that have a clock, and waiting.

#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
mod thread;

#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
pub(crate) use thread::sleep;

#[cfg(all(target_family = "wasm", target_os = "unknown"))]
use crate::transport::BoxFuture;
use crate::transport::Transport;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

/// Measures time from its start by the clock of a transport, if there is one and
/// a need to.
pub(crate) struct Stopwatch<'a> {
    clock: &'a dyn Transport,
    start: Option<Duration>,
}

impl<'a> Stopwatch<'a> {
    pub(crate) fn start_if(needed: bool, clock: &'a dyn Transport) -> Self {
        let start = if needed { clock.now() } else { None };
        Self { clock, start }
    }

    pub(crate) fn elapsed(&self) -> Option<Duration> {
        let start = self.start?;
        Some(self.clock.now()?.saturating_sub(start))
    }

    /// What is left of a time limit.
    pub(crate) fn left(&self, limit: Option<Duration>) -> Option<Duration> {
        let elapsed = self.elapsed().unwrap_or_default();
        limit.map(|limit| limit.saturating_sub(elapsed))
    }
}

/// The time by the clock of the platform, since a moment long before the start.
pub(crate) fn now() -> Option<Duration> {
    #[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
    return Some(since_origin(std::time::Instant::now()));
    #[cfg(all(target_family = "wasm", target_os = "unknown"))]
    None
}

/// The seconds since 1970, where there is a clock.
#[cfg(any(
    feature = "cache",
    feature = "oauth",
    feature = "request-signatures",
    feature = "sigv4",
    feature = "webhook-signatures"
))]
pub(crate) fn unix_now() -> Option<u64> {
    #[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
    return std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .ok()
        .map(|since| since.as_secs());
    #[cfg(all(target_family = "wasm", target_os = "unknown"))]
    None
}

/// A moment as a time since an origin that is the same for the whole process. It
/// lies far enough back for the clocks of tests, which may have been stopped
/// before it was first asked for.
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
pub(crate) fn since_origin(at: std::time::Instant) -> Duration {
    static FIRST: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
    const BEFORE: Duration = Duration::from_secs(1 << 32);
    let first = *FIRST.get_or_init(|| at);
    match at.checked_duration_since(first) {
        Some(after) => BEFORE.saturating_add(after),
        None => BEFORE.saturating_sub(first.duration_since(at)),
    }
}

/// What `work` gives, or `None` where that takes longer than `limit`.
pub(crate) async fn within<T>(
    limit: Duration,
    clock: &dyn Transport,
    work: impl Future<Output = T>,
) -> Option<T> {
    // Without a clock there may be nothing to wait by.
    if clock.now().is_none() {
        return Some(work.await);
    }
    let mut work = pin!(work);
    let mut end = clock.sleep(limit);
    poll_fn(|context| match work.as_mut().poll(context) {
        Poll::Ready(value) => Poll::Ready(Some(value)),
        Poll::Pending => end.as_mut().poll(context).map(|()| None),
    })
    .await
}

/// Does not wait: there are no threads, and a transport that knows the timer of its
/// host brings it.
#[cfg(all(target_family = "wasm", target_os = "unknown"))]
pub(crate) fn sleep(_: Duration) -> BoxFuture<()> {
    Box::pin(std::future::ready(()))
}
