//! What a generated client makes of a server that goes wrong.
//!
//! The server ([`server`]) writes its answers as bytes, so that HTTP itself can
//! be broken. Faults are data ([`fault`], [`rows`]): each is one answer that goes
//! wrong. A [`case::Case`] lists fifteen things in five pages from a server that
//! goes wrong at one of them, once or for ever, and judges what comes of it:
//! every thing once and in order, or a typed error; no secret where none
//! belongs; an end of its own; and memory within a bound.

pub mod api;
pub mod bomb;
pub mod case;
pub mod client;
pub mod fault;
pub mod layers;
pub mod matrix;
pub mod outcome;
pub mod posts;
pub mod rows;
pub mod secrets;
pub mod server;
pub mod soak;
pub mod tokens;

/// Why a case could not be run.
pub type Mishap = Box<dyn std::error::Error + Send + Sync>;
