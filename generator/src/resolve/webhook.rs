//! Webhooks and callbacks: what the vendor sends.

use super::Resolver;
use super::operation::{described, member, methods};
use super::security::requirements;
use crate::api::{Body, Callback, Codec, Operation, SchemaKind, Webhook};
use crate::diagnostic::{Effect, codes};
use crate::source::escape;
use openapiv3::{Operation as Described, PathItem};

/// Webhooks of a lowered document.
const WEBHOOKS: &str = "x-pontoon-webhooks";

impl Resolver<'_> {
    /// The webhooks of the document.
    pub(super) fn declared_webhooks(&mut self) {
        let document = self.document;
        let found = document.extensions.get(WEBHOOKS);
        let found = found.and_then(serde_json::Value::as_object);
        for (name, item) in found.into_iter().flatten() {
            let pointer = format!("#/{WEBHOOKS}/{}", escape(name));
            match serde_json::from_value::<PathItem>(item.clone()) {
                Ok(item) => self.received(name, None, &item, &pointer),
                Err(error) => self.report(
                    &codes::CALLBACKS,
                    Effect::Dropped,
                    &pointer,
                    format!("the webhook cannot be read: {error}"),
                ),
            }
        }
    }

    /// The callbacks of an operation.
    pub(super) fn callbacks(&mut self, of: &Operation, declared: &Described, pointer: &str) {
        for (name, callback) in &declared.callbacks {
            let pointer = format!("{pointer}/callbacks/{}", escape(name));
            if callback.is_empty() {
                let message = format!("the callback `{name}` has no request");
                self.report(&codes::CALLBACKS, Effect::Dropped, &pointer, message);
            }
            for (expression, item) in callback {
                let pointer = format!("{pointer}/{}", escape(expression));
                let source = Callback {
                    operation: of.key(),
                    expression: expression.clone(),
                };
                self.received(name, Some(&source), item, &pointer);
            }
        }
    }

    /// The requests of a path item.
    fn received(
        &mut self,
        name: &str,
        callback: Option<&Callback>,
        item: &PathItem,
        pointer: &str,
    ) {
        let more = self.more_operations(item, pointer);
        let found = methods(item, &more);
        if found.is_empty() {
            let message = format!("`{name}` has no request");
            self.report(&codes::CALLBACKS, Effect::Dropped, pointer, message);
        }
        for (method, declared) in found {
            let place = format!("{pointer}/{}", member(method));
            let mut webhook = Webhook {
                name: name.to_owned(),
                callback: callback.cloned(),
                operation: Operation {
                    method: method.to_owned(),
                    ..described(declared, item, place.clone())
                },
            };
            let key = webhook.key();
            let operation = &mut webhook.operation;
            operation.parameters =
                self.declared_parameters(&item.parameters, declared, &key, (pointer, &place));
            operation.body = self.request_body(declared, &key, &place);
            if let Some(body) = &mut operation.body {
                self.as_received(body, &place);
            }
            operation.responses = self.responses(&declared.responses, &key, &place);
            // The document's own requirements are those of its operations.
            let security = declared.security.as_ref();
            self.check_schemes(security, &place);
            operation.security = security.map(|list| requirements(list)).unwrap_or_default();
            self.webhooks.push(webhook);
            if !declared.callbacks.is_empty() {
                self.report(
                    &codes::CALLBACKS,
                    Effect::Dropped,
                    &format!("{place}/callbacks"),
                    "callbacks of what the vendor sends get no types",
                );
            }
        }
    }

    /// A body as it is read: parts of a multipart body are not taken apart.
    fn as_received(&mut self, body: &mut Body, pointer: &str) {
        let mut all = vec![&mut *body];
        let mut others = std::mem::take(&mut all[0].others);
        all.extend(&mut others);
        for body in all {
            if body.codec != Codec::Multipart {
                continue;
            }
            let message = format!("`{}` is handed over as bytes", body.media_type);
            self.report(&codes::CALLBACKS, Effect::Degraded, pointer, message);
            body.codec = Codec::Bytes;
            let key = self.schemas[body.schema.index()].key.clone();
            body.schema = self.any(&format!("{key} bytes"), pointer);
            let format = Some("binary".to_owned());
            self.schemas[body.schema.index()].kind = SchemaKind::String { format };
        }
        body.others = others;
    }
}
