//! Schemas: references, scalars, enumerations, arrays, objects.

use super::facets::{Facets, annotations};
use super::{MAX_DEPTH, Progress, Resolver};
use crate::api::{Object, Property, SchemaId, SchemaKind, Tuple};
use crate::diagnostic::{Effect, codes};
use crate::source::{escape, unescape};
use indexmap::IndexMap;
use openapiv3::{AdditionalProperties, ReferenceOr, Schema};
use serde_json::Value;

impl Resolver<'_> {
    /// The schema that a place uses: the target of a reference, or a new one.
    pub(super) fn schema(
        &mut self,
        schema: &ReferenceOr<Schema>,
        key: &str,
        pointer: &str,
    ) -> SchemaId {
        match schema {
            ReferenceOr::Reference { reference } => self.reference(reference, pointer),
            ReferenceOr::Item(schema) => self.inline(schema, key, pointer),
        }
    }

    pub(super) fn boxed(
        &mut self,
        schema: &ReferenceOr<Box<Schema>>,
        key: &str,
        pointer: &str,
    ) -> SchemaId {
        match schema {
            ReferenceOr::Reference { reference } => self.reference(reference, pointer),
            ReferenceOr::Item(schema) => self.inline(schema, key, pointer),
        }
    }

    pub(super) fn inline(&mut self, schema: &Schema, key: &str, pointer: &str) -> SchemaId {
        let id = self.allocate(key.to_owned(), pointer.to_owned());
        self.progress[id.index()] = Progress::Running;
        let key = self.schemas[id.index()].key.clone();
        self.fill(id, schema, &key, pointer);
        self.progress[id.index()] = Progress::Done;
        id
    }

    /// Follows a `$ref` to a schema.
    pub(super) fn reference(&mut self, reference: &str, pointer: &str) -> SchemaId {
        if let Some(id) = self.target(reference) {
            return id;
        }
        self.report(
            &codes::DANGLING_REF,
            Effect::Degraded,
            pointer,
            format!("`{reference}` does not exist; the value is taken as any JSON"),
        );
        let id = self.any(&format!("missing {reference}"), pointer);
        self.elsewhere.insert(reference.to_owned(), id);
        id
    }

    /// What a `$ref` to a schema means, where it has a target.
    pub(super) fn target(&self, reference: &str) -> Option<SchemaId> {
        let name = reference
            .strip_prefix("#/components/schemas/")
            .map(unescape);
        let component = name.and_then(|name| self.components.get(name.as_ref()));
        component.or_else(|| self.elsewhere.get(reference)).copied()
    }

    /// Sets kind, nullability and annotations of schema `id`.
    pub(super) fn fill(&mut self, id: SchemaId, schema: &Schema, key: &str, pointer: &str) {
        let facets = Facets::of(schema);
        let bounds = facets.bounds.clone();
        let only = match facets.enumeration.as_deref() {
            Some([only]) => Some(only.clone()),
            // `type: null`, and nothing else.
            _ if schema.schema_data.extensions.contains_key("x-pontoon-null") => Some(Value::Null),
            _ => None,
        };
        self.depth += 1;
        let (kind, nullable) = if self.depth > MAX_DEPTH {
            self.report(
                &codes::TOO_DEEP,
                Effect::Degraded,
                pointer,
                "inline schemas are nested too deeply; the value is taken as any JSON",
            );
            (SchemaKind::Any, false)
        } else {
            self.kind(schema, facets, key, pointer)
        };
        self.depth -= 1;
        let rules = self.rules(schema, &kind);
        self.remember_required(id, schema);
        let place = &mut self.schemas[id.index()];
        place.kind = kind;
        place.nullable = nullable || schema.schema_data.nullable;
        place.annotations = annotations(schema, bounds, rules);
        place.annotations.only = only;
    }

    /// The kind of a schema, and whether its parts allow null.
    pub(super) fn kind(
        &mut self,
        schema: &Schema,
        mut facets: Facets<'_>,
        key: &str,
        pointer: &str,
    ) -> (SchemaKind, bool) {
        let data = &schema.schema_data;
        if facets.not {
            if data.extensions.contains_key("x-pontoon-never") {
                return (SchemaKind::Never, false);
            }
            if facets.is_open() {
                self.report(
                    &codes::NOT_SCHEMA,
                    Effect::Degraded,
                    pointer,
                    "nothing but `not` says what the value is; it is taken as any JSON",
                );
            }
        }
        let mut nullable = false;
        if let Some(values) = &mut facets.enumeration {
            let before = values.len();
            values.retain(|value| !value.is_null());
            nullable = values.len() < before && before > 0;
            if values.is_empty() {
                facets.enumeration = None;
            }
        }
        if data.extensions.contains_key("x-pontoon-tuple") {
            return (self.tuple(&facets, key, pointer), nullable);
        }
        if !facets.all_of.is_empty() {
            let (kind, parts_nullable) = self.all_of(schema, &facets, key, pointer);
            return (kind, nullable || parts_nullable);
        }
        if !facets.one_of.is_empty() || !facets.any_of.is_empty() {
            let (kind, members_nullable) = self.union(schema, &facets, key, pointer);
            return (kind, nullable || members_nullable);
        }
        if let Some(values) = facets.enumeration.take() {
            return (self.enumeration(values, &facets, key, pointer), nullable);
        }
        (self.plain(&facets, key, pointer), nullable)
    }

    /// A schema without combinators and enumerations.
    fn plain(&mut self, facets: &Facets<'_>, key: &str, pointer: &str) -> SchemaKind {
        match facets.ty {
            Some("string") => SchemaKind::String {
                format: facets.format.clone(),
            },
            Some("integer") => SchemaKind::Integer {
                format: facets.format.clone(),
            },
            Some("number") => SchemaKind::Number {
                format: facets.format.clone(),
            },
            Some("boolean") => SchemaKind::Boolean,
            Some("array") => self.array(facets, key, pointer),
            Some("object") => self.object(facets, key, pointer),
            _ if facets.properties.is_some() || facets.additional.is_some() => {
                self.object(facets, key, pointer)
            }
            _ if facets.items.is_some() => self.array(facets, key, pointer),
            _ => SchemaKind::Any,
        }
    }

    fn array(&mut self, facets: &Facets<'_>, key: &str, pointer: &str) -> SchemaKind {
        let key = format!("{key} []");
        let item = match facets.items {
            Some(items) => self.boxed(items, &key, &format!("{pointer}/items")),
            None => self.any(&key, pointer),
        };
        SchemaKind::Array(item)
    }

    /// The schemas by position stand where a union has its members (`dialect`).
    fn tuple(&mut self, facets: &Facets<'_>, key: &str, pointer: &str) -> SchemaKind {
        let items: Vec<SchemaId> = facets
            .one_of
            .iter()
            .enumerate()
            .map(|(index, item)| {
                let pointer = format!("{pointer}/oneOf/{index}");
                self.schema(item, &format!("{key} []{index}"), &pointer)
            })
            .collect();
        let rest = facets
            .items
            .map(|items| self.boxed(items, &format!("{key} []"), &format!("{pointer}/items")));
        let least = facets.bounds.min_items.unwrap_or(items.len());
        SchemaKind::Tuple(Tuple {
            required: least.min(items.len()),
            items,
            rest,
        })
    }

    fn object(&mut self, facets: &Facets<'_>, key: &str, pointer: &str) -> SchemaKind {
        let named = facets.properties.is_some();
        let additional = match facets.additional {
            Some(AdditionalProperties::Schema(schema)) => {
                let pointer = format!("{pointer}/additionalProperties");
                Some(self.schema(schema, &format!("{key} {{}}"), &pointer))
            }
            Some(AdditionalProperties::Any(true)) => {
                Some(self.any(&format!("{key} {{}}"), pointer))
            }
            Some(AdditionalProperties::Any(false)) => None,
            None if named => None,
            None => Some(self.any(&format!("{key} {{}}"), pointer)),
        };
        let Some(properties) = facets.properties else {
            return match additional {
                Some(value) => SchemaKind::Map(value),
                None => SchemaKind::Object(Object::default()),
            };
        };
        let mut object = Object {
            properties: IndexMap::with_capacity(properties.len()),
            additional,
        };
        for (name, property) in properties {
            let schema = self.boxed(
                property,
                &format!("{key} .{name}"),
                &format!("{pointer}/properties/{}", escape(name)),
            );
            object.properties.insert(
                name.clone(),
                Property {
                    schema,
                    required: facets.required.iter().any(|other| other == name),
                },
            );
        }
        SchemaKind::Object(object)
    }

    fn enumeration(
        &mut self,
        values: Vec<Value>,
        facets: &Facets<'_>,
        key: &str,
        pointer: &str,
    ) -> SchemaKind {
        let declared = facets.ty;
        if matches!(declared, None | Some("string")) && values.iter().all(Value::is_string) {
            return SchemaKind::StringEnum(distinct(
                values.iter().filter_map(Value::as_str).map(str::to_owned),
            ));
        }
        if declared == Some("string")
            && values
                .iter()
                .all(|value| value.is_string() || value.is_number() || value.is_boolean())
        {
            // `enum: [1, 2]` under `type: string`: the type decides, the values are its texts.
            return SchemaKind::StringEnum(distinct(values.iter().map(|value| {
                value
                    .as_str()
                    .map_or_else(|| value.to_string(), str::to_owned)
            })));
        }
        let collection = |value: &Value| value.is_array() || value.is_object();
        match declared {
            Some("array") if !values.iter().any(collection) => {
                return self.listed_items(values, facets, key, pointer);
            }
            Some("array" | "object") => {
                self.report(
                    &codes::MIXED_ENUM,
                    Effect::Degraded,
                    pointer,
                    "the enumeration is not of scalars; its values are read by their type alone",
                );
                return self.plain(facets, key, pointer);
            }
            _ => {}
        }
        let values: Vec<Value> = distinct(values.into_iter().map(whole));
        if values.iter().all(Value::is_i64) {
            return SchemaKind::IntegerEnum(values.iter().filter_map(Value::as_i64).collect());
        }
        // Both booleans are no choice; one is a constant, and a boolean says it best.
        if values.iter().all(Value::is_boolean) {
            return SchemaKind::Boolean;
        }
        if !values.iter().any(collection) {
            return SchemaKind::ValueEnum(values);
        }
        self.report(
            &codes::MIXED_ENUM,
            Effect::Degraded,
            pointer,
            "the enumeration is not of scalars; its values are read by their type alone",
        );
        self.plain(facets, key, pointer)
    }

    /// `enum: [a, b]` beside `type: array` lists what the items may be.
    fn listed_items(
        &mut self,
        values: Vec<Value>,
        facets: &Facets<'_>,
        key: &str,
        pointer: &str,
    ) -> SchemaKind {
        self.report(
            &codes::MIXED_ENUM,
            Effect::Repaired,
            pointer,
            "the values of the enumeration are no arrays; they are read as those of the items",
        );
        if let Some(items) = facets.items
            && !matches!(items, openapiv3::ReferenceOr::Item(item) if Facets::of(item).enumeration.is_none())
        {
            return self.array(facets, key, pointer);
        }
        let key = format!("{key} []");
        let of_items = Facets {
            ty: match facets.items {
                Some(openapiv3::ReferenceOr::Item(item)) => Facets::of(item).ty,
                _ => None,
            },
            ..Facets::default()
        };
        let id = self.allocate(key.clone(), pointer.to_owned());
        self.schemas[id.index()].kind = self.enumeration(values, &of_items, &key, pointer);
        self.progress[id.index()] = Progress::Done;
        SchemaKind::Array(id)
    }
}

/// A number without a fraction as an integer: 1.0 is 1 in JSON Schema.
fn whole(value: Value) -> Value {
    match value.as_f64() {
        Some(number) if value.is_f64() && number.fract() == 0.0 && number.abs() < 9e15 => {
            Value::from(number as i64)
        }
        _ => value,
    }
}

fn distinct<T: PartialEq>(values: impl Iterator<Item = T>) -> Vec<T> {
    let mut list = Vec::new();
    for value in values {
        if !list.contains(&value) {
            list.push(value);
        }
    }
    list
}
