//! Lists that are read page by page.

use super::Type;
pub use crate::api::{Origin, Paging, PagingRule, Place, Repeat};

/// The streams of a list.
#[derive(Debug, Clone)]
pub struct Paged {
    /// The builder's method for the items.
    pub items: String,
    /// The builder's method for the pages.
    pub pages: String,
    /// The type of an item.
    pub item: Type,
}

/// How the pages of a list follow each other.
#[derive(Debug, Clone)]
pub struct PagingRow {
    /// The rule.
    pub paging: Paging,
    /// JSON pointer of the records.
    pub records: String,
    /// The records may be left out.
    pub sparse: bool,
}
