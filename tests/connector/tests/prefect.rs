//! Flow runs from the real server into SQLite, by a list that is asked for with a body:
//! whole at first, then what has changed.

use pontoon_connector::interpret::{Config, Interpreted};
use pontoon_connector::manifest::Manifest;
use pontoon_connector::store::Sqlite;
use pontoon_connector::{Connector, Count, plan, sync};
use pontoon_prefect::{Client, models};
use pontoon_runtime::jiff::{SignedDuration, Timestamp};
use pontoon_runtime::uuid::Uuid;
use pontoon_tests::judge::Judge;
use std::collections::BTreeMap;
use std::path::Path;

/// A run is due, begins and ends: each change of its state moves one of these.
const CONFIRMED: &str = r#"
[streams.flow_runs]
cursor = ["expected_start_time", "start_time", "end_time"]
"#;

fn manifest() -> Manifest {
    let manifest = pontoon_tests::root().join("generated/prefect/connector.json");
    let manifest = std::fs::read_to_string(manifest).expect("the manifest");
    Manifest::parse(&manifest).expect("a manifest")
}

async fn run(manifest: Manifest, url: &str, store: &Path) -> (Count, Option<String>) {
    let mut config = Config::default();
    config.base_url = Some(url.to_owned());
    config.page_size = Some(20);
    let connector = Interpreted::new(manifest, config).expect("a connector");
    let streams = BTreeMap::from([("flow_runs".to_owned(), Vec::new())]);
    let plans = plan(&connector, &streams).await.expect("plans");
    let note = connector.note(&plans[0].0);
    let store = Box::new(Sqlite::open(store).expect("a store"));
    let summary = sync(&connector, plans, store, &mut |_, _| {}).await;
    (summary.expect("a run").streams.remove(0).1, note)
}

/// Names and states, of all rows or all runs.
type Table = Vec<(String, String)>;

fn table(store: &Path) -> Table {
    let store = rusqlite::Connection::open(store).expect("the store");
    let mut rows = store
        .prepare("SELECT name, state_type FROM flow_runs ORDER BY name, id")
        .expect("a query");
    let rows = rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?)));
    rows.expect("rows").map(|row| row.expect("a row")).collect()
}

/// The server and what it was told.
struct Prefect {
    client: Client,
    flow: Uuid,
    /// By name: the id and the state.
    runs: BTreeMap<String, (Uuid, &'static str)>,
}

impl Prefect {
    async fn new(url: &str) -> Self {
        let client = Client::builder().base_url(url).no_proxy().build();
        let client = client.expect("a client");
        let flow = models::FlowCreate::new("bridge".to_owned());
        let flow = client.flows().create_flow(&flow).send().await;
        Self {
            flow: flow.expect("a flow").value.id,
            client,
            runs: BTreeMap::new(),
        }
    }

    /// A run that is due at a moment.
    async fn due(&mut self, number: usize, moment: Timestamp) {
        let mut details = models::StateDetails::new();
        details.scheduled_time = moment.into();
        let mut state = models::StateCreate::new(models::StateType::Scheduled);
        state.state_details = Some(details);
        let mut run = models::FlowRunCreate::new(self.flow);
        let name = format!("run-{number:02}");
        run.name = Some(name.clone());
        run.state = state.into();
        let made = self.client.flow_runs().create_flow_run(&run).send().await;
        let id = made.expect("a run").value.id;
        self.runs.insert(name, (id, "SCHEDULED"));
    }

    async fn set(&mut self, name: &str, state: models::StateType, word: &'static str) {
        let run = self.runs.get_mut(name).expect("a run of that name");
        run.1 = word;
        let state = models::StateCreate::new(state);
        let mut body = models::BodySetFlowRunStateFlowRunsIdSetStatePost::new(state);
        body.force = Some(true);
        let runs = self.client.flow_runs();
        let set = runs.set_flow_run_state(run.0, &body).send().await;
        set.expect("a change of state");
    }

    fn table(&self) -> Table {
        let runs = self.runs.iter();
        runs.map(|(name, (_, state))| (name.clone(), (*state).to_owned()))
            .collect()
    }
}

#[tokio::test]
async fn flow_runs_come_whole_and_then_what_has_changed() {
    let Some(judge) = Judge::start("prefect", &[]) else {
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    let store = folder.path().join("prefect.db");
    let mut prefect = Prefect::new(&judge.url).await;
    let start = Timestamp::now() - SignedDuration::from_hours(2);
    let moment = |minutes: i64| start + SignedDuration::from_mins(minutes);
    for number in 0..42 {
        prefect.due(number, moment(number as i64)).await;
    }
    // Three of one moment, the last.
    for number in 42..45 {
        prefect.due(number, moment(50)).await;
    }
    let mut confirmed = manifest();
    confirmed.confirm(CONFIRMED).expect("the file");
    let (count, note) = run(confirmed.clone(), &judge.url, &store).await;
    // The empty page at the end says that there is no more.
    assert_eq!((count.records, count.batches, note), (45, 4, None));
    assert_eq!(table(&store), prefect.table());
    // Nothing has changed: those of the last moment alone.
    let (count, _) = run(confirmed.clone(), &judge.url, &store).await;
    assert_eq!((count.records, count.batches), (3, 2));
    // One more of that very moment, two later ones, one that goes before all of them and
    // has ended since, one that has begun, one that is due tomorrow.
    prefect.due(45, moment(50)).await;
    prefect.due(46, moment(51)).await;
    prefect.due(47, moment(52)).await;
    prefect
        .due(48, start + SignedDuration::from_hours(24))
        .await;
    prefect
        .set("run-03", models::StateType::Completed, "COMPLETED")
        .await;
    prefect
        .set("run-07", models::StateType::Running, "RUNNING")
        .await;
    let (count, _) = run(confirmed.clone(), &judge.url, &store).await;
    assert_eq!((count.records, count.batches), (9, 2));
    assert_eq!(table(&store), prefect.table());
    // What is due tomorrow has not taken the cursor there: changes of today are seen.
    prefect
        .set("run-07", models::StateType::Failed, "FAILED")
        .await;
    prefect
        .set("run-48", models::StateType::Cancelled, "CANCELLED")
        .await;
    prefect.due(49, Timestamp::now()).await;
    let (count, _) = run(confirmed, &judge.url, &store).await;
    assert!(count.records < 10, "{count:?}");
    assert_eq!(table(&store), prefect.table());
    // Without the line, all of them, and the line is named.
    let (count, note) = run(manifest(), &judge.url, &store).await;
    assert_eq!(count.records, 50);
    let note = note.expect("a note");
    assert!(
        note.contains("[streams.\"flow_runs\"] cursor = ["),
        "{note}"
    );
    assert_eq!(table(&store), prefect.table());
}
