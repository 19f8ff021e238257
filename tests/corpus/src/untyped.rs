//! What is typed as any JSON: as openapi-to-rust counts it of itself
//! (`--report-untyped`), and of our crates on the same specs.
//!
//! Its findings are the places of its types that hold `serde_json::Value`, alone or as
//! the item of a list or the value of a map: properties, additional properties, members
//! of unions, components, and bodies and object parameters written into operations. A
//! reference to a component that is any JSON is none. Ours are counted alike: schemas
//! that are any JSON and that operations reach, each once. The fields of our types that
//! are any JSON, where each use of a component counts and a body does not, stand beside.

use crate::specs::{House, Spec};
use crate::state::Results;
use crate::table::{grouped, percent};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The generator that can report it.
pub(crate) const PEER: &str = "openapi-to-rust";

/// Rows of the table of specs where ours has more.
const SHOWN: usize = 30;

/// The findings by reason of what `generate --report-untyped --json` prints: a list of
/// `{"context", "shape", "reason"}`, then an object that says what was generated.
pub(crate) fn report(stdout: &str) -> Result<Value, String> {
    let wrong = |what: &str| format!("--report-untyped: {what}");
    let mut texts = serde_json::Deserializer::from_str(stdout).into_iter::<Value>();
    let mut next = |what: &str| match texts.next() {
        Some(Ok(value)) => Ok(value),
        Some(Err(error)) => Err(wrong(&format!("{what}: {error}"))),
        None => Err(wrong(&format!("{what} is missing"))),
    };
    let findings = next("the list of findings")?;
    let findings = findings
        .as_array()
        .ok_or_else(|| wrong("the findings are no list"))?;
    let summary = next("the summary")?;
    if summary["status"] != "generated" {
        return Err(wrong("the summary does not say that it generated"));
    }
    let mut reasons = Map::new();
    for finding in findings {
        let reason = finding["reason"].as_str();
        let reason = reason.ok_or_else(|| wrong("a finding without a reason"))?;
        let count = reasons.get(reason).and_then(Value::as_u64).unwrap_or(0);
        reasons.insert(reason.to_owned(), (count + 1).into());
    }
    Ok(reasons.into())
}

/// What it says when it fails: `{"status": "error", "error": ...}`.
pub(crate) fn error(stdout: &str) -> Option<String> {
    let mut texts = serde_json::Deserializer::from_str(stdout).into_iter::<Value>();
    let last = texts.by_ref().map_while(Result::ok).last()?;
    let text = last["error"].as_str()?;
    Some(text.lines().next()?.chars().take(200).collect())
}

/// Both counts, spec by spec.
pub(crate) struct Beside {
    rows: BTreeMap<String, Row>,
}

/// One spec. `None`: not generated.
struct Row {
    ours: Option<u64>,
    fields: u64,
    theirs: Option<BTreeMap<String, u64>>,
}

impl Row {
    /// Ours and theirs, where there are both.
    fn both(&self) -> Option<(u64, u64)> {
        Some((self.ours?, self.theirs.as_ref()?.values().sum()))
    }
}

impl Beside {
    /// From the results of the stages `generate` and `peers`.
    pub(crate) fn of(house: &House, specs: &[Spec]) -> Result<Self, String> {
        let ours = Results::open(house, "generate")?;
        let theirs = Results::open(house, &format!("peer-{PEER}"))?;
        let row = |spec: &Spec| {
            let row = theirs.get(&spec.name)?;
            // A run that did not ask for the report says nothing of it.
            if row["ok"] == true && row["untyped"].is_null() && row["untyped_error"].is_null() {
                return None;
            }
            let reasons = row["untyped"].as_object().map(|reasons| {
                let reasons = reasons.iter();
                let reasons = reasons.map(|(name, count)| (name.clone(), count.as_u64()));
                reasons.map(|(name, n)| (name, n.unwrap_or(0))).collect()
            });
            let ours = ours.get(&spec.name).unwrap_or_default();
            let row = Row {
                ours: ours["untyped_schemas"].as_u64(),
                fields: ours["untyped_fields"].as_u64().unwrap_or(0),
                theirs: reasons,
            };
            Some((spec.name.clone(), row))
        };
        Ok(Self {
            rows: specs.iter().filter_map(row).collect(),
        })
    }

    /// Specs that both generate, ours, theirs.
    fn sums(&self) -> (usize, u64, u64) {
        let both: Vec<(u64, u64)> = self.rows.values().filter_map(Row::both).collect();
        let ours = both.iter().map(|pair| pair.0).sum();
        (both.len(), ours, both.iter().map(|pair| pair.1).sum())
    }

    /// The line of the summary; none where the peer was not run.
    pub(crate) fn cell(&self) -> Option<(String, String)> {
        let (specs, ours, theirs) = self.sums();
        (specs > 0).then(|| {
            let name = format!("Typed as any JSON, beside {PEER} `--report-untyped`");
            let share = percent(ours as f64, theirs as f64);
            let (ours, theirs) = (grouped(ours as f64), grouped(theirs as f64));
            let specs = grouped(specs as f64);
            let cell =
                format!("{ours} against {theirs} ({share}) on the {specs} specs it generates");
            (name, cell)
        })
    }

