//! Instances of every schema: decoded, encoded, compared.

use crate::compare::difference;
use crate::features::features;
use crate::generate::{first_line, round, scratch};
use crate::places::Subject;
use crate::process::measured;
use crate::shapes::shapes;
use crate::specs::{House, Spec, shown};
use crate::state::Results;
use crate::{Options, compiled, pool};
use pontoon::analyze::instances::{instances, is_instance};
use pontoon::source::sha256_hex;
use pontoon_runtime::codec::json::{Mode, decode, encode};
use pontoon_runtime::model::dynamic::Value as Model;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::Duration;

/// Time for one spec.
const LIMIT: Duration = Duration::from_secs(900);
/// Failed schemas that are kept of one spec and reason, with their place.
const EXAMPLES: usize = 3;
/// Stack of the thread that does the work: schemas nest deeply.
const STACK: usize = 512 << 20;
/// The share of component schemas that must come back equal, in a run over more than
/// a handful of specs.
pub(crate) const WANTED: f64 = 0.99;

/// Why a schema did not come back equal.
#[derive(Debug)]
pub(crate) struct Failure {
    /// A few words that many failures share.
    pub(crate) reason: String,
    /// Where in the instance.
    pub(crate) path: String,
}

/// Reads and writes one instance.
pub(crate) fn trip(mut model: Model, instance: &Value) -> Result<(), Failure> {
    let text = instance.to_string();
    decode(text.as_bytes(), model.slot()).map_err(|error| Failure {
        reason: format!(
            "not read: expected {}, found {}",
            error.expected(),
            error.found()
        ),
        path: error.path().to_owned(),
    })?;
    let written = encode(model.view(), Mode::Whole).map_err(|error| Failure {
        reason: format!("not written: {error}"),
        path: "$".to_owned(),
    })?;
    let written: Value = serde_json::from_slice(&written).map_err(|error| Failure {
        reason: format!("written as what is no JSON: {error}"),
        path: "$".to_owned(),
    })?;
    match difference(instance, &written) {
        Some(found) => Err(Failure {
            reason: found.kind,
            path: found.path,
        }),
        None => Ok(()),
    }
}

/// Schemas by how they came back.
#[derive(Default)]
struct Count {
    schemas: usize,
    equal: usize,
    /// No finite instance can be made.
    none: usize,
}

/// One spec in a process of its own: prints its row, or the lines for [`compiled`].
pub(crate) fn worker(spec: &Path, lines: bool) -> ExitCode {
    let spec = spec.to_owned();
    let thread = std::thread::Builder::new()
        .stack_size(STACK)
        .spawn(move || {
            if lines {
                compiled::lines(&spec)
            } else {
                row(&spec).map(|row| format!("{row}\n"))
            }
        });
    match thread.map(std::thread::JoinHandle::join) {
        Ok(Ok(Ok(text))) => {
            print!("{text}");
            ExitCode::SUCCESS
        }
        Ok(Ok(Err(message))) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
        _ => ExitCode::from(101),
    }
}

