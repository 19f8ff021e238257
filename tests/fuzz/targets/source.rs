//! Text to located nodes: JSON and YAML.

#![no_main]

use libfuzzer_sys::fuzz_target;
use pontoon::diagnostic::Diagnostics;
use pontoon::source::{LoadOptions, parse};

/// In proportion to inputs of 16 KiB: a spec of the real size may expand to more.
static OPTIONS: LoadOptions = LoadOptions {
    max_bytes: 1 << 20,
    max_depth: 200,
    max_nodes: 100_000,
    root: None,
};

fuzz_target!(|text: &str| {
    for path in ["spec.json", "spec.yaml"] {
        let mut diagnostics = Diagnostics::default();
        let _ = parse(path, text.to_owned(), &OPTIONS, &mut diagnostics);
    }
});
