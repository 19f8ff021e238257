//! XML, by the tables of [`crate::xml`].

mod decode;
mod encode;
#[cfg(test)]
mod tests;
mod tree;

pub use decode::decode;
pub use encode::encode;
