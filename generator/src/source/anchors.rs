//! `$id`, `$self`, `$anchor`, `$dynamicAnchor`, `$dynamicRef` and `$recursiveRef` (JSON
//! Schema 2020-12 and 2019-09; OpenAPI 3.2, `$self`): references by these become
//! references by JSON pointer, so that later stages know one form only.
//!
//! A `$dynamicRef` is resolved as if nothing outside of the document extended
//! it: to the anchor of its own schema resource, else to the only one of that
//! name. Where the document has several of the name, the choice depends on the
//! instance in JSON Schema; here it does not, which is reported.

use std::collections::HashMap;

use fluent_uri::{Uri, UriRef};

use super::node::{Node, Place, Value, escape};
use super::position;
use crate::diagnostic::{Diagnostic, Effect, codes};

/// The base of a document that names itself nowhere.
const BASE: &str = "spec:///document";

/// What a document names.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// Anchors by resource (the pointer of its root) and name, to pointers.
    anchors: HashMap<(String, String), String>,
    /// Resources by absolute URI, to the pointer of the root.
    resources: HashMap<String, String>,
    /// Names of dynamic anchors, to all pointers that have it.
    dynamic: HashMap<String, Vec<String>>,
}

/// Rewrites the references of one file. Gives what it names, for references
/// from other files.
pub(super) fn settle(root: &mut Node, text: &str, findings: &mut Vec<Diagnostic>) -> Names {
    let mut names = Names::default();
    let words = ["$id", "$anchor", "$dynamic", "$recursive", "$self"];
    if !words.iter().any(|word| text.contains(word)) {
        return names;
    }
    let own = root.get_str("$self").or_else(|| root.get_str("$id"));
    let base = own.and_then(|own| resolve(own, BASE));
    let base = base.unwrap_or_else(|| BASE.to_owned());
    names.resources.insert(base.clone(), String::new());
    let scope = Scope {
        base: &base,
        root: "",
    };
    names.index(root, &mut String::new(), Keys::ROOT, scope);
    let document = root.clone();
    let mut rewriter = Rewriter {
        names: &names,
        document: &document,
        findings,
    };
    rewriter.walk(root, &mut String::new(), Keys::ROOT, scope);
    names
}

impl Names {
    /// The pointer of an anchor that a reference from another file names.
    pub(super) fn anchor(&self, name: &str) -> Option<&str> {
        let own = self.anchors.get(&(String::new(), name.to_owned()));
        let mut others = self.anchors.iter().filter(|((_, other), _)| other == name);
        own.or_else(|| match (others.next(), others.next()) {
            (Some((_, only)), None) => Some(only),
            _ => None,
        })
        .map(String::as_str)
    }

    fn index(&mut self, node: &Node, pointer: &mut String, keys: Keys<'_>, scope: Scope<'_>) {
        let id = own_id(node, keys, pointer, scope);
        let inner;
        let scope = match &id {
            Some(uri) => {
                self.resources.insert(uri.clone(), pointer.clone());
                inner = pointer.clone();
                Scope {
                    base: uri,
                    root: &inner,
                }
            }
            None => scope,
        };
        if !keys.names {
            for key in ["$anchor", "$dynamicAnchor"] {
                let Some(name) = node.get_str(key) else {
                    continue;
                };
                let place = (scope.root.to_owned(), name.to_owned());
                self.anchors.entry(place).or_insert_with(|| pointer.clone());
                if key == "$dynamicAnchor" {
                    let all = self.dynamic.entry(name.to_owned()).or_default();
                    all.push(pointer.clone());
                }
            }
        }
        let length = pointer.len();
        match &node.value {
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    pointer.push_str(&format!("/{index}"));
                    self.index(item, pointer, keys.item(), scope);
                    pointer.truncate(length);
                }
            }
            Value::Object(members) => {
                for (key, member) in members.iter().filter(|(key, _)| !keys.skips(key)) {
                    pointer.push('/');
                    pointer.push_str(&escape(key));
                    self.index(member, pointer, keys.member(key), scope);
                    pointer.truncate(length);
                }
            }
            _ => {}
        }
    }
}

/// The resource that a node is in.
#[derive(Clone, Copy)]
struct Scope<'s> {
    /// Its absolute URI.
    base: &'s str,
    /// The pointer of its root.
    root: &'s str,
}

/// What the keys of a node are.
#[derive(Clone, Copy)]
struct Keys<'k> {
    key: &'k str,
    names: bool,
}

impl<'k> Keys<'k> {
    const ROOT: Keys<'static> = Keys {
        key: "",
        names: false,
    };

    fn member(self, key: &'k str) -> Self {
        Keys {
            key,
            names: !self.names && position::holds_names(key),
        }
    }

    fn item(self) -> Self {
        Keys {
            names: false,
            ..self
        }
    }

    fn skips(self, key: &str) -> bool {
        !self.names && position::holds_data(key)
    }
}

