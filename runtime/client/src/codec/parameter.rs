//! Parameters on the wire (OAS 3.0.3, Style Values; RFC 6570).

use super::percent::{self, Set, push};
use super::walk::{self, Kind, Result, items, kind, members};
use crate::model::View;
use crate::operation::{Location, Parameter, Style};
use std::borrow::Cow;

#[cfg(test)]
mod tests;

/// The parameters of one request, encoded.
#[derive(Debug, Default, Clone)]
pub struct Parts {
    /// The value for each name of the path template, with what its style puts before it.
    pub path: Vec<(&'static str, String)>,
    /// The query string without `?`.
    pub query: String,
    /// Header names and values.
    pub headers: Vec<(&'static str, String)>,
    /// The value of the `Cookie` header.
    pub cookies: String,
}

/// Adds a parameter to `parts`. A value that is absent, null or an empty list adds
/// nothing.
pub fn encode(parameter: &Parameter, value: View<'_>, parts: &mut Parts) -> Result {
    let kind = kind(&value);
    if matches!(kind, Kind::Absent | Kind::Null) {
        return Ok(());
    }
    let name = parameter.name;
    match parameter.location {
        Location::Path => {
            let set = match parameter.allow_reserved {
                true => Set::ReservedPath,
                false => Set::Unreserved,
            };
            let text = expand(parameter, &value, set)?;
            parts.path.push((name, text));
        }
        Location::Header => {
            let text = match parameter.style {
                Style::Json => walk::json(&value)?,
                _ => joined(&value, parameter.explode, ",", Set::Raw)?,
            };
            parts.headers.push((name, text));
        }
        Location::Query => {
            let set = match parameter.allow_reserved {
                true => Set::ReservedQuery,
                false => Set::Unreserved,
            };
            pairs(parameter, &value, set, "&", &mut parts.query)?;
        }
        Location::Cookie => pairs(parameter, &value, Set::Cookie, "; ", &mut parts.cookies)?,
    }
    Ok(())
}

/// A path parameter.
fn expand(parameter: &Parameter, value: &View<'_>, set: Set) -> Result<String> {
    let Parameter { name, explode, .. } = *parameter;
    match parameter.style {
        Style::Label => {
            let separator = if explode { "." } else { "," };
            Ok(format!(".{}", joined(value, explode, separator, set)?))
        }
        Style::Matrix => matrix(name, value, explode, set),
        Style::Json => {
            let mut out = String::new();
            push(&walk::json(value)?, set, &mut out);
            Ok(out)
        }
        // What most of them are, without a detour.
        _ => match value {
            View::Str(text) => Ok(percent::encoded(Cow::Borrowed(*text), set)),
            View::I64(number) => Ok(number.to_string()),
            _ => joined(value, explode, ",", set),
        },
    }
}

/// `;name=a` and its exploded forms.
fn matrix(name: &str, value: &View<'_>, explode: bool, set: Set) -> Result<String> {
    let mut out = String::new();
    let mut pair = |key: &str, text: &str| {
        out.push(';');
        push(key, Set::Unreserved, &mut out);
        if !text.is_empty() {
            out.push('=');
            out.push_str(text);
        }
    };
    match kind(value) {
        Kind::List if explode => items(value, &mut |item| {
            pair(name, &encoded(item, set)?);
            Ok(())
        })?,
        Kind::Object if explode => members(value, &mut |key, item| {
            pair(key, &encoded(item, set)?);
            Ok(())
        })?,
        _ => pair(name, &joined(value, false, ",", set)?),
    }
    Ok(out)
}

/// A scalar, the items of a list, or the members of an object, joined.
fn joined(value: &View<'_>, explode: bool, separator: &str, set: Set) -> Result<String> {
    let mut out = String::new();
    let mut first = true;
    let mut step = |out: &mut String| {
        if !first {
            out.push_str(separator);
        }
        first = false;
    };
    match kind(value) {
        Kind::List => items(value, &mut |item| {
            step(&mut out);
            push(&walk::text(item)?, set, &mut out);
            Ok(())
        })?,
        Kind::Object => members(value, &mut |key, item| {
            step(&mut out);
            push(key, set, &mut out);
            out.push_str(if explode { "=" } else { separator });
            push(&walk::text(item)?, set, &mut out);
            Ok(())
        })?,
        _ => return encoded(value, set),
    }
    Ok(out)
}

fn encoded(value: &View<'_>, set: Set) -> Result<String> {
    Ok(percent::encoded(walk::text(value)?, set))
}

/// `name=value` pairs of queries and cookies.
fn pairs(
    parameter: &Parameter,
    value: &View<'_>,
    set: Set,
    between: &str,
    out: &mut String,
) -> Result {
    let Parameter { name, explode, .. } = *parameter;
    let keys = match set {
        Set::Cookie => Set::Cookie,
        _ => Set::Unreserved,
    };
    let mut pair = |key: &str, text: &str| {
        if !out.is_empty() {
            out.push_str(between);
        }
        push(key, keys, out);
        out.push('=');
        out.push_str(text);
    };
    let separator = match parameter.style {
        Style::SpaceDelimited => "%20",
        Style::PipeDelimited => "|",
        _ => ",",
    };
    match (parameter.style, kind(value)) {
        (Style::Json, _) => {
            let mut text = String::new();
            push(&walk::json(value)?, set, &mut text);
            pair(name, &text);
        }
        (Style::DeepObject, Kind::List | Kind::Object) => {
            nested(name, value, &mut |key, item| {
                pair(key, &encoded(item, set)?);
                Ok(())
            })?;
        }
        (_, Kind::List) if explode => items(value, &mut |item| {
            pair(name, &encoded(item, set)?);
            Ok(())
        })?,
        (_, Kind::Object) if explode => members(value, &mut |key, item| {
            pair(key, &encoded(item, set)?);
            Ok(())
        })?,
        (_, Kind::List) if is_empty(value)? => {}
        _ => pair(name, &joined(value, false, separator, set)?),
    }
    Ok(())
}

fn is_empty(list: &View<'_>) -> Result<bool> {
    let mut empty = true;
    items(list, &mut |_| {
        empty = false;
        Ok(())
    })?;
    Ok(empty)
}

/// Goes through the scalars of a nested value with their names: `a[b]`, `a[]` for
/// the items of a list of scalars, `a[0][b]` for those of a list of objects (only
/// an index tells where one ends). Nulls are given too: an empty value is how a
/// form says null.
pub(super) fn nested(
    name: &str,
    value: &View<'_>,
    visit: &mut dyn FnMut(&str, &View<'_>) -> Result,
) -> Result {
    match kind(value) {
        Kind::Absent => Ok(()),
        Kind::Null | Kind::Scalar => visit(name, value),
        Kind::List => {
            let plain = all_scalars(value)?;
            let mut index = 0;
            items(value, &mut |item| {
                let name = if plain {
                    format!("{name}[]")
                } else {
                    format!("{name}[{index}]")
                };
                index += 1;
                nested(&name, item, visit)
            })
        }
        Kind::Object => members(value, &mut |key, item| {
            nested(&format!("{name}[{key}]"), item, visit)
        }),
    }
}

/// Whether no item is itself a list or an object.
pub(super) fn all_scalars(list: &View<'_>) -> Result<bool> {
    let mut scalars = true;
    items(list, &mut |item| {
        scalars &= matches!(kind(item), Kind::Scalar | Kind::Null);
        Ok(())
    })?;
    Ok(scalars)
}
