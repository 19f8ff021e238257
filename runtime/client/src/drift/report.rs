//! What a client has counted.

use super::Drift;
use crate::json::Json;
use std::fmt;

/// The drift that a client has counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct DriftReport {
    /// The facts, by operation, place and kind.
    pub facts: Vec<Drift>,
    /// The operations that were called, and how many answers came.
    pub answers: Vec<Answered>,
    /// How many sightings found no place in the report: there were too many facts, or
    /// a name was too long.
    pub overflow: u64,
}

/// How many answers an operation gave.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Answered {
    /// The `operationId`, or method and path where the description has none.
    pub operation: &'static str,
    /// The HTTP method.
    pub method: &'static str,
    /// The path template.
    pub path: &'static str,
    /// How many answers came, of whatever status.
    pub answers: u64,
}

impl DriftReport {
    /// Whether every answer was as described.
    pub fn is_empty(&self) -> bool {
        self.facts.is_empty() && self.overflow == 0
    }

    /// The report as JSON, which `pontoon drift` reads. Its text is
    /// `report.to_json().to_string()`.
    pub fn to_json(&self) -> Json {
        let facts = self.facts.iter().map(fact).collect();
        let answers = self.answers.iter().map(|row| {
            Json::from([
                ("operation", Json::from(row.operation)),
                ("method", Json::from(row.method)),
                ("path", Json::from(row.path)),
                ("answers", Json::from(row.answers)),
            ])
        });
        Json::from([
            ("version", Json::from(1)),
            ("facts", Json::Array(facts)),
            ("answers", answers.collect()),
            ("overflow", Json::from(self.overflow)),
        ])
    }
}

fn fact(drift: &Drift) -> Json {
    let members = drift.members.iter().map(|member| *member as u64);
    Json::from([
        ("operation", Json::from(drift.operation)),
        ("method", Json::from(drift.method)),
        ("path", Json::from(drift.path)),
        ("status", Json::from(u32::from(drift.status))),
        ("media_type", Json::from(drift.media_type.as_str())),
        ("pointer", Json::from(drift.pointer.as_str())),
        ("members", members.collect()),
        ("kind", Json::from(drift.kind.name())),
        ("expected", Json::from(drift.expected.as_str())),
        ("found", Json::from(drift.found)),
        ("value", Json::from(drift.value.clone())),
        ("count", Json::from(drift.count)),
        ("refused", Json::from(drift.refused)),
    ])
}

/// A line for each fact.
impl fmt::Display for DriftReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for fact in &self.facts {
            writeln!(f, "{fact}")?;
        }
        if self.overflow > 0 {
            writeln!(f, "and {} sightings that are not listed", self.overflow)?;
        }
        Ok(())
    }
}
