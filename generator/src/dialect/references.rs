//! Makes every `$ref` lead to a component of the right kind.
//!
//! References into the middle of something else get a component of their own;
//! references to nothing and circles of references are cut, with a finding.
//! Works on the document as written; the references it leaves are in the form
//! of the lowered document, `#/components/<kind>/<name>`.

use std::collections::{HashMap, HashSet};

use super::Dialect;
use super::context::{Context, degraded, noted, repaired};
use super::trail::Trail;
use crate::diagnostic::codes;
use crate::source::position::{self, Kind};
use crate::source::{Node, Object, Value, escape, unescape};

/// How many references in a row may be followed.
const MAX_HOPS: usize = 64;
/// How many values may be copied in place of references.
const MAX_COPIED: usize = 5_000_000;
/// The same for a small document: copies that refer to themselves twice double
/// at every hop.
const FEW_COPIED: usize = 20_000;

/// Rewrites all references of the document.
pub(super) fn canonicalize(tree: &mut Node, cx: &mut Context<'_>) {
    let swagger = cx.dialect == Dialect::V2;
    let mut names = HashMap::new();
    for kind in Kind::SHARED {
        let members = kind.home(swagger).and_then(|home| members(tree, home));
        let set: HashSet<String> = members
            .into_iter()
            .flatten()
            .map(|(k, _)| k.clone())
            .collect();
        names.insert(kind, set);
    }
    let mut canon = Canon {
        swagger,
        names,
        known: HashMap::new(),
        added: Vec::new(),
        copies: HashMap::new(),
        copied: Vec::new(),
        copies_left: MAX_COPIED.min(FEW_COPIED + 4 * size(tree)),
    };
    canon.collect(tree, tree, Keys::ROOT);
    let mut next = 0;
    loop {
        if let Some((reference, key)) = canon.copied.pop() {
            // What is copied may stand where nothing else looks for references.
            if let Some(found) = decode(&reference).and_then(|pointer| follow(tree, &pointer)) {
                let keys = Keys {
                    key: &key,
                    ..Keys::ROOT
                };
                canon.collect(tree, found, keys);
            }
        } else if let Some(added) = canon.added.get(next) {
            let (kind, node) = (added.kind, added.node.clone());
            canon.collect(tree, &node, Keys::of_kind(kind));
            next += 1;
        } else {
            break;
        }
    }
    for added in std::mem::take(&mut canon.added) {
        let lowered = component(added.kind, &added.name);
        cx.pointers.record(lowered, &added.from);
        if let Some(home) = added.kind.home(swagger) {
            insert(tree, home, added.name, added.node);
        }
    }
    canon.rewrite(tree, Keys::ROOT, &Trail::ROOT, 0, cx);
    cut_circles(tree, swagger, cx);
    end_chains(tree, swagger);
}

/// What the keys of a node are.
#[derive(Clone, Copy)]
struct Keys<'k> {
    key: &'k str,
    names: bool,
    kind: Kind,
}

impl<'k> Keys<'k> {
    const ROOT: Keys<'static> = Keys::of_kind(Kind::Other);

    const fn of_kind(kind: Kind) -> Keys<'static> {
        Keys {
            key: "",
            names: false,
            kind,
        }
    }

    fn member(&self, key: &'k str) -> Self {
        Keys {
            key,
            names: !self.names && position::holds_names(key),
            kind: Kind::of(self.key, key, self.names),
        }
    }

    /// The items of an array are never keyed by names.
    fn item(self) -> Self {
        Keys {
            names: false,
            ..self
        }
    }

    fn skips(&self, key: &str) -> bool {
        !self.names && position::holds_data(key)
    }
}

/// A component to add.
struct Added {
    kind: Kind,
    name: String,
    node: Node,
    /// The pointer of what it is a copy of.
    from: String,
}

struct Canon {
    swagger: bool,
    names: HashMap<Kind, HashSet<String>>,
    /// The canonical form of references that are not canonical; none for
    /// those that lead nowhere.
    known: HashMap<(Kind, String), Option<String>>,
    /// Components to add.
    added: Vec<Added>,
    /// What to put in place of references of a kind without components.
    copies: HashMap<String, Node>,
    /// References among them that are not looked into yet, and the key they are under.
    copied: Vec<(String, String)>,
    /// How many values may still be copied.
    copies_left: usize,
}

