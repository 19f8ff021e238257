//! Every operation of the committed crates over a real socket, judged by a mock
//! server that validates requests against the spec.
//!
//! A rejection is allowed only if `tests/wire/VENDOR.skips.toml` names it with
//! its reason; a skip that is not needed fails the test.

use pontoon_tests::judge::Judge;
use pontoon_tests::tap::{Exchange, Tap};
use pontoon_tests::{cargo, root};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;

/// Sends what the vendor's `exercise` example makes and looks at every verdict.
#[track_caller]
fn check(vendor: &str, flags: &[&str]) {
    let spec = root().join("specs").join(vendor).join("openapi.json");
    let spec = spec.to_str().expect("a path in UTF-8");
    let arguments = [&[spec, "--"], flags].concat();
    let Some(judge) = Judge::start("steady", &arguments) else {
        return;
    };
    let tap = Tap::start(&judge.url).expect("a port");
    let lines = exercise(vendor, &tap.url);
    // The judge's own pages are where it sends those who follow a redirect.
    let mut exchanges = tap
        .exchanges()
        .into_iter()
        .filter(|exchange| !exchange.target.starts_with("/_x-steady"));

    let mut skips = Skips::read(vendor);
    let mut rejected = Vec::new();
    let total = lines.len();
    for line in &lines {
        let text = |name: &str| line[name].as_str().unwrap_or_default();
        let operation = format!("{} {}", text("method"), text("path"));
        let reason = if line["status"].is_null() {
            Some(format!("not sent: {}", text("error")))
        } else {
            match exchanges.next() {
                Some(exchange) => objection(&exchange, text("method"), text("path")),
                None => Some("no request came through".to_owned()),
            }
        };
        if let Some(reason) = reason
            && !skips.allow(&operation)
        {
            rejected.push(format!("{operation}\n    {reason}"));
        }
    }
    let accepted = total - rejected.len() - skips.used();
    println!(
        "{vendor}: {accepted} of {total} operations accepted, {} skipped",
        skips.used()
    );
    assert_eq!(exchanges.count(), 0, "more requests than operations");
    assert!(total > 0, "no operations");
    assert!(
        rejected.is_empty(),
        "{vendor}: {} of {total} operations rejected:\n{}",
        rejected.len(),
        rejected.join("\n")
    );
    skips.assert_all_used();
}

/// Runs the example; one JSON object per operation, in the order of the calls.
#[track_caller]
fn exercise(vendor: &str, url: &str) -> Vec<Value> {
    let output = cargo()
        .args(["run", "--quiet", "--package", &format!("pontoon-{vendor}")])
        .args(["--example", "exercise", "--", "--jobs", "1"])
        .env("PONTOON_BASE_URL", url)
        .env("NO_PROXY", "127.0.0.1")
        .output()
        .expect("cargo");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{vendor}: {errors}");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}")))
        .collect()
}

/// What the judge has against a request: it is invalid, or it was taken for one
/// of another operation.
fn objection(exchange: &Exchange, method: &str, path: &str) -> Option<String> {
    let matched = exchange.header("x-steady-matched-path").unwrap_or_default();
    let valid = exchange.header("x-steady-request-valid") == Some("true");
    let same = exchange.method == method && matched == path;
    if valid && same {
        return None;
    }
    let mut text = format!("{} {}", exchange.method, exchange.target);
    if !exchange.body.is_empty() {
        let body = String::from_utf8_lossy(&exchange.body);
        text.push_str(&format!(
            "\n    {}",
            body.chars().take(600).collect::<String>()
        ));
    }
    if !same {
        text.push_str(&format!("\n    taken for {matched:?}"));
    }
    for index in 1.. {
        let header = |part: &str| exchange.header(&format!("x-steady-error-{index}-{part}"));
        let Some(code) = header("code") else {
            break;
        };
        text.push_str(&format!(
            "\n    {code} {}: {}",
            header("path").unwrap_or_default(),
            header("message").unwrap_or_default()
        ));
    }
    Some(text)
}

/// Operations that are allowed to be rejected, each with a reason.
struct Skips {
    file: String,
    reasons: BTreeMap<String, bool>,
}

impl Skips {
    #[track_caller]
    fn read(vendor: &str) -> Self {
        let file = format!("tests/wire/{vendor}.skips.toml");
        let text = fs::read_to_string(root().join(&file)).unwrap_or_default();
        let table: toml::Table =
            toml::from_str(&text).unwrap_or_else(|error| panic!("{file}: {error}"));
        let mut reasons = BTreeMap::new();
        for (operation, reason) in table {
            let given = reason
                .as_str()
                .is_some_and(|reason| !reason.trim().is_empty());
            assert!(given, "{file}: {operation} has no reason");
            reasons.insert(operation, false);
        }
        Self { file, reasons }
    }

    fn allow(&mut self, operation: &str) -> bool {
        match self.reasons.get_mut(operation) {
            Some(used) => {
                *used = true;
                true
            }
            None => false,
        }
    }

    fn used(&self) -> usize {
        self.reasons.values().filter(|used| **used).count()
    }

    #[track_caller]
    fn assert_all_used(&self) {
        let unused: Vec<&String> = self
            .reasons
            .iter()
            .filter(|(_, used)| !**used)
            .map(|(operation, _)| operation)
            .collect();
        assert!(
            unused.is_empty(),
            "{}: not needed any more: {unused:?}",
            self.file
        );
    }
}

#[test]
fn github() {
    check("github", &[]);
}

#[test]
fn microsoft_graph() {
    check("microsoft-graph", &[]);
}

#[test]
fn notion() {
    check("notion", &[]);
}

#[test]
fn prefect() {
    check("prefect", &[]);
}

/// Nested values stand in brackets: `items[0][price]=x`, `expand[]=y`.
#[test]
fn stripe() {
    check(
        "stripe",
        &[
            "--validator-form-object-format=brackets",
            "--validator-form-array-format=brackets",
            "--validator-query-array-format=brackets",
        ],
    );
}
