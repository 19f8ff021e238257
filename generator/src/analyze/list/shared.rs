//! Keys that a list has from another list of the same records.

use crate::api::{Api, Evidence, List, Operation, SchemaId};
use std::collections::{BTreeSet, HashMap};

/// The confidence in a key that another list lends.
const CONFIDENCE: f32 = 0.93;

/// The variables of a list's path, its key, and what it is called.
type Lender<'a> = (BTreeSet<&'a str>, Vec<String>, String);

/// Gives keys to lists without one. What tells the records of
/// `/repos/{repo}/comments` apart tells those of `/repos/{repo}/issues/{number}/comments`
/// apart, which are some of them: the records are of the same schema, and every variable
/// of the first path is one of the second.
pub(super) fn settle(api: &Api, found: &mut [Option<List>]) {
    let mut known: HashMap<SchemaId, Vec<Lender<'_>>> = HashMap::new();
    for (operation, list) in api.operations.iter().zip(found.iter()) {
        let Some(list) = list
            .as_ref()
            .filter(|list| !list.key.is_empty() && is_identifier(&list.key))
        else {
            continue;
        };
        if let Some(item) = list.item {
            let lent = (variables(operation), list.key.clone(), operation.key());
            known.entry(api.canonical(item)).or_default().push(lent);
        }
    }
    for (operation, list) in api.operations.iter().zip(found.iter_mut()) {
        let Some(list) = list.as_mut().filter(|list| list.key.is_empty()) else {
            continue;
        };
        let own = variables(operation);
        let lenders = list.item.and_then(|item| known.get(&api.canonical(item)));
        let mut lenders = lenders.into_iter().flatten();
        let Some((_, key, from)) = lenders.find(|(theirs, ..)| theirs.is_subset(&own)) else {
            continue;
        };
        list.key.clone_from(key);
        list.evidence.push(Evidence {
            fact: "key",
            rule: "the key of another list of these records",
            pointer: operation.pointer.clone(),
            seen: format!("{} of {from}", key.join(", ")),
            confidence: CONFIDENCE,
        });
    }
}

/// Whether a key is one of records wherever they are listed. A name or a number often
/// is one of those in the same place alone.
fn is_identifier(key: &[String]) -> bool {
    let word = |name: &String| name.to_ascii_lowercase().replace(['_', '-'], "");
    key.iter().map(word).all(|word| word.ends_with("id"))
}

/// The variables of an operation's path.
fn variables(operation: &Operation) -> BTreeSet<&str> {
    let parts = operation.path.split('{').skip(1);
    parts
        .filter_map(|part| Some(part.split_once('}')?.0))
        .collect()
}
