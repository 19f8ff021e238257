//! The commands on flows, for the `pontoon` binary and for programs that register
//! integrations of their own.
//!
//! ```no_run
//! use pontoon_connector::command::{Command, Registry, run};
//! use clap::Parser;
//!
//! #[derive(Parser)]
//! struct Cli {
//!     #[command(subcommand)]
//!     command: Command,
//! }
//!
//! fn main() -> std::process::ExitCode {
//!     // let registry = Registry::new().with("issues", |config| ...);
//!     run(Cli::parse().command, &Registry::new())
//! }
//! ```

mod show;

use crate::flow::{CredentialSource, Flow, SecretSource};
use crate::interpret::{Config, Interpreted};
use crate::manifest::Manifest;
use crate::{Connector, Error, ErrorKind, Plan, plan, preview, sync};
use clap::{Args, Subcommand};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What is done with a flow.
#[derive(Debug, Clone, Subcommand)]
pub enum Command {
    /// Show the settings and credentials that the source takes
    #[command(after_help = "Example:\n  pontoon connect spec flow.yaml")]
    Spec(Target),
    /// Make one small request with the settings and the credential
    #[command(after_help = "Example:\n  pontoon connect check flow.yaml")]
    Check(Target),
    /// List the streams of the source, with keys, cursors and columns
    #[command(after_help = "Examples:\n  \
        pontoon connect discover flow.yaml\n  \
        pontoon connect discover flow.yaml --json | jq '.streams[].name'")]
    Discover(Target),
    /// Show the first records of a stream after its steps; nothing is kept
    #[command(after_help = "Example:\n  pontoon connect preview flow.yaml issues --limit 3")]
    Preview {
        /// The flow, and how results are printed
        #[command(flatten)]
        target: Target,
        /// The stream; the first of the flow by default
        stream: Option<String>,
        /// How many records
        #[arg(long, default_value_t = 10, value_name = "COUNT")]
        limit: u64,
    },
    /// Read all streams of the flow into its target, from where the last run ended
    #[command(after_help = "Examples:\n  \
        pontoon connect sync flow.yaml\n  \
        pontoon connect sync flow.yaml --json")]
    Sync(Target),
}

/// The flow, and how results are printed.
#[derive(Debug, Clone, Args)]
pub struct Target {
    /// The flow file
    pub flow: PathBuf,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Makes a connector from the settings of a flow.
type Make = Box<dyn Fn(Config) -> Result<Box<dyn Connector>, Error> + Send + Sync>;

/// The integrations that a program has, by the names that flow files use.
#[derive(Default)]
pub struct Registry(BTreeMap<String, Make>);

impl Registry {
    /// A registry without integrations: flows use manifests.
    pub fn new() -> Self {
        Self::default()
    }

    /// The same registry with an integration under this name.
    #[must_use]
    pub fn with<C: Connector + 'static>(
        mut self,
        name: &str,
        make: impl Fn(Config) -> Result<C, Error> + Send + Sync + 'static,
    ) -> Self {
        let make =
            move |config| -> Result<Box<dyn Connector>, Error> { Ok(Box::new(make(config)?)) };
        self.0.insert(name.to_owned(), Box::new(make));
        self
    }

    /// The source of a flow.
    ///
    /// # Errors
    /// The manifest cannot be read, the integration is not registered, a secret is
    /// missing.
    pub fn connector(&self, flow: &Flow) -> Result<Box<dyn Connector>, Error> {
        let source = &flow.source;
        let settings = source.settings.iter();
        let (mut credentials, mut grants) = (BTreeMap::new(), BTreeMap::new());
        for (name, place) in &source.credentials {
            let secret = match place {
                CredentialSource::Env(name) => SecretSource::Env(name.clone()),
                CredentialSource::File(path) => SecretSource::File(path.clone()),
                CredentialSource::Oauth(grant) => {
                    grants.insert(name.clone(), grant.open(name)?);
                    continue;
                }
            };
            credentials.insert(name.clone(), secret.read(name)?);
        }
        let config = Config {
            base_url: source.base_url.clone(),
            page_size: source.page_size,
            settings: settings
                .map(|(name, value)| (name.clone(), value.text()))
                .collect(),
            credentials,
            grants,
        };
        if let Some(path) = &source.connector {
            let manifest = manifest(path)?;
            return Ok(Box::new(Interpreted::new(manifest, config)?));
        }
        let name = source.integration.as_deref().unwrap_or_default();
        match self.0.get(name) {
            Some(make) => make(config),
            None => {
                let message = format!("this program has no integration `{name}`");
                let names: Vec<&str> = self.0.keys().map(String::as_str).collect();
                let remedy = match names.is_empty() {
                    true => "run the program in which it is registered".to_owned(),
                    false => format!("it has: {}", names.join(", ")),
                };
                Err(Error::new(ErrorKind::Config, message).with_remedy(remedy))
            }
        }
    }
}

