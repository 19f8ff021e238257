//! `Authorization: Digest` (RFC 7616), by the `digest_auth` crate.

use crate::transport::Request;
use crate::{Error, Secret};
use digest_auth::{AuthContext, HttpMethod, WwwAuthenticateHeader};
use http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderValue};
use std::sync::{Mutex, PoisonError};
use url::Url;

/// A user name and a password, and the challenge of the server once it is known:
/// the first call is refused and repeated.
pub(crate) struct Digest {
    pub(super) user: Secret,
    pub(super) password: Secret,
    pub(super) challenge: Mutex<Option<WwwAuthenticateHeader>>,
}

impl Digest {
    pub(super) fn put(&self, request: &mut Request) -> Result<(), Error> {
        let refused = |error: &dyn std::fmt::Display| {
            Error::credential(format!("the server's digest challenge: {error}"))
        };
        let mut challenge = self
            .challenge
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let Some(challenge) = &mut *challenge else {
            return Ok(());
        };
        let url = Url::parse(request.url.as_str()).map_err(|error| refused(&error))?;
        let target = &url[url::Position::BeforePath..url::Position::AfterQuery];
        let context = AuthContext::new_with_method(
            self.user.expose(),
            self.password.expose(),
            target,
            request.body.as_bytes().map(|bytes| &bytes[..]),
            HttpMethod::from(request.method.as_str()),
        );
        let answer = challenge
            .respond(&context)
            .map_err(|error| refused(&error))?;
        let mut value =
            HeaderValue::from_str(&answer.to_string()).map_err(|error| refused(&error))?;
        value.set_sensitive(true);
        request.headers.insert(AUTHORIZATION, value);
        Ok(())
    }

    /// Takes the challenge of an answer; whether there is one.
    pub(super) fn challenged(&self, headers: &HeaderMap) -> bool {
        let lines = headers.get_all(WWW_AUTHENTICATE).iter();
        let mut lines = lines.filter_map(|line| line.to_str().ok());
        let found = lines.find_map(|line| {
            let is_digest = line
                .get(..7)
                .is_some_and(|word| word.eq_ignore_ascii_case("digest "));
            is_digest.then(|| digest_auth::parse(line).ok()).flatten()
        });
        let is_there = found.is_some();
        if is_there {
            *self
                .challenge
                .lock()
                .unwrap_or_else(PoisonError::into_inner) = found;
        }
        is_there
    }
}
