//! Tests of lowering, on small documents.

use super::*;
use crate::diagnostic::Effect;
use openapiv3::{ReferenceOr, SchemaKind, Type};
use serde_json::json;

struct Lowered {
    document: Document,
    diagnostics: Diagnostics,
}

impl Lowered {
    fn ids(&self) -> Vec<&'static str> {
        self.diagnostics.iter().map(|d| d.code.id).collect()
    }

    fn at(&self, pointer: &str) -> serde_json::Value {
        self.document
            .tree
            .pointer(pointer)
            .expect(pointer)
            .to_json()
    }
}

fn lower_text(text: &str) -> Result<Lowered, Diagnostic> {
    let source = Source::for_test("a.yaml", text);
    let mut diagnostics = Diagnostics::new();
    let document = lower(&source, &mut diagnostics)?;
    Ok(Lowered {
        document,
        diagnostics,
    })
}

/// Lowers one schema, indented by nothing, in a document of this version.
fn schema(version: &str, schema: &str) -> Lowered {
    let schema = schema.replace('\n', "\n      ");
    let text = format!(
        "openapi: {version}
info: {{title: t, version: '1'}}
paths: {{/a: {{get: {{responses: {{'200': {{description: d}}}}}}}}}}
components:
  schemas:
    Other: {{type: string}}
    S:
      {schema}
"
    );
    lower_text(&text).expect("lowers")
}

const S: &str = "#/components/schemas/S";

fn becomes(version: &str, text: &str, expected: serde_json::Value) -> Vec<&'static str> {
    let lowered = schema(version, text);
    assert_eq!(lowered.at(S), expected, "{text}");
    lowered.ids()
}

#[test]
fn null_in_every_form() {
    let quiet = [
        (
            "type: [string, 'null']",
            json!({"type": "string", "nullable": true}),
        ),
        (
            "anyOf: [{type: string}, {type: 'null'}]",
            json!({"type": "string", "nullable": true}),
        ),
        (
            "anyOf: [{type: 'null'}, {$ref: '#/components/schemas/Other'}]",
            json!({"nullable": true, "allOf": [{"$ref": "#/components/schemas/Other"}]}),
        ),
        (
            "oneOf: [{type: string}, {type: integer}, {const: null}]",
            json!({"oneOf": [{"type": "string"}, {"type": "integer"}], "nullable": true}),
        ),
        (
            "type: 'null'",
            json!({"nullable": true, "x-pontoon-null": true}),
        ),
        (
            "enum: [a, null]",
            json!({"enum": ["a"], "nullable": true, "type": "string"}),
        ),
    ];
    for (text, expected) in quiet {
        assert!(becomes("3.1.0", text, expected).is_empty(), "{text}");
    }
}

#[test]
fn json_schema_keywords() {
    let quiet = [
        (
            "const: x",
            json!({"enum": ["x"], "x-pontoon-const": true, "type": "string"}),
        ),
        (
            "{type: integer, exclusiveMinimum: 3}",
            json!({"type": "integer", "exclusiveMinimum": true, "minimum": 3}),
        ),
        (
            "{type: string, contentEncoding: base64}",
            json!({"type": "string", "format": "byte"}),
        ),
        (
            "{type: string, contentMediaType: application/octet-stream}",
            json!({"type": "string", "format": "binary"}),
        ),
        (
            "{contentMediaType: image/png}",
            json!({"type": "string", "format": "binary"}),
        ),
        (
            "{type: string, contentMediaType: application/json}",
            json!({"type": "string"}),
        ),
        (
            "{type: object, unevaluatedProperties: {type: string}}",
            json!({"type": "object", "additionalProperties": {"type": "string"}}),
        ),
        ("{type: array}", json!({"type": "array", "items": {}})),
        (
            "{type: object, patternProperties: {'^x': {type: string}}}",
            json!({"type": "object",
            "additionalProperties": {"type": "string"}, "x-pontoon-pattern-properties": ["^x"]}),
        ),
        (
            "{$ref: '#/components/schemas/Other', description: d}",
            json!({"description": "d", "allOf": [{"$ref": "#/components/schemas/Other"}]}),
        ),
        (
            "{type: array, prefixItems: [{type: string}, {type: string}]}",
            json!({"type": "array", "items": {"type": "string"}}),
        ),
        (
            "{type: [string, integer], minLength: 2, maximum: 9}",
            json!({"anyOf": [{"type": "string", "minLength": 2}, {"type": "integer", "maximum": 9}]}),
        ),
        ("{items: true}", json!({"items": {}, "type": "array"})),
    ];
    for (text, expected) in quiet {
        assert!(becomes("3.1.0", text, expected).is_empty(), "{text}");
    }
    let tuple = "{type: array, prefixItems: [{type: string}, {type: integer}]}";
    assert!(schema("3.1.0", tuple).ids().is_empty());
    // Beside another combination a tuple has no place in the document model.
    let tuple = "{type: array, prefixItems: [{type: string}, {type: integer}], not: {}}";
    assert_eq!(schema("3.1.0", tuple).ids(), ["P0605"]);
}

