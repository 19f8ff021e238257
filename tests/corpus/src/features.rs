//! What a spec has that another may not have: how the sample is chosen.

use crate::places::Subject;
use pontoon::api::{Codec, Location, SchemaId, SchemaKind, SchemeKind, Statuses, Style};
use std::collections::BTreeSet;

/// Words for what stands in the spec.
pub(crate) fn features(subject: &Subject) -> BTreeSet<String> {
    let api = &subject.api;
    let mut found: BTreeSet<String> = BTreeSet::new();
    let mut add = |words: String| {
        found.insert(words);
    };
    add(format!("dialect {}", subject.dialect));
    add(format!("operations {}", size(api.operations.len())));
    add(format!("schemas {}", size(api.schemas.len())));
    for scheme in &api.security_schemes {
        add(match &scheme.kind {
            SchemeKind::ApiKeyHeader { .. } => "auth header key".to_owned(),
            SchemeKind::ApiKeyQuery { .. } => "auth query key".to_owned(),
            SchemeKind::ApiKeyCookie { .. } => "auth cookie key".to_owned(),
            SchemeKind::Basic => "auth basic".to_owned(),
            SchemeKind::Bearer => "auth bearer".to_owned(),
            SchemeKind::OAuth2(_) => "auth oauth2".to_owned(),
            SchemeKind::OpenIdConnect { .. } => "auth openid".to_owned(),
            SchemeKind::MutualTls => "auth mutual tls".to_owned(),
            SchemeKind::Digest => "auth digest".to_owned(),
            #[allow(unreachable_patterns)]
            _ => "auth other".to_owned(),
        });
    }
    if api
        .servers
        .iter()
        .any(|server| !server.variables.is_empty())
    {
        add("server variables".to_owned());
    }
    for operation in &api.operations {
        if operation.id.is_none() {
            add("no operationId".to_owned());
        }
        if operation.tags.is_empty() {
            add("no tag".to_owned());
        }
        if operation.path.contains('#') || operation.path.contains('?') {
            add("path with variant".to_owned());
        }
        if operation.security.len() > 1 {
            add("auth alternatives".to_owned());
        }
        if operation.security.iter().any(|all| all.len() > 1) {
            add("auth together".to_owned());
        }
        if !operation.servers.is_empty() {
            add("operation servers".to_owned());
        }
        for parameter in &operation.parameters {
            let place = match parameter.location {
                Location::Path => "path",
                Location::Query => "query",
                Location::Header => "header",
                Location::Cookie => "cookie",
            };
            let usual = match parameter.location {
                Location::Path | Location::Header => Style::Simple,
                _ => Style::Form,
            };
            if parameter.style != usual || place == "cookie" {
                add(format!("{place} {:?}", parameter.style).to_lowercase());
            }
        }
        if let Some(body) = &operation.body {
            add(format!("body {:?}", body.codec).to_lowercase());
            if body.codec != Codec::Empty {
                add(format!("body {}", media(&body.media_type)));
            }
            if operation.method == "GET" || operation.method == "DELETE" {
                add(format!("body on {}", operation.method));
            }
        }
        for response in &operation.responses {
            match response.status {
                Statuses::Class(_) => add("response class".to_owned()),
                Statuses::Default => add("response default".to_owned()),
                Statuses::Code(_) => {}
            }
            if response.codec != Codec::Empty {
                add(format!("answer {}", media(&response.media_type)));
            }
        }
    }
    for (index, schema) in api.schemas.iter().enumerate() {
        let bounds = &schema.annotations.bounds;
        match &schema.kind {
            SchemaKind::Union(union) => {
                let kind = if union.discriminator.is_some() {
                    "discriminated union"
                } else {
                    "union"
                };
                add(format!("{kind} {}", size(union.members.len())));
            }
            SchemaKind::Integer {
                format: Some(format),
            } => add(format!("integer {}", plain(format))),
            SchemaKind::Number {
                format: Some(format),
            } => add(format!("number {}", plain(format))),
            SchemaKind::String {
                format: Some(format),
            } => add(format!("string {}", plain(format))),
            SchemaKind::IntegerEnum(_) => add("integer enum".to_owned()),
            SchemaKind::StringEnum(values) => add(format!("enum {}", size(values.len()))),
            SchemaKind::Map(_) => add("map".to_owned()),
            SchemaKind::Never => add("never".to_owned()),
            SchemaKind::Object(object) if object.additional.is_some() => {
                add("properties and map".to_owned());
            }
            SchemaKind::Object(object)
                if object
                    .properties
                    .values()
                    .any(|found| inside(subject, index, found.schema)) =>
            {
                add("recursion".to_owned());
            }
            _ => {}
        }
        if schema.nullable {
            add("nullable".to_owned());
        }
        if schema.annotations.read_only {
            add("readOnly".to_owned());
        }
        if schema.annotations.write_only {
            add("writeOnly".to_owned());
        }
        if bounds.pattern.is_some() {
            add("pattern".to_owned());
        }
    }
    found
}

/// Whether a property leads straight back to its object, through lists at most.
fn inside(subject: &Subject, object: usize, mut id: SchemaId) -> bool {
    for _ in 0..8 {
        id = subject.api.canonical(id);
        match subject.api.schemas[id.index()].kind {
            SchemaKind::Array(next) | SchemaKind::Map(next) => id = next,
            _ => return id.index() == object,
        }
    }
    false
}

/// A class of size.
fn size(count: usize) -> &'static str {
    match count {
        0..=4 => "up to 4",
        5..=19 => "up to 19",
        20..=99 => "up to 99",
        100..=999 => "up to 999",
        1000..=4999 => "up to 4,999",
        _ => "5,000 and more",
    }
}

/// A media type without its parameters; a vendor's own by its suffix.
fn media(text: &str) -> String {
    let text = text
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_lowercase();
    match text.rsplit_once('+') {
        Some((_, suffix)) => format!("+{suffix}"),
        None => plain(&text),
    }
}

/// The registered words as they are, all others as one.
fn plain(text: &str) -> String {
    const KNOWN: &[&str] = &[
        "int32",
        "int64",
        "uint64",
        "uint32",
        "float",
        "double",
        "decimal",
        "date-time",
        "date",
        "time",
        "duration",
        "uuid",
        "uri",
        "url",
        "byte",
        "binary",
        "password",
        "email",
        "hostname",
        "ipv4",
        "ipv6",
        "unix-time",
        "application/json",
        "application/xml",
        "text/plain",
        "text/html",
        "text/csv",
        "text/json",
        "application/octet-stream",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "application/pdf",
        "application/zip",
        "image/png",
        "image/jpeg",
        "text/event-stream",
        "*/*",
    ];
    if KNOWN.contains(&text) {
        text.to_owned()
    } else {
        "other".to_owned()
    }
}
