//! Text to located nodes: JSON and YAML.

#![no_main]

use libfuzzer_sys::fuzz_target;
use pontoon::diagnostic::Diagnostics;
use pontoon::source::{LoadOptions, parse};

fuzz_target!(|text: &str| {
    for path in ["spec.json", "spec.yaml"] {
        let mut diagnostics = Diagnostics::default();
        let _ = parse(path, text.to_owned(), &LoadOptions::default(), &mut diagnostics);
    }
});
