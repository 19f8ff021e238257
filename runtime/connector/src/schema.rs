//! What a stream is: its columns, its key, its cursor.

use serde::{Deserialize, Serialize};

/// A stream of records, as a connector discovers it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Stream {
    /// Its name, which is also that of its table.
    pub name: String,
    /// Its columns, in the order of the values of a record.
    pub columns: Vec<Column>,
    /// The columns whose values no two records share. Without a key records can only
    /// be appended.
    #[serde(default)]
    pub key: Vec<String>,
    /// The columns whose greatest value says how far the source was read: whenever a
    /// record changes, one of them does.
    #[serde(default)]
    pub cursor: Vec<String>,
    /// The stream whose records this one is read for, one by one.
    #[serde(default)]
    pub parent: Option<String>,
}

impl Stream {
    /// The index of a column.
    pub fn position(&self, column: &str) -> Option<usize> {
        self.columns.iter().position(|found| found.name == column)
    }
}

/// A column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// What its values are.
    pub kind: ColumnKind,
}

impl Column {
    /// A column.
    pub fn new(name: impl Into<String>, kind: ColumnKind) -> Self {
        Self {
            name: name.into(),
            kind,
        }
    }
}

/// What the values of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum ColumnKind {
    /// True and false.
    Boolean,
    /// Integers.
    Integer,
    /// Numbers.
    Number,
    /// Texts.
    Text,
    /// Moments (RFC 3339).
    Timestamp,
    /// Days.
    Date,
    /// Objects and arrays, as JSON text.
    Json,
}