#[test]
fn repairs() {
    let cases = [
        ("type: int", json!({"type": "integer"}), "P0301"),
        (
            "type: DateTime",
            json!({"type": "string", "format": "date-time"}),
            "P0301",
        ),
        ("type: any", json!({}), "P0301"),
        ("type: Widget", json!({}), "P0301"),
        (
            "{type: integer, minimum: '3'}",
            json!({"type": "integer", "minimum": 3}),
            "P0302",
        ),
        (
            "{type: string, maxLength: -1}",
            json!({"type": "string"}),
            "P0302",
        ),
        (
            "{type: array}",
            json!({"type": "array", "items": {}}),
            "P0305",
        ),
        (
            "{type: string, enum: [1, true]}",
            json!({"type": "string", "enum": ["1", "true"]}),
            "P0304",
        ),
        (
            "{type: string, enum: a}",
            json!({"type": "string", "enum": ["a"]}),
            "P0304",
        ),
        (
            "{type: object, required: true}",
            json!({"type": "object"}),
            "P0303",
        ),
        (
            "{properties: {a: {type: string, required: true}}}",
            json!({"properties": {"a": {"type": "string"}}, "required": ["a"], "type": "object"}),
            "P0303",
        ),
        ("string", json!({"type": "string"}), "P0306"),
        ("[1]", json!({}), "P0306"),
        (
            "allOf: {type: string}",
            json!({"allOf": [{"type": "string"}]}),
            "P0203",
        ),
        ("{oneOf: []}", json!({}), "P0311"),
        (
            "{properties: [a], type: object}",
            json!({"type": "object"}),
            "P0203",
        ),
        ("$ref: 7", json!({}), "P0208"),
        (
            "$ref: '#/components/schemas/None'",
            json!({"x-pontoon-unresolved": "#/components/schemas/None"}),
            "P0601",
        ),
        ("$ref: '#/components/schemas/S'", json!({}), "P0602"),
        (
            "$ref: '#/definitions/Other'",
            json!({"$ref": "#/components/schemas/Other"}),
            "",
        ),
        (
            "$ref: Other",
            json!({"$ref": "#/components/schemas/Other"}),
            "P0208",
        ),
    ];
    for (text, expected, code) in cases {
        let found = becomes("3.0.0", text, expected);
        assert_eq!(
            found,
            if code.is_empty() { vec![] } else { vec![code] },
            "{text}"
        );
    }
}

#[test]
fn openapi_3_0_siblings_of_a_reference() {
    let reference = "{$ref: '#/components/schemas/Other', nullable: true}";
    let expected = json!({"nullable": true, "allOf": [{"$ref": "#/components/schemas/Other"}]});
    assert!(becomes("3.0.0", reference, expected).is_empty());
    let reference = "{$ref: '#/components/schemas/Other', enum: [a]}";
    let expected = json!({"$ref": "#/components/schemas/Other"});
    assert_eq!(becomes("3.0.0", reference, expected), ["P0207"]);
}

#[test]
fn numbers_of_any_size() {
    for bound in ["1e400", "-1e400", "18446744073709551616", "0.5"] {
        let lowered = schema("3.0.0", &format!("{{type: integer, maximum: {bound}}}"));
        assert_eq!(lowered.at(S), json!({"type": "integer"}));
    }
    let lowered = schema("3.0.0", "{type: string, default: 1e999, maxLength: 1e30}");
    let schemas = lowered.document.openapi.components.expect("some").schemas;
    assert!(matches!(
        schemas["S"].as_item().map(|s| &s.schema_kind),
        Some(SchemaKind::Type(Type::String(s))) if s.max_length.is_none()
    ));
}

#[test]
fn a_reference_into_the_middle_gets_a_component() {
    let text = "type: object
properties:
  a: {type: object, properties: {b: {$ref: '#/components/schemas/S/properties/a'}}}
  c: {$ref: '#/paths/~1a/get/responses/200/content/application~1json/schema'}";
    let lowered = schema("3.0.0", text);
    assert_eq!(lowered.ids(), ["P0601"], "the second leads nowhere");
    let found = lowered.at(&format!("{S}/properties/a/properties/b/$ref"));
    let found = found.as_str().expect("a reference");
    assert_eq!(lowered.at(found)["properties"]["b"]["$ref"], found);
    assert_eq!(
        lowered.document.locate(found).0,
        format!("{S}/properties/a")
    );
}

