//! Whether a value is one that a schema takes.

use crate::api::{Api, Bounds, SchemaId, SchemaKind, UnionMember};
use serde_json::Value;

/// Values nested more deeply than this are taken as they are.
const MAX_DEPTH: usize = 32;
/// After this many comparisons the rest of a value is taken as it is.
const MAX_STEPS: usize = 20_000;

/// Whether `value`, sent in a request, is valid against schema `id`.
///
/// Patterns and formats are not looked at; an answer of `true` means that
/// nothing else speaks against the value.
pub(super) fn accepts(api: &Api, id: SchemaId, value: &Value) -> bool {
    Check { api, steps: 0 }.takes(id, value, 0)
}

struct Check<'a> {
    api: &'a Api,
    steps: usize,
}

impl Check<'_> {
    fn takes(&mut self, id: SchemaId, value: &Value, depth: usize) -> bool {
        let api = self.api;
        self.steps += 1;
        if self.steps > MAX_STEPS || depth > MAX_DEPTH || (value.is_null() && nullable(api, id)) {
            return true;
        }
        let schema = api.schema(id);
        let bounds = &schema.annotations.bounds;
        match (&schema.kind, value) {
            (SchemaKind::Any, _) => true,
            (SchemaKind::Boolean, Value::Bool(_)) => {
                let only = &schema.annotations.only;
                only.as_ref().is_none_or(|only| only == value)
            }
            (SchemaKind::Integer { .. }, Value::Number(number)) => number
                .as_f64()
                .is_some_and(|number| number.fract() == 0.0 && within(bounds, number)),
            (SchemaKind::Number { .. }, Value::Number(number)) => {
                number.as_f64().is_some_and(|number| within(bounds, number))
            }
            (SchemaKind::String { .. }, Value::String(text)) => {
                let length = text.chars().count();
                bounds.min_length.is_none_or(|least| length >= least)
                    && bounds.max_length.is_none_or(|most| length <= most)
            }
            (SchemaKind::StringEnum(values), Value::String(text)) => values.contains(text),
            (SchemaKind::IntegerEnum(values), Value::Number(number)) => number
                .as_i64()
                .is_some_and(|number| values.contains(&number)),
            (SchemaKind::ValueEnum(values), _) => values.contains(value),
            (SchemaKind::Tuple(tuple), Value::Array(items)) => {
                let schemas = tuple.items.iter().copied().map(Some);
                let schemas = schemas.chain(std::iter::repeat(tuple.rest));
                items.len() >= tuple.required
                    && items.iter().zip(schemas).all(|(value, schema)| {
                        schema.is_some_and(|schema| self.takes(schema, value, depth + 1))
                    })
            }
            (SchemaKind::Array(item), Value::Array(items)) => {
                bounds.min_items.is_none_or(|least| items.len() >= least)
                    && bounds.max_items.is_none_or(|most| items.len() <= most)
                    && items
                        .iter()
                        .all(|value| self.takes(*item, value, depth + 1))
            }
            (SchemaKind::Map(entry), Value::Object(entries)) => {
                bounds
                    .min_properties
                    .is_none_or(|least| entries.len() >= least)
                    && entries
                        .values()
                        .all(|value| self.takes(*entry, value, depth + 1))
            }
            (SchemaKind::Object(object), Value::Object(entries)) => {
                bounds
                    .min_properties
                    .is_none_or(|least| entries.len() >= least)
                    && object
                        .properties
                        .iter()
                        .all(|(name, property)| match entries.get(name) {
                            Some(value) => self.takes(property.schema, value, depth + 1),
                            None => !property.required || read_only(api, property.schema),
                        })
                    && object.additional.is_none_or(|additional| {
                        entries
                            .iter()
                            .filter(|(name, _)| !object.properties.contains_key(*name))
                            .all(|(_, value)| self.takes(additional, value, depth + 1))
                    })
            }
            (SchemaKind::Union(union), _) => union.members.iter().any(|member| {
                tagged(union.discriminator.as_deref(), member, value)
                    && self.takes(member.schema, value, depth + 1)
            }),
            _ => false,
        }
    }
}

/// Whether the discriminator of `value`, if it has one, speaks for `member`.
fn tagged(discriminator: Option<&str>, member: &UnionMember, value: &Value) -> bool {
    let tag = discriminator.and_then(|name| value.get(name)?.as_str());
    tag.is_none_or(|tag| member.tags.is_empty() || member.tags.iter().any(|other| other == tag))
}

fn within(bounds: &Bounds, number: f64) -> bool {
    bounds.minimum.is_none_or(|least| number >= least)
        && bounds.maximum.is_none_or(|most| number <= most)
        && bounds.multiple_of.is_none_or(|step| {
            step <= 0.0 || ((number / step).round() * step - number).abs() < 1e-9
        })
}

/// Whether a place takes null: it, or a schema it is an alias of, says so.
pub(super) fn nullable(api: &Api, id: SchemaId) -> bool {
    chain(api, id).any(|id| api.schemas[id.index()].nullable)
}

/// Whether a place is for responses only.
pub(super) fn read_only(api: &Api, id: SchemaId) -> bool {
    chain(api, id).any(|id| api.schemas[id.index()].annotations.read_only)
}

/// `id`, what it is an alias of, and so on.
pub(super) fn chain(api: &Api, id: SchemaId) -> impl Iterator<Item = SchemaId> + '_ {
    // Alias chains end; the bound is a second lock.
    std::iter::successors(Some(id), |id| match api.schemas[id.index()].kind {
        SchemaKind::Alias(next) => Some(next),
        _ => None,
    })
    .take(api.schemas.len())
}
