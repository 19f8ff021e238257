//! What the answer of an operation looks like: its arrays, and the values beside them.

use super::words::{CONTAINERS, WRAPPERS, plain};
use crate::api::{Api, Codec, Format, Operation, SchemaId, SchemaKind};

/// How deep objects are looked into.
const DEPTH: usize = 4;

/// The answer of success, where it is JSON and one.
pub(super) struct Answer {
    pub(super) arrays: Vec<Array>,
    pub(super) values: Vec<Value>,
    pub(super) headers: Vec<Value>,
    /// The names of the properties at its top, and how many of them are unknown.
    pub(super) top: Vec<String>,
    pub(super) pointer: String,
}

/// An array in an answer.
#[derive(Clone)]
pub(super) struct Array {
    pub(super) pointer: String,
    pub(super) name: String,
    pub(super) item: SchemaId,
    /// It may be left out.
    pub(super) sparse: bool,
    pub(super) place: SchemaId,
}

/// A value in an answer or a parameter of a request.
#[derive(Clone)]
pub(super) struct Value {
    /// The JSON pointer, or the name of a header or parameter.
    pub(super) pointer: String,
    /// The name, and the same with the words of the objects that it is in.
    pub(super) name: String,
    pub(super) long: String,
    pub(super) form: Form,
    pub(super) schema: SchemaId,
}

/// What kind of value it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// A text without a format that says more.
    Text,
    /// A URL.
    Url,
    /// A date or a date-time.
    Date,
    Integer,
    Number,
    Boolean,
    /// Anything else.
    Other,
}

/// The JSON pointer of a member (RFC 6901, section 3).
pub(super) fn below(pointer: &str, name: &str) -> String {
    format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"))
}

/// Whether a schema is that of a moment: not of a day, a time of day or a duration.
pub(super) fn is_moment(api: &Api, schema: SchemaId) -> bool {
    match &api.schema(schema).kind {
        SchemaKind::String { format } => {
            format.as_deref().and_then(Format::named) == Some(Format::DateTime)
        }
        _ => false,
    }
}

/// The form of a schema.
pub(super) fn form(api: &Api, id: SchemaId) -> Form {
    match &api.schema(id).kind {
        SchemaKind::String { format } => match format.as_deref() {
            Some("uri" | "url" | "uri-reference" | "iri") => Form::Url,
            Some("date" | "date-time" | "time" | "datetime" | "duration") => Form::Date,
            Some("binary" | "byte" | "email" | "password" | "ipv4" | "ipv6") => Form::Other,
            _ => Form::Text,
        },
        SchemaKind::Integer { .. } => Form::Integer,
        SchemaKind::Number { .. } => Form::Number,
        SchemaKind::Boolean => Form::Boolean,
        _ => Form::Other,
    }
}

/// The answer of an operation; `None` where it has several, or none in JSON.
pub(super) fn answer(api: &Api, operation: &Operation) -> Option<Answer> {
    let mut successes = operation
        .responses
        .iter()
        .filter(|response| response.status.is_success() && response.codec != Codec::Empty);
    let first = successes.next()?;
    if first.codec != Codec::Json {
        return None;
    }
    let schema = api.canonical(first.schema?);
    // Another media type of the same status, or another status of the same schema.
    let is_one = successes.all(|other| {
        other.status == first.status && other.codec != Codec::Json
            || other.schema.is_some_and(|id| api.canonical(id) == schema)
    });
    if !is_one {
        return None;
    }
    let mut found = Answer {
        arrays: Vec::new(),
        values: Vec::new(),
        headers: Vec::new(),
        top: Vec::new(),
        pointer: first.pointer.clone(),
    };
    let looker = Looker { api };
    match &api.schema(schema).kind {
        SchemaKind::Array(item) => found.arrays.push(Array {
            pointer: String::new(),
            name: String::new(),
            item: *item,
            sparse: false,
            place: schema,
        }),
        SchemaKind::Object(object) => {
            found.top = object.properties.keys().map(|name| plain(name)).collect();
            looker.object(schema, &Way::default(), true, &mut found);
        }
        _ => return None,
    }
    let headers = operation.declared.iter();
    let of_status = headers.filter(|row| row.status == first.status || row.status.is_success());
    for id in of_status.filter_map(|row| row.headers) {
        if let SchemaKind::Object(object) = &api.schema(id).kind {
            found
                .headers
                .extend(object.properties.iter().map(|(name, property)| Value {
                    pointer: name.clone(),
                    name: plain(name),
                    long: plain(name),
                    form: form(api, property.schema),
                    schema: property.schema,
                }));
        }
    }
    Some(found)
}

