//! Flows from a simulated API into a SQLite file: whole, cut off, changed.

mod api;
mod deep;

use api::{TOKEN, connector, manifest, serve, simulation};
use pontoon_connector::interpret::{Config, Interpreted};
use pontoon_connector::simulate::Role;
use pontoon_connector::store::Sqlite;
use pontoon_connector::{Connector, Count, Error, ErrorKind, Plan, Step, plan, preview, sync};
use rusqlite::types::ValueRef;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;

fn streams(names: &[&str]) -> BTreeMap<String, Vec<Step>> {
    let names = names.iter();
    names.map(|name| ((*name).to_owned(), Vec::new())).collect()
}

async fn run(
    connector: &dyn Connector,
    names: &[&str],
    path: &Path,
) -> Result<Vec<(String, Count)>, Error> {
    let plans = plan(connector, &streams(names)).await?;
    let store = Box::new(Sqlite::open(path)?);
    let summary = sync(connector, plans, store, &mut |_, _| {}).await?;
    Ok(summary.streams)
}

/// The first column of a query's rows.
fn column(path: &Path, query: &str) -> Vec<String> {
    let connection = rusqlite::Connection::open(path).expect("the file");
    let mut statement = connection.prepare(query).expect("a query");
    let rows = statement.query_map([], |row| {
        Ok(match row.get_ref(0)? {
            ValueRef::Integer(value) => value.to_string(),
            ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned(),
            other => format!("{other:?}"),
        })
    });
    rows.expect("rows").map(|row| row.expect("a row")).collect()
}

fn numbers(count: u64) -> Vec<String> {
    (1..=count).map(|number| number.to_string()).collect()
}

fn link() -> Value {
    json!({"kind": "link-header"})
}

const ISSUES: &str = "SELECT id FROM issues ORDER BY id";
const COMMENTS: &str = "SELECT id FROM comments ORDER BY id";

#[tokio::test]
async fn every_paging_rule_gives_all_records() {
    let rules = [
        link(),
        json!({"kind": "next-url", "from": {"body": "/next"}}),
        json!({"kind": "token", "to": {"query": "at"}, "from": {"body": "/next"}}),
        json!({"kind": "token", "to": {"query": "at"}, "from": {"header": "X-Next"}}),
        json!({"kind": "next-page", "to": {"query": "at"}, "from": {"body": "/next"}}),
        json!({"kind": "last-id", "to": {"query": "at"}, "key": "/id"}),
        json!({"kind": "offset", "to": {"query": "at"}, "first": 0}),
        json!({"kind": "page", "to": {"query": "at"}, "first": 1}),
    ];
    for rule in rules {
        let manifest = manifest(&rule);
        let url = serve(simulation(&manifest, 250), &[]).await;
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("s.db");
        let counts = run(&connector(&manifest, &url, TOKEN), &["issues"], &path).await;
        let counts = counts.unwrap_or_else(|error| panic!("{rule}: {error:?}"));
        assert_eq!(counts[0].1.records, 250, "{rule}");
        assert_eq!(column(&path, ISSUES), numbers(250), "{rule}");
    }
}

#[tokio::test]
async fn what_changed_is_read_again_and_no_more() {
    let manifest = manifest(&link());
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("s.db");
    let url = serve(simulation(&manifest, 120), &[]).await;
    let first = run(&connector(&manifest, &url, TOKEN), &["issues"], &path).await;
    assert_eq!(first.expect("a run")[0].1.records, 120);
    let url = serve(simulation(&manifest, 150), &[]).await;
    let second = run(&connector(&manifest, &url, TOKEN), &["issues"], &path).await;
    // From a second before the last moment on: whether `since` includes it, nobody says.
    assert_eq!(second.expect("a run")[0].1.records, 32);
    assert_eq!(column(&path, ISSUES), numbers(150));
}

#[tokio::test]
async fn children_are_read_for_each_parent() {
    let manifest = manifest(&link());
    let faults = ["429", "503", "reset", "half"];
    let url = serve(simulation(&manifest, 130), &faults).await;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("s.db");
    let connector = connector(&manifest, &url, TOKEN);
    let counts = run(&connector, &["comments", "issues"], &path).await;
    let counts = counts.expect("a run");
    let order: Vec<&str> = counts.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(order, ["issues", "comments"]);
    assert_eq!(column(&path, COMMENTS), numbers(390));
    let parents = "SELECT DISTINCT issues_id FROM comments ORDER BY issues_id";
    assert_eq!(column(&path, parents), numbers(130));
    let third = "SELECT issues_id FROM comments WHERE id = 7";
    assert_eq!(column(&path, third), ["3"]);
    // A comment of the same id below another issue is another one.
    let key = "SELECT name FROM pragma_table_info('comments') WHERE pk > 0 ORDER BY pk";
    assert_eq!(column(&path, key), ["id", "issues_id"]);
}

