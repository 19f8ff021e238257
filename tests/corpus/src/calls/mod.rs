//! The calls of `generate --tests`, made against the mock server that checks every
//! request against the spec.
//!
//! Per spec: a crate with its `exercise` example, built (`program`); the judge, started
//! on the spec; every operation called once through a tap that keeps what the judge
//! says. Why a call is rejected is told by `calls.reasons.toml` (`reasons`), which is
//! read when the results are shown, not when they are taken.

mod program;
pub(crate) mod reasons;
pub(crate) mod report;
mod subject;

use crate::generate::{first_line, generate_with, round, scratch};
use crate::process::measured;
use crate::specs::{House, Spec, own, shown};
use crate::state::Results;
use crate::{Options, pool};
use pontoon::source::sha256_hex;
use pontoon_tests::judge::{Judge, Refusal};
use pontoon_tests::objection::{Objection, remarks};
use pontoon_tests::tap::Tap;
use program::Builder;
use reasons::Reasons;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// Time for all calls of one spec.
const LIMIT: Duration = Duration::from_secs(900);

/// Remarks on accepted calls that are kept per spec.
const EXAMPLES: usize = 40;

/// Makes the calls. Whether every rejection is explained.
pub(crate) fn run(house: &House, specs: &[Spec], options: &Options) -> Result<bool, String> {
    let specs = chosen(house, specs, options)?;
    let reasons = Reasons::read(house)?;
    let results = Results::open(house, "calls")?;
    if specs.is_empty() {
        eprintln!("calls: none of these specs is in tests/corpus/calls.txt");
        return Ok(true);
    }
    if !installed(house)? {
        return Ok(true);
    }
    let builder = Builder::new(house)?;
    let generator = fs::read(&house.pontoon).map_err(|error| shown(&house.pontoon, &error))?;
    let generator = sha256_hex(&generator);
    pool::each("calls", &specs, options, |thread, spec| {
        let key = format!(
            "{} {generator} {} {} {}",
            spec.sha256(),
            builder.key,
            reasons.flags(&spec.name).join(" "),
            if reasons.rewrites(&spec.name) {
                "rewritten"
            } else {
                ""
            },
        );
        if options.again || results.kept(&spec.name, &key).is_none() {
            let folder = scratch(house, "calls", thread)?;
            let row = one(house, &builder, &reasons, spec, &folder)?;
            results.put(&spec.name, &key, row)?;
        }
        let row = results.get(&spec.name).unwrap_or_default();
        Ok(Some(report::said(
            &reasons,
            &spec.name,
            &row,
            options.verbose,
        )))
    })?;
    let names: Vec<&str> = specs.iter().map(|spec| spec.name.as_str()).collect();
    let board = report::Board::of(&reasons, &results, &names);
    print!("{}", board.summary());
    for unneeded in board.unneeded(&reasons) {
        eprintln!("calls.reasons.toml: not needed any more: {unneeded}");
    }
    Ok(board.unexplained() == 0)
}

/// The specs of `calls.txt` and those of the folder `../shared/specs`, where it is
/// present; of a sample the small form; all of a folder.
fn chosen(house: &House, specs: &[Spec], options: &Options) -> Result<Vec<Spec>, String> {
    if options.folder.is_some() {
        return Ok(specs.to_vec());
    }
    let wanted = listed(house)?;
    let mut chosen = Vec::new();
    let all = house.published()?;
    for (name, small) in &wanted {
        let Some(spec) = all.iter().find(|spec| spec.name == *name) else {
            return Err(format!("calls.txt names {name}, which no package has"));
        };
        if options.full || *small {
            chosen.push(spec.clone());
        }
    }
    if options.full {
        chosen.extend(shared(house)?);
    }
    if let Some(glob) = &options.only {
        chosen.retain(|spec| crate::specs::matches(glob, &spec.name));
    }
    Ok(chosen)
}

/// The names of all specs whose calls may have been made.
pub(crate) fn exercised(house: &House) -> Result<Vec<String>, String> {
    let mut names: Vec<String> = listed(house)?.into_iter().map(|(name, _)| name).collect();
    names.extend(shared(house)?.into_iter().map(|spec| spec.name));
    Ok(names)
}

/// The specs beside the project.
fn shared(house: &House) -> Result<Vec<Spec>, String> {
    let folder = house.root.join("../shared/specs");
    if folder.exists() {
        own(&folder)
    } else {
        Ok(Vec::new())
    }
}

/// The names in `calls.txt`, and whether each is of the small form.
fn listed(house: &House) -> Result<Vec<(String, bool)>, String> {
    let path = house.folder.join("calls.txt");
    let text = fs::read_to_string(&path).map_err(|error| shown(&path, &error))?;
    Ok(text
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
        .map(|line| {
            let mut columns = line.split('\t');
            let name = columns.next().unwrap_or_default().to_owned();
            (name, columns.any(|column| column == "small"))
        })
        .collect())
}

