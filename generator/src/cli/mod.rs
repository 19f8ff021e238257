//! The command line: arguments in, text and exit codes out.
//!
//! Exit codes: 0 done, 1 a check failed, 2 wrong usage, 3 the input cannot be
//! used.

mod drift;
mod explain;
mod generate;
mod inspect;
mod report;
#[cfg(feature = "connect")]
mod simulate;
mod vendor;
mod workspace;

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;
use std::process::ExitCode;

/// Turns a vendor's OpenAPI spec into a typed Rust client crate.
#[derive(Debug, Parser)]
#[command(
    name = "pontoon",
    version,
    propagate_version = true,
    arg_required_else_help = true,
    after_help = "Examples:\n  \
        pontoon generate openapi.yaml --out acme-client\n  \
        pontoon generate --check\n  \
        pontoon inspect openapi.yaml --include 'tag:issues'\n  \
        pontoon explain P0601"
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Generate a crate from SPEC, or every client of pontoon.toml
    #[command(after_help = generate::EXAMPLES)]
    Generate(Generate),
    /// Show operations, types, credentials and what would degrade
    #[command(after_help = inspect::EXAMPLES)]
    Inspect(Inspect),
    /// Propose an overlay that makes SPEC say what a client has seen the API send
    #[command(after_help = drift::EXAMPLES)]
    Drift(Drift),
    /// Bring a spec in as facts only: no prose, chosen operations
    #[command(after_help = vendor::EXAMPLES)]
    Vendor(Vendor),
    /// Check, preview and sync flows: a source, steps, a target
    #[cfg(feature = "connect")]
    #[command(subcommand)]
    Connect(pontoon_connector::command::Command),
    /// Serve an API on this machine, made from SPEC: lists, credentials, faults
    #[cfg(feature = "connect")]
    #[command(after_help = simulate::EXAMPLES)]
    Simulate(Simulate),
    /// Explain a diagnostic code
    #[command(after_help = "Example:\n  pontoon explain P0601")]
    Explain {
        /// The code, for example P0601; without one, all codes are listed
        code: Option<String>,
    },
}

/// Arguments of `pontoon generate`.
#[derive(Debug, Args)]
struct Generate {
    /// The OpenAPI or Swagger document (JSON or YAML)
    spec: Option<PathBuf>,
    /// The folder of the crate
    #[arg(long, value_name = "DIR", requires = "spec")]
    out: Option<PathBuf>,
    /// Package name
    #[arg(long, value_name = "CRATE", requires = "spec")]
    name: Option<String>,
    /// Depend on pontoon-runtime in this folder instead of by version
    #[arg(long, value_name = "DIR", requires = "spec")]
    runtime_path: Option<PathBuf>,
    #[command(flatten)]
    filter: Filters,
    #[command(flatten)]
    inputs: Inputs,
    /// Settings of the client; its folder also holds names.toml
    #[arg(long, value_name = "FILE", requires = "spec")]
    config: Option<PathBuf>,
    /// Write nothing; exit 1 if anything is stale
    #[arg(long)]
    check: bool,
    /// Exit 1 if anything is degraded or dropped (nothing is written then)
    #[arg(long)]
    strict: bool,
    /// Also write a test that makes every call with values made from the schemas
    #[arg(long)]
    tests: bool,
    /// Also write a mock of the API for tests, behind the crate's feature `mock`
    /// (`mock = true` in client.toml)
    #[arg(long)]
    mock: bool,
    /// Write the connector manifest alone, without a crate
    #[arg(long, requires = "spec", conflicts_with_all = ["check", "tests"])]
    connector_only: bool,
    /// Let places of equal shape share a type although names.toml keeps them apart
    #[arg(long)]
    reshare: bool,
    /// Print every finding: as text, or everything as JSON
    #[arg(long, value_name = "FORMAT")]
    report: Option<Report>,
}

/// How findings are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Report {
    /// All findings, as text
    Text,
    /// Summary and findings, as JSON on standard output
    Json,
}

/// Which operations are kept.
#[derive(Debug, Args, Default, Clone)]
struct Filters {
    /// Keep only operations that match: a path glob with optional methods
    /// (`/repos/**#GET,POST`) or `tag:NAME`; may be repeated
    #[arg(long, value_name = "GLOB")]
    include: Vec<String>,
    /// Leave out operations that match; may be repeated
    #[arg(long, value_name = "GLOB")]
    exclude: Vec<String>,
}

