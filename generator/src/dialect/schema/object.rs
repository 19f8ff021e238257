//! Properties and items.

use crate::diagnostic::codes;
use crate::dialect::context::{Context, degraded, dropped, repaired};
use crate::dialect::trail::Trail;
use crate::source::{Node, Object, Place, Value};

/// Repairs what belongs to objects and arrays.
pub(super) fn lower(members: &mut Object, place: Place, at: &Trail<'_>, cx: &mut Context<'_>) {
    required(members, at, cx);
    properties(members, at, cx);
    additional(members, at, cx);
    patterns(members, at, cx);
    items(members, place, at, cx);
    for key in [
        "unevaluatedItems",
        "unevaluatedProperties",
        "additionalItems",
        "contains",
        "minContains",
        "maxContains",
        "propertyNames",
        "dependentRequired",
        "dependencies",
    ] {
        members.shift_remove(key);
    }
}

/// `required` is a list of names.
fn required(members: &mut Object, at: &Trail<'_>, cx: &mut Context<'_>) {
    let Some(node) = members.get_mut("required") else {
        return;
    };
    let place = node.place;
    let at = at.key("required");
    match &mut node.value {
        Value::Array(names) => {
            if names.iter().any(|name| name.as_str().is_none()) {
                let message = "`required` lists what is not a name; that is ignored";
                cx.report(&at, place, dropped(&codes::BAD_REQUIRED, message));
                names.retain(|name| name.as_str().is_some());
            }
            let mut seen = std::collections::HashSet::new();
            names.retain(|name| seen.insert(name.as_str().unwrap_or_default().to_owned()));
            if names.is_empty() {
                members.shift_remove("required");
            }
            return;
        }
        // Beside a body or parameter schema it means nothing.
        Value::Bool(_) | Value::Null => {}
        Value::String(name) if !matches!(name.as_str(), "true" | "false") => {
            let message = "`required` is a string; it is read as a list of one name";
            cx.report(&at, place, repaired(&codes::BAD_REQUIRED, message));
            let name = node.take();
            node.value = Value::Array(vec![name]);
            return;
        }
        _ => {}
    }
    let message = "`required` is not a list of names; it is ignored";
    let finding = repaired(&codes::BAD_REQUIRED, message)
        .help("list the required properties in the object that has them");
    cx.report(&at, place, finding);
    members.shift_remove("required");
}

/// `properties` is an object of schemas.
fn properties(members: &mut Object, at: &Trail<'_>, cx: &mut Context<'_>) {
    let Some(node) = members.get_mut("properties") else {
        return;
    };
    let place = node.place;
    let at = at.key("properties");
    let Value::Object(properties) = &mut node.value else {
        if !node.is_null() {
            let message = format!("`properties` is {}; it is ignored", node.value.kind());
            cx.report(&at, place, dropped(&codes::WRONG_KIND, message));
        }
        members.shift_remove("properties");
        return;
    };
    let mut wanted = Vec::new();
    for (name, property) in properties.iter_mut() {
        let Some(flag) = property.get("required").filter(|n| is_flag(n)) else {
            continue;
        };
        let required = flag.as_bool() == Some(true) || flag.as_str() == Some("true");
        let flag_place = flag.place;
        if required {
            wanted.push(Node::new(name.clone(), flag_place));
        }
        let message = format!("`required` on the property `{name}`; read as of its object");
        let finding = repaired(&codes::BAD_REQUIRED, message)
            .help("list the required properties in the object that has them");
        cx.report(&at.key(name).key("required"), flag_place, finding);
        if let Some(inner) = property.as_object_mut() {
            inner.shift_remove("required");
        }
    }
    if wanted.is_empty() {
        return;
    }
    let required = members
        .entry("required".to_owned())
        .or_insert_with(|| Node::new(Vec::new(), place));
    if let Value::Array(names) = &mut required.value {
        for name in wanted {
            if !names.iter().any(|known| known.as_str() == name.as_str()) {
                names.push(name);
            }
        }
    }
}