/// Whether the judge is there. Where it must be, its absence is an error.
fn installed(house: &House) -> Result<bool, String> {
    let judges = house.root.join("tests/.cache/judges");
    let missing = ["steady", "convert"]
        .into_iter()
        .find(|judge| !judges.join(judge).join("stamp").exists());
    let Some(missing) = missing else {
        return Ok(true);
    };
    let message = format!("{missing} is not installed; run: tests/judges/install steady convert");
    let required = std::env::var("PONTOON_REQUIRE_JUDGES").is_ok_and(|value| value == "1");
    if required {
        return Err(message);
    }
    eprintln!("calls: SKIPPED: {message}");
    Ok(false)
}

/// Generates, builds, plays, judges.
fn one(
    house: &House,
    builder: &Builder,
    reasons: &Reasons,
    spec: &Spec,
    folder: &Path,
) -> Result<Value, String> {
    let flags = reasons.flags(&spec.name);
    let rewritten = reasons.rewrites(&spec.name);
    let krate = folder.join("client");
    let generated = generate_with(house, spec, &krate, &["--tests"])?;
    let operations = generated["operations"].as_u64().unwrap_or(0);
    let failed = |finding: String| {
        Ok(json!({
            "calls": operations,
            "accepted": 0,
            "rejected": [{"operation": "*", "count": operations, "findings": [finding]}],
        }))
    };
    if generated["ok"] != true {
        return failed(format!("not generated: {}", generated["error"]));
    }
    let program = match builder.build(&krate)? {
        Ok(program) => program,
        Err(error) => return failed(format!("does not compile: {error}")),
    };
    let subject = match subject::subject(house, spec, rewritten, folder)? {
        Ok(subject) => subject,
        Err(error) => return failed(format!("not converted for the judge: {error}")),
    };
    let subject = subject.to_str().ok_or("a path in UTF-8")?;
    let stream = ["--stream-count=1", "--stream-interval=1"];
    let mut arguments = vec![subject, "--"];
    arguments.extend(stream);
    arguments.extend(flags.iter().map(String::as_str));
    let judge = match Judge::launch("steady", &arguments) {
        Ok(judge) => judge,
        Err(Refusal::Missing(reason)) => return Err(reason),
        Err(Refusal::Failed(reason)) => {
            let line = reason.lines().find(|line| line.contains('E'));
            return failed(format!(
                "the judge does not start: {}",
                line.unwrap_or(&reason).trim()
            ));
        }
    };
    let tap = Tap::start(&judge.url).map_err(|error| error.to_string())?;
    let mut command = Command::new(&program.path);
    command
        .args(["--jobs", "1"])
        .env("PONTOON_BASE_URL", &tap.url)
        .env("NO_PROXY", "127.0.0.1");
    let played =
        measured(&mut command, &folder.join("log"), LIMIT).map_err(|error| error.to_string())?;
    if !played.ok() {
        return failed(format!("the program: {}", first_line(&played)));
    }
    let mut row = verdicts(&played.stdout, &tap)?;
    row["cpu"] = round(program.cpu + played.cpu, 2).into();
    row["mb"] = program.mb.round().into();
    Ok(row)
}

/// What the judge said of each call, in the order they were made.
fn verdicts(printed: &str, tap: &Tap) -> Result<Value, String> {
    let mut exchanges = tap.exchanges().into_iter();
    let mut rejected = Vec::new();
    let mut remarked: BTreeMap<String, u64> = BTreeMap::new();
    let mut examples = Vec::new();
    let (mut calls, mut accepted) = (0, 0);
    for line in printed.lines() {
        let line: Value = serde_json::from_str(line).map_err(|error| error.to_string())?;
        let text = |name: &str| line[name].as_str().unwrap_or_default();
        calls += 1;
        let objection = if line["sent"] == true {
            match exchanges.next() {
                Some(exchange) => {
                    let objection = Objection::of(&exchange, text("method"), text("path"));
                    if objection.is_none() {
                        for (code, place, message) in remarks(&exchange) {
                            *remarked.entry(code.to_owned()).or_default() += 1;
                            if examples.len() < EXAMPLES {
                                let (method, path) = (text("method"), text("path"));
                                let remark = format!("{method} {path}: {code} {place}: {message}");
                                examples.push(remark);
                            }
                        }
                    }
                    objection
                }
                None => Some(Objection::plain("no request came through".to_owned())),
            }
        } else {
            Some(Objection::plain(format!("not sent: {}", text("error"))))
        };
        let Some(objection) = objection else {
            accepted += 1;
            continue;
        };
        let findings = objection.findings.iter().zip(&objection.messages);
        let findings: Vec<String> = findings
            .map(|(finding, message)| match message.as_str() {
                "" => finding.clone(),
                message => format!("{finding}: {message}"),
            })
            .collect();
        rejected.push(json!({
            "operation": format!("{} {}", text("method"), text("path")),
            "findings": findings,
            "text": objection.text,
        }));
    }
    if exchanges.next().is_some() {
        return Err("more requests than calls".to_owned());
    }
    Ok(json!({
        "calls": calls,
        "accepted": accepted,
        "rejected": rejected,
        "remarks": remarked,
        "remarked": examples,
    }))
}
