//! Reading members of a given kind, converting where the meaning is plain.

use indexmap::IndexMap;

use super::super::context::{Context, dropped, repaired};
use super::super::trail::Trail;
use crate::diagnostic::codes;
use crate::source::{Node, Object, Value};

/// Reads members and reports those of the wrong kind.
pub(super) struct Reader<'c, 'd> {
    pub(super) cx: &'c mut Context<'d>,
}

/// A string, or a number or boolean as it is written.
pub(super) fn scalar_text(node: &Node) -> Option<String> {
    match &node.value {
        Value::String(text) => Some(text.clone()),
        Value::Number(text) => Some(text.to_string()),
        Value::Bool(value) => Some(value.to_string()),
        _ => None,
    }
}

/// The `x-` members.
pub(super) fn extensions(node: &Node) -> IndexMap<String, serde_json::Value> {
    let Some(members) = node.as_object() else {
        return IndexMap::new();
    };
    members
        .iter()
        .filter(|(key, _)| key.starts_with("x-"))
        .map(|(key, value)| (key.clone(), value.to_json()))
        .collect()
}

impl Reader<'_, '_> {
    /// A text that no code depends on; anything but a string is ignored.
    pub(super) fn prose(&mut self, owner: &Node, key: &str) -> Option<String> {
        owner.get_str(key).map(str::to_owned)
    }

    /// A string; other scalars are taken as written.
    pub(super) fn string(&mut self, owner: &Node, key: &str, at: &Trail<'_>) -> Option<String> {
        let node = owner.get(key)?;
        if node.is_null() {
            return None;
        }
        let text = scalar_text(node);
        if text.is_none() {
            self.cx.wrong_kind(&at.key(key), node, "a string");
        }
        text
    }

    /// A boolean; `"true"` and `"false"` are repaired.
    pub(super) fn boolean(&mut self, owner: &Node, key: &str, at: &Trail<'_>) -> Option<bool> {
        let node = owner.get(key)?;
        match &node.value {
            Value::Bool(value) => return Some(*value),
            Value::Null => return None,
            Value::String(text) => {
                let lower = text.trim().to_ascii_lowercase();
                let value = match lower.as_str() {
                    "true" | "yes" | "1" => Some(true),
                    "false" | "no" | "0" | "" => Some(false),
                    _ => None,
                };
                if let Some(value) = value {
                    let message = format!("`{key}` is the string `{text}`; read as {value}");
                    let finding = repaired(&codes::WRONG_KIND, message);
                    self.cx.report(&at.key(key), node.place, finding);
                    return Some(value);
                }
            }
            _ => {}
        }
        self.cx.wrong_kind(&at.key(key), node, "a boolean");
        None
    }

    /// The items of an array. Nothing for null; an object or scalar in place
    /// of an array is reported.
    pub(super) fn items<'n>(&mut self, owner: &'n Node, key: &str, at: &Trail<'_>) -> &'n [Node] {
        match owner.get(key) {
            None => &[],
            Some(node) => match &node.value {
                Value::Array(items) => items,
                Value::Null => &[],
                _ => {
                    self.cx.wrong_kind(at, node, "an array");
                    &[]
                }
            },
        }
    }

    /// The members of an object; `at` is the place of that object.
    pub(super) fn members<'n>(
        &mut self,
        owner: &'n Node,
        key: &str,
        at: &Trail<'_>,
    ) -> indexmap::map::Iter<'n, String, Node> {
        static EMPTY: std::sync::LazyLock<Object> = std::sync::LazyLock::new(Object::default);
        match owner.get(key) {
            None => EMPTY.iter(),
            Some(node) => match &node.value {
                Value::Object(members) => members.iter(),
                Value::Null => EMPTY.iter(),
                _ => {
                    self.cx.wrong_kind(at, node, "an object");
                    EMPTY.iter()
                }
            },
        }
    }

    /// Strings of an array of strings, scalars taken as written.
    pub(super) fn strings(&mut self, owner: &Node, key: &str, at: &Trail<'_>) -> Vec<String> {
        let at = at.key(key);
        let mut out = Vec::new();
        for (index, node) in self.items(owner, key, &at).iter().enumerate() {
            match scalar_text(node) {
                Some(text) => out.push(text),
                None => {
                    let message = format!("expected a string, found {}", node.value.kind());
                    let finding = dropped(&codes::WRONG_KIND, message);
                    self.cx.report(&at.index(index), node.place, finding);
                }
            }
        }
        out
    }
}
