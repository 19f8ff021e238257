//! The pipeline over the in-memory transport, through an API written by hand in
//! the form in which generated code comes.

// The API is written as a crate of its own would be.
#![allow(unreachable_pub)]

mod answers;
mod api;
mod auth;
#[cfg(feature = "checks")]
mod checks;
#[cfg(feature = "digest")]
mod digest;
mod errors;
mod limits;
mod log;
mod media;
mod providers;
mod raw;
mod redirects;
mod requests;
mod retries;
mod signers;
