//! Payloads and types that the benchmarks share.

pub mod derived;
pub mod payload;
