//! From any dialect (Swagger 2.0, OpenAPI 3.0, 3.1, 3.2) to one model:
//! OpenAPI 3.0 as `openapiv3` has it, plus `x-pontoon-*` extensions.
//!
//! The document is lowered and repaired node by node, so that one bad node
//! costs only itself; every repair is reported with its place.

mod build;
mod context;
mod references;
mod schema;
mod swagger;
mod trail;
mod walk;
mod webhooks;

pub use trail::Pointers;

use crate::diagnostic::{Diagnostic, Diagnostics, codes};
use crate::source::{Node, Object, Place, Source, Value, position};
use context::Context;

/// The specification a document is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dialect {
    /// Swagger 2.0
    V2,
    /// OpenAPI 3.0
    V3_0,
    /// OpenAPI 3.1
    V3_1,
    /// OpenAPI 3.2
    V3_2,
}

impl Dialect {
    /// The version number: `2.0`, `3.0`, `3.1` or `3.2`.
    pub fn as_str(self) -> &'static str {
        match self {
            Dialect::V2 => "2.0",
            Dialect::V3_0 => "3.0",
            Dialect::V3_1 => "3.1",
            Dialect::V3_2 => "3.2",
        }
    }
}

/// A lowered document.
///
/// Every `$ref` in it is `#/components/<kind>/<name>` (the name escaped as in
/// a JSON pointer), leads to something of that kind, and ends after finitely
/// many steps.
#[derive(Debug, Clone)]
pub struct Document {
    /// The document in the OpenAPI 3.0 model.
    pub openapi: openapiv3::OpenAPI,
    /// The same document as located nodes.
    pub tree: Node,
    /// What it was written in.
    pub dialect: Dialect,
    /// Where things stand in the original.
    pub pointers: Pointers,
}

impl Document {
    /// The original pointer and the place of a lowered pointer, or of its
    /// nearest ancestor that exists.
    pub fn locate(&self, lowered: &str) -> (String, Place) {
        let (node, _) = self.tree.nearest(lowered);
        (self.pointers.original(lowered), node.place)
    }
}

/// Lowers a document. An error means that there is nothing to generate.
pub fn lower(source: &Source, diagnostics: &mut Diagnostics) -> Result<Document, Diagnostic> {
    let mut tree = without_examples(&source.root, false);
    let mut cx = Context::new(diagnostics, detect(&source.root)?);
    if cx.dialect != Dialect::V2 {
        webhooks::rename(&mut tree, &mut cx);
    }
    references::canonicalize(&mut tree, &mut cx);
    if cx.dialect == Dialect::V2 {
        swagger::lower(&mut tree, &mut cx);
    }
    walk::document(&mut tree, &mut cx);
    cx.report_made_null();
    let openapi = build::document(&tree, &mut cx);
    let (dialect, pointers) = (cx.dialect, cx.pointers);
    let item = |item: &openapiv3::ReferenceOr<openapiv3::PathItem>| {
        let operations = |i: &openapiv3::PathItem| {
            i.iter().next().is_some() || i.extensions.contains_key("x-pontoon-operations")
        };
        item.as_item().is_some_and(operations)
    };
    let receives = openapi.extensions.contains_key(webhooks::HOME);
    if !receives && !openapi.paths.paths.values().any(item) {
        let place = source
            .root
            .get("paths")
            .map_or(tree.place, |paths| paths.place);
        // Each of these alone makes a document from 3.1 on.
        let declares = [
            "paths",
            "webhooks",
            "x-webhooks",
            "components",
            "definitions",
        ];
        let object = |key: &&str| {
            source
                .root
                .get(key)
                .is_some_and(|n| n.as_object().is_some())
        };
        if !declares.iter().any(object) {
            return Err(Diagnostic::error(
                &codes::NO_OPERATIONS,
                "the document declares neither operations nor types",
            )
            .pointer("#/paths")
            .place(place)
            .help("give the spec whose `paths` has the operations to generate"));
        }
        let message = "the document declares no operations; only its types are generated";
        diagnostics.push(
            Diagnostic::warning(&codes::NO_OPERATIONS, message)
                .pointer("#/paths")
                .place(place)
                .help("a file of shared schemas is generated with the spec that refers to it"),
        );
    }
    Ok(Document {
        openapi,
        tree,
        dialect,
        pointers,
    })
}

/// Finds the dialect.
fn detect(root: &Node) -> Result<Dialect, Diagnostic> {
    let version = |key: &str| {
        let node = root.get(key)?;
        Some((node.as_str().or(node.as_number())?, node.place))
    };
    let unknown = |version: &str, place: Place| {
        Diagnostic::error(
            &codes::UNKNOWN_VERSION,
            format!("version `{version}` is not supported"),
        )
        .place(place)
        .help("convert the document to Swagger 2.0 or OpenAPI 3.x")
    };
    if let Some((version, place)) = version("openapi") {
        let mut parts = version.trim().split('.');
        return match (parts.next(), parts.next()) {
            (Some("3"), Some("0") | None) => Ok(Dialect::V3_0),
            (Some("3"), Some("1")) => Ok(Dialect::V3_1),
            (Some("3"), Some(_)) => Ok(Dialect::V3_2),
            (Some("2"), _) => Ok(Dialect::V2),
            _ => Err(unknown(version, place)),
        };
    }
    match version("swagger") {
        Some((version, _)) if version.trim().starts_with('2') => Ok(Dialect::V2),
        Some((version, _)) if version.trim().starts_with("3.0") => Ok(Dialect::V3_0),
        Some((version, place)) => Err(unknown(version, place)),
        None => Err(Diagnostic::error(
            &codes::NOT_A_SPEC,
            "the document has neither an `openapi` nor a `swagger` version",
        )
        .place(root.place)
        .help("give an OpenAPI 3.x or Swagger 2.0 document")),
    }
}

/// A copy without examples, which make up much of many documents, but for those
/// that tell whether a declared format is meant. `names` tells that the keys are
/// names.
fn without_examples(node: &Node, names: bool) -> Node {
    let value = match &node.value {
        Value::Array(items) => {
            Value::Array(items.iter().map(|i| without_examples(i, false)).collect())
        }
        Value::Object(members) => Value::Object(
            members
                .iter()
                .filter(|(key, member)| match key.as_str() {
                    "example" => names || (is_text(member) && has_format(members)),
                    "examples" => names,
                    _ => true,
                })
                .map(|(key, member)| {
                    let copy = if !names && position::holds_data(key) {
                        member.clone()
                    } else {
                        without_examples(member, !names && position::holds_names(key))
                    };
                    (key.clone(), copy)
                })
                .collect(),
        ),
        other => other.clone(),
    };
    Node {
        value,
        place: node.place,
    }
}

fn is_text(node: &Node) -> bool {
    matches!(node.value, Value::String(_) | Value::Number(_))
}

/// Whether these are the members of a schema, or of a parameter with a schema,
/// that declares a format of texts or of times.
fn has_format(members: &Object) -> bool {
    let text = |name: &str| members.get(name).and_then(Node::as_str);
    match (
        text("format"),
        members.get("schema").and_then(Node::as_object),
    ) {
        (Some(format), _) => {
            !matches!(text("type"), Some("integer" | "number")) || format.contains("time")
        }
        (None, Some(schema)) => has_format(schema),
        (None, None) => false,
    }
}

#[cfg(test)]
mod tests;
