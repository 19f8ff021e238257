//! Security schemes of a manifest.

use serde::{Deserialize, Serialize};

/// A security scheme.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Scheme {
    /// Its name.
    pub name: String,
    /// How its credential is sent.
    #[serde(flatten)]
    pub kind: SchemeKind,
    /// The environment variables that the credential is read from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub env: Vec<String>,
}

/// How a credential is sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum SchemeKind {
    /// A key in a header, after a prefix.
    ApiKeyHeader {
        /// The header.
        header: String,
        /// What stands before the key.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        prefix: String,
    },
    /// A key in the query.
    ApiKeyQuery {
        /// The parameter.
        parameter: String,
    },
    /// A key in a cookie.
    ApiKeyCookie {
        /// The cookie.
        cookie: String,
    },
    /// User name and password.
    Basic,
    /// A bearer token.
    Bearer,
    /// OAuth 2: a bearer token that one of the flows gives.
    #[serde(rename = "oauth2")]
    OAuth2 {
        /// The flows that a program can run or go on with.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        flows: Vec<OAuthFlow>,
        /// The scopes of all of them.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        scopes: Vec<String>,
        /// Where the server publishes its endpoints.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        metadata_url: String,
    },
    /// OpenID Connect: a bearer token, by endpoints that the provider publishes.
    OpenIdConnect {
        /// Where it publishes them.
        url: String,
    },
}

/// A flow of OAuth 2.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OAuthFlow {
    /// Which one.
    pub kind: OAuthFlowKind,
    /// Where tokens are had.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub token_url: String,
    /// Where they are renewed, if not there.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub refresh_url: String,
}

/// Which flow of OAuth 2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OAuthFlowKind {
    /// The program acts for itself.
    ClientCredentials,
    /// A person agrees in a browser.
    AuthorizationCode,
    /// A person agrees on another device.
    DeviceAuthorization,
    /// A user's name and password.
    Password,
}

impl SchemeKind {
    /// Whether its token can be had by a grant.
    pub fn is_oauth(&self) -> bool {
        matches!(self, Self::OAuth2 { .. } | Self::OpenIdConnect { .. })
    }
}
