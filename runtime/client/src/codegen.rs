//! What generated code uses. Not for people: it changes with the generator, and a
//! generated crate names the version it was made for.

#[cfg(feature = "mock")]
pub use crate::__routes as routes;
pub use crate::auth::Token;
#[cfg(feature = "checks")]
pub use crate::check::Checks;
#[cfg(feature = "rust_decimal")]
pub use crate::format::DecimalNumber;
pub use crate::format::{Base64, Base64Url, HttpDate, UnixTime};
pub use crate::json::Json;
#[cfg(feature = "mock")]
pub use crate::mock::{Mocked, Route};
pub use crate::model::{
    Borrowed, Choice, DeclaredErrors, EnumValues, Enumeration, Field, ListSlot, ListView, MapSlot,
    MapView, Member, OpenEnum, OptSlot, Reflect, Scalar, Slot, Table, Tail, Union, UnionTable,
    UnknownValue, View,
};
pub use crate::nullable::Nullable;
pub use crate::operation::{
    Accepted, Api, Body, Codec, Declared, Encoding, Flow, FlowKind, Link, LinkValue, Location,
    OAuth2, Operation, Origin, Paging, Parameter, Place, Repeat, Requirement, Scheme, SchemeKind,
    Server, Statuses, Style,
};
#[cfg(feature = "webhook-signatures")]
pub use crate::webhook::{
    Algorithm, Encoding as SignatureEncoding, Layout, Moment, Signature, Signed, Unit, Verifier,
    verified_event,
};
pub use crate::webhook::{Event, Events, Place as EventPlace, UnknownEvent, event};
pub use crate::xml::{Xml, XmlField, XmlType};
pub use crate::{
    Call, CallOptions, ClientBuilder, CoreClient, Credential, Download, Error, EventStream, File,
    Items, JsonLines, Open, Pages, Response, Secret, Send, Streamed, Upload,
};
pub use bytes::Bytes;
#[cfg(feature = "chrono")]
pub use chrono;
pub use http::HeaderMap;
#[cfg(feature = "jiff")]
pub use jiff;
#[cfg(feature = "rust_decimal")]
pub use rust_decimal;
pub use std::collections::BTreeMap;
#[cfg(feature = "time")]
pub use time;
pub use url;
#[cfg(feature = "uuid")]
pub use uuid;

pub use crate::{
    __errors as errors, __events as events, __models as models, __open_enum as open_enum,
    __open_int_enum as open_int_enum, __open_value_enum as open_value_enum,
    __operation as operation, __paged as paged, __responses as responses, __streamed as streamed,
};

// Until no crate that was generated before is checked in.
pub use crate::model::former::{Blank, Model, UnionView};
pub use crate::{__former_model as model, __former_union as union};

#[cfg(feature = "serde")]
pub use crate::codec::serde::{deserialize, serialize};
#[cfg(feature = "serde")]
pub use serde;

use std::fmt;
use std::hash::{Hash, Hasher};

/// The least scopes that operations need, by a table of all.
pub fn scopes(table: &'static str, operations: &[&str]) -> Result<Vec<&'static str>, Error> {
    crate::auth::of_table(table, operations)
}

/// A value to decode into; see [`Reflect::blank`].
#[inline]
pub fn blank<T: Reflect>() -> T {
    <T as Reflect>::blank()
}

/// `Debug` of a generated type.
pub fn debug(view: View<'_>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    crate::model::debug(view, f)
}

/// `PartialEq` of a generated type.
pub fn equal(a: View<'_>, b: View<'_>) -> bool {
    crate::model::equal(a, b)
}

/// `Display` of an enumeration.
pub fn display(view: View<'_>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match view {
        View::Str(text) => f.pad(text),
        View::I64(number) => fmt::Display::fmt(&number, f),
        View::F64(number) => fmt::Display::fmt(&number, f),
        View::Bool(flag) => fmt::Display::fmt(&flag, f),
        View::Json(json) => fmt::Display::fmt(json, f),
        _ => Ok(()),
    }
}

/// `Hash` of an enumeration.
pub fn hash(view: View<'_>, mut state: &mut dyn Hasher) {
    match view {
        View::Str(text) => text.hash(&mut state),
        View::I64(number) => number.hash(&mut state),
        View::F64(number) => number.to_bits().hash(&mut state),
        View::Bool(flag) => flag.hash(&mut state),
        View::Json(json) => json.to_vec().hash(&mut state),
        _ => {}
    }
}

/// A value of an enumeration from its string.
pub fn from_str<T: Enumeration>(text: &str) -> T {
    let mut value = T::unknown(UnknownValue::blank());
    crate::model::set_str(&mut value, text);
    value
}

/// A value of an enumeration from its integer.
pub fn from_i64<T: Enumeration>(number: i64) -> T {
    let mut value = T::unknown(UnknownValue::blank());
    crate::model::set_i64(&mut value, number);
    value
}

/// A value of an enumeration from JSON.
pub fn from_json<T: Enumeration>(value: Json) -> T {
    let mut place = T::unknown(UnknownValue::blank());
    crate::model::set_json(&mut place, value);
    place
}

/// A listed value as JSON.
pub fn scalar_json(value: Scalar) -> Json {
    value.json()
}

/// An unknown value as JSON.
pub fn unknown_json(value: &UnknownValue) -> Json {
    value.json()
}

/// The view of a known value of an enumeration of integers.
pub fn int_view(number: Option<i64>) -> View<'static> {
    number.map_or(View::Absent, View::I64)
}

/// An unknown value without content.
pub const fn blank_unknown() -> UnknownValue {
    UnknownValue::blank()
}

/// The text of an unknown value.
pub fn unknown_str(value: &UnknownValue) -> &str {
    value.as_str()
}

/// The integer of an unknown value.
pub fn unknown_i64(value: &UnknownValue) -> Option<i64> {
    value.as_i64()
}

/// The view of an unknown value.
pub fn unknown_view(value: &UnknownValue) -> View<'_> {
    value.view()
}
