//! Headers and links in operation tables.

use crate::api::{HeaderForm, Statuses};

/// What a response declares beside its body.
#[derive(Debug, Clone)]
pub struct DeclaredRow {
    /// The statuses.
    pub status: Statuses,
    /// The headers.
    pub headers: Option<HeadersRow>,
    /// The links.
    pub links: Vec<LinkRow>,
}

/// The headers of a response.
#[derive(Debug, Clone)]
pub struct HeadersRow {
    /// The struct; the name of the type, not of a place.
    pub model: String,
    /// The name that this place has for it.
    pub name: String,
    /// Headers that are written in another form than the default.
    pub forms: Vec<HeaderForm>,
}

/// A link.
#[derive(Debug, Clone)]
pub struct LinkRow {
    /// Its name.
    pub name: String,
    /// The target, as its table's `id` says.
    pub id: String,
    /// The target: `GET /path`.
    pub target: String,
    /// Arguments by parameter name.
    pub parameters: Vec<(String, LinkValue)>,
    /// The request body.
    pub body: Option<LinkValue>,
}

/// A value of a link.
#[derive(Debug, Clone)]
pub enum LinkValue {
    /// A text, with runtime expressions in it or as a whole.
    Text(String),
    /// The JSON text of any other value.
    Json(String),
}
