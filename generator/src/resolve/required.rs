//! Names that `required` lists and no property declares.

use super::Resolver;
use crate::api::{Property, SchemaId, SchemaKind};
use crate::diagnostic::{Effect, codes};
use openapiv3::{ReferenceOr, Schema, SchemaKind as Declared, Type};

/// A name that a schema requires.
#[derive(Clone)]
pub(super) struct Required {
    name: String,
    /// A schema that it extends says so, where it is reported.
    inherited: bool,
}

impl Resolver<'_> {
    /// Remembers what a schema and the parts of its `allOf` require.
    pub(super) fn remember_required(&mut self, id: SchemaId, schema: &Schema) {
        let mut names = Vec::new();
        self.names_required(schema, &mut names);
        if !names.is_empty() {
            self.required.insert(id, names);
        }
    }

    fn names_required(&self, schema: &Schema, names: &mut Vec<Required>) {
        let (required, parts) = match &schema.schema_kind {
            Declared::Type(Type::Object(object)) => (object.required.as_slice(), &[][..]),
            Declared::AllOf { all_of } => (&[][..], all_of.as_slice()),
            Declared::Any(any) => (any.required.as_slice(), any.all_of.as_slice()),
            _ => return,
        };
        names.extend(required.iter().map(|name| Required {
            name: name.clone(),
            inherited: false,
        }));
        for part in parts {
            match part {
                ReferenceOr::Item(item) => self.names_required(item, names),
                ReferenceOr::Reference { reference } => {
                    let id = self.target(reference).map(|id| self.by_itself(id));
                    let required = id.and_then(|id| self.required.get(&id));
                    names.extend(required.into_iter().flatten().map(|found| Required {
                        name: found.name.clone(),
                        inherited: true,
                    }));
                }
            }
        }
    }

    /// A member of a union beside properties becomes a schema of its own, which
    /// has them too and requires the same.
    pub(super) fn move_required(&mut self, member: SchemaId, merged: SchemaId) {
        let component = self.schemas[member.index()].component.is_some();
        let names = match component {
            true => self.required.get(&member).cloned(),
            false => self.required.remove(&member),
        };
        if let Some(names) = names {
            self.required.insert(merged, names);
        }
    }

    /// What is required and not declared may be anything: it is read and sent as
    /// any JSON, and nothing fails without it.
    pub(super) fn declare_required(&mut self) {
        let mut shared = None;
        for index in 0..self.schemas.len() {
            let id = SchemaId(index as u32);
            let Some(names) = self.required.remove(&id) else {
                continue;
            };
            for Required { name, inherited } in names {
                let SchemaKind::Object(object) = &self.schemas[index].kind else {
                    break;
                };
                if object.additional.is_some() || object.properties.contains_key(&name) {
                    continue;
                }
                if inherited {
                    let any = || self.any("required elsewhere", "#");
                    let schema = *shared.get_or_insert_with(any);
                    self.add_optional(index, name, schema);
                    continue;
                }
                let mut known = object.properties.keys();
                let meant = known.find(|known| folded(known) == folded(&name)).cloned();
                let pointer = self.schemas[index].pointer.clone();
                if let Some(meant) = meant {
                    let message = format!(
                        "`required` names `{name}`, which no property declares; `{meant}` may be \
                         meant, and stays optional"
                    );
                    let effect = Effect::Repaired;
                    self.report(&codes::REQUIRED_UNDECLARED, effect, &pointer, message);
                    continue;
                }
                let message = format!(
                    "`required` names `{name}`, which no property declares; it is kept as an \
                     optional field of any JSON"
                );
                self.report(
                    &codes::REQUIRED_UNDECLARED,
                    Effect::Degraded,
                    &pointer,
                    message,
                );
                let key = format!("{} .{name}", self.schemas[index].key);
                let schema = self.any(&key, &pointer);
                self.add_optional(index, name, schema);
            }
        }
    }

    fn add_optional(&mut self, index: usize, name: String, schema: SchemaId) {
        if let SchemaKind::Object(object) = &mut self.schemas[index].kind {
            let required = false;
            object
                .properties
                .insert(name, Property { schema, required });
        }
    }
}

/// A name without what is easily confused in it.
fn folded(name: &str) -> String {
    let letters = name.chars().filter(|c| c.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}
