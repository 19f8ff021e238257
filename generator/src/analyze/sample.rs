//! Values made from schemas, for calls that exercise an operation.
//!
//! A value depends on its schema alone, so the same description gives the same
//! values each time. It is bounded: a schema that would need more than a few
//! hundred nodes loses optional parts first.

use super::accept::{accepts, chain, nullable, read_only};
use super::format::text_of;
use super::pattern;
use crate::api::{
    Annotations, Api, Format, Location, Object, Parameter, SchemaId, SchemaKind, Union, UnionMember,
};
use serde_json::{Map, Value, json};

/// Optional parts are left out once a value has this many nodes.
const MAX_NODES: usize = 120;
/// Objects nested more deeply than this have required properties only.
const MAX_DEPTH: usize = 4;
/// Required parts nested more deeply than this cannot be made.
const MAX_REQUIRED_DEPTH: usize = 24;
/// Parts that are tried for one value, those of union members not taken included.
const MAX_STEPS: usize = 5_000;
/// Longest text and array that are made.
const MAX_LENGTH: usize = 4096;

/// A value for a request body: required properties, and optional ones as far as
/// they fit; properties that are read only are left out.
pub fn sample(api: &Api, id: SchemaId) -> Value {
    let mut sampler = Sampler::new(api);
    sampler.value(id, 0).unwrap_or_else(|| json!({}))
}

/// A value for a parameter. It is never an empty text, list or object, because
/// such a value is not seen on the wire.
pub fn sample_parameter(api: &Api, parameter: &Parameter) -> Value {
    let in_path = parameter.location == Location::Path;
    let usable = |value: &Value| {
        accepts(api, parameter.schema, value)
            && visible(value)
            && !(in_path && value.as_str().is_some_and(|text| text.contains('/')))
    };
    let patterned = api
        .schema(parameter.schema)
        .annotations
        .bounds
        .pattern
        .is_some();
    let formatted = matches!(
        &api.schema(parameter.schema).kind,
        SchemaKind::String { format: Some(name) } if Format::named(name).and_then(text_of).is_some()
    );
    if let Some(example) = &parameter.example
        && !patterned
        && !formatted
        && is_scalar(example)
        && usable(example)
    {
        return example.clone();
    }
    if matches!(api.schema(parameter.schema).kind, SchemaKind::Any) {
        return json!("text");
    }
    let value = Sampler::new(api).value(parameter.schema, 0);
    value.unwrap_or_else(|| json!("text"))
}

/// A value of a schema that is no array, map, object or union.
pub(super) fn scalar(api: &Api, id: SchemaId) -> Option<Value> {
    Sampler::new(api).made(id, 0)
}

/// Whether a value leaves something on the wire.
fn visible(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(entries) => !entries.is_empty(),
        Value::Bool(_) | Value::Number(_) => true,
    }
}

fn is_scalar(value: &Value) -> bool {
    matches!(value, Value::String(_) | Value::Number(_) | Value::Bool(_))
}

struct Sampler<'a> {
    api: &'a Api,
    nodes: usize,
    steps: usize,
    /// Schemas whose value is being made.
    open: Vec<SchemaId>,
}

impl<'a> Sampler<'a> {
    fn new(api: &'a Api) -> Self {
        Self {
            api,
            nodes: 0,
            steps: 0,
            open: Vec::new(),
        }
    }

    /// A value that schema `id` takes; `None` where there is no finite one, or
    /// none small enough.
    fn value(&mut self, id: SchemaId, depth: usize) -> Option<Value> {
        let canonical = self.api.canonical(id);
        self.steps += 1;
        let far = depth > MAX_REQUIRED_DEPTH || self.steps > MAX_STEPS;
        if far || self.open.contains(&canonical) {
            return nullable(self.api, id).then_some(Value::Null);
        }
        self.nodes += 1;
        self.open.push(canonical);
        let value = self.made(id, depth);
        self.open.pop();
        value.or_else(|| nullable(self.api, id).then_some(Value::Null))
    }

    fn made(&mut self, id: SchemaId, depth: usize) -> Option<Value> {
        let api = self.api;
        let schema = api.schema(id);
        let notes = &schema.annotations;
        match &schema.kind {
            SchemaKind::Never => None,
            SchemaKind::Any if notes.only == Some(Value::Null) => Some(Value::Null),
            SchemaKind::Any if depth == 0 => Some(json!({})),
            SchemaKind::Any => Some(json!("text")),
            SchemaKind::StringEnum(values) => {
                let shown = values.iter().find(|value| !value.is_empty());
                shown.or(values.first()).map(|value| json!(value))
            }
            SchemaKind::IntegerEnum(values) => values.first().map(|value| json!(value)),
            SchemaKind::ValueEnum(values) => values.first().cloned(),
            SchemaKind::Tuple(tuple) => {
                let items = tuple.items.iter();
                let values = items.map(|item| self.value(*item, depth + 1));
                values.collect::<Option<Vec<Value>>>().map(Value::Array)
            }
            SchemaKind::Boolean => {
                let only = notes.only.clone();
                Some(only.or_else(|| self.given(id)).unwrap_or(json!(true)))
            }
            SchemaKind::Integer { .. } => self
                .given(id)
                .or_else(|| integer(notes).map(|value| json!(value))),
            SchemaKind::Number { .. } => self.given(id).or_else(|| number(notes)),
            SchemaKind::String { format } => self.text(id, format.as_deref(), notes),
            SchemaKind::Array(item) => self.array(*item, notes, depth),
            SchemaKind::Map(entry) => self.map(*entry, notes, depth),
            SchemaKind::Object(object) => self.object(object, notes, depth),
            SchemaKind::Union(union) => self.union(union, depth),
            SchemaKind::Alias(next) => self.value(*next, depth),
        }
    }

