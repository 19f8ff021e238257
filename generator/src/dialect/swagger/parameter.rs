//! Parameters of Swagger 2.0 outside of bodies.

use crate::diagnostic::codes;
use crate::dialect::context::{Context, degraded};
use crate::dialect::trail::Trail;
use crate::source::{Node, Object};

/// What moves from a parameter, header or form field into its schema.
const SCHEMA: [&str; 22] = [
    "type",
    "format",
    "items",
    "default",
    "maximum",
    "exclusiveMaximum",
    "minimum",
    "exclusiveMinimum",
    "maxLength",
    "minLength",
    "pattern",
    "maxItems",
    "minItems",
    "uniqueItems",
    "enum",
    "multipleOf",
    "x-nullable",
    "properties",
    "additionalProperties",
    "allOf",
    "oneOf",
    "anyOf",
];

/// Lowers a query, header or path parameter, or a header, in place.
pub(super) fn lower(node: &mut Node, at: &Trail<'_>, cx: &mut Context<'_>) {
    if node.reference().is_some() {
        return;
    }
    let style = style(node, at, cx);
    let place = node.place;
    let Some(members) = node.as_object_mut() else {
        return;
    };
    let location = members
        .get("in")
        .and_then(Node::as_str)
        .unwrap_or("header")
        .to_owned();
    let schema = schema(members);
    if !members.contains_key("schema") && !schema.is_empty() {
        cx.pointers
            .record(at.key("schema").pointer(), &at.pointer());
        members.insert("schema".to_owned(), Node::new(schema, place));
    }
    if let Some(style) = style {
        let name = match (location.as_str(), style) {
            ("query", Style::Spaces) => Some("spaceDelimited"),
            ("query", Style::Pipes) => Some("pipeDelimited"),
            _ => None,
        };
        if let Some(name) = name {
            members.insert("style".to_owned(), Node::new(name, place));
        }
        // A response header: OpenAPI 3.0 has no such style for it.
        let name = match (members.contains_key("in"), style) {
            (false, Style::Spaces) => Some("spaceDelimited"),
            (false, Style::Pipes) => Some("pipeDelimited"),
            _ => None,
        };
        if let Some(name) = name {
            members.insert("x-pontoon-style".to_owned(), Node::new(name, place));
        }
        if location == "query" {
            let explode = style == Style::Repeated;
            members.insert("explode".to_owned(), Node::new(explode, place));
        }
    }
}

/// Takes the members that describe the value.
pub(super) fn schema(members: &mut Object) -> Object {
    let mut out = Object::default();
    for key in SCHEMA {
        if let Some(node) = members.shift_remove(key) {
            out.insert(key.to_owned(), node);
        }
    }
    out
}

/// How the items of an array are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// Between commas.
    Commas,
    /// Between spaces.
    Spaces,
    /// Between bars.
    Pipes,
    /// The parameter once for each.
    Repeated,
}

/// Takes the `collectionFormat` of an array.
pub(super) fn style(node: &mut Node, at: &Trail<'_>, cx: &mut Context<'_>) -> Option<Style> {
    let array = node.get_str("type") == Some("array");
    let place = node.place;
    let members = node.as_object_mut()?;
    let format = members.shift_remove("collectionFormat");
    if !array {
        return None;
    }
    Some(
        match format.as_ref().and_then(Node::as_str).unwrap_or("csv") {
            "multi" => Style::Repeated,
            "ssv" => Style::Spaces,
            "pipes" => Style::Pipes,
            "csv" => Style::Commas,
            other => {
                let message = format!("the collection format `{other}` is read as `csv`");
                let finding = degraded(&codes::BAD_STYLE, message);
                let spot = format.as_ref().map_or(place, |n| n.place);
                cx.report(&at.key("collectionFormat"), spot, finding);
                Style::Commas
            }
        },
    )
}
