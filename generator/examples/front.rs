//! Loads and lowers every spec of a folder and prints what fails, what was
//! found by code, and what took longest:
//!
//! `PONTOON_SPECS=folder cargo run --release -p pontoon --example front`
//!
//! With `PONTOON_FINDINGS=P0301` it prints the findings of that code too.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use pontoon::diagnostic::{Diagnostics, Style, render};
use pontoon::{dialect, source};

fn main() {
    let Ok(folder) = std::env::var("PONTOON_SPECS") else {
        eprintln!("set PONTOON_SPECS to a spec or a folder of specs");
        std::process::exit(2);
    };
    let wanted = std::env::var("PONTOON_FINDINGS").unwrap_or_default();
    let mut files = Vec::new();
    collect(Path::new(&folder), &mut files);
    files.sort();
    let mut failed = 0;
    let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let mut times = Vec::new();
    for file in &files {
        let mut diagnostics = Diagnostics::new();
        let start = Instant::now();
        let options = source::LoadOptions::default();
        let loaded = source::load(file, &options, &mut diagnostics);
        let load = start.elapsed();
        let lowered = loaded.and_then(|source| {
            let document = dialect::lower(&source, &mut diagnostics);
            let total = start.elapsed();
            times.push((total, load, file.clone()));
            let shown = diagnostics.iter().filter(|d| d.code.id == wanted);
            for diagnostic in shown.take(5) {
                print!("{}", render(diagnostic, Some(&source), Style::Plain));
            }
            document
        });
        if let Err(diagnostic) = lowered {
            failed += 1;
            println!("FAILED {}", file.display());
            print!("{}", render(&diagnostic, None, Style::Plain));
        }
        for (code, count) in diagnostics.counts() {
            let entry = counts.entry(code.id).or_default();
            entry.0 += count;
            entry.1 += 1;
        }
    }
    println!("code   findings  specs");
    for (code, (findings, specs)) in counts {
        println!("{code} {findings:9} {specs:6}");
    }
    times.sort();
    println!("slowest: total, of which load");
    for (total, load, file) in times.iter().rev().take(8) {
        println!("{:6} ms {:6} ms {}", ms(*total), ms(*load), file.display());
    }
    println!(
        "{} of {} specs can be used",
        files.len() - failed,
        files.len()
    );
}

fn ms(duration: Duration) -> u128 {
    duration.as_millis()
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) {
    if path.is_file() {
        files.push(path.to_path_buf());
        return;
    }
    for entry in std::fs::read_dir(path).into_iter().flatten().flatten() {
        let path = entry.path();
        let name = path.to_string_lossy().into_owned();
        if path.is_dir()
            || [".json", ".yaml", ".yml"]
                .iter()
                .any(|end| name.ends_with(end))
        {
            collect(&path, files);
        }
    }
}
