//! Server-sent events: the parser of the format.
//!
//! WHATWG HTML, section 9.2 (<https://html.spec.whatwg.org/multipage/server-sent-events.html>),
//! without input or output: bytes in, events out, whatever pieces they come in.

use std::collections::VecDeque;
use std::time::Duration;

/// One event with its data as the type that the API declares.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Event<T> {
    /// The data.
    pub data: T,
    /// The name (`event`); `None` where the server gave none, which stands for
    /// `message`.
    pub name: Option<String>,
    /// The position in the stream (`id`): that of this event or the last one
    /// before it that had any.
    pub id: Option<String>,
    /// The data as it came.
    pub raw: String,
}

/// An event before its data is read.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct RawEvent {
    pub(super) name: Option<String>,
    pub(super) id: Option<String>,
    pub(super) data: String,
}

/// A line or an event longer than the limit.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TooLong;

/// Bytes to events.
pub(super) struct Parser {
    /// The line that is not complete yet.
    line: Vec<u8>,
    /// The last byte was a CR: a LF after it belongs to the same line end.
    after_cr: bool,
    /// Nothing has come: a byte order mark may.
    at_start: bool,
    data: Vec<u8>,
    name: Vec<u8>,
    /// The last id seen; that of a complete event once the event is.
    next_id: Option<String>,
    /// The id of the last complete event.
    id: Option<String>,
    retry: Option<Duration>,
    ready: VecDeque<RawEvent>,
    limit: usize,
}

impl Parser {
    /// A parser that holds no more than `limit` bytes of an event.
    pub(super) fn new(limit: usize) -> Self {
        Self {
            line: Vec::new(),
            after_cr: false,
            at_start: true,
            data: Vec::new(),
            name: Vec::new(),
            next_id: None,
            id: None,
            retry: None,
            ready: VecDeque::new(),
            limit,
        }
    }

    /// For a new connection: an event that is not complete is dropped, the last
    /// id is kept.
    pub(super) fn restart(&mut self) {
        self.line.clear();
        self.data.clear();
        self.name.clear();
        self.next_id.clone_from(&self.id);
        self.after_cr = false;
        self.at_start = true;
    }

    /// The next complete event.
    pub(super) fn next(&mut self) -> Option<RawEvent> {
        self.ready.pop_front()
    }

    /// The position: the id of the last complete event, or of one before it.
    pub(super) fn last_id(&self) -> Option<&str> {
        self.id.as_deref().filter(|id| !id.is_empty())
    }

    /// The wait before a new connection that the server asked for.
    pub(super) fn retry(&self) -> Option<Duration> {
        self.retry
    }

    /// How long an event may be.
    pub(super) fn set_limit(&mut self, bytes: usize) {
        self.limit = bytes;
    }

    /// Takes a piece of the stream in.
    pub(super) fn push(&mut self, mut bytes: &[u8]) -> Result<(), TooLong> {
        if self.after_cr && !bytes.is_empty() {
            self.after_cr = false;
            bytes = bytes.strip_prefix(b"\n").unwrap_or(bytes);
        }
        while let Some(end) = bytes.iter().position(|byte| matches!(byte, b'\n' | b'\r')) {
            self.extend(&bytes[..end])?;
            self.end_line()?;
            let is_cr = bytes[end] == b'\r';
            bytes = &bytes[end + 1..];
            if is_cr {
                self.after_cr = bytes.is_empty();
                bytes = bytes.strip_prefix(b"\n").unwrap_or(bytes);
            }
        }
        self.extend(bytes)
    }

    fn extend(&mut self, bytes: &[u8]) -> Result<(), TooLong> {
        if self.line.len() + self.data.len() + bytes.len() > self.limit {
            return Err(TooLong);
        }
        self.line.extend_from_slice(bytes);
        Ok(())
    }

    fn end_line(&mut self) -> Result<(), TooLong> {
        let whole = std::mem::take(&mut self.line);
        let mut line = whole.as_slice();
        if std::mem::take(&mut self.at_start) {
            line = line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(line);
        }
        if line.is_empty() {
            self.dispatch();
        } else {
            self.field(line);
        }
        // The buffer is kept for the next line.
        self.line = whole;
        self.line.clear();
        Ok(())
    }

    fn field(&mut self, line: &[u8]) {
        let (name, value) = match line.iter().position(|byte| *byte == b':') {
            // A comment.
            Some(0) => return,
            Some(colon) => (&line[..colon], &line[colon + 1..]),
            None => (line, &b""[..]),
        };
        let value = value.strip_prefix(b" ").unwrap_or(value);
        match name {
            b"data" => {
                self.data.extend_from_slice(value);
                self.data.push(b'\n');
            }
            b"event" => value.clone_into(&mut self.name),
            b"id" if !value.contains(&0) => {
                self.next_id = Some(String::from_utf8_lossy(value).into_owned());
            }
            b"retry" if !value.is_empty() && value.iter().all(u8::is_ascii_digit) => {
                let milliseconds = std::str::from_utf8(value).ok().and_then(|v| v.parse().ok());
                self.retry = milliseconds.map(Duration::from_millis).or(self.retry);
            }
            _ => {}
        }
    }

