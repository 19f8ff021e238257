//! `type`, `enum`, `const`, `nullable`.

use crate::diagnostic::codes;
use crate::dialect::Dialect;
use crate::dialect::context::{Context, degraded, dropped, noted, repaired};
use crate::dialect::trail::Trail;
use crate::source::{Node, Object, Place, Value};

const TYPES: [&str; 6] = ["string", "number", "integer", "boolean", "array", "object"];

/// What people write in place of a type: type, format.
fn meaning(word: &str) -> Option<(&'static str, Option<&'static str>)> {
    Some(match word {
        "string" | "str" | "text" | "char" | "varchar" | "enum" | "html" | "hostname" | "ipv4"
        | "id" | "slug" | "regex" | "symbol" => ("string", None),
        "date" => ("string", Some("date")),
        "datetime" | "date-time" | "timestamp" | "date time" | "date_time" | "localdatetime" => {
            ("string", Some("date-time"))
        }
        "time" => ("string", Some("time")),
        "uuid" | "guid" => ("string", Some("uuid")),
        "uri" | "url" => ("string", Some("uri")),
        "email" => ("string", Some("email")),
        "password" => ("string", Some("password")),
        "file" | "binary" | "stream" => ("string", Some("binary")),
        "byte" | "bytes" | "base64" => ("string", Some("byte")),
        "integer" | "int" | "short" | "bigint" | "biginteger" | "uint" => ("integer", None),
        "int32" => ("integer", Some("int32")),
        "int64" | "long" => ("integer", Some("int64")),
        "number" | "decimal" | "numeric" | "bigdecimal" | "real" => ("number", None),
        "float" => ("number", Some("float")),
        "double" => ("number", Some("double")),
        "boolean" | "bool" => ("boolean", None),
        "array" | "list" | "set" | "collection" | "vector" | "tuple" => ("array", None),
        "object" | "dict" | "dictionary" | "map" | "hash" | "struct" | "record" => ("object", None),
        _ => return None,
    })
}

/// Whether the word is a type or stands for one.
pub(super) fn is_known(word: &str) -> bool {
    meaning(&word.trim().to_ascii_lowercase()).is_some()
}

fn set(members: &mut Object, key: &str, value: impl Into<Value>, place: Place) {
    members.insert(key.to_owned(), Node::new(value, place));
}

/// Makes the schema one of null alone.
fn only_null(members: &mut Object, place: Place) {
    set(members, "nullable", true, place);
    set(members, "x-pontoon-null", true, place);
}

/// `const` is an enum of one.
pub(super) fn constant(members: &mut Object, place: Place) {
    if let Some(value) = members.shift_remove("const") {
        let at = value.place;
        set(members, "enum", vec![value], at);
        set(members, "x-pontoon-const", true, place);
    }
}

/// Lowers `type`: a list of types, and words that are none.
pub(super) fn lower(members: &mut Object, place: Place, at: &Trail<'_>, cx: &mut Context<'_>) {
    let Some(node) = members.get("type") else {
        return;
    };
    let type_place = node.place;
    match &node.value {
        Value::String(word) if TYPES.contains(&word.as_str()) => {}
        Value::String(word) => {
            let word = word.clone();
            one(members, &word, type_place, at, cx);
        }
        Value::Array(words) => {
            let words: Vec<String> = words
                .iter()
                .filter_map(Node::as_str)
                .map(str::to_owned)
                .collect();
            if !cx.json_schema() {
                let message = "`type` is a list, which OpenAPI 3.0 and Swagger 2.0 do not allow";
                let finding = repaired(&codes::BAD_TYPE, message);
                cx.report(&at.key("type"), type_place, finding);
            }
            several(members, &words, place, at, cx);
        }
        Value::Object(_) => {
            let message = "`type` holds a schema; it is read as the schema itself";
            cx.report(
                &at.key("type"),
                type_place,
                repaired(&codes::BAD_TYPE, message),
            );
            if let Some(Value::Object(inner)) = members.shift_remove("type").map(|n| n.value) {
                let target = inner.contains_key("$ref");
                if target {
                    let inner = Node::new(inner, type_place);
                    set(members, "allOf", vec![inner], type_place);
                } else {
                    for (key, node) in inner {
                        let from = at.key("type").key(&key).pointer();
                        cx.pointers.record(at.key(&key).pointer(), &from);
                        members.entry(key).or_insert(node);
                    }
                    if members.get("type").is_some_and(|n| n.as_object().is_some()) {
                        members.shift_remove("type");
                    }
                    lower(members, place, at, cx);
                }
            }
        }
        other => {
            let message = format!("`type` is {}; anything is accepted", other.kind());
            cx.report(
                &at.key("type"),
                type_place,
                degraded(&codes::BAD_TYPE, message),
            );
            members.shift_remove("type");
        }
    }
}

