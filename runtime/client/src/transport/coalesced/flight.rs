//! Futures that several wait for: whoever is polled moves one on, and it ends when
//! it is done or nobody waits any more.

use crate::transport::BoxFuture;
use std::collections::HashMap;
use std::future::Future;
use std::hash::Hash;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};

/// Those that are running, by what they are for.
pub(in crate::transport) struct Flights<K, T>(Mutex<HashMap<K, Arc<Flight<T>>>>);

struct Flight<T> {
    state: Mutex<State<T>>,
    waiting: Arc<Waiting>,
}

enum State<T> {
    Running(BoxFuture<T>),
    Done(T),
    /// Polling it has panicked.
    Lost,
}

/// Who is to be woken, by the number of the waiter.
#[derive(Default)]
struct Waiting(Mutex<Wakers>);

#[derive(Default)]
struct Wakers {
    next: u64,
    /// Of those that wait; `None` until they were polled.
    all: HashMap<u64, Option<Waker>>,
}

/// One who waits. `None` where the future has panicked under another one.
pub(in crate::transport) struct Waiter<K: Eq + Hash, T> {
    flights: Arc<Flights<K, T>>,
    key: K,
    flight: Arc<Flight<T>>,
    number: u64,
}

impl<K, T> Default for Flights<K, T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Eq + Hash + Clone, T> Flights<K, T> {
    /// Waits for what runs for `key`, or for what `start` gives.
    pub(in crate::transport) fn join(
        self: &Arc<Self>,
        key: K,
        start: impl FnOnce() -> BoxFuture<T>,
    ) -> Waiter<K, T> {
        let mut flights = lock(&self.0);
        let flight = flights.entry(key.clone()).or_insert_with(|| {
            Arc::new(Flight {
                state: Mutex::new(State::Running(start())),
                waiting: Arc::default(),
            })
        });
        let flight = Arc::clone(flight);
        let number = flight.waiting.enter();
        drop(flights);
        Waiter {
            flights: Arc::clone(self),
            key,
            flight,
            number,
        }
    }
}

impl<K, T> Flights<K, T> {
    pub(in crate::transport) fn count(&self) -> usize {
        lock(&self.0).len()
    }
}

impl<K: Eq + Hash, T> Waiter<K, T> {
    /// Who comes now starts another flight; those who wait go on.
    pub(in crate::transport) fn close_to_others(&self) {
        self.close(|| true);
    }

    /// Takes the flight off the list, so that who comes now starts another. It stays
    /// where `only_if` says so, judged while nobody can join.
    fn close(&self, only_if: impl FnOnce() -> bool) {
        let mut flights = lock(&self.flights.0);
        let is_listed = flights
            .get(&self.key)
            .is_some_and(|listed| Arc::ptr_eq(listed, &self.flight));
        if only_if() && is_listed {
            let flight = flights.remove(&self.key);
            drop(flights);
            // What ends with it may come back here.
            drop(flight);
        }
    }
}

impl<K: Eq + Hash + Unpin, T: Clone> Future for Waiter<K, T> {
    type Output = Option<T>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<T>> {
        let flight = &self.flight;
        flight.waiting.wait(self.number, context.waker());
        let mut state = lock(&flight.state);
        // Whatever moves the future wakes all who wait: any of them may be gone.
        let waker = Waker::from(Arc::clone(&flight.waiting));
        let mut future = match std::mem::replace(&mut *state, State::Lost) {
            State::Running(future) => future,
            State::Done(value) => {
                *state = State::Done(value.clone());
                return Poll::Ready(Some(value));
            }
            State::Lost => {
                drop(state);
                self.close(|| true);
                return Poll::Ready(None);
            }
        };
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Pending => {
                *state = State::Running(future);
                Poll::Pending
            }
            Poll::Ready(value) => {
                *state = State::Done(value.clone());
                drop(state);
                self.close(|| true);
                flight.waiting.wake_by_ref();
                Poll::Ready(Some(value))
            }
        }
    }
}

impl<K: Eq + Hash, T> Drop for Waiter<K, T> {
    fn drop(&mut self) {
        let waiting = &self.flight.waiting;
        self.close(|| waiting.leave(self.number));
        if std::thread::panicking() {
            // Should it be the future that panics, the others must not wait for it.
            self.close(|| true);
            waiting.wake_by_ref();
        }
    }
}

impl Waiting {
    fn enter(&self) -> u64 {
        let mut wakers = lock(&self.0);
        wakers.next += 1;
        let number = wakers.next;
        wakers.all.insert(number, None);
        number
    }

    fn wait(&self, number: u64, waker: &Waker) {
        let mut wakers = lock(&self.0);
        let place = wakers.all.entry(number).or_default();
        match place {
            Some(known) => known.clone_from(waker),
            None => *place = Some(waker.clone()),
        }
    }

    /// Whether nobody is left.
    fn leave(&self, number: u64) -> bool {
        let mut wakers = lock(&self.0);
        wakers.all.remove(&number);
        wakers.all.is_empty()
    }
}

impl Wake for Waiting {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        let wakers: Vec<Waker> = lock(&self.0).all.values().flatten().cloned().collect();
        for waker in wakers {
            waker.wake();
        }
    }
}

/// Every change under a lock is whole before anything that could panic.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
