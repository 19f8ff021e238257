//! Brings a spec in as facts only: selects operations, removes prose, and
//! writes the rest as JSON. Works on the document as written, not lowered.

mod select;
mod strip;

pub use select::select;
pub use strip::{strip, strip_except};

use crate::source::{Node, Value};

/// The document as JSON with one space per level, members in the order
/// written, and a line end at the end. The same document gives the same text.
pub fn to_json(root: &Node) -> String {
    let mut out = String::new();
    write(root, 0, &mut out);
    out.push('\n');
    out
}

fn write(node: &Node, level: usize, out: &mut String) {
    match &node.value {
        Value::Null => out.push_str("null"),
        Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Value::Number(text) => out.push_str(text),
        Value::String(text) => string(text, out),
        Value::Array(items) if items.is_empty() => out.push_str("[]"),
        Value::Object(members) if members.is_empty() => out.push_str("{}"),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                out.push(if index == 0 { '[' } else { ',' });
                line(level + 1, out);
                write(item, level + 1, out);
            }
            line(level, out);
            out.push(']');
        }
        Value::Object(members) => {
            for (index, (key, member)) in members.iter().enumerate() {
                out.push(if index == 0 { '{' } else { ',' });
                line(level + 1, out);
                string(key, out);
                out.push_str(": ");
                write(member, level + 1, out);
            }
            line(level, out);
            out.push('}');
        }
    }
}

fn line(level: usize, out: &mut String) {
    out.push('\n');
    out.extend(std::iter::repeat_n(' ', level));
}

fn string(text: &str, out: &mut String) {
    // Displaying a JSON string cannot fail.
    out.push_str(&serde_json::Value::from(text).to_string());
}

#[cfg(test)]
mod tests;
