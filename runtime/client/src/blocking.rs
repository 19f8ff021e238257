//! Calls from code that is not async: [`wait`](Wait::wait) in place of `await`.
//!
//! ```
//! use http::StatusCode;
//! use pontoon_runtime::blocking::{Wait, WaitEach};
//! use pontoon_runtime::json::Json;
//! use pontoon_runtime::operation::{Accepted, Api, Codec, Operation, Statuses};
//! use pontoon_runtime::transport::{Memory, Response};
//! use pontoon_runtime::{ClientBuilder, CoreClient, JsonLines};
//!
//! static API: Api = Api { user_agent: "pets/1.0", ..Api::BLANK };
//! static PETS: Operation = Operation {
//!     id: "pets",
//!     path: "/pets",
//!     responses: &[
//!         Accepted::json(200, 0),
//!         Accepted::new(Statuses::Code(200), "application/jsonl", Codec::Lines, 0),
//!     ],
//!     ..Operation::BLANK
//! };
//!
//! # fn main() -> Result<(), pontoon_runtime::Error> {
//! let transport = Memory::new(|_| Ok(Response::json(StatusCode::OK, "1\n2\n")));
//! let client: CoreClient = ClientBuilder::new(&API)
//!     .base_url("https://pets.example")
//!     .transport(transport)
//!     .build()?;
//! let lines = client.call(&PETS).stream::<JsonLines<Json>>().wait()?.into_value();
//! let numbers: Result<Vec<Json>, _> = lines.wait_each().collect();
//! assert_eq!(numbers?, [Json::from(1), Json::from(2)]);
//! # Ok(())
//! # }
//! ```
//!
//! The work is done on the calling thread; one thread more, shared by the whole
//! process and started with the first call, drives connections. Nothing here panics:
//! inside an async runtime, where waiting would keep others from their work, calls
//! give an error.

use crate::{Download, Error};
use bytes::Bytes;
use futures_core::Stream;
use std::fmt;
use std::future::{IntoFuture, poll_fn};
use std::io;
use std::pin::Pin;
use std::sync::OnceLock;
use tokio::runtime::{Builder, Handle, Runtime};

/// Waits for calls, and for whatever else of this crate is awaited.
pub trait Wait {
    /// What is waited for.
    type Output;

    /// Runs a call to its end on this thread.
    ///
    /// # Errors
    /// The call's own. Or this is inside an async runtime: await the call there, or
    /// wait on a thread of its own (`std::thread::spawn`).
    fn wait(self) -> Self::Output;
}

impl<T, E: Refusal, F: IntoFuture<Output = Result<T, E>>> Wait for F {
    type Output = Result<T, E>;

    fn wait(self) -> Result<T, E> {
        let runtime = runtime().map_err(E::refusal)?;
        runtime.block_on(self.into_future())
    }
}

/// Waits for each item of a stream: events, lines, pieces of a download, items of
/// lists.
pub trait WaitEach: Stream + Sized {
    /// The items as an iterator; of a [`Download`], a reader, too.
    fn wait_each(self) -> Iter<Self> {
        Iter {
            stream: Some(Box::pin(self)),
            rest: Bytes::new(),
        }
    }
}

impl<T, S: Stream<Item = Result<T, Error>>> WaitEach for S {}

/// The items of a stream, waited for one by one.
pub struct Iter<S> {
    /// Gone at the end.
    stream: Option<Pin<Box<S>>>,
    /// Of a piece that was read in part.
    rest: Bytes,
}

impl<T, S: Stream<Item = Result<T, Error>>> Iterator for Iter<S> {
    type Item = Result<T, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let stream = self.stream.as_mut()?;
        let next = match runtime() {
            Ok(runtime) => runtime.block_on(poll_fn(|context| stream.as_mut().poll_next(context))),
            Err(error) => {
                self.stream = None;
                return Some(Err(error));
            }
        };
        if next.is_none() {
            self.stream = None;
        }
        next
    }
}

impl io::Read for Iter<Download> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.rest.is_empty() {
            match self.next() {
                Some(piece) => self.rest = piece.map_err(io::Error::other)?,
                None => return Ok(0),
            }
        }
        let piece = self.rest.split_to(buffer.len().min(self.rest.len()));
        buffer[..piece.len()].copy_from_slice(&piece);
        Ok(piece.len())
    }
}

impl<S> fmt::Debug for Iter<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Iter")
            .field("done", &self.stream.is_none())
            .finish_non_exhaustive()
    }
}

/// Errors that can say why nothing is waited for.
pub trait Refusal: sealed::Sealed {
    #[doc(hidden)]
    fn refusal(error: Error) -> Self;
}

impl Refusal for Error {
    fn refusal(error: Error) -> Self {
        error
    }
}

impl Refusal for io::Error {
    fn refusal(error: Error) -> Self {
        Self::other(error)
    }
}

mod sealed {
    /// Keeps the trait to errors of this crate's functions.
    pub trait Sealed {}
    impl Sealed for crate::Error {}
    impl Sealed for std::io::Error {}
}

/// The runtime that drives connections while nobody waits.
fn runtime() -> Result<&'static Runtime, Error> {
    static RUNTIME: OnceLock<io::Result<Runtime>> = OnceLock::new();
    if Handle::try_current().is_ok() {
        return Err(Error::request(
            "`wait` inside an async runtime: await the call, or wait on a thread of its own",
        ));
    }
    let runtime = RUNTIME.get_or_init(|| {
        let mut builder = Builder::new_multi_thread();
        builder.worker_threads(1).thread_name("pontoon");
        builder.enable_all().build()
    });
    runtime.as_ref().map_err(|error| {
        Error::request("no thread can be started to wait on").with_source(error.to_string())
    })
}
