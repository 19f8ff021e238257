//! Credentials on a request that is ready otherwise.

use super::choose::{Choice, Credentials, choose, is_set_by_caller};
use super::prepare::{Prepared, token_of};
use super::provider::{TokenContext, TokenProvider};
use crate::client::Core;
use crate::operation::Operation;
use crate::transport::Request;
use crate::{CoreClient, Error, Secret, server};
use http::header::COOKIE;
use http::{HeaderMap, HeaderValue};
use std::sync::Arc;

/// A token that was put on a request, and what it came from.
pub(crate) enum Renewable {
    Token(Arc<dyn TokenProvider>, Secret),
    #[cfg(feature = "digest")]
    Digest(Arc<super::digest::Digest>),
}

impl Renewable {
    /// Hears that the server has refused it; whether there may be another.
    pub(crate) fn refused(&self, answer: &HeaderMap) -> bool {
        // Challenges matter to digest alone.
        let _ = answer;
        match self {
            Self::Token(provider, token) => provider.refused(token),
            #[cfg(feature = "digest")]
            Self::Digest(digest) => digest.challenged(answer),
        }
    }
}

/// The credentials that were chosen for a request.
pub(crate) struct Chosen<'a> {
    from: Credentials<'a>,
    choice: Choice<'a>,
}

impl<'a> Chosen<'a> {
    /// Chooses for a request that lacks nothing else.
    ///
    /// # Errors
    /// There is no credential that would do, or it would go over plain HTTP.
    pub(crate) fn of(
        core: &Core,
        operation: &'static Operation,
        from: Credentials<'a>,
        request: &Request,
    ) -> Result<Self, Error> {
        let choice = choose(core.api, operation, &from, request)?;
        let chosen = Self { from, choice };
        let is_sent = |one: (u16, &Prepared)| !matches!(one.1, Prepared::Connection);
        if chosen.credentials().any(is_sent) {
            server::refuse_plain_http(request.url.as_str(), core.plain_http)?;
        }
        Ok(chosen)
    }

    fn credentials(&self) -> impl Iterator<Item = (u16, &'a Prepared)> {
        self.choice.of(self.from)
    }

    /// Whether all are at hand, so that [`Self::put_at_hand`] is enough.
    pub(crate) fn are_at_hand(&self) -> bool {
        !self.credentials().any(|one| one.1.is_made())
    }

    /// Puts those on a request that are at hand.
    pub(crate) fn put_at_hand(&self, request: &mut Request) -> Result<(), Error> {
        for (_, prepared) in self.credentials() {
            if !(self.from.redirected && matches!(prepared, Prepared::Query(_))) {
                put(prepared, request)?;
            }
        }
        Ok(())
    }

    /// Makes those that are made for each request (tokens, digests), and puts them on it.
    pub(crate) async fn make(
        self,
        core: &Arc<Core>,
        operation: &'static Operation,
        request: &mut Request,
    ) -> Result<Vec<Renewable>, Error> {
        let mut renewable = Vec::new();
        for (index, prepared) in self.credentials() {
            if !prepared.is_made() || is_set_by_caller(core.api, index, request) {
                continue;
            }
            #[cfg(feature = "digest")]
            if let Prepared::Digest(digest) = prepared {
                digest.put(request)?;
                renewable.push(Renewable::Digest(Arc::clone(digest)));
            }
            if let Prepared::Provided(scheme, provider) = prepared {
                let context = TokenContext {
                    client: CoreClient(Arc::clone(core)),
                    scheme,
                    operation: Some((index, operation)),
                };
                let token = provider.token(context).await?;
                put(&token_of(scheme, &token)?, request)?;
                renewable.push(Renewable::Token(Arc::clone(provider), token));
            }
        }
        Ok(renewable)
    }
}

fn put(prepared: &Prepared, request: &mut Request) -> Result<(), Error> {
    match prepared {
        Prepared::Header(name, value) => {
            if !request.headers.contains_key(name) {
                request.headers.insert(name.clone(), value.clone());
            }
        }
        Prepared::Query(pair) => request.url.push_query(pair.expose(), true),
        Prepared::Cookie(pair) => {
            let mut bytes = Vec::new();
            if let Some(cookies) = request.headers.get(COOKIE) {
                bytes.extend_from_slice(cookies.as_bytes());
                bytes.extend_from_slice(b"; ");
            }
            bytes.extend_from_slice(pair.expose().as_bytes());
            let mut value = HeaderValue::from_bytes(&bytes)
                .map_err(|_| Error::request("a cookie cannot be written"))?;
            value.set_sensitive(true);
            request.headers.insert(COOKIE, value);
        }
        // Made by `Chosen::make`.
        Prepared::Provided(..) => {}
        #[cfg(feature = "digest")]
        Prepared::Digest(_) => {}
        Prepared::Connection => {}
    }
    Ok(())
}
