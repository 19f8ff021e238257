//! Other generators on the same specs: generated, CPU, memory; for the sample also
//! whether the crate compiles. They are installed by `tests/bench/run peers`.

use crate::generate::{PACKAGE, first_line, round, scratch};
use crate::process::{bounded, measured};
use crate::specs::{House, Spec, shown};
use crate::state::Results;
use crate::{Options, pool, untyped};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// Time and memory for one spec; the largest that is done takes 13 CPU s and 2.4 GB.
const LIMIT: Duration = Duration::from_secs(120);
const MEMORY: u64 = 8_000_000_000;

/// Time for one crate.
const CHECK_LIMIT: Duration = Duration::from_secs(900);

/// A generator.
struct Peer {
    name: &'static str,
    /// As `cargo install` takes it.
    version: &'static str,
    program: &'static str,
}

/// The versions of `tests/bench`.
const PEERS: [Peer; 4] = [
    Peer {
        name: "openapi-to-rust",
        version: "0.23.0",
        program: "openapi-to-rust",
    },
    Peer {
        name: "ploidy",
        version: "0.15.0",
        program: "ploidy",
    },
    Peer {
        name: "oas3-gen",
        version: "0.29.0",
        program: "oas3-gen",
    },
    Peer {
        name: "progenitor",
        version: "0.15.1",
        program: "cargo-progenitor",
    },
];

fn program(house: &House, peer: &Peer) -> PathBuf {
    house
        .root
        .join("tests/.cache/bench/peers/bin")
        .join(peer.program)
}

/// Runs those that are installed; says which are not.
pub(crate) fn run(house: &House, specs: &[Spec], options: &Options) -> Result<(), String> {
    for peer in &PEERS {
        let program = program(house, peer);
        if !program.exists() {
            eprintln!(
                "peers: {} {} is not installed: run `tests/bench/run peers`",
                peer.name, peer.version
            );
            continue;
        }
        let results = Results::open(house, &format!("peer-{}", peer.name))?;
        let compiling = !options.full && options.folder.is_none();
        pool::each(peer.name, specs, options, |thread, spec| {
            let mut key = format!("{} {} compiled {compiling}", spec.sha256(), peer.version);
            if peer.name == untyped::PEER {
                key.push_str(" untyped");
            }
            if !options.again && results.kept(&spec.name, &key).is_some() {
                return Ok(None);
            }
            let folder = scratch(house, "peer", thread)?;
            let row = one(house, peer, &program, spec, &folder, compiling)?;
            results.put(&spec.name, &key, row)?;
            Ok(None)
        })?;
    }
    Ok(())
}

