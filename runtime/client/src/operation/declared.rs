//! What a response declares beside its body.

use super::{Statuses, Style};

/// What a response declares beside its body: headers and links.
#[derive(Debug)]
pub struct Declared {
    /// The statuses it stands for.
    pub status: Statuses,
    /// The name of the struct of its headers (see [`crate::model::Table`]); empty
    /// without headers.
    pub headers: &'static str,
    /// Name, style and explode flag of headers that are not in style `simple`
    /// without explode.
    pub forms: &'static [(&'static str, Style, bool)],
    /// Its links.
    pub links: &'static [Link],
}

impl Declared {
    /// Of the response of a status, nothing as yet.
    pub const fn new(status: Statuses) -> Self {
        Self {
            status,
            headers: "",
            forms: &[],
            links: &[],
        }
    }
    /// The same with headers.
    pub const fn headers(mut self, model: &'static str) -> Self {
        self.headers = model;
        self
    }
    /// The same with headers in other forms than the default.
    pub const fn forms(mut self, forms: &'static [(&'static str, Style, bool)]) -> Self {
        self.forms = forms;
        self
    }
    /// The same with links.
    pub const fn links(mut self, links: &'static [Link]) -> Self {
        self.links = links;
        self
    }
}

/// How values of an answer become arguments of another operation (OAS 3.0.3,
/// Link Object).
#[derive(Debug)]
pub struct Link {
    /// Its name among the links of the response.
    pub name: &'static str,
    /// The target, as [`super::Operation::id`] of it says.
    pub operation: &'static str,
    /// Arguments by parameter name.
    pub parameters: &'static [(&'static str, LinkValue)],
    /// The request body.
    pub body: Option<LinkValue>,
}

/// A value of a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkValue {
    /// A text: a runtime expression as a whole (`$response.body#/id`), with
    /// expressions in braces (`/users/{$request.path.id}`), or as it stands.
    Text(&'static str),
    /// The JSON text of any other value; texts in it may hold expressions.
    Json(&'static str),
}
