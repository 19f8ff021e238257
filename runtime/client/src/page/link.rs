//! The `Link` header (RFC 8288, section 3 and appendix B.2).

use http::HeaderMap;
use http::header::LINK;

/// The targets of the links with `rel="next"`, as written, in the order in which
/// they stand. A link about another resource (`anchor`) is none of this answer's.
pub(crate) fn next(headers: &HeaderMap) -> Vec<String> {
    let mut found = Vec::new();
    for value in headers.get_all(LINK) {
        let text = String::from_utf8_lossy(value.as_bytes());
        let mut rest = text.as_ref();
        while let Some((target, parameters)) = link(&mut rest) {
            let get = |wanted: &str| {
                let mut all = parameters.iter();
                all.find(|(name, _)| name.eq_ignore_ascii_case(wanted))
            };
            let rel = get("rel").map_or("", |(_, value)| value);
            let mut kinds = rel.split_ascii_whitespace();
            let is_next = kinds.any(|kind| kind.eq_ignore_ascii_case("next"));
            if is_next && get("anchor").is_none() && !found.iter().any(|known| known == target) {
                found.push(target.to_owned());
            }
        }
    }
    found
}

/// A target and its parameters.
type Link<'a> = (&'a str, Vec<(&'a str, String)>);

/// Takes one link off the text.
fn link<'a>(rest: &mut &'a str) -> Option<Link<'a>> {
    *rest = rest.trim_start_matches([' ', '\t', ',']);
    let (target, after) = rest.strip_prefix('<')?.split_once('>')?;
    *rest = after;
    let mut parameters = Vec::new();
    loop {
        let text = rest.trim_start_matches([' ', '\t']);
        let Some(text) = text.strip_prefix(';') else {
            *rest = text;
            return Some((target.trim(), parameters));
        };
        let text = text.trim_start_matches([' ', '\t']);
        let end = text.find(['=', ';', ',']).unwrap_or(text.len());
        let name = text[..end].trim_end_matches([' ', '\t']);
        *rest = &text[end..];
        let value = match rest.strip_prefix('=') {
            Some(text) => value(text.trim_start_matches([' ', '\t']), rest),
            None => String::new(),
        };
        // A parameter without a name is a stray `;`.
        if !name.is_empty() {
            parameters.push((name, value));
        }
    }
}

/// A token or a quoted string (RFC 9110, section 5.6.4); `rest` is what follows.
fn value<'a>(text: &'a str, rest: &mut &'a str) -> String {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find([';', ',']).unwrap_or(text.len());
        *rest = &text[end..];
        return text[..end].trim_end_matches([' ', '\t']).to_owned();
    };
    let mut value = String::new();
    let mut letters = quoted.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => {
                *rest = &quoted[at + 1..];
                return value;
            }
            '\\' => value.extend(letters.next().map(|(_, letter)| letter)),
            letter => value.push(letter),
        }
    }
    // The closing quote is missing.
    *rest = "";
    value
}

#[cfg(test)]
mod tests {
    use super::next;
    use http::header::LINK;
    use http::{HeaderMap, HeaderValue};

    fn check(values: &[&str], expected: &[&str]) {
        let mut headers = HeaderMap::new();
        for value in values {
            let value = HeaderValue::from_bytes(value.as_bytes()).expect("a header");
            headers.append(LINK, value);
        }
        assert_eq!(next(&headers), expected, "{values:?}");
    }

    #[test]
    fn links() {
        check(&[], &[]);
        check(&[""], &[]);
        check(
            &["<https://a.example/?page=2>; rel=\"next\""],
            &["https://a.example/?page=2"],
        );
        check(&["<u>;rel=next"], &["u"]);
        check(&["<u>; rel=prev, <v>; rel=\"last next\""], &["v"]);
        check(&["<u>; REL = NEXT ; title=x"], &["u"]);
        // Commas, semicolons and quotes belong to what they stand in.
        check(
            &["<u?a=1,2;b>; title=\"a, <x>; rel=\\\"next\\\"\"; rel=next"],
            &["u?a=1,2;b"],
        );
        check(&["<u>; title=\"<v>; rel=next\", <w>; rel=next"], &["w"]);
        // Only the first `rel` counts.
        check(&["<u>; rel=prev; rel=next"], &[]);
        check(&["<u>; rel=next; anchor=\"#foo\""], &[]);
        check(&["<u>; rel=nextpage"], &[]);
        // Headers that repeat, targets that do.
        check(&["<u>; rel=prev", "<v>; rel=next"], &["v"]);
        check(&["<v>; rel=next", "<v>; rel=next"], &["v"]);
        check(&["<v>; rel=next, <w>; rel=next"], &["v", "w"]);
        // Parameters of other kinds, empty elements.
        check(
            &[", ,<v>; rel=\"next\"; results=\"true\"; cursor=\"0:100:0\","],
            &["v"],
        );
        // Broken.
        check(&["u; rel=next"], &[]);
        check(&["<u; rel=next"], &[]);
        check(&["<u>; rel=\"next"], &["u"]);
        check(&["<u>; ; =x; rel=next"], &["u"]);
    }
}
