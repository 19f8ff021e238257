//! Where tokens are kept between runs of a program.

#[cfg(all(feature = "token-file", any(unix, windows)))]
mod file;
#[cfg(feature = "keyring")]
mod keyring;
mod memory;

#[cfg(all(feature = "token-file", any(unix, windows)))]
pub use file::FileStore;
#[cfg(feature = "keyring")]
pub use keyring::KeyringStore;
pub use memory::MemoryStore;

use super::oauth::Tokens;
use crate::Error;
use crate::transport::BoxFuture;
use std::any::Any;
use std::fmt;

/// Keeps the tokens of grants, each under a key. Several clients, and several
/// processes where it outlives them, may share a store.
///
/// Implementations wait without blocking the thread for long. Errors are made by
/// [`Error::credential`] and hold no token.
pub trait TokenStore: Send + Sync + 'static {
    /// The tokens under `key`, if there are any.
    fn load(&self, key: &str) -> BoxFuture<Result<Option<Tokens>, Error>>;

    /// Keeps `tokens` under `key`, in place of others. When this is done they must
    /// have outlived a crash: a refresh token that is lost may be the whole grant.
    fn save(&self, key: &str, tokens: &Tokens) -> BoxFuture<Result<(), Error>>;

    /// Forgets the tokens under `key`.
    fn remove(&self, key: &str) -> BoxFuture<Result<(), Error>>;

    /// Takes the sole right to renew the tokens under `key`, until the result is
    /// dropped; `None` where somebody else has it now. Must not wait. The default
    /// always gives it: right for a store that one client uses alone.
    fn try_lock(&self, key: &str) -> BoxFuture<Result<Option<StoreLock>, Error>> {
        let _ = key;
        Box::pin(async { Ok(Some(StoreLock::new(()))) })
    }
}

/// The sole right to renew tokens in a store; given back when dropped.
pub struct StoreLock {
    _held: Box<dyn Any + Send>,
}

impl StoreLock {
    /// A right that is given back by dropping `held`.
    pub fn new(held: impl Any + Send) -> Self {
        Self {
            _held: Box::new(held),
        }
    }
}

impl fmt::Debug for StoreLock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StoreLock")
    }
}
