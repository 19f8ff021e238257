//! Path items, operations, request bodies and responses.

use indexmap::IndexMap;
use openapiv3 as oa;
use openapiv3::ReferenceOr;

use super::parameter::{content, headers, parameters};
use super::read::{self, Reader};
use super::{external_docs, security, servers};
use crate::diagnostic::codes;
use crate::dialect::context::{dropped, repaired};
use crate::dialect::trail::Trail;
use crate::source::{Node, Value};

/// A path item. Methods beyond those of OpenAPI 3.0 were moved to an
/// extension before.
pub(super) fn path_item(r: &mut Reader<'_, '_>, node: &Node, at: &Trail<'_>) -> oa::PathItem {
    if node.as_object().is_none() {
        if !node.is_null() {
            r.cx.wrong_kind(at, node, "a path item");
        }
        return oa::PathItem::default();
    }
    oa::PathItem {
        summary: r.prose(node, "summary"),
        description: r.prose(node, "description"),
        get: method(r, node, "get", at),
        put: method(r, node, "put", at),
        post: method(r, node, "post", at),
        delete: method(r, node, "delete", at),
        options: method(r, node, "options", at),
        head: method(r, node, "head", at),
        patch: method(r, node, "patch", at),
        trace: method(r, node, "trace", at),
        servers: servers(r, node, at),
        parameters: parameters(r, node, at),
        extensions: more_operations(r, node, at),
    }
}

/// The extensions of a path item; among them operations of other methods, as
/// the document model writes them.
fn more_operations(
    r: &mut Reader<'_, '_>,
    item: &Node,
    at: &Trail<'_>,
) -> IndexMap<String, serde_json::Value> {
    let mut extensions = read::extensions(item);
    let Some(value) = extensions.get_mut("x-pontoon-operations") else {
        return extensions;
    };
    let at = at.key("x-pontoon-operations");
    let mut built = serde_json::Map::new();
    let more = item.get("x-pontoon-operations");
    for name in more.and_then(Node::as_object).into_iter().flatten() {
        let found = more.and_then(|more| method(r, more, name.0, &at));
        if let Some(Ok(found)) = found.map(serde_json::to_value) {
            built.insert(name.0.clone(), found);
        }
    }
    *value = serde_json::Value::Object(built);
    extensions
}

fn method(
    r: &mut Reader<'_, '_>,
    item: &Node,
    name: &str,
    at: &Trail<'_>,
) -> Option<oa::Operation> {
    let node = item.get(name)?;
    let at = at.key(name);
    if node.as_object().is_none() {
        let message = format!("the operation is {}; it is ignored", node.value.kind());
        let finding = dropped(&codes::BAD_OPERATION, message).help("an operation is an object");
        r.cx.report(&at, node.place, finding);
        return None;
    }
    Some(operation(r, node, &at))
}

fn operation(r: &mut Reader<'_, '_>, node: &Node, at: &Trail<'_>) -> oa::Operation {
    oa::Operation {
        tags: r.strings(node, "tags", at),
        summary: r.prose(node, "summary"),
        description: r.prose(node, "description"),
        external_docs: external_docs(r, node, at),
        operation_id: r
            .string(node, "operationId", at)
            .filter(|id| !id.is_empty()),
        parameters: parameters(r, node, at),
        request_body: node
            .get("requestBody")
            .and_then(|body| request_body(r, body, &at.key("requestBody"))),
        responses: responses(r, node, at),
        callbacks: callbacks(r, node, at),
        deprecated: r.boolean(node, "deprecated", at).unwrap_or_default(),
        security: security::requirements(r, node, at),
        servers: servers(r, node, at),
        extensions: read::extensions(node),
    }
}

/// A request body or a reference to one.
pub(super) fn request_body(
    r: &mut Reader<'_, '_>,
    node: &Node,
    at: &Trail<'_>,
) -> Option<ReferenceOr<oa::RequestBody>> {
    if let Some(reference) = node.reference() {
        return Some(ReferenceOr::ref_(reference));
    }
    match node.value {
        Value::Object(_) => {}
        Value::Null => return None,
        _ => {
            r.cx.wrong_kind(at, node, "a request body");
            return None;
        }
    }
    Some(ReferenceOr::Item(oa::RequestBody {
        description: r.prose(node, "description"),
        content: content(r, node, at),
        required: r.boolean(node, "required", at).unwrap_or_default(),
        extensions: read::extensions(node),
    }))
}

