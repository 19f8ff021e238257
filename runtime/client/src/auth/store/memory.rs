//! Tokens in memory.

use super::{StoreLock, TokenStore};
use crate::Error;
use crate::auth::oauth::Tokens;
use crate::transport::BoxFuture;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::future::ready;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Keeps tokens as long as the program runs. Clones share them.
#[derive(Clone, Default)]
pub struct MemoryStore(Arc<Mutex<Inner>>);

#[derive(Default)]
struct Inner {
    tokens: BTreeMap<String, Tokens>,
    locked: BTreeSet<String>,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl TokenStore for MemoryStore {
    fn load(&self, key: &str) -> BoxFuture<Result<Option<Tokens>, Error>> {
        Box::pin(ready(Ok(self.inner().tokens.get(key).cloned())))
    }

    fn save(&self, key: &str, tokens: &Tokens) -> BoxFuture<Result<(), Error>> {
        self.inner().tokens.insert(key.to_owned(), tokens.clone());
        Box::pin(ready(Ok(())))
    }

    fn remove(&self, key: &str) -> BoxFuture<Result<(), Error>> {
        self.inner().tokens.remove(key);
        Box::pin(ready(Ok(())))
    }

    fn try_lock(&self, key: &str) -> BoxFuture<Result<Option<StoreLock>, Error>> {
        let is_free = self.inner().locked.insert(key.to_owned());
        let lock = is_free.then(|| {
            StoreLock::new(Held {
                store: self.clone(),
                key: key.to_owned(),
            })
        });
        Box::pin(ready(Ok(lock)))
    }
}

struct Held {
    store: MemoryStore,
    key: String,
}

impl Drop for Held {
    fn drop(&mut self) {
        self.store.inner().locked.remove(&self.key);
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keys: Vec<_> = self.inner().tokens.keys().cloned().collect();
        f.debug_tuple("MemoryStore").field(&keys).finish()
    }
}
