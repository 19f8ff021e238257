//! Which of an operation's security alternatives a request uses.

use super::Prepared;
use crate::Error;
use crate::operation::{Api, Operation, Requirement, SchemeKind};
use crate::transport::Request;
use http::HeaderValue;
use http::header::COOKIE;

/// The credentials at hand: the client's, and one given for this call.
pub(crate) struct Credentials<'a> {
    /// By scheme.
    pub(crate) client: &'a [Option<Prepared>],
    /// Goes before the client's.
    pub(crate) call: Option<&'a (u16, Prepared)>,
}

impl Credentials<'_> {
    fn get(&self, scheme: u16) -> Option<&Prepared> {
        match self.call {
            Some((own, prepared)) if *own == scheme => Some(prepared),
            _ => self.client.get(usize::from(scheme))?.as_ref(),
        }
    }
}

/// Puts the credentials of the first alternative that is at hand on the request.
///
/// A credential given for the call is always used. Anonymous calls, where the
/// API allows them, come last: a caller who has configured a credential means
/// to use it. A header that the caller has set in person stands for the scheme
/// that would set it.
pub(crate) fn apply(
    api: &'static Api,
    operation: &'static Operation,
    credentials: &Credentials<'_>,
    request: &mut Request,
) -> Result<(), Error> {
    let complete = |alternative: &&&[Requirement]| {
        alternative.iter().all(|requirement| {
            credentials.get(requirement.scheme).is_some()
                || is_set_by_caller(api, requirement.scheme, request)
        })
    };
    let mut alternatives = operation.security.iter().filter(|list| !list.is_empty());
    let chosen = match credentials.call {
        Some((own, _)) => {
            let uses = |list: &&&[Requirement]| list.iter().any(|one| one.scheme == *own);
            alternatives.filter(uses).find(complete)
        }
        None => alternatives.find(complete),
    };
    match (chosen, credentials.call) {
        (Some(alternative), _) => {
            for requirement in *alternative {
                if let Some(prepared) = credentials.get(requirement.scheme) {
                    put(prepared, request)?;
                }
            }
            Ok(())
        }
        (None, Some((_, prepared))) => put(prepared, request),
        (None, None) if allows_anonymous(operation) => Ok(()),
        (None, None) => Err(missing(api, operation)),
    }
}

fn allows_anonymous(operation: &Operation) -> bool {
    operation.security.is_empty() || operation.security.iter().any(|list| list.is_empty())
}

fn is_set_by_caller(api: &Api, scheme: u16, request: &Request) -> bool {
    match api.schemes.get(usize::from(scheme)).map(|s| s.kind) {
        Some(SchemeKind::ApiKeyHeader { name, .. }) => request.headers.contains_key(name),
        Some(SchemeKind::Basic | SchemeKind::Bearer) => {
            request.headers.contains_key(http::header::AUTHORIZATION)
        }
        _ => false,
    }
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
    }
    Ok(())
}

/// Says which credentials would do and how to give them.
fn missing(api: &Api, operation: &Operation) -> Error {
    let scheme = |requirement: &Requirement| api.schemes.get(usize::from(requirement.scheme));
    let mut text = String::from("no credential for ");
    let mut variables = String::new();
    for (index, alternative) in operation.security.iter().enumerate() {
        if index > 0 {
            text.push_str(", or ");
        }
        let names: Vec<_> = alternative
            .iter()
            .map(|one| format!("`{}`", scheme(one).map_or("?", |s| s.name)))
            .collect();
        text.push_str(&names.join(" and "));
        let env: Vec<_> = alternative
            .iter()
            .filter_map(scheme)
            .flat_map(|s| s.env)
            .copied()
            .collect();
        if !env.is_empty() {
            if !variables.is_empty() {
                variables.push_str(", or ");
            }
            variables.push_str(&env.join(" and "));
        }
    }
    text.push_str(": give it to ClientBuilder::credential");
    if !variables.is_empty() {
        text.push_str(", or set ");
        text.push_str(&variables);
        text.push_str(" and use credentials_from_env");
    }
    Error::request(text)
}
