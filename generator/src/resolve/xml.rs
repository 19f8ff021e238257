//! The XML Object, kept where an XML body reaches its schema: elsewhere it would
//! tell apart types that are one in JSON.

use crate::api::{Api, Codec, SchemaId, SchemaKind, Xml};
use openapiv3::{ReferenceOr, Schema};
use serde_json::Value;
use std::collections::HashSet;

/// The XML Object of a schema, parts of an `allOf` that stand inline included.
pub(super) fn object(schema: &Schema, parts: &[ReferenceOr<Schema>]) -> Option<Box<Xml>> {
    let inline = parts.iter().filter_map(ReferenceOr::as_item);
    let found: Vec<&Value> = std::iter::once(schema)
        .chain(inline)
        .filter_map(|schema| schema.schema_data.extensions.get("x-pontoon-xml"))
        .collect();
    if found.is_empty() {
        return None;
    }
    let text = |key: &str| {
        let mut all = found.iter().filter_map(|xml| xml.get(key)?.as_str());
        all.find(|text| !text.is_empty()).map(str::to_owned)
    };
    let flag = |key: &str| found.iter().find_map(|xml| xml.get(key)?.as_bool());
    let node = text("nodeType");
    let node = node.as_deref();
    Some(Box::new(Xml {
        name: text("name"),
        namespace: text("namespace"),
        prefix: text("prefix"),
        attribute: flag("attribute") == Some(true) || node == Some("attribute"),
        wrapped: flag("wrapped").or(match node {
            Some("element") => Some(true),
            Some("none") => Some(false),
            _ => None,
        }),
        text: matches!(node, Some("text" | "cdata")),
    }))
}

/// Forgets the XML Objects of schemas that no XML body reaches.
pub(super) fn forget(api: &mut Api) {
    let mut open: Vec<SchemaId> = Vec::new();
    for (_, operation) in api.exchanges() {
        let bodies = operation.body.iter();
        let bodies = bodies.flat_map(|body| std::iter::once(body).chain(&body.others));
        let bodies = bodies.filter(|body| body.codec == Codec::Xml);
        open.extend(bodies.map(|body| body.schema));
        let responses = operation.responses.iter();
        let responses = responses.filter(|response| response.codec == Codec::Xml);
        open.extend(responses.filter_map(|response| response.schema));
    }
    let mut reached: HashSet<SchemaId> = HashSet::new();
    while let Some(id) = open.pop() {
        if !reached.insert(id) {
            continue;
        }
        match &api.schemas[id.index()].kind {
            SchemaKind::Alias(next) | SchemaKind::Array(next) | SchemaKind::Map(next) => {
                open.push(*next);
            }
            SchemaKind::Object(object) => {
                open.extend(object.properties.values().map(|property| property.schema));
                open.extend(object.additional);
            }
            SchemaKind::Union(union) => {
                open.extend(union.members.iter().map(|member| member.schema));
            }
            _ => {}
        }
    }
    for (index, schema) in api.schemas.iter_mut().enumerate() {
        if !reached.contains(&SchemaId(index as u32)) {
            schema.annotations.xml = None;
        }
    }
}
