//! What can be read off the resolved model: values that its schemas take, and
//! facts about its operations.

mod accept;
pub mod constraints;
pub(crate) mod ecma;
pub mod event;
pub mod format;
pub mod instances;
pub mod list;
mod pattern;
pub mod repeat;
pub mod sample;
