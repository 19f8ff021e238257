//! Parameters, headers and media types.

use indexmap::IndexMap;
use openapiv3 as oa;
use openapiv3::{ParameterSchemaOrContent, ReferenceOr};

use super::read::{self, Reader};
use super::schema::schema;
use crate::diagnostic::codes;
use crate::dialect::context::{degraded, dropped, repaired};
use crate::dialect::trail::Trail;
use crate::source::{Node, Value};

/// The parameters of a path item or operation, each once.
pub(super) fn parameters(
    r: &mut Reader<'_, '_>,
    owner: &Node,
    at: &Trail<'_>,
) -> Vec<ReferenceOr<oa::Parameter>> {
    let at = at.key("parameters");
    let mut out: Vec<ReferenceOr<oa::Parameter>> = Vec::new();
    let mut seen: IndexMap<String, usize> = IndexMap::new();
    for (index, node) in r.items(owner, "parameters", &at).iter().enumerate() {
        let at = at.index(index);
        let found = match node.reference() {
            Some(reference) => ReferenceOr::ref_(reference),
            None => match parameter(r, node, &at) {
                Some(parameter) => ReferenceOr::Item(parameter),
                None => continue,
            },
        };
        let identity = match &found {
            ReferenceOr::Reference { reference } => reference.clone(),
            ReferenceOr::Item(item) => {
                let place = node.get_str("in").unwrap_or_default();
                format!("{place} {}", item.parameter_data_ref().name)
            }
        };
        if let Some(earlier) = seen.get(&identity) {
            let message = format!("the parameter `{identity}` appears twice");
            let finding = repaired(&codes::DUPLICATE_PARAMETER, message)
                .help("the last one is used; remove the other");
            r.cx.report(&at, node.place, finding);
            out[*earlier] = found;
        } else {
            seen.insert(identity, out.len());
            out.push(found);
        }
    }
    out
}

/// One parameter; none if it has no name or location.
pub(super) fn parameter(
    r: &mut Reader<'_, '_>,
    node: &Node,
    at: &Trail<'_>,
) -> Option<oa::Parameter> {
    if node.get("x-pontoon-unresolved").is_some() {
        return None;
    }
    let bad = |r: &mut Reader<'_, '_>, message: String| {
        let finding = dropped(&codes::BAD_PARAMETER, message)
            .help("a parameter needs a `name` and an `in` of query, header, path or cookie");
        r.cx.report(at, node.place, finding);
    };
    let Value::Object(_) = node.value else {
        bad(
            r,
            format!("a parameter is {}; it is ignored", node.value.kind()),
        );
        return None;
    };
    let Some(name) = node
        .get("name")
        .and_then(read::scalar_text)
        .filter(|n| !n.is_empty())
    else {
        bad(r, "a parameter without a name is ignored".to_owned());
        return None;
    };
    let location = node
        .get_str("in")
        .map(str::to_ascii_lowercase)
        .unwrap_or_default();
    let mut required = r.boolean(node, "required", at).unwrap_or_default();
    if location == "path" && !required {
        let message = format!("the path parameter `{name}` is not marked as required");
        let finding = repaired(&codes::BAD_PARAMETER, message).help("add `required: true`");
        r.cx.report(at, node.place, finding);
        required = true;
    }
    let data = oa::ParameterData {
        name: name.clone(),
        description: r.prose(node, "description"),
        required,
        deprecated: r.boolean(node, "deprecated", at),
        format: format(r, node, at, "the parameter"),
        example: node.get("example").map(Node::to_json),
        examples: IndexMap::new(),
        explode: r.boolean(node, "explode", at),
        extensions: read::extensions(node),
    };
    Some(match location.as_str() {
        "query" => oa::Parameter::Query {
            parameter_data: data,
            allow_reserved: r.boolean(node, "allowReserved", at).unwrap_or_default(),
            style: query_style(r, node, at).unwrap_or_default(),
            allow_empty_value: r.boolean(node, "allowEmptyValue", at),
        },
        "header" => oa::Parameter::Header {
            style: only_style(r, node, at, "simple", oa::HeaderStyle::Simple),
            parameter_data: data,
        },
        "path" => oa::Parameter::Path {
            style: match node.get_str("style") {
                Some("matrix") => oa::PathStyle::Matrix,
                Some("label") => oa::PathStyle::Label,
                _ => only_style(r, node, at, "simple", oa::PathStyle::Simple),
            },
            parameter_data: data,
        },
        "cookie" => oa::Parameter::Cookie {
            style: only_style(r, node, at, "form", oa::CookieStyle::Form),
            parameter_data: data,
        },
        other => {
            bad(r, format!("the parameter `{name}` in `{other}` is ignored"));
            return None;
        }
    })
}

/// The style of a query parameter or form field.
fn query_style(r: &mut Reader<'_, '_>, node: &Node, at: &Trail<'_>) -> Option<oa::QueryStyle> {
    Some(match node.get_str("style") {
        Some("spaceDelimited") => oa::QueryStyle::SpaceDelimited,
        Some("pipeDelimited") => oa::QueryStyle::PipeDelimited,
        Some("deepObject") => oa::QueryStyle::DeepObject,
        None if node.get("style").is_none() => return None,
        _ => only_style(r, node, at, "form", oa::QueryStyle::Form),
    })
}

