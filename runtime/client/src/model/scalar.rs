//! Listed values of enumerations that are not all strings or all integers.

use super::{EnumValues, OpenEnum, View};
use crate::json::Json;

/// A value that an enumeration lists.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Scalar {
    /// A string.
    Str(&'static str),
    /// An integer.
    I64(i64),
    /// A number with a fraction.
    F64(f64),
    /// A boolean.
    Bool(bool),
}

impl Scalar {
    /// This value, to be read.
    pub const fn view(self) -> View<'static> {
        match self {
            Self::Str(text) => View::Str(text),
            Self::I64(number) => View::I64(number),
            Self::F64(number) => View::F64(number),
            Self::Bool(flag) => View::Bool(flag),
        }
    }

    /// This value as JSON.
    pub(crate) fn json(self) -> Json {
        match self {
            Self::Str(text) => Json::from(text),
            Self::I64(number) => Json::from(number),
            Self::F64(number) => Json::from(number),
            Self::Bool(flag) => Json::from(flag),
        }
    }

    /// Whether it is the same value; 1 and 1.0 are (RFC 8259 knows one kind of number).
    fn is(self, value: &Json) -> bool {
        match (self, value) {
            (Self::Str(text), Json::String(other)) => text == other,
            (Self::Bool(flag), Json::Bool(other)) => flag == *other,
            (Self::I64(number), Json::Number(other)) => {
                other.as_i64() == Some(number) || other.as_f64() == Some(number as f64)
            }
            (Self::F64(number), Json::Number(other)) => other.as_f64() == Some(number),
            _ => false,
        }
    }

    /// Whether this is its text where there are no types: a parameter, a header.
    fn is_text(self, text: &str) -> bool {
        match self {
            Self::Str(own) => own == text,
            Self::I64(number) => text.parse() == Ok(number),
            Self::F64(number) => text.parse() == Ok(number),
            Self::Bool(flag) => text.parse() == Ok(flag),
        }
    }
}

/// Sets an enumeration from a JSON value; false where the schema does not list it.
pub(crate) fn set_json(place: &mut dyn OpenEnum, value: Json) -> bool {
    let known = match place.values() {
        EnumValues::Any(values) => values.iter().position(|listed| listed.is(&value)),
        EnumValues::Str(values) => values
            .iter()
            .position(|listed| value.as_str() == Some(*listed)),
        EnumValues::I64(values) => values
            .iter()
            .position(|listed| value.as_i64() == Some(*listed)),
    };
    match known {
        Some(index) => place.set_known(index),
        None => place.set_unknown(value),
    }
    known.is_some()
}

/// Sets an enumeration from a text without a type; false where no listed value has it.
pub(crate) fn set_text(place: &mut dyn OpenEnum, text: &str) -> bool {
    let EnumValues::Any(values) = place.values() else {
        return super::set_str(place, text);
    };
    let known = values.iter().position(|listed| listed.is_text(text));
    match known {
        Some(index) => place.set_known(index),
        None => place.set_unknown(Json::String(text.to_owned())),
    }
    known.is_some()
}
