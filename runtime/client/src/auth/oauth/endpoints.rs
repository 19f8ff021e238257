//! Where a grant's requests go: as set, as the spec says, as the server publishes.

use super::OAuth;
use super::config::{ClientAuthentication, Config};
use super::discovery::{self, Metadata};
use crate::auth::provider::TokenContext;
use crate::operation::{Flow, FlowKind, OAuth2, SchemeKind};
use crate::{CoreClient, Error};
use std::sync::Arc;
use url::Url;

/// What a grant needs a URL for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    Authorize,
    Token,
    Refresh,
    Device,
    Revoke,
}

impl Use {
    fn of_flow(self, flow: &Flow) -> &'static str {
        match self {
            Self::Authorize => flow.authorization_url,
            Self::Token => flow.token_url,
            Self::Refresh if flow.refresh_url.is_empty() => flow.token_url,
            Self::Refresh => flow.refresh_url,
            Self::Device => flow.device_authorization_url,
            // Specs have no word for it.
            Self::Revoke => "",
        }
    }

    fn of_metadata(self, metadata: &Metadata) -> Option<&str> {
        match self {
            Self::Authorize => metadata.authorization.as_deref(),
            Self::Token | Self::Refresh => metadata.token.as_deref(),
            Self::Device => metadata.device.as_deref(),
            Self::Revoke => metadata.revocation.as_deref(),
        }
    }

    fn given(self, config: &Config) -> Option<&str> {
        match self {
            Self::Authorize => config.authorization_url.as_deref(),
            Self::Token | Self::Refresh => config.token_url.as_deref(),
            Self::Device => config.device_authorization_url.as_deref(),
            Self::Revoke => config.revocation_url.as_deref(),
        }
    }

    fn remedy(self) -> &'static str {
        match self {
            Self::Authorize => "no authorization URL is known: give it to OAuth::authorization_url",
            Self::Token | Self::Refresh => "no token URL is known: give it to OAuth::token_url",
            Self::Device => {
                "no device authorization URL is known: give it to OAuth::device_authorization_url"
            }
            Self::Revoke => "no revocation URL is known: give it to OAuth::revocation_url",
        }
    }
}

/// The URL that the spec has for it: of the grant's own flow, or of another that
/// has one, since specs often declare only some of a server's flows.
fn declared(flows: &'static OAuth2, kind: FlowKind, purpose: Use) -> Option<&'static str> {
    let own = flows.flows.iter().filter(|flow| flow.kind == kind);
    let others = flows.flows.iter().filter(|flow| flow.kind != kind);
    let mut urls = own.chain(others).map(|flow| purpose.of_flow(flow));
    urls.find(|url| !url.is_empty())
}

impl OAuth {
    /// The URL for a purpose.
    pub(super) async fn endpoint(
        &self,
        context: &TokenContext,
        purpose: Use,
    ) -> Result<String, Error> {
        let config = &*self.config;
        if let Some(url) = purpose.given(config) {
            return Ok(url.to_owned());
        }
        // What the caller has named goes before what the spec says.
        if config.discovery_url.is_none()
            && let SchemeKind::OAuth2(flows) = context.scheme.kind
            && let Some(url) = declared(flows, config.flow, purpose)
        {
            return absolute(url, &context.client);
        }
        let metadata = self.metadata(context).await?;
        let url = metadata.as_ref().and_then(|one| purpose.of_metadata(one));
        url.map(str::to_owned)
            .ok_or_else(|| Error::credential(purpose.remedy()))
    }

    /// What the server publishes, where the caller or the spec says where.
    pub(super) async fn metadata(
        &self,
        context: &TokenContext,
    ) -> Result<Option<Arc<Metadata>>, Error> {
        let Some(url) = self.discovery_of(context) else {
            return Ok(None);
        };
        let url = absolute(url, &context.client)?;
        let fetched = self.shared.metadata.get_or_try_init(|| async {
            let found = discovery::fetch(&context.client, &self.config, &url).await?;
            Ok::<_, Error>(Arc::new(found))
        });
        fetched.await.cloned().map(Some)
    }

    fn discovery_of<'a>(&'a self, context: &TokenContext) -> Option<&'a str> {
        let declared = match context.scheme.kind {
            SchemeKind::OpenIdConnect { url } => url,
            SchemeKind::OAuth2(flows) => flows.metadata_url,
            _ => "",
        };
        let given = self.config.discovery_url.as_deref();
        given.or(Some(declared).filter(|url| !url.is_empty()))
    }

    /// The settings, with what the server publishes of itself.
    pub(super) async fn adapted(&self, context: &TokenContext) -> Result<Arc<Config>, Error> {
        let is_default = self.config.client_authentication == ClientAuthentication::Basic;
        let by_secret = self.config.client_secret.is_some() && is_default;
        if (by_secret || self.config.has_key()) && self.config.token_url.is_none() {
            let metadata = self.metadata(context).await?;
            if let Some(metadata) = metadata.filter(|one| one.body_only || self.config.has_key()) {
                let mut config = (*self.config).clone();
                #[cfg(feature = "private-key-jwt")]
                {
                    config.issuer = Some(metadata.issuer.clone());
                }
                if metadata.body_only {
                    config.client_authentication = ClientAuthentication::Body;
                }
                return Ok(Arc::new(config));
            }
        }
        Ok(Arc::clone(&self.config))
    }

    /// What the tokens are kept under: whose they are, of which server, for what.
    pub(super) fn key(&self, context: &TokenContext) -> String {
        let config = &*self.config;
        let declared = match context.scheme.kind {
            SchemeKind::OAuth2(flows) => declared(flows, config.flow, Use::Token),
            _ => None,
        };
        let given = config.token_url.as_deref();
        let server = given
            .or(self.discovery_of(context))
            .or(declared)
            .unwrap_or(context.scheme.name);
        let mut key = format!("{} {server}", config.client_id);
        for part in [&config.scopes.join(" "), &config.account] {
            if !part.is_empty() {
                key.push_str(" | ");
                key.push_str(part);
            }
        }
        key
    }
}

/// URLs of a spec may be relative to the API's own (OAS 3.1.1, 4.6).
fn absolute(url: &str, client: &CoreClient) -> Result<String, Error> {
    if url.contains("://") {
        return Ok(url.to_owned());
    }
    let base = client.base_url().and_then(|base| Url::parse(base).ok());
    let joined = base.and_then(|base| base.join(url).ok());
    joined.map(String::from).ok_or_else(|| {
        Error::credential(format!(
            "the URL `{url}` of the security scheme is relative to a server that is not known"
        ))
    })
}
