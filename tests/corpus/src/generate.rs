//! A crate of a spec, by the generator's own program, measured.

use crate::process::{Outcome, measured};
use crate::specs::{House, Spec, shown, walk};
use pontoon::source::sha256_hex;
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// The package name of every crate that is generated here.
pub(crate) const PACKAGE: &str = "corpus-client";

/// Time for one spec; the largest take seconds.
const LIMIT: Duration = Duration::from_secs(600);

/// The folder of thread `thread`, emptied.
pub(crate) fn scratch(house: &House, stage: &str, thread: usize) -> Result<PathBuf, String> {
    let folder = house.cache.join("work").join(format!("{stage}{thread}"));
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(|error| shown(&folder, &error))?;
    }
    fs::create_dir_all(&folder).map_err(|error| shown(&folder, &error))?;
    Ok(folder)
}

/// Generates the crate of `spec` into `out`, which must not exist, and counts.
pub(crate) fn generate(house: &House, spec: &Spec, out: &Path) -> Result<Value, String> {
    generate_with(house, spec, out, &[])
}

/// The same with further arguments.
pub(crate) fn generate_with(
    house: &House,
    spec: &Spec,
    out: &Path,
    arguments: &[&str],
) -> Result<Value, String> {
    let scratch = out.with_extension("log");
    let mut command = Command::new(&house.pontoon);
    command
        .arg("generate")
        .arg(&spec.path)
        .arg("--out")
        .arg(out)
        .args(arguments)
        .args(["--name", PACKAGE, "--report", "json", "--runtime-path"])
        .arg(house.runtime());
    let outcome = measured(&mut command, &scratch, LIMIT).map_err(|error| error.to_string())?;
    let mut row = json!({
        "ok": outcome.ok(),
        "cpu": round(outcome.cpu, 2),
        "mb": outcome.mb.round(),
        "spec_mb": round(spec.bytes as f64 / 1e6, 2),
    });
    if !outcome.ok() {
        row["panic"] = panicked(&outcome).into();
        row["error"] = first_line(&outcome).into();
        return Ok(row);
    }
    let report: Value = serde_json::from_str(&outcome.stdout).unwrap_or_default();
    row["dialect"] = report["dialect"].clone();
    for (column, value) in [("totals", &report["totals"]), ("", &report["conformance"])] {
        for (name, count) in value.as_object().into_iter().flatten() {
            if count.is_u64() || !column.is_empty() {
                row[name] = count.clone();
            }
        }
    }
    let mut codes = serde_json::Map::new();
    for found in report["diagnostics"].as_array().into_iter().flatten() {
        if let Some(code) = found["code"].as_str() {
            let count = codes.get(code).and_then(Value::as_u64).unwrap_or(0);
            codes.insert(code.to_owned(), (count + 1).into());
        }
    }
    row["findings"] = codes.into();
    let (sha, bytes) = contents(out)?;
    row["crate"] = sha.into();
    row["rust_mb"] = round(bytes as f64 / 1e6, 2).into();
    Ok(row)
}

/// The hash of all files of a crate that matter to the compiler, and the bytes of Rust.
fn contents(out: &Path) -> Result<(String, usize), String> {
    let mut files = Vec::new();
    walk(out, &mut files)?;
    let mut text = String::new();
    let mut rust = 0;
    for path in files {
        let is_rust = path.extension().is_some_and(|end| end == "rs");
        if !is_rust && !path.ends_with("Cargo.toml") {
            continue;
        }
        let bytes = fs::read(&path).map_err(|error| shown(&path, &error))?;
        if is_rust {
            rust += bytes.len();
        }
        let name = path.strip_prefix(out).unwrap_or(&path).to_string_lossy();
        text.push_str(&format!("{name} {}\n", sha256_hex(&bytes)));
    }
    Ok((sha256_hex(text.as_bytes()), rust))
}

fn panicked(outcome: &Outcome) -> bool {
    outcome.late || outcome.code.is_none() || outcome.code == Some(101)
}

/// What a program says first when it fails.
pub(crate) fn first_line(outcome: &Outcome) -> String {
    let lines = outcome.stderr.lines().map(str::trim);
    let line = lines
        .clone()
        .find(|line| line.contains("error") || line.contains("panicked"))
        .or_else(|| lines.clone().find(|line| !line.is_empty()))
        .unwrap_or_default();
    let line: String = line.chars().take(200).collect();
    if outcome.late || outcome.code.is_none() {
        format!("{}: {line}", outcome.ending())
    } else {
        line
    }
}

/// To some digits after the point.
pub(crate) fn round(value: f64, digits: i32) -> f64 {
    let scale = 10f64.powi(digits);
    (value * scale).round() / scale
}
