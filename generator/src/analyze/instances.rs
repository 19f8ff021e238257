//! Several instances of one schema, to prove that what is read is written.
//!
//! [`sample`](super::sample) makes one value for a call; here a schema is walked
//! several times, each time with other choices: the least, everything, nulls, the
//! other members of unions, the other values of enumerations, arrays of no and of
//! two items, properties that are not listed. Instances hold what either direction
//! may carry, `readOnly` and `writeOnly` included.

use super::accept::nullable;
use super::sample::scalar;
use crate::api::{Api, Object, SchemaId, SchemaKind, Union};
use serde_json::{Map, Value};

/// Optional parts are left out once an instance has this many nodes.
const MAX_NODES: usize = 400;
/// Objects nested more deeply than this have required properties only.
const MAX_DEPTH: usize = 6;
/// Required parts nested more deeply than this cannot be made.
const MAX_REQUIRED_DEPTH: usize = 32;
/// Schemas walked for one instance.
const MAX_STEPS: usize = 20_000;
/// Instances of one schema whose choices differ in members and listed values.
const MAX_TURNS: usize = 600;
/// Of these, how many come of choices inside properties rather than of the schema.
const MAX_INNER_TURNS: usize = 12;

/// Instances of schema `id`, each different. None where no finite value exists.
pub fn instances(api: &Api, id: SchemaId) -> Vec<Value> {
    let mut found: Vec<Value> = Vec::new();
    let mut add = |choice: Choice| {
        let mut maker = Maker::new(api, choice);
        if let Some(value) = maker.value(id, 0)
            && !found.contains(&value)
        {
            found.push(value);
        }
    };
    add(Choice::least());
    add(Choice::full());
    add(Choice {
        items: 2,
        further: 2,
        ..Choice::full()
    });
    add(Choice {
        items: 0,
        nulls: Nulls::Inside,
        ..Choice::full()
    });
    add(Choice {
        nulls: Nulls::Everywhere,
        ..Choice::full()
    });
    let own = width(api, id);
    let inner = match &api.schema(id).kind {
        SchemaKind::Object(object) => object
            .properties
            .values()
            .map(|property| width(api, property.schema))
            .max()
            .unwrap_or(1)
            .min(MAX_INNER_TURNS),
        _ => 1,
    };
    for turn in 1..own.max(inner).min(MAX_TURNS) {
        add(Choice {
            turn,
            ..Choice::full()
        });
        if turn < own {
            add(Choice {
                turn,
                ..Choice::least()
            });
        }
    }
    found
}

/// How many members or listed values a schema, or an array's item, chooses from.
fn width(api: &Api, id: SchemaId) -> usize {
    match &api.schema(id).kind {
        SchemaKind::Union(union) => union.members.len(),
        SchemaKind::StringEnum(values) => values.len(),
        SchemaKind::IntegerEnum(values) => values.len(),
        SchemaKind::ValueEnum(values) => values.len(),
        SchemaKind::Boolean => 2,
        SchemaKind::Array(item) => match &api.schema(*item).kind {
            SchemaKind::Union(union) => union.members.len(),
            SchemaKind::StringEnum(values) => values.len(),
            _ => 1,
        },
        _ => 1,
    }
}

/// What one instance is like.
#[derive(Clone, Copy)]
struct Choice {
    /// Optional properties are there.
    optional: bool,
    /// Items of arrays, within their bounds.
    items: usize,
    /// Properties of maps, and those not listed of objects that declare their schema.
    further: usize,
    /// Where null stands.
    nulls: Nulls,
    /// Which member of a union, or listed value, is taken: this one, counted round.
    turn: usize,
}

/// Where an instance has null: wherever it may be, wherever but at the top, nowhere.
#[derive(Clone, Copy, PartialEq)]
enum Nulls {
    Nowhere,
    Inside,
    Everywhere,
}

impl Choice {
    fn least() -> Self {
        Self {
            optional: false,
            items: 0,
            further: 0,
            nulls: Nulls::Nowhere,
            turn: 0,
        }
    }
    fn full() -> Self {
        Self {
            optional: true,
            items: 1,
            further: 1,
            nulls: Nulls::Nowhere,
            turn: 0,
        }
    }
}

struct Maker<'a> {
    api: &'a Api,
    choice: Choice,
    nodes: usize,
    steps: usize,
    /// Schemas whose value is being made.
    open: Vec<SchemaId>,
}

impl<'a> Maker<'a> {
    fn new(api: &'a Api, choice: Choice) -> Self {
        Self {
            api,
            choice,
            nodes: 0,
            steps: 0,
            open: Vec::new(),
        }
    }

