//! What `pontoon inspect` tells of a spec, as data.

mod list;

use crate::api::{Api, Location, SchemaId, SchemaKind};
use crate::diagnostic::{Diagnostics, Effect};
use crate::dialect::Dialect;
use crate::rust::ir::{Crate, Events, Item, Type};
use serde_json::{Value, json};
use std::collections::HashSet;

/// Totals of one generation.
#[derive(Debug, Clone, Default)]
pub struct Summary {
    /// Package name.
    pub package: String,
    /// The dialect the document is written in.
    pub dialect: &'static str,
    /// `info.title` and `info.version`.
    pub title: String,
    /// `info.version`.
    pub version: String,
    /// Operations.
    pub operations: usize,
    /// Webhooks that are typed.
    pub webhooks: usize,
    /// Callbacks that are typed.
    pub callbacks: usize,
    /// What the API sends, one entry each.
    pub received: Vec<Received>,
    /// What tells webhooks apart, where that is known.
    pub event_key: Option<String>,
    /// Namespaces.
    pub namespaces: usize,
    /// Structs, enumerations, unions.
    pub types: usize,
    /// Second names of types that places share.
    pub aliases: usize,
    /// Fields of structs, those for further properties included, and members of unions.
    pub fields: usize,
    /// Fields whose type is any JSON.
    pub untyped_fields: usize,
    /// Those fields: `Type.field`.
    pub untyped_places: Vec<String>,
    /// Schemas that are any JSON and that operations reach, each once, however many
    /// fields, arguments and results have its type.
    pub untyped_schemas: usize,
    /// Operations with a finding that degraded or dropped a part of them.
    pub degraded_operations: usize,
    /// Names of the security schemes.
    pub auth: Vec<String>,
    /// Findings: repaired, degraded, dropped.
    pub repaired: usize,
    /// See `repaired`.
    pub degraded: usize,
    /// See `repaired`.
    pub dropped: usize,
    /// One entry per operation.
    pub listing: Vec<Listed>,
}

/// A webhook or callback in the listing.
#[derive(Debug, Clone)]
pub struct Received {
    /// The name by which a receiver asks for it.
    pub name: String,
    /// Method.
    pub method: String,
    /// The operation and the expression of the URL, for a callback.
    pub callback: Option<(String, String)>,
    /// The generated variant: `WebhookEvent::Name`.
    pub rust: String,
}

/// An operation in the listing.
#[derive(Debug, Clone)]
pub struct Listed {
    /// Method.
    pub method: String,
    /// Path template.
    pub path: String,
    /// `operationId`.
    pub operation_id: Option<String>,
    /// The generated method: `namespace.method`.
    pub rust: String,
    /// Number of required arguments and of optional ones.
    pub arguments: (usize, usize),
    /// Parameters by location: path, query, header, cookie.
    pub parameters: [usize; 4],
    /// `deprecated`.
    pub deprecated: bool,
    /// Structs of declared response headers, by status.
    pub headers: Vec<(String, String)>,
    /// Links: name and target (`GET /path`).
    pub links: Vec<(String, String)>,
    /// What is known of it as a list: null for what is no list.
    pub list: Value,
    /// The same in words, and for what is not proven the line that says it.
    pub list_lines: Vec<String>,
}

impl Summary {
    /// Counts what lowering made of an API.
    pub fn new(api: &Api, krate: &Crate, dialect: Dialect, diagnostics: &Diagnostics) -> Self {
        let mut summary = Self {
            package: krate.package.clone(),
            dialect: dialect.as_str(),
            title: api.title.clone(),
            version: api.version.clone(),
            operations: api.operations.len(),
            namespaces: krate.namespaces.len(),
            auth: api
                .security_schemes
                .iter()
                .map(|scheme| scheme.name.clone())
                .collect(),
            repaired: diagnostics.count_effect(Effect::Repaired),
            degraded: diagnostics.count_effect(Effect::Degraded),
            dropped: diagnostics.count_effect(Effect::Dropped),
            ..Self::default()
        };
        for item in krate.model_files.iter().flat_map(|file| &file.items) {
            match item {
                Item::Alias(_) => summary.aliases += 1,
                Item::Struct(found) => {
                    summary.types += 1;
                    let fields = found.fields.iter().map(|field| (&field.name, &field.ty));
                    let further = found.additional.iter().map(|(name, ty)| (name, ty));
                    for (name, ty) in fields.chain(further) {
                        summary.count(&found.name, name, ty);
                    }
                }
                Item::Union(found) => {
                    summary.types += 1;
                    for member in &found.members {
                        summary.count(&found.name, &member.name, &member.ty);
                    }
                }
                _ => summary.types += 1,
            }
        }
        summary.untyped_fields = summary.untyped_places.len();
        summary.untyped_places.sort_unstable();
        summary.untyped_schemas = untyped(api);
        summary.degraded_operations = degraded(api, diagnostics);
        summary.listing = listing(api, krate);
        for events in &krate.events {
            summary.receives(events);
        }
        summary
    }

