//! What is looked at once all schemas are resolved: nesting without end, and
//! unions whose members are alike.

use crate::api::{Annotations, Api, Schema, SchemaId, SchemaKind, alike};
use crate::diagnostic::{Diagnostic, Diagnostics, Effect, codes};
use crate::dialect::Pointers;

/// The deepest nesting of arrays, maps and tuples without a type of its own between.
const MAX_NESTING: usize = 16;

/// Arrays and maps that contain only each other, without end or too deeply for a
/// Rust type to be readable, hold any JSON at that point.
pub(super) fn end_nesting(api: &mut Api, pointers: &Pointers, diagnostics: &mut Diagnostics) {
    // How deep each schema's own nesting is, once that is known.
    let mut depths: Vec<Option<usize>> = vec![None; api.schemas.len()];
    for index in 0..api.schemas.len() {
        let mut work = vec![(SchemaId(index as u32), false)];
        let mut path: Vec<SchemaId> = Vec::new();
        while let Some((id, leaving)) = work.pop() {
            let parts = parts(api, id);
            if leaving {
                path.pop();
                let inner = parts.iter().filter_map(|part| depths[part.index()]).max();
                let depth = if parts.is_empty() {
                    0
                } else {
                    inner.unwrap_or(0) + usize::from(!is_alias(api, id))
                };
                depths[id.index()] = Some(depth);
                if depth > MAX_NESTING {
                    for part in parts {
                        end(api, id, part, pointers, diagnostics);
                        depths.push(Some(0));
                    }
                    depths[id.index()] = Some(1);
                }
                continue;
            }
            if depths[id.index()].is_some() {
                continue;
            }
            if path.contains(&id) {
                let holder = path.last().copied().unwrap_or(id);
                end(api, holder, id, pointers, diagnostics);
                depths.push(Some(0));
                continue;
            }
            path.push(id);
            work.push((id, true));
            work.extend(parts.into_iter().map(|part| (part, false)));
        }
    }
}

fn is_alias(api: &Api, id: SchemaId) -> bool {
    matches!(api.schemas[id.index()].kind, SchemaKind::Alias(_))
}

/// What a schema holds that gets no type of its own name.
fn parts(api: &Api, id: SchemaId) -> Vec<SchemaId> {
    match &api.schemas[id.index()].kind {
        SchemaKind::Array(item) | SchemaKind::Map(item) | SchemaKind::Alias(item) => vec![*item],
        SchemaKind::Tuple(tuple) => tuple.items.iter().chain(&tuple.rest).copied().collect(),
        _ => Vec::new(),
    }
}

/// Makes `part` any JSON where `holder` holds it.
fn end(
    api: &mut Api,
    holder: SchemaId,
    part: SchemaId,
    pointers: &Pointers,
    diagnostics: &mut Diagnostics,
) {
    let any = SchemaId(api.schemas.len() as u32);
    let place = &api.schemas[holder.index()];
    let pointer = place.pointer.clone();
    let end = Schema {
        key: format!("{} end {}", place.key, any.0),
        pointer: pointer.clone(),
        component: None,
        kind: SchemaKind::Any,
        nullable: false,
        annotations: Annotations::default(),
    };
    api.schemas.push(end);
    match &mut api.schemas[holder.index()].kind {
        SchemaKind::Array(item) | SchemaKind::Map(item) | SchemaKind::Alias(item) => *item = any,
        SchemaKind::Tuple(tuple) => {
            let items = tuple.items.iter_mut().chain(&mut tuple.rest);
            items
                .filter(|item| **item == part)
                .for_each(|item| *item = any);
        }
        _ => {}
    }
    let message = "arrays and maps are nested without a schema of another kind between them; \
                   the innermost value is taken as any JSON";
    diagnostics.push(
        Diagnostic::warning(&codes::NESTING, message)
            .pointer(pointers.original(&pointer))
            .effect(Effect::Degraded),
    );
}

/// Says once for each union that nothing tells two of its members apart.
pub(super) fn note_ambiguity(api: &Api, pointers: &Pointers, diagnostics: &mut Diagnostics) {
    for schema in &api.schemas {
        let SchemaKind::Union(union) = &schema.kind else {
            continue;
        };
        let Some((first, second)) = alike(api, union) else {
            continue;
        };
        let key = |id: SchemaId| api.schemas[id.index()].key.as_str();
        let message = format!(
            "only optional properties tell `{}` and `{}` apart; a value is read as the one that \
             knows more of it, then as the first",
            key(first),
            key(second)
        );
        diagnostics.push(
            Diagnostic::warning(&codes::AMBIGUOUS_UNION, message)
                .pointer(pointers.original(&schema.pointer))
                .effect(Effect::None),
        );
    }
}
