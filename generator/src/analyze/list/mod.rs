//! Lists and how they are read: where the records of an answer are, what identifies
//! one, how the pages follow each other, what has changed since. Facts with evidence;
//! what is not certain is shown and not used.

mod answer;
mod bodies;
mod changes;
mod moments;
mod quota;
mod records;
mod rules;
mod shared;
mod words;

use crate::api::{
    Api, Evidence, Incremental, List, Operation, Paging, PagingRule, Place, SchemaId, Status,
};
use answer::Answer;
use records::Siblings;
use rules::{BAR, Sight};
use std::collections::HashMap;
use words::{ENVELOPE, MORE, PAGE_COUNTS, PAGES, SIZES, TOTALS};

/// Finds the lists of an API.
pub fn settle(api: &mut Api) {
    let siblings = Siblings::new(api);
    let mut found: Vec<Option<List>> = api
        .operations
        .iter()
        .map(|operation| list(api, operation, &siblings))
        .collect();
    shared::settle(api, &mut found);
    let lists: HashMap<String, SchemaId> = api
        .operations
        .iter()
        .zip(&found)
        .filter(|(operation, _)| operation.method == "GET")
        .filter_map(|(operation, list)| {
            let list = list.as_ref().filter(|list| list.status == Status::Proven)?;
            Some((format!("/{}", operation.path.trim_matches('/')), list.item?))
        })
        .collect();
    let parents: Vec<_> = api
        .operations
        .iter()
        .map(|operation| records::parents(api, operation, &lists))
        .collect();
    for ((operation, list), parents) in api.operations.iter_mut().zip(found).zip(parents) {
        operation.list = list.map(|list| List { parents, ..list });
    }
}

fn list(api: &Api, operation: &Operation, siblings: &Siblings<'_>) -> Option<List> {
    let answer = records::seen(api, operation)?;
    let sibling = siblings.of(operation);
    let (array, shown) = records::choose(api, operation, &answer, sibling)?;
    let request = answer::request(api, operation);
    let key = records::key(api, array.item, siblings, sibling);
    let key_form = key.as_ref().map(|(name, _)| name.as_str());
    let id = records::id(api, array.item).filter(|_| key_form.is_none_or(|name| name == "id"));
    let found = rules::find(&Sight {
        api,
        operation,
        request: &request,
        answer: &answer,
        key: id,
    });
    let bare = found.is_none();
    let by_sibling = shown.rule == records::BY_SIBLING;
    if bare && !is_list(operation, &answer, &array.pointer, by_sibling) {
        return None;
    }
    let mut evidence = vec![shown];
    evidence.extend(key.iter().map(|(_, shown)| shown.clone()));
    let paging = match found {
        Some((paging, shown)) => {
            evidence.push(shown);
            Some(paging)
        }
        None => unpaged(operation, &answer, &request).map(|(paging, shown)| {
            evidence.push(shown);
            paging
        }),
    };
    let by_query = changes::find(api, operation, array.item);
    let by_body = bodies::find(api, operation, array.item);
    let mut cursors = Vec::new();
    for (found, shown) in by_query.into_iter().chain(by_body) {
        evidence.push(shown);
        cursors.push(found);
    }
    let quota = quota::find(api, operation).map(|(quota, shown)| {
        evidence.push(shown);
        quota
    });
    let proven = |found: &Incremental| found.status == Status::Proven;
    let incremental = cursors.iter().position(proven).map(|at| cursors.remove(at));
    Some(List {
        status: match evidence[0].confidence >= BAR {
            true => Status::Proven,
            false => Status::Unproven,
        },
        records: array.pointer,
        item: Some(array.item),
        sparse: array.sparse,
        key: key.map(|(name, _)| name).into_iter().collect(),
        paging,
        parents: Vec::new(),
        incremental,
        cursors,
        quota,
        evidence,
    })
}

/// Whether an answer without a rule for pages is a list all the same: an array, or an
/// array in nothing but an envelope.
fn is_list(operation: &Operation, answer: &Answer, records: &str, has_sibling: bool) -> bool {
    let ends_in_variable = operation.path.trim_end_matches('/').ends_with('}');
    if operation.method != "GET" {
        return false;
    }
    if records.is_empty() || has_sibling {
        return !ends_in_variable || records.is_empty();
    }
    let is_envelope = |word: &String| {
        let known = [
            ENVELOPE,
            MORE,
            TOTALS,
            PAGE_COUNTS,
            PAGES,
            SIZES,
            words::CONTAINERS,
            words::WRAPPERS,
        ];
        known.iter().any(|table| table.contains(&word.as_str()))
            || records == format!("/{word}")
            || words::NO_RECORDS.contains(&word.as_str())
    };
    let arrays = answer.arrays.iter().map(|array| &array.name);
    let arrays: Vec<&String> = arrays.collect();
    !ends_in_variable
        && answer
            .top
            .iter()
            .all(|word| is_envelope(word) || arrays.contains(&word))
}

/// A list that has nothing to do with pages, neither in the request nor in the answer,
/// is one page.
fn unpaged(
    operation: &Operation,
    answer: &Answer,
    request: &[(Place, answer::Value)],
) -> Option<(Paging, Evidence)> {
    let tokens = words::TOKENS
        .iter()
        .flat_map(|family| family.request)
        .copied();
    let names = [PAGES, SIZES, words::OFFSETS, words::AFTER_IDS];
    let names: Vec<&str> = names.into_iter().flatten().copied().chain(tokens).collect();
    let asked = request
        .iter()
        .any(|(_, value)| names.contains(&value.name.as_str()));
    let told = answer.values.iter().chain(&answer.headers).any(|value| {
        [MORE, TOTALS, PAGE_COUNTS]
            .iter()
            .any(|table| table.contains(&value.name.as_str()))
            || value.long.contains("next")
            || value.name == "link"
    });
    if asked || told {
        return None;
    }
    let paging = Paging {
        status: Status::Unproven,
        rule: PagingRule::None,
        more: None,
        total: None,
        pages: None,
        size: None,
    };
    let evidence = Evidence {
        fact: "paging",
        rule: "nothing speaks of pages",
        pointer: operation.pointer.clone(),
        seen: "no parameter and no property for pages".to_owned(),
        confidence: 0.8,
    };
    Some((paging, evidence))
}