/// The absolute URI that a schema gives itself; the document's own is known.
fn own_id(node: &Node, keys: Keys<'_>, pointer: &str, scope: Scope<'_>) -> Option<String> {
    if keys.names || pointer.is_empty() {
        return None;
    }
    let id = node.get_str("$id")?;
    let uri = resolve(id, scope.base)?;
    Some(uri.strip_suffix('#').unwrap_or(&uri).to_owned())
}

/// A reference against its base.
fn resolve(reference: &str, base: &str) -> Option<String> {
    let base = Uri::parse(base).ok()?;
    let reference = UriRef::parse(reference).ok()?;
    let uri = reference.resolve_against(&base).ok()?;
    Some(uri.to_string())
}

struct Rewriter<'r> {
    names: &'r Names,
    document: &'r Node,
    findings: &'r mut Vec<Diagnostic>,
}

impl Rewriter<'_> {
    fn walk(&mut self, node: &mut Node, pointer: &mut String, keys: Keys<'_>, scope: Scope<'_>) {
        let id = own_id(node, keys, pointer, scope);
        let inner;
        let scope = match &id {
            Some(uri) => {
                inner = pointer.clone();
                Scope {
                    base: uri,
                    root: &inner,
                }
            }
            None => scope,
        };
        if !keys.names {
            self.reference(node, scope);
            self.recursive(node, pointer);
            self.dynamic(node, pointer, scope);
        }
        let length = pointer.len();
        match &mut node.value {
            Value::Array(items) => {
                for (index, item) in items.iter_mut().enumerate() {
                    pointer.push_str(&format!("/{index}"));
                    self.walk(item, pointer, keys.item(), scope);
                    pointer.truncate(length);
                }
            }
            Value::Object(members) => {
                for (key, member) in members.iter_mut().filter(|(key, _)| !keys.skips(key)) {
                    let mapping = keys.key == "discriminator" && key == "mapping";
                    pointer.push('/');
                    pointer.push_str(&escape(key));
                    if mapping && !keys.names {
                        for (_, target) in member.as_object_mut().into_iter().flatten() {
                            self.rewrite(target, scope);
                        }
                    } else {
                        self.walk(member, pointer, keys.member(key), scope);
                    }
                    pointer.truncate(length);
                }
            }
            _ => {}
        }
    }

    fn reference(&mut self, node: &mut Node, scope: Scope<'_>) {
        if let Some(reference) = node.get_mut("$ref") {
            self.rewrite(reference, scope);
        }
    }

    /// Replaces a reference by id or anchor, or relative to a resource inside
    /// the document, by a pointer from the document's root.
    fn rewrite(&self, reference: &mut Node, scope: Scope<'_>) {
        if let Some(found) = reference.as_str().and_then(|text| self.find(text, scope)) {
            reference.value = Value::String(found);
        }
    }

    fn find(&self, reference: &str, scope: Scope<'_>) -> Option<String> {
        let (uri, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        if uri.is_empty()
            && scope.root.is_empty()
            && (fragment.is_empty() || fragment.starts_with('/'))
        {
            return None;
        }
        let root = match uri.is_empty() {
            true => scope.root,
            false => {
                let absolute = resolve(uri, scope.base)?;
                self.names.resources.get(&absolute)?.as_str()
            }
        };
        if fragment.is_empty() || fragment.starts_with('/') {
            let inside = format!("{root}{fragment}");
            // Many write pointers from the document's root inside of resources.
            let found = self.document.pointer(&inside).is_some();
            return (found || !uri.is_empty()).then(|| format!("#{inside}"));
        }
        let decoded = percent_encoding::percent_decode_str(fragment).decode_utf8_lossy();
        let own = self
            .names
            .anchors
            .get(&(root.to_owned(), decoded.to_string()));
        let found = own
            .map(String::as_str)
            .or_else(|| self.names.anchor(&decoded));
        found.map(|pointer| format!("#{pointer}"))
    }

    /// Makes a `$recursiveRef`, which older JSON Schema (2019-09) has, one to the
    /// schema around it that says `$recursiveAnchor: true`.
    fn recursive(&self, node: &mut Node, pointer: &str) {
        let Some(members) = node.as_object_mut() else {
            return;
        };
        if members.get("$recursiveRef").and_then(Node::as_str) != Some("#") {
            return;
        }
        let is_anchor = |pointer: &&str| {
            let around = self.document.pointer(pointer);
            let anchor = around.and_then(|around| around.get("$recursiveAnchor"));
            anchor.and_then(Node::as_bool) == Some(true)
        };
        let ends = pointer.match_indices('/').map(|(end, _)| &pointer[..end]);
        if let Some(around) = ends.rev().find(is_anchor)
            && let Some(old) = members.shift_remove("$recursiveRef")
        {
            let target = Node::new(format!("#{around}"), old.place);
            members.insert("$ref".to_owned(), target);
        }
    }

    /// Makes a `$dynamicRef` a `$ref`.
    fn dynamic(&mut self, node: &mut Node, pointer: &str, scope: Scope<'_>) {
        let Some(members) = node.as_object_mut() else {
            return;
        };
        let Some(reference) = members.get("$dynamicRef") else {
            return;
        };
        let (place, Some(text)) = (reference.place, reference.as_str().map(str::to_owned)) else {
            return;
        };
        let target = match self.find(&text, scope) {
            Some(found) => found,
            None if text.starts_with("#/") => text.clone(),
            None => return,
        };
        let name = text.rsplit('#').next().unwrap_or_default();
        let all = self.names.dynamic.get(name).map_or(0, Vec::len);
        if all > 1 {
            self.findings.push(several(&text, &target, pointer, place));
        }
        members.shift_remove("$dynamicRef");
        let target = Node::new(target, place);
        if members.contains_key("$ref") {
            let part = Node::object(place, [("$ref", target)]);
            let parts = members
                .entry("allOf".to_owned())
                .or_insert_with(|| Node::new(Vec::new(), place));
            if let Some(parts) = parts.as_array_mut() {
                parts.push(part);
            }
        } else {
            members.insert("$ref".to_owned(), target);
        }
    }
}

