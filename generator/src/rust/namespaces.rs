//! Namespaces and method names of operations.

use super::Options;
use super::ledger::Ledger;
use super::names;
use crate::api::{Api, Operation};
use indexmap::IndexMap;
use std::collections::{HashMap, HashSet};

/// Where each operation stands.
pub(super) struct Plan {
    /// Namespaces in declared order, each with its module name.
    pub namespaces: Vec<Namespace>,
    /// Namespace index and method name, by operation index.
    pub operations: Vec<(usize, String)>,
    /// The module and feature of the types of webhooks and callbacks.
    pub webhooks: Option<String>,
}

impl Plan {
    /// The module and feature of the types that only one namespace reaches.
    pub(super) fn module(&self, namespace: usize) -> &str {
        match self.namespaces.get(namespace) {
            Some(namespace) => &namespace.module,
            None => self.webhooks.as_deref().unwrap_or("webhooks"),
        }
    }
}

/// A namespace.
pub(super) struct Namespace {
    /// Module, accessor and feature name.
    pub module: String,
    /// `description` of the tag.
    pub description: Option<String>,
}

/// Names that a namespace cannot have: methods of the generated client,
/// features and modules of the generated crate.
const RESERVED: &[&str] = &[
    "from_env",
    "builder",
    "core",
    "clone",
    "from",
    "into",
    "default",
    "full",
    // Features of the crate that have another meaning.
    "blocking",
    "brotli",
    "cache",
    "fs",
    "gzip",
    "http2",
    "hyper",
    "keyring",
    "mock",
    "oauth",
    "record",
    "reqwest",
    "serde",
    "sigv4",
    "tracing",
    "zstd",
    "shared",
    "models",
    "operations",
    "client",
    "auth",
    "servers",
    // Tool modules: `use diagnostic::*` would be ambiguous.
    "clippy",
    "diagnostic",
    "miri",
    "rust_analyzer",
    "rustfmt",
];

/// The key of webhooks among the ledger's namespaces; those of operations have two
/// words.
const WEBHOOKS: &str = "webhooks";

/// Gives every operation its namespace and method name.
pub(super) fn plan(api: &Api, options: &Options, ledger: &mut Ledger) -> Plan {
    let mut groups: IndexMap<String, Vec<usize>> = IndexMap::new();
    for (index, operation) in api.operations.iter().enumerate() {
        groups.entry(source(operation)).or_default().push(index);
    }
    let modules = modules(&groups, ledger);
    let mut operations = vec![(0, String::new()); api.operations.len()];
    let mut namespaces = Vec::with_capacity(groups.len());
    for (position, ((source, members), module)) in groups.into_iter().zip(modules).enumerate() {
        let methods = methods(api, &members, &module, ledger);
        for index in members {
            let name = methods.get(&index).cloned().unwrap_or_default();
            operations[index] = (position, name);
        }
        let description = source.strip_prefix("tag ").and_then(|tag| {
            api.tags
                .iter()
                .find(|(name, _)| names::module(name) == tag)
                .and_then(|(_, description)| description.clone())
        });
        namespaces.push(Namespace {
            module,
            description,
        });
    }
    Plan {
        namespaces,
        operations,
        webhooks: (!api.webhooks.is_empty() || options.signature.is_some())
            .then(|| webhooks(ledger)),
    }
}

/// The feature of webhooks and callbacks: `webhooks`, unless a namespace was called
/// so before.
fn webhooks(ledger: &mut Ledger) -> String {
    if let Some(known) = ledger.namespaces.get(WEBHOOKS) {
        return known.clone();
    }
    let mut used = super::reserve(RESERVED.iter().copied());
    used.extend(ledger.namespaces.values().cloned());
    let name = match used.contains(WEBHOOKS) {
        true => names::unique("webhook_events".to_owned(), &mut used),
        false => WEBHOOKS.to_owned(),
    };
    ledger.namespaces.insert(WEBHOOKS.to_owned(), name.clone());
    name
}

