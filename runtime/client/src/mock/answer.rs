//! What the mock answers.

use crate::Error;
use crate::codec::json::{self, Mode};
use crate::codec::{EncodeError, form, text};
use crate::model::{Reflect, View};
use crate::operation::{Accepted, Codec, Operation, Statuses};
use crate::response::decode::{Parts, whole};
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use std::time::Duration;

/// An answer that is made by hand: any status, headers and body, declared or not; or no
/// answer at all.
#[derive(Debug, Clone)]
#[must_use = "an answer is given by a rule"]
pub struct Answer(pub(super) Box<Content>);

#[derive(Debug, Clone)]
pub(super) struct Content {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    pub(super) delay: Option<Duration>,
    pub(super) failure: Option<Failure>,
    /// Why it cannot be given.
    pub(super) fault: Option<String>,
}

/// How no answer comes.
#[derive(Debug, Clone, Copy)]
pub(super) enum Failure {
    Connect,
    Broken,
    Timeout,
}

impl Answer {
    /// An answer without a body.
    pub fn status(code: u16) -> Self {
        let status = StatusCode::from_u16(code);
        Self(Box::new(Content {
            fault: status.is_err().then(|| format!("{code} is no status")),
            status: status.unwrap_or_default(),
            headers: HeaderMap::new(),
            body: Bytes::new(),
            delay: None,
            failure: None,
        }))
    }

    /// The server is not reached.
    pub fn connect_error() -> Self {
        Self::failing(Failure::Connect)
    }

    /// The connection breaks before the answer.
    pub fn broken() -> Self {
        Self::failing(Failure::Broken)
    }

    /// No answer comes in time.
    pub fn timeout() -> Self {
        Self::failing(Failure::Timeout)
    }

    fn failing(failure: Failure) -> Self {
        let mut answer = Self::status(500);
        answer.0.failure = Some(failure);
        answer
    }

    /// The same answer with one more header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        match (
            HeaderName::from_bytes(name.as_bytes()),
            HeaderValue::from_str(value),
        ) {
            (Ok(name), Ok(value)) => drop(self.0.headers.append(name, value)),
            _ => self.0.fault = Some(format!("`{name}: {value}` is no header")),
        }
        self
    }

    /// The same answer with a body.
    pub fn body(mut self, media_type: &str, body: impl Into<Bytes>) -> Self {
        self.0.headers.remove(CONTENT_TYPE);
        self.0.body = body.into();
        self.header("content-type", media_type)
    }

    /// The same answer with a value as its JSON body.
    pub fn json(mut self, value: &impl Reflect) -> Self {
        match json::encode(value.view(), Mode::Whole) {
            Ok(text) => self.body("application/json", text),
            Err(error) => {
                self.0.fault = Some(error.to_string());
                self
            }
        }
    }

    /// The same answer after a while.
    pub fn delay(mut self, time: Duration) -> Self {
        self.0.delay = Some(time);
        self
    }

    pub(super) fn faulty(fault: String) -> Self {
        let mut answer = Self::status(500);
        answer.0.fault = Some(fault);
        answer
    }

    pub(super) fn error(&self) -> Option<Error> {
        self.0.failure.map(|failure| match failure {
            Failure::Connect => Error::connect("the mock was told to refuse the connection"),
            Failure::Broken => Error::transport("the mock was told to break the connection"),
            Failure::Timeout => Error::timeout("the mock was told not to answer"),
        })
    }
}

/// A success with this value, of this status or of any.
pub(super) fn success<O: Reflect>(
    operation: &'static Operation,
    status: Option<u16>,
    value: &O,
) -> Answer {
    let rows = operation.responses.iter().filter(|row| {
        !row.codec.is_sequence()
            && is_success(row.status, operation)
            && status.is_none_or(|status| stands_for(row.status, status))
    });
    let mut first = None;
    for row in rows {
        let Some(answer) = written(row, status, value.view()) else {
            continue;
        };
        // A type with several responses: the one that gives the value back.
        let mut read = O::blank();
        let parts = Parts {
            declared: operation.responses,
            status: answer.0.status,
            headers: &answer.0.headers,
            body: &answer.0.body,
        };
        let back = parts.decode_success(read.slot(), &mut whole);
        if back.is_ok() && crate::model::equal(read.view(), value.view()) {
            return answer;
        }
        first.get_or_insert(answer);
    }
    first.unwrap_or_else(|| undeclared(operation, status, "success takes such a value"))
}

/// A declared error with this value.
pub(super) fn error<E: Reflect>(operation: &'static Operation, status: u16, value: &E) -> Answer {
    let rows = operation.responses.iter().filter(|row| {
        !row.codec.is_sequence()
            && !is_success(row.status, operation)
            && stands_for(row.status, status)
    });
    let bare = operation.bare.iter().any(|row| match *row {
        0 => true,
        class @ 1..=9 => class == status / 100,
        code => code == status,
    });
    if bare && matches!(value.view(), View::Absent) {
        return Answer::status(status);
    }
    let mut found = rows.filter_map(|row| written(row, Some(status), value.view()));
    found
        .next()
        .unwrap_or_else(|| undeclared(operation, Some(status), "error takes such a value"))
}

