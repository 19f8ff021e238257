//! Sources that are read into tables.
//!
//! A [`Connector`] gives streams of records; a [`Store`](store::Store) keeps them
//! beside the state of the reading, both in one transaction. Whether a connector is
//! interpreted from a manifest or written by hand is nothing that a flow can see.

#[cfg(feature = "command")]
pub mod command;
mod confirm;
mod connector;
mod error;
pub mod flow;
mod integrate;
pub mod interpret;
pub mod manifest;
mod pointer;
mod progress;
mod record;
mod schema;
#[cfg(feature = "simulate")]
pub mod simulate;
mod state;
mod steps;
pub mod store;
mod sync;

pub use connector::{Batch, Batches, BoxFuture, Connector, Rejected, Setting, Spec, Window};
pub use error::{Error, ErrorKind};
pub use integrate::Bookmark;
pub use record::{Record, Value};
pub use schema::{Column, ColumnKind, Stream};
pub use state::{Open, Parent, StreamState};
pub use steps::{Filter, Plan, Step, Test};
pub use sync::{Count, Summary, plan, preview, sync};
