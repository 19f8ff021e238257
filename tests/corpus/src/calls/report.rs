//! The results of the calls, with the reasons of rejections.

use super::reasons::{Kind, Reasons};
use crate::state::Results;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Calls by verdict.
#[derive(Debug, Default, Clone, Copy)]
struct Count {
    calls: u64,
    accepted: u64,
    ours: u64,
    spec: u64,
    judge: u64,
    unexplained: u64,
}

impl Count {
    fn add(&mut self, other: Self) {
        self.calls += other.calls;
        self.accepted += other.accepted;
        self.ours += other.ours;
        self.spec += other.spec;
        self.judge += other.judge;
        self.unexplained += other.unexplained;
    }
}

/// The counts of all specs.
pub(crate) struct Board {
    rows: Vec<(String, Count)>,
    total: Count,
    /// Calls for each reason, by its index.
    used: BTreeMap<usize, u64>,
    /// Accepted calls with remarks, by code.
    remarks: BTreeMap<String, u64>,
}

/// A rejection of a row.
struct Rejection<'a> {
    operation: &'a str,
    count: u64,
    findings: Vec<&'a str>,
    text: &'a str,
}

fn rejections(row: &Value) -> impl Iterator<Item = Rejection<'_>> {
    row["rejected"].as_array().into_iter().flatten().map(|one| {
        let findings = one["findings"].as_array().into_iter().flatten();
        Rejection {
            operation: one["operation"].as_str().unwrap_or_default(),
            count: one["count"].as_u64().unwrap_or(1),
            findings: findings.filter_map(Value::as_str).collect(),
            text: one["text"].as_str().unwrap_or_default(),
        }
    })
}

fn count(reasons: &Reasons, spec: &str, row: &Value, used: &mut BTreeMap<usize, u64>) -> Count {
    let mut count = Count {
        calls: row["calls"].as_u64().unwrap_or(0),
        accepted: row["accepted"].as_u64().unwrap_or(0),
        ..Count::default()
    };
    for one in rejections(row) {
        let Ok(found) = reasons.explain(spec, one.operation, &one.findings) else {
            count.unexplained += one.count;
            continue;
        };
        match reasons.kind(&found) {
            Kind::Ours => count.ours += one.count,
            Kind::Spec => count.spec += one.count,
            Kind::Judge => count.judge += one.count,
        }
        let mut found = found;
        found.sort_unstable();
        found.dedup();
        for reason in found {
            *used.entry(reason).or_default() += one.count;
        }
    }
    count
}

/// What is printed of a spec when it is done.
pub(crate) fn said(reasons: &Reasons, spec: &str, row: &Value, verbose: bool) -> String {
    let mut line = format!("{spec}: {} of {} accepted", row["accepted"], row["calls"]);
    for one in rejections(row) {
        let explained = reasons.explain(spec, one.operation, &one.findings);
        let word = match &explained {
            Ok(found) => format!("{:?}", reasons.kind(found)),
            Err(_) => "UNEXPLAINED".to_owned(),
        };
        if verbose || explained.is_err() {
            let _ = write!(line, "\n  {word} {}", one.operation);
            for finding in &one.findings {
                let _ = write!(line, "\n    {finding}");
            }
        }
        if verbose && !one.text.is_empty() {
            let _ = write!(line, "\n    {}", one.text);
        }
    }
    if verbose {
        for remark in row["remarked"].as_array().into_iter().flatten() {
            let _ = write!(line, "\n  accepted {}", remark.as_str().unwrap_or_default());
        }
    }
    line
}

fn percent(part: u64, whole: u64) -> String {
    if whole == 0 {
        return "-".to_owned();
    }
    // Rounded down: 99.99 % is not all.
    let hundredths = part * 10_000 / whole;
    format!("{}.{:02} %", hundredths / 100, hundredths % 100)
}

impl Board {
    /// Of those specs that have a result.
    pub(crate) fn of(reasons: &Reasons, results: &Results, specs: &[&str]) -> Self {
        let mut board = Self {
            rows: Vec::new(),
            total: Count::default(),
            used: BTreeMap::new(),
            remarks: BTreeMap::new(),
        };
        for spec in specs {
            let Some(row) = results.get(spec) else {
                continue;
            };
            let count = count(reasons, spec, &row, &mut board.used);
            board.total.add(count);
            board.rows.push(((*spec).to_owned(), count));
            for (code, number) in row["remarks"].as_object().into_iter().flatten() {
                *board.remarks.entry(code.clone()).or_default() += number.as_u64().unwrap_or(0);
            }
        }
        board
    }

