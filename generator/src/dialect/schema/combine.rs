//! `oneOf`, `anyOf`, `allOf`, `not`, `discriminator`.

use crate::diagnostic::codes;
use crate::dialect::context::{Context, degraded, dropped, repaired};
use crate::dialect::trail::Trail;
use crate::source::{Node, Object, Place, Value};

/// Repairs the lists, says null by `nullable`, and takes a union of one
/// schema for that schema.
pub(super) fn lower(members: &mut Object, place: Place, at: &Trail<'_>, cx: &mut Context<'_>) {
    for key in ["allOf", "oneOf", "anyOf"] {
        list(members, key, at, cx);
    }
    discriminator(members, at, cx);
    for key in ["oneOf", "anyOf"] {
        union(members, key, place, at, cx);
    }
    for key in [
        "if",
        "then",
        "else",
        "dependentSchemas",
        "$dynamicRef",
        "$recursiveRef",
    ] {
        if let Some(node) = members.shift_remove(key)
            && key != "then"
            && key != "else"
        {
            let message = format!("`{key}` is ignored; the schema is read without it");
            let finding = degraded(&codes::UNSUPPORTED_KEYWORD, message);
            cx.report(&at.key(key), node.place, finding);
        }
    }
    if members.get("not").is_some_and(Node::is_null) {
        members.shift_remove("not");
    }
}

/// Makes the value a list of schemas, or removes it.
fn list(members: &mut Object, key: &str, at: &Trail<'_>, cx: &mut Context<'_>) {
    let Some(node) = members.get_mut(key) else {
        return;
    };
    let at = at.key(key);
    let place = node.place;
    match &mut node.value {
        Value::Array(items) => {
            if items.iter().any(Node::is_null) {
                let message = format!("`{key}` has an empty item; it is ignored");
                cx.report(&at, place, dropped(&codes::BAD_SCHEMA, message));
                items.retain(|item| !item.is_null());
            }
            if items.is_empty() {
                let message = format!("`{key}` is empty; it is ignored");
                cx.report(&at, place, dropped(&codes::EMPTY_UNION, message));
                members.shift_remove(key);
            }
        }
        Value::Object(_) => {
            let message = format!("`{key}` is an object; it is read as a list of one schema");
            cx.report(&at, place, repaired(&codes::WRONG_KIND, message));
            cx.pointers.record(at.index(0).pointer(), &at.pointer());
            let item = node.take();
            node.value = Value::Array(vec![item]);
        }
        other => {
            let message = format!("`{key}` is {}; it is ignored", other.kind());
            cx.report(&at, place, dropped(&codes::WRONG_KIND, message));
            members.shift_remove(key);
        }
    }
}

/// Whether a schema, not yet lowered, allows null and nothing else.
fn is_null(node: &Node) -> bool {
    let Some(members) = node.as_object() else {
        return false;
    };
    let only = |node: &Node| {
        node.as_array()
            .is_some_and(|a| a.iter().all(Node::is_null) && !a.is_empty())
    };
    match members.get("type").map(|t| &t.value) {
        Some(Value::String(word)) => word == "null",
        Some(Value::Array(words)) => words.len() == 1 && words[0].as_str() == Some("null"),
        Some(_) => false,
        None => {
            members.get("const").is_some_and(Node::is_null) || members.get("enum").is_some_and(only)
        }
    }
}

/// Whether a schema, not yet lowered, is how OData's converters say null in OpenAPI
/// 3.0, where a reference can have nothing beside it: `anyOf: [{$ref: ...}, {type:
/// object, nullable: true}]`, or the same without a type.
fn is_made_null(node: &Node) -> bool {
    let Some(members) = node.as_object() else {
        return false;
    };
    let nullable = members.get("nullable").and_then(Node::as_bool) == Some(true);
    let says = |key: &str, node: &Node| match key {
        "nullable" | "title" | "description" => true,
        "type" => node.as_str() == Some("object"),
        _ => false,
    };
    nullable && members.iter().all(|(key, node)| says(key, node))
}

