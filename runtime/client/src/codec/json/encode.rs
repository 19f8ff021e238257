//! The one writer of JSON.

use crate::codec::EncodeError;
use crate::json::Json;
use crate::model::{Field, Reflect, View, written};

/// Which properties are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// For the API: without what is `readOnly`.
    Request,
    /// All that is there.
    Whole,
}

/// Writes a value as JSON text. An absent value at the top is `null`.
pub fn encode(view: View<'_>, mode: Mode) -> Result<Vec<u8>, EncodeError> {
    let mut out = Vec::with_capacity(256);
    write(&view, mode, &mut out)?;
    Ok(out)
}

/// Appends a value as JSON text.
pub(crate) fn append(view: &View<'_>, mode: Mode, out: &mut Vec<u8>) -> Result<(), EncodeError> {
    write(view, mode, out)
}

fn write(view: &View<'_>, mode: Mode, out: &mut Vec<u8>) -> Result<(), EncodeError> {
    match view {
        View::Str(text) => write_str(text, out),
        View::I64(value) => out.extend_from_slice(itoa::Buffer::new().format(*value).as_bytes()),
        View::Bool(value) => {
            out.extend_from_slice(if *value { b"true" } else { b"false" });
        }
        View::Model(model) => return write_model(*model, mode, out),
        View::List(list) => {
            out.push(b'[');
            for index in 0..list.len() {
                if index > 0 {
                    out.push(b',');
                }
                write(&list.at(index), mode, out)?;
            }
            out.push(b']');
        }
        View::Absent | View::Null => out.extend_from_slice(b"null"),
        View::Map(map) => {
            out.push(b'{');
            let mut first = true;
            let mut result = Ok(());
            map.each(&mut |key, value| {
                // The key is there, so a value that is not is null.
                if result.is_ok() {
                    result = write_member(key, &value, &mut first, mode, out);
                }
            });
            result?;
            out.push(b'}');
        }
        View::F64(value) => {
            if !value.is_finite() {
                return Err(EncodeError::new(
                    "a float that is not finite has no JSON text",
                ));
            }
            out.extend_from_slice(zmij::Buffer::new().format_finite(*value).as_bytes());
        }
        View::U64(value) => out.extend_from_slice(itoa::Buffer::new().format(*value).as_bytes()),
        View::Text(value) => {
            let text = written(*value);
            if value.is_number() {
                out.extend_from_slice(text.as_bytes());
            } else {
                write_str(&text, out);
            }
        }
        View::Json(value) => write_json(value, out),
        View::File(file) => match file.as_bytes() {
            Some(bytes) => return append(&View::Bytes(bytes), mode, out),
            None => return Err(EncodeError::new("a file that is a stream has no JSON text")),
        },
        View::Bytes(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => write_str(text, out),
            Err(_) => {
                return Err(EncodeError::new(
                    "bytes that are not UTF-8 have no JSON text",
                ));
            }
        },
    }
    Ok(())
}

fn write_model(model: &dyn Reflect, mode: Mode, out: &mut Vec<u8>) -> Result<(), EncodeError> {
    let table = model.table();
    out.push(b'{');
    let mut first = true;
    for (index, field) in table.fields.iter().enumerate() {
        if mode == Mode::Request && field.has(Field::READ_ONLY) {
            continue;
        }
        let view = model.view_at(index);
        if let View::Absent = view
            && !field.has(Field::REQUIRED | Field::NULLABLE)
        {
            continue;
        }
        write_member(field.name, &view, &mut first, mode, out)?;
    }
    if table.additional
        && let View::Map(map) = model.view_at(table.fields.len())
    {
        let mut result = Ok(());
        map.each(&mut |key, value| {
            if result.is_ok() {
                result = write_member(key, &value, &mut first, mode, out);
            }
        });
        result?;
    }
    out.push(b'}');
    Ok(())
}

fn write_member(
    name: &str,
    value: &View<'_>,
    first: &mut bool,
    mode: Mode,
    out: &mut Vec<u8>,
) -> Result<(), EncodeError> {
    if !*first {
        out.push(b',');
    }
    *first = false;
    write_str(name, out);
    out.push(b':');
    write(value, mode, out)
}

/// Writes any JSON value; all of them have a text.
pub(crate) fn write_json(value: &Json, out: &mut Vec<u8>) {
    match value {
        Json::Null => out.extend_from_slice(b"null"),
        Json::Bool(value) => out.extend_from_slice(if *value { b"true" } else { b"false" }),
        Json::Number(number) => number.write(out),
        Json::String(text) => write_str(text, out),
        Json::Array(items) => {
            out.push(b'[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                write_json(item, out);
            }
            out.push(b']');
        }
        Json::Object(members) => {
            out.push(b'{');
            for (index, (key, value)) in members.iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                write_str(key, out);
                out.push(b':');
                write_json(value, out);
            }
            out.push(b'}');
        }
    }
}

/// What follows the backslash for each byte; 0 where the byte stands for itself.
static ESCAPES: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 0x20 {
        table[byte] = b'u';
        byte += 1;
    }
    table[0x08] = b'b';
    table[0x09] = b't';
    table[0x0A] = b'n';
    table[0x0C] = b'f';
    table[0x0D] = b'r';
    table[b'"' as usize] = b'"';
    table[b'\\' as usize] = b'\\';
    table
};

/// Writes a string with its quotes.
pub(crate) fn write_str(text: &str, out: &mut Vec<u8>) {
    let bytes = text.as_bytes();
    out.reserve(bytes.len() + 2);
    out.push(b'"');
    let mut done = 0;
    let mut at = 0;
    loop {
        at += plain(&bytes[at..]);
        let Some(byte) = bytes.get(at) else { break };
        let escape = ESCAPES[*byte as usize];
        if escape != 0 {
            out.extend_from_slice(&bytes[done..at]);
            out.extend_from_slice(&[b'\\', escape]);
            if escape == b'u' {
                const HEX: &[u8; 16] = b"0123456789abcdef";
                let (high, low) = (HEX[(*byte >> 4) as usize], HEX[(*byte & 15) as usize]);
                out.extend_from_slice(&[b'0', b'0', high, low]);
            }
            done = at + 1;
        }
        at += 1;
    }
    out.extend_from_slice(&bytes[done..]);
    out.push(b'"');
}

/// How many bytes from the start surely need no escape: whole words, then bytes.
#[inline]
fn plain(bytes: &[u8]) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let mut at = 0;
    while let Some(chunk) = bytes[at..].first_chunk::<8>() {
        let word = u64::from_le_bytes(*chunk);
        let control = word.wrapping_sub(ONES * 0x20) & !word;
        let quote = word ^ (ONES * b'"' as u64);
        let quote = quote.wrapping_sub(ONES) & !quote;
        let slash = word ^ (ONES * b'\\' as u64);
        let slash = slash.wrapping_sub(ONES) & !slash;
        let found = (control | quote | slash) & HIGH;
        if found != 0 {
            return at + (found.trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    while at < bytes.len() && ESCAPES[bytes[at] as usize] == 0 {
        at += 1;
    }
    at
}
