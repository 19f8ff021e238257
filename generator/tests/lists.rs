//! What is found of lists, as data: a request and an answer, and what they prove.

use pontoon::analyze;
use pontoon::api::{Api, Operation, Status};
use pontoon::config::Config;
use pontoon::diagnostic::Diagnostics;
use pontoon::source::Source;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU32, Ordering};

/// The API of a document.
fn read(document: &Value, config: Config) -> Api {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let name = format!("pontoon-lists-{}-{number}.json", std::process::id());
    let spec = std::env::temp_dir().join(name);
    std::fs::write(&spec, document.to_string()).expect("a file");
    let request = pontoon::Request {
        spec: spec.clone(),
        config,
        ..pontoon::Request::default()
    };
    let (mut source, mut diagnostics) = (Source::default(), Diagnostics::new());
    let found = pontoon::read(&request, &mut source, &mut diagnostics, &|_| {});
    let _ = std::fs::remove_file(spec);
    found.expect("an API").api
}

/// `name: type` pairs as the properties of an object schema; `*` marks a required one,
/// `type:format` a format, `[]` an array of records, `{..}` an object.
fn object(text: &str) -> Value {
    let (mut properties, mut required) = (serde_json::Map::new(), Vec::new());
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (name, after) = rest.split_once(' ').expect("name and type");
        let (kind, after) = match after.strip_prefix('{') {
            Some(inner) => {
                let end = closing(inner);
                (
                    object(&inner[..end]),
                    inner[end + 1..].trim_start_matches([',', ' ']),
                )
            }
            None => {
                let (kind, after) = after.split_once(", ").unwrap_or((after, ""));
                (schema(kind), after)
            }
        };
        let name = match name.strip_suffix('*') {
            Some(name) => {
                required.push(json!(name));
                name
            }
            None => name,
        };
        properties.insert(name.to_owned(), kind);
        rest = after.trim();
    }
    json!({"type": "object", "properties": properties, "required": required})
}

fn closing(text: &str) -> usize {
    let mut depth = 1;
    for (at, letter) in text.char_indices() {
        depth += match letter {
            '{' => 1,
            '}' => -1,
            _ => 0,
        };
        if depth == 0 {
            return at;
        }
    }
    text.len()
}

fn schema(kind: &str) -> Value {
    match kind.split_once(':') {
        _ if kind == "[]" => {
            json!({"type": "array", "items": {"$ref": "#/components/schemas/Thing"}})
        }
        _ if kind == "other[]" => {
            json!({"type": "array", "items": {"type": "object", "properties": {"why": {"type": "string"}}}})
        }
        Some(("integer", default)) => {
            json!({"type": "integer", "default": default.parse::<i64>().expect("a number")})
        }
        Some((kind, format)) => json!({"type": kind, "format": format}),
        None => json!({"type": kind}),
    }
}

/// A list of things with these parameters and this answer, and `GET /things/{id}`.
fn document(request: &str, answer: &str) -> Value {
    let properties = object(request);
    let properties = properties["properties"].as_object().expect("properties");
    let parameters: Vec<Value> = properties
        .iter()
        .map(|(name, schema)| json!({"name": name, "in": "query", "schema": schema}))
        .collect();
    let (answer, headers) = answer.split_once(" + ").unwrap_or((answer, ""));
    let schema = match answer {
        "[]" => schema("[]"),
        answer => object(answer),
    };
    let headers: serde_json::Map<String, Value> = headers
        .split_whitespace()
        .map(|name| (name.to_owned(), json!({"schema": {"type": "string"}})))
        .collect();
    json!({
        "openapi": "3.0.3", "info": {"title": "t", "version": "1"},
        "paths": {
            "/things": {"get": {"parameters": parameters, "responses": {"200": {
                "description": "", "headers": headers,
                "content": {"application/json": {"schema": schema}}}}}},
            "/things/{thing_id}": {"get": {
                "parameters": [{"name": "thing_id", "in": "path", "required": true, "schema": {"type": "string"}}],
                "responses": {"200": {"description": "", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}}}}}
        },
        "components": {"schemas": {"Thing": {"type": "object", "required": ["id"], "properties": {
            "id": {"type": "string"}, "updated_at": {"type": "string", "format": "date-time"}}}}}
    })
}

/// `kind status request response records`, or `-`.
fn said(operation: &Operation) -> String {
    let Some(list) = &operation.list else {
        return "-".to_owned();
    };
    let Some(paging) = &list.paging else {
        return format!("? {}", list.records);
    };
    let proven = list.status == Status::Proven && paging.status == Status::Proven;
    let place = paging.rule.place().map_or("", |place| place.name());
    let origin = paging.rule.origin().map_or("", |origin| origin.name());
    let words = [
        paging.rule.kind(),
        if proven { "proven" } else { "unproven" },
        place,
        origin,
        &list.records,
    ];
    let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
    words.join(" ")
}

