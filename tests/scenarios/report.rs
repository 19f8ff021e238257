//! Verdicts, and the table of them.

use crate::data::{Planned, PlannedStep};
use crate::{Result, read};
use roxmltree::{Document, Node};
use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// What the driver prints for a call.
#[derive(Debug, Deserialize)]
struct Answer {
    call: usize,
    status: Option<u16>,
    has_value: bool,
    value: Value,
    error: Option<String>,
}

/// The coverage that the server gives.
#[derive(Debug, Deserialize)]
struct Coverage {
    results: BTreeMap<String, String>,
}

/// `reasons.toml`: scenarios that do not pass, and why.
#[derive(Debug, Deserialize)]
struct Reasons {
    reason: Vec<Reason>,
}

#[derive(Debug, Deserialize)]
struct Reason {
    /// Names, with `*` for any text.
    scenarios: Vec<String>,
    kind: Kind,
    text: String,
    /// Whether a listed scenario was seen to need it.
    #[serde(skip)]
    used: Vec<bool>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    /// OpenAPI, or the emitter that makes it, does not carry what is needed.
    Inexpressible,
    /// The generator or the runtime cannot do it yet.
    Open,
}

/// How a scenario ended.
enum Verdict<'a> {
    Pass,
    Known(Kind, &'a str),
    Fail(String),
}

/// Writes the table. `false`: a scenario fails without a known reason, or a
/// reason is not needed any more.
pub(crate) fn write(cache: &Path, table: &Path) -> Result<bool> {
    let planned: Vec<Planned> = read(&cache.join("plan.json"))?;
    let coverage: Vec<Coverage> = read(&cache.join("coverage.json"))?;
    let coverage: BTreeMap<String, String> = coverage
        .into_iter()
        .flat_map(|coverage| coverage.results)
        .collect();
    let answers = answers(&cache.join("answers.jsonl"))?;
    let mut reasons = reasons(&table.with_file_name("reasons.toml"))?;

    let found: Vec<Option<String>> = planned
        .iter()
        .map(|scenario| problem(scenario, &coverage, &answers))
        .collect();
    for (scenario, problem) in planned.iter().zip(&found) {
        if problem.is_some() {
            mark(&mut reasons, &scenario.name);
        }
    }
    let verdicts: Vec<Verdict<'_>> = planned
        .iter()
        .zip(found)
        .map(|(scenario, problem)| match problem {
            None => Verdict::Pass,
            Some(problem) => match known(&reasons, &scenario.name) {
                Some(reason) => {
                    eprintln!("known {}: {problem}", scenario.name);
                    Verdict::Known(reason.kind, &reason.text)
                }
                None => Verdict::Fail(problem),
            },
        })
        .collect();
    let text = page(&planned, &verdicts);
    fs::write(table, text).map_err(|error| format!("{}: {error}", table.display()))?;

    let mut fine = true;
    for (scenario, verdict) in planned.iter().zip(&verdicts) {
        if let Verdict::Fail(problem) = verdict {
            eprintln!("FAIL {}: {problem}", scenario.name);
            fine = false;
        }
    }
    for reason in &reasons {
        for (pattern, used) in reason.scenarios.iter().zip(&reason.used) {
            if !used {
                eprintln!("STALE reasons.toml: no scenario of \"{pattern}\" fails any more");
                fine = false;
            }
        }
    }
    println!("{}", summary(&verdicts));
    Ok(fine)
}

fn answers(path: &Path) -> Result<HashMap<usize, Answer>> {
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    text.lines()
        .map(|line| {
            let answer: Answer =
                serde_json::from_str(line).map_err(|error| format!("{line}: {error}"))?;
            Ok((answer.call, answer))
        })
        .collect()
}

fn reasons(path: &Path) -> Result<Vec<Reason>> {
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let Reasons { mut reason } =
        toml::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))?;
    for reason in &mut reason {
        reason.used = vec![false; reason.scenarios.len()];
    }
    Ok(reason)
}

fn fits(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((before, after)) => name.strip_prefix(before).is_some_and(|rest| {
            (0..=rest.len()).any(|at| rest.is_char_boundary(at) && fits(after, &rest[at..]))
        }),
    }
}

