//! Whether two JSON values mean the same.

use pontoon_runtime::{jiff, uuid};
use serde_json::Value;

/// Where two values differ, and how.
#[derive(Debug, PartialEq)]
pub(crate) struct Difference {
    /// For example `$.items[0].name`.
    pub(crate) path: String,
    /// A few words that many differences share.
    pub(crate) kind: String,
}

/// The first difference between what was sent in and what came out. Members stand in
/// any order, `1.0` is `1`, and a date-time is its instant.
pub(crate) fn difference(before: &Value, after: &Value) -> Option<Difference> {
    compare(before, after, &mut String::from("$"))
}

fn compare(before: &Value, after: &Value, path: &mut String) -> Option<Difference> {
    let found = |path: &str, kind: &str| {
        Some(Difference {
            path: path.to_owned(),
            kind: kind.to_owned(),
        })
    };
    match (before, after) {
        (Value::Object(a), Value::Object(b)) => {
            for (name, value) in a {
                let length = path.len();
                path.push('.');
                path.push_str(name);
                let difference = match b.get(name) {
                    Some(other) => compare(value, other, path),
                    None if value.is_null() => found(path, "a property that was null is gone"),
                    None => found(path, "a property is gone"),
                };
                path.truncate(length);
                if difference.is_some() {
                    return difference;
                }
            }
            let (name, value) = b.iter().find(|(name, _)| !a.contains_key(*name))?;
            let kind = if value.is_null() {
                "a property that was absent is null"
            } else {
                "a property has appeared"
            };
            found(&format!("{path}.{name}"), kind)
        }
        (Value::Array(a), Value::Array(b)) => {
            if a.len() != b.len() {
                return found(path, "an array has another length");
            }
            a.iter().zip(b).enumerate().find_map(|(index, (a, b))| {
                let length = path.len();
                path.push_str(&format!("[{index}]"));
                let difference = compare(a, b, path);
                path.truncate(length);
                difference
            })
        }
        (Value::Number(a), Value::Number(b)) => {
            let same = a == b || a.as_f64() == b.as_f64();
            if same {
                None
            } else {
                found(path, "a number has changed")
            }
        }
        (Value::String(a), Value::String(b)) => {
            if a == b || same_meaning(a, b) {
                None
            } else {
                found(path, "a string has changed")
            }
        }
        (a, b) if a == b => None,
        (a, b) => found(path, &format!("{} has become {}", kind(a), kind(b))),
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

/// Whether both are date-times of RFC 3339 at the same moment, durations of ISO 8601
/// with the same parts, or UUIDs (RFC 9562: in letters of either case).
fn same_meaning(a: &str, b: &str) -> bool {
    if let (Ok(a), Ok(b)) = (a.parse::<jiff::Timestamp>(), b.parse::<jiff::Timestamp>()) {
        return a == b;
    }
    if let (Ok(a), Ok(b)) = (a.parse::<jiff::Span>(), b.parse::<jiff::Span>()) {
        return a.fieldwise() == b.fieldwise();
    }
    match (a.parse::<uuid::Uuid>(), b.parse::<uuid::Uuid>()) {
        (Ok(a), Ok(b)) => a == b,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::difference;
    use serde_json::json;

    #[test]
    fn what_means_the_same_is_equal() {
        let a = json!({"a": 1, "b": [1.0, {"c": "2024-01-15T09:30:00Z"}]});
        let b = json!({"b": [1, {"c": "2024-01-15T10:30:00+01:00"}], "a": 1.0});
        assert_eq!(difference(&a, &b), None);
    }

    #[test]
    fn the_first_difference_is_named() {
        for (a, b, path, kind) in [
            (
                json!({"a": {"b": 1}}),
                json!({"a": {}}),
                "$.a.b",
                "a property is gone",
            ),
            (
                json!({"a": null}),
                json!({}),
                "$.a",
                "a property that was null is gone",
            ),
            (
                json!({}),
                json!({"a": null}),
                "$.a",
                "a property that was absent is null",
            ),
            (
                json!([[1]]),
                json!([[2]]),
                "$[0][0]",
                "a number has changed",
            ),
            (
                json!([1]),
                json!([1, 2]),
                "$",
                "an array has another length",
            ),
            (json!("a"), json!(1), "$", "a string has become a number"),
            (
                json!("2024-01-15"),
                json!("2024-01-16"),
                "$",
                "a string has changed",
            ),
        ] {
            let found = difference(&a, &b).expect("a difference");
            assert_eq!((found.path.as_str(), found.kind.as_str()), (path, kind));
        }
    }
}
