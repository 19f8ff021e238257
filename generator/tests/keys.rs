//! What tells the records of a list apart, what a path variable is taken from, and what
//! a request needs that a connector does not send.

use pontoon::api::Api;
use pontoon::connector::{Context, manifest};
use pontoon::diagnostic::Diagnostics;
use pontoon::source::Source;
use serde_json::{Value, json};

fn read(name: &str, paths: &Value) -> Api {
    let document = json!({"openapi": "3.1.0", "info": {"title": "T", "version": "1"},
        "paths": paths, "components": {"schemas": {
            "Task": record(&["task_id", "index"], &["task_id", "index"])}}});
    let spec =
        std::env::temp_dir().join(format!("pontoon-keys-{}-{name}.json", std::process::id()));
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

/// `GET path` with a parameter for each variable, and this answer.
fn get(path: &str, answer: &Value) -> Value {
    let variables = path
        .split('{')
        .skip(1)
        .filter_map(|part| part.split_once('}'));
    let parameters: Vec<Value> = variables
        .map(|(name, _)| {
            json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}})
        })
        .collect();
    json!({"get": {"parameters": parameters, "responses": responses(answer)}})
}

fn responses(answer: &Value) -> Value {
    json!({"200": {"description": "", "content": {"application/json": {"schema": answer}}}})
}

fn record(required: &[&str], properties: &[&str]) -> Value {
    let texts = properties.iter();
    let texts: serde_json::Map<String, Value> = texts
        .map(|name| ((*name).to_owned(), json!({"type": "string"})))
        .collect();
    json!({"type": "object", "required": required, "properties": texts})
}

fn array(items: &Value) -> Value {
    json!({"type": "array", "items": items})
}

/// The stream of the list at `path`.
fn stream(api: &Api, name: &str) -> Value {
    let manifest = manifest(api, &Context::default());
    let streams = manifest["streams"].as_array().expect("streams");
    let found = streams.iter().find(|one| one["name"] == *name);
    found.expect("the stream").clone()
}

#[test]
fn what_a_longer_path_gives_one_of_has_no_key() {
    let task = json!({"$ref": "#/components/schemas/Task"});
    let mut paths = json!({
        "/tasks": get("/tasks", &array(&task)),
        "/tasks/{task_id}": get("/tasks/{task_id}", &task),
    });
    let api = read("short", &paths);
    assert_eq!(stream(&api, "tasks")["key"], json!(["task_id"]));
    paths["/tasks/{task_id}/{index}"] = get("/tasks/{task_id}/{index}", &task);
    let api = read("longer", &paths);
    assert_eq!(stream(&api, "tasks")["key"], Value::Null);
}

#[test]
fn a_name_that_may_be_missing_is_nobodys_variable() {
    for (required, wanted) in [(vec!["name"], 1), (vec!["login"], 0)] {
        let user = record(&required, &["login", "name"]);
        let repos = array(&record(&[], &["id"]));
        let api = read(
            required[0],
            &json!({
                "/users": get("/users", &array(&user)),
                "/users/{username}/repos": get("/users/{username}/repos", &repos),
            }),
        );
        let parents = stream(&api, "users_repos")["parents"].clone();
        assert_eq!(
            parents.as_array().map_or(0, Vec::len),
            wanted,
            "{required:?}"
        );
    }
}

#[test]
fn a_body_that_needs_more_than_pages_is_in_doubt() {
    let answer = json!({"type": "object", "properties": {
        "wallets": array(&record(&["id"], &["id"])), "next_cursor": {"type": "string"}}});
    for (required, wanted) in [
        (json!([]), Value::Null),
        (json!(["limit"]), Value::Null),
        (json!(["wallet_id", "owner"]), json!(["body"])),
    ] {
        let body = json!({"type": "object", "required": required, "properties": {
            "cursor": {"type": "string"}, "limit": {"type": "integer", "maximum": 100},
            "wallet_id": {"type": "string"}, "owner": {"type": "string"}}});
        let api = read(
            "body",
            &json!({"/wallets/list": {"post": {
                "requestBody": {"content": {"application/json": {"schema": body}}},
                "responses": responses(&answer)}}}),
        );
        assert_eq!(stream(&api, "wallets")["doubts"], wanted, "{required}");
    }
}

#[test]
fn a_parameter_that_quotes_a_property_takes_it() {
    let answer = json!({"type": "object", "properties": {
        "data": array(&record(&["id"], &["id"])), "next": {"type": "string", "nullable": true},
        "has_more": {"type": "boolean"}}});
    for (text, wanted) in [
        ("The value of `next` of the last answer", Value::Null),
        (
            "The ID of the last one, to fetch the next page",
            json!(["paging"]),
        ),
    ] {
        let mut list = get("/roles", &answer);
        list["get"]["parameters"] = json!([
            {"name": "after", "in": "query", "description": text, "schema": {"type": "string"}}]);
        let found = stream(&read("quoted", &json!({"/roles": list})), "roles");
        assert_eq!(found["doubts"], wanted, "{text}");
    }
}
