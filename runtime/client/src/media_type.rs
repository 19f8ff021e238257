//! Names of media types (RFC 9110, section 8.3.1; suffixes: RFC 6838, 4.2.8).

/// A media type without its parameters.
pub(crate) fn essence(media_type: &str) -> &str {
    let end = media_type.bytes().position(|byte| byte == b';');
    media_type[..end.unwrap_or(media_type.len())].trim_ascii()
}

/// `application/json`, `text/json`, `application/problem+json` and the like.
pub(crate) fn is_json(essence: &str) -> bool {
    let tail = essence.rsplit(['/', '+']).next().unwrap_or_default();
    tail.eq_ignore_ascii_case("json")
}

/// `application/xml`, `text/xml`, `application/atom+xml` and the like.
pub(crate) fn is_xml(essence: &str) -> bool {
    let tail = essence.rsplit(['/', '+']).next().unwrap_or_default();
    tail.eq_ignore_ascii_case("xml")
}

/// Whether two media types are the same, parameters included; white space and
/// letter case do not count.
pub(crate) fn same(a: &str, b: &str) -> bool {
    fn plain(text: &str) -> impl Iterator<Item = u8> {
        let counts = |byte: &u8| !matches!(byte, b' ' | b'\t' | b'"');
        text.bytes()
            .filter(counts)
            .map(|byte| byte.to_ascii_lowercase())
    }
    plain(a).eq(plain(b))
}
