//! The binary on bad and hostile input: exit code, text, and what it writes.

mod big;
mod refused;
mod same;
mod scratch;
mod survived;
mod usage;
