//! Webhooks and callbacks: one open enumeration of each, and the table by which
//! the runtime tells them apart.

use super::calls::response_row;
use super::docs;
use super::ir::{
    Event, EventKey, EventVariant, Events, Namespace, ReceivedFrom, ResponseRow, Type,
};
use super::ledger::Ledger;
use super::names;
use super::namespaces::Plan;
use super::typing::Types;
use crate::api::{Api, Body, Codec, EventRule, Location, Response, Webhook};
use indexmap::IndexMap;
use std::collections::{BTreeMap, HashMap};

/// Ledger keys of webhooks and callbacks with the words their types begin with.
/// `operations` has those of operations.
pub(super) fn prefixes(api: &Api, operations: &HashMap<String, String>) -> Vec<(String, String)> {
    let each = api.webhooks.iter().map(|webhook| {
        let words = match &webhook.callback {
            None => format!("webhook {}", webhook.name),
            Some(callback) => match operations.get(&callback.operation) {
                Some(operation) => format!("{operation} {}", webhook.name),
                None => format!("callback {}", webhook.name),
            },
        };
        let method = webhook.operation.method.to_ascii_lowercase();
        match method.as_str() {
            "post" => (webhook.key(), words),
            method => (webhook.key(), format!("{words} {method}")),
        }
    });
    each.collect()
}

/// The enumerations of webhooks and of callbacks, where there are any. Operations
/// that have callbacks say so in their docs.
pub(super) fn events(
    types: &Types<'_>,
    plan: &Plan,
    namespaces: &mut [Namespace],
    ledger: &mut Ledger,
) -> Vec<Events> {
    let (callbacks, webhooks): (Vec<&Webhook>, Vec<&Webhook>) = types
        .api
        .webhooks
        .iter()
        .partition(|found| found.callback.is_some());
    let words = super::typing::prefixes(types.api, plan);
    let mut found = Vec::new();
    if !webhooks.is_empty() {
        let lowering = Lowering::new(types, &words, &webhooks);
        let mut events = lowering.events("WebhookEvent", &webhooks, ledger);
        events.key = types.api.event_key.as_ref().map(|key| EventKey {
            places: key.places.clone(),
            by_name: key.rule == EventRule::Name,
            seen: key.seen.clone(),
        });
        if let Some(EventRule::Values(values)) = types.api.event_key.as_ref().map(|key| &key.rule) {
            for (row, values) in events.rows.iter_mut().zip(values) {
                row.values.clone_from(values);
            }
        }
        found.push(events);
    }
    if !callbacks.is_empty() {
        let lowering = Lowering::new(types, &words, &callbacks);
        let events = lowering.events("CallbackEvent", &callbacks, ledger);
        mention(&events, types.api, plan, namespaces);
        found.push(events);
    }
    found
}

/// Says in the docs of operations what they make the vendor send.
fn mention(events: &Events, api: &Api, plan: &Plan, namespaces: &mut [Namespace]) {
    let mut lines: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for row in &events.rows {
        let (Some(source), Some(body)) = (&row.source, row.bodies.first()) else {
            continue;
        };
        let variant = &events.variants[body.variant].name;
        let line = format!(
            "Calls back {} as [`crate::webhooks::{name}::{variant}`].",
            code(&source.expression),
            name = events.name,
        );
        lines.entry(&source.operation).or_default().push(line);
    }
    let mut positions: HashMap<usize, usize> = HashMap::new();
    for (operation, (namespace, _)) in api.operations.iter().zip(&plan.operations) {
        let position = positions.entry(*namespace).or_default();
        let index = *position;
        *position += 1;
        let Some(lines) = lines.get(operation.key().as_str()) else {
            continue;
        };
        let Some(lowered) = namespaces[*namespace].operations.get_mut(index) else {
            continue;
        };
        for line in lines {
            docs::paragraph(&mut lowered.docs, line.clone());
        }
    }
}

/// Webhooks or callbacks on their way to the IR.
struct Lowering<'a> {
    types: &'a Types<'a>,
    words: &'a HashMap<String, String>,
    ids: HashMap<&'a str, crate::api::SchemaId>,
    /// Headers that all of them declare.
    common: Vec<String>,
}

