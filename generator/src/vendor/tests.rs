//! Tests of bringing a spec in.

use super::*;
use crate::filter::Filter;
use crate::source::Source;

const SPEC: &str = r##"
openapi: 3.0.3
info: {title: Kept, version: 1.10, description: prose, contact: {email: a@b}}
tags: [{name: a, description: prose}, {name: unused}]
externalDocs: {url: "https://e/docs", description: prose}
security: [{key: []}]
paths:
  /a/{title}:
    description: prose
    get:
      tags: [a]
      summary: prose
      parameters:
        - {name: title, in: path, required: true, description: prose, schema: {type: string, example: prose}}
      responses:
        "200":
          description: prose
          content:
            application/json:
              schema: {$ref: "#/components/schemas/Thing"}
              examples: {one: {value: prose}}
    delete:
      responses: {"204": {$ref: "#/components/responses/Gone"}}
  /b:
    post:
      x-prose: prose
      x-kept: {description: fact}
      responses: {"204": {description: prose, x-pontoon-fact: 1}}
components:
  schemas:
    Thing:
      title: prose
      type: object
      properties:
        title: {type: string, title: prose, default: {description: fact}}
        description: {$ref: "#/components/schemas/Part"}
      discriminator: {propertyName: title, mapping: {x: Sub}}
    Part: {type: string, enum: [description, example]}
    Sub: {allOf: [{$ref: "#/components/schemas/Thing"}]}
    Unused: {type: string}
  responses:
    Gone: {description: prose}
  securitySchemes:
    key: {type: apiKey, in: header, name: K, description: prose}
    flow: {type: oauth2, flows: {implicit: {authorizationUrl: "u", scopes: {read: prose}}}}
"##;

fn root() -> Node {
    Source::for_test("a.yaml", SPEC).root
}

#[test]
fn prose_goes_and_facts_stay() {
    let mut root = root();
    strip_except(&mut root, &["x-kept".to_owned()]);
    let text = to_json(&root);
    assert!(!text.contains("prose"), "{text}");
    let json = root.to_json();
    assert_eq!(
        json["info"],
        serde_json::json!({"title": "Kept", "version": 1.10})
    );
    assert_eq!(json["paths"]["/b"]["post"]["x-kept"]["description"], "fact");
    let gone = &json["components"]["responses"]["Gone"];
    assert_eq!(*gone, serde_json::json!({"description": ""}));
    let thing = &json["components"]["schemas"]["Thing"];
    assert_eq!(
        thing["properties"]["title"]["default"]["description"],
        "fact"
    );
    assert!(thing["properties"]["description"]["$ref"].is_string());
    let parameter = &json["paths"]["/a/{title}"]["get"]["parameters"][0];
    assert_eq!(parameter["name"], "title");
    assert!(
        text.contains("\"version\": 1.10\n"),
        "numbers stay as written"
    );
    let mut again = root.clone();
    strip_except(&mut again, &["x-kept".to_owned()]);
    assert_eq!(to_json(&again), text);
}

#[test]
fn keep_prose_changes_nothing() {
    let mut root = root();
    let before = to_json(&root);
    strip(&mut root, true);
    assert_eq!(to_json(&root), before);
}

#[test]
fn a_selection_keeps_what_it_needs() {
    let mut root = root();
    let filter = Filter::parse(&["/a/*#GET".to_owned()], &[]).expect("valid");
    select(&mut root, &filter).expect("matches");
    let json = root.to_json();
    let schemas = json["components"]["schemas"].as_object().expect("schemas");
    assert_eq!(schemas.keys().collect::<Vec<_>>(), ["Thing", "Part"]);
    assert!(json["components"].get("responses").is_none());
    assert!(json["components"]["securitySchemes"].get("flow").is_none());
    assert_eq!(json["tags"].as_array().map(Vec::len), Some(1));
    let none = Filter::parse(&["/none".to_owned()], &[]).expect("valid");
    assert_eq!(
        select(&mut root, &none).expect_err("nothing").code.id,
        "P0802"
    );
}

#[test]
fn references_into_removed_operations_are_embedded() {
    let spec = r##"{"openapi": "3.0.0", "paths": {
        "/a": {"get": {"responses": {"200": {"$ref": "#/paths/~1b/get/responses/200"}}}},
        "/b": {"get": {"responses": {"200": {"description": "here"}}}}}}"##;
    let mut root = Source::for_test("a.json", spec).root;
    let filter = Filter::parse(&["/a".to_owned()], &[]).expect("valid");
    select(&mut root, &filter).expect("matches");
    let found = root.pointer("/paths/~1a/get/responses/200/description");
    assert_eq!(found.and_then(Node::as_str), Some("here"));
}
