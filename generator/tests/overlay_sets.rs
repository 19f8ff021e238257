//! Overlays against the sets of the Overlay Specification's own repository.

use pontoon::diagnostic::Diagnostics;
use pontoon::overlay::{Options, apply};
use pontoon::source::{self, LoadOptions};

/// The compliance sets of the Overlay Specification's repository (a folder each, with
/// `openapi.yaml`, `overlay.yaml` and `output.yaml`), where `PONTOON_OVERLAY_SETS` says
/// where they are.
#[test]
fn compliance_sets() {
    let Some(sets) = std::env::var_os("PONTOON_OVERLAY_SETS") else {
        return;
    };
    let mut count = 0;
    for entry in std::fs::read_dir(sets).expect("a folder of sets") {
        let folder = entry.expect("an entry").path();
        if !folder.is_dir() {
            continue;
        }
        let read = |name: &str, diagnostics: &mut Diagnostics| {
            let path = folder.join(name);
            source::load(&path, &LoadOptions::default(), diagnostics)
                .unwrap_or_else(|error| panic!("{}: {error:?}", path.display()))
        };
        let mut diagnostics = Diagnostics::new();
        let mut source = read("openapi.yaml", &mut diagnostics);
        let options = Options {
            files: vec![folder.join("overlay.yaml")],
            lenient: false,
        };
        apply(&mut source, &options, &mut diagnostics)
            .unwrap_or_else(|error| panic!("{}: {error:?}", folder.display()));
        let wanted = read("output.yaml", &mut diagnostics);
        let (found, wanted) = (source.root.to_json(), wanted.root.to_json());
        assert_eq!(found, wanted, "{}", folder.display());
        count += 1;
    }
    assert!(count > 0, "no set was found");
}
