//! Links of an answer, with their runtime expressions evaluated.

use super::{Raw, headers};
use crate::Error;
use crate::codec::parameter::Parts;
use crate::json::Json;
use crate::operation::{self, LinkValue};
use bytes::Bytes;
use percent_encoding::percent_decode_str;

/// What a link says may be asked next: an operation, and arguments for it taken
/// from the request and its answer.
#[derive(Debug, Clone)]
pub struct Link {
    declared: &'static operation::Link,
    parameters: Vec<(&'static str, Json)>,
    body: Option<Json>,
    unresolved: Vec<(&'static str, &'static str)>,
}

impl Link {
    /// Its name among the links of the response.
    pub fn name(&self) -> &'static str {
        self.declared.name
    }

    /// The operation that it leads to: its `operationId`, or `METHOD path`.
    pub fn operation(&self) -> &'static str {
        self.declared.operation
    }

    /// The value for a parameter of that operation; `None` where the link has none
    /// or its expression found nothing.
    pub fn parameter(&self, name: &str) -> Option<&Json> {
        let mut all = self.parameters.iter();
        all.find(|(known, _)| *known == name)
            .map(|(_, value)| value)
    }

    /// All parameters that have a value.
    pub fn parameters(&self) -> &[(&'static str, Json)] {
        &self.parameters
    }

    /// The request body for that operation.
    pub fn body(&self) -> Option<&Json> {
        self.body.as_ref()
    }

    /// Parameters whose expression found nothing, with the expression; the body is
    /// called `requestBody`. They are not passed on (OAS 3.0.3, Link Object).
    pub fn unresolved(&self) -> &[(&'static str, &'static str)] {
        &self.unresolved
    }
}

/// What expressions need of the request; kept where an operation has links.
/// Credentials are no part of it.
#[derive(Debug, Clone)]
pub(crate) struct Sent {
    pub(crate) parts: Parts,
    pub(crate) body: Option<Bytes>,
}

impl Raw {
    pub(super) fn links(&self) -> &'static [operation::Link] {
        headers::declared(self.operation, self.status).map_or(&[], |row| row.links)
    }

    pub(super) fn link(&self, name: &str) -> Result<Link, Error> {
        let Some(declared) = self.links().iter().find(|link| link.name == name) else {
            let message = format!("the response declares no link `{name}`");
            return Err(self.located(Error::decode(message)));
        };
        let mut link = Link {
            declared,
            parameters: Vec::new(),
            body: None,
            unresolved: Vec::new(),
        };
        let scene = Scene {
            raw: self,
            body: Json::parse(&self.body).ok(),
        };
        for (name, value) in declared.parameters {
            match scene.value(*value) {
                Some(found) => link.parameters.push((name, found)),
                None => link.unresolved.push((name, text(*value))),
            }
        }
        if let Some(value) = declared.body {
            link.body = scene.value(value);
            if link.body.is_none() {
                link.unresolved.push(("requestBody", text(value)));
            }
        }
        Ok(link)
    }
}

fn text(value: LinkValue) -> &'static str {
    match value {
        LinkValue::Text(text) | LinkValue::Json(text) => text,
    }
}

/// An answer whose body was read as JSON, where it is that.
struct Scene<'a> {
    raw: &'a Raw,
    body: Option<Json>,
}

impl Scene<'_> {
    fn value(&self, value: LinkValue) -> Option<Json> {
        match value {
            LinkValue::Text(text) => self.text(text),
            LinkValue::Json(text) => self.filled(Json::parse(text.as_bytes()).ok()?),
        }
    }

    /// A JSON value with the expressions in its texts evaluated.
    fn filled(&self, value: Json) -> Option<Json> {
        Some(match value {
            Json::String(text) => self.text(&text)?,
            Json::Array(items) => {
                let items: Option<Vec<Json>> =
                    items.into_iter().map(|item| self.filled(item)).collect();
                Json::Array(items?)
            }
            Json::Object(members) => {
                let mut filled = crate::json::JsonObject::new();
                for (name, member) in members {
                    filled.insert(name, self.filled(member)?);
                }
                Json::Object(filled)
            }
            other => other,
        })
    }

    fn text(&self, text: &str) -> Option<Json> {
        if text.starts_with('$') {
            return self.expression(text);
        }
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("{$") {
            let (inner, after) = after.split_once('}')?;
            out.push_str(before);
            match self.expression(&["$", inner].concat())? {
                Json::String(text) => out.push_str(&text),
                other => out.push_str(&other.to_string()),
            }
            rest = after;
        }
        out.push_str(rest);
        Some(Json::String(out))
    }

    /// OAS 3.0.3, Runtime Expressions.
    fn expression(&self, text: &str) -> Option<Json> {
        let raw = self.raw;
        match text {
            "$url" => return Some(Json::String(raw.address.to_string())),
            "$method" => return Some(Json::String(raw.operation.method.to_owned())),
            "$statusCode" => return Json::parse(raw.status.as_str().as_bytes()).ok(),
            _ => {}
        }
        if let Some(source) = text.strip_prefix("$response.") {
            return match source.split_once('.') {
                Some(("header", name)) => {
                    let value = raw.headers.get(name)?.to_str().ok()?;
                    Some(Json::String(value.to_owned()))
                }
                _ => pointed(self.body.as_ref()?, source),
            };
        }
        let sent = raw.sent.as_deref()?;
        let source = text.strip_prefix("$request.")?;
        let found = match source.split_once('.') {
            Some(("path", name)) => decoded(&sent.parts.path.iter().rev().find(|p| p.0 == name)?.1),
            Some(("header", name)) => {
                let mut all = sent.parts.headers.iter().rev();
                all.find(|pair| pair.0.eq_ignore_ascii_case(name))?
                    .1
                    .clone()
            }
            Some(("query", name)) => {
                let mut pairs = sent.parts.query.split('&').map(|pair| pair.split_once('='));
                let value = pairs.find_map(|pair| pair.filter(|pair| decoded(pair.0) == name));
                decoded(value?.1)
            }
            _ => return pointed(&Json::parse(sent.body.as_ref()?).ok()?, source),
        };
        Some(Json::String(found))
    }
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// `body`, or `body#/pointer`.
fn pointed(body: &Json, source: &str) -> Option<Json> {
    let pointer = source.strip_prefix("body")?;
    let pointer = pointer.strip_prefix('#').unwrap_or(pointer);
    body.pointer(pointer).cloned()
}
