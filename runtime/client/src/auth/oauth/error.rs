//! Errors that authorization servers answer with.

use crate::json::Json;
use std::fmt;

/// How much of a server's words is shown.
const SHOWN: usize = 300;

/// Why an authorization server gave no token (RFC 6749, sections 4.1.2.1 and 5.2;
/// RFC 8628, section 3.5). The [source](std::error::Error::source) of the error of
/// a call; [`Error::oauth`](crate::Error::oauth) finds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OAuthError {
    code: String,
    description: Option<String>,
    uri: Option<String>,
    remedy: &'static str,
}

impl OAuthError {
    /// From the members `error`, `error_description` and `error_uri`.
    pub(super) fn read<'a>(member: impl Fn(&str) -> Option<&'a str>) -> Option<Self> {
        let clean = |text: &str| -> String {
            let shown = text.chars().filter(|c| !c.is_control());
            shown.take(SHOWN).collect()
        };
        let code = clean(member("error").filter(|code| !code.is_empty())?);
        Some(Self {
            remedy: remedy(&code),
            code,
            description: member("error_description").map(clean),
            uri: member("error_uri").map(clean),
        })
    }

    pub(super) fn from_json(json: &Json) -> Option<Self> {
        Self::read(|name| json[name].as_str())
    }

    /// The code, for example `invalid_grant`.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// What the server says in words.
    pub fn description(&self) -> Option<&str> {
        self.description.as_deref()
    }

    /// A page about the error.
    pub fn uri(&self) -> Option<&str> {
        self.uri.as_deref()
    }

    /// The grant is over: a person has to sign in again.
    pub fn needs_sign_in(&self) -> bool {
        matches!(
            self.code.as_str(),
            "invalid_grant" | "interaction_required" | "login_required" | "consent_required"
        )
    }

    /// Whether the server is only too busy.
    pub(super) fn is_passing(&self) -> bool {
        matches!(
            self.code.as_str(),
            "temporarily_unavailable" | "server_error"
        )
    }
}

/// What to do about it.
fn remedy(code: &str) -> &'static str {
    match code {
        "invalid_client" => {
            "check the client's identifier and secret, and how they are sent \
             (OAuth::client_authentication)"
        }
        "invalid_grant" => {
            "the code or refresh token is wrong, used up, expired or revoked: sign in again"
        }
        "unauthorized_client" => "this client may not use this flow: allow it at the server",
        "unsupported_grant_type" => "the server does not have this flow: use another",
        "invalid_scope" => "the client cannot have these scopes: see OAuth::scopes",
        "invalid_request" => {
            "the server wants something else: see OAuth::parameter for what its documentation asks \
             for"
        }
        "access_denied" => "the person, or the server, has refused",
        "expired_token" => "nobody agreed in time: start again",
        "interaction_required" | "login_required" | "consent_required" => "sign in again",
        _ => "",
    }
}

impl fmt::Display for OAuthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.code)?;
        if let Some(description) = &self.description {
            write!(f, ": {description}")?;
        }
        if let Some(uri) = &self.uri {
            write!(f, " (see {uri})")?;
        }
        if !self.remedy.is_empty() {
            write!(f, "; {}", self.remedy)?;
        }
        Ok(())
    }
}

impl std::error::Error for OAuthError {}
