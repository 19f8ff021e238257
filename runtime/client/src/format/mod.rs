//! Types of string and number formats: dates, UUIDs, addresses, and so on.
//!
//! The types are those of well-kept crates, each behind a feature of that name:
//! `jiff`, `chrono`, `time`, `uuid`, `rust_decimal`. A generated crate turns on
//! what its API uses. Types that no crate has are here.

mod address;
mod base64;
#[cfg(feature = "chrono")]
mod chrono;
#[cfg(feature = "rust_decimal")]
mod decimal;
#[cfg(feature = "jiff")]
mod jiff;
mod moment;
mod number;
#[cfg(any(
    feature = "jiff",
    feature = "chrono",
    feature = "time",
    feature = "webhook-signatures"
))]
pub(crate) mod rfc3339;
#[cfg(test)]
mod tests;
#[cfg(feature = "time")]
mod time;
#[cfg(feature = "uuid")]
mod uuid;

pub use base64::{Base64, Base64Url};
#[cfg(feature = "rust_decimal")]
pub use decimal::DecimalNumber;
pub use moment::{HttpDate, Moment, UnixTime};

/// A JSON number without a fraction.
fn integer(text: &str) -> Option<i64> {
    let (is_negative, magnitude) = crate::json::integer(text)?;
    if is_negative {
        0i64.checked_sub_unsigned(magnitude)
    } else {
        i64::try_from(magnitude).ok()
    }
}
