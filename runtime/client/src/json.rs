//! Any JSON value, for what a schema leaves open.

mod decimal;
mod number;

pub use number::Number;
pub(crate) use number::integer;

use crate::codec::EncodeError;
use crate::codec::json::{DecodeError, Mode};
use crate::model::{Reflect, Slot};
use std::collections::BTreeMap;
use std::fmt;

/// The members of a JSON object, sorted by name.
pub type JsonObject = BTreeMap<String, Json>;

/// Any JSON value. Numbers keep their exact value.
///
/// ```
/// use pontoon_runtime::json::Json;
///
/// let value = Json::parse(br#"{"labels": [{"name": "bug"}]}"#)?;
/// assert_eq!(value["labels"][0]["name"].as_str(), Some("bug"));
/// assert_eq!(value.pointer("/labels/0/name"), Some(&Json::from("bug")));
/// assert_eq!(value["no"]["such"]["member"], Json::Null);
/// # Ok::<(), pontoon_runtime::codec::json::DecodeError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Json {
    /// `null`.
    #[default]
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Number(Number),
    /// A string.
    String(String),
    /// An array.
    Array(Vec<Json>),
    /// An object.
    Object(JsonObject),
}

/// What indexing by an absent member gives.
static NULL: Json = Json::Null;

impl Json {
    /// Reads JSON text.
    pub fn parse(text: &[u8]) -> Result<Self, DecodeError> {
        let mut value = Self::Null;
        crate::codec::json::decode(text, Slot::Json(&mut value))?;
        Ok(value)
    }

    /// The value of anything that can be encoded, for example of a generated type.
    pub fn from_model<T: Reflect>(value: &T) -> Result<Self, EncodeError> {
        let text = crate::codec::json::encode(value.view(), Mode::Whole)?;
        Self::parse(&text).map_err(EncodeError::from_reparse)
    }

    /// This value read as a generated type.
    pub fn to_model<T: Reflect>(&self) -> Result<T, DecodeError> {
        let mut value = T::blank();
        crate::codec::json::decode(&self.to_vec(), value.slot())?;
        Ok(value)
    }

    /// The JSON text.
    pub fn to_vec(&self) -> Vec<u8> {
        let mut out = Vec::new();
        crate::codec::json::write_json(self, &mut out);
        out
    }

    /// The text of a string.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The number.
    pub fn as_number(&self) -> Option<&Number> {
        match self {
            Self::Number(number) => Some(number),
            _ => None,
        }
    }

    /// The number as a signed integer, where it is one.
    pub fn as_i64(&self) -> Option<i64> {
        self.as_number().and_then(Number::as_i64)
    }

    /// The number as an unsigned integer, where it is one.
    pub fn as_u64(&self) -> Option<u64> {
        self.as_number().and_then(Number::as_u64)
    }

    /// The number as a float, rounded where it must be.
    pub fn as_f64(&self) -> Option<f64> {
        self.as_number().and_then(Number::as_f64)
    }

    /// The boolean.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// The items of an array.
    pub fn as_array(&self) -> Option<&[Json]> {
        match self {
            Self::Array(items) => Some(items),
            _ => None,
        }
    }

    /// The members of an object.
    pub fn as_object(&self) -> Option<&JsonObject> {
        match self {
            Self::Object(members) => Some(members),
            _ => None,
        }
    }

    /// Whether this is `null`.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// A member by name (`&str`) or an item by position (`usize`).
    pub fn get(&self, index: impl JsonIndex) -> Option<&Json> {
        index.find(self)
    }

    /// The value that a JSON pointer (RFC 6901) names.
    pub fn pointer(&self, pointer: &str) -> Option<&Json> {
        if pointer.is_empty() {
            return Some(self);
        }
        let mut value = self;
        for token in pointer.strip_prefix('/')?.split('/') {
            value = match value {
                Self::Object(members) if token.contains('~') => {
                    members.get(&token.replace("~1", "/").replace("~0", "~"))?
                }
                Self::Object(members) => members.get(token)?,
                Self::Array(items) => {
                    if token.starts_with('+') || (token.len() > 1 && token.starts_with('0')) {
                        return None;
                    }
                    items.get(token.parse::<usize>().ok()?)?
                }
                _ => return None,
            };
        }
        Some(value)
    }
}

/// What [`Json::get`] and indexing take.
pub trait JsonIndex {
    /// The value at this index of `value`.
    fn find(self, value: &Json) -> Option<&Json>;
}

impl JsonIndex for &str {
    fn find(self, value: &Json) -> Option<&Json> {
        value.as_object()?.get(self)
    }
}

impl JsonIndex for &String {
    fn find(self, value: &Json) -> Option<&Json> {
        value.as_object()?.get(self)
    }
}

impl JsonIndex for usize {
    fn find(self, value: &Json) -> Option<&Json> {
        value.as_array()?.get(self)
    }
}

/// An absent member is [`Json::Null`].
impl<I: JsonIndex> std::ops::Index<I> for Json {
    type Output = Json;

    fn index(&self, index: I) -> &Json {
        index.find(self).unwrap_or(&NULL)
    }
}

/// The JSON text.
impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.to_vec()))
    }
}

impl std::str::FromStr for Json {
    type Err = DecodeError;

    fn from_str(text: &str) -> Result<Self, DecodeError> {
        Self::parse(text.as_bytes())
    }
}

macro_rules! from {
    ($($type:ty => |$value:ident| $json:expr;)*) => {$(
        impl From<$type> for Json {
            fn from($value: $type) -> Self {
                $json
            }
        }
    )*};
}

from! {
    () => |_value| Self::Null;
    bool => |value| Self::Bool(value);
    i32 => |value| Self::Number(i64::from(value).into());
    u32 => |value| Self::Number(i64::from(value).into());
    i64 => |value| Self::Number(value.into());
    u64 => |value| Self::Number(value.into());
    Number => |value| Self::Number(value);
    &str => |value| Self::String(value.to_owned());
    String => |value| Self::String(value);
    JsonObject => |value| Self::Object(value);
}

/// A float that is not finite becomes `null`: JSON has no text for it.
impl From<f64> for Json {
    fn from(value: f64) -> Self {
        Number::from_f64(value).map_or(Self::Null, Self::Number)
    }
}

impl<T: Into<Json>> From<Vec<T>> for Json {
    fn from(items: Vec<T>) -> Self {
        Self::Array(items.into_iter().map(Into::into).collect())
    }
}

/// `None` becomes `null`.
impl<T: Into<Json>> From<Option<T>> for Json {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl<T: Into<Json>> FromIterator<T> for Json {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        Self::Array(items.into_iter().map(Into::into).collect())
    }
}

impl<K: Into<String>, T: Into<Json>, const N: usize> From<[(K, T); N]> for Json {
    fn from(members: [(K, T); N]) -> Self {
        Self::Object(
            members
                .into_iter()
                .map(|(key, value)| (key.into(), value.into()))
                .collect(),
        )
    }
}

#[cfg(test)]
mod tests;
