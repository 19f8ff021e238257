//! A drift report, as the runtime writes it.

use crate::diagnostic::{Diagnostic, codes};
use serde::Deserialize;

/// The version of the format that is read.
const VERSION: u32 = 1;

/// What a client has counted.
#[derive(Debug, Clone, Deserialize)]
pub struct Report {
    version: u32,
    /// The facts.
    pub facts: Vec<Fact>,
    /// Sightings that are not listed.
    #[serde(default)]
    pub overflow: u64,
}

/// One way in which answers differ from their description.
#[derive(Debug, Clone, Deserialize)]
pub struct Fact {
    /// The HTTP method.
    pub method: String,
    /// The path template.
    pub path: String,
    /// The status of the answers.
    pub status: u16,
    /// Their media type.
    #[serde(default)]
    pub media_type: String,
    /// The place in the body; `*` for all items and all values.
    #[serde(default)]
    pub pointer: String,
    /// Which member each union on the way was read as.
    #[serde(default)]
    pub members: Vec<usize>,
    /// What differs.
    pub kind: Kind,
    /// The JSON type that came.
    #[serde(default)]
    pub found: String,
    /// The value as JSON text, of an enumeration.
    #[serde(default)]
    pub value: Option<String>,
    /// How often.
    pub count: u64,
}

/// What differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A property that is not described.
    UnknownProperty,
    /// A value that an enumeration does not list.
    UnknownValue,
    /// A value that no member of a union takes.
    UnknownMember,
    /// Null where it is not declared.
    UnexpectedNull,
    /// A required value that is not there.
    MissingValue,
    /// A value of another type.
    WrongType,
    /// A status that is not declared.
    UndeclaredStatus,
    /// A media type that is not declared.
    UndeclaredMediaType,
    /// What a newer runtime knows.
    #[serde(other)]
    Other,
}

impl Report {
    /// Reads a report.
    ///
    /// # Errors
    /// The text is no report of a version that is known.
    pub fn parse(text: &str) -> Result<Self, Diagnostic> {
        let refuse = |why: String| {
            Diagnostic::error(
                &codes::DRIFT_REPORT,
                format!("the report cannot be read: {why}"),
            )
            .help("it is the text of `client.core().drift().to_json()`")
        };
        let report: Self = serde_json::from_str(text).map_err(|error| refuse(error.to_string()))?;
        if report.version != VERSION {
            return Err(refuse(format!(
                "its version is {}, not {VERSION}",
                report.version
            )));
        }
        Ok(report)
    }
}

/// `GET /pets 200 /*/age (3 times)`
impl std::fmt::Display for Fact {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            method,
            path,
            status,
            pointer,
            count,
            ..
        } = self;
        write!(f, "{method} {path} {status} {pointer} ({count} times)")
    }
}
