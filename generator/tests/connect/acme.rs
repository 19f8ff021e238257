//! An API, its simulator and flows from it, all by the binary.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

pub(crate) const TOKEN: &str = "a-token-of-this-test";

/// Things by token paging; one thing by its id. About 1 KB each.
pub(crate) const SPEC: &str = include_str!("acme.yaml");

/// A folder with a spec, its manifest and flows.
pub(crate) struct Acme {
    pub(crate) folder: tempfile::TempDir,
}

/// A simulator that ends with the value.
pub(crate) struct Served {
    pub(crate) url: String,
    child: Child,
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// How a command ended.
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) text: String,
}

impl Ended {
    #[track_caller]
    pub(crate) fn is(&self, code: i32, parts: &[&str]) {
        assert_eq!(self.code, Some(code), "{}", self.text);
        for part in parts {
            assert!(
                self.text.contains(part),
                "`{part}` is not in: {}",
                self.text
            );
        }
        assert!(!self.text.contains(TOKEN), "{}", self.text);
        assert!(!self.text.contains("panicked"), "{}", self.text);
    }
}

pub(crate) fn pontoon() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pontoon"));
    command.env("ACME_FLOW_TOKEN", TOKEN).env("NO_PROXY", "*");
    command
}

pub(crate) fn ended(output: Output) -> Ended {
    let texts = [output.stdout, output.stderr];
    Ended {
        code: output.status.code(),
        text: texts
            .map(|text| String::from_utf8_lossy(&text).into_owned())
            .concat(),
    }
}

impl Acme {
    pub(crate) fn new() -> Self {
        let acme = Self {
            folder: tempfile::tempdir().expect("a folder"),
        };
        acme.described(SPEC);
        acme
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Generates the manifest anew, from another description.
    pub(crate) fn described(&self, spec: &str) {
        let path = self.path("spec.yaml");
        std::fs::write(&path, spec).expect("a spec");
        let mut generate = pontoon();
        generate.arg("generate").arg(path).arg("--connector-only");
        generate.arg("--out").arg(self.folder.path());
        ended(generate.output().expect("the binary")).is(0, &[]);
    }

    /// Serves so many things of a description.
    pub(crate) fn serve(&self, spec: &str, records: u32, port: u16) -> Served {
        let path = self.path("served.yaml");
        std::fs::write(&path, spec).expect("a spec");
        let mut simulate = pontoon();
        simulate.arg("simulate").arg(path).args(["--token", TOKEN]);
        simulate.args([
            "--records",
            &records.to_string(),
            "--port",
            &port.to_string(),
        ]);
        simulate.stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = simulate.spawn().expect("the binary");
        let mut line = String::new();
        let stdout = child.stdout.take().expect("its output");
        BufReader::new(stdout).read_line(&mut line).expect("a line");
        Served {
            url: line.trim().to_owned(),
            child,
        }
    }

    /// A flow of `things` from there into a target.
    pub(crate) fn flow(&self, url: &str, stream: &str, target: &str) -> PathBuf {
        let path = self.path("flow.yaml");
        let text = format!(
            "source:\n  connector: connector.json\n  base_url: {url}\n  page_size: 50\n  \
             credentials: {{token: {{env: ACME_FLOW_TOKEN}}}}\n\
             streams: {{{stream}: }}\ntarget: {{{target}}}\n"
        );
        std::fs::write(&path, text).expect("a flow");
        path
    }

    pub(crate) fn connect(&self, command: &str, flow: &Path) -> Command {
        let mut connect = pontoon();
        connect.args(["connect", command]).arg(flow);
        connect
    }

    /// Syncs things into `things.db`.
    pub(crate) fn sync(&self, url: &str) -> Ended {
        let flow = self.flow(url, "things", "sqlite: things.db");
        ended(self.connect("sync", &flow).output().expect("the binary"))
    }

    /// A number out of the store.
    pub(crate) fn count(&self, query: &str) -> i64 {
        let store = rusqlite::Connection::open(self.path("things.db")).expect("the store");
        store
            .query_row(query, [], |row| row.get(0))
            .unwrap_or_else(|error| panic!("{query}: {error}"))
    }

    /// All things, once each, and no reading left open.
    #[track_caller]
    pub(crate) fn holds(&self, records: i64) {
        assert_eq!(self.count(ROWS), records);
        assert_eq!(self.count("SELECT count(DISTINCT id) FROM things"), records);
        let open = "SELECT count(*) FROM _pontoon_state WHERE state LIKE '%open%'";
        assert_eq!(self.count(open), 0);
    }
}

pub(crate) const ROWS: &str = "SELECT count(*) FROM things";
