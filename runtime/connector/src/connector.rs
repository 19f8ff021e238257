//! The trait that every source of records implements.

use crate::{Error, Record, Stream, StreamState};
use futures_core::Stream as AsyncStream;
use std::future::Future;
use std::pin::Pin;

/// A boxed future.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Batches as they come.
pub type Batches<'a> = Pin<Box<dyn AsyncStream<Item = Result<Batch, Error>> + Send + 'a>>;

/// A source of records: interpreted from a manifest, or written by hand.
pub trait Connector: Send + Sync {
    /// What it is, and the settings that it takes.
    fn spec(&self) -> Spec;

    /// Whether it can be read with these settings: one small request.
    fn check(&self) -> BoxFuture<'_, Result<(), Error>>;

    /// The streams that it has.
    fn discover(&self) -> BoxFuture<'_, Result<Vec<Stream>, Error>>;

    /// What to know of a stream before it is read, and what to do about it.
    fn note(&self, _stream: &Stream) -> Option<String> {
        None
    }

    /// Reads a stream from where `state` says, a batch after the other. Every batch
    /// holds the state that is true once its records are kept.
    fn read<'a>(&'a self, stream: &'a Stream, state: StreamState, window: Window) -> Batches<'a>;
}

/// Which part of a stream is read.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct Window {
    /// No more than this many records, for a preview.
    pub limit: Option<u64>,
}

/// What a connector is, and the settings that it takes.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Spec {
    /// The name of the source.
    pub name: String,
    /// The settings.
    pub settings: Vec<Setting>,
}

/// A setting of a connector.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Setting {
    /// Its name in the flow file.
    pub name: String,
    /// Whether it is never shown, and not written in the flow file itself.
    pub secret: bool,
    /// Whether a run needs it.
    pub required: bool,
    /// The environment variable that it is read from where the file has none.
    pub env: Option<String>,
    /// What it is.
    pub about: String,
}

/// Some records of a stream, and the state that is true once they are kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Batch {
    /// Whether it is the first of a reading that gives the whole stream anew. Where
    /// records have no key, those of before go.
    pub is_first: bool,
    /// The records.
    pub records: Vec<Record>,
    /// What could not be read as a record.
    pub rejected: Vec<Rejected>,
    /// The state after it.
    pub state: StreamState,
}

/// Something that could not be read as a record.
#[derive(Debug, Clone, PartialEq)]
pub struct Rejected {
    /// Why, with the place inside of it.
    pub reason: String,
    /// It, as JSON text.
    pub raw: String,
}
