//! Bounds, lengths, patterns, formats and flags.

use crate::diagnostic::codes;
use crate::dialect::context::{Context, dropped, repaired};
use crate::dialect::trail::Trail;
use crate::source::{Node, Object, Value};

/// Repairs every constraint, or removes it.
pub(super) fn lower(members: &mut Object, at: &Trail<'_>, cx: &mut Context<'_>) {
    content(members);
    let keys: Vec<String> = members
        .keys()
        .filter(|k| check_of(k).is_some())
        .cloned()
        .collect();
    for key in keys {
        let (Some(check), Some(node)) = (check_of(&key), members.get_mut(&key)) else {
            continue;
        };
        let place = node.place;
        let fixed = match check(node) {
            Verdict::Good => continue,
            Verdict::Fixed(value) => value,
            Verdict::Useless => {
                members.shift_remove(&key);
                continue;
            }
            Verdict::Bad => {
                let message = format!("`{key}` is {}; it is ignored", shown(node));
                let finding = dropped(&codes::BAD_CONSTRAINT, message);
                cx.report(&at.key(&key), place, finding);
                members.shift_remove(&key);
                continue;
            }
        };
        let message = format!("`{key}` is {}; it is converted", shown(node));
        cx.report(
            &at.key(&key),
            place,
            repaired(&codes::BAD_CONSTRAINT, message),
        );
        node.value = fixed;
    }
    exclusive(members, "exclusiveMinimum", "minimum", |new, old| {
        new >= old
    });
    exclusive(members, "exclusiveMaximum", "maximum", |new, old| {
        new <= old
    });
    if members.get("type").and_then(Node::as_str) == Some("integer") {
        for key in ["minimum", "maximum", "multipleOf"] {
            if members.get(key).is_some_and(|n| n.as_i64().is_none()) {
                // Beyond 64 bits, or a fraction: true of every integer, or
                // of none that matters.
                members.shift_remove(key);
            }
        }
    }
}

enum Verdict {
    Good,
    Fixed(Value),
    /// Says nothing and is removed without a word.
    Useless,
    Bad,
}

fn check_of(key: &str) -> Option<fn(&Node) -> Verdict> {
    Some(match key {
        "minimum" | "maximum" | "multipleOf" => number,
        "exclusiveMinimum" | "exclusiveMaximum" => number_or_flag,
        "minLength" | "maxLength" | "minItems" | "maxItems" | "minProperties" | "maxProperties" => {
            size
        }
        "pattern" | "format" => text,
        "nullable" | "readOnly" | "writeOnly" | "deprecated" | "uniqueItems" => flag,
        _ => return None,
    })
}

fn shown(node: &Node) -> String {
    match &node.value {
        Value::String(text) if text.len() <= 40 => format!("the string `{text}`"),
        Value::Number(text) => format!("`{text}`"),
        other => other.kind().to_owned(),
    }
}

fn number(node: &Node) -> Verdict {
    match &node.value {
        Value::Number(_) if node.as_f64().is_some() => Verdict::Good,
        Value::Number(_) | Value::Null => Verdict::Useless,
        Value::String(text) => match text.trim().parse::<serde_json::Number>() {
            Ok(number) => Verdict::Fixed(Value::Number(number.to_string().into())),
            Err(_) if text.trim().is_empty() => Verdict::Useless,
            Err(_) => Verdict::Bad,
        },
        _ => Verdict::Bad,
    }
}

fn number_or_flag(node: &Node) -> Verdict {
    match &node.value {
        Value::Bool(_) => Verdict::Good,
        Value::String(text) if text.parse::<bool>().is_ok() => flag(node),
        _ => number(node),
    }
}

fn size(node: &Node) -> Verdict {
    match &node.value {
        Value::Number(text) => match node.as_i64() {
            Some(0..) => Verdict::Good,
            Some(_) => Verdict::Bad,
            // Larger than any length there is.
            None if !text.starts_with('-') && node.as_f64().is_none_or(|n| n >= 1e15) => {
                Verdict::Useless
            }
            None => Verdict::Bad,
        },
        Value::Null => Verdict::Useless,
        Value::String(text) => match text.trim().parse::<u32>() {
            Ok(number) => Verdict::Fixed(Value::Number(number.to_string().into())),
            Err(_) if text.trim().is_empty() => Verdict::Useless,
            Err(_) => Verdict::Bad,
        },
        _ => Verdict::Bad,
    }
}

fn text(node: &Node) -> Verdict {
    match &node.value {
        Value::String(text) if text.is_empty() => Verdict::Useless,
        Value::String(_) => Verdict::Good,
        Value::Null => Verdict::Useless,
        _ => Verdict::Bad,
    }
}

fn flag(node: &Node) -> Verdict {
    match &node.value {
        Value::Bool(_) => Verdict::Good,
        Value::Null => Verdict::Useless,
        Value::String(text) => match text.trim().to_ascii_lowercase().as_str() {
            "true" | "yes" | "1" => Verdict::Fixed(Value::Bool(true)),
            "false" | "no" | "0" | "" => Verdict::Fixed(Value::Bool(false)),
            _ => Verdict::Bad,
        },
        _ => Verdict::Bad,
    }
}

/// A number in 3.1; a flag beside the bound in 3.0.
fn exclusive(members: &mut Object, key: &str, bound: &str, tighter: fn(f64, f64) -> bool) {
    let Some(node) = members
        .get(key)
        .filter(|n| n.as_number().is_some())
        .cloned()
    else {
        return;
    };
    let new = node.as_f64().unwrap_or_default();
    let old = members.get(bound).and_then(Node::as_f64);
    if old.is_none_or(|old| tighter(new, old)) {
        let place = node.place;
        members.insert(bound.to_owned(), node);
        members.insert(key.to_owned(), Node::new(true, place));
    } else {
        members.shift_remove(key);
    }
}

/// 3.1 says by content keywords what 3.0 says by formats.
fn content(members: &mut Object) {
    let encoding = members.shift_remove("contentEncoding");
    let media_type = members.shift_remove("contentMediaType");
    members.shift_remove("contentSchema");
    let format = match encoding.as_ref().and_then(Node::as_str) {
        Some(encoding) if encoding.eq_ignore_ascii_case("base64") => "byte",
        Some(encoding) if encoding.eq_ignore_ascii_case("base64url") => "base64url",
        Some(_) => return,
        None => match media_type.as_ref().and_then(Node::as_str) {
            // Bytes of that type, as they are (OAS 3.1, "Considerations for File
            // Uploads"); a text may be said to hold JSON, for example.
            Some(media_type) if is_binary(media_type) => "binary",
            _ => return,
        },
    };
    if let Some(node) = encoding.or(media_type) {
        let place = node.place;
        if format == "binary" && !members.contains_key("type") {
            // Bytes have no type in 3.1.
            members.insert("type".to_owned(), Node::new("string", place));
        }
        let format = Node::new(format, place);
        members.entry("format".to_owned()).or_insert(format);
    }
}

fn is_binary(media_type: &str) -> bool {
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    match essence.to_ascii_lowercase().split_once('/') {
        Some(("image", kind)) => kind != "svg+xml",
        Some(("audio" | "video" | "font", _)) => true,
        Some(("application", kind)) => {
            matches!(kind, "octet-stream" | "pdf" | "zip" | "gzip" | "x-tar")
        }
        Some(("*", "*")) => true,
        _ => false,
    }
}
