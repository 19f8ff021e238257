//! The interpreter's verdicts beside those of compiled types: for a few specs the crate
//! is built with a program that reads and writes the same instances through it.

use crate::generate::{PACKAGE, first_line, generate, scratch};
use crate::places::Subject;
use crate::process::measured;
use crate::shapes::shapes;
use crate::specs::{House, Spec, shown};
use crate::state::Results;
use crate::{Options, pool};
use pontoon::analyze::instances::instances;
use pontoon::config::Config;
use pontoon::diagnostic::Diagnostics;
use pontoon::rust::{self, Ledger};
use pontoon::source::sha256_hex;
use pontoon_runtime::codec::json::{Mode, decode, encode};
use pontoon_runtime::model::dynamic::Value as Model;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// How many specs are compiled.
const SPECS: usize = 10;
/// Component schemas that such a spec has.
const SIZE: std::ops::RangeInclusive<u64> = 20..=300;
/// Time for building and running one.
const LIMIT: Duration = Duration::from_secs(900);

/// Reads and writes a text: what came out, or why nothing did. The program that is
/// built does the same with `+` and `-` in front.
fn verdict(mut model: Model, text: &str) -> String {
    let done = decode(text.as_bytes(), model.slot())
        .map_err(|error| error.to_string())
        .and_then(|()| encode(model.view(), Mode::Whole).map_err(|error| error.to_string()));
    match done {
        Ok(written) => format!("+{}", String::from_utf8_lossy(&written)),
        Err(message) => format!("-{message}"),
    }
}

/// Lines of a type of the crate, an instance, and the interpreter's verdict, with tabs
/// between.
pub(crate) fn lines(spec: &Path) -> Result<String, String> {
    let subject = Subject::read(spec)?;
    let found = shapes(&subject)?;
    // The names that the crate has: those given without probes.
    let mut ledger = Ledger::default();
    let options = Config::default().options(&subject.api);
    rust::lower(&subject.api, &options, &mut ledger, &mut Diagnostics::new());
    let mut out = String::new();
    for (place, root) in subject.places.iter().zip(&found.roots) {
        let name = ledger.types.get(&place.key);
        let (Some(name), Ok(root), true) = (name, root, place.component) else {
            continue;
        };
        for instance in instances(&subject.api, place.schema) {
            // Null is told apart by what holds the type, not by the type.
            if !instance.is_null() {
                let text = instance.to_string();
                let verdict = verdict(found.types.blank(*root), &text);
                let _ = writeln!(out, "{name}\t{text}\t{verdict}");
            }
        }
    }
    Ok(out)
}

/// Builds and compares. Whether every verdict is the same.
pub(crate) fn run(house: &House, specs: &[Spec], options: &Options) -> Result<bool, String> {
    let trips = Results::open(house, "roundtrip")?;
    let results = Results::open(house, "compiled")?;
    let own = std::env::current_exe().map_err(|error| error.to_string())?;
    let version = fs::read(&own).map_err(|error| shown(&own, &error))?;
    let version = format!("{} {}", sha256_hex(&version), house.runtime_sha256()?);
    let mut ranked: Vec<(usize, &Spec)> = specs
        .iter()
        .filter_map(|spec| {
            let row = trips.get(&spec.name)?;
            let fits = SIZE.contains(&row["schemas"].as_u64()?);
            fits.then(|| (row["features"].as_array().map_or(0, Vec::len), spec))
        })
        .collect();
    ranked.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.name.cmp(&b.1.name)));
    let chosen: Vec<Spec> = ranked
        .into_iter()
        .take(SPECS)
        .map(|(_, spec)| spec.clone())
        .collect();
    pool::each("compiled", &chosen, &single(options), |thread, spec| {
        let key = format!("{} {version}", spec.sha256());
        if !options.again && results.kept(&spec.name, &key).is_some() {
            return Ok(None);
        }
        let row = one(house, &own, spec, &scratch(house, "compiled", thread)?)?;
        let said = (row["other"] != 0)
            .then(|| format!("{}: {}", spec.name, row["error"].as_str().unwrap_or("")));
        results.put(&spec.name, &key, row)?;
        Ok(said)
    })?;
    Ok(chosen
        .iter()
        .all(|spec| results.get(&spec.name).is_some_and(|row| row["other"] == 0)))
}

/// One at a time: cargo works with as many jobs as it likes.
fn single(options: &Options) -> Options {
    Options {
        jobs: 1,
        ..options.clone()
    }
}

