//! The document to the resolved model, to the Rust IR, to text.

#![no_main]

use libfuzzer_sys::fuzz_target;
use pontoon::config::Config;
use pontoon::diagnostic::Diagnostics;
use pontoon::rust::{Ledger, Options};
use pontoon::source::{LoadOptions, parse};

/// In proportion to inputs of 16 KiB: a spec of the real size may expand to more.
static OPTIONS: LoadOptions = LoadOptions {
    max_bytes: 1 << 20,
    max_depth: 200,
    max_nodes: 100_000,
    root: None,
};

fuzz_target!(|text: &str| {
    let mut diagnostics = Diagnostics::default();
    let Ok(mut source) = parse("spec.yaml", text.to_owned(), &OPTIONS, &mut diagnostics) else {
        return;
    };
    let Ok(document) = pontoon::dialect::lower(&mut source, &mut diagnostics) else {
        return;
    };
    let api = pontoon::resolve::resolve(
        &document.openapi,
        &document.pointers,
        Default::default(),
        &mut diagnostics,
    );
    let options = Options {
        package: "fuzz".to_owned(),
        ..Config::default().options(&api)
    };
    let mut ledger = Ledger::default();
    let krate = pontoon::rust::lower(&api, &options, &mut ledger, &mut diagnostics);
    let _ = pontoon::emit::emit(&krate);
    let _ = pontoon::emit::emit_tests(&krate);
});
