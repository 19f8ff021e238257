//! Regeneration: what the vendor does to a spec without changing the API must
//! not change the crate's public names. Each test changes a committed spec,
//! generates with the old ledger, and looks for every name that was there.

mod change;
mod surface;

use pontoon::config::Config;
use pontoon::diagnostic::Diagnostics;
use pontoon::rust::ir::Crate;
use pontoon::rust::{Ledger, Options};
use pontoon::source::{LoadOptions, Source};
use pontoon_tests::{root, target};
use serde_json::Value;
use std::fs;
use surface::Surface;

/// The committed specs: every dialect and shape that the house knows well.
const SPECS: [&str; 6] = [
    "github",
    "stripe",
    "notion",
    "jupyter",
    "prefect",
    "microsoft-graph",
];

fn spec(name: &str) -> Value {
    let path = root().join("specs").join(name).join("openapi.json");
    let text = fs::read_to_string(&path).expect("the committed spec");
    serde_json::from_str(&text).expect("JSON")
}

/// Lowers a document to the Rust IR; the ledger is read and written.
fn lower(name: &str, document: &Value, ledger: &mut Ledger) -> Crate {
    let folder = target().join("tmp/upgrade");
    fs::create_dir_all(&folder).expect("a scratch folder");
    let path = folder.join(format!("{name}.json"));
    fs::write(&path, document.to_string()).expect("a scratch file");
    let mut diagnostics = Diagnostics::default();
    let mut load = || -> Result<Crate, pontoon::diagnostic::Diagnostic> {
        let source: Source =
            pontoon::source::load(&path, &LoadOptions::default(), &mut diagnostics)?;
        let document = pontoon::dialect::lower(&source, &mut diagnostics)?;
        let api = pontoon::resolve::resolve(
            &document.openapi,
            &document.pointers,
            Default::default(),
            &mut diagnostics,
        );
        let options = Options {
            package: name.to_owned(),
            ..Config::default().options(&api)
        };
        Ok(pontoon::rust::lower(
            &api,
            &options,
            ledger,
            &mut diagnostics,
        ))
    };
    load().unwrap_or_else(|error| panic!("{name}: {error:?}"))
}

/// Generates before and after `change`, and compares.
#[track_caller]
fn unchanged(label: &str, change: impl Fn(&mut Value)) {
    at_most(label, 0, change);
}

/// The same, with a number of names in ten thousand that may change.
#[track_caller]
fn at_most(label: &str, allowed: usize, change: impl Fn(&mut Value)) {
    let mut failures = Vec::new();
    for name in SPECS {
        let mut document = spec(name);
        let mut ledger = Ledger::default();
        let before = Surface::of(&lower(&format!("{name}-{label}"), &document, &mut ledger));
        change(&mut document);
        let after = Surface::of(&lower(&format!("{name}-{label}"), &document, &mut ledger));
        let lost = before.lost_in(&after);
        if lost.len() * 10_000 > before.len() * allowed {
            failures.push(format!(
                "{name}: {} of {} public names changed, for example\n    {}",
                lost.len(),
                before.len(),
                lost[..lost.len().min(8)].join("\n    ")
            ));
        }
    }
    assert!(failures.is_empty(), "{label}:\n{}", failures.join("\n"));
}

#[test]
fn the_same_document_gives_the_same_names() {
    unchanged("same", |_| {});
}

#[test]
fn reordering_the_file_renames_nothing() {
    unchanged("reordered", change::reverse);
}

#[test]
fn inserting_schemas_renames_nothing() {
    unchanged("inserted", change::insert_rivals);
}

/// Members of a union that have the same properties, and an inline union beside
/// properties, cannot be told from each other once they are elsewhere: about 50 of
/// 36,900 names when this was written.
#[test]
fn moving_inline_objects_into_components_keeps_names() {
    at_most("split", 60, change::split);
}
