//! The conformance report of a generated crate.

use pontoon::diagnostic::Diagnostics;
use pontoon::source::Source;
use pontoon::{Request, generate};

const SPEC: &str = r##"
openapi: 3.0.3
info: {title: T, version: "1"}
paths:
  /a:
    get:
      responses:
        "200":
          description: ""
          content:
            application/json:
              schema:
                type: object
                properties:
                  any: {}
                  gone: {$ref: "#/components/schemas/Missing"}
                  name: {type: string}
"##;

#[test]
fn every_finding_is_listed_with_its_place() {
    let folder = std::env::temp_dir().join(format!("pontoon-conformance-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let spec = folder.join("spec.yaml");
    std::fs::write(&spec, SPEC).expect("a file");
    let request = Request {
        spec,
        ..Request::default()
    };
    let mut source = Source::default();
    let mut diagnostics = Diagnostics::default();
    let generated = generate(&request, &mut source, &mut diagnostics, &|_| {}).expect("a crate");
    std::fs::remove_dir_all(&folder).expect("removed");
    let text = |path: &str| {
        let file = generated.files.iter().find(|file| file.path == path);
        file.map(|file| file.text.clone()).unwrap_or_default()
    };
    let data: serde_json::Value = serde_json::from_str(&text("CONFORMANCE.json")).expect("JSON");
    assert_eq!(data["operations"]["generated"], 1);
    assert_eq!(data["operations"]["degraded"], 1);
    assert_eq!(data["fields"]["total"], 3);
    assert_eq!(data["fields"]["any_json"], 2);
    let finding = &data["findings"][0];
    assert_eq!(finding["effect"], "degraded");
    assert_eq!(finding["file"], "spec.yaml");
    assert_eq!(finding["line"], 16);
    let shown = text("CONFORMANCE.md");
    assert!(
        shown.contains("| Fields typed as any JSON | 2 of 3 |"),
        "{shown}"
    );
    assert!(shown.contains("(spec.yaml:16)"), "{shown}");
    assert!(shown.contains("Missing"), "{shown}");
}
