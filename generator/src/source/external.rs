//! Brings in what the spec refers to in other files.
//!
//! A schema, parameter, response, request body or header from another file
//! becomes a component of the spec; anything else is put in place of its
//! reference. Only files inside the spec's own folder are read, unless the
//! user allows more; URLs never are.

use std::collections::{HashMap, HashSet};
use std::path::{Component, Path, PathBuf};

use super::node::{Node, Object, Place, Value, escape, unescape};
use super::position::{self, Kind};
use super::{LoadOptions, Source, SourceFile};
use crate::diagnostic::{Diagnostic, Diagnostics, Effect, codes};

/// How deep references that are put in place may nest.
const MAX_INLINE: usize = 32;

/// Replaces every reference to another file.
pub(super) fn bundle(
    source: &mut Source,
    path: &Path,
    options: &LoadOptions,
    diagnostics: &mut Diagnostics,
) {
    let Ok(spec) = path.canonicalize() else {
        return;
    };
    let above = options.root.as_deref().and_then(|root| {
        let folder = root.canonicalize().ok()?;
        spec.starts_with(&folder)
            .then(|| (folder, super::forward_slashes(root)))
    });
    if let (Some(root), None) = (&options.root, &above) {
        let message = format!("the spec is not below `{}`", root.display());
        diagnostics.push(
            Diagnostic::warning(&codes::EXTERNAL_REF, message)
                .help("--root names the spec's folder or one above it"),
        );
    }
    let own = || {
        Some((
            spec.parent()?.to_path_buf(),
            super::forward_slashes(path.parent()?),
        ))
    };
    let Some((folder, shown_folder)) = above.or_else(own) else {
        return;
    };
    let mut bundler = Bundler {
        swagger: source.root.get("swagger").is_some(),
        taken: HashSet::new(),
        files: std::mem::take(&mut source.files),
        root: std::mem::replace(&mut source.root, Node::new(Value::Null, Place::default())),
        spec,
        folder,
        shown_folder,
        options,
        diagnostics,
        loaded: HashMap::new(),
        names: HashMap::new(),
        hoisted: HashMap::new(),
        pending: Vec::new(),
        added: 0,
    };
    bundler.run();
    source.files = bundler.files;
    source.root = bundler.root;
}

/// The key of an object, and whether its own keys are names.
#[derive(Clone, Copy)]
struct Keys<'k> {
    key: &'k str,
    names: bool,
}

impl Keys<'static> {
    const NONE: Self = Keys {
        key: "",
        names: false,
    };
}

/// A file and a JSON pointer in it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Target {
    file: PathBuf,
    pointer: String,
}

/// A component still to be walked and added to the document.
struct Pending {
    kind: Kind,
    name: String,
    node: Node,
    base: PathBuf,
}

struct Bundler<'a> {
    swagger: bool,
    spec: PathBuf,
    folder: PathBuf,
    shown_folder: String,
    options: &'a LoadOptions,
    diagnostics: &'a mut Diagnostics,
    files: Vec<SourceFile>,
    root: Node,
    loaded: HashMap<PathBuf, Option<Node>>,
    /// What the files that were loaded call their parts.
    names: HashMap<PathBuf, super::anchors::Names>,
    /// References that components already answer.
    hoisted: HashMap<(Kind, Target), String>,
    taken: HashSet<(Kind, String)>,
    pending: Vec<Pending>,
    /// Values added so far.
    added: usize,
}

