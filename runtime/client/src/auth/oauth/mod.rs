//! OAuth 2 and OpenID Connect: tokens that renew themselves.
//!
//! An [`OAuth`] is one grant: how it is had, where its tokens are kept, and the
//! tokens themselves. It goes to a client as a credential; every call then carries
//! a token that is valid.
//!
//! # Refresh tokens that change
//!
//! Servers may give a new refresh token with every access token and take the old
//! one once (RFC 9700, section 2.2.2). A grant is lost if the new one is: so a
//! renewal runs once however many calls wait for it, goes on when the call that
//! began it is dropped, and its result is in the store before any request carries
//! it. Where the store fails, the call fails; the tokens stay in memory and the
//! next call stores them first. The refresh token before is kept until the new one
//! has given tokens of its own. What no client can mend is a program that ends
//! between the server's answer and the store's write.

mod authorization_code;
#[cfg(feature = "private-key-jwt")]
mod client_key;
mod config;
mod device;
mod discovery;
mod endpoint;
mod endpoints;
mod error;
mod grant;
#[cfg(feature = "oauth-loopback")]
mod loopback;
mod renewal;
mod revocation;
mod tokens;

pub use authorization_code::Authorization;
#[cfg(feature = "private-key-jwt")]
pub use client_key::ClientKey;
pub use config::ClientAuthentication;
pub use device::DeviceAuthorization;
pub use error::OAuthError;
pub use tokens::Tokens;

use super::prepare::Prepared;
use super::provider::{Token, TokenContext, TokenProvider};
use super::scopes::least;
use super::store::TokenStore;
use crate::operation::{FlowKind, Operation};
use crate::transport::BoxFuture;
use crate::{CoreClient, Error, Secret};
use config::Config;
use renewal::Shared;
use std::any::Any;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// A grant of OAuth 2 (RFC 6749). Endpoints are those of the API's description
/// unless they are given here. Clones share their tokens; a setting makes a grant
/// of its own.
///
/// ```
/// use http::StatusCode;
/// use pontoon_runtime::auth::OAuth;
/// use pontoon_runtime::json::Json;
/// use pontoon_runtime::operation::{Accepted, Api, Flow, FlowKind, OAuth2, Operation};
/// use pontoon_runtime::operation::{Requirement, Scheme, SchemeKind};
/// use pontoon_runtime::transport::{Memory, Response};
/// use pontoon_runtime::{ClientBuilder, CoreClient, Credential};
///
/// // As a generated crate has it.
/// static API: Api = Api {
///     user_agent: "pets/1.0",
///     schemes: &[Scheme {
///         name: "oauth",
///         kind: SchemeKind::OAuth2(&OAuth2 {
///             flows: &[Flow {
///                 kind: FlowKind::ClientCredentials,
///                 token_url: "https://login.example/token",
///                 ..Flow::BLANK
///             }],
///             ..OAuth2::BLANK
///         }),
///         env: &[],
///     }],
///     ..Api::BLANK
/// };
/// static LIST: Operation = Operation {
///     id: "listPets",
///     path: "/pets",
///     responses: &[Accepted::json(200, 0)],
///     security: &[&[Requirement { scheme: 0, scopes: &["pets:read"] }]],
///     ..Operation::BLANK
/// };
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), pontoon_runtime::Error> {
/// let server = Memory::new(|request| {
///     Ok(Response::json(StatusCode::OK, match request.url.as_str() {
///         "https://login.example/token" => r#"{"access_token": "t0p", "expires_in": 3600}"#,
///         _ => "[]",
///     }))
/// });
/// let grant = OAuth::client_credentials("id", "secret").scopes(["pets:read"]);
/// let client: CoreClient = ClientBuilder::new(&API)
///     .base_url("https://pets.example")
///     .credential(Credential::provided(0, grant)) // auth::oauth(grant) in a generated crate
///     .transport(server.clone())
///     .build()?;
/// client.call(&LIST).send::<Json>().await?;
/// client.call(&LIST).send::<Json>().await?;
/// // One token for both calls.
/// assert_eq!(server.requests().len(), 3);
/// assert_eq!(server.requests()[2].header("authorization"), Some("Bearer t0p"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct OAuth {
    config: Arc<Config>,
    shared: Arc<Shared>,
}