/// A `type` that is a word but no type.
fn one(members: &mut Object, word: &str, place: Place, at: &Trail<'_>, cx: &mut Context<'_>) {
    members.shift_remove("type");
    let lower = word.trim().to_ascii_lowercase();
    if lower == "null" {
        only_null(members, place);
        return;
    }
    if lower == "file" && cx.dialect == Dialect::V2 {
        set(members, "type", "string", place);
        set(members, "format", "binary", place);
        return;
    }
    let finding = match meaning(&lower) {
        Some((kind, format)) => {
            set(members, "type", kind, place);
            if let Some(format) = format
                && !members.contains_key("format")
            {
                set(members, "format", format, place);
            }
            let message = format!("`{word}` is not a type; it is read as `{kind}`");
            repaired(&codes::BAD_TYPE, message)
        }
        None if matches!(
            lower.as_str(),
            "any" | "mixed" | "" | "undefined" | "json" | "*"
        ) =>
        {
            let message = format!("`{word}` is not a type; anything is accepted");
            repaired(&codes::BAD_TYPE, message)
        }
        None => {
            let message = format!("`{word}` is not a type; anything is accepted");
            degraded(&codes::BAD_TYPE, message)
        }
    };
    let help = "types are string, number, integer, boolean, array and object";
    cx.report(&at.key("type"), place, finding.help(help));
}

/// A list of types.
fn several(
    members: &mut Object,
    words: &[String],
    place: Place,
    at: &Trail<'_>,
    cx: &mut Context<'_>,
) {
    let mut kinds: Vec<String> = Vec::new();
    let mut null = false;
    for word in words {
        if word == "null" {
            null = true;
        } else if TYPES.contains(&word.as_str()) {
            if !kinds.contains(word) {
                kinds.push(word.clone());
            }
        } else if let Some((kind, _)) = meaning(&word.trim().to_ascii_lowercase())
            && !kinds.iter().any(|k| k == kind)
        {
            kinds.push(kind.to_owned());
        }
    }
    if kinds.iter().any(|k| k == "number") {
        kinds.retain(|k| k != "integer");
    }
    let type_place = members.shift_remove("type").map_or(place, |n| n.place);
    if null {
        set(members, "nullable", true, type_place);
    }
    match kinds.as_slice() {
        [] if null => only_null(members, type_place),
        [] => {}
        [kind] => set(members, "type", kind.as_str(), type_place),
        // All of them: anything.
        kinds if kinds.len() >= 5 => {}
        kinds => alternatives(members, kinds, type_place, at, cx),
    }
}

/// The keywords that say something about a type only.
fn belongs(key: &str, kind: &str) -> bool {
    match key {
        "minLength" | "maxLength" | "pattern" | "contentEncoding" | "contentMediaType" => {
            kind == "string"
        }
        "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" | "multipleOf" => {
            matches!(kind, "number" | "integer")
        }
        "items" | "prefixItems" | "minItems" | "maxItems" | "uniqueItems" => kind == "array",
        "properties"
        | "required"
        | "additionalProperties"
        | "patternProperties"
        | "minProperties"
        | "maxProperties" => kind == "object",
        _ => false,
    }
}

/// Distributes a list of types over an `anyOf` of one schema for each.
fn alternatives(
    members: &mut Object,
    kinds: &[String],
    place: Place,
    at: &Trail<'_>,
    cx: &mut Context<'_>,
) {
    let base = at.pointer();
    let nested = members.contains_key("anyOf");
    let list = if nested {
        let index = members
            .get("allOf")
            .and_then(Node::as_array)
            .map_or(0, Vec::len);
        format!("{base}/allOf/{index}/anyOf")
    } else {
        format!("{base}/anyOf")
    };
    let mut items = Vec::new();
    let format_for = if kinds.iter().any(|k| k == "string") {
        "string"
    } else {
        kinds
            .iter()
            .find(|k| matches!(k.as_str(), "number" | "integer"))
            .map_or("", |k| k)
    };
    let format = members.shift_remove("format");
    let values = members.shift_remove("enum");
    for (index, kind) in kinds.iter().enumerate() {
        let mut item = Object::default();
        cx.pointers.record(format!("{list}/{index}"), &base);
        set(&mut item, "type", kind.as_str(), place);
        let keys: Vec<String> = members
            .keys()
            .filter(|key| belongs(key, kind))
            .cloned()
            .collect();
        for key in keys {
            if let Some(node) = members.shift_remove(&key) {
                item.insert(key, node);
            }
        }
        if let Some(format) = &format
            && kind == format_for
        {
            item.insert("format".to_owned(), format.clone());
        }
        if let Some(values) = values.as_ref().and_then(Node::as_array) {
            let fits: Vec<Node> = values.iter().filter(|v| is_of(v, kind)).cloned().collect();
            if fits.is_empty() {
                continue;
            }
            set(&mut item, "enum", fits, place);
        }
        items.push(Node::new(item, place));
    }
    if let Some(values) = values
        && values
            .as_array()
            .is_some_and(|v| v.iter().any(Node::is_null))
    {
        set(members, "nullable", true, place);
    }
    if nested {
        let union = Node::object(place, [("anyOf", Node::new(items, place))]);
        let all = members
            .entry("allOf".to_owned())
            .or_insert_with(|| Node::new(Vec::new(), place));
        if let Value::Array(all) = &mut all.value {
            all.push(union);
        }
    } else {
        set(members, "anyOf", items, place);
    }
}

