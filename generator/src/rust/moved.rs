//! Places that the vendor moved without changing what they are: an inline schema
//! that became a component, a member of a union whose properties grew. Their
//! ledger entries move with them, and a name that two places had stays as an
//! alias of the one type there is now.

use super::ledger::{Ledger, row, rows};
use super::reach::Reach;
use crate::api::{Api, Location, SchemaId, SchemaKind};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// A name that the ledger gave to a place which is now a reference.
pub(super) struct Former {
    /// The old name.
    pub name: String,
    /// The schema that stands there now.
    pub target: SchemaId,
}

/// Moves ledger entries to where their places are now. Gives the names that
/// must go on as aliases.
pub(super) fn follow(api: &Api, reach: &Reach, ledger: &mut Ledger) -> Vec<Former> {
    let reached: HashMap<&str, SchemaId> = reach
        .keys()
        .map(|id| (api.schemas[id.index()].key.as_str(), *id))
        .collect();
    let gone = |key: &String| !reached.contains_key(key.as_str());
    if ledger.types.keys().any(gone) {
        note_moves(api, reach, &reached, ledger);
    }
    ledger
        .former
        .iter()
        .filter_map(|(name, key)| {
            Some(Former {
                name: name.clone(),
                target: *reached.get(key.as_str())?,
            })
        })
        .collect()
}

fn note_moves(api: &Api, reach: &Reach, reached: &HashMap<&str, SchemaId>, ledger: &mut Ledger) {
    let mut steps = references(api, reach);
    members(api, ledger, reached, &mut steps);
    // Places that own a type go before those that share it, so that the type
    // keeps its first name.
    let mut gone: Vec<(bool, String)> = ledger
        .types
        .keys()
        .filter(|key| !reached.contains_key(key.as_str()))
        .map(|key| (ledger.shared.contains_key(key), key.clone()))
        .collect();
    gone.sort_unstable();
    let mut moves: BTreeMap<String, String> = BTreeMap::new();
    let mut former: Vec<(String, String)> = Vec::new();
    let mut taken: HashSet<String> = HashSet::new();
    for (_, key) in gone {
        let Some(now) = destination(&key, &steps) else {
            continue;
        };
        if !reached.contains_key(now.as_str()) {
            continue;
        }
        if !ledger.types.contains_key(&now) && taken.insert(now.clone()) {
            moves.insert(key, now);
        } else {
            former.push((ledger.types[&key].clone(), now));
        }
    }
    for (key, now) in &moves {
        rename(&mut ledger.types, key, now);
        rename(&mut ledger.shared, key, now);
        rename(&mut ledger.fields, key, now);
        rename(&mut ledger.variants, key, now);
    }
    for class in ledger.shared.values_mut() {
        if let Some(now) = moves.get(class) {
            class.clone_from(now);
        }
    }
    for key in ledger.former.values_mut() {
        if let Some(now) = moves.get(key) {
            key.clone_from(now);
        }
    }
    ledger.former.extend(former);
    ledger.shared.retain(|key, class| key != class);
}

fn rename<T>(map: &mut BTreeMap<String, T>, key: &str, now: &str) {
    if let Some(value) = map.remove(key) {
        map.entry(now.to_owned()).or_insert(value);
    }
}

/// Follows the longest known prefix of a key until none is left.
fn destination(key: &str, steps: &HashMap<String, String>) -> Option<String> {
    let mut now = key.to_owned();
    // More steps than nesting allows would be a circle.
    for _ in 0..64 {
        let ends = now.rmatch_indices(' ').map(|(end, _)| end);
        let step = std::iter::once(now.len())
            .chain(ends)
            .find_map(|end| Some((end, steps.get(&now[..end])?)));
        match step {
            Some((end, target)) => now = format!("{target}{}", &now[end..]),
            None => return (now != key).then_some(now),
        }
    }
    None
}

