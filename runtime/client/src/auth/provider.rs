//! Tokens that are had when a request needs them.

use crate::operation::{Operation, Requirement, Scheme};
use crate::transport::BoxFuture;
use crate::{CoreClient, Error, Secret};
use std::any::Any;
use std::fmt;
use std::sync::Arc;

/// Gives the token of a security scheme whenever a request is made: from an
/// authorization server, a metadata service, a vault.
///
/// ```
/// use pontoon_runtime::auth::{Token, TokenContext, TokenProvider};
/// use pontoon_runtime::transport::BoxFuture;
/// use pontoon_runtime::{Credential, Error, Secret};
///
/// struct FromFile(std::path::PathBuf);
///
/// impl TokenProvider for FromFile {
///     fn token(&self, _: TokenContext) -> BoxFuture<Result<Secret, Error>> {
///         let text = std::fs::read_to_string(&self.0);
///         let token = text.map(|text| Secret::from(text.trim()));
///         Box::pin(async { token.map_err(Error::credential) })
///     }
/// }
///
/// let token = Token::from_provider(FromFile("/run/secrets/token".into()));
/// let credential = Credential::provided(0, token);
/// ```
pub trait TokenProvider: Any + Send + Sync {
    /// A token that can be sent now. The future may be dropped before it is done:
    /// what must not be lost by that has to live elsewhere. Errors are made by
    /// [`Error::credential`].
    fn token(&self, context: TokenContext) -> BoxFuture<Result<Secret, Error>>;

    /// Hears that the server has answered 401 to `token`. `true`: ask again, there
    /// may be another; the call is then repeated once.
    fn refused(&self, token: &Secret) -> bool {
        let _ = token;
        false
    }
}

/// What a token is for, and the client to get it with.
#[derive(Clone)]
pub struct TokenContext {
    pub(crate) client: CoreClient,
    pub(crate) scheme: &'static Scheme,
    pub(crate) operation: Option<(u16, &'static Operation)>,
}

impl TokenContext {
    /// The security scheme.
    pub fn scheme(&self) -> &'static Scheme {
        self.scheme
    }

    /// The client that makes the call.
    pub fn client(&self) -> &CoreClient {
        &self.client
    }

    /// The scopes that the API's description asks for, for this operation: those
    /// of the first alternative that has the scheme.
    pub fn scopes(&self) -> &'static [&'static str] {
        let Some((scheme, operation)) = self.operation else {
            return &[];
        };
        let of_scheme = |one: &&Requirement| one.scheme == scheme;
        let mut all = operation.security.iter().copied().flatten();
        all.find(of_scheme).map_or(&[], |one| one.scopes)
    }
}

impl fmt::Debug for TokenContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenContext")
            .field("scheme", &self.scheme.name)
            .field("scopes", &self.scopes())
            .finish_non_exhaustive()
    }
}

/// A token or key: its text, or where to get it. Made of `&str`, `String`,
/// [`Secret`], or [of a provider](Self::from_provider).
#[derive(Clone)]
pub struct Token(pub(super) Source);

#[derive(Clone)]
pub(super) enum Source {
    Text(Secret),
    Provider(Arc<dyn TokenProvider>),
}

impl Token {
    /// Tokens of a provider, asked for every request.
    pub fn from_provider(provider: impl TokenProvider) -> Self {
        Self(Source::Provider(Arc::new(provider)))
    }
}

impl From<Secret> for Token {
    fn from(text: Secret) -> Self {
        Self(Source::Text(text))
    }
}

impl From<&str> for Token {
    fn from(text: &str) -> Self {
        Secret::from(text).into()
    }
}

impl From<String> for Token {
    fn from(text: String) -> Self {
        Secret::from(text).into()
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(***)")
    }
}
