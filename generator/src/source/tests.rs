//! Tests of reading and parsing.

use super::*;

fn read(text: &str) -> Result<(Source, Diagnostics), Diagnostic> {
    let mut diagnostics = Diagnostics::new();
    let options = LoadOptions {
        max_nodes: 100_000,
        ..LoadOptions::default()
    };
    let source = parse("a.yaml", text.to_owned(), &options, &mut diagnostics)?;
    Ok((source, diagnostics))
}

fn fails(text: &str) -> &'static str {
    read(text).expect_err("cannot be used").code.id
}

#[test]
fn places_in_json_and_yaml() {
    for text in [
        "{\"a\": 1,\n \"b\": {\"c\": [true]}}",
        "a: 1\nb:\n  c: [true]\n",
    ] {
        let (source, _) = read(text).expect("parses");
        let spot = |pointer: &str| {
            let node = source.root.pointer(pointer).expect(pointer);
            let spot = source.spot(node.place).expect("inside");
            let rest: String = spot.text.chars().skip(spot.lead).take(1).collect();
            (spot.line, rest)
        };
        assert_eq!(spot("/a"), (1, "1".to_owned()));
        assert_eq!(spot("/b/c/0").1, "t");
        assert!(["\"", "b"].contains(&spot("/b").1.as_str()));
        assert_eq!(spot("/b").0, 2);
    }
}

#[test]
fn places_after_wide_characters() {
    let (source, _) = read("\u{e9}\u{1f600}: x\nb: \u{e9}\nc: [d]\n").expect("parses");
    let place = source.root.pointer("/c/0").expect("exists").place;
    assert_eq!(&source.files[0].text[place.offset as usize..][..1], "d");
    assert_eq!(source.spot(place).map(|s| (s.line, s.column)), Some((3, 5)));
}

#[test]
fn yaml_is_1_2_with_merges() {
    let text = "
base: &base {type: object, n: 1}
a:
  <<: *base
  n: 2
b: *base
c: [OFF, n, y, no, 0o10, '5', !!str 7]
200: ok
d: {\"<<\": 1}
";
    let (source, diagnostics) = read(text).expect("parses");
    assert!(diagnostics.is_empty());
    let json = source.root.to_json();
    assert_eq!(json["a"], serde_json::json!({"n": 2, "type": "object"}));
    assert_eq!(json["b"], serde_json::json!({"type": "object", "n": 1}));
    assert_eq!(
        json["c"],
        serde_json::json!(["OFF", "n", "y", "no", 8, "5", "7"])
    );
    assert_eq!(json["200"], "ok");
    assert_eq!(json["d"], serde_json::json!({"<<": 1}));
}

#[test]
fn closing_brackets_may_stand_out() {
    let text = "a:\n  b: {\n    x: 1\n  }\n  c: [\n    1\n  ]\nd: 2\n";
    let (source, diagnostics) = read(text).expect("parses");
    let expected = serde_json::json!({"a": {"b": {"x": 1}, "c": [1]}, "d": 2});
    assert_eq!(source.root.to_json(), expected);
    assert!(diagnostics.iter().all(|d| d.code.id == "P0113"));
    assert_eq!(
        source
            .spot(source.root.get("d").expect("d").place)
            .map(|s| s.line),
        Some(8)
    );
}

#[test]
fn the_last_of_two_keys_wins() {
    for text in ["{\"a\": 1, \"b\": 0, \"a\": 2}", "a: 1\nb: 0\na: 2\n"] {
        let (source, diagnostics) = read(text).expect("parses");
        assert_eq!(source.root.get("a").and_then(Node::as_i64), Some(2));
        assert_eq!(diagnostics.iter().next().map(|d| d.code.id), Some("P0110"));
    }
}

#[test]
fn what_cannot_be_used() {
    assert_eq!(fails(""), "P0104");
    assert_eq!(fails(" \n# only a comment\n"), "P0104");
    assert_eq!(fails("<!DOCTYPE html><html>"), "P0105");
    assert_eq!(fails("[1, 2]"), "P0105");
    assert_eq!(fails("just words"), "P0105");
    assert_eq!(fails("{\"a\": [1, 2"), "P0106");
    assert_eq!(fails("{\"a\": \"x\" \"b\": 1}"), "P0106");
    assert_eq!(fails("a: [1, 2"), "P0107");
    assert_eq!(fails("a: b: c"), "P0107");
    assert_eq!(fails("a: &x [*x]"), "P0107");
}

#[test]
fn an_error_knows_its_place_without_the_source() {
    let error = read("{\"a\": 1,\n  \"b\" 2}").expect_err("malformed");
    let spot = error.spot.as_ref().expect("has a spot");
    assert_eq!(spot.line, 2);
    let text = crate::diagnostic::render(&error, None, crate::diagnostic::Style::Plain);
    assert!(text.contains("--> a.yaml:2:"), "{text}");
}

#[test]
fn depth_is_bounded() {
    for depth in [1_000, 200_000] {
        let json = format!("{{\"a\":{}1{}}}", "[".repeat(depth), "]".repeat(depth));
        assert_eq!(fails(&json), "P0108");
        let flow = format!("a: {}1{}", "[".repeat(depth), "]".repeat(depth));
        assert_eq!(fails(&flow), "P0108");
    }
    let block: String = (0..1000)
        .map(|i| format!("{}a:\n", " ".repeat(i)))
        .collect();
    assert_eq!(fails(&block), "P0108");
}

#[test]
fn alias_bombs_are_bounded() {
    let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for i in 1..30 {
        let aliases = vec![format!("*a{}", i - 1); 9].join(", ");
        text.push_str(&format!("a{i}: &a{i} [{aliases}]\n"));
    }
    assert_eq!(fails(&text), "P0109");
    let deep: String = (1..400)
        .map(|i| format!("b{i}: &b{i} [*b{}]\n", i - 1))
        .collect();
    assert_eq!(fails(&format!("b0: &b0 [x]\n{deep}")), "P0108");
}

#[test]
fn checksums() {
    let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(sha256_hex(b"abc"), expected);
}
