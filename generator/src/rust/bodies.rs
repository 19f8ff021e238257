//! Bodies in several media types: which one is the operation's own, the methods of
//! the others, the variants of responses.
//!
//! One media type is the operation's argument; it stays the one when a later
//! version of the spec adds others, so calls that are written go on compiling and
//! go on sending what they sent. Another media type gets a method beside it where
//! its value is of another type or is written as parts; other names of the same
//! format need no code, only a row in the table.

use super::calls::{Lowering, response_row};
use super::errors;
use super::ir::{Alternative, Argument, ResponseRow, Target, Type};
use super::ledger::{Ledger, rows};
use super::names;
use crate::api::{self, Body, Codec, Statuses};
use std::collections::HashSet;

impl Lowering<'_> {
    pub(super) fn body_type(&self, body: &api::Body) -> Type {
        match body.codec {
            Codec::Text => Type::String,
            Codec::Bytes => Type::Bytes,
            _ => self.types.of(body.schema),
        }
    }

    /// The methods that send the body in another media type.
    pub(super) fn alternatives(
        &self,
        plain: &str,
        positional: &[Argument],
        optional: &[Argument],
        ledger: &mut Ledger,
    ) -> Vec<Alternative> {
        let Some(body) = &self.operation.body else {
            return Vec::new();
        };
        let identity = |body: &api::Body| self.types.identity(&self.body_type(body), self.ids);
        let mut found = Vec::new();
        for (index, suffix) in offered(body, identity) {
            let other = &body.others[index];
            let names = (self.module, plain, suffix.as_str());
            let name = method(self.operation, other, names, ledger);
            let target = Target::BodyAs(index);
            let (argument, _) = self.argument("body".to_owned(), target);
            let mut made = alternative(name, other, argument, positional, optional);
            made.exercise = self.exercise(&made.positional, &[]).positional;
            found.push(made);
        }
        found
    }

    /// The body that a target means.
    pub(super) fn target_body(&self, target: Target) -> Option<&api::Body> {
        let body = self.operation.body.as_ref()?;
        match target {
            Target::Parameter(_) => None,
            Target::Body => Some(body),
            Target::BodyAs(index) => body.others.get(index),
        }
    }

    /// A variant for each status and type, and the rows of the table.
    pub(super) fn variants(
        &self,
        found: &[(&api::Response, Type)],
    ) -> (Vec<errors::Row>, Vec<ResponseRow>) {
        let mut variants: Vec<errors::Row> = Vec::new();
        let mut identities: Vec<(Statuses, Type)> = Vec::new();
        let mut rows = Vec::new();
        for (response, ty) in found {
            let identity = (response.status, self.types.identity(ty, self.ids));
            let variant = match identities.iter().position(|known| *known == identity) {
                Some(variant) => variant,
                None => {
                    let is_second = identities.iter().any(|known| known.0 == response.status);
                    variants.push(errors::Row {
                        status: response.status,
                        words: is_second.then(|| spoken(response)),
                        ty: ty.clone(),
                    });
                    identities.push(identity);
                    identities.len() - 1
                }
            };
            rows.push(response_row(self.types.api, response, variant));
        }
        (variants, rows)
    }
}

/// What the ledger knows the argument of a body by: its media type, where that
/// is not JSON.
pub(super) fn wire(body: &Body) -> String {
    match body.codec {
        Codec::Json => "body".to_owned(),
        _ => format!("body {}", label(&body.media_type)),
    }
}

/// The operation with the body that the ledger knows before the others; `None`
/// where it is there already.
pub(super) fn pinned(operation: &api::Operation, ledger: &Ledger) -> Option<api::Operation> {
    let body = operation.body.as_ref()?;
    let known = ledger.arguments.get(&operation.key())?;
    let wire_of_old = rows(known)
        .map(|(_, wire)| wire)
        .find(|wire| wire.starts_with("body "))?;
    let position = body
        .others
        .iter()
        .position(|other| wire(other) == wire_of_old)?;
    let mut first = body.clone();
    let mut others = std::mem::take(&mut first.others);
    let mut old = others.remove(position);
    others.insert(0, first);
    old.others = others;
    let mut operation = operation.clone();
    operation.body = Some(old);
    Some(operation)
}

