//! Security schemes and requirements.

use super::Resolver;
use crate::api::{Flow, FlowKind, OAuth2, Requirement, SchemeKind, SecurityScheme};
use crate::diagnostic::{Effect, codes};
use indexmap::IndexMap;
use openapiv3::{
    APIKeyLocation, OAuth2Flows, ReferenceOr, SecurityRequirement, SecurityScheme as Declared,
};

/// HTTP schemes whose credential is made from a challenge or the request (IANA,
/// "HTTP Authentication Schemes", and AWS), in lower case.
const COMPUTED: [&str; 12] = [
    "aws4-hmac-sha256",
    "concealed",
    "dpop",
    "hoba",
    "mutual",
    "negotiate",
    "ntlm",
    "oauth",
    "privatetoken",
    "scram-sha-1",
    "scram-sha-256",
    "vapid",
];

impl Resolver<'_> {
    pub(super) fn security_schemes(&mut self) -> Vec<SecurityScheme> {
        let Some(components) = &self.document.components else {
            return Vec::new();
        };
        let mut schemes = Vec::new();
        for (name, scheme) in &components.security_schemes {
            let pointer = format!("#/components/securitySchemes/{name}");
            let ReferenceOr::Item(scheme) = scheme else {
                self.report(
                    &codes::SCHEME_KIND,
                    Effect::Dropped,
                    &pointer,
                    format!("security scheme `{name}` is a reference"),
                );
                continue;
            };
            let (kind, description) = match scheme {
                Declared::APIKey {
                    location,
                    name,
                    description,
                    ..
                } => {
                    let name = name.clone();
                    let kind = match location {
                        APIKeyLocation::Query => SchemeKind::ApiKeyQuery { name },
                        APIKeyLocation::Cookie => SchemeKind::ApiKeyCookie { name },
                        APIKeyLocation::Header => SchemeKind::ApiKeyHeader {
                            name,
                            prefix: String::new(),
                        },
                    };
                    (Some(kind), description)
                }
                Declared::HTTP {
                    scheme,
                    description,
                    ..
                } => {
                    let kind = match scheme.to_ascii_lowercase().as_str() {
                        "basic" => Some(SchemeKind::Basic),
                        "bearer" => Some(SchemeKind::Bearer),
                        "digest" => Some(SchemeKind::Digest),
                        "mutualtls" => Some(SchemeKind::MutualTls),
                        other if COMPUTED.contains(&other) => None,
                        // A token behind the name of a scheme of the vendor's own.
                        _ => Some(SchemeKind::ApiKeyHeader {
                            name: "Authorization".to_owned(),
                            prefix: [scheme, " "].concat(),
                        }),
                    };
                    (kind, description)
                }
                Declared::OAuth2 {
                    flows,
                    description,
                    extensions,
                } => {
                    let kind = SchemeKind::OAuth2(OAuth2 {
                        metadata_url: text(extensions, "x-pontoon-oauth2-metadata-url"),
                        ..oauth2(flows)
                    });
                    (Some(kind), description)
                }
                // Without a URL the flow is not known, but the token is.
                Declared::OpenIDConnect {
                    open_id_connect_url: url,
                    description,
                    ..
                } => {
                    let kind = match url.as_str() {
                        "" => SchemeKind::Bearer,
                        url => SchemeKind::OpenIdConnect {
                            url: url.to_owned(),
                        },
                    };
                    (Some(kind), description)
                }
            };
            match kind {
                Some(kind) => schemes.push(SecurityScheme {
                    name: name.clone(),
                    description: description.clone(),
                    kind,
                    env: Vec::new(),
                }),
                None => self.report(
                    &codes::SCHEME_KIND,
                    Effect::Dropped,
                    &pointer,
                    format!("the HTTP scheme of `{name}` needs a credential made for each request"),
                ),
            }
        }
        schemes
    }
}

/// The flows that are declared, and their scopes.
fn oauth2(declared: &OAuth2Flows) -> OAuth2 {
    let mut out = OAuth2::default();
    let mut add = |flow: Flow, scopes: Vec<&String>| {
        for scope in scopes {
            if !out.scopes.contains(scope) {
                out.scopes.push(scope.clone());
            }
        }
        out.flows.push(flow);
    };
    let url = |url: &Option<String>| url.clone().unwrap_or_default();
    if let Some(flow) = &declared.implicit {
        let kind = FlowKind::Implicit;
        let authorization_url = flow.authorization_url.clone();
        add(
            Flow {
                authorization_url,
                ..Flow::new(kind)
            },
            flow.scopes.keys().collect(),
        );
    }
    if let Some(flow) = &declared.password {
        let found = Flow {
            token_url: flow.token_url.clone(),
            refresh_url: url(&flow.refresh_url),
            ..Flow::new(FlowKind::Password)
        };
        add(found, flow.scopes.keys().collect());
    }
    if let Some(flow) = &declared.client_credentials {
        let found = Flow {
            token_url: flow.token_url.clone(),
            refresh_url: url(&flow.refresh_url),
            ..Flow::new(FlowKind::ClientCredentials)
        };
        add(found, flow.scopes.keys().collect());
    }
    if let Some(flow) = &declared.authorization_code {
        let found = Flow {
            authorization_url: flow.authorization_url.clone(),
            token_url: flow.token_url.clone(),
            refresh_url: url(&flow.refresh_url),
            ..Flow::new(FlowKind::AuthorizationCode)
        };
        add(found, flow.scopes.keys().collect());
    }
    if let Some(flow) = declared.extensions.get("x-pontoon-device-authorization") {
        let member = |name: &str| flow[name].as_str().unwrap_or_default().to_owned();
        let found = Flow {
            device_authorization_url: member("deviceAuthorizationUrl"),
            token_url: member("tokenUrl"),
            refresh_url: member("refreshUrl"),
            ..Flow::new(FlowKind::DeviceAuthorization)
        };
        let scopes: Vec<String> = match &flow["scopes"] {
            serde_json::Value::Object(scopes) => scopes.keys().cloned().collect(),
            _ => Vec::new(),
        };
        add(found, scopes.iter().collect());
    }
    out
}

fn text(extensions: &IndexMap<String, serde_json::Value>, name: &str) -> String {
    let value = extensions.get(name).and_then(serde_json::Value::as_str);
    value.unwrap_or_default().to_owned()
}

/// The alternatives of a `security` member.
pub(super) fn requirements(declared: &[SecurityRequirement]) -> Vec<Vec<Requirement>> {
    declared
        .iter()
        .map(|alternative| {
            alternative
                .iter()
                .map(|(scheme, scopes)| Requirement {
                    scheme: scheme.clone(),
                    scopes: scopes.clone(),
                })
                .collect()
        })
        .collect()
}
