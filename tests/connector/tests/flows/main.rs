//! Flows over GitHub, simulated: by the manifest, by hand, from one to the other, and
//! killed in the middle.

mod github;
mod killed;

use github::{GitHub, ran, sync};
use std::time::Duration;

const ISSUES: &str =
    "SELECT count(*), count(DISTINCT number), min(number), max(number) FROM repos_issues";
const COMMENTS: &str = "SELECT count(*), count(DISTINCT id), count(DISTINCT repos_issues_number)
    FROM repos_issues_comments_by_issue_number";

#[test]
fn a_connector_reads_parents_and_children() {
    let github = GitHub::new(120, 2, &["429", "500", "reset", "half"]);
    let streams = ["repos_issues", "repos_issues_comments_by_issue_number"];
    ran(sync(&github.flow("manifest", &streams, "b.db")));
    let counts = ["Integer(120)", "Integer(120)", "Integer(1)", "Integer(120)"];
    assert_eq!(github.rows("b.db", ISSUES), [counts]);
    let comments = ["Integer(240)", "Integer(240)", "Integer(120)"];
    assert_eq!(github.rows("b.db", COMMENTS), [comments]);
}

/// Half by the manifest, the rest by hand, then by the manifest again.
#[test]
fn a_flow_changes_its_source_and_keeps_its_state() {
    let github = GitHub::new(1000, 1, &[]);
    let by_manifest = github.flow("manifest", &["repos_issues"], "swap.db");
    let by_hand = github.flow("github-enriched", &["repos_issues"], "swap.db");
    // A run that is killed when about half of the pages are kept.
    let mut child = sync(&by_manifest).spawn().expect("the program");
    let kept = || match github.folder.path().join("swap.db").exists() {
        true => rusqlite::Connection::open(github.folder.path().join("swap.db"))
            .and_then(|store| {
                store.query_row("SELECT count(*) FROM repos_issues", [], |row| row.get(0))
            })
            .unwrap_or(0),
        false => 0_i64,
    };
    while kept() < 300 && child.try_wait().expect("its state").is_none() {
        std::thread::sleep(Duration::from_millis(1));
    }
    child.kill().expect("killed");
    child.wait().expect("its end");
    let before = kept();
    assert!((300..1000).contains(&before), "{before}");
    let output = ran(sync(&by_hand));
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        told.contains("going on from where the last run stopped"),
        "{told}"
    );
    assert!(
        told.contains(&format!("{} records", 1000 - before)),
        "{told}"
    );
    let all = [
        "Integer(1000)",
        "Integer(1000)",
        "Integer(1)",
        "Integer(1000)",
    ];
    assert_eq!(github.rows("swap.db", ISSUES), [all]);
    let enriched = "SELECT count(*) FROM repos_issues WHERE author_company IS NOT NULL";
    let rest = format!("Integer({})", 1000 - before);
    assert_eq!(github.rows("swap.db", enriched), [[rest.clone()]]);
    // Back: all is read again, the column that the manifest does not know stays.
    ran(sync(&by_manifest));
    assert_eq!(github.rows("swap.db", ISSUES), [all]);
    assert_eq!(github.rows("swap.db", enriched), [[rest]]);
}
