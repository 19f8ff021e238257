//! Types of string and number formats: dates, UUIDs, addresses, and so on.
//!
//! The types are those of well-kept crates, each behind a feature of that name:
//! `jiff`, `chrono`, `time`, `uuid`, `rust_decimal`. A generated crate turns on
//! what its API uses. Types that no crate has are here.

#[cfg(feature = "chrono")]
mod chrono;
#[cfg(feature = "jiff")]
mod jiff;
#[cfg(any(feature = "jiff", feature = "chrono", feature = "time"))]
mod rfc3339;
#[cfg(test)]
mod tests;
#[cfg(feature = "uuid")]
mod uuid;
