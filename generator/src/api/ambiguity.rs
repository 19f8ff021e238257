//! Whether the members of a union can be told apart by what they hold.

use super::{Api, Object, SchemaId, SchemaKind, Union};

/// The only value of a scalar schema as text: a string itself, anything else as
/// JSON.
pub fn constant(api: &Api, id: SchemaId) -> Option<String> {
    let schema = api.schema(id);
    match &schema.kind {
        SchemaKind::StringEnum(values) => match values.as_slice() {
            [value] => Some(value.clone()),
            _ => None,
        },
        SchemaKind::IntegerEnum(values) => match values.as_slice() {
            [value] => Some(value.to_string()),
            _ => None,
        },
        SchemaKind::Boolean => Some(schema.annotations.only.as_ref()?.as_bool()?.to_string()),
        _ => None,
    }
}

/// The first two members of a union that nothing tells apart but optional
/// properties: no discriminator, no JSON type, no constant, no required property
/// that the other does not know. A value that fits both is read as the one that
/// knows more of its properties, then as the one that stands first.
pub fn alike(api: &Api, union: &Union) -> Option<(SchemaId, SchemaId)> {
    if union.discriminator.is_some() {
        return None;
    }
    let objects: Vec<(SchemaId, &Object)> = union
        .members
        .iter()
        .filter_map(|member| match &api.schema(member.schema).kind {
            SchemaKind::Object(object) => Some((member.schema, object)),
            _ => None,
        })
        .collect();
    objects.iter().enumerate().find_map(|(index, (first, a))| {
        let mut others = objects.iter().skip(index + 1);
        let found = others.find(|(_, b)| !apart(api, a, b))?;
        Some((*first, found.0))
    })
}

fn apart(api: &Api, a: &Object, b: &Object) -> bool {
    let unknown_to = |own: &Object, other: &Object| {
        own.properties
            .iter()
            .any(|(name, property)| property.required && !other.properties.contains_key(name))
    };
    let contradicted = a.properties.iter().any(|(name, property)| {
        let (Some(own), Some(other)) = (
            constant(api, property.schema),
            b.properties
                .get(name)
                .and_then(|other| constant(api, other.schema)),
        ) else {
            return false;
        };
        own != other
    });
    contradicted || unknown_to(a, b) || unknown_to(b, a)
}