impl OAuth {
    fn new(flow: FlowKind, client_id: impl Into<String>) -> Self {
        Self {
            config: Arc::new(Config::new(flow, client_id.into())),
            shared: Arc::default(),
        }
    }

    /// The program acts for itself, by its identifier and secret (RFC 6749,
    /// section 4.4).
    pub fn client_credentials(id: impl Into<String>, secret: impl Into<Secret>) -> Self {
        Self::new(FlowKind::ClientCredentials, id).client_secret(secret)
    }

    /// The same by a private key in place of a secret: see [`client_key`](Self::client_key).
    #[cfg(feature = "private-key-jwt")]
    pub fn client_credentials_with_key(id: impl Into<String>, key: ClientKey) -> Self {
        Self::new(FlowKind::ClientCredentials, id).client_key(key)
    }

    /// A person agrees in a browser (RFC 6749, section 4.1, with PKCE, RFC 7636):
    /// see [`authorize`](Self::authorize).
    pub fn authorization_code(client_id: impl Into<String>) -> Self {
        Self::new(FlowKind::AuthorizationCode, client_id)
    }

    /// A person agrees on another device (RFC 8628): see
    /// [`authorize_device`](Self::authorize_device).
    pub fn device(client_id: impl Into<String>) -> Self {
        Self::new(FlowKind::DeviceAuthorization, client_id)
    }

    /// By a user's name and password (RFC 6749, section 4.3). For servers that
    /// have nothing better: RFC 9700, section 2.4, forbids it.
    pub fn password(
        client_id: impl Into<String>,
        user: impl Into<String>,
        password: impl Into<Secret>,
    ) -> Self {
        let user = Some((user.into(), password.into()));
        Self::new(FlowKind::Password, client_id).with(|config| config.user = user)
    }

    /// Goes on with a refresh token that was given before. Tokens in the store, if
    /// there are any, come first.
    pub fn refresh_token(client_id: impl Into<String>, token: impl Into<Secret>) -> Self {
        let token = Some(token.into());
        Self::new(FlowKind::AuthorizationCode, client_id)
            .with(|config| config.refresh_token = token)
    }

    fn with(mut self, change: impl FnOnce(&mut Config)) -> Self {
        change(Arc::make_mut(&mut self.config));
        self.shared = Arc::default();
        self
    }

    /// The client's secret, for clients that have one.
    pub fn client_secret(self, secret: impl Into<Secret>) -> Self {
        let secret = secret.into();
        self.with(|config| config.client_secret = Some(secret))
    }

    /// How the secret is sent; in a header by default.
    pub fn client_authentication(self, how: ClientAuthentication) -> Self {
        self.with(|config| config.client_authentication = how)
    }

    /// The client shows who it is by a signature, in place of a secret
    /// (`private_key_jwt`).
    #[cfg(feature = "private-key-jwt")]
    pub fn client_key(self, key: ClientKey) -> Self {
        self.with(|config| config.client_key = Some(key))
    }

    /// The scopes to ask for, beside those already set. Without any the server
    /// decides.
    pub fn scopes<S: Into<String>>(self, scopes: impl IntoIterator<Item = S>) -> Self {
        let scopes: Vec<String> = scopes.into_iter().map(Into::into).collect();
        self.with(|config| {
            for scope in scopes {
                if !config.scopes.contains(&scope) {
                    config.scopes.push(scope);
                }
            }
        })
    }

