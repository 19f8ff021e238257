//! Regular expressions, made when they are first needed.

use fancy_regex::{Regex, RegexBuilder};
use std::sync::OnceLock;

/// Steps back that a match may take: patterns come from a description that is not
/// trusted, and look-around is matched by trying.
const MAX_STEPS: usize = 100_000;

/// A pattern, translated from ECMA-262 when the crate was generated.
pub(super) struct Pattern {
    text: String,
    compiled: OnceLock<Option<Regex>>,
}

impl Pattern {
    pub(super) fn new(text: String) -> Self {
        Self {
            text,
            compiled: OnceLock::new(),
        }
    }

    /// Whether it is found in `text`; `None` where that takes too long to say.
    pub(super) fn found_in(&self, text: &str) -> Option<bool> {
        let compiled = self.compiled.get_or_init(|| {
            let mut builder = RegexBuilder::new(&self.text);
            builder.backtrack_limit(MAX_STEPS);
            // What the generator could compile compiles here.
            builder.build().ok()
        });
        compiled.as_ref()?.is_match(text).ok()
    }
}
