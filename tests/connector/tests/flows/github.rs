//! A simulated GitHub, and flows from it by the program under test.

use pontoon::diagnostic::Diagnostics;
use pontoon::source::Source;
use pontoon::{connector, simulation};
use pontoon_connector::manifest::Manifest;
use pontoon_connector::simulate::{Script, Simulator};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

const TOKEN: &str = "a-token-of-this-test";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A simulated GitHub that is served as long as the value lives.
pub(crate) struct GitHub {
    url: String,
    pub(crate) folder: tempfile::TempDir,
    _served: tokio::runtime::Runtime,
}

impl GitHub {
    /// With so many issues; every eleventh request is a fault, if there are any.
    pub(crate) fn new(records: u64, children: u64, faults: &[&str]) -> Self {
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
    pub(crate) fn flow(&self, source: &str, streams: &[&str], store: &str) -> PathBuf {
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

    pub(crate) fn rows(&self, store: &str, query: &str) -> Vec<Vec<String>> {
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

pub(crate) fn sync(flow: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_github-flows"));
    command.arg("sync").arg(flow).env("FLOW_TOKEN", TOKEN);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

pub(crate) fn ran(mut command: Command) -> Output {
    let output = command.output().expect("the program");
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}");
    assert!(!text.contains(TOKEN), "{text}");
    output
}
