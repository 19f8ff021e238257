use super::*;
use crate::source::Source;

const SPEC: &str = r#"{"openapi": "3.1.0", "info": {"title": "T"},
 "servers": [{"url": "a", "description": "Dev"}, {"url": "b"}, {"url": "c", "description": "Dev"}],
 "paths": {"/a": {"get": {"tags": ["x", "y"], "deprecated": false}}, "/b": {"get": {}}}}"#;

fn applied(
    actions: &str,
    version: &str,
    lenient: bool,
) -> Result<(String, Diagnostics), Diagnostic> {
    let mut source = Source::for_test("spec.json", SPEC);
    let text = format!(
        r#"{{"overlay": "{version}", "info": {{"title": "o", "version": "1"}}, "actions": {actions}}}"#
    );
    let overlay = Source::for_test("overlay.json", &text).root;
    let mut diagnostics = Diagnostics::new();
    one(
        &mut source,
        Path::new("overlay.json"),
        &overlay,
        lenient,
        &mut diagnostics,
    )?;
    Ok((source.root.to_json().to_string(), diagnostics))
}

#[track_caller]
fn gives(actions: &str, wanted: &str) {
    let (text, _) = applied(actions, "1.1.0", false).unwrap_or_else(|d| panic!("{d:?}"));
    assert!(text.contains(wanted), "{text}");
}

#[track_caller]
fn fails(actions: &str, version: &str, code: &str, message: &str) {
    let error = applied(actions, version, false).expect_err("refused");
    assert_eq!(error.code.id, code, "{error:?}");
    assert!(error.message.contains(message), "{}", error.message);
    assert!(error.place.is_some() && error.help.is_some(), "{error:?}");
}

#[test]
fn updates() {
    // Members are merged, arrays joined, items appended, primitives replaced.
    gives(
        r#"[{"target": "$", "update": {"info": {"title": "N", "version": "2"}}}]"#,
        r#""info":{"title":"N","version":"2"}"#,
    );
    gives(
        r#"[{"target": "$.paths['/a'].get.tags", "update": "z"}]"#,
        r#"["x","y","z"]"#,
    );
    gives(
        r#"[{"target": "$.paths.*.get", "update": {"tags": ["q"]}}]"#,
        r#"["x","y","q"]"#,
    );
    gives(
        r#"[{"target": "$.paths.*.get", "update": {"tags": ["q"]}}]"#,
        r#""/b":{"get":{"tags":["q"]}}"#,
    );
    gives(
        r#"[{"target": "$.paths['/a'].get.deprecated", "update": true}]"#,
        r#""deprecated":true"#,
    );
}

#[test]
fn removals_and_copies() {
    gives(
        r#"[{"target": "$.servers[?@.description == 'Dev']", "remove": true}]"#,
        r#""servers":[{"url":"b"}]"#,
    );
    gives(
        r#"[{"target": "$..tags[?@ == 'x']", "remove": true, "update": 1}]"#,
        r#""tags":["y"]"#,
    );
    gives(
        r#"[{"target": "$.paths['/b'].get", "copy": "$.paths['/a'].get"}]"#,
        r#""/b":{"get":{"tags":["x","y"],"deprecated":false}}"#,
    );
    // Actions see what earlier ones left.
    gives(
        r#"[{"target": "$.servers", "remove": true},
            {"target": "$", "update": {"servers": [{"url": "n"}]}}]"#,
        r#""servers":[{"url":"n"}]"#,
    );
}

#[test]
fn what_is_added_points_into_the_overlay() {
    let mut source = Source::for_test("spec.json", SPEC);
    let text = r#"{"overlay": "1.0.0", "info": {"title": "o", "version": "1"},
        "actions": [{"target": "$.info", "update": {"version": "7"}}]}"#;
    let mut overlay = Source::for_test("overlay.json", text).root;
    let at = overlay
        .pointer("/actions/0/update/version")
        .map(|n| n.place);
    one(
        &mut source,
        Path::new("o"),
        &overlay,
        false,
        &mut Diagnostics::new(),
    )
    .expect("applies");
    let found = source.root.pointer("/info/version").map(|n| n.place);
    assert_eq!(found, at);
    overlay.take();
}

#[test]
fn a_target_that_matches_nothing() {
    let nothing =
        r#"[{"target": "$.paths['/c']", "remove": true}, {"target": "$.nope", "update": {}}]"#;
    fails(nothing, "1.0.0", "P0804", "`$.paths['/c']` matches nothing");
    let error = applied(nothing, "1.0.0", false).expect_err("refused");
    assert!(error.help.is_some_and(|help| help.contains("1 more")));
    let (text, found) = applied(nothing, "1.0.0", true).expect("lenient");
    assert!(text.contains("/b"));
    assert_eq!(found.counts()[0].1, 2);
}

#[test]
fn refusals() {
    let update =
        |target: &str, value: &str| format!(r#"[{{"target": "{target}", "update": {value}}}]"#);
    fails(
        &update("$.info", "[]"),
        "1.1.0",
        "P0805",
        "an array cannot be merged into an object",
    );
    fails(
        &update("$", r#"{"info": null}"#),
        "1.1.0",
        "P0805",
        "null cannot",
    );
    fails(
        &update("$", r#"{"servers": {}}"#),
        "1.1.0",
        "P0805",
        "`$.servers`",
    );
    fails(
        &update("$.info.title", "1"),
        "1.0.0",
        "P0805",
        "Overlay 1.0",
    );
    fails(&update("$.*", "1"), "1.1.0", "P0805", "cannot be merged");
    fails(&update("info", "1"), "1.1.0", "P0803", "not a JSONPath");
    fails(
        r#"[{"target": "$", "remove": true}]"#,
        "1.1.0",
        "P0805",
        "whole document",
    );
    fails(
        r#"[{"target": "$.paths", "copy": "$.paths.*"}]"#,
        "1.1.0",
        "P0805",
        "selects 2",
    );
    fails(
        r#"[{"target": "$.paths", "copy": "$"}]"#,
        "1.0.0",
        "P0803",
        "1.1",
    );
    fails(
        r#"[{"target": "$.paths", "copy": "$", "update": {}}]"#,
        "1.1.0",
        "P0803",
        "either",
    );
    fails(
        r#"[{"target": "$", "udpate": {}}]"#,
        "1.1.0",
        "P0803",
        "`udpate`",
    );
    fails(r#"[{"update": {}}]"#, "1.1.0", "P0803", "`target`");
    fails(
        r#"[{"target": "$", "remove": "yes"}]"#,
        "1.1.0",
        "P0803",
        "`remove`",
    );
    fails("[]", "1.1.0", "P0803", "`actions`");
    fails("[1]", "1.1.0", "P0803", "object");
    fails(&update("$", "{}"), "2.0.0", "P0803", "version");
    fails(&update("$", "{}"), "1.1", "P0803", "version");
    let twice = r#"[{"target": "$", "update": {}}, {"update": {}, "target": "$"}]"#;
    fails(twice, "1.1.0", "P0803", "repeats");
}