/// Runs that are dropped after some batches, until one comes to its end: the tables
/// are those of a run that was not.
#[tokio::test]
async fn runs_that_are_cut_off_lose_nothing() {
    let manifest =
        manifest(&json!({"kind": "token", "to": {"query": "at"}, "from": {"body": "/next"}}));
    let url = serve(simulation(&manifest, 130), &["429", "reset"]).await;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("s.db");
    let connector = connector(&manifest, &url, TOKEN);
    let mut cuts = 0;
    loop {
        let names = streams(&["issues", "comments"]);
        let plans = plan(&connector, &names).await.expect("plans");
        let store = Box::new(Sqlite::open(&path).expect("a store"));
        let (stop, mut stopped) = tokio::sync::oneshot::channel::<()>();
        let mut stop = Some(stop);
        let mut batches = 0;
        let mut told = |_: &str, _: &Count| {
            batches += 1;
            if batches == 3 + cuts % 4 {
                drop(stop.take());
            }
        };
        let ended = tokio::select! {
            biased;
            _ = &mut stopped => false,
            summary = sync(&connector, plans, store, &mut told) => {
                summary.expect("a run");
                true
            }
        };
        if ended {
            break;
        }
        cuts += 1;
        assert!(cuts < 300, "no run comes to its end");
    }
    assert!(cuts > 20, "{cuts}");
    assert_eq!(column(&path, ISSUES), numbers(130));
    assert_eq!(column(&path, COMMENTS), numbers(390));
    let open = "SELECT count(*) FROM _pontoon_state WHERE state LIKE '%open%'";
    assert_eq!(column(&path, open), ["0"]);
}

#[tokio::test]
async fn mistakes_are_told() {
    let manifest = manifest(&link());
    let url = serve(simulation(&manifest, 10), &[]).await;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("s.db");
    let good = connector(&manifest, &url, TOKEN);
    let bad = connector(&manifest, &url, "wrong-token");
    let refused = run(&bad, &["issues"], &path).await.expect_err("refused");
    let found = (refused.kind(), refused.stream());
    assert_eq!(found, (ErrorKind::Unauthorized, Some("issues")));
    let text = format!("{refused} {refused:?} {:?}", refused.remedy());
    assert!(!text.contains("wrong-token"), "{text}");
    let absent = run(&good, &["isues"], &path)
        .await
        .expect_err("no such stream");
    assert_eq!(
        absent.to_string(),
        "stream `isues`: there is no such stream"
    );
    assert_eq!(absent.remedy(), Some("there are: issues, comments"));
    let dead = connector(&manifest, "http://127.0.0.1:1", TOKEN);
    let dead = run(&dead, &["issues"], &path).await.expect_err("no host");
    assert_eq!(
        (dead.kind(), dead.stream()),
        (ErrorKind::Source, Some("issues"))
    );
    let mut config = Config::default();
    config.base_url = Some(url);
    let bare = Interpreted::new(manifest, config).expect("a connector");
    let bare = run(&bare, &["issues"], &path)
        .await
        .expect_err("no setting");
    assert_eq!(
        bare.to_string(),
        "stream `issues`: it needs the setting `repo`"
    );
    assert!(good.check().await.is_ok());
    let refused = bad.check().await.expect_err("refused");
    assert_eq!(refused.kind(), ErrorKind::Unauthorized);
}

#[tokio::test]
async fn what_is_not_proven_is_not_read() {
    let manifest = manifest(&link());
    let good = connector(&manifest, "http://127.0.0.1:1", TOKEN);
    let mut stream = good.discover().await.expect("streams").remove(0);
    stream.name = "doubtful".to_owned();
    let plan = Plan::new(&stream, &[]).expect("a plan");
    let error = preview(&good, &stream, &plan, 1)
        .await
        .expect_err("in doubt");
    assert_eq!(error.to_string(), "stream `doubtful`: not proven: paging");
    let remedy = error.remedy().unwrap_or_default();
    assert!(
        remedy.contains("[streams.\"doubtful\"] confirm = true"),
        "{remedy}"
    );
}

#[tokio::test]
async fn records_of_the_wrong_type_are_kept_aside() {
    let manifest = manifest(&link());
    let mut simulation = simulation(&manifest, 40);
    simulation.routes[0].roles[1].1 = Role::Turn(vec![json!("x"), json!("y"), json!(7)]);
    let url = serve(simulation, &[]).await;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("s.db");
    let counts = run(&connector(&manifest, &url, TOKEN), &["issues"], &path).await;
    let count = counts.expect("a run").remove(0).1;
    assert_eq!((count.records, count.rejected), (27, 13));
    let reasons = column(&path, "SELECT DISTINCT reason FROM _pontoon_rejected");
    assert!(
        reasons
            .iter()
            .all(|text| text.starts_with("$.title: expected a string")),
        "{reasons:?}"
    );
}
