//! [`Api`] to Rust IR: every name, every type, decided here and nowhere else.

mod bodies;
mod boxes;
mod calls;
mod checks;
mod classes;
mod declared;
mod docs;
mod errors;
mod events;
pub mod ir;
mod items;
mod ledger;
mod moved;
mod names;
mod namespaces;
mod paged;
mod reach;
mod scalars;
mod shape;
mod typing;
mod xml;

pub use ledger::Ledger;
pub use scalars::{Formats, dated};

use crate::api::Api;
use crate::diagnostic::Diagnostics;
use std::collections::HashSet;

/// What the caller decides about the crate.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Package name.
    pub package: String,
    /// Package version.
    pub version: String,
    /// SPDX licence expression of the generated crate.
    pub license: Option<String>,
    /// How the runtime is depended on.
    pub runtime: ir::RuntimeDependency,
    /// Whether the manifest gets a `[workspace]` table.
    pub standalone: bool,
    /// Where the document came from.
    pub provenance: ir::Provenance,
    /// Headers on every request.
    pub headers: Vec<(String, String)>,
    /// Let places share a type that did not when the ledger was written.
    pub reshare: bool,
    /// The operation shown in the README: `METHOD path`.
    pub example: Option<String>,
    /// The types of formats.
    pub formats: Formats,
    /// Whether the crate holds the constraints of requests.
    pub checks: bool,
    /// How the vendor signs its webhooks.
    pub signature: Option<ir::Signature>,
    /// Whether the crate has a mock of its API.
    pub mock: bool,
}

/// Lowers an API. The ledger is read for names already given and gains those
/// given now.
pub fn lower(
    api: &Api,
    options: &Options,
    ledger: &mut Ledger,
    diagnostics: &mut Diagnostics,
) -> ir::Crate {
    let plan = namespaces::plan(api, options, ledger);
    let reach = reach::reach(api, &plan);
    let former = moved::follow(api, &reach, ledger);
    let classes = classes::partition(api, &reach, options.reshare, ledger, diagnostics);
    let types = typing::Types::new(api, &options.formats, &plan, &reach, classes, ledger);
    let boxes = boxes::needed(&types);
    let mut items = items::items(&types, &boxes, ledger);
    items.former(&types, former);
    let mut namespaces = calls::namespaces(&types, &plan, &mut items, ledger, options);
    let events = events::events(&types, &plan, &mut namespaces, ledger);
    let example = example(&namespaces, options.example.as_deref());
    let xml = xml::types(&types, &items);
    let checks = options.checks.then(|| checks::lower(&types, ledger));
    let model_files = items.files(&plan);
    ir::Crate {
        package: options.package.clone(),
        version: options.version.clone(),
        description: format!(
            "Client for {} {}",
            docs::line(&api.title),
            docs::line(&api.version)
        ),
        docs: docs::text(api.description.as_deref()),
        api_title: api.title.clone(),
        api_version: api.version.clone(),
        docs_url: api.docs_url.clone(),
        runtime: options.runtime.clone(),
        standalone: options.standalone,
        license: options.license.clone(),
        provenance: options.provenance.clone(),
        api: calls::api_table(api, options),
        scalar_features: scalars::features(&model_files, &namespaces, &events),
        model_files,
        xml,
        checks,
        mock: options.mock,
        namespaces,
        events,
        events_feature: plan.webhooks,
        signature: options.signature.clone(),
        example,
    }
}

/// The operation of the README: the configured one, else the GET with the
/// fewest arguments that gives a typed value.
fn example(namespaces: &[ir::Namespace], wanted: Option<&str>) -> Option<ir::Example> {
    let mut best: Option<((bool, usize, usize), ir::Example)> = None;
    for (namespace, group) in namespaces.iter().enumerate() {
        for (operation, found) in group.operations.iter().enumerate() {
            let table = &found.table;
            let example = ir::Example {
                namespace,
                operation,
            };
            if wanted == Some(format!("{} {}", table.method, table.path).as_str()) {
                return Some(example);
            }
            let rank = (
                table.method != "GET" || found.output == ir::Type::Unit,
                found.positional.len(),
                table.path.len(),
            );
            if best.as_ref().is_none_or(|(other, _)| rank < *other) {
                best = Some((rank, example));
            }
        }
    }
    best.map(|(_, example)| example)
}

/// Reserved and given names of one scope.
fn reserve<'a>(names: impl IntoIterator<Item = &'a str>) -> HashSet<String> {
    names.into_iter().map(str::to_owned).collect()
}