impl<'a> Lowering<'a> {
    fn new(types: &'a Types<'a>, words: &'a HashMap<String, String>, all: &[&Webhook]) -> Self {
        let mut common = all.first().map(|first| headers(first)).unwrap_or_default();
        common.retain(|name| all.iter().all(|webhook| headers(webhook).contains(name)));
        Self {
            types,
            words,
            ids: types.ids(),
            common,
        }
    }

    fn events(&self, name: &str, all: &[&Webhook], ledger: &mut Ledger) -> Events {
        let mut variants: Vec<EventVariant> = Vec::new();
        let mut found = Vec::new();
        let called = names_of(all);
        let bodies: Vec<_> = all.iter().map(|webhook| self.bodies(webhook)).collect();
        let labels: IndexMap<&String, &String> = bodies
            .iter()
            .flatten()
            .map(|(label, words, _)| (label, words))
            .collect();
        let labels = labels.into_iter();
        let (names, unknown) = super::items::variants(
            ledger,
            &format!("events {name}"),
            labels.map(|(label, words)| (names::camel(words), label.clone())),
        );
        let mut names = names.into_iter().map(|(name, _)| name);
        for ((webhook, called), bodies) in all.iter().zip(called).zip(&bodies) {
            let mut rows: Vec<ResponseRow> = Vec::new();
            let mut last: Option<&String> = None;
            for (label, _, body) in bodies {
                let body = *body;
                if last != Some(label) {
                    variants.push(EventVariant {
                        name: names.next().unwrap_or_default(),
                        docs: self.docs(webhook, &called, body),
                        deprecated: webhook.operation.deprecated,
                        ty: body.map_or(Type::Unit, |body| boxed(self.body_type(body))),
                    });
                    last = Some(label);
                }
                rows.push(self.row(body, variants.len() - 1));
            }
            found.push(Event {
                name: called,
                method: webhook.operation.method.clone(),
                source: webhook.callback.as_ref().map(|callback| ReceivedFrom {
                    operation: callback.operation.clone(),
                    expression: callback.expression.clone(),
                }),
                values: Vec::new(),
                bodies: rows,
            });
        }
        let kind = if name == "WebhookEvent" {
            "webhook"
        } else {
            "callback"
        };
        let mut docs = vec![format!("What the API sends: a {kind}.")];
        if !self.common.is_empty() {
            let names: Vec<String> = self.common.iter().map(|name| code(name)).collect();
            docs::paragraph(&mut docs, format!("Headers: {}.", names.join(", ")));
        }
        Events {
            name: name.to_owned(),
            table_name: format!("{}S", kind.to_uppercase()),
            docs,
            key: None,
            variants,
            unknown,
            rows: found,
        }
    }

