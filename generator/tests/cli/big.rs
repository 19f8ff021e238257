//! Input that is too large or too deep, made on the fly.

use crate::scratch::Scratch;
use std::fs::File;
use std::time::Duration;

#[test]
fn a_file_of_1_gb_is_refused_at_once() {
    let scratch = Scratch::new("big-file");
    let file = File::create(scratch.case().join("input.json")).unwrap();
    file.set_len(1 << 30).unwrap();
    let run = scratch.generate("input.json", &[]);
    run.assert_refused();
    assert!(run.stderr().contains("P0102"), "{}", run.stderr());
    assert!(
        run.elapsed < Duration::from_secs(2),
        "took {:?}",
        run.elapsed
    );
}

#[track_caller]
fn check_deep(name: &str, file: &str, before: &str, open: &str, close: &str, after: &str) {
    const LEVELS: usize = 100_000;
    let scratch = Scratch::new(name);
    let text = [before, &open.repeat(LEVELS), &close.repeat(LEVELS), after].concat();
    scratch.write(file, text);
    let run = scratch.generate(file, &[]);
    run.assert_refused();
    assert!(run.stderr().contains("P0108"), "{}", run.stderr());
    assert!(
        run.stderr().len() < 4_000,
        "{} bytes of text",
        run.stderr().len()
    );
}

#[test]
fn deep_json_arrays() {
    check_deep(
        "deep-json-arrays",
        "input.json",
        r#"{"openapi": "3.0.3", "x-deep": "#,
        "[",
        "]",
        "}",
    );
}

#[test]
fn deep_json_objects() {
    check_deep(
        "deep-json-objects",
        "input.json",
        r#"{"openapi": "3.0.3", "x-deep": "#,
        r#"{"a":"#,
        "}",
        "}",
    );
}

#[test]
fn deep_yaml_flow() {
    check_deep(
        "deep-yaml-flow",
        "input.yaml",
        "openapi: 3.0.3\nx-deep: ",
        "[",
        "]",
        "\n",
    );
}

#[test]
fn deep_yaml_block() {
    check_deep(
        "deep-yaml-block",
        "input.yaml",
        "openapi: 3.0.3\nx-deep:\n  ",
        "- ",
        "",
        "a\n",
    );
}

/// Deep, but within the bound of the text: schemas in schemas.
#[test]
fn deep_schemas_become_a_crate_or_a_diagnostic() {
    for levels in [40, 100, 180, 400] {
        let scratch = Scratch::new("deep-schemas");
        let open = r#"{"type":"object","properties":{"a":"#.repeat(levels);
        let close = "}}".repeat(levels);
        scratch.write(
            "input.json",
            format!(
                r#"{{"openapi":"3.0.3","info":{{"title":"Sample","version":"1"}},"paths":{{"/a":{{"get":{{"responses":{{"200":{{"description":"","content":{{"application/json":{{"schema":{open}{{"type":"string"}}{close}}}}}}}}}}}}}}}}}"#
            ),
        );
        let run = scratch.generate("input.json", &[]);
        match run.output.status.code() {
            Some(0) => run.assert_generated(),
            _ => run.assert_refused(),
        };
    }
}

#[test]
fn many_operations_with_one_id() {
    let scratch = Scratch::new("one-id");
    let mut text = String::from("openapi: 3.0.3\ninfo: {title: Sample, version: '1'}\npaths:\n");
    for index in 0..300 {
        text.push_str(&format!(
            "  /p{index}: {{get: {{operationId: same, tags: [t], responses: {{'204': {{description: ''}}}}}}}}\n"
        ));
    }
    scratch.write("input.yaml", text);
    scratch.generate("input.yaml", &[]).assert_generated();
}
