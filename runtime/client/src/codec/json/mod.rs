//! JSON in and out.

mod decode;
mod encode;
mod error;
mod items;
mod lookup;
mod number;
mod union;

pub use decode::decode;
pub use encode::{Mode, encode};
pub(crate) use encode::{append, write_json};
pub use error::DecodeError;
pub use items::{Rejected, decode_items};
