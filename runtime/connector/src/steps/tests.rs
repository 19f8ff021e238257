//! What steps make of streams and records.

use super::*;
use serde_json::json;

fn issues() -> Stream {
    Stream {
        name: "issues".to_owned(),
        columns: vec![
            Column::new("id", ColumnKind::Integer),
            Column::new("title", ColumnKind::Text),
            Column::new("open", ColumnKind::Boolean),
            Column::new("score", ColumnKind::Number),
        ],
        key: vec!["id".to_owned()],
        cursor: Vec::new(),
        parent: None,
    }
}

fn steps(value: serde_json::Value) -> Vec<Step> {
    serde_json::from_value(value).expect("steps")
}

fn record() -> Record {
    Record::new(vec![
        Value::Integer(7),
        Value::Text("a".to_owned()),
        Value::Boolean(true),
        Value::Null,
    ])
}

#[test]
fn columns_are_picked_and_renamed() {
    let plan = steps(json!([
        {"select": ["title", "id"]},
        {"rename": {"id": "number"}},
        {"filter": {"column": "number", "greater": 3}},
    ]));
    let plan = Plan::new(&issues(), &plan).expect("a plan");
    let names: Vec<&str> = plan
        .stream()
        .columns
        .iter()
        .map(|c| c.name.as_str())
        .collect();
    assert_eq!(names, ["title", "number"]);
    assert_eq!(plan.stream().key, ["number"]);
    let kept = plan.apply(record()).expect("kept");
    assert_eq!(
        kept.values(),
        [Value::Text("a".to_owned()), Value::Integer(7)]
    );
}

#[test]
fn records_are_told_apart() {
    // (filter, whether the record is kept)
    let cases = [
        (json!({"column": "id", "equals": 7}), true),
        (json!({"column": "id", "equals": 7.5}), false),
        (json!({"column": "id", "less": 7.5}), true),
        (json!({"column": "id", "differs": 7}), false),
        (json!({"column": "title", "in": ["b", "a"]}), true),
        (json!({"column": "title", "greater": "a"}), false),
        (json!({"column": "open", "equals": true}), true),
        (json!({"column": "open", "differs": true}), false),
        (json!({"column": "score", "equals": null}), true),
        (json!({"column": "score", "less": 3}), false),
        (json!({"column": "score", "greater": 3}), false),
        (json!({"column": "score", "differs": 3}), true),
    ];
    for (filter, kept) in cases {
        let plan = Plan::new(&issues(), &steps(json!([{"filter": filter}]))).expect("a plan");
        assert_eq!(plan.apply(record()).is_some(), kept, "{filter}");
    }
}

#[test]
fn mistakes_are_named() {
    let cases = [
        (json!([{"select": ["title"]}]), "`select` leaves out `id`"),
        (
            json!([{"select": ["id", "nothing"]}]),
            "there is no column `nothing`",
        ),
        (
            json!([{"rename": {"title": "id"}}]),
            "two columns are named `id`",
        ),
        (
            json!([{"select": ["id", "id"]}]),
            "two columns are named `id`",
        ),
        (
            json!([{"rename": {"nothing": "x"}}]),
            "there is no column `nothing`",
        ),
        (
            json!([{"filter": {"column": "id", "equals": "7"}}]),
            "`filter` compares `id` with \"7\", which its values never are",
        ),
    ];
    for (list, message) in cases {
        let error = Plan::new(&issues(), &steps(list)).expect_err(message);
        assert_eq!(error.to_string(), format!("stream `issues`: {message}"));
    }
    let unknown: Result<Vec<Step>, _> = serde_json::from_value(json!([{"drop": ["id"]}]));
    assert!(unknown.is_err());
}