/// Takes null out of a union, and the union of one schema apart.
fn union(members: &mut Object, key: &str, place: Place, at: &Trail<'_>, cx: &mut Context<'_>) {
    let Some(Value::Array(items)) = members.get_mut(key).map(|n| &mut n.value) else {
        return;
    };
    let base = at.key(key);
    let made = !cx.json_schema()
        && items.len() == 2
        && items.iter().filter(|item| is_made_null(item)).count() == 1;
    if made {
        cx.count_made_null(&base, place);
    }
    let is_null = |item: &Node| is_null(item) || made && is_made_null(item);
    let null = items.iter().any(is_null);
    if null {
        let mut kept = Vec::with_capacity(items.len());
        for (index, item) in std::mem::take(items).into_iter().enumerate() {
            if is_null(&item) {
                continue;
            }
            if index != kept.len() {
                let to = base.index(kept.len()).pointer();
                cx.pointers.record(to, &base.index(index).pointer());
            }
            kept.push(item);
        }
        *items = kept;
    }
    let count = items.len();
    if null {
        members.insert("nullable".to_owned(), Node::new(true, place));
    }
    match count {
        0 => {
            members.shift_remove(key);
            if !members.contains_key("type") {
                members.insert("x-pontoon-null".to_owned(), Node::new(true, place));
            }
        }
        1 if !members.contains_key("discriminator") => only(members, key, place, at, cx),
        _ => {}
    }
}

/// Takes a union of one schema for that schema.
fn only(members: &mut Object, key: &str, place: Place, at: &Trail<'_>, cx: &mut Context<'_>) {
    let structural = |key: &String| {
        !matches!(
            key.as_str(),
            "title"
                | "description"
                | "nullable"
                | "default"
                | "deprecated"
                | "readOnly"
                | "writeOnly"
                | "externalDocs"
        ) && !key.starts_with("x-")
    };
    let alone = members.keys().filter(|k| structural(k)).count() == 1;
    let Some(Value::Array(mut items)) = members.shift_remove(key).map(|n| n.value) else {
        return;
    };
    let Some(item) = items.pop() else {
        return;
    };
    let from = at.key(key).index(0).pointer();
    let inline = alone && item.as_object().is_some_and(|o| !o.contains_key("$ref"));
    if inline && let Value::Object(inner) = item.value {
        for (name, node) in inner {
            // The text beside the union says more than the text inside it.
            if !members.contains_key(&name) {
                let moved = at.key(&name).pointer();
                cx.pointers
                    .record(moved, &format!("{from}/{}", crate::source::escape(&name)));
                members.insert(name, node);
            } else if name == "nullable" && node.as_bool() == Some(true) {
                members.insert(name, node);
            }
        }
        // What came in may itself be of any shape.
        super::kind::constant(members, place);
        super::kind::lower(members, place, at, cx);
        super::kind::enumeration(members, at, cx);
        for key in ["allOf", "oneOf", "anyOf"] {
            list(members, key, at, cx);
        }
        for key in ["oneOf", "anyOf"] {
            union(members, key, place, at, cx);
        }
        return;
    }
    let all = members
        .entry("allOf".to_owned())
        .or_insert_with(|| Node::new(Vec::new(), place));
    if let Value::Array(all) = &mut all.value {
        let to = at.key("allOf").index(all.len()).pointer();
        cx.pointers.record(to, &from);
        all.push(item);
    }
}

/// A discriminator is an object with a property name; in Swagger 2.0 it is
/// the name.
fn discriminator(members: &mut Object, at: &Trail<'_>, cx: &mut Context<'_>) {
    let Some(node) = members.get_mut("discriminator") else {
        return;
    };
    let place = node.place;
    if let Value::String(name) = &node.value {
        let name = Node::new(name.clone(), place);
        node.value = Node::object(place, [("propertyName", name)]).value;
        return;
    }
    let named = node
        .get_str("propertyName")
        .is_some_and(|name| !name.is_empty());
    if !named {
        let message = "the discriminator has no `propertyName`; it is ignored";
        let finding = dropped(&codes::BAD_DISCRIMINATOR, message);
        cx.report(&at.key("discriminator"), place, finding);
        members.shift_remove("discriminator");
        return;
    }
    if let Some(fallback) = node.get("defaultMapping") {
        let message = "`defaultMapping` is not used: a value that the mapping does not name is kept as any JSON";
        let finding = degraded(&codes::BAD_DISCRIMINATOR, message);
        cx.report(&at.key("discriminator"), fallback.place, finding);
    }
}
