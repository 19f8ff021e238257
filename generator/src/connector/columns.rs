//! Columns of a stream: the properties of its records.

use crate::api::{Api, Format, List, SchemaId, SchemaKind};
use indexmap::IndexMap;

/// Objects are looked into no more deeply than this for unions of unions.
const MAX_DEPTH: usize = 8;

/// The columns of a list's records with their kinds, in declared order. Records that
/// are one of several schemas have the columns of all; a column that is of two kinds
/// is JSON.
pub(super) fn columns(api: &Api, list: &List) -> Vec<(String, &'static str)> {
    let mut found = IndexMap::new();
    if let Some(item) = list.item {
        collect(api, item, &mut found, 0);
    }
    found.into_iter().collect()
}

fn collect(api: &Api, schema: SchemaId, found: &mut IndexMap<String, &'static str>, depth: usize) {
    if depth > MAX_DEPTH {
        return;
    }
    match &api.schema(schema).kind {
        SchemaKind::Object(object) => {
            for (name, property) in &object.properties {
                if api.schema(property.schema).annotations.write_only {
                    continue;
                }
                let kind = kind(api, property.schema);
                let known = found.entry(name.clone()).or_insert(kind);
                if *known != kind {
                    *known = "json";
                }
            }
        }
        SchemaKind::Union(union) => {
            for member in &union.members {
                collect(api, member.schema, found, depth + 1);
            }
        }
        _ => {}
    }
}

fn kind(api: &Api, schema: SchemaId) -> &'static str {
    match &api.schema(schema).kind {
        SchemaKind::Boolean => "boolean",
        // What does not fit an i64 keeps its digits as JSON.
        SchemaKind::Integer { format } if format.as_deref() == Some("uint64") => "json",
        SchemaKind::Integer { .. } | SchemaKind::IntegerEnum(_) => "integer",
        SchemaKind::Number { format } if format.as_deref() == Some("decimal") => "json",
        SchemaKind::Number { .. } => "number",
        SchemaKind::StringEnum(_) => "text",
        SchemaKind::String { format } => match format.as_deref().and_then(Format::named) {
            Some(Format::DateTime) => "timestamp",
            Some(Format::Date) => "date",
            _ => "text",
        },
        _ => "json",
    }
}
