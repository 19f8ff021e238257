//! Merging an update into the nodes selected, and taking nodes out.

use super::Version;
use super::action::Action;
use super::query::{self, Step};
use crate::diagnostic::Diagnostic;
use crate::source::{Node, Value};

/// The three classes of nodes that an action may select, but not mix.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Object,
    Array,
    Primitive,
}

fn class(node: &Node) -> Class {
    match node.value {
        Value::Object(_) => Class::Object,
        Value::Array(_) => Class::Array,
        _ => Class::Primitive,
    }
}

/// Merges `value` into every node at `paths`. Nothing is changed if one of
/// them does not fit.
pub(super) fn update(
    root: &mut Node,
    paths: &[Vec<Step>],
    value: &Node,
    action: &Action<'_>,
) -> Result<(), Diagnostic> {
    let mut classes = Vec::new();
    for path in paths {
        let Some(node) = query::at(root, path) else {
            continue;
        };
        classes.push(class(node));
        fits(node, value, true, "$")
            .map_err(|why| action.fault(&why).help("make the update fit its target"))?;
    }
    if classes.windows(2).any(|pair| pair[0] != pair[1]) {
        let message = "the target selects objects, arrays or primitive values mixed";
        return Err(action.fault(message).help("make several actions of it"));
    }
    if classes.first() == Some(&Class::Primitive) && action.version < Version::V1_1 {
        let message = "the target is a primitive value, which Overlay 1.0 cannot update";
        return Err(action
            .fault(message)
            .help("write `overlay: 1.1.0`, or update the object that it stands in"));
    }
    for path in paths {
        if let Some(node) = query::at_mut(root, path) {
            merge(node, value, true);
        }
    }
    Ok(())
}

/// Whether `value` can be merged into `node`; the reason if not. An item can
/// be appended only to the array that is the target itself.
fn fits(node: &Node, value: &Node, top: bool, at: &str) -> Result<(), String> {
    match (&node.value, &value.value) {
        (Value::Object(members), Value::Object(more)) => {
            more.iter().try_for_each(|(key, value)| {
                let Some(member) = members.get(key) else {
                    return Ok(());
                };
                fits(member, value, false, &format!("{at}.{key}"))
            })
        }
        (Value::Array(_), Value::Array(_)) => Ok(()),
        (Value::Array(_), _) if top => Ok(()),
        _ if class(node) == Class::Primitive && class(value) == Class::Primitive => Ok(()),
        (found, wanted) => Err(format!(
            "{} cannot be merged into {} (at `{at}` of the update)",
            wanted.kind(),
            found.kind()
        )),
    }
}

/// Merges a value that fits.
fn merge(node: &mut Node, value: &Node, top: bool) {
    match (&mut node.value, &value.value) {
        (Value::Object(members), Value::Object(more)) => {
            for (key, value) in more {
                match members.get_mut(key) {
                    Some(member) => merge(member, value, false),
                    None => {
                        members.insert(key.clone(), value.clone());
                    }
                }
            }
        }
        (Value::Array(items), Value::Array(more)) => items.extend(more.iter().cloned()),
        (Value::Array(items), _) if top => items.push(value.clone()),
        _ => *node = value.clone(),
    }
}

/// Takes the node at a path out of the object or array that holds it.
pub(super) fn remove(root: &mut Node, path: &[Step]) {
    let Some((last, parents)) = path.split_last() else {
        return;
    };
    let Some(parent) = query::at_mut(root, parents) else {
        return;
    };
    match (&mut parent.value, last) {
        (Value::Object(members), Step::Key(key)) => {
            members.shift_remove(key);
        }
        (Value::Array(items), Step::Index(index)) if *index < items.len() => {
            items.remove(*index);
        }
        _ => {}
    }
}
