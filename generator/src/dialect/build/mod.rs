//! From located nodes to the structs of `openapiv3`. Total: whatever does
//! not fit is reported and left out, and the rest is kept.

mod components;
mod dangling;
mod operation;
mod parameter;
mod read;
mod schema;
mod security;

use indexmap::IndexMap;
use openapiv3 as oa;

use super::context::{Context, dropped, repaired};
use super::trail::Trail;
use crate::diagnostic::codes;
use crate::source::{Node, Value};
use read::Reader;

/// Builds the whole document.
pub(super) fn document(tree: &Node, cx: &mut Context<'_>) -> oa::OpenAPI {
    let root = Trail::ROOT;
    let mut r = Reader { cx };
    let mut api = oa::OpenAPI {
        openapi: "3.0.3".to_owned(),
        info: info(&mut r, tree, &root),
        servers: servers(&mut r, tree, &root),
        paths: paths(&mut r, tree, &root),
        components: components::components(&mut r, tree, &root),
        security: security::requirements(&mut r, tree, &root),
        tags: tags(&mut r, tree, &root),
        external_docs: external_docs(&mut r, tree, &root),
        extensions: read::extensions(tree),
    };
    webhooks(&mut r, tree, &mut api);
    if components::lost(tree, api.components.as_ref()) {
        dangling::remove(&mut api);
    }
    api
}

fn info(r: &mut Reader<'_, '_>, tree: &Node, at: &Trail<'_>) -> oa::Info {
    let at = at.key("info");
    let Some(info) = tree.get("info") else {
        let finding = repaired(&codes::MISSING, "`info` is missing");
        r.cx.report(&at, tree.place, finding);
        return oa::Info {
            title: "API".to_owned(),
            version: "0".to_owned(),
            ..oa::Info::default()
        };
    };
    let title = r.string(info, "title", &at);
    if title.is_none() {
        let finding = repaired(&codes::MISSING, "`info.title` is missing");
        r.cx.report(&at, info.place, finding);
    }
    let version = r.string(info, "version", &at);
    if version.is_none() {
        let finding = repaired(&codes::MISSING, "`info.version` is missing");
        r.cx.report(&at, info.place, finding);
    }
    oa::Info {
        title: title.unwrap_or_else(|| "API".to_owned()),
        version: version.unwrap_or_else(|| "0".to_owned()),
        description: r.prose(info, "description"),
        terms_of_service: r.prose(info, "termsOfService"),
        contact: info.get("contact").map(|contact| oa::Contact {
            name: r.prose(contact, "name"),
            url: r.prose(contact, "url"),
            email: r.prose(contact, "email"),
            extensions: read::extensions(contact),
        }),
        license: info.get("license").map(|license| oa::License {
            name: r.prose(license, "name").unwrap_or_default(),
            url: r.prose(license, "url"),
            extensions: read::extensions(license),
        }),
        extensions: read::extensions(info),
    }
}

/// The servers of a document, path item or operation.
fn servers(r: &mut Reader<'_, '_>, owner: &Node, at: &Trail<'_>) -> Vec<oa::Server> {
    let at = at.key("servers");
    let mut out = Vec::new();
    for (index, node) in r.items(owner, "servers", &at).iter().enumerate() {
        let at = at.index(index);
        let url = match &node.value {
            Value::Object(_) => r.string(node, "url", &at),
            Value::String(url) => Some(url.clone()),
            _ => None,
        };
        let Some(url) = url else {
            let finding = dropped(&codes::BAD_SERVER, "a server without a `url` is ignored");
            r.cx.report(&at, node.place, finding);
            continue;
        };
        out.push(oa::Server {
            url,
            description: r.prose(node, "description"),
            variables: variables(r, node, &at),
            extensions: read::extensions(node),
        });
    }
    out
}

fn variables(
    r: &mut Reader<'_, '_>,
    server: &Node,
    at: &Trail<'_>,
) -> Option<IndexMap<String, oa::ServerVariable>> {
    let at = at.key("variables");
    server.get("variables")?;
    let mut out = IndexMap::new();
    for (name, node) in r.members(server, "variables", &at) {
        let at = at.key(name);
        let enumeration: Vec<String> = r
            .items(node, "enum", &at.key("enum"))
            .iter()
            .filter_map(read::scalar_text)
            .collect();
        let default = node.get("default").and_then(read::scalar_text);
        let default = default
            .or_else(|| enumeration.first().cloned())
            .unwrap_or_else(|| {
                let message = format!("the server variable `{name}` has no default");
                r.cx.report(&at, node.place, repaired(&codes::BAD_SERVER, message));
                String::new()
            });
        let variable = oa::ServerVariable {
            enumeration,
            default,
            description: r.prose(node, "description"),
            extensions: read::extensions(node),
        };
        out.insert(name.clone(), variable);
    }
    Some(out)
}

fn tags(r: &mut Reader<'_, '_>, tree: &Node, at: &Trail<'_>) -> Vec<oa::Tag> {
    let at = at.key("tags");
    let mut out = Vec::new();
    for (index, node) in r.items(tree, "tags", &at).iter().enumerate() {
        let at = at.index(index);
        let name = match &node.value {
            Value::Object(_) => r.string(node, "name", &at),
            _ => read::scalar_text(node),
        };
        let Some(name) = name else {
            r.cx.wrong_kind(&at, node, "a tag with a `name`");
            continue;
        };
        out.push(oa::Tag {
            name,
            description: r.prose(node, "description"),
            external_docs: external_docs(r, node, &at),
            extensions: read::extensions(node),
        });
    }
    out
}

/// The link to documentation, if it has a URL.
fn external_docs(
    r: &mut Reader<'_, '_>,
    owner: &Node,
    at: &Trail<'_>,
) -> Option<oa::ExternalDocumentation> {
    let docs = owner.get("externalDocs")?;
    Some(oa::ExternalDocumentation {
        url: r.string(docs, "url", &at.key("externalDocs"))?,
        description: r.prose(docs, "description"),
        extensions: read::extensions(docs),
    })
}

/// Webhooks as the document model writes path items, by name.
fn webhooks(r: &mut Reader<'_, '_>, tree: &Node, api: &mut oa::OpenAPI) {
    let Some(value) = api.extensions.get_mut(super::webhooks::HOME) else {
        return;
    };
    let root = Trail::ROOT;
    let at = root.key(super::webhooks::HOME);
    let mut built = serde_json::Map::new();
    for (name, node) in r.members(tree, super::webhooks::HOME, &at) {
        let item = operation::path_item(r, node, &at.key(name));
        if let Ok(item) = serde_json::to_value(item) {
            built.insert(name.clone(), item);
        }
    }
    *value = serde_json::Value::Object(built);
}

fn paths(r: &mut Reader<'_, '_>, tree: &Node, at: &Trail<'_>) -> oa::Paths {
    let at = at.key("paths");
    let mut out = oa::Paths::default();
    for (path, node) in r.members(tree, "paths", &at) {
        if path.starts_with("x-") {
            out.extensions.insert(path.clone(), node.to_json());
            continue;
        }
        let item = operation::path_item(r, node, &at.key(path));
        out.paths.insert(path.clone(), oa::ReferenceOr::Item(item));
    }
    out
}
