//! Keeps the operations that are wanted, and what they need.

use std::collections::{HashMap, HashSet};

use crate::diagnostic::{Diagnostic, codes};
use crate::filter::Filter;
use crate::source::{Node, Value, unescape};

const METHODS: [&str; 9] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace", "query",
];

/// Keeps only the matching operations, then only the components and tags that
/// they need. An error means that nothing matches.
pub fn select(root: &mut Node, filter: &Filter) -> Result<(), Diagnostic> {
    let original = (!filter.keeps_all()).then(|| root.clone());
    let received = webhooks(root, filter);
    if !operations(root, filter) && !received {
        return Err(
            Diagnostic::error(&codes::FILTER, "no operation matches the selection")
                .help("compare the globs with the paths of the spec; `*` is one segment"),
        );
    }
    if let Some(original) = original {
        // What was taken out may be referred to from what is left.
        for _ in 0..8 {
            if !embed(root, &original) {
                break;
            }
        }
        prune(root);
    }
    Ok(())
}

/// Removes the operations that do not match, and path items without any.
/// Returns whether any is left, or none was there.
fn operations(root: &mut Node, filter: &Filter) -> bool {
    let Some(Value::Object(paths)) = root.get_mut("paths").map(|n| &mut n.value) else {
        return true;
    };
    let (mut kept, mut of) = (0, 0);
    paths.retain(|path, item| {
        if path.starts_with("x-") {
            return true;
        }
        let Some(members) = item.as_object_mut() else {
            return false;
        };
        if members.contains_key("$ref") {
            of += 1;
            let keep = filter.keeps("get", path, &[]);
            kept += usize::from(keep);
            return keep;
        }
        let before = kept;
        members.retain(|method, operation| {
            if !METHODS.contains(&method.to_ascii_lowercase().as_str()) {
                return true;
            }
            let tags: Vec<&str> = tags(operation).collect();
            of += 1;
            let keep = filter.keeps(method, path, &tags);
            kept += usize::from(keep);
            keep
        });
        kept > before
    });
    kept > 0 || of == 0
}

/// Removes the webhooks that do not match. Returns whether any is left.
fn webhooks(root: &mut Node, filter: &Filter) -> bool {
    let mut kept = false;
    for home in ["webhooks", "x-webhooks"] {
        let Some(owner) = root.as_object_mut() else {
            return false;
        };
        let Some(members) = owner.get_mut(home).and_then(Node::as_object_mut) else {
            continue;
        };
        members.retain(|name, _| filter.keeps_webhook(name));
        if members.is_empty() {
            owner.shift_remove(home);
        } else {
            kept = true;
        }
    }
    kept
}

fn tags(operation: &Node) -> impl Iterator<Item = &str> {
    let tags = operation.get("tags").and_then(Node::as_array);
    tags.into_iter().flatten().filter_map(Node::as_str)
}

/// Replaces references into operations that were taken out by what they
/// referred to. Returns whether there were any.
fn embed(root: &mut Node, original: &Node) -> bool {
    let mut found = HashMap::new();
    references(root, &mut |reference| {
        if reference.starts_with("#/paths/")
            && root.pointer(reference).is_none()
            && let Some(target) = original.pointer(reference)
        {
            found.insert(reference.to_owned(), target.clone());
        }
    });
    if found.is_empty() {
        return false;
    }
    replace(root, &found);
    true
}

fn replace(node: &mut Node, found: &HashMap<String, Node>) {
    if let Some(target) = node.reference().and_then(|reference| found.get(reference)) {
        node.value = target.value.clone();
        return;
    }
    match &mut node.value {
        Value::Array(items) => items.iter_mut().for_each(|item| replace(item, found)),
        Value::Object(members) => members
            .values_mut()
            .for_each(|member| replace(member, found)),
        _ => {}
    }
}

/// Calls for every reference below the node. A discriminator's mapping names
/// types that the schema does not hold by itself (a union lists them as members
/// besides); following it would drag in every type that extends a common base.
fn references(node: &Node, call: &mut impl FnMut(&str)) {
    match &node.value {
        Value::Array(items) => items.iter().for_each(|item| references(item, call)),
        Value::Object(members) => {
            if let Some(reference) = node.reference() {
                call(reference);
            }
            members.values().for_each(|member| references(member, call));
        }
        _ => {}
    }
}

/// Removes the mapping entries of discriminators whose schema has gone.
fn drop_mappings(node: &mut Node, used: &HashSet<String>) {
    match &mut node.value {
        Value::Array(items) => items.iter_mut().for_each(|item| drop_mappings(item, used)),
        Value::Object(members) => {
            let mapping = members
                .get_mut("discriminator")
                .and_then(|found| found.get_mut("mapping"))
                .and_then(Node::as_object_mut);
            if let Some(mapping) = mapping {
                mapping.retain(|_, target| match target.as_str() {
                    Some(target) if target.contains(['/', '#']) => {
                        component(target).is_none_or(|found| used.contains(&found))
                    }
                    Some(name) => used.contains(&format!("#/components/schemas/{name}")),
                    None => true,
                });
            }
            members
                .values_mut()
                .for_each(|member| drop_mappings(member, used));
        }
        _ => {}
    }
}

