//! Lists below lists below lists: every variable of the path is bound.

use crate::api::{TOKEN, serve};
use crate::{column, numbers, run, streams};
use pontoon_connector::interpret::{Config, Interpreted};
use pontoon_connector::manifest::{Location, Manifest};
use pontoon_connector::simulate::{Declared, End, Listed, Role, Route, Simulation};
use pontoon_connector::store::Sqlite;
use pontoon_connector::{Connector, Count, plan, sync};
use serde_json::{Value, json};

/// Groups, their things, the parts of those, and the notes on those.
const NAMES: [&str; 4] = ["groups", "things", "parts", "notes"];
const VARIABLES: [&str; 3] = ["group", "thing", "part"];

fn path(depth: usize) -> String {
    let above = (0..depth).map(|at| format!("/{}/{{{}}}", NAMES[at], VARIABLES[at]));
    format!("{}/{}", above.collect::<String>(), NAMES[depth])
}

fn manifest() -> Manifest {
    let parameters = |depth: usize| -> Vec<Value> {
        let path = VARIABLES[..depth].iter();
        path.map(|name| json!({"name": name, "in": "path", "required": true}))
            .chain([
                json!({"name": "limit", "in": "query"}),
                json!({"name": "at", "in": "query"}),
            ])
            .collect()
    };
    let operation = |depth: usize| {
        json!({
            "method": "GET", "path": path(depth), "parameters": parameters(depth),
            "answer": "application/json", "security": [[0]],
            "paging": {
                "rule": {"kind": "token", "to": {"query": "at"}, "from": {"body": "/next"}},
                "records": "/data", "size": {"to": {"query": "limit"}, "most": 2},
            },
        })
    };
    let stream = |depth: usize| {
        let parents = (0..depth)
            .map(|at| json!({"variable": VARIABLES[at], "stream": NAMES[at], "column": "id"}));
        json!({
            "name": NAMES[depth], "operation": NAMES[depth], "key": ["id"],
            "columns": [{"name": "id", "kind": "integer"}, {"name": "name", "kind": "text"}],
            "parents": parents.collect::<Vec<_>>(),
        })
    };
    let text = json!({
        "version": 1, "name": "deep",
        "schemes": [{"name": "token", "kind": "bearer"}],
        "operations": {
            "groups": operation(0), "things": operation(1), "parts": operation(2),
            "notes": operation(3),
        },
        "streams": [stream(0), stream(1), stream(2), stream(3)],
    });
    Manifest::parse(&text.to_string()).expect("a manifest")
}

fn simulation(manifest: &Manifest) -> Simulation {
    let route = |depth: usize| {
        let operation = &manifest.operations[NAMES[depth]];
        let parameters = operation.parameters.iter().map(|parameter| Declared {
            name: parameter.name.clone(),
            location: parameter.location,
            required: parameter.required,
            integer: parameter.location == Location::Path,
            values: Vec::new(),
        });
        Route {
            method: operation.method.clone(),
            path: operation.path.clone(),
            parameters: parameters.collect(),
            body_required: false,
            security: operation.security.clone(),
            status: 200,
            media_type: "application/json".to_owned(),
            answer: json!({"data": [{"id": 0, "name": "n"}], "next": ""}),
            roles: vec![
                ("/id".to_owned(), Role::Number),
                ("/name".to_owned(), Role::Name),
            ],
            list: Some(Listed {
                paging: operation.paging.clone().expect("paging"),
                end: End::Null,
                key: Some("/id".to_owned()),
                since: None,
                is_child: depth > 0,
            }),
        }
    };
    Simulation {
        routes: (0..4).map(route).collect(),
        schemes: manifest
            .schemes
            .iter()
            .map(|scheme| scheme.kind.clone())
            .collect(),
        records: 5,
        children: 3,
        token: Some(TOKEN.to_owned()),
    }
}

