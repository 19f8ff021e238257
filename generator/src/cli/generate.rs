//! `pontoon generate`.

use super::{Exit, Report, inspect, report, workspace};
use crate::config::{self, Config};
use crate::diagnostic::{Diagnostic, Diagnostics, codes, toml_error};
use crate::package::{self, Mode};
use crate::project::{self, Client, Locked, Project};
use crate::source::{Source, sha256_hex};
use crate::{Generated, Request};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

pub(super) const EXAMPLES: &str = "Examples:\n  \
    pontoon generate openapi.yaml --out acme-client\n  \
    pontoon generate openapi.json --out acme-client --include 'tag:orders' --name acme\n  \
    pontoon generate openapi.json --out acme-client --mock    with acme_client::mock for tests\n  \
    pontoon generate            every client of pontoon.toml\n  \
    pontoon generate --check    exit 1 if a committed client is stale";

/// One crate to write.
struct Job {
    name: String,
    request: Request,
    out: PathBuf,
    ledger: PathBuf,
    config_text: Option<String>,
}

pub(super) fn run(arguments: &super::Generate) -> Exit {
    let (jobs, root) = match &arguments.spec {
        Some(spec) => match single(arguments, spec) {
            Ok(job) => (vec![job], None),
            Err(exit) => return exit,
        },
        None => match project_jobs(arguments) {
            Ok((jobs, root)) => (jobs, Some(root)),
            Err(exit) => return exit,
        },
    };
    let mut locked = BTreeMap::new();
    let mut worst = Exit::Done;
    for job in &jobs {
        match write(job, arguments, root.is_some()) {
            Ok(lock) => {
                locked.insert(job.name.clone(), lock);
            }
            Err(exit) => {
                worst = if worst as u8 > exit as u8 {
                    worst
                } else {
                    exit
                }
            }
        }
    }
    if let Some(root) = root
        && worst == Exit::Done
    {
        return lock(&root.join("pontoon.lock"), &locked, arguments.check);
    }
    worst
}

/// The job of `pontoon generate SPEC --out DIR`.
fn single(arguments: &super::Generate, spec: &Path) -> Result<Job, Exit> {
    let Some(out) = &arguments.out else {
        report::plain(
            "`--out DIR` is missing",
            "say where the crate goes: `pontoon generate SPEC --out DIR`",
        );
        return Err(Exit::Usage);
    };
    let (mut config, config_text) = read_config(arguments.config.as_deref())?;
    if arguments.name.is_some() {
        config.name.clone_from(&arguments.name);
    }
    let ledger = arguments
        .config
        .as_deref()
        .and_then(Path::parent)
        .unwrap_or(out)
        .join("names.toml");
    let runtime_path = arguments
        .runtime_path
        .clone()
        .or_else(|| config_relative(arguments.config.as_deref(), &config));
    job(
        arguments,
        "client".to_owned(),
        spec.to_path_buf(),
        arguments.inputs.root.clone(),
        arguments.inputs.files.clone(),
        out.clone(),
        config,
        config_text,
        ledger,
        runtime_path,
        arguments.tests,
    )
}

/// `runtime-path` of `client.toml` is relative to that file.
fn config_relative(path: Option<&Path>, config: &Config) -> Option<PathBuf> {
    let folder = path?.parent()?;
    Some(folder.join(config.runtime_path.as_ref()?))
}

/// The jobs of `pontoon.toml`.
fn project_jobs(arguments: &super::Generate) -> Result<(Vec<Job>, PathBuf), Exit> {
    let here = std::env::current_dir().unwrap_or_default();
    let Some(path) = project::find(&here) else {
        report::plain(
            "there is no pontoon.toml here or above",
            "give a spec (`pontoon generate SPEC --out DIR`), or write a pontoon.toml",
        );
        return Err(Exit::Usage);
    };
    let text = read(&path)?;
    let project: Project = toml::from_str(&text).map_err(|error| {
        invalid_config(&path, &toml_error(&text, &error));
        Exit::Unusable
    })?;
    let root = path.parent().map(Path::to_path_buf).unwrap_or_default();
    let mut jobs = Vec::new();
    for (name, client) in project.client {
        jobs.push(client_job(arguments, &root, name, &client)?);
    }
    Ok((jobs, root))
}

