//! Which of an operation's security alternatives a request uses.

use super::Prepared;
use crate::Error;
use crate::operation::{Api, Operation, Requirement, SchemeKind};
use crate::transport::Request;

/// The credentials at hand: the client's, and one given for this call.
#[derive(Clone, Copy)]
pub(crate) struct Credentials<'a> {
    /// By scheme.
    pub(crate) client: &'a [Option<Prepared>],
    /// Goes before the client's.
    pub(crate) call: Option<&'a (u16, Prepared)>,
    /// Whether the URL is one that the server gave.
    pub(crate) redirected: bool,
    /// Whether a signature comes after them, which may be all that is needed.
    pub(crate) signed: bool,
    /// Whether nothing is known of what the request needs.
    pub(crate) any: bool,
}

impl<'a> Credentials<'a> {
    pub(super) fn get(&self, scheme: u16) -> Option<&'a Prepared> {
        match self.call {
            Some((own, prepared)) if *own == scheme => Some(prepared),
            _ => self.client.get(usize::from(scheme))?.as_ref(),
        }
    }
}

/// Which credentials a request carries.
#[derive(Clone, Copy)]
pub(super) enum Choice<'a> {
    /// Those at hand for an alternative of the operation's.
    Alternative(&'static [Requirement]),
    /// One, with the index of its scheme.
    One(u16, &'a Prepared),
}

impl<'a> Choice<'a> {
    /// The credentials with the indices of their schemes.
    pub(super) fn of(self, from: Credentials<'a>) -> impl Iterator<Item = (u16, &'a Prepared)> {
        let count = match self {
            Self::Alternative(needed) => needed.len(),
            Self::One(..) => 1,
        };
        (0..count).filter_map(move |index| match self {
            Self::Alternative(needed) => {
                let scheme = needed.get(index)?.scheme;
                Some((scheme, from.get(scheme)?))
            }
            Self::One(scheme, prepared) => Some((scheme, prepared)),
        })
    }
}

/// The first alternative that is at hand.
///
/// A credential given for the call is always used. Anonymous calls, where the
/// API allows them, come last: a caller who has configured a credential means
/// to use it. A header that the caller has set in person stands for the scheme
/// that would set it.
pub(super) fn choose<'a>(
    api: &'static Api,
    operation: &'static Operation,
    credentials: &Credentials<'a>,
    request: &Request,
) -> Result<Choice<'a>, Error> {
    const NONE: Choice<'_> = Choice::Alternative(&[]);
    if credentials.any && credentials.call.is_none() {
        let all = credentials.client.iter().enumerate();
        let mut all = all.filter_map(|(index, one)| Some((index, one.as_ref()?)));
        let one = all.find_map(|(index, one)| Some(Choice::One(index.try_into().ok()?, one)));
        return Ok(one.unwrap_or(NONE));
    }
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
        (Some(alternative), _) => Ok(Choice::Alternative(alternative)),
        (None, Some((own, prepared))) => Ok(Choice::One(*own, prepared)),
        (None, None) if credentials.signed || allows_anonymous(operation) => Ok(NONE),
        (None, None) => Err(missing(api, operation)),
    }
}

fn allows_anonymous(operation: &Operation) -> bool {
    operation.security.is_empty() || operation.security.iter().any(|list| list.is_empty())
}

pub(super) fn is_set_by_caller(api: &Api, scheme: u16, request: &Request) -> bool {
    match api.schemes.get(usize::from(scheme)).map(|s| s.kind) {
        Some(SchemeKind::ApiKeyHeader { name, .. }) => request.headers.contains_key(name),
        Some(
            SchemeKind::Basic
            | SchemeKind::Bearer
            | SchemeKind::Digest
            | SchemeKind::OAuth2(_)
            | SchemeKind::OpenIdConnect { .. },
        ) => request.headers.contains_key(http::header::AUTHORIZATION),
        _ => false,
    }
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
            .map(|one| match scheme(one) {
                Some(scheme) if scheme.kind == SchemeKind::MutualTls => {
                    format!("`{}` (ClientBuilder::client_certificate)", scheme.name)
                }
                scheme => format!("`{}`", scheme.map_or("?", |s| s.name)),
            })
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
