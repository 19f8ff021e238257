//! Paths that stay inside the crate, on every file system.

use super::PackageError;
use crate::emit::OutputFile;
use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::Path;

/// All paths are sound and differ in more than letter case.
pub(super) fn check(files: &[OutputFile]) -> Result<(), PackageError> {
    let mut seen = BTreeSet::new();
    for file in files {
        check_one(&file.path)?;
        if !seen.insert(file.path.to_lowercase()) {
            return Err(PackageError::Twice(file.path.clone()));
        }
    }
    Ok(())
}

/// `a/b_c/d-1.rs`: nothing empty, hidden, absolute or dotted.
pub(super) fn check_one(path: &str) -> Result<(), PackageError> {
    let sound = path.split('/').all(|part| {
        !part.is_empty()
            && part.len() <= 200
            && !part.starts_with('.')
            && !part.ends_with('.')
            && !is_device(part)
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'))
    });
    if sound {
        Ok(())
    } else {
        Err(PackageError::Path(path.to_owned()))
    }
}

/// Names that Windows keeps for devices, with any extension.
fn is_device(part: &str) -> bool {
    let stem = part.split('.').next().unwrap_or(part).to_ascii_lowercase();
    matches!(stem.as_str(), "con" | "prn" | "aux" | "nul")
        || (stem.len() == 4
            && (stem.starts_with("com") || stem.starts_with("lpt"))
            && stem.ends_with(|last: char| last.is_ascii_digit()))
}

/// The folders between `out` and the file are folders, where they are there.
pub(super) fn check_folders(out: &Path, path: &str) -> Result<(), PackageError> {
    let mut folder = out.to_owned();
    let parts: Vec<&str> = path.split('/').collect();
    for part in &parts[..parts.len().saturating_sub(1)] {
        folder.push(part);
        match fs::symlink_metadata(&folder) {
            Ok(data) if data.is_dir() => {}
            Ok(_) => return Err(PackageError::NotAFolder(folder)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(PackageError::Io(folder, error)),
        }
    }
    Ok(())
}