fn client_job(
    arguments: &super::Generate,
    root: &Path,
    name: String,
    client: &Client,
) -> Result<Job, Exit> {
    let config_path = client.config.as_ref().map(|path| root.join(path));
    let (mut config, config_text) = read_config(config_path.as_deref())?;
    config.include.extend(client.include.iter().cloned());
    config.mock |= client.mock;
    if config.name.is_none() {
        config.name = Some(format!("pontoon-{name}"));
    }
    let runtime_path = config_relative(config_path.as_deref(), &config);
    job(
        arguments,
        name,
        root.join(&client.spec),
        client.root.as_ref().map(|path| root.join(path)),
        client.overlays.iter().map(|path| root.join(path)).collect(),
        root.join(&client.out),
        config,
        config_text,
        client.ledger(root),
        runtime_path,
        client.tests,
    )
}

#[expect(clippy::too_many_arguments)]
fn job(
    arguments: &super::Generate,
    name: String,
    spec: PathBuf,
    root: Option<PathBuf>,
    overlays: Vec<PathBuf>,
    out: PathBuf,
    mut config: Config,
    config_text: Option<String>,
    ledger: PathBuf,
    runtime_path: Option<PathBuf>,
    tests: bool,
) -> Result<Job, Exit> {
    config
        .include
        .extend(arguments.filter.include.iter().cloned());
    config
        .exclude
        .extend(arguments.filter.exclude.iter().cloned());
    if let Some(name) = &config.name
        && !config::is_package_name(name)
    {
        report::plain(
            &format!("`{}` is not a package name", name.escape_debug()),
            "use letters, digits, `-` and `_`, beginning with a letter",
        );
        return Err(Exit::Usage);
    }
    let ledger_text = match std::fs::read_to_string(&ledger) {
        Ok(text) => Some(text),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => {
            report::plain(
                &format!("{} cannot be read: {error}", ledger.display()),
                "names.toml must be a readable file; restore it from version control",
            );
            return Err(Exit::Unusable);
        }
    };
    config.overlay_lenient |= arguments.inputs.lenient;
    config.mock |= arguments.mock;
    let request = Request {
        spec,
        root,
        overlays,
        config,
        ledger: ledger_text,
        manifest: match arguments.connector_only {
            true => std::fs::read_to_string(out.join("connector.json")).ok(),
            false => None,
        },
        runtime: workspace::runtime(&out, runtime_path.as_deref()),
        standalone: workspace::standalone(&out),
        tests,
        reshare: arguments.reshare,
    };
    Ok(Job {
        name,
        request,
        out,
        ledger,
        config_text,
    })
}

pub(super) fn read_config(path: Option<&Path>) -> Result<(Config, Option<String>), Exit> {
    let Some(path) = path else {
        return Ok((Config::default(), None));
    };
    let text = read(path)?;
    let config = Config::parse(&text).map_err(|message| {
        invalid_config(path, &message);
        Exit::Unusable
    })?;
    Ok((config, Some(text)))
}

fn invalid_config(path: &Path, message: &str) {
    let text = format!("{}: {}", path.display(), message.trim_end());
    report::fatal(&Diagnostic::error(&codes::CONFIG, text), None);
}

fn read(path: &Path) -> Result<String, Exit> {
    std::fs::read_to_string(path).map_err(|error| {
        report::plain(
            &format!("{} cannot be read: {error}", path.display()),
            "check the path",
        );
        Exit::Unusable
    })
}

/// Generates one crate and writes or checks it.
fn write(job: &Job, arguments: &super::Generate, in_project: bool) -> Result<Locked, Exit> {
    let progress = report::Progress::new(&job.name);
    let mut source = Source::default();
    let mut diagnostics = Diagnostics::new();
    let generated = crate::generate(&job.request, &mut source, &mut diagnostics, &|stage| {
        progress.stage(stage);
    });
    drop(progress);
    let generated = generated.map_err(|diagnostic| {
        report::fatal(&diagnostic, Some(&source));
        Exit::Unusable
    })?;
    diagnostics.sort();
    let json = arguments.report == Some(Report::Json);
    let summary = &generated.summary;
    if !json && (!in_project || arguments.report.is_some()) {
        report::findings(
            &diagnostics,
            &source,
            arguments.report == Some(Report::Text),
        );
    }
    if arguments.strict && summary.degraded + summary.dropped > 0 {
        report::plain(
            &format!(
                "--strict: {} degraded, {} dropped",
                summary.degraded, summary.dropped
            ),
            "`--report text` shows each; leave operations out with --exclude, or mend the spec",
        );
        return Err(Exit::CheckFailed);
    }
    if arguments.connector_only {
        let path = job.out.join("connector.json");
        package::write_file(&path, &generated.connector).map_err(|error| {
            report::plain(
                &error.to_string(),
                "give an --out folder that can be written",
            );
            Exit::Unusable
        })?;
        anstream::println!("wrote {}", path.display());
        return Ok(locked(job, &generated, &source));
    }
    store(job, &generated, arguments.check)?;
    if json {
        let mut value = summary.to_json();
        value["diagnostics"] = report::data(&diagnostics, &source);
        anstream::println!("{value:#}");
    } else {
        inspect::totals(summary);
        if !arguments.check {
            next_steps(job, in_project);
        }
    }
    Ok(locked(job, &generated, &source))
}