/// The homes of components, in every dialect.
const HOMES: [&[&str]; 14] = [
    &["components", "schemas"],
    &["components", "parameters"],
    &["components", "responses"],
    &["components", "requestBodies"],
    &["components", "headers"],
    &["components", "links"],
    &["components", "callbacks"],
    &["components", "pathItems"],
    &["components", "mediaTypes"],
    &["components", "examples"],
    &["components", "securitySchemes"],
    &["definitions"],
    &["parameters"],
    &["responses"],
];

/// Removes the components and tags that nothing left refers to.
fn prune(root: &mut Node) {
    let mut used: HashSet<String> = HashSet::new();
    let mut pending: Vec<String> = Vec::new();
    let children = children_of(root);
    let mut reach = |reference: &str| {
        if let Some(component) = component(reference)
            && used.insert(component.clone())
        {
            pending.push(component);
        }
    };
    for (key, node) in root.as_object().into_iter().flatten() {
        let home = matches!(
            key.as_str(),
            "components" | "definitions" | "parameters" | "responses"
        );
        // Extensions of the vendor's own are not generated from.
        if !home && (!key.starts_with("x-") || key == "x-webhooks") {
            references(node, &mut reach);
        }
    }
    while let Some(component_pointer) = pending.pop() {
        let mut found = Vec::new();
        if let Some(node) = root.pointer(&component_pointer) {
            references(node, &mut |reference| found.push(reference.to_owned()));
        }
        found.extend(
            children
                .get(&component_pointer)
                .into_iter()
                .flatten()
                .cloned(),
        );
        for reference in found {
            if let Some(component) = component(&reference)
                && used.insert(component.clone())
            {
                pending.push(component);
            }
        }
    }
    let schemes = security_names(root);
    for home in HOMES {
        let base = format!("#/{}", home.join("/"));
        let keep = |name: &String| match home.last() {
            Some(&"securitySchemes") => schemes.contains(name.as_str()),
            _ => used.contains(&format!("{base}/{name}")),
        };
        retain(root, home, keep);
    }
    drop_mappings(root, &used);
    let schemes = security_names(root);
    retain(root, &["securityDefinitions"], |name| {
        schemes.contains(name.as_str())
    });
    prune_tags(root);
}

/// The component that a reference leads to or into, its name unescaped.
fn component(reference: &str) -> Option<String> {
    let pointer = reference.strip_prefix("#/")?;
    let decoded = percent_encoding::percent_decode_str(pointer).decode_utf8_lossy();
    let mut segments = decoded.split('/');
    let first = segments.next()?;
    let home = match first {
        "components" => format!("#/components/{}", segments.next()?),
        "definitions" | "parameters" | "responses" => format!("#/{first}"),
        _ => return None,
    };
    Some(format!("{home}/{}", unescape(segments.next()?)))
}

/// Schemas that extend one with a discriminator but without a mapping: they
/// are alternatives of it although it does not name them.
fn children_of(root: &Node) -> HashMap<String, Vec<String>> {
    let mut out: HashMap<String, Vec<String>> = HashMap::new();
    for home in [&["components", "schemas"][..], &["definitions"]] {
        let base = format!("#/{}", home.join("/"));
        let schemas = home.iter().try_fold(root, |node, key| node.get(key));
        for (name, schema) in schemas.and_then(Node::as_object).into_iter().flatten() {
            let parents = schema
                .get("allOf")
                .and_then(Node::as_array)
                .into_iter()
                .flatten();
            for parent in parents.filter_map(Node::reference).filter_map(component) {
                let discriminator = root.pointer(&parent).and_then(|p| p.get("discriminator"));
                if discriminator.is_some_and(|d| d.get("mapping").is_none()) {
                    out.entry(parent)
                        .or_default()
                        .push(format!("{base}/{name}"));
                }
            }
        }
    }
    out
}

fn retain(root: &mut Node, home: &[&str], keep: impl Fn(&String) -> bool) {
    let Some((last, parents)) = home.split_last() else {
        return;
    };
    let owner = parents
        .iter()
        .try_fold(&mut *root, |node, key| node.get_mut(key));
    let Some(owner) = owner.and_then(Node::as_object_mut) else {
        return;
    };
    let Some(members) = owner.get_mut(*last).and_then(Node::as_object_mut) else {
        return;
    };
    members.retain(|name, _| keep(name));
    if members.is_empty() {
        owner.shift_remove(*last);
    }
}

/// The names of the security schemes that are used.
fn security_names(root: &Node) -> HashSet<String> {
    let mut out = HashSet::new();
    let mut add = |owner: &Node| {
        let list = owner.get("security").and_then(Node::as_array);
        for requirement in list.into_iter().flatten().filter_map(Node::as_object) {
            out.extend(requirement.keys().cloned());
        }
    };
    add(root);
    each_operation(root, &mut add);
    out
}

fn each_operation(root: &Node, call: &mut impl FnMut(&Node)) {
    let items = root.get("paths").and_then(Node::as_object);
    for item in items.into_iter().flat_map(|members| members.values()) {
        let members = item
            .as_object()
            .into_iter()
            .flat_map(|members| members.values());
        members.for_each(&mut *call);
    }
}

/// Removes the tags of the document that no operation has.
fn prune_tags(root: &mut Node) {
    let mut used = HashSet::new();
    each_operation(root, &mut |operation| {
        used.extend(tags(operation).map(str::to_owned));
    });
    if let Some(Value::Array(list)) = root.get_mut("tags").map(|n| &mut n.value) {
        list.retain(|tag| tag.get_str("name").is_some_and(|name| used.contains(name)));
    }
}