/// Places that hold a reference: key that an inline schema would have there, to
/// key of the target.
fn references(api: &Api, reach: &Reach) -> HashMap<String, String> {
    let mut steps = HashMap::new();
    let mut note = |place: String, target: SchemaId| {
        let key = &api.schemas[api.canonical(target).index()].key;
        if *key == place {
            return;
        }
        steps.insert(place, key.clone());
    };
    for (key, operation) in api.exchanges() {
        for parameter in &operation.parameters {
            let word = match parameter.location {
                Location::Path => "path",
                Location::Query => "query",
                Location::Header => "header",
                Location::Cookie => "cookie",
            };
            note(format!("{key} {word} {}", parameter.name), parameter.schema);
        }
        if let Some(body) = &operation.body {
            note(format!("{key} body"), body.schema);
        }
        for response in &operation.responses {
            let word = response.status;
            if let Some(schema) = response.schema {
                note(format!("{key} {word}"), schema);
            }
        }
        for found in &operation.declared {
            if let Some(headers) = found.headers {
                note(format!("{key} {} headers", found.status), headers);
            }
        }
    }
    // Arrays and maps have no type of their own, but a key.
    let mut open: Vec<SchemaId> = reach.keys().copied().collect();
    open.extend(api.exchanges().flat_map(|(_, operation)| {
        let parameters = operation.parameters.iter().map(|found| found.schema);
        let responses = operation.responses.iter().filter_map(|found| found.schema);
        let body = operation.body.iter().map(|body| body.schema);
        parameters.chain(responses).chain(body)
    }));
    let mut seen: HashSet<SchemaId> = open.iter().copied().collect();
    let mut parts: Vec<SchemaId> = Vec::new();
    while let Some(id) = open.pop() {
        let schema = &api.schemas[id.index()];
        let key = &schema.key;
        match &schema.kind {
            SchemaKind::Array(item) => {
                note(format!("{key} []"), *item);
                parts.push(*item);
            }
            SchemaKind::Map(value) => {
                note(format!("{key} {{}}"), *value);
                parts.push(*value);
            }
            SchemaKind::Object(object) => {
                for (name, property) in &object.properties {
                    note(format!("{key} .{name}"), property.schema);
                    parts.push(property.schema);
                }
                if let Some(value) = object.additional {
                    note(format!("{key} {{}}"), value);
                    parts.push(value);
                }
            }
            SchemaKind::Alias(target) => parts.push(*target),
            SchemaKind::Union(union) => {
                for member in &union.members {
                    parts.push(member.schema);
                    // What stands beside a union is part of each member, under
                    // the key of the union.
                    if let SchemaKind::Object(object) = &api.schema(member.schema).kind {
                        for (name, property) in &object.properties {
                            note(format!("{key} .{name}"), property.schema);
                        }
                    }
                }
            }
            _ => {}
        }
        open.extend(parts.drain(..).filter(|part| seen.insert(*part)));
    }
    steps
}

