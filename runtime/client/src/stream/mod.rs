//! Answers that are read while they arrive: bytes, events, lines.
//!
//! A call becomes one with [`Call::stream`](crate::Call::stream); generated
//! methods do it. The head of the answer is awaited, the body is not: it is read
//! piece by piece as the caller asks for it, so a slow reader slows the server
//! down, and dropping the stream abandons the exchange.

mod download;
mod event;
mod events;
mod lines;
mod open;
mod reconnect;
mod sequence;

pub use download::Download;
pub use event::Event;
pub use events::EventStream;
pub use lines::JsonLines;
pub use open::Open;
pub use reconnect::Reconnect;

pub(crate) use open::{Aim, Opened};

use crate::operation::Codec;

/// What a call can be opened as: [`Download`], [`EventStream`] or [`JsonLines`].
pub trait Streamed: Sized + sealed::Sealed {
    #[doc(hidden)]
    const KIND: Kind;
    #[doc(hidden)]
    fn open(opened: Opening) -> Self;
}

/// The kinds of streams.
#[doc(hidden)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Bytes as they come.
    Bytes,
    /// Server-sent events.
    Events,
    /// JSON texts, one after the other.
    Lines,
}

impl Kind {
    /// The codec of the responses that are of this kind.
    pub(crate) fn codec(self) -> Codec {
        match self {
            Self::Bytes => Codec::Bytes,
            Self::Events => Codec::Events,
            Self::Lines => Codec::Lines,
        }
    }
}

/// An answer whose body has not been read.
#[doc(hidden)]
pub struct Opening(pub(crate) Opened);

mod sealed {
    /// Keeps the trait to the types of this module.
    pub trait Sealed {}
    impl Sealed for super::Download {}
    impl<T> Sealed for super::EventStream<T> {}
    impl<T> Sealed for super::JsonLines<T> {}
}
