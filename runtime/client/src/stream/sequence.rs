//! Sequences of JSON texts: one per line (NDJSON, JSON Lines), or each behind a
//! record separator (RFC 7464). Bytes in, texts out.

use std::collections::VecDeque;

const RECORD_SEPARATOR: u8 = 0x1E;

/// How the texts are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Framing {
    /// By line ends.
    Lines,
    /// By the record separator before each.
    Records,
}

impl Framing {
    /// The framing of a media type without parameters.
    pub(super) fn of(media_type: &str) -> Self {
        let name = media_type.to_ascii_lowercase();
        if name.ends_with("/json-seq") || name.ends_with("+json-seq") {
            Self::Records
        } else {
            Self::Lines
        }
    }
}

/// A text longer than the limit.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TooLong;

/// A JSON text of the sequence.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Text {
    pub(super) bytes: Vec<u8>,
    /// A number or word without white space after it: it may have been cut off
    /// (RFC 7464, section 2.4).
    pub(super) may_be_cut: bool,
}

/// Bytes to JSON texts.
pub(super) struct Parser {
    framing: Framing,
    buffer: Vec<u8>,
    at_start: bool,
    ready: VecDeque<Text>,
    limit: usize,
}

impl Parser {
    pub(super) fn new(framing: Framing, limit: usize) -> Self {
        Self {
            framing,
            buffer: Vec::new(),
            at_start: true,
            ready: VecDeque::new(),
            limit,
        }
    }

    /// The next complete text.
    pub(super) fn next(&mut self) -> Option<Text> {
        self.ready.pop_front()
    }

    /// How long a text may be.
    pub(super) fn set_limit(&mut self, bytes: usize) {
        self.limit = bytes;
    }

    /// Takes a piece of the stream in.
    pub(super) fn push(&mut self, mut bytes: &[u8]) -> Result<(), TooLong> {
        let separator = match self.framing {
            Framing::Lines => b'\n',
            Framing::Records => RECORD_SEPARATOR,
        };
        while let Some(end) = bytes.iter().position(|byte| *byte == separator) {
            self.extend(&bytes[..end])?;
            self.complete();
            bytes = &bytes[end + 1..];
        }
        self.extend(bytes)
    }

    /// The stream has ended as it should: what is left is a text, too.
    pub(super) fn end(&mut self) {
        self.complete();
    }

    fn extend(&mut self, bytes: &[u8]) -> Result<(), TooLong> {
        if self.buffer.len() + bytes.len() > self.limit {
            return Err(TooLong);
        }
        self.buffer.extend_from_slice(bytes);
        Ok(())
    }

    fn complete(&mut self) {
        let mut text = self.buffer.as_slice();
        if std::mem::take(&mut self.at_start) {
            text = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text);
        }
        let whole = text.trim_ascii();
        // Servers that say lines and send records, too, are understood.
        let whole = match self.framing {
            Framing::Lines => whole.strip_prefix(&[RECORD_SEPARATOR]).unwrap_or(whole),
            Framing::Records => whole,
        };
        if !whole.is_empty() {
            let ends_itself = matches!(whole.last(), Some(b'}' | b']' | b'"'));
            let may_be_cut = self.framing == Framing::Records
                && !ends_itself
                && !text.ends_with(b"\n")
                && !text.ends_with(b" ");
            self.ready.push_back(Text {
                bytes: whole.to_vec(),
                may_be_cut,
            });
        }
        self.buffer.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::{Framing, Parser, TooLong};

    fn parse(framing: Framing, pieces: &[&[u8]]) -> Vec<String> {
        let mut parser = Parser::new(framing, 1000);
        for piece in pieces {
            parser.push(piece).expect("no limit is passed");
        }
        parser.end();
        let texts = std::iter::from_fn(|| parser.next());
        texts
            .map(|text| String::from_utf8_lossy(&text.bytes).into_owned())
            .collect()
    }

    #[test]
    fn lines_in_pieces() {
        let bytes = "\u{feff}{\"a\":\"é\"}\r\n\n  \n[1]\n2".as_bytes();
        let expected = ["{\"a\":\"é\"}", "[1]", "2"];
        for cut in 0..bytes.len() {
            let found = parse(Framing::Lines, &[&bytes[..cut], &bytes[cut..]]);
            assert_eq!(found, expected, "cut at {cut}");
        }
        let single: Vec<&[u8]> = bytes.chunks(1).collect();
        assert_eq!(parse(Framing::Lines, &single), expected);
    }

    #[test]
    fn records_hold_line_ends() {
        let bytes = b"\x1E{\n\"a\":1}\n\x1E\x1E[2]\n\x1E3\n";
        let expected = ["{\n\"a\":1}", "[2]", "3"];
        let single: Vec<&[u8]> = bytes.chunks(1).collect();
        assert_eq!(parse(Framing::Records, &single), expected);
        assert_eq!(
            parse(Framing::Lines, &[b"\x1E[1]\n\x1E[2]\n"]),
            ["[1]", "[2]"]
        );
    }

    #[test]
    fn a_cut_number_is_noticed() {
        let mut parser = Parser::new(Framing::Records, 100);
        parser.push(b"\x1E12\x1E12\n\x1Etrue").expect("short");
        parser.end();
        let cut: Vec<bool> = std::iter::from_fn(|| parser.next())
            .map(|text| text.may_be_cut)
            .collect();
        assert_eq!(cut, [true, false, true]);
    }

    #[test]
    fn framings_and_limits() {
        assert_eq!(Framing::of("application/json-seq"), Framing::Records);
        assert_eq!(Framing::of("application/geo+json-seq"), Framing::Records);
        assert_eq!(Framing::of("application/x-ndjson"), Framing::Lines);
        let mut parser = Parser::new(Framing::Lines, 4);
        assert_eq!(parser.push(b"12345"), Err(TooLong));
    }
}