/// What an operation's namespace is named after: its first tag, else the first
/// path segment that is neither a variable nor a version.
fn source(operation: &Operation) -> String {
    if let Some(tag) = operation.tags.iter().find(|tag| !tag.trim().is_empty()) {
        // Tags that differ in case or punctuation alone are one namespace.
        return format!("tag {}", names::module(tag));
    }
    let segment = operation
        .path
        .split(['/', '?', '#'])
        .filter(|segment| !segment.is_empty() && !segment.starts_with('{'))
        .find(|segment| !is_version(segment) && *segment != "api");
    match segment {
        Some(segment) => format!(
            "path {}",
            segment.split(['{', '(']).next().unwrap_or(segment)
        ),
        None => "path root".to_owned(),
    }
}

fn is_version(segment: &str) -> bool {
    segment
        .strip_prefix('v')
        .is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_digit()))
}

fn modules(groups: &IndexMap<String, Vec<usize>>, ledger: &mut Ledger) -> Vec<String> {
    let mut used = super::reserve(RESERVED.iter().copied());
    used.extend(ledger.namespaces.values().cloned());
    let mut fresh: Vec<&String> = groups
        .keys()
        .filter(|source| !ledger.namespaces.contains_key(*source))
        .collect();
    fresh.sort_unstable();
    for source in fresh {
        let words = source
            .split_once(' ')
            .map_or(source.as_str(), |(_, words)| words);
        let mut name = names::module(words);
        if RESERVED.contains(&name.as_str()) {
            name.push_str("_api");
        }
        let name = names::unique(name, &mut used);
        ledger.namespaces.insert(source.clone(), name);
    }
    groups
        .keys()
        .map(|source| ledger.namespaces[source].clone())
        .collect()
}

fn methods(
    api: &Api,
    members: &[usize],
    module: &str,
    ledger: &mut Ledger,
) -> HashMap<usize, String> {
    let prefix = format!("{module}::");
    let mut used: HashSet<String> = ledger
        .operations
        .values()
        .filter_map(|path| path.strip_prefix(&prefix))
        .map(str::to_owned)
        .collect();
    let mut fresh: Vec<(String, usize)> = Vec::new();
    let mut named = HashMap::new();
    for index in members {
        let key = api.operations[*index].key();
        match ledger
            .operations
            .get(&key)
            .and_then(|path| path.strip_prefix(&prefix))
        {
            Some(name) => {
                named.insert(*index, name.to_owned());
            }
            None => fresh.push((key, *index)),
        }
    }
    fresh.sort_unstable();
    for (key, index) in fresh {
        let name = names::unique(method_name(&api.operations[index], module), &mut used);
        ledger.operations.insert(key, format!("{module}::{name}"));
        named.insert(index, name);
    }
    named
}

/// The method's name: the operation id without the namespace and without the
/// path that some frameworks append to it; without an id, method and path.
fn method_name(operation: &Operation, module: &str) -> String {
    let Some(id) = &operation.id else {
        let words: Vec<&str> = operation
            .path
            .split(['/', '{', '}', '.', '?', '=', '#', '(', ')', ','])
            .filter(|word| !word.is_empty() && !is_version(word))
            .collect();
        return names::snake(&format!(
            "{} {}",
            operation.method.to_ascii_lowercase(),
            words.join(" ")
        ));
    };
    let id = without_path(id, operation);
    let name = names::module(id);
    let short = name
        .strip_prefix(module)
        .and_then(|rest| rest.strip_prefix('_'))
        .filter(|rest| rest.starts_with(|first: char| first.is_ascii_alphabetic()));
    names::snake(short.unwrap_or(&name))
}

/// `read_flow_flows__id__get` on `GET /api/flows/{id}` is `read_flow`.
fn without_path<'i>(id: &'i str, operation: &Operation) -> &'i str {
    let method = operation.method.to_ascii_lowercase();
    let mut path = operation.path.as_str();
    while !path.is_empty() {
        let flat: String = path
            .chars()
            .map(|letter| {
                if letter.is_alphanumeric() || letter == '_' {
                    letter
                } else {
                    '_'
                }
            })
            .collect();
        if let Some(name) = id.strip_suffix(&format!("{flat}_{method}"))
            && name.chars().any(char::is_alphabetic)
        {
            return name;
        }
        path = match path.get(1..).and_then(|rest| rest.find('/')) {
            Some(next) => &path[next + 1..],
            None => "",
        };
    }
    id
}
