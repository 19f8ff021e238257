//! The source: its credential, its host, its streams, its records.

use crate::acme::{Acme, ROWS, SPEC, ended};
use std::time::Duration;

#[test]
fn a_wrong_token_is_refused_and_a_right_one_goes_on() {
    let acme = Acme::new();
    let served = acme.serve(SPEC, 120, 0);
    let flow = acme.flow(&served.url, "things", "sqlite: things.db");
    for command in ["check", "preview", "sync"] {
        let mut wrong = acme.connect(command, &flow);
        wrong.env("ACME_FLOW_TOKEN", "another-secret");
        let found = ended(wrong.output().expect("the binary"));
        found.is(1, &["401", "= help: check the credential"]);
        assert!(!found.text.contains("another-secret"), "{}", found.text);
        if command == "sync" {
            found.is(1, &["stream `things`:", "GET", "/things"]);
        }
    }
    let mut none = acme.connect("sync", &flow);
    none.env_remove("ACME_FLOW_TOKEN");
    ended(none.output().expect("the binary")).is(
        3,
        &[
            "`ACME_FLOW_TOKEN` is not set",
            "= help: export ACME_FLOW_TOKEN=...",
        ],
    );
    assert_eq!(acme.count(ROWS), 0);
    acme.sync(&served.url).is(0, &["120 records"]);
    acme.holds(120);
}

#[test]
fn a_host_that_dies_is_named_and_the_run_goes_on_when_it_is_back() {
    let acme = Acme::new();
    acme.sync("http://127.0.0.1:9")
        .is(1, &["stream `things`:", "127.0.0.1:9"]);
    assert_eq!(acme.count(ROWS), 0);
    let served = acme.serve(SPEC, 20_000, 0);
    let url = served.url.clone();
    let port: u16 = url
        .rsplit(':')
        .next()
        .and_then(|port| port.parse().ok())
        .expect("a port");
    let flow = acme.flow(&url, "things", "sqlite: things.db");
    let mut sync = acme.connect("sync", &flow);
    sync.stderr(std::process::Stdio::piped());
    let sync = sync.spawn().expect("the binary");
    while acme.count(ROWS) < 500 {
        std::thread::sleep(Duration::from_millis(2));
    }
    drop(served);
    let found = ended(sync.wait_with_output().expect("its end"));
    found.is(1, &["stream `things`:", "127.0.0.1"]);
    let kept = acme.count(ROWS);
    assert!((500..20_000).contains(&kept) && kept % 50 == 0, "{kept}");
    let served = acme.serve(SPEC, 20_000, port);
    let rest = format!("{} records", 20_000 - kept);
    acme.sync(&served.url)
        .is(0, &[&rest, "going on from where the last run stopped"]);
    acme.holds(20_000);
}

#[test]
fn a_stream_that_does_not_exist_is_named() {
    let acme = Acme::new();
    let flow = acme.flow("http://127.0.0.1:9", "thongs", "sqlite: things.db");
    for command in ["sync", "preview"] {
        let found = ended(acme.connect(command, &flow).output().expect("the binary"));
        found.is(
            3,
            &[
                "stream `thongs`: there is no such stream",
                "= help: there are: things",
            ],
        );
    }
    assert!(!acme.path("things.db").exists());
    let mut json = acme.connect("sync", &flow);
    let found = json.arg("--json").output().expect("the binary");
    let value: serde_json::Value = serde_json::from_slice(&found.stdout).expect("JSON");
    assert_eq!(
        (&value["stream"], &value["remedy"]),
        (&"thongs".into(), &"there are: things".into())
    );
}

#[test]
fn records_of_the_wrong_type_are_kept_aside() {
    let acme = Acme::new();
    let wrong = SPEC.replace("note: {type: string}", "note: {type: integer}");
    let served = acme.serve(&wrong, 120, 0);
    acme.sync(&served.url)
        .is(0, &["0 records", "120 kept aside with the reason"]);
    assert_eq!(acme.count(ROWS), 0);
    let told = "SELECT count(*) FROM _pontoon_rejected
        WHERE stream = 'things' AND reason LIKE '$.note: expected a string%' AND raw LIKE '{%}'";
    assert_eq!(acme.count(told), 120);
    // The source is right again: nothing was lost.
    let served = acme.serve(SPEC, 120, 0);
    acme.sync(&served.url).is(0, &["120 records"]);
    acme.holds(120);
}
