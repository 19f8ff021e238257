//! The scenario suite's two halves that are Rust: `plan` generates a crate per
//! OpenAPI document and a driver that makes the calls of every scenario through
//! them; `report` judges what came back. See `README.md`; `run` calls both.

mod data;
mod driver;
mod plan;
mod report;
mod template;
mod values;

use std::path::Path;
use std::process::ExitCode;

/// What goes wrong is a text for whoever ran the suite.
type Result<T> = std::result::Result<T, String>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words[..] {
        ["plan", cache] => driver::write(Path::new(cache)).map(|()| true),
        ["report", cache, table] => report::write(Path::new(cache), Path::new(table)),
        _ => {
            eprintln!("usage: scenarios plan CACHE | scenarios report CACHE TABLE");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("scenarios: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Reads a file of JSON.
fn read<T: serde::de::DeserializeOwned>(path: &Path) -> Result<T> {
    let text = std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
    serde_json::from_slice(&text).map_err(|error| format!("{}: {error}", path.display()))
}
