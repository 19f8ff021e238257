//! How many requests are under way at once.

use super::{Asked, Scope};
use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

/// How many requests of a client, all clones together, are under way at once. Given
/// to [`ClientBuilder::concurrency_limit`](crate::ClientBuilder::concurrency_limit),
/// as often as there are limits to keep.
///
/// Others wait in the order in which they came. A request is under way until its
/// answer is read, a stream until it ends or is dropped; while a call waits for its
/// next attempt it holds no place.
///
/// ```
/// use pontoon_runtime::{ConcurrencyLimit, Scope};
///
/// let exports = ConcurrencyLimit::new(2).scope(Scope::operations(["exports/*"]));
/// # drop(exports);
/// ```
#[derive(Debug, Clone)]
#[must_use = "given to ClientBuilder::concurrency_limit"]
pub struct ConcurrencyLimit {
    count: usize,
    scope: Scope,
}

impl ConcurrencyLimit {
    /// That many at once, at least one.
    pub fn new(count: usize) -> Self {
        Self {
            count: count.max(1),
            scope: Scope::all(),
        }
    }

    /// Which requests it is for.
    pub fn scope(mut self, scope: Scope) -> Self {
        self.scope = scope;
        self
    }
}

/// A limit at work.
pub(super) struct Concurrency {
    settings: ConcurrencyLimit,
    all: Arc<Gate>,
    /// Where each host has one of its own.
    hosts: Mutex<HashMap<String, Arc<Gate>>>,
}

impl Concurrency {
    pub(super) fn new(settings: ConcurrencyLimit) -> Self {
        Self {
            all: Arc::new(Gate::new(settings.count)),
            hosts: Mutex::default(),
            settings,
        }
    }

    /// Where a request has to pass, if the limit is for it.
    pub(super) fn gate(&self, asked: &Asked<'_>) -> Option<Arc<Gate>> {
        if !self.settings.scope.covers(asked) {
            return None;
        }
        if !self.settings.scope.per_host {
            return Some(Arc::clone(&self.all));
        }
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(gate) = hosts.get(asked.host) {
            return Some(Arc::clone(gate));
        }
        let gate = Arc::new(Gate::new(self.settings.count));
        hosts.insert(asked.host.to_owned(), Arc::clone(&gate));
        Some(gate)
    }
}

/// A fair semaphore.
pub(crate) struct Gate {
    state: Mutex<State>,
}

struct State {
    free: usize,
    next: u64,
    waiting: VecDeque<(u64, Waker)>,
    /// Who has a place and does not know yet.
    called: Vec<u64>,
}

/// A place; free again when it is dropped.
pub(crate) struct Permit(Arc<Gate>);

impl Gate {
    fn new(count: usize) -> Self {
        Self {
            state: Mutex::new(State {
                free: count,
                next: 0,
                waiting: VecDeque::new(),
                called: Vec::new(),
            }),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A place, where one is free and nobody waits.
    pub(super) fn try_enter(self: &Arc<Self>) -> Option<Permit> {
        let mut state = self.lock();
        if state.free == 0 || !state.waiting.is_empty() {
            return None;
        }
        state.free -= 1;
        Some(Permit(Arc::clone(self)))
    }

    /// A place, when it is one's turn.
    pub(super) async fn enter(self: &Arc<Self>) -> Permit {
        let mut turn = Turn {
            gate: self,
            number: None,
        };
        poll_fn(|context| turn.poll(context)).await
    }

    fn leave(&self) {
        let mut state = self.lock();
        match state.waiting.pop_front() {
            Some((number, waker)) => {
                state.called.push(number);
                drop(state);
                waker.wake();
            }
            None => state.free += 1,
        }
    }
}

/// One who waits; a place that came too late for it goes to the next.
struct Turn<'a> {
    gate: &'a Arc<Gate>,
    number: Option<u64>,
}

impl Turn<'_> {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Permit> {
        let mut state = self.gate.lock();
        let permit = || Permit(Arc::clone(self.gate));
        let Some(number) = self.number else {
            if state.free > 0 && state.waiting.is_empty() {
                state.free -= 1;
                return Poll::Ready(permit());
            }
            let number = state.next;
            state.next += 1;
            state.waiting.push_back((number, context.waker().clone()));
            self.number = Some(number);
            return Poll::Pending;
        };
        if let Some(at) = state.called.iter().position(|called| *called == number) {
            state.called.swap_remove(at);
            self.number = None;
            return Poll::Ready(permit());
        }
        if let Some((_, waker)) = state.waiting.iter_mut().find(|one| one.0 == number) {
            waker.clone_from(context.waker());
        }
        Poll::Pending
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let Some(number) = self.number else {
            return;
        };
        let mut state = self.gate.lock();
        state.waiting.retain(|(waiting, _)| *waiting != number);
        if let Some(at) = state.called.iter().position(|called| *called == number) {
            state.called.swap_remove(at);
            drop(state);
            self.gate.leave();
        }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.0.leave();
    }
}