fn manifest(path: &Path) -> Result<Manifest, Error> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        Error::new(ErrorKind::Config, format!("{}: {error}", path.display())).with_remedy(
            "`source.connector` names a `connector.json`, from the flow file's folder on",
        )
    })?;
    let mut manifest = Manifest::parse(&text)?;
    // What the user says of it stands beside it.
    match std::fs::read_to_string(path.with_file_name("connector.toml")) {
        Ok(text) => manifest.confirm(&text)?,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => {
            let message = format!("connector.toml: {error}");
            return Err(Error::new(ErrorKind::Config, message));
        }
    }
    Ok(manifest)
}

/// Runs a command and prints what came of it.
///
/// Exit codes: 0 done, 1 the source or the store failed, 3 the flow file cannot be
/// used.
pub fn run(command: Command, registry: &Registry) -> ExitCode {
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("error: no runtime: {error}");
            return ExitCode::from(1);
        }
    };
    let json = match &command {
        Command::Spec(target)
        | Command::Check(target)
        | Command::Discover(target)
        | Command::Sync(target)
        | Command::Preview { target, .. } => target.json,
    };
    match runtime.block_on(perform(command, registry)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            show::error(&error, json);
            ExitCode::from(match error.kind() {
                ErrorKind::Config | ErrorKind::Unknown => 3,
                _ => 1,
            })
        }
    }
}

async fn perform(command: Command, registry: &Registry) -> Result<(), Error> {
    let open = |target: &Target| {
        let flow = Flow::load(&target.flow)?;
        let connector = registry.connector(&flow)?;
        Ok::<_, Error>((flow, connector))
    };
    match command {
        Command::Spec(target) => {
            let flow = Flow::load(&target.flow)?;
            // What is missing is what is asked for.
            let bare = Flow {
                source: crate::flow::Source {
                    credentials: BTreeMap::new(),
                    ..flow.source
                },
                ..flow
            };
            show::spec(&registry.connector(&bare)?.spec(), target.json);
        }
        Command::Check(target) => {
            let (_, connector) = open(&target)?;
            connector.check().await?;
            show::checked(&connector.spec(), target.json);
        }
        Command::Discover(target) => {
            let (_, connector) = open(&target)?;
            show::streams(&connector.discover().await?, target.json);
        }
        Command::Preview {
            target,
            stream,
            limit,
        } => {
            let (flow, connector) = open(&target)?;
            let plans = plan(&*connector, &flow.streams).await?;
            let wanted = |name: &str| stream.as_deref().is_none_or(|stream| stream == name);
            let Some((stream, plan)) = plans.iter().find(|(one, _)| wanted(&one.name)) else {
                let names: Vec<&String> = flow.streams.keys().collect();
                let error = Error::new(ErrorKind::Unknown, "the flow has no such stream");
                return Err(error
                    .of_stream(&stream.unwrap_or_default())
                    .with_remedy(format!("it has: {names:?}")));
            };
            let batch = preview(&*connector, stream, plan, limit).await?;
            show::records(plan, &batch, target.json)?;
        }
        Command::Sync(target) => {
            let (flow, connector) = open(&target)?;
            let plans: Vec<(crate::Stream, Plan)> = plan(&*connector, &flow.streams).await?;
            let store = flow.target.open()?;
            let notes = plans.iter().filter_map(|(stream, _)| {
                let note = connector.note(stream)?;
                Some((stream.name.clone(), note))
            });
            let notes: Vec<(String, String)> = notes.collect();
            let mut progress = show::Progress::new();
            let summary = sync(&*connector, plans, store, &mut |stream, count| {
                progress.tell(stream, count);
            })
            .await;
            progress.end();
            let summary = summary?;
            let notes = notes.into_iter().filter(|_| !target.json);
            show::notes(notes);
            show::summary(&summary, &flow, target.json);
        }
    }
    Ok(())
}
