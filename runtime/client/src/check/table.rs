//! The constraints of an API, read from the text that its crate holds.
//!
//! `{"operations": {"GET /path id": {"parameters": [[0, 1]], "body": 2, "others":
//! [[0, 2]]}}, "schemas": [...]}`: numbers are indices of schemas, whose members are
//! the keywords of JSON Schema with such an index in place of a schema. Only what
//! constrains something is there. Besides: a `pattern` that had to be translated is a
//! pair, as the description has it and as it is matched; a keyword that several parts of an `allOf` say is in
//! `rules`, a list of pairs; `members` are those of a union, `[types, names,
//! schema]`; `secret` values are not shown.

use super::Part;
use super::pattern::Pattern;
use crate::json::{Json, Number};
use crate::operation::Operation;
use std::collections::HashMap;
use std::sync::OnceLock;

/// The constraints of an API, as text until they are needed.
pub struct Checks {
    text: &'static str,
    table: OnceLock<Option<Table>>,
}

/// The constraints of an API.
pub(super) struct Table {
    operations: HashMap<String, Entry>,
    pub(super) schemas: Vec<Schema>,
}

#[derive(Default)]
struct Entry {
    parameters: HashMap<usize, usize>,
    body: Option<usize>,
    others: HashMap<usize, usize>,
}

/// What is said of a value.
#[derive(Default)]
pub(super) struct Schema {
    pub(super) rules: Vec<Rule>,
    pub(super) required: Vec<String>,
    pub(super) properties: HashMap<String, usize>,
    /// Of properties that are not among those.
    pub(super) additional: Option<usize>,
    pub(super) items: Option<usize>,
    pub(super) prefix: Vec<Option<usize>>,
    pub(super) members: Vec<Member>,
    pub(super) secret: bool,
}

/// A member of a union.
pub(super) struct Member {
    /// Bits of [`crate::model::Member`].
    pub(super) types: u8,
    /// The models that it is; empty where those do not say.
    pub(super) names: Vec<String>,
    pub(super) schema: Option<usize>,
}

/// A constraint, and how it reads.
pub(super) struct Rule {
    pub(super) words: String,
    pub(super) kind: Kind,
}

pub(super) enum Kind {
    Minimum(Number),
    ExclusiveMinimum(Number),
    Maximum(Number),
    ExclusiveMaximum(Number),
    MultipleOf(Number),
    MinLength(u64),
    MaxLength(u64),
    Pattern(Pattern),
    MinItems(u64),
    MaxItems(u64),
    UniqueItems,
    MinProperties(u64),
    MaxProperties(u64),
    Enum(Vec<Json>),
}

impl Checks {
    /// The constraints that `text` holds, which the generator wrote.
    pub const fn new(text: &'static str) -> Self {
        Self {
            text,
            table: OnceLock::new(),
        }
    }

    /// What the text says; `None` where it cannot be read.
    pub(super) fn table(&self) -> Option<&Table> {
        let table = || Table::read(&Json::parse(self.text.as_bytes()).ok()?);
        self.table.get_or_init(table).as_ref()
    }

    /// Whether the text can be read.
    pub(crate) fn is_readable(&self) -> bool {
        self.table().is_some()
    }
}

impl Table {
    fn read(json: &Json) -> Option<Self> {
        let operations = json["operations"].as_object()?.iter();
        let schemas = json["schemas"].as_array()?.iter();
        Some(Self {
            operations: operations
                .map(|(key, entry)| (key.clone(), Entry::read(entry)))
                .collect(),
            schemas: schemas.map(Schema::read).collect(),
        })
    }

    /// The schema of a part of a request.
    pub(super) fn schema(&self, operation: &Operation, part: Part) -> Option<usize> {
        let Operation {
            id, method, path, ..
        } = operation;
        let entry = self.operations.get(&format!("{method} {path} {id}"))?;
        match part {
            Part::Parameter(index) => entry.parameters.get(&index).copied(),
            Part::Body(None) => entry.body,
            Part::Body(Some(index)) => entry.others.get(&index).copied(),
        }
    }
}