impl Canon {
    /// Finds the canonical form of every reference in `node`.
    fn collect(&mut self, root: &Node, node: &Node, keys: Keys<'_>) {
        match &node.value {
            Value::Array(items) => {
                for item in items {
                    self.collect(root, item, keys.item());
                }
            }
            Value::Object(members) => {
                if !keys.names
                    && let Some(reference) = node.reference()
                {
                    self.resolve(root, reference, keys);
                }
                for (key, member) in members {
                    if keys.skips(key) {
                        continue;
                    }
                    if keys.key == "discriminator" && key == "mapping" && !keys.names {
                        for target in member.as_object().into_iter().flatten() {
                            if let Some(target) = target.1.as_str() {
                                self.resolve(root, target, Keys::of_kind(Kind::Schema));
                            }
                        }
                        continue;
                    }
                    if matches!(member.value, Value::Array(_) | Value::Object(_)) {
                        self.collect(root, member, keys.member(key));
                    }
                }
            }
            _ => {}
        }
    }

    /// Whether the reference is already what the lowered document has.
    fn is_canonical(&self, reference: &str, kind: Kind) -> bool {
        let prefix = match kind {
            Kind::Schema => "#/components/schemas/",
            Kind::Parameter => "#/components/parameters/",
            Kind::Response => "#/components/responses/",
            Kind::RequestBody => "#/components/requestBodies/",
            Kind::Header => "#/components/headers/",
            Kind::Other => return false,
        };
        !self.swagger
            && reference.strip_prefix(prefix).is_some_and(|name| {
                !name.contains(['~', '%', '/']) && self.names[&kind].contains(name)
            })
    }

    fn resolve(&mut self, root: &Node, reference: &str, keys: Keys<'_>) {
        let kind = keys.kind;
        let key = (kind, reference.to_owned());
        if self.is_canonical(reference, kind) || self.known.contains_key(&key) {
            return;
        }
        let pointer = decode(reference);
        let Some(home) = kind.home(self.swagger) else {
            if !self.copies.contains_key(reference)
                && let Some(found) = pointer.as_deref().and_then(|p| follow(root, p))
            {
                self.copies.insert(reference.to_owned(), found.clone());
                self.copied
                    .push((reference.to_owned(), keys.key.to_owned()));
            }
            return;
        };
        let found = pointer.as_deref().and_then(|pointer| {
            let name = pointer.strip_prefix('/')?.strip_prefix(&home.join("/"))?;
            let name = name.strip_prefix('/')?;
            let name = unescape(name).into_owned();
            self.names[&kind].contains(&name).then_some(name)
        });
        let found = found.or_else(|| {
            let pointer = pointer.as_deref()?;
            let target = follow(root, pointer)?;
            Some(self.add(kind, pointer, target.clone()))
        });
        // A name alone, or the right name in the wrong place.
        let found = found.or_else(|| {
            let last = reference.rsplit(['/', '#']).next()?;
            self.names[&kind].contains(last).then(|| last.to_owned())
        });
        let canonical = found.map(|name| component(kind, &name));
        self.known.insert(key, canonical);
    }

    /// Adds a component named after the pointer it comes from.
    fn add(&mut self, kind: Kind, pointer: &str, mut node: Node) -> String {
        // Copies of one place share one component, however it is spelled.
        let segments: Vec<_> = pointer
            .split('/')
            .filter(|s| !matches!(*s, "" | "components" | "paths" | "properties" | "schemas"))
            .collect();
        let skip = segments.len().saturating_sub(4);
        let wanted = segments[skip..]
            .iter()
            .map(|s| unescape(s))
            .collect::<Vec<_>>()
            .join("_");
        let wanted = position::component_name(&wanted);
        let taken = self.names.entry(kind).or_default();
        let mut name = wanted.clone();
        let mut number = 2;
        while !taken.insert(name.clone()) {
            name = format!("{wanted}_{number}");
            number += 1;
        }
        if let Value::Object(members) = &mut node.value {
            // Definitions inside a schema are reached by their own references.
            members.shift_remove("$defs");
        }
        self.added.push(Added {
            kind,
            name: name.clone(),
            node,
            from: format!("#{pointer}"),
        });
        name
    }

