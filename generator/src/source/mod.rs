//! A spec as it was written: text read from disk, parsed to nodes that know
//! their place, with references to other files brought in.

mod anchors;
mod external;
mod json;
mod node;
pub mod position;
mod scalar;
mod text;
mod yaml;

use std::path::Path;
use std::sync::{Arc, OnceLock};

pub use node::{Node, Object, Place, Value, escape, unescape};

use crate::diagnostic::{Diagnostic, Diagnostics, Effect, codes};

/// A parsed document with every node's place. By default there is none: no
/// files, and null.
#[derive(Debug, Clone, Default)]
pub struct Source {
    /// The files it was read from; the first is the spec itself.
    pub files: Vec<SourceFile>,
    /// The document.
    pub root: Node,
}

/// One file of a [`Source`].
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// The path as the user gave it, with forward slashes.
    pub path: String,
    /// The whole text, for excerpts and checksums.
    pub text: Arc<str>,
    lines: OnceLock<Lines>,
}

#[derive(Debug, Clone)]
struct Lines {
    starts: Vec<u32>,
    ascii: bool,
}

/// A place in words: file, line, column, and the text around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spot {
    /// The path as the user gave it.
    pub path: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// The line, or the part of a long line around the column.
    pub text: String,
    /// How many characters of `text` stand before the column.
    pub lead: usize,
    /// Whether the line begins before `text`.
    pub cut_left: bool,
    /// Whether the line goes on after `text`.
    pub cut_right: bool,
}

/// Bounds on what is read.
#[derive(Debug, Clone)]
pub struct LoadOptions {
    /// Largest file, in bytes.
    pub max_bytes: u64,
    /// Deepest nesting of objects and arrays.
    pub max_depth: usize,
    /// Most values after YAML aliases are expanded.
    pub max_nodes: usize,
    /// The folder below which `$ref`s may name files, if not the spec's own.
    pub root: Option<std::path::PathBuf>,
}

impl Default for LoadOptions {
    fn default() -> Self {
        Self {
            max_bytes: 256 << 20,
            max_depth: 200,
            max_nodes: 5_000_000,
            root: None,
        }
    }
}

/// What a parser gives back.
struct Parsed {
    root: Node,
    findings: Vec<Diagnostic>,
}

/// Reads and parses a spec and the files it refers to. An error means that
/// the input cannot be used at all.
pub fn load(
    path: &Path,
    options: &LoadOptions,
    diagnostics: &mut Diagnostics,
) -> Result<Source, Diagnostic> {
    let text = text::read(path, options.max_bytes)?;
    let shown = forward_slashes(path);
    let mut source = parse(&shown, text, options, diagnostics)?;
    external::bundle(&mut source, path, options, diagnostics);
    Ok(source)
}

/// Parses a text that is already in memory; references to other files are
/// left as they are. `path` is what diagnostics show.
pub fn parse(
    path: &str,
    text: String,
    options: &LoadOptions,
    diagnostics: &mut Diagnostics,
) -> Result<Source, Diagnostic> {
    let file = SourceFile::new(path, text);
    let parsed = parse_file(&file, 0, options).and_then(|parsed| match parsed.root.value {
        Value::Object(_) => Ok(parsed),
        other => Err(Diagnostic::error(
            &codes::NOT_A_SPEC,
            format!("the document is {}, not an object", other.kind()),
        )
        .place(Place::default())
        .help("give the OpenAPI or Swagger document itself, as JSON or YAML")),
    });
    match parsed {
        Ok(mut parsed) => {
            anchors::settle(&mut parsed.root, &file.text, &mut parsed.findings);
            diagnostics.extend(parsed.findings);
            Ok(Source {
                files: vec![file],
                root: parsed.root,
            })
        }
        Err(mut diagnostic) => {
            diagnostic.spot = diagnostic
                .place
                .and_then(|p| file.spot(p.offset))
                .map(Box::new);
            Err(diagnostic)
        }
    }
}

/// The SHA-256 of the bytes, in lower-case hexadecimal.
pub fn sha256_hex(bytes: &[u8]) -> String {
    use sha2::Digest as _;
    use std::fmt::Write as _;
    sha2::Sha256::digest(bytes)
        .iter()
        .fold(String::with_capacity(64), |mut out, byte| {
            let _ = write!(out, "{byte:02x}");
            out
        })
}

fn forward_slashes(path: &Path) -> String {
    let shown = path.display().to_string();
    if std::path::MAIN_SEPARATOR == '/' {
        shown
    } else {
        shown.replace(std::path::MAIN_SEPARATOR, "/")
    }
}

