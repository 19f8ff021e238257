//! Every fault under every layer, and the table of what came of it.

use super::{Case, Layer};
use crate::client::Transport;
use crate::fault::Fault;
use std::collections::BTreeSet;
use tokio::task::JoinSet;

/// One line of the table.
pub struct Row {
    /// The line as Markdown.
    pub line: String,
    /// What is wrong, with the case.
    pub objections: Vec<String>,
}

/// The first cells of the table.
pub fn head() -> String {
    let names = Layer::ALL.map(Layer::name).join(" | ");
    let lines = "---|".repeat(3 + Layer::ALL.len());
    format!("| fault | how often | transport | {names} |\n|{lines}")
}

/// How calls ended.
pub(super) fn in_words(ends: &BTreeSet<String>) -> String {
    match ends.is_empty() {
        true => "all".to_owned(),
        false => ends.iter().cloned().collect::<Vec<_>>().join(", "),
    }
}

/// Runs a fault under all layers at these steps, all at once.
pub async fn row(
    fault: &'static Fault,
    transport: Transport,
    always: bool,
    steps: &[usize],
) -> Row {
    let mut running = JoinSet::new();
    for (place, layer) in Layer::ALL.into_iter().enumerate() {
        for &at in steps {
            let case = Case {
                layer,
                transport,
                fault,
                at,
                always,
            };
            running.spawn(async move { (place, case, case.run().await) });
        }
    }
    let mut cells: [(BTreeSet<String>, bool); Layer::ALL.len()] = Default::default();
    let mut objections = Vec::new();
    for (place, case, report) in running.join_all().await {
        cells[place].0.extend(report.ends);
        cells[place].1 |= !report.objections.is_empty();
        let found = report.objections.iter();
        objections.extend(found.map(|text| format!("{case}: {text}")));
    }
    let often = if always { "always" } else { "once" };
    let mut line = format!("| {} | {often} | {} |", fault.name, transport.name());
    for (ends, wrong) in cells {
        let ends = in_words(&ends);
        let mark = if wrong { "**WRONG** " } else { "" };
        line.push_str(&format!(" {mark}{ends} |"));
    }
    Row { line, objections }
}
