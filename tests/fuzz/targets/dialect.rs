//! Nodes of any dialect to the one document.

#![no_main]

use libfuzzer_sys::fuzz_target;
use pontoon::diagnostic::Diagnostics;
use pontoon::source::{LoadOptions, parse};

fuzz_target!(|text: &str| {
    let mut diagnostics = Diagnostics::default();
    let options = LoadOptions::default();
    if let Ok(mut source) = parse("spec.yaml", text.to_owned(), &options, &mut diagnostics) {
        let _ = pontoon::dialect::lower(&mut source, &mut diagnostics);
    }
});
