//! Credentials, and how a request gets them.

mod choose;
mod prepare;

pub(crate) use choose::{Credentials, apply};
pub(crate) use prepare::{Prepared, prepare};

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
    Token(Secret),
    Basic { user: Secret, password: Secret },
}

impl Credential {
    /// A token or key for scheme `scheme` of the API.
    pub fn token(scheme: u16, token: impl Into<Secret>) -> Self {
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
