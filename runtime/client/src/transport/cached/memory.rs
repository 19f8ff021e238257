//! Answers in memory.

use super::{CacheKey, CacheStore, Stored};
use crate::transport::BoxFuture;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Keeps answers in memory, up to a number of bytes: those that were not asked for the
/// longest go first. Clones share what they keep.
#[derive(Clone)]
pub struct MemoryCache(Arc<Mutex<State>>);

struct State {
    max_bytes: usize,
    bytes: usize,
    /// Counts uses.
    time: u64,
    entries: BTreeMap<CacheKey, (Stored, u64)>,
    /// Keys by their last use.
    order: BTreeMap<u64, CacheKey>,
}

impl MemoryCache {
    /// A store for so many bytes.
    pub fn new(max_bytes: usize) -> Self {
        Self(Arc::new(Mutex::new(State {
            max_bytes,
            bytes: 0,
            time: 0,
            entries: BTreeMap::new(),
            order: BTreeMap::new(),
        })))
    }

    /// How many answers it keeps.
    pub fn len(&self) -> usize {
        self.state().entries.len()
    }

    /// Whether it keeps none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Forgets everything.
    pub fn clear(&self) {
        let mut state = self.state();
        state.entries.clear();
        state.order.clear();
        state.bytes = 0;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn take(&mut self, key: &CacheKey) {
        if let Some((stored, used)) = self.entries.remove(key) {
            self.order.remove(&used);
            self.bytes -= stored.size();
        }
    }

    fn put(&mut self, key: &CacheKey, stored: Stored) {
        self.take(key);
        let size = stored.size();
        if size > self.max_bytes {
            return;
        }
        while self.bytes + size > self.max_bytes {
            let Some((_, oldest)) = self.order.pop_first() else {
                break;
            };
            self.take(&oldest);
        }
        self.time += 1;
        self.bytes += size;
        self.order.insert(self.time, key.clone());
        self.entries.insert(key.clone(), (stored, self.time));
    }

    fn get(&mut self, key: &CacheKey) -> Option<Stored> {
        let (stored, used) = self.entries.get_mut(key)?;
        self.time += 1;
        self.order.remove(used);
        *used = self.time;
        self.order.insert(self.time, key.clone());
        Some(stored.clone())
    }

    fn remove(&mut self, resource: &str) {
        let first = CacheKey {
            resource: resource.to_owned(),
            credential: String::new(),
        };
        let all = self.entries.range(first..).map(|(key, _)| key);
        let all: Vec<CacheKey> = all
            .take_while(|key| key.resource == resource)
            .cloned()
            .collect();
        for key in all {
            self.take(&key);
        }
    }
}

impl CacheStore for MemoryCache {
    fn get(&self, key: &CacheKey) -> BoxFuture<Option<Stored>> {
        Box::pin(std::future::ready(self.state().get(key)))
    }

    fn put(&self, key: &CacheKey, stored: Stored) -> BoxFuture<()> {
        self.state().put(key, stored);
        Box::pin(std::future::ready(()))
    }

    fn remove(&self, resource: &str) -> BoxFuture<()> {
        self.state().remove(resource);
        Box::pin(std::future::ready(()))
    }
}

impl fmt::Debug for MemoryCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.state();
        f.debug_struct("MemoryCache")
            .field("answers", &state.entries.len())
            .field("bytes", &state.bytes)
            .field("max_bytes", &state.max_bytes)
            .finish()
    }
}
