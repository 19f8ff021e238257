//! How to ask a list with a body for what has changed since a moment: a filter in the
//! body on a property of the records.

use super::answer::{below, is_moment};
use super::moments::{CHANGES, FILTERS, SINCE};
use super::words::{VERBS, plain, same_noun};
use crate::api::{
    Api, Codec, Evidence, Incremental, Object, Operation, Place, SchemaId, SchemaKind, Status,
};

/// The moments from which records can be asked for by the body, those first that say
/// when a record has changed.
pub(super) fn find(
    api: &Api,
    operation: &Operation,
    item: SchemaId,
) -> Vec<(Incremental, Evidence)> {
    let body = operation.body.as_ref();
    let body = body.filter(|body| body.codec == Codec::Json && operation.method != "GET");
    let (Some(body), Some(record)) = (body, object(api, item)) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    let Some(outer) = object(api, body.schema) else {
        return found;
    };
    filters(api, outer, "", record, &mut found);
    for (name, property) in &outer.properties {
        let is_filter = FILTERS.contains(&plain(name).as_str()) || is_noun(operation, name);
        if let Some(inner) = object(api, property.schema).filter(|_| is_filter) {
            filters(api, inner, &below("", name), record, &mut found);
        }
    }
    found.sort_by_key(|(one, _)| one.status == Status::Unproven);
    found
}

/// The members of `filter` that are an object for a property of the records with a
/// moment to begin from: `{"updated": {"after": ...}}`.
fn filters(
    api: &Api,
    filter: &Object,
    pointer: &str,
    record: &Object,
    found: &mut Vec<(Incremental, Evidence)>,
) {
    for (name, property) in &filter.properties {
        let word = plain(name);
        let mut columns = record.properties.iter();
        let column = columns.find(|(name, of)| plain(name) == word && is_moment(api, of.schema));
        let (Some((column, _)), Some(bounds)) = (column, object(api, property.schema)) else {
            continue;
        };
        let mut bounds = bounds.properties.iter();
        let from = bounds.find(|(name, bound)| {
            SINCE.contains(&plain(name).as_str()) && is_moment(api, bound.schema)
        });
        let Some((from, bound)) = from else {
            continue;
        };
        let tells = CHANGES.iter().any(|(_, all)| all.contains(&word.as_str()));
        let (rule, confidence, status) = match tells {
            true => (
                "a filter in the body on when records have changed",
                0.93,
                Status::Proven,
            ),
            false => (
                "a filter in the body on a moment of the records",
                0.6,
                Status::Unproven,
            ),
        };
        let to = below(&below(pointer, name), from);
        let incremental = Incremental {
            status,
            request: Place::Body(to.clone()),
            property: column.clone(),
            any: any(api, filter, pointer),
        };
        let evidence = Evidence {
            fact: "incremental",
            rule,
            pointer: api.schemas[bound.schema.index()].pointer.clone(),
            seen: format!("{to} of the body and {column}, both moments"),
            confidence,
        };
        found.push((incremental, evidence));
    }
}

/// Where a filter says whether all of its members must fit or any of them, and the value
/// for any: a member whose only values are the two words.
fn any(api: &Api, filter: &Object, pointer: &str) -> Option<(Place, String)> {
    filter.properties.iter().find_map(|(name, property)| {
        let SchemaKind::StringEnum(values) = &api.schema(property.schema).kind else {
            return None;
        };
        let [first, second] = values.as_slice() else {
            return None;
        };
        let any = match (plain(first).as_str(), plain(second).as_str()) {
            ("and", "or") | ("all", "any") => second,
            ("or", "and") | ("any", "all") => first,
            _ => return None,
        };
        Some((Place::Body(below(pointer, name)), any.clone()))
    })
}

fn object(api: &Api, schema: SchemaId) -> Option<&Object> {
    match &api.schema(schema).kind {
        SchemaKind::Object(object) => Some(object),
        _ => None,
    }
}

/// Whether a member of the body is called what the path lists.
fn is_noun(operation: &Operation, name: &str) -> bool {
    let segments = operation.path.split('/').filter(|part| !part.is_empty());
    let mut words = segments.map(plain).rev();
    let noun = words.find(|word| !VERBS.contains(&word.as_str()));
    noun.is_some_and(|noun| same_noun(&plain(name), &noun))
}
