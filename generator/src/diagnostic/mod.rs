//! What the generator has to say about a document: findings with a code, a
//! place and a remedy, and how they look on a terminal or as data.

pub mod codes;
mod data;
mod render;
mod toml;

pub use self::toml::toml_error;
pub use codes::Code;
pub use data::to_json;
pub use render::{Style, render, visible};

use crate::source::{Node, Place, Source, Spot};

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The input, or a part of it, cannot be used.
    Error,
    /// The input was used, but not quite as written.
    Warning,
    /// Worth knowing; nothing was lost.
    Note,
}

impl Severity {
    /// The word printed for this severity: `error`, `warning` or `note`.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        }
    }
}

/// What a finding did to the output, counted by the conformance report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effect {
    /// The output says everything the document says.
    None,
    /// The document was invalid and was read the way it must be meant.
    Repaired,
    /// The output says less than the document, for example an untyped value.
    Degraded,
    /// A part of the document has no counterpart in the output.
    Dropped,
}

impl Effect {
    /// The word used in reports: `none`, `repaired`, `degraded` or `dropped`.
    pub fn as_str(self) -> &'static str {
        match self {
            Effect::None => "none",
            Effect::Repaired => "repaired",
            Effect::Degraded => "degraded",
            Effect::Dropped => "dropped",
        }
    }
}

/// One finding.
#[derive(Debug, Clone)]
pub struct Diagnostic {
    /// The registered kind of finding.
    pub code: &'static Code,
    /// How bad it is.
    pub severity: Severity,
    /// What was found, in one sentence without a full stop.
    pub message: String,
    /// JSON pointer into the document as the user wrote it: `#/paths/~1users/get`.
    pub pointer: String,
    /// Where it is in the text.
    pub place: Option<Place>,
    /// What to do about it.
    pub help: Option<String>,
    /// What it did to the output.
    pub effect: Effect,
    /// The place in words, set where no [`Source`](crate::source::Source)
    /// is left to look it up in.
    pub spot: Option<Box<Spot>>,
}

impl Diagnostic {
    /// A finding of any severity, without place, help or effect.
    pub fn new(code: &'static Code, severity: Severity, message: impl Into<String>) -> Self {
        Self {
            code,
            severity,
            message: message.into(),
            pointer: String::new(),
            place: None,
            help: None,
            effect: Effect::None,
            spot: None,
        }
    }

    /// An error.
    pub fn error(code: &'static Code, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Error, message)
    }

    /// A warning.
    pub fn warning(code: &'static Code, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Warning, message)
    }

    /// A note.
    pub fn note(code: &'static Code, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Note, message)
    }

    /// Adds the JSON pointer.
    pub fn pointer(mut self, pointer: impl Into<String>) -> Self {
        self.pointer = pointer.into();
        self
    }

    /// Adds the place in the text.
    pub fn place(mut self, place: Place) -> Self {
        self.place = Some(place);
        self
    }

    /// Adds the remedy.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Says what it did to the output.
    pub fn effect(mut self, effect: Effect) -> Self {
        self.effect = effect;
        self
    }
}

fn spot_of(diagnostic: &Diagnostic, source: Option<&Source>) -> Option<Spot> {
    let known = diagnostic.spot.as_deref().cloned();
    known.or_else(|| source?.spot(diagnostic.place?))
}

/// The findings of a run, in the order in which they were made.
#[derive(Debug, Clone, Default)]
pub struct Diagnostics {
    list: Vec<Diagnostic>,
}

impl Diagnostics {
    /// No findings yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a finding. What says less than the document gets its code's remedy, where
    /// it has none of its own.
    pub fn push(&mut self, mut diagnostic: Diagnostic) {
        let lossy = matches!(diagnostic.effect, Effect::Degraded | Effect::Dropped);
        if lossy && diagnostic.help.is_none() {
            diagnostic.help = codes::remedy(diagnostic.code).map(str::to_owned);
        }
        self.list.push(diagnostic);
    }

    /// The findings in their present order.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.list.iter()
    }

    /// How many findings there are.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Whether any of them is an error.
    pub fn has_errors(&self) -> bool {
        self.list.iter().any(|d| d.severity == Severity::Error)
    }

    /// Gives findings that have only a JSON pointer the place of what it leads
    /// to in the document, or of the nearest node above that exists.
    pub fn locate(&mut self, root: &Node) {
        for diagnostic in &mut self.list {
            if diagnostic.place.is_none() && diagnostic.spot.is_none() {
                let (node, matched) = root.nearest(&diagnostic.pointer);
                if matched.len() > 1 {
                    diagnostic.place = Some(node.place);
                }
            }
        }
    }

    /// Orders by place in the text (findings without a place first, in the
    /// order made) and keeps one of several equal ones.
    pub fn sort(&mut self) {
        fn key(d: &Diagnostic) -> (Option<Place>, &str, &'static str, &str) {
            (d.place, d.pointer.as_str(), d.code.id, d.message.as_str())
        }
        self.list.sort_by(|a, b| match (a.place, b.place) {
            (None, None) => std::cmp::Ordering::Equal,
            _ => key(a).cmp(&key(b)),
        });
        self.list.dedup_by(|a, b| key(a) == key(b));
    }

    /// How many findings of each code there are, by code.
    pub fn counts(&self) -> Vec<(&'static Code, usize)> {
        let mut counts = std::collections::BTreeMap::new();
        for diagnostic in &self.list {
            counts
                .entry(diagnostic.code.id)
                .or_insert((diagnostic.code, 0))
                .1 += 1;
        }
        counts.into_values().collect()
    }

    /// How many findings have this effect.
    pub fn count_effect(&self, effect: Effect) -> usize {
        self.list.iter().filter(|d| d.effect == effect).count()
    }
}

impl Extend<Diagnostic> for Diagnostics {
    fn extend<T: IntoIterator<Item = Diagnostic>>(&mut self, iter: T) {
        self.list.extend(iter);
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.list.into_iter()
    }
}

impl<'a> IntoIterator for &'a Diagnostics {
    type Item = &'a Diagnostic;
    type IntoIter = std::slice::Iter<'a, Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.list.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sorts_by_place_and_removes_repeats() {
        let place = |offset| Place { file: 0, offset };
        let mut all = Diagnostics::new();
        all.push(Diagnostic::warning(&codes::DUPLICATE_KEY, "b").place(place(9)));
        all.push(Diagnostic::note(&codes::DUPLICATE_KEY, "first"));
        all.push(Diagnostic::warning(&codes::DUPLICATE_KEY, "a").place(place(3)));
        all.push(Diagnostic::warning(&codes::DUPLICATE_KEY, "b").place(place(9)));
        all.sort();
        let messages: Vec<_> = all.iter().map(|d| d.message.as_str()).collect();
        assert_eq!(messages, ["first", "a", "b"]);
        assert_eq!(all.counts()[0].1, 3);
        assert!(!all.has_errors());
    }
}
