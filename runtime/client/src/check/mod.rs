//! Requests checked against the constraints of the API's description, before they
//! are sent.
//!
//! The constraints are data: a text that the generated crate holds, read once, by
//! the first client that checks. One interpreter walks the reflective view of each value beside it, by
//! the meaning that JSON Schema gives the keywords (2020-12, Validation), so types
//! need no code for it. Nothing is looked at unless the client asks for it.

mod pattern;
mod table;
mod walk;

#[cfg(test)]
mod tests;

pub use table::Checks;
pub(crate) use walk::examine;

use crate::operation::{Location, Operation};
use std::fmt;

/// What a client checks.
pub(crate) struct Checking {
    pub(crate) checks: &'static Checks,
    /// Whether calls that do not say so themselves are checked.
    pub(crate) always: bool,
}

/// A part of a request that breaks a constraint of the API's description.
///
/// Its text (`Display`) is one line: where, what the description says, what the
/// value is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    parameter: Option<(Location, &'static str)>,
    pointer: String,
    constraint: String,
    value: String,
}

impl Violation {
    /// The name of the parameter; `None` where it is the body.
    pub fn parameter(&self) -> Option<&'static str> {
        self.parameter.map(|(_, name)| name)
    }

    /// Where in the body or parameter, as a JSON pointer (RFC 6901):
    /// `/items/3/price`; empty for the whole of it.
    pub fn pointer(&self) -> &str {
        &self.pointer
    }

    /// The keyword of JSON Schema and its value, as the description has them:
    /// `maxLength: 40`.
    pub fn constraint(&self) -> &str {
        &self.constraint
    }

    /// The value as JSON text, shortened where it is long. `***` for secrets: what
    /// is `writeOnly` or a password, or has the name of a secret.
    pub fn value(&self) -> &str {
        &self.value
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.parameter {
            None => f.write_str("body")?,
            Some((location, name)) => {
                let place = match location {
                    Location::Path => "path",
                    Location::Query => "query",
                    Location::Header => "header",
                    Location::Cookie => "cookie",
                };
                write!(f, "{place} parameter {name}")?;
            }
        }
        if !self.pointer.is_empty() {
            write!(f, " {}", self.pointer)?;
        }
        write!(f, ": {}, is {}", self.constraint, self.value)
    }
}

/// A part of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// By its index in the operation.
    Parameter(usize),
    /// In the first media type, or in the one of that index among the others.
    Body(Option<usize>),
}

impl Part {
    fn parameter(self, operation: &'static Operation) -> Option<(Location, &'static str)> {
        let Self::Parameter(index) = self else {
            return None;
        };
        let parameter = operation.parameters.get(index)?;
        Some((parameter.location, parameter.name))
    }

    /// Whether a value for one replaces that of the other.
    pub(crate) fn replaces(self, other: Self) -> bool {
        match (self, other) {
            (Self::Parameter(a), Self::Parameter(b)) => a == b,
            (Self::Body(_), Self::Body(_)) => true,
            _ => false,
        }
    }
}