    fn receives(&mut self, events: &Events) {
        for row in &events.rows {
            match &row.source {
                Some(_) => self.callbacks += 1,
                None => self.webhooks += 1,
            }
            let variant = row.bodies.first().map(|body| body.variant);
            let variant = variant.and_then(|variant| events.variants.get(variant));
            self.received.push(Received {
                name: row.name.clone(),
                method: row.method.clone(),
                callback: row
                    .source
                    .as_ref()
                    .map(|source| (source.operation.clone(), source.expression.clone())),
                rust: match variant {
                    Some(variant) => format!("{}::{}", events.name, variant.name),
                    None => String::new(),
                },
            });
        }
        if let Some(key) = &events.key {
            self.event_key = Some(key.seen.clone());
        }
    }

    fn count(&mut self, owner: &str, name: &str, ty: &Type) {
        self.fields += 1;
        if is_json(ty) {
            self.untyped_places.push(format!("{owner}.{name}"));
        }
    }

    /// The machine-readable form of `pontoon inspect --json`.
    pub fn to_json(&self) -> Value {
        json!({
            "title": self.title,
            "version": self.version,
            "dialect": self.dialect,
            "auth": self.auth,
            "totals": {
                "operations": self.operations,
                "webhooks": self.webhooks,
                "callbacks": self.callbacks,
                "namespaces": self.namespaces,
                "types": self.types,
                "aliases": self.aliases,
                "fields": self.fields,
                "untyped_fields": self.untyped_fields,
                "untyped_schemas": self.untyped_schemas,
                "degraded_operations": self.degraded_operations,
            },
            "conformance": {
                "repaired": self.repaired,
                "degraded": self.degraded,
                "dropped": self.dropped,
            },
            "webhook_key": self.event_key,
            "received": self.received.iter().map(|found| json!({
                "name": found.name,
                "method": found.method,
                "operation": found.callback.as_ref().map(|found| &found.0),
                "expression": found.callback.as_ref().map(|found| &found.1),
                "rust": found.rust,
            })).collect::<Vec<_>>(),
            "operations": self.listing.iter().map(|found| json!({
                "method": found.method,
                "path": found.path,
                "operation_id": found.operation_id,
                "rust": found.rust,
                "required": found.arguments.0,
                "optional": found.arguments.1,
                "deprecated": found.deprecated,
                "headers": pairs(&found.headers),
                "links": pairs(&found.links),
                "list": found.list,
            })).collect::<Vec<_>>(),
        })
    }
}

fn pairs(list: &[(String, String)]) -> Value {
    let pairs = list
        .iter()
        .map(|(name, value)| (name.clone(), json!(value)));
    Value::Object(pairs.collect())
}

/// Operations below whose pointer something was degraded or dropped.
fn degraded(api: &Api, diagnostics: &Diagnostics) -> usize {
    let mut places: Vec<&str> = diagnostics
        .iter()
        .filter(|found| matches!(found.effect, Effect::Degraded | Effect::Dropped))
        .map(|found| found.pointer.as_str())
        .collect();
    places.sort_unstable();
    let hit = |pointer: &str| {
        let start = places.partition_point(|place| *place < pointer);
        places[start..]
            .iter()
            .take_while(|place| place.starts_with(pointer))
            .any(|place| place.len() == pointer.len() || place[pointer.len()..].starts_with('/'))
    };
    let operations = api.operations.iter();
    operations.filter(|found| hit(&found.pointer)).count()
}

