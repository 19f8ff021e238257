//! The only writer: puts a generated crate on disk, or tells what is stale.
//!
//! All new text is written beside its destination first and moved into place
//! after that, so that no file is ever half written. `.pontoon-files` lists what
//! a generation owns with the hashes of what it wrote; nothing else in the folder
//! is ever overwritten or removed.

mod manifest;
mod paths;

use crate::emit::OutputFile;
use manifest::Owned;
use std::collections::BTreeSet;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The list of files that a generation owns, relative to the crate.
pub const OWNED_FILES: &str = ".pontoon-files";

/// What to do with the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Bring the folder up to date.
    Write,
    /// Write nothing and tell what is stale.
    Check,
}

/// What was done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Written {
    /// Files that were written, relative to the crate.
    pub written: Vec<String>,
    /// How many files were there already, byte for byte.
    pub unchanged: usize,
    /// Files of an earlier generation that were removed.
    pub removed: Vec<String>,
    /// In [`Mode::Check`]: files that are missing, differ or should not be there.
    pub stale: Vec<String>,
}

/// Why a crate could not be put on disk. Nothing was changed unless it is
/// [`PackageError::Io`] on a move.
#[derive(Debug)]
#[non_exhaustive]
pub enum PackageError {
    /// A path that would leave the crate's folder or that no file can have.
    Path(String),
    /// Two files with one path (letter case aside).
    Twice(String),
    /// A file that pontoon did not write is where one should be written.
    Foreign(PathBuf),
    /// A part of the path is a symbolic link or no folder.
    NotAFolder(PathBuf),
    /// The file system said no.
    Io(PathBuf, io::Error),
}

impl fmt::Display for PackageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path(path) => write!(f, "{path:?} is no path inside a crate"),
            Self::Twice(path) => write!(f, "two files would be written to {path:?}"),
            Self::Foreign(path) => write!(
                f,
                "{} was not written by pontoon (or was changed since and has lost its mark); \
                 move it away or choose another folder",
                path.display()
            ),
            Self::NotAFolder(path) => write!(
                f,
                "{} is a symbolic link or no folder; nothing is written through it",
                path.display()
            ),
            Self::Io(path, error) => write!(f, "{}: {error}", path.display()),
        }
    }
}

impl std::error::Error for PackageError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io(_, error) => Some(error),
            Self::Path(_) | Self::Twice(_) | Self::Foreign(_) | Self::NotAFolder(_) => None,
        }
    }
}

/// Brings the folder `out` to exactly `files`, as far as pontoon owns it.
pub fn package(out: &Path, files: &[OutputFile], mode: Mode) -> Result<Written, PackageError> {
    paths::check(files)?;
    let owned = Owned::read(out)?;
    let plan = Plan::make(out, files, &owned)?;
    let mut report = Written {
        unchanged: plan.unchanged,
        ..Written::default()
    };
    let names = plan.write.iter().map(|file| file.path.clone());
    match mode {
        Mode::Check => {
            report.stale = names.chain(plan.remove).collect();
            report.stale.sort();
        }
        Mode::Write => {
            report.written = names.collect();
            apply(out, &plan, files)?;
            report.removed = plan.remove;
        }
    }
    Ok(report)
}

/// What has to be done.
struct Plan<'a> {
    write: Vec<&'a OutputFile>,
    unchanged: usize,
    remove: Vec<String>,
    /// Whether the list of owned files has to be written anew.
    relist: bool,
}

impl<'a> Plan<'a> {
    fn make(out: &Path, files: &'a [OutputFile], owned: &Owned) -> Result<Self, PackageError> {
        let mut plan = Self {
            write: Vec::new(),
            unchanged: 0,
            remove: Vec::new(),
            relist: *owned != Owned::of(files),
        };
        for file in files {
            paths::check_folders(out, &file.path)?;
            let path = out.join(&file.path);
            match read(&path)? {
                Some(bytes) if bytes == file.text.as_bytes() => plan.unchanged += 1,
                Some(bytes) if !owned.contains(&file.path) && !is_marked(&bytes) => {
                    return Err(PackageError::Foreign(path));
                }
                _ => plan.write.push(file),
            }
        }
        let wanted: BTreeSet<&str> = files.iter().map(|file| file.path.as_str()).collect();
        for (name, hash) in owned.iter() {
            if wanted.contains(name) || paths::check_one(name).is_err() {
                continue;
            }
            // A file that was changed since is no longer ours to remove.
            if paths::check_folders(out, name).is_ok()
                && let Some(bytes) = read(&out.join(name))?
                && manifest::hash(&bytes) == hash
            {
                plan.remove.push(name.to_owned());
            }
        }
        Ok(plan)
    }
}

