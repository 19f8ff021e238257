//! What all calls of a client share.

mod builder;
mod resilience;
mod settings;

pub(crate) use settings::header;

pub use builder::ClientBuilder;
pub(crate) use resilience::Resilience;

use crate::auth::Prepared;
use crate::call::Call;
use crate::coding::Compression;
use crate::hook::Hooks;
use crate::log::Log;
use crate::operation::{Api, Operation};
use crate::server::Variables;
use crate::transport::{Masked, Transport};
use crate::{Error, server};
use http::HeaderMap;
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// The part of a client that is the same for every API: settings, credentials
/// and the transport. Generated clients wrap one; clones share everything.
#[derive(Clone)]
pub struct CoreClient(pub(crate) Arc<Core>);

pub(crate) struct Core {
    pub(crate) api: &'static Api,
    pub(crate) base: Base,
    pub(crate) server_index: usize,
    pub(crate) variables: Variables,
    /// Sent with every request: user agent, the API's own, the caller's.
    pub(crate) headers: HeaderMap,
    /// By scheme.
    pub(crate) credentials: Vec<Option<Prepared>>,
    pub(crate) timeout: Option<Duration>,
    pub(crate) resilience: Resilience,
    pub(crate) hooks: Hooks,
    pub(crate) signer: Option<Box<dyn crate::auth::sign::Signer>>,
    /// Whether credentials go over plain http to other machines.
    pub(crate) plain_http: bool,
    pub(crate) max_response_size: usize,
    pub(crate) decompress: bool,
    pub(crate) compression: Compression,
    pub(crate) transport: Box<dyn Transport>,
    pub(crate) log: Option<Log>,
    pub(crate) drift: Option<Arc<crate::drift::Ledger>>,
    #[cfg(feature = "checks")]
    pub(crate) checking: Option<crate::check::Checking>,
}

/// Where calls go.
pub(crate) enum Base {
    /// The caller's URL: for all operations, also those with servers of their own.
    Given(String),
    /// The chosen server of the API.
    Server(String),
    /// The API's servers need something that was not given; operations may have
    /// servers of their own.
    Unknown,
}

impl CoreClient {
    /// A call of `operation`, to be filled with its parameters.
    pub fn call(&self, operation: &'static Operation) -> Call {
        Call::new(Arc::clone(&self.0), operation)
    }

    /// Where the answers so far differ from the API's description. Empty unless
    /// [`ClientBuilder::count_drift`] or [`ClientBuilder::on_drift`] was called; clones
    /// of a client count together.
    pub fn drift(&self) -> crate::DriftReport {
        let ledger = self.0.drift.as_ref();
        ledger.map_or_else(Default::default, |ledger| ledger.report())
    }

    /// The base URL of calls, where it is known: the caller's or that of the
    /// chosen server.
    pub fn base_url(&self) -> Option<&str> {
        match &self.0.base {
            Base::Given(url) | Base::Server(url) => Some(url),
            Base::Unknown => None,
        }
    }
}

impl Core {
    /// The base URL for an operation that has servers of its own, or when the
    /// API's are not usable.
    pub(crate) fn base_of(&self, operation: &Operation) -> Result<Cow<'_, str>, Error> {
        match (&self.base, operation.servers) {
            (Base::Given(url), _) | (Base::Server(url), []) => Ok(Cow::Borrowed(url)),
            (Base::Unknown, []) => {
                server::resolve(self.api.servers, self.server_index, &self.variables)
                    .map(Cow::Owned)
            }
            (_, own) => {
                let index = self.server_index.min(own.len() - 1);
                server::resolve(own, index, &self.variables).map(Cow::Owned)
            }
        }
    }
}

impl fmt::Debug for CoreClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let schemes = self.0.api.schemes.iter().zip(&self.0.credentials);
        let configured: Vec<_> = schemes
            .filter_map(|(scheme, prepared)| prepared.as_ref().map(|_| scheme.name))
            .collect();
        f.debug_struct("Client")
            .field("base_url", &self.base_url())
            .field("headers", &Masked(&self.0.headers))
            .field("credentials", &configured)
            .field("timeout", &self.0.timeout)
            .field("resilience", &self.0.resilience)
            .field("hooks", &self.0.hooks.len())
            .finish_non_exhaustive()
    }
}
