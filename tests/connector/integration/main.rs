//! A program with an integration of its own: the issues of a repository, each with the
//! company of its author, which no manifest can say.

mod enriched;

use clap::Parser;
use enriched::Enriched;
use pontoon_connector::command::{Command, Registry, run};
use std::process::ExitCode;

/// Flows over GitHub: connectors by their manifests, and `github-enriched`.
#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

fn main() -> ExitCode {
    let registry = Registry::new().with("github-enriched", Enriched::new);
    run(Cli::parse().command, &registry)
}
