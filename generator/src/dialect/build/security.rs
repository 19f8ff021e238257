//! Security schemes and requirements.

use indexmap::IndexMap;
use openapiv3 as oa;

use super::read::{self, Reader};
use crate::diagnostic::codes;
use crate::dialect::context::dropped;
use crate::dialect::trail::Trail;
use crate::source::{Node, Value};

/// The alternatives under `security`; none if there is no such member.
pub(super) fn requirements(
    r: &mut Reader<'_, '_>,
    owner: &Node,
    at: &Trail<'_>,
) -> Option<Vec<oa::SecurityRequirement>> {
    owner.get("security").filter(|node| !node.is_null())?;
    let at = at.key("security");
    let mut out = Vec::new();
    for (index, node) in r.items(owner, "security", &at).iter().enumerate() {
        let at = at.index(index);
        let Value::Object(members) = &node.value else {
            r.cx.wrong_kind(&at, node, "a security requirement");
            continue;
        };
        let schemes = members.iter().filter(|(name, _)| !name.starts_with("x-"));
        let requirement = schemes.map(|(name, scopes)| {
            let scopes = scopes.as_array().into_iter().flatten();
            (name.clone(), scopes.filter_map(read::scalar_text).collect())
        });
        out.push(requirement.collect());
    }
    Some(out)
}

/// One security scheme; none if it cannot be used.
pub(super) fn scheme(
    r: &mut Reader<'_, '_>,
    node: &Node,
    at: &Trail<'_>,
) -> Option<oa::SecurityScheme> {
    let description = r.prose(node, "description");
    let extensions = read::extensions(node);
    let found = match node.get_str("type").unwrap_or_default() {
        "apiKey" => {
            let location = match node.get_str("in").unwrap_or_default() {
                "query" => oa::APIKeyLocation::Query,
                "header" => oa::APIKeyLocation::Header,
                "cookie" => oa::APIKeyLocation::Cookie,
                _ => return unusable(r, node, at, "`in` must be query, header or cookie"),
            };
            node.get("name")
                .and_then(read::scalar_text)
                .map(|name| oa::SecurityScheme::APIKey {
                    location,
                    name,
                    description,
                    extensions,
                })
        }
        "http" => r
            .string(node, "scheme", at)
            .map(|scheme| oa::SecurityScheme::HTTP {
                scheme: scheme.to_owned(),
                bearer_format: r.prose(node, "bearerFormat"),
                description,
                extensions,
            }),
        "oauth2" => Some(oa::SecurityScheme::OAuth2 {
            flows: flows(r, node, at),
            description,
            extensions: metadata(r, node, extensions),
        }),
        // 3.0 has no such type; the resolver knows this name.
        "mutualTLS" => Some(oa::SecurityScheme::HTTP {
            scheme: "mutualTLS".to_owned(),
            bearer_format: None,
            description,
            extensions,
        }),
        "openIdConnect" => Some(oa::SecurityScheme::OpenIDConnect {
            open_id_connect_url: r.prose(node, "openIdConnectUrl").unwrap_or_default(),
            description,
            extensions,
        }),
        other => {
            let message = format!("the type `{other}` is not supported");
            return unusable(r, node, at, &message);
        }
    };
    found.or_else(|| unusable(r, node, at, "a required member is missing"))
}

fn unusable<T>(r: &mut Reader<'_, '_>, node: &Node, at: &Trail<'_>, why: &str) -> Option<T> {
    let message = format!("the security scheme is ignored: {why}");
    let finding = dropped(&codes::BAD_SECURITY, message)
        .help("credentials can still be sent as a header by hand");
    r.cx.report(at, node.place, finding);
    None
}

/// The extensions of a scheme with 3.2's `oauth2MetadataUrl`.
fn metadata(
    r: &mut Reader<'_, '_>,
    node: &Node,
    mut extensions: IndexMap<String, serde_json::Value>,
) -> IndexMap<String, serde_json::Value> {
    if let Some(url) = r.prose(node, "oauth2MetadataUrl") {
        extensions.insert("x-pontoon-oauth2-metadata-url".to_owned(), url.into());
    }
    extensions
}

fn flows(r: &mut Reader<'_, '_>, scheme: &Node, at: &Trail<'_>) -> oa::OAuth2Flows {
    let at = at.key("flows");
    let Some(node) = scheme.get("flows") else {
        return oa::OAuth2Flows::default();
    };
    let url =
        |r: &mut Reader<'_, '_>, flow: &Node, key: &str| r.prose(flow, key).unwrap_or_default();
    oa::OAuth2Flows {
        implicit: node.get("implicit").map(|flow| oa::ImplicitOAuth2Flow {
            authorization_url: url(r, flow, "authorizationUrl"),
            refresh_url: r.prose(flow, "refreshUrl"),
            scopes: scopes(r, flow, &at),
            extensions: read::extensions(flow),
        }),
        password: node.get("password").map(|flow| oa::PasswordOAuth2Flow {
            refresh_url: r.prose(flow, "refreshUrl"),
            token_url: url(r, flow, "tokenUrl"),
            scopes: scopes(r, flow, &at),
            extensions: read::extensions(flow),
        }),
        client_credentials: node.get("clientCredentials").map(|flow| {
            oa::ClientCredentialsOAuth2Flow {
                refresh_url: r.prose(flow, "refreshUrl"),
                token_url: url(r, flow, "tokenUrl"),
                scopes: scopes(r, flow, &at),
                extensions: read::extensions(flow),
            }
        }),
        authorization_code: node.get("authorizationCode").map(|flow| {
            oa::AuthorizationCodeOAuth2Flow {
                authorization_url: url(r, flow, "authorizationUrl"),
                token_url: url(r, flow, "tokenUrl"),
                refresh_url: r.prose(flow, "refreshUrl"),
                scopes: scopes(r, flow, &at),
                extensions: read::extensions(flow),
            }
        }),
        extensions: device(node),
    }
}

/// The extensions of the flows; among them 3.2's device authorization (RFC
/// 8628), which 3.0 has no member for.
fn device(flows: &Node) -> IndexMap<String, serde_json::Value> {
    let mut extensions = read::extensions(flows);
    if let Some(flow) = flows.get("deviceAuthorization") {
        extensions.insert("x-pontoon-device-authorization".to_owned(), flow.to_json());
    }
    extensions
}

/// Scopes and what they allow; an array of names is accepted.
fn scopes(r: &mut Reader<'_, '_>, flow: &Node, at: &Trail<'_>) -> IndexMap<String, String> {
    if let Some(names) = flow.get("scopes").and_then(Node::as_array) {
        let names = names.iter().filter_map(read::scalar_text);
        return names.map(|name| (name, String::new())).collect();
    }
    r.members(flow, "scopes", &at.key("scopes"))
        .map(|(name, text)| (name.clone(), read::scalar_text(text).unwrap_or_default()))
        .collect()
}
