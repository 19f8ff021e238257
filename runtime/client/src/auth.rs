//! Credentials, and how a request gets them.
//!
//! A [`Credential`] goes with a security scheme of the API. It is a text that
//! stays the same (a key, a token, a password), or a [`TokenProvider`] that is
//! asked whenever a request is made; `OAuth` (feature `oauth`) is one.

mod apply;
mod choose;
#[cfg(feature = "digest")]
mod digest;
#[cfg(feature = "oauth")]
pub mod oauth;
mod prepare;
mod provider;
mod scopes;
pub mod sign;
#[cfg(feature = "oauth")]
pub mod store;

pub(crate) use apply::{Chosen, Renewable};
pub(crate) use choose::Credentials;
pub(crate) use prepare::{Prepared, prepare};
pub(crate) use scopes::of_table;

#[cfg(feature = "oauth")]
pub use oauth::OAuth;
pub use provider::{Token, TokenContext, TokenProvider};

use crate::secret::Secret;
use std::fmt;

/// A credential for one of the API's security schemes. Made by the functions of
/// a generated crate's `auth` module, one per scheme; masked in `Debug`.
#[derive(Clone)]
pub struct Credential {
    scheme: u16,
    kind: Kind,
}

#[derive(Clone)]
enum Kind {
    Token(Token),
    Basic { user: Secret, password: Secret },
}

impl Credential {
    /// A token or key for scheme `scheme` of the API.
    pub fn token(scheme: u16, token: impl Into<Secret>) -> Self {
        Self::provided(scheme, token.into())
    }

    /// A token or key for scheme `scheme` of the API: its text, or something that
    /// gives tokens when they are needed.
    pub fn provided(scheme: u16, token: impl Into<Token>) -> Self {
        Self {
            scheme,
            kind: Kind::Token(token.into()),
        }
    }

    /// A user name and password for scheme `scheme` of the API.
    pub fn basic(scheme: u16, user: impl Into<Secret>, password: impl Into<Secret>) -> Self {
        Self {
            scheme,
            kind: Kind::Basic {
                user: user.into(),
                password: password.into(),
            },
        }
    }

    /// The index of the scheme.
    pub(crate) fn scheme(&self) -> u16 {
        self.scheme
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Credential(scheme {}, ***)", self.scheme)
    }
}
