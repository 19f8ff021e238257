//! Why a JSON text could not be read, and where.

use jiter::{JiterError, Peek};
use std::fmt::{self, Write};

/// A JSON text that could not be read into a value.
///
/// It says where ([`Self::path`], [`Self::offset`]), what the description of the
/// API promises there ([`Self::expected`]) and what the API sent
/// ([`Self::found`]: the kind of value; the value itself only where it is a
/// text of another format than declared, such as a date).
#[derive(Clone)]
pub struct DecodeError(Box<Content>);

#[derive(Clone)]
struct Content {
    expected: String,
    found: String,
    offset: usize,
    syntax: bool,
    /// Innermost first, until [`DecodeError::finish`].
    steps: Vec<Step>,
    path: String,
}

#[derive(Clone)]
enum Step {
    Property(String),
    Item(usize),
}

impl DecodeError {
    /// Where the error is, for example `$.items[3].owner.login`.
    pub fn path(&self) -> &str {
        &self.0.path
    }

    /// What was expected there, for example `a string`.
    pub fn expected(&self) -> &str {
        &self.0.expected
    }

    /// What was found there, for example `null`.
    pub fn found(&self) -> &str {
        &self.0.found
    }

    /// The byte of the text where reading stopped.
    pub fn offset(&self) -> usize {
        self.0.offset
    }

    /// Whether the text is not JSON at all, rather than JSON of another shape.
    pub fn is_syntax(&self) -> bool {
        self.0.syntax
    }

    #[cold]
    pub(crate) fn mismatch(
        expected: impl Into<String>,
        found: impl Into<String>,
        offset: usize,
    ) -> Self {
        Self(Box::new(Content {
            expected: expected.into(),
            found: found.into(),
            offset,
            syntax: false,
            steps: Vec::new(),
            path: String::new(),
        }))
    }

    /// The text is not JSON.
    #[cold]
    pub(crate) fn syntax(error: JiterError) -> Self {
        let mut this = Self::mismatch("valid JSON", error.error_type.to_string(), error.index);
        this.0.syntax = true;
        this
    }

    /// A value of another type, or a byte that starts none.
    #[cold]
    pub(super) fn wrong_type(expected: &str, peek: Peek, offset: usize) -> Self {
        let found = match peek {
            Peek::Null => "null",
            Peek::True | Peek::False => "a boolean",
            Peek::String => "a string",
            Peek::Array => "an array",
            Peek::Object => "an object",
            Peek::NaN | Peek::Infinity => "no JSON value",
            _ if peek.is_num() => "a number",
            _ => "no JSON value",
        };
        let mut this = Self::mismatch(expected, found, offset);
        this.0.syntax = found == "no JSON value";
        this
    }

    /// Adds the property that the value belongs to.
    #[cold]
    pub(crate) fn in_property(mut self, name: &str) -> Self {
        self.0.steps.push(Step::Property(name.to_owned()));
        self
    }

    /// Adds the position of the item that the value belongs to.
    #[cold]
    pub(crate) fn in_item(mut self, index: usize) -> Self {
        self.0.steps.push(Step::Item(index));
        self
    }

    /// Writes the path out, once the outermost value is reached.
    #[cold]
    pub(crate) fn finish(mut self) -> Self {
        let mut path = String::from("$");
        for step in self.0.steps.drain(..).rev() {
            // Writing to a string cannot fail.
            let _ = match step {
                Step::Item(index) => write!(path, "[{index}]"),
                Step::Property(name) if is_plain(&name) => write!(path, ".{name}"),
                Step::Property(name) => write!(path, "[{name:?}]"),
            };
        }
        self.0.path = path;
        self
    }
}

fn is_plain(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-' || c == '$')
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Content {
            path,
            expected,
            found,
            offset,
            ..
        } = &*self.0;
        write!(
            f,
            "{path}: expected {expected}, found {found} (byte {offset})"
        )
    }
}

impl fmt::Debug for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DecodeError")
            .field("path", &self.0.path)
            .field("expected", &self.0.expected)
            .field("found", &self.0.found)
            .field("offset", &self.0.offset)
            .finish()
    }
}

impl std::error::Error for DecodeError {}
