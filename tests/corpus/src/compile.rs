//! Every crate through rustc: the library, then the example against it.
//!
//! rustc is called as cargo calls it for `cargo check`, without cargo between: a
//! package of one dependency is built once (`anchor`), and each crate is given its
//! artefacts. That saves cargo's share of each crate's time, gives CPU and memory of
//! the one rustc, and needs no target folder per crate. The manifest is read by cargo
//! (`cargo read-manifest`), so a wrong one is found too.

use crate::generate::{PACKAGE, first_line, generate, round, scratch};
use crate::process::{Outcome, measured};
use crate::specs::{House, Spec, shown};
use crate::state::Results;
use crate::{Options, Stage, pool};
use pontoon::source::sha256_hex;
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// Time for one crate.
const LIMIT: Duration = Duration::from_secs(1800);

/// Generates what is asked for, and compiles it where that is asked for. Whether all
/// of it is generated and compiles.
pub(crate) fn run(house: &House, specs: &[Spec], options: &Options) -> Result<bool, String> {
    let compiling = options.wants(Stage::Compile);
    let generated = Results::open(house, "generate")?;
    let compiled = Results::open(house, "compile")?;
    let generator = fs::read(&house.pontoon).map_err(|error| shown(&house.pontoon, &error))?;
    let generator = sha256_hex(&generator);
    let rustc = if compiling {
        Some(Rustc::new(house, Kind::Check)?)
    } else {
        None
    };
    let title = if compiling { "compile" } else { "generate" };
    pool::each(title, specs, options, |thread, spec| {
        let key = format!("{} {generator}", spec.sha256());
        let kept = generated
            .kept(&spec.name, &key)
            .filter(|_| !options.again || compiling);
        let out = scratch(house, "crate", thread)?.join("client");
        let mut row = match kept {
            Some(row) => row,
            None => {
                let row = generate(house, spec, &out)?;
                generated.put(&spec.name, &key, row.clone())?;
                row
            }
        };
        if row["ok"] != true {
            return Ok(Some(format!(
                "{}: not generated: {}",
                spec.name,
                text(&row["error"])
            )));
        }
        let Some(rustc) = &rustc else {
            return Ok(None);
        };
        let key = format!("{} {}", text(&row["crate"]), rustc.key);
        let kept = compiled.kept(&spec.name, &key);
        let done = match kept.filter(|_| !options.again) {
            Some(done) => done,
            None => {
                if !out.exists() {
                    row = generate(house, spec, &out)?;
                }
                let key = format!("{} {}", text(&row["crate"]), rustc.key);
                let done = rustc.check(&out)?;
                compiled.put(&spec.name, &key, done.clone())?;
                done
            }
        };
        Ok((done["ok"] != true)
            .then(|| format!("{}: does not compile: {}", spec.name, text(&done["error"]))))
    })?;
    let good = |results: &Results, spec: &Spec| {
        results
            .get(&spec.name)
            .is_some_and(|row| row["ok"] == true || crate::table::refused(&row))
    };
    let all = |results: &Results| specs.iter().all(|spec| good(results, spec));
    let compile_all = || {
        specs.iter().all(|spec| {
            let row = generated.get(&spec.name).unwrap_or_default();
            row["ok"] != true || good(&compiled, spec)
        })
    };
    Ok(all(&generated) && (!compiling || compile_all()))
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// What rustc is to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// What `cargo check` makes.
    Check,
    /// What can be run, without debug information.
    Link,
}

/// rustc, and the artefacts that every crate is compiled against.
pub(crate) struct Rustc {
    kind: Kind,
    /// What the result depends on besides the crate: runtime and compiler.
    pub(crate) key: String,
    /// Folder of the artefacts.
    deps: PathBuf,
    runtime: PathBuf,
    tokio: PathBuf,
}