    /// The example or the default of a place, where it is valid.
    fn given(&self, id: SchemaId) -> Option<Value> {
        chain(self.api, id)
            .flat_map(|id| {
                let notes = &self.api.schemas[id.index()].annotations;
                [&notes.example, &notes.default]
            })
            .flatten()
            .find(|value| visible(value) && accepts(self.api, id, value))
            .cloned()
    }

    fn text(&self, id: SchemaId, format: Option<&str>, notes: &Annotations) -> Option<Value> {
        let bounds = &notes.bounds;
        let most = bounds.max_length.unwrap_or(MAX_LENGTH).min(MAX_LENGTH);
        let least = bounds.min_length.unwrap_or(1).max(1).min(most);
        let format_of = format.and_then(Format::named);
        if let Some(text) = format_of.and_then(text_of) {
            // No pattern speaks against it: see `super::format`.
            let is_encoded = matches!(format_of, Some(Format::Byte | Format::Base64Url));
            if is_encoded && !(least..=most).contains(&text.len()) {
                return Some(json!("dGV4".repeat(least.div_ceil(4).max(1))));
            }
            return Some(json!(text));
        }
        if let Some(text) = bounds
            .pattern
            .as_deref()
            .and_then(|p| pattern::matching(p, least, most))
        {
            return Some(json!(text));
        }
        if bounds.min_length.is_some_and(|length| length > most) {
            return None;
        }
        if let Some(text) = format.and_then(formatted) {
            return Some(json!(fitted(text, least, most)));
        }
        if let Some(given) = self.given(id) {
            return Some(given);
        }
        Some(json!(fitted("text", least, most)))
    }

    fn array(&mut self, item: SchemaId, notes: &Annotations, depth: usize) -> Option<Value> {
        let bounds = &notes.bounds;
        let least = bounds.min_items.unwrap_or(0);
        if least > MAX_LENGTH {
            return None;
        }
        // Never empty where it can be helped: a form has no empty list.
        let shown = usize::from(bounds.max_items != Some(0));
        let mut items = Vec::new();
        for index in 0..least.max(shown) {
            match self.value(item, depth + 1) {
                Some(value) if !bounds.unique_items || !items.contains(&value) => items.push(value),
                Some(value) => match self.varied(item, &value, index) {
                    Some(value) if !items.contains(&value) => items.push(value),
                    _ => break,
                },
                None => break,
            }
        }
        (items.len() >= least).then_some(Value::Array(items))
    }

    /// Another value that `item` takes.
    fn varied(&self, item: SchemaId, value: &Value, index: usize) -> Option<Value> {
        let other = match (&self.api.schema(item).kind, value) {
            (SchemaKind::StringEnum(values), _) => json!(values.get(index)?),
            (SchemaKind::IntegerEnum(values), _) => json!(values.get(index)?),
            (SchemaKind::ValueEnum(values), _) => values.get(index)?.clone(),
            (_, Value::Bool(value)) => json!(!value),
            (_, Value::String(text)) => json!(format!("{text}{index}")),
            (_, Value::Number(number)) => json!(number.as_i64()? + i64::try_from(index).ok()?),
            _ => return None,
        };
        accepts(self.api, item, &other).then_some(other)
    }

    fn map(&mut self, entry: SchemaId, notes: &Annotations, depth: usize) -> Option<Value> {
        let least = notes.bounds.min_properties.unwrap_or(0);
        if least > MAX_LENGTH {
            return None;
        }
        // An object of which nothing is known but what it is by default.
        if let Some(default @ Value::Object(entries)) = &notes.default
            && matches!(self.api.schema(entry).kind, SchemaKind::Any)
            && entries.len() >= least
            && depth > 0
        {
            return Some(default.clone());
        }
        let mut entries = Map::new();
        for index in 0..least.max(1) {
            let Some(value) = self.value(entry, depth + 1) else {
                break;
            };
            let key = if index == 0 {
                "key".to_owned()
            } else {
                format!("key{}", index + 1)
            };
            entries.insert(key, value);
        }
        (entries.len() >= least).then_some(Value::Object(entries))
    }

