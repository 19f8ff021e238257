//! Every operation of the committed crates over a real socket, judged by a mock
//! server that validates requests against the spec.
//!
//! A rejection is allowed only if `tests/wire/VENDOR.skips.toml` names the
//! operation, exactly what the judge finds, and the reason why it is no fault of
//! the request; a skip that is not needed fails the test.

use pontoon_tests::judge::Judge;
use pontoon_tests::objection::Objection;
use pontoon_tests::tap::Tap;
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
    let mut exchanges = tap.exchanges().into_iter();

    let mut skips = Skips::read(vendor);
    let mut rejected = Vec::new();
    let total = lines.len();
    for line in &lines {
        let text = |name: &str| line[name].as_str().unwrap_or_default();
        let operation = format!("{} {}", text("method"), text("path"));
        let objection = if line["status"].is_null() {
            Some(Objection::plain(format!("not sent: {}", text("error"))))
        } else {
            match exchanges.next() {
                Some(exchange) => Objection::of(&exchange, text("method"), text("path")),
                None => Some(Objection::plain("no request came through".to_owned())),
            }
        };
        if let Some(objection) = objection
            && !skips.allow(&operation, &objection.findings)
        {
            rejected.push(format!(
                "{operation}\n    {}\n    findings = {:?}",
                objection.text, objection.findings
            ));
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

/// Operations that are allowed to be rejected: `[[skip]]` with `operation`,
/// `findings` and `reason`.
struct Skips {
    file: String,
    entries: BTreeMap<String, (Vec<String>, bool)>,
}

impl Skips {
    #[track_caller]
    fn read(vendor: &str) -> Self {
        let file = format!("tests/wire/{vendor}.skips.toml");
        let text = fs::read_to_string(root().join(&file)).unwrap_or_default();
        let table: toml::Table =
            toml::from_str(&text).unwrap_or_else(|error| panic!("{file}: {error}"));
        let skips = table.get("skip").and_then(toml::Value::as_array);
        let mut entries = BTreeMap::new();
        for skip in skips.into_iter().flatten() {
            let text = |name: &str| {
                let text = skip.get(name).and_then(toml::Value::as_str).unwrap_or("");
                assert!(!text.trim().is_empty(), "{file}: no {name} in {skip}");
                text.to_owned()
            };
            let findings = skip.get("findings").and_then(toml::Value::as_array);
            let findings = findings.into_iter().flatten();
            let findings: Vec<String> = findings
                .filter_map(|finding| finding.as_str().map(str::to_owned))
                .collect();
            text("reason");
            assert!(!findings.is_empty(), "{file}: no findings in {skip}");
            entries.insert(text("operation"), (findings, false));
        }
        Self { file, entries }
    }

    /// Whether an operation may be rejected for these findings.
    fn allow(&mut self, operation: &str, findings: &[String]) -> bool {
        match self.entries.get_mut(operation) {
            Some((allowed, used)) if allowed == findings => {
                *used = true;
                true
            }
            _ => false,
        }
    }

    fn used(&self) -> usize {
        self.entries.values().filter(|(_, used)| *used).count()
    }

    #[track_caller]
    fn assert_all_used(&self) {
        let unused: Vec<&String> = self
            .entries
            .iter()
            .filter(|(_, (_, used))| !*used)
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
