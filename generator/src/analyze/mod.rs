//! What can be read off the resolved model: values that its schemas take, and
//! facts about its operations.

mod accept;
mod pattern;
pub mod sample;
