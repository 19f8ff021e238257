//! What is emitted compiles: the crate, its example, the program that exercises it.

mod sample;

use pontoon::emit::{emit, emit_tests};
use pontoon::package::{Mode, package};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Runs cargo on the crate, with the artefacts of this workspace at hand.
fn cargo(krate: &Path, arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .current_dir(krate)
        .env("CARGO_TARGET_DIR", target().join("generated"))
        .env_remove("RUSTFLAGS")
        .output()
        .expect("cargo runs");
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "cargo {arguments:?}:\n{text}");
    text
}

fn target() -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
}

#[test]
fn a_crate_with_hostile_text_compiles_without_warnings() {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut krate = sample::krate();
    let runtime = workspace.join("runtime/client");
    krate.runtime.path = Some(runtime.to_string_lossy().into_owned());
    let out = target().join("compiles");
    let _ = fs::remove_dir_all(&out);
    let mut files = emit(&krate);
    files.extend(emit_tests(&krate));
    package(&out, &files, Mode::Write).expect("written");
    // The versions that the workspace is tested with.
    fs::copy(workspace.join("Cargo.lock"), out.join("Cargo.lock")).expect("a lock file");
    for arguments in [
        &["check", "--all-targets", "--features", "serde"][..],
        &["check", "--no-default-features"],
        &["doc", "--no-deps"],
    ] {
        let text = cargo(&out, arguments);
        assert!(!text.contains("warning"), "cargo {arguments:?}:\n{text}");
    }
    cargo(&out, &["fmt", "--check"]);
}
