//! `pontoon inspect`.

use super::{Exit, report};
use crate::config::Config;
use crate::diagnostic::{Diagnostics, visible};
use crate::inspect::Summary;
use crate::source::Source;

pub(super) const EXAMPLES: &str = "Examples:\n  \
    pontoon inspect openapi.yaml\n  \
    pontoon inspect openapi.json --json | jq '.operations[].rust'\n  \
    pontoon inspect openapi.json --include '/repos/**#GET'";

pub(super) fn run(arguments: &super::Inspect) -> Exit {
    let config = match super::generate::read_config(arguments.config.as_deref()) {
        Ok((config, _)) => Config {
            include: [&*config.include, &*arguments.filter.include].concat(),
            exclude: [&*config.exclude, &*arguments.filter.exclude].concat(),
            ..config
        },
        Err(exit) => return exit,
    };
    let progress = report::Progress::new(&arguments.spec.display().to_string());
    let mut source = Source::default();
    let mut diagnostics = Diagnostics::new();
    let request = arguments.inputs.request(&arguments.spec, config);
    let generated = crate::generate(&request, &mut source, &mut diagnostics, &|stage| {
        progress.stage(stage);
    });
    drop(progress);
    let generated = match generated {
        Ok(generated) => generated,
        Err(diagnostic) => {
            report::fatal(&diagnostic, Some(&source));
            return Exit::Unusable;
        }
    };
    diagnostics.sort();
    if arguments.json {
        let mut value = generated.summary.to_json();
        value["diagnostics"] = report::data(&diagnostics, &source);
        anstream::println!("{value:#}");
    } else {
        table(&generated.summary);
        report::findings(&diagnostics, &source, false);
    }
    Exit::Done
}

fn table(summary: &Summary) {
    for found in &summary.listing {
        anstream::println!(
            "{:<7} {}  {}({}{}){}",
            found.method,
            found.path,
            found.rust,
            found.arguments.0,
            match found.arguments.1 {
                0 => String::new(),
                optional => format!(" + {optional} optional"),
            },
            if found.deprecated { "  deprecated" } else { "" },
        );
        for line in &found.list_lines {
            anstream::println!("        {}", visible(line));
        }
    }
    for found in &summary.received {
        let asked = match &found.callback {
            Some((operation, expression)) => format!("  ({operation} to {expression})"),
            None => String::new(),
        };
        anstream::println!(
            "{:<7} {}  {}{}",
            found.method,
            visible(&found.name),
            found.rust,
            visible(&asked),
        );
    }
    anstream::println!();
    totals(summary);
}

/// The totals of a generation.
pub(super) fn totals(summary: &Summary) {
    anstream::println!(
        "{} {} (OpenAPI {}): {} operations in {} namespaces, {} types and {} aliases, \
         {} fields of which {} are any JSON",
        visible(&summary.title),
        visible(&summary.version),
        summary.dialect,
        summary.operations,
        summary.namespaces,
        summary.types,
        summary.aliases,
        summary.fields,
        summary.untyped_fields,
    );
    if summary.webhooks + summary.callbacks > 0 {
        let key = summary.event_key.as_deref();
        anstream::println!(
            "sent by the API: {} webhooks and {} callbacks; webhooks are told apart by: {}",
            summary.webhooks,
            summary.callbacks,
            visible(key.unwrap_or("the name that the receiver gives")),
        );
    }
    let auth = if summary.auth.is_empty() {
        "none declared".to_owned()
    } else {
        visible(&summary.auth.join(", "))
    };
    anstream::println!(
        "credentials: {auth}; repaired {}, degraded {}, dropped {}",
        summary.repaired,
        summary.degraded,
        summary.dropped,
    );
}
