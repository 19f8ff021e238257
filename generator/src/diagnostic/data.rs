//! Findings as data, for `--json`.

use super::Diagnostic;
use crate::source::Source;

/// The finding as a JSON object: code, severity, effect, message, pointer,
/// file, line, column and help (null where unknown).
pub fn to_json(diagnostic: &Diagnostic, source: Option<&Source>) -> serde_json::Value {
    let spot = super::spot_of(diagnostic, source);
    serde_json::json!({
        "code": diagnostic.code.id,
        "severity": diagnostic.severity.as_str(),
        "effect": diagnostic.effect.as_str(),
        "message": diagnostic.message,
        "pointer": diagnostic.pointer,
        "file": spot.as_ref().map(|s| &s.path),
        "line": spot.as_ref().map(|s| s.line),
        "column": spot.as_ref().map(|s| s.column),
        "help": diagnostic.help,
    })
}
