//! No room: the disk, the quota, the output.
#![cfg(unix)]

use crate::acme::{Acme, ROWS, SPEC, ended, pontoon};
use std::process::Command;

/// Runs `sync` below `sh`, after these commands.
fn below(acme: &Acme, url: &str, before: &str) -> Command {
    let flow = acme.flow(url, "things", "sqlite: things.db");
    let mut shell = Command::new("bash");
    shell.args(["-c", &format!("{before}; exec \"$0\" connect sync \"$1\"")]);
    shell.arg(pontoon().get_program()).arg(flow);
    shell.envs(
        pontoon()
            .get_envs()
            .filter_map(|(name, value)| Some((name, value?))),
    );
    shell
}

#[test]
fn a_file_that_may_not_grow_is_told_and_the_run_goes_on_later() {
    let acme = Acme::new();
    let served = acme.serve(SPEC, 2000, 0);
    // No file larger than 1 MB; the signal for it is left out, so that writing fails.
    let mut limited = below(&acme, &served.url, "trap '' XFSZ; ulimit -f 1024");
    let found = ended(limited.output().expect("bash"));
    found.is(1, &["stream `things`: the store: ", "= help: "]);
    let kept = acme.count(ROWS);
    assert!((50..2000).contains(&kept) && kept % 50 == 0, "{kept}");
    let rest = format!("{} records", 2000 - kept);
    acme.sync(&served.url)
        .is(0, &[&rest, "going on from where the last run stopped"]);
    acme.holds(2000);
}

/// On a file system of 3 MB, made in a namespace of its own.
#[test]
fn a_full_disk_is_told_and_the_run_goes_on_when_there_is_room() {
    let acme = Acme::new();
    let served = acme.serve(SPEC, 4000, 0);
    acme.flow(&served.url, "things", "sqlite: disk/things.db");
    std::fs::create_dir(acme.path("disk")).expect("a folder");
    let script = r#"
        mount -t tmpfs -o size=3m tmpfs disk || exit 77
        "$0" connect sync flow.yaml; echo "code $?"
        mount -o remount,size=64m disk
        "$0" connect sync flow.yaml; echo "code $?"
        cp disk/things.db* .
    "#;
    let mut namespace = Command::new("unshare");
    namespace.args(["--map-root-user", "--mount", "sh", "-c", script]);
    namespace
        .arg(pontoon().get_program())
        .current_dir(acme.folder.path());
    namespace.envs(
        pontoon()
            .get_envs()
            .filter_map(|(name, value)| Some((name, value?))),
    );
    let Ok(output) = namespace.output() else {
        return eprintln!("skipped: no `unshare` here");
    };
    let found = ended(output);
    if found.code == Some(77) || found.text.contains("unshare failed") {
        return eprintln!(
            "skipped: no file system can be mounted here: {}",
            found.text
        );
    }
    found.is(
        0,
        &[
            "code 1\ncode 0\n",
            "stream `things`: the store: database or disk is full",
            "= help: make room on the disk and run again",
            "going on from where the last run stopped",
        ],
    );
    acme.holds(4000);
}

#[test]
fn an_output_that_takes_nothing_is_told() {
    let acme = Acme::new();
    let served = acme.serve(SPEC, 60, 0);
    let flow = acme.flow(&served.url, "things", "jsonl: /dev/full");
    let found = ended(acme.connect("sync", &flow).output().expect("the binary"));
    found.is(
        1,
        &[
            "stream `things`: the output: No space left on device",
            "= help: ",
        ],
    );
    // The same to standard output.
    let flow = acme.flow(&served.url, "things", "jsonl: \"-\"");
    let full = std::fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .expect("it");
    let mut sync = acme.connect("sync", &flow);
    let found = ended(sync.stdout(full).output().expect("the binary"));
    found.is(1, &["the output: No space left on device"]);
    // With room, every thing once.
    let found = acme.connect("sync", &flow).output().expect("the binary");
    let text = String::from_utf8_lossy(&found.stdout);
    let things = text
        .lines()
        .filter(|line| line.starts_with("{\"stream\":\"things\",\"record\""));
    assert_eq!(things.count(), 60);
}

/// Lines of a file that was cut off in the middle: no thing is lost, none is there twice.
#[test]
fn lines_go_on_from_the_last_state() {
    let acme = Acme::new();
    let served = acme.serve(SPEC, 2000, 0);
    let flow = acme.flow(&served.url, "things", "jsonl: things.jsonl");
    let mut limited = below(&acme, &served.url, "trap '' XFSZ; ulimit -f 1000");
    acme.flow(&served.url, "things", "jsonl: things.jsonl");
    let found = ended(limited.output().expect("bash"));
    found.is(1, &["stream `things`: the output: ", "= help: make room"]);
    let lines = || std::fs::read_to_string(acme.path("things.jsonl")).expect("the lines");
    let cut = lines();
    assert!(cut.len() == 1000 * 1024, "{}", cut.len());
    let found = ended(acme.connect("sync", &flow).output().expect("the binary"));
    found.is(0, &["going on from where the last run stopped"]);
    let text = lines();
    let ids = text.lines().filter_map(|line| {
        let value: serde_json::Value = serde_json::from_str(line).expect("JSON");
        value["record"]["id"].as_u64()
    });
    assert_eq!(ids.collect::<Vec<u64>>(), (1..=2000).collect::<Vec<u64>>());
    // A file of somebody else is left alone.
    std::fs::write(acme.path("things.jsonl"), "notes\n").expect("a file");
    let found = ended(acme.connect("sync", &flow).output().expect("the binary"));
    found.is(
        1,
        &[
            "holds lines that no flow has written",
            "= help: choose another file",
        ],
    );
    assert_eq!(lines(), "notes\n");
}
