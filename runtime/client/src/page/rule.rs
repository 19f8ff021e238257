//! How a list is read page by page, as data.

/// How the pages of a list follow each other, and where its records stand. A fact
/// about an operation: generated code has it from the API's description or from
/// `client.toml`.
///
/// ```
/// use pontoon_runtime::operation::{Paging, Place};
///
/// // {"data": [...], "has_more": true}, and ?starting_after=ID for what follows.
/// static INVOICES: Paging = Paging::last_id(Place::Query("starting_after"), "/id")
///     .records("/data")
///     .more("/has_more");
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct Paging {
    /// How the next page is asked for.
    pub rule: Rule,
    /// The JSON pointer (RFC 6901) of the array of records in an answer; empty
    /// where the answer is the array.
    pub records: &'static str,
    /// Whether the array may be left out of an answer that has no records.
    pub sparse: bool,
    /// The pointer of a boolean that says whether there is more.
    pub more: Option<&'static str>,
    /// The pointer of the number of records on all pages together.
    pub total: Option<&'static str>,
    /// The pointer of the number of pages.
    pub pages: Option<&'static str>,
}

/// How the next page is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rule {
    /// Not at all: one answer holds the whole list.
    Whole,
    /// By the URL of the `Link` header with `rel="next"` (RFC 8288).
    LinkHeader,
    /// By a URL in the answer; relative ones are resolved.
    NextUrl(Origin),
    /// By a token of the answer. A list ends where there is none, or an empty one.
    Token(Place, Origin),
    /// By the key of the last record, which is at this pointer of it.
    LastId(Place, &'static str),
    /// By how many records to skip. The number is that of the first record, where
    /// the caller gives none.
    Offset(Place, u64),
    /// By the number of the page. The number is that of the first page, where the
    /// caller gives none.
    Page(Place, u64),
}

/// Where in a request a value stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Place {
    /// A query parameter.
    Query(&'static str),
    /// A header.
    Header(&'static str),
    /// A JSON pointer into the body.
    Body(&'static str),
}

/// Where in an answer a value stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Origin {
    /// A header.
    Header(&'static str),
    /// A JSON pointer into the body.
    Body(&'static str),
}

impl Paging {
    /// A list by this rule whose answers are arrays.
    pub const fn new(rule: Rule) -> Self {
        Self {
            rule,
            records: "",
            sparse: false,
            more: None,
            total: None,
            pages: None,
        }
    }
    /// A list that one answer holds.
    pub const fn whole() -> Self {
        Self::new(Rule::Whole)
    }
    /// By `Link` headers.
    pub const fn link_header() -> Self {
        Self::new(Rule::LinkHeader)
    }
    /// By the URL of the next page.
    pub const fn next_url(from: Origin) -> Self {
        Self::new(Rule::NextUrl(from))
    }
    /// By a token of the answer.
    pub const fn token(to: Place, from: Origin) -> Self {
        Self::new(Rule::Token(to, from))
    }
    /// By the key of the last record.
    pub const fn last_id(to: Place, key: &'static str) -> Self {
        Self::new(Rule::LastId(to, key))
    }
    /// By how many records to skip.
    pub const fn offset(to: Place, first: u64) -> Self {
        Self::new(Rule::Offset(to, first))
    }
    /// By the number of the page.
    pub const fn page(to: Place, first: u64) -> Self {
        Self::new(Rule::Page(to, first))
    }
    /// The same with the records at this pointer.
    pub const fn records(mut self, pointer: &'static str) -> Self {
        self.records = pointer;
        self
    }
    /// The same, the array being left out where it would be empty.
    pub const fn sparse(mut self) -> Self {
        self.sparse = true;
        self
    }
    /// The same with a boolean that says whether there is more.
    pub const fn more(mut self, pointer: &'static str) -> Self {
        self.more = Some(pointer);
        self
    }
    /// The same with the number of all records.
    pub const fn total(mut self, pointer: &'static str) -> Self {
        self.total = Some(pointer);
        self
    }
    /// The same with the number of pages.
    pub const fn pages(mut self, pointer: &'static str) -> Self {
        self.pages = Some(pointer);
        self
    }
}

impl Rule {
    /// Where the value that differs from page to page is put.
    pub(crate) fn place(self) -> Option<Place> {
        match self {
            Self::Whole | Self::LinkHeader | Self::NextUrl(_) => None,
            Self::Token(place, _)
            | Self::LastId(place, _)
            | Self::Offset(place, _)
            | Self::Page(place, _) => Some(place),
        }
    }
}
