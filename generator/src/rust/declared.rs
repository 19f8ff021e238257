//! Headers and links of responses, as rows of operation tables.

use super::ir::{DeclaredRow, HeadersRow, LinkRow, LinkValue, ResponseRow, Type};
use super::typing::Types;
use crate::api::{Link, Operation, SchemaId, Statuses};
use serde_json::Value;
use std::collections::HashMap;

/// The rows of an operation, most specific status first.
pub(super) fn rows(
    types: &Types<'_>,
    ids: &HashMap<&str, SchemaId>,
    operation: &Operation,
) -> Vec<DeclaredRow> {
    let mut rows: Vec<DeclaredRow> = operation
        .declared
        .iter()
        .map(|found| DeclaredRow {
            status: found.status,
            headers: found.headers.and_then(|id| {
                let Type::Named(name) = types.of(id) else {
                    return None;
                };
                let model = match types.identity(&Type::Named(name.clone()), ids) {
                    Type::Named(model) => model,
                    _ => name.clone(),
                };
                Some(HeadersRow {
                    model,
                    name,
                    forms: found.forms.clone(),
                })
            }),
            links: found.links.iter().map(|link| row(types, link)).collect(),
        })
        .collect();
    rows.sort_by_key(|row| match row.status {
        Statuses::Code(code) => (0, code),
        Statuses::Class(class) => (1, u16::from(class)),
        Statuses::Default => (2, 0),
    });
    rows
}

fn row(types: &Types<'_>, link: &Link) -> LinkRow {
    let mut operations = types.api.operations.iter();
    let target = operations.find(|found| found.key() == link.target);
    LinkRow {
        name: link.name.clone(),
        id: target
            .and_then(|found| found.id.clone())
            .unwrap_or_else(|| link.target.clone()),
        target: link.target.clone(),
        parameters: link
            .parameters
            .iter()
            .map(|(name, found)| (name.clone(), value(found)))
            .collect(),
        body: link.body.as_ref().map(value),
    }
}

fn value(found: &Value) -> LinkValue {
    match found {
        Value::String(text) => LinkValue::Text(text.clone()),
        other => LinkValue::Json(other.to_string()),
    }
}

/// The error statuses that have no row, because they declare no body: a code, a class
/// by its digit, 0 for `default`.
pub(super) fn bare(operation: &Operation, rows: &[ResponseRow]) -> Vec<u16> {
    let declared = operation.responses.iter().map(|found| found.status);
    let mut bare: Vec<Statuses> = declared
        .filter(|status| !status.is_success())
        .filter(|status| rows.iter().all(|row| row.status != *status))
        .collect();
    bare.sort_unstable();
    bare.dedup();
    let number = |status| match status {
        Statuses::Code(code) => code,
        Statuses::Class(class) => u16::from(class),
        Statuses::Default => 0,
    };
    bare.into_iter().map(number).collect()
}
