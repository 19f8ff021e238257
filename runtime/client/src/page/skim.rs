//! One pass over an answer's JSON: where its records and the values of its
//! envelope stand. Records are decoded later, each on its own.

use crate::codec::json::DecodeError;
use jiter::{Jiter, JiterError, Peek};
use std::ops::Range;

/// The places found in a text.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Skim {
    /// Each record, in order; `None` where the array is not there.
    pub(super) records: Option<Vec<Range<usize>>>,
    /// The values at the other pointers, in their order.
    pub(super) values: Vec<Option<Range<usize>>>,
    /// There is another value than an array (or null) in its place.
    pub(super) misplaced: bool,
}

/// Finds the records at pointer `records` and the values at `others`.
pub(super) fn skim(text: &[u8], records: &str, others: &[&str]) -> Result<Skim, DecodeError> {
    let mut walk = Walk {
        jiter: Jiter::new(text),
        found: Skim {
            values: vec![None; others.len()],
            ..Skim::default()
        },
        depth: 0,
    };
    let mut wanted = vec![(RECORDS, records)];
    wanted.extend(others.iter().copied().enumerate());
    walk.start(&wanted)
        .and_then(|()| walk.jiter.finish())
        .map_err(DecodeError::syntax)?;
    Ok(walk.found)
}

/// The value at one pointer of a text.
pub(super) fn value(text: &[u8], pointer: &str) -> Result<Option<Range<usize>>, DecodeError> {
    let none = "/\u{0}";
    let mut found = skim(text, none, &[pointer])?;
    Ok(found.values.pop().flatten())
}

/// The number of the pointer to the records.
const RECORDS: usize = usize::MAX;

/// How deep pointers lead.
const MAX_DEPTH: usize = 64;

struct Walk<'j> {
    jiter: Jiter<'j>,
    found: Skim,
    depth: usize,
}

/// What is still to be found in a value: the pointer's number and what is left of it.
type Wanted<'a> = (usize, &'a str);

impl Walk<'_> {
    fn start(&mut self, wanted: &[Wanted<'_>]) -> Result<(), JiterError> {
        let peek = self.jiter.peek()?;
        self.value(peek, wanted)
    }

    fn value(&mut self, peek: Peek, wanted: &[Wanted<'_>]) -> Result<(), JiterError> {
        let start = self.jiter.current_index();
        let deeper = wanted.iter().any(|(_, rest)| !rest.is_empty());
        let records = wanted.contains(&(RECORDS, ""));
        match peek {
            Peek::Array if records => self.records()?,
            Peek::Object if deeper && self.depth < MAX_DEPTH => self.members(wanted)?,
            _ => self.jiter.known_skip(peek)?,
        }
        if records && peek != Peek::Array && peek != Peek::Null {
            self.found.misplaced = true;
        }
        if records && peek == Peek::Null {
            self.found.records = Some(Vec::new());
        }
        let end = self.jiter.current_index();
        for (number, rest) in wanted {
            if rest.is_empty()
                && let Some(place) = self.found.values.get_mut(*number)
            {
                *place = Some(start..end);
            }
        }
        Ok(())
    }

    fn members(&mut self, wanted: &[Wanted<'_>]) -> Result<(), JiterError> {
        self.depth += 1;
        let mut inner = Vec::new();
        let mut key = self.jiter.known_object()?;
        while let Some(name) = key {
            inner.clear();
            inner.extend(wanted.iter().filter_map(|(number, rest)| {
                let rest = rest.strip_prefix('/')?;
                let end = rest.find('/').unwrap_or(rest.len());
                let (token, rest) = rest.split_at(end);
                is_name(token, name).then_some((*number, rest))
            }));
            let peek = self.jiter.peek()?;
            self.value(peek, &inner)?;
            key = self.jiter.next_key()?;
        }
        self.depth -= 1;
        Ok(())
    }

    fn records(&mut self) -> Result<(), JiterError> {
        let mut ranges = Vec::new();
        let mut next = self.jiter.known_array()?;
        while let Some(peek) = next {
            let start = self.jiter.current_index();
            self.jiter.known_skip(peek)?;
            ranges.push(start..self.jiter.current_index());
            next = self.jiter.array_step()?;
        }
        self.found.records = Some(ranges);
        Ok(())
    }
}

/// Whether a token of a pointer (RFC 6901, section 4) names the member.
fn is_name(token: &str, name: &str) -> bool {
    token == name || token.contains('~') && token.replace("~1", "/").replace("~0", "~") == name
}

#[cfg(test)]
mod tests {
    use super::{skim, value};

    fn check(text: &str, records: &str, others: &[&str], expected: (Option<&[&str]>, &[&str])) {
        let found = skim(text.as_bytes(), records, others).expect("JSON");
        let of = |range: &std::ops::Range<usize>| &text[range.clone()];
        let found_records: Option<Vec<&str>> = found
            .records
            .as_ref()
            .map(|all| all.iter().map(of).collect());
        assert_eq!(found_records.as_deref(), expected.0, "{text}");
        let values: Vec<&str> = found
            .values
            .iter()
            .map(|r| r.as_ref().map_or("-", of))
            .collect();
        assert_eq!(values, expected.1, "{text}");
    }

    #[test]
    fn places() {
        check("[1, {\"a\":2} ]", "", &[], (Some(&["1", "{\"a\":2}"]), &[]));
        check("[]", "", &["/a"], (Some(&[]), &["-"]));
        check(
            r#" {"a/b": {"data" : [ "x" ], "n": 5}, "more":false , "u": "é\n"} "#,
            "/a~1b/data",
            &["/more", "/u", "/a~1b/n", "/a~1b", "/none/x", "/more/x"],
            (
                Some(&["\"x\""]),
                &[
                    "false",
                    "\"é\\n\"",
                    "5",
                    r#"{"data" : [ "x" ], "n": 5}"#,
                    "-",
                    "-",
                ],
            ),
        );
        check(r#"{"data": null}"#, "/data", &[], (Some(&[]), &[]));
        check(r#"{"data": {}}"#, "/data", &[], (None, &[]));
        check(r#"{"other": []}"#, "/data", &[], (None, &[]));
        // The last of equal names is what decoders keep.
        check(r#"{"d": [1], "d": [2]}"#, "/d", &[], (Some(&["2"]), &[]));
    }

    #[test]
    fn single_values_and_errors() {
        let text = br#"{"a":{"id":"x"}}"#;
        let range = value(text, "/a/id").expect("JSON").expect("there");
        assert_eq!(&text[range], b"\"x\"");
        assert_eq!(value(text, "/b").expect("JSON"), None);
        assert!(skim(b"{\"a\":", "", &[]).is_err());
        assert!(skim(b"[1] x", "", &[]).is_err());
    }
}
