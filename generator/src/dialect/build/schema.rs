//! Schemas. Their keywords are already lowered and repaired.

use openapiv3 as oa;
use openapiv3::ReferenceOr;

use super::read::{self, Reader};
use crate::dialect::trail::Trail;
use crate::source::{Node, Value};

/// A schema or a reference to one.
pub(super) fn schema(
    r: &mut Reader<'_, '_>,
    node: &Node,
    at: &Trail<'_>,
) -> ReferenceOr<oa::Schema> {
    if let Some(reference) = node.reference() {
        return ReferenceOr::ref_(reference);
    }
    ReferenceOr::Item(oa::Schema {
        schema_data: data(r, node, at),
        schema_kind: kind(r, node, at),
    })
}

fn boxed(r: &mut Reader<'_, '_>, node: &Node, at: &Trail<'_>) -> ReferenceOr<Box<oa::Schema>> {
    match schema(r, node, at) {
        ReferenceOr::Reference { reference } => ReferenceOr::Reference { reference },
        ReferenceOr::Item(item) => ReferenceOr::Item(Box::new(item)),
    }
}

fn data(r: &mut Reader<'_, '_>, node: &Node, at: &Trail<'_>) -> oa::SchemaData {
    let flag = |key: &str| node.get(key).and_then(Node::as_bool).unwrap_or_default();
    oa::SchemaData {
        nullable: flag("nullable"),
        read_only: flag("readOnly"),
        write_only: flag("writeOnly"),
        deprecated: flag("deprecated"),
        external_docs: super::external_docs(r, node, at),
        example: node.get("example").map(Node::to_json),
        title: r.prose(node, "title"),
        description: r.prose(node, "description"),
        discriminator: node.get("discriminator").and_then(discriminator),
        default: node.get("default").map(Node::to_json),
        extensions: read::extensions(node),
    }
}

fn discriminator(node: &Node) -> Option<oa::Discriminator> {
    let mapping = node.get("mapping").and_then(Node::as_object);
    Some(oa::Discriminator {
        property_name: node.get_str("propertyName")?.to_owned(),
        mapping: mapping
            .into_iter()
            .flatten()
            .filter_map(|(name, target)| Some((name.clone(), target.as_str()?.to_owned())))
            .collect(),
        extensions: read::extensions(node),
    })
}

/// The kind. A schema with one plain type and no combination is that type;
/// keywords that say nothing about its type are left out.
fn kind(r: &mut Reader<'_, '_>, node: &Node, at: &Trail<'_>) -> oa::SchemaKind {
    let has = |key: &str| node.get(key).is_some();
    let combined = ["oneOf", "anyOf", "allOf", "not"].map(has);
    let typ = node.get_str("type");
    if combined == [false; 4] {
        let plain = match typ {
            Some("string") => string(node).map(oa::Type::String),
            Some("number") => number(node).map(oa::Type::Number),
            Some("integer") => integer(node).map(oa::Type::Integer),
            Some("boolean") => boolean(node).map(oa::Type::Boolean),
            Some("object") if !has("enum") => Some(oa::Type::Object(object(r, node, at))),
            Some("array") if !has("enum") => Some(oa::Type::Array(array(r, node, at))),
            _ => None,
        };
        if let Some(plain) = plain {
            return oa::SchemaKind::Type(plain);
        }
    }
    let alone = typ.is_none() && !ASSERTIONS.iter().any(|key| has(key));
    match combined {
        [true, false, false, false] if alone => oa::SchemaKind::OneOf {
            one_of: list(r, node, "oneOf", at),
        },
        [false, true, false, false] if alone => oa::SchemaKind::AnyOf {
            any_of: list(r, node, "anyOf", at),
        },
        [false, false, true, false] if alone => oa::SchemaKind::AllOf {
            all_of: list(r, node, "allOf", at),
        },
        [false, false, false, true] if alone => match node.get("not") {
            Some(not) => oa::SchemaKind::Not {
                not: Box::new(schema(r, not, &at.key("not"))),
            },
            None => oa::SchemaKind::Any(oa::AnySchema::default()),
        },
        _ => oa::SchemaKind::Any(any(r, node, at)),
    }
}

/// Keywords that make a combination more than a combination.
const ASSERTIONS: [&str; 19] = [
    "properties",
    "required",
    "additionalProperties",
    "items",
    "enum",
    "format",
    "pattern",
    "minLength",
    "maxLength",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minItems",
    "maxItems",
    "uniqueItems",
    "minProperties",
    "maxProperties",
];

fn text(node: &Node, key: &str) -> Option<String> {
    node.get_str(key).map(str::to_owned)
}

fn size(node: &Node, key: &str) -> Option<usize> {
    usize::try_from(node.get(key)?.as_i64()?).ok()
}

fn float(node: &Node, key: &str) -> Option<f64> {
    node.get(key)?.as_f64()
}

fn whole(node: &Node, key: &str) -> Option<i64> {
    node.get(key)?.as_i64()
}

fn flag(node: &Node, key: &str) -> Option<bool> {
    node.get(key)?.as_bool()
}

/// The values of the enum, none if one is not of the type.
fn values<T>(node: &Node, read: impl Fn(&Node) -> Option<T>) -> Option<Vec<Option<T>>> {
    let Some(items) = node.get("enum").and_then(Node::as_array) else {
        return Some(Vec::new());
    };
    items
        .iter()
        .map(|item| match item.value {
            Value::Null => Some(None),
            _ => read(item).map(Some),
        })
        .collect()
}

