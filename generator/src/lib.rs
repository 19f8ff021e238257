//! The generator: from a vendor's OpenAPI document to a typed Rust client crate.
//!
//! [`generate`] is the whole pipeline; every stage is a module of its own with
//! types of its own. See `generator/README.md` for what each may know.

pub mod analyze;
pub mod api;
pub mod cli;
pub mod config;
pub mod conformance;
pub mod connector;
pub mod diagnostic;
pub mod dialect;
pub mod drift;
pub mod emit;
pub mod filter;
pub mod inspect;
pub mod overlay;
pub mod package;
pub mod project;
pub mod resolve;
pub mod rust;
#[cfg(feature = "connect")]
pub mod simulation;
pub mod source;
pub mod vendor;

use config::Config;
use diagnostic::{Diagnostic, Diagnostics, Effect, codes};
use filter::Filter;
use source::{LoadOptions, Source};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// The version of the generator, written into what it generates.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// One crate to generate.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// The spec.
    pub spec: PathBuf,
    /// The folder below which it may refer to files, if not its own.
    pub root: Option<PathBuf>,
    /// Overlays to lay over it, in order.
    pub overlays: Vec<PathBuf>,
    /// What `client.toml` says.
    pub config: Config,
    /// The text of the names ledger, where there is one.
    pub ledger: Option<String>,
    /// The text of the connector manifest of before, where that alone is generated and
    /// the names of its streams are kept.
    pub manifest: Option<String>,
    /// How the crate finds the runtime.
    pub runtime: rust::ir::RuntimeDependency,
    /// Whether the crate stands outside any workspace.
    pub standalone: bool,
    /// Whether the crate gets a test that makes every call.
    pub tests: bool,
    /// Let places share types that did not when the ledger was written.
    pub reshare: bool,
}

/// What a generation gives.
#[derive(Debug)]
pub struct Generated {
    /// The files of the crate.
    pub files: Vec<emit::OutputFile>,
    /// What they were written from.
    pub krate: rust::ir::Crate,
    /// The new text of the names ledger.
    pub ledger: String,
    /// Totals.
    pub summary: inspect::Summary,
    /// The connector manifest, one of the files.
    pub connector: String,
}

/// A stage of the pipeline, for progress.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Reading and parsing.
    Read,
    /// Lowering the dialect.
    Lower,
    /// Resolving references.
    Resolve,
    /// Choosing names and types.
    Type,
    /// Writing code.
    Emit,
}

/// A spec after the first half of the pipeline.
#[derive(Debug)]
pub struct Resolved {
    /// The API, the configuration applied.
    pub api: api::Api,
    /// What the document is written in.
    pub dialect: dialect::Dialect,
    /// Where the lowered document's places are in the one that was given.
    pub pointers: dialect::Pointers,
    /// SHA-256 of the spec's bytes, hex.
    pub spec_sha256: String,
}

/// The first half of the pipeline: text, document, `Api`.
///
/// # Errors
/// The input cannot be used; the diagnostic says why.
pub fn read(
    request: &Request,
    source: &mut Source,
    diagnostics: &mut Diagnostics,
    progress: &dyn Fn(Stage),
) -> Result<Resolved, Diagnostic> {
    progress(Stage::Read);
    let options = LoadOptions {
        root: request.root.clone(),
        ..LoadOptions::default()
    };
    *source = source::load(&request.spec, &options, diagnostics)?;
    let overlays = overlay::Options {
        files: request.overlays.clone(),
        lenient: request.config.overlay_lenient,
    };
    overlay::apply(source, &overlays, diagnostics)?;
    let filter = Filter::parse(&request.config.include, &request.config.exclude)
        .map_err(|message| Diagnostic::error(&codes::FILTER, message))?;
    let spec_sha256 = source::sha256_hex(source.files[0].text.as_bytes());
    select(source, &filter)?;
    progress(Stage::Lower);
    let document = dialect::lower(source, diagnostics)?;
    progress(Stage::Resolve);
    let mut api = resolve::resolve(
        &document.openapi,
        &document.pointers,
        request.config.resolution(),
        diagnostics,
    );
    request.config.apply(&mut api);
    settle_formats(&mut api, request, &document.pointers, diagnostics);
    settle_events(&mut api, diagnostics);
    settle_constraints(&mut api, request, &document.pointers, diagnostics);
    settle_lists(&mut api, request, diagnostics);
    Ok(Resolved {
        api,
        dialect: document.dialect,
        pointers: document.pointers,
        spec_sha256,
    })
}

/// The pipeline: text, document, `Api`, Rust IR, files. What was repaired,
/// degraded or dropped is in `diagnostics`; `source` is for their excerpts.
///
/// # Errors
/// The input cannot be used; the diagnostic says why.
pub fn generate(
    request: &Request,
    source: &mut Source,
    diagnostics: &mut Diagnostics,
    progress: &dyn Fn(Stage),
) -> Result<Generated, Diagnostic> {
    let Resolved {
        api,
        dialect,
        pointers: _,
        spec_sha256,
    } = read(request, source, diagnostics, progress)?;
    progress(Stage::Type);
    let mut ledger = match &request.ledger {
        Some(text) => rust::Ledger::parse(text)
            .map_err(|message| Diagnostic::error(&codes::LEDGER, message))?,
        None => rust::Ledger::default(),
    };
    let options = rust::Options {
        runtime: request.runtime.clone(),
        standalone: request.standalone,
        reshare: request.reshare,
        provenance: provenance(request, spec_sha256),
        ..request.config.options(&api)
    };
    let krate = rust::lower(&api, &options, &mut ledger, diagnostics);
    diagnostics.locate(&source.root);
    progress(Stage::Emit);
    let mut files = emit::emit(&krate);
    if request.tests {
        files.extend(emit::emit_tests(&krate));
    }
    let summary = inspect::Summary::new(&api, &krate, dialect, diagnostics);
    files.extend(conformance::files(&summary, diagnostics, source));
    let kept = kept_streams(&api, request, &ledger);
    ledger.streams = connector::names(&api, &kept);
    let connector = connector(&api, &krate, &ledger);
    if api
        .operations
        .iter()
        .any(|operation| operation.list.is_some())
    {
        files.push(emit::OutputFile {
            path: "connector.json".to_owned(),
            text: connector.clone(),
        });
    }
    Ok(Generated {
        files,
        ledger: ledger.to_toml(),
        summary,
        krate,
        connector,
    })
}

