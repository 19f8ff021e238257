//! What every step of lowering needs: the dialect, the findings, the moves.

use super::Dialect;
use super::trail::{Pointers, Trail};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Effect, Severity, codes};
use crate::source::{Node, Place};

/// The state shared by the steps of lowering.
pub(super) struct Context<'d> {
    pub(super) dialect: Dialect,
    pub(super) pointers: Pointers,
    /// The first union that says null by an object, and how many there are.
    made_null: Option<(String, Place, usize)>,
    diagnostics: &'d mut Diagnostics,
}

/// A finding before it is reported.
pub(super) struct Finding {
    code: &'static Code,
    severity: Severity,
    effect: Effect,
    message: String,
    help: Option<&'static str>,
}

/// The document was invalid and is read the way it must be meant.
pub(super) fn repaired(code: &'static Code, message: impl Into<String>) -> Finding {
    finding(code, Severity::Warning, Effect::Repaired, message.into())
}

/// The output says less than the document.
pub(super) fn degraded(code: &'static Code, message: impl Into<String>) -> Finding {
    finding(code, Severity::Warning, Effect::Degraded, message.into())
}

/// A part of the document is left out.
pub(super) fn dropped(code: &'static Code, message: impl Into<String>) -> Finding {
    finding(code, Severity::Warning, Effect::Dropped, message.into())
}

/// Worth knowing only.
pub(super) fn noted(code: &'static Code, message: impl Into<String>) -> Finding {
    finding(code, Severity::Note, Effect::None, message.into())
}

fn finding(code: &'static Code, severity: Severity, effect: Effect, message: String) -> Finding {
    Finding {
        code,
        severity,
        effect,
        message,
        help: None,
    }
}

impl Finding {
    /// Adds the remedy.
    pub(super) fn help(mut self, help: &'static str) -> Self {
        self.help = Some(help);
        self
    }
}

impl<'d> Context<'d> {
    pub(super) fn new(diagnostics: &'d mut Diagnostics, dialect: Dialect) -> Self {
        Self {
            dialect,
            pointers: Pointers::default(),
            made_null: None,
            diagnostics,
        }
    }

    /// Whether schemas are JSON Schema 2020-12 (OpenAPI 3.1 and later).
    pub(super) fn json_schema(&self) -> bool {
        self.dialect >= Dialect::V3_1
    }

    /// Reports a finding at a place of the lowered document.
    pub(super) fn report(&mut self, at: &Trail<'_>, place: Place, finding: Finding) {
        self.report_at(&at.pointer(), place, finding);
    }

    /// Reports a finding at a pointer into the lowered document.
    pub(super) fn report_at(&mut self, pointer: &str, place: Place, finding: Finding) {
        let mut diagnostic = Diagnostic::new(finding.code, finding.severity, finding.message)
            .pointer(self.pointers.original(pointer))
            .place(place)
            .effect(finding.effect);
        diagnostic.help = finding.help.map(str::to_owned);
        self.diagnostics.push(diagnostic);
    }

    /// Counts a union that says null by an object: a document has thousands or none.
    pub(super) fn count_made_null(&mut self, at: &Trail<'_>, place: Place) {
        match &mut self.made_null {
            Some((.., count)) => *count += 1,
            None => self.made_null = Some((at.pointer(), place, 1)),
        }
    }

    /// Reports what was counted.
    pub(super) fn report_made_null(&mut self) {
        if let Some((pointer, place, count)) = self.made_null.take() {
            let message = format!(
                "an object of any kind that may be null is read as null alone, here and in all \
                 {count} such places"
            );
            self.report_at(&pointer, place, noted(&codes::MADE_NULL, message));
        }
    }

    /// Reports that a value is of the wrong kind and is left out.
    pub(super) fn wrong_kind(&mut self, at: &Trail<'_>, node: &Node, wanted: &str) {
        let message = format!("expected {wanted}, found {}", node.value.kind());
        let finding = dropped(&codes::WRONG_KIND, message)
            .help("it is ignored; correct the document or use an overlay");
        self.report(at, node.place, finding);
    }
}
