//! `oneOf` and `anyOf`: unions, and what is simpler than it looks.

use super::facets::Facets;
use super::label::labels;
use super::{Progress, Resolver};
use crate::api::{Object, Property, SchemaId, SchemaKind, Union, UnionMember};
use crate::diagnostic::{Effect, codes};
use openapiv3::{Discriminator, ReferenceOr, Schema};
use std::collections::HashSet;

impl Resolver<'_> {
    /// The kind of a schema with `oneOf` or `anyOf`, and whether a member
    /// allows null.
    pub(super) fn union(
        &mut self,
        schema: &Schema,
        facets: &Facets<'_>,
        key: &str,
        pointer: &str,
    ) -> (SchemaKind, bool) {
        let (list, word) = if facets.one_of.is_empty() {
            (facets.any_of, "anyOf")
        } else {
            (facets.one_of, "oneOf")
        };
        if !facets.one_of.is_empty() && !facets.any_of.is_empty() {
            self.report(
                &codes::ALL_OF_CONFLICT,
                Effect::Degraded,
                pointer,
                "`anyOf` stands beside `oneOf`; only `oneOf` is typed",
            );
        }
        let own = Facets {
            ty: facets.ty,
            format: facets.format.clone(),
            enumeration: facets.enumeration.clone(),
            properties: facets.properties,
            required: facets.required,
            additional: facets.additional,
            items: facets.items,
            ..Facets::default()
        };
        let constrains_only = |member: &ReferenceOr<Schema>| matches!(member, ReferenceOr::Item(item) if Facets::of(item).is_open());
        if list.iter().all(constrains_only) {
            // `anyOf: [{required: [a]}, {required: [b]}]` beside properties.
            return self.kind(schema, own, key, pointer);
        }
        let mut nullable = false;
        let mut members: Vec<UnionMember> = Vec::new();
        let labels = labels(list);
        for (index, member) in list.iter().enumerate() {
            let pointer = format!("{pointer}/{word}/{index}");
            let id = match member {
                ReferenceOr::Reference { reference } => self.reference(reference, &pointer),
                ReferenceOr::Item(item) => {
                    let inner = Facets::of(item);
                    let only_null = inner
                        .enumeration
                        .as_ref()
                        .is_some_and(|values| values.iter().all(serde_json::Value::is_null));
                    if only_null {
                        nullable = true;
                        continue;
                    }
                    let id = self.inline(item, &format!("{key} |{}", labels[index]), &pointer);
                    nullable |= self.schemas[id.index()].nullable;
                    id
                }
            };
            if self.schemas[id.index()].kind != SchemaKind::Never
                && !members.iter().any(|other| other.schema == id)
            {
                members.push(UnionMember {
                    schema: id,
                    tags: Vec::new(),
                });
            }
        }
        let kind = match members.as_slice() {
            [] => SchemaKind::Any,
            [only] if own.properties.is_none() => SchemaKind::Alias(only.schema),
            _ => self.join(schema, own, members, key, pointer),
        };
        (kind, nullable)
    }

    fn join(
        &mut self,
        schema: &Schema,
        own: Facets<'_>,
        mut members: Vec<UnionMember>,
        key: &str,
        pointer: &str,
    ) -> SchemaKind {
        if let Some(kind) = self.scalar_join(&members) {
            return kind;
        }
        let discriminator = schema.schema_data.discriminator.as_ref();
        if let Some(discriminator) = discriminator {
            for member in &mut members {
                member.tags = self.tags(discriminator, member.schema);
                let tags = &member.tags;
                let mapping = &discriminator.mapping;
                let is_mapped = tags.iter().all(|tag| mapping.contains_key(tag));
                let property = discriminator.property_name.clone();
                let told = (property, member.schema, tags.clone());
                self.told.insert(told, is_mapped);
            }
        }
        let union = Union {
            discriminator: discriminator.map(|found| found.property_name.clone()),
            members,
        };
        if own.properties.is_none() {
            return SchemaKind::Union(union);
        }
        match self.kind(schema, own, key, pointer) {
            (SchemaKind::Object(base), _) => self.distribute(&base, union, key, pointer),
            _ => {
                self.report(
                    &codes::ALL_OF_CONFLICT,
                    Effect::Degraded,
                    pointer,
                    "what stands beside the union is not an object; it is ignored",
                );
                SchemaKind::Union(union)
            }
        }
    }

    /// A member that a mapping names has the discriminator's property on the wire,
    /// so that one which does not declare it is read, inside the union, as an object
    /// that does: else what tells the members apart would be lost with the reading.
    pub(super) fn declare_tags(&mut self) {
        for index in 0..self.schemas.len() {
            let SchemaKind::Union(union) = &self.schemas[index].kind else {
                continue;
            };
            let Some(property) = union.discriminator.clone() else {
                continue;
            };
            let mut members = union.members.clone();
            self.listed_tags(&property, &mut members);
            for member in &mut members {
                let told = (property.clone(), member.schema, member.tags.clone());
                let Some(is_mapped) = self.told.get(&told).copied() else {
                    continue;
                };
                let Some(SchemaKind::Object(object)) = self.settled(member.schema) else {
                    continue;
                };
                if object.properties.contains_key(&property) {
                    continue;
                }
                let pointer = self.schemas[index].pointer.clone();
                let name = self.schemas[member.schema.index()].component.clone();
                let name = name.unwrap_or_default();
                let what = format!("the member `{name}` does not declare `{property}`");
                if is_mapped {
                    let what = format!("{what}, by which it is told; it is added");
                    self.report(&codes::BAD_DISCRIMINATOR, Effect::Repaired, &pointer, what);
                    let union = SchemaId(index as u32);
                    member.schema = self.tagged_object(union, member, object, &property);
                } else if object.additional.is_none() {
                    let what = format!("{what}; its value is not kept");
                    self.report(&codes::BAD_DISCRIMINATOR, Effect::Degraded, &pointer, what);
                }
            }
            if let SchemaKind::Union(union) = &mut self.schemas[index].kind {
                union.members = members;
            }
        }
    }

    /// A member that no mapping names is told by the values that its discriminating
    /// property lists, unless a value of theirs would then stand for two members.
    fn listed_tags(&mut self, property: &str, members: &mut [UnionMember]) {
        let before = members.to_vec();
        for member in &mut *members {
            let told = (property.to_owned(), member.schema, member.tags.clone());
            if self.told.get(&told) != Some(&false) {
                continue;
            }
            let Some(SchemaKind::Object(object)) = self.settled(member.schema) else {
                continue;
            };
            let listed = object.properties.get(property);
            let listed = listed.and_then(|found| self.settled(found.schema));
            if let Some(SchemaKind::StringEnum(values)) = listed {
                member.tags = values;
            }
        }
        let mut seen = HashSet::new();
        let mut tags = members.iter().flat_map(|member| &member.tags);
        if !tags.all(|tag| seen.insert(tag)) {
            members.clone_from_slice(&before);
        }
    }

    fn tagged_object(
        &mut self,
        union: SchemaId,
        member: &UnionMember,
        object: Object,
        property: &str,
    ) -> SchemaId {
        let (key, pointer) = {
            let union = &self.schemas[union.index()];
            (union.key.clone(), union.pointer.clone())
        };
        let name = self.schemas[member.schema.index()].component.clone();
        let name = name.unwrap_or_default();
        let key = format!("{key} |{name}");
        let tag = self.allocate(format!("{key} .{property}"), pointer.clone());
        self.schemas[tag.index()].kind = SchemaKind::StringEnum(member.tags.clone());
        let id = self.allocate(key, pointer);
        let mut tagged = Object {
            additional: object.additional,
            ..Object::default()
        };
        let required = Property {
            schema: tag,
            required: true,
        };
        tagged.properties.insert(property.to_owned(), required);
        tagged.properties.extend(object.properties);
        self.schemas[id.index()].kind = SchemaKind::Object(tagged);
        self.schemas[id.index()].annotations =
            self.schemas[member.schema.index()].annotations.clone();
        self.progress[tag.index()] = Progress::Done;
        self.progress[id.index()] = Progress::Done;
        id
    }

    /// Strings beside enumerations of strings are one open enumeration; several
    /// numbers are one number.
    fn scalar_join(&mut self, members: &[UnionMember]) -> Option<SchemaKind> {
        let mut kinds = Vec::new();
        for member in members {
            kinds.push(self.settled(member.schema)?);
        }
        let strings = |kind: &SchemaKind| {
            matches!(kind, SchemaKind::String { .. } | SchemaKind::StringEnum(_))
        };
        if kinds.iter().all(strings) {
            let mut values: Vec<String> = Vec::new();
            let mut formats = Vec::new();
            for kind in kinds {
                match kind {
                    SchemaKind::StringEnum(list) => {
                        // An empty text, which no format has.
                        formats.push(None);
                        values.extend(list.into_iter().filter(|value| !value.is_empty()));
                    }
                    SchemaKind::String { format } => formats.push(format),
                    _ => {}
                }
            }
            let mut seen = HashSet::new();
            values.retain(|value| seen.insert(value.clone()));
            return Some(if values.is_empty() {
                formats.dedup();
                SchemaKind::String {
                    format: if formats.len() == 1 {
                        formats.pop().flatten()
                    } else {
                        None
                    },
                }
            } else {
                SchemaKind::StringEnum(values)
            });
        }
        let numbers = |kind: &SchemaKind| {
            matches!(kind, SchemaKind::Integer { .. } | SchemaKind::Number { .. })
        };
        if kinds.iter().all(numbers) {
            let fraction = kinds
                .iter()
                .any(|kind| matches!(kind, SchemaKind::Number { .. }));
            return Some(if fraction {
                SchemaKind::Number { format: None }
            } else {
                SchemaKind::Integer { format: None }
            });
        }
        None
    }

    /// The discriminator's values that mean the member: its mapping entries, or
    /// the component's name (OAS 3.0.3, Discriminator Object).
    fn tags(&self, discriminator: &Discriminator, member: SchemaId) -> Vec<String> {
        let Some(name) = &self.schemas[member.index()].component else {
            return Vec::new();
        };
        let mapped: Vec<String> = discriminator
            .mapping
            .iter()
            .filter(|(_, target)| {
                target.as_str() == name || target.rsplit('/').next() == Some(name.as_str())
            })
            .map(|(value, _)| value.clone())
            .collect();
        if mapped.is_empty() {
            vec![name.clone()]
        } else {
            mapped
        }
    }
}