/// Chooses the parser by content; the extension decides only what to blame.
fn parse_file(file: &SourceFile, index: u16, options: &LoadOptions) -> Result<Parsed, Diagnostic> {
    let text: &str = &file.text;
    if text.len() >= u32::MAX as usize {
        return Err(Diagnostic::error(
            &codes::TOO_LARGE,
            "the text is larger than 4 GiB",
        ));
    }
    let start = text.trim_start();
    if start.is_empty() {
        return Err(
            Diagnostic::error(&codes::EMPTY, format!("`{}` is empty", file.path))
                .help("check that the download succeeded"),
        );
    }
    if start.starts_with('<') {
        return Err(Diagnostic::error(
            &codes::NOT_A_SPEC,
            format!("`{}` is a web page or XML, not JSON or YAML", file.path),
        )
        .help("download the raw spec file instead of the page that shows it"));
    }
    if start.starts_with(['{', '[']) {
        let error = match json::parse(text, index, options) {
            Ok(parsed) => return Ok(parsed),
            Err(error) => error,
        };
        // A YAML document may be one flow mapping.
        let yaml_name = file.path.ends_with(".yaml") || file.path.ends_with(".yml");
        if yaml_name && error.code == &codes::BAD_JSON {
            return yaml::parse(text, index, options).map_err(|_| error);
        }
        return Err(error);
    }
    yaml::parse(text, index, options)
}

fn duplicate_key(message: String, place: Place) -> Diagnostic {
    Diagnostic::warning(&codes::DUPLICATE_KEY, message)
        .place(place)
        .help("the last one is used; remove the other")
        .effect(Effect::Repaired)
}

fn too_deep(bound: usize, place: Place) -> Diagnostic {
    Diagnostic::error(
        &codes::TOO_DEEP,
        format!("the document is nested more than {bound} levels deep"),
    )
    .place(place)
    .help("no real spec is nested like this; check where the file comes from")
}

/// Characters of a long line shown on either side of a place.
const WINDOW: usize = 60;

impl SourceFile {
    /// A file with this text.
    pub fn new(path: &str, text: impl Into<Arc<str>>) -> Self {
        Self {
            path: path.to_owned(),
            text: text.into(),
            lines: OnceLock::new(),
        }
    }

    fn lines(&self) -> &Lines {
        self.lines.get_or_init(|| {
            let breaks = self.text.bytes().enumerate().filter(|(_, b)| *b == b'\n');
            let mut starts = vec![0];
            starts.extend(breaks.map(|(at, _)| at as u32 + 1));
            Lines {
                starts,
                ascii: self.text.is_ascii(),
            }
        })
    }

    /// The byte offset in words; none if it lies outside the text.
    pub fn spot(&self, offset: u32) -> Option<Spot> {
        let lines = self.lines();
        let index = lines.starts.partition_point(|start| *start <= offset) - 1;
        let start = lines.starts[index] as usize;
        let end = lines
            .starts
            .get(index + 1)
            .map_or(self.text.len(), |next| *next as usize - 1);
        let at = (offset as usize).min(end);
        let before = self.text.get(start..at)?;
        let after = self.text.get(at..end)?;
        let after = after.strip_suffix('\r').unwrap_or(after);
        let column = if lines.ascii {
            before.len()
        } else {
            before.chars().count()
        };
        let left = before
            .char_indices()
            .rev()
            .nth(WINDOW - 1)
            .map_or(0, |(i, _)| i);
        let right = after
            .char_indices()
            .nth(WINDOW)
            .map_or(after.len(), |(i, _)| i);
        let cut_left = left > 0;
        Some(Spot {
            path: self.path.clone(),
            line: index + 1,
            column: column + 1,
            text: format!("{}{}", &before[left..], &after[..right]),
            lead: before[left..].chars().count(),
            cut_left,
            cut_right: right < after.len(),
        })
    }
}

impl Source {
    /// Reads another file, so that nodes of it can be put into this document:
    /// their places are in a file of this source. Gives its root.
    ///
    /// # Errors
    /// It cannot be read or parsed, or its root is not an object; the place in
    /// words is in the diagnostic.
    pub fn attach(
        &mut self,
        path: &Path,
        options: &LoadOptions,
        diagnostics: &mut Diagnostics,
    ) -> Result<Node, Diagnostic> {
        let text = text::read(path, options.max_bytes)?;
        let file = SourceFile::new(&forward_slashes(path), text);
        let index = u16::try_from(self.files.len())
            .map_err(|_| Diagnostic::error(&codes::CANNOT_READ, "too many files"))?;
        let parsed = parse_file(&file, index, options);
        self.files.push(file);
        let parsed = parsed?;
        diagnostics.extend(parsed.findings);
        match parsed.root.value {
            Value::Object(_) => Ok(parsed.root),
            other => Err(Diagnostic::error(
                &codes::NOT_A_SPEC,
                format!("the document is {}, not an object", other.kind()),
            )
            .place(parsed.root.place)),
        }
    }

    /// The place in words; none if it does not exist.
    pub fn spot(&self, place: Place) -> Option<Spot> {
        self.files.get(usize::from(place.file))?.spot(place.offset)
    }

    /// Parses an inline text; panics where it cannot.
    #[cfg(test)]
    pub(crate) fn for_test(path: &str, text: &str) -> Source {
        let mut diagnostics = Diagnostics::new();
        parse(
            path,
            text.to_owned(),
            &LoadOptions::default(),
            &mut diagnostics,
        )
        .unwrap_or_else(|d| Source {
            files: vec![SourceFile::new(path, text)],
            root: json::parse(text, 0, &LoadOptions::default())
                .map(|p| p.root)
                .unwrap_or_else(|_| panic!("{d:?}")),
        })
    }
}

#[cfg(test)]
mod tests;