    /// Fields of our types on the specs that both generate.
    fn fields(&self) -> u64 {
        let both = self.rows.values().filter(|row| row.both().is_some());
        both.map(|row| row.fields).sum()
    }

    /// Columns of `scoreboard.tsv`: ours, theirs or `fails`.
    pub(crate) fn columns(&self, spec: &str) -> [String; 2] {
        let Some(row) = self.rows.get(spec) else {
            return Default::default();
        };
        let ours = row.ours.map_or_else(String::new, |ours| ours.to_string());
        let theirs = row.theirs.as_ref();
        let theirs = theirs.map(|reasons| reasons.values().sum::<u64>().to_string());
        [ours, theirs.unwrap_or_else(|| "fails".to_owned())]
    }

    /// Its reasons, and the specs where ours has more.
    pub(crate) fn section(&self) -> String {
        let (specs, ours, theirs) = self.sums();
        if specs == 0 {
            return String::new();
        }
        let mut out = format!(
            "\n## Typed as any JSON, beside {PEER}\n\n\
             Counted as its `--report-untyped` counts: properties, additional properties, \
             items, members of unions, bodies, responses and parameters that are any JSON by \
             a schema of theirs, a schema once, however many refer to it. It has types for all \
             components, ours for those that an operation reaches. \
             It fails on {} of {} specs, which count on neither side.\n\n\
             | Reason that it gives | Findings |\n|---|--:|\n",
            self.rows
                .values()
                .filter(|row| row.theirs.is_none())
                .count(),
            self.rows.len(),
        );
        let mut reasons: BTreeMap<&str, u64> = BTreeMap::new();
        let mut more: Vec<(u64, u64, &str)> = Vec::new();
        for (name, row) in &self.rows {
            let Some((ours, theirs)) = row.both() else {
                continue;
            };
            for (reason, count) in row.theirs.iter().flatten() {
                *reasons.entry(reason).or_default() += count;
            }
            if ours > theirs {
                more.push((ours, theirs, name));
            }
        }
        let mut line = |name: &str, count: u64| {
            let _ = writeln!(out, "| {name} | {} |", grouped(count as f64));
        };
        for (reason, count) in &reasons {
            line(reason, *count);
        }
        line("**all**", theirs);
        line("**ours, counted alike**", ours);
        line("fields of our types", self.fields());
        more.sort_by_key(|(ours, theirs, name)| (std::cmp::Reverse(ours - theirs), *name));
        let _ = writeln!(
            out,
            "\nOurs has more on {} specs, the most on:\n\n| Spec | Ours | {PEER} |\n|---|--:|--:|",
            more.len()
        );
        for (ours, theirs, name) in more.iter().take(SHOWN) {
            let _ = writeln!(out, "| {name} | {ours} | {theirs} |");
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::{Beside, Row, error, report};
    use serde_json::json;
    use std::collections::BTreeMap;

    const PRINTED: &str = r#"[
      {"context": "All.any", "shape": "value", "reason": "any-schema"},
      {"context": "All.<additionalProperties>", "shape": "value_map", "reason": "opaque-object"},
      {"context": "Arr[]", "shape": "value", "reason": "any-schema"}
    ]
    {"status": "generated", "schemas": 3, "warning": null}
    "#;

    #[test]
    fn findings_are_counted_by_reason() {
        let found = report(PRINTED).expect("a report");
        assert_eq!(found, json!({"any-schema": 2, "opaque-object": 1}));
        let none = report("[]\n{\"status\": \"generated\"}\n").expect("a report");
        assert_eq!(none, json!({}));
    }

    #[test]
    fn anything_else_is_no_count_of_none() {
        for text in [
            "",
            "[]",
            "untyped: 3 field(s)\n",
            "{\"status\": \"generated\"}",
            "[] {\"status\": \"dry-run\"}",
            "[{\"context\": \"A\"}] {\"status\": \"generated\"}",
            "[{\"reason\": 1}] {\"status\": \"generated\"}",
            &PRINTED[..PRINTED.len() / 2],
        ] {
            assert!(report(text).is_err(), "{text}");
        }
    }

    #[test]
    fn failures_say_why() {
        let text = "{\"error\":\"no version\\nmore\",\"status\":\"error\"}\n";
        assert_eq!(error(text).as_deref(), Some("no version"));
        assert_eq!(error("thread panicked"), None);
        assert_eq!(error(PRINTED), None);
    }

    #[test]
    fn only_specs_of_both_are_summed() {
        let theirs = |count| Some(BTreeMap::from([("any-schema".to_owned(), count)]));
        let row = |ours, theirs| Row {
            ours,
            fields: 5,
            theirs,
        };
        let rows = [
            ("a", row(Some(1), theirs(4))),
            ("b", row(Some(9), None)),
            ("c", row(None, theirs(9))),
            ("d", row(Some(3), theirs(2))),
        ];
        let rows = rows.into_iter().map(|(name, row)| (name.to_owned(), row));
        let beside = Beside {
            rows: rows.collect(),
        };
        assert_eq!(beside.sums(), (2, 4, 6));
        assert_eq!(beside.columns("b"), ["9", "fails"]);
        assert_eq!(beside.columns("e"), ["", ""]);
        assert!(beside.section().contains("more on 1 specs"));
        assert_eq!(beside.fields(), 10);
    }
}
