//! Changes that leave the API as it is.

use serde_json::{Map, Value, json};

/// Turns every object and every list of the document around, but for lists
/// whose order means something on the wire.
pub(crate) fn reverse(value: &mut Value) {
    match value {
        Value::Object(map) => {
            let mut entries: Vec<(String, Value)> = std::mem::take(map).into_iter().collect();
            entries.reverse();
            for (key, mut value) in entries {
                // The first server and the first security alternative are the
                // defaults; of parts that contradict each other, the last counts.
                if !matches!(
                    key.as_str(),
                    "servers" | "security" | "tags" | "prefixItems" | "allOf"
                ) {
                    reverse(&mut value);
                } else if let Some(items) = value.as_array_mut() {
                    items.iter_mut().for_each(reverse);
                }
                map.insert(key, value);
            }
        }
        Value::Array(items) => {
            items.reverse();
            items.iter_mut().for_each(reverse);
        }
        _ => {}
    }
}

/// Adds components whose names are those that inline schemas got, and an
/// operation that uses them all; adds a property and a value here and there.
pub(crate) fn insert_rivals(document: &mut Value) {
    let swagger = document.get("swagger").is_some();
    let prefix = if swagger {
        "#/definitions/"
    } else {
        "#/components/schemas/"
    };
    let mut rivals = Map::new();
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        for method in item.as_object().into_iter().flatten().map(|pair| pair.0) {
            let words: String = path
                .split(|letter: char| !letter.is_alphanumeric())
                .map(|word| word[..1.min(word.len())].to_uppercase() + word.get(1..).unwrap_or(""))
                .collect();
            for end in ["Body", "Response", "ResponseItem", "State"] {
                rivals.insert(
                    format!("{words}{}{end}", &method[..1].to_uppercase()),
                    json!({"type": "object", "properties": {"rival": {"type": "integer"}}}),
                );
            }
        }
    }
    let names: Vec<String> = schemas(document).keys().cloned().collect();
    for name in &names {
        for end in ["Item", "Value", "Type", "Status", "2"] {
            rivals.insert(
                format!("{name}{end}"),
                json!({"type": "object", "properties": {"rival": {"type": "string"}}}),
            );
        }
    }
    rivals.retain(|name, _| !names.contains(name));
    let members: Map<String, Value> = rivals
        .keys()
        .enumerate()
        .map(|(index, name)| {
            (
                format!("p{index}"),
                json!({"$ref": format!("{prefix}{name}")}),
            )
        })
        .collect();
    let schema = json!({"type": "object", "properties": members});
    let response = if swagger {
        json!({"description": "", "schema": schema})
    } else {
        json!({"description": "", "content": {"application/json": {"schema": schema}}})
    };
    schemas(document).extend(rivals);
    // Before all others, where a generator that counts would count it first.
    let paths = document["paths"].as_object_mut().expect("paths");
    let old = std::mem::take(paths);
    paths.insert(
        "/aaa/rivals".to_owned(),
        json!({"get": {"operationId": "aaa/rivals", "tags": ["aaa"], "responses": {"200": response}}}),
    );
    paths.extend(old);
}

/// Moves every inline object and enumeration into a component of its own.
pub(crate) fn split(document: &mut Value) {
    let swagger = document.get("swagger").is_some();
    let prefix = if swagger {
        "#/definitions/"
    } else {
        "#/components/schemas/"
    };
    let mut moved = Map::new();
    let mut components = std::mem::take(schemas(document));
    for (name, schema) in &mut components {
        parts(schema, name, prefix, &mut moved);
    }
    if let Some(paths) = document["paths"].as_object_mut() {
        for (path, item) in paths {
            find_schemas(item, path, prefix, &mut moved);
        }
    }
    components.extend(moved);
    *schemas(document) = components;
}

fn schemas(document: &mut Value) -> &mut Map<String, Value> {
    let found = if document.get("swagger").is_some() {
        &mut document["definitions"]
    } else {
        &mut document["components"]["schemas"]
    };
    if found.is_null() {
        *found = json!({});
    }
    found.as_object_mut().expect("schemas")
}

/// Finds `schema` members below a path item.
fn find_schemas(value: &mut Value, words: &str, prefix: &str, moved: &mut Map<String, Value>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                let words = format!("{words} {key}");
                if key == "schema" {
                    take(value, &words, prefix, moved);
                } else if !matches!(key.as_str(), "example" | "examples" | "default" | "enum") {
                    find_schemas(value, &words, prefix, moved);
                }
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter_mut().enumerate() {
                find_schemas(value, &format!("{words} {index}"), prefix, moved);
            }
        }
        _ => {}
    }
}

/// The parts of a schema that may be schemas with a type of their own.
fn parts(schema: &mut Value, words: &str, prefix: &str, moved: &mut Map<String, Value>) {
    let Some(map) = schema.as_object_mut() else {
        return;
    };
    for (key, value) in map {
        match key.as_str() {
            "properties" => {
                for (name, value) in value.as_object_mut().into_iter().flatten() {
                    take(value, &format!("{words} {name}"), prefix, moved);
                }
            }
            "items" | "additionalProperties" => {
                take(value, &format!("{words} {key}"), prefix, moved);
            }
            "oneOf" | "anyOf" => {
                for (index, value) in value.as_array_mut().into_iter().flatten().enumerate() {
                    take(value, &format!("{words} {index}"), prefix, moved);
                }
            }
            _ => {}
        }
    }
}

fn take(schema: &mut Value, words: &str, prefix: &str, moved: &mut Map<String, Value>) {
    parts(schema, words, prefix, moved);
    let has = |key: &str| schema.get(key).is_some();
    // `readOnly`, `nullable` and `default` belong to the place, not to the type.
    let bound_to_place = [
        "readOnly",
        "writeOnly",
        "nullable",
        "x-nullable",
        "default",
        "deprecated",
    ]
    .iter()
    .any(|key| has(key));
    let null = schema["type"].is_array()
        || schema["enum"]
            .as_array()
            .is_some_and(|values| values.iter().any(Value::is_null));
    let typed = has("properties") || has("enum");
    if !typed || bound_to_place || null || has("allOf") || has("oneOf") || has("anyOf") {
        return;
    }
    let name: String = words
        .chars()
        .map(|letter| {
            if letter.is_alphanumeric() {
                letter
            } else {
                '_'
            }
        })
        .collect();
    let name = format!("Moved_{name}");
    let reference = json!({"$ref": format!("{prefix}{name}")});
    moved.insert(name, std::mem::replace(schema, reference));
}
