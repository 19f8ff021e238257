use crate::manifest::{Manifest, StreamFacts};
use serde_json::{Value, json};

fn manifest(key: &[&str]) -> Manifest {
    let to = |name: &str| json!({"body": format!("/runs/{name}/after")});
    let any = json!({"to": {"body": "/runs/operator"}, "value": "or"});
    let column = |name: &str| json!({"name": name, "kind": "timestamp"});
    let text: Value = json!({
        "version": 1, "name": "acme",
        "operations": {"list": {
            "method": "POST", "path": "/runs", "answer": "application/json",
            "body": "application/json",
        }},
        "streams": [{
            "name": "runs", "operation": "list", "doubts": ["paging"], "key": key,
            "columns": [
                {"name": "id", "kind": "text"}, column("start"), column("end"), column("seen"),
            ],
            "cursors": [
                {"to": to("start"), "column": "start", "any": any},
                {"to": to("end"), "column": "end", "any": any},
                {"to": {"query": "seen"}, "column": "seen"},
            ],
        }],
    });
    Manifest::parse(&text.to_string()).expect("a manifest")
}

fn confirmed(text: &str) -> Result<StreamFacts, String> {
    let mut manifest = manifest(&["id"]);
    match manifest.confirm(text) {
        Ok(()) => Ok(manifest.streams.remove(0)),
        Err(error) => Err(error.to_string()),
    }
}

fn columns(facts: &StreamFacts) -> Vec<&str> {
    let cursors = facts.incremental.iter();
    cursors.map(|one| one.column.as_str()).collect()
}

#[test]
fn what_is_said_is_put_on_the_stream() {
    let facts = confirmed("[streams.runs]\nconfirm = true").expect("facts");
    assert!(facts.is_proven() && facts.incremental.is_empty());
    let facts = confirmed("[streams.runs]\ncursor = \"end\"\nlookback = \"10m\"").expect("facts");
    assert!(!facts.is_proven());
    assert_eq!((columns(&facts), facts.lookback), (vec!["end"], 600));
    assert_eq!(facts.stream().cursor, ["end"]);
    let facts = confirmed("[streams.runs]\ncursor = [\"start\", \"end\"]").expect("facts");
    assert_eq!(columns(&facts), ["start", "end"]);
    let facts = confirmed("[streams.runs]\nconfirm = false\ncursor = []").expect("facts");
    assert!(!facts.is_proven() && facts.incremental.is_empty());
}

#[test]
fn what_cannot_be_is_refused() {
    let cases = [
        (
            "[streams.none]\nconfirm = true",
            "there is no stream `none`",
        ),
        (
            "[streams.runs]\ncursor = \"id\"",
            "`id` is no column that it can be asked from; there are: start, end, seen",
        ),
        (
            "[streams.runs]\ncursor = [\"start\", \"seen\"]",
            "no request asks for what fits any of start, seen; name one of them",
        ),
        ("[streams.runs]\nlookback = \"soon\"", "write `10m`"),
        ("[streams.runs]\nlookback = \"-1m\"", "must not be negative"),
        ("[streams.runs]\nconfrm = true", "unknown field `confrm`"),
    ];
    for (text, wanted) in cases {
        let error = confirmed(text).expect_err(text);
        assert!(error.contains(wanted), "{text}: {error}");
    }
}

#[test]
fn without_a_key_records_are_read_whole() {
    let error = manifest(&[]).confirm("[streams.runs]\ncursor = \"end\"");
    let error = error.expect_err("no key").to_string();
    assert!(error.contains("without a key"), "{error}");
}

#[test]
fn the_line_that_is_missing_is_named() {
    let facts = manifest(&["id"]).streams.remove(0);
    let note = facts.whole().expect("a note");
    assert!(note.contains("start, end, seen"), "{note}");
    assert!(
        note.ends_with("[streams.\"runs\"] cursor = [\"start\"]"),
        "{note}"
    );
    let facts = confirmed("[streams.runs]\ncursor = \"end\"").expect("facts");
    assert_eq!(facts.whole(), None);
    assert_eq!(manifest(&[]).streams.remove(0).whole(), None);
}