#[test]
fn one_bad_node_costs_only_itself() {
    let text = "
openapi: 3.0.0
info: {}
tags: [x, {name: y}, [z]]
servers: [{url: 'https://{r}.e', variables: {r: {enum: [1, 2]}}}, {}]
paths:
  a: {get: {}}
  /b:
    GET:
      operationId: 5
      deprecated: 'true'
      parameters:
        - {name: q, in: query}
        - {name: q, in: query, schema: {type: string}}
        - {in: query}
        - {name: b, in: nowhere, schema: {}}
        - 7
      responses: {'4xx': {}, oops: {}, default: text, 200: {description: 3}}
    put: 3
    nonsense: {}
components: {schemas: [1], securitySchemes: {k: {type: magic}, l: {type: http, scheme: Basic}}}
";
    let lowered = lower_text(text).expect("lowers");
    let api = &lowered.document.openapi;
    assert_eq!(api.operations().count(), 2);
    let paths = &api.paths.paths;
    let get = paths["/b"]
        .as_item()
        .and_then(|i| i.get.as_ref())
        .expect("get");
    assert!(get.deprecated);
    assert_eq!(get.operation_id.as_deref(), Some("5"));
    assert_eq!(get.parameters.len(), 1);
    let statuses: Vec<_> = get
        .responses
        .responses
        .keys()
        .map(ToString::to_string)
        .collect();
    assert_eq!(statuses, ["4XX", "200"]);
    assert!(get.responses.default.is_some());
    assert_eq!(
        api.components.as_ref().map(|c| c.security_schemes.len()),
        Some(1)
    );
    assert_eq!(api.tags.len(), 2);
    assert_eq!(api.servers.len(), 1);
    for diagnostic in &lowered.diagnostics {
        assert!(diagnostic.place.is_some(), "{diagnostic:?}");
        assert_ne!(diagnostic.effect, Effect::None, "{diagnostic:?}");
    }
    let pointers: Vec<_> = lowered
        .diagnostics
        .iter()
        .map(|d| d.pointer.as_str())
        .collect();
    assert!(
        pointers.contains(&"#/paths/~1b/GET/parameters/4"),
        "{pointers:?}"
    );
}

#[test]
fn references_to_what_was_dropped_are_dropped() {
    let text = "
openapi: 3.0.0
info: {title: t, version: '1'}
paths:
  /a:
    get:
      parameters: [{$ref: '#/components/parameters/P'}, {$ref: '#/components/parameters/Q'}]
      requestBody: {$ref: '#/components/requestBodies/B'}
      responses: {'200': {description: d, headers: {X: {$ref: '#/components/headers/H'}}}}
components:
  parameters: {P: {$ref: '#/components/parameters/R'}, Q: {name: q, in: query, schema: {}}, R: {}}
  requestBodies: {B: 1}
  headers: {H: []}
";
    let lowered = lower_text(text).expect("lowers");
    let item = lowered.document.openapi.paths.paths["/a"]
        .clone()
        .into_item();
    let get = item.and_then(|item| item.get).expect("get");
    assert_eq!(get.parameters.len(), 1);
    assert!(get.request_body.is_none());
    let response = get
        .responses
        .responses
        .values()
        .next()
        .and_then(|r| r.as_item());
    assert!(response.expect("one").headers.is_empty());
    // What refers to a bad component is as bad.
    assert_eq!(lowered.ids(), ["P0401", "P0401", "P0203", "P0203"]);
}

#[test]
fn what_has_no_operations_is_refused() {
    let code = |text: &str| lower_text(text).err().map(|d| d.code.id);
    assert_eq!(code("openapi: 3.0.0"), Some("P0202"));
    assert_eq!(code("openapi: 3.0.0\npaths: [1]"), Some("P0202"));
    for nothing in [
        "paths: {/a: {description: x}}",
        "paths: {}",
        "components: {schemas: {}}",
    ] {
        let lowered = lower_text(&format!("openapi: 3.1.0\n{nothing}")).expect("lowers");
        assert!(lowered.ids().contains(&"P0202"), "{nothing}");
    }
    assert_eq!(code("openapi: 4.0.0\npaths: {}"), Some("P0201"));
    assert_eq!(code("swagger: 1.2"), Some("P0201"));
    assert_eq!(code("hello: world"), Some("P0105"));
}

const SWAGGER: &str = "
swagger: '2.0'
info: {title: t, version: '1'}
host: e.com
basePath: /v1/
schemes: [http, https]
consumes: [application/json]
produces: [application/json]
securityDefinitions:
  b: {type: basic}
  o: {type: oauth2, flow: accessCode, authorizationUrl: u, tokenUrl: v, scopes: {r: d}}
parameters:
  page: {name: page, in: query, type: integer, format: int32}
  thing: {name: thing, in: body, required: true, schema: {$ref: '#/definitions/T'}}
