//! The words that moments of records and of requests are told by, as tables; written as
//! in `words.rs`.

/// Parts of names of parameters that take a moment since which records have changed,
/// with the words that the property of a record is known by.
pub(super) const CHANGES: &[(&str, &[&str])] = &[
    (
        "updated",
        &[
            "updatedat",
            "updated",
            "updatedon",
            "updatedtime",
            "lastupdated",
            "lastupdatedat",
            "updateddate",
            "updatedtimestamp",
            "dateupdated",
            "updatetime",
            "lastupdateddatetime",
            "lastupdatedtime",
            "lastupdatetime",
            "lastupdate",
            "updateddatetime",
        ],
    ),
    (
        "modified",
        &[
            "modifiedat",
            "modified",
            "lastmodified",
            "modifiedon",
            "lastmodifiedat",
            "modifieddate",
            "datemodified",
            "modifiedtime",
            "lastmodifieddate",
            "lastmodifieddatetime",
        ],
    ),
    (
        "changed",
        &[
            "changedat",
            "changed",
            "lastchanged",
            "changedon",
            "datechanged",
            "changeddate",
            "changetime",
        ],
    ),
];

/// The same for when records were made.
pub(super) const CREATED: (&str, &[&str]) = (
    "created",
    &[
        "createdat",
        "created",
        "createdon",
        "createdtime",
        "createddate",
        "createtime",
        "datecreated",
        "createddatetime",
        "creationdate",
        "creationtime",
        "createdtimestamp",
    ],
);

/// What descriptions say of a change.
pub(super) const CHANGED: &[&str] = &["updated", "modified", "changed", "edited"];

/// What they say of a beginning.
pub(super) const MADE: &[&str] = &[
    "created",
    "published",
    "added",
    "uploaded",
    "registered",
    "submitted",
    "inserted",
];

/// Parts of names of parameters that take another moment than that of a change.
pub(super) const OTHERS: &[&str] = &[
    "creat", "delet", "remov", "publish", "complet", "clos", "start", "end", "due", "before",
];

/// The other part of such names.
pub(super) const SINCE: &[&str] = &[
    "since",
    "after",
    "from",
    "gt",
    "gte",
    "min",
    "start",
    "onorafter",
    "newerthan",
];

/// Members of a body that say which records are asked for.
pub(super) const FILTERS: &[&str] = &[
    "filter",
    "filters",
    "where",
    "query",
    "criteria",
    "conditions",
    "condition",
    "search",
];
