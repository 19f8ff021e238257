//! Requests that the vendor sends: webhooks and callbacks.

use super::Operation;

/// A webhook, or a callback of an operation.
#[derive(Debug, Clone)]
pub struct Webhook {
    /// Its name in the document.
    pub name: String,
    /// The operation that asks for it; `None` for a webhook.
    pub callback: Option<Callback>,
    /// The request and the answers that are expected. It has no path and no
    /// servers: the receiver's URL is the receiver's own. The body is received,
    /// the answers are sent.
    pub operation: Operation,
}

/// Where a callback comes from.
#[derive(Debug, Clone)]
pub struct Callback {
    /// The key of the operation: `POST /path`.
    pub operation: String,
    /// The URL that is called, a runtime expression (OAS 3.0.3, Callback Object):
    /// `{$request.body#/url}`.
    pub expression: String,
}

impl Webhook {
    /// The key by which the ledger knows it: `webhook NAME POST`, or
    /// `callback POST /path NAME EXPRESSION POST`.
    pub fn key(&self) -> String {
        let (name, method) = (&self.name, &self.operation.method);
        match &self.callback {
            None => format!("webhook {name} {method}"),
            Some(Callback {
                operation,
                expression,
            }) => format!("callback {operation} {name} {expression} {method}"),
        }
    }
}

/// What tells the webhooks of an API apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventKey {
    /// Where to look in a request.
    pub places: Vec<EventPlace>,
    /// How what stands there names the webhook.
    pub rule: EventRule,
    /// Why this is believed, for people.
    pub seen: String,
    /// JSON pointer of a webhook that shows it.
    pub pointer: String,
}

/// A place in a request.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum EventPlace {
    /// A header.
    Header(String),
    /// A property of the body: names from the root inwards.
    Property(Vec<String>),
}

/// How the values at the places of an [`EventKey`] name a webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventRule {
    /// Each webhook has values of its own: by webhook, in the order of the API's
    /// webhooks (callbacks left out), a list for each place.
    Values(Vec<Vec<Vec<String>>>),
    /// The values in a row are the webhook's name, but for case and for what
    /// separates words; what is absent is left out.
    Name,
}
