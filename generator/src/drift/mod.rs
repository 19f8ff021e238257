//! From drift to an overlay: actions that make a document say what its API sends.
//!
//! Each fact of a [`Report`] is held against the document. It gives actions, or is
//! already described, or is left with the reason why no action would be sound.

mod action;
mod place;
mod report;

pub use action::Proposal;
pub use report::{Fact, Kind, Report};

use crate::api::{Api, SchemaId, SchemaKind};
use crate::dialect::{Dialect, Pointers};
use crate::source::Node;
use action::{Actions, Wide};
use place::Place;
use serde_json::{Value, json};

/// How many names at one object make it a map.
const NAMES_OF_A_MAP: usize = 32;

/// What facts are held against.
pub struct Subject<'a> {
    /// The resolved API.
    pub api: &'a Api,
    /// The document, overlays applied.
    pub root: &'a Node,
    /// What it is written in.
    pub dialect: Dialect,
    /// Where the lowered document's places are in it.
    pub pointers: &'a Pointers,
}

/// Why a fact gives no action.
enum Left {
    /// The document says so already.
    Settled,
    Unsound(&'static str),
}

type Told = Result<(), Left>;

/// Proposes actions for a report.
pub fn propose(report: &Report, subject: &Subject<'_>) -> Proposal {
    let mut actions = Actions::new(subject.root, subject.dialect);
    let mut proposal = Proposal::default();
    for fact in &report.facts {
        match tell(fact, report, subject, &mut actions) {
            Ok(()) => proposal.proposed += 1,
            Err(Left::Settled) => proposal.settled += 1,
            Err(Left::Unsound(why)) => proposal.left.push((fact.to_string(), why.to_owned())),
        }
    }
    proposal.actions = actions.finish();
    proposal
}

fn tell(fact: &Fact, report: &Report, subject: &Subject<'_>, actions: &mut Actions<'_>) -> Told {
    let api = subject.api;
    let Some(operation) = place::operation(api, &fact.method, &fact.path) else {
        return Err(Left::Unsound("the document has no such operation"));
    };
    let declared = place::responses(operation, fact.status);
    match fact.kind {
        Kind::UndeclaredStatus if declared.is_empty() => {
            let pointer = original(subject, &operation.pointer);
            let response = match (subject.dialect, fact.media_type.as_str()) {
                (_, "") | (Dialect::V2, _) => json!({"description": ""}),
                (_, name) if name.ends_with("json") => {
                    json!({"description": "", "content": {name: {"schema": {}}}})
                }
                _ => json!({"description": ""}),
            };
            let update = json!({fact.status.to_string(): response});
            return actions.update(&format!("{pointer}/responses"), update, fact);
        }
        Kind::UndeclaredStatus => return Err(Left::Settled),
        Kind::UndeclaredMediaType => {
            let named =
                |name: &str| name.split(';').next().unwrap_or_default().trim() == fact.media_type;
            return Err(match declared.iter().any(|row| named(&row.media_type)) {
                true => Left::Settled,
                false => Left::Unsound(
                    "what a body of this media type holds is not known, and pages of proxies come so",
                ),
            });
        }
        Kind::Other => {
            return Err(Left::Unsound(
                "this kind of drift is not known; update pontoon",
            ));
        }
        _ => {}
    }
    let Some(start) = place::body(operation, fact.status, &fact.media_type) else {
        return Err(Left::Unsound(
            "the document describes no JSON body for this answer",
        ));
    };
    // The name of an unknown property is the end of the pointer.
    let (pointer, name) = match fact.kind {
        Kind::UnknownProperty | Kind::MissingValue => {
            let (object, name) = fact.pointer.rsplit_once('/').unwrap_or_default();
            (object, name.replace("~1", "/").replace("~0", "~"))
        }
        _ => (fact.pointer.as_str(), String::new()),
    };
    let Some(place) = place::follow(subject, start, pointer, &fact.members) else {
        return Err(Left::Unsound("the document has no such place any more"));
    };
    match fact.kind {
        Kind::UnknownProperty => property(fact, report, subject, &place, &name, actions),
        Kind::MissingValue => missing(fact, subject, &place, &name, actions),
        Kind::UnknownValue => value(fact, subject, &place, actions),
        Kind::UnknownMember => alternative(fact, subject, &place, actions),
        _ => widen(fact, subject, &place, actions),
    }
}

/// A pointer into the document as it was given.
fn original(subject: &Subject<'_>, pointer: &str) -> String {
    subject.pointers.original(pointer)
}

fn at(subject: &Subject<'_>, schema: SchemaId) -> String {
    original(subject, &subject.api.schema(schema).pointer)
}

fn property(
    fact: &Fact,
    report: &Report,
    subject: &Subject<'_>,
    place: &Place,
    name: &str,
    actions: &mut Actions<'_>,
) -> Told {
    match &subject.api.schema(place.schema).kind {
        SchemaKind::Object(object) if object.properties.contains_key(name) => Err(Left::Settled),
        SchemaKind::Object(object) if object.additional.is_some() => Err(Left::Settled),
        SchemaKind::Map(_) | SchemaKind::Any => Err(Left::Settled),
        SchemaKind::Object(_) => {
            let pointer = at(subject, place.schema);
            let folder = |pointer: &str| pointer.rsplit_once('/').map(|pair| pair.0.to_owned());
            let same = report.facts.iter().filter(|other| {
                other.kind == Kind::UnknownProperty
                    && (&other.path, &other.method, other.status)
                        == (&fact.path, &fact.method, fact.status)
                    && folder(&other.pointer) == folder(&fact.pointer)
            });
            if same.count() >= NAMES_OF_A_MAP {
                return actions.update(&pointer, json!({"additionalProperties": true}), fact);
            }
            actions.property(&pointer, name, fact)
        }
        _ => Err(Left::Unsound(
            "the place is described as no object any more",
        )),
    }
}

fn missing(
    fact: &Fact,
    subject: &Subject<'_>,
    place: &Place,
    name: &str,
    actions: &mut Actions<'_>,
) -> Told {
    let SchemaKind::Object(object) = &subject.api.schema(place.schema).kind else {
        return Err(Left::Unsound("an item of a tuple cannot be made optional"));
    };
    if !object
        .properties
        .get(name)
        .is_some_and(|found| found.required)
    {
        return Err(Left::Settled);
    }
    let mut told = Err(Left::Unsound(
        "where the property is required was not found",
    ));
    for part in place::parts(subject.root, &at(subject, place.schema)) {
        let required = subject
            .root
            .pointer(&part)
            .and_then(|node| node.get("required"));
        let items = required.and_then(Node::as_array);
        if items.is_some_and(|items| items.iter().any(|item| item.as_str() == Some(name))) {
            told = actions.optional(&part, name, fact);
        }
    }
    told
}

fn value(fact: &Fact, subject: &Subject<'_>, place: &Place, actions: &mut Actions<'_>) -> Told {
    let Some(text) = &fact.value else {
        return Err(Left::Unsound("the value was too long to be kept"));
    };
    let Ok(value) = serde_json::from_str::<Value>(text) else {
        return Err(Left::Unsound("the value is not JSON"));
    };
    let (is_listed, is_of_type) = match &subject.api.schema(place.schema).kind {
        SchemaKind::StringEnum(values) => (
            value
                .as_str()
                .is_some_and(|text| values.iter().any(|one| one == text)),
            value.is_string(),
        ),
        SchemaKind::IntegerEnum(values) => (
            value
                .as_i64()
                .is_some_and(|number| values.contains(&number)),
            value.is_i64(),
        ),
        SchemaKind::ValueEnum(values) => (values.contains(&value), true),
        _ => return Err(Left::Settled),
    };
    if is_listed {
        return Err(Left::Settled);
    }
    if !is_of_type {
        return Err(Left::Unsound(
            "the values of the enumeration are of another type",
        ));
    }
    let pointer = at(subject, place.schema);
    let node = subject.root.pointer(&pointer);
    if node.and_then(|node| node.get("enum")).is_none() {
        return Err(Left::Unsound(
            "the values are listed by other means than `enum`",
        ));
    }
    actions.update(&pointer, json!({"enum": [value]}), fact)
}

fn alternative(
    fact: &Fact,
    subject: &Subject<'_>,
    place: &Place,
    actions: &mut Actions<'_>,
) -> Told {
    let SchemaKind::Union(union) = &subject.api.schema(place.schema).kind else {
        return Err(Left::Settled);
    };
    if fact.found == "object" && union.discriminator.is_some() {
        return Err(Left::Unsound(
            "the discriminator has a value that is not listed, and what such objects hold is not known",
        ));
    }
    let known = union.members.iter().any(|member| {
        let kind = &subject.api.schema(member.schema).kind;
        action::takes(kind, &fact.found)
    });
    if known && fact.found != "object" {
        return Err(Left::Settled);
    }
    if fact.found == "object" {
        return Err(Left::Unsound("what such objects hold is not known"));
    }
    let pointer = at(subject, place.schema);
    let node = subject.root.pointer(&pointer);
    for key in ["oneOf", "anyOf"] {
        if node.is_some_and(|node| node.get(key).is_some()) {
            return actions.update(&pointer, json!({key: [action::of_type(&fact.found)]}), fact);
        }
    }
    Err(Left::Unsound(
        "the members of the union are not in one place",
    ))
}

/// Null, or a value of another type.
fn widen(fact: &Fact, subject: &Subject<'_>, place: &Place, actions: &mut Actions<'_>) -> Told {
    let schema = subject.api.schema(place.schema);
    let is_null = fact.found == "null";
    if is_null && (schema.nullable || subject.api.schemas[place.schema.index()].nullable) {
        return Err(Left::Settled);
    }
    if let SchemaKind::Union(union) = &schema.kind {
        let mut members = union
            .members
            .iter()
            .map(|member| subject.api.schema(member.schema));
        if members
            .any(|member| action::takes(&member.kind, &fact.found) || is_null && member.nullable)
        {
            return Err(Left::Settled);
        }
    }
    let format = match &schema.kind {
        SchemaKind::Any => return Err(Left::Settled),
        SchemaKind::String { format } => format.as_deref(),
        _ => None,
    };
    let own = at(subject, place.schema);
    let used = place.used.clone().unwrap_or(own);
    if subject.root.pointer(&used).is_none() {
        return Err(Left::Unsound("the document has no one place for it"));
    }
    // A text that is not of its format.
    if fact.found == "string" && matches!(schema.kind, SchemaKind::String { .. }) {
        return match format {
            Some(_) => actions.without_format(&at(subject, place.schema), fact),
            None => Err(Left::Settled),
        };
    }
    if !is_null && action::takes(&schema.kind, &fact.found) {
        return Err(match schema.kind {
            SchemaKind::Integer { .. } | SchemaKind::Number { format: Some(_) } => {
                Left::Unsound("the number is out of the range of its format")
            }
            _ => Left::Settled,
        });
    }
    actions.widen(&used, Wide::of(&fact.found), fact)
}
