//! Small descriptions, one feature each, and the source files that are made of
//! them, with a `client.toml` where the feature is one of configuration.
//! `PONTOON_UPDATE=1` rewrites the expected files.

use pontoon::diagnostic::Diagnostics;
use pontoon::emit::OutputFile;
use pontoon::rust::ir::RuntimeDependency;
use pontoon::source::Source;
use pontoon::{Request, generate};
use pontoon_tests::{cargo, root, target};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn folder(name: &str) -> PathBuf {
    root().join("tests/golden").join(name)
}

/// Generates the crate of a golden description.
#[track_caller]
fn generated(name: &str, tests: bool) -> Vec<OutputFile> {
    let overlay = folder(name).join("overlay.yaml");
    let settings = fs::read_to_string(folder(name).join("client.toml")).unwrap_or_default();
    let request = Request {
        spec: folder(name).join("spec.yaml"),
        overlays: overlay.is_file().then_some(overlay).into_iter().collect(),
        config: pontoon::config::Config {
            name: Some(format!("golden-{}", name.replace('_', "-"))),
            ..pontoon::config::Config::parse(&settings).unwrap()
        },
        runtime: RuntimeDependency {
            version: "*".to_owned(),
            path: Some(root().join("runtime/client").to_string_lossy().into_owned()),
        },
        tests,
        ..Request::default()
    };
    let mut source = Source::default();
    let mut diagnostics = Diagnostics::default();
    match generate(&request, &mut source, &mut diagnostics, &|_| {}) {
        Ok(generated) => generated.files,
        Err(diagnostic) => panic!("{name}: {diagnostic:?}"),
    }
}

#[track_caller]
fn check(name: &str) {
    let expected = folder(name).join("expected");
    let actual: BTreeMap<String, String> = generated(name, false)
        .into_iter()
        .filter(|file| is_shown(name, &file.path))
        .map(|file| (file.path, file.text))
        .collect();
    for (path, text) in &actual {
        let hidden = text.chars().find(|character| is_hidden(*character));
        assert!(hidden.is_none(), "golden/{name}: {path} holds {hidden:?}");
    }
    if env::var_os("PONTOON_UPDATE").is_some() {
        let _ = fs::remove_dir_all(&expected);
        for (path, text) in &actual {
            write(&expected.join(path), text);
        }
        return;
    }
    let wanted = read(&expected);
    let remedy = "if it is meant, run the tests with PONTOON_UPDATE=1";
    for (path, text) in &actual {
        let Some(old) = wanted.get(path) else {
            panic!("golden/{name}: {path} is new; {remedy}");
        };
        if old != text {
            panic!(
                "golden/{name}: {path} differs; {remedy}\n{}",
                difference(old, text)
            );
        }
    }
    for path in wanted.keys() {
        assert!(
            actual.contains_key(path),
            "golden/{name}: {path} is gone; {remedy}"
        );
    }
}

/// Whether a file is one of the feature: source, and for connectors their manifest alone.
fn is_shown(name: &str, path: &str) -> bool {
    match name == "connector" {
        true => path == "connector.json",
        false => path.starts_with("src/"),
    }
}

/// Characters that make a text look like another: controls and changes of the
/// writing direction.
fn is_hidden(character: char) -> bool {
    let direction = ['\u{202a}'..='\u{202e}', '\u{2066}'..='\u{2069}'];
    (character.is_control() && character != '\n')
        || direction.iter().any(|range| range.contains(&character))
}

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    // An unchanged file keeps its time, so that cargo does not build it again.
    if fs::read_to_string(path).is_ok_and(|old| old == text) {
        return;
    }
    fs::write(path, text).unwrap();
}

fn read(root: &Path) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path
                    .strip_prefix(root)
                    .unwrap()
                    .to_str()
                    .unwrap()
                    .to_owned();
                files.insert(name, fs::read_to_string(&path).unwrap());
            }
        }
    }
    files
}

/// The lines around the first difference.
fn difference(old: &str, new: &str) -> String {
    let old: Vec<&str> = old.lines().collect();
    let new: Vec<&str> = new.lines().collect();
    let first = old
        .iter()
        .zip(&new)
        .take_while(|(old, new)| old == new)
        .count();
    let shown = |lines: &[&str], mark: &str| -> String {
        let lines = lines.iter().skip(first).take(8);
        lines.map(|line| format!("{mark}{line}\n")).collect()
    };
    format!(
        "line {}:\n{}{}",
        first + 1,
        shown(&old, "-"),
        shown(&new, "+")
    )
}

