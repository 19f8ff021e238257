//! Overlays over a small description, and what they leave through the dialects.

#![no_main]

use libfuzzer_sys::fuzz_target;
use pontoon::diagnostic::Diagnostics;
use pontoon::overlay::{Options, apply};
use pontoon::source::{LoadOptions, parse};
use std::path::PathBuf;
use std::sync::LazyLock;

const SPEC: &str = include_str!("../../golden/overlay/spec.yaml");

/// Overlays are read from files.
static OPTIONS: LazyLock<Options> = LazyLock::new(|| {
    let name = format!("pontoon-fuzz-overlay-{}.yaml", std::process::id());
    let file: PathBuf = std::env::temp_dir().join(name);
    Options {
        files: vec![file],
        lenient: true,
    }
});

fuzz_target!(|text: &str| {
    if std::fs::write(&OPTIONS.files[0], text).is_err() {
        return;
    }
    let mut diagnostics = Diagnostics::default();
    let options = LoadOptions::default();
    let Ok(mut source) = parse("spec.yaml", SPEC.to_owned(), &options, &mut diagnostics) else {
        return;
    };
    if apply(&mut source, &OPTIONS, &mut diagnostics).is_ok() {
        let _ = pontoon::dialect::lower(&mut source, &mut diagnostics);
    }
});
