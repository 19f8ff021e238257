//! Grants of OAuth 2 in a flow file.

use super::SecretSource;
use crate::{Error, ErrorKind, Setting};
use pontoon_runtime::auth::OAuth;
use pontoon_runtime::auth::oauth::ClientAuthentication;
use pontoon_runtime::auth::store::FileStore;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A grant: by the program's own secret, or gone on with by a refresh token.
///
/// ```yaml
/// credentials:
///   oauth2:
///     oauth:
///       client_id: my-program
///       client_secret: {env: CLIENT_SECRET}
///       refresh_token: {file: refresh-token.txt}   # without it: client credentials
///       store: tokens                              # a folder of files of mode 0600
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    /// The program's identifier.
    pub client_id: String,
    /// Its secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<SecretSource>,
    /// How the secret is sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret_in: Option<SecretIn>,
    /// The refresh token to begin with; those in the store go before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<SecretSource>,
    /// The folder in which tokens are kept, from the flow file's folder on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub store: Option<PathBuf>,
    /// Whose grant it is, where the store holds those of several people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// What is asked for; the server decides where nothing is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scopes: Vec<String>,
    /// Where tokens are had, in place of what the API's description says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_url: Option<String>,
    /// More parameters of token requests: `audience`, `resource`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub parameters: BTreeMap<String, String>,
}

/// How a client's secret is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SecretIn {
    /// In a header, as user name and password.
    Header,
    /// In the body.
    Body,
}

impl Grant {
    pub(super) fn resolve(&mut self, folder: &Path) {
        let secrets = [&mut self.client_secret, &mut self.refresh_token];
        for source in secrets.into_iter().flatten() {
            source.resolve(folder);
        }
        if let Some(path) = &mut self.store {
            *path = folder.join(&path);
        }
    }

    /// The grant of the credential `name`, with its secrets.
    ///
    /// # Errors
    /// A secret is missing; there is no secret to begin with; a refresh token, which may
    /// be another after each use, has no store.
    pub fn open(&self, name: &str) -> Result<OAuth, Error> {
        let wrong = |message: &str, remedy: &str| {
            let message = format!("the credential `{name}`: {message}");
            Error::new(ErrorKind::Config, message).with_remedy(remedy)
        };
        let read = |source: &Option<SecretSource>, part: &str| {
            let source = source.as_ref();
            let found = source.map(|source| source.read(&format!("{name}.{part}")));
            found.transpose()
        };
        let secret = read(&self.client_secret, "client_secret")?;
        let mut grant = match (read(&self.refresh_token, "refresh_token")?, secret) {
            (Some(_), _) if self.store.is_none() => {
                return Err(wrong(
                    "a refresh token may be another after each use, and must be kept",
                    "name a folder for it: `store: tokens`",
                ));
            }
            (Some(token), None) => OAuth::refresh_token(&self.client_id, token),
            (Some(token), Some(secret)) => {
                OAuth::refresh_token(&self.client_id, token).client_secret(secret)
            }
            (None, Some(secret)) => OAuth::client_credentials(&self.client_id, secret),
            (None, None) => {
                return Err(wrong(
                    "neither `client_secret` nor `refresh_token` is given",
                    "give one of them by `env` or `file`",
                ));
            }
        };
        grant = grant.scopes(&self.scopes);
        match self.secret_in {
            Some(SecretIn::Header) => {
                grant = grant.client_authentication(ClientAuthentication::Basic);
            }
            Some(SecretIn::Body) => {
                grant = grant.client_authentication(ClientAuthentication::Body);
            }
            None => {}
        }
        if let Some(path) = &self.store {
            grant = grant.store(FileStore::new(path));
        }
        if let Some(account) = &self.account {
            grant = grant.account(account);
        }
        if let Some(url) = &self.token_url {
            grant = grant.token_url(url);
        }
        for (name, value) in &self.parameters {
            grant = grant.parameter(name, value);
        }
        Ok(grant)
    }
}

/// What can be set of the grant of a scheme.
pub(crate) fn settings(scheme: &str) -> Vec<Setting> {
    let rows = [
        ("client_id", false, "the program's identifier"),
        ("client_secret", true, "its secret, by `env` or `file`"),
        (
            "refresh_token",
            true,
            "to go on with a grant, by `env` or `file`",
        ),
        ("store", false, "the folder in which tokens are kept"),
        ("scopes", false, "what is asked for"),
        ("token_url", false, "where tokens are had"),
    ];
    let setting = |(name, secret, about): (&str, bool, &str)| Setting {
        name: format!("credentials.{scheme}.oauth.{name}"),
        secret,
        required: false,
        env: None,
        about: about.to_owned(),
    };
    rows.into_iter().map(setting).collect()
}