impl Rustc {
    /// Builds what crates depend on.
    pub(crate) fn new(house: &House, kind: Kind) -> Result<Self, String> {
        let anchor = house.cache.join("anchor");
        let (verb, ending) = match kind {
            Kind::Check => ("check", ".rmeta"),
            Kind::Link => ("build", ".rlib"),
        };
        fs::create_dir_all(anchor.join("src")).map_err(|error| shown(&anchor, &error))?;
        // The features that generated crates have by default, and those that their
        // formats may turn on.
        let manifest = format!(
            "[package]\nname = \"anchor\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
             [dependencies]\npontoon-runtime = {{ path = {:?}, features = [\"jiff\", \"rust_decimal\", \"uuid\", \"xml\"] }}\n\
             tokio = {{ version = \"1\", features = [\"macros\", \"rt\"] }}\n\n[workspace]\n",
            house.runtime()
        );
        let write = |name: &str, text: &str| {
            let path = anchor.join(name);
            fs::write(&path, text).map_err(|error| shown(&path, &error))
        };
        write("Cargo.toml", &manifest)?;
        write("src/lib.rs", "")?;
        let lock = house.root.join("Cargo.lock");
        fs::copy(&lock, anchor.join("Cargo.lock")).map_err(|error| shown(&lock, &error))?;
        let output = Command::new("cargo")
            .args([verb, "--message-format=json", "--quiet"])
            .current_dir(&anchor)
            .env("CARGO_TARGET_DIR", house.cache.join("target"))
            .env("CARGO_INCREMENTAL", "0")
            .env("CARGO_PROFILE_DEV_DEBUG", "0")
            .env_remove("RUSTFLAGS")
            .output()
            .map_err(|error| format!("cargo: {error}"))?;
        let said = String::from_utf8_lossy(&output.stdout);
        let artefact = |name: &str| -> Result<PathBuf, String> {
            said.lines()
                .filter_map(|line| serde_json::from_str::<Value>(line).ok())
                .filter(|line| line["target"]["name"] == name)
                .filter_map(|line| {
                    let files = line["filenames"].as_array()?;
                    files
                        .iter()
                        .find_map(|file| file.as_str().filter(|file| file.ends_with(ending)))
                        .map(PathBuf::from)
                })
                .next()
                .ok_or_else(|| {
                    format!(
                        "the runtime does not compile:\n{}",
                        String::from_utf8_lossy(&output.stderr)
                    )
                })
        };
        let runtime = artefact("pontoon_runtime")?;
        let version = Command::new("rustc")
            .arg("--version")
            .output()
            .map_err(|error| format!("rustc: {error}"))?;
        Ok(Self {
            kind,
            key: format!(
                "{} {}",
                house.runtime_sha256()?,
                String::from_utf8_lossy(&version.stdout).trim()
            ),
            deps: runtime
                .parent()
                .map(Path::to_path_buf)
                .ok_or("artefacts have a folder")?,
            tokio: artefact("tokio")?,
            runtime,
        })
    }

    /// Compiles the crate in `krate`, and its example.
    fn check(&self, krate: &Path) -> Result<Value, String> {
        let scratch = krate.with_extension("check");
        fs::create_dir_all(&scratch).map_err(|error| shown(&scratch, &error))?;
        let mut cargo = Command::new("cargo");
        cargo.arg("read-manifest").current_dir(krate);
        let manifest = run_measured(&mut cargo, &scratch)?;
        if !manifest.ok() {
            return Ok(json!({
                "ok": false,
                "error": format!("Cargo.toml: {}", first_line(&manifest)),
            }));
        }
        let features = features(&krate.join("Cargo.toml"))?;
        let name = PACKAGE.replace('-', "_");
        let library = run_measured(
            self.rustc(&krate.join("src/lib.rs"), &name, &features, &scratch)
                .args(["--crate-type", "lib"]),
            &scratch,
        )?;
        let mut said = Said::of(&library);
        let mut row = json!({
            "cpu": round(library.cpu, 2),
            "mb": library.mb.round(),
        });
        let example = krate.join("examples/quickstart.rs");
        if library.ok() && example.exists() {
            let rmeta = scratch.join(format!("lib{name}.rmeta"));
            let outcome = run_measured(
                self.rustc(&example, "quickstart", &features, &scratch)
                    .args(["--crate-type", "bin", "--extern"])
                    .arg(format!("{name}={}", rmeta.display()))
                    .args(self.tokio()),
                &scratch,
            )?;
            row["example_cpu"] = round(outcome.cpu, 2).into();
            said.add(Said::of(&outcome), "example: ");
        }
        row["ok"] = (said.errors == 0 && said.warnings == 0).into();
        row["errors"] = said.errors.into();
        row["warnings"] = said.warnings.into();
        if let Some(first) = said.first {
            row["error"] = first.into();
        }
        Ok(row)
    }

    /// The arguments that name tokio.
    pub(crate) fn tokio(&self) -> [String; 2] {
        [
            "--extern".to_owned(),
            format!("tokio={}", self.tokio.display()),
        ]
    }

    /// Runs a command of [`Self::rustc`].
    pub(crate) fn run(&self, command: &mut Command, scratch: &Path) -> Result<Outcome, String> {
        run_measured(command, scratch)
    }

    /// rustc as cargo calls it.
    pub(crate) fn rustc(
        &self,
        source: &Path,
        name: &str,
        features: &[Feature],
        out: &Path,
    ) -> Command {
        let mut command = Command::new("rustc");
        command
            .args(["--crate-name", name, "--edition=2024"])
            .arg(match self.kind {
                Kind::Check => "--emit=metadata",
                Kind::Link => "--emit=link",
            })
            .args(["--error-format=json", "-C", "debuginfo=0", "--out-dir"])
            .arg(out)
            .arg("-L")
            .arg(format!("dependency={}", self.deps.display()))
            .arg("--extern")
            .arg(format!("pontoon_runtime={}", self.runtime.display()))
            .args(["--check-cfg", "cfg(docsrs,test)", "--check-cfg"]);
        let values: Vec<String> = features.iter().map(|f| format!("{:?}", f.name)).collect();
        command.arg(format!("cfg(feature, values({}))", values.join(", ")));
        for feature in features.iter().filter(|feature| feature.on) {
            command
                .arg("--cfg")
                .arg(format!("feature={:?}", feature.name));
        }
        command
            .arg(source)
            .env("CARGO_PKG_NAME", PACKAGE)
            .env("CARGO_PKG_VERSION", "0.1.0")
            .env("CARGO_MANIFEST_DIR", out)
            .env_remove("RUSTFLAGS");
        command
    }
}

fn run_measured(command: &mut Command, scratch: &Path) -> Result<Outcome, String> {
    measured(command, scratch, LIMIT).map_err(|error| error.to_string())
}

/// A feature of the crate and whether it is on by default.
pub(crate) struct Feature {
    name: String,
    on: bool,
}

/// The features of a manifest, those on by default through `default` and what it names.
pub(crate) fn features(manifest: &Path) -> Result<Vec<Feature>, String> {
    let text = fs::read_to_string(manifest).map_err(|error| shown(manifest, &error))?;
    let table: toml::Table = toml::from_str(&text).map_err(|error| error.to_string())?;
    let empty = toml::Table::new();
    let all = table
        .get("features")
        .and_then(toml::Value::as_table)
        .unwrap_or(&empty);
    let mut on = std::collections::BTreeSet::new();
    let mut open = vec!["default".to_owned()];
    while let Some(name) = open.pop() {
        if !on.insert(name.clone()) {
            continue;
        }
        let names = all.get(&name).and_then(toml::Value::as_array);
        let names = names.into_iter().flatten().filter_map(toml::Value::as_str);
        open.extend(names.filter(|name| !name.contains('/')).map(str::to_owned));
    }
    Ok(all
        .keys()
        .map(|name| Feature {
            name: name.clone(),
            on: on.contains(name),
        })
        .collect())
}

/// What a compiler said.
#[derive(Default)]
pub(crate) struct Said {
    errors: usize,
    warnings: usize,
    pub(crate) first: Option<String>,
}

impl Said {
    pub(crate) fn of(outcome: &Outcome) -> Self {
        let mut said = Self::default();
        for line in outcome.stderr.lines() {
            let Ok(found) = serde_json::from_str::<Value>(line) else {
                continue;
            };
            // The counts at the end have no place.
            let place = &found["spans"][0];
            match text(&found["level"]) {
                "error" => said.errors += 1,
                "warning" if !place.is_null() => said.warnings += 1,
                _ => continue,
            }
            if said.first.is_none() {
                let file = text(&place["file_name"]);
                let file = file.rsplit_once("/client/").map_or(file, |(_, file)| file);
                let code = text(&found["code"]["code"]);
                said.first = Some(format!(
                    "{} {code} {file}:{}: {}",
                    text(&found["level"]),
                    place["line_start"],
                    text(&found["message"])
                ));
            }
        }
        if !outcome.ok() && said.errors == 0 {
            said.errors = 1;
            said.first = Some(format!("rustc: {}", first_line(outcome)));
        }
        said
    }

    fn add(&mut self, other: Self, label: &str) {
        self.errors += other.errors;
        self.warnings += other.warnings;
        if self.first.is_none() {
            self.first = other.first.map(|line| format!("{label}{line}"));
        }
    }
}
