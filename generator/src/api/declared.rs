//! What a response declares beside its body: headers and links.

use super::{SchemaId, Statuses, Style};

/// What the response of a status declares beside its body.
#[derive(Debug, Clone)]
pub struct Declared {
    /// The statuses.
    pub status: Statuses,
    /// An object whose properties are the headers; `None` without headers.
    pub headers: Option<SchemaId>,
    /// Headers that are written otherwise than in style `simple`, not exploded.
    pub forms: Vec<HeaderForm>,
    /// The links in declared order.
    pub links: Vec<Link>,
}

/// How the value of a response header is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeaderForm {
    /// The header as the document names it.
    pub name: String,
    /// [`Style::Simple`], [`Style::Json`], and of Swagger 2.0
    /// [`Style::SpaceDelimited`] and [`Style::PipeDelimited`].
    pub style: Style,
    /// The explode flag.
    pub explode: bool,
}

/// A link: how values of an answer become arguments of another operation (OAS
/// 3.0.3, Link Object).
#[derive(Debug, Clone)]
pub struct Link {
    /// Its name among the links of the response.
    pub name: String,
    /// `description`.
    pub description: Option<String>,
    /// The target: `operationId` or `operationRef` as written, and once all
    /// operations are known its key (`GET /path`).
    pub target: String,
    /// Arguments by parameter name; a text may hold runtime expressions.
    pub parameters: Vec<(String, serde_json::Value)>,
    /// The request body of the target.
    pub body: Option<serde_json::Value>,
    /// JSON pointer.
    pub pointer: String,
}
