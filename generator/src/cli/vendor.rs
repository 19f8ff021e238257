//! `pontoon vendor`.

use super::{Exit, report};
use crate::diagnostic::{Diagnostic, Diagnostics, codes};
use crate::filter::Filter;
use crate::source::{self, LoadOptions};
use crate::{package, vendor};

pub(super) const EXAMPLES: &str = "Examples:\n  \
    pontoon vendor full.json --out specs/acme/openapi.json\n  \
    pontoon vendor full.yaml --out openapi.json --include 'tag:orders' --include '/users/**#GET'";

pub(super) fn run(arguments: &super::Vendor) -> Exit {
    let filter = match Filter::parse(&arguments.filter.include, &arguments.filter.exclude) {
        Ok(filter) => filter,
        Err(message) => {
            report::fatal(&Diagnostic::error(&codes::FILTER, message), None);
            return Exit::Usage;
        }
    };
    let progress = report::Progress::new(&arguments.spec.display().to_string());
    progress.stage(crate::Stage::Read);
    let mut diagnostics = Diagnostics::new();
    let loaded = source::load(&arguments.spec, &LoadOptions::default(), &mut diagnostics);
    let mut source = match loaded {
        Ok(source) => source,
        Err(diagnostic) => {
            drop(progress);
            report::fatal(&diagnostic, None);
            return Exit::Unusable;
        }
    };
    if !filter.keeps_all()
        && let Err(diagnostic) = vendor::select(&mut source.root, &filter)
    {
        drop(progress);
        report::fatal(&diagnostic, Some(&source));
        return Exit::Unusable;
    }
    vendor::strip(&mut source.root, arguments.keep_prose);
    let text = vendor::to_json(&source.root);
    drop(progress);
    match package::write_file(&arguments.out, &text) {
        Ok(()) => {
            anstream::println!(
                "{} bytes of facts in {}",
                text.len(),
                arguments.out.display()
            );
            Exit::Done
        }
        Err(error) => {
            report::plain(&error.to_string(), "give an --out path that can be written");
            Exit::Unusable
        }
    }
}
