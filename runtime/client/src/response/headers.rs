//! Headers as the struct that the API declares. Nothing here is generic over
//! models.

use crate::Error;
use crate::codec::{json::DecodeError, simple};
use crate::model::{Field, Reflect, Slot, Table};
use crate::operation::{Declared, Operation, Statuses, Style};
use http::header::SET_COOKIE;
use http::{HeaderMap, HeaderName, StatusCode};

/// What is declared for a status: for it alone, for its class, or for the rest.
pub(crate) fn declared(
    operation: &'static Operation,
    status: StatusCode,
) -> Option<&'static Declared> {
    let row = |wanted| {
        let mut rows = operation.declared.iter();
        rows.find(|row| row.status == wanted)
    };
    let class = u8::try_from(status.as_u16() / 100).unwrap_or_default();
    row(Statuses::Code(status.as_u16()))
        .or_else(|| row(Statuses::Class(class)))
        .or_else(|| row(Statuses::Default))
}

/// Reads headers into a struct; false where the response of that status declares
/// another one, or none.
pub(crate) fn read(
    operation: &'static Operation,
    status: StatusCode,
    headers: &HeaderMap,
    slot: Slot<'_>,
) -> Result<bool, Error> {
    let Slot::Model(model) = slot else {
        return Err(Error::decode("headers are read into a struct"));
    };
    let table = model.table();
    let is_asked = |row: &&Declared| row.headers == table.name && !row.headers.is_empty();
    if !operation.declared.iter().any(|row| is_asked(&row)) {
        return Err(undeclared(operation, table));
    }
    let Some(row) = declared(operation, status).filter(is_asked) else {
        return Ok(false);
    };
    fill(row, table, headers, model)?;
    Ok(true)
}

fn fill(
    row: &Declared,
    table: &Table,
    headers: &HeaderMap,
    model: &mut dyn Reflect,
) -> Result<(), Error> {
    for (index, field) in table.fields.iter().enumerate() {
        let Ok(name) = HeaderName::from_bytes(field.name.as_bytes()) else {
            continue;
        };
        let mut values = Vec::new();
        for value in headers.get_all(&name) {
            match std::str::from_utf8(value.as_bytes()) {
                Ok(text) => values.push(text.trim()),
                Err(_) => return Err(Error::decode(format!("header `{name}` is not text"))),
            }
        }
        if values.is_empty() {
            if field.has(Field::REQUIRED) {
                let message = format!("the declared header `{}` is missing", field.name);
                return Err(Error::decode(message));
            }
            continue;
        }
        let slot = model.slot_at(index);
        if name == SET_COOKIE {
            simple::each(values.iter().copied(), slot)
                .map_err(|error| unfit(field, &values.join("; "), error))?;
            continue;
        }
        // RFC 9110, section 5.3: several lines are one list.
        let text = values.join(", ");
        let mut forms = row.forms.iter();
        let form = forms.find(|(name, ..)| *name == field.name);
        let (style, explode) = form.map_or((Style::Simple, false), |form| (form.1, form.2));
        simple::decode(&text, style, explode, slot).map_err(|error| unfit(field, &text, error))?;
    }
    Ok(())
}

#[cold]
fn undeclared(operation: &Operation, table: &Table) -> Error {
    Error::decode(format!(
        "no response of `{}` declares the headers `{}`",
        operation.id, table.name
    ))
}

/// The text is shown: a value that has a type is no secret as a rule. One that is
/// a secret by its name is not.
#[cold]
fn unfit(field: &Field, text: &str, error: DecodeError) -> Error {
    let shown = match crate::mask::is_secret_name(field.name) {
        true => crate::mask::MASK.to_owned(),
        false => text.chars().take(200).collect(),
    };
    let name = field.name;
    Error::decode(format!(
        "header `{name}`: expected {}, got `{shown}`",
        error.expected()
    ))
    .with_source(error)
}
