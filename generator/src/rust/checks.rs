//! The constraints of requests, as data beside the types.

use super::bodies;
use super::ir::{Checks, MemberChecks, OperationChecks, SchemaChecks};
use super::ledger::Ledger;
use super::typing::Types;
use crate::analyze::ecma;
use crate::api::{self, Codec, SchemaId, SchemaKind};
use serde_json::Value;
use std::collections::{HashMap, HashSet};

/// The deepest nesting of unions whose members are named.
const MAX_NESTING: usize = 16;

/// What the operations ask of what they are sent. `ledger` is the one by which their
/// bodies were lowered.
pub(super) fn lower(types: &Types<'_>, ledger: &Ledger) -> Checks {
    let mut roots: Vec<(String, OperationChecks)> = Vec::new();
    for operation in &types.api.operations {
        let pinned = bodies::pinned(operation, ledger);
        let operation = pinned.as_ref().unwrap_or(operation);
        roots.push((key(operation), asked(operation)));
    }
    let rows = Rows::of(types, &roots);
    let shared = share(&rows);
    let of = |id: &usize| shared.class.get(id).copied();
    let operations = roots.into_iter().map(|(key, asked)| {
        let pairs = |pairs: Vec<(usize, usize)>| {
            let pairs = pairs.into_iter();
            pairs
                .filter_map(|(index, id)| Some((index, of(&id)?)))
                .collect()
        };
        let asked = OperationChecks {
            parameters: pairs(asked.parameters),
            body: asked.body.as_ref().and_then(of),
            others: pairs(asked.others),
        };
        (key, asked)
    });
    Checks {
        operations: operations
            .filter(|(_, asked)| *asked != OperationChecks::default())
            .collect(),
        schemas: shared.schemas,
    }
}

/// How the runtime finds an operation.
fn key(operation: &api::Operation) -> String {
    let id = operation.id.clone().unwrap_or_else(|| operation.key());
    format!("{} {} {id}", operation.method, operation.template)
}

/// The schemas of the parts of an operation's requests, by their places in the API.
fn asked(operation: &api::Operation) -> OperationChecks {
    let typed = |body: &api::Body| match body.codec {
        Codec::Json | Codec::Form | Codec::Multipart | Codec::Xml | Codec::Text => {
            Some(body.schema.index())
        }
        Codec::Empty | Codec::Bytes | Codec::Events | Codec::Lines => None,
    };
    let parameters = operation.parameters.iter().enumerate();
    let body = operation.body.as_ref();
    let others = body.map(|body| body.others.as_slice()).unwrap_or_default();
    let others = others.iter().enumerate();
    OperationChecks {
        parameters: parameters
            .map(|(index, parameter)| (index, parameter.schema.index()))
            .collect(),
        body: body.and_then(typed),
        others: others
            .filter_map(|(index, body)| Some((index, typed(body)?)))
            .collect(),
    }
}

/// What a schema says, and the schemas in it, by their places in the API: numbers in
/// `own` are indices of `parts`.
struct Row {
    own: SchemaChecks,
    parts: Vec<usize>,
}

/// The rows of places that ask something, of themselves or of what is in them.
struct Rows(Vec<(usize, Row)>);

impl Rows {
    fn of(types: &Types<'_>, roots: &[(String, OperationChecks)]) -> Self {
        let mut open: Vec<usize> = Vec::new();
        for (_, asked) in roots.iter().rev() {
            open.extend(asked.others.iter().rev().map(|(_, id)| *id));
            open.extend(asked.body);
            open.extend(asked.parameters.iter().rev().map(|(_, id)| *id));
        }
        let mut seen = HashSet::new();
        let mut rows = Vec::new();
        while let Some(id) = open.pop() {
            if seen.insert(id) {
                let row = row(types, SchemaId(id as u32));
                open.extend(row.parts.iter().rev());
                rows.push((id, row));
            }
        }
        let needed = needed(&rows);
        rows.retain(|(id, _)| needed.contains(id));
        for (_, row) in &mut rows {
            row.keep(&needed);
        }
        Self(rows)
    }
}

/// The places that ask something, and those that hold such places.
fn needed(rows: &[(usize, Row)]) -> HashSet<usize> {
    let mut holders: HashMap<usize, Vec<usize>> = HashMap::new();
    let mut open = Vec::new();
    for (id, row) in rows {
        for part in &row.parts {
            holders.entry(*part).or_default().push(*id);
        }
        if !row.own.rules.is_empty() || !row.own.required.is_empty() {
            open.push(*id);
        }
    }
    let mut needed = HashSet::new();
    while let Some(id) = open.pop() {
        if needed.insert(id) {
            open.extend(holders.get(&id).into_iter().flatten());
        }
    }
    needed
}

impl Row {
    /// Drops the parts that ask nothing.
    fn keep(&mut self, needed: &HashSet<usize>) {
        let mut kept = Vec::new();
        let mut place = HashMap::new();
        for (index, part) in self.parts.iter().enumerate() {
            if needed.contains(part) {
                place.insert(index, kept.len());
                kept.push(*part);
            }
        }
        self.parts = kept;
        self.own.each(&mut |index| place.get(&index).copied());
    }
}

impl SchemaChecks {
    /// Gives every schema in it another number, or takes it out.
    fn each(&mut self, to: &mut dyn FnMut(usize) -> Option<usize>) {
        let properties = std::mem::take(&mut self.properties).into_iter();
        self.properties = properties
            .filter_map(|(name, schema)| Some((name, to(schema)?)))
            .collect();
        let members = self.members.iter_mut().map(|member| &mut member.schema);
        let places = self.prefix.iter_mut().chain(members);
        for place in places.chain([&mut self.additional, &mut self.items]) {
            *place = place.and_then(&mut *to);
        }
    }
}

