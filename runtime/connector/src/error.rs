//! What can go wrong, and what to do about it.

use std::error::Error as StdError;
use std::fmt;

/// An error of a connector, a store or a flow: which stream, what, and a remedy.
#[derive(Debug)]
pub struct Error {
    kind: ErrorKind,
    message: String,
    stream: Option<String>,
    remedy: Option<String>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// What went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The configuration or the flow file.
    Config,
    /// A stream, column or step that there is not.
    Unknown,
    /// The credential was refused.
    Unauthorized,
    /// The source: a request that failed for good, an answer that cannot be read.
    Source,
    /// The store: the disk is full, the file is locked, the table is another.
    Store,
}

impl Error {
    /// An error of that kind.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            stream: None,
            remedy: None,
            source: None,
        }
    }

    /// The same error, of a stream.
    #[must_use]
    pub fn of_stream(mut self, name: &str) -> Self {
        self.stream.get_or_insert_with(|| name.to_owned());
        self
    }

    /// The same error with what to do about it.
    #[must_use]
    pub fn with_remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = Some(remedy.into());
        self
    }

    /// The same error with its cause.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// What went wrong.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The stream, where it is known.
    pub fn stream(&self) -> Option<&str> {
        self.stream.as_deref()
    }

    /// What to do about it.
    pub fn remedy(&self) -> Option<&str> {
        self.remedy.as_deref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(stream) = &self.stream {
            write!(f, "stream `{stream}`: ")?;
        }
        f.write_str(&self.message)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        let source = self.source.as_deref()?;
        Some(source)
    }
}
