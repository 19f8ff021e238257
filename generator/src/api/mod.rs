//! The resolved model of an API: no `$ref` left, every place has a key that
//! survives reordering, nothing here knows Rust or the document it came from.

mod ambiguity;
mod declared;
mod format;
mod list;
mod operation;
mod schema;
mod webhook;

pub use ambiguity::{alike, constant};
pub use declared::{Declared, HeaderForm, Link};
pub use format::Format;
pub use list::*;
pub use operation::*;
pub use schema::*;
pub use webhook::*;

/// An API after resolution.
#[derive(Debug, Clone, Default)]
pub struct Api {
    /// `info.title`.
    pub title: String,
    /// `info.version`, as written.
    pub version: String,
    /// `info.description`.
    pub description: Option<String>,
    /// `externalDocs.url` of the document.
    pub docs_url: Option<String>,
    /// Servers in declared order.
    pub servers: Vec<Server>,
    /// Security schemes in declared order.
    pub security_schemes: Vec<SecurityScheme>,
    /// Declared tags: `(name, description)`.
    pub tags: Vec<(String, Option<String>)>,
    /// Operations in declared order.
    pub operations: Vec<Operation>,
    /// What the vendor sends to its users: webhooks in declared order, after the
    /// callbacks of operations.
    pub webhooks: Vec<Webhook>,
    /// How webhooks are told apart, where that is known.
    pub event_key: Option<EventKey>,
    /// All schemas; [`SchemaId`] indexes this.
    pub schemas: Vec<Schema>,
}

impl Api {
    /// The schema behind `id`, with component aliases followed.
    pub fn schema(&self, id: SchemaId) -> &Schema {
        &self.schemas[self.canonical(id).index()]
    }

    /// Everything that is sent, with the key by which the ledger knows it: the
    /// operations, then webhooks and callbacks.
    pub fn exchanges(&self) -> impl Iterator<Item = (String, &Operation)> {
        let own = self.operations.iter().map(|found| (found.key(), found));
        let webhooks = self.webhooks.iter();
        own.chain(webhooks.map(|found| (found.key(), &found.operation)))
    }

    /// Follows aliases (a schema that is nothing but a reference) to the schema
    /// that says something.
    pub fn canonical(&self, mut id: SchemaId) -> SchemaId {
        // Resolution guarantees that alias chains end; the bound is a second lock.
        for _ in 0..self.schemas.len() {
            match self.schemas[id.index()].kind {
                SchemaKind::Alias(next) => id = next,
                _ => break,
            }
        }
        id
    }
}
