//! How values are read and written: one interpreter per format, over the views
//! and slots of [`crate::model`].

mod error;
pub mod form;
pub mod json;
pub mod multipart;
pub mod parameter;
mod percent;
#[cfg(feature = "serde")]
pub(crate) mod serde;
pub(crate) mod simple;
pub mod text;
mod walk;
#[cfg(feature = "xml")]
pub mod xml;

pub use error::EncodeError;
