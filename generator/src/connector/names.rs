//! Names of streams: what the path says, without its variables.

use crate::api::Operation;
use std::collections::{BTreeMap, HashSet};

/// Words at the end of a path that say what is done, not what is listed.
const VERBS: [&str; 5] = ["filter", "search", "list", "query", "paginate"];

/// The names of the streams that these operations list. Those that are `known` are kept, by
/// `METHOD path`, and so are those of operations that have gone: their tables may be there. A
/// new name depends on its own operation; where two would have the same, that with the
/// fewest variables has it, and the others say by what they are listed.
pub(super) fn of<'a>(
    operations: impl Iterator<Item = &'a Operation>,
    known: &BTreeMap<String, String>,
) -> Vec<String> {
    let operations: Vec<&Operation> = operations.collect();
    let mut order: Vec<usize> = (0..operations.len()).collect();
    order.sort_by_key(|index| {
        let operation = operations[*index];
        (variables(operation).count(), operation.key())
    });
    let mut names = vec![String::new(); operations.len()];
    let mut taken: HashSet<String> = known.values().cloned().collect();
    for index in order {
        let operation = operations[index];
        if let Some(name) = known.get(&operation.key()) {
            names[index].clone_from(name);
            continue;
        }
        let plain = plain(operation);
        let by = variables(operation).last();
        let by = by.map(|variable| format!("{plain}_by_{}", word(variable)));
        let more = (2..).map(|count| format!("{plain}_{count}"));
        let mut proposed = std::iter::once(plain.clone()).chain(by).chain(more);
        if let Some(name) = proposed.find(|name| !taken.contains(name)) {
            taken.insert(name.clone());
            names[index] = name;
        }
    }
    names
}

fn plain(operation: &Operation) -> String {
    let mut words = words(&operation.path);
    if operation.method != "GET" && words.len() > 1 {
        words.pop_if(|last| VERBS.contains(&last.as_str()));
    }
    match words.is_empty() {
        true => "root".to_owned(),
        false => words.join("_"),
    }
}

/// The variables of an operation's path, in its order.
fn variables(operation: &Operation) -> impl Iterator<Item = &str> {
    let parts = operation.path.split('{').skip(1);
    parts.filter_map(|part| Some(part.split_once('}')?.0))
}

/// The fixed segments of a path.
fn words(path: &str) -> Vec<String> {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let segments = path
        .split('/')
        .filter_map(|segment| segment.split('{').next());
    let words = segments.map(word);
    words.filter(|word| !word.is_empty()).collect()
}

/// A text in lower case, letters and digits alone.
fn word(text: &str) -> String {
    let mut word = String::new();
    for letter in text.chars() {
        match letter.is_ascii_alphanumeric() {
            true => word.push(letter.to_ascii_lowercase()),
            false if word.ends_with('_') || word.is_empty() => {}
            false => word.push('_'),
        }
    }
    word.trim_end_matches('_').to_owned()
}

#[cfg(test)]
mod tests {
    use super::of;
    use crate::api::Operation;
    use std::collections::BTreeMap;

    fn names(list: &[&str]) -> Vec<String> {
        kept(list, &BTreeMap::new())
    }

    fn kept(list: &[&str], known: &BTreeMap<String, String>) -> Vec<String> {
        let operations: Vec<Operation> = list
            .iter()
            .filter_map(|key| key.split_once(' '))
            .map(|(method, path)| Operation {
                method: method.to_owned(),
                path: path.to_owned(),
                ..Operation::default()
            })
            .collect();
        of(operations.iter(), known)
    }

    #[test]
    fn paths_give_names() {
        let found = names(&[
            "GET /repos/{owner}/{repo}/issues",
            "GET /repos/{owner}/{repo}/issues/{number}/comments",
            "GET /repos/{owner}/{repo}/issues/comments",
            "POST /flow_runs/filter",
            "GET /v1/credit-notes",
            "GET /2010-04-01/Accounts/{Sid}/Calls.json",
            "GET /",
            "GET /users/{id}",
            "GET /users",
            "GET /things#variant",
        ]);
        let wanted = [
            "repos_issues",
            "repos_issues_comments_by_number",
            "repos_issues_comments",
            "flow_runs",
            "v1_credit_notes",
            "2010_04_01_accounts_calls_json",
            "root",
            "users_by_id",
            "users",
            "things",
        ];
        assert_eq!(found, wanted);
    }

    #[test]
    fn no_two_are_the_same() {
        let found = names(&["GET /a", "POST /a", "POST /a/filter", "GET /A", "GET /a#b"]);
        let mut sorted = found.clone();
        sorted.sort();
        sorted.dedup();
        assert_eq!(sorted.len(), found.len(), "{found:?}");
    }

    /// A shorter path comes, one goes: no stream changes its name, and no name changes
    /// its stream.
    #[test]
    fn known_names_are_kept() {
        let first = ["GET /v1/users/{id}/things", "GET /a"];
        let known: BTreeMap<String, String> = first
            .iter()
            .map(|key| (*key).to_owned())
            .zip(names(&first))
            .collect();
        assert_eq!(known["GET /v1/users/{id}/things"], "v1_users_things");
        let found = kept(
            &[
                "GET /v1/users/things",
                "GET /v1/users/{id}/things",
                "POST /a",
            ],
            &known,
        );
        assert_eq!(found, ["v1_users_things_2", "v1_users_things", "a_2"]);
    }
}
