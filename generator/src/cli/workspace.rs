//! Where a crate will stand: in which workspace, how far from the runtime.

use crate::rust::ir::RuntimeDependency;
use std::path::{Component, Path, PathBuf};

/// The runtime's folder in this project.
const RUNTIME: &str = "runtime/client";

/// An absolute path without `.` and `..`, whether it exists or not.
pub(super) fn absolute(path: &Path) -> PathBuf {
    let full = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    let mut out = PathBuf::new();
    for component in full.components() {
        match component {
            Component::ParentDir => {
                out.pop();
            }
            Component::CurDir => {}
            other => out.push(other),
        }
    }
    out
}

/// How the crate in `out` depends on the runtime: by the given path, by the
/// path inside this project's workspace, else by version.
pub(super) fn runtime(out: &Path, given: Option<&Path>) -> RuntimeDependency {
    let out = absolute(out);
    let found = match given {
        Some(path) => Some(absolute(path)),
        None => out
            .ancestors()
            .map(Path::to_path_buf)
            .chain(std::env::current_dir().ok())
            .map(|folder| folder.join(RUNTIME))
            .find(|folder| is_runtime(folder)),
    };
    RuntimeDependency {
        version: format!("={}", crate::VERSION),
        path: found.and_then(|path| {
            let relative = pathdiff::diff_paths(&path, &out)?;
            Some(relative.to_string_lossy().replace('\\', "/"))
        }),
    }
}

fn is_runtime(folder: &Path) -> bool {
    std::fs::read_to_string(folder.join("Cargo.toml"))
        .is_ok_and(|text| text.contains("name = \"pontoon-runtime\""))
}

/// Whether the crate in `out` needs a `[workspace]` table of its own, because a
/// folder above is a workspace that does not list it.
pub(super) fn standalone(out: &Path) -> bool {
    let out = absolute(out);
    for folder in out.ancestors().skip(1) {
        let Ok(text) = std::fs::read_to_string(folder.join("Cargo.toml")) else {
            continue;
        };
        let Ok(manifest) = text.parse::<toml::Table>() else {
            continue;
        };
        let Some(workspace) = manifest.get("workspace") else {
            continue;
        };
        let Ok(relative) = out.strip_prefix(folder) else {
            return true;
        };
        let relative = relative.to_string_lossy().replace('\\', "/");
        let lists = |key: &str| {
            workspace
                .get(key)
                .and_then(toml::Value::as_array)
                .is_some_and(|list| {
                    list.iter()
                        .filter_map(toml::Value::as_str)
                        .any(|glob| matches(glob, &relative))
                })
        };
        return !lists("members") && !lists("exclude");
    }
    false
}

/// Cargo's member globs, as far as they are in use: `*` within a segment.
fn matches(glob: &str, path: &str) -> bool {
    let mut globs = glob.trim_start_matches("./").split('/');
    let mut segments = path.split('/');
    loop {
        match (globs.next(), segments.next()) {
            (None, None) => return true,
            (Some("*"), Some(_)) => {}
            (Some(glob), Some(segment)) if glob == segment => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn member_globs() {
        assert!(matches("generated/*", "generated/acme"));
        assert!(matches("./a/b", "a/b"));
        assert!(!matches("generated/*", "generated/acme/x"));
    }

    #[test]
    fn dots_are_resolved() {
        assert_eq!(absolute(Path::new("/a/./b/../c")), PathBuf::from("/a/c"));
    }
}
