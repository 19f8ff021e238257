//! Credentials on a request that is ready otherwise.

use super::choose::{Credentials, choose, is_set_by_caller};
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

/// Puts the credentials of the operation on a request that lacks nothing else.
pub(crate) async fn apply(
    core: &Arc<Core>,
    operation: &'static Operation,
    credentials: Credentials<'_>,
    request: &mut Request,
) -> Result<Vec<Renewable>, Error> {
    let chosen = choose(core.api, operation, &credentials, request)?;
    let is_sent = |one: &(u16, &Prepared)| !matches!(one.1, Prepared::Connection);
    if chosen.iter().any(is_sent) {
        server::refuse_plain_http(request.url.as_str(), core.plain_http)?;
    }
    let mut renewable = Vec::new();
    for (index, prepared) in chosen {
        #[cfg(feature = "digest")]
        if let Prepared::Digest(digest) = prepared {
            if !is_set_by_caller(core.api, index, request) {
                digest.put(request)?;
                renewable.push(Renewable::Digest(Arc::clone(digest)));
            }
            continue;
        }
        let Prepared::Provided(scheme, provider) = prepared else {
            if !(credentials.redirected && matches!(prepared, Prepared::Query(_))) {
                put(prepared, request)?;
            }
            continue;
        };
        if is_set_by_caller(core.api, index, request) {
            continue;
        }
        let context = TokenContext {
            client: CoreClient(Arc::clone(core)),
            scheme,
            operation: Some((index, operation)),
        };
        let token = provider.token(context).await?;
        put(&token_of(scheme, &token)?, request)?;
        renewable.push(Renewable::Token(Arc::clone(provider), token));
    }
    Ok(renewable)
}

fn put(prepared: &Prepared, request: &mut Request) -> Result<(), Error> {
    match prepared {
        Prepared::Header(name, value) => {
            request.headers.entry(name).or_insert_with(|| value.clone());
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
        // Asked for by the caller of this function.
        Prepared::Provided(..) => {}
        #[cfg(feature = "digest")]
        Prepared::Digest(_) => {}
        Prepared::Connection => {}
    }
    Ok(())
}
