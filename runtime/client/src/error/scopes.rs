//! Which scopes a refused token lacks.

use super::Error;
use http::HeaderMap;
use http::header::WWW_AUTHENTICATE;

impl Error {
    /// The scopes that the server wants, where it has refused the token because that
    /// was given fewer (`insufficient_scope`, RFC 6750, section 3.1): those that it
    /// names, or those that the API's description asks for.
    pub fn needed_scopes(&self) -> Vec<&str> {
        let refused = self.headers().and_then(insufficient);
        let Some(named) = refused.filter(|_| self.is_auth()) else {
            return Vec::new();
        };
        let named: Vec<&str> = named.split_whitespace().collect();
        if !named.is_empty() {
            return named;
        }
        let operation = self.0.operation.into_iter();
        let alternatives = operation.flat_map(|operation| operation.security);
        let mut scopes = alternatives.map(|all| all.iter().flat_map(|one| one.scopes));
        let first = scopes.find(|scopes| scopes.clone().next().is_some());
        first.into_iter().flatten().copied().collect()
    }
}

/// The scopes of a challenge that says so.
fn insufficient(headers: &HeaderMap) -> Option<&str> {
    let lines = headers.get_all(WWW_AUTHENTICATE).iter();
    let mut lines = lines.filter_map(|line| line.to_str().ok());
    let line = lines.find(|line| attribute(line, "error") == Some("insufficient_scope"))?;
    Some(attribute(line, "scope").unwrap_or_default())
}

/// `name="value"` of a challenge. Values with escaped quotes are cut at them: scopes
/// and codes have none (RFC 6749, sections 3.3 and 5.2).
fn attribute<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    let mut rest = line;
    loop {
        let at = rest.find(name)?;
        let before = rest[..at].chars().next_back();
        let after = rest[at + name.len()..].trim_start();
        if !before.is_some_and(|c| c.is_ascii_alphanumeric() || "_-".contains(c))
            && let Some(value) = after.strip_prefix('=')
        {
            let value = value.trim_start();
            return match value.strip_prefix('"') {
                Some(quoted) => quoted.split('"').next(),
                None => value.split([',', ' ']).next(),
            };
        }
        rest = &rest[at + name.len()..];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn challenges() {
        let line = r#"Bearer realm="error", error_description="a scope", error="insufficient_scope", scope="a:b  c""#;
        assert_eq!(attribute(line, "error"), Some("insufficient_scope"));
        assert_eq!(attribute(line, "scope"), Some("a:b  c"));
        assert_eq!(
            attribute("Bearer error=invalid_token", "error"),
            Some("invalid_token")
        );
        assert_eq!(attribute("Bearer", "scope"), None);
        assert_eq!(attribute("scope", "scope"), None);
    }
}