    fn dispatch(&mut self) {
        let name = std::mem::take(&mut self.name);
        self.id.clone_from(&self.next_id);
        if self.data.is_empty() {
            return;
        }
        self.data.pop();
        let data = std::mem::take(&mut self.data);
        self.ready.push_back(RawEvent {
            name: (!name.is_empty()).then(|| lossy(name)),
            id: self.last_id().map(str::to_owned),
            data: lossy(data),
        });
    }
}

/// Text, invalid UTF-8 replaced, without a copy where it is valid.
fn lossy(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

#[cfg(test)]
mod tests {
    use super::{Parser, RawEvent, TooLong};
    use std::time::Duration;

    fn parse(pieces: &[&[u8]]) -> Vec<(Option<String>, Option<String>, String)> {
        let mut parser = Parser::new(1 << 20);
        let mut events = Vec::new();
        for piece in pieces {
            parser.push(piece).expect("no limit is passed");
            while let Some(RawEvent { name, id, data }) = parser.next() {
                events.push((name, id, data));
            }
        }
        events
    }

    fn event(name: &str, id: &str, data: &str) -> (Option<String>, Option<String>, String) {
        let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        (text(name), text(id), data.to_owned())
    }

    /// The examples of the standard, and what it says of spaces, ids and empty data.
    #[test]
    fn events_of_the_standard() {
        let stocks = parse(&[b"data: YHOO\ndata: +2\ndata: 10\n\n"]);
        assert_eq!(stocks, [event("", "", "YHOO\n+2\n10")]);
        let four = parse(&[
            b": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n",
        ]);
        let expected = [
            event("", "1", "first event"),
            event("", "", "second event"),
            event("", "", " third event"),
        ];
        assert_eq!(four, expected);
        let sparse = parse(&[b"data\n\ndata\ndata\n\ndata:"]);
        assert_eq!(sparse, [event("", "", ""), event("", "", "\n")]);
        let same = parse(&[b"data:test\n\ndata: test\n\n"]);
        assert_eq!(same, [event("", "", "test"), event("", "", "test")]);
    }

    #[test]
    fn names_ids_and_unknown_fields() {
        let text =
            "event: add\nid: 7\ndata: a: b\nfoo: bar\n\nevent: lost\n\nid: a\0b\ndata: x\n\n";
        let expected = [event("add", "7", "a: b"), event("", "7", "x")];
        assert_eq!(parse(&[text.as_bytes()]), expected);
    }

    #[test]
    fn retry_is_digits_alone() {
        let mut parser = Parser::new(100);
        parser.push(b"retry: 1x\n\nretry:\n").expect("short");
        assert_eq!(parser.retry(), None);
        parser.push(b"retry: 250\n").expect("short");
        assert_eq!(parser.retry(), Some(Duration::from_millis(250)));
        parser
            .push(b"retry: 99999999999999999999999\n")
            .expect("short");
        assert_eq!(parser.retry(), Some(Duration::from_millis(250)));
    }

    /// Every line end, with a byte order mark and characters of several bytes, cut
    /// in every place and in single bytes.
    #[test]
    fn pieces_do_not_matter() {
        for end in ["\n", "\r", "\r\n"] {
            let text = "\u{feff}data: é\u{1f600}|data: 2|id: 9|event: n||: c|data: x||data: cut"
                .replace('|', end);
            let bytes = text.as_bytes();
            let expected = [event("n", "9", "é\u{1f600}\n2"), event("", "9", "x")];
            assert_eq!(parse(&[bytes]), expected, "{end:?} whole");
            for cut in 0..bytes.len() {
                let found = parse(&[&bytes[..cut], &bytes[cut..]]);
                assert_eq!(found, expected, "{end:?} cut at {cut}");
            }
            let single: Vec<&[u8]> = bytes.chunks(1).collect();
            assert_eq!(parse(&single), expected, "{end:?} in single bytes");
            let empty: Vec<&[u8]> = bytes.chunks(1).flat_map(|b| [b, &[][..]]).collect();
            assert_eq!(parse(&empty), expected, "{end:?} with empty pieces");
        }
    }

    #[test]
    fn a_new_connection_keeps_the_position() {
        let mut parser = Parser::new(100);
        parser
            .push(b"id: 3\ndata: a\n\nid: 4\ndata: cut")
            .expect("short");
        assert_eq!(parser.next().map(|event| event.data).as_deref(), Some("a"));
        parser.restart();
        parser.push(b"data: b\n\n").expect("short");
        let next = parser.next().expect("an event");
        assert_eq!((next.data.as_str(), next.id.as_deref()), ("b", Some("3")));
        parser.push(b"id\n\n").expect("short");
        assert_eq!(parser.last_id(), None);
    }

    #[test]
    fn long_events_are_refused() {
        let mut parser = Parser::new(10);
        assert_eq!(parser.push(b"data: 1234567"), Err(TooLong));
        let mut parser = Parser::new(12);
        parser.push(b"data: 123\n").expect("short");
        assert_eq!(parser.push(b"data: 456\n"), Err(TooLong));
    }
}