    /// Rejected calls without a reason.
    pub(crate) fn unexplained(&self) -> u64 {
        self.total.unexplained
    }

    /// Reasons for specs with results here that explain nothing.
    pub(crate) fn unneeded(&self, reasons: &Reasons) -> Vec<String> {
        let had = |glob: &str| {
            let mut rows = self.rows.iter();
            rows.any(|(spec, _)| glob != "*" && crate::specs::matches(glob, spec))
        };
        reasons
            .reasons
            .iter()
            .enumerate()
            .filter(|(index, reason)| !self.used.contains_key(index) && had(&reason.spec))
            .map(|(_, reason)| {
                format!(
                    "{} {}: {}",
                    reason.spec,
                    reason.operation,
                    reason.findings.join(", ")
                )
            })
            .collect()
    }

    /// Two lines: of all calls, and of those where neither spec nor judge is at fault.
    pub(crate) fn summary(&self) -> String {
        let total = self.total;
        let fair = total.calls - total.spec - total.judge;
        format!(
            "calls: {} of {} accepted ({}); rejected: {} ours, {} the spec's, {} the judge's, \
             {} unexplained\ncalls: without those of the spec and the judge, {} of {fair} ({})\n",
            total.accepted,
            total.calls,
            percent(total.accepted, total.calls),
            total.ours,
            total.spec,
            total.judge,
            total.unexplained,
            total.accepted,
            percent(total.accepted, fair),
        )
    }

    /// The cell of the scoreboard's summary; `None` without calls.
    pub(crate) fn cell(&self) -> Option<String> {
        let total = self.total;
        let fair = total.calls - total.spec - total.judge;
        (total.calls > 0).then(|| {
            format!(
                "{} of {} ({}) in {} specs; {} of {} ({}) without what is the spec's or the judge's fault",
                total.accepted,
                total.calls,
                percent(total.accepted, total.calls),
                self.rows.len(),
                total.accepted,
                fair,
                percent(total.accepted, fair)
            )
        })
    }

    /// The section of the scoreboard.
    pub(crate) fn section(&self, reasons: &Reasons) -> String {
        if self.rows.is_empty() {
            return String::new();
        }
        let mut out = String::from(
            "\n## Exercised calls\n\n\
             The calls of `generate --tests` against the validating mock server \
             ([README.md](README.md)).\n\n\
             | Spec | Calls | Accepted | Ours | The spec's | The judge's | Unexplained |\n\
             |---|--:|--:|--:|--:|--:|--:|\n",
        );
        let mut line = |name: &str, count: Count| {
            // Writing to a string does not fail.
            let _ = writeln!(
                out,
                "| {name} | {} | {} | {} | {} | {} | {} |",
                count.calls, count.accepted, count.ours, count.spec, count.judge, count.unexplained
            );
        };
        for (spec, count) in &self.rows {
            line(spec, *count);
        }
        line("**all**", self.total);
        out.push_str(
            "\nWhy calls are rejected (a call may have several reasons):\n\n\
             | Whose | Why | Calls | Specs | Operations | Findings |\n|---|---|--:|---|---|---|\n",
        );
        let cell = |text: &str| text.replace('|', "\\|").replace('\n', " ");
        for (index, calls) in &self.used {
            let reason = &reasons.reasons[*index];
            let _ = writeln!(
                out,
                "| {} | {} | {calls} | `{}` | `{}` | {} |",
                format!("{:?}", reason.kind).to_lowercase(),
                cell(&reason.reason),
                cell(&reason.spec),
                cell(&reason.operation),
                cell(&reason.findings.join(", "))
            );
        }
        if !self.remarks.is_empty() {
            out.push_str("\nRemarks of the judge on accepted calls:");
            for (code, number) in &self.remarks {
                let _ = write!(out, " {code} {number};");
            }
            out.push('\n');
        }
        out
    }
}