    fn value(&mut self, id: SchemaId, depth: usize) -> Option<Value> {
        let null = nullable(self.api, id);
        let wanted = match self.choice.nulls {
            Nulls::Nowhere => false,
            Nulls::Inside => depth > 0,
            Nulls::Everywhere => true,
        };
        if null && wanted {
            return Some(Value::Null);
        }
        let id = self.api.canonical(id);
        self.steps += 1;
        let far = depth > MAX_REQUIRED_DEPTH || self.steps > MAX_STEPS;
        // Once inside itself is enough to see recursion.
        let again = self.open.iter().filter(|open| **open == id).count();
        if far || again > 1 {
            return null.then_some(Value::Null);
        }
        self.nodes += 1;
        self.open.push(id);
        let value = self.made(id, depth);
        self.open.pop();
        value.or_else(|| null.then_some(Value::Null))
    }

    fn made(&mut self, id: SchemaId, depth: usize) -> Option<Value> {
        let api = self.api;
        let schema = api.schema(id);
        let bounds = &schema.annotations.bounds;
        match &schema.kind {
            SchemaKind::StringEnum(values) => {
                self.turned(values).map(|value| value.as_str().into())
            }
            SchemaKind::IntegerEnum(values) => self.turned(values).map(|value| (*value).into()),
            SchemaKind::ValueEnum(values) => self.turned(values).cloned(),
            SchemaKind::Tuple(tuple) => {
                let wanted = if self.choice.optional {
                    tuple.items.len()
                } else {
                    tuple.required
                };
                let items = tuple.items.iter().take(wanted);
                let values = items.map(|item| self.value(*item, depth + 1));
                values.collect::<Option<Vec<Value>>>().map(Value::Array)
            }
            SchemaKind::Boolean => {
                let only = schema.annotations.only.clone();
                Some(only.unwrap_or(Value::Bool(self.choice.turn.is_multiple_of(2))))
            }
            SchemaKind::Array(item) => {
                let least = bounds.min_items.unwrap_or(0);
                let most = bounds.max_items.unwrap_or(usize::MAX);
                let wanted = self.choice.items.max(least).min(most);
                if least > MAX_NODES {
                    return None;
                }
                let mut items = Vec::new();
                for index in 0..wanted {
                    let Some(value) = self.item(*item, depth, index) else {
                        break;
                    };
                    if !bounds.unique_items || !items.contains(&value) {
                        items.push(value);
                    }
                }
                (items.len() >= least || bounds.unique_items).then_some(Value::Array(items))
            }
            SchemaKind::Map(entry) => {
                let least = bounds.min_properties.unwrap_or(0);
                let mut entries = Map::new();
                self.further(&mut entries, *entry, self.choice.further.max(least), depth);
                (entries.len() >= least).then_some(Value::Object(entries))
            }
            SchemaKind::Object(object) => self.object(object, bounds.min_properties, depth),
            SchemaKind::Union(union) => self.union(union, depth),
            // An alias was followed before.
            SchemaKind::Alias(_) => None,
            _ => scalar(api, id),
        }
    }