impl fmt::Debug for Concurrency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let free = self.all.lock().free;
        f.debug_struct("ConcurrencyLimit")
            .field("count", &self.settings.count)
            .field("scope", &self.settings.scope)
            .field("free", &free)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::{Asked, Concurrency, ConcurrencyLimit, Gate, Permit, Scope};
    use std::future::Future;
    use std::pin::{Pin, pin};
    use std::sync::Arc;
    use std::task::{Context, Poll, Waker};

    fn gate(count: usize) -> Arc<Gate> {
        Arc::new(Gate::new(count))
    }

    fn poll(future: &mut Pin<&mut impl Future<Output = Permit>>) -> Option<Permit> {
        match future
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()))
        {
            Poll::Ready(permit) => Some(permit),
            Poll::Pending => None,
        }
    }

    #[test]
    fn each_host_apart() {
        let scope = Scope::paths(["/a"]).per_host();
        let limit = Concurrency::new(ConcurrencyLimit::new(1).scope(scope));
        let gate = |path, host| {
            limit.gate(&Asked {
                operation: "",
                path,
                host,
                own_credential: false,
                elsewhere: false,
            })
        };
        assert!(gate("/b", "x").is_none());
        let held = gate("/a", "x").and_then(|gate| gate.try_enter());
        assert!(held.is_some());
        assert!(gate("/a", "x").is_some_and(|gate| gate.try_enter().is_none()));
        assert!(gate("/a", "y").is_some_and(|gate| gate.try_enter().is_some()));
    }

    #[test]
    fn in_order() {
        let gate = gate(1);
        let held = gate.try_enter().expect("a place");
        let (mut a, mut b) = (pin!(gate.enter()), pin!(gate.enter()));
        assert!(poll(&mut a).is_none() && poll(&mut b).is_none());
        drop(held);
        assert!(gate.try_enter().is_none(), "it is for the one who waits");
        assert!(poll(&mut b).is_none(), "not its turn");
        let held = poll(&mut a).expect("its turn");
        assert!(poll(&mut b).is_none());
        drop(held);
        drop(poll(&mut b).expect("its turn"));
        assert!(gate.try_enter().is_some());
    }

    #[test]
    fn who_goes_away_takes_no_place_along() {
        let gate = gate(1);
        let held = gate.try_enter().expect("a place");
        let mut last = pin!(gate.enter());
        {
            let mut gone = Box::pin(gate.enter());
            let mut called = Box::pin(gate.enter());
            assert!(poll(&mut gone.as_mut()).is_none());
            assert!(poll(&mut called.as_mut()).is_none());
            assert!(poll(&mut last).is_none());
            // One leaves the queue, one after it was called.
            drop(gone);
            drop(held);
        }
        drop(poll(&mut last).expect("its turn"));
        assert_eq!(gate.lock().free, 1);
        assert!(gate.lock().called.is_empty() && gate.lock().waiting.is_empty());
    }
}
