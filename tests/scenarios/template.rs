//! Texts of requests read backwards: from `/a/x,y` and `/a/{b}` to values.

use pontoon::rust::ir::Style;
use serde_json::{Map, Value};

/// The values of a template's variables in `text`, if it fits. A value is as
/// short as can be; it holds a slash only if it must.
pub(crate) fn fit(template: &str, text: &str) -> Option<Vec<(String, String)>> {
    try_fit(template, text, false).or_else(|| try_fit(template, text, true))
}

fn try_fit(template: &str, text: &str, slashes: bool) -> Option<Vec<(String, String)>> {
    let Some(open) = template.find('{') else {
        return (template == text).then(Vec::new);
    };
    let rest = text.strip_prefix(&template[..open])?;
    let close = open + template[open..].find('}')?;
    let name = &template[open + 1..close];
    let ends = (0..=rest.len()).filter(|end| rest.is_char_boundary(*end));
    for end in ends {
        let value = &rest[..end];
        if !slashes && value.contains('/') {
            return None;
        }
        if let Some(mut values) = try_fit(&template[close + 1..], &rest[end..], slashes) {
            values.insert(0, (name.to_owned(), value.to_owned()));
            return Some(values);
        }
    }
    None
}

/// The number of literal characters of a template: the most literal one wins.
pub(crate) fn literals(template: &str) -> usize {
    let mut inside = false;
    let outside = template.chars().filter(|c| {
        let counts = !inside && *c != '{';
        inside = (inside || *c == '{') && *c != '}';
        counts
    });
    outside.count()
}

/// What shape a parameter's value has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    Scalar,
    List,
    Object,
}

/// A value from the text that its style (RFC 6570; OAS, "Style Values") makes of it.
pub(crate) fn read(style: Style, explode: bool, name: &str, shape: Shape, text: &str) -> Value {
    let exploded = explode && shape != Shape::Scalar;
    let (text, separator) = match style {
        Style::Label => (
            text.strip_prefix('.').unwrap_or(text),
            if exploded { '.' } else { ',' },
        ),
        Style::Matrix => {
            let text = text.strip_prefix(';').unwrap_or(text);
            let named = text
                .strip_prefix(name)
                .and_then(|text| text.strip_prefix('='));
            let text = if exploded {
                text
            } else {
                named.unwrap_or(text)
            };
            (text, if exploded { ';' } else { ',' })
        }
        Style::SpaceDelimited => (text, ' '),
        Style::PipeDelimited => (text, '|'),
        _ => (text, ','),
    };
    let pieces = text.split(separator);
    match shape {
        Shape::Scalar => Value::from(decode(text)),
        Shape::List if style == Style::Matrix && exploded => pieces
            .map(|piece| Value::from(decode(piece.split_once('=').map_or(piece, |pair| pair.1))))
            .collect(),
        Shape::List => pieces.map(|piece| Value::from(decode(piece))).collect(),
        Shape::Object if exploded => {
            let pairs = pieces.filter_map(|piece| piece.split_once('='));
            Value::Object(
                pairs
                    .map(|(key, value)| (decode(key), decode(value).into()))
                    .collect(),
            )
        }
        Shape::Object => {
            let pieces: Vec<&str> = pieces.collect();
            let pairs = pieces.chunks_exact(2);
            let members: Map<String, Value> = pairs
                .map(|pair| (decode(pair[0]), decode(pair[1]).into()))
                .collect();
            Value::Object(members)
        }
    }
}

/// Percent-decoding (RFC 3986).
fn decode(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        let digits = tail
            .get(..2)
            .and_then(|digits| std::str::from_utf8(digits).ok());
        let decoded = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match decoded.filter(|_| byte == b'%') {
            Some(decoded) => {
                bytes.push(decoded);
                rest = &tail[2..];
            }
            None => {
                bytes.push(byte);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