#[test]
fn kinds() {
    for (request, answer, expected) in [
        // Tokens: the names and the types must agree.
        (
            "page_token string",
            "things [], next_page_token string",
            "cursor-token proven page_token /next_page_token /things",
        ),
        (
            "pageToken string",
            "items [], nextPageToken string",
            "cursor-token proven pageToken /nextPageToken /items",
        ),
        (
            "cursor string",
            "data [], meta {next_cursor string}",
            "cursor-token proven cursor /meta/next_cursor /data",
        ),
        (
            "cursor integer",
            "data [], next_cursor integer",
            "cursor-token proven cursor /next_cursor /data",
        ),
        (
            "cursor string",
            "data [], next_cursor integer",
            "cursor-token unproven cursor /next_cursor /data",
        ),
        (
            "after string",
            "results [], paging {next {after string}}",
            "cursor-token proven after /paging/next/after /results",
        ),
        (
            "offset string",
            "data [], next_page {offset string, path string}",
            "cursor-token proven offset /next_page/offset /data",
        ),
        (
            "continue string",
            "items [], metadata {continue string}",
            "cursor-token proven continue /metadata/continue /items",
        ),
        (
            "Marker string",
            "Things [], Marker string, NextMarker string",
            "cursor-token proven Marker /NextMarker /Things",
        ),
        (
            "marker string",
            "things [], marker string",
            "cursor-token proven marker /marker /things",
        ),
        (
            "marker string",
            "things [], marker string, next string",
            "cursor-token unproven marker /next /things",
        ),
        (
            "page string",
            "data [], next_page string",
            "cursor-token proven page /next_page /data",
        ),
        // Without the switch the first answer would look like the last.
        (
            "marker string, usemarker boolean",
            "things [], next_marker string",
            "cursor-token unproven marker /next_marker /things",
        ),
        (
            "marker string, usemarker boolean, offset integer:0, limit integer",
            "things [], next_marker string, total_count integer",
            "offset proven offset /things",
        ),
        (
            "after string",
            "data [], next string",
            "cursor-token unproven after /next /data",
        ),
        (
            "access_token string",
            "things [], next_token string",
            "? /things",
        ),
        (
            "after string:date-time",
            "things [], cursors {after string}",
            "? /things",
        ),
        (
            "cursor string",
            "[] + X-Next-Cursor",
            "header-token proven cursor X-Next-Cursor",
        ),
        // URLs.
        (
            "$top integer",
            "value [], @odata.nextLink string",
            "next-url-body proven /@odata.nextLink /value",
        ),
        (
            "Page integer",
            "things [], next_page_uri string:uri",
            "next-url-body proven /next_page_uri /things",
        ),
        (
            "page integer",
            "results [], count integer, next string:uri, previous string:uri",
            "next-url-body proven /next /results",
        ),
        (
            "limit integer",
            "data [], links {self string, next string}",
            "next-url-body proven /links/next /data",
        ),
        ("limit integer", "data [], next string", "? /data"),
        (
            "page integer, per_page integer",
            "[] + Link",
            "link-header proven",
        ),
        ("q string", "[] + Link", "link-header unproven"),
        // Keys.
        (
            "starting_after string",
            "data [], has_more* boolean",
            "last-id proven starting_after /data",
        ),
        (
            "starting_after integer",
            "data [], has_more* boolean",
            "? /data",
        ),
        (
            "starting_after string",
            "data []",
            "last-id unproven starting_after /data",
        ),
        (
            "after string",
            "data [], has_more boolean, last_id string",
            "last-id proven after /data",
        ),
        (
            "after string",
            "data [], has_more boolean",
            "last-id unproven after /data",
        ),
        // Offsets.
        (
            "offset integer, limit integer",
            "things [], total integer",
            "offset proven offset /things",
        ),
        (
            "skip integer, limit integer",
            "things [], has_more boolean",
            "offset proven skip /things",
        ),
        (
            "offset integer, limit integer",
            "things [], offset integer, limit integer",
            "offset proven offset /things",
        ),
        (
            "offset integer:1, limit integer",
            "things [], total integer",
            "offset unproven offset /things",
        ),
        (
            "offset integer",
            "things [], total integer",
            "offset unproven offset /things",
        ),
        (
            "offset integer, limit integer",
            "[]",
            "offset unproven offset",
        ),
        (
            "offset string, limit integer",
            "things [], total integer",
            "? /things",
        ),
        (
            "start string:date-time, limit integer",
            "things [], total integer",
            "? /things",
        ),
        (
            "start integer, limit integer",
            "things [], total integer",
            "offset unproven start /things",
        ),
        (
            "start integer:0, limit integer",
            "things [], total integer",
            "offset proven start /things",
        ),
        // Page numbers: that of the first must be known.
        (
            "page integer:1",
            "things [], total_pages integer",
            "page-number proven page /things",
        ),
        (
            "page integer:0, size integer",
            "content [], page {totalPages integer, number integer}",
            "page-number proven page /content",
        ),
        (
            "page integer",
            "things [], total_pages integer",
            "page-number unproven page /things",
        ),
        (
            "page integer",
            "things [], meta {pagination {next_page integer}}",
            "page-number proven page /meta/pagination/next_page /things",
        ),
        ("page integer:1", "[]", "page-number unproven page"),
        // Records: never the first array.
        (
            "cursor string",
            "warnings other[], things [], next_cursor string",
            "cursor-token proven cursor /next_cursor /things",
        ),
        (
            "cursor string",
            "whys other[], things [], next_cursor string",
            "cursor-token proven cursor /next_cursor /things",
        ),
        (
            "cursor string",
            "a other[], b other[], next_cursor string",
            "cursor-token unproven cursor /next_cursor /a",
        ),
        ("", "[]", "none unproven"),
        // A total that is money.
        (
            "page integer:1",
            "things [], total number",
            "page-number unproven page /things",
        ),
        ("", "why string, tags other[]", "-"),
        ("", "data [], total integer", "? /data"),
    ] {
        let api = read(&document(request, answer), Config::default());
        let found = said(&api.operations[0]);
        assert_eq!(found, expected, "{request} -> {answer}");
    }
}

