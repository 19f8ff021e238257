//! The words that lists are told by, as tables. Names are compared in lower case
//! and without anything between their words: `nextPageToken`, `next_page_token` and
//! `next-page-token` are one.

/// A name as the tables have it.
pub(super) fn plain(name: &str) -> String {
    let letters = name.chars().filter(char::is_ascii_alphanumeric);
    letters.map(|letter| letter.to_ascii_lowercase()).collect()
}

/// Whether two names are one in singular and plural.
pub(super) fn same_noun(a: &str, b: &str) -> bool {
    a == b || singular(a) == b || singular(b) == a || singular(a) == singular(b)
}

/// A guess at the singular of an English noun.
pub(super) fn singular(noun: &str) -> String {
    let cut = |end: &str, by: &str| noun.strip_suffix(end).map(|stem| format!("{stem}{by}"));
    cut("ies", "y")
        .or_else(|| cut("sses", "ss"))
        .or_else(|| cut("xes", "x"))
        .or_else(|| cut("ches", "ch"))
        .or_else(|| {
            noun.strip_suffix('s')
                .filter(|stem| !stem.ends_with('s'))
                .map(str::to_owned)
        })
        .unwrap_or_else(|| noun.to_owned())
}

/// Tokens: what a request takes them as and what an answer gives them as.
pub(super) struct Tokens {
    /// Parameters of requests.
    pub(super) request: &'static [&'static str],
    /// Properties (the word of their object before them, where it is `next` or the
    /// like) that hold the token of the next page and nothing else.
    pub(super) next: &'static [&'static str],
    /// Properties that hold it unless something else in the answer leads on: some
    /// APIs give back there what they were asked with.
    pub(super) same: &'static [&'static str],
}

pub(super) const TOKENS: &[Tokens] = &[
    Tokens {
        request: &[
            "cursor",
            "nextcursor",
            "pagecursor",
            "startcursor",
            "startingcursor",
            "aftercursor",
            "cursorafter",
            "pageaftercursor",
            "paginationcursor",
        ],
        next: &[
            "nextcursor",
            "nextpagecursor",
            "endcursor",
            "cursornext",
            "nextcursortoken",
        ],
        same: &["cursor", "pagecursor"],
    },
    Tokens {
        request: &[
            "pagetoken",
            "nexttoken",
            "nextpagetoken",
            "paginationtoken",
            "startingtoken",
            "starttoken",
            "pagetokennext",
            "nextpaginationtoken",
        ],
        next: &[
            "nextpagetoken",
            "nexttoken",
            "nextpaginationtoken",
            "paginationtokennext",
            "nextpage",
        ],
        same: &["paginationtoken", "pagetoken"],
    },
    Tokens {
        request: &[
            "marker",
            "nextmarker",
            "startmarker",
            "startingmarker",
            "pagemarker",
        ],
        next: &["nextmarker"],
        same: &["marker"],
    },
    Tokens {
        request: &[
            "continuationtoken",
            "continuation",
            "continue",
            "nextcontinuationtoken",
        ],
        next: &["nextcontinuationtoken", "nextcontinuation"],
        same: &["continuationtoken", "continuation", "continue"],
    },
    Tokens {
        request: &["after", "pageafter", "aftercursor", "cursorafter"],
        next: &[
            "nextafter",
            "cursorsafter",
            "cursorafter",
            "aftercursor",
            "endcursor",
        ],
        same: &["after"],
    },
    Tokens {
        request: &["startingafter", "pagestartingafter"],
        next: &["nextstartingafter"],
        same: &[],
    },
    Tokens {
        request: &["bookmark"],
        next: &["nextbookmark"],
        same: &["bookmark"],
    },
    Tokens {
        request: &["page", "pagekey", "nextpagekey", "nextpage"],
        next: &["nextpage", "nextpagekey"],
        same: &[],
    },
    Tokens {
        request: &["offset", "pageoffset", "nextoffset"],
        next: &["nextoffset", "nextpageoffset"],
        same: &["offset"],
    },
    Tokens {
        request: &["streamposition", "nextstreamposition"],
        next: &["nextstreamposition"],
        same: &[],
    },
    Tokens {
        request: &["nextrecordid"],
        next: &["nextrecordid"],
        same: &[],
    },
];

/// Ends of paths by which lists are asked for with a body.
pub(super) const VERBS: &[&str] = &["filter", "search", "list", "query", "paginate"];

/// URLs of the next page, whatever their format is said to be.
pub(super) const NEXT_URLS: &[&str] = &[
    "nextlink",
    "nexturl",
    "nexturi",
    "nexthref",
    "nextpageurl",
    "nextpageuri",
    "nextpagelink",
    "nextpagehref",
    "odatanextlink",
    "linksnexthref",
    "linksnexturl",
    "linksnexturi",
    "linksnextlink",
    "linksnext",
];

/// The same, where the format says that it is a URL.
pub(super) const NEXT_URLS_BY_FORMAT: &[&str] = &["next", "nextpage", "nextpagepath"];

