//! `pontoon.toml` and `pontoon.lock`: the clients of a project, and what they
//! were generated from.

use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// The content of `pontoon.toml`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Project {
    /// Clients by name.
    pub client: BTreeMap<String, Client>,
}

/// One client of a project.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Client {
    /// The spec, relative to `pontoon.toml`.
    pub spec: PathBuf,
    /// The folder of the crate, relative to `pontoon.toml`.
    pub out: PathBuf,
    /// `client.toml`; its folder also holds `names.toml`.
    pub config: Option<PathBuf>,
    /// The folder below which the spec may refer to files, relative to
    /// `pontoon.toml`; by default its own.
    pub root: Option<PathBuf>,
    /// Overlays to lay over the spec, in order, relative to `pontoon.toml`.
    #[serde(default)]
    pub overlays: Vec<PathBuf>,
    /// More globs of operations to keep.
    #[serde(default)]
    pub include: Vec<String>,
    /// Whether the crate gets a test that makes every call.
    #[serde(default)]
    pub tests: bool,
    /// Whether the crate has a mock of its API, for tests of its users.
    #[serde(default)]
    pub mock: bool,
}

impl Client {
    /// Where the names ledger is kept.
    pub fn ledger(&self, root: &Path) -> PathBuf {
        let folder = match &self.config {
            Some(config) => root.join(config).parent().map(Path::to_path_buf),
            None => Some(root.join(&self.out)),
        };
        folder
            .unwrap_or_else(|| root.to_path_buf())
            .join("names.toml")
    }
}

/// Finds `pontoon.toml` in `from` or above.
pub fn find(from: &Path) -> Option<PathBuf> {
    from.ancestors()
        .map(|folder| folder.join("pontoon.toml"))
        .find(|path| path.is_file())
}

/// What a client was generated from, for `pontoon.lock`.
#[derive(Debug, Clone, Default)]
pub struct Locked {
    /// SHA-256 of the spec.
    pub spec: String,
    /// SHA-256 of each overlay, in order.
    pub overlays: Vec<String>,
    /// SHA-256 of `client.toml`, where there is one.
    pub config: Option<String>,
    /// SHA-256 of `names.toml`.
    pub names: String,
    /// Files written, with their SHA-256.
    pub files: Vec<(String, String)>,
}

/// The text of `pontoon.lock`.
pub fn lock_text(clients: &BTreeMap<String, Locked>) -> String {
    let mut out = String::from("# Written by pontoon. Do not edit.\n");
    let _ = writeln!(out, "generator = \"{}\"", crate::VERSION);
    for (name, locked) in clients {
        let _ = writeln!(out, "\n[client.\"{name}\"]\nspec = \"{}\"", locked.spec);
        if !locked.overlays.is_empty() {
            let list = locked.overlays.join("\", \"");
            let _ = writeln!(out, "overlays = [\"{list}\"]");
        }
        if let Some(config) = &locked.config {
            let _ = writeln!(out, "config = \"{config}\"");
        }
        let _ = writeln!(out, "names = \"{}\"", locked.names);
        let _ = writeln!(out, "\n[client.\"{name}\".files]");
        for (path, hash) in &locked.files {
            let _ = writeln!(out, "\"{path}\" = \"{hash}\"");
        }
    }
    out
}
