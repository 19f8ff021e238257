//! Models without generated code: types described as data, values that hold what
//! was decoded. Behind the feature `dynamic`.
//!
//! The codecs see a [`Value`] exactly as they see a generated struct, through
//! [`Slot`](super::Slot) and [`View`](super::View), and read the same tables.
//! So a program that knows an API only at run time reads and writes its JSON,
//! forms and parameters as a generated client does:
//!
//! ```
//! use pontoon_runtime::codec::json::{Mode, decode, encode};
//! use pontoon_runtime::model::Field;
//! use pontoon_runtime::model::dynamic::{Definition, Property, Shape, Types};
//!
//! let types = Types::new(vec![Definition::Object {
//!     name: "Issue".to_owned(),
//!     properties: vec![
//!         Property::new("number", Field::REQUIRED, Shape::I64),
//!         Property::new("labels", 0, Shape::optional(Shape::list(Shape::String))),
//!     ],
//!     additional: None,
//! }])?;
//! let mut issue = types.blank(0);
//! decode(br#"{"number": 7, "labels": ["bug"]}"#, issue.slot())?;
//! assert_eq!(encode(issue.view(), Mode::Whole)?, br#"{"number":7,"labels":["bug"]}"#);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod types;
mod value;

#[cfg(test)]
mod tests;

pub use types::{Alternative, Definition, Property, Shape, TextShape, Types, TypesError};
pub use value::Value;
