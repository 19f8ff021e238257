//! Text in the charset of its media type.

use std::borrow::Cow;

/// The body as text: Latin-1 where the media type says so, otherwise UTF-8 in
/// which what is not valid is replaced.
pub(super) fn text<'a>(content_type: &str, body: &'a [u8]) -> Cow<'a, str> {
    match charset(content_type) {
        Some(name) if is_latin1(name) => body.iter().map(|&byte| char::from(byte)).collect(),
        _ => {
            let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
            String::from_utf8_lossy(body)
        }
    }
}

fn charset(content_type: &str) -> Option<&str> {
    let parameters = content_type.split(';').skip(1);
    let mut pairs = parameters.filter_map(|parameter| parameter.split_once('='));
    let (_, value) = pairs.find(|(name, _)| name.trim().eq_ignore_ascii_case("charset"))?;
    Some(value.trim().trim_matches('"'))
}

fn is_latin1(name: &str) -> bool {
    ["iso-8859-1", "latin1", "iso8859-1"]
        .iter()
        .any(|known| name.eq_ignore_ascii_case(known))
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn charsets() {
        assert_eq!(text("text/plain", "é".as_bytes()), "é");
        assert_eq!(text("text/plain; charset=\"ISO-8859-1\"", b"\xe9"), "é");
        assert_eq!(text("text/plain;charset=utf-8", b"\xff"), "\u{fffd}");
    }
}
