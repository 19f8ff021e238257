//! Scheme, host and port of a URL (RFC 6454, section 4).

use crate::Error;
use http::header::HeaderValue;
use http::uri::{Authority, PathAndQuery, Scheme, Uri};
use std::sync::Arc;

/// Where a connection leads.
#[derive(Debug)]
pub(super) struct Origin {
    /// As it is written in URLs. Compared as such, which is quicker than to leave letter
    /// case out: one that is written in two ways has connections for each.
    pub(super) text: Arc<str>,
    scheme: Scheme,
    authority: Authority,
    /// The value of `Host`: without the port where it is that of the scheme.
    pub(super) host: HeaderValue,
}

impl Origin {
    /// The origin of an absolute URI, and how it is written.
    ///
    /// # Errors
    /// It is not one of http or https, or has a user in it.
    pub(super) fn of(uri: &Uri, text: &str) -> Result<Self, Error> {
        let scheme = uri.scheme().filter(|scheme| {
            let known = [Scheme::HTTP, Scheme::HTTPS];
            known.contains(scheme)
        });
        let (Some(scheme), Some(authority)) = (scheme, uri.authority()) else {
            return Err(Error::request("not an http or https URL"));
        };
        if authority.as_str().contains('@') {
            return Err(Error::request(
                "a URL with a user in it is not sent: give a credential",
            ));
        }
        let is_default = match authority.port_u16() {
            Some(443) => *scheme == Scheme::HTTPS,
            Some(80) => *scheme == Scheme::HTTP,
            _ => false,
        };
        let host = match is_default {
            true => authority.host(),
            false => authority.as_str(),
        };
        Ok(Self {
            text: text.into(),
            scheme: scheme.clone(),
            authority: authority.clone(),
            host: HeaderValue::from_str(host)
                .map_err(|error| Error::request("not a host").with_source(error))?,
        })
    }

    /// Whether TLS is spoken.
    pub(super) fn is_secure(&self) -> bool {
        self.scheme == Scheme::HTTPS
    }

    /// The URI of what is there at this path.
    pub(super) fn uri(&self, path: PathAndQuery) -> Result<Uri, http::uri::InvalidUriParts> {
        let mut uri = http::uri::Parts::default();
        uri.scheme = Some(self.scheme.clone());
        uri.authority = Some(self.authority.clone());
        uri.path_and_query = Some(path);
        Uri::from_parts(uri)
    }
}

/// A URL in two: its origin, and path and query.
pub(super) fn split(url: &str) -> (&str, &str) {
    let scheme = url.bytes().position(|byte| byte == b':').unwrap_or(0);
    let host = match url[scheme..].starts_with("://") {
        true => scheme + 3,
        false => 0,
    };
    let mut rest = url[host..].bytes();
    let length = rest.position(|byte| matches!(byte, b'/' | b'?' | b'#'));
    url.split_at(length.map_or(url.len(), |length| host + length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_in_two() {
        for (url, origin, path) in [
            ("https://h.example/a/b?c", "https://h.example", "/a/b?c"),
            ("http://[::1]:8080", "http://[::1]:8080", ""),
            ("http://h?b=c", "http://h", "?b=c"),
            ("/a", "", "/a"),
            ("", "", ""),
        ] {
            assert_eq!(split(url), (origin, path), "{url}");
        }
    }

    #[test]
    fn hosts() {
        let host = |url: &'static str| {
            let uri = Uri::from_static(url);
            Origin::of(&uri, url).map(|origin| origin.host)
        };
        for (url, expected) in [
            ("https://h.example/", "h.example"),
            ("https://h.example:443/", "h.example"),
            ("http://h.example:443/", "h.example:443"),
            ("http://[::1]:80/", "[::1]"),
            ("http://h.example:8080/", "h.example:8080"),
        ] {
            assert_eq!(host(url).expect(url), expected, "{url}");
        }
    }

    #[test]
    fn what_is_no_origin() {
        for url in ["ftp://h.example/", "/a", "https://u:p@h.example/"] {
            let error = Origin::of(&Uri::from_static(url), url).expect_err(url);
            assert!(error.is_request(), "{error}");
        }
    }
}