responses:
  E: {description: d, schema: {$ref: '#/definitions/T'}}
definitions:
  T: {type: object, discriminator: kind, properties: {kind: {type: string, x-nullable: true}}}
paths:
  /a:
    parameters: [{$ref: '#/parameters/page'}]
    post:
      parameters:
        - {$ref: '#/parameters/thing'}
        - {name: ids, in: query, type: array, items: {type: integer}, collectionFormat: multi}
        - {name: c, in: query, type: array, items: {type: integer}}
      responses: {200: {description: d, schema: {type: file}}, 400: {$ref: '#/responses/E'}}
    put:
      consumes: [multipart/form-data]
      parameters:
        - {name: f, in: formData, type: file, required: true}
        - {name: n, in: formData, type: int}
      responses: {204: {description: d, headers: {X: {type: integer}}}}
";

#[test]
fn swagger_2() {
    let lowered = lower_text(SWAGGER).expect("lowers");
    assert_eq!(lowered.ids(), ["P0301"]);
    let api = &lowered.document.openapi;
    let urls: Vec<_> = api.servers.iter().map(|s| s.url.as_str()).collect();
    assert_eq!(urls, ["https://e.com/v1", "http://e.com/v1"]);
    let post = lowered.at("#/paths/~1a/post");
    assert_eq!(post["requestBody"]["required"], true);
    let schema = &post["requestBody"]["content"]["application/json"]["schema"];
    assert_eq!(schema["$ref"], "#/components/schemas/T");
    assert_eq!(post["parameters"][0]["explode"], true);
    assert_eq!(post["parameters"][1]["explode"], false);
    assert_eq!(post["parameters"][0]["schema"]["items"]["type"], "integer");
    assert_eq!(post["responses"]["400"]["$ref"], "#/components/responses/E");
    let form = lowered.at("#/paths/~1a/put/requestBody/content/multipart~1form-data/schema");
    let expected = json!({"type": "object", "required": ["f"], "properties": {
        "f": {"type": "string", "format": "binary"}, "n": {"type": "integer"}}});
    assert_eq!(form, expected);
    let parameters = &api.components.as_ref().expect("some").parameters;
    assert!(matches!(parameters["page"], ReferenceOr::Item(_)));
    let kind = lowered.at("#/components/schemas/T/properties/kind/nullable");
    assert_eq!(kind, true);
    // The one finding is shown where the type was written.
    let found = lowered.diagnostics.iter().next().expect("one");
    assert_eq!(found.pointer, "#/paths/~1a/put/parameters/1/type");
    let original = lowered.document.locate("#/components/schemas/T").0;
    assert_eq!(original, "#/definitions/T");
}

#[test]
fn deep_schemas_do_not_exhaust_the_stack() {
    let depth = 95;
    let text = format!(
        "{}{{type: string}}{}",
        "{anyOf: [".repeat(depth),
        ", {type: 'null'}]}".repeat(depth)
    );
    let lowered = schema("3.1.0", &text);
    assert_eq!(lowered.at(S), json!({"type": "string", "nullable": true}));
}

#[test]
fn newer_parts_are_kept_aside() {
    let text = "
openapi: 3.2.0
info: {title: t, version: '1'}
webhooks: {w: {post: {}}}
paths:
  /a:
    get: {responses: {'200': {description: d}}}
    query: {responses: {'200': {description: d}}}
    additionalOperations:
      COPY: {responses: {'200': {description: d}}}
      GET: {}
      no token: {}
";
    let lowered = lower_text(text).expect("lowers");
    assert_eq!(lowered.document.dialect, Dialect::V3_2);
    assert_eq!(lowered.ids(), ["P0410", "P0410", "P0406"]);
    let aside = lowered.at("#/paths/~1a/x-pontoon-operations");
    assert_eq!(aside.as_object().map(serde_json::Map::len), Some(2));
    let item = &lowered.document.openapi.paths.paths["/a"];
    let kept = &item.as_item().expect("an item").extensions["x-pontoon-operations"];
    let copy: openapiv3::Operation =
        serde_json::from_value(kept["COPY"].clone()).expect("an operation");
    assert_eq!(copy.responses.responses.len(), 1);
    let pointers: Vec<_> = lowered
        .diagnostics
        .iter()
        .map(|d| d.pointer.as_str())
        .collect();
    assert_eq!(
        pointers[..2],
        [
            "#/paths/~1a/additionalOperations/GET",
            "#/paths/~1a/additionalOperations/no token"
        ]
    );
    assert_eq!(
        lowered
            .document
            .locate("#/paths/~1a/x-pontoon-operations/COPY/responses")
            .0,
        "#/paths/~1a/additionalOperations/COPY/responses"
    );
}
