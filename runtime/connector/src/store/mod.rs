//! Where records go: a store keeps them and the state of the reading together.

mod json_lines;
mod sqlite;

pub use json_lines::JsonLines;
pub use sqlite::Sqlite;

use crate::{Batch, Error, Stream, StreamState};

/// A target of records.
pub trait Store: Send {
    /// Makes room for a stream: the table and its columns. What is there stays; columns
    /// that are missing are added.
    fn prepare(&mut self, stream: &Stream) -> Result<(), Error>;

    /// The state of a stream, as the last batch left it.
    fn state(&mut self, stream: &str) -> Result<Option<StreamState>, Error>;

    /// Keeps a batch and its state, both or neither.
    fn commit(&mut self, stream: &Stream, batch: &Batch) -> Result<(), Error>;
}
