//! Shared helpers of the tests.

pub mod judge;
pub mod objection;
pub mod tap;

use std::path::{Path, PathBuf};

/// The root of the workspace.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}

/// The target folder that the running test was built into.
pub fn target() -> PathBuf {
    // target/PROFILE/deps/TEST
    std::env::current_exe()
        .ok()
        .and_then(|path| Some(path.parent()?.parent()?.parent()?.to_owned()))
        .unwrap_or_else(|| root().join("target"))
}

/// A `cargo` command that builds into the target folder of the running test.
pub fn cargo() -> std::process::Command {
    let mut command =
        std::process::Command::new(std::env::var_os("CARGO").unwrap_or("cargo".into()));
    command
        .env("CARGO_TARGET_DIR", target())
        .env("CARGO_TERM_COLOR", "never")
        .current_dir(root());
    command
}