/// A stream of these items.
pub(super) fn items<I: Reflect>(operation: &'static Operation, values: &[I]) -> Answer {
    let mut rows = operation.responses.iter();
    let Some(row) = rows.find(|row| row.codec.is_sequence()) else {
        return undeclared(operation, None, "success is a stream of items");
    };
    let mut out = Vec::new();
    for value in values {
        let text = match (row.codec, value.view()) {
            (Codec::Events, View::Str(text)) => Ok(text.as_bytes().to_vec()),
            (_, view) => json::encode(view, Mode::Whole),
        };
        match text {
            Ok(text) if row.codec == Codec::Events => event(&text, &mut out),
            Ok(text) => {
                if row.media_type.contains("json-seq") {
                    out.push(0x1E);
                }
                out.extend_from_slice(&text);
                out.push(b'\n');
            }
            Err(error) => return Answer::faulty(error.to_string()),
        }
    }
    if let Some(end) = row.until {
        event(end.as_bytes(), &mut out);
    }
    Answer::status(code(row.status).unwrap_or(200)).body(concrete(row), out)
}

/// WHATWG HTML, section 9.2.5: each line of the data in a line of its own.
fn event(data: &[u8], out: &mut Vec<u8>) {
    for line in data.split(|byte| *byte == b'\n') {
        out.extend_from_slice(b"data: ");
        out.extend_from_slice(line);
        out.push(b'\n');
    }
    out.push(b'\n');
}

/// The value as that response; `None` where it cannot be.
fn written(row: &'static Accepted, status: Option<u16>, value: View<'_>) -> Option<Answer> {
    let answer = Answer::status(status.or(code(row.status))?);
    let is_absent = matches!(value, View::Absent);
    if row.codec == Codec::Empty {
        return is_absent.then_some(answer);
    }
    if is_absent {
        return None;
    }
    encode(row, value)
        .ok()
        .map(|body| answer.body(concrete(row), body))
}

fn encode(row: &Accepted, value: View<'_>) -> Result<Bytes, EncodeError> {
    Ok(match (row.codec, value) {
        (Codec::Bytes | Codec::Text | Codec::Multipart | Codec::Form, View::Bytes(bytes)) => {
            bytes.clone()
        }
        (Codec::Json, View::Bytes(_)) => return Err(EncodeError::new("bytes are no JSON")),
        (Codec::Json, value) => json::encode(value, Mode::Whole)?.into(),
        (Codec::Form, value) => form::encode(value, &[])?.into(),
        #[cfg(feature = "xml")]
        (Codec::Xml(table), value) => crate::codec::xml::encode(value, table)?.into(),
        (Codec::Text | Codec::Bytes, value) => text::encode(value)?.into(),
        _ => return Err(EncodeError::new("the media type is not written")),
    })
}

/// A media type for a declared one, which may be a range.
fn concrete(row: &Accepted) -> &'static str {
    match (row.media_type.contains('*'), row.codec) {
        (false, _) => row.media_type,
        (true, Codec::Json) => "application/json",
        (true, Codec::Text) => "text/plain",
        (true, Codec::Xml(_)) => "application/xml",
        (true, Codec::Events) => "text/event-stream",
        (true, Codec::Lines) => "application/x-ndjson",
        (true, _) => "application/octet-stream",
    }
}

/// A status for declared ones.
fn code(statuses: Statuses) -> Option<u16> {
    match statuses {
        Statuses::Code(code) => Some(code),
        Statuses::Class(class) => Some(u16::from(class) * 100),
        Statuses::Default => Some(200),
    }
}

fn stands_for(statuses: Statuses, status: u16) -> bool {
    match statuses {
        Statuses::Code(code) => code == status,
        Statuses::Class(class) => u16::from(class) == status / 100,
        Statuses::Default => true,
    }
}

fn is_success(statuses: Statuses, operation: &Operation) -> bool {
    let is = |statuses| match statuses {
        Statuses::Code(code) => (200..300).contains(&code),
        Statuses::Class(class) => class == 2,
        Statuses::Default => false,
    };
    match statuses {
        Statuses::Default => !operation.responses.iter().any(|row| is(row.status)),
        statuses => is(statuses),
    }
}

fn undeclared(operation: &Operation, status: Option<u16>, what: &str) -> Answer {
    let id = operation.id;
    let of = status.map_or(String::new(), |status| format!(" of status {status}"));
    Answer::faulty(format!(
        "no declared{of} {what} in `{id}`; Expect::answer gives answers that are not declared"
    ))
}
