//! Payloads, types and measurements that the benchmarks share.

pub mod derived;
pub mod meter;
pub mod payload;
