//! From what moment a list with a body can be asked, as its description tells.

use pontoon::api::{Api, Incremental, Status};
use pontoon::diagnostic::Diagnostics;
use pontoon::source::Source;
use serde_json::{Value, json};

/// The API of `POST /runs/filter` with this body, whose records have two moments, a day
/// and a text.
fn read(name: &str, body: &Value) -> Api {
    let moment = json!({"type": "string", "format": "date-time"});
    let record = json!({"type": "object", "required": ["id"], "properties": {
        "id": {"type": "string"}, "updated_at": moment, "start_time": moment,
        "day": {"type": "string", "format": "date"}, "title": {"type": "string"}}});
    let document = json!({"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": {
        "/runs/filter": {"post": {
            "requestBody": {"content": {"application/json": {"schema": body}}},
            "responses": {"200": {"description": "", "content": {"application/json": {
                "schema": {"type": "array", "items": record}}}}}}},
        "/runs/{id}": {"get": {
            "parameters": [{"name": "id", "in": "path", "required": true,
                "schema": {"type": "string"}}],
            "responses": {"200": {"description": "", "content": {"application/json": {
                "schema": record}}}}}}}});
    let spec = std::env::temp_dir().join(format!("pontoon-cursors-{}-{name}", std::process::id()));
    std::fs::write(&spec, document.to_string()).expect("a file");
    let request = pontoon::Request {
        spec: spec.clone(),
        ..pontoon::Request::default()
    };
    let mut diagnostics = Diagnostics::new();
    let found = pontoon::read(&request, &mut Source::default(), &mut diagnostics, &|_| {});
    let _ = std::fs::remove_file(spec);
    found.expect("an API").api
}

/// A body with these members and those for pages.
fn body(mut members: Value) -> Value {
    members["limit"] = json!({"type": "integer"});
    members["offset"] = json!({"type": "integer"});
    object(members)
}

fn object(properties: Value) -> Value {
    json!({"type": "object", "properties": properties})
}

/// Where, of which column, whether proven, and what lets any of several fit.
fn told(found: &Incremental) -> String {
    let any = found.any.as_ref();
    let any = any.map_or(String::new(), |(to, value)| {
        format!(" any {} {value}", to.name())
    });
    let status = found.status.as_str();
    format!("{} {} {status}{any}", found.request.name(), found.property)
}

#[test]
fn filters_of_bodies_are_told_by_the_properties_that_they_are_of() {
    let moment = json!({"type": "string", "format": "date-time"});
    let maybe = json!({"anyOf": [{"type": "string", "format": "date-time"}, {"type": "null"}]});
    let after = object(json!({"before_": maybe, "after_": maybe}));
    let operator = json!({"type": "string", "enum": ["and_", "or_"]});
    let cases = [
        // A filter on the records, by their name, and one on others.
        (
            body(json!({
                "runs": object(json!({"operator": operator, "start_time": after})),
                "tasks": object(json!({"start_time": after})),
            })),
            vec!["/runs/start_time/after_ start_time unproven any /runs/operator or_"],
        ),
        // When records have changed: proven. It stands before the others.
        (
            body(json!({"filter": object(json!({
                "start_time": after, "updated_at": object(json!({"gte": moment})),
            }))})),
            vec![
                "/filter/updated_at/gte updated_at proven",
                "/filter/start_time/after_ start_time unproven",
            ],
        ),
        // At the top of the body, and by another way to write the name.
        (
            body(json!({"startTime": object(json!({"from": moment, "to": moment}))})),
            vec!["/startTime/from start_time unproven"],
        ),
        // A day, a text, an end alone, a moment that is no filter.
        (
            body(json!({
                "day": object(json!({"after": {"type": "string", "format": "date"}})),
                "title": object(json!({"after": moment})),
                "updated_at": object(json!({"before": moment})),
                "start_time": moment,
            })),
            vec![],
        ),
    ];
    for (index, (body, wanted)) in cases.iter().enumerate() {
        let api = read(&format!("{index}.json"), body);
        let mut operations = api.operations.iter();
        let list = operations.find_map(|found| found.list.as_ref());
        let list = list.unwrap_or_else(|| panic!("{index}: no list"));
        let found = list.incremental.iter().chain(&list.cursors);
        let found: Vec<String> = found.map(told).collect();
        assert_eq!(found, *wanted, "{index}");
        let proven = list
            .incremental
            .iter()
            .all(|one| one.status == Status::Proven);
        assert!(
            proven
                && list
                    .cursors
                    .iter()
                    .all(|one| one.status == Status::Unproven)
        );
        let shown = list.evidence.iter().filter(|one| one.fact == "incremental");
        assert_eq!(shown.count(), wanted.len(), "{index}");
    }
}
