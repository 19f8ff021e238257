//! Why a value could not be written.

use std::fmt;

/// A value that cannot be written.
#[derive(Debug, Clone)]
pub struct EncodeError(Box<str>);

impl EncodeError {
    pub(crate) fn new(message: impl Into<Box<str>>) -> Self {
        Self(message.into())
    }

    /// What was written could not be read again.
    pub(crate) fn from_reparse(error: super::json::DecodeError) -> Self {
        Self::new(error.to_string())
    }
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for EncodeError {}