#[test]
fn keys_parents_and_changes() {
    let mut document = document("updated_since string:date-time", "things []");
    document["paths"]["/things/{thing_id}/parts"] = json!({"get": {
        "parameters": [{"name": "thing_id", "in": "path", "required": true, "schema": {"type": "string"}}],
        "responses": {"200": {"description": "", "content": {"application/json": {"schema": {"type": "array", "items": {"type": "object"}}}}}}}});
    let api = read(&document, Config::default());
    let list = api.operations[0].list.as_ref().expect("a list");
    assert_eq!(list.key, ["id"]);
    let changes = list.incremental.as_ref().expect("changes");
    assert_eq!(
        (changes.request.name(), changes.property.as_str()),
        ("updated_since", "updated_at")
    );
    assert_eq!(changes.status, Status::Proven);
    let parts = api
        .operations
        .iter()
        .find(|found| found.path.ends_with("parts"))
        .expect("it");
    let parents = &parts.list.as_ref().expect("a list").parents;
    assert_eq!(
        (parents[0].from.as_str(), parents[0].property.as_str()),
        ("GET /things", "id")
    );
}

/// Lines of `client.toml` and what becomes of an unproven list.
#[test]
fn configured() {
    let spec = document(
        "page integer, after string",
        "things [], total integer, next string, more boolean",
    );
    for (line, expected, wrong) in [
        (
            r#"{ confirm = true }"#,
            "page-number proven page /things",
            0,
        ),
        (r#"{ kind = "none" }"#, "none proven /things", 0),
        (
            r#"{ kind = "page", request = "page", first = 0, total = "/total" }"#,
            "page-number proven page /things",
            0,
        ),
        (
            r#"{ kind = "cursor-token", request = "after", response = "/next" }"#,
            "cursor-token proven after /next /things",
            0,
        ),
        (
            r#"{ kind = "token", request = "header X-After", response = "header X-Next" }"#,
            "header-token proven X-After X-Next /things",
            0,
        ),
        (
            r#"{ kind = "last-id", request = "after", more = "/more" }"#,
            "last-id proven after /things",
            0,
        ),
        // What cannot be is told, and what was found stays.
        (
            r#"{ kind = "page", request = "pgae" }"#,
            "page-number unproven page /things",
            1,
        ),
        (
            r#"{ kind = "page" }"#,
            "page-number unproven page /things",
            1,
        ),
        (
            r#"{ kind = "link-header", records = "/nothing" }"#,
            "page-number unproven page /things",
            1,
        ),
        (
            r#"{ kind = "link-header", records = "/total" }"#,
            "page-number unproven page /things",
            1,
        ),
        (
            r#"{ kind = "link-header", more = "/x" }"#,
            "page-number unproven page /things",
            1,
        ),
        (
            r#"{ records = "/things" }"#,
            "page-number unproven page /things",
            1,
        ),
    ] {
        let config = Config::parse(&format!("[paging]\n\"GET /things\" = {line}")).expect(line);
        let mut api = read(&spec, Config::default());
        let told = config.settle_lists(&mut api);
        assert_eq!(said(&api.operations[0]), expected, "{line}");
        assert_eq!(told.len(), wrong, "{line}: {told:?}");
    }
    for (text, place) in [
        (
            "[paging]\n\"GET /things\" = { kind = \"pages\" }",
            "line 2, column",
        ),
        (
            "[paging]\n\"things\" = { kind = \"page\" }",
            "line 2, column",
        ),
        (
            "[paging]\n\"/things\" = { kind = \"page\", request = \"body x\" }",
            "line 2, column",
        ),
        (
            "[paging]\n\"/things\" = { kind = \"token\", response = \"next\" }",
            "line 2, column",
        ),
        (
            "[paging]\n\"/things\" = { knid = \"page\" }",
            "line 2, column",
        ),
    ] {
        let error = Config::parse(text).expect_err(text);
        assert!(error.starts_with(place), "{text}: {error}");
    }
    let config = Config::parse("[paging]\n\"GET /nothing\" = { kind = \"none\" }").expect("TOML");
    let mut api = read(&spec, Config::default());
    assert_eq!(config.settle_lists(&mut api).len(), 1);
    // Found again, the same is found.
    analyze::list::settle(&mut api);
    assert_eq!(
        said(&api.operations[0]),
        "page-number unproven page /things"
    );
}
