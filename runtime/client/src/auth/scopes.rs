//! The least scopes that some operations need.

use crate::Error;

/// A choice of scopes, one alternative for each of the operations, that asks for
/// little: what has no choice first, then whatever adds the fewest.
///
/// Alternatives are in the order of the spec; those that are equally good are taken
/// in it.
pub(super) fn least(mut operations: Vec<Vec<Vec<&str>>>) -> Vec<&str> {
    let mut chosen: Vec<&str> = Vec::new();
    for alternatives in &mut operations {
        // Whoever asks for scopes does not go by a key, or without anything.
        if alternatives.iter().any(|scopes| !scopes.is_empty()) {
            alternatives.retain(|scopes| !scopes.is_empty());
        }
    }
    operations.sort_by_key(Vec::len);
    for alternatives in operations {
        let added = |alternative: &Vec<&str>| {
            let new = alternative.iter().filter(|scope| !chosen.contains(scope));
            new.count()
        };
        let Some(best) = alternatives.into_iter().min_by_key(added) else {
            continue;
        };
        for scope in best {
            if !chosen.contains(&scope) {
                chosen.push(scope);
            }
        }
    }
    chosen
}

/// For generated code: the least scopes of operations by their identifiers. The
/// table has a line for each operation: its identifier and its alternatives behind
/// tabs, the scopes of an alternative between spaces.
pub(crate) fn of_table(
    table: &'static str,
    operations: &[&str],
) -> Result<Vec<&'static str>, Error> {
    let mut needed = Vec::new();
    for id in operations {
        let mut lines = table.lines().map(|line| line.split('\t'));
        let line = lines.find_map(|mut parts| (parts.next() == Some(*id)).then_some(parts));
        let Some(alternatives) = line else {
            return Err(Error::request(format!(
                "the API has no operation `{}`",
                id.escape_debug()
            )));
        };
        let scopes = |alternative: &'static str| alternative.split_whitespace().collect();
        needed.push(alternatives.map(scopes).collect());
    }
    Ok(least(needed))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str =
        "list\tall\tread\nGET /a\tread meta\nopen\neither\tmeta\twrite\nkey\t\tpay\nfree\t\n";

    #[test]
    fn the_fewest() {
        let of = |operations: &[&str]| of_table(TABLE, operations).expect("operations");
        assert_eq!(of(&["list"]), ["all"]);
        // What is there already does for both.
        assert_eq!(of(&["list", "GET /a", "either"]), ["read", "meta"]);
        assert_eq!(of(&["either", "list"]), ["meta", "all"]);
        assert_eq!(of(&["key"]), ["pay"]);
        assert!(of(&["open", "free"]).is_empty() && of(&[]).is_empty());
        let error = of_table(TABLE, &["nope"]).expect_err("unknown");
        assert_eq!(error.to_string(), "the API has no operation `nope`");
    }
}