    /// Asks for the least scopes that these operations need, as the API's
    /// description has them.
    pub fn scopes_for<'a>(self, operations: impl IntoIterator<Item = &'a Operation>) -> Self {
        let operations = operations.into_iter();
        let needed = operations.map(|operation| {
            let all = operation.security.iter();
            all.map(|one| one.iter().flat_map(|one| one.scopes).copied().collect())
                .collect()
        });
        let needed = needed.collect();
        self.scopes(least(needed))
    }

    /// One more parameter of token requests and of the authorization URL:
    /// `audience`, `resource`, `prompt` and the like.
    pub fn parameter(self, name: impl Into<String>, value: impl Into<String>) -> Self {
        let pair = (name.into(), value.into());
        self.with(|config| config.parameters.push(pair))
    }

    /// Where a person is sent to agree.
    pub fn authorization_url(self, url: impl Into<String>) -> Self {
        let url = Some(url.into());
        self.with(|config| config.authorization_url = url)
    }

    /// Where tokens are had and renewed.
    pub fn token_url(self, url: impl Into<String>) -> Self {
        let url = Some(url.into());
        self.with(|config| config.token_url = url)
    }

    /// Where a device asks for its code.
    pub fn device_authorization_url(self, url: impl Into<String>) -> Self {
        let url = Some(url.into());
        self.with(|config| config.device_authorization_url = url)
    }

    /// Where tokens are given back: see [`revoke`](Self::revoke).
    pub fn revocation_url(self, url: impl Into<String>) -> Self {
        let url = Some(url.into());
        self.with(|config| config.revocation_url = url)
    }

    /// Where the server publishes its endpoints: the issuer, to which
    /// `/.well-known/openid-configuration` is appended (OpenID Connect Discovery,
    /// section 4), or the URL of the document itself, which has `/.well-known/` in
    /// it (RFC 8414). Read once, when it is needed.
    pub fn discovery(self, url: impl Into<String>) -> Self {
        let url = Some(url.into());
        self.with(|config| config.discovery_url = url)
    }

    /// Where the server sends the browser back to, as it is registered there. By
    /// default a free port of this machine (RFC 8252, section 7.3), which needs the
    /// feature `oauth-loopback`.
    pub fn redirect_url(self, url: impl Into<String>) -> Self {
        let url = Some(url.into());
        self.with(|config| config.redirect_url = url)
    }

    /// Where tokens are kept; in memory by default.
    pub fn store(self, store: impl TokenStore) -> Self {
        let store: Arc<dyn TokenStore> = Arc::new(store);
        self.with(|config| config.store = store)
    }

    /// Whose grant it is, where a store holds those of several people.
    pub fn account(self, name: impl Into<String>) -> Self {
        let name = name.into();
        self.with(|config| config.account = name)
    }

    /// How long before its end a token is renewed, 60 seconds by default; never
    /// more than a quarter of its life.
    pub fn expiry_margin(self, margin: Duration) -> Self {
        self.with(|config| config.margin = margin.as_secs())
    }

    /// How long one request to the authorization server may take, 30 seconds by
    /// default.
    pub fn timeout(self, limit: Duration) -> Self {
        self.with(|config| config.timeout = limit)
    }

    /// Whether there are tokens, in memory or in the store: whether a person has
    /// signed in before.
    pub async fn is_signed_in(&self, client: &CoreClient) -> Result<bool, Error> {
        let context = self.context(client)?;
        let key = self.key(&context);
        Ok(self.config.store.load(&key).await?.is_some())
    }

    /// Forgets the tokens, here and in the store. The server is not told: see
    /// [`revoke`](Self::revoke).
    pub async fn sign_out(&self, client: &CoreClient) -> Result<(), Error> {
        let context = self.context(client)?;
        self.shared.forget().await;
        self.config.store.remove(&self.key(&context)).await
    }

    /// Where this grant is a credential of `client`.
    fn context(&self, client: &CoreClient) -> Result<TokenContext, Error> {
        let scheme = client
            .0
            .credentials
            .iter()
            .flatten()
            .find_map(|one| match one {
                Prepared::Provided(scheme, provider) => {
                    let provider: &dyn Any = &**provider;
                    let grant = provider.downcast_ref::<Self>()?;
                    Arc::ptr_eq(&grant.shared, &self.shared).then_some(*scheme)
                }
                _ => None,
            });
        let scheme = scheme.ok_or_else(|| {
            Error::request(
                "this client does not have the grant: give a clone of it to \
                 ClientBuilder::credential, after its last setting",
            )
        })?;
        Ok(TokenContext {
            client: client.clone(),
            scheme,
            operation: None,
        })
    }
}

impl TokenProvider for OAuth {
    fn token(&self, context: TokenContext) -> BoxFuture<Result<Secret, Error>> {
        let grant = self.clone();
        Box::pin(async move { grant.access_token(context).await })
    }

    fn refused(&self, token: &Secret) -> bool {
        self.shared.refuse(token);
        true
    }
}

impl From<OAuth> for Token {
    fn from(grant: OAuth) -> Self {
        Self::from_provider(grant)
    }
}

impl fmt::Debug for OAuth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OAuth")
            .field("flow", &self.config.flow)
            .field("client_id", &self.config.client_id)
            .field("scopes", &self.config.scopes)
            .finish_non_exhaustive()
    }
}
