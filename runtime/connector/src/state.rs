//! How far a stream was read: what a flow keeps between two runs.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The state of one stream. It belongs to the flow, not to the source: another
/// source of the same stream goes on from it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StreamState {
    /// The greatest value of the cursor column among the records of all readings
    /// that came to their end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<Value>,
    /// The columns that it is of. Of others, it says nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub by: Vec<String>,
    /// The reading that has not come to its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open: Option<Open>,
}

/// A reading on its way.
///
/// The cursor moves only when a reading ends: lists are seldom ordered by it, so
/// that a value seen on one page says nothing about the pages to come.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Open {
    /// What is listed: the `operationId` or `METHOD path`. A source that lists by
    /// another operation begins the reading anew, from the same cursor.
    pub operation: String,
    /// The position of the next page, in the form of the runtime's paging; absent at
    /// the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Value>,
    /// The greatest value of the cursor column that this reading has seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub high: Option<Value>,
    /// The moment of the server's clock when this reading began: what changes later may
    /// be missed by it, so that the cursor does not pass it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub began: Option<String>,
    /// Of a stream with a parent: the reading of the parent's records.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<Box<Parent>>,
}

/// Where the reading of a parent stream stands.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parent {
    /// The reading of the parent; its position is that of the page whose records are
    /// worked through.
    pub open: Open,
    /// The records of that page whose children were all read, by what tells them apart.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub done: Vec<String>,
    /// The one whose children are being read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current: Option<String>,
}
