//! JSON in and out.

mod cursor;
mod decode;
mod encode;
mod error;
mod items;
mod lookup;
mod number;
mod union;
mod watch;

pub use decode::decode;
#[cfg(feature = "mock")]
pub(crate) use decode::decode_request;
pub(crate) use decode::decode_watched;
pub use encode::{Mode, encode};
pub(crate) use encode::{append, write_json};
pub use error::DecodeError;
pub(crate) use items::decode_items_watched;
pub use items::{Rejected, decode_items};
pub(crate) use watch::{Findings, Found, Step, What};
