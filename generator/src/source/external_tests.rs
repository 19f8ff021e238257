//! Tests of references to other files.

use std::path::{Path, PathBuf};

use super::super::{LoadOptions, Source, load};
use crate::diagnostic::Diagnostics;

/// A folder of files, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str, files: &[(&str, &str)]) -> Self {
        let root = std::env::temp_dir().join(format!("pontoon-{}-{name}", std::process::id()));
        for (path, text) in files {
            let path = root.join(path);
            std::fs::create_dir_all(path.parent().expect("has a parent")).expect("folder");
            std::fs::write(path, text).expect("file");
        }
        Folder(root)
    }

    fn load(&self, path: &str) -> (Source, Vec<&'static str>) {
        let mut diagnostics = Diagnostics::new();
        let path = self.0.join(path);
        let source = load(Path::new(&path), &LoadOptions::default(), &mut diagnostics);
        let ids = diagnostics.iter().map(|d| d.code.id).collect();
        (source.expect("loads"), ids)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn files_are_bundled() {
    let folder = Folder::new(
        "bundle",
        &[
            (
                "api/spec.yaml",
                "
openapi: 3.0.0
paths:
  /a: {$ref: 'paths/a.yaml'}
components:
  schemas:
    Pet: {$ref: 'schemas.yaml#/Pet'}
    Own: {type: string}
",
            ),
            (
                "api/paths/a.yaml",
                "
get:
  parameters: [{$ref: '../parameters.json#/page'}]
  responses:
    '200':
      content:
        application/json:
          schema: {$ref: '../schemas.yaml#/Pet'}
",
            ),
            (
                "api/schemas.yaml",
                "
Pet: {properties: {owner: {$ref: '#/Owner'}, own: {$ref: 'spec.yaml#/components/schemas/Own'}}}
Owner: {properties: {pets: {items: {$ref: '#/Pet'}}}}
",
            ),
            (
                "api/parameters.json",
                "{\"page\": {\"name\": \"page\", \"in\": \"query\"}}",
            ),
        ],
    );
    let (source, ids) = folder.load("api/spec.yaml");
    assert!(ids.is_empty(), "{ids:?}");
    let at = |pointer: &str| source.root.pointer(pointer).expect(pointer).to_json();
    let get = at("/paths/~1a/get");
    assert_eq!(get["parameters"][0]["$ref"], "#/components/parameters/page");
    let schema = &get["responses"]["200"]["content"]["application/json"]["schema"];
    assert_eq!(schema["$ref"], "#/components/schemas/Pet");
    let pet = at("/components/schemas/Pet/properties");
    assert_eq!(pet["owner"]["$ref"], "#/components/schemas/Owner");
    assert_eq!(pet["own"]["$ref"], "#/components/schemas/Own");
    let owner = at("/components/schemas/Owner/properties/pets/items");
    assert_eq!(owner["$ref"], "#/components/schemas/Pet");
    let place = source
        .root
        .pointer("/components/schemas/Owner")
        .expect("exists")
        .place;
    let spot = source.spot(place).expect("exists");
    assert!(
        spot.path.ends_with("api/schemas.yaml") && spot.line == 3,
        "{spot:?}"
    );
}

#[test]
fn nothing_outside_the_folder_is_read() {
    let spec = "
openapi: 3.0.0
components:
  schemas:
    A: {properties: {x: {$ref: '../secret.yaml'}}}
    B: {items: {$ref: '../../../../etc/passwd'}}
    C: {items: {$ref: '/etc/passwd'}}
    D: {items: {$ref: 'https://example.com/a.yaml#/A'}}
    E: {items: {$ref: 'file:///etc/passwd'}}
    F: {items: {$ref: 'sub%2f..%2f..%2fsecret.yaml'}}
    G: {items: {$ref: 'missing.yaml'}}
    H: {items: {$ref: 'link.yaml'}}
    I: {items: {$ref: 'broken.json'}}
    J: {example: {$ref: '../secret.yaml'}}
";
    let folder = Folder::new(
        "outside",
        &[
            ("api/spec.yaml", spec),
            ("secret.yaml", "type: string"),
            ("api/sub/x.yaml", "{}"),
            ("api/broken.json", "{"),
        ],
    );
    #[cfg(unix)]
    std::os::unix::fs::symlink(folder.0.join("secret.yaml"), folder.0.join("api/link.yaml"))
        .expect("link");
    let (source, ids) = folder.load("api/spec.yaml");
    let mut sorted = ids.clone();
    sorted.sort_unstable();
    let mut expected = ["P0111"; 7].to_vec();
    expected.splice(0..0, ["P0106"]);
    expected.extend(["P0112"; 2]);
    assert_eq!(sorted, expected);
    assert!(source.files.len() <= 2);
    let left = source
        .root
        .pointer("/components/schemas/A/properties/x/x-pontoon-unresolved");
    assert_eq!(left.and_then(|n| n.as_str()), Some("../secret.yaml"));
}

#[test]
fn files_that_include_each_other_end() {
    let folder = Folder::new(
        "circle",
        &[
            (
                "spec.yaml",
                "openapi: 3.0.0\npaths: {/a: {$ref: 'a.yaml'}}\n",
            ),
            ("a.yaml", "{$ref: 'b.yaml'}"),
            ("b.yaml", "{$ref: 'a.yaml'}"),
        ],
    );
    let (_, ids) = folder.load("spec.yaml");
    assert_eq!(ids, ["P0112"]);
}