fn row(spec: &Path) -> Result<Value, String> {
    let subject = Subject::read(spec)?;
    let found = shapes(&subject)?;
    let mut counts = [Count::default(), Count::default(), Count::default()];
    let mut tried = 0usize;
    let mut unfit = 0usize;
    let mut reasons: BTreeMap<String, (usize, Vec<Value>)> = BTreeMap::new();
    for (place, root) in subject.places.iter().zip(&found.roots) {
        // Components that operations reach, other components, the rest.
        let count = match (place.component, place.reached) {
            (true, true) => &mut counts[0],
            (true, false) => &mut counts[1],
            (false, _) => &mut counts[2],
        };
        count.schemas += 1;
        let made = instances(&subject.api, place.schema);
        let all = made.len();
        let fit: Vec<Value> = made
            .into_iter()
            .filter(|value| is_instance(&subject.api, place.schema, value))
            .collect();
        unfit += all - fit.len();
        tried += fit.len();
        let failure = match root {
            Err(reason) => Some((reason.clone(), String::new())),
            Ok(_) if fit.is_empty() => {
                count.none += 1;
                Some((
                    if all == 0 {
                        "no finite instance"
                    } else {
                        "no instance of those made fits"
                    }
                    .to_owned(),
                    String::new(),
                ))
            }
            Ok(root) => fit.iter().find_map(|instance| {
                let failure = trip(found.types.blank(*root), instance).err()?;
                Some((failure.reason, failure.path))
            }),
        };
        match failure {
            None => count.equal += 1,
            Some((reason, path)) => {
                let (count, examples) = reasons.entry(reason).or_default();
                *count += usize::from(place.component);
                if examples.len() < EXAMPLES {
                    examples.push(json!([place.key, path]));
                }
            }
        }
    }
    let [reached, unreached, inline] = counts;
    Ok(json!({
        "dialect": subject.dialect,
        "schemas": reached.schemas + unreached.schemas,
        "equal": reached.equal + unreached.equal,
        "reached": reached.schemas,
        "reached_equal": reached.equal,
        "without_instance": reached.none + unreached.none,
        "inline": inline.schemas,
        "inline_equal": inline.equal,
        "instances": tried,
        "instances_unfit": unfit,
        "reasons": reasons.into_iter().map(|(reason, (count, examples))| {
            (reason, json!({"components": count, "examples": examples}))
        }).collect::<serde_json::Map<_, _>>(),
        "features": features(&subject),
    }))
}

/// All specs, each in a process of its own. Whether enough schemas come back equal.
pub(crate) fn run(house: &House, specs: &[Spec], options: &Options) -> Result<bool, String> {
    let results = Results::open(house, "roundtrip")?;
    let own = std::env::current_exe().map_err(|error| error.to_string())?;
    let version = std::fs::read(&own).map_err(|error| shown(&own, &error))?;
    let version = sha256_hex(&version);
    pool::each("roundtrip", specs, options, |thread, spec| {
        let key = format!("{} {version}", spec.sha256());
        let row = match results.kept(&spec.name, &key).filter(|_| !options.again) {
            Some(row) => row,
            None => {
                let scratch = scratch(house, "roundtrip", thread)?;
                let mut command = Command::new(&own);
                command.arg("--worker").arg(&spec.path);
                let outcome =
                    measured(&mut command, &scratch, LIMIT).map_err(|error| error.to_string())?;
                let mut row: Value = if outcome.ok() {
                    serde_json::from_str(&outcome.stdout).map_err(|error| error.to_string())?
                } else {
                    json!({"error": first_line(&outcome)})
                };
                row["ok"] = outcome.ok().into();
                row["cpu"] = round(outcome.cpu, 2).into();
                row["mb"] = outcome.mb.round().into();
                results.put(&spec.name, &key, row.clone())?;
                row
            }
        };
        Ok(options.verbose.then(|| said(&spec.name, &row)).flatten())
    })?;
    let (mut schemas, mut equal) = (0, 0);
    for spec in specs {
        let row = results.get(&spec.name).unwrap_or_default();
        schemas += row["schemas"].as_u64().unwrap_or(0);
        equal += row["equal"].as_u64().unwrap_or(0);
    }
    eprintln!("roundtrip: {equal} of {schemas} component schemas come back equal");
    Ok(specs.len() < 10 || equal as f64 >= WANTED * schemas as f64)
}

/// What went wrong with a spec, a line per reason.
fn said(spec: &str, row: &Value) -> Option<String> {
    if row["ok"] != true {
        return Some(format!("{spec}: {}", row["error"]));
    }
    let lines: Vec<String> = row["reasons"]
        .as_object()?
        .iter()
        .map(|(reason, found)| format!("{spec}: {reason}: {found}"))
        .collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}
