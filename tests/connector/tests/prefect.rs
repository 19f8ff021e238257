//! Flow runs from the real server into SQLite, by a list that is asked for with a body.

use pontoon_connector::interpret::{Config, Interpreted};
use pontoon_connector::manifest::Manifest;
use pontoon_connector::store::Sqlite;
use pontoon_connector::{plan, sync};
use pontoon_prefect::{Client, models};
use pontoon_tests::judge::Judge;
use std::collections::BTreeMap;
use std::path::Path;

async fn run(url: &str, store: &Path) -> u64 {
    let manifest = pontoon_tests::root().join("generated/prefect/connector.json");
    let manifest = std::fs::read_to_string(manifest).expect("the manifest");
    let manifest = Manifest::parse(&manifest).expect("a manifest");
    let mut config = Config::default();
    config.base_url = Some(url.to_owned());
    config.page_size = Some(20);
    let connector = Interpreted::new(manifest, config).expect("a connector");
    let streams = BTreeMap::from([("flow_runs".to_owned(), Vec::new())]);
    let plans = plan(&connector, &streams).await.expect("plans");
    let store = Box::new(Sqlite::open(store).expect("a store"));
    let summary = sync(&connector, plans, store, &mut |_, _| {}).await;
    summary.expect("a run").streams[0].1.records
}

/// The names of the runs in the table, and how many rows and keys it has.
fn table(store: &Path) -> (Vec<String>, i64) {
    let store = rusqlite::Connection::open(store).expect("the store");
    let mut names = store
        .prepare("SELECT name FROM flow_runs ORDER BY name")
        .expect("a query");
    let names = names.query_map([], |row| row.get(0)).expect("rows");
    let names = names.map(|name| name.expect("a name")).collect();
    let count = "SELECT count(DISTINCT id) FROM flow_runs";
    (
        names,
        store
            .query_row(count, [], |row| row.get(0))
            .expect("a count"),
    )
}

#[tokio::test]
async fn flow_runs_come_whole_and_again() {
    let Some(judge) = Judge::start("prefect", &[]) else {
        return;
    };
    let client = Client::builder().base_url(&*judge.url).no_proxy().build();
    let client = client.expect("a client");
    let flow = models::FlowCreate::new("bridge".to_owned());
    let flow = client
        .flows()
        .create_flow(&flow)
        .send()
        .await
        .expect("a flow");
    let create = async |name: String| {
        let mut run = models::FlowRunCreate::new(flow.value.id);
        run.name = Some(name);
        client
            .flow_runs()
            .create_flow_run(&run)
            .send()
            .await
            .expect("a run");
    };
    let mut wanted: Vec<String> = (0..45).map(|number| format!("run-{number:02}")).collect();
    for name in &wanted {
        create(name.clone()).await;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let store = folder.path().join("prefect.db");
    assert_eq!(run(&judge.url, &store).await, 45);
    assert_eq!(table(&store), (wanted.clone(), 45));
    create("run-45".to_owned()).await;
    wanted.push("run-45".to_owned());
    run(&judge.url, &store).await;
    assert_eq!(table(&store), (wanted, 46));
}
