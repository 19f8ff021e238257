//! Hedging: a second request where the first takes long.

use crate::transport::Transport;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

/// A second request for calls of safe methods (RFC 9110, section 9.2.1) that take
/// long: the first answer wins, the other request is dropped. Off unless it is given
/// to [`ClientBuilder::hedge`](crate::ClientBuilder::hedge) or
/// [`CallOptions::hedge`](crate::CallOptions::hedge).
///
/// The second request counts as an attempt, is subject to all limits, and is paid
/// from the budget for retries ([`RetryBudget`](crate::RetryBudget)): a server that
/// is slow under load does not get twice the requests. Set the time to what few
/// calls take, the 95th percentile, say.
///
/// ```
/// use pontoon_runtime::Hedge;
/// use std::time::Duration;
///
/// let hedge = Hedge::after(Duration::from_millis(300));
/// # drop(hedge);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hedge {
    pub(crate) after: Duration,
}

impl Hedge {
    /// A second request where the first has brought no answer for that time.
    pub fn after(time: Duration) -> Self {
        Self { after: time }
    }
}

/// Runs what `start` gives, and what it gives after `delay`, if it does; the first
/// outcome that is good wins, or the last.
pub(crate) async fn race<'a, T>(
    delay: Duration,
    clock: &dyn Transport,
    mut start: impl FnMut() -> Option<Pin<Box<dyn Future<Output = T> + Send + 'a>>>,
    is_good: impl Fn(&T) -> bool,
) -> Option<T> {
    let mut first = start();
    let mut timer = Some(clock.sleep(delay));
    let mut second = None;
    poll_fn(|context| {
        let mut last = None;
        let mut poll = |place: &mut Option<Pin<Box<dyn Future<Output = T> + Send + 'a>>>| {
            let running = place.as_mut()?;
            let Poll::Ready(outcome) = running.as_mut().poll(context) else {
                return None;
            };
            *place = None;
            match is_good(&outcome) {
                true => Some(outcome),
                false => {
                    last = Some(outcome);
                    None
                }
            }
        };
        if let Some(outcome) = poll(&mut first).or_else(|| poll(&mut second)) {
            return Poll::Ready(Some(outcome));
        }
        let waits = first.is_some() || second.is_some();
        if let Some(outcome) = last.filter(|_| !waits) {
            return Poll::Ready(Some(outcome));
        }
        if !waits {
            return Poll::Ready(None);
        }
        if let Some(end) = &mut timer
            && end.as_mut().poll(context).is_ready()
        {
            timer = None;
            second = start();
            // It has to be polled once to be woken.
            context.waker().wake_by_ref();
        }
        Poll::Pending
    })
    .await
}
