//! By which parameters of the query a list can be asked for what has changed.

use pontoon::api::Api;
use pontoon::diagnostic::Diagnostics;
use pontoon::source::Source;
use serde_json::{Value, json};

/// The API of `GET /things` with this parameter, whose records have moments.
fn read(number: usize, parameter: &Value) -> Api {
    let moment = json!({"type": "string", "format": "date-time"});
    let record = json!({"type": "object", "required": ["id"], "properties": {
        "id": {"type": "string"}, "created_at": moment, "lastModified": moment,
        "updated_at": moment, "day": {"type": "string", "format": "date"}}});
    let document = json!({"openapi": "3.0.3", "info": {"title": "T", "version": "1"}, "paths": {
        "/things": {"get": {"parameters": [parameter], "responses": {"200": {
            "description": "", "content": {"application/json": {
                "schema": {"type": "array", "items": record}}}}}}}}});
    let name = format!("pontoon-changes-{}-{number}.json", std::process::id());
    let spec = std::env::temp_dir().join(name);
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

#[test]
fn what_proves_that_a_parameter_asks_for_changes() {
    let cases = [
        // By the name: a change, and a beginning.
        ("updated_since", "date-time", "", "updated_at proven"),
        ("modifiedAtMin", "date-time", "", "lastModified proven"),
        (
            "changedSince",
            "date-time",
            "Added or changed after this",
            "updated_at proven",
        ),
        (
            "filter[updated_at][gte]",
            "date-time",
            "",
            "updated_at proven",
        ),
        (
            "updatedMin",
            "",
            "Lower bound (as a RFC3339 timestamp)",
            "updated_at proven",
        ),
        // The filter of a property takes what the property holds.
        ("updated_at__gte", "", "", "updated_at proven"),
        // By what it says.
        (
            "since",
            "date-time",
            "Only what was updated after the given time",
            "updated_at proven",
        ),
        (
            "since",
            "date-time",
            "Tasks updated at or after this time",
            "updated_at proven",
        ),
        ("from", "date-time", "modified since", "updated_at proven"),
        // In doubt: what it is the moment of, and when a record was made.
        ("since", "date-time", "", "updated_at unproven"),
        (
            "since",
            "date-time",
            "Filters out older ones",
            "updated_at unproven",
        ),
        ("created_after", "date-time", "", "created_at unproven"),
        // A day, a text of any kind, a number; an end; another moment by its name or text.
        ("updated_since", "date", "", "-"),
        ("updated_since", "", "", "-"),
        ("updated_since", "", "ISO 8601, YYYY-MM-DD", "-"),
        ("since", "integer", "updated after the given time", "-"),
        ("updated_before", "date-time", "", "-"),
        (
            "updated_at",
            "date-time",
            "Things updated at this time",
            "-",
        ),
        ("until", "date-time", "updated before the given time", "-"),
        ("since", "date-time", "Only those published since", "-"),
        (
            "updated_after",
            "date-time",
            "Only articles published after the date",
            "-",
        ),
        ("deletedSince", "date-time", "changed after this", "-"),
        ("from", "date-time", "not updated since", "-"),
    ];
    for (index, (name, format, description, wanted)) in cases.into_iter().enumerate() {
        let schema = match format {
            "" => json!({"type": "string"}),
            "integer" => json!({"type": "integer"}),
            format => json!({"type": "string", "format": format}),
        };
        let parameter =
            json!({"name": name, "in": "query", "schema": schema, "description": description});
        let api = read(index, &parameter);
        let list = api.operations[0].list.as_ref().expect("a list");
        let mut found = list.incremental.iter().chain(&list.cursors);
        let found = found.next().map_or("-".to_owned(), |one| {
            assert_eq!(one.request.name(), name);
            format!("{} {}", one.property, one.status.as_str())
        });
        assert_eq!(found, wanted, "{name} {format} {description}");
    }
}