/// The names of streams that are kept: those of the ledger, then those of the manifest of
/// before.
fn kept_streams(
    api: &api::Api,
    request: &Request,
    ledger: &rust::Ledger,
) -> BTreeMap<String, String> {
    let mut kept = ledger.streams.clone();
    let before = request.manifest.as_deref().unwrap_or_default();
    let mut before = connector::names_of(before);
    for operation in &api.operations {
        if let Some(name) = before.remove(&connector::id(operation)) {
            kept.entry(operation.key()).or_insert(name);
        }
    }
    // Of operations that have gone: nothing else may have their names.
    kept.extend(before);
    kept
}

/// The connector manifest, with what only the crate knows: names of environment
/// variables, headers of every request.
fn connector(api: &api::Api, krate: &rust::ir::Crate, ledger: &rust::Ledger) -> String {
    let context = connector::Context {
        streams: ledger.streams.clone(),
        name: krate.package.clone(),
        headers: krate.api.headers.clone(),
        env: krate
            .api
            .schemes
            .iter()
            .map(|one| one.env.clone())
            .collect(),
    };
    connector::text(&connector::manifest(api, &context))
}

/// Formats by their one name; those that the spec itself contradicts are taken
/// away, so that the value is typed by its JSON.
fn settle_formats(
    api: &mut api::Api,
    request: &Request,
    pointers: &dialect::Pointers,
    diagnostics: &mut Diagnostics,
) {
    for found in analyze::format::settle(api, &request.config.formats.aliases) {
        let message = format!("{}; the value is typed as text", found.message);
        diagnostics.push(
            Diagnostic::warning(&codes::FORMAT, message)
                .pointer(pointers.original(&found.pointer))
                .effect(Effect::Degraded),
        );
    }
}

/// What tells webhooks apart: what the configuration says, else what the spec
/// proves; where it proves nothing, the receiver has to say.
fn settle_events(api: &mut api::Api, diagnostics: &mut Diagnostics) {
    if api.event_key.is_none() {
        api.event_key = analyze::event::key(api);
    }
    let mut webhooks = api.webhooks.iter();
    if api.event_key.is_none()
        && let Some(first) = webhooks.find(|found| found.callback.is_none())
    {
        let message = "nothing in the spec tells the webhooks apart; the receiver names them";
        let note = Diagnostic::note(&codes::CALLBACKS, message)
            .pointer(first.operation.pointer.clone())
            .help("`[webhooks]` in client.toml says where a webhook's name stands");
        diagnostics.push(note);
    }
}

/// What is known of lists and of calls that may be repeated: what the spec proves, then
/// what the configuration says.
fn settle_lists(api: &mut api::Api, request: &Request, diagnostics: &mut Diagnostics) {
    analyze::list::settle(api);
    analyze::repeat::settle(api);
    for message in request.config.settle_lists(api) {
        diagnostics.push(Diagnostic::warning(&codes::CONFIG_UNUSED, message));
    }
}

/// Tells the constraints and defaults that cannot be meant; what is checked is less
/// by them, where requests are checked at all.
fn settle_constraints(
    api: &mut api::Api,
    request: &Request,
    pointers: &dialect::Pointers,
    diagnostics: &mut Diagnostics,
) {
    use analyze::constraints::{Kind, settle};
    let checks = request.config.checks;
    for found in settle(api, checks) {
        let mend = "correct the document or use an overlay";
        let (code, help) = match found.kind {
            Kind::Default => (&codes::BAD_DEFAULT, mend),
            Kind::Contradiction => (&codes::CONTRADICTION, mend),
            Kind::Pattern => (&codes::BAD_PATTERN, mend),
            Kind::Unchecked => (
                &codes::UNCHECKED_PATTERN,
                "the server judges by it; a `maxLength` says how long a text may be",
            ),
        };
        let effect = match found.kind {
            Kind::Contradiction | Kind::Pattern | Kind::Unchecked if checks => Effect::Dropped,
            _ => Effect::None,
        };
        let finding = Diagnostic::warning(code, found.message)
            .effect(effect)
            .help(help);
        diagnostics.push(finding.pointer(pointers.original(&found.pointer)));
    }
}

/// Keeps only the operations that the globs ask for.
fn select(source: &mut Source, filter: &Filter) -> Result<(), Diagnostic> {
    if filter.keeps_all() {
        return Ok(());
    }
    vendor::select(&mut source.root, filter)
}

fn provenance(request: &Request, spec_sha256: String) -> rust::ir::Provenance {
    rust::ir::Provenance {
        spec_sha256,
        spec_name: request
            .spec
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default(),
        generator: VERSION.to_owned(),
    }
}
