//! Which operation a path is of.

use crate::operation::{Location, Operation};
use percent_encoding::percent_decode_str;

/// A piece of a path template.
enum Piece<'t> {
    Text(&'t str),
    /// A variable; `true` where its value may hold slashes.
    Variable(&'t str, bool),
}

/// A path that fits a template.
pub(super) struct Fit {
    /// The values of variables, decoded.
    pub(super) values: Vec<(&'static str, String)>,
    /// By segment: 0 for text, 1 where there is a variable, 2 where it may hold
    /// slashes. The smallest is the most specific.
    pub(super) rank: Vec<u8>,
}

/// Holds a path as it was sent and its query against an operation's template. A query
/// that the template has must be there.
pub(super) fn fit(
    operation: &'static Operation,
    path: &str,
    query: &[(String, String)],
) -> Option<Fit> {
    let (template, fixed) = match operation.path.split_once('?') {
        Some((template, fixed)) => (template, pairs(fixed)),
        None => (operation.path, Vec::new()),
    };
    if !fixed.iter().all(|pair| query.contains(pair)) {
        return None;
    }
    let template = template.strip_prefix('/').unwrap_or(template);
    let path = path.strip_prefix('/').unwrap_or(path);
    let pieces = pieces(operation, template);
    let mut values = Vec::new();
    if !matches(&pieces, path, &mut values) {
        return None;
    }
    let rank = template.split('/').map(|segment| {
        let open = |name: &str| may_hold_slashes(operation, name);
        match segment.split_once('{') {
            None => 0,
            Some((_, rest)) if open(rest.split('}').next().unwrap_or_default()) => 2,
            Some(_) => 1,
        }
    });
    Some(Fit {
        rank: rank.collect(),
        values,
    })
}

/// `a=1&b` as decoded pairs.
pub(super) fn pairs(query: &str) -> Vec<(String, String)> {
    let plain = |text: &str| {
        let text = text.replace('+', " ");
        percent_decode_str(&text).decode_utf8_lossy().into_owned()
    };
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (plain(name), plain(value)))
        .collect()
}

fn may_hold_slashes(operation: &Operation, name: &str) -> bool {
    let mut parameters = operation.parameters.iter();
    parameters.any(|parameter| {
        parameter.location == Location::Path && parameter.name == name && parameter.allow_reserved
    })
}

fn pieces(operation: &'static Operation, template: &'static str) -> Vec<Piece<'static>> {
    let mut pieces = Vec::new();
    let mut rest = template;
    while let Some((before, (name, after))) = rest
        .split_once('{')
        .and_then(|(before, tail)| Some((before, tail.split_once('}')?)))
    {
        pieces.push(Piece::Text(before));
        pieces.push(Piece::Variable(name, may_hold_slashes(operation, name)));
        rest = after;
    }
    pieces.push(Piece::Text(rest));
    pieces
}

/// Values are as long as they can be. Templates have few variables, so trying is cheap.
fn matches(
    pieces: &[Piece<'static>],
    path: &str,
    values: &mut Vec<(&'static str, String)>,
) -> bool {
    match pieces {
        [] => path.is_empty(),
        [Piece::Text(text), rest @ ..] => path
            .strip_prefix(text)
            .is_some_and(|path| matches(rest, path, values)),
        [Piece::Variable(name, slashes), rest @ ..] => {
            let longest = match slashes {
                true => path.len(),
                false => path.find('/').unwrap_or(path.len()),
            };
            let ends = (1..=longest)
                .rev()
                .filter(|end| path.is_char_boundary(*end));
            for end in ends {
                let known = values.len();
                let value = percent_decode_str(&path[..end]).decode_utf8_lossy();
                values.push((name, value.into_owned()));
                if matches(rest, &path[end..], values) {
                    return true;
                }
                values.truncate(known);
            }
            false
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{fit, pairs};
    use crate::operation::{Operation, Parameter};

    fn check(path: &'static str, request: &str, expected: Option<&str>) {
        static PARAMETERS: [Parameter; 2] =
            [Parameter::path("id"), Parameter::path("rest").reserved()];
        let operation: &'static Operation = Box::leak(Box::new(Operation {
            path,
            parameters: &PARAMETERS,
            ..Operation::BLANK
        }));
        let (path, query) = request.split_once('?').unwrap_or((request, ""));
        let found = fit(operation, path, &pairs(query)).map(|fit| {
            let values = fit
                .values
                .iter()
                .map(|(name, value)| format!("{name}={value}"));
            values.collect::<Vec<_>>().join(" ")
        });
        assert_eq!(found.as_deref(), expected, "{request}");
    }

    #[test]
    fn paths_and_templates() {
        check("/pets", "/pets", Some(""));
        check("/pets", "/pets/", None);
        check("/pets/{id}", "/pets/a%2Fb%20c", Some("id=a/b c"));
        check("/pets/{id}", "/pets/", None);
        check("/pets/{id}", "/pets/a/b", None);
        check("/pets/{rest}", "/pets/a/b", Some("rest=a/b"));
        check(
            "/f/{rest}/tags/{id}",
            "/f/a/tags/b/tags/c",
            Some("rest=a/tags/b id=c"),
        );
        check("/pets/{id}.json", "/pets/a.b.json", Some("id=a.b"));
        check("/pets/{id}:feed", "/pets/7:feed", Some("id=7"));
        check("/do?action=x", "/do?b=1&action=x", Some(""));
        check("/do?action=x", "/do?action=y", None);
    }
}