fn one(house: &House, own: &Path, spec: &Spec, folder: &Path) -> Result<Value, String> {
    let log = folder.join("log");
    let failed = |message: String| json!({"instances": 0, "other": 1, "error": message});
    let mut command = Command::new(own);
    command.arg("--worker").arg(&spec.path).arg("--lines");
    let made = measured(&mut command, &log, LIMIT).map_err(|error| error.to_string())?;
    if !made.ok() {
        return Ok(failed(first_line(&made)));
    }
    let lines: Vec<(&str, &str, &str)> = made
        .stdout
        .lines()
        .filter_map(|line| {
            let (name, rest) = line.split_once('\t')?;
            let (text, verdict) = rest.split_once('\t')?;
            Some((name, text, verdict))
        })
        .collect();
    let types: BTreeSet<&str> = lines.iter().map(|(name, ..)| *name).collect();
    let generated = generate(house, spec, &folder.join("client"))?;
    if generated["ok"] != true {
        return Ok(failed(generated["error"].to_string()));
    }
    write_program(house, folder, &types)?;
    let input: String = lines
        .iter()
        .map(|(name, text, _)| format!("{name}\t{text}\n"))
        .collect();
    let path = folder.join("instances");
    fs::write(&path, input).map_err(|error| shown(&path, &error))?;
    let mut cargo = Command::new("cargo");
    cargo
        .args(["run", "--quiet", "--", "../instances"])
        .current_dir(folder.join("program"))
        .env("CARGO_TARGET_DIR", house.cache.join("target"))
        .env("CARGO_INCREMENTAL", "0")
        .env("CARGO_PROFILE_DEV_DEBUG", "0")
        .env_remove("RUSTFLAGS");
    let done = measured(&mut cargo, &log, LIMIT).map_err(|error| error.to_string())?;
    if !done.ok() {
        return Ok(failed(first_line(&done)));
    }
    let verdicts: Vec<&str> = done.stdout.lines().collect();
    let mut other = lines.len().abs_diff(verdicts.len());
    let mut first = None;
    for ((name, text, wanted), verdict) in lines.iter().zip(&verdicts) {
        if wanted != verdict {
            other += 1;
            first.get_or_insert_with(|| format!("{name}: {text}: {wanted} but {verdict}"));
        }
    }
    let mut row = json!({
        "types": types.len(),
        "instances": lines.len(),
        "other": other,
        "cpu": done.cpu,
    });
    if let Some(first) = first {
        row["error"] = first.into();
    }
    Ok(row)
}

/// A program with a table of the crate's types.
fn write_program(house: &House, folder: &Path, types: &BTreeSet<&str>) -> Result<(), String> {
    let program = folder.join("program");
    fs::create_dir_all(program.join("src")).map_err(|error| shown(&program, &error))?;
    let write = |name: &str, text: &str| {
        let path = program.join(name);
        fs::write(&path, text).map_err(|error| shown(&path, &error))
    };
    write(
        "Cargo.toml",
        &format!(
            "[package]\nname = \"corpus-program\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
             [dependencies]\n{PACKAGE} = {{ path = \"../client\" }}\n\
             pontoon-runtime = {{ path = {:?} }}\n\n[workspace]\n",
            house.runtime()
        ),
    )?;
    let lock = house.root.join("Cargo.lock");
    fs::copy(&lock, program.join("Cargo.lock")).map_err(|error| shown(&lock, &error))?;
    let client = PACKAGE.replace('-', "_");
    let mut rows = String::new();
    for name in types {
        let _ = writeln!(rows, "    ({name:?}, trip::<{client}::models::{name}>),");
    }
    write(
        "src/main.rs",
        &format!("{PROGRAM}\nstatic TYPES: &[(&str, Trip)] = &[\n{rows}];\n"),
    )
}

const PROGRAM: &str = r#"#![allow(deprecated)]
use pontoon_runtime::codec::json::{Mode, decode, encode};
use pontoon_runtime::codegen::{Reflect, blank};

type Trip = fn(&str) -> String;

fn trip<T: Reflect>(text: &str) -> String {
    let mut value: T = blank();
    let done = decode(text.as_bytes(), value.slot())
        .map_err(|error| error.to_string())
        .and_then(|()| encode(value.view(), Mode::Whole).map_err(|error| error.to_string()));
    match done {
        Ok(written) => format!("+{}", String::from_utf8_lossy(&written)),
        Err(message) => format!("-{message}"),
    }
}

fn main() {
    let path = std::env::args().nth(1).expect("a file of instances");
    let text = std::fs::read_to_string(path).expect("a readable file");
    for line in text.lines() {
        let (name, text) = line.split_once('\t').expect("a type and an instance");
        let found = TYPES.binary_search_by_key(&name, |(name, _)| name).expect("a known type");
        println!("{}", TYPES[found].1(text));
    }
}
"#;
