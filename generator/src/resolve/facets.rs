//! One flat view of the document model's many schema forms.

use super::rules::words;
use crate::api::{Annotations, Bounds, Rule};
use indexmap::IndexMap;
use openapiv3::{
    AdditionalProperties, AnySchema, ReferenceOr, Schema, SchemaKind, Type, VariantOrUnknownOrEmpty,
};
use serde::Serialize;
use serde_json::Value;

/// Everything a schema says, in one shape whatever form it was parsed into.
#[derive(Default)]
pub(super) struct Facets<'a> {
    pub ty: Option<&'a str>,
    pub format: Option<String>,
    pub enumeration: Option<Vec<Value>>,
    pub properties: Option<&'a IndexMap<String, ReferenceOr<Box<Schema>>>>,
    pub required: &'a [String],
    pub additional: Option<&'a AdditionalProperties>,
    pub items: Option<&'a ReferenceOr<Box<Schema>>>,
    pub one_of: &'a [ReferenceOr<Schema>],
    pub any_of: &'a [ReferenceOr<Schema>],
    pub all_of: &'a [ReferenceOr<Schema>],
    pub not: bool,
    pub bounds: Bounds,
}

impl<'a> Facets<'a> {
    pub(super) fn of(schema: &'a Schema) -> Self {
        match &schema.schema_kind {
            SchemaKind::Type(ty) => Self::of_type(ty),
            SchemaKind::OneOf { one_of } => Self {
                one_of,
                ..Self::default()
            },
            SchemaKind::AnyOf { any_of } => Self {
                any_of,
                ..Self::default()
            },
            SchemaKind::AllOf { all_of } => Self {
                all_of,
                ..Self::default()
            },
            SchemaKind::Not { .. } => Self {
                not: true,
                ..Self::default()
            },
            SchemaKind::Any(any) => Self::of_any(any),
        }
    }

    fn of_type(ty: &'a Type) -> Self {
        match ty {
            Type::String(string) => Self {
                ty: Some("string"),
                format: format_name(&string.format),
                enumeration: values(&string.enumeration),
                bounds: Bounds {
                    min_length: string.min_length,
                    max_length: string.max_length,
                    pattern: string.pattern.clone(),
                    ..Bounds::default()
                },
                ..Self::default()
            },
            Type::Number(number) => Self {
                ty: Some("number"),
                format: format_name(&number.format),
                enumeration: values(&number.enumeration),
                bounds: Bounds {
                    minimum: number.minimum,
                    maximum: number.maximum,
                    multiple_of: number.multiple_of,
                    ..Bounds::default()
                },
                ..Self::default()
            },
            Type::Integer(integer) => Self {
                ty: Some("integer"),
                format: format_name(&integer.format),
                enumeration: values(&integer.enumeration),
                bounds: Bounds {
                    minimum: integer
                        .minimum
                        .map(|value| value as f64 + f64::from(u8::from(integer.exclusive_minimum))),
                    maximum: integer
                        .maximum
                        .map(|value| value as f64 - f64::from(u8::from(integer.exclusive_maximum))),
                    multiple_of: integer.multiple_of.map(|value| value as f64),
                    ..Bounds::default()
                },
                ..Self::default()
            },
            Type::Boolean(boolean) => Self {
                ty: Some("boolean"),
                enumeration: values(&boolean.enumeration),
                ..Self::default()
            },
            Type::Object(object) => Self {
                ty: Some("object"),
                properties: (!object.properties.is_empty()).then_some(&object.properties),
                required: &object.required,
                additional: object.additional_properties.as_ref(),
                bounds: Bounds {
                    min_properties: object.min_properties,
                    ..Bounds::default()
                },
                ..Self::default()
            },
            Type::Array(array) => Self {
                ty: Some("array"),
                items: array.items.as_ref(),
                bounds: Bounds {
                    min_items: array.min_items,
                    max_items: array.max_items,
                    unique_items: array.unique_items,
                    ..Bounds::default()
                },
                ..Self::default()
            },
        }
    }

    fn of_any(any: &'a AnySchema) -> Self {
        Self {
            ty: any.typ.as_deref(),
            format: any.format.clone(),
            enumeration: (!any.enumeration.is_empty()).then(|| any.enumeration.clone()),
            properties: (!any.properties.is_empty()).then_some(&any.properties),
            required: &any.required,
            additional: any.additional_properties.as_ref(),
            items: any.items.as_ref(),
            one_of: any.one_of.as_slice(),
            any_of: any.any_of.as_slice(),
            all_of: any.all_of.as_slice(),
            not: any.not.is_some(),
            bounds: Bounds {
                minimum: any.minimum,
                maximum: any.maximum,
                multiple_of: any.multiple_of,
                min_length: any.min_length,
                max_length: any.max_length,
                pattern: any.pattern.clone(),
                min_items: any.min_items,
                max_items: any.max_items,
                min_properties: any.min_properties,
                unique_items: any.unique_items.unwrap_or_default(),
            },
        }
    }

    /// Whether the schema constrains nothing by itself (annotations only).
    pub(super) fn is_open(&self) -> bool {
        self.ty.is_none()
            && self.enumeration.is_none()
            && self.properties.is_none()
            && self.additional.is_none()
            && self.items.is_none()
            && self.one_of.is_empty()
            && self.any_of.is_empty()
            && self.all_of.is_empty()
    }
}

/// The annotations of a schema, bounds and rules included.
pub(super) fn annotations(schema: &Schema, bounds: Bounds, rules: Vec<Rule>) -> Annotations {
    let data = &schema.schema_data;
    Annotations {
        title: data.title.clone(),
        description: data.description.clone(),
        docs_url: data.external_docs.as_ref().map(|docs| docs.url.clone()),
        deprecated: data.deprecated,
        read_only: data.read_only,
        write_only: data.write_only,
        default: data.default.clone(),
        constraints: words(&rules).into_iter().chain(excluded(schema)).collect(),
        only: None,
        example: data.example.clone(),
        bounds,
        rules,
        xml: super::xml::object(schema, Facets::of(schema).all_of),
    }
}

/// What `not` excludes, in words.
fn excluded(schema: &Schema) -> Option<String> {
    let not = match &schema.schema_kind {
        SchemaKind::Not { not } => not,
        SchemaKind::Any(any) => any.not.as_ref()?,
        _ => return None,
    };
    if let ReferenceOr::Item(item) = not.as_ref()
        && let Some(values) = Facets::of(item).enumeration
    {
        let values: Vec<String> = values.iter().map(|value| format!("`{value}`")).collect();
        return Some(format!("not {}", values.join(", ")));
    }
    Some("not every value: some are excluded".to_owned())
}

fn values<T: Clone + Into<Value>>(list: &[Option<T>]) -> Option<Vec<Value>> {
    (!list.is_empty()).then(|| {
        list.iter()
            .map(|value| value.clone().map_or(Value::Null, Into::into))
            .collect()
    })
}

fn format_name<T: Serialize>(format: &VariantOrUnknownOrEmpty<T>) -> Option<String> {
    match format {
        VariantOrUnknownOrEmpty::Item(item) => serde_json::to_value(item)
            .ok()
            .and_then(|value| value.as_str().map(str::to_owned)),
        VariantOrUnknownOrEmpty::Unknown(name) => Some(name.clone()),
        VariantOrUnknownOrEmpty::Empty => None,
    }
}
