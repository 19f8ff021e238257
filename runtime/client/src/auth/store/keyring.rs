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
    /// The entry of a service and a key.
    open: fn(&str, &str) -> keyring::Result<Entry>,
    locks: MemoryStore,
}

impl KeyringStore {
    /// A store whose entries belong to `service`, the name of the program.
    pub fn new(service: impl Into<String>) -> Self {
        Self {
            service: service.into(),
            open: Entry::new,
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
        let (service, key, open) = (self.service.clone(), key.to_owned(), self.open);
        Box::pin(async move {
            let (sender, result) = oneshot::channel();
            let thread = std::thread::Builder::new().name("keyring".into());
            let started = thread.spawn(move || {
                let entry = open(&service, &key);
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

#[cfg(test)]
mod tests {
    use super::*;
    use keyring_core::{CredentialStore, Error as KeyringError, mock};
    use std::sync::{Arc, LazyLock};

    /// The system's store, kept in memory.
    static SYSTEM: LazyLock<Arc<CredentialStore>> =
        LazyLock::new(|| mock::Store::new().expect("a store"));

    fn open(service: &str, key: &str) -> keyring::Result<Entry> {
        let inner = keyring_core::Entry::new_in_store(&SYSTEM, service, key)?;
        Ok(Entry { inner })
    }

    fn store(service: &str) -> KeyringStore {
        KeyringStore {
            open,
            ..KeyringStore::new(service)
        }
    }

    async fn found(store: &KeyringStore, key: &str) -> Option<String> {
        let tokens = store.load(key).await.expect("a store");
        tokens.map(|tokens| tokens.access_token.expose().to_owned())
    }

    #[tokio::test]
    async fn kept_found_and_forgotten() {
        let (one, other) = (store("one"), store("other"));
        assert_eq!(found(&one, "a").await, None);
        one.remove("a").await.expect("nothing to remove");
        for token in ["1", "2"] {
            one.save("a", &Tokens::new(token)).await.expect("saved");
        }
        other.save("a", &Tokens::new("3")).await.expect("saved");
        assert_eq!(found(&one.clone(), "a").await.as_deref(), Some("2"));
        assert_eq!(found(&one, "b").await, None);
        one.remove("a").await.expect("removed");
        assert_eq!(found(&one, "a").await, None);
        assert_eq!(found(&other, "a").await.as_deref(), Some("3"));
        assert!(!format!("{one:?}").contains("\"a\""));
    }

    #[tokio::test]
    async fn what_goes_wrong() {
        let store = store("wrong");
        let entry = open("wrong", "a").expect("an entry");
        entry.set_password("s3cret").expect("set");
        let error = store.load("a").await.expect_err("no tokens");
        assert!(error.to_string().contains("sign in again"), "{error}");
        assert!(!error.to_string().contains("s3cret"), "{error}");
        let mocked = entry.inner.as_any().downcast_ref::<mock::Cred>();
        let locked = KeyringError::NoStorageAccess("it is locked".into());
        mocked.expect("a mock").set_error(locked);
        let error = store.save("a", &Tokens::new("t0p")).await;
        let error = error.expect_err("no access").to_string();
        assert!(
            error.contains("the keyring: ") && !error.contains("t0p"),
            "{error}"
        );
        // A store that is unlocked again works again.
        store.save("a", &Tokens::new("t0p")).await.expect("saved");
        assert_eq!(found(&store, "a").await.as_deref(), Some("t0p"));
    }

    #[tokio::test]
    async fn one_renewal_at_a_time() {
        let store = store("locks");
        let lock = store.try_lock("a").await.expect("a store");
        assert!(lock.is_some());
        assert!(
            store
                .clone()
                .try_lock("a")
                .await
                .expect("a store")
                .is_none()
        );
        assert!(store.try_lock("b").await.expect("a store").is_some());
        drop(lock);
        assert!(store.try_lock("a").await.expect("a store").is_some());
    }
}
