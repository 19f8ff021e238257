//! Overlays (OpenAPI Overlay Specification 1.0 and 1.1): changes that a user
//! lays over a spec which cannot be edited.
//!
//! An overlay works on the document after its other files were brought in, so
//! that a target reaches what stands in any of them. What it adds keeps its
//! place in the overlay file, so that later findings point there. A target
//! that matches nothing is an error unless the user asks for leniency: it is
//! how one learns that a vendor has changed what the overlay mends.

mod action;
mod merge;
mod query;

use std::path::{Path, PathBuf};

use crate::diagnostic::{Diagnostic, Diagnostics, Severity, codes};
use crate::source::{LoadOptions, Node, Place, Source};
use action::{Action, Change};

/// How overlays are applied.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The files, in the order in which they are applied.
    pub files: Vec<PathBuf>,
    /// Whether a target that matches nothing is only a warning.
    pub lenient: bool,
}

/// The minor version of the Overlay Specification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Version {
    V1_0,
    V1_1,
}

/// Applies the overlays one after the other. Their files are added to those
/// of the source.
///
/// # Errors
/// An overlay cannot be read or is not one, a target matches nothing, or an
/// update does not fit what it is merged with.
pub fn apply(
    source: &mut Source,
    options: &Options,
    diagnostics: &mut Diagnostics,
) -> Result<(), Diagnostic> {
    for path in &options.files {
        let overlay = source.attach(path, &LoadOptions::default(), diagnostics)?;
        one(source, path, &overlay, options.lenient, diagnostics)?;
    }
    Ok(())
}

/// Applies one overlay.
fn one(
    source: &mut Source,
    path: &Path,
    overlay: &Node,
    lenient: bool,
    diagnostics: &mut Diagnostics,
) -> Result<(), Diagnostic> {
    let version = version(path, overlay)?;
    members(overlay, &["overlay", "info", "extends", "actions"], "#")?;
    if let Some(node) = overlay.get("extends") {
        let extends = text(node, "extends", "#")?;
        extended(source, node.place, extends, diagnostics);
    }
    let actions = overlay.get("actions").and_then(Node::as_array);
    let Some(actions) = actions.filter(|list| !list.is_empty()) else {
        let place = overlay.get("actions").map_or(overlay.place, |n| n.place);
        return Err(unusable("an overlay needs a list of `actions`", place)
            .pointer("#/actions")
            .help("each has a `target` and one of `update`, `remove` and `copy`"));
    };
    let mut missed: Vec<Diagnostic> = Vec::new();
    for (index, node) in actions.iter().enumerate() {
        let pointer = format!("#/actions/{index}");
        if actions[..index].contains(node) {
            return Err(unusable("the action repeats an earlier one", node.place)
                .pointer(pointer)
                .help("remove one of them"));
        }
        let action = Action::read(node, version, &pointer)?;
        if run(&mut source.root, &action, diagnostics)? {
            continue;
        }
        let target = action.target;
        let message = format!("the overlay's target `{target}` matches nothing");
        let finding = Diagnostic::warning(&codes::OVERLAY_TARGET, message)
            .pointer(format!("{pointer}/target"))
            .place(action.target_place);
        missed.push(finding);
    }
    if lenient {
        diagnostics.extend(missed);
        return Ok(());
    }
    let mut missed = missed.into_iter();
    let Some(mut first) = missed.next() else {
        return Ok(());
    };
    first.severity = Severity::Error;
    let others = match missed.count() {
        0 => String::new(),
        1 => "; 1 more target matches nothing".to_owned(),
        count => format!("; {count} more targets match nothing"),
    };
    Err(first.help(format!(
        "correct the target, or remove the action if the spec no longer needs it \
         (--overlay-lenient makes this a warning){others}"
    )))
}

