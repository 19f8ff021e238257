//! Removes references to components that could not be built.

use openapiv3 as oa;
use openapiv3::ReferenceOr;

use crate::source::unescape;

/// Removes every parameter, body and header that refers to a component which
/// is not there.
pub(super) fn remove(api: &mut oa::OpenAPI) {
    let mut components = api.components.take().unwrap_or_default();
    loop {
        // Components may refer to components that go.
        let before = count(&components);
        let known = components.clone();
        components
            .parameters
            .retain(|_, node| exists(node, &known.parameters));
        components
            .request_bodies
            .retain(|_, node| exists(node, &known.request_bodies));
        components
            .headers
            .retain(|_, node| exists(node, &known.headers));
        if count(&components) == before {
            break;
        }
    }
    let known = components.clone();
    for response in components.responses.values_mut() {
        self::response(response, &known);
    }
    for body in components.request_bodies.values_mut() {
        if let ReferenceOr::Item(body) = body {
            content(&mut body.content, &known);
        }
    }
    let callbacks = components
        .callbacks
        .values_mut()
        .filter_map(|node| match node {
            ReferenceOr::Item(callback) => Some(callback),
            ReferenceOr::Reference { .. } => None,
        });
    for item in callbacks.flat_map(|callback| callback.values_mut()) {
        path_item(item, &known);
    }
    for item in api.paths.paths.values_mut() {
        if let ReferenceOr::Item(item) = item {
            path_item(item, &known);
        }
    }
    api.components = Some(components);
}

fn count(components: &oa::Components) -> usize {
    components.parameters.len() + components.request_bodies.len() + components.headers.len()
}

/// Whether the node is no reference, or its target is there.
fn exists<T, U>(node: &ReferenceOr<T>, known: &indexmap::IndexMap<String, U>) -> bool {
    match node {
        ReferenceOr::Item(_) => true,
        ReferenceOr::Reference { reference } => reference
            .rsplit('/')
            .next()
            .is_some_and(|name| known.contains_key(unescape(name).as_ref())),
    }
}

fn path_item(item: &mut oa::PathItem, known: &oa::Components) {
    item.parameters
        .retain(|node| exists(node, &known.parameters));
    let operations = [
        &mut item.get,
        &mut item.put,
        &mut item.post,
        &mut item.delete,
        &mut item.options,
        &mut item.head,
        &mut item.patch,
        &mut item.trace,
    ];
    for operation in operations.into_iter().flatten() {
        operation
            .parameters
            .retain(|node| exists(node, &known.parameters));
        operation.request_body = operation
            .request_body
            .take()
            .filter(|body| exists(body, &known.request_bodies));
        if let Some(ReferenceOr::Item(body)) = &mut operation.request_body {
            content(&mut body.content, known);
        }
        let responses = &mut operation.responses;
        for node in responses
            .default
            .iter_mut()
            .chain(responses.responses.values_mut())
        {
            response(node, known);
        }
        for item in operation
            .callbacks
            .values_mut()
            .flat_map(|c| c.values_mut())
        {
            path_item(item, known);
        }
    }
}

fn response(node: &mut ReferenceOr<oa::Response>, known: &oa::Components) {
    if let ReferenceOr::Item(response) = node {
        response
            .headers
            .retain(|_, node| exists(node, &known.headers));
        content(&mut response.content, known);
    }
}

fn content(content: &mut oa::Content, known: &oa::Components) {
    for encoding in content
        .values_mut()
        .flat_map(|media| media.encoding.values_mut())
    {
        encoding
            .headers
            .retain(|_, node| exists(node, &known.headers));
    }
}
