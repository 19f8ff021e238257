//! Which declared response an answer is.

pub(crate) use crate::media_type::essence;
use crate::media_type::{is_json, is_xml, same};
use crate::operation::{Accepted, Codec, Operation, Statuses};

/// Successes or errors: an operation declares both in one list.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Success,
    Error,
}

impl Side {
    fn of(status: Statuses, declared: &[Accepted]) -> Self {
        let is_success = match status {
            Statuses::Code(code) => (200..300).contains(&code),
            Statuses::Class(class) => class == 2,
            Statuses::Default => !declared.iter().any(|row| match row.status {
                Statuses::Code(code) => (200..300).contains(&code),
                Statuses::Class(class) => class == 2,
                Statuses::Default => false,
            }),
        };
        if is_success {
            Self::Success
        } else {
            Self::Error
        }
    }
}

/// What an answer says of itself.
#[derive(Clone, Copy)]
pub(super) struct Answer<'a> {
    pub(super) status: u16,
    /// `Content-Type` as it came; empty where there is none.
    pub(super) content_type: &'a str,
    pub(super) body: &'a [u8],
}

/// The declared response for the answer's status and media type, or what is
/// nearest to it, and how well its media type fits: the exact status, then its class, then `default`, and for a
/// success that is not declared the first one that is.
pub(super) fn row(
    declared: &'static [Accepted],
    side: Side,
    answer: Answer<'_>,
) -> Option<(&'static Accepted, Fit)> {
    let rows = || {
        let all = declared.iter();
        all.filter(move |row| !row.codec.is_sequence() && Side::of(row.status, declared) == side)
    };
    let exact = rows().filter(|row| row.status == Statuses::Code(answer.status));
    let class = rows().filter(|row| match row.status {
        Statuses::Class(class) => u16::from(class) == answer.status / 100,
        _ => false,
    });
    let default = rows().filter(|row| row.status == Statuses::Default);
    best(exact, answer)
        .or_else(|| best(class, answer))
        .or_else(|| best(default, answer))
        .or_else(|| match side {
            // An undeclared success: of those that are declared, one with a body
            // if there is a body.
            Side::Success => {
                let empty = answer.body.is_empty();
                let fitting = rows().filter(|row| (row.codec == Codec::Empty) == empty);
                best(fitting, answer).or_else(|| best(rows(), answer))
            }
            Side::Error => None,
        })
}

/// The successes that are read as `codec`.
pub(crate) fn successes(
    operation: &'static Operation,
    codec: Codec,
) -> impl Iterator<Item = &'static Accepted> {
    let rows = operation.responses.iter();
    rows.filter(move |row| {
        row.codec == codec && Side::of(row.status, operation.responses) == Side::Success
    })
}

/// The success of that codec whose media type fits best.
pub(crate) fn streamed(
    operation: &'static Operation,
    codec: Codec,
    media_type: &str,
) -> Option<&'static Accepted> {
    let answer = Answer {
        status: 200,
        content_type: media_type,
        body: b" ",
    };
    best(successes(operation, codec), answer).map(|(row, _)| row)
}

/// The row whose media type fits best; the first where none fits.
fn best<'a>(
    rows: impl Iterator<Item = &'a Accepted>,
    answer: Answer<'_>,
) -> Option<(&'a Accepted, Fit)> {
    let mut found: Option<(&Accepted, Fit)> = None;
    for row in rows {
        let fit = fit(row, answer);
        if found.is_none_or(|(_, before)| fit > before) {
            found = Some((row, fit));
        }
    }
    found
}

/// How well an answer fits a declared media type, from worst to best.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fit {
    /// Another media type.
    None,
    /// Another media type, but bytes can hold anything.
    Holds,
    /// Text of another kind.
    Text,
    /// No media type is named, or one that says nothing, or a wrong one; the body
    /// looks like the declared one.
    Looks,
    /// `*/*`.
    Any,
    /// `text/*`.
    Range,
    /// The same format: `application/problem+json` for JSON.
    Format,
    /// The same name without parameters.
    Name,
    /// The same name with the same parameters.
    Exact,
    /// No body where none is declared.
    Empty,
}

/// Whether a declared response names the media type, or a range or format that it is of.
pub(crate) fn names(row: &Accepted, media_type: &str) -> bool {
    let answer = Answer {
        status: 0,
        content_type: media_type,
        body: b" ",
    };
    fit(row, answer) >= Fit::Any
}

