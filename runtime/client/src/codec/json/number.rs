//! Numbers as they are on the wire.

use super::DecodeError;
use super::cursor::Cursor;
use crate::json::{Number, integer};
use jiter::Peek;

/// A signed integer; `1.0` and `1e2` are integers too.
#[inline]
pub(super) fn i64(cursor: &mut Cursor<'_>, peek: Peek) -> Result<i64, DecodeError> {
    match cursor.known_int(peek) {
        Some(value) => Ok(value),
        None => slow_i64(cursor, peek),
    }
}

/// What the fast path does not take: other forms, and the outer range.
#[cold]
fn slow_i64(cursor: &mut Cursor<'_>, peek: Peek) -> Result<i64, DecodeError> {
    const EXPECTED: &str = "a 64-bit integer";
    let start = cursor.current_index();
    let text = text(cursor, peek, EXPECTED)?;
    let value = match integer(text) {
        Some((true, magnitude)) => 0i64.checked_sub_unsigned(magnitude),
        Some((false, magnitude)) => i64::try_from(magnitude).ok(),
        None => None,
    };
    value.ok_or_else(|| unfit(EXPECTED, text, start))
}

/// An unsigned integer.
pub(super) fn u64(cursor: &mut Cursor<'_>, peek: Peek) -> Result<u64, DecodeError> {
    const EXPECTED: &str = "an unsigned 64-bit integer";
    let start = cursor.current_index();
    let text = text(cursor, peek, EXPECTED)?;
    if let Ok(value) = text.parse() {
        return Ok(value);
    }
    match integer(text) {
        Some((true, 1..)) | None => Err(unfit(EXPECTED, text, start)),
        Some((_, magnitude)) => Ok(magnitude),
    }
}

/// A float.
pub(super) fn f64(cursor: &mut Cursor<'_>, peek: Peek) -> Result<f64, DecodeError> {
    const EXPECTED: &str = "a number";
    let start = cursor.current_index();
    if !peek.is_num() {
        return Err(DecodeError::wrong_type(EXPECTED, peek, start));
    }
    let value = cursor.known_float(peek)?;
    if value.is_finite() {
        Ok(value)
    } else {
        Err(DecodeError::mismatch(
            EXPECTED,
            "a number out of range",
            start,
        ))
    }
}

/// A number of any kind.
pub(super) fn any(cursor: &mut Cursor<'_>, peek: Peek) -> Result<Number, DecodeError> {
    text(cursor, peek, "a number").map(Number::from_checked)
}

/// The text of a number.
pub(super) fn text<'a>(
    cursor: &mut Cursor<'a>,
    peek: Peek,
    expected: &str,
) -> Result<&'a str, DecodeError> {
    let start = cursor.current_index();
    if !peek.is_num() {
        return Err(DecodeError::wrong_type(expected, peek, start));
    }
    let bytes = cursor.known_number_bytes(peek)?;
    std::str::from_utf8(bytes).map_err(|_| DecodeError::wrong_type(expected, peek, start))
}

#[cold]
fn unfit(expected: &str, text: &str, offset: usize) -> DecodeError {
    let found = if integer(text).is_some() || !text.contains(['.', 'e', 'E']) {
        "a number out of range"
    } else {
        "a number with a fraction"
    };
    DecodeError::mismatch(expected, found, offset)
}
