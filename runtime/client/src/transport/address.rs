//! A URL that may end in a secret.

use crate::mask;
use std::fmt;

/// The URL of a request. `Display` and `Debug` mask credentials in the query;
/// [`as_str`](Self::as_str) is the URL as it is sent.
#[derive(Clone)]
pub struct Address {
    text: String,
    /// Where query parameters that hold a credential begin.
    secret: usize,
}

impl Address {
    pub(crate) fn new(text: String) -> Self {
        Self {
            secret: text.len(),
            text,
        }
    }

    /// Appends query text, a credential if `secret`. Credentials come last.
    pub(crate) fn push_query(&mut self, query: &str, secret: bool) {
        if query.is_empty() {
            return;
        }
        self.text
            .push(if self.text.contains('?') { '&' } else { '?' });
        if !secret {
            self.secret = self.text.len() + query.len();
        }
        self.text.push_str(query);
    }

    /// The URL as it is sent, secrets included.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Host and port, the port where it is written.
    pub(crate) fn authority(&self) -> &str {
        // Short texts: plain loops find a byte sooner than searches.
        let scheme = self.text.bytes().position(|byte| byte == b':');
        let rest = self.text[scheme.unwrap_or_default()..].strip_prefix("://");
        let rest = rest.unwrap_or_default();
        let mut bytes = rest.bytes();
        let length = bytes.position(|byte| matches!(byte, b'/' | b'?' | b'#'));
        let authority = &rest[..length.unwrap_or(rest.len())];
        let user = authority.bytes().rposition(|byte| byte == b'@');
        &authority[user.map_or(0, |at| at + 1)..]
    }

    /// Host, and port or that of the scheme.
    #[cfg(feature = "tracing")]
    pub(crate) fn host_and_port(&self) -> (&str, u16) {
        let authority = self.authority();
        let written = authority.rsplit_once(':');
        let port = written.and_then(|(host, port)| Some((host, port.parse().ok()?)));
        port.unwrap_or_else(|| match self.text.starts_with("https:") {
            true => (authority, 443),
            false => (authority, 80),
        })
    }

    /// The query parameters that hold credentials.
    #[cfg(feature = "record")]
    pub(crate) fn secret_query(&self) -> &str {
        self.text[self.secret..].trim_start_matches(['?', '&'])
    }

    /// The URL with credentials masked.
    pub(crate) fn masked(&self) -> String {
        let (plain, secret) = self.text.split_at(self.secret);
        let mut out = mask::url(plain);
        for piece in secret.split_inclusive(['?', '&', '=']) {
            match piece.strip_suffix(['?', '&']) {
                Some("") => out.push_str(piece),
                Some(_) => {
                    out.push_str(mask::MASK);
                    out.push_str(&piece[piece.len() - 1..]);
                }
                None if piece.ends_with('=') => out.push_str(piece),
                None => out.push_str(mask::MASK),
            }
        }
        out
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.masked(), f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn authorities() {
        for (url, expected) in [
            ("https://h.example/a/b?c", "h.example"),
            ("http://h.example:80?a=/b", "h.example:80"),
            ("http://u:p@[::1]:8080", "[::1]:8080"),
            ("", ""),
        ] {
            assert_eq!(Address::new(url.into()).authority(), expected, "{url}");
        }
        #[cfg(feature = "tracing")]
        for (url, expected) in [
            ("https://h.example/a/b?c", ("h.example", 443)),
            ("http://h.example", ("h.example", 80)),
            ("http://[::1]:8080/", ("[::1]", 8080)),
        ] {
            assert_eq!(Address::new(url.into()).host_and_port(), expected, "{url}");
        }
    }

    #[test]
    fn credentials_are_masked() {
        let mut address = Address::new("https://h.example/a".into());
        address.push_query("page=1", false);
        address.push_query("k=one%3D", true);
        address.push_query("appid=two", true);
        assert_eq!(
            address.as_str(),
            "https://h.example/a?page=1&k=one%3D&appid=two"
        );
        assert_eq!(
            address.to_string(),
            "https://h.example/a?page=1&k=***&appid=***"
        );

        let mut address = Address::new("https://h.example/a".into());
        address.push_query("k=one", true);
        assert_eq!(address.to_string(), "https://h.example/a?k=***");
    }
}
