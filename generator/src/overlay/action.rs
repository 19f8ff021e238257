//! One action of an overlay (Overlay 1.1, "Action Object").

use super::{Version, members, unusable};
use crate::diagnostic::{Diagnostic, codes};
use crate::source::{Node, Place};

/// An action as read.
pub(super) struct Action<'n> {
    /// The JSONPath of what is changed.
    pub(super) target: &'n str,
    pub(super) target_place: Place,
    pub(super) change: Change<'n>,
    /// Whether an `update` or `copy` stands beside `remove: true`.
    pub(super) ignores_update: bool,
    pub(super) version: Version,
    /// Where the action stands.
    pub(super) place: Place,
    pointer: String,
}

/// What is done to the nodes selected.
pub(super) enum Change<'n> {
    /// They are taken out.
    Remove,
    /// This is merged into them.
    Update(&'n Node),
    /// What this JSONPath selects is merged into them (1.1).
    Copy(&'n str, Place),
    /// Nothing: the action says neither.
    Nothing,
}

impl<'n> Action<'n> {
    /// Reads an action.
    pub(super) fn read(
        node: &'n Node,
        version: Version,
        pointer: &str,
    ) -> Result<Self, Diagnostic> {
        let fault = |message: &str, key: &str, help: &str| {
            let place = node.get(key).map_or(node.place, |found| found.place);
            unusable(message, place).pointer(pointer).help(help)
        };
        if node.as_object().is_none() {
            return Err(fault("an action is an object", "", "it has a `target`"));
        }
        let known = ["target", "description", "update", "remove", "copy"];
        members(node, &known, pointer)?;
        let Some(target) = node.get_str("target") else {
            let help = "it is a JSONPath such as `$.paths['/users'].get`";
            return Err(fault("an action needs a `target`", "target", help));
        };
        if node
            .get("description")
            .is_some_and(|d| d.as_str().is_none())
        {
            let message = "`description` must be a string";
            return Err(fault(message, "description", "write it as a string"));
        }
        let removes = match node.get("remove") {
            None => false,
            Some(found) => found.as_bool().ok_or_else(|| {
                let help = "`remove: true` takes the target out";
                fault("`remove` must be true or false", "remove", help)
            })?,
        };
        let copy = match node.get("copy") {
            None => None,
            Some(_) if version < Version::V1_1 => {
                let help = "write `overlay: 1.1.0`";
                return Err(fault("`copy` is known from Overlay 1.1 on", "copy", help));
            }
            Some(found) => {
                let help = "it is the JSONPath of what is copied";
                let text = found.as_str();
                Some((
                    text.ok_or_else(|| fault("`copy` must be a string", "copy", help))?,
                    found.place,
                ))
            }
        };
        let update = node.get("update");
        let change = match (removes, update, copy) {
            (true, _, _) => Change::Remove,
            (false, Some(_), Some(_)) => {
                let help = "make two actions of it";
                let message = "an action has either `update` or `copy`";
                return Err(fault(message, "copy", help));
            }
            (false, Some(value), None) => Change::Update(value),
            (false, None, Some((path, place))) => Change::Copy(path, place),
            (false, None, None) => Change::Nothing,
        };
        Ok(Self {
            target,
            target_place: node.get("target").map_or(node.place, |found| found.place),
            ignores_update: removes && (update.is_some() || copy.is_some()),
            change,
            version,
            place: node.place,
            pointer: pointer.to_owned(),
        })
    }

    /// The action cannot be carried out.
    pub(super) fn fault(&self, message: &str) -> Diagnostic {
        Diagnostic::error(&codes::OVERLAY_MERGE, message)
            .pointer(&*self.pointer)
            .place(self.place)
    }

    /// A JSONPath that does not parse.
    pub(super) fn bad_path(&self, key: &str, place: Place, why: &str) -> Diagnostic {
        unusable(format!("`{key}` is not a JSONPath: {why}"), place)
            .pointer(format!("{}/{key}", self.pointer))
            .help("JSONPath is RFC 9535: `$.paths['/users'].get`, `$..[?@.type == 'x']`")
    }
}