impl Bundler<'_> {
    fn run(&mut self) {
        let mut root = self.root.take();
        self.adopt_components(&mut root);
        let spec = self.spec.clone();
        self.walk(
            &mut root,
            &spec,
            Kind::Other,
            Keys::NONE,
            &mut String::from("#"),
            0,
        );
        while let Some(mut pending) = self.pending.pop() {
            let mut pointer = self.component(pending.kind, &pending.name);
            let Pending {
                node, base, kind, ..
            } = &mut pending;
            self.walk(node, base, *kind, Keys::NONE, &mut pointer, 0);
            if let Some(home) = pending.kind.home(self.swagger) {
                insert(&mut root, home, pending.name, pending.node);
            }
        }
        self.root = root;
    }

    /// Components that are nothing but a reference to another file are the
    /// natural home of what they refer to.
    fn adopt_components(&mut self, root: &mut Node) {
        for kind in Kind::SHARED {
            let Some(home) = kind.home(self.swagger) else {
                continue;
            };
            let found = home.iter().try_fold(&*root, |node, key| node.get(key));
            let Some(members) = found.and_then(Node::as_object) else {
                continue;
            };
            let mut adopted = Vec::new();
            for (name, node) in members {
                self.taken.insert((kind, name.clone()));
                let Some(reference) = node.reference().filter(|r| !r.starts_with('#')) else {
                    continue;
                };
                adopted.push((name.clone(), reference.to_owned()));
            }
            let spec = self.spec.clone();
            for (name, reference) in adopted {
                let Ok(target) = self.target(&reference, &spec) else {
                    continue;
                };
                let key = (kind, self.pointed(target));
                if key.1.file == self.spec || self.hoisted.contains_key(&key) {
                    continue;
                }
                let Ok(node) = self.fetch(&key.1) else {
                    continue;
                };
                let pointer = self.component(kind, &name);
                let base = key.1.file.clone();
                self.hoisted.insert(key, pointer);
                // A placeholder keeps the order of the components.
                let empty = Node::new(Object::default(), node.place);
                insert(root, home, name.clone(), empty);
                self.pending.push(Pending {
                    kind,
                    name,
                    node,
                    base,
                });
            }
        }
    }

    fn component(&self, kind: Kind, name: &str) -> String {
        let home = kind.home(self.swagger).unwrap_or_default();
        format!("#/{}/{}", home.join("/"), escape(name))
    }

    /// Replaces references below a node of the file `base`. `keys` tells
    /// what the keys of the node are.
    fn walk(
        &mut self,
        node: &mut Node,
        base: &Path,
        kind: Kind,
        keys: Keys<'_>,
        pointer: &mut String,
        inlined: usize,
    ) {
        if let Some(reference) = node.reference() {
            let reference = reference.to_owned();
            if reference.starts_with('#') && base == self.spec {
                return;
            }
            self.replace(node, &reference, base, kind, keys, pointer, inlined);
            return;
        }
        let length = pointer.len();
        match &mut node.value {
            Value::Array(items) => {
                for (index, item) in items.iter_mut().enumerate() {
                    pointer.push_str(&format!("/{index}"));
                    let keys = Keys {
                        names: false,
                        ..keys
                    };
                    self.walk(item, base, kind, keys, pointer, inlined);
                    pointer.truncate(length);
                }
            }
            Value::Object(members) => {
                let Keys {
                    key: container,
                    names,
                } = keys;
                for (key, member) in members.iter_mut() {
                    if (position::holds_data(key) && !names) || !has_children(member) {
                        continue;
                    }
                    pointer.push('/');
                    pointer.push_str(&escape(key));
                    let kind = Kind::of(container, key, names);
                    let keys = Keys {
                        key,
                        names: !names && position::holds_names(key),
                    };
                    self.walk(member, base, kind, keys, pointer, inlined);
                    pointer.truncate(length);
                }
            }
            _ => {}
        }
    }

    #[expect(clippy::too_many_arguments, reason = "the state of one walk")]
    fn replace(
        &mut self,
        node: &mut Node,
        reference: &str,
        base: &Path,
        kind: Kind,
        keys: Keys<'_>,
        pointer: &mut String,
        inlined: usize,
    ) {
        let target = match self.target(reference, base) {
            Ok(target) => self.pointed(target),
            Err(diagnostic) => return self.leave(node, reference, diagnostic, pointer),
        };
        if target.file == self.spec {
            set_reference(node, format!("#{}", target.pointer));
            return;
        }
        let Some(_) = kind.home(self.swagger) else {
            if inlined >= MAX_INLINE {
                let message = format!("`{reference}` leads to too many further references");
                let diagnostic = Diagnostic::warning(&codes::EXTERNAL_FILE, message);
                return self.leave(node, reference, diagnostic, pointer);
            }
            match self.fetch(&target) {
                Ok(found) => {
                    let both = node.replace_reference(found.value);
                    if !both.is_empty() {
                        let message = format!(
                            "`{}` beside `$ref` hides that of `{reference}`",
                            both.join("`, `")
                        );
                        let note = Diagnostic::note(&codes::REF_SIBLINGS, message);
                        self.diagnostics
                            .push(note.place(node.place).pointer(&**pointer));
                    }
                    self.walk(node, &target.file, kind, keys, pointer, inlined + 1);
                }
                Err(diagnostic) => self.leave(node, reference, diagnostic, pointer),
            }
            return;
        };
        let key = (kind, target);
        if let Some(known) = self.hoisted.get(&key) {
            let known = known.clone();
            return set_reference(node, known);
        }
        match self.fetch(&key.1) {
            Ok(found) => {
                let name = self.free_name(kind, &key.1);
                let component = self.component(kind, &name);
                let base = key.1.file.clone();
                self.hoisted.insert(key, component.clone());
                self.pending.push(Pending {
                    kind,
                    name,
                    node: found,
                    base,
                });
                set_reference(node, component);
            }
            Err(diagnostic) => self.leave(node, reference, diagnostic, pointer),
        }
    }

    /// Reports a reference that is not followed, and leaves a marker.
    fn leave(&mut self, node: &mut Node, reference: &str, found: Diagnostic, pointer: &str) {
        let place = node.get("$ref").map_or(node.place, |r| r.place);
        self.diagnostics
            .push(found.place(place).pointer(pointer).effect(Effect::Degraded));
        let marker = Node::new(reference, place);
        node.value = Node::object(place, [("x-pontoon-unresolved", marker)]).value;
    }

    /// The file and pointer that a reference in the file `base` means.
    fn target(&self, reference: &str, base: &Path) -> Result<Target, Diagnostic> {
        let (file, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        let decode = |text: &str| {
            percent_encoding::percent_decode_str(text)
                .decode_utf8_lossy()
                .into_owned()
        };
        let outside = |why: &str| {
            Diagnostic::warning(
                &codes::EXTERNAL_REF,
                format!("the reference `{reference}` {why} and is not followed"),
            )
            .help("bundle the spec into one file, put the file into the spec's folder, or name a folder above both with --root")
        };
        let pointer = decode(fragment);
        if file.is_empty() {
            let file = base.to_path_buf();
            return Ok(Target { file, pointer });
        }
        if file.contains("://") || file.starts_with("//") {
            return Err(outside("is a URL")
                .help("download it into the spec's folder and refer to it there, or bundle the spec into one file"));
        }
        let relative = PathBuf::from(decode(file));
        if relative.has_root() {
            return Err(outside("is an absolute path"));
        }
        let joined = base.parent().unwrap_or(base).join(&relative);
        if !lexical(&joined).starts_with(&self.folder) {
            return Err(outside("leaves the spec's folder"));
        }
        let file = joined.canonicalize().map_err(|_| {
            Diagnostic::warning(
                &codes::EXTERNAL_FILE,
                format!("the file of the reference `{reference}` does not exist"),
            )
            .help("put the file beside the spec, or remove the reference")
        })?;
        if !file.starts_with(&self.folder) {
            return Err(outside("leaves the spec's folder through a link"));
        }
        Ok(Target { file, pointer })
    }

    /// Loads the file of a target, once.
    fn load(&mut self, target: &Target) {
        if !self.loaded.contains_key(&target.file) {
            let parsed = self.parse(&target.file);
            let node = match parsed {
                Ok(node) => Some(node),
                Err(diagnostic) => {
                    self.diagnostics.push(diagnostic);
                    None
                }
            };
            self.loaded.insert(target.file.clone(), node);
        }
    }

    /// The target with a pointer in place of an anchor.
    fn pointed(&mut self, mut target: Target) -> Target {
        if target.pointer.is_empty() || target.pointer.starts_with('/') || target.file == self.spec
        {
            return target;
        }
        self.load(&target);
        let names = self.names.get(&target.file);
        if let Some(pointer) = names.and_then(|names| names.anchor(&target.pointer)) {
            target.pointer = pointer.to_owned();
        }
        target
    }

    /// A copy of what a target holds.
    fn fetch(&mut self, target: &Target) -> Result<Node, Diagnostic> {
        self.load(target);
        let name = self.shown(&target.file);
        let unusable = |why: String| {
            Diagnostic::warning(&codes::EXTERNAL_FILE, why)
                .help("correct the reference, or the file it names")
        };
        let Some(Some(root)) = self.loaded.get(&target.file) else {
            return Err(unusable(format!("the file `{name}` cannot be used")));
        };
        let found = match target.pointer.is_empty() || target.pointer.starts_with('/') {
            true => root.pointer(&target.pointer),
            false => None,
        };
        let Some(found) = found else {
            let pointer = &target.pointer;
            return Err(unusable(format!("there is nothing at `{name}#{pointer}`")));
        };
        self.added = self.added.saturating_add(count(found));
        if self.added > self.options.max_nodes {
            return Err(unusable(
                "the files referred to hold too many values".to_owned(),
            ));
        }
        Ok(found.clone())
    }

    fn parse(&mut self, path: &Path) -> Result<Node, Diagnostic> {
        let shown = self.shown(path);
        let index = u16::try_from(self.files.len())
            .map_err(|_| Diagnostic::warning(&codes::EXTERNAL_FILE, "too many files"))?;
        let text = super::text::read(path, self.options.max_bytes)?;
        let file = SourceFile::new(&shown, text);
        let parsed = super::parse_file(&file, index, self.options);
        self.files.push(file);
        let mut parsed = parsed?;
        let text = self.files[usize::from(index)].text.clone();
        let names = super::anchors::settle(&mut parsed.root, &text, &mut parsed.findings);
        self.names.insert(path.to_path_buf(), names);
        self.diagnostics.extend(parsed.findings);
        Ok(parsed.root)
    }

    /// The path as the user would write it.
    fn shown(&self, file: &Path) -> String {
        let inside = file.strip_prefix(&self.folder).unwrap_or(file);
        super::forward_slashes(&Path::new(&self.shown_folder).join(inside))
    }

    /// A component name that says where it comes from and is not taken.
    fn free_name(&mut self, kind: Kind, target: &Target) -> String {
        let stem = target
            .file
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy();
        let last = target.pointer.rsplit('/').next().filter(|s| !s.is_empty());
        let wanted = last.map_or(stem, |segment| unescape(segment).into_owned().into());
        let wanted = position::component_name(&wanted);
        let mut name = wanted.clone();
        let mut number = 2;
        while !self.taken.insert((kind, name.clone())) {
            name = format!("{wanted}_{number}");
            number += 1;
        }
        name
    }
}

fn has_children(node: &Node) -> bool {
    matches!(node.value, Value::Array(_) | Value::Object(_))
}

fn count(node: &Node) -> usize {
    1 + match &node.value {
        Value::Array(items) => items.iter().map(count).sum(),
        Value::Object(members) => members.values().map(count).sum(),
        _ => 0,
    }
}

fn set_reference(node: &mut Node, target: String) {
    if let Some(reference) = node.get_mut("$ref") {
        reference.value = Value::String(target);
    }
}

/// Puts a component into the document, making its home where needed.
fn insert(root: &mut Node, home: &[&str], name: String, node: Node) {
    let mut place = root;
    for key in home {
        if place.as_object().is_none() {
            place.value = Value::Object(Object::default());
        }
        let at = place.place;
        let Value::Object(members) = &mut place.value else {
            return;
        };
        place = members
            .entry((*key).to_owned())
            .or_insert_with(|| Node::new(Object::default(), at));
    }
    if place.as_object().is_none() {
        place.value = Value::Object(Object::default());
    }
    if let Some(members) = place.as_object_mut() {
        members.insert(name, node);
    }
}

/// The path without `.` and `..`, by spelling alone.
fn lexical(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                out.pop();
            }
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
#[path = "external_tests.rs"]
mod tests;
