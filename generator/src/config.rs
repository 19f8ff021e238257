//! `client.toml`: what the user decides about one client.

mod events;
mod formats;
mod lists;
mod signature;

pub use events::EventConfig;
pub use formats::FormatConfig;
pub use lists::{IdempotencyConfig, ListConfig, Lists, Pattern};
pub use signature::SignatureConfig;

use crate::api::{Api, Codec, Flow, FlowKind, OAuth2, Requirement, SchemeKind, SecurityScheme};
use crate::diagnostic::toml_error;
use crate::resolve;
use crate::rust::Options;
use serde::Deserialize;
use std::collections::BTreeMap;

/// The content of `client.toml`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Config {
    /// Package name; by default `pontoon-` and the API's title.
    pub name: Option<String>,
    /// Package version.
    pub version: Option<String>,
    /// SPDX licence expression of the generated crate.
    pub license: Option<String>,
    /// Folder of `pontoon-runtime`, for a path dependency.
    pub runtime_path: Option<String>,
    /// Operations to keep, as globs.
    pub include: Vec<String>,
    /// Operations to leave out, as globs.
    pub exclude: Vec<String>,
    /// Whether an overlay target that matches nothing is only a warning.
    pub overlay_lenient: bool,
    /// Headers on every request.
    pub headers: BTreeMap<String, String>,
    /// Security schemes: settings of the spec's own, or more.
    pub auth: BTreeMap<String, Auth>,
    /// The data of the event that ends every stream of events, such as
    /// `[DONE]`, where the spec has no `x-pontoon-stream-end` of its own.
    pub stream_end: Option<String>,
    /// The operation that the README shows: `GET /path`.
    pub example: Option<String>,
    /// The most types that may extend a base for values of it to be read as any
    /// of them.
    pub largest_family: Option<usize>,
    /// Whether the crate holds the constraints of requests, to check them by.
    pub checks: bool,
    /// Whether the crate has a mock of its API, for tests of its users.
    pub mock: bool,
    /// The types of formats: `date-time = "chrono"`.
    pub formats: FormatConfig,
    /// How webhooks are told apart, where the spec does not say, and how they are
    /// signed.
    pub webhooks: EventConfig,
    /// How the pages of lists follow each other: `"GET /v1/**" = { kind = "last-id", .. }`.
    pub paging: Lists,
    /// Which calls may be repeated.
    pub idempotency: IdempotencyConfig,
}

/// A security scheme in `client.toml`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Auth {
    /// The kind, for a scheme that the spec does not declare.
    #[serde(rename = "type")]
    pub kind: Option<AuthKind>,
    /// The header, query parameter or cookie of an API key.
    pub parameter: Option<String>,
    /// What stands before an API key in a header.
    pub prefix: String,
    /// Environment variables: one, or user name and password.
    pub env: Vec<String>,
    /// Where a person is sent to agree, for OAuth 2.
    pub authorization_url: String,
    /// Where a device asks for its code, for OAuth 2.
    pub device_authorization_url: String,
    /// Where tokens are had, for OAuth 2.
    pub token_url: String,
    /// Where tokens are renewed, if not there.
    pub refresh_url: String,
    /// Where an OpenID Connect provider, or an OAuth 2 server, publishes its
    /// endpoints.
    pub discovery_url: String,
    /// The scopes of OAuth 2.
    pub scopes: Vec<String>,
    /// Whether a call without it is refused, for a scheme that the spec does
    /// not declare.
    pub required: bool,
}

/// Kinds of security schemes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AuthKind {
    /// `Authorization: Bearer`.
    Bearer,
    /// `Authorization: Basic`.
    Basic,
    /// An API key in a header.
    ApiKeyHeader,
    /// An API key in the query.
    ApiKeyQuery,
    /// An API key in a cookie.
    ApiKeyCookie,
    /// OAuth 2.
    #[serde(rename = "oauth2")]
    OAuth2,
    /// OpenID Connect.
    #[serde(rename = "openid-connect")]
    OpenIdConnect,
    /// A certificate of the client.
    MutualTls,
    /// `Authorization: Digest`.
    Digest,
}

impl Config {
    /// Reads a configuration.
    ///
    /// # Errors
    /// The text is not TOML or has an unknown key; the message has line and
    /// column.
    pub fn parse(text: &str) -> Result<Self, String> {
        toml::from_str(text).map_err(|error| toml_error(text, &error))
    }

    /// Adds to the API what the spec leaves out.
    pub fn apply(&self, api: &mut Api) {
        self.end_streams(api);
        self.webhooks.apply(api);
        for (name, auth) in &self.auth {
            match api
                .security_schemes
                .iter_mut()
                .find(|scheme| scheme.name == *name)
            {
                Some(scheme) => {
                    if !auth.env.is_empty() {
                        scheme.env.clone_from(&auth.env);
                    }
                    if let Some(kind) = auth.scheme_kind() {
                        scheme.kind = kind;
                    }
                }
                None => self.declare(api, name, auth),
            }
        }
    }

    /// Adds what the spec does not prove of lists and repeated calls, or says
    /// otherwise. Gives what cannot be.
    pub fn settle_lists(&self, api: &mut Api) -> Vec<String> {
        let mut wrong = lists::apply(&self.paging, api);
        wrong.extend(lists::repeat(&self.idempotency, api));
        wrong
    }

