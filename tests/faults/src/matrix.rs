//! Every fault at every page, and the table of what came of it.

use crate::api::{PAGES, Paging};
use crate::case::{Case, Report};
use crate::client::Transport;
use crate::fault::Fault;
use tokio::task::JoinSet;

/// One line of the table: a fault at the pages that were tried.
pub struct Row {
    /// What goes wrong.
    pub fault: &'static Fault,
    /// What carries the requests.
    pub transport: Transport,
    /// How the list is paged.
    pub paging: Paging,
    /// Whether it goes wrong for ever.
    pub always: bool,
    /// By page.
    pub reports: Vec<Report>,
    /// What is wrong, with the case.
    pub objections: Vec<String>,
}

/// Runs a fault at the pages, all at once.
pub async fn row(
    fault: &'static Fault,
    transport: Transport,
    paging: Paging,
    always: bool,
    pages: &[usize],
) -> Row {
    let mut running = JoinSet::new();
    for &page in pages {
        let case = Case {
            transport,
            paging,
            fault,
            page,
            always,
        };
        running.spawn(async move { (page, case, case.run().await) });
    }
    let mut done = running.join_all().await;
    done.sort_by_key(|(page, ..)| *page);
    let mut row = Row {
        fault,
        transport,
        paging,
        always,
        reports: Vec::new(),
        objections: Vec::new(),
    };
    for (_, case, report) in done {
        let objections = report.objections.iter();
        row.objections
            .extend(objections.map(|text| format!("{case}: {text}")));
        row.reports.push(report);
    }
    row
}

/// Every page.
pub fn every_page() -> Vec<usize> {
    (0..PAGES).collect()
}

impl Row {
    /// The line as Markdown.
    pub fn line(&self) -> String {
        let mut line = format!(
            "| {} | {} | {} | {} |",
            self.fault.name,
            if self.always { "always" } else { "once" },
            self.paging.name(),
            self.transport.name(),
        );
        for report in &self.reports {
            let mark = match report.objections.is_empty() {
                true => "",
                false => "**WRONG** ",
            };
            line.push_str(&format!(" {mark}{} |", report.outcome));
        }
        line
    }
}
