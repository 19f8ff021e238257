//! Secrets, and the search for them in what may not hold them.

use crate::server::find;
use pontoon_runtime::{Error, LogEvent};
use std::error::Error as _;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};

/// The API key of every client.
pub const API_KEY: &str = "k3y-of-the-suite-8fd1";

/// Everything that a client said of itself.
#[derive(Clone, Default)]
pub struct Said(Arc<Mutex<String>>);

impl Said {
    /// A sink for the wire log.
    pub fn sink(&self) -> impl Fn(&LogEvent<'_>) + Send + Sync + 'static {
        let said = self.clone();
        move |event| said.add(&format_args!("{event}\n{event:?}"))
    }

    /// Adds an error in all its forms.
    pub fn error(&self, error: &Error) {
        self.add(&format_args!("{error}\n{error:?}\n{error:#?}"));
        let mut source = error.source();
        while let Some(error) = source {
            self.add(&format_args!("{error}\n{error:?}"));
            source = error.source();
        }
    }

    /// Adds the `Debug` text of something.
    pub fn add(&self, what: &dyn Debug) {
        let mut text = crate::server::lock(&self.0);
        text.push_str(&format!("{what:?}\n"));
    }

    /// All of it.
    pub fn text(&self) -> String {
        crate::server::lock(&self.0).clone()
    }
}

/// The first secret that is found in `bytes`, plain or in Base64.
pub fn found_in<'a>(bytes: &[u8], secrets: &[&'a str]) -> Option<&'a str> {
    secrets.iter().copied().find(|secret| {
        let plain = find(bytes, secret.as_bytes()).is_some();
        plain || (0..3).any(|offset| find(bytes, &encoded(secret, offset)).is_some())
    })
}

/// The part of a Base64 text that is a secret alone, which begins `offset` bytes
/// after a multiple of three.
fn encoded(secret: &str, offset: usize) -> Vec<u8> {
    let padded = [vec![0; offset], secret.as_bytes().to_vec()].concat();
    let whole = padded.len() / 3 * 3;
    let text = base64(&padded[..whole]);
    text[(offset * 4).div_ceil(3)..].to_vec()
}

/// Base64 (RFC 4648, section 4) of a multiple of three bytes.
fn base64(bytes: &[u8]) -> Vec<u8> {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = Vec::new();
    for group in bytes.chunks_exact(3) {
        let value = group
            .iter()
            .fold(0, |value, byte| value << 8 | usize::from(*byte));
        out.extend([18, 12, 6, 0].map(|shift| LETTERS[value >> shift & 63]));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::found_in;

    #[test]
    fn secrets_are_found() {
        // `id:s3cret-text` and `abc:s3cret-text`, as `Authorization: Basic` has them.
        for text in [
            "a s3cret-text b",
            "aWQ6czNjcmV0LXRleHQ=",
            "YWJjOnMzY3JldC10ZXh0",
        ] {
            let found = found_in(text.as_bytes(), &["other", "s3cret-text"]);
            assert_eq!(found, Some("s3cret-text"), "{text}");
        }
        assert_eq!(found_in(b"czNjcmV0 s3cret", &["s3cret-text"]), None);
    }
}