/// How well an answer fits a declared response.
pub(super) fn fit(row: &Accepted, answer: Answer<'_>) -> Fit {
    if row.codec == Codec::Empty {
        return if answer.body.is_empty() {
            Fit::Empty
        } else {
            Fit::None
        };
    }
    // The usual cases.
    match answer.content_type.strip_prefix(row.media_type) {
        _ if row.media_type.is_empty() => {}
        Some("") => return Fit::Exact,
        Some(parameters) if parameters.starts_with(';') => return Fit::Name,
        _ => {}
    }
    let (declared, found) = (essence(row.media_type), essence(answer.content_type));
    if declared.eq_ignore_ascii_case(found) {
        return if same(row.media_type, answer.content_type) {
            Fit::Exact
        } else {
            Fit::Name
        };
    }
    if row.codec == Codec::Json && is_json(found)
        || matches!(row.codec, Codec::Xml(_)) && is_xml(found)
    {
        return Fit::Format;
    }
    let group = found.split('/').next().unwrap_or_default();
    match declared.strip_suffix("/*") {
        Some("*") => return Fit::Any,
        Some(own) if own.eq_ignore_ascii_case(group) => return Fit::Range,
        _ => {}
    }
    match row.codec {
        Codec::Json if looks_like_json(answer.body) => Fit::Looks,
        Codec::Xml(_) if looks_like_xml(answer.body) && !is_page(found) => Fit::Looks,
        // A name that no other declared response has.
        Codec::Text if group.eq_ignore_ascii_case("text") && !is_page(found) => Fit::Text,
        Codec::Bytes => Fit::Holds,
        _ => Fit::None,
    }
}

/// Web pages come from proxies, not from the API.
fn is_page(essence: &str) -> bool {
    essence.eq_ignore_ascii_case("text/html")
}

/// Whether the body begins as XML does.
fn looks_like_xml(body: &[u8]) -> bool {
    let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
    let first = body.iter().find(|byte| !byte.is_ascii_whitespace());
    first == Some(&b'<')
}

/// Whether the body can be JSON: an object, an array or a string.
pub(super) fn looks_like_json(body: &[u8]) -> bool {
    let first = body.iter().find(|byte| !byte.is_ascii_whitespace());
    first.is_some_and(|byte| matches!(byte, b'{' | b'[' | b'"'))
}

#[cfg(test)]
mod tests {
    use super::{Answer, Side, row};
    use crate::operation::{Accepted, Codec, Statuses};

    const OK: Statuses = Statuses::Code(200);

    fn variant(rows: &'static [Accepted], content_type: &str, body: &[u8]) -> u16 {
        let answer = Answer {
            status: 200,
            content_type,
            body,
        };
        row(rows, Side::Success, answer).map_or(u16::MAX, |(row, _)| row.variant)
    }

    const MIXED: &[Accepted] = &[
        Accepted::json(200, 0),
        Accepted::new(OK, "text/csv", Codec::Text, 1),
        Accepted::new(OK, "application/pdf", Codec::Bytes, 2),
    ];

    #[test]
    fn the_declared_name_decides() {
        assert_eq!(variant(MIXED, "application/json", b"{}"), 0);
        assert_eq!(variant(MIXED, "Application/JSON; charset=UTF-8", b"{}"), 0);
        assert_eq!(variant(MIXED, "application/vnd.acme.v3+json", b"{}"), 0);
        assert_eq!(variant(MIXED, "TEXT/CSV;header=present", b"[a"), 1);
        assert_eq!(variant(MIXED, "application/pdf", b"{"), 2);
    }

    #[test]
    fn a_wrong_name_is_judged_by_the_body() {
        assert_eq!(variant(MIXED, "", b" {}"), 0);
        assert_eq!(variant(MIXED, "application/octet-stream", b"[1]"), 0);
        assert_eq!(variant(MIXED, "text/plain", b"a,b"), 1);
        assert_eq!(variant(MIXED, "text/html", b"<html>"), 2);
        assert_eq!(variant(MIXED, "application/zip", b"PK"), 2);
    }

    #[test]
    fn parameters_and_formats_tell_relatives_apart() {
        const DATA: &[Accepted] = &[
            Accepted::new(OK, "application/json;odata=verbose", Codec::Json, 0),
            Accepted::new(OK, "application/json;odata=none", Codec::Json, 1),
            Accepted::new(OK, "application/hal+json", Codec::Json, 2),
        ];
        assert_eq!(variant(DATA, "application/json; odata=none", b"{}"), 1);
        assert_eq!(variant(DATA, "application/json", b"{}"), 0);
        assert_eq!(
            variant(DATA, "application/hal+json;charset=utf-8", b"{}"),
            2
        );
    }

    #[test]
    fn ranges_are_wider_than_names() {
        const RANGES: &[Accepted] = &[
            Accepted::new(OK, "*/*", Codec::Json, 0),
            Accepted::new(OK, "image/*", Codec::Bytes, 1),
            Accepted::new(OK, "image/png", Codec::Bytes, 2),
        ];
        assert_eq!(variant(RANGES, "image/png", b""), 2);
        assert_eq!(variant(RANGES, "image/gif", b"GIF"), 1);
        assert_eq!(variant(RANGES, "application/x-any", b"1"), 0);
    }
}
