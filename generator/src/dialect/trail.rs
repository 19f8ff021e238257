//! Where a walk stands, and where that was before lowering moved it.

use std::collections::HashMap;
use std::fmt::Write as _;

use crate::source::escape;

/// A path from the root, kept on the stack of the walk. It becomes a JSON
/// pointer only when someone asks.
#[derive(Clone, Copy)]
pub(super) struct Trail<'a> {
    parent: Option<&'a Trail<'a>>,
    step: Step<'a>,
}

#[derive(Clone, Copy)]
enum Step<'a> {
    Root,
    Key(&'a str),
    Index(usize),
}

impl<'a> Trail<'a> {
    /// The root of the document.
    pub(super) const ROOT: Trail<'static> = Trail {
        parent: None,
        step: Step::Root,
    };

    /// The member under a key.
    pub(super) fn key(&'a self, key: &'a str) -> Trail<'a> {
        Trail {
            parent: Some(self),
            step: Step::Key(key),
        }
    }

    /// The item at an index.
    pub(super) fn index(&'a self, index: usize) -> Trail<'a> {
        Trail {
            parent: Some(self),
            step: Step::Index(index),
        }
    }

    /// The JSON pointer, beginning with `#`.
    pub(super) fn pointer(&self) -> String {
        let mut out = self.parent.map_or_else(String::new, Trail::pointer);
        let _ = match self.step {
            Step::Root => write!(out, "#"),
            Step::Key(key) => write!(out, "/{}", escape(key)),
            Step::Index(index) => write!(out, "/{index}"),
        };
        out
    }
}

/// Maps pointers into the lowered document to pointers into the original.
///
/// A part that was moved is recorded by its lowered pointer; what lies below
/// it moved along. Parts are moved from the top down, so that every pointer
/// recorded is final.
#[derive(Debug, Clone, Default)]
pub struct Pointers {
    moved: HashMap<String, String>,
}

impl Pointers {
    /// Records that what was at `from` (now or originally) is at `to`.
    pub(super) fn record(&mut self, to: String, from: &str) {
        let original = self.original(from);
        self.moved.insert(to, original);
    }

    /// The original pointer of a lowered one, both beginning with `#`.
    pub fn original(&self, lowered: &str) -> String {
        if self.moved.is_empty() {
            return lowered.to_owned();
        }
        let mut prefix = lowered;
        loop {
            if let Some(original) = self.moved.get(prefix) {
                return format!("{original}{}", &lowered[prefix.len()..]);
            }
            match prefix.rfind('/') {
                Some(at) => prefix = &prefix[..at],
                None => return lowered.to_owned(),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pointers_go_back_through_every_move() {
        let mut pointers = Pointers::default();
        pointers.record("#/components/schemas".to_owned(), "#/definitions");
        pointers.record(
            "#/components/schemas/A/allOf/0".to_owned(),
            "#/components/schemas/A",
        );
        let original = |p: &str| pointers.original(p);
        assert_eq!(
            original("#/components/schemas/A/type"),
            "#/definitions/A/type"
        );
        assert_eq!(
            original("#/components/schemas/A/allOf/0/$ref"),
            "#/definitions/A/$ref"
        );
        assert_eq!(original("#/paths"), "#/paths");
        let trail = Trail::ROOT;
        let (paths, item) = (trail.key("paths"), "/a~b");
        assert_eq!(paths.key(item).index(3).pointer(), "#/paths/~1a~0b/3");
    }
}
