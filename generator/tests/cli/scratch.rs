//! A folder to run the binary in, and what can be said of a run.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};
use std::{env, fs};

/// No run on bad input may take longer; a debug build on a busy machine included.
const LONGEST: Duration = Duration::from_secs(60);

/// A folder of its own, made anew.
pub(crate) struct Scratch {
    pub(crate) root: PathBuf,
}

impl Scratch {
    pub(crate) fn new(name: &str) -> Self {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .join("cli")
            .join(name);
        if root.exists() {
            fs::remove_dir_all(&root).unwrap();
        }
        // The files of a case stand two folders down, so that `..` stays inside.
        fs::create_dir_all(root.join("home/case")).unwrap();
        Self { root }
    }

    /// Where the case's files are and the binary runs.
    pub(crate) fn case(&self) -> PathBuf {
        self.root.join("home/case")
    }

    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        fs::write(self.case().join(name), text).unwrap();
    }

    /// A command that runs the binary here, in a bare environment.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pontoon"));
        command
            .args(arguments)
            .current_dir(self.case())
            .env_clear()
            .env("HOME", self.root.join("home"))
            .env("PATH", env::var_os("PATH").unwrap_or_default());
        command
    }

    /// Runs `generate SPEC --out out --name sample` and `more`.
    #[track_caller]
    pub(crate) fn generate(&self, spec: &str, more: &[&str]) -> Run {
        let mut arguments = vec!["generate", spec, "--out", "out", "--name", "sample"];
        arguments.extend(more);
        self.run(&arguments)
    }

    #[track_caller]
    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        let before = files(&self.root);
        let started = Instant::now();
        let output = self.command(arguments).output().unwrap();
        let run = Run {
            elapsed: started.elapsed(),
            output,
            out: self.case().join("out"),
            changed_outside: changed(&before, &files(&self.root)),
        };
        assert!(run.elapsed < LONGEST, "took {:?}", run.elapsed);
        assert!(
            !run.stderr().contains("panicked at") && run.output.status.code() != Some(101),
            "panic:\n{}",
            run.stderr()
        );
        run
    }
}

/// The end of a run.
pub(crate) struct Run {
    pub(crate) output: Output,
    pub(crate) elapsed: Duration,
    out: PathBuf,
    changed_outside: Vec<String>,
}

impl Run {
    pub(crate) fn stderr(&self) -> String {
        String::from_utf8(self.output.stderr.clone()).unwrap()
    }

    /// Exit code 3, a diagnostic, and nothing written.
    #[track_caller]
    pub(crate) fn assert_refused(&self) -> &Self {
        assert_eq!(
            self.output.status.code(),
            Some(3),
            "stderr:\n{}",
            self.stderr()
        );
        assert!(
            self.stderr().contains("error"),
            "no diagnostic: {:?}",
            self.stderr()
        );
        assert!(!self.out.exists(), "--out exists after a failure");
        self.assert_nothing_outside()
    }

    /// Exit code 0 and a crate.
    #[track_caller]
    pub(crate) fn assert_generated(&self) -> &Self {
        assert_eq!(
            self.output.status.code(),
            Some(0),
            "stderr:\n{}",
            self.stderr()
        );
        assert!(self.out.join("Cargo.toml").is_file(), "no crate");
        for (path, bytes) in files(&self.out) {
            let parts_are_plain = Path::new(&path)
                .components()
                .all(|part| matches!(part, std::path::Component::Normal(_)));
            assert!(parts_are_plain, "{path}");
            let text = String::from_utf8(bytes).unwrap_or_else(|_| panic!("{path} is not UTF-8"));
            if path.ends_with(".rs") {
                syn::parse_file(&text).unwrap_or_else(|error| panic!("{path}: {error}"));
            }
            if path.ends_with(".toml") {
                toml::from_str::<toml::Table>(&text)
                    .unwrap_or_else(|error| panic!("{path}: {error}"));
            }
        }
        self.assert_nothing_outside()
    }

    #[track_caller]
    fn assert_nothing_outside(&self) -> &Self {
        assert!(
            self.changed_outside.is_empty(),
            "written outside of --out: {:?}",
            self.changed_outside
        );
        self
    }

    /// Compares stderr with a file, or writes the file when `PONTOON_UPDATE` is set.
    #[track_caller]
    pub(crate) fn assert_stderr(&self, expected: &Path) -> &Self {
        let actual = self.stderr();
        if env::var_os("PONTOON_UPDATE").is_some() {
            fs::write(expected, &actual).unwrap();
            return self;
        }
        let wanted = fs::read_to_string(expected).unwrap_or_default();
        assert!(
            actual == wanted,
            "stderr differs from {}; if it is meant, run the tests with PONTOON_UPDATE=1\n--- expected\n{wanted}\n--- actual\n{actual}",
            expected.display(),
        );
        self
    }
}

/// Every file under `root` by relative path; files beyond 16 MB without content.
pub(crate) fn files(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else {
            continue;
        };
        for entry in entries {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let bytes = match fs::metadata(&path).unwrap().len() {
                0..=16_000_000 => fs::read(&path).unwrap(),
                _ => Vec::new(),
            };
            let name = path
                .strip_prefix(root)
                .unwrap()
                .to_str()
                .unwrap()
                .to_owned();
            found.insert(name, bytes);
        }
    }
    found
}

fn changed(before: &BTreeMap<String, Vec<u8>>, after: &BTreeMap<String, Vec<u8>>) -> Vec<String> {
    after
        .iter()
        .filter(|(name, bytes)| before.get(*name) != Some(bytes))
        .map(|(name, _)| name.clone())
        .chain(
            before
                .keys()
                .filter(|name| !after.contains_key(*name))
                .cloned(),
        )
        .filter(|name| !name.starts_with("home/case/out/"))
        .collect()
}

/// The folder of a kind of cases in the test package.
pub(crate) fn cases(kind: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../tests")
        .join(kind)
}

/// Copies the files of a case into a new scratch folder; gives its input's name
/// and its further arguments.
#[track_caller]
pub(crate) fn open(case: &Path, name: &str) -> (Scratch, String, Vec<String>) {
    let scratch = Scratch::new(name);
    let mut input = None;
    let mut arguments = Vec::new();
    for entry in fs::read_dir(case).unwrap_or_else(|error| panic!("{}: {error}", case.display())) {
        let path = entry.unwrap().path();
        let file = path.file_name().unwrap().to_str().unwrap().to_owned();
        match file.as_str() {
            "expected.stderr" => {}
            "args" => arguments.extend(
                fs::read_to_string(&path)
                    .unwrap()
                    .lines()
                    .map(str::to_owned),
            ),
            _ if path.is_dir() => {}
            _ => {
                fs::copy(&path, scratch.case().join(&file)).unwrap();
                if file.starts_with("input.") || file == "spec.yaml" {
                    input = Some(file);
                }
            }
        }
    }
    (scratch, input.expect("an input"), arguments)
}
