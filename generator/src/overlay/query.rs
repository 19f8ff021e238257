//! JSONPath (RFC 9535) on located nodes.

use std::collections::HashSet;

use jsonpath_rust::query::js_path_vals;
use jsonpath_rust::query::queryable::Queryable;

use crate::source::{Node, Place, Value};

/// One step from a node to a child.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    Key(String),
    Index(usize),
}

/// Longest path that is tried, in bytes.
const MAX_PATH: usize = 10_000;

/// The ways from the root to the nodes that a JSONPath selects, each once, in
/// the order of the document.
pub(super) fn locate(root: &Node, path: &str) -> Result<Vec<Vec<Step>>, String> {
    if path.len() > MAX_PATH {
        return Err("it is too long".to_owned());
    }
    // Names with a hyphen need brackets in RFC 9535, but not in older
    // dialects, nor in the examples of Overlay 1.0.
    let found = js_path_vals(path, root).or_else(|error| {
        let quoted = quote_names(path);
        let again = (quoted != path).then(|| js_path_vals(&quoted, root).ok());
        again.flatten().ok_or(error)
    });
    let selected: HashSet<*const Node> = found
        .map_err(|error| one_line(&error.to_string()))?
        .into_iter()
        .map(std::ptr::from_ref)
        .collect();
    let mut found = Vec::with_capacity(selected.len());
    if !selected.is_empty() {
        walk(root, &selected, &mut Vec::new(), &mut found);
    }
    Ok(found)
}

/// Writes `.a-b` as `['a-b']`, outside of quotes.
fn quote_names(path: &str) -> String {
    let is_name = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    let mut out = String::with_capacity(path.len() + 8);
    let mut quote = None;
    let mut rest = path;
    while let Some(next) = rest.chars().next() {
        let after = &rest[next.len_utf8()..];
        match (quote, next) {
            (Some(_), '\\') => {
                let escaped = after.chars().next().map_or(0, char::len_utf8);
                out.push_str(&rest[..1 + escaped]);
                rest = &after[escaped..];
                continue;
            }
            (Some(open), _) if open == next => quote = None,
            (None, '\'' | '"') => quote = Some(next),
            (None, '.') => {
                let end = after.find(|c| !is_name(c)).unwrap_or(after.len());
                let name = &after[..end];
                if name.contains('-') && !name.starts_with(|c: char| c.is_ascii_digit()) {
                    // `..a-b` keeps its descent.
                    let dots = if out.ends_with('.') { "." } else { "" };
                    out.push_str(&format!("{dots}['{name}']"));
                    rest = &after[end..];
                    continue;
                }
            }
            _ => {}
        }
        out.push(next);
        rest = after;
    }
    out
}

/// The message of the parser without its drawing of the place.
fn one_line(message: &str) -> String {
    let said = message.lines().rev().find(|line| line.contains("= "));
    let said = said.map(|line| line.trim_start_matches([' ', '=']));
    let first = message.lines().next().unwrap_or_default();
    said.unwrap_or(first).trim().to_owned()
}

fn walk(
    node: &Node,
    selected: &HashSet<*const Node>,
    trail: &mut Vec<Step>,
    found: &mut Vec<Vec<Step>>,
) {
    if selected.contains(&std::ptr::from_ref(node)) {
        found.push(trail.clone());
        if found.len() == selected.len() {
            return;
        }
    }
    match &node.value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                trail.push(Step::Index(index));
                walk(item, selected, trail, found);
                trail.pop();
            }
        }
        Value::Object(members) => {
            for (key, member) in members {
                trail.push(Step::Key(key.clone()));
                walk(member, selected, trail, found);
                trail.pop();
            }
        }
        _ => {}
    }
}

/// The node that a path leads to.
pub(super) fn at<'n>(root: &'n Node, path: &[Step]) -> Option<&'n Node> {
    path.iter().try_fold(root, |node, step| match step {
        Step::Key(key) => node.get(key),
        Step::Index(index) => node.as_array()?.get(*index),
    })
}

/// The node that a path leads to, to change.
pub(super) fn at_mut<'n>(root: &'n mut Node, path: &[Step]) -> Option<&'n mut Node> {
    path.iter().try_fold(root, |node, step| match step {
        Step::Key(key) => node.get_mut(key),
        Step::Index(index) => node.as_array_mut()?.get_mut(*index),
    })
}

impl Queryable for Node {
    fn get(&self, key: &str) -> Option<&Self> {
        Node::get(self, key)
    }

    fn as_array(&self) -> Option<&Vec<Self>> {
        Node::as_array(self)
    }

    fn as_object(&self) -> Option<Vec<(&str, &Self)>> {
        let members = Node::as_object(self)?;
        Some(members.iter().map(|(k, v)| (k.as_str(), v)).collect())
    }

    fn as_str(&self) -> Option<&str> {
        Node::as_str(self)
    }

    fn as_i64(&self) -> Option<i64> {
        Node::as_i64(self)
    }

    fn as_f64(&self) -> Option<f64> {
        Node::as_f64(self)
    }

    fn as_bool(&self) -> Option<bool> {
        Node::as_bool(self)
    }

    fn null() -> Self {
        Node::default()
    }
}

/// Equality of JSON values: places play no part, nor does the order of
/// members or how a number is spelled.
impl PartialEq for Node {
    fn eq(&self, other: &Self) -> bool {
        match (&self.value, &other.value) {
            (Value::Null, Value::Null) => true,
            (Value::Bool(a), Value::Bool(b)) => a == b,
            (Value::String(a), Value::String(b)) => a == b,
            (Value::Number(a), Value::Number(b)) => {
                a == b || (self.as_f64().is_some() && self.as_f64() == other.as_f64())
            }
            (Value::Array(a), Value::Array(b)) => a == b,
            (Value::Object(a), Value::Object(b)) => {
                a.len() == b.len() && a.iter().all(|(key, value)| b.get(key) == Some(value))
            }
            _ => false,
        }
    }
}

// Values that a query makes on its own have no place.
impl From<&str> for Node {
    fn from(text: &str) -> Self {
        Node::new(text, Place::default())
    }
}

impl From<String> for Node {
    fn from(text: String) -> Self {
        Node::new(text, Place::default())
    }
}

impl From<bool> for Node {
    fn from(value: bool) -> Self {
        Node::new(value, Place::default())
    }
}

impl From<i64> for Node {
    fn from(number: i64) -> Self {
        Node::new(Value::Number(number.to_string().into()), Place::default())
    }
}

impl From<f64> for Node {
    fn from(number: f64) -> Self {
        let number = serde_json::Number::from_f64(number);
        let value = number.map_or(Value::Null, |n| Value::Number(n.to_string().into()));
        Node::new(value, Place::default())
    }
}

impl From<Vec<Node>> for Node {
    fn from(items: Vec<Node>) -> Self {
        Node::new(items, Place::default())
    }
}

#[cfg(test)]
mod tests {
    use super::quote_names;

    #[test]
    fn names_with_hyphens() {
        assert_eq!(
            quote_names("$.a.x-b[?(@.c-d == 'e.f-g')]"),
            "$.a['x-b'][?(@['c-d'] == 'e.f-g')]"
        );
        assert_eq!(quote_names("$..x-b.c"), "$..['x-b'].c");
        let quoted = r#"$["a\".b-c"].d[-1]"#;
        assert_eq!(quote_names(quoted), quoted);
    }
}