/// How many records to skip.
pub(super) const OFFSETS: &[&str] = &["offset", "skip", "pageoffset", "start", "startindex"];

/// Of those, what counts from what the description says alone.
pub(super) const UNCERTAIN_OFFSETS: &[&str] = &["start", "startindex"];

/// The number of a page.
pub(super) const PAGES: &[&str] = &[
    "page",
    "pagenumber",
    "pageno",
    "pagenum",
    "pageindex",
    "currentpage",
];

/// The size of a page.
pub(super) const SIZES: &[&str] = &[
    "limit",
    "count",
    "size",
    "pagesize",
    "perpage",
    "maxresults",
    "maxitems",
    "max",
    "top",
    "take",
    "rows",
    "rowcount",
    "pagelimit",
    "maxpagesize",
    "length",
    "resultsperpage",
    "itemsperpage",
    "pagecount",
    "num",
    "maxrecords",
];

/// Booleans that say whether there is more.
pub(super) const MORE: &[&str] = &[
    "hasmore",
    "hasnext",
    "hasnextpage",
    "hasmoreitems",
    "hasmorepages",
    "hasmoreresults",
    "moreresults",
    "moreavailable",
    "istruncated",
    "hasmoredata",
    "hasmorerecords",
];

/// Numbers of all records.
pub(super) const TOTALS: &[&str] = &[
    "total",
    "totalcount",
    "totalresults",
    "totalrecords",
    "totalitems",
    "totalelements",
    "totalentries",
    "totalsize",
    "totalrows",
    "totalhits",
    "totalmatches",
    "totalnumber",
    "totalrowcount",
    "recordstotal",
    "resulttotal",
    "numtotal",
    "totalresultcount",
];

/// Numbers of pages.
pub(super) const PAGE_COUNTS: &[&str] = &[
    "totalpages",
    "pagecount",
    "numpages",
    "lastpage",
    "pagestotal",
    "totalpage",
    "pages",
];

/// The key of the last record of an answer.
pub(super) const LAST_IDS: &[&str] = &["lastid"];

/// Parameters that take the key of the last record, for certain.
pub(super) const AFTER_IDS: &[&str] = &["startingafter", "afterid", "startafterid", "startafter"];

/// Objects that hold what is said of pages.
pub(super) const CONTAINERS: &[&str] = &[
    "meta",
    "metadata",
    "pagination",
    "paging",
    "page",
    "pages",
    "pageinfo",
    "pageinformation",
    "links",
    "cursors",
    "cursor",
    "next",
    "nextpage",
    "responsemetadata",
    "info",
    "pager",
    "navigation",
    "listinfo",
    "resultinfo",
    "resultset",
    "searchinformation",
    "paginationinfo",
    "paginginfo",
    "pagedetails",
    "paginationmetadata",
    "listmetadata",
    "responseinfo",
    "pagemetadata",
    "resultsetmetadata",
    "resourcepaging",
];

/// Objects that hold the whole answer.
pub(super) const WRAPPERS: &[&str] = &[
    "data", "result", "results", "response", "body", "payload", "embedded",
];

/// Arrays that are not the records of a list.
pub(super) const NO_RECORDS: &[&str] = &[
    "errors",
    "error",
    "warnings",
    "warning",
    "messages",
    "message",
    "links",
    "link",
    "order",
    "orderby",
    "sort",
    "sorting",
    "facets",
    "aggregations",
    "aggregates",
    "included",
    "includes",
    "failures",
    "failed",
    "unprocessed",
    "filters",
    "columns",
    "columnheaders",
    "notes",
    "notices",
    "hints",
    "expand",
    "suggestions",
    "buckets",
    "deprecations",
    "validationerrors",
    "unreachable",
    "invalidids",
    "missing",
    "debug",
    "profile",
    "meta",
    "metadata",
    "schema",
];

/// Arrays that are, as a rule.
pub(super) const RECORDS: &[&str] = &[
    "data",
    "items",
    "results",
    "result",
    "value",
    "values",
    "records",
    "entries",
    "elements",
    "resources",
    "objects",
    "content",
    "list",
    "rows",
    "hits",
    "collection",
    "entities",
    "members",
    "resource",
];

/// What stands beside the records of a list.
pub(super) const ENVELOPE: &[&str] = &[
    "object",
    "url",
    "self",
    "selflink",
    "kind",
    "etag",
    "apiversion",
    "href",
    "success",
    "ok",
    "status",
    "statuscode",
    "code",
    "requestid",
    "id",
    "type",
    "count",
    "limit",
    "offset",
    "first",
    "last",
    "firstid",
    "prev",
    "previous",
    "query",
    "took",
    "time",
    "timestamp",
    "generatedat",
    "firstpageurl",
    "lastpageurl",
    "previouspageurl",
    "from",
    "to",
    "path",
    "odatacontext",
    "odatacount",
    "context",
    "cached",
    "max",
    "maxresults",
    "startat",
    "islast",
    "nextpage",
];
