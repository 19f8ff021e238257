//! Merge patches (RFC 7396): a member of null removes what it names, so what a
//! document declares as optional may be null in such a body, and so may the
//! values of maps.
//!
//! A schema that says null itself anywhere is taken at its word: its author chose
//! what can be removed. Otherwise the body has a copy of the schema, because
//! answers of the same schema hold no such nulls. Arrays are replaced as a whole,
//! so their items are as they are elsewhere.

use super::{Progress, Resolver};
use crate::api::{SchemaId, SchemaKind};
use std::collections::HashSet;

/// The media type of merge patches (RFC 7396, section 4).
const MERGE_PATCH: &str = "application/merge-patch+json";

/// Whether a body of this media type is a merge patch.
pub(super) fn is_merge_patch(media_type: &str) -> bool {
    let essence = media_type.split(';').next().unwrap_or_default();
    essence.trim().eq_ignore_ascii_case(MERGE_PATCH)
}

impl Resolver<'_> {
    /// The schema of a body that is a merge patch.
    pub(super) fn merge_patch(&mut self, body: SchemaId) -> SchemaId {
        if !self.lacks_nulls(body) {
            return body;
        }
        let mut open = Vec::new();
        let root = self.patch(body, &mut open);
        while let Some((id, copy)) = open.pop() {
            self.fill_patch(id, copy, &mut open);
        }
        root
    }

    /// Whether something in the patch could be removed and nothing says null.
    fn lacks_nulls(&mut self, body: SchemaId) -> bool {
        let mut lacks = false;
        let mut seen = HashSet::from([body]);
        let mut open = vec![body];
        while let Some(id) = open.pop() {
            let Some(kind) = self.settled(id) else {
                continue;
            };
            let mut parts = Vec::new();
            match kind {
                SchemaKind::Object(object) => {
                    for property in object.properties.values() {
                        lacks |= !property.required && !self.is_any(property.schema);
                        parts.push(property.schema);
                    }
                    parts.extend(object.additional);
                }
                SchemaKind::Map(value) => {
                    lacks |= !self.is_any(value);
                    parts.push(value);
                }
                _ => {}
            }
            if parts.iter().any(|part| self.says_null(*part)) {
                return false;
            }
            open.extend(parts.into_iter().filter(|part| seen.insert(*part)));
        }
        lacks
    }

    /// Any JSON has a null of its own.
    fn is_any(&mut self, id: SchemaId) -> bool {
        matches!(self.settled(id), Some(SchemaKind::Any))
    }

    fn says_null(&mut self, mut id: SchemaId) -> bool {
        for _ in 0..=self.schemas.len() {
            // What is inside itself is looked at where it is complete.
            self.ensure(id);
            let schema = &self.schemas[id.index()];
            match schema.kind {
                _ if schema.nullable => return true,
                SchemaKind::Alias(next) => id = next,
                _ => return false,
            }
        }
        false
    }

    /// What stands for `id` in a patch: a copy of an object or a map, to be
    /// filled, else the schema itself.
    fn patch(&mut self, id: SchemaId, open: &mut Vec<(SchemaId, SchemaId)>) -> SchemaId {
        if let Some(copy) = self.patches.get(&id) {
            return *copy;
        }
        let settled = self.settled(id);
        if !matches!(settled, Some(SchemaKind::Object(_) | SchemaKind::Map(_))) {
            return id;
        }
        let schema = &self.schemas[id.index()];
        let (key, pointer) = (format!("{} |patch", schema.key), schema.pointer.clone());
        let copy = self.allocate(key, pointer);
        self.patches.insert(id, copy);
        open.push((id, copy));
        copy
    }

    fn fill_patch(&mut self, id: SchemaId, copy: SchemaId, open: &mut Vec<(SchemaId, SchemaId)>) {
        let key = self.schemas[copy.index()].key.clone();
        let kind = match self.schemas[id.index()].kind.clone() {
            SchemaKind::Alias(next) => SchemaKind::Alias(self.patch(next, open)),
            SchemaKind::Map(value) => {
                SchemaKind::Map(self.removable(value, format!("{key} {{}}"), open))
            }
            SchemaKind::Object(mut object) => {
                for (name, property) in &mut object.properties {
                    property.schema = match property.required {
                        true => self.patch(property.schema, open),
                        false => self.removable(property.schema, format!("{key} .{name}"), open),
                    };
                }
                if let Some(value) = object.additional {
                    object.additional = Some(self.removable(value, format!("{key} {{}}"), open));
                }
                SchemaKind::Object(object)
            }
            kind => kind,
        };
        self.schemas[copy.index()].annotations = self.schemas[id.index()].annotations.clone();
        self.schemas[copy.index()].kind = kind;
        self.progress[copy.index()] = Progress::Done;
    }

    /// A member of a patch that may be null.
    fn removable(
        &mut self,
        id: SchemaId,
        key: String,
        open: &mut Vec<(SchemaId, SchemaId)>,
    ) -> SchemaId {
        if self.is_any(id) {
            return id;
        }
        let value = self.patch(id, open);
        let pointer = self.schemas[id.index()].pointer.clone();
        let place = self.allocate(key, pointer);
        self.schemas[place.index()].kind = SchemaKind::Alias(value);
        self.schemas[place.index()].nullable = true;
        self.schemas[place.index()].annotations = self.schemas[id.index()].annotations.clone();
        self.progress[place.index()] = Progress::Done;
        place
    }
}
