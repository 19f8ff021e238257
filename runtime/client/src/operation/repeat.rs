//! Whether a request may be sent again.

/// Whether a request of an operation may be sent again when it is not known
/// whether the server carried it out: after a reset or a timeout, say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Repeat {
    /// Where the method is idempotent: GET, HEAD, OPTIONS, TRACE, QUERY, PUT and
    /// DELETE (RFC 9110, section 9.2.2).
    #[default]
    ByMethod,
    /// With a key in the header of this name, by which the server knows a request
    /// that it has carried out. A key is made once for each call and kept over
    /// all its attempts, unless the caller sets one.
    Key(&'static str),
    /// Whatever the method.
    Always,
    /// Not even after a failure to connect, nor after an answer that asks for it.
    Never,
}

impl Repeat {
    /// Whether requests of that method may be sent again, given a key where one
    /// is needed.
    pub(crate) fn allows(self, method: &str) -> bool {
        match self {
            Self::ByMethod => is_idempotent(method),
            Self::Key(_) | Self::Always => true,
            Self::Never => false,
        }
    }
}

/// RFC 9110, section 9.2.2; QUERY is registered as safe, too.
pub(crate) fn is_idempotent(method: &str) -> bool {
    matches!(method, "PUT" | "DELETE") || is_safe(method)
}

/// RFC 9110, section 9.2.1.
pub(crate) fn is_safe(method: &str) -> bool {
    matches!(method, "GET" | "HEAD" | "OPTIONS" | "TRACE" | "QUERY")
}

#[cfg(test)]
mod tests {
    use super::Repeat;

    #[test]
    fn by_method() {
        for method in ["GET", "HEAD", "OPTIONS", "TRACE", "QUERY", "PUT", "DELETE"] {
            assert!(Repeat::ByMethod.allows(method), "{method}");
            assert!(!Repeat::Never.allows(method), "{method}");
        }
        for method in ["POST", "PATCH", "CONNECT", "get", ""] {
            assert!(!Repeat::ByMethod.allows(method), "{method}");
            assert!(Repeat::Always.allows(method), "{method}");
            assert!(Repeat::Key("Idempotency-Key").allows(method), "{method}");
        }
    }
}
