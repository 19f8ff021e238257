//! Same shape, one type: schemas that need an item, put into classes.
//!
//! Two places are in one class when nothing that Rust code can see tells them
//! apart. Recursive shapes are compared by refining a partition until it stands
//! still (as for bisimilar automata). Prose plays no part.

use crate::api::{Api, SchemaId, SchemaKind};
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

/// Whether the kind needs a type of its own in the crate.
pub(super) fn needs_item(kind: &SchemaKind) -> bool {
    matches!(
        kind,
        SchemaKind::Object(_)
            | SchemaKind::StringEnum(_)
            | SchemaKind::IntegerEnum(_)
            | SchemaKind::ValueEnum(_)
            | SchemaKind::Union(_)
    )
}

/// Whether null is allowed at `id`, aliases followed.
pub(super) fn nullable(api: &Api, mut id: SchemaId) -> bool {
    for _ in 0..=api.schemas.len() {
        let schema = &api.schemas[id.index()];
        if schema.nullable {
            return true;
        }
        match schema.kind {
            SchemaKind::Alias(next) => id = next,
            // `Json` has a null of its own.
            _ => return false,
        }
    }
    false
}

/// The shape of each of `places`, as a number that equal shapes share.
pub(super) fn shapes(api: &Api, places: &[SchemaId]) -> HashMap<SchemaId, u64> {
    let mut class: HashMap<SchemaId, u64> = places.iter().map(|id| (*id, 0)).collect();
    let mut count = 0;
    loop {
        let next: HashMap<SchemaId, u64> = places
            .iter()
            .map(|id| {
                let mut hasher = DefaultHasher::new();
                class.get(id).hash(&mut hasher);
                item(api, *id, &class, &mut hasher);
                (*id, hasher.finish())
            })
            .collect();
        let distinct: std::collections::HashSet<u64> = next.values().copied().collect();
        class = next;
        if distinct.len() == count {
            return class;
        }
        count = distinct.len();
    }
}

fn item(api: &Api, id: SchemaId, class: &HashMap<SchemaId, u64>, hasher: &mut DefaultHasher) {
    match &api.schema(id).kind {
        SchemaKind::Object(object) => {
            1u8.hash(hasher);
            let mut names: Vec<&String> = object.properties.keys().collect();
            names.sort_unstable();
            for name in names {
                let property = &object.properties[name];
                let annotations = &api.schemas[property.schema.index()].annotations;
                name.hash(hasher);
                property.required.hash(hasher);
                annotations.read_only.hash(hasher);
                annotations.write_only.hash(hasher);
                part(api, property.schema, class, hasher);
            }
            if let Some(additional) = object.additional {
                2u8.hash(hasher);
                part(api, additional, class, hasher);
            }
        }
        SchemaKind::StringEnum(values) => {
            3u8.hash(hasher);
            let mut values: Vec<&String> = values.iter().collect();
            values.sort_unstable();
            values.hash(hasher);
        }
        SchemaKind::IntegerEnum(values) => {
            4u8.hash(hasher);
            let mut values = values.clone();
            values.sort_unstable();
            values.hash(hasher);
        }
        SchemaKind::ValueEnum(values) => {
            6u8.hash(hasher);
            let mut values: Vec<String> = values.iter().map(ToString::to_string).collect();
            values.sort_unstable();
            values.hash(hasher);
        }
        SchemaKind::Union(union) => {
            5u8.hash(hasher);
            union.discriminator.hash(hasher);
            for member in &union.members {
                member.tags.hash(hasher);
                part(api, member.schema, class, hasher);
            }
        }
        _ => 0u8.hash(hasher),
    }
}

/// A schema as a part of another: an item by its class, the rest by structure.
fn part(api: &Api, id: SchemaId, class: &HashMap<SchemaId, u64>, hasher: &mut DefaultHasher) {
    let mut id = id;
    // Arrays and maps nest without end only through items, so this ends; the
    // bound keeps a damaged model from looping.
    for _ in 0..64 {
        nullable(api, id).hash(hasher);
        api.schemas[id.index()].annotations.xml.hash(hasher);
        id = api.canonical(id);
        api.schemas[id.index()].annotations.xml.hash(hasher);
        match &api.schemas[id.index()].kind {
            SchemaKind::Array(item) => {
                10u8.hash(hasher);
                id = *item;
            }
            SchemaKind::Map(value) => {
                11u8.hash(hasher);
                id = *value;
            }
            SchemaKind::Tuple(tuple) => {
                (17u8, tuple.items.len(), tuple.required).hash(hasher);
                for item in tuple.items.iter().chain(&tuple.rest) {
                    part(api, *item, class, hasher);
                }
                return;
            }
            kind => {
                match kind {
                    SchemaKind::Any | SchemaKind::Never => 12u8.hash(hasher),
                    SchemaKind::Boolean => {
                        let only = &api.schemas[id.index()].annotations.only;
                        (13u8, only.as_ref().and_then(serde_json::Value::as_bool)).hash(hasher);
                    }
                    SchemaKind::Integer { format } => (14u8, format).hash(hasher),
                    SchemaKind::Number { format } => (15u8, format).hash(hasher),
                    SchemaKind::String { format } => (16u8, format).hash(hasher),
                    _ => class.get(&id).hash(hasher),
                }
                return;
            }
        }
    }
}
