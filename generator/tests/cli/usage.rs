//! Wrong usage: exit code 2 and a text that helps.

use crate::scratch::Scratch;

#[track_caller]
fn check(name: &str, arguments: &[&str], expected: &str) {
    let scratch = Scratch::new(&format!("usage-{name}"));
    let run = scratch.run(arguments);
    assert_eq!(run.output.status.code(), Some(2), "{}", run.stderr());
    assert!(run.stderr().contains(expected), "{}", run.stderr());
    assert!(!scratch.case().join("out").exists());
}

#[test]
fn no_command() {
    check("no-command", &[], "Usage");
}

#[test]
fn unknown_command() {
    check("unknown-command", &["generat"], "generate");
}

#[test]
fn unknown_option() {
    check(
        "unknown-option",
        &["generate", "a.yaml", "--outt", "out"],
        "--out",
    );
}

#[test]
fn no_out() {
    check("no-out", &["generate", "a.yaml"], "--out");
}

#[test]
fn check_with_a_spec() {
    check(
        "check-with-a-spec",
        &[
            "generate", "a.yaml", "--out", "out", "--check", "--report", "xml",
        ],
        "xml",
    );
}

#[test]
fn a_file_that_is_not_there_is_bad_input() {
    let scratch = Scratch::new("usage-missing");
    let run = scratch.generate("missing.yaml", &[]);
    run.assert_refused();
    assert!(run.stderr().contains("missing.yaml"), "{}", run.stderr());
}

#[test]
fn a_folder_is_bad_input() {
    let scratch = Scratch::new("usage-folder");
    scratch.generate(".", &[]).assert_refused();
}

#[test]
fn a_name_that_is_no_package_name_is_refused() {
    let scratch = Scratch::new("usage-name");
    scratch.write("a.yaml", "openapi: 3.0.3\ninfo: {title: S, version: '1'}\npaths: {/a: {get: {responses: {'204': {description: ''}}}}}\n");
    for name in ["../x", "a b", "", "a\"\n[dependencies]", "1a"] {
        let run = scratch.run(&["generate", "a.yaml", "--out", "out", "--name", name]);
        let code = run.output.status.code();
        assert!(matches!(code, Some(2 | 3)), "{name:?}: {code:?}");
        assert!(!scratch.case().join("out").exists(), "{name:?}");
    }
}

#[test]
fn explain_knows_every_code_it_prints() {
    let scratch = Scratch::new("usage-explain");
    let run = scratch.run(&["explain", "P0102"]);
    assert_eq!(run.output.status.code(), Some(0), "{}", run.stderr());
    assert!(!run.output.stdout.is_empty());
    let run = scratch.run(&["explain", "P9999"]);
    assert_eq!(run.output.status.code(), Some(2), "{}", run.stderr());
}