/// Writes the crate and the ledger, or says what is stale.
fn store(job: &Job, generated: &Generated, check: bool) -> Result<(), Exit> {
    let mode = if check { Mode::Check } else { Mode::Write };
    let written = package::package(&job.out, &generated.files, mode).map_err(|error| {
        report::plain(&error.to_string(), "nothing was changed");
        Exit::Unusable
    })?;
    let old = job.request.ledger.as_deref();
    if check {
        let mut stale = written.stale;
        if old != Some(generated.ledger.as_str()) {
            stale.push("names.toml".to_owned());
        }
        if stale.is_empty() {
            return Ok(());
        }
        report::plain(
            &format!(
                "{}: {} files are stale: {}",
                job.name,
                stale.len(),
                few(&stale)
            ),
            "run `pontoon generate` and commit the result",
        );
        return Err(Exit::CheckFailed);
    }
    if old != Some(generated.ledger.as_str()) {
        package::write_file(&job.ledger, &generated.ledger).map_err(|error| {
            report::plain(
                &format!("{} cannot be written: {error}", job.ledger.display()),
                "the names ledger must be kept beside the client's configuration",
            );
            Exit::Unusable
        })?;
    }
    Ok(())
}

fn few(list: &[String]) -> String {
    let mut text = list.iter().take(5).cloned().collect::<Vec<_>>().join(", ");
    if list.len() > 5 {
        text.push_str(", ...");
    }
    text
}

fn next_steps(job: &Job, in_project: bool) {
    let out = job.out.display();
    if in_project {
        anstream::println!("wrote {out}");
        return;
    }
    anstream::println!(
        "\nWrote the crate in {out}, names in {}.",
        job.ledger.display()
    );
    anstream::println!("Next:");
    anstream::println!("  cargo check --manifest-path {out}/Cargo.toml");
    anstream::println!("  open {out}/README.md for an example and the credentials it reads");
}

fn locked(job: &Job, generated: &Generated, source: &Source) -> Locked {
    // Overlays are the last files that were read.
    let overlays = source
        .files
        .len()
        .saturating_sub(job.request.overlays.len());
    Locked {
        spec: source
            .files
            .first()
            .map(|file| sha256_hex(file.text.as_bytes()))
            .unwrap_or_default(),
        overlays: source.files[overlays..]
            .iter()
            .map(|file| sha256_hex(file.text.as_bytes()))
            .collect(),
        config: job
            .config_text
            .as_ref()
            .map(|text| sha256_hex(text.as_bytes())),
        names: sha256_hex(generated.ledger.as_bytes()),
        files: generated
            .files
            .iter()
            .map(|file| (file.path.clone(), sha256_hex(file.text.as_bytes())))
            .collect(),
    }
}

fn lock(path: &Path, clients: &BTreeMap<String, Locked>, check: bool) -> Exit {
    let text = project::lock_text(clients);
    let old = std::fs::read_to_string(path).ok();
    if old.as_deref() == Some(text.as_str()) {
        return Exit::Done;
    }
    if check {
        report::plain(
            "pontoon.lock is stale",
            "run `pontoon generate` and commit the result",
        );
        return Exit::CheckFailed;
    }
    match package::write_file(path, &text) {
        Ok(()) => Exit::Done,
        Err(error) => {
            report::plain(
                &format!("{} cannot be written: {error}", path.display()),
                "check the folder",
            );
            Exit::Unusable
        }
    }
}