fn one(
    house: &House,
    peer: &Peer,
    program: &Path,
    spec: &Spec,
    folder: &Path,
    compiling: bool,
) -> Result<Value, String> {
    let out = folder.join(PACKAGE);
    let log = folder.join("log");
    let mut command = Command::new(program);
    match peer.name {
        "ploidy" => {
            command.args(["generate", "rust"]).arg(&spec.path);
            command.arg("--output").arg(&out).args(["--name", PACKAGE]);
        }
        "oas3-gen" => {
            command
                .args(["generate", "client-mod", "-i"])
                .arg(&spec.path);
            command.arg("-o").arg(&out).arg("--workspace");
        }
        "progenitor" => {
            command.args(["progenitor", "-i"]).arg(&spec.path);
            command
                .arg("-o")
                .arg(&out)
                .args(["-n", PACKAGE, "-v", "0.1.0"]);
        }
        _ => {
            fs::create_dir_all(&out).map_err(|error| shown(&out, &error))?;
            command.arg("generate").arg(&spec.path).current_dir(&out);
            command.args(["--report-untyped", "--json"]);
        }
    }
    bounded(&mut command, MEMORY);
    let outcome = measured(&mut command, &log, LIMIT).map_err(|error| error.to_string())?;
    let mut row = json!({
        "ok": outcome.ok(),
        "cpu": round(outcome.cpu, 2),
        "mb": outcome.mb.round(),
    });
    if !outcome.ok() {
        row["panic"] = (outcome.code == Some(101) || outcome.code.is_none()).into();
        let said = untyped::error(&outcome.stdout).filter(|_| peer.name == untyped::PEER);
        row["error"] = said.unwrap_or_else(|| first_line(&outcome)).into();
        return Ok(row);
    }
    if peer.name == untyped::PEER {
        match untyped::report(&outcome.stdout) {
            Ok(reasons) => row["untyped"] = reasons,
            Err(message) => row["untyped_error"] = message.into(),
        }
    }
    if compiling {
        match complete(peer, &out) {
            Err(message) => {
                row["compiles"] = false.into();
                row["compile_error"] = message.into();
            }
            Ok(()) => {
                let mut cargo = Command::new("cargo");
                cargo
                    .args(["check", "--quiet"])
                    .current_dir(&out)
                    .env("CARGO_TARGET_DIR", house.cache.join("peers-target"))
                    .env("CARGO_INCREMENTAL", "0")
                    .env_remove("RUSTFLAGS");
                let checked = measured(&mut cargo, &log, CHECK_LIMIT).map_err(|e| e.to_string())?;
                row["compiles"] = checked.ok().into();
                row["compile_cpu"] = round(checked.cpu, 2).into();
                row["compile_mb"] = checked.mb.round().into();
                if !checked.ok() {
                    row["compile_error"] = first_line(&checked).into();
                }
            }
        }
    }
    Ok(row)
}

/// Makes a crate of its own of what a generator wrote.
fn complete(peer: &Peer, out: &Path) -> Result<(), String> {
    let read = |path: &Path| fs::read_to_string(path).map_err(|error| shown(path, &error));
    let write = |path: &Path, text: &str| fs::write(path, text).map_err(|e| shown(path, &e));
    let manifest = out.join("Cargo.toml");
    if peer.name == "openapi-to-rust" {
        let needed = read(&out.join("src/generated/REQUIRED_DEPS.toml"))?;
        write(&out.join("src/lib.rs"), "pub mod generated;\n")?;
        let text = format!(
            "[package]\nname = \"{PACKAGE}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n{needed}\n"
        );
        write(&manifest, &text)?;
    }
    let text = read(&manifest)?;
    if !text.lines().any(|line| line.trim() == "[workspace]") {
        write(&manifest, &format!("{text}\n[workspace]\n"))?;
    }
    Ok(())
}

/// The peers' rows of the scoreboard; nothing where none was run.
pub(crate) fn table(house: &House, specs: &[Spec]) -> Result<String, String> {
    let mut out = String::new();
    for peer in &PEERS {
        let results = Results::open(house, &format!("peer-{}", peer.name))?;
        let rows: Vec<Value> = specs
            .iter()
            .filter_map(|spec| results.get(&spec.name))
            .collect();
        if rows.is_empty() {
            continue;
        }
        let count = |is: &dyn Fn(&Value) -> bool| rows.iter().filter(|row| is(row)).count();
        let sum = |name: &str| {
            rows.iter()
                .filter_map(|row| row[name].as_f64())
                .sum::<f64>()
        };
        let peak = rows.iter().filter_map(|row| row["mb"].as_f64());
        let tried = count(&|row| row["compiles"].is_boolean());
        let _ = writeln!(
            out,
            "| {} {} | {} of {} | {} | {:.0} | {:.0} | {} of {tried} | {:.0} |",
            peer.name,
            peer.version,
            count(&|row| row["ok"] == true),
            rows.len(),
            count(&|row| row["panic"] == true),
            sum("cpu"),
            peak.fold(0.0, f64::max),
            count(&|row| row["compiles"] == true),
            sum("compile_cpu"),
        );
    }
    if out.is_empty() {
        return Ok(out);
    }
    Ok(format!(
        "\n## Peers on the same specs\n\n\
         | Generator | Generated | Panics | CPU s | Peak MB | Compiles | CPU s |\n\
         |---|--:|--:|--:|--:|--:|--:|\n{out}"
    ))
}