fn several(reference: &str, target: &str, pointer: &str, place: Place) -> Diagnostic {
    let message = format!("`{reference}` has several targets; it is read as `{target}` everywhere");
    Diagnostic::warning(&codes::DYNAMIC_REF, message)
        .place(place)
        .pointer(format!("#{pointer}"))
        .help("give the schemas that extend it properties of their own, or use an overlay")
        .effect(Effect::Degraded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn settled(text: &str, wanted: &[(&str, &str)]) -> Vec<Diagnostic> {
        let options = crate::source::LoadOptions::default();
        let parsed = crate::source::json::parse(text, 0, &options);
        let mut root = parsed.unwrap_or_else(|d| panic!("{d:?}")).root;
        let mut findings = Vec::new();
        settle(&mut root, text, &mut findings);
        for (pointer, target) in wanted {
            let found = root.pointer(pointer).and_then(Node::as_str);
            assert_eq!(found, Some(*target), "{pointer}");
        }
        findings
    }

    #[test]
    fn anchors_and_ids() {
        let text = r##"{"$self": "https://e.com/api/openapi.json", "components": {"schemas": {
            "A": {"$anchor": "a", "properties": {"$anchor": {"$ref": "#b"}}},
            "B": {"$id": "schemas/b", "$defs": {"x": {"$anchor": "b"}},
                  "items": {"$ref": "#/$defs/x"}, "not": {"$ref": "#/components/schemas/A"}},
            "C": {"allOf": [{"$ref": "#a"}, {"$ref": "schemas/b"}, {"$ref": "schemas/b#b"},
                {"$ref": "https://e.com/api/openapi.json#/components/schemas/A"},
                {"$ref": "/api/openapi.json#a"}, {"$ref": "other.json#/x"}, {"$ref": "#none"}]}}}}"##;
        let schemas = "/components/schemas";
        let at = |rest: &str| format!("{schemas}{rest}");
        let found = [
            (
                at("/A/properties/$anchor/$ref"),
                "#/components/schemas/B/$defs/x",
            ),
            (at("/B/items/$ref"), "#/components/schemas/B/$defs/x"),
            (at("/B/not/$ref"), "#/components/schemas/A"),
            (at("/C/allOf/0/$ref"), "#/components/schemas/A"),
            (at("/C/allOf/1/$ref"), "#/components/schemas/B"),
            (at("/C/allOf/2/$ref"), "#/components/schemas/B/$defs/x"),
            (at("/C/allOf/3/$ref"), "#/components/schemas/A"),
            (at("/C/allOf/4/$ref"), "#/components/schemas/A"),
            (at("/C/allOf/5/$ref"), "other.json#/x"),
            (at("/C/allOf/6/$ref"), "#none"),
        ];
        let found: Vec<_> = found.iter().map(|(p, t)| (p.as_str(), *t)).collect();
        assert!(settled(text, &found).is_empty());
    }

    #[test]
    fn recursive_references() {
        let text = r##"{"components": {"schemas": {"Filter": {"$recursiveAnchor": true,
            "properties": {"all": {"items": {"oneOf": [{"$recursiveRef": "#"}]}}}}}}}"##;
        let pointer = "/components/schemas/Filter/properties/all/items/oneOf/0/$ref";
        assert!(settled(text, &[(pointer, "#/components/schemas/Filter")]).is_empty());
    }

    #[test]
    fn dynamic_references() {
        let text = r##"{"components": {"schemas": {
            "Tree": {"$dynamicAnchor": "node", "properties": {"c": {"items": {"$dynamicRef": "#node"}}}}}}}"##;
        let pointer = "/components/schemas/Tree/properties/c/items/$ref";
        let one = settled(text, &[(pointer, "#/components/schemas/Tree")]);
        assert!(one.is_empty());
        let text = text.replace(
            r#""schemas": {"#,
            r#""schemas": {"Strict": {"$id": "s", "$dynamicAnchor": "node"}, "#,
        );
        let several = settled(&text, &[(pointer, "#/components/schemas/Tree")]);
        assert_eq!(several.len(), 1);
        assert_eq!(several[0].effect, Effect::Degraded);
    }
}
