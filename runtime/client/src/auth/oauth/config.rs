//! What is set on a grant.

use crate::Secret;
use crate::auth::store::{MemoryStore, TokenStore};
use crate::operation::FlowKind;
use std::sync::Arc;
use std::time::Duration;

/// How a client shows its secret to the token endpoint (RFC 6749, section 2.3.1).
/// A client without a secret sends its identifier in the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum ClientAuthentication {
    /// In the header `Authorization` (`client_secret_basic`): what every server
    /// must understand.
    #[default]
    Basic,
    /// In the body (`client_secret_post`), for servers that do not.
    Body,
}

#[derive(Clone)]
pub(crate) struct Config {
    pub(super) flow: FlowKind,
    pub(super) client_id: String,
    pub(super) client_secret: Option<Secret>,
    pub(super) client_authentication: ClientAuthentication,
    #[cfg(feature = "private-key-jwt")]
    pub(super) client_key: Option<super::ClientKey>,
    /// Who the server says that it is.
    #[cfg(feature = "private-key-jwt")]
    pub(super) issuer: Option<String>,
    /// Of the password flow.
    pub(super) user: Option<(String, Secret)>,
    /// A refresh token that the caller has from elsewhere.
    pub(super) refresh_token: Option<Secret>,
    pub(super) scopes: Vec<String>,
    /// For every token request and for the authorization URL.
    pub(super) parameters: Vec<(String, String)>,
    pub(super) authorization_url: Option<String>,
    pub(super) token_url: Option<String>,
    pub(super) device_authorization_url: Option<String>,
    pub(super) revocation_url: Option<String>,
    pub(super) discovery_url: Option<String>,
    pub(super) redirect_url: Option<String>,
    pub(super) store: Arc<dyn TokenStore>,
    pub(super) account: String,
    /// How many seconds before its end a token is renewed.
    pub(super) margin: u64,
    pub(super) timeout: Duration,
}

impl Config {
    pub(super) fn new(flow: FlowKind, client_id: String) -> Self {
        Self {
            flow,
            client_id,
            client_secret: None,
            client_authentication: ClientAuthentication::Basic,
            #[cfg(feature = "private-key-jwt")]
            client_key: None,
            #[cfg(feature = "private-key-jwt")]
            issuer: None,
            user: None,
            refresh_token: None,
            scopes: Vec::new(),
            parameters: Vec::new(),
            authorization_url: None,
            token_url: None,
            device_authorization_url: None,
            revocation_url: None,
            discovery_url: None,
            redirect_url: None,
            store: Arc::new(MemoryStore::new()),
            account: String::new(),
            margin: 60,
            timeout: Duration::from_secs(30),
        }
    }

    /// Whether the client signs in place of sending a secret.
    pub(super) fn has_key(&self) -> bool {
        #[cfg(feature = "private-key-jwt")]
        let has_key = self.client_key.is_some();
        #[cfg(not(feature = "private-key-jwt"))]
        let has_key = false;
        has_key
    }
}
