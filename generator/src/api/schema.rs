//! Schemas of the resolved model.

use indexmap::IndexMap;

/// Index of a [`Schema`] in [`super::Api::schemas`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SchemaId(pub u32);

impl SchemaId {
    /// As an index into a vector.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// One schema, in one place.
#[derive(Debug, Clone)]
pub struct Schema {
    /// The place in words that survive reordering: `schema issue`,
    /// `schema issue .labels []`, `GET /issues ?state`. Unique.
    pub key: String,
    /// JSON pointer into the document as the user gave it, for diagnostics.
    pub pointer: String,
    /// The component's name where the schema is one.
    pub component: Option<String>,
    /// What it describes.
    pub kind: SchemaKind,
    /// Null is allowed beside `kind`.
    pub nullable: bool,
    /// Text and annotations.
    pub annotations: Annotations,
}

/// What a schema says besides its type.
#[derive(Debug, Clone, Default)]
pub struct Annotations {
    /// `title`. Never used for names.
    pub title: Option<String>,
    /// `description`.
    pub description: Option<String>,
    /// `externalDocs.url`.
    pub docs_url: Option<String>,
    /// `deprecated`.
    pub deprecated: bool,
    /// `readOnly`.
    pub read_only: bool,
    /// `writeOnly`.
    pub write_only: bool,
    /// `default`, as JSON.
    pub default: Option<serde_json::Value>,
    /// Constraints in words, kept as documentation: `1..=100`, `pattern ^a$`.
    pub constraints: Vec<String>,
    /// The one value that the schema lists, where it lists one.
    pub only: Option<serde_json::Value>,
    /// An example value, for made calls.
    pub example: Option<serde_json::Value>,
    /// Numeric and length bounds for made values.
    pub bounds: Bounds,
    /// What values must keep to, the parts of an `allOf` included.
    pub rules: Vec<Rule>,
    /// The XML Object, where an XML body reaches the schema.
    pub xml: Option<Box<Xml>>,
}

/// A constraint as JSON Schema writes it (2020-12, Validation, section 6).
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// `maxLength`, `pattern`, `exclusiveMinimum`, ...
    pub keyword: &'static str,
    /// Its value.
    pub value: serde_json::Value,
}

/// How a value is named in XML (OAS 3.0.4, XML Object; `nodeType`: OAS 3.2).
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Xml {
    /// `name`.
    pub name: Option<String>,
    /// `namespace`.
    pub namespace: Option<String>,
    /// `prefix`.
    pub prefix: Option<String>,
    /// `attribute: true` or `nodeType: attribute`.
    pub attribute: bool,
    /// `wrapped`; for a list `nodeType: element` and `none` say the same.
    pub wrapped: Option<bool>,
    /// `nodeType: text` or `cdata`.
    pub text: bool,
}

/// Bounds that made values keep to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Bounds {
    /// `minimum` (or `exclusiveMinimum` plus the smallest step).
    pub minimum: Option<f64>,
    /// `maximum` (or `exclusiveMaximum` minus the smallest step).
    pub maximum: Option<f64>,
    /// `multipleOf`.
    pub multiple_of: Option<f64>,
    /// `minLength`.
    pub min_length: Option<usize>,
    /// `maxLength`.
    pub max_length: Option<usize>,
    /// `pattern`.
    pub pattern: Option<String>,
    /// `minItems`.
    pub min_items: Option<usize>,
    /// `maxItems`.
    pub max_items: Option<usize>,
    /// `minProperties`.
    pub min_properties: Option<usize>,
    /// `uniqueItems`.
    pub unique_items: bool,
}

/// The type of a schema.
#[derive(Debug, Clone, PartialEq)]
pub enum SchemaKind {
    /// Any JSON value.
    Any,
    /// No value is valid (`false`, `not: {}`).
    Never,
    /// A boolean.
    Boolean,
    /// An integer with its `format`.
    Integer {
        /// `int32`, `int64`, `uint64`, ...
        format: Option<String>,
    },
    /// A number with its `format`.
    Number {
        /// `float`, `double`, `decimal`, ...
        format: Option<String>,
    },
    /// A string with its `format`.
    String {
        /// `date-time`, `uuid`, `binary`, ...
        format: Option<String>,
    },
    /// A closed list of strings.
    StringEnum(Vec<String>),
    /// A closed list of integers.
    IntegerEnum(Vec<i64>),
    /// A closed list of scalars that are not all strings or all integers.
    ValueEnum(Vec<serde_json::Value>),
    /// An array.
    Array(SchemaId),
    /// An array whose items have a schema each by position.
    Tuple(Tuple),
    /// An object whose keys are free.
    Map(SchemaId),
    /// An object with named properties.
    Object(Object),
    /// `oneOf` or `anyOf`.
    Union(Union),
    /// Nothing but a reference to another schema.
    Alias(SchemaId),
}

/// An array whose items have a schema each by position.
#[derive(Debug, Clone, PartialEq)]
pub struct Tuple {
    /// The schemas of the first items.
    pub items: Vec<SchemaId>,
    /// How many of them must be there.
    pub required: usize,
    /// The schema of the items after them, where there may be any.
    pub rest: Option<SchemaId>,
}

/// An object with named properties.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Object {
    /// Properties in declared order.
    pub properties: IndexMap<String, Property>,
    /// The schema of properties that are not named, where the document says so.
    pub additional: Option<SchemaId>,
}

/// A named property.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Property {
    /// Its schema.
    pub schema: SchemaId,
    /// Listed in `required`.
    pub required: bool,
}

/// `oneOf` or `anyOf`.
#[derive(Debug, Clone, PartialEq)]
pub struct Union {
    /// The property that names the member.
    pub discriminator: Option<String>,
    /// Members in declared order.
    pub members: Vec<UnionMember>,
}

/// A member of a [`Union`].
#[derive(Debug, Clone, PartialEq)]
pub struct UnionMember {
    /// Its schema.
    pub schema: SchemaId,
    /// The discriminator's values that mean it.
    pub tags: Vec<String>,
}
