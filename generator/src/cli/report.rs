//! Printing findings and progress.

use crate::Stage;
use crate::diagnostic::{Diagnostic, Diagnostics, Severity, render, to_json};
use crate::source::Source;
use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal as _;
use std::time::Duration;

/// The most findings that are printed without `--report`.
const SHOWN: usize = 5;

/// Prints an error that ends the command.
pub(super) fn fatal(diagnostic: &Diagnostic, source: Option<&Source>) {
    anstream::eprint!(
        "{}",
        render(diagnostic, source, crate::diagnostic::Style::Colour)
    );
}

/// Prints a plain error with a remedy.
pub(super) fn plain(message: &str, help: &str) {
    anstream::eprintln!("error: {message}\n  = help: {help}");
}

/// Prints findings: all, or the first few and a count of each kind.
pub(super) fn findings(diagnostics: &Diagnostics, source: &Source, all: bool) {
    let mut shown = 0;
    for diagnostic in diagnostics.iter() {
        let matters = diagnostic.severity != Severity::Note;
        if all || (matters && shown < SHOWN) {
            fatal(diagnostic, Some(source));
            shown += 1;
        }
    }
    if shown < diagnostics.len() {
        anstream::eprintln!("findings by kind (`--report text` shows each with its place):");
        for (code, count) in diagnostics.counts() {
            anstream::eprintln!("  {count:>5}  {}  {}", code.id, code.title);
        }
    }
}

/// Findings as data.
pub(super) fn data(diagnostics: &Diagnostics, source: &Source) -> serde_json::Value {
    diagnostics
        .iter()
        .map(|diagnostic| to_json(diagnostic, Some(source)))
        .collect()
}

/// A spinner on a terminal, for what takes longer than a moment.
pub(super) struct Progress {
    bar: ProgressBar,
    name: String,
}

impl Progress {
    /// Shows nothing unless standard error is a terminal.
    pub(super) fn new(name: &str) -> Self {
        let bar = if std::io::stderr().is_terminal() {
            let bar = ProgressBar::new_spinner();
            if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {elapsed}") {
                bar.set_style(style);
            }
            bar.enable_steady_tick(Duration::from_millis(120));
            bar
        } else {
            ProgressBar::hidden()
        };
        Self {
            bar,
            name: name.to_owned(),
        }
    }

    /// Shows the stage.
    pub(super) fn stage(&self, stage: Stage) {
        let word = match stage {
            Stage::Read => "reading",
            Stage::Lower => "lowering",
            Stage::Resolve => "resolving",
            Stage::Type => "choosing names and types",
            Stage::Emit => "writing",
        };
        self.bar.set_message(format!("{}: {word}", self.name));
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
