//! Properties that several parts of an `allOf` declare: what each says holds.

use super::Resolver;
use super::facets::Facets;
use crate::api::{Object, SchemaId, SchemaKind};
use openapiv3::{ReferenceOr, Schema};

impl Resolver<'_> {
    /// Adds the properties of `part`. Where both have one, the later says what it is,
    /// except where it says less: `pointer` is the place of the `allOf`.
    pub(super) fn merge_object(&mut self, into: &mut Object, part: Object, pointer: &str) {
        for (name, mut property) in part.properties {
            if let Some(other) = into.properties.get(&name).copied() {
                property.required |= other.required;
                property.schema = self.join_property(other.schema, property.schema, pointer);
            }
            into.properties.insert(name, property);
        }
        if part.additional.is_some() {
            into.additional = part.additional;
        }
    }

    /// The schema of a property that is `first` and `second` at the same time.
    fn join_property(&mut self, first: SchemaId, second: SchemaId, pointer: &str) -> SchemaId {
        if first == second {
            return second;
        }
        // `None`: inside itself; what it is is not known yet.
        let (Some(a), Some(b)) = (self.settled(first), self.settled(second)) else {
            return second;
        };
        if self.stands_in(second, pointer) {
            self.join_rules(first, second);
        }
        match (a, b) {
            (SchemaKind::Any, _) => second,
            (_, SchemaKind::Any)
            | (SchemaKind::StringEnum(_), SchemaKind::String { .. })
            | (SchemaKind::IntegerEnum(_), SchemaKind::Integer { .. }) => {
                self.become_kind(second, first, SchemaKind::Alias(first), pointer)
            }
            // `type: object` and nothing else.
            (SchemaKind::Object(a), SchemaKind::Map(entry))
                if !a.properties.is_empty()
                    && matches!(self.settled(entry), Some(SchemaKind::Any)) =>
            {
                self.become_kind(second, first, SchemaKind::Alias(first), pointer)
            }
            (SchemaKind::Object(a), SchemaKind::Object(b)) => {
                if a.properties
                    .keys()
                    .all(|name| b.properties.contains_key(name))
                {
                    return second;
                }
                let mut both = a;
                self.merge_object(&mut both, b, pointer);
                let kind = SchemaKind::Object(both);
                if self.stands_in(second, pointer) {
                    self.become_kind(second, first, kind, pointer)
                } else {
                    self.another(second, kind, pointer)
                }
            }
            _ => second,
        }
    }

    /// Gives `second` another kind if it stands below `pointer`, where nothing else
    /// refers to it; else `first` has to do.
    fn become_kind(
        &mut self,
        second: SchemaId,
        first: SchemaId,
        kind: SchemaKind,
        pointer: &str,
    ) -> SchemaId {
        if !self.stands_in(second, pointer) {
            return first;
        }
        self.schemas[second.index()].kind = kind;
        second
    }

    /// A schema with the notes of `like` and a kind of its own.
    fn another(&mut self, like: SchemaId, kind: SchemaKind, pointer: &str) -> SchemaId {
        let key = self.schemas[like.index()].key.clone();
        let id = self.any(&format!("{key} joined"), pointer);
        let schema = &self.schemas[like.index()];
        let (nullable, annotations) = (schema.nullable, schema.annotations.clone());
        let schema = &mut self.schemas[id.index()];
        (schema.kind, schema.nullable, schema.annotations) = (kind, nullable, annotations);
        id
    }

    fn stands_in(&self, id: SchemaId, pointer: &str) -> bool {
        let schema = &self.schemas[id.index()];
        let below = schema.pointer.strip_prefix(pointer);
        schema.component.is_none() && below.is_some_and(|rest| rest.starts_with('/'))
    }

    /// Parts may name properties of properties as required that other parts declare:
    /// `properties: {from: {required: [email]}}`.
    pub(super) fn inherit_nested_required(
        &mut self,
        object: &mut Object,
        sources: &[ReferenceOr<Schema>],
        pointer: &str,
    ) {
        for source in sources {
            let ReferenceOr::Item(item) = source else {
                continue;
            };
            for (name, property) in Facets::of(item).properties.into_iter().flatten() {
                let ReferenceOr::Item(property) = property else {
                    continue;
                };
                let required = Facets::of(property).required;
                if !required.is_empty()
                    && let Some(slot) = object.properties.get_mut(name)
                {
                    slot.schema = self.require(slot.schema, required, pointer);
                }
            }
        }
    }

    /// `id` with some of its properties required.
    fn require(&mut self, id: SchemaId, names: &[String], pointer: &str) -> SchemaId {
        let Some(SchemaKind::Object(mut object)) = self.settled(id) else {
            return id;
        };
        let mut changed = false;
        for name in names {
            if let Some(property) = object.properties.get_mut(name) {
                changed |= !property.required;
                property.required = true;
            }
        }
        if !changed {
            return id;
        }
        let kind = SchemaKind::Object(object);
        if self.stands_in(id, pointer) {
            self.schemas[id.index()].kind = kind;
            id
        } else {
            self.another(id, kind, pointer)
        }
    }
}