    fn object(&mut self, object: &Object, notes: &Annotations, depth: usize) -> Option<Value> {
        let mut entries = Map::new();
        for (name, property) in &object.properties {
            if read_only(self.api, property.schema) {
                continue;
            }
            if !property.required && !self.roomy(depth) {
                continue;
            }
            match self.value(property.schema, depth + 1) {
                Some(Value::Null) if !property.required => {}
                Some(value) => {
                    entries.insert(name.clone(), value);
                }
                None if property.required => return None,
                None => {}
            }
        }
        // An object without properties is not seen in a form or a query.
        let least = notes
            .bounds
            .min_properties
            .unwrap_or(1)
            .clamp(1, MAX_LENGTH);
        self.fill(&mut entries, object, least, depth);
        Some(Value::Object(entries))
    }

    /// Adds what an object needs to have `least` properties.
    fn fill(
        &mut self,
        entries: &mut Map<String, Value>,
        object: &Object,
        least: usize,
        depth: usize,
    ) {
        for (name, property) in &object.properties {
            if entries.len() >= least {
                return;
            }
            if entries.contains_key(name) || read_only(self.api, property.schema) {
                continue;
            }
            if let Some(value) = self.value(property.schema, depth + 1) {
                entries.insert(name.clone(), value);
            }
        }
        let Some(additional) = object.additional else {
            return;
        };
        for index in entries.len()..least {
            if let Some(value) = self.value(additional, depth + 1) {
                entries.insert(format!("key{}", index + 1), value);
            }
        }
    }

    /// A value of the first member that only that member takes; of the first
    /// that can be made where no such value is found. Texts that are empty, and
    /// null, come last: they are not seen in a form or a query.
    fn union(&mut self, union: &Union, depth: usize) -> Option<Value> {
        let mut fallback: Option<Value> = None;
        for (index, member) in union.members.iter().enumerate() {
            let before = self.nodes;
            let Some(mut value) = self.value(member.schema, depth) else {
                continue;
            };
            self.tag(union, member, &mut value);
            let alone = !union.members.iter().enumerate().any(|(other, candidate)| {
                other != index && accepts(self.api, candidate.schema, &value)
            });
            if alone && visible(&value) {
                return Some(value);
            }
            self.nodes = before;
            let better = match &fallback {
                None => true,
                Some(kept) => !visible(kept) && visible(&value),
            };
            if better {
                fallback = Some(value);
            }
        }
        fallback
    }

    /// Sets the discriminator of a member's value.
    fn tag(&self, union: &Union, member: &UnionMember, value: &mut Value) {
        let (Some(name), Some(tag), Some(entries)) = (
            &union.discriminator,
            member.tags.first(),
            value.as_object_mut(),
        ) else {
            return;
        };
        let tag = json!(tag);
        let takes = match &self.api.schema(member.schema).kind {
            SchemaKind::Object(object) => object
                .properties
                .get(name)
                .is_none_or(|property| accepts(self.api, property.schema, &tag)),
            _ => true,
        };
        if takes {
            entries.insert(name.clone(), tag);
        }
    }

    /// Whether optional parts still fit.
    fn roomy(&self, depth: usize) -> bool {
        depth < MAX_DEPTH && self.nodes < MAX_NODES
    }
}

fn integer(notes: &Annotations) -> Option<i64> {
    let value = numeric(notes, 1.0)?;
    // Bounds beyond what a double holds exactly are rounded inwards by `as`.
    (value.fract() == 0.0).then_some(value as i64)
}

fn number(notes: &Annotations) -> Option<Value> {
    numeric(notes, 1.5).map(|value| json!(value))
}

/// The number nearest to `wanted` that the bounds allow.
fn numeric(notes: &Annotations, wanted: f64) -> Option<f64> {
    let bounds = &notes.bounds;
    let whole = wanted.fract() == 0.0;
    let least = bounds
        .minimum
        .map(|value| if whole { value.ceil() } else { value });
    let most = bounds
        .maximum
        .map(|value| if whole { value.floor() } else { value });
    let mut value = wanted;
    if let Some(most) = most {
        value = value.min(most);
    }
    if let Some(least) = least {
        value = value.max(least);
    }
    if let Some(step) = bounds.multiple_of.filter(|step| *step > 0.0) {
        value = (value / step).ceil() * step;
        if most.is_some_and(|most| value > most) {
            value -= step;
        }
    }
    let allowed = least.is_none_or(|least| value >= least) && most.is_none_or(|most| value <= most);
    allowed.then_some(value)
}

/// A text of a registered format.
fn formatted(format: &str) -> Option<&'static str> {
    Some(match format {
        "full-time" => "09:30:00Z",
        "email" | "idn-email" => "user@example.com",
        "hostname" | "idn-hostname" => "example.com",
        "uri" | "url" | "iri" => "https://example.com/path",
        "uri-reference" | "iri-reference" => "/path",
        "uri-template" => "https://example.com/{id}",
        "json-pointer" => "/key",
        "relative-json-pointer" => "0",
        "regex" => "^text$",
        "int32" | "int64" | "integer" | "number" => "1",
        "timezone" => "Europe/Amsterdam",
        _ => return None,
    })
}

/// `text`, cut or padded to a length.
fn fitted(text: &str, least: usize, most: usize) -> String {
    text.chars()
        .chain(std::iter::repeat('x'))
        .take(text.len().clamp(least, most.max(least)))
        .collect()
}
