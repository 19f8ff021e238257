//! The flow file: a source, streams with steps, a target.

pub mod grant;

use crate::store::{JsonLines, Sqlite, Store};
use crate::{Error, ErrorKind, Step};
use grant::Grant;
use pontoon_runtime::Secret;
use serde::{Deserialize, Serialize};
use serde_norway::with::singleton_map_recursive;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A flow, as its file says it.
///
/// ```yaml
/// source:
///   connector: connector.json
///   settings: {owner: octocat, repo: hello-world}
///   credentials:
///     token: {env: API_TOKEN}
/// streams:
///   issues:
///     - select: [id, title, state]
///     - filter: {column: state, equals: open}
///   comments:
/// target:
///   sqlite: issues.db
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Flow {
    /// Where records come from.
    pub source: Source,
    /// The streams that are read, with the steps that their records take.
    #[serde(deserialize_with = "streams")]
    pub streams: BTreeMap<String, Vec<Step>>,
    /// Where they go.
    pub target: Target,
}

/// Where records come from: a connector's manifest or an integration by its name.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// The file of a manifest, from the flow file's folder on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connector: Option<PathBuf>,
    /// The name under which a program has registered an integration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub integration: Option<String>,
    /// Where calls go, in place of the API's servers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_url: Option<String>,
    /// How many records a page is asked for to have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page_size: Option<u64>,
    /// Values of path variables and other parameters.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub settings: BTreeMap<String, Setting>,
    /// Where credentials are, by the names of the security schemes.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub credentials: BTreeMap<String, CredentialSource>,
}

/// A setting's value: a text, or what YAML takes for a number or a truth value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Setting {
    /// A text.
    Text(String),
    /// An integer.
    Integer(i64),
    /// A number.
    Number(f64),
    /// True or false.
    Boolean(bool),
}

impl Setting {
    /// The text that is sent.
    pub fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Integer(number) => number.to_string(),
            Self::Number(number) => number.to_string(),
            Self::Boolean(value) => value.to_string(),
        }
    }
}

/// Where a credential is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
pub enum CredentialSource {
    /// In an environment variable.
    Env(String),
    /// In a file that nobody else may read (mode 0600), from the flow file's folder on.
    File(PathBuf),
    /// Tokens of a grant of OAuth 2, had and renewed as they are needed.
    Oauth(Box<Grant>),
}

/// Where a secret is; never the secret itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
pub enum SecretSource {
    /// In an environment variable.
    Env(String),
    /// In a file that nobody else may read (mode 0600), from the flow file's folder on.
    File(PathBuf),
}

/// Where records go.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
pub enum Target {
    /// A SQLite file, from the flow file's folder on.
    Sqlite(PathBuf),
    /// JSON Lines, to a file or, by `-`, to standard output.
    Jsonl(PathBuf),
}

/// A stream without steps may be written as `issues:` alone.
fn streams<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<BTreeMap<String, Vec<Step>>, D::Error> {
    let streams = BTreeMap::<String, Option<Vec<Step>>>::deserialize(deserializer)?;
    let steps = streams.into_iter();
    Ok(steps
        .map(|(name, steps)| (name, steps.unwrap_or_default()))
        .collect())
}

impl Flow {
    /// Reads a flow file.
    ///
    /// # Errors
    /// It cannot be read or is no flow; the message says where.
    pub fn load(path: &Path) -> Result<Self, Error> {
        let wrong = |message: String| {
            Error::new(ErrorKind::Config, format!("{}: {message}", path.display()))
        };
        let text = std::fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
        // Steps and places are mappings of one name, not YAML tags.
        let document = serde_norway::Deserializer::from_str(&text);
        let mut flow: Self = singleton_map_recursive::deserialize(document)
            .map_err(|error| wrong(error.to_string()))?;
        if flow.source.connector.is_some() == flow.source.integration.is_some() {
            let message = "`source` needs either `connector` or `integration`";
            return Err(wrong(message.to_owned()));
        }
        if flow.streams.is_empty() {
            let message = "`streams` is empty: name those that are to be read";
            return Err(wrong(message.to_owned()));
        }
        let folder = path.parent().unwrap_or(Path::new(""));
        flow.resolve(folder);
        Ok(flow)
    }

    /// Paths are meant from the folder of the flow file.
    fn resolve(&mut self, folder: &Path) {
        if let Some(path) = &mut self.source.connector {
            *path = folder.join(&path);
        }
        for source in self.source.credentials.values_mut() {
            match source {
                CredentialSource::Env(_) => {}
                CredentialSource::File(path) => *path = folder.join(&path),
                CredentialSource::Oauth(grant) => grant.resolve(folder),
            }
        }
        match &mut self.target {
            Target::Jsonl(path) if path.as_os_str() == "-" => {}
            Target::Sqlite(path) | Target::Jsonl(path) => *path = folder.join(&path),
        }
    }
}

impl SecretSource {
    fn resolve(&mut self, folder: &Path) {
        if let Self::File(path) = self {
            *path = folder.join(&path);
        }
    }

    /// The secret.
    ///
    /// # Errors
    /// The variable is not set; the file is not there, or others may read it.
    pub fn read(&self, name: &str) -> Result<Secret, Error> {
        let wrong = |message: String| {
            Error::new(
                ErrorKind::Config,
                format!("the credential `{name}`: {message}"),
            )
        };
        let text = match self {
            Self::Env(variable) => std::env::var(variable).map_err(|_| {
                wrong(format!("the environment variable `{variable}` is not set"))
                    .with_remedy(format!("export {variable}=..."))
            })?,
            Self::File(path) => {
                let failed = |error: std::io::Error| wrong(format!("{}: {error}", path.display()));
                let metadata = std::fs::metadata(path).map_err(failed)?;
                if is_open(&metadata) {
                    return Err(wrong(format!("others may read `{}`", path.display()))
                        .with_remedy(format!("chmod 600 {}", path.display())));
                }
                std::fs::read_to_string(path).map_err(failed)?
            }
        };
        match text.trim() {
            "" => Err(wrong("it is empty".to_owned())),
            text => Ok(Secret::from(text.to_owned())),
        }
    }
}

#[cfg(unix)]
fn is_open(metadata: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    metadata.permissions().mode() & 0o077 != 0
}

#[cfg(not(unix))]
fn is_open(_: &std::fs::Metadata) -> bool {
    false
}

impl Target {
    /// Opens the store.
    ///
    /// # Errors
    /// The file cannot be opened or made.
    pub fn open(&self) -> Result<Box<dyn Store>, Error> {
        match self {
            Self::Sqlite(path) => Ok(Box::new(Sqlite::open(path)?)),
            Self::Jsonl(path) if path.as_os_str() == "-" => {
                Ok(Box::new(JsonLines::new(std::io::stdout())))
            }
            Self::Jsonl(path) => Ok(Box::new(JsonLines::append(path)?)),
        }
    }
}

#[cfg(test)]
mod tests;
