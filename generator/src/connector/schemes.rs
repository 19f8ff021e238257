//! Security schemes in the manifest.

use super::put;
use crate::api::{FlowKind, OAuth2, SchemeKind};
use serde_json::{Value, json};

/// How a credential is sent, where a connector can.
pub(super) fn credential(kind: &SchemeKind) -> Option<Value> {
    Some(match kind {
        SchemeKind::ApiKeyHeader { name, prefix } if prefix.is_empty() => {
            json!({"kind": "api-key-header", "header": name})
        }
        SchemeKind::ApiKeyHeader { name, prefix } => {
            json!({"kind": "api-key-header", "header": name, "prefix": prefix})
        }
        SchemeKind::ApiKeyQuery { name } => json!({"kind": "api-key-query", "parameter": name}),
        SchemeKind::ApiKeyCookie { name } => json!({"kind": "api-key-cookie", "cookie": name}),
        SchemeKind::Basic => json!({"kind": "basic"}),
        SchemeKind::Bearer => json!({"kind": "bearer"}),
        SchemeKind::OAuth2(found) => oauth(found),
        SchemeKind::OpenIdConnect { url } => json!({"kind": "open-id-connect", "url": url}),
        SchemeKind::MutualTls | SchemeKind::Digest => return None,
    })
}

/// The flows that end at a token without a browser, and those that begin in one and are
/// gone on with by a refresh token.
fn oauth(found: &OAuth2) -> Value {
    let flows = found.flows.iter().filter_map(|flow| {
        let kind = match flow.kind {
            FlowKind::ClientCredentials => "client-credentials",
            FlowKind::AuthorizationCode => "authorization-code",
            FlowKind::DeviceAuthorization => "device-authorization",
            FlowKind::Password => "password",
            FlowKind::Implicit => return None,
        };
        let mut one = json!({"kind": kind, "token_url": flow.token_url});
        if !flow.refresh_url.is_empty() && flow.refresh_url != flow.token_url {
            one["refresh_url"] = json!(flow.refresh_url);
        }
        Some(one)
    });
    let mut scheme = json!({"kind": "oauth2"});
    put(&mut scheme, "flows", flows.collect());
    put(&mut scheme, "scopes", json!(found.scopes));
    if !found.metadata_url.is_empty() {
        scheme["metadata_url"] = json!(found.metadata_url);
    }
    scheme
}
