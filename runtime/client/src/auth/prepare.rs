//! A credential in the form in which requests carry it.

use super::provider::{Source, TokenProvider};
use super::{Credential, Kind, Token};
use crate::operation::{Api, Scheme, SchemeKind};
use crate::{Error, Secret};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::header::AUTHORIZATION;
use http::{HeaderName, HeaderValue};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::sync::Arc;
use zeroize::Zeroizing;

/// What is put on a request.
pub(crate) enum Prepared {
    /// A header, marked sensitive.
    Header(HeaderName, HeaderValue),
    /// `name=value` for the query, encoded.
    Query(Secret),
    /// `name=value` for the `Cookie` header.
    Cookie(Secret),
    /// A certificate in the connection, nothing on the request.
    Connection,
    /// Made from the server's challenge.
    #[cfg(feature = "digest")]
    Digest(Arc<super::digest::Digest>),
    /// A token to ask for when a request is made.
    Provided(&'static Scheme, Arc<dyn TokenProvider>),
}

impl Prepared {
    /// Whether it is had when a request is made, which may take time.
    pub(crate) fn is_asked_for(&self) -> bool {
        matches!(self, Self::Provided(..))
    }

    /// Whether it is another for each request.
    pub(crate) fn is_made(&self) -> bool {
        #[cfg(feature = "digest")]
        if let Self::Digest(_) = self {
            return true;
        }
        self.is_asked_for()
    }
}

/// All but the unreserved characters (RFC 3986, 2.3).
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Brings `credential` into the form that its scheme asks for.
pub(crate) fn prepare(api: &'static Api, credential: &Credential) -> Result<Prepared, Error> {
    let Some(scheme) = api.schemes.get(usize::from(credential.scheme)) else {
        return Err(Error::request(
            "the credential belongs to another API: this one has no such security scheme",
        ));
    };
    match (&credential.kind, scheme.kind) {
        (Kind::Basic { user, password }, SchemeKind::Basic) => {
            if user.expose().contains(':') {
                return Err(refused(scheme, "a user name cannot contain a colon"));
            }
            let pair = Zeroizing::new(format!("{}:{}", user.expose(), password.expose()));
            let text = Zeroizing::new(format!("Basic {}", STANDARD.encode(pair.as_bytes())));
            header(scheme, AUTHORIZATION, &text)
        }
        #[cfg(feature = "digest")]
        (Kind::Basic { user, password }, SchemeKind::Digest) => {
            Ok(Prepared::Digest(Arc::new(super::digest::Digest {
                user: user.clone(),
                password: password.clone(),
                challenge: Default::default(),
            })))
        }
        #[cfg(not(feature = "digest"))]
        (Kind::Basic { .. }, SchemeKind::Digest) => Err(refused(
            scheme,
            "turn on the feature `digest` of pontoon-runtime",
        )),
        (Kind::Basic { .. }, _) => Err(refused(scheme, "it takes a token or key")),
        (Kind::Token(_), SchemeKind::Basic) => {
            Err(refused(scheme, "it takes a user name and password"))
        }
        (Kind::Token(Token(Source::Provider(provider))), _) => {
            Ok(Prepared::Provided(scheme, Arc::clone(provider)))
        }
        (Kind::Token(Token(Source::Text(token))), _) => token_of(scheme, token),
    }
}

/// A token in the form that its scheme asks for.
pub(super) fn token_of(scheme: &Scheme, token: &Secret) -> Result<Prepared, Error> {
    if token.expose().is_empty() {
        return Err(refused(scheme, "the token or key is empty"));
    }
    match scheme.kind {
        SchemeKind::Basic | SchemeKind::Digest => {
            Err(refused(scheme, "it takes a user name and password"))
        }
        SchemeKind::MutualTls => Err(refused(
            scheme,
            "it takes a certificate: give that to ClientBuilder::client_certificate",
        )),
        SchemeKind::Bearer | SchemeKind::OAuth2(_) | SchemeKind::OpenIdConnect { .. } => {
            let text = Zeroizing::new(format!("Bearer {}", token.expose()));
            header(scheme, AUTHORIZATION, &text)
        }
        SchemeKind::ApiKeyHeader { name, prefix } => {
            let name = HeaderName::from_bytes(name.as_bytes())
                .map_err(|_| refused(scheme, "its header name is not valid"))?;
            let text = Zeroizing::new(format!("{prefix}{}", token.expose()));
            header(scheme, name, &text)
        }
        SchemeKind::ApiKeyQuery { name } => Ok(Prepared::Query(pair(name, token))),
        SchemeKind::ApiKeyCookie { name } => Ok(Prepared::Cookie(pair(name, token))),
    }
}

fn pair(name: &str, token: &Secret) -> Secret {
    let name = utf8_percent_encode(name, UNRESERVED);
    let value = utf8_percent_encode(token.expose(), UNRESERVED);
    Secret::new(format!("{name}={value}"))
}

fn header(scheme: &Scheme, name: HeaderName, text: &str) -> Result<Prepared, Error> {
    let mut value = HeaderValue::from_str(text).map_err(|_| {
        refused(
            scheme,
            "it contains characters that a header cannot carry (a line break at the end?)",
        )
    })?;
    value.set_sensitive(true);
    Ok(Prepared::Header(name, value))
}

fn refused(scheme: &Scheme, reason: &str) -> Error {
    Error::request(format!("the credential for `{}`: {reason}", scheme.name))
}
