//! Facts about lists: where the records are, what identifies one, how the pages
//! follow each other. Each is inferred with evidence, or given by the user.

use super::SchemaId;

/// An operation that gives the records of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct List {
    /// Whether the records are known for certain.
    pub status: Status,
    /// JSON pointer of the array of records in the answer.
    pub records: String,
    /// The schema of a record; `None`: any JSON.
    pub item: Option<SchemaId>,
    /// The array may be left out of the answer.
    pub sparse: bool,
    /// The properties of a record that identify it.
    pub key: Vec<String>,
    /// How the pages follow each other; `None` where nothing is known of pages.
    pub paging: Option<Paging>,
    /// Where values for the variables of the path come from.
    pub parents: Vec<Parent>,
    /// How to ask for what has changed.
    pub incremental: Option<Incremental>,
    /// Moments of the records that a request can ask from. Whether one of them moves
    /// when a record changes, only the user can say.
    pub cursors: Vec<Incremental>,
    /// How many requests are allowed, as far as the description tells.
    pub quota: Option<Quota>,
    /// What speaks for all this.
    pub evidence: Vec<Evidence>,
}

/// Whether a fact may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// It may.
    Proven,
    /// Not before the user has confirmed it.
    Unproven,
}

impl Status {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Proven => "proven",
            Self::Unproven => "unproven",
        }
    }
}

/// What speaks for a fact.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// `records`, `key`, `paging`, `incremental`, `quota`.
    pub fact: &'static str,
    /// The rule that found it.
    pub rule: &'static str,
    /// JSON pointer of the place that it was seen at.
    pub pointer: String,
    /// What was seen there.
    pub seen: String,
    /// From 0 to 1.
    pub confidence: f32,
}

/// What a description says of the quota on requests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quota {
    /// Whether status 429 is declared.
    pub is_refused: bool,
    /// The headers that tell what is left, or how long to wait, in lower case.
    pub headers: Vec<String>,
}

/// How the pages of a list follow each other.
#[derive(Debug, Clone, PartialEq)]
pub struct Paging {
    /// Whether it may be used.
    pub status: Status,
    /// How the next page is asked for.
    pub rule: PagingRule,
    /// JSON pointer of a boolean that says whether there is more.
    pub more: Option<String>,
    /// JSON pointer of the number of all records.
    pub total: Option<String>,
    /// JSON pointer of the number of pages.
    pub pages: Option<String>,
    /// The parameter for the size of a page.
    pub size: Option<Place>,
}

/// How the next page is asked for.
#[derive(Debug, Clone, PartialEq)]
pub enum PagingRule {
    /// There is one page.
    None,
    /// The `Link` header with `rel="next"`.
    LinkHeader,
    /// A URL in the answer.
    NextUrl(Origin),
    /// A token in the answer.
    Token(Place, Origin),
    /// The number of the next page in the answer.
    NextPage(Place, Origin),
    /// The key of the last record, at this JSON pointer of it.
    LastId(Place, String),
    /// How many records to skip, and the number for none.
    Offset(Place, u64),
    /// The number of the page, and that of the first.
    Page(Place, u64),
}

/// Where in a request a value stands.
#[derive(Debug, Clone, PartialEq, Eq)]
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
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A header.
    Header(String),
    /// A JSON pointer into the body.
    Body(String),
}

impl Origin {
    /// Its name, or its pointer.
    pub fn name(&self) -> &str {
        match self {
            Self::Header(name) | Self::Body(name) => name,
        }
    }
}

impl PagingRule {
    /// The word for its kind.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::None => "none",
            Self::LinkHeader => "link-header",
            Self::NextUrl(_) => "next-url-body",
            Self::Token(_, Origin::Header(_)) => "header-token",
            Self::Token(..) => "cursor-token",
            Self::LastId(..) => "last-id",
            Self::Offset(..) => "offset",
            Self::NextPage(..) | Self::Page(..) => "page-number",
        }
    }

    /// Where the value that differs from page to page is put.
    pub fn place(&self) -> Option<&Place> {
        match self {
            Self::None | Self::LinkHeader | Self::NextUrl(_) => None,
            Self::Token(place, _)
            | Self::NextPage(place, _)
            | Self::LastId(place, _)
            | Self::Offset(place, _)
            | Self::Page(place, _) => Some(place),
        }
    }

    /// Where in the answer what leads on is found.
    pub fn origin(&self) -> Option<&Origin> {
        match self {
            Self::NextUrl(origin) | Self::Token(_, origin) | Self::NextPage(_, origin) => {
                Some(origin)
            }
            _ => None,
        }
    }
}

impl List {
    /// The rule of its pages, where it is certain and so is the place of the records.
    pub fn proven(&self) -> Option<&Paging> {
        let paging = self.paging.as_ref()?;
        let certain = self.status == Status::Proven && paging.status == Status::Proven;
        (certain && paging.rule != PagingRule::None).then_some(paging)
    }
}

/// Where values for a variable of a path come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parent {
    /// The variable.
    pub variable: String,
    /// The list: `GET /path`.
    pub from: String,
    /// The property of its records.
    pub property: String,
}

/// How to ask for what has changed since a moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Incremental {
    /// Whether it may be used.
    pub status: Status,
    /// Where a request takes the moment.
    pub request: Place,
    /// The property of a record that holds one.
    pub property: String,
    /// Where a request says that any of several such moments may fit, and by what value.
    pub any: Option<(Place, String)>,
}

/// Whether a call may be repeated without being carried out twice.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Repeat {
    /// By the method (RFC 9110, section 9.2.2).
    #[default]
    ByMethod,
    /// It may.
    Always,
    /// It may not.
    Never,
    /// With a key in this request header.
    Key(String),
}
