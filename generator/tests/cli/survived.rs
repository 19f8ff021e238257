//! Odd and hostile input that a crate is made from: exit code 0, golden
//! warnings, Rust that parses, nothing written outside of `--out`.

use crate::scratch::{cases, files, open};

#[track_caller]
fn check(name: &str) {
    let case = cases("negative/survived").join(name);
    let (scratch, input, arguments) = open(&case, &format!("survived-{name}"));
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    scratch
        .generate(&input, &arguments)
        .assert_generated()
        .assert_stderr(&case.join("expected.stderr"));
}

#[test]
fn bad_nodes() {
    check("bad_nodes");
}

#[test]
fn constraints() {
    check("constraints");
}

#[test]
fn links_and_headers() {
    check("links_and_headers");
}

#[test]
fn overlay_lenient() {
    check("overlay_lenient");
}

#[test]
fn path_escape() {
    check("path_escape");
}

/// Found by fuzzing: 2^17 copies.
#[test]
fn ref_doubling() {
    check("ref_doubling");
}

#[test]
fn ref_loop() {
    check("ref_loop");
}

#[test]
fn ref_outside() {
    check("ref_outside");
}

#[test]
fn said_elsewhere() {
    check("said_elsewhere");
}

/// Every golden description through the binary.
#[test]
fn golden_descriptions() {
    for entry in std::fs::read_dir(cases("golden")).unwrap() {
        let case = entry.unwrap().path();
        let name = case.file_name().unwrap().to_str().unwrap().to_owned();
        let (scratch, input, _) = open(&case, &format!("golden-{name}"));
        scratch.generate(&input, &[]).assert_generated();
    }
}

/// Nothing that reads a file outside of the folder finds its way into the crate.
#[test]
fn a_reference_outside_reads_nothing() {
    let case = cases("negative/survived/ref_outside");
    let (scratch, _, _) = open(&case, "survived-secret");
    std::fs::write(
        scratch.root.join("home/secret.yaml"),
        "A: {type: string, enum: [s3cret]}",
    )
    .unwrap();
    scratch.write(
        "input.yaml",
        r##"openapi: 3.0.3
info: {title: Sample, version: "1"}
paths:
  /a:
    get:
      operationId: getA
      responses:
        "200":
          description: ""
          content: {application/json: {schema: {type: object, properties: {x: {$ref: '../secret.yaml#/A'}}}}}
"##,
    );
    let run = scratch.generate("input.yaml", &[]);
    for (path, bytes) in files(&scratch.case().join("out")) {
        assert!(
            !String::from_utf8_lossy(&bytes).contains("s3cret"),
            "{path}"
        );
    }
    assert!(!run.stderr().contains("s3cret"), "{}", run.stderr());
}