fn responses(r: &mut Reader<'_, '_>, operation: &Node, at: &Trail<'_>) -> oa::Responses {
    let place = operation.place;
    let mut out = oa::Responses::default();
    if operation.get("responses").is_none() {
        let finding = repaired(&codes::NO_RESPONSES, "the operation has no `responses`");
        r.cx.report(at, place, finding);
        return out;
    }
    let at = at.key("responses");
    for (key, node) in r.members(operation, "responses", &at) {
        if key.starts_with("x-") {
            out.extensions.insert(key.clone(), node.to_json());
            continue;
        }
        let at = at.key(key);
        if key == "default" {
            out.default = Some(response(r, node, &at));
            continue;
        }
        let Some(status) = status(key) else {
            let message = format!("`{key}` is not a response status; the response is ignored");
            let finding = dropped(&codes::BAD_STATUS, message)
                .help("use a status code such as 200, a range such as 4XX, or `default`");
            r.cx.report(&at, node.place, finding);
            continue;
        };
        if !status.to_string().eq_ignore_ascii_case(key) {
            let message = format!("`{key}` is read as the response status {status}");
            r.cx.report(&at, node.place, repaired(&codes::BAD_STATUS, message));
        }
        let found = response(r, node, &at);
        out.responses.insert(status, found);
    }
    out
}

/// `200`, `4XX` in any case, and words such as `200 OK` or `success`.
fn status(key: &str) -> Option<oa::StatusCode> {
    let word = key.trim().to_ascii_uppercase();
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    let rest = &word[digits..];
    if digits == 3 && !rest.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        let code: u16 = word[..3].parse().ok()?;
        return (100..600)
            .contains(&code)
            .then_some(oa::StatusCode::Code(code));
    }
    if digits == 1 && matches!(rest, "XX" | "**" | "X" | "00X") {
        let class: u16 = word[..1].parse().ok()?;
        return (1..=5)
            .contains(&class)
            .then_some(oa::StatusCode::Range(class));
    }
    None
}

/// A response or a reference to one. It always has a description.
pub(super) fn response(
    r: &mut Reader<'_, '_>,
    node: &Node,
    at: &Trail<'_>,
) -> ReferenceOr<oa::Response> {
    if let Some(reference) = node.reference() {
        return ReferenceOr::ref_(reference);
    }
    if let Value::String(text) = &node.value {
        let message = "the response is a string; it is read as its description";
        r.cx.report(at, node.place, repaired(&codes::WRONG_KIND, message));
        return ReferenceOr::Item(oa::Response {
            description: text.clone(),
            ..oa::Response::default()
        });
    }
    if !matches!(node.value, Value::Object(_) | Value::Null) {
        r.cx.wrong_kind(at, node, "a response");
    }
    ReferenceOr::Item(oa::Response {
        description: r.prose(node, "description").unwrap_or_default(),
        headers: headers(r, node, at),
        content: content(r, node, at),
        links: links(r, node, at),
        extensions: read::extensions(node),
    })
}

/// Links that name their operation.
fn links(
    r: &mut Reader<'_, '_>,
    owner: &Node,
    at: &Trail<'_>,
) -> IndexMap<String, ReferenceOr<oa::Link>> {
    let at = at.key("links");
    let mut out = IndexMap::new();
    for (name, node) in r.members(owner, "links", &at) {
        if let Some(found) = link(r, node, &at.key(name)) {
            out.insert(name.clone(), found);
        }
    }
    out
}

/// One link; none if it names no operation.
pub(super) fn link(
    r: &mut Reader<'_, '_>,
    node: &Node,
    at: &Trail<'_>,
) -> Option<ReferenceOr<oa::Link>> {
    if let Some(reference) = node.reference() {
        return Some(ReferenceOr::ref_(reference));
    }
    let operation = match (node.get_str("operationId"), node.get_str("operationRef")) {
        (Some(id), _) => oa::LinkOperation::OperationId(id.to_owned()),
        (None, Some(reference)) => oa::LinkOperation::OperationRef(reference.to_owned()),
        (None, None) => {
            let finding = dropped(&codes::LINK, "the link names no operation")
                .help("give it an `operationId` or an `operationRef`");
            r.cx.report(at, node.place, finding);
            return None;
        }
    };
    let parameters = r
        .members(node, "parameters", &at.key("parameters"))
        .map(|(name, value)| (name.clone(), value.to_json()))
        .collect();
    Some(ReferenceOr::Item(oa::Link {
        description: r.prose(node, "description"),
        operation,
        request_body: node.get("requestBody").map(Node::to_json),
        parameters,
        server: None,
        extensions: read::extensions(node),
    }))
}

fn callbacks(
    r: &mut Reader<'_, '_>,
    owner: &Node,
    at: &Trail<'_>,
) -> IndexMap<String, oa::Callback> {
    let at = at.key("callbacks");
    let mut out = IndexMap::new();
    for (name, node) in r.members(owner, "callbacks", &at) {
        out.insert(name.clone(), callback(r, node, &at.key(name)));
    }
    out
}

/// One callback: path items by runtime expression.
pub(super) fn callback(r: &mut Reader<'_, '_>, node: &Node, at: &Trail<'_>) -> oa::Callback {
    let mut out = IndexMap::new();
    let members = node.as_object().into_iter().flatten();
    for (expression, item) in members.filter(|(key, _)| !key.starts_with("x-")) {
        if item.as_object().is_some() {
            out.insert(expression.clone(), path_item(r, item, &at.key(expression)));
        }
    }
    out
}
