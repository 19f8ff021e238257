//! Which array of an answer holds the records of the list, and what identifies one.
//! Never "the first array": by the operation that gives one record, by the only array
//! beside what is known to stand in an envelope, by the name of the path.

use super::answer::{Answer, Array, Form, answer, form};
use super::words::{NO_RECORDS, RECORDS, VERBS, plain, same_noun};
use crate::api::{Api, Evidence, Operation, SchemaId, SchemaKind};
use std::collections::HashMap;

/// The rule that a record has the type of the operation that gives one.
pub(super) const BY_SIBLING: &str = "the type of the operation that gives one";

/// The operations that give one record, by the path of the list.
pub(super) struct Siblings<'a> {
    by_path: HashMap<&'a str, Sibling<'a>>,
}

/// `GET .../{variable}`.
#[derive(Clone, Copy)]
pub(super) struct Sibling<'a> {
    pub(super) operation: &'a Operation,
    /// The name of its last variable.
    pub(super) variable: &'a str,
}

impl<'a> Siblings<'a> {
    pub(super) fn new(api: &'a Api) -> Self {
        let gets = api.operations.iter().filter(|found| found.method == "GET");
        let by_path = gets.filter_map(|operation| {
            let path = operation.path.trim_end_matches('/');
            let (list, last) = path.rsplit_once('/')?;
            let variable = last.strip_prefix('{')?.strip_suffix('}')?;
            let list = list.trim_end_matches('/');
            (!variable.contains(['{', '}'])).then_some((
                list,
                Sibling {
                    operation,
                    variable,
                },
            ))
        });
        Self {
            by_path: by_path.collect(),
        }
    }

    pub(super) fn of(&self, operation: &Operation) -> Option<Sibling<'a>> {
        let path = operation.path.trim_end_matches('/');
        let found = self.by_path.get(path).copied();
        // `POST .../things/filter` lists what `GET .../things/{id}` gives one of.
        found.or_else(|| match path.rsplit_once('/') {
            Some((list, verb)) if operation.method != "GET" && VERBS.contains(&verb) => {
                self.by_path.get(list).copied()
            }
            _ => None,
        })
    }
}

/// The schema of the record that an operation gives: the answer, or the one object in
/// its envelope.
fn record(api: &Api, operation: &Operation) -> Vec<SchemaId> {
    let mut successes = operation.responses.iter();
    let first = successes.find(|response| response.status.is_success());
    let Some(schema) = first.and_then(|response| response.schema) else {
        return Vec::new();
    };
    let whole = api.canonical(schema);
    let mut found = vec![whole];
    if let SchemaKind::Object(object) = &api.schema(whole).kind {
        let parts = object
            .properties
            .values()
            .map(|found| api.canonical(found.schema));
        found.extend(parts.filter(|id| matches!(api.schema(*id).kind, SchemaKind::Object(_))));
    }
    found
}

/// The array of records, with the evidence; of a confidence below the bar where
/// several could be meant.
pub(super) fn choose(
    api: &Api,
    operation: &Operation,
    answer: &Answer,
    sibling: Option<Sibling<'_>>,
) -> Option<(Array, Evidence)> {
    let is_possible = |array: &&Array| !NO_RECORDS.contains(&array.name.as_str());
    let arrays: Vec<&Array> = answer.arrays.iter().filter(is_possible).collect();
    let told = |array: &Array, rule: &'static str, seen: String, confidence: f32| {
        let evidence = Evidence {
            fact: "records",
            rule,
            pointer: api.schemas[array.place.index()].pointer.clone(),
            seen,
            confidence,
        };
        Some((array.clone(), evidence))
    };
    if let [array] = arrays.as_slice()
        && array.pointer.is_empty()
    {
        return told(
            array,
            "the answer is the array",
            "an array".to_owned(),
            0.99,
        );
    }
    let only = |of: Vec<&&Array>| match of.as_slice() {
        [array] => Some((**array).clone()),
        _ => None,
    };
    if let Some(sibling) = sibling {
        let records = record(api, sibling.operation);
        let same = arrays
            .iter()
            .filter(|array| records.contains(&api.canonical(array.item)));
        let same =
            same.filter(|array| matches!(api.schema(array.item).kind, SchemaKind::Object(_)));
        if let Some(array) = only(same.collect()) {
            let seen = format!("the records of GET {}", sibling.operation.path);
            return told(&array, BY_SIBLING, seen, 0.98);
        }
    }
    if let [array] = arrays.as_slice() {
        let seen = format!("{} alone", array.pointer);
        return told(array, "the only array in the envelope", seen, 0.95);
    }
    let mut words = operation.path.rsplit('/').filter(|word| !word.is_empty());
    let noun = words
        .find(|word| !word.contains('{'))
        .map(plain)
        .unwrap_or_default();
    let called = arrays.iter().filter(|array| same_noun(&array.name, &noun));
    if let Some(array) = only(called.collect()) {
        let seen = format!("{} of .../{noun}", array.pointer);
        return told(&array, "the name of the path", seen, 0.92);
    }
    let known = arrays
        .iter()
        .filter(|array| RECORDS.contains(&array.name.as_str()));
    if let Some(array) = only(known.collect()) {
        let seen = format!("{} among {} arrays", array.pointer, arrays.len());
        return told(&array, "a usual name", seen, 0.8);
    }
    let array = *arrays.first()?;
    let names: Vec<&str> = arrays.iter().map(|array| array.pointer.as_str()).collect();
    told(array, "several arrays", names.join(", "), 0.3)
}