    /// Replaces every reference by its canonical form.
    fn rewrite(
        &mut self,
        node: &mut Node,
        keys: Keys<'_>,
        at: &Trail<'_>,
        hops: usize,
        cx: &mut Context<'_>,
    ) {
        if let Value::Array(items) = &mut node.value {
            for (index, item) in items.iter_mut().enumerate() {
                self.rewrite(item, keys.item(), &at.index(index), hops, cx);
            }
            return;
        }
        if !keys.names && node.get("$ref").is_some() && !self.reference(node, keys, at, hops, cx) {
            return;
        }
        let Value::Object(members) = &mut node.value else {
            return;
        };
        for (key, member) in members.iter_mut() {
            if keys.skips(key) {
                continue;
            }
            if keys.key == "discriminator" && key == "mapping" && !keys.names {
                self.mapping(member);
                continue;
            }
            if matches!(member.value, Value::Array(_) | Value::Object(_)) {
                self.rewrite(member, keys.member(key), &at.key(key), hops, cx);
            }
        }
    }

    /// Rewrites the reference of one object. Returns whether to go on into
    /// its members.
    fn reference(
        &mut self,
        node: &mut Node,
        keys: Keys<'_>,
        at: &Trail<'_>,
        hops: usize,
        cx: &mut Context<'_>,
    ) -> bool {
        let Some(reference) = node.reference().map(str::to_owned) else {
            let finding = repaired(&codes::BAD_REF, "`$ref` is not a string; it is ignored")
                .help("a `$ref` is a string such as `#/components/schemas/Name`");
            cx.report(at, node.place, finding);
            if let Some(members) = node.as_object_mut() {
                members.shift_remove("$ref");
            }
            return true;
        };
        if self.is_canonical(&reference, keys.kind) {
            return true;
        }
        if keys.kind.home(self.swagger).is_none() {
            if let Some(copy) = self.copies.get(&reference)
                && hops < MAX_HOPS / 4
                && let Some(left) = self.copies_left.checked_sub(size(copy))
            {
                self.copies_left = left;
                let both = node.replace_reference(copy.value.clone());
                if !both.is_empty() {
                    let both = both.join("`, `");
                    let message = format!("`{both}` beside `$ref` hides that of `{reference}`");
                    cx.report(at, node.place, noted(&codes::REF_SIBLINGS, message));
                }
                self.rewrite(node, keys, at, hops + 1, cx);
                return false;
            }
        } else if let Some(Some(target)) = self.known.get(&(keys.kind, reference.clone())) {
            let wrong_place = target.rsplit('/').next() == reference.rsplit(['/', '#']).next()
                && !reference.starts_with("#/definitions/")
                && !reference.starts_with("#/parameters/")
                && !reference.starts_with("#/responses/")
                && !reference.starts_with(&target[..target.rfind('/').unwrap_or_default()]);
            if wrong_place {
                let message = format!("`{reference}` leads nowhere; `{target}` is meant");
                let finding = repaired(&codes::BAD_REF, message);
                cx.report(at, node.place, finding);
            }
            if let Some(found) = node.get_mut("$ref") {
                found.value = Value::String(target.clone());
            }
            return true;
        }
        let place = node.get("$ref").map_or(node.place, |r| r.place);
        let message = if self.copies.contains_key(&reference) {
            format!("`{reference}` leads back to itself in a place that cannot hold a reference")
        } else {
            format!("`{reference}` leads to nothing")
        };
        let finding = degraded(&codes::DANGLING_REF, message)
            .help("add what it refers to, or correct the reference");
        cx.report(at, place, finding);
        let marker = Node::new(reference, place);
        node.value = Node::object(place, [("x-pontoon-unresolved", marker)]).value;
        false
    }

    /// Rewrites the targets of a discriminator; names of schemas that exist
    /// become references too.
    fn mapping(&self, mapping: &mut Node) {
        let members = mapping.as_object_mut().into_iter().flatten();
        for (_, target) in members {
            if let Value::String(reference) = &mut target.value
                && let Some(Some(found)) = self.known.get(&(Kind::Schema, reference.clone()))
            {
                reference.clone_from(found);
            }
        }
    }
}

/// The reference to a component of the lowered document.
fn component(kind: Kind, name: &str) -> String {
    let home = kind.home(false).unwrap_or_default();
    format!("#/{}/{}", home.join("/"), escape(name))
}

