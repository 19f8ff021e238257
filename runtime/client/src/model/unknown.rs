//! Values of an enumeration that its schema does not list.

use super::{EnumValues, OpenEnum, View};
use crate::json::Json;

/// A value that the API sent and its description does not list.
///
/// Its content is read through the enumeration (`as_str`, `as_i64`), so that no
/// caller matches on it: a value listed later breaks nothing.
#[derive(Clone)]
pub struct UnknownValue(Option<Box<Content>>);

#[derive(Clone)]
struct Content {
    /// The string, or the JSON text of anything else.
    text: String,
    /// What is not a string.
    other: Option<Json>,
}

impl UnknownValue {
    /// No value yet.
    pub(crate) const fn blank() -> Self {
        Self(None)
    }

    /// The given value.
    pub(crate) fn new(value: Json) -> Self {
        let content = match value {
            Json::String(text) => Content { text, other: None },
            other => Content {
                text: other.to_string(),
                other: Some(other),
            },
        };
        Self(Some(Box::new(content)))
    }

    /// The text of a string, the JSON text of any other value.
    pub(crate) fn as_str(&self) -> &str {
        self.0.as_ref().map_or("", |content| &content.text)
    }

    /// The value as an integer, where it is one.
    pub(crate) fn as_i64(&self) -> Option<i64> {
        self.0.as_ref()?.other.as_ref()?.as_i64()
    }

    /// The value as JSON.
    pub(crate) fn json(&self) -> Json {
        match &self.0 {
            None => Json::Null,
            Some(content) => match &content.other {
                None => Json::String(content.text.clone()),
                Some(other) => other.clone(),
            },
        }
    }

    /// The value, to be read.
    pub(crate) fn view(&self) -> View<'_> {
        match &self.0 {
            None => View::Absent,
            Some(content) => match &content.other {
                None => View::Str(&content.text),
                Some(other) => View::Json(other),
            },
        }
    }
}

/// Sets an enumeration from a string; false where the schema does not list it.
pub(crate) fn set_str(place: &mut dyn OpenEnum, text: &str) -> bool {
    if let EnumValues::Str(values) = place.values()
        && let Some(index) = values.iter().position(|value| *value == text)
    {
        place.set_known(index);
        return true;
    }
    place.set_unknown(Json::String(text.to_owned()));
    false
}

/// Sets an enumeration from an integer; false where the schema does not list it.
pub(crate) fn set_i64(place: &mut dyn OpenEnum, number: i64) -> bool {
    if let EnumValues::I64(values) = place.values()
        && let Some(index) = values.iter().position(|value| *value == number)
    {
        place.set_known(index);
        return true;
    }
    place.set_unknown(Json::from(number));
    false
}
