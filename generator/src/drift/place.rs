//! From a place in an answer to the schema there, and to what the document says.

use super::Subject;
use crate::api::{Api, Codec, Operation, Response, SchemaId, SchemaKind, Statuses};
use crate::source::{Node, escape, unescape};

/// Where a value of an answer is described.
pub(super) struct Place {
    pub(super) schema: SchemaId,
    /// The pointer of what stands where the value is used: a reference, or the schema.
    pub(super) used: Option<String>,
}

/// The operation of a fact.
pub(super) fn operation<'a>(api: &'a Api, method: &str, path: &str) -> Option<&'a Operation> {
    let mut all = api.operations.iter();
    all.find(|found| found.method == method && found.template == path)
}

/// The declared responses of a status, of the most specific declaration.
pub(super) fn responses(operation: &Operation, status: u16) -> Vec<&Response> {
    let fits = |wanted: Statuses| {
        let all = operation.responses.iter();
        all.filter(|found| found.status == wanted)
            .collect::<Vec<_>>()
    };
    let class = u8::try_from(status / 100).unwrap_or_default();
    [
        Statuses::Code(status),
        Statuses::Class(class),
        Statuses::Default,
    ]
    .into_iter()
    .map(fits)
    .find(|found| !found.is_empty())
    .unwrap_or_default()
}

/// The schema of a JSON answer, whole or of an item of a stream.
pub(super) fn body(operation: &Operation, status: u16, media_type: &str) -> Option<SchemaId> {
    let found = responses(operation, status);
    let read = |codec| matches!(codec, Codec::Json | Codec::Lines | Codec::Events);
    let exact = found.iter().find(|row| {
        let name = row.media_type.split(';').next().unwrap_or_default().trim();
        read(row.codec) && name.eq_ignore_ascii_case(media_type)
    });
    let any = found.iter().find(|row| read(row.codec));
    exact.or(any).and_then(|row| row.schema)
}

/// Follows a pointer of a report. `None`: the document has no such place.
pub(super) fn follow(
    subject: &Subject<'_>,
    start: SchemaId,
    pointer: &str,
    members: &[usize],
) -> Option<Place> {
    let api = subject.api;
    let mut place = Place {
        schema: start,
        used: None,
    };
    let mut members = members.iter().copied();
    for token in pointer.split('/').skip(1) {
        let token = unescape(token);
        place.schema = member(api, place.schema, &mut members)?;
        let schema = api.schema(place.schema);
        let step = |name: &str| {
            let own = subject.pointers.original(&schema.pointer);
            let mut parts = parts(subject.root, &own).into_iter();
            let all = parts.by_ref().map(|part| [part.as_str(), name].concat());
            all.into_iter()
                .find(|used| subject.root.pointer(used).is_some())
        };
        let (next, used) = match &schema.kind {
            SchemaKind::Object(object) => match object.properties.get(&*token) {
                Some(property) => (
                    property.schema,
                    step(&["/properties/", &escape(&token)].concat()),
                ),
                None => (object.additional?, step("/additionalProperties")),
            },
            SchemaKind::Map(value) => (*value, step("/additionalProperties")),
            SchemaKind::Array(item) => (*item, step("/items")),
            SchemaKind::Tuple(tuple) => match token.parse::<usize>() {
                Ok(index) => (
                    *tuple.items.get(index)?,
                    step(&format!("/prefixItems/{index}")),
                ),
                Err(_) => (tuple.rest?, step("/items")),
            },
            _ => return None,
        };
        place = Place { schema: next, used };
    }
    // Members that are left are of the value itself.
    if members.len() > 0 && matches!(api.schema(place.schema).kind, SchemaKind::Union(_)) {
        place.schema = member(api, place.schema, &mut members)?;
        place.used = None;
    }
    Some(place)
}

/// Through unions, by the members that the report names.
fn member(
    api: &Api,
    mut id: SchemaId,
    members: &mut impl Iterator<Item = usize>,
) -> Option<SchemaId> {
    // Unions in unions end with the list of members.
    while let SchemaKind::Union(union) = &api.schema(id).kind {
        id = union.members.get(members.next()?)?.schema;
    }
    Some(id)
}

/// The node at `pointer` and the parts of its `allOf`, references followed: pointers of
/// all that may say something of one schema.
pub(super) fn parts(root: &Node, pointer: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![pointer.to_owned()];
    while let Some(pointer) = open.pop() {
        // Documents may hold circles.
        if found.len() > 64 || found.contains(&pointer) {
            continue;
        }
        let Some(node) = root.pointer(&pointer) else {
            continue;
        };
        if let Some(target) = node.reference() {
            open.push(target.to_owned());
        }
        let all_of = node.get("allOf").and_then(Node::as_array);
        for index in 0..all_of.map_or(0, Vec::len) {
            open.push(format!("{pointer}/allOf/{index}"));
        }
        found.push(pointer);
    }
    found
}
