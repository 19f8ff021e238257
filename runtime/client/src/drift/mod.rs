//! Drift: where an API sends something other than its description says.
//!
//! A client that counts drift ([`ClientBuilder::count_drift`] or
//! [`ClientBuilder::on_drift`]) notes it of every answer that it reads as JSON:
//! properties, values of enumerations and members of unions that are not described,
//! nulls, values that are missing or of another type, statuses and media types. The
//! answers themselves are read as ever. [`CoreClient::drift`] gives the report, which
//! `pontoon drift` turns into an overlay that makes the description say what is sent.
//!
//! Counted are facts, not data: places by the schema (`/items/*/owner`), types of
//! values, names of properties that are not described and values that an enumeration
//! does not list (both up to 64 bytes); no other value. An error's body is counted once,
//! when it is first read as the declared type ([`Error::declared`]); its status and
//! media type always are. XML, forms and headers are not counted.
//!
//! [`ClientBuilder::count_drift`]: crate::ClientBuilder::count_drift
//! [`ClientBuilder::on_drift`]: crate::ClientBuilder::on_drift
//! [`CoreClient::drift`]: crate::CoreClient::drift
//! [`Error::declared`]: crate::Error::declared

mod ledger;
mod report;

pub(crate) use ledger::{Head, Ledger, Listener, Unread};
pub use report::{Answered, DriftReport};

use std::fmt;

/// One way in which the answers of an operation differ from their description.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Drift {
    /// The `operationId`, or method and path where the description has none.
    pub operation: &'static str,
    /// The HTTP method.
    pub method: &'static str,
    /// The path template.
    pub path: &'static str,
    /// The status of the answers.
    pub status: u16,
    /// Their media type without parameters; empty where none is named.
    pub media_type: String,
    /// The place in the body: a JSON pointer in which `*` stands for all items of an
    /// array or all values of a map.
    pub pointer: String,
    /// On the way there, which member each union was read as, counted from 0.
    pub members: Vec<usize>,
    /// What is different.
    pub kind: DriftKind,
    /// What the description promises, in words; empty where it promises nothing.
    pub expected: String,
    /// What came: a JSON type (`string`, `integer`, `number`, `boolean`, `object`,
    /// `array`, `null`), or `nothing`.
    pub found: &'static str,
    /// Of [`DriftKind::UnknownValue`]: the value as JSON text, where it is kept.
    pub value: Option<String>,
    /// How often it was seen since the client was made.
    pub count: u64,
    /// How often the value, or the whole answer, could not be read because of it.
    pub refused: u64,
}

/// What differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum DriftKind {
    /// An object has a property that is not described.
    UnknownProperty,
    /// An enumeration does not list the value.
    UnknownValue,
    /// No member of a union takes the value.
    UnknownMember,
    /// Null where the description does not allow it.
    UnexpectedNull,
    /// A required value is not there.
    MissingValue,
    /// A value of another type or format.
    WrongType,
    /// The operation does not declare the status.
    UndeclaredStatus,
    /// The responses of that status declare other media types.
    UndeclaredMediaType,
}

impl DriftKind {
    /// The name in reports, such as `unknown-property`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::UnknownProperty => "unknown-property",
            Self::UnknownValue => "unknown-value",
            Self::UnknownMember => "unknown-member",
            Self::UnexpectedNull => "unexpected-null",
            Self::MissingValue => "missing-value",
            Self::WrongType => "wrong-type",
            Self::UndeclaredStatus => "undeclared-status",
            Self::UndeclaredMediaType => "undeclared-media-type",
        }
    }
}

impl fmt::Display for DriftKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// One line: `GET /pets 200 /items/*/age: unexpected-null (3 times)`.
impl fmt::Display for Drift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            method,
            path,
            status,
            pointer,
            kind,
            ..
        } = self;
        write!(f, "{method} {path} {status} {pointer}: {kind}")?;
        match (&self.value, &*self.expected) {
            (Some(value), _) => write!(f, " {value}")?,
            (None, "") if self.found.is_empty() => write!(f, " {}", self.media_type)?,
            (None, "") => write!(f, " ({})", self.found)?,
            (None, expected) => write!(f, ", expected {expected}, found {}", self.found)?,
        }
        write!(f, " ({} times)", self.count)
    }
}

#[cfg(test)]
mod tests;
