//! The `static` tables that the runtime reads: operations, servers, schemes.

use super::writer::Writer;
use super::{declared, literal, paging};
use crate::rust::ir::{
    BodyRow, OperationTable, ParameterRow, ResponseRow, Scheme, Server, XmlRoot,
};
use crate::rust::ir::{Codec, Encoding, Flow, Location, OAuth2, SchemeKind, Statuses, Style};

/// `static NAME: rt::Operation = ...;`
pub(super) fn operation(w: &mut Writer, visible: &str, name: &str, table: &OperationTable) {
    w.open(&[
        visible,
        "static ",
        name,
        ": rt::Operation = rt::Operation {",
    ]);
    w.line(&["id: ", &literal::string(&table.id), ","]);
    w.line(&["method: ", &literal::string(&table.method), ","]);
    w.line(&["path: ", &literal::string(&table.path), ","]);
    let mut row = |name: &str, items: Vec<String>| {
        if !items.is_empty() {
            w.list(&[name, ": &["], &items, "],");
        }
    };
    row("servers", table.servers.iter().map(server).collect());
    row(
        "parameters",
        table.parameters.iter().map(parameter).collect(),
    );
    row("responses", table.responses.iter().map(response).collect());
    row("bare", table.bare.iter().map(u16::to_string).collect());
    row(
        "declared",
        table.declared.iter().map(declared::row).collect(),
    );
    let security = table.security.iter().map(|all| alternative(all));
    row("security", security.collect());
    if let Some(found) = &table.body {
        w.line(&["body: Some(", &body(found), "),"]);
    }
    if let Some(found) = &table.paging {
        w.line(&["paging: Some(&", &paging::row(found), "),"]);
    }
    if let Some(found) = paging::repeat(&table.repeat) {
        w.line(&["repeat: ", &found, ","]);
    }
    w.line(&["..rt::Operation::BLANK"]);
    w.close("};");
}

fn alternative(all: &[(usize, Vec<String>)]) -> String {
    literal::slice(all.iter().map(|(scheme, scopes)| {
        format!(
            "rt::Requirement {{ scheme: {scheme}, scopes: {} }}",
            literal::strings(scopes)
        )
    }))
}

fn parameter(row: &ParameterRow) -> String {
    let name = literal::string(&row.name);
    let (function, style, explode) = match row.location {
        Location::Path => ("path", Style::Simple, false),
        Location::Query => ("query", Style::Form, true),
        Location::Header => ("header", Style::Simple, false),
        Location::Cookie => ("cookie", Style::Form, true),
    };
    let mut text = ["rt::Parameter::", function, "(", &name, ")"].concat();
    // `Parameter::path` is required by itself.
    if row.required && row.location != Location::Path {
        text.push_str(".required()");
    }
    if row.style != style || row.explode != explode {
        text.push_str(&format!(
            ".style({}, {})",
            style_path(row.style),
            row.explode
        ));
    }
    if row.allow_reserved {
        text.push_str(".reserved()");
    }
    text
}

fn body(row: &BodyRow) -> String {
    let required = row.required;
    let mut text = match (row.codec, row.media_type.as_str()) {
        (Codec::Json, "application/json") => format!("rt::Body::json({required})"),
        (codec, media_type) => format!(
            "rt::Body::new({}, {}, {required})",
            literal::string(media_type),
            codec_path(codec, row.xml.as_ref())
        ),
    };
    if !row.encodings.is_empty() {
        let encodings = literal::slice(row.encodings.iter().map(encoding));
        text.push_str(&[".encoded(", &encodings, ")"].concat());
    }
    if !row.others.is_empty() {
        let others = literal::slice(row.others.iter().map(body));
        text.push_str(&[".or(", &others, ")"].concat());
    }
    text
}

fn encoding(encoding: &Encoding) -> String {
    let content_type = match &encoding.content_type {
        Some(content_type) => format!("Some({})", literal::string(content_type)),
        None => "None".to_owned(),
    };
    format!(
        "rt::Encoding {{ name: {}, content_type: {content_type}, style: {}, explode: {} }}",
        literal::string(&encoding.name),
        style_path(encoding.style),
        encoding.explode,
    )
}

pub(super) fn response(row: &ResponseRow) -> String {
    let variant = row.variant;
    let is_json = row.codec == Codec::Json && row.media_type == "application/json";
    match row.status {
        Statuses::Code(code) if is_json => format!("rt::Accepted::json({code}, {variant})"),
        Statuses::Class(class) if is_json => {
            format!("rt::Accepted::json_class({class}, {variant})")
        }
        Statuses::Default if is_json => format!("rt::Accepted::json_default({variant})"),
        Statuses::Code(code) if row.codec == Codec::Empty && row.media_type.is_empty() => {
            format!("rt::Accepted::empty({code}, {variant})")
        }
        status => {
            let status = statuses(status);
            let mut text = format!(
                "rt::Accepted::new({status}, {}, {}, {variant})",
                literal::string(&row.media_type),
                codec_path(row.codec, row.xml.as_ref()),
            );
            if let Some(end) = &row.until {
                text.push_str(&format!(".until({})", literal::string(end)));
            }
            text
        }
    }
}