/// The other bodies that need a method: their index among the others and the
/// method's suffix. `ty` gives the type of a body, the same for the same type.
fn offered(body: &Body, ty: impl Fn(&Body) -> Type) -> Vec<(usize, String)> {
    let mut seen = vec![(body.codec, ty(body))];
    let mut words = HashSet::from([word(body.codec).to_owned()]);
    let mut found = Vec::new();
    for (index, other) in body.others.iter().enumerate() {
        let kind = (other.codec, ty(other));
        // A form of the same value is chosen by `CallOptions::media_type`.
        let is_form =
            body.codec == Codec::Json && other.codec == Codec::Form && kind.1 == seen[0].1;
        if is_form || seen.contains(&kind) {
            continue;
        }
        let plain = word(other.codec).to_owned();
        let suffix = if words.contains(&plain) {
            subtype(&other.media_type)
        } else {
            plain
        };
        words.insert(suffix.clone());
        found.push((index, suffix));
        seen.push(kind);
    }
    found
}

/// The name of an alternative's method; the ledger keeps it.
fn method(
    operation: &api::Operation,
    other: &Body,
    (module, plain, suffix): (&str, &str, &str),
    ledger: &mut Ledger,
) -> String {
    let key = format!("{} body {}", operation.key(), label(&other.media_type));
    let prefix = format!("{module}::");
    let known = ledger.operations.get(&key);
    if let Some(name) = known.and_then(|path| path.strip_prefix(&prefix)) {
        return name.to_owned();
    }
    let paths = ledger.operations.values();
    let mut used: HashSet<String> = paths
        .filter_map(|path| path.strip_prefix(&prefix))
        .map(str::to_owned)
        .collect();
    let name = names::unique(names::snake(&format!("{plain}_{suffix}")), &mut used);
    ledger.operations.insert(key, format!("{prefix}{name}"));
    name
}

/// The alternative: the operation's positional arguments with this body.
fn alternative(
    name: String,
    other: &Body,
    mut body: Argument,
    positional: &[Argument],
    optional: &[Argument],
) -> Alternative {
    let is_body = |argument: &&Argument| argument.target == Target::Body;
    let own = positional.iter().chain(optional).find(is_body);
    if let Some(own) = own {
        body.name.clone_from(&own.name);
    }
    let mut arguments = positional.to_vec();
    match arguments
        .iter_mut()
        .find(|argument| argument.target == Target::Body)
    {
        Some(place) => *place = body,
        None => arguments.push(body),
    }
    Alternative {
        name,
        media_type: other.media_type.clone(),
        positional: arguments,
        exercise: Vec::new(),
    }
}

fn word(codec: Codec) -> &'static str {
    match codec {
        Codec::Empty => "empty",
        Codec::Json => "json",
        Codec::Form => "form",
        Codec::Multipart => "multipart",
        Codec::Xml => "xml",
        Codec::Text => "text",
        Codec::Bytes => "bytes",
        Codec::Events | Codec::Lines => "stream",
    }
}

/// What tells a response from one of the same status in another media type.
fn spoken(response: &api::Response) -> String {
    match response.codec {
        Codec::Json => subtype(&response.media_type),
        codec => word(codec).to_owned(),
    }
}

/// `merge-patch` of `application/merge-patch+json`.
fn subtype(media_type: &str) -> String {
    let essence = label(media_type);
    let subtype = essence.rsplit('/').next().unwrap_or_default();
    let words = subtype.split('+').next().unwrap_or_default();
    let words = words.strip_prefix("vnd.").unwrap_or(words);
    names::module(words)
}

fn label(media_type: &str) -> String {
    let essence = media_type.split(';').next().unwrap_or_default();
    essence.trim().to_ascii_lowercase()
}