macro_rules! features {
    ($($name:ident)*) => {
        const FEATURES: &[&str] = &[$(stringify!($name)),*];

        $(#[test]
        fn $name() {
            check(stringify!($name));
        })*
    };
}

features! {
    all_of
    all_of_nullable_ref
    all_of_same_property
    bodies_anywhere
    checks
    collisions
    connector
    declared_errors
    deep_object
    download
    features_alone
    form_body
    form_text
    formats
    formats_chrono
    hostile_text
    implied_headers
    inheritance
    nullable_ref_in_union
    union_evidence
    patterns
    callbacks
    value_enum
    webhooks
    tuple
    int_enum
    links
    made_null
    map_and_named
    merge_patch
    multipart
    multipart_31
    multipart_file
    mock
    ndjson
    names
    null_types_31
    oas_32
    odd_places
    open_enum
    overlay
    optional_nullable
    paging
    paging_config
    parameter_styles
    path_templates
    read_write_only
    references
    recursion
    request_media_types
    required_undeclared
    response_headers
    response_media_types
    security
    server_variables
    several_successes
    shared_shape
    sse
    statuses
    swagger_2
    types_only
    unevaluated_31
    union_by_type
    union_unknown
    upload
    union_discriminator
    union_undeclared_tag
    xml_bodies
}

#[test]
fn every_folder_is_a_feature() {
    for entry in fs::read_dir(folder("")).unwrap() {
        let name = entry.unwrap().file_name();
        assert!(
            FEATURES.iter().any(|feature| name == **feature),
            "{name:?} is not checked"
        );
    }
}

/// A crate compiles with any one of its features: what a type names is there with it.
#[test]
fn each_feature_compiles_alone() {
    compiles_alone("features_alone", &["a", "b", "webhooks"]);
    compiles_alone("mock", &["mock", "mock,pets", "mock-server"]);
}

#[track_caller]
fn compiles_alone(name: &str, features: &[&str]) {
    let krate = target().join(name);
    let files = generated(name, true);
    for file in &files {
        write(&krate.join(&file.path), &file.text);
    }
    let manifest = files.iter().find(|file| file.path == "Cargo.toml").unwrap();
    write(
        &krate.join("Cargo.toml"),
        &format!("{}\n[workspace]\n", manifest.text),
    );
    fs::copy(root().join("Cargo.lock"), krate.join("Cargo.lock")).unwrap();
    for feature in features {
        let output = cargo()
            .args([
                "check",
                "--lib",
                "--no-default-features",
                "--features",
                feature,
            ])
            .current_dir(&krate)
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success() && !text.contains("warning"),
            "{feature}: {text}"
        );
    }
}

/// All golden crates, their exercises included, in one `cargo check` without a
/// warning.
#[test]
fn all_compile_without_a_warning() {
    let workspace = target().join("golden");
    let mut members = Vec::new();
    // What is not on by default.
    let mut features = Vec::new();
    for name in FEATURES {
        for file in generated(name, true) {
            if file.path == "Cargo.toml" && file.text.contains("\n\"webhooks\" = [") {
                features.push(format!("golden-{}/webhooks", name.replace('_', "-")));
            }
            write(&workspace.join(name).join(&file.path), &file.text);
        }
        members.push(format!("{name:?}"));
    }
    // The same profile and versions as this workspace: what it has built is used.
    write(
        &workspace.join("Cargo.toml"),
        &format!(
            "[workspace]\nresolver = \"3\"\nmembers = [{}]\n\n[profile.dev]\ndebug = \"line-tables-only\"\n",
            members.join(", ")
        ),
    );
    if !workspace.join("Cargo.lock").exists() {
        fs::copy(root().join("Cargo.lock"), workspace.join("Cargo.lock")).unwrap();
    }
    let output = cargo()
        .args([
            "check",
            "--workspace",
            "--all-targets",
            "--features=golden-checks/check-requests,golden-mock/mock-server",
            "--message-format=short",
            "--features",
            &features.join(","),
        ])
        .current_dir(&workspace)
        .env("RUSTFLAGS", env::var_os("RUSTFLAGS").unwrap_or_default())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stderr);
    let findings: Vec<&str> = text
        .lines()
        .filter(|line| {
            ["warning:", "warning[", "error:", "error["]
                .iter()
                .any(|word| line.contains(word))
        })
        .collect();
    assert!(output.status.success() && findings.is_empty(), "{text}");
}