/// Carries out one action; whether its target matched.
fn run(
    root: &mut Node,
    action: &Action<'_>,
    diagnostics: &mut Diagnostics,
) -> Result<bool, Diagnostic> {
    let paths = query::locate(root, action.target)
        .map_err(|message| action.bad_path("target", action.target_place, &message))?;
    match &action.change {
        Change::Remove => {
            if paths.iter().any(Vec::is_empty) {
                return Err(action
                    .fault("the whole document cannot be removed")
                    .help("name what is to be removed in it"));
            }
            // From the last to the first, so that indices stay what they were.
            for path in paths.iter().rev() {
                merge::remove(root, path);
            }
        }
        Change::Update(value) => merge::update(root, &paths, value, action)?,
        Change::Copy(from, place) => {
            let found = query::locate(root, from)
                .map_err(|message| action.bad_path("copy", *place, &message))?;
            let [one] = found.as_slice() else {
                let count = found.len();
                let message = format!("`copy` must select one node; `{from}` selects {count}");
                return Err(action
                    .fault(&message)
                    .place(*place)
                    .help("make the JSONPath select one node"));
            };
            let value = query::at(root, one).cloned().unwrap_or_default();
            merge::update(root, &paths, &value, action)?;
        }
        Change::Nothing => {
            let message = "the action changes nothing: it has no `update`, `remove` or `copy`";
            diagnostics.push(Diagnostic::note(&codes::OVERLAY_DOUBT, message).place(action.place));
        }
    }
    if action.ignores_update && !paths.is_empty() {
        let message = "`remove` is true, so `update` and `copy` beside it have no effect";
        diagnostics.push(Diagnostic::note(&codes::OVERLAY_DOUBT, message).place(action.place));
    }
    Ok(!paths.is_empty())
}

/// Reads the version and refuses what is no overlay.
fn version(path: &Path, overlay: &Node) -> Result<Version, Diagnostic> {
    let Some(node) = overlay.get("overlay") else {
        let shown = path.display();
        let message = format!("`{shown}` is not an overlay: it has no `overlay` version");
        return Err(unusable(message, overlay.place)
            .help("an overlay begins with `overlay: 1.0.0` or `overlay: 1.1.0`"));
    };
    let mut parts = node.as_str().unwrap_or_default().split('.');
    let found = match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some("1"), Some("0"), Some(_), None) => Some(Version::V1_0),
        (Some("1"), Some("1"), Some(_), None) => Some(Version::V1_1),
        _ => None,
    };
    let Some(found) = found else {
        return Err(unusable("the overlay's version is not known", node.place)
            .pointer("#/overlay")
            .help("write `overlay: 1.0.0` or `overlay: 1.1.0`"));
    };
    let info = overlay.get("info");
    for key in ["title", "version"] {
        if info.and_then(|info| info.get_str(key)).is_none() {
            let place = info.map_or(overlay.place, |node| node.place);
            let message = format!("the overlay has no `info.{key}`");
            return Err(unusable(message, place)
                .pointer("#/info")
                .help("the Overlay Specification requires a title and a version, both strings"));
        }
    }
    if let Some(info) = info {
        members(info, &["title", "version", "description"], "#/info")?;
        if let Some(node) = info.get("description") {
            text(node, "info.description", "#/info")?;
        }
    }
    Ok(found)
}

/// A member that must be a string.
fn text<'n>(node: &'n Node, key: &str, pointer: &str) -> Result<&'n str, Diagnostic> {
    node.as_str().ok_or_else(|| {
        unusable(format!("`{key}` must be a string"), node.place)
            .pointer(pointer)
            .help("write it as a string")
    })
}

/// Says if the overlay was made for another file. Only the last segment is
/// compared: where the spec was had from is not known.
fn extended(source: &Source, place: Place, extends: &str, diagnostics: &mut Diagnostics) {
    let last = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
    let spec = source.files.first().map(|file| last(&file.path));
    if spec.is_some_and(|spec| spec == last(extends)) {
        return;
    }
    let message = format!("the overlay says that it extends `{extends}`; it is applied anyway");
    diagnostics.push(
        Diagnostic::note(&codes::OVERLAY_DOUBT, message)
            .pointer("#/extends")
            .place(place),
    );
}

/// Refuses members that the specification does not know: a misspelt one would
/// change what the overlay does.
fn members(node: &Node, known: &[&str], pointer: &str) -> Result<(), Diagnostic> {
    for (key, member) in node.as_object().into_iter().flatten() {
        if !known.contains(&key.as_str()) && !key.starts_with("x-") {
            let message = format!("an overlay has no `{key}` here");
            return Err(unusable(message, member.place)
                .pointer(pointer)
                .help(format!("what is known here: `{}`", known.join("`, `"))));
        }
    }
    Ok(())
}

fn unusable(message: impl Into<String>, place: Place) -> Diagnostic {
    Diagnostic::error(&codes::OVERLAY, message).place(place)
}

#[cfg(test)]
mod tests;