fn connector(url: &str, settings: &[(&str, &str)]) -> Interpreted {
    let mut config = Config::default();
    config.base_url = Some(url.to_owned());
    config
        .credentials
        .insert("token".to_owned(), TOKEN.to_owned().into());
    let settings = settings.iter();
    let settings = settings.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    config.settings = settings.collect();
    Interpreted::new(manifest(), config).expect("a connector")
}

/// Of each note, which part, thing and group it belongs to, in this simulation.
fn wanted(notes: u64) -> Vec<String> {
    let up = |number: u64| (number - 1) / 3 + 1;
    let row = |note: u64| {
        let (part, thing) = (up(note), up(up(note)));
        format!("{note} {part} {thing} {}", up(thing))
    };
    (1..=notes).map(row).collect()
}

const NOTES: &str = "SELECT id || ' ' || parts_id || ' ' || things_id || ' ' || groups_id
    FROM notes ORDER BY id";

#[tokio::test]
async fn all_variables_are_bound() {
    let url = serve(simulation(&manifest()), &["429", "reset"]).await;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("s.db");
    let connector = connector(&url, &[]);
    let found = connector.discover().await.expect("streams");
    let parents: Vec<Option<&str>> = found.iter().map(|one| one.parent.as_deref()).collect();
    assert_eq!(
        parents,
        [None, Some("groups"), Some("things"), Some("parts")]
    );
    let counts = run(&connector, &["notes", "parts"], &path)
        .await
        .expect("a run");
    let counts: Vec<u64> = counts.iter().map(|(_, count)| count.records).collect();
    assert_eq!(counts.iter().sum::<u64>(), 45 + 135);
    assert_eq!(column(&path, NOTES), wanted(135));
    assert_eq!(
        column(&path, "SELECT id FROM parts ORDER BY id"),
        numbers(45)
    );
}

/// A setting goes before the streams: what it names is not walked.
#[tokio::test]
async fn settings_go_before_parents() {
    let url = serve(simulation(&manifest()), &[]).await;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("s.db");
    let counts = run(&connector(&url, &[("group", "2")]), &["notes"], &path).await;
    assert_eq!(counts.expect("a run")[0].1.records, 27);
    let things = "SELECT DISTINCT things_id FROM notes ORDER BY things_id";
    assert_eq!(column(&path, things), ["4", "5", "6"]);
    // One in the middle: the groups are walked, and parts of that thing below each.
    let path = folder.path().join("middle.db");
    let counts = run(&connector(&url, &[("thing", "4")]), &["notes"], &path).await;
    assert_eq!(counts.expect("a run")[0].1.records, 5 * 9);
    let groups = "SELECT DISTINCT groups_id FROM notes ORDER BY groups_id";
    assert_eq!(column(&path, groups), numbers(5));
}

#[tokio::test]
async fn runs_that_are_cut_off_go_on_at_every_depth() {
    let url = serve(simulation(&manifest()), &["503", "half"]).await;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("s.db");
    let connector = connector(&url, &[]);
    let (mut cuts, mut read) = (0, 0);
    loop {
        let plans = plan(&connector, &streams(&["notes"])).await.expect("plans");
        let store = Box::new(Sqlite::open(&path).expect("a store"));
        let (stop, mut stopped) = tokio::sync::oneshot::channel::<()>();
        let (mut stop, mut batches) = (Some(stop), 0);
        let mut told = |_: &str, count: &Count| {
            batches += 1;
            read += u64::from(batches == 1);
            if batches == 2 + cuts % 3 {
                drop(stop.take());
            }
            let _ = count;
        };
        let ended = tokio::select! {
            biased;
            _ = &mut stopped => false,
            summary = sync(&connector, plans, store, &mut told) => {
                summary.expect("a run");
                true
            }
        };
        if ended {
            break;
        }
        cuts += 1;
        assert!(cuts < 200, "no run comes to its end");
    }
    assert!(cuts > 15 && read > 15, "{cuts}");
    assert_eq!(column(&path, NOTES), wanted(135));
    let open = "SELECT count(*) FROM _pontoon_state WHERE state LIKE '%open%'";
    assert_eq!(column(&path, open), ["0"]);
}
