//! What vendors send as date-times (RFC 3339, section 5.6), and near it.

/// The text as strict RFC 3339, where it is a date-time at all.
///
/// Taken besides RFC 3339: a space for `T`, a space before the offset, `t`, `z`,
/// `UTC`, `GMT`, a comma for the fraction's point, a fraction longer than nine
/// digits (cut), no seconds, offsets as `+0200` and `+02`. A date-time without
/// an offset is taken as UTC.
pub(crate) fn strict(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let is_date = bytes.len() > 16
        && text.is_ascii()
        && bytes[4] == b'-'
        && bytes[7] == b'-'
        && [0, 1, 2, 3, 5, 6, 8, 9]
            .iter()
            .all(|at| bytes[*at].is_ascii_digit());
    if !is_date || !matches!(bytes[10], b'T' | b't' | b' ') {
        return None;
    }
    let mut out = String::with_capacity(35);
    out.push_str(&text[..10]);
    out.push('T');
    out.push_str(pair(text, 11, ":")?);
    out.push_str(pair(text, 14, "")?);
    out.push(':');
    let mut rest = &text[16..];
    match rest.strip_prefix(':') {
        Some(_) => {
            out.push_str(pair(rest, 1, "")?);
            rest = &rest[3..];
        }
        None => out.push_str("00"),
    }
    if let Some(fraction) = rest.strip_prefix(['.', ',']) {
        let length = fraction
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(fraction.len());
        if length == 0 {
            return None;
        }
        out.push('.');
        out.push_str(&fraction[..length.min(9)]);
        rest = &fraction[length..];
    }
    offset(rest.strip_prefix(' ').unwrap_or(rest), &mut out)?;
    Some(out)
}

/// Two digits and what stands after them.
fn pair<'a>(text: &'a str, at: usize, after: &str) -> Option<&'a str> {
    let pair = text.get(at..at + 2 + after.len())?;
    let digits = pair.strip_suffix(after)?;
    digits.bytes().all(|b| b.is_ascii_digit()).then_some(pair)
}

fn offset(text: &str, out: &mut String) -> Option<()> {
    match text {
        "" | "Z" | "z" | "UTC" | "GMT" => out.push('Z'),
        _ => {
            let digits = text.strip_prefix(['+', '-'])?;
            let minutes = digits.get(2..)?;
            let minutes = minutes.strip_prefix(':').unwrap_or(minutes);
            let minutes = if minutes.is_empty() { "00" } else { minutes };
            if minutes.len() != 2 {
                return None;
            }
            out.push_str(&text[..1]);
            out.push_str(pair(digits, 0, "")?);
            out.push(':');
            out.push_str(pair(minutes, 0, "")?);
        }
    }
    Some(())
}

/// The date of a text that is a date, or the date-time at which that day begins:
/// libraries without a type for dates send such.
#[cfg(any(feature = "jiff", feature = "chrono", feature = "time"))]
pub(super) fn date(text: &str) -> Option<&str> {
    if text.len() <= 10 {
        return Some(text);
    }
    let full = strict(text)?;
    let time = full.get(11..)?;
    let end = time.find(['Z', '+', '-'])?;
    let is_midnight = time[..end].bytes().all(|b| matches!(b, b'0' | b':' | b'.'));
    is_midnight.then(|| &text[..10])
}

/// Whether a text can be a time of day without an offset: libraries read one
/// and drop it.
#[cfg(any(feature = "jiff", feature = "time"))]
pub(super) fn is_plain_time(text: &str) -> bool {
    text.len() >= 5
        && text
            .bytes()
            .all(|b| b.is_ascii_digit() || matches!(b, b':' | b'.' | b','))
        && text.as_bytes()[2] == b':'
}
