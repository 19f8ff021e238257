//! The connector manifest: what the generator found out of an API, as data.
//!
//! `connector.json` in every generated crate is one. It holds all that is needed to
//! read the API's lists without compiling anything: operations as the runtime's
//! pipeline runs them, and streams with what was inferred of them and why.

mod scheme;

pub use scheme::{OAuthFlow, OAuthFlowKind, Scheme, SchemeKind};

use crate::{Column, Error, ErrorKind};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The version of the format that this crate reads.
pub const VERSION: u32 = 1;

/// A connector as data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The version of the format.
    pub version: u32,
    /// The name of the API's crate.
    pub name: String,
    /// Its servers; the first is the default.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub servers: Vec<Server>,
    /// Headers that every request carries.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// The security schemes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub schemes: Vec<Scheme>,
    /// The operations that streams use, by id.
    pub operations: BTreeMap<String, Operation>,
    /// The streams.
    pub streams: Vec<StreamFacts>,
}

/// A server and the variables of its URL.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Server {
    /// The URL template.
    pub url: String,
    /// `[name, default, allowed values]` of each variable.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub variables: Vec<(String, String, Vec<String>)>,
}

/// An operation, as the runtime's pipeline runs it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Operation {
    /// The method, in upper case.
    pub method: String,
    /// The path template.
    pub path: String,
    /// Servers in place of the API's own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub servers: Vec<Server>,
    /// Its parameters.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parameters: Vec<Parameter>,
    /// The media type of its JSON body, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// The media type of its answer.
    pub answer: String,
    /// Alternatives, each a list of schemes by index; an empty one is anonymous.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub security: Vec<Vec<usize>>,
    /// What the description says of the quota on requests. The pipeline heeds statuses
    /// and headers also where nothing is said of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quota: Option<Quota>,
    /// How its pages follow each other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paging: Option<Paging>,
}

/// A parameter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// Where it stands.
    #[serde(rename = "in")]
    pub location: Location,
    /// Whether a call needs it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub required: bool,
    /// The only value that it may have, where a call needs it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

/// Where a parameter stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Location {
    /// In the path.
    Path,
    /// In the query.
    Query,
    /// A header.
    Header,
}

/// What is said of the quota on requests.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quota {
    /// The status that refuses a request when it is used up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The headers that tell what is left, or how long to wait, in lower case.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<String>,
}

/// How the pages of a list follow each other.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Paging {
    /// How the next page is asked for.
    pub rule: Rule,
    /// The pointer of the array of records in an answer.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub records: String,
    /// The pointer of a boolean that says whether there is more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub more: Option<String>,
    /// The pointer of the number of all records.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<String>,
    /// The pointer of the number of pages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pages: Option<String>,
    /// Where a request says how long a page is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<Size>,
    /// Whether the array may be left out of an answer that has no records.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sparse: bool,
}

/// Where a request says how long a page is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Size {
    /// Where.
    pub to: Place,
    /// The greatest value, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub most: Option<u64>,
}

/// Where in a request a value stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Place {
    /// A query parameter.
    Query(String),
    /// A header.
    Header(String),
    /// A JSON pointer into the body.
    Body(String),
}

impl Place {
    /// Its name, or its pointer.
    pub fn name(&self) -> &str {
        match self {
            Self::Query(name) | Self::Header(name) | Self::Body(name) => name,
        }
    }
}

/// Where in an answer a value stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// A header.
    Header(String),
    /// A JSON pointer into the body.
    Body(String),
}

/// How the next page is asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Rule {
    /// No pages: one answer holds all.
    None,
    /// The URL of the `Link` header.
    LinkHeader,
    /// A URL in the answer.
    NextUrl {
        /// Where.
        from: Origin,
    },
    /// The number of the next page, in the answer.
    NextPage {
        /// Where it is sent.
        to: Place,
        /// Where it comes from.
        from: Origin,
    },
    /// A token in the answer.
    Token {
        /// Where it is sent.
        to: Place,
        /// Where it comes from.
        from: Origin,
    },
    /// The key of the last record.
    LastId {
        /// Where it is sent.
        to: Place,
        /// Its pointer in a record.
        key: String,
    },
    /// How many records to skip.
    Offset {
        /// Where it is sent.
        to: Place,
        /// The first.
        first: u64,
    },
    /// The number of the page.
    Page {
        /// Where it is sent.
        to: Place,
        /// The first.
        first: u64,
    },
}

/// What is known of a stream.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StreamFacts {
    /// Its name.
    pub name: String,
    /// The operation that lists its records.
    pub operation: String,
    /// The facts that a run needs and that are not proven: `records`, `key`, `paging`, ...
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub doubts: Vec<String>,
    /// The columns of its records.
    pub columns: Vec<Column>,
    /// The columns that tell its records apart.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub key: Vec<String>,
    /// Where the values of path variables come from; a variable that is not named is a
    /// setting of the connector.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parents: Vec<Binding>,
    /// How only what changed is asked for. Several are asked for at once, where a
    /// request can say that any of them may fit.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub incremental: Vec<Incremental>,
    /// Moments of the records that a request can ask from. Which of them move when a
    /// record changes, the user says in `connector.toml`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cursors: Vec<Incremental>,
    /// How far before the last moment a reading begins, in seconds.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub lookback: u64,
    /// Why all of that is so.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Evidence>,
}

