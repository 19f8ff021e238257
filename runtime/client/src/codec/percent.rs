//! Percent-encoding of URLs and forms.

use std::borrow::Cow;

/// Which characters stand for themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Set {
    /// RFC 3986, unreserved.
    Unreserved,
    /// In a path with `allowReserved`: all but `?`, `#`, `[`, `]`; what is encoded stays.
    ReservedPath,
    /// In a query with `allowReserved`: all but `&`, `#`, `+`, `[`, `]`; what is encoded stays.
    ReservedQuery,
    /// `application/x-www-form-urlencoded`: a space is `+`.
    Form,
    /// RFC 6265, cookie-octet, but for `%`.
    Cookie,
    /// Nothing is encoded.
    Raw,
}

impl Set {
    fn keeps(self, byte: u8) -> bool {
        if byte.is_ascii_alphanumeric() {
            return true;
        }
        match self {
            Self::Unreserved => b"-._~".contains(&byte),
            Self::ReservedPath => b"-._~:/@!$&'()*+,;=".contains(&byte),
            Self::ReservedQuery => b"-._~:/?@!$'()*,;=".contains(&byte),
            Self::Form => b"-._*".contains(&byte),
            Self::Cookie => byte.is_ascii_graphic() && !b"\",;\\%".contains(&byte),
            Self::Raw => true,
        }
    }

    fn keeps_encoded(self) -> bool {
        matches!(self, Self::ReservedPath | Self::ReservedQuery)
    }
}

/// Appends `text`, encoded.
pub(super) fn push(text: &str, set: Set, out: &mut String) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    if set == Set::Raw {
        out.push_str(text);
        return;
    }
    let bytes = text.as_bytes();
    if bytes.iter().all(|byte| set.keeps(*byte)) {
        out.push_str(text);
        return;
    }
    out.reserve(bytes.len());
    // Where that which stands for itself begins.
    let mut start = 0;
    for (at, byte) in bytes.iter().copied().enumerate() {
        if set.keeps(byte) || (byte == b'%' && set.keeps_encoded() && is_encoded(&bytes[at..])) {
            continue;
        }
        out.push_str(text.get(start..at).unwrap_or_default());
        start = at + 1;
        if byte == b' ' && set == Set::Form {
            out.push('+');
        } else {
            out.push('%');
            out.push(char::from(HEX[usize::from(byte >> 4)]));
            out.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
    out.push_str(text.get(start..).unwrap_or_default());
}

/// The text, encoded; without a copy where that is nothing else.
pub(super) fn encoded(text: Cow<'_, str>, set: Set) -> String {
    if text.bytes().all(|byte| set.keeps(byte)) {
        return text.into_owned();
    }
    let mut out = String::new();
    push(&text, set, &mut out);
    out
}

fn is_encoded(bytes: &[u8]) -> bool {
    matches!(bytes, [b'%', high, low, ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::{Set, push};

    #[test]
    fn sets_keep_what_they_say() {
        for (set, expected) in [
            (Set::Unreserved, "a~%20%2F%3F%23%5B%26%2B%25%C3%A9%2541"),
            (Set::ReservedPath, "a~%20/%3F%23%5B&+%25%C3%A9%41"),
            (Set::ReservedQuery, "a~%20/?%23%5B%26%2B%25%C3%A9%41"),
            (Set::Form, "a%7E+%2F%3F%23%5B%26%2B%25%C3%A9%2541"),
            (Set::Cookie, "a~%20/?#[&+%25%C3%A9%2541"),
            (Set::Raw, "a~ /?#[&+%é%41"),
        ] {
            let mut out = String::new();
            push("a~ /?#[&+%é%41", set, &mut out);
            assert_eq!(out, expected, "{set:?}");
        }
    }
}
