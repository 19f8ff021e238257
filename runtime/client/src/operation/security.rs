//! Security schemes as data.

/// A security scheme (OAS 3.0.3, Security Scheme Object).
#[derive(Debug)]
pub struct Scheme {
    /// Its name in the spec.
    pub name: &'static str,
    /// How the credential is sent.
    pub kind: SchemeKind,
    /// Environment variables that [`crate::ClientBuilder::credentials_from_env`]
    /// reads: one (token or key), or two (user name and password).
    pub env: &'static [&'static str],
}

/// How a credential is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SchemeKind {
    /// An API key in a header; `prefix` stands before the key (`token `, say).
    ApiKeyHeader {
        /// The header.
        name: &'static str,
        /// Put before the key; empty as a rule.
        prefix: &'static str,
    },
    /// An API key in the query string.
    ApiKeyQuery {
        /// The query parameter.
        name: &'static str,
    },
    /// An API key in a cookie.
    ApiKeyCookie {
        /// The cookie.
        name: &'static str,
    },
    /// `Authorization: Basic` (RFC 7617).
    Basic,
    /// `Authorization: Bearer` (RFC 6750).
    Bearer,
    /// OAuth 2 (RFC 6749): a bearer token that one of the flows gives.
    OAuth2(&'static OAuth2),
    /// OpenID Connect: a bearer token, by the endpoints that the provider
    /// publishes.
    OpenIdConnect {
        /// Where it publishes them: `.well-known/openid-configuration`.
        url: &'static str,
    },
    /// A certificate of the client in the TLS connection (RFC 8705); nothing on
    /// the request.
    MutualTls,
    /// `Authorization: Digest` (RFC 7616): a user name and a password, and a
    /// challenge of the server.
    Digest,
}

/// The flows of an OAuth 2 scheme (OAS 3.2, OAuth Flows Object).
#[derive(Debug, PartialEq, Eq)]
pub struct OAuth2 {
    /// The flows that the spec declares.
    pub flows: &'static [Flow],
    /// The scopes of all flows.
    pub scopes: &'static [&'static str],
    /// Where the server publishes its endpoints (RFC 8414); empty where the spec
    /// does not say.
    pub metadata_url: &'static str,
}

impl OAuth2 {
    /// A scheme of which nothing is said; for the rest of a literal.
    pub const BLANK: Self = Self {
        flows: &[],
        scopes: &[],
        metadata_url: "",
    };
}

/// A flow of an OAuth 2 scheme (OAS 3.2, OAuth Flow Object). URLs that the spec
/// does not give are empty; relative ones are relative to the client's base URL.
#[derive(Debug, PartialEq, Eq)]
pub struct Flow {
    /// Which one.
    pub kind: FlowKind,
    /// Where a person is sent to agree.
    pub authorization_url: &'static str,
    /// Where a device asks for its code (RFC 8628).
    pub device_authorization_url: &'static str,
    /// Where tokens are had.
    pub token_url: &'static str,
    /// Where tokens are renewed, if not there.
    pub refresh_url: &'static str,
}

impl Flow {
    /// A flow of which nothing is said; for the rest of a literal.
    pub const BLANK: Self = Self {
        kind: FlowKind::Implicit,
        authorization_url: "",
        device_authorization_url: "",
        token_url: "",
        refresh_url: "",
    };
}

/// The flows of OAuth 2.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FlowKind {
    /// The token in the URL of a browser. A program cannot run it safely (RFC 9700,
    /// section 2.1.2): it is given the token.
    Implicit,
    /// The user's name and password (RFC 6749, section 4.3).
    Password,
    /// The program's own identifier and secret (section 4.4).
    ClientCredentials,
    /// A person agrees in a browser (section 4.1).
    AuthorizationCode,
    /// A person agrees on another device (RFC 8628).
    DeviceAuthorization,
}
