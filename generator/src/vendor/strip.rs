//! Removes prose and keeps facts.

use crate::source::position::{self, Kind};
use crate::source::{Node, Object, Value};

/// Removes descriptions, summaries, titles, examples and extensions other
/// than `x-pontoon-*`. Members that the specification requires become blank.
/// What is called `title` or `description` as a property, parameter or other
/// name stays.
///
/// With `keep_prose` the document stays as it is.
pub fn strip(root: &mut Node, keep_prose: bool) {
    if !keep_prose {
        strip_except(root, &[]);
    }
}

/// The same, but keeps the named extensions, whole.
pub fn strip_except(root: &mut Node, keep_extensions: &[String]) {
    let stripper = Stripper { keep_extensions };
    stripper.node(root, "", false, Kind::Other);
}

/// Extensions that types are made from.
const READ: [&str; 4] = [
    "x-nullable",
    "x-isnullable",
    "x-deprecated",
    "x-ms-discriminator-value",
];

struct Stripper<'a> {
    keep_extensions: &'a [String],
}

impl Stripper<'_> {
    /// Strips one node. `key` is the key it stands under, `names` tells that
    /// its own keys are names.
    fn node(&self, node: &mut Node, key: &str, names: bool, kind: Kind) {
        let place = node.place;
        match &mut node.value {
            Value::Array(items) => {
                for item in items {
                    self.node(item, key, false, kind);
                }
            }
            Value::Object(members) => {
                if key == "scopes" && names {
                    // Scopes are names with a description each.
                    for (_, text) in members.iter_mut() {
                        text.value = Value::String(String::new());
                    }
                    return;
                }
                if !names {
                    members.retain(|name, _| self.is_fact(name, key));
                    if kind == Kind::Response && !members.contains_key("$ref") {
                        blank_first(members, place);
                    }
                }
                for (name, member) in members.iter_mut() {
                    if !names && position::holds_data(name) {
                        continue;
                    }
                    let kind = Kind::of(key, name, names);
                    let inner = !names && position::holds_names(name);
                    self.node(member, name, inner, kind);
                }
            }
            _ => {}
        }
    }

    /// Whether a member, which is not a name, is kept. `key` is the key of
    /// the object it is in.
    fn is_fact(&self, member: &str, key: &str) -> bool {
        match member {
            "title" => key == "info",
            "description" | "summary" | "example" | "examples" | "$comment" | "termsOfService"
            | "contact" => false,
            _ if member.starts_with("x-") => {
                member.starts_with("x-pontoon-")
                    || READ.contains(&member)
                    || self.keep_extensions.iter().any(|kept| kept == member)
            }
            _ => true,
        }
    }
}

/// Adds the blank description that every response must have.
fn blank_first(members: &mut Object, place: crate::source::Place) {
    members.shift_insert(0, "description".to_owned(), Node::new("", place));
}
