//! A connector that needs only configuration: the manifest, interpreted on the
//! runtime's own pipeline.

mod lister;
mod parents;
mod read;
mod rows;
mod tables;

use crate::flow::grant;
use crate::manifest::{Binding, Manifest, SchemeKind, StreamFacts};
use crate::{Batches, BoxFuture, Connector, Error, ErrorKind, Setting, Spec, Stream};
use crate::{StreamState, Window};
use pontoon_runtime::auth::OAuth;
use pontoon_runtime::operation::Operation;
use pontoon_runtime::{ClientBuilder, CoreClient, Credential};
use std::collections::BTreeMap;
use std::time::Duration;
use tables::Tables;

/// How long connecting may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(30);
/// How long a server may be silent in the middle of an exchange.
const READ_TIMEOUT: Duration = Duration::from_secs(120);

/// How an interpreted connector is set up.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Config {
    /// Where calls go, in place of the API's servers.
    pub base_url: Option<String>,
    /// Values of path variables and of other parameters that no stream gives.
    pub settings: BTreeMap<String, String>,
    /// How many records a page is asked for to have; the most that the API is known to
    /// give, by default.
    pub page_size: Option<u64>,
    /// Credentials by the names of their schemes: a token or key, or
    /// `user:password` for a scheme of user name and password.
    pub credentials: BTreeMap<String, pontoon_runtime::Secret>,
    /// Grants of OAuth 2 by the names of their schemes.
    pub grants: BTreeMap<String, OAuth>,
}

/// A connector that reads what a manifest describes.
pub struct Interpreted {
    manifest: Manifest,
    tables: Tables,
    client: CoreClient,
    settings: BTreeMap<String, String>,
    page_size: Option<u64>,
}

impl Interpreted {
    /// A connector by `manifest`.
    ///
    /// # Errors
    /// A credential is for a scheme that the API has not, or cannot be sent; the base
    /// URL is none.
    pub fn new(manifest: Manifest, config: Config) -> Result<Self, Error> {
        let tables = Tables::new(&manifest);
        let mut builder = ClientBuilder::<CoreClient>::new(tables.api)
            .credentials_from_env()
            .connect_timeout(CONNECT_TIMEOUT)
            .read_timeout(READ_TIMEOUT);
        if let Some(url) = &config.base_url {
            builder = builder.base_url(url);
        }
        for (name, secret) in &config.credentials {
            builder = builder.credential(credential(&manifest, name, secret)?);
        }
        for (name, grant) in &config.grants {
            builder = builder.credential(granted(&manifest, name, grant)?);
        }
        let client = builder.build().map_err(|error| {
            Error::new(ErrorKind::Config, format!("the client: {error}")).with_source(error)
        })?;
        Ok(Self {
            manifest,
            tables,
            client,
            settings: config.settings,
            page_size: config.page_size,
        })
    }

    fn facts(&self, stream: &str) -> Result<&StreamFacts, Error> {
        let found = self.manifest.stream(stream);
        let facts = found.ok_or_else(|| {
            Error::new(ErrorKind::Unknown, "there is no such stream")
                .of_stream(stream)
                .with_remedy("`pontoon connect discover` lists them")
        })?;
        match facts.is_proven() {
            true => Ok(facts),
            false => Err(unproven(facts)),
        }
    }

    fn operation(&self, id: &str) -> Result<&'static Operation, Error> {
        self.tables.operations.get(id).copied().ok_or_else(|| {
            Error::new(
                ErrorKind::Config,
                format!("the manifest has no operation `{id}`"),
            )
        })
    }

    /// What the parent gives. A setting goes before it: the stream of one parent alone.
    fn bindings<'a>(&self, facts: &'a StreamFacts) -> Vec<&'a Binding> {
        let free = |binding: &&Binding| !self.settings.contains_key(&binding.variable);
        facts.parents.iter().filter(free).collect()
    }

    /// The parameters of `facts` that no parent gives: settings, by name.
    fn variables(&self, facts: &StreamFacts) -> Vec<&str> {
        let operation = self.manifest.operations.get(&facts.operation);
        let parameters = operation.map_or(&[][..], |found| &found.parameters);
        let bound = |name: &str| facts.parents.iter().any(|parent| parent.variable == name);
        let own = parameters.iter().filter(|parameter| {
            parameter.required && parameter.value.is_none() && !bound(&parameter.name)
        });
        own.map(|parameter| parameter.name.as_str()).collect()
    }
}

