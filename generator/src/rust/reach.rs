//! Which schemas operations reach, from where, and in which direction.

use super::namespaces::Plan;
use super::shape::needs_item;
use crate::api::{Api, SchemaId, SchemaKind};
use indexmap::IndexMap;
use std::collections::{BTreeSet, HashSet};

/// How a schema is reached.
#[derive(Debug, Default, Clone)]
pub(super) struct Use {
    /// Namespaces that reach it; one beyond the last: webhooks and callbacks.
    pub namespaces: BTreeSet<usize>,
    /// A request can hold it.
    pub request: bool,
}

/// Schemas that need an item, in the order in which operations reach them.
pub(super) type Reach = IndexMap<SchemaId, Use>;

/// Walks from every operation.
pub(super) fn reach(api: &Api, plan: &Plan) -> Reach {
    let mut reach = Reach::new();
    for (index, operation) in api.operations.iter().enumerate() {
        let namespace = plan.operations[index].0;
        let parameters = operation.parameters.iter().map(|found| found.schema);
        let bodies = operation.body.iter();
        let body = bodies
            .flat_map(|body| std::iter::once(body).chain(&body.others))
            .map(|body| body.schema);
        for root in parameters.chain(body) {
            walk(api, root, Some(namespace), true, &mut reach);
        }
        for root in operation.responses.iter().filter_map(|found| found.schema) {
            walk(api, root, Some(namespace), false, &mut reach);
        }
        for root in operation.declared.iter().filter_map(|found| found.headers) {
            walk(api, root, Some(namespace), false, &mut reach);
        }
    }
    // What the vendor sends is read, what answers it is written.
    for webhook in &api.webhooks {
        let (operation, namespace) = (&webhook.operation, Some(plan.namespaces.len()));
        let bodies = operation.body.iter();
        for body in bodies.flat_map(|body| std::iter::once(body).chain(&body.others)) {
            walk(api, body.schema, namespace, false, &mut reach);
        }
        for root in operation.responses.iter().filter_map(|found| found.schema) {
            walk(api, root, namespace, true, &mut reach);
        }
    }
    if api.operations.is_empty() && api.webhooks.is_empty() {
        // Types are all that such a document has to give.
        let ids = (0..api.schemas.len()).map(|index| SchemaId(index as u32));
        for id in ids.filter(|id| api.schemas[id.index()].component.is_some()) {
            walk(api, id, None, true, &mut reach);
        }
    }
    reach
}

fn walk(api: &Api, root: SchemaId, namespace: Option<usize>, request: bool, reach: &mut Reach) {
    let mut open = vec![root];
    // Arrays and maps that contain themselves pass through no item; each plain
    // schema is entered once per walk.
    let mut plain = HashSet::new();
    while let Some(id) = open.pop() {
        let id = api.canonical(id);
        let kind = &api.schemas[id.index()].kind;
        if needs_item(kind) {
            let entry = reach.entry(id).or_default();
            let fresh = namespace.is_some_and(|namespace| entry.namespaces.insert(namespace));
            let news = fresh | (request && !entry.request);
            entry.request |= request;
            if !news {
                continue;
            }
        } else if !plain.insert(id) {
            continue;
        }
        parts(kind, &mut open);
    }
}

/// Puts the schemas that a kind names on a stack, the first on top.
fn parts(kind: &SchemaKind, open: &mut Vec<SchemaId>) {
    match kind {
        SchemaKind::Array(item) | SchemaKind::Map(item) => open.push(*item),
        SchemaKind::Tuple(tuple) => {
            open.extend(tuple.rest);
            open.extend(tuple.items.iter().rev().copied());
        }
        SchemaKind::Object(object) => {
            open.extend(object.additional);
            open.extend(object.properties.values().rev().map(|found| found.schema));
        }
        SchemaKind::Union(union) => {
            open.extend(union.members.iter().rev().map(|member| member.schema));
        }
        _ => {}
    }
}

/// The places whose names the item of schema `id` speaks.
pub(super) fn named(api: &Api, id: SchemaId) -> Vec<SchemaId> {
    let mut found = Vec::new();
    let mut seen = HashSet::new();
    let mut open = Vec::new();
    parts(&api.schema(id).kind, &mut open);
    while let Some(part) = open.pop() {
        let part = api.canonical(part);
        if !seen.insert(part) {
            continue;
        }
        let kind = &api.schemas[part.index()].kind;
        if needs_item(kind) {
            found.push(part);
        } else {
            parts(kind, &mut open);
        }
    }
    found
}