/// Schemas without a type that parameters, bodies and responses reach. A media type
/// without a schema is none: its place is its own, `.../content/MEDIA-TYPE`.
fn untyped(api: &Api) -> usize {
    let mut open: Vec<SchemaId> = Vec::new();
    let is_written = |id: &SchemaId| {
        let pointer = &api.schemas[id.index()].pointer;
        pointer.rsplit('/').nth(1) != Some("content")
    };
    for operation in &api.operations {
        open.extend(operation.parameters.iter().map(|found| found.schema));
        if let Some(body) = &operation.body {
            let bodies = [body].into_iter().chain(&body.others);
            open.extend(bodies.map(|found| found.schema).filter(is_written));
        }
        let responses = operation.responses.iter();
        let responses = responses.filter_map(|found| found.schema);
        open.extend(responses.filter(is_written));
        open.extend(operation.declared.iter().filter_map(|found| found.headers));
    }
    let mut seen = HashSet::new();
    let mut count = 0;
    while let Some(id) = open.pop() {
        let id = api.canonical(id);
        if !seen.insert(id) {
            continue;
        }
        match &api.schemas[id.index()].kind {
            SchemaKind::Any | SchemaKind::Never => count += 1,
            SchemaKind::Array(part) | SchemaKind::Map(part) => open.push(*part),
            SchemaKind::Tuple(tuple) => open.extend(tuple.items.iter().chain(&tuple.rest)),
            SchemaKind::Object(object) => {
                open.extend(object.additional);
                open.extend(object.properties.values().map(|found| found.schema));
            }
            SchemaKind::Union(union) => {
                open.extend(union.members.iter().map(|member| member.schema));
            }
            _ => {}
        }
    }
    count
}

fn listing(api: &Api, krate: &Crate) -> Vec<Listed> {
    let mut rust = std::collections::HashMap::new();
    for namespace in &krate.namespaces {
        for operation in &namespace.operations {
            let key = (
                operation.table.method.as_str(),
                operation.table.path.as_str(),
            );
            rust.insert(key, (namespace, operation));
        }
    }
    api.operations
        .iter()
        .map(|operation| {
            let found = rust.get(&(operation.method.as_str(), operation.template.as_str()));
            let mut parameters = [0; 4];
            for parameter in &operation.parameters {
                parameters[match parameter.location {
                    Location::Path => 0,
                    Location::Query => 1,
                    Location::Header => 2,
                    Location::Cookie => 3,
                }] += 1;
            }
            Listed {
                method: operation.method.clone(),
                path: operation.path.clone(),
                operation_id: operation.id.clone(),
                rust: found.map_or_else(String::new, |(namespace, found)| {
                    format!("{}.{}", namespace.module, found.name)
                }),
                arguments: found.map_or((0, 0), |(_, found)| {
                    (found.positional.len(), found.optional.len())
                }),
                parameters,
                deprecated: operation.deprecated,
                list: list::data(operation),
                list_lines: list::lines(operation),
                headers: found.map_or_else(Vec::new, |(_, found)| {
                    let rows = found.table.declared.iter();
                    rows.filter_map(|row| {
                        let headers = row.headers.as_ref()?;
                        Some((row.status.to_string(), headers.name.clone()))
                    })
                    .collect()
                }),
                links: found.map_or_else(Vec::new, |(_, found)| {
                    let links = found.table.declared.iter().flat_map(|row| &row.links);
                    links
                        .map(|link| (link.name.clone(), link.target.clone()))
                        .collect()
                }),
            }
        })
        .collect()
}

/// Whether a type is any JSON, or a list or map of it.
fn is_json(ty: &Type) -> bool {
    match ty {
        Type::Json => true,
        Type::Option(inner)
        | Type::Nullable(inner)
        | Type::List(inner)
        | Type::Map(inner)
        | Type::Boxed(inner) => is_json(inner),
        Type::Tuple(items) => items.iter().any(is_json),
        Type::Tail(items, rest) => items.iter().any(is_json) || is_json(rest),
        _ => false,
    }
}
