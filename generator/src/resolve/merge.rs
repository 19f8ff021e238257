//! `allOf`: parts merged into one schema.

use super::facets::Facets;
use super::{Progress, Resolver};
use crate::api::{Api, Object, SchemaId, SchemaKind, Union};
use crate::diagnostic::{Diagnostic, Diagnostics, Effect, codes};
use openapiv3::{ReferenceOr, Schema};

/// What one part of an `allOf` contributes.
enum Part {
    Reference(SchemaId),
    Own(SchemaKind),
}

impl Part {
    /// A part that is nothing but a reference is one, however deep it stands.
    fn of(kind: SchemaKind) -> Self {
        match kind {
            SchemaKind::Alias(id) => Self::Reference(id),
            kind => Self::Own(kind),
        }
    }
}

impl Resolver<'_> {
    /// The kind of a schema with `allOf`, and whether its parts allow null.
    pub(super) fn all_of(
        &mut self,
        schema: &Schema,
        facets: &Facets<'_>,
        key: &str,
        pointer: &str,
    ) -> (SchemaKind, bool) {
        let mut parts = Vec::new();
        let mut nullable = false;
        for (index, part) in facets.all_of.iter().enumerate() {
            let pointer = format!("{pointer}/allOf/{index}");
            match part {
                ReferenceOr::Reference { reference } => {
                    let id = self.reference(reference, &pointer);
                    parts.push(Part::Reference(id));
                }
                ReferenceOr::Item(item) => {
                    let inner = Facets::of(item);
                    nullable |= item.schema_data.nullable;
                    if inner.is_open() || says_only_object(&inner) {
                        continue;
                    }
                    let (kind, also) = self.kind(item, inner, key, &pointer);
                    nullable |= also;
                    parts.push(Part::of(kind));
                }
            }
        }
        let own = Facets {
            ty: facets.ty,
            format: facets.format.clone(),
            enumeration: facets.enumeration.clone(),
            properties: facets.properties,
            required: facets.required,
            additional: facets.additional,
            items: facets.items,
            one_of: facets.one_of,
            any_of: facets.any_of,
            ..Facets::default()
        };
        if !own.is_open() && !says_only_object(&own) {
            let scalar_only = own.properties.is_none()
                && own.additional.is_none()
                && own.items.is_none()
                && own.enumeration.is_none()
                && own.one_of.is_empty()
                && own.any_of.is_empty();
            // `type: string` beside `allOf: [reference]` repeats what the reference says.
            if !scalar_only || parts.is_empty() {
                let (kind, also) = self.kind(schema, own, key, pointer);
                nullable |= also;
                parts.push(Part::of(kind));
            }
        }
        let derived = self.families.derives(key);
        if let [Part::Reference(id)] = parts.as_slice()
            && facets.required.is_empty()
            && !derived
        {
            return (SchemaKind::Alias(*id), nullable);
        }
        let kind = self.merge(parts, facets.all_of, facets.required, key, pointer);
        (kind, nullable)
    }

    fn merge(
        &mut self,
        parts: Vec<Part>,
        sources: &[ReferenceOr<Schema>],
        required: &[String],
        key: &str,
        pointer: &str,
    ) -> SchemaKind {
        let mut object = Object::default();
        let mut is_object = false;
        let mut unions: Vec<(Option<SchemaId>, Union)> = Vec::new();
        let mut others: Vec<(Option<SchemaId>, SchemaKind)> = Vec::new();
        for part in parts {
            let (id, kind) = match part {
                Part::Reference(id) => match self.settled(self.by_itself(id)) {
                    Some(kind) => (Some(id), kind),
                    None => {
                        self.report(
                            &codes::REF_LOOP,
                            Effect::Degraded,
                            pointer,
                            "a part of the `allOf` leads back to the schema itself; the part is left out",
                        );
                        continue;
                    }
                },
                Part::Own(kind) => (None, kind),
            };
            match kind {
                SchemaKind::Object(part) => {
                    is_object = true;
                    self.merge_object(&mut object, part, pointer);
                }
                SchemaKind::Map(value) => {
                    is_object = true;
                    object.additional.get_or_insert(value);
                }
                SchemaKind::Union(union) => unions.push((id, union)),
                SchemaKind::Any | SchemaKind::Alias(_) => {}
                scalar => others.push((id, scalar)),
            }
        }
        self.inherit_required(&mut object, sources, required);
        self.inherit_nested_required(&mut object, sources, pointer);
        match (is_object, unions.len(), others.len()) {
            (true, 0, 0) => SchemaKind::Object(object),
            (false, 0, 0) => SchemaKind::Any,
            (false, 1, 0) => match unions.remove(0) {
                (Some(id), _) => SchemaKind::Alias(id),
                (None, union) => SchemaKind::Union(union),
            },
            (true, 1, 0) => {
                let (_, union) = unions.remove(0);
                self.distribute(&object, union, key, pointer)
            }
            (false, 0, _) if same_json_type(&others) => {
                let position = others
                    .iter()
                    .position(|(_, kind)| {
                        matches!(
                            kind,
                            SchemaKind::StringEnum(_)
                                | SchemaKind::IntegerEnum(_)
                                | SchemaKind::ValueEnum(_)
                        )
                    })
                    .unwrap_or(0);
                match others.swap_remove(position) {
                    (Some(id), _) => SchemaKind::Alias(id),
                    (None, kind) => kind,
                }
            }
            _ => {
                self.report(
                    &codes::ALL_OF_CONFLICT,
                    Effect::Degraded,
                    pointer,
                    "the parts of the `allOf` cannot be joined",
                );
                SchemaKind::Any
            }
        }
    }

    /// Parts may name properties as required that other parts declare.
    fn inherit_required(
        &self,
        object: &mut Object,
        sources: &[ReferenceOr<Schema>],
        required: &[String],
    ) {
        let mut mark = |names: &[String]| {
            for name in names {
                if let Some(property) = object.properties.get_mut(name) {
                    property.required = true;
                }
            }
        };
        mark(required);
        for source in sources {
            if let ReferenceOr::Item(item) = source {
                mark(Facets::of(item).required);
            }
        }
    }

    /// The kind behind `id` with aliases followed; `None` inside itself.
    pub(super) fn settled(&mut self, mut id: SchemaId) -> Option<SchemaKind> {
        for _ in 0..=self.schemas.len() {
            if !self.ensure(id) {
                return None;
            }
            match &self.schemas[id.index()].kind {
                SchemaKind::Alias(next) => id = *next,
                kind => return Some(kind.clone()),
            }
        }
        None
    }

    /// `base` and one of `union`'s members at the same time: a union of merged
    /// objects.
    pub(super) fn distribute(
        &mut self,
        base: &Object,
        union: Union,
        key: &str,
        pointer: &str,
    ) -> SchemaKind {
        let mut kinds = Vec::new();
        for member in &union.members {
            kinds.push(self.settled(member.schema));
        }
        let adds = |kind: &Option<SchemaKind>| match kind {
            Some(SchemaKind::Object(object)) => !object.properties.is_empty(),
            Some(SchemaKind::Any | SchemaKind::Map(_)) => false,
            _ => true,
        };
        if !kinds.iter().any(adds) {
            return SchemaKind::Object(base.clone());
        }
        if base.properties.is_empty() && base.additional.is_none() {
            return SchemaKind::Union(union);
        }
        let mut members = Vec::new();
        for (member, kind) in union.members.iter().zip(kinds) {
            let mut merged = base.clone();
            match kind {
                Some(SchemaKind::Object(object)) => {
                    self.merge_object(&mut merged, object, pointer);
                }
                Some(SchemaKind::Any | SchemaKind::Map(_)) => {}
                _ => {
                    self.report(
                        &codes::ALL_OF_CONFLICT,
                        Effect::Degraded,
                        pointer,
                        "properties stand beside a union with members that are not objects",
                    );
                    return SchemaKind::Any;
                }
            }
            let label = self.schemas[member.schema.index()]
                .component
                .clone()
                .unwrap_or_else(|| {
                    let key = &self.schemas[member.schema.index()].key;
                    key.rsplit_once('|')
                        .map_or("object", |(_, label)| label)
                        .to_owned()
                });
            let id = self.allocate(format!("{key} |{label}"), pointer.to_owned());
            self.schemas[id.index()].kind = SchemaKind::Object(merged);
            self.schemas[id.index()].annotations =
                self.schemas[member.schema.index()].annotations.clone();
            self.progress[id.index()] = Progress::Done;
            self.move_required(member.schema, id);
            members.push(crate::api::UnionMember {
                schema: id,
                tags: member.tags.clone(),
            });
        }
        SchemaKind::Union(Union {
            discriminator: union.discriminator,
            members,
        })
    }
}

