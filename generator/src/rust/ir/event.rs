//! What the vendor sends: webhooks and callbacks.

use super::{EventPlace, ResponseRow, Type};

/// The requests of one kind (webhooks, or callbacks), as one open enumeration.
#[derive(Debug, Clone, Default)]
pub struct Events {
    /// Name of the enumeration, for example `WebhookEvent`.
    pub name: String,
    /// The name of the `static`.
    pub table_name: String,
    /// Docs.
    pub docs: Vec<String>,
    /// What tells them apart, where that is known.
    pub key: Option<EventKey>,
    /// Variants.
    pub variants: Vec<EventVariant>,
    /// Name of the variant for what is not listed.
    pub unknown: String,
    /// The requests.
    pub rows: Vec<Event>,
}

/// What tells requests apart.
#[derive(Debug, Clone)]
pub struct EventKey {
    /// Where to look.
    pub places: Vec<EventPlace>,
    /// Whether the values in a row are the name; else each row has values.
    pub by_name: bool,
    /// Why this is believed, for people.
    pub seen: String,
}

/// A variant.
#[derive(Debug, Clone)]
pub struct EventVariant {
    /// Name.
    pub name: String,
    /// Docs.
    pub docs: Vec<String>,
    /// `#[deprecated]`.
    pub deprecated: bool,
    /// Type, box included; [`Type::Unit`] without a body.
    pub ty: Type,
}

/// A request that is sent.
#[derive(Debug, Clone)]
pub struct Event {
    /// The name by which the receiver may ask for it.
    pub name: String,
    /// Method.
    pub method: String,
    /// Where a callback comes from.
    pub source: Option<ReceivedFrom>,
    /// The values at each place of the key.
    pub values: Vec<Vec<String>>,
    /// The body in its media types, each with the index of its variant.
    pub bodies: Vec<ResponseRow>,
}

/// Where a callback comes from.
#[derive(Debug, Clone)]
pub struct ReceivedFrom {
    /// The operation: `POST /path`.
    pub operation: String,
    /// The runtime expression of the URL.
    pub expression: String,
}