impl Entry {
    fn read(json: &Json) -> Self {
        let pairs = |json: &Json| {
            let pairs = json.as_array().unwrap_or_default().iter();
            pairs
                .filter_map(|pair| Some((index(&pair[0])?, index(&pair[1])?)))
                .collect()
        };
        Self {
            parameters: pairs(&json["parameters"]),
            body: index(&json["body"]),
            others: pairs(&json["others"]),
        }
    }
}

fn index(json: &Json) -> Option<usize> {
    usize::try_from(json.as_u64()?).ok()
}

fn texts(json: &Json) -> Vec<String> {
    let texts = json.as_array().unwrap_or_default().iter();
    texts
        .filter_map(|text| text.as_str().map(str::to_owned))
        .collect()
}

impl Schema {
    fn read(json: &Json) -> Self {
        let mut schema = Self::default();
        let Json::Object(members) = json else {
            return schema;
        };
        for (keyword, value) in members {
            let list = value.as_array().unwrap_or_default();
            match keyword.as_str() {
                "required" => schema.required = texts(value),
                "additionalProperties" => schema.additional = index(value),
                "items" => schema.items = index(value),
                "prefixItems" => schema.prefix = list.iter().map(index).collect(),
                "secret" => schema.secret = value.as_bool() == Some(true),
                "properties" => {
                    if let Json::Object(properties) = value {
                        let properties = properties.iter();
                        schema.properties = properties
                            .filter_map(|(name, value)| Some((name.clone(), index(value)?)))
                            .collect();
                    }
                }
                "members" => {
                    schema.members = list
                        .iter()
                        .map(|member| Member {
                            types: member[0].as_u64().unwrap_or(127) as u8,
                            names: texts(&member[1]),
                            schema: index(&member[2]),
                        })
                        .collect();
                }
                "rules" => {
                    let pairs = list.iter();
                    let rules = pairs.filter_map(|pair| Rule::read(pair[0].as_str()?, &pair[1]));
                    schema.rules.extend(rules);
                }
                _ => schema.rules.extend(Rule::read(keyword, value)),
            }
        }
        schema
    }
}

impl Rule {
    fn read(keyword: &str, value: &Json) -> Option<Self> {
        let number = || value.as_number().cloned();
        let size = || value.as_u64();
        let mut shown = String::from_utf8_lossy(&value.to_vec()).into_owned();
        let kind = match keyword {
            "minimum" => Kind::Minimum(number()?),
            "exclusiveMinimum" => Kind::ExclusiveMinimum(number()?),
            "maximum" => Kind::Maximum(number()?),
            "exclusiveMaximum" => Kind::ExclusiveMaximum(number()?),
            "multipleOf" => Kind::MultipleOf(number()?),
            "minLength" => Kind::MinLength(size()?),
            "maxLength" => Kind::MaxLength(size()?),
            "pattern" => {
                let written = value.as_str().or(value[0].as_str())?;
                let matched = value[1].as_str().unwrap_or(written);
                written.clone_into(&mut shown);
                Kind::Pattern(Pattern::new(matched.to_owned()))
            }
            "minItems" => Kind::MinItems(size()?),
            "maxItems" => Kind::MaxItems(size()?),
            "uniqueItems" if value.as_bool() == Some(true) => Kind::UniqueItems,
            "minProperties" => Kind::MinProperties(size()?),
            "maxProperties" => Kind::MaxProperties(size()?),
            "enum" => Kind::Enum(value.as_array()?.to_vec()),
            _ => return None,
        };
        Some(Self {
            words: format!("{keyword}: {}", shortened(shown)),
            kind,
        })
    }
}

/// How much of a value or a list is shown, in characters.
const SHOWN: usize = 200;

/// The start of a long text.
pub(super) fn shortened(text: String) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text,
    }
}