    /// The bodies of a request: those of one type follow each other under one label
    /// of the ledger. With each go the words of its variant.
    fn bodies<'w>(&self, webhook: &'w Webhook) -> Vec<(String, String, Option<&'w Body>)> {
        let key = webhook.key();
        let words = self.words.get(&key).cloned().unwrap_or_default();
        let words = match webhook.callback {
            None => words.strip_prefix("webhook ").unwrap_or(&words).to_owned(),
            Some(_) => words,
        };
        let Some(first) = &webhook.operation.body else {
            return vec![(key, words, None)];
        };
        let mut types: Vec<(Type, String, String)> = Vec::new();
        let mut found: Vec<(usize, &Body)> = Vec::new();
        for body in std::iter::once(first).chain(&first.others) {
            let identity = self.types.identity(&self.body_type(body), &self.ids);
            let known = types.iter().position(|(other, ..)| *other == identity);
            let position = known.unwrap_or_else(|| {
                let (label, words) = match types.is_empty() {
                    true => (key.clone(), words.clone()),
                    false => {
                        let media_type = body.media_type.split(';').next().unwrap_or_default();
                        let subtype = media_type.rsplit('/').next().unwrap_or_default();
                        (
                            format!("{key} {}", media_type.trim().to_ascii_lowercase()),
                            format!("{words} {subtype}"),
                        )
                    }
                };
                types.push((identity, label, words));
                types.len() - 1
            });
            found.push((position, body));
        }
        found.sort_by_key(|(position, _)| *position);
        let each = found.into_iter().map(|(position, body)| {
            let (_, label, words) = &types[position];
            (label.clone(), words.clone(), Some(body))
        });
        each.collect()
    }

    fn body_type(&self, body: &Body) -> Type {
        match body.codec {
            Codec::Text => Type::String,
            Codec::Bytes => Type::Bytes,
            _ => self.types.with_null(body.schema),
        }
    }

    fn row(&self, body: Option<&Body>, variant: usize) -> ResponseRow {
        let response = match body {
            None => Response::default(),
            Some(body) => Response {
                media_type: body.media_type.clone(),
                codec: body.codec,
                schema: Some(body.schema),
                ..Response::default()
            },
        };
        response_row(self.types.api, &response, variant)
    }

    fn docs(&self, webhook: &Webhook, called: &str, body: Option<&Body>) -> Vec<String> {
        let operation = &webhook.operation;
        let mut lines = docs::operation(operation);
        if let Some(body) = body.and_then(|body| body.description.as_deref()) {
            let body = docs::text(Some(body));
            if lines.is_empty() {
                lines = body;
            }
        }
        let method = &operation.method;
        docs::paragraph(
            &mut lines,
            match &webhook.callback {
                None => format!("{} {method}", code(called)),
                Some(callback) => format!(
                    "{}: {method} to {}, asked for by {}",
                    code(called),
                    code(&callback.expression),
                    code(&callback.operation),
                ),
            },
        );
        let own = headers(webhook);
        let own = own.iter().filter(|name| !self.common.contains(name));
        let own: Vec<String> = own.map(|name| code(name)).collect();
        if !own.is_empty() {
            docs::paragraph(&mut lines, format!("Headers: {}.", own.join(", ")));
        }
        for response in &operation.responses {
            let Some(schema) = response.schema else {
                continue;
            };
            if let Type::Named(name) = self.types.of(schema) {
                let status = response.status;
                docs::paragraph(
                    &mut lines,
                    format!("Answer `{status}`: [`models::{name}`]."),
                );
            }
        }
        lines
    }
}

/// Models are held in boxes, so that the enumeration is as small as its name.
fn boxed(ty: Type) -> Type {
    match ty {
        Type::Named(_) => Type::Boxed(Box::new(ty)),
        ty => ty,
    }
}

/// Text of the spec as code in Markdown.
fn code(text: &str) -> String {
    format!("`{}`", text.replace('`', "'"))
}

/// The headers that a request declares.
fn headers(webhook: &Webhook) -> Vec<String> {
    let parameters = webhook.operation.parameters.iter();
    let headers = parameters.filter(|found| found.location == Location::Header);
    headers.map(|found| found.name.clone()).collect()
}

/// The names by which a receiver asks for requests: a webhook's own, a callback's
/// behind the operation's, with what tells those of one name apart.
fn names_of(all: &[&Webhook]) -> Vec<String> {
    let plain = |webhook: &Webhook| match &webhook.callback {
        None => webhook.name.clone(),
        Some(callback) => format!("{} {}", callback.operation, webhook.name),
    };
    let located = |webhook: &Webhook| match &webhook.callback {
        None => plain(webhook),
        Some(callback) => format!("{} {}", plain(webhook), callback.expression),
    };
    let mut count: HashMap<String, usize> = HashMap::new();
    for webhook in all {
        *count.entry(plain(webhook)).or_default() += 1;
        if webhook.callback.is_some() {
            *count.entry(located(webhook)).or_default() += 1;
        }
    }
    let each = all.iter().map(|webhook| {
        let (plain, located) = (plain(webhook), located(webhook));
        if count[&plain] == 1 {
            return plain;
        }
        if webhook.callback.is_some() && count[&located] == 1 {
            return located;
        }
        format!("{located} {}", webhook.operation.method)
    });
    each.collect()
}