fn string(node: &Node) -> Option<oa::StringType> {
    Some(oa::StringType {
        format: text(node, "format").into(),
        pattern: text(node, "pattern"),
        enumeration: values(node, |item| item.as_str().map(str::to_owned))?,
        min_length: size(node, "minLength"),
        max_length: size(node, "maxLength"),
    })
}

fn number(node: &Node) -> Option<oa::NumberType> {
    Some(oa::NumberType {
        format: text(node, "format").into(),
        multiple_of: float(node, "multipleOf"),
        exclusive_minimum: flag(node, "exclusiveMinimum").unwrap_or_default(),
        exclusive_maximum: flag(node, "exclusiveMaximum").unwrap_or_default(),
        minimum: float(node, "minimum"),
        maximum: float(node, "maximum"),
        enumeration: values(node, Node::as_f64)?,
    })
}

fn integer(node: &Node) -> Option<oa::IntegerType> {
    Some(oa::IntegerType {
        format: text(node, "format").into(),
        multiple_of: whole(node, "multipleOf"),
        exclusive_minimum: flag(node, "exclusiveMinimum").unwrap_or_default(),
        exclusive_maximum: flag(node, "exclusiveMaximum").unwrap_or_default(),
        minimum: whole(node, "minimum"),
        maximum: whole(node, "maximum"),
        enumeration: values(node, Node::as_i64)?,
    })
}

fn boolean(node: &Node) -> Option<oa::BooleanType> {
    Some(oa::BooleanType {
        enumeration: values(node, Node::as_bool)?,
    })
}

fn object(r: &mut Reader<'_, '_>, node: &Node, at: &Trail<'_>) -> oa::ObjectType {
    oa::ObjectType {
        properties: properties(r, node, at),
        required: required(node),
        additional_properties: additional(r, node, at),
        min_properties: size(node, "minProperties"),
        max_properties: size(node, "maxProperties"),
    }
}

fn array(r: &mut Reader<'_, '_>, node: &Node, at: &Trail<'_>) -> oa::ArrayType {
    oa::ArrayType {
        items: node
            .get("items")
            .map(|items| boxed(r, items, &at.key("items"))),
        min_items: size(node, "minItems"),
        max_items: size(node, "maxItems"),
        unique_items: flag(node, "uniqueItems").unwrap_or_default(),
    }
}

fn properties(
    r: &mut Reader<'_, '_>,
    node: &Node,
    at: &Trail<'_>,
) -> indexmap::IndexMap<String, ReferenceOr<Box<oa::Schema>>> {
    let at = at.key("properties");
    r.members(node, "properties", &at)
        .map(|(name, member)| (name.clone(), boxed(r, member, &at.key(name))))
        .collect()
}

fn required(node: &Node) -> Vec<String> {
    let items = node.get("required").and_then(Node::as_array);
    let names = items.into_iter().flatten().filter_map(Node::as_str);
    names.map(str::to_owned).collect()
}

fn additional(
    r: &mut Reader<'_, '_>,
    node: &Node,
    at: &Trail<'_>,
) -> Option<oa::AdditionalProperties> {
    let found = node.get("additionalProperties")?;
    Some(match found.as_bool() {
        Some(value) => oa::AdditionalProperties::Any(value),
        None => {
            let at = at.key("additionalProperties");
            oa::AdditionalProperties::Schema(Box::new(schema(r, found, &at)))
        }
    })
}

fn list(
    r: &mut Reader<'_, '_>,
    node: &Node,
    key: &str,
    at: &Trail<'_>,
) -> Vec<ReferenceOr<oa::Schema>> {
    let at = at.key(key);
    let items = r.items(node, key, &at).iter().enumerate();
    items
        .map(|(i, item)| schema(r, item, &at.index(i)))
        .collect()
}

fn any(r: &mut Reader<'_, '_>, node: &Node, at: &Trail<'_>) -> oa::AnySchema {
    let enumeration = node.get("enum").and_then(Node::as_array);
    oa::AnySchema {
        typ: text(node, "type"),
        pattern: text(node, "pattern"),
        multiple_of: float(node, "multipleOf"),
        exclusive_minimum: flag(node, "exclusiveMinimum"),
        exclusive_maximum: flag(node, "exclusiveMaximum"),
        minimum: float(node, "minimum"),
        maximum: float(node, "maximum"),
        properties: properties(r, node, at),
        required: required(node),
        additional_properties: additional(r, node, at),
        min_properties: size(node, "minProperties"),
        max_properties: size(node, "maxProperties"),
        items: node
            .get("items")
            .map(|items| boxed(r, items, &at.key("items"))),
        min_items: size(node, "minItems"),
        max_items: size(node, "maxItems"),
        unique_items: flag(node, "uniqueItems"),
        enumeration: enumeration
            .into_iter()
            .flatten()
            .map(Node::to_json)
            .collect(),
        format: text(node, "format"),
        min_length: size(node, "minLength"),
        max_length: size(node, "maxLength"),
        one_of: list(r, node, "oneOf", at),
        all_of: list(r, node, "allOf", at),
        any_of: list(r, node, "anyOf", at),
        not: node
            .get("not")
            .map(|not| Box::new(schema(r, not, &at.key("not")))),
    }
}