    fn end_streams(&self, api: &mut Api) {
        let Some(end) = &self.stream_end else {
            return;
        };
        let operations = api.operations.iter_mut();
        for response in operations.flat_map(|operation| &mut operation.responses) {
            if response.codec == Codec::Events && response.until.is_none() {
                response.until = Some(end.clone());
            }
        }
    }

    fn declare(&self, api: &mut Api, name: &str, auth: &Auth) {
        let Some(kind) = auth.scheme_kind() else {
            return;
        };
        api.security_schemes.push(SecurityScheme {
            name: name.to_owned(),
            description: None,
            kind,
            env: auth.env.clone(),
        });
        let requirement = Requirement {
            scheme: name.to_owned(),
            scopes: Vec::new(),
        };
        for operation in &mut api.operations {
            let declared_here = operation
                .security
                .iter()
                .flatten()
                .all(|other| self.auth.contains_key(&other.scheme));
            if !declared_here {
                continue;
            }
            operation
                .security
                .retain(|alternative| !alternative.is_empty());
            operation.security.push(vec![requirement.clone()]);
            if !auth.required {
                operation.security.push(Vec::new());
            }
        }
    }

    /// The options that resolution takes.
    pub fn resolution(&self) -> resolve::Options {
        let default = resolve::Options::default();
        resolve::Options {
            largest_family: self.largest_family.unwrap_or(default.largest_family),
        }
    }

    /// The options that lowering takes, without provenance and runtime.
    pub fn options(&self, api: &Api) -> Options {
        Options {
            package: self
                .name
                .clone()
                .unwrap_or_else(|| package_name(&api.title)),
            version: self.version.clone().unwrap_or_else(|| "0.1.0".to_owned()),
            license: self.license.clone(),
            headers: self
                .headers
                .iter()
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect(),
            example: self.example.clone(),
            formats: self.formats.formats.clone(),
            checks: self.checks,
            signature: self.webhooks.signature.as_ref().map(SignatureConfig::table),
            mock: self.mock,
            ..Options::default()
        }
    }
}

impl Auth {
    fn scheme_kind(&self) -> Option<SchemeKind> {
        let name = self.parameter.clone().unwrap_or_default();
        Some(match self.kind? {
            AuthKind::Bearer => SchemeKind::Bearer,
            AuthKind::Basic => SchemeKind::Basic,
            AuthKind::ApiKeyHeader => SchemeKind::ApiKeyHeader {
                name: if name.is_empty() {
                    "Authorization".to_owned()
                } else {
                    name
                },
                prefix: self.prefix.clone(),
            },
            AuthKind::ApiKeyQuery => SchemeKind::ApiKeyQuery { name },
            AuthKind::ApiKeyCookie => SchemeKind::ApiKeyCookie { name },
            AuthKind::OAuth2 => SchemeKind::OAuth2(self.oauth2()),
            AuthKind::OpenIdConnect => SchemeKind::OpenIdConnect {
                url: self.discovery_url.clone(),
            },
            AuthKind::MutualTls => SchemeKind::MutualTls,
            AuthKind::Digest => SchemeKind::Digest,
        })
    }

    /// The flows that the URLs are good for.
    fn oauth2(&self) -> OAuth2 {
        let flow = |kind: FlowKind| Flow {
            token_url: self.token_url.clone(),
            refresh_url: self.refresh_url.clone(),
            ..Flow::new(kind)
        };
        let mut flows = Vec::new();
        if !self.authorization_url.is_empty() {
            flows.push(Flow {
                authorization_url: self.authorization_url.clone(),
                ..flow(FlowKind::AuthorizationCode)
            });
        }
        if !self.device_authorization_url.is_empty() {
            flows.push(Flow {
                device_authorization_url: self.device_authorization_url.clone(),
                ..flow(FlowKind::DeviceAuthorization)
            });
        }
        if !self.token_url.is_empty() {
            flows.push(flow(FlowKind::ClientCredentials));
        }
        OAuth2 {
            flows,
            scopes: self.scopes.clone(),
            metadata_url: self.discovery_url.clone(),
        }
    }
}

/// `pontoon-` and the title in letters that Cargo allows.
pub fn package_name(title: &str) -> String {
    let mut words: Vec<String> = title
        .split(|letter: char| !letter.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
        .collect();
    let generic = ["api", "rest", "openapi", "the", "v1", "v2", "v3"];
    if words.iter().any(|word| !generic.contains(&word.as_str())) {
        words.retain(|word| !generic.contains(&word.as_str()));
    }
    words.truncate(4);
    if words.is_empty() {
        words.push("client".to_owned());
    }
    format!("pontoon-{}", words.join("-"))
}

/// Whether Cargo accepts a package name (the Cargo Book, "The name field").
pub fn is_package_name(name: &str) -> bool {
    name.len() <= 64
        && name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn package_names() {
        assert_eq!(package_name("Acme REST API"), "pontoon-acme");
        assert_eq!(package_name("../../etc\n\"x"), "pontoon-etc-x");
        assert_eq!(package_name("API"), "pontoon-api");
        assert_eq!(package_name("日本"), "pontoon-client");
        assert!(!is_package_name("a\"\n[x]"));
    }

    #[test]
    fn unknown_keys_are_errors() {
        assert!(Config::parse("nmae = 'x'").is_err());
        assert!(Config::parse("name = 'x'").is_ok());
    }
}