/// Members of unions are known by words from their properties, or by the
/// component's name. Where a member of the ledger is gone and a new one has most
/// of its properties (or values), it is the same member: its variant and its type
/// keep their names.
fn members(
    api: &Api,
    ledger: &mut Ledger,
    reached: &HashMap<&str, SchemaId>,
    steps: &mut HashMap<String, String>,
) {
    let mut gone: BTreeMap<(usize, bool, String), Vec<String>> = BTreeMap::new();
    for key in ledger.types.keys() {
        if let Some((union, label)) = key.rsplit_once(" |")
            // An array is known by its item: it has no type of its own.
            && ![" .", " {}"].iter().any(|part| label.contains(part))
            && !label.strip_suffix(" []").unwrap_or(label).contains(" []")
            && !reached.contains_key(key.as_str())
        {
            let depth = union.matches(" |").count();
            let shared = ledger.shared.contains_key(union);
            let group = gone.entry((depth, shared, union.to_owned())).or_default();
            group.push(label.to_owned());
        }
    }
    // Outer unions first: what is inside them moves with them. Then those that
    // own a type: their variants are the ones that people see.
    for ((_, _, old), labels) in gone {
        let now = destination(&old, steps).unwrap_or_else(|| old.clone());
        let Some(SchemaKind::Union(union)) = reached
            .get(now.as_str())
            .map(|id| &api.schemas[id.index()].kind)
        else {
            continue;
        };
        let class = ledger.shared.get(&old).unwrap_or(&old).clone();
        let mut known = ledger.variants.get(&class).cloned().unwrap_or_default();
        let mut fresh: Vec<(SchemaId, String)> = union
            .members
            .iter()
            .filter_map(|member| {
                let id = api.canonical(member.schema);
                let found = &api.schemas[id.index()];
                let label = match &found.component {
                    Some(component) => format!("schema {component}"),
                    None => {
                        let label = found.key.strip_prefix(&format!("{now} |"))?;
                        label.split(" #").next().unwrap_or(label).to_owned()
                    }
                };
                let old = rows(&known).any(|(_, other)| other == label);
                (!old).then_some((id, label))
            })
            .collect();
        for label in labels {
            let parts = parts_of_ledger(ledger, &format!("{old} |{label}"));
            let list = label.ends_with(" []");
            let label = label.strip_suffix(" []").unwrap_or(&label);
            let key = format!("{old} |{label}");
            // ` #2`: a member that was merged with what stands beside the union.
            let plain = label.split(" #").next().unwrap_or(label);
            let best = fresh
                .iter()
                .enumerate()
                .map(|(index, (id, _))| {
                    let names = match &api.schemas[id.index()].kind {
                        SchemaKind::Array(item) if list => parts_of_schema(&api.schema(*item).kind),
                        _ if list => BTreeSet::new(),
                        kind => parts_of_schema(kind),
                    };
                    let both = parts.intersection(&names).count();
                    let alike = both > 0 && both * 2 >= parts.len().max(names.len());
                    (alike, both, std::cmp::Reverse(index))
                })
                .max()
                .filter(|(alike, ..)| *alike);
            let Some((_, _, std::cmp::Reverse(index))) = best else {
                continue;
            };
            let (id, new_label) = fresh.remove(index);
            for line in &mut known {
                let renamed = rows(std::slice::from_ref(line))
                    .find(|(_, other)| *other == plain)
                    .map(|(name, _)| row(name, &new_label));
                if let Some(renamed) = renamed {
                    *line = renamed;
                }
            }
            if let SchemaKind::Object(object) = &api.schemas[id.index()].kind
                && plain != label
            {
                for (name, property) in &object.properties {
                    let part = &api.schemas[api.canonical(property.schema).index()].key;
                    steps.insert(format!("{old} |{plain} .{name}"), part.clone());
                }
            }
            steps.insert(key, api.schemas[id.index()].key.clone());
        }
        if !known.is_empty() {
            ledger.variants.insert(class, known);
        }
    }
}

/// Names of the properties, or the values, that the ledger knows of a type.
fn parts_of_ledger(ledger: &Ledger, key: &str) -> BTreeSet<String> {
    let class = ledger.shared.get(key).map_or(key, String::as_str);
    let known = ledger.fields.get(class).or(ledger.variants.get(class));
    known
        .into_iter()
        .flat_map(|lines| rows(lines))
        .map(|(_, wire)| wire.to_owned())
        .collect()
}

fn parts_of_schema(kind: &SchemaKind) -> BTreeSet<String> {
    match kind {
        SchemaKind::Object(object) => object.properties.keys().cloned().collect(),
        SchemaKind::StringEnum(values) => values.iter().cloned().collect(),
        SchemaKind::IntegerEnum(values) => values.iter().map(i64::to_string).collect(),
        _ => BTreeSet::new(),
    }
}
