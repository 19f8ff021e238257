use super::{Checks, Part, examine};
use crate::json::Json;
use crate::model::{Field, Reflect, Table, View};
use crate::operation::{Accepted, Body, Operation, Parameter};

static OPERATION: Operation = Operation {
    id: "put",
    method: "PUT",
    path: "/a/{token}",
    parameters: &[Parameter::path("token"), Parameter::query("size")],
    body: Some(Body::json(true)),
    responses: &[Accepted::empty(204, 0)],
    ..Operation::BLANK
};

fn checks(text: &str) -> Checks {
    Checks::new(Box::leak(text.to_owned().into_boxed_str()))
}

/// The schemas, the first of them that of everything.
fn table(schemas: &str) -> Checks {
    checks(&format!(
        r#"{{"operations": {{"PUT /a/{{token}} put": {{"parameters": [[0, 0], [1, 0]], "body": 0}}}},
            "schemas": {schemas}}}"#
    ))
}

fn found(schemas: &str, view: &View<'_>) -> Vec<String> {
    let found = examine(&table(schemas), &OPERATION, Part::Body(None), view);
    found.iter().map(ToString::to_string).collect()
}

#[track_caller]
fn check(schemas: &str, value: &str, expected: &[&str]) {
    let value = Json::parse(value.as_bytes()).unwrap();
    assert_eq!(found(schemas, &View::Json(&value)), expected);
}

#[test]
fn numbers_by_their_exact_values() {
    let schema = r#"[{"minimum": 1, "exclusiveMaximum": 10, "multipleOf": 0.1}]"#;
    check(schema, "1", &[]);
    check(schema, "9.9", &[]);
    check(schema, "10.0", &["body: exclusiveMaximum: 10, is 10.0"]);
    check(
        schema,
        "0.55",
        &[
            "body: minimum: 1, is 0.55",
            "body: multipleOf: 0.1, is 0.55",
        ],
    );
    check(schema, "\"0\"", &[]);
    let schema = r#"[{"maximum": 9007199254740992}]"#;
    check(schema, "9007199254740992", &[]);
    check(
        schema,
        "9007199254740993",
        &["body: maximum: 9007199254740992, is 9007199254740993"],
    );
    check(
        r#"[{"exclusiveMinimum": 0, "maximum": 5}]"#,
        "0",
        &["body: exclusiveMinimum: 0, is 0"],
    );
    assert_eq!(found(schema, &View::F64(f64::NAN)), [""; 0]);
}

#[test]
fn texts_by_code_points_and_pattern() {
    let schema = r#"[{"minLength": 2, "maxLength": 3, "pattern": ["^\\w+$", "^[A-Za-zé😀]+$"]}]"#;
    check(schema, "\"é😀\"", &[]);
    check(schema, "\"a\"", &["body: minLength: 2, is \"a\""]);
    check(
        schema,
        "\"12345\"",
        &[
            "body: maxLength: 3, is \"12345\"",
            "body: pattern: ^\\w+$, is \"12345\"",
        ],
    );
    let twice = r#"[{"rules": [["maxLength", 4], ["maxLength", 2]]}]"#;
    check(twice, "\"abc\"", &["body: maxLength: 2, is \"abc\""]);
    let enumeration = r#"[{"enum": ["a", 1, true]}]"#;
    check(enumeration, "1.0", &[]);
    check(enumeration, "true", &[]);
    check(enumeration, "null", &[]);
    check(
        enumeration,
        "\"b\"",
        &["body: enum: [\"a\",1,true], is \"b\""],
    );
}

#[test]
fn a_pattern_that_takes_too_long_refuses_nothing() {
    let schema = r#"[{"pattern": ["", "^(?=(a+)+$)(a|a)*\\1b$"]}]"#;
    check(schema, &format!("\"{}\"", "a".repeat(60)), &[]);
    check(r#"[{"pattern": ["(", "("]}]"#, "\"a\"", &[]);
}

#[test]
fn arrays_and_their_items() {
    let schema = r#"[{"minItems": 2, "maxItems": 3, "uniqueItems": true, "prefixItems": [null],
        "items": 1}, {"maximum": 5}]"#;
    check(schema, "[9, 1]", &[]);
    check(schema, "[1]", &["body: minItems: 2, is an array of 1"]);
    check(
        schema,
        r#"[{"a": 1, "b": 6}, 7, 8, {"b": 6.0, "a": 1e0}]"#,
        &[
            "body: maxItems: 3, is an array of 4",
            "body: uniqueItems: true, is an array of 4",
            "body /1: maximum: 5, is 7",
            "body /2: maximum: 5, is 8",
        ],
    );
    let items = vec!["a".to_owned(), "a".to_owned()];
    let schema = r#"[{"uniqueItems": true, "items": 1}, {"minLength": 2}]"#;
    assert_eq!(
        found(schema, &View::List(&items)),
        [
            "body: uniqueItems: true, is an array of 2",
            "body /0: minLength: 2, is \"a\"",
            "body /1: minLength: 2, is \"a\"",
        ]
    );
}

