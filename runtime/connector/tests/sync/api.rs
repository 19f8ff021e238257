//! The API of these tests: issues and, below each, comments.

use pontoon_connector::interpret::{Config, Interpreted};
use pontoon_connector::manifest::{Manifest, Place};
use pontoon_connector::simulate::{
    Declared, End, Listed, Role, Route, Script, Simulation, Simulator,
};
use serde_json::{Value, json};

pub(crate) const TOKEN: &str = "s3cret-token";

/// The manifest; issues are listed by `rule`.
pub(crate) fn manifest(rule: &Value) -> Manifest {
    let paging = |rule: &Value| {
        json!({"rule": rule, "records": "/data", "more": "/more", "total": "/total",
            "size": {"to": {"query": "limit"}, "most": 100}})
    };
    let text = json!({
        "version": 1,
        "name": "things",
        "schemes": [{"name": "token", "kind": "bearer", "env": []}],
        "operations": {
            "issues/list": {
                "method": "GET", "path": "/repos/{repo}/issues",
                "parameters": [
                    {"name": "repo", "in": "path", "required": true},
                    {"name": "limit", "in": "query"},
                    {"name": "since", "in": "query"},
                    {"name": "at", "in": "query"},
                ],
                "answer": "application/json", "security": [[0]], "paging": paging(rule),
            },
            "comments/list": {
                "method": "GET", "path": "/repos/{repo}/issues/{number}/comments",
                "parameters": [
                    {"name": "repo", "in": "path", "required": true},
                    {"name": "number", "in": "path", "required": true},
                    {"name": "limit", "in": "query"},
                ],
                "answer": "application/json", "security": [[0]],
                "paging": paging(&json!({"kind": "next-url", "from": {"body": "/next"}})),
            },
        },
        "streams": [
            {
                "name": "issues", "operation": "issues/list", "key": ["id"],
                "columns": [
                    {"name": "id", "kind": "integer"},
                    {"name": "title", "kind": "text"},
                    {"name": "updated_at", "kind": "timestamp"},
                    {"name": "user", "kind": "json"},
                ],
                "incremental": [{"to": {"query": "since"}, "column": "updated_at"}],
            },
            {
                "name": "comments", "operation": "comments/list",
                "key": ["id"],
                "columns": [{"name": "id", "kind": "integer"}, {"name": "body", "kind": "text"}],
                "parents": [{"variable": "number", "stream": "issues", "column": "id"}],
            },
            {
                "name": "doubtful", "operation": "issues/list", "doubts": ["paging"],
                "columns": [{"name": "id", "kind": "integer"}],
                "evidence": [{"fact": "paging", "rule": "r", "pointer": "#/x", "seen": "s",
                    "confidence": 0.5}],
            },
        ],
    });
    Manifest::parse(&text.to_string()).expect("a manifest")
}

/// That API with so many issues, and three comments below each.
pub(crate) fn simulation(manifest: &Manifest, records: u64) -> Simulation {
    let issue = json!({"id": 0, "title": "t", "updated_at": "", "user": {"login": "who"}});
    let issue_roles = [
        ("/id", Role::Number),
        ("/title", Role::Name),
        ("/updated_at", Role::Moment),
        ("/user/login", Role::Shared(7)),
    ];
    let comment_roles = [("/id", Role::Number), ("/body", Role::Name)];
    Simulation {
        routes: vec![
            route(manifest, "issues/list", issue, &issue_roles, false),
            route(
                manifest,
                "comments/list",
                json!({"id": 0, "body": "b"}),
                &comment_roles,
                true,
            ),
        ],
        schemes: manifest
            .schemes
            .iter()
            .map(|scheme| scheme.kind.clone())
            .collect(),
        records,
        children: 3,
        token: Some(TOKEN.to_owned()),
    }
}

fn route(
    manifest: &Manifest,
    id: &str,
    record: Value,
    roles: &[(&str, Role)],
    is_child: bool,
) -> Route {
    let operation = &manifest.operations[id];
    let parameters = operation.parameters.iter().map(|parameter| Declared {
        name: parameter.name.clone(),
        location: parameter.location,
        required: parameter.required,
        integer: parameter.name == "limit",
        values: Vec::new(),
    });
    let roles = roles.iter();
    Route {
        method: operation.method.clone(),
        path: operation.path.clone(),
        parameters: parameters.collect(),
        body_required: false,
        security: operation.security.clone(),
        status: 200,
        media_type: "application/json".to_owned(),
        answer: json!({"data": [record], "more": false, "total": 0, "next": ""}),
        roles: roles
            .map(|(at, role)| ((*at).to_owned(), role.clone()))
            .collect(),
        list: Some(Listed {
            paging: operation.paging.clone().expect("paging"),
            end: End::Null,
            key: Some("/id".to_owned()),
            since: (!is_child)
                .then(|| (Place::Query("since".to_owned()), "/updated_at".to_owned())),
            is_child,
        }),
    }
}

/// Serves a simulation while the test runs, every fifth request a fault; gives its
/// URL.
pub(crate) async fn serve(simulation: Simulation, faults: &[&str]) -> String {
    let faults = faults.iter().map(|text| text.parse().expect("a fault"));
    let script = Script::new(faults.collect(), 5);
    let address = ([127, 0, 0, 1], 0).into();
    let simulator = Simulator::bind(simulation, script, address).await;
    let simulator = simulator.expect("a port");
    let url = simulator.url();
    tokio::spawn(simulator.run());
    url
}

pub(crate) fn connector(manifest: &Manifest, url: &str, token: &str) -> Interpreted {
    let mut config = Config::default();
    config.base_url = Some(url.to_owned());
    config
        .settings
        .insert("repo".to_owned(), "bridge".to_owned());
    config
        .credentials
        .insert("token".to_owned(), token.to_owned().into());
    Interpreted::new(manifest.clone(), config).expect("a connector")
}
