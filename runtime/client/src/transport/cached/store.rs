//! Where answers are kept.

use crate::transport::{BoxFuture, Masked};
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use std::fmt;
use std::time::SystemTime;

/// Keeps answers for a cache. What goes wrong is the store's own affair: it gives
/// nothing then, and keeps nothing.
///
/// Answers may be confidential. Keys show neither URLs nor credentials; whoever can guess
/// one can tell that it is right.
pub trait CacheStore: Send + Sync + 'static {
    /// What is kept under `key`.
    fn get(&self, key: &CacheKey) -> BoxFuture<Option<Stored>>;

    /// Keeps an answer in place of that kept before.
    fn put(&self, key: &CacheKey, stored: Stored) -> BoxFuture<()>;

    /// Takes away everything whose [`CacheKey::resource`] is this, whatever its
    /// credential.
    fn remove(&self, resource: &str) -> BoxFuture<()>;
}

/// What an answer is kept under: SHA-256 sums in hex, which show neither the URL nor
/// the credential.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct CacheKey {
    /// The URL.
    pub resource: String,
    /// The credential.
    pub credential: String,
}

/// An answer that is kept.
#[derive(Clone)]
#[non_exhaustive]
pub struct Stored {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, as it was sent.
    pub body: Bytes,
    /// When it was received, or last validated.
    pub received: SystemTime,
    /// The headers of the request that the answer names in `Vary`; secrets are
    /// replaced by their SHA-256 sums.
    pub selecting: HeaderMap,
}

impl Stored {
    /// An answer received at a time, with nothing in [`Self::selecting`].
    pub fn new(status: StatusCode, headers: HeaderMap, body: Bytes, received: SystemTime) -> Self {
        Self {
            status,
            headers,
            body,
            received,
            selecting: HeaderMap::new(),
        }
    }

    /// About how many bytes of memory it takes.
    pub fn size(&self) -> usize {
        let headers = self.headers.iter().chain(&self.selecting);
        let headers = headers.map(|(name, value)| name.as_str().len() + value.len() + 64);
        self.body.len() + headers.sum::<usize>() + 256
    }
}

impl fmt::Debug for Stored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stored")
            .field("status", &self.status)
            .field("headers", &Masked(&self.headers))
            .field("body", &format_args!("{} bytes", self.body.len()))
            .field("received", &self.received)
            .finish_non_exhaustive()
    }
}

impl<S: CacheStore + ?Sized> CacheStore for Box<S> {
    fn get(&self, key: &CacheKey) -> BoxFuture<Option<Stored>> {
        (**self).get(key)
    }

    fn put(&self, key: &CacheKey, stored: Stored) -> BoxFuture<()> {
        (**self).put(key, stored)
    }

    fn remove(&self, resource: &str) -> BoxFuture<()> {
        (**self).remove(resource)
    }
}
