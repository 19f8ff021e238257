//! The components of the document.

use indexmap::IndexMap;
use openapiv3 as oa;
use openapiv3::ReferenceOr;

use super::operation::{callback, link, request_body, response};
use super::parameter::{header, parameter};
use super::read::{self, Reader};
use super::schema::schema;
use super::security;
use crate::dialect::trail::Trail;
use crate::source::Node;

/// All components; members that cannot be used are left out.
pub(super) fn components(
    r: &mut Reader<'_, '_>,
    tree: &Node,
    at: &Trail<'_>,
) -> Option<oa::Components> {
    let node = tree.get("components")?;
    let at = at.key("components");
    Some(oa::Components {
        schemas: each(r, node, "schemas", &at, |r, n, at| Some(schema(r, n, at))),
        responses: each(r, node, "responses", &at, |r, n, at| {
            Some(response(r, n, at))
        }),
        parameters: each(r, node, "parameters", &at, |r, n, at| match n.reference() {
            Some(reference) => Some(ReferenceOr::ref_(reference)),
            None => parameter(r, n, at).map(ReferenceOr::Item),
        }),
        examples: IndexMap::new(),
        request_bodies: each(r, node, "requestBodies", &at, request_body),
        headers: each(r, node, "headers", &at, header),
        security_schemes: each(r, node, "securitySchemes", &at, |r, n, at| {
            security::scheme(r, n, at).map(ReferenceOr::Item)
        }),
        links: each(r, node, "links", &at, link),
        callbacks: each(r, node, "callbacks", &at, |r, n, at| {
            Some(ReferenceOr::Item(callback(r, n, at)))
        }),
        extensions: read::extensions(node),
    })
}

/// Whether a component of the tree that others refer to was left out.
pub(super) fn lost(tree: &Node, built: Option<&oa::Components>) -> bool {
    let Some(built) = built else {
        return false;
    };
    let count = |kind: &str| {
        let members = tree.get("components").and_then(|c| c.get(kind));
        members.and_then(Node::as_object).map_or(0, |m| m.len())
    };
    count("parameters") != built.parameters.len()
        || count("requestBodies") != built.request_bodies.len()
        || count("headers") != built.headers.len()
}

fn each<T>(
    r: &mut Reader<'_, '_>,
    node: &Node,
    kind: &str,
    at: &Trail<'_>,
    mut build: impl FnMut(&mut Reader<'_, '_>, &Node, &Trail<'_>) -> Option<T>,
) -> IndexMap<String, T> {
    let at = at.key(kind);
    let mut out = IndexMap::new();
    for (name, member) in r.members(node, kind, &at) {
        if let Some(built) = build(r, member, &at.key(name)) {
            out.insert(name.clone(), built);
        }
    }
    out
}
