//! `pontoon drift`.

use super::{Exit, report};
use crate::config::Config;
use crate::diagnostic::Diagnostics;
use crate::drift::{Proposal, Report, Subject, propose};
use crate::package;
use crate::source::Source;

pub(super) const EXAMPLES: &str = "Examples:\n  \
    pontoon drift drift.json openapi.yaml --out overlay.yaml\n  \
    pontoon generate openapi.yaml --overlay overlay.yaml --out acme-client\n  \
    pontoon drift drift.json openapi.yaml --overlay overlay.yaml --check    exit 1 if there is more";

pub(super) fn run(arguments: &super::Drift) -> Exit {
    let text = match std::fs::read_to_string(&arguments.report) {
        Ok(text) => text,
        Err(error) => {
            let shown = arguments.report.display();
            report::plain(
                &format!("{shown} cannot be read: {error}"),
                "check the path",
            );
            return Exit::Unusable;
        }
    };
    let seen = match Report::parse(&text) {
        Ok(seen) => seen,
        Err(diagnostic) => {
            report::fatal(&diagnostic, None);
            return Exit::Unusable;
        }
    };
    let progress = report::Progress::new(&arguments.spec.display().to_string());
    let mut source = Source::default();
    let mut diagnostics = Diagnostics::new();
    let request = arguments.inputs.request(&arguments.spec, Config::default());
    let resolved = crate::read(&request, &mut source, &mut diagnostics, &|stage| {
        progress.stage(stage);
    });
    drop(progress);
    let resolved = match resolved {
        Ok(resolved) => resolved,
        Err(diagnostic) => {
            report::fatal(&diagnostic, Some(&source));
            return Exit::Unusable;
        }
    };
    let proposal = propose(
        &seen,
        &Subject {
            api: &resolved.api,
            root: &source.root,
            dialect: resolved.dialect,
            pointers: &resolved.pointers,
        },
    );
    tell(arguments, &seen, &proposal)
}

fn tell(arguments: &super::Drift, seen: &Report, proposal: &Proposal) -> Exit {
    let name = arguments.spec.file_name().unwrap_or_default();
    let overlay = proposal.to_yaml(&name.to_string_lossy());
    match &arguments.out {
        // An overlay needs an action.
        Some(out) if !proposal.is_empty() => {
            if let Err(error) = package::write_file(out, &overlay) {
                report::plain(&error.to_string(), "give an --out path that can be written");
                return Exit::Unusable;
            }
        }
        None if !proposal.is_empty() && !arguments.json => anstream::print!("{overlay}"),
        _ => {}
    }
    if arguments.json {
        anstream::println!("{:#}", proposal.to_json(seen.overflow));
    } else {
        for (fact, why) in &proposal.left {
            anstream::eprintln!("not proposed: {}: {why}", crate::diagnostic::visible(fact));
        }
        anstream::eprintln!(
            "{} facts in {} actions, {} are in the spec already, {} are not proposed{}",
            proposal.proposed,
            proposal.len(),
            proposal.settled,
            proposal.left.len(),
            match seen.overflow {
                0 => String::new(),
                more => format!("; the client saw {more} more that it did not list"),
            },
        );
    }
    match arguments.check && proposal.proposed + proposal.left.len() > 0 {
        true => Exit::CheckFailed,
        false => Exit::Done,
    }
}
