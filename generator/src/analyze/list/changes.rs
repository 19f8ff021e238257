//! How to ask a list for what has changed since a moment: a parameter for a date-time
//! and a property of the records that say the same.

use super::answer::{Form, form};
use super::words::{CHANGES, SINCE, plain};
use crate::api::{
    Api, Evidence, Incremental, Location, Operation, Place, SchemaId, SchemaKind, Status,
};

/// What a list takes to give what has changed.
pub(super) fn find(
    api: &Api,
    operation: &Operation,
    item: SchemaId,
) -> Option<(Incremental, Evidence)> {
    let SchemaKind::Object(object) = &api.schema(item).kind else {
        return None;
    };
    let property = |names: &[&str]| {
        let mut all = object.properties.iter();
        let found = all.find(|(name, property)| {
            names.contains(&plain(name).as_str()) && form(api, property.schema) == Form::Date
        });
        found.map(|(name, _)| name.clone())
    };
    let queries = operation.parameters.iter();
    let queries = queries.filter(|found| found.location == Location::Query);
    let moments = queries.filter(|found| form(api, found.schema) == Form::Date);
    let mut unproven = None;
    for parameter in moments {
        let word = plain(&parameter.name);
        for (verb, names) in CHANGES {
            let told = |rule, seen: String, confidence: f32, status, property: String| {
                let incremental = Incremental {
                    status,
                    request: Place::Query(parameter.name.clone()),
                    property,
                    any: None,
                };
                let evidence = Evidence {
                    fact: "incremental",
                    rule,
                    pointer: parameter.pointer.clone(),
                    seen,
                    confidence,
                };
                Some((incremental, evidence))
            };
            let Some(property) = property(names) else {
                continue;
            };
            let seen = format!("{} and {property}, both moments", parameter.name);
            if let Some(rest) = rest_of(&word, verb, names)
                && SINCE.contains(&rest.as_str())
            {
                let rule = "a moment since which records have changed";
                return told(rule, seen, 0.95, Status::Proven, property);
            }
            if word == "since" {
                // What it is the moment of, only words can say.
                let text = parameter.description.as_deref().unwrap_or_default();
                let says = text.to_ascii_lowercase().contains(verb);
                let (confidence, status) = match says {
                    true => (0.92, Status::Proven),
                    false => (0.7, Status::Unproven),
                };
                let found = told(
                    "since, and what it says",
                    seen,
                    confidence,
                    status,
                    property,
                );
                if says {
                    return found;
                }
                unproven = unproven.or(found);
            }
        }
    }
    unproven
}

/// What is left of a name without the words for the change.
fn rest_of(word: &str, verb: &str, names: &[&str]) -> Option<String> {
    let mut all: Vec<&str> = names.to_vec();
    all.push(verb);
    all.sort_unstable_by_key(|name| std::cmp::Reverse(name.len()));
    let cut = |name: &&str| word.contains(*name).then(|| word.replacen(*name, "", 1));
    all.iter().find_map(cut)
}
