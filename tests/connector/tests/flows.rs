//! Flows over GitHub, simulated: by the manifest, by hand, from one to the other, and
//! killed in the middle.

use pontoon::diagnostic::Diagnostics;
use pontoon::source::Source;
use pontoon::{connector, simulation};
use pontoon_connector::manifest::Manifest;
use pontoon_connector::simulate::{Script, Simulator};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

const TOKEN: &str = "a-token-of-this-test";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A simulated GitHub that is served as long as the value lives.
struct GitHub {
    url: String,
    folder: tempfile::TempDir,
    _served: tokio::runtime::Runtime,
}

impl GitHub {
    /// With so many issues; every eleventh request is a fault, if there are any.
    fn new(records: u64, children: u64, faults: &[&str]) -> Self {
        let specs = root().join("specs/github");
        let config = std::fs::read_to_string(specs.join("client.toml")).expect("client.toml");
        let request = pontoon::Request {
            spec: specs.join("openapi.json"),
            config: pontoon::config::Config::parse(&config).expect("a configuration"),
            ..pontoon::Request::default()
        };
        let mut source = Source::default();
        let read = pontoon::read(&request, &mut source, &mut Diagnostics::new(), &|_| {});
        let api = read.expect("the API").api;
        let manifest = connector::manifest(&api, &connector::Context::default());
        let manifest = Manifest::parse(&manifest.to_string()).expect("a manifest");
        let (mut simulated, _) = simulation::simulation(&api, &manifest);
        simulated.records = records;
        simulated.children = children;
        simulated.token = Some(TOKEN.to_owned());
        let faults = faults.iter().map(|text| text.parse().expect("a fault"));
        let script = Script::new(faults.collect(), 11);
        let served = tokio::runtime::Runtime::new().expect("a runtime");
        let address = ([127, 0, 0, 1], 0).into();
        let simulator = served.block_on(Simulator::bind(simulated, script, address));
        let simulator = simulator.expect("a port");
        let url = simulator.url();
        served.spawn(simulator.run());
        Self {
            url,
            folder: tempfile::tempdir().expect("a folder"),
            _served: served,
        }
    }

    /// Writes a flow file: a source by the manifest or by hand, into `store`.
    fn flow(&self, source: &str, streams: &[&str], store: &str) -> PathBuf {
        let manifest = root().join("generated/github/connector.json");
        let from = match source {
            "manifest" => format!("connector: {}", manifest.display()),
            name => format!("integration: {name}"),
        };
        let streams: String = streams.iter().map(|name| format!("  {name}:\n")).collect();
        let text = format!(
            "source:\n  {from}\n  base_url: {}\n  page_size: 50\n  \
             settings: {{owner: acme, repo: bridge}}\n  \
             credentials: {{token: {{env: FLOW_TOKEN}}}}\n\
             streams:\n{streams}target:\n  sqlite: {store}\n",
            self.url
        );
        let path = self.folder.path().join(format!("{source}-{store}.yaml"));
        std::fs::write(&path, text).expect("a flow file");
        path
    }

    fn rows(&self, store: &str, query: &str) -> Vec<Vec<String>> {
        let connection = rusqlite::Connection::open(self.folder.path().join(store));
        let connection = connection.expect("the store");
        let mut statement = connection.prepare(query).expect("a query");
        let width = statement.column_count();
        let rows = statement.query_map([], |row| {
            let cell = |index| Ok(format!("{:?}", row.get_ref(index)?));
            (0..width).map(cell).collect()
        });
        rows.expect("rows").map(|row| row.expect("a row")).collect()
    }
}

fn sync(flow: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_github-flows"));
    command.arg("sync").arg(flow).env("FLOW_TOKEN", TOKEN);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn ran(mut command: Command) -> Output {
    let output = command.output().expect("the program");
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}");
    assert!(!text.contains(TOKEN), "{text}");
    output
}

/// Kills a run after so long, unless it has ended by then; gives whether it had.
fn cut(mut child: Child, after: Duration) -> bool {
    let end = Instant::now() + after;
    while Instant::now() < end {
        if let Some(status) = child.try_wait().expect("its state") {
            assert!(status.success());
            return true;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    child.kill().expect("killed");
    child.wait().expect("its end");
    false
}

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

/// As many kills as `PONTOON_KILLS` says, of runs over `PONTOON_KILL_RECORDS` issues.
#[test]
fn killed_runs_leave_the_table_of_one_that_was_not() {
    let number = |name: &str, default| {
        let text = std::env::var(name).ok();
        text.and_then(|text| text.parse().ok()).unwrap_or(default)
    };
    let (kills, records) = (
        number("PONTOON_KILLS", 6),
        number("PONTOON_KILL_RECORDS", 2000),
    );
    let github = GitHub::new(records, 1, &["429", "500", "reset", "half"]);
    let whole = github.flow("manifest", &["repos_issues"], "whole.db");
    ran(sync(&whole));
    let all = "SELECT * FROM repos_issues ORDER BY number";
    let wanted = github.rows("whole.db", all);
    assert_eq!(wanted.len() as u64, records);
    // Instants that differ from kill to kill, and are the same in every run.
    let mut seed = 0x2545_f491_4f6c_dd1d_u64;
    let (mut done, mut stores) = (0, 0);
    while done < kills {
        stores += 1;
        let store = format!("killed-{stores}.db");
        let flow = github.flow("manifest", &["repos_issues"], &store);
        loop {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let child = sync(&flow).spawn().expect("the program");
            let after = match done < kills {
                true => Duration::from_millis(20 + (seed >> 33) % 400),
                false => Duration::from_secs(600),
            };
            match cut(child, after) {
                true => break,
                false => done += 1,
            }
        }
        let found = github.rows(&store, all);
        assert!(
            found == wanted,
            "after {done} kills, store {stores}: another table"
        );
        let open = "SELECT count(*) FROM _pontoon_state WHERE state LIKE '%open%'";
        assert_eq!(github.rows(&store, open), [["Integer(0)"]]);
    }
    eprintln!("{done} kills over {stores} stores of {records} records: the same table");
}