    fn turned<'v, T>(&self, values: &'v [T]) -> Option<&'v T> {
        values.get(self.choice.turn.checked_rem(values.len())?)
    }

    /// The items of an array differ in their choices where they can.
    fn item(&mut self, item: SchemaId, depth: usize, index: usize) -> Option<Value> {
        let turn = self.choice.turn;
        self.choice.turn += index;
        let value = self.value(item, depth + 1);
        self.choice.turn = turn;
        value
    }

    fn object(&mut self, object: &Object, least: Option<usize>, depth: usize) -> Option<Value> {
        let mut entries = Map::new();
        for (name, property) in &object.properties {
            let roomy = self.choice.optional && depth < MAX_DEPTH && self.nodes < MAX_NODES;
            if !property.required && !roomy {
                continue;
            }
            match self.value(property.schema, depth + 1) {
                Some(value) => {
                    entries.insert(name.clone(), value);
                }
                None if property.required => return None,
                None => {}
            }
        }
        let least = least.unwrap_or(0);
        for (name, property) in &object.properties {
            if entries.len() >= least {
                break;
            }
            if !entries.contains_key(name)
                && let Some(value) = self.value(property.schema, depth + 1)
            {
                entries.insert(name.clone(), value);
            }
        }
        if let Some(additional) = object.additional {
            let wanted = if self.nodes < MAX_NODES {
                self.choice.further
            } else {
                0
            };
            let wanted = wanted.max(least.saturating_sub(entries.len()));
            self.further(&mut entries, additional, wanted, depth);
        }
        (entries.len() >= least).then_some(Value::Object(entries))
    }

    /// Adds properties that the schema does not list.
    fn further(
        &mut self,
        entries: &mut Map<String, Value>,
        schema: SchemaId,
        count: usize,
        depth: usize,
    ) {
        for index in 0..count.min(MAX_NODES) {
            let Some(value) = self.value(schema, depth + 1) else {
                return;
            };
            let mut key = format!("key{}", index + 1);
            while entries.contains_key(&key) {
                key.push('_');
            }
            entries.insert(key, value);
        }
    }

    /// The member whose turn it is, or the next that can be made.
    fn union(&mut self, union: &Union, depth: usize) -> Option<Value> {
        let count = union.members.len();
        for step in 0..count {
            let index = (self.choice.turn + step) % count;
            let member = &union.members[index];
            // Inside the member the turns start again, or two unions in one another
            // would move in step and never meet in all ways.
            let turn = self.choice.turn;
            self.choice.turn = turn / count;
            let value = self.value(member.schema, depth);
            self.choice.turn = turn;
            let Some(mut value) = value else { continue };
            if let (Some(name), Some(tag), Some(entries)) = (
                &union.discriminator,
                member.tags.first(),
                value.as_object_mut(),
            ) {
                entries.insert(name.clone(), tag.as_str().into());
            }
            return Some(value);
        }
        None
    }
}

/// Whether `value` is one that schema `id` takes, as far as types, bounds, listed
/// values and required properties tell; see the limits of the check for requests,
/// of which it is the same.
pub fn is_instance(api: &Api, id: SchemaId, value: &Value) -> bool {
    super::accept::accepts(api, id, value)
}

#[cfg(test)]
mod tests {
    use super::instances;
    use crate::api::{Api, Object, Property, Schema, SchemaId, SchemaKind, Union, UnionMember};
    use serde_json::json;

    fn schema(kind: SchemaKind, nullable: bool) -> Schema {
        Schema {
            key: String::new(),
            pointer: String::new(),
            component: None,
            kind,
            nullable,
            annotations: Default::default(),
        }
    }

    fn api(schemas: Vec<Schema>) -> Api {
        Api {
            schemas,
            ..Api::default()
        }
    }

    #[test]
    fn an_object_comes_in_all_its_states() {
        let property = |schema, required| Property {
            schema: SchemaId(schema),
            required,
        };
        let api = api(vec![
            schema(
                SchemaKind::Object(Object {
                    properties: [
                        ("kind".to_owned(), property(1, true)),
                        ("tags".to_owned(), property(2, false)),
                    ]
                    .into_iter()
                    .collect(),
                    additional: None,
                }),
                false,
            ),
            schema(SchemaKind::StringEnum(vec!["a".into(), "b".into()]), false),
            schema(SchemaKind::Array(SchemaId(3)), true),
            schema(SchemaKind::Boolean, false),
        ]);
        let found = instances(&api, SchemaId(0));
        for wanted in [
            json!({"kind": "a"}),
            json!({"kind": "a", "tags": [true]}),
            json!({"kind": "a", "tags": [true, false]}),
            json!({"kind": "a", "tags": null}),
            json!({"kind": "b", "tags": [false]}),
        ] {
            assert!(found.contains(&wanted), "{wanted} in {found:?}");
        }
    }

    #[test]
    fn every_member_of_a_union_has_its_turn() {
        let member = |schema| UnionMember {
            schema: SchemaId(schema),
            tags: Vec::new(),
        };
        let api = api(vec![
            schema(
                SchemaKind::Union(Union {
                    discriminator: None,
                    members: vec![member(1), member(2)],
                }),
                false,
            ),
            schema(SchemaKind::Boolean, false),
            schema(SchemaKind::Integer { format: None }, false),
        ]);
        let found = instances(&api, SchemaId(0));
        assert_eq!(found, [json!(true), json!(1)]);
    }

    #[test]
    fn what_has_no_end_has_no_instance() {
        let api = api(vec![schema(
            SchemaKind::Object(Object {
                properties: [(
                    "next".to_owned(),
                    Property {
                        schema: SchemaId(0),
                        required: true,
                    },
                )]
                .into_iter()
                .collect(),
                additional: None,
            }),
            false,
        )]);
        assert!(instances(&api, SchemaId(0)).is_empty());
    }
}