fn mark(reasons: &mut [Reason], name: &str) {
    for reason in reasons {
        if let Some(at) = reason
            .scenarios
            .iter()
            .position(|pattern| fits(pattern, name))
        {
            reason.used[at] = true;
            return;
        }
    }
}

fn known<'a>(reasons: &'a [Reason], name: &str) -> Option<&'a Reason> {
    reasons
        .iter()
        .find(|reason| reason.scenarios.iter().any(|pattern| fits(pattern, name)))
}

/// What is wrong with a scenario: our own comparison first, then the server's
/// verdict.
fn problem(
    scenario: &Planned,
    coverage: &BTreeMap<String, String>,
    answers: &HashMap<usize, Answer>,
) -> Option<String> {
    for step in &scenario.steps {
        if let Some(problem) = step_problem(step, answers) {
            let mut text = format!("{}: {problem}", step.request);
            if !step.notes.is_empty() {
                let _ = write!(text, " ({})", step.notes.join("; "));
            }
            return Some(text);
        }
    }
    match coverage.get(&scenario.name).map(String::as_str) {
        Some("pass") => None,
        Some(other) => Some(format!("the server says \"{other}\"")),
        None => Some("the server does not know the scenario".to_owned()),
    }
}

fn step_problem(step: &PlannedStep, answers: &HashMap<usize, Answer>) -> Option<String> {
    let Some(answer) = step.call.and_then(|call| answers.get(&call)) else {
        return Some("not called".to_owned());
    };
    let error = answer.error.as_deref();
    let Some(status) = answer.status else {
        return Some(format!("not sent: {}", error.unwrap_or_default()));
    };
    if status != step.status {
        return Some(format!(
            "status {status}, not {}: {}",
            step.status,
            error.unwrap_or_default()
        ));
    }
    if let Some(error) = error.filter(|_| status < 400) {
        return Some(error.to_owned());
    }
    let expected = step.expected.as_ref()?;
    if !answer.has_value {
        let missing = || format!("no value came, not {}", short(expected));
        return (status < 400).then(missing);
    }
    let is_same = match (step.is_xml, answer.value.as_str(), expected.as_str()) {
        (true, Some(text), Some(expected)) => same_xml(text, expected),
        _ => same(&answer.value, expected),
    };
    (!is_same).then(|| format!("{} came, not {}", short(&answer.value), short(expected)))
}

/// Whether two values are the same; text that was not parsed may be so.
fn same(value: &Value, expected: &Value) -> bool {
    match (value, expected) {
        (Value::Number(a), Value::Number(b)) => a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len()
                && a.iter()
                    .all(|(key, a)| b.get(key).is_some_and(|b| same(a, b)))
        }
        (Value::String(a), Value::String(b)) if moment(a).is_some_and(|a| moment(b) == Some(a)) => {
            true
        }
        (Value::String(text), expected) if value != expected => {
            serde_json::from_str::<Value>(text).is_ok_and(|value| same(&value, expected))
        }
        _ => value == expected,
    }
}

/// A date-time without the zeros at the end of its fraction, which mean nothing
/// (RFC 3339, section 5.6).
fn moment(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_at_checked(19)?;
    let is_date_time = before.as_bytes()[10] == b'T' && before.as_bytes()[4] == b'-';
    let fraction = rest.strip_prefix('.').unwrap_or("");
    let digits = fraction.bytes().take_while(u8::is_ascii_digit).count();
    let (fraction, zone) = match digits {
        0 => ("", rest),
        _ => fraction.split_at(digits),
    };
    is_date_time.then(|| (before, fraction.trim_end_matches('0'), zone))
}

/// Whether two XML documents hold the same: elements and attributes by namespace and
/// name, elements in order, texts that are not the space between elements.
fn same_xml(text: &str, expected: &str) -> bool {
    match (Document::parse(text), Document::parse(expected)) {
        (Ok(a), Ok(b)) => same_element(a.root_element(), b.root_element()),
        _ => false,
    }
}

