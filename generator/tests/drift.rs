//! From a drift report to an overlay, and back: what was proposed and applied is no
//! drift any more.

use pontoon::diagnostic::Diagnostics;
use pontoon::drift::{Proposal, Report, Subject, propose};
use pontoon::source::Source;
use pontoon::{Request, read};
use std::fs;
use std::path::{Path, PathBuf};

const SPEC: &str = r#"
openapi: 3.0.3
info: { title: Pets, version: "1" }
paths:
  /pets/{id}:
    get:
      responses:
        "200":
          description: ""
          content:
            application/json:
              schema: { type: object, properties: { items: { type: array, items: { $ref: '#/components/schemas/Pet' } } } }
components:
  schemas:
    Pet:
      allOf:
        - type: object
          required: [name, age]
          properties:
            name: { type: string }
            age: { type: integer, format: int32 }
            it's: { type: string, format: uuid }
            mood: { $ref: '#/components/schemas/Mood' }
            owner: { $ref: '#/components/schemas/Owner' }
            tags: { type: array, items: { type: string } }
            any: { oneOf: [{ type: string }, { type: object, properties: { x: { type: string } } }] }
    Mood: { type: string, enum: [happy, sad] }
    Owner: { type: object, properties: { login: { type: string } } }
"#;

/// `pointer kind found value members`
fn fact(pointer: &str, kind: &str, found: &str, value: Option<&str>, members: &[usize]) -> String {
    serde_json::json!({
        "method": "GET", "path": "/pets/{id}", "status": 200, "media_type": "application/json",
        "pointer": pointer, "kind": kind, "found": found, "value": value, "members": members,
        "count": 3, "refused": 0,
    })
    .to_string()
}

fn report(facts: &[String]) -> Report {
    let text = format!(r#"{{"version": 1, "facts": [{}]}}"#, facts.join(","));
    Report::parse(&text).expect("a report")
}

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(&folder).expect("a folder");
    folder
}

fn proposed(report: &Report, spec: &Path, overlay: Option<&Path>) -> Proposal {
    let request = Request {
        spec: spec.to_path_buf(),
        overlays: overlay.map(Path::to_path_buf).into_iter().collect(),
        ..Request::default()
    };
    let mut source = Source::default();
    let found = read(&request, &mut source, &mut Diagnostics::default(), &|_| {});
    let found = found.unwrap_or_else(|diagnostic| panic!("{diagnostic:?}"));
    propose(
        report,
        &Subject {
            api: &found.api,
            root: &source.root,
            dialect: found.dialect,
            pointers: &found.pointers,
        },
    )
}

/// Proposes, applies, and proposes again: nothing is left to propose. Gives the overlay.
#[track_caller]
fn vanishes(name: &str, spec: &str, facts: &[String]) -> String {
    let folder = folder(name);
    let (path, overlay) = (folder.join("spec.yaml"), folder.join("overlay.yaml"));
    fs::write(&path, spec).expect("a spec");
    let report = report(facts);
    let first = proposed(&report, &path, None);
    assert_eq!((first.proposed, &first.left), (facts.len(), &vec![]));
    let text = first.to_yaml("spec.yaml");
    fs::write(&overlay, &text).expect("an overlay");
    let second = proposed(&report, &path, Some(&overlay));
    assert_eq!(
        (second.settled, &second.left),
        (facts.len(), &vec![]),
        "{text}\n{}",
        second.to_yaml("")
    );
    text
}

fn facts() -> Vec<String> {
    vec![
        fact("/items/*/born", "unknown-property", "string", None, &[]),
        fact("/items/*/born", "unknown-property", "null", None, &[]),
        fact("/items/*/a~1b", "unknown-property", "array", None, &[]),
        fact(
            "/items/*/owner/id",
            "unknown-property",
            "integer",
            None,
            &[],
        ),
        fact("/items/*/any/y", "unknown-property", "boolean", None, &[1]),
        fact(
            "/items/*/mood",
            "unknown-value",
            "string",
            Some("\"shy\""),
            &[],
        ),
        fact("/items/*/age", "missing-value", "nothing", None, &[]),
        fact("/items/*/age", "wrong-type", "number", None, &[]),
        fact("/items/*/it's", "wrong-type", "string", None, &[]),
        fact("/items/*/owner", "unexpected-null", "null", None, &[]),
        fact("/items/*/tags/*", "unexpected-null", "null", None, &[]),
        fact("/items/*/tags/*", "wrong-type", "integer", None, &[]),
        fact("/items/*/any", "unknown-member", "boolean", None, &[]),
    ]
}

#[test]
fn what_was_applied_is_no_drift() {
    let text = vanishes("drift_30", SPEC, &facts());
    assert!(
        text.contains("# GET /pets/{id} 200 /items/*/born (3 times)"),
        "{text}"
    );
    assert!(text.contains("required'][?@ == 'age']"), "{text}");
    vanishes("drift_31", &SPEC.replace("3.0.3", "3.1.0"), &facts());
}

#[test]
fn swagger_2_is_changed_where_it_was_written() {
    let spec = r#"
swagger: "2.0"
info: { title: Pets, version: "1" }
produces: [application/json]
paths:
  /pets/{id}:
    get:
      responses:
        "200": { description: "", schema: { $ref: '#/definitions/Pet' } }
definitions:
  Pet: { type: object, required: [name], properties: { name: { type: string }, age: { type: integer } } }
"#;
    let facts = [
        fact("/born", "unknown-property", "string", None, &[]),
        fact("/name", "missing-value", "nothing", None, &[]),
        fact("/age", "unexpected-null", "null", None, &[]),
    ];
    let text = vanishes("drift_20", spec, &facts);
    assert!(text.contains("['definitions']['Pet']"), "{text}");
}

#[test]
fn statuses() {
    let mut facts = vec![fact("", "undeclared-status", "", None, &[])];
    facts[0] = facts[0].replace("200", "418");
    vanishes("drift_status", SPEC, &facts);
}

#[test]
fn what_is_not_sound_is_left_with_its_reason() {
    let folder = folder("drift_left");
    let path = folder.join("spec.yaml");
    fs::write(&path, SPEC).expect("a spec");
    let report = report(&[
        fact("/gone/x", "unknown-property", "string", None, &[]),
        fact("/items/*/mood", "unknown-value", "integer", Some("7"), &[]),
        fact("/items/*/mood", "unknown-value", "string", None, &[]),
        fact("", "undeclared-media-type", "", None, &[]).replace("application/json", "text/html"),
        fact("", "a-newer-kind", "", None, &[]),
        fact("/items", "unknown-property", "string", None, &[]).replace("GET", "PUT"),
    ]);
    let proposal = proposed(&report, &path, None);
    assert!(proposal.is_empty());
    let reasons: Vec<&str> = proposal.left.iter().map(|(_, why)| why.as_str()).collect();
    for (reason, words) in reasons.iter().zip([
        "no such place",
        "of another type",
        "too long",
        "proxies",
        "update pontoon",
        "no such operation",
    ]) {
        assert!(reason.contains(words), "{reason}");
    }
    assert_eq!(reasons.len(), 6);
    assert!(Report::parse(r#"{"version": 2, "facts": []}"#).is_err());
    assert!(Report::parse("[]").is_err());
}
