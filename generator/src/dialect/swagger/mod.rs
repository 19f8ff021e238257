//! Swagger 2.0 to the shape of OpenAPI 3.0. Schemas are lowered afterwards.

mod operation;
mod parameter;
mod security;

use super::context::{Context, repaired};
use super::trail::Trail;
use crate::diagnostic::codes;
use crate::source::{Node, Object, Place, Value, escape};

/// What an operation inherits from the document.
struct Defaults {
    consumes: Vec<String>,
    produces: Vec<String>,
    /// Parameters of the document, by name.
    parameters: Object,
}

/// Lowers the whole document in place.
pub(super) fn lower(tree: &mut Node, cx: &mut Context<'_>) {
    let place = tree.place;
    let Some(members) = tree.as_object_mut() else {
        return;
    };
    members.shift_remove("swagger");
    members.insert("openapi".to_owned(), Node::new("3.0.3", place));
    servers(members, place, cx);
    let defaults = Defaults {
        consumes: media_types(members.shift_remove("consumes")),
        produces: media_types(members.shift_remove("produces")),
        parameters: take_object(members, "parameters"),
    };
    let mut components = Object::default();
    for (from, kind) in [
        ("definitions", "schemas"),
        ("responses", "responses"),
        ("securityDefinitions", "securitySchemes"),
    ] {
        if let Some(node) = members.shift_remove(from) {
            let to = format!("#/components/{kind}");
            cx.pointers.record(to, &format!("#/{from}"));
            components.insert(kind.to_owned(), node);
        }
    }
    cx.pointers
        .record("#/components/parameters".to_owned(), "#/parameters");
    let root = Trail::ROOT;
    let at = root.key("components");
    if let Some(Value::Object(responses)) = components.get_mut("responses").map(|n| &mut n.value) {
        let at = at.key("responses");
        for (name, node) in responses.iter_mut() {
            operation::response(node, &defaults.produces, &at.key(name), cx);
        }
    }
    let schemes = components.get_mut("securitySchemes");
    for (_, node) in schemes.and_then(Node::as_object_mut).into_iter().flatten() {
        security::scheme(node);
    }
    components.insert(
        "parameters".to_owned(),
        Node::new(shared_parameters(&defaults, &at, cx), place),
    );
    if let Some(Value::Object(paths)) = members.get_mut("paths").map(|n| &mut n.value) {
        let at = root.key("paths");
        for (path, item) in paths.iter_mut().filter(|(key, _)| !key.starts_with("x-")) {
            operation::path_item(item, &defaults, &at.key(path), cx);
        }
    }
    merge_components(members, components, place);
}

/// Components of a document that has some although it is Swagger 2.0.
fn merge_components(members: &mut Object, components: Object, place: Place) {
    let home = members
        .entry("components".to_owned())
        .or_insert_with(|| Node::new(Object::default(), place));
    if home.as_object().is_none() {
        home.value = Value::Object(Object::default());
    }
    let Value::Object(home) = &mut home.value else {
        return;
    };
    for (kind, node) in components {
        match (
            home.get_mut(&kind).and_then(Node::as_object_mut),
            node.value,
        ) {
            (Some(known), Value::Object(more)) => known.extend(more),
            (_, value) => {
                home.insert(kind, Node::new(value, node.place));
            }
        }
    }
}

/// The shared parameters that are neither bodies nor form fields; those are
/// copied to where they are used.
fn shared_parameters(defaults: &Defaults, at: &Trail<'_>, cx: &mut Context<'_>) -> Object {
    let at = at.key("parameters");
    let mut out = Object::default();
    for (name, node) in &defaults.parameters {
        if matches!(node.get_str("in"), Some("body" | "formData")) {
            continue;
        }
        let mut node = node.clone();
        parameter::lower(&mut node, &at.key(name), cx);
        out.insert(name.clone(), node);
    }
    out
}

fn take_object(members: &mut Object, key: &str) -> Object {
    match members.shift_remove(key).map(|node| node.value) {
        Some(Value::Object(object)) => object,
        _ => Object::default(),
    }
}

/// The media types of `consumes` or `produces`.
fn media_types(node: Option<Node>) -> Vec<String> {
    let text = |node: &Node| {
        let text = node.as_str()?.trim();
        (!text.is_empty()).then(|| text.to_owned())
    };
    match node.map(|n| n.value) {
        Some(Value::Array(items)) => items.iter().filter_map(text).collect(),
        Some(Value::String(word)) => vec![word],
        _ => Vec::new(),
    }
}

/// `schemes`, `host` and `basePath` as servers, https first.
fn servers(members: &mut Object, place: Place, cx: &mut Context<'_>) {
    let schemes = members.shift_remove("schemes");
    let host = members.shift_remove("host");
    let base = members.shift_remove("basePath");
    if members.contains_key("servers") {
        return;
    }
    let mut schemes = media_types(schemes);
    schemes.retain(|scheme| matches!(scheme.as_str(), "http" | "https"));
    schemes.sort_by_key(|scheme| scheme != "https");
    schemes.dedup();
    if schemes.is_empty() {
        schemes.push("https".to_owned());
    }
    let place = host.as_ref().or(base.as_ref()).map_or(place, |n| n.place);
    let mut path = base
        .as_ref()
        .and_then(Node::as_str)
        .unwrap_or("/")
        .to_owned();
    if !path.starts_with('/') {
        path.insert(0, '/');
    }
    let path = path.trim_end_matches('/');
    let server = |url: String| Node::object(place, [("url", Node::new(url, place))]);
    let servers: Vec<Node> = match host
        .as_ref()
        .and_then(Node::as_str)
        .filter(|h| !h.is_empty())
    {
        Some(host) => {
            let host = host.trim().trim_end_matches('/');
            let bare = host.split_once("://").map_or(host, |(_, rest)| rest);
            if bare != host {
                let message = format!("`host` is the URL `{host}`; its host is used");
                let finding = repaired(&codes::BAD_SERVER, message);
                cx.report_at("#/host", place, finding);
            }
            let urls = schemes
                .iter()
                .map(|scheme| format!("{scheme}://{bare}{path}"));
            urls.map(server).collect()
        }
        None => vec![server(if path.is_empty() { "/" } else { path }.to_owned())],
    };
    cx.pointers.record("#/servers".to_owned(), "#/host");
    members.insert("servers".to_owned(), Node::new(servers, place));
}

/// Content of one schema under each media type, with the moves recorded.
fn content(
    schema: &Node,
    media_types: &[String],
    owner: &str,
    from: &str,
    cx: &mut Context<'_>,
) -> Node {
    let place = schema.place;
    let mut out = Object::default();
    for media_type in media_types {
        let to = format!("{owner}/content/{}/schema", escape(media_type));
        cx.pointers.record(to, from);
        let media = Node::object(place, [("schema", schema.clone())]);
        out.insert(media_type.clone(), media);
    }
    Node::new(out, place)
}