struct Looker<'a> {
    api: &'a Api,
}

/// The way to an object.
#[derive(Default, Clone)]
struct Way {
    pointer: String,
    words: String,
    depth: usize,
    sparse: bool,
}

impl Looker<'_> {
    /// Looks into an object; `records`: its arrays may be those of a list.
    fn object(&self, id: SchemaId, way: &Way, records: bool, found: &mut Answer) {
        let SchemaKind::Object(object) = &self.api.schema(id).kind else {
            return;
        };
        for (name, property) in &object.properties {
            let word = plain(name);
            let pointer = below(&way.pointer, name);
            let inner = Way {
                words: match CONTAINERS.contains(&word.as_str()) {
                    true => format!("{}{word}", way.words),
                    false => way.words.clone(),
                },
                depth: way.depth + 1,
                sparse: way.sparse || !property.required,
                pointer: pointer.clone(),
            };
            match &self.api.schema(property.schema).kind {
                SchemaKind::Array(item) if records => found.arrays.push(Array {
                    pointer,
                    name: word,
                    item: *item,
                    sparse: inner.sparse,
                    place: property.schema,
                }),
                SchemaKind::Object(_) if way.depth < DEPTH => {
                    let is_wrapper = records && WRAPPERS.contains(&word.as_str());
                    if is_wrapper || CONTAINERS.contains(&word.as_str()) {
                        self.object(property.schema, &inner, is_wrapper, found);
                    }
                }
                _ => found.values.push(Value {
                    pointer,
                    long: format!("{}{word}", way.words),
                    name: word,
                    form: form(self.api, property.schema),
                    schema: property.schema,
                }),
            }
        }
    }
}

/// The parameters of a request that may differ from page to page.
pub(super) fn request(api: &Api, operation: &Operation) -> Vec<(crate::api::Place, Value)> {
    use crate::api::{Location, Place};
    let mut found = Vec::new();
    // A body goes before the query: some descriptions name a member of the body as a
    // parameter too.
    if let Some(body) = operation
        .body
        .as_ref()
        .filter(|body| body.codec == Codec::Json)
        && operation.method != "GET"
        && let SchemaKind::Object(object) = &api.schema(body.schema).kind
    {
        for (name, property) in &object.properties {
            let pointer = below("", name);
            let word = plain(name);
            found.push((
                Place::Body(pointer.clone()),
                Value {
                    pointer: api.schemas[property.schema.index()].pointer.clone(),
                    long: word.clone(),
                    name: word.clone(),
                    form: form(api, property.schema),
                    schema: property.schema,
                },
            ));
            // `pagination: {cursor, limit}`
            if let SchemaKind::Object(inner) = &api.schema(property.schema).kind
                && CONTAINERS.contains(&word.as_str())
            {
                for (name, property) in &inner.properties {
                    found.push((
                        Place::Body(below(&pointer, name)),
                        Value {
                            pointer: api.schemas[property.schema.index()].pointer.clone(),
                            name: plain(name),
                            long: format!("{word}{}", plain(name)),
                            form: form(api, property.schema),
                            schema: property.schema,
                        },
                    ));
                }
            }
        }
    }
    for parameter in &operation.parameters {
        let place = match parameter.location {
            Location::Query => Place::Query(parameter.name.clone()),
            Location::Header => Place::Header(parameter.name.clone()),
            Location::Path | Location::Cookie => continue,
        };
        let word = plain(&parameter.name);
        found.push((
            place,
            Value {
                pointer: parameter.pointer.clone(),
                long: word.clone(),
                name: word,
                form: form(api, parameter.schema),
                schema: parameter.schema,
            },
        ));
    }
    found
}