/// `rt::Statuses::Code(200)`
pub(super) fn statuses(status: Statuses) -> String {
    match status {
        Statuses::Code(code) => format!("rt::Statuses::Code({code})"),
        Statuses::Class(class) => format!("rt::Statuses::Class({class})"),
        Statuses::Default => "rt::Statuses::Default".to_owned(),
    }
}

/// `rt::Server { .. }`
pub(super) fn server(server: &Server) -> String {
    let variables = literal::slice(server.variables.iter().map(|(name, default, allowed)| {
        format!(
            "({}, {}, {})",
            literal::string(name),
            literal::string(default),
            literal::strings(allowed)
        )
    }));
    format!(
        "rt::Server {{ url: {}, variables: {variables} }}",
        literal::string(&server.url)
    )
}

/// `rt::Scheme { .. }`
pub(super) fn scheme(scheme: &Scheme) -> String {
    let named = |variant: &str, name: &str| {
        format!(
            "rt::SchemeKind::{variant} {{ name: {} }}",
            literal::string(name)
        )
    };
    let kind = match &scheme.kind {
        SchemeKind::ApiKeyHeader { name, prefix } => format!(
            "rt::SchemeKind::ApiKeyHeader {{ name: {}, prefix: {} }}",
            literal::string(name),
            literal::string(prefix)
        ),
        SchemeKind::ApiKeyQuery { name } => named("ApiKeyQuery", name),
        SchemeKind::ApiKeyCookie { name } => named("ApiKeyCookie", name),
        SchemeKind::Basic => "rt::SchemeKind::Basic".to_owned(),
        SchemeKind::Bearer => "rt::SchemeKind::Bearer".to_owned(),
        SchemeKind::Digest => "rt::SchemeKind::Digest".to_owned(),
        SchemeKind::MutualTls => "rt::SchemeKind::MutualTls".to_owned(),
        SchemeKind::OpenIdConnect { url } => format!(
            "rt::SchemeKind::OpenIdConnect {{ url: {} }}",
            literal::string(url)
        ),
        SchemeKind::OAuth2(oauth2) => format!("rt::SchemeKind::OAuth2(&{})", flows(oauth2)),
    };
    format!(
        "rt::Scheme {{ name: {}, kind: {kind}, env: {} }}",
        literal::string(&scheme.name),
        literal::strings(&scheme.env)
    )
}

/// `rt::OAuth2 { .. }`
fn flows(oauth2: &OAuth2) -> String {
    let flow = |flow: &Flow| {
        let members = [
            ("authorization_url", &flow.authorization_url),
            ("device_authorization_url", &flow.device_authorization_url),
            ("token_url", &flow.token_url),
            ("refresh_url", &flow.refresh_url),
        ];
        let given = members.iter().filter(|(_, url)| !url.is_empty());
        let given = given.map(|(name, url)| format!("{name}: {}, ", literal::string(url)));
        format!(
            "rt::Flow {{ kind: rt::FlowKind::{:?}, {}..rt::Flow::BLANK }}",
            flow.kind,
            given.collect::<String>()
        )
    };
    let mut text = format!(
        "rt::OAuth2 {{ flows: {}, ",
        literal::slice(oauth2.flows.iter().map(flow))
    );
    if !oauth2.scopes.is_empty() {
        text.push_str(&format!("scopes: {}, ", literal::strings(&oauth2.scopes)));
    }
    if !oauth2.metadata_url.is_empty() {
        let url = literal::string(&oauth2.metadata_url);
        text.push_str(&format!("metadata_url: {url}, "));
    }
    text.push_str("..rt::OAuth2::BLANK }");
    text
}

fn codec_path(codec: Codec, root: Option<&XmlRoot>) -> String {
    let path = match codec {
        Codec::Xml => return super::xml::codec(root),
        Codec::Empty => "rt::Codec::Empty",
        Codec::Json => "rt::Codec::Json",
        Codec::Form => "rt::Codec::Form",
        Codec::Multipart => "rt::Codec::Multipart",
        Codec::Text => "rt::Codec::Text",
        Codec::Bytes => "rt::Codec::Bytes",
        Codec::Events => "rt::Codec::Events",
        Codec::Lines => "rt::Codec::Lines",
    };
    path.to_owned()
}

pub(super) fn style_path(style: Style) -> &'static str {
    match style {
        Style::Simple => "rt::Style::Simple",
        Style::Label => "rt::Style::Label",
        Style::Matrix => "rt::Style::Matrix",
        Style::Form => "rt::Style::Form",
        Style::SpaceDelimited => "rt::Style::SpaceDelimited",
        Style::PipeDelimited => "rt::Style::PipeDelimited",
        Style::DeepObject => "rt::Style::DeepObject",
        Style::Json => "rt::Style::Json",
    }
}
