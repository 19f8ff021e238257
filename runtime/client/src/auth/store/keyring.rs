//! Tokens in the operating system's store of secrets.

use super::{MemoryStore, StoreLock, TokenStore};
use crate::Error;
use crate::auth::oauth::Tokens;
use crate::transport::BoxFuture;
use keyring::Entry;
use std::fmt;
use tokio::sync::oneshot;

/// Keeps tokens in the Keychain of macOS, the Credential Manager of Windows, or the
/// Secret Service of a Linux desktop, under a name of the program's own.
///
/// Clones renew a grant one at a time; other processes are not waited for, since
/// these stores have no locks. Where several processes share a grant whose refresh
/// tokens change, use a `FileStore`. Windows takes no more than 2,560 bytes for an
/// entry.
#[derive(Clone)]
pub struct KeyringStore {
    service: String,
    locks: MemoryStore,
}

impl KeyringStore {
    /// A store whose entries belong to `service`, the name of the program.
    pub fn new(service: impl Into<String>) -> Self {
        Self {
            service: service.into(),
            locks: MemoryStore::new(),
        }
    }

    /// Works on an entry on a thread of its own: these stores may ask a person to
    /// unlock them.
    fn with<T: Send + 'static>(
        &self,
        key: &str,
        work: impl FnOnce(&Entry) -> keyring::Result<T> + Send + 'static,
    ) -> BoxFuture<Result<T, Error>> {
        let (service, key) = (self.service.clone(), key.to_owned());
        Box::pin(async move {
            let (sender, result) = oneshot::channel();
            let thread = std::thread::Builder::new().name("keyring".into());
            let started = thread.spawn(move || {
                let entry = Entry::new(&service, &key);
                let _ = sender.send(entry.and_then(|entry| work(&entry)));
            });
            started.map_err(|error| Error::credential(format!("no thread: {error}")))?;
            match result.await {
                Ok(Ok(value)) => Ok(value),
                // Some of these errors hold the entry itself: their texts do not.
                Ok(Err(error)) => Err(Error::credential(format!("the keyring: {error}"))),
                Err(_) => Err(Error::credential("the keyring did not answer")),
            }
        })
    }
}

impl TokenStore for KeyringStore {
    fn load(&self, key: &str) -> BoxFuture<Result<Option<Tokens>, Error>> {
        let text = self.with(key, |entry| match entry.get_password() {
            Ok(text) => Ok(Some(zeroize::Zeroizing::new(text))),
            Err(keyring::Error::NoEntry) => Ok(None),
            Err(error) => Err(error),
        });
        Box::pin(async move {
            let Some(text) = text.await? else {
                return Ok(None);
            };
            match Tokens::from_json(&text) {
                Some(tokens) => Ok(Some(tokens)),
                None => Err(Error::credential(
                    "the keyring's entry holds no tokens: remove it and sign in again",
                )),
            }
        })
    }

    fn save(&self, key: &str, tokens: &Tokens) -> BoxFuture<Result<(), Error>> {
        let text = tokens.to_json();
        self.with(key, move |entry| entry.set_password(text.expose()))
    }

    fn remove(&self, key: &str) -> BoxFuture<Result<(), Error>> {
        self.with(key, |entry| match entry.delete_credential() {
            Err(keyring::Error::NoEntry) => Ok(()),
            result => result,
        })
    }

    fn try_lock(&self, key: &str) -> BoxFuture<Result<Option<StoreLock>, Error>> {
        self.locks.try_lock(key)
    }
}

impl fmt::Debug for KeyringStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyringStore")
            .field("service", &self.service)
            .finish_non_exhaustive()
    }
}
