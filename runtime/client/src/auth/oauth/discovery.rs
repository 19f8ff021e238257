//! Endpoints that the server publishes (OpenID Connect Discovery 1.0, RFC 8414).

use super::config::Config;
use super::endpoint;
use crate::json::Json;
use crate::{CoreClient, Error};

/// What is used of the document.
#[derive(Debug, Clone, Default)]
pub(super) struct Metadata {
    pub(super) issuer: String,
    pub(super) authorization: Option<String>,
    pub(super) token: Option<String>,
    pub(super) device: Option<String>,
    pub(super) revocation: Option<String>,
    /// Whether the token endpoint says that it takes secrets in the body alone.
    pub(super) body_only: bool,
}

/// The document's URL for an issuer.
pub(super) fn document_url(url: &str) -> String {
    match url.contains("/.well-known/") {
        true => url.to_owned(),
        false => format!(
            "{}/.well-known/openid-configuration",
            url.trim_end_matches('/')
        ),
    }
}

pub(super) async fn fetch(
    client: &CoreClient,
    config: &Config,
    url: &str,
) -> Result<Metadata, Error> {
    let url = document_url(url);
    let json = endpoint::get(client, config, &url).await?;
    read(&json).ok_or_else(|| {
        Error::credential(format!(
            "{url} does not describe an authorization server: it has no `issuer`, or no endpoint"
        ))
    })
}

fn read(json: &Json) -> Option<Metadata> {
    let text = |name: &str| json[name].as_str().map(str::to_owned);
    let methods = json["token_endpoint_auth_methods_supported"].as_array();
    let takes = |method: &str| {
        methods.is_some_and(|all| all.iter().any(|one| one.as_str() == Some(method)))
    };
    let found = Metadata {
        issuer: text("issuer")?,
        authorization: text("authorization_endpoint"),
        token: text("token_endpoint"),
        device: text("device_authorization_endpoint"),
        revocation: text("revocation_endpoint"),
        body_only: takes("client_secret_post") && !takes("client_secret_basic"),
    };
    (found.token.is_some() || found.authorization.is_some()).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_the_document_is() {
        for (given, expected) in [
            (
                "https://h.example",
                "https://h.example/.well-known/openid-configuration",
            ),
            (
                "https://h.example/a/",
                "https://h.example/a/.well-known/openid-configuration",
            ),
            (
                "https://h.example/.well-known/oauth-authorization-server/a",
                "https://h.example/.well-known/oauth-authorization-server/a",
            ),
        ] {
            assert_eq!(document_url(given), expected);
        }
    }

    #[test]
    fn what_is_read() {
        let json = Json::parse(
            br#"{"issuer":"https://h.example","token_endpoint":"https://h.example/t",
                "token_endpoint_auth_methods_supported":["client_secret_post"]}"#,
        );
        let found = read(&json.expect("JSON")).expect("metadata");
        assert_eq!(found.token.as_deref(), Some("https://h.example/t"));
        assert!(found.body_only && found.device.is_none());
        for text in [r#"{"issuer":"x"}"#, r#"{"token_endpoint":"x"}"#, "[1]"] {
            assert!(read(&Json::parse(text.as_bytes()).expect("JSON")).is_none());
        }
    }
}