fn same_element(a: Node<'_, '_>, b: Node<'_, '_>) -> bool {
    let attributes = |node: Node<'_, '_>| -> BTreeMap<(String, String), String> {
        let attributes = node.attributes().map(|attribute| {
            let namespace = attribute.namespace().unwrap_or_default().to_owned();
            let name = (namespace, attribute.name().to_owned());
            (name, attribute.value().to_owned())
        });
        attributes.collect()
    };
    let text = |node: Node<'_, '_>| -> String {
        let texts = node.children().filter_map(|child| match child.is_text() {
            true => child.text(),
            false => None,
        });
        texts.collect()
    };
    let elements = |node: Node<'_, '_>| node.children().filter(Node::is_element).count();
    let same_text = match elements(a) {
        0 => same(&Value::from(text(a)), &Value::from(text(b))),
        _ => text(a).trim() == text(b).trim(),
    };
    a.tag_name() == b.tag_name()
        && attributes(a) == attributes(b)
        && same_text
        && elements(a) == elements(b)
        && a.children()
            .filter(Node::is_element)
            .zip(b.children().filter(Node::is_element))
            .all(|(a, b)| same_element(a, b))
}

fn short(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(160) {
        Some((at, _)) => format!("{}...", &text[..at]),
        None => text,
    }
}

fn count(verdicts: &[Verdict<'_>], of: impl Fn(&Verdict<'_>) -> bool) -> usize {
    verdicts.iter().filter(|verdict| of(verdict)).count()
}

fn summary(verdicts: &[Verdict<'_>]) -> String {
    let known = |kind| {
        count(
            verdicts,
            |verdict| matches!(verdict, Verdict::Known(other, _) if *other == kind),
        )
    };
    format!(
        "{} of {} scenarios pass, {} are not expressible in OpenAPI, {} are open, {} fail",
        count(verdicts, |verdict| matches!(verdict, Verdict::Pass)),
        verdicts.len(),
        known(Kind::Inexpressible),
        known(Kind::Open),
        count(verdicts, |verdict| matches!(verdict, Verdict::Fail(_))),
    )
}

fn page(planned: &[Planned], verdicts: &[Verdict<'_>]) -> String {
    let mut text = "# The scenarios\n\n".to_owned();
    // Date, commit and versions come from the script.
    if let Ok(stamp) = std::env::var("SCENARIOS_STAMP") {
        let _ = writeln!(text, "{stamp}\n");
    }
    let _ = writeln!(
        text,
        "{}. How this is found, and what the verdicts mean: [README.md](README.md).",
        summary(verdicts)
    );
    let mut groups: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, scenario) in planned.iter().enumerate() {
        groups.entry(&scenario.group).or_default().push(index);
    }
    text.push_str("\n| Group | Pass | Not expressible | Open | Fail |\n|---|--:|--:|--:|--:|\n");
    for (group, members) in &groups {
        let count = |of: &dyn Fn(&Verdict<'_>) -> bool| {
            members
                .iter()
                .filter(|index| of(&verdicts[**index]))
                .count()
        };
        let _ = writeln!(
            text,
            "| {group} | {} of {} | {} | {} | {} |",
            count(&|verdict| matches!(verdict, Verdict::Pass)),
            members.len(),
            count(&|verdict| matches!(verdict, Verdict::Known(Kind::Inexpressible, _))),
            count(&|verdict| matches!(verdict, Verdict::Known(Kind::Open, _))),
            count(&|verdict| matches!(verdict, Verdict::Fail(_))),
        );
    }
    text.push_str("\n| Scenario | Verdict | Reason |\n|---|---|---|\n");
    for members in groups.values() {
        for index in members {
            let (word, reason) = match &verdicts[*index] {
                Verdict::Pass => ("pass", ""),
                Verdict::Known(Kind::Inexpressible, reason) => ("not expressible", *reason),
                Verdict::Known(Kind::Open, reason) => ("open", *reason),
                Verdict::Fail(problem) => ("FAIL", problem.as_str()),
            };
            let reason = reason.replace('|', "\\|").replace('\n', " ");
            let _ = writeln!(text, "| {} | {word} | {reason} |", planned[*index].name);
        }
    }
    text
}