/// The first line of a generated file holds the mark.
fn is_marked(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(200)];
    let line = head.split(|byte| *byte == b'\n').next().unwrap_or(head);
    let mark = b"@generated by pontoon";
    line.windows(mark.len()).any(|window| window == mark)
}

/// The bytes of a file; `None` where there is none.
fn read(path: &Path) -> Result<Option<Vec<u8>>, PackageError> {
    match fs::symlink_metadata(path) {
        Ok(data) if data.is_file() => fs::read(path)
            .map(Some)
            .map_err(|error| PackageError::Io(path.to_owned(), error)),
        Ok(_) => Err(PackageError::Foreign(path.to_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(PackageError::Io(path.to_owned(), error)),
    }
}

/// Writes all, then moves all, then removes what is left over.
fn apply(out: &Path, plan: &Plan<'_>, files: &[OutputFile]) -> Result<(), PackageError> {
    if plan.write.is_empty() && plan.remove.is_empty() && !plan.relist {
        return Ok(());
    }
    let create = |path: &Path| {
        fs::create_dir_all(path).map_err(|error| PackageError::Io(path.to_owned(), error))
    };
    create(out)?;
    let staging = out.join(format!(".pontoon-staging-{}", std::process::id()));
    let done = stage(&staging, plan, files).and_then(|()| {
        for file in &plan.write {
            let path = out.join(&file.path);
            if let Some(folder) = path.parent() {
                create(folder)?;
            }
            rename(&staging.join(&file.path), &path)?;
        }
        for name in &plan.remove {
            let path = out.join(name);
            fs::remove_file(&path).map_err(|error| PackageError::Io(path.clone(), error))?;
            remove_empty_folders(out, &path);
        }
        rename(&staging.join(OWNED_FILES), &out.join(OWNED_FILES))
    });
    // What is left of the staging folder is of no use, whatever happened.
    let _ = fs::remove_dir_all(&staging);
    done
}

fn stage(staging: &Path, plan: &Plan<'_>, files: &[OutputFile]) -> Result<(), PackageError> {
    let list = Owned::of(files).text();
    let all = plan
        .write
        .iter()
        .map(|file| (file.path.as_str(), file.text.as_str()));
    for (name, text) in all.chain([(OWNED_FILES, list.as_str())]) {
        let path = staging.join(name);
        let folder = path.parent().unwrap_or(staging);
        fs::create_dir_all(folder)
            .and_then(|()| fs::write(&path, text))
            .map_err(|error| PackageError::Io(path.clone(), error))?;
    }
    Ok(())
}

fn rename(from: &Path, to: &Path) -> Result<(), PackageError> {
    fs::rename(from, to).map_err(|error| PackageError::Io(to.to_owned(), error))
}

/// Removes the folders of a removed file as far as they are empty.
fn remove_empty_folders(out: &Path, path: &Path) {
    let mut folder = path.parent();
    while let Some(current) = folder {
        // Fails on the first folder that still holds something.
        if current == out || fs::remove_dir(current).is_err() {
            return;
        }
        folder = current.parent();
    }
}

/// Writes one file whole or not at all: beside it first, then renamed. Folders
/// above it are made.
///
/// # Errors
/// The folder or file cannot be written.
pub fn write_file(path: &Path, text: &str) -> std::io::Result<()> {
    let folder = match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    std::fs::create_dir_all(folder)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let beside = folder.join(format!(".{name}.{}.part", std::process::id()));
    let written = std::fs::write(&beside, text).and_then(|()| std::fs::rename(&beside, path));
    if written.is_err() {
        // The error that matters is the one of writing.
        let _ = std::fs::remove_file(&beside);
    }
    written
}