/// What else is read besides the spec.
#[derive(Debug, Args, Default, Clone)]
struct Inputs {
    /// Lay an OpenAPI Overlay (1.0 or 1.1) over SPEC; may be repeated
    #[arg(long = "overlay", value_name = "FILE", requires = "spec")]
    files: Vec<PathBuf>,
    /// Warn about an overlay target that matches nothing instead of failing
    #[arg(long = "overlay-lenient")]
    lenient: bool,
    /// Follow references to files anywhere below DIR instead of SPEC's folder
    #[arg(long, value_name = "DIR", requires = "spec")]
    root: Option<PathBuf>,
}

impl Inputs {
    /// What is asked of the generator for a spec with these inputs.
    fn request(&self, spec: &std::path::Path, config: crate::config::Config) -> crate::Request {
        crate::Request {
            spec: spec.to_owned(),
            root: self.root.clone(),
            overlays: self.files.clone(),
            config: crate::config::Config {
                overlay_lenient: self.lenient || config.overlay_lenient,
                ..config
            },
            ..crate::Request::default()
        }
    }
}

/// Arguments of `pontoon inspect`.
#[derive(Debug, Args)]
struct Inspect {
    /// The OpenAPI or Swagger document
    spec: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// The client.toml whose lines on lists and the like count
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    filter: Filters,
    #[command(flatten)]
    inputs: Inputs,
}

/// Arguments of `pontoon drift`.
#[derive(Debug, Args)]
struct Drift {
    /// The report of a client: `client.core().drift().to_json()`
    report: PathBuf,
    /// The OpenAPI or Swagger document that the client was generated from
    spec: PathBuf,
    /// The overlay to write; without it, it is printed
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Exit 1 if the report holds what the spec does not say
    #[arg(long)]
    check: bool,
    /// Print counts and what is not proposed as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    inputs: Inputs,
}

/// Arguments of `pontoon vendor`.
#[derive(Debug, Args)]
struct Vendor {
    /// The OpenAPI or Swagger document
    spec: PathBuf,
    /// The file to write
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Keep descriptions, summaries and examples
    #[arg(long)]
    keep_prose: bool,
    #[command(flatten)]
    filter: Filters,
}

/// Arguments of `pontoon simulate`.
#[cfg(feature = "connect")]
#[derive(Debug, Args)]
struct Simulate {
    /// The OpenAPI or Swagger document
    spec: PathBuf,
    /// How many records lists have
    #[arg(long, default_value_t = 1000, value_name = "COUNT")]
    records: u64,
    /// How many records lists have below each record of another list
    #[arg(long, default_value_t = 3, value_name = "COUNT")]
    children: u64,
    /// The only credential that is taken; any by default
    #[arg(long)]
    token: Option<String>,
    /// The port on loopback; a free one by default
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// A fault that is made: a status, `reset` or `half`; may be repeated, they take turns
    #[arg(long, value_name = "FAULT")]
    fault: Vec<String>,
    /// Every how many requests one is made
    #[arg(long, default_value_t = 10, value_name = "COUNT", value_parser = clap::value_parser!(u64).range(2..))]
    every: u64,
    /// Settings of the client, of which facts about lists and credentials are taken
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    inputs: Inputs,
}

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Exit {
    Done = 0,
    CheckFailed = 1,
    Usage = 2,
    Unusable = 3,
}

/// Runs the command line and gives the exit code.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are no mistakes; what is one exits with 2.
            let _ = error.print();
            return ExitCode::from(u8::from(error.use_stderr()) * Exit::Usage as u8);
        }
    };
    let exit = match cli.command {
        Command::Generate(arguments) => generate::run(&arguments),
        Command::Inspect(arguments) => inspect::run(&arguments),
        Command::Drift(arguments) => drift::run(&arguments),
        Command::Vendor(arguments) => vendor::run(&arguments),
        #[cfg(feature = "connect")]
        Command::Connect(command) => {
            return pontoon_connector::command::run(
                command,
                &pontoon_connector::command::Registry::new(),
            );
        }
        #[cfg(feature = "connect")]
        Command::Simulate(arguments) => simulate::run(&arguments),
        Command::Explain { code } => explain::run(code.as_deref()),
    };
    ExitCode::from(exit as u8)
}