#[test]
fn objects_and_their_places() {
    let schema = r#"[{"minProperties": 1, "maxProperties": 2, "required": ["a/b"],
        "properties": {"a/b": 1, "pin": 1}, "additionalProperties": 2},
        {"maxLength": 1}, {"maximum": 3}]"#;
    check(schema, r#"{"a/b": "x"}"#, &[]);
    check(
        schema,
        r#"{"a/b": "xx", "~": 4, "pin": "1234"}"#,
        &[
            "body: maxProperties: 2, is an object of 3",
            "body /a~1b: maxLength: 1, is \"xx\"",
            "body /pin: maxLength: 1, is ***",
            "body /~0: maximum: 3, is 4",
        ],
    );
    check(
        schema,
        "{}",
        &[
            "body: minProperties: 1, is an object of 0",
            "body /a~1b: required, is not there",
        ],
    );
}

struct Thing {
    id: String,
    name: Option<String>,
}

impl Reflect for Thing {
    fn blank() -> Self {
        Self {
            id: String::new(),
            name: None,
        }
    }
    fn table(&self) -> &'static Table {
        static TABLE: Table = Table {
            name: "Thing",
            fields: &[
                Field::new("id", Field::READ_ONLY | Field::REQUIRED),
                Field::optional("name"),
            ],
            additional: false,
        };
        &TABLE
    }
    fn view_at(&self, index: usize) -> View<'_> {
        match index {
            0 => self.id.view(),
            1 => self.name.view(),
            _ => View::Absent,
        }
    }
}

#[test]
fn what_is_never_sent_is_not_checked() {
    let schema = r#"[{"minProperties": 1, "required": ["name"], "properties": {"id": 1, "name": 1}},
        {"minLength": 5}]"#;
    let mut thing = Thing::blank();
    assert_eq!(
        found(schema, &View::Model(&thing)),
        [
            "body: minProperties: 1, is an object of 0",
            "body /name: required, is not there",
        ]
    );
    thing.name = Some("name".to_owned());
    assert_eq!(
        found(schema, &View::Model(&thing)),
        ["body /name: minLength: 5, is \"name\""]
    );
}

#[test]
fn a_union_is_judged_by_the_member_that_the_value_is() {
    let schema = r#"[{"members": [[64, ["Thing"], 1], [64, ["Other"], 2], [16, [], 3], [4, [], null]]},
        {"properties": {"name": 3}}, {"minProperties": 9}, {"minLength": 2}]"#;
    let thing = Thing {
        id: String::new(),
        name: Some("a".to_owned()),
    };
    assert_eq!(
        found(schema, &View::Model(&thing)),
        ["body /name: minLength: 2, is \"a\""]
    );
    check(schema, "\"a\"", &["body: minLength: 2, is \"a\""]);
    check(schema, "5", &[]);
    check(schema, "true", &[]);
    // One of several that it may be is enough; else the nearest is told.
    check(schema, r#"{"name": "ab"}"#, &[]);
    let both = r#"[{"members": [[16, [], 1], [16, [], 2]]}, {"minLength": 9, "maxLength": 1}, {"maxLength": 2}]"#;
    check(both, "\"abc\"", &["body: maxLength: 2, is \"abc\""]);
}

#[test]
fn schemas_that_hold_themselves_end() {
    let twice = r#"[{"members": [[127, [], 0], [127, [], 0], [127, [], 0]], "maxLength": 1}]"#;
    let value = Json::from("ab");
    assert!(!found(twice, &View::Json(&value)).is_empty());
    let deep = format!("{}1{}", "[".repeat(100), "]".repeat(100));
    check(r#"[{"items": 0, "maximum": 3}]"#, &deep, &[]);
}

#[test]
fn parameters_are_named_and_secrets_masked() {
    let table = table(r#"[{"maxLength": 1}]"#);
    let found = |part, view: &View<'_>| {
        let found = examine(&table, &OPERATION, part, view);
        found.first().map(ToString::to_string)
    };
    let size = found(Part::Parameter(1), &View::Str("12"));
    assert_eq!(
        size.as_deref(),
        Some("query parameter size: maxLength: 1, is \"12\"")
    );
    let token = found(Part::Parameter(0), &View::Str("12"));
    assert_eq!(
        token.as_deref(),
        Some("path parameter token: maxLength: 1, is ***")
    );
    assert_eq!(found(Part::Parameter(2), &View::Str("12")), None);
    assert_eq!(found(Part::Body(Some(0)), &View::Str("12")), None);
    check(
        r#"[{"maxLength": 1, "secret": true}]"#,
        "\"12\"",
        &["body: maxLength: 1, is ***"],
    );
}

#[test]
fn no_text_of_constraints_panics() {
    for text in [
        "",
        "[]",
        r#"{"operations": {}}"#,
        r#"{"operations": {"PUT /a/{token} put": {"body": 7}}, "schemas": []}"#,
        r#"{"operations": {"PUT /a/{token} put": {"body": 0, "parameters": [[]]}}, "schemas": [
            {"minimum": "a", "maxLength": -1, "pattern": 3, "rules": [[], 1], "items": 9,
             "members": [null, [1e9, 1, 0]], "properties": {"a": null}, "unknown": 1}]}"#,
    ] {
        let checks = checks(text);
        let value = Json::parse(br#"{"a": [1, "x"]}"#).unwrap();
        let found = examine(&checks, &OPERATION, Part::Body(None), &View::Json(&value));
        assert_eq!(found, [], "{text}");
    }
    assert!(!checks("{").is_readable());
}
