//! The `exercise` example of a crate, built by rustc against a runtime that cargo built
//! once.

use crate::compile::{Kind, Rustc, Said, features};
use crate::generate::PACKAGE;
use crate::specs::{House, shown};
use std::fs;
use std::path::{Path, PathBuf};

/// Builds programs.
pub(super) struct Builder {
    rustc: Rustc,
    /// What a result depends on besides spec and generator.
    pub(super) key: String,
}

/// A program that makes the calls of one spec.
pub(super) struct Program {
    pub(super) path: PathBuf,
    /// CPU seconds of both rustc.
    pub(super) cpu: f64,
    /// Peak memory of the larger one, in megabytes.
    pub(super) mb: f64,
}

impl Builder {
    pub(super) fn new(house: &House) -> Result<Self, String> {
        let rustc = Rustc::new(house, Kind::Link)?;
        let key = rustc.key.clone();
        Ok(Self { rustc, key })
    }

    /// The program of the crate in `krate`, or what the compiler says against it.
    pub(super) fn build(&self, krate: &Path) -> Result<Result<Program, String>, String> {
        let out = krate.with_extension("build");
        fs::create_dir_all(&out).map_err(|error| shown(&out, &error))?;
        let features = features(&krate.join("Cargo.toml"))?;
        let name = PACKAGE.replace('-', "_");
        let mut library = self
            .rustc
            .rustc(&krate.join("src/lib.rs"), &name, &features, &out);
        library.args(["--crate-type", "lib"]);
        let library = self.rustc.run(&mut library, &out)?;
        if !library.ok() {
            return Ok(Err(Said::of(&library).first.unwrap_or_default()));
        }
        let main = krate.join("examples/exercise/main.rs");
        let mut example = self.rustc.rustc(&main, "exercise", &features, &out);
        example
            .args(["--crate-type", "bin", "--extern"])
            .arg(format!(
                "{name}={}",
                out.join(format!("lib{name}.rlib")).display()
            ))
            .args(self.rustc.tokio());
        let example = self.rustc.run(&mut example, &out)?;
        if !example.ok() {
            return Ok(Err(Said::of(&example).first.unwrap_or_default()));
        }
        Ok(Ok(Program {
            path: out.join("exercise"),
            cpu: library.cpu + example.cpu,
            mb: library.mb.max(example.mb),
        }))
    }
}
