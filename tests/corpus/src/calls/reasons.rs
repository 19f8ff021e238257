//! Why calls are rejected: `tests/corpus/calls.reasons.toml`.

use crate::specs::{House, matches, shown};
use serde::Deserialize;
use std::fs;

/// Whose fault a rejection is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    /// The judge's: the request is what the spec asks for.
    Judge,
    /// The spec's: no request is what it asks for, or it contradicts itself.
    Spec,
    /// Ours: another request would do.
    Ours,
}

/// An explanation. In all patterns `*` stands for anything.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reason {
    /// Names of specs.
    #[serde(default = "anything")]
    pub(crate) spec: String,
    /// `METHOD /path`.
    #[serde(default = "anything")]
    pub(crate) operation: String,
    /// What the judge finds; each is explained alone.
    pub(crate) findings: Vec<String>,
    pub(crate) kind: Kind,
    /// In words.
    pub(crate) reason: String,
}

fn anything() -> String {
    "*".to_owned()
}

/// What the judge needs for a spec.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Flags {
    spec: String,
    #[serde(default)]
    flags: Vec<String>,
    /// The judge is given a document that says the same in other words (`subject`).
    #[serde(default)]
    rewritten: bool,
    /// Why; for the reader.
    #[serde(rename = "reason")]
    _reason: String,
}

/// The file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reasons {
    #[serde(default, rename = "reason")]
    pub(crate) reasons: Vec<Reason>,
    #[serde(default)]
    judge: Vec<Flags>,
}

impl Reasons {
    pub(crate) fn read(house: &House) -> Result<Self, String> {
        let path = house.folder.join("calls.reasons.toml");
        let text = fs::read_to_string(&path).map_err(|error| shown(&path, &error))?;
        toml::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))
    }

    /// The flags of the judge for a spec.
    pub(crate) fn flags(&self, spec: &str) -> &[String] {
        let found = self.judge.iter().find(|entry| matches(&entry.spec, spec));
        found.map_or(&[], |entry| entry.flags.as_slice())
    }

    /// Whether the spec is rewritten for the judge.
    pub(crate) fn rewrites(&self, spec: &str) -> bool {
        let found = self.judge.iter().find(|entry| matches(&entry.spec, spec));
        found.is_some_and(|entry| entry.rewritten)
    }

    /// The first reason for a finding, by its index.
    fn of(&self, spec: &str, operation: &str, finding: &str) -> Option<usize> {
        self.reasons.iter().position(|reason| {
            matches(&reason.spec, spec)
                && matches(&reason.operation, operation)
                && reason.findings.iter().any(|glob| matches(glob, finding))
        })
    }

    /// The reasons of a rejection, one for each finding; `Err` with the findings that
    /// have none.
    pub(crate) fn explain<'a>(
        &self,
        spec: &str,
        operation: &str,
        findings: &[&'a str],
    ) -> Result<Vec<usize>, Vec<&'a str>> {
        let mut found = Vec::new();
        let mut unexplained = Vec::new();
        for finding in findings {
            match self.of(spec, operation, finding) {
                Some(reason) => found.push(reason),
                None => unexplained.push(*finding),
            }
        }
        if unexplained.is_empty() && !found.is_empty() {
            Ok(found)
        } else {
            Err(unexplained)
        }
    }

    /// Whose fault it is where there are several reasons: ours before the spec's before
    /// the judge's.
    pub(crate) fn kind(&self, found: &[usize]) -> Kind {
        let kinds = found.iter().map(|index| self.reasons[*index].kind);
        kinds.max().unwrap_or(Kind::Ours)
    }
}

#[cfg(test)]
mod tests {
    use super::{Kind, Reasons};

    #[test]
    fn every_finding_needs_a_reason_and_the_worst_counts() {
        let text = "[[reason]]\nspec = \"a/*\"\nfindings = [\"E3008 body.x*\"]\nkind = \"judge\"\nreason = \"r\"\n\
                    [[reason]]\nfindings = [\"E3007 *\"]\nkind = \"spec\"\nreason = \"r\"\n";
        let reasons: Reasons = toml::from_str(text).expect("a file");
        let both = reasons.explain("a/b", "GET /", &["E3008 body.x: m", "E3007 body: m"]);
        assert_eq!(both, Ok(vec![0, 1]));
        assert_eq!(reasons.kind(&[0, 1]), Kind::Spec);
        let other = reasons.explain("b", "GET /", &["E3008 body.x: m", "E3007 body: m"]);
        assert_eq!(other, Err(vec!["E3008 body.x: m"]));
        assert_eq!(reasons.explain("a/b", "GET /", &[]), Err(vec![]));
    }
}