/// The JSON pointer of a local reference, without percent-encoding.
fn decode(reference: &str) -> Option<String> {
    let pointer = reference.strip_prefix('#')?;
    if !pointer.is_empty() && !pointer.starts_with('/') {
        return None;
    }
    Some(
        percent_encoding::percent_decode_str(pointer)
            .decode_utf8_lossy()
            .into_owned(),
    )
}

/// What a pointer leads to, passing through references on the way.
fn follow<'n>(root: &'n Node, pointer: &str) -> Option<&'n Node> {
    let mut node = root;
    let mut rest = pointer.to_owned();
    let mut hops = 0;
    loop {
        let (found, matched) = node.nearest(&rest);
        if matched.len() == rest.len() {
            return Some(found);
        }
        hops += 1;
        let next = decode(found.reference()?)?;
        if hops > MAX_HOPS {
            return None;
        }
        rest = format!("{next}{}", &rest[matched.len()..]);
        node = root;
    }
}

fn size(node: &Node) -> usize {
    1 + match &node.value {
        Value::Array(items) => items.iter().map(size).sum(),
        Value::Object(members) => members.values().map(size).sum(),
        _ => 0,
    }
}

fn members<'n>(tree: &'n Node, home: &[&str]) -> Option<&'n Object> {
    home.iter()
        .try_fold(tree, |node, key| node.get(key))?
        .as_object()
}

fn insert(tree: &mut Node, home: &[&str], name: String, node: Node) {
    let mut place = tree;
    for key in home {
        let at = place.place;
        let Some(members) = place.as_object_mut() else {
            return;
        };
        place = members
            .entry((*key).to_owned())
            .or_insert_with(|| Node::new(Object::default(), at));
        if place.as_object().is_none() {
            place.value = Value::Object(Object::default());
        }
    }
    if let Some(members) = place.as_object_mut() {
        members.insert(name, node);
    }
}

/// Puts what it leads to in place of a parameter, response, body or header
/// that is nothing but a reference to another one.
fn end_chains(tree: &mut Node, swagger: bool) {
    for kind in Kind::SHARED
        .into_iter()
        .filter(|kind| *kind != Kind::Schema)
    {
        let Some(home) = kind.home(swagger) else {
            continue;
        };
        let Some(found) = members(tree, home) else {
            continue;
        };
        let ends: Vec<(String, Node)> = found
            .iter()
            .filter(|(_, node)| node.reference().is_some())
            .filter_map(|(name, node)| {
                let mut end = node;
                // Circles are cut.
                while let Some(reference) = end.reference() {
                    end = found.get(unescape(reference.rsplit('/').next()?).as_ref())?;
                }
                Some((name.clone(), end.clone()))
            })
            .collect();
        for (name, end) in ends {
            insert(tree, home, name, end);
        }
    }
}

/// Replaces components that only refer to each other.
fn cut_circles(tree: &mut Node, swagger: bool, cx: &mut Context<'_>) {
    for kind in Kind::SHARED {
        let Some(home) = kind.home(swagger) else {
            continue;
        };
        let Some(found) = members(tree, home) else {
            continue;
        };
        let name_of = |node: &Node| {
            let reference = node.reference()?;
            Some(unescape(reference.rsplit('/').next()?).into_owned())
        };
        let circular: Vec<String> = found
            .iter()
            .filter(|(_, node)| {
                let mut seen = HashSet::new();
                let mut next = name_of(node);
                while let Some(name) = next {
                    let target = found.get(&name);
                    if !seen.insert(name) {
                        return true;
                    }
                    next = target.and_then(name_of);
                }
                false
            })
            .map(|(name, _)| name.clone())
            .collect();
        for name in circular {
            let pointer = format!("#/{}/{}", home.join("/"), escape(&name));
            let node = home
                .iter()
                .try_fold(&mut *tree, |node, key| node.get_mut(key));
            let Some(node) = node.and_then(|members| members.get_mut(&name)) else {
                continue;
            };
            let message = format!("`{name}` refers to nothing but itself");
            let finding = degraded(&codes::REF_LOOP, message).help("say what it is");
            cx.report_at(&pointer, node.place, finding);
            node.value = Value::Object(Object::default());
        }
    }
}