/// The property of a record that a variable names, and its form.
fn property_of(api: &Api, item: SchemaId, variable: &str, noun: &str) -> Option<(String, Form)> {
    let SchemaKind::Object(object) = &api.schema(item).kind else {
        return None;
    };
    let word = plain(variable);
    let short = |noun: &str| {
        word.strip_prefix(noun)
            .filter(|rest| !rest.is_empty())
            .map(str::to_owned)
    };
    let singular = super::words::singular(noun);
    let names = [Some(word.clone()), short(&singular), short(noun)];
    let by_name = names.iter().flatten().find_map(|wanted| {
        let mut all = object.properties.iter();
        all.find(|(name, _)| plain(name) == *wanted)
    });
    // `{issue}` or `{issueId}`: an id.
    let is_id = word == singular || word == noun || word.ends_with("id");
    let found = by_name.or_else(|| match is_id {
        true => object.properties.get_key_value("id"),
        false => None,
    });
    let (name, property) = found?;
    Some((name.clone(), form(api, property.schema)))
}

/// The key of a record, by the operation that gives one.
pub(super) fn key(
    api: &Api,
    item: SchemaId,
    siblings: &Siblings<'_>,
    sibling: Option<Sibling<'_>>,
) -> Option<(String, Evidence)> {
    let sibling = sibling?;
    // What `.../{task}/{index}` gives one of, `{task}` alone does not tell apart.
    let longer = siblings.of(sibling.operation);
    if longer.is_some_and(|longer| record(api, longer.operation).contains(&api.canonical(item))) {
        return None;
    }
    let list = sibling.operation.path.rsplit_once('/')?.0;
    let noun = list.rsplit('/').find(|word| !word.contains('{'))?;
    let (name, found) = property_of(api, item, sibling.variable, &plain(noun))?;
    if may_lack(api, item, &name) {
        return None;
    }
    let parameters = &sibling.operation.parameters;
    let parameter = parameters.iter().find(|one| one.name == sibling.variable)?;
    let wanted = form(api, parameter.schema);
    if wanted != found || !matches!(found, Form::Text | Form::Integer) {
        return None;
    }
    let evidence = Evidence {
        fact: "key",
        rule: "the variable of the operation that gives one",
        pointer: parameter.pointer.clone(),
        seen: format!("{{{}}} is {name}", sibling.variable),
        confidence: 0.95,
    };
    Some((name, evidence))
}

/// Whether records may be without a property: no key is then told by it.
fn may_lack(api: &Api, item: SchemaId, name: &str) -> bool {
    let SchemaKind::Object(object) = &api.schema(item).kind else {
        return true;
    };
    // Descriptions that require nothing at all say nothing by it, nor do those that
    // require of an answer what a request needs.
    let says = object.properties.values().any(|property| property.required);
    object.properties.get(name).is_none_or(|property| {
        let schema = api.schema(property.schema);
        schema.nullable || (says && !property.required && !schema.annotations.read_only)
    })
}

/// `id` of every kind of record, where all have it in one form.
pub(super) fn id(api: &Api, item: SchemaId) -> Option<(String, Form)> {
    match &api.schema(item).kind {
        SchemaKind::Object(object) => {
            let property = object.properties.get("id")?;
            Some(("/id".to_owned(), form(api, property.schema)))
        }
        SchemaKind::Union(union) => {
            let mut forms =
                union
                    .members
                    .iter()
                    .map(|member| match &api.schema(member.schema).kind {
                        SchemaKind::Object(object) => {
                            let property = object.properties.get("id")?;
                            Some(form(api, property.schema))
                        }
                        _ => None,
                    });
            let first = forms.next()??;
            forms
                .all(|form| form == Some(first))
                .then(|| ("/id".to_owned(), first))
        }
        _ => None,
    }
}

/// Lists by path, for the variables below them.
pub(super) fn parents(
    api: &Api,
    operation: &Operation,
    lists: &HashMap<String, SchemaId>,
) -> Vec<crate::api::Parent> {
    let mut found = Vec::new();
    let words: Vec<&str> = operation.path.trim_matches('/').split('/').collect();
    for (at, word) in words.iter().enumerate() {
        let Some(variable) = word
            .strip_prefix('{')
            .and_then(|word| word.strip_suffix('}'))
        else {
            continue;
        };
        let path = format!("/{}", words[..at].join("/"));
        let Some(item) = lists.get(&path) else {
            continue;
        };
        let noun = words[..at].iter().rev().find(|word| !word.contains('{'));
        let noun = noun.map(|word| plain(word)).unwrap_or_default();
        let Some((property, found_form)) = property_of(api, *item, variable, &noun) else {
            continue;
        };
        // `{username}` by the `name` that a user may have to be shown by.
        if plain(&property) == "name" && may_lack(api, *item, &property) {
            continue;
        }
        let mut parameters = operation.parameters.iter();
        let wanted = parameters
            .find(|one| one.name == variable)
            .map(|one| form(api, one.schema));
        if wanted == Some(found_form) && matches!(found_form, Form::Text | Form::Integer) {
            found.push(crate::api::Parent {
                variable: variable.to_owned(),
                from: format!("GET {path}"),
                property,
            });
        }
    }
    found
}

/// Whether the answer is one, and a list by its shape.
pub(super) fn seen(api: &Api, operation: &Operation) -> Option<Answer> {
    matches!(operation.method.as_str(), "GET" | "POST" | "QUERY")
        .then(|| answer(api, operation))
        .flatten()
}
