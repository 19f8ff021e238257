//! Records without number out of one: what differs from one to the next is a hole.

use pontoon_runtime::jiff::Timestamp;
use serde_json::Value;
use std::fmt::Write as _;

/// What a place of a record is filled with.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Role {
    /// The number of the record, counted from 1.
    Number,
    /// A text with the number of the record: no two have the same.
    Name,
    /// A text that comes again after so many records: what many records share.
    Shared(u64),
    /// A moment: a second later than that of the record before.
    Moment,
    /// A UUID, no two the same.
    Uuid,
    /// One value after the other, then the first again.
    Turn(Vec<Value>),
    /// A URL on this server.
    Url,
}

/// A JSON value with holes.
#[derive(Debug, Clone)]
pub(super) struct Template {
    pieces: Vec<Piece>,
}

#[derive(Debug, Clone)]
enum Piece {
    Text(String),
    Hole(String, Role),
}

/// The moment of record 1, in seconds since 1970: 2024-01-01T00:00:00Z.
pub const EPOCH: u64 = 1_704_067_200;

impl Template {
    /// A template of `sample` with `roles` at these JSON pointers. A pointer to
    /// nothing is passed over.
    pub(super) fn new(sample: &Value, roles: &[(String, Role)]) -> Self {
        let mut marked = sample.clone();
        let mut holes = Vec::new();
        for (pointer, role) in roles {
            if let Some(place) = marked.pointer_mut(pointer) {
                let before = place.as_str().unwrap_or_default().to_owned();
                *place = Value::String(mark(holes.len()));
                holes.push((before, role.clone()));
            }
        }
        let mut rest = marked.to_string();
        let mut pieces = Vec::new();
        while let Some((at, index)) = find(&rest) {
            let length = mark(index).len() + 2;
            let tail = rest.split_off(at + length);
            rest.truncate(at);
            pieces.push(Piece::Text(std::mem::replace(&mut rest, tail)));
            if let Some((before, role)) = holes.get(index) {
                pieces.push(Piece::Hole(before.clone(), role.clone()));
            }
        }
        pieces.push(Piece::Text(rest));
        Self { pieces }
    }

    /// Writes record `number`, counted from 1, behind `out`. `base` is the URL of the
    /// server.
    pub(super) fn write(&self, number: u64, base: &str, out: &mut String) {
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Hole(before, role) => role.write(number, before, base, out),
            }
        }
    }
}

impl Role {
    fn write(&self, number: u64, before: &str, base: &str, out: &mut String) {
        // Writing to a text does not fail.
        let _ = match self {
            Self::Number => write!(out, "{number}"),
            Self::Name => write!(out, "{}", Value::from(format!("{before}-{number}"))),
            Self::Shared(count) => {
                let number = (number - 1) % (*count).max(1) + 1;
                write!(out, "{}", Value::from(format!("{before}-{number}")))
            }
            Self::Moment => write!(out, "\"{}\"", moment(EPOCH + number)),
            Self::Uuid => write!(
                out,
                "\"{:08x}-0000-4000-8000-{:012x}\"",
                number >> 48,
                number & 0xffff_ffff_ffff
            ),
            Self::Turn(values) => {
                let index = usize::try_from(number - 1).unwrap_or(0) % values.len().max(1);
                write!(out, "{}", values.get(index).unwrap_or(&Value::Null))
            }
            Self::Url => write!(out, "{}", Value::from(format!("{base}/{number}"))),
        };
    }
}

/// A moment in UTC as RFC 3339 writes it, from seconds since 1970.
pub fn moment(seconds: u64) -> String {
    let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
    Timestamp::from_second(seconds)
        .unwrap_or(Timestamp::MAX)
        .to_string()
}

// A text of private use, which no sample holds.
fn mark(index: usize) -> String {
    format!("\u{f8ff}{index}\u{f8ff}")
}

fn find(text: &str) -> Option<(usize, usize)> {
    let at = text.find("\"\u{f8ff}")?;
    let inside = &text[at + '"'.len_utf8() + '\u{f8ff}'.len_utf8()..];
    let end = inside.find('\u{f8ff}')?;
    Some((at, inside[..end].parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn holes_are_filled() {
        let sample = json!({"id": 0, "node": "N", "at": "x", "state": "open", "url": "u",
            "user": {"login": "who"}, "key": "k", "same": "\u{f8fe}\"", "tags": []});
        let role = |pointer: &str, role| (pointer.to_owned(), role);
        let template = Template::new(
            &sample,
            &[
                role("/id", Role::Number),
                role("/node", Role::Name),
                role("/at", Role::Moment),
                role("/state", Role::Turn(vec![json!("open"), json!("closed")])),
                role("/url", Role::Url),
                role("/user/login", Role::Shared(2)),
                role("/key", Role::Uuid),
                role("/nothing", Role::Number),
            ],
        );
        let written = |number| {
            let mut text = String::new();
            template.write(number, "http://h", &mut text);
            serde_json::from_str::<Value>(&text).expect("JSON")
        };
        assert_eq!(
            written(3),
            json!({"id": 3, "node": "N-3", "at": "2024-01-01T00:00:03Z", "state": "open",
                "url": "http://h/3", "user": {"login": "who-1"}, "same": "\u{f8fe}\"",
                "key": "00000000-0000-4000-8000-000000000003", "tags": []})
        );
        assert_eq!(written(4)["user"]["login"], "who-2");
    }
}
