//! The runtime's tables, made from a manifest.
//!
//! Operations are `&'static` everywhere in the runtime, because generated code holds
//! them as statics. Those of a manifest are made once per connector and never freed:
//! a program opens few of them, and keeps them while it runs.

use crate::manifest::{self, Manifest};
use pontoon_runtime::operation::{
    Accepted, Api, Body, Codec, Flow, FlowKind, OAuth2, Operation, Origin, Paging, Parameter,
    Place, Requirement, Scheme, SchemeKind, Server,
};
use std::collections::HashMap;

/// The tables of one manifest.
pub(super) struct Tables {
    pub(super) api: &'static Api,
    pub(super) operations: HashMap<String, &'static Operation>,
}

impl Tables {
    pub(super) fn new(manifest: &Manifest) -> Self {
        let headers = manifest.headers.iter();
        let api = Api {
            user_agent: text(&format!("pontoon-connector/{}", env!("CARGO_PKG_VERSION"))),
            servers: servers(&manifest.servers),
            schemes: slice(manifest.schemes.iter().map(scheme)),
            headers: slice(headers.map(|(name, value)| (text(name), text(value)))),
        };
        let operations = manifest.operations.iter();
        Self {
            api: kept(api),
            operations: operations
                .map(|(id, found)| (id.clone(), kept(operation(id, found))))
                .collect(),
        }
    }
}

fn operation(id: &str, found: &manifest::Operation) -> Operation {
    let alternatives = found.security.iter().map(|all| {
        slice(all.iter().map(|index| Requirement {
            scheme: u16::try_from(*index).unwrap_or(u16::MAX),
            scopes: &[],
        }))
    });
    Operation {
        id: text(id),
        method: text(&found.method),
        path: text(&found.path),
        servers: servers(&found.servers),
        parameters: slice(found.parameters.iter().map(parameter)),
        body: found
            .body
            .as_deref()
            .map(|media_type| Body::new(text(media_type), Codec::Json, false)),
        responses: slice([Accepted::new(
            pontoon_runtime::operation::Statuses::Class(2),
            text(&found.answer),
            Codec::Json,
            0,
        )]),
        security: slice(alternatives),
        paging: found.paging.as_ref().map(paging),
        ..Operation::BLANK
    }
}

fn parameter(found: &manifest::Parameter) -> Parameter {
    let name = text(&found.name);
    let parameter = match found.location {
        manifest::Location::Path => return Parameter::path(name),
        manifest::Location::Query => Parameter::query(name),
        manifest::Location::Header => Parameter::header(name),
    };
    match found.required {
        true => parameter.required(),
        false => parameter,
    }
}

fn paging(found: &manifest::Paging) -> &'static Paging {
    let mut paging = match &found.rule {
        manifest::Rule::None => Paging::whole(),
        manifest::Rule::LinkHeader => Paging::link_header(),
        manifest::Rule::NextUrl { from } => Paging::next_url(origin(from)),
        manifest::Rule::Token { to, from } | manifest::Rule::NextPage { to, from } => {
            Paging::token(place(to), origin(from))
        }
        manifest::Rule::LastId { to, key } => Paging::last_id(place(to), text(key)),
        manifest::Rule::Offset { to, first } => Paging::offset(place(to), *first),
        manifest::Rule::Page { to, first } => Paging::page(place(to), *first),
    };
    if found.sparse {
        paging = paging.sparse();
    }
    paging = paging.records(text(&found.records));
    if let Some(pointer) = &found.more {
        paging = paging.more(text(pointer));
    }
    if let Some(pointer) = &found.total {
        paging = paging.total(text(pointer));
    }
    if let Some(pointer) = &found.pages {
        paging = paging.pages(text(pointer));
    }
    kept(paging)
}

fn place(found: &manifest::Place) -> Place {
    match found {
        manifest::Place::Query(name) => Place::Query(text(name)),
        manifest::Place::Header(name) => Place::Header(text(name)),
        manifest::Place::Body(pointer) => Place::Body(text(pointer)),
    }
}

fn origin(found: &manifest::Origin) -> Origin {
    match found {
        manifest::Origin::Header(name) => Origin::Header(text(name)),
        manifest::Origin::Body(pointer) => Origin::Body(text(pointer)),
    }
}

fn scheme(found: &manifest::Scheme) -> Scheme {
    Scheme {
        name: text(&found.name),
        kind: match &found.kind {
            manifest::SchemeKind::ApiKeyHeader { header, prefix } => SchemeKind::ApiKeyHeader {
                name: text(header),
                prefix: text(prefix),
            },
            manifest::SchemeKind::ApiKeyQuery { parameter } => SchemeKind::ApiKeyQuery {
                name: text(parameter),
            },
            manifest::SchemeKind::ApiKeyCookie { cookie } => {
                SchemeKind::ApiKeyCookie { name: text(cookie) }
            }
            manifest::SchemeKind::Basic => SchemeKind::Basic,
            manifest::SchemeKind::Bearer => SchemeKind::Bearer,
            manifest::SchemeKind::OAuth2 {
                flows,
                scopes,
                metadata_url,
            } => SchemeKind::OAuth2(kept(OAuth2 {
                flows: slice(flows.iter().map(flow)),
                scopes: slice(scopes.iter().map(|scope| text(scope))),
                metadata_url: text(metadata_url),
            })),
            manifest::SchemeKind::OpenIdConnect { url } => {
                SchemeKind::OpenIdConnect { url: text(url) }
            }
        },
        env: slice(found.env.iter().map(|name| text(name))),
    }
}

fn flow(found: &manifest::OAuthFlow) -> Flow {
    Flow {
        kind: match found.kind {
            manifest::OAuthFlowKind::ClientCredentials => FlowKind::ClientCredentials,
            manifest::OAuthFlowKind::AuthorizationCode => FlowKind::AuthorizationCode,
            manifest::OAuthFlowKind::DeviceAuthorization => FlowKind::DeviceAuthorization,
            manifest::OAuthFlowKind::Password => FlowKind::Password,
        },
        token_url: text(&found.token_url),
        refresh_url: text(&found.refresh_url),
        ..Flow::BLANK
    }
}

fn servers(found: &[manifest::Server]) -> &'static [Server] {
    slice(found.iter().map(|server| Server {
        url: text(&server.url),
        variables: slice(server.variables.iter().map(|(name, default, allowed)| {
            let allowed = slice(allowed.iter().map(|value| text(value)));
            (text(name), text(default), allowed)
        })),
    }))
}

fn kept<T>(value: T) -> &'static T {
    Box::leak(Box::new(value))
}

fn text(value: &str) -> &'static str {
    Box::leak(value.to_owned().into_boxed_str())
}

fn slice<T>(items: impl IntoIterator<Item = T>) -> &'static [T] {
    Box::leak(items.into_iter().collect::<Vec<_>>().into_boxed_slice())
}