/// `type: object` and nothing else.
fn says_only_object(facets: &Facets<'_>) -> bool {
    facets.ty == Some("object")
        && facets.properties.is_none()
        && facets.additional.is_none()
        && facets.enumeration.is_none()
        && facets.one_of.is_empty()
        && facets.any_of.is_empty()
        && facets.all_of.is_empty()
}

fn same_json_type(kinds: &[(Option<SchemaId>, SchemaKind)]) -> bool {
    fn class(kind: &SchemaKind) -> u8 {
        match kind {
            SchemaKind::String { .. } | SchemaKind::StringEnum(_) => 1,
            SchemaKind::Integer { .. } | SchemaKind::IntegerEnum(_) => 2,
            SchemaKind::Number { .. } => 2,
            SchemaKind::Boolean => 3,
            SchemaKind::Array(_) => 4,
            _ => 0,
        }
    }
    let mut classes = kinds.iter().map(|(_, kind)| class(kind));
    match classes.next() {
        None | Some(0) => false,
        Some(first) => classes.all(|other| other == first),
    }
}

/// Aliases that only lead to each other become "any".
pub(super) fn break_alias_loops(api: &mut Api, diagnostics: &mut Diagnostics) {
    for index in 0..api.schemas.len() {
        let mut id = SchemaId(index as u32);
        let mut steps = 0;
        while let SchemaKind::Alias(next) = api.schemas[id.index()].kind {
            id = next;
            steps += 1;
            if steps > api.schemas.len() {
                let schema = &mut api.schemas[index];
                schema.kind = SchemaKind::Any;
                diagnostics.push(
                    Diagnostic::warning(&codes::REF_LOOP, "the reference leads back to itself")
                        .pointer(schema.pointer.clone())
                        .effect(Effect::Degraded),
                );
                break;
            }
        }
    }
}
