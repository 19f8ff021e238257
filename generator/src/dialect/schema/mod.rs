//! Schemas of every dialect to those of OpenAPI 3.0, with repairs.
//!
//! A schema is restructured before what is inside it, so that pointers
//! recorded on the way are final.

mod combine;
mod constraint;
mod kind;
mod object;

use super::context::{Context, degraded, noted, repaired};
use super::trail::Trail;
use crate::diagnostic::codes;
use crate::source::{Node, Object, Value};

/// Lowers one schema and everything inside it.
pub(super) fn lower(node: &mut Node, at: &Trail<'_>, cx: &mut Context<'_>) {
    shape(node, at, cx);
    if node.reference().is_some() && !reference(node, at, cx) {
        return;
    }
    let place = node.place;
    if let Value::Object(members) = &mut node.value {
        for key in [
            "$defs",
            "definitions",
            "$schema",
            "$id",
            "$comment",
            "$anchor",
        ] {
            members.shift_remove(key);
        }
        // The model has no place for the XML Object.
        if let Some(xml) = members.shift_remove("xml") {
            members.insert("x-pontoon-xml".to_owned(), xml);
        }
        vendor_words(members);
        kind::constant(members, place);
        kind::lower(members, place, at, cx);
        kind::enumeration(members, at, cx);
        combine::lower(members, place, at, cx);
        kind::infer(members, place);
        constraint::lower(members, at, cx);
        object::lower(members, place, at, cx);
        children(members, at, cx);
    }
}

/// Makes the node an object.
fn shape(node: &mut Node, at: &Trail<'_>, cx: &mut Context<'_>) {
    let place = node.place;
    match &node.value {
        Value::Object(_) => {}
        Value::Bool(true) => node.value = Value::Object(Object::default()),
        Value::Bool(false) => {
            node.value = Node::object(
                place,
                [
                    ("not", Node::new(Object::default(), place)),
                    ("x-pontoon-never", Node::new(true, place)),
                ],
            )
            .value;
        }
        Value::String(word) if kind::is_known(word) => {
            let message = format!("the schema is the string `{word}`; read as its type");
            let finding = repaired(&codes::BAD_SCHEMA, message);
            cx.report(at, place, finding);
            let word = Node::new(word.clone(), place);
            node.value = Node::object(place, [("type", word)]).value;
        }
        other => {
            let message = format!("expected a schema, found {}", other.kind());
            let finding = degraded(&codes::BAD_SCHEMA, message).help("`{}` stands for anything");
            cx.report(at, place, finding);
            node.value = Value::Object(Object::default());
        }
    }
}

/// Members beside a `$ref`. Returns whether there is more to lower.
fn reference(node: &mut Node, at: &Trail<'_>, cx: &mut Context<'_>) -> bool {
    let place = node.place;
    let json_schema = cx.json_schema();
    let Some(members) = node.as_object_mut() else {
        return false;
    };
    if members.len() == 1 {
        return false;
    }
    vendor_words(members);
    let nullable = members.get("nullable").and_then(Node::as_bool) == Some(true);
    if !json_schema && !nullable {
        let prose = |key: &str| {
            matches!(
                key,
                "$ref"
                    | "description"
                    | "title"
                    | "summary"
                    | "nullable"
                    | "type"
                    | "xml"
                    | "externalDocs"
                    | "readOnly"
                    | "writeOnly"
                    | "example"
                    | "deprecated"
                    | "default"
                    | "required"
            ) || key.starts_with("x-")
        };
        let lost: Vec<_> = members.keys().filter(|key| !prose(key)).cloned().collect();
        members.retain(|key, _| key == "$ref");
        if !lost.is_empty() {
            let message = format!("`{}` beside `$ref` is ignored", lost.join("`, `"));
            let finding = noted(&codes::REF_SIBLINGS, message)
                .help("wrap the reference if it is meant: `allOf: [{$ref: ...}]`");
            cx.report(at, place, finding);
        }
        return false;
    }
    if !json_schema {
        members.retain(
            |key, _| matches!(key, k if ["$ref", "description", "nullable"].contains(&k.as_str())),
        );
    }
    let Some(target) = members.shift_remove("$ref") else {
        return false;
    };
    let target = Node::object(place, [("$ref", target)]);
    let list = members
        .entry("allOf".to_owned())
        .or_insert_with(|| Node::new(Vec::new(), place));
    if let Value::Array(items) = &mut list.value {
        let to = at.key("allOf").index(items.len()).pointer();
        items.push(target);
        cx.pointers.record(to, &at.pointer());
    }
    true
}

/// Extensions of older dialects that have become keywords.
fn vendor_words(members: &mut Object) {
    for (old, new) in [
        ("x-nullable", "nullable"),
        ("x-isnullable", "nullable"),
        ("x-deprecated", "deprecated"),
    ] {
        if let Some(found) = members.shift_remove(old)
            && found.as_bool().is_some()
        {
            members.entry(new.to_owned()).or_insert(found);
        }
    }
}

/// Lowers the schemas inside.
fn children(members: &mut Object, at: &Trail<'_>, cx: &mut Context<'_>) {
    for (key, node) in members.iter_mut() {
        let at = at.key(key);
        match key.as_str() {
            "items" | "not" => lower(node, &at, cx),
            "additionalProperties" if node.as_bool().is_none() => lower(node, &at, cx),
            "properties" => {
                for (name, member) in node.as_object_mut().into_iter().flatten() {
                    lower(member, &at.key(name), cx);
                }
            }
            "oneOf" | "anyOf" | "allOf" => {
                let items = node.as_array_mut().into_iter().flatten();
                for (index, item) in items.enumerate() {
                    lower(item, &at.index(index), cx);
                }
            }
            _ => {}
        }
    }
}