/// The style that is left; any other is reported.
fn only_style<T>(r: &mut Reader<'_, '_>, node: &Node, at: &Trail<'_>, word: &str, style: T) -> T {
    if let Some(found) = node
        .get("style")
        .filter(|found| found.as_str() != Some(word))
    {
        let shown = found.as_str().unwrap_or(found.value.kind());
        let message = format!("the style `{shown}` is not allowed here; `{word}` is used");
        let finding = repaired(&codes::BAD_STYLE, message);
        r.cx.report(&at.key("style"), found.place, finding);
    }
    style
}

/// `schema`, or `content`, or a string.
fn format(
    r: &mut Reader<'_, '_>,
    node: &Node,
    at: &Trail<'_>,
    what: &str,
) -> ParameterSchemaOrContent {
    if let Some(found) = node.get("schema") {
        return ParameterSchemaOrContent::Schema(schema(r, found, &at.key("schema")));
    }
    if node
        .get("content")
        .and_then(Node::as_object)
        .is_some_and(|c| !c.is_empty())
    {
        return ParameterSchemaOrContent::Content(content(r, node, at));
    }
    let message = format!("{what} has no schema; a string is assumed");
    let finding = repaired(&codes::NO_PARAMETER_SCHEMA, message).help("add a `schema`");
    r.cx.report(at, node.place, finding);
    let string = oa::SchemaKind::Type(oa::Type::String(oa::StringType::default()));
    ParameterSchemaOrContent::Schema(ReferenceOr::Item(oa::Schema {
        schema_data: oa::SchemaData::default(),
        schema_kind: string,
    }))
}

/// The headers of a response or part.
pub(super) fn headers(
    r: &mut Reader<'_, '_>,
    owner: &Node,
    at: &Trail<'_>,
) -> IndexMap<String, ReferenceOr<oa::Header>> {
    let at = at.key("headers");
    let mut out = IndexMap::new();
    for (name, node) in r.members(owner, "headers", &at) {
        if let Some(found) = header(r, node, &at.key(name)) {
            out.insert(name.clone(), found);
        }
    }
    out
}

/// One header or a reference to one.
pub(super) fn header(
    r: &mut Reader<'_, '_>,
    node: &Node,
    at: &Trail<'_>,
) -> Option<ReferenceOr<oa::Header>> {
    if let Some(reference) = node.reference() {
        return Some(ReferenceOr::ref_(reference));
    }
    if node.as_object().is_none() {
        r.cx.wrong_kind(at, node, "a header object");
        return None;
    }
    let mut extensions = read::extensions(node);
    if r.boolean(node, "explode", at) == Some(true) {
        extensions.insert("x-pontoon-explode".to_owned(), true.into());
    }
    Some(ReferenceOr::Item(oa::Header {
        description: r.prose(node, "description"),
        style: oa::HeaderStyle::Simple,
        required: r.boolean(node, "required", at).unwrap_or_default(),
        deprecated: r.boolean(node, "deprecated", at),
        format: format(r, node, at, "the header"),
        example: None,
        examples: IndexMap::new(),
        extensions,
    }))
}

/// Media types and their schemas.
pub(super) fn content(r: &mut Reader<'_, '_>, owner: &Node, at: &Trail<'_>) -> oa::Content {
    let at = at.key("content");
    let mut out = IndexMap::new();
    for (name, node) in r.members(owner, "content", &at) {
        let at = at.key(name);
        if !matches!(node.value, Value::Object(_) | Value::Null) {
            let message = format!("the media type `{name}` is {}", node.value.kind());
            r.cx.report(&at, node.place, degraded(&codes::BAD_MEDIA_TYPE, message));
        }
        let media = oa::MediaType {
            schema: node.get("schema").map(|s| schema(r, s, &at.key("schema"))),
            example: None,
            examples: IndexMap::new(),
            encoding: encodings(r, node, &at),
            extensions: read::extensions(node),
        };
        out.insert(name.trim().to_owned(), media);
    }
    out
}

fn encodings(
    r: &mut Reader<'_, '_>,
    media: &Node,
    at: &Trail<'_>,
) -> IndexMap<String, oa::Encoding> {
    let at = at.key("encoding");
    let mut out = IndexMap::new();
    for (name, node) in r.members(media, "encoding", &at) {
        let at = at.key(name);
        let style = query_style(r, node, &at);
        let form = matches!(style, None | Some(oa::QueryStyle::Form));
        let encoding = oa::Encoding {
            content_type: r.string(node, "contentType", &at),
            headers: headers(r, node, &at),
            explode: r.boolean(node, "explode", &at).unwrap_or(form),
            style,
            allow_reserved: r.boolean(node, "allowReserved", &at).unwrap_or_default(),
            extensions: read::extensions(node),
        };
        out.insert(name.clone(), encoding);
    }
    out
}