fn is_flag(node: &Node) -> bool {
    node.as_bool().is_some() || matches!(node.as_str(), Some("true" | "false"))
}

/// `additionalProperties` is a boolean or a schema.
fn additional(members: &mut Object, at: &Trail<'_>, cx: &mut Context<'_>) {
    unevaluated(members, at, cx);
    let Some(node) = members.get_mut("additionalProperties") else {
        return;
    };
    let place = node.place;
    match &node.value {
        Value::Bool(_) | Value::Object(_) => {}
        Value::String(text) if matches!(text.as_str(), "true" | "false") => {
            let value = text == "true";
            let message = format!("`additionalProperties` is the string `{text}`");
            let finding = repaired(&codes::WRONG_KIND, message);
            cx.report(&at.key("additionalProperties"), place, finding);
            node.value = Value::Bool(value);
        }
        Value::Null => {
            members.shift_remove("additionalProperties");
        }
        Value::String(word) if super::kind::is_known(word) => {}
        other => {
            let message = format!("`additionalProperties` is {}; it is ignored", other.kind());
            let finding = dropped(&codes::WRONG_KIND, message);
            cx.report(&at.key("additionalProperties"), place, finding);
            members.shift_remove("additionalProperties");
        }
    }
}

/// `unevaluatedProperties` is `additionalProperties` that sees through `allOf`,
/// as merging does. (`false` beside `allOf` is not taken over: the members of an
/// `allOf` may be open.) Beside `oneOf` and `anyOf` each member would have to
/// take it over.
fn unevaluated(members: &mut Object, at: &Trail<'_>, cx: &mut Context<'_>) {
    if members.contains_key("additionalProperties") {
        return;
    }
    let Some(node) = members.get("unevaluatedProperties") else {
        return;
    };
    let has = |keys: &[&str]| keys.iter().any(|key| members.contains_key(*key));
    let taken = match &node.value {
        Value::Bool(false) => !has(&["allOf", "oneOf", "anyOf"]),
        Value::Bool(true) => !has(&["oneOf", "anyOf"]),
        Value::Object(_) if !has(&["oneOf", "anyOf"]) => true,
        Value::Object(_) => {
            let message =
                "`unevaluatedProperties` beside alternatives; such properties are not kept";
            let finding = dropped(&codes::UNSUPPORTED_KEYWORD, message)
                .help("put `additionalProperties` into the alternatives");
            let place = node.place;
            cx.report(&at.key("unevaluatedProperties"), place, finding);
            false
        }
        _ => false,
    };
    if taken && let Some(node) = members.shift_remove("unevaluatedProperties") {
        let from = at.key("unevaluatedProperties").pointer();
        let to = at.key("additionalProperties").pointer();
        cx.pointers.record(to, &from);
        members.insert("additionalProperties".to_owned(), node);
    }
}

/// Properties by pattern are properties that are not named: of the one schema that
/// all patterns have, else of one of theirs.
fn patterns(members: &mut Object, at: &Trail<'_>, cx: &mut Context<'_>) {
    let Some(node) = members.shift_remove("patternProperties") else {
        return;
    };
    let place = node.place;
    let Value::Object(mut patterns) = node.value else {
        return;
    };
    let names = patterns.keys().map(|key| Node::new(key.as_str(), place));
    let names = Node::new(names.collect::<Vec<_>>(), place);
    // The other properties' values may be what `additionalProperties` says, too.
    let other = members
        .shift_remove("additionalProperties")
        .filter(|node| node.as_bool().is_none());
    let mut distinct: Vec<String> = patterns
        .values()
        .map(|node| node.to_json().to_string())
        .collect();
    distinct.extend(other.as_ref().map(|node| node.to_json().to_string()));
    distinct.sort_unstable();
    distinct.dedup();
    if distinct.len() == 1
        && let Some((pattern, schema)) = patterns.shift_remove_index(0)
    {
        let from = at.key("patternProperties").key(&pattern).pointer();
        let to = at.key("additionalProperties").pointer();
        cx.pointers.record(to, &from);
        members.insert("additionalProperties".to_owned(), schema);
    } else if !patterns.is_empty() {
        let at_values = at.key("additionalProperties");
        let list = at_values.key("anyOf");
        let mut schemas = Vec::with_capacity(patterns.len() + 1);
        for (index, (pattern, schema)) in patterns.into_iter().enumerate() {
            let from = at.key("patternProperties").key(&pattern).pointer();
            cx.pointers.record(list.index(index).pointer(), &from);
            schemas.push(schema);
        }
        if let Some(other) = other {
            let from = at.key("additionalProperties").pointer();
            cx.pointers
                .record(list.index(schemas.len()).pointer(), &from);
            schemas.push(other);
        }
        let union = Node::object(place, [("anyOf", Node::new(schemas, place))]);
        members.insert("additionalProperties".to_owned(), union);
    } else if let Some(other) = other {
        members.insert("additionalProperties".to_owned(), other);
    }
    members.insert("x-pontoon-pattern-properties".to_owned(), names);
}

