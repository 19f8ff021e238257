//! What requests are answered with.

use super::*;
use crate::manifest::{Paging, Place};

fn issues() -> Simulation {
    let answer = json!({"data": [{"id": 0, "title": "t", "at": "", "user": {"login": "who"}}],
        "next": "", "total": 0});
    let paging: Paging = serde_json::from_value(json!({
        "rule": {"kind": "token", "to": {"query": "cursor"}, "from": {"body": "/next"}},
        "records": "/data", "total": "/total", "size": {"to": {"query": "limit"}, "most": 100},
    }))
    .expect("paging");
    let list = Listed {
        paging,
        end: End::Null,
        key: Some("/id".to_owned()),
        since: Some((Place::Query("since".to_owned()), "/at".to_owned())),
        is_child: false,
    };
    let roles = vec![
        ("/id".to_owned(), Role::Number),
        ("/at".to_owned(), Role::Moment),
    ];
    let parameter = |name: &str, location, integer| Declared {
        name: name.to_owned(),
        location,
        required: location == Location::Path,
        integer,
        values: Vec::new(),
    };
    let route = Route {
        method: "GET".to_owned(),
        path: "/repos/{repo}/issues".to_owned(),
        parameters: vec![
            parameter("repo", Location::Path, false),
            parameter("limit", Location::Query, true),
        ],
        body_required: false,
        security: vec![vec![0]],
        status: 200,
        media_type: "application/json".to_owned(),
        answer,
        roles: roles.clone(),
        list: Some(list.clone()),
    };
    let comments = Route {
        path: "/issues/{number}.json".to_owned(),
        list: Some(Listed {
            is_child: true,
            ..list
        }),
        parameters: vec![parameter("number", Location::Path, true)],
        ..route.clone()
    };
    let user = Route {
        path: "/users/{login}".to_owned(),
        parameters: vec![parameter("login", Location::Path, false)],
        answer: json!({"login": "x", "company": "c"}),
        roles: vec![("/company".to_owned(), Role::Shared(3))],
        list: None,
        security: Vec::new(),
        ..route.clone()
    };
    let me = Route {
        path: "/users/me".to_owned(),
        answer: json!({"me": true}),
        parameters: Vec::new(),
        ..user.clone()
    };
    Simulation {
        routes: vec![user, route, comments, me],
        schemes: vec![SchemeKind::Bearer],
        records: 250,
        children: 3,
        token: Some("s3cret".to_owned()),
    }
}

fn get(answers: &Answers, target: &str, token: &str) -> (u16, Value) {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let header = |name: &str| (name == "authorization").then(|| format!("Bearer {token}"));
    let answer = answers.answer(&Asking {
        method: "GET",
        path,
        query,
        header: &header,
        body: &[],
        base: "http://h",
    });
    let value = serde_json::from_str(&answer.body).expect("JSON");
    (answer.status, value)
}

#[test]
fn a_list_is_walked() {
    let answers = Answers::new(issues());
    let mut target = "/repos/a/issues?limit=100".to_owned();
    let mut seen = Vec::new();
    loop {
        let (status, page) = get(&answers, &target, "s3cret");
        assert_eq!((status, &page["total"]), (200, &json!(250)));
        seen.extend(page["data"].as_array().expect("records").clone());
        match page["next"].as_str() {
            Some(token) => target = format!("/repos/a/issues?limit=100&cursor={token}"),
            None => break,
        }
    }
    assert_eq!(seen.len(), 250);
    assert_eq!(seen[249]["id"], 250);
    assert_eq!(seen[249]["at"], "2024-01-01T00:04:10Z");
    let (_, since) = get(
        &answers,
        "/repos/a/issues?since=2024-01-01T00:04:10Z",
        "s3cret",
    );
    assert_eq!(since["data"].as_array().map(Vec::len), Some(1));
    let (_, since) = get(
        &answers,
        "/repos/a/issues?since=2030-01-01T00:00:00Z",
        "s3cret",
    );
    assert_eq!(since["data"], json!([]));
}

#[test]
fn children_and_single_objects() {
    let answers = Answers::new(issues());
    let (_, page) = get(&answers, "/issues/2.json", "s3cret");
    let ids: Vec<_> = page["data"]
        .as_array()
        .expect("records")
        .iter()
        .map(|r| &r["id"])
        .collect();
    assert_eq!(ids, [&json!(4), &json!(5), &json!(6)]);
    assert_eq!(get(&answers, "/users/who-5", "").1["company"], "c-2");
    assert_eq!(get(&answers, "/users/me", "").1, json!({"me": true}));
}

#[test]
fn wrong_requests_are_refused() {
    let answers = Answers::new(issues());
    let cases = [
        ("/repos/a/issues", "wrong", 401),
        ("/repos/a/issues?limit=x", "s3cret", 400),
        ("/repos/a/issues?limit=101", "s3cret", 400),
        ("/repos/a/issues?cursor=5", "s3cret", 400),
        ("/repos/a/issues?since=yesterday", "s3cret", 400),
        ("/issues/x.json", "s3cret", 400),
        ("/issues/2", "s3cret", 404),
        ("/nothing", "s3cret", 404),
        ("/repos//issues", "s3cret", 404),
    ];
    for (target, token, status) in cases {
        assert_eq!(get(&answers, target, token).0, status, "{target}");
    }
}