fn row(types: &Types<'_>, id: SchemaId) -> Row {
    let api = types.api;
    let mut own = SchemaChecks::default();
    let mut parts = Vec::new();
    let mut part = |id: SchemaId| {
        parts.push(id.index());
        parts.len() - 1
    };
    let mut place = id;
    for _ in 0..=api.schemas.len() {
        let notes = &api.schemas[place.index()].annotations;
        own.secret |= notes.write_only;
        let rules = notes.rules.iter();
        for rule in rules.filter_map(written) {
            if !own.rules.contains(&rule) {
                own.rules.push(rule);
            }
        }
        match api.schemas[place.index()].kind {
            SchemaKind::Alias(next) => place = next,
            _ => break,
        }
    }
    let schema = &api.schemas[place.index()];
    match &schema.kind {
        SchemaKind::String { format } => own.secret |= format.as_deref() == Some("password"),
        SchemaKind::StringEnum(values) => own.rules.push(listed(values)),
        SchemaKind::IntegerEnum(values) => own.rules.push(listed(values)),
        SchemaKind::ValueEnum(values) => own.rules.push(listed(values)),
        SchemaKind::Boolean => {
            let only = schema
                .annotations
                .only
                .iter()
                .filter(|only| only.is_boolean());
            own.rules
                .extend(only.map(|only| listed(std::slice::from_ref(only))));
        }
        SchemaKind::Array(item) => own.items = Some(part(*item)),
        SchemaKind::Tuple(tuple) => {
            own.prefix = tuple.items.iter().map(|item| Some(part(*item))).collect();
            own.items = tuple.rest.map(part);
        }
        SchemaKind::Map(value) => own.additional = Some(part(*value)),
        SchemaKind::Object(object) => {
            for (name, property) in &object.properties {
                let notes = &api.schemas[property.schema.index()].annotations;
                if notes.read_only {
                    continue;
                }
                if property.required && notes.write_only {
                    own.required.push(name.clone());
                }
                own.properties.push((name.clone(), part(property.schema)));
            }
            own.additional = object.additional.map(part);
        }
        SchemaKind::Union(union) => {
            let members = union.members.iter().map(|member| MemberChecks {
                types: types.json_types(member.schema, 0),
                names: names(types, member.schema, 0).unwrap_or_default(),
                schema: Some(part(member.schema)),
            });
            own.members = members.collect();
        }
        SchemaKind::Any
        | SchemaKind::Never
        | SchemaKind::Integer { .. }
        | SchemaKind::Number { .. }
        | SchemaKind::Alias(_) => {}
    }
    Row { own, parts }
}

/// A rule as it is written; a pattern with its translation.
fn written(rule: &api::Rule) -> Option<(&'static str, String)> {
    let value = match rule.value.as_str().filter(|_| rule.keyword == "pattern") {
        // Those without a translation were told and taken away before.
        Some(pattern) => match ecma::translate(pattern).ok()? {
            translated if translated == pattern => rule.value.to_string(),
            translated => serde_json::json!([pattern, translated]).to_string(),
        },
        None => rule.value.to_string(),
    };
    Some((rule.keyword, value))
}

fn listed<T: Clone + Into<Value>>(values: &[T]) -> (&'static str, String) {
    let values: Vec<Value> = values.iter().cloned().map(Into::into).collect();
    ("enum", Value::Array(values).to_string())
}

/// The structs that values of a schema may be; `None` where any.
fn names(types: &Types<'_>, id: SchemaId, depth: usize) -> Option<Vec<String>> {
    let id = types.api.canonical(id);
    match &types.api.schemas[id.index()].kind {
        SchemaKind::Object(_) => {
            let representative = types.classes.representative.get(&id)?;
            Some(vec![types.names.get(representative)?.clone()])
        }
        SchemaKind::Union(union) if depth < MAX_NESTING => {
            let mut all = Vec::new();
            for member in &union.members {
                all.extend(names(types, member.schema, depth + 1)?);
            }
            Some(all)
        }
        SchemaKind::Union(_) | SchemaKind::Any | SchemaKind::Map(_) => None,
        _ => Some(Vec::new()),
    }
}

/// Places that ask the same, as one.
struct Shared {
    class: HashMap<usize, usize>,
    schemas: Vec<SchemaChecks>,
}

/// Refines a partition of the places until it stands still, as types are shared.
fn share(rows: &Rows) -> Shared {
    let mut own: HashMap<&SchemaChecks, usize> = HashMap::new();
    let mut class: HashMap<usize, usize> = HashMap::new();
    for (id, row) in &rows.0 {
        let next = own.len();
        class.insert(*id, *own.entry(&row.own).or_insert(next));
    }
    let mut count = own.len();
    loop {
        let mut signatures: HashMap<Vec<usize>, usize> = HashMap::new();
        let mut refined = HashMap::new();
        for (id, row) in &rows.0 {
            let parts = std::iter::once(id).chain(&row.parts);
            let signature = parts.map(|part| class[part]).collect();
            let next = signatures.len();
            refined.insert(*id, *signatures.entry(signature).or_insert(next));
        }
        class = refined;
        if signatures.len() == count {
            break;
        }
        count = signatures.len();
    }
    let mut schemas: Vec<SchemaChecks> = Vec::new();
    for (id, row) in &rows.0 {
        if class[id] == schemas.len() {
            let mut own = row.own.clone();
            own.each(&mut |index| Some(class[&row.parts[index]]));
            schemas.push(own);
        }
    }
    Shared { class, schemas }
}
