//! What the keys of an object are: keywords of the specification, names
//! chosen by the author, or data.

/// Whether the object under this keyword has names for keys.
pub fn holds_names(keyword: &str) -> bool {
    matches!(
        keyword,
        "properties"
            | "patternProperties"
            | "dependentSchemas"
            | "$defs"
            | "definitions"
            | "schemas"
            | "parameters"
            | "responses"
            | "requestBodies"
            | "headers"
            | "securitySchemes"
            | "securityDefinitions"
            | "links"
            | "callbacks"
            | "pathItems"
            | "mediaTypes"
            | "additionalOperations"
            | "paths"
            | "webhooks"
            | "x-webhooks"
            | "content"
            | "encoding"
            | "variables"
            | "mapping"
            | "scopes"
    )
}

/// Whether the value under this keyword is data, in which no key means
/// anything to the specification.
pub fn holds_data(keyword: &str) -> bool {
    matches!(
        keyword,
        "example" | "examples" | "default" | "enum" | "const" | "value" | "dataValue"
    ) || (keyword.starts_with("x-") && keyword != "x-webhooks")
}

/// What a place in the document holds, which decides where a `$ref` may lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A schema.
    Schema,
    /// A parameter.
    Parameter,
    /// A response.
    Response,
    /// A request body.
    RequestBody,
    /// A header.
    Header,
    /// Anything else; it has no components of its own.
    Other,
}

impl Kind {
    /// The kinds that have components.
    pub const SHARED: [Kind; 5] = [
        Kind::Schema,
        Kind::Parameter,
        Kind::Response,
        Kind::RequestBody,
        Kind::Header,
    ];

    /// The kind of the value of `key` in the object under `container`.
    /// `names` tells that `key` is a name.
    pub fn of(container: &str, key: &str, names: bool) -> Kind {
        let word = if names { container } else { key };
        match (word, names) {
            ("properties" | "schemas" | "definitions" | "patternProperties" | "$defs", true)
            | ("schema" | "items" | "additionalProperties" | "not" | "contains", false)
            | ("if" | "then" | "else" | "propertyNames" | "contentSchema", false)
            | ("unevaluatedProperties" | "unevaluatedItems" | "additionalItems", false)
            | ("dependentSchemas", true)
            | ("allOf" | "anyOf" | "oneOf" | "prefixItems" | "itemSchema", false) => Kind::Schema,
            ("requestBody", false) | ("requestBodies", true) => Kind::RequestBody,
            ("parameters", _) => Kind::Parameter,
            ("responses", true) => Kind::Response,
            ("headers", true) => Kind::Header,
            _ => Kind::Other,
        }
    }

    /// The path of the components of this kind in a document as written.
    pub fn home(self, swagger: bool) -> Option<&'static [&'static str]> {
        match (self, swagger) {
            (Kind::Schema, true) => Some(&["definitions"]),
            (Kind::Parameter, true) => Some(&["parameters"]),
            (Kind::Response, true) => Some(&["responses"]),
            (Kind::Schema, false) => Some(&["components", "schemas"]),
            (Kind::Parameter, false) => Some(&["components", "parameters"]),
            (Kind::Response, false) => Some(&["components", "responses"]),
            (Kind::RequestBody, false) => Some(&["components", "requestBodies"]),
            (Kind::Header, false) => Some(&["components", "headers"]),
            (Kind::RequestBody | Kind::Header, true) | (Kind::Other, _) => None,
        }
    }
}

/// A name for a component that comes from somewhere else: letters, digits,
/// `.`, `_` and `-` only.
pub fn component_name(wanted: &str) -> String {
    let name: String = wanted
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || "._-".contains(c) {
                c
            } else {
                '_'
            }
        })
        .collect();
    if name.is_empty() {
        "component".to_owned()
    } else {
        name
    }
}
