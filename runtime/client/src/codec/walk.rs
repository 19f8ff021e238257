//! Views as text, lists and members, for the formats that are not JSON.

use super::EncodeError;
use super::json::{Mode, append};
use crate::json::Json;
use crate::model::{Field, View, written};
use std::borrow::Cow;

pub(super) type Result<T = ()> = std::result::Result<T, EncodeError>;

/// What a value is to a format without types.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Absent,
    Null,
    Scalar,
    List,
    Object,
}

pub(super) fn kind(view: &View<'_>) -> Kind {
    match view {
        View::Absent => Kind::Absent,
        View::Null | View::Json(Json::Null) => Kind::Null,
        View::List(_) | View::Json(Json::Array(_)) => Kind::List,
        View::Model(_) | View::Map(_) | View::Json(Json::Object(_)) => Kind::Object,
        _ => Kind::Scalar,
    }
}

/// A scalar as text; anything else as JSON text.
pub(super) fn text<'a>(view: &View<'a>) -> Result<Cow<'a, str>> {
    Ok(match view {
        View::Str(text) => Cow::Borrowed(*text),
        View::Json(Json::String(text)) => Cow::Borrowed(text.as_str()),
        View::Text(value) => Cow::Owned(written(*value)),
        View::I64(value) => Cow::Owned(value.to_string()),
        View::U64(value) => Cow::Owned(value.to_string()),
        View::F64(value) if value.is_finite() => Cow::Owned(value.to_string()),
        View::Bool(true) => Cow::Borrowed("true"),
        View::Bool(false) => Cow::Borrowed("false"),
        View::File(file) => match file.as_bytes() {
            Some(bytes) => Cow::Owned(text(&View::Bytes(bytes))?.into_owned()),
            None => return Err(EncodeError::new("a file that is a stream has no text")),
        },
        View::Bytes(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => return Err(EncodeError::new("bytes that are not UTF-8 have no text")),
        },
        View::Absent | View::Null | View::Json(Json::Null) => Cow::Borrowed(""),
        _ => Cow::Owned(json(view)?),
    })
}

/// A value as JSON text.
pub(super) fn json(view: &View<'_>) -> Result<String> {
    let mut out = Vec::new();
    append(view, Mode::Request, &mut out)?;
    String::from_utf8(out).map_err(|_| EncodeError::new("text that is not UTF-8"))
}

/// Goes through the items of a list that are there.
pub(super) fn items(view: &View<'_>, visit: &mut dyn FnMut(&View<'_>) -> Result) -> Result {
    match view {
        View::List(list) => {
            for index in 0..list.len() {
                match list.at(index) {
                    View::Absent => {}
                    item => visit(&item)?,
                }
            }
        }
        View::Json(Json::Array(list)) => {
            for item in list {
                visit(&View::Json(item))?;
            }
        }
        _ => {}
    }
    Ok(())
}

/// Goes through the members of an object that a request sends.
pub(super) fn members(view: &View<'_>, visit: &mut dyn FnMut(&str, &View<'_>) -> Result) -> Result {
    let mut result = Ok(());
    match view {
        View::Model(model) => {
            let table = model.table();
            for (index, field) in table.fields.iter().enumerate() {
                if field.has(Field::READ_ONLY) {
                    continue;
                }
                match model.view_at(index) {
                    View::Absent => {}
                    value => visit(field.name, &value)?,
                }
            }
            if table.additional {
                members(&model.view_at(table.fields.len()), visit)?;
            }
        }
        View::Map(map) => map.each(&mut |key, value| {
            if result.is_ok() && !matches!(value, View::Absent) {
                result = visit(key, &value);
            }
        }),
        View::Json(Json::Object(members)) => {
            for (key, value) in members {
                visit(key, &View::Json(value))?;
            }
        }
        _ => {}
    }
    result
}
