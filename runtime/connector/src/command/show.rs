//! What the commands print.

use crate::flow::{Flow, Target};
use crate::store::{JsonLines, Store as _};
use crate::{Batch, Count, Error, Plan, Spec, Stream, Summary, Value};
use serde_json::json;
use std::io::{IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

pub(super) fn error(error: &Error, json: bool) {
    if json {
        let value = json!({
            "error": error.to_string(), "stream": error.stream(), "remedy": error.remedy(),
        });
        println!("{value}");
    }
    eprintln!("error: {error}");
    let mut cause = std::error::Error::source(error);
    let mut said = error.to_string();
    while let Some(found) = cause {
        let text = found.to_string();
        if !said.contains(&text) {
            eprintln!("  caused by: {text}");
        }
        said = text;
        cause = found.source();
    }
    if let Some(remedy) = error.remedy() {
        eprintln!("  = help: {remedy}");
    }
}

pub(super) fn spec(spec: &Spec, json: bool) {
    if json {
        return data(&json!(spec));
    }
    println!("{}", spec.name);
    for setting in &spec.settings {
        let env = setting.env.as_ref();
        let from = env.map_or_else(String::new, |name| format!(", from ${name}"));
        let marks = match (setting.required, setting.secret) {
            (true, true) => " (required, secret)",
            (true, false) => " (required)",
            (false, true) => " (secret)",
            (false, false) => "",
        };
        println!("  {}{marks}{from}: {}", setting.name, setting.about);
    }
}

pub(super) fn checked(spec: &Spec, json: bool) {
    match json {
        true => data(&json!({"name": spec.name, "status": "ok"})),
        false => println!("{}: ok", spec.name),
    }
}

pub(super) fn streams(streams: &[Stream], json: bool) {
    if json {
        return data(&json!({"streams": streams}));
    }
    for stream in streams {
        let mut facts = vec![format!("{} columns", stream.columns.len())];
        if !stream.key.is_empty() {
            facts.push(format!("key {}", stream.key.join(", ")));
        }
        if !stream.cursor.is_empty() {
            facts.push(format!("cursor {}", stream.cursor.join(", ")));
        }
        facts.extend(stream.parent.as_ref().map(|name| format!("below {name}")));
        println!("{}: {}", stream.name, facts.join("; "));
    }
}

pub(super) fn records(plan: &Plan, batch: &Batch, json: bool) -> Result<(), Error> {
    if json {
        let state = crate::StreamState::default();
        let batch = Batch {
            state,
            ..batch.clone()
        };
        return JsonLines::new(std::io::stdout()).commit(plan.stream(), &batch);
    }
    for record in &batch.records {
        let columns = plan.stream().columns.iter().zip(record.values());
        for (column, value) in columns {
            let text = match value {
                Value::Null => continue,
                Value::Boolean(value) => value.to_string(),
                Value::Integer(value) => value.to_string(),
                Value::Number(value) => value.to_string(),
                Value::Text(value) | Value::Json(value) => value.clone(),
            };
            let short: String = text.chars().take(100).collect();
            let rest = if short.len() < text.len() { "..." } else { "" };
            // What a source sends must not steer the terminal.
            let short = short.replace(char::is_control, "\u{fffd}");
            println!("  {}: {short}{rest}", column.name);
        }
        println!();
    }
    for rejected in &batch.rejected {
        eprintln!("rejected: {}", rejected.reason);
    }
    println!("{}: {} records", plan.stream().name, batch.records.len());
    Ok(())
}

pub(super) fn notes(notes: impl Iterator<Item = (String, String)>) {
    for (stream, note) in notes {
        eprintln!("note: stream `{stream}`: {note}");
    }
}

pub(super) fn summary(summary: &Summary, flow: &Flow, json: bool) {
    let to_output = matches!(&flow.target, Target::Jsonl(path) if path.as_os_str() == "-");
    if json {
        let text = json!(summary).to_string();
        return match to_output {
            true => eprintln!("{text}"),
            false => println!("{text}"),
        };
    }
    for (name, count) in &summary.streams {
        let mut text = format!(
            "{name}: {} records in {} pages",
            count.records, count.batches
        );
        if count.resumed {
            text.push_str(", going on from where the last run stopped");
        }
        if count.filtered > 0 {
            text.push_str(&format!(", {} left out by filters", count.filtered));
        }
        if count.rejected > 0 {
            text.push_str(&format!(", {} kept aside with the reason", count.rejected));
        }
        eprintln!("{text}");
    }
    eprintln!("done in {:.1} s", summary.elapsed.as_secs_f64());
}

fn data(value: &serde_json::Value) {
    // A reader that closes its end has seen enough.
    let _ = writeln!(std::io::stdout(), "{value:#}");
}

/// A line on a terminal that tells how far a run has come.
pub(super) struct Progress {
    shown: bool,
    start: Instant,
    last: Option<Instant>,
}

impl Progress {
    pub(super) fn new() -> Self {
        Self {
            shown: std::io::stderr().is_terminal(),
            start: Instant::now(),
            last: None,
        }
    }

    pub(super) fn tell(&mut self, stream: &str, count: &Count) {
        let soon = |last: Instant| last.elapsed() < Duration::from_millis(200);
        if !self.shown || self.last.is_some_and(soon) {
            return;
        }
        self.last = Some(Instant::now());
        let seconds = self.start.elapsed().as_secs_f64().max(0.001);
        #[allow(clippy::cast_precision_loss)]
        let rate = count.records as f64 / seconds;
        eprint!(
            "\r\x1b[K{stream}: {} records, {} pages, {rate:.0} records a second",
            count.records, count.batches
        );
    }

    pub(super) fn end(&self) {
        if self.last.is_some() {
            eprint!("\r\x1b[K");
        }
    }
}
