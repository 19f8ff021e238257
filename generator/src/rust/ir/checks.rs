//! The constraints of requests, as the generated crate holds them.

/// What the operations ask of what they are sent.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Checks {
    /// By `METHOD template id`, those that ask something.
    pub operations: Vec<(String, OperationChecks)>,
    /// What values must keep to; numbers elsewhere are indices of these.
    pub schemas: Vec<SchemaChecks>,
}

/// What an operation asks.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct OperationChecks {
    /// Of parameters: `(index in the table, schema)`.
    pub parameters: Vec<(usize, usize)>,
    /// Of the body.
    pub body: Option<usize>,
    /// Of the body in other media types: `(index of others, schema)`.
    pub others: Vec<(usize, usize)>,
}

/// What a value must keep to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct SchemaChecks {
    /// Keywords of JSON Schema and their values as JSON text; that of a `pattern` that
    /// had to be translated is a pair, as written and translated.
    pub rules: Vec<(&'static str, String)>,
    /// Properties that types do not already ask for.
    pub required: Vec<String>,
    /// Schemas of properties.
    pub properties: Vec<(String, usize)>,
    /// The schema of other properties.
    pub additional: Option<usize>,
    /// The schemas of the first items.
    pub prefix: Vec<Option<usize>>,
    /// The schema of the items after them.
    pub items: Option<usize>,
    /// Members of a union.
    pub members: Vec<MemberChecks>,
    /// The value is not to be shown.
    pub secret: bool,
}

/// A member of a union.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct MemberChecks {
    /// JSON types that it takes.
    pub types: super::JsonTypes,
    /// Structs that it may be; empty where any.
    pub names: Vec<String>,
    /// Its schema, where that asks something.
    pub schema: Option<usize>,
}