/// A path variable that takes its values from another stream.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Binding {
    /// The variable.
    pub variable: String,
    /// The stream.
    pub stream: String,
    /// The column of the stream.
    pub column: String,
}

/// How only what changed is asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Incremental {
    /// Where it is sent.
    pub to: Place,
    /// The column whose values it is compared with.
    pub column: String,
    /// What lets any of several fit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub any: Option<Fixed>,
}

/// A value that is sent as it stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fixed {
    /// Where it is sent.
    pub to: Place,
    /// The value.
    pub value: String,
}

/// Why a fact is held to be so.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// The fact.
    pub fact: String,
    /// The rule that found it.
    pub rule: String,
    /// Where in the description.
    pub pointer: String,
    /// What stands there.
    pub seen: String,
    /// How sure the rule is, up to 1.
    pub confidence: f64,
}

impl Manifest {
    /// Reads a manifest.
    ///
    /// # Errors
    /// The text is no manifest of this version, or one part names another that there
    /// is not.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let unreadable = |message: String| {
            Error::new(ErrorKind::Config, format!("the manifest: {message}"))
                .with_remedy("generate it again: `pontoon generate SPEC --connector-only`")
        };
        let manifest: Self =
            serde_json::from_str(text).map_err(|error| unreadable(error.to_string()))?;
        if manifest.version != VERSION {
            let message = format!("it has version {}, not {VERSION}", manifest.version);
            return Err(unreadable(message));
        }
        manifest.check().map_err(unreadable)?;
        Ok(manifest)
    }

    fn check(&self) -> Result<(), String> {
        for stream in &self.streams {
            let name = &stream.name;
            if !self.operations.contains_key(&stream.operation) {
                return Err(format!(
                    "stream `{name}` lists by `{}`, which is no operation of it",
                    stream.operation
                ));
            }
            let column = |column: &String| stream.columns.iter().any(|one| one.name == *column);
            let cursors = stream.incremental.iter().chain(&stream.cursors);
            let cursors = cursors.map(|found| &found.column);
            if let Some(missing) = stream.key.iter().chain(cursors).find(|name| !column(name)) {
                return Err(format!("stream `{name}` has no column `{missing}`"));
            }
            for binding in &stream.parents {
                let parent = self.stream(&binding.stream);
                let bound = parent.is_some_and(|parent| {
                    parent.columns.iter().any(|one| one.name == binding.column)
                });
                if !bound {
                    return Err(format!(
                        "`{}` of stream `{name}` is `{}` of `{}`, which there is not",
                        binding.variable, binding.column, binding.stream
                    ));
                }
            }
        }
        let mut indices = self.operations.values().flat_map(|one| &one.security);
        match indices.any(|all| all.iter().any(|index| *index >= self.schemes.len())) {
            true => Err("an operation names a security scheme that there is not".to_owned()),
            false => Ok(()),
        }
    }

    /// A stream by its name.
    pub fn stream(&self, name: &str) -> Option<&StreamFacts> {
        self.streams.iter().find(|stream| stream.name == name)
    }
}

fn is_zero(number: &u64) -> bool {
    *number == 0
}

impl StreamFacts {
    /// Whether all that a run needs of it is proven or confirmed.
    pub fn is_proven(&self) -> bool {
        self.doubts.is_empty()
    }

    /// Why it is read whole each time although requests could ask from a moment, and the
    /// line that changes it.
    pub fn whole(&self) -> Option<String> {
        if !self.incremental.is_empty() || self.key.is_empty() {
            return None;
        }
        let columns: Vec<&str> = self.cursors.iter().map(|one| one.column.as_str()).collect();
        let first = columns.first()?;
        Some(format!(
            "it is read whole each time: requests can ask from {}, but it is not proven that one of \
             them moves whenever a record changes; where it does, add to connector.toml: \
             [streams.\"{}\"] cursor = [\"{first}\"]",
            columns.join(", "),
            self.name
        ))
    }

    /// What a flow sees of it.
    pub fn stream(&self) -> crate::Stream {
        crate::Stream {
            name: self.name.clone(),
            columns: self.columns.clone(),
            key: self.key.clone(),
            cursor: match self.key.is_empty() {
                // What is read again replaces what was there, or is there twice.
                true => Vec::new(),
                false => self
                    .incremental
                    .iter()
                    .map(|one| one.column.clone())
                    .collect(),
            },
            parent: self.parents.first().map(|found| found.stream.clone()),
        }
    }
}