impl Connector for Interpreted {
    fn spec(&self) -> Spec {
        let mut settings = vec![Setting {
            name: "base_url".to_owned(),
            secret: false,
            required: self.client.base_url().is_none(),
            env: None,
            about: "where calls go, in place of the API's servers".to_owned(),
        }];
        for scheme in &self.manifest.schemes {
            let about = match &scheme.kind {
                SchemeKind::Basic => "`user:password`",
                SchemeKind::Bearer => "a token",
                kind if kind.is_oauth() => "a token; or a grant, `oauth` with what follows",
                _ => "a key",
            };
            settings.push(Setting {
                name: format!("credentials.{}", scheme.name),
                secret: true,
                required: false,
                env: scheme.env.first().cloned(),
                about: about.to_owned(),
            });
            if scheme.kind.is_oauth() {
                settings.extend(grant::settings(&scheme.name));
            }
        }
        let mut used: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        let proven = self.manifest.streams.iter();
        for facts in proven.filter(|facts| facts.is_proven()) {
            for variable in self.variables(facts) {
                used.entry(variable).or_default().push(&facts.name);
            }
        }
        settings.extend(used.into_iter().map(|(name, streams)| Setting {
            name: format!("settings.{name}"),
            secret: false,
            required: false,
            env: None,
            about: match streams.len() {
                0..=4 => format!("needed by {}", streams.join(", ")),
                count => format!(
                    "needed by {} and {} more",
                    streams[..3].join(", "),
                    count - 3
                ),
            },
        }));
        Spec {
            name: self.manifest.name.clone(),
            settings,
        }
    }

    fn check(&self) -> BoxFuture<'_, Result<(), Error>> {
        Box::pin(async {
            let mut proven = self.manifest.streams.iter().filter(|facts| {
                let ready = self.variables(facts);
                facts.is_proven()
                    && self.bindings(facts).is_empty()
                    && ready.iter().all(|name| self.settings.contains_key(*name))
            });
            let facts = proven.next().ok_or_else(|| {
                Error::new(
                    ErrorKind::Config,
                    "no stream can be read with these settings",
                )
                .with_remedy("`pontoon connect spec` lists the settings that streams need")
            })?;
            let mut reading =
                self.reading(facts, StreamState::default(), &Window { limit: Some(1) })?;
            match reading.next_batch().await {
                Some(Err(error)) => Err(error),
                _ => Ok(()),
            }
        })
    }

    fn discover(&self) -> BoxFuture<'_, Result<Vec<Stream>, Error>> {
        Box::pin(async {
            let proven = self.manifest.streams.iter();
            let proven = proven.filter(|facts| facts.is_proven());
            Ok(proven.map(|facts| self.stream_of(facts)).collect())
        })
    }

    fn note(&self, stream: &Stream) -> Option<String> {
        self.manifest.stream(&stream.name)?.whole()
    }

    fn read<'a>(&'a self, stream: &'a Stream, state: StreamState, window: Window) -> Batches<'a> {
        let reading = self
            .facts(&stream.name)
            .and_then(|facts| self.reading(facts, state, &window))
            .map_err(|error| error.of_stream(&stream.name));
        read::batches(reading)
    }
}

/// The index of a scheme.
fn scheme(manifest: &Manifest, name: &str) -> Result<usize, Error> {
    let schemes = &manifest.schemes;
    let index = schemes.iter().position(|scheme| scheme.name == name);
    index.ok_or_else(|| {
        let names: Vec<&str> = schemes.iter().map(|scheme| scheme.name.as_str()).collect();
        Error::new(
            ErrorKind::Config,
            format!("the API takes no credential `{name}`"),
        )
        .with_remedy(format!("it takes: {}", names.join(", ")))
    })
}

fn granted(manifest: &Manifest, name: &str, grant: &OAuth) -> Result<Credential, Error> {
    let index = scheme(manifest, name)?;
    if !manifest.schemes[index].kind.is_oauth() {
        let message = format!("the credential `{name}` is none of OAuth 2");
        return Err(
            Error::new(ErrorKind::Config, message).with_remedy("give it by `env` or `file`")
        );
    }
    let index = u16::try_from(index).unwrap_or(u16::MAX);
    Ok(Credential::provided(index, grant.clone()))
}

fn credential(
    manifest: &Manifest,
    name: &str,
    secret: &pontoon_runtime::Secret,
) -> Result<Credential, Error> {
    let schemes = &manifest.schemes;
    let index = scheme(manifest, name)?;
    let scheme = u16::try_from(index).unwrap_or(u16::MAX);
    match schemes[index].kind {
        SchemeKind::Basic => {
            let pair = secret.expose().split_once(':');
            let (user, password) = pair.ok_or_else(|| {
                let message = format!("the credential `{name}` must be `user:password`");
                Error::new(ErrorKind::Config, message)
            })?;
            Ok(Credential::basic(scheme, user, password))
        }
        _ => Ok(Credential::token(scheme, secret.clone())),
    }
}

fn unproven(facts: &StreamFacts) -> Error {
    Error::new(
        ErrorKind::Config,
        format!("not proven: {}", facts.doubts.join(", ")),
    )
    .of_stream(&facts.name)
    .with_remedy(format!(
        "if `pontoon inspect` shows it rightly, add to connector.toml: [streams.\"{}\"] confirm = true",
        facts.name
    ))
}