/// `items` is one schema; tuples are kept as an extension.
fn items(members: &mut Object, place: Place, at: &Trail<'_>, cx: &mut Context<'_>) {
    let array = members.get("type").and_then(Node::as_str) == Some("array");
    let listed = members.get("items").and_then(Node::as_array).is_some();
    let source = if members.contains_key("prefixItems") {
        "prefixItems"
    } else if listed {
        "items"
    } else {
        if array && members.get("items").is_none_or(Node::is_null) {
            if !cx.json_schema() {
                let finding = repaired(&codes::NO_ITEMS, "an array without `items`")
                    .help("say what the items are; anything is assumed");
                cx.report(at, place, finding);
            }
            members.insert("items".to_owned(), Node::new(Object::default(), place));
        } else if members.get("items").is_some_and(Node::is_null) {
            members.shift_remove("items");
        }
        return;
    };
    let Some(tuple) = members.shift_remove(source) else {
        return;
    };
    let Value::Array(mut schemas) = tuple.value else {
        return;
    };
    let from = at.key(source).pointer();
    let rest = members.shift_remove("items");
    let rest = match members.shift_remove("additionalItems") {
        Some(additional) if source == "items" => Some(additional),
        _ => rest,
    };
    let uniform = rest
        .as_ref()
        .is_none_or(|rest| rest.as_bool() == Some(false));
    let same = schemas
        .windows(2)
        .all(|pair| pair[0].to_json() == pair[1].to_json());
    if same
        && uniform
        && let Some(first) = schemas.pop()
    {
        let to = at.key("items").pointer();
        cx.pointers.record(to, &format!("{from}/0"));
        members.insert("items".to_owned(), first);
        return;
    }
    let combined = ["oneOf", "anyOf", "allOf", "not"];
    let alone = !combined.iter().any(|key| members.contains_key(*key));
    if schemas.is_empty() || schemas.len() > MAX_TUPLE || !alone {
        let typed = rest.filter(|_| schemas.is_empty());
        let open = || Node::new(Object::default(), place);
        members.insert("items".to_owned(), typed.unwrap_or_else(open));
        if !schemas.is_empty() {
            let message = "a tuple of many items, or one that is combined with other schemas, is \
                           read as a list of any values";
            cx.report_at(&from, tuple.place, degraded(&codes::TUPLE, message));
        }
        return;
    }
    match rest {
        Some(rest) if rest.as_bool() == Some(false) => {}
        Some(rest) => {
            members.insert("items".to_owned(), rest);
        }
        None => {}
    }
    // The document model has no place for the list but that of a union.
    cx.pointers.record(at.key("oneOf").pointer(), &from);
    members.insert("oneOf".to_owned(), Node::new(schemas, tuple.place));
    members.insert("x-pontoon-tuple".to_owned(), Node::new(true, place));
}

/// Tuples of more items than this are lists.
const MAX_TUPLE: usize = 8;
