//! What may be shown of a request: secrets in URLs, headers and bodies masked.

use http::{HeaderName, HeaderValue};

/// What stands in place of a secret.
pub(crate) const MASK: &str = "***";

/// Whether a parameter, header or member of this name holds a secret as a rule.
pub(crate) fn is_secret_name(name: &str) -> bool {
    let plain: String = name
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect();
    const WHOLE: &[&str] = &["key", "sig", "auth", "cookie", "setcookie", "code", "pin"];
    const PARTS: &[&str] = &[
        "apikey",
        "accesskey",
        "secret",
        "password",
        "passwd",
        "passphrase",
        "privatekey",
        "credential",
        "authorization",
        "signature",
        "assertion",
        "sessionid",
    ];
    WHOLE.contains(&plain.as_str())
        || plain.ends_with("token")
        || plain.ends_with("tokenkey")
        || PARTS.iter().any(|part| plain.contains(part))
}

/// The URL without user information and with secret query values masked.
pub(crate) fn url(url: &str) -> String {
    let (head, query) = match url.split_once('?') {
        Some((head, query)) => (head, Some(query)),
        None => (url, None),
    };
    let mut out = String::with_capacity(url.len());
    match head.split_once("://") {
        Some((scheme, rest)) => {
            out.push_str(scheme);
            out.push_str("://");
            let end = rest.find('/').unwrap_or(rest.len());
            let (authority, path) = rest.split_at(end);
            out.push_str(authority.rsplit('@').next().unwrap_or(authority));
            out.push_str(path);
        }
        None => out.push_str(head),
    }
    if let Some(query) = query {
        out.push('?');
        pairs(query, &mut out);
    }
    out
}

/// `name=value&name=value` with secret values masked.
pub(crate) fn pairs(text: &str, out: &mut String) {
    for (index, pair) in text.split('&').enumerate() {
        if index > 0 {
            out.push('&');
        }
        match pair.split_once('=') {
            Some((name, _)) if is_secret_name(name) => {
                out.push_str(name);
                out.push('=');
                out.push_str(MASK);
            }
            _ => out.push_str(pair),
        }
    }
}

/// The header's value as it may be shown.
pub(crate) fn header<'a>(name: &HeaderName, value: &'a HeaderValue) -> std::borrow::Cow<'a, str> {
    if value.is_sensitive() || is_secret_name(name.as_str()) {
        return MASK.into();
    }
    String::from_utf8_lossy(value.as_bytes())
}

/// JSON text in which the string values of secret members are masked. Works on
/// broken and truncated JSON, too: it only looks for `"name" : "value"`.
pub(crate) fn json(text: &str) -> String {
    json_where(text, &is_secret_name)
}

/// The same for members whose names `is_secret` knows; it is given names in quotes.
pub(crate) fn json_where(text: &str, is_secret: &dyn Fn(&str) -> bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut secret = false;
    while let Some(start) = rest.find('"') {
        let (before, from) = rest.split_at(start);
        if before.contains(['{', '[', ',', '}', ']']) {
            secret = false;
        }
        out.push_str(before);
        let end = string_end(from);
        let (string, after) = from.split_at(end);
        let is_name = after.trim_start().starts_with(':');
        if is_name {
            out.push_str(string);
            secret = is_secret(string);
        } else if secret {
            out.push('"');
            out.push_str(MASK);
            out.push('"');
            secret = false;
        } else {
            out.push_str(string);
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

/// The length of the JSON string at the start of `text`, quotes included.
fn string_end(text: &str) -> usize {
    let mut escaped = false;
    for (index, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return index + 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls() {
        assert_eq!(
            url("https://u:p@h.example/a@b?page=2&api_key=k&access_token=t"),
            "https://h.example/a@b?page=2&api_key=***&access_token=***"
        );
        assert_eq!(url("/plain"), "/plain");
    }

    #[test]
    fn bodies() {
        assert_eq!(
            json(r#"{"password": "a\"b", "name":"x", "token" : "#),
            r#"{"password": "***", "name":"x", "token" : "#
        );
        assert_eq!(
            json(r#"{"token":null,"a":"b"}"#),
            r#"{"token":null,"a":"b"}"#
        );
        assert_eq!(
            json(r#"{"client_secret":"cut"#),
            r#"{"client_secret":"***""#
        );
    }

    #[test]
    fn names() {
        for name in [
            "X-Api-Key",
            "Authorization",
            "private_token",
            "client_secret",
            "Set-Cookie",
        ] {
            assert!(is_secret_name(name), "{name}");
        }
        for name in [
            "per_page",
            "keyword",
            "monkey",
            "page",
            "tokens_used",
            "x-request-id",
        ] {
            assert!(!is_secret_name(name), "{name}");
        }
    }
}