fn is_of(node: &Node, kind: &str) -> bool {
    match &node.value {
        Value::Null => false,
        Value::Bool(_) => kind == "boolean",
        Value::Number(_) => kind == "number" || (kind == "integer" && node.as_i64().is_some()),
        Value::String(_) => kind == "string",
        Value::Array(_) => kind == "array",
        Value::Object(_) => kind == "object",
    }
}

/// Repairs `enum`: a list of values of the type, null said by `nullable`.
pub(super) fn enumeration(members: &mut Object, at: &Trail<'_>, cx: &mut Context<'_>) {
    let kind = members
        .get("type")
        .and_then(Node::as_str)
        .map(str::to_owned);
    let Some(node) = members.get_mut("enum") else {
        return;
    };
    let place = node.place;
    let at = at.key("enum");
    if !matches!(node.value, Value::Array(_)) {
        let finding = match node.value {
            Value::Null => dropped(&codes::BAD_ENUM, "`enum` is null; it is ignored"),
            Value::Object(_) => {
                let message = "`enum` is an object; its keys are read as the values";
                repaired(&codes::BAD_ENUM, message)
            }
            _ => repaired(
                &codes::BAD_ENUM,
                "`enum` is not a list; it is read as one value",
            ),
        };
        cx.report(&at, place, finding.help("`enum` is a list of values"));
        let value = std::mem::replace(&mut node.value, Value::Null);
        node.value = match value {
            Value::Null => Value::Array(Vec::new()),
            Value::Object(keys) => Value::Array(
                keys.into_iter()
                    .map(|(k, n)| Node::new(k, n.place))
                    .collect(),
            ),
            other => Value::Array(vec![Node::new(other, place)]),
        };
    }
    let Value::Array(values) = &mut node.value else {
        return;
    };
    let had = values.len();
    values.retain(|value| !value.is_null());
    let null = values.len() < had;
    let fits = |value: &Node| kind.as_deref().is_none_or(|kind| is_of(value, kind));
    if !values.iter().all(fits) {
        let kind = kind.as_deref().unwrap_or_default();
        let converted: Option<Vec<Value>> = values.iter().map(|v| convert(v, kind)).collect();
        let finding = match converted {
            Some(converted) => {
                for (value, converted) in values.iter_mut().zip(converted) {
                    value.value = converted;
                }
                let message =
                    format!("values of the enum are not of type {kind}; they are converted");
                repaired(&codes::BAD_ENUM, message)
            }
            None => noted(
                &codes::BAD_ENUM,
                format!("values of the enum are not of type {kind}"),
            ),
        };
        cx.report(&at, place, finding);
    }
    let mut seen = std::collections::HashSet::new();
    values.retain(|value| seen.insert(value.to_json().to_string()));
    if values.is_empty() {
        members.shift_remove("enum");
        if null && kind.is_none() {
            only_null(members, place);
        }
    }
    if null {
        set(members, "nullable", true, place);
    }
}

/// The value as one of the type, if its meaning is plain.
fn convert(node: &Node, kind: &str) -> Option<Value> {
    if is_of(node, kind) {
        return Some(node.value.clone());
    }
    match (kind, &node.value) {
        ("string", Value::Number(text)) => Some(Value::String(text.to_string())),
        ("string", Value::Bool(value)) => Some(Value::String(value.to_string())),
        ("integer", Value::String(text)) => {
            let number: i64 = text.trim().parse().ok()?;
            Some(Value::Number(number.to_string().into()))
        }
        ("number", Value::String(text)) => {
            let text = text.trim();
            let number: serde_json::Number = text.parse().ok()?;
            Some(Value::Number(number.to_string().into()))
        }
        ("boolean", Value::String(text)) => text
            .trim()
            .to_ascii_lowercase()
            .parse()
            .ok()
            .map(Value::Bool),
        _ => None,
    }
}

/// Adds the type that the other keywords imply.
pub(super) fn infer(members: &mut Object, place: Place) {
    let combined = ["type", "oneOf", "anyOf", "allOf", "not", "x-pontoon-null"];
    if combined.iter().any(|key| members.contains_key(*key)) {
        return;
    }
    let has = |key: &str| members.contains_key(key);
    let kind = if let Some(values) = members.get("enum").and_then(Node::as_array) {
        ["string", "integer", "number", "boolean"]
            .into_iter()
            .find(|kind| !values.is_empty() && values.iter().all(|v| is_of(v, kind)))
    } else if has("properties") || has("additionalProperties") || has("patternProperties") {
        Some("object")
    } else if has("items") || has("prefixItems") {
        Some("array")
    } else {
        None
    };
    if let Some(kind) = kind {
        set(members, "type", kind, place);
    }
}
