//! Which declared response an answer is.

use crate::operation::{Accepted, Codec, Operation, Statuses};

/// Successes or errors: an operation declares both in one list.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Success,
    Error,
}

impl Side {
    fn of(status: Statuses, operation: &Operation) -> Self {
        let is_success = match status {
            Statuses::Code(code) => (200..300).contains(&code),
            Statuses::Class(class) => class == 2,
            Statuses::Default => !operation.responses.iter().any(|row| match row.status {
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

/// The declared response for `status` and the media type, or what is nearest to
/// it: the exact status, then its class, then `default`, and for a success that
/// is not declared the first one that is.
pub(super) fn row(
    operation: &'static Operation,
    side: Side,
    status: u16,
    media_type: &str,
    empty: bool,
) -> Option<&'static Accepted> {
    let rows = || {
        let all = operation.responses.iter();
        all.filter(move |row| !row.codec.is_sequence() && Side::of(row.status, operation) == side)
    };
    let exact = rows().filter(|row| row.status == Statuses::Code(status));
    let class = rows().filter(|row| match row.status {
        Statuses::Class(class) => u16::from(class) == status / 100,
        _ => false,
    });
    let default = rows().filter(|row| row.status == Statuses::Default);
    best(exact, media_type, empty)
        .or_else(|| best(class, media_type, empty))
        .or_else(|| best(default, media_type, empty))
        .or_else(|| match side {
            // An undeclared success: of those that are declared, one with a body
            // if there is a body.
            Side::Success => {
                let fitting = rows().filter(|row| (row.codec == Codec::Empty) == empty);
                best(fitting, media_type, empty).or_else(|| best(rows(), media_type, empty))
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
    rows.filter(move |row| row.codec == codec && Side::of(row.status, operation) == Side::Success)
}

/// The success of that codec whose media type fits best.
pub(crate) fn streamed(
    operation: &'static Operation,
    codec: Codec,
    media_type: &str,
) -> Option<&'static Accepted> {
    best(successes(operation, codec), media_type, false)
}

/// The row whose media type fits best; the first where none fits.
fn best<'a>(
    rows: impl Iterator<Item = &'a Accepted>,
    media_type: &str,
    empty: bool,
) -> Option<&'a Accepted> {
    let mut found: Option<(&Accepted, u8)> = None;
    for row in rows {
        let fit = if empty && row.codec == Codec::Empty {
            5
        } else {
            fit(row, media_type)
        };
        if found.is_none_or(|(_, before)| fit > before) {
            found = Some((row, fit));
        }
    }
    found.map(|(row, _)| row)
}

/// How well an answer's media type fits a declared one.
pub(super) fn fit(row: &Accepted, media_type: &str) -> u8 {
    let declared = essence(row.media_type);
    if declared.eq_ignore_ascii_case(media_type) {
        return 4;
    }
    if row.codec == Codec::Json && is_json(media_type) {
        return 3;
    }
    if let Some(group) = declared.strip_suffix("/*") {
        let own = media_type.split('/').next().unwrap_or_default();
        if group == "*" || group.eq_ignore_ascii_case(own) {
            return 2;
        }
    }
    u8::from(media_type.is_empty())
}

/// A media type without its parameters.
pub(crate) fn essence(media_type: &str) -> &str {
    media_type.split(';').next().unwrap_or_default().trim()
}

/// `application/json`, `text/json`, `application/problem+json` and the like.
pub(super) fn is_json(media_type: &str) -> bool {
    let tail = media_type.rsplit(['/', '+']).next().unwrap_or_default();
    tail.eq_ignore_ascii_case("json")
}
