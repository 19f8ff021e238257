//! Security schemes and requirements.

use super::Resolver;
use crate::api::{Requirement, SchemeKind, SecurityScheme};
use crate::diagnostic::{Effect, codes};
use openapiv3::{APIKeyLocation, ReferenceOr, SecurityRequirement, SecurityScheme as Declared};

/// HTTP schemes whose credential is made from a challenge or the request (IANA,
/// "HTTP Authentication Schemes", and AWS), in lower case.
const COMPUTED: [&str; 14] = [
    "aws4-hmac-sha256",
    "concealed",
    "digest",
    "dpop",
    "hoba",
    "mutual",
    "mutualtls",
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
                        other if COMPUTED.contains(&other) => None,
                        // A token behind the name of a scheme of the vendor's own.
                        _ => Some(SchemeKind::ApiKeyHeader {
                            name: "Authorization".to_owned(),
                            prefix: [scheme, " "].concat(),
                        }),
                    };
                    (kind, description)
                }
                Declared::OAuth2 { description, .. }
                | Declared::OpenIDConnect { description, .. } => {
                    (Some(SchemeKind::Bearer), description)
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
