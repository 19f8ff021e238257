//! Arrays whose items are read on their own, so that one that is not of its type
//! does not cost the others.

use super::DecodeError;
use super::decode::{Decoder, Mark};
use super::watch::{self, Findings};
use crate::model::{ListSlot, Slot};
use bytes::Bytes;
use jiter::{Jiter, Peek};
use std::ops::Range;

/// An item of an array that is not of the declared type.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Rejected {
    /// Its position in the JSON array, counted from 0.
    pub index: usize,
    /// The item as it came.
    pub raw: Bytes,
    /// Why it was not read; its path starts at the whole text.
    pub error: DecodeError,
}

/// Where in the text a rejected item is.
pub(super) struct Apart {
    index: usize,
    range: Range<usize>,
    error: DecodeError,
}

/// Like [`decode`](super::decode()), but an item of the array at `place` (a JSON
/// pointer, RFC 6901; empty for the text itself) that is not of its type is left out
/// of the list and given back. Where no array stands at `place`, or its type is a
/// tuple, it is `decode`.
///
/// ```
/// use bytes::Bytes;
/// use pontoon_runtime::codec::json::decode_items;
/// use pontoon_runtime::model::Reflect;
///
/// let mut numbers: Vec<i64> = Vec::new();
/// let text = Bytes::from(r#"[1, "two", 3]"#);
/// let rejected = decode_items(&text, "", numbers.slot()).unwrap();
/// assert_eq!(numbers, [1, 3]);
/// assert_eq!((rejected[0].index, &rejected[0].raw[..]), (1, &br#""two""#[..]));
/// assert_eq!(rejected[0].error.path(), "$[1]");
/// ```
///
/// # Errors
/// The text is not JSON, or what is around the items is not of its type.
pub fn decode_items(
    text: &Bytes,
    place: &str,
    slot: Slot<'_>,
) -> Result<Vec<Rejected>, DecodeError> {
    read::<false>(text, place, slot).0
}

/// Like [`decode_items`], and notes what is not as the tables say.
pub(crate) fn decode_items_watched(
    text: &Bytes,
    place: &str,
    slot: Slot<'_>,
) -> (Result<Vec<Rejected>, DecodeError>, Findings) {
    read::<true>(text, place, slot)
}

fn read<const W: bool>(
    text: &Bytes,
    place: &str,
    slot: Slot<'_>,
) -> (Result<Vec<Rejected>, DecodeError>, Findings) {
    if let Slot::Unit = slot {
        return (Ok(Vec::new()), Findings::default());
    }
    // A byte order mark is no JSON, but it is sent.
    let text = match text.starts_with(b"\xEF\xBB\xBF") {
        true => text.slice(3..),
        false => text.clone(),
    };
    let mut decoder = Decoder::<W>::new(&text);
    let mut way = Vec::new();
    if let Some(start) = locate(&text, place, &mut way) {
        decoder.apart = start;
    }
    let read = decoder.document(slot).map_err(DecodeError::finish);
    let rejected = decoder.rejected.into_iter().map(|item| Rejected {
        index: item.index,
        raw: text.slice(item.range),
        error: located(item.error, &way),
    });
    let rejected = read.map(|()| rejected.collect());
    (rejected, decoder.watch.finish())
}

/// A step from a value to one inside it.
enum Step {
    Property(String),
    Item(usize),
}

fn located(error: DecodeError, way: &[Step]) -> DecodeError {
    let error = way.iter().rev().fold(error, |error, step| match step {
        Step::Property(name) => error.in_property(name),
        Step::Item(index) => error.in_item(*index),
    });
    error.finish()
}

/// The byte where the array at `place` starts, and the way to it. `None` also where
/// the text is not JSON up to there: the reader says what is wrong with it.
fn locate(text: &[u8], place: &str, way: &mut Vec<Step>) -> Option<usize> {
    let mut jiter = Jiter::new(text);
    let mut peek = jiter.peek().ok()?;
    for token in place.split('/').skip(1) {
        let name = token.replace("~1", "/").replace("~0", "~");
        peek = match peek {
            Peek::Object => {
                let found = property(&mut jiter, &name)?;
                way.push(Step::Property(name));
                found
            }
            Peek::Array => {
                let index = name.parse().ok()?;
                way.push(Step::Item(index));
                item(&mut jiter, index)?
            }
            _ => return None,
        };
    }
    (peek == Peek::Array).then(|| jiter.current_index())
}

fn property(jiter: &mut Jiter<'_>, name: &str) -> Option<Peek> {
    let mut key = jiter.known_object().ok()?;
    while let Some(found) = key {
        let is_it = found == name;
        let peek = jiter.peek().ok()?;
        if is_it {
            return Some(peek);
        }
        jiter.known_skip(peek).ok()?;
        key = jiter.next_key().ok()?;
    }
    None
}

fn item(jiter: &mut Jiter<'_>, index: usize) -> Option<Peek> {
    let mut peek = jiter.known_array().ok()??;
    for _ in 0..index {
        jiter.known_skip(peek).ok()?;
        peek = jiter.array_step().ok()??;
    }
    Some(peek)
}

impl<'j, const W: bool> Decoder<'j, W> {
    /// Reads the array of [`decode_items`].
    pub(super) fn items_apart(&mut self, place: &mut dyn ListSlot) -> Result<(), DecodeError> {
        self.enter()?;
        place.clear();
        self.rejected.clear();
        let mut index = 0;
        let mut next = self.cursor.known_array()?;
        while let Some(peek) = next {
            let mark = self.mark();
            if W {
                self.watch.path.push(watch::Step::Item);
            }
            if let Err(error) = self.read(peek, place.item(index)) {
                if error.is_syntax() {
                    return Err(error.in_item(index));
                }
                let start = mark.cursor.current_index();
                self.set_back(mark, &error);
                self.skip(peek).map_err(|error| error.in_item(index))?;
                place.pop();
                self.rejected.push(Apart {
                    index,
                    range: start..self.cursor.current_index(),
                    error: error.in_item(index),
                });
            } else if W {
                self.watch.path.pop();
            }
            index += 1;
            next = self.cursor.array_step()?;
        }
        self.depth -= 1;
        Ok(())
    }

    /// Goes back to where a refused item starts; what was noted of it stays.
    fn set_back(&mut self, mark: Mark<'j>, error: &DecodeError) {
        if W {
            self.watch.refused(error);
            self.watch.path.truncate(mark.watch.0);
        }
        self.cursor = mark.cursor;
        self.depth = mark.depth;
    }
}

#[cfg(test)]
mod tests {
    use super::decode_items;
    use crate::model::Reflect;
    use bytes::Bytes;
    use std::collections::BTreeMap;

    /// What is read of `text`, and what is not: `index path raw` of each.
    fn read<T: Reflect>(text: &str, place: &str) -> Result<(T, Vec<String>), String> {
        let mut value = T::blank();
        let text = Bytes::copy_from_slice(text.as_bytes());
        let rejected =
            decode_items(&text, place, value.slot()).map_err(|error| error.to_string())?;
        let lines = rejected.iter().map(|item| {
            let raw = String::from_utf8_lossy(&item.raw);
            format!("{} {} {raw}", item.index, item.error.path())
        });
        Ok((value, lines.collect()))
    }

    type Page = BTreeMap<String, Vec<BTreeMap<String, i64>>>;

    #[test]
    fn items_that_do_not_fit_are_apart() {
        let text = r#" {"n": [{"a": 1}], "a/b": [{"a": 1}, {"b": {"c":[ ]}}, 7, {"a": 4}] } "#;
        let (page, rejected) = read::<Page>(text, "/a~1b").unwrap();
        assert_eq!(page["a/b"].len(), 2);
        assert_eq!(page["a/b"][1]["a"], 4);
        let expected = [r#"1 $["a/b"][1].b {"b": {"c":[ ]}}"#, r#"2 $["a/b"][2] 7"#];
        assert_eq!(rejected, expected);
        let (deep, rejected) = read::<Vec<Vec<i64>>>("\u{feff}[[1], [2, null, 3]]", "/1").unwrap();
        assert_eq!(deep, [vec![1], vec![2, 3]]);
        assert_eq!(rejected, ["1 $[1][1] null"]);
    }

    #[test]
    fn everything_else_is_as_strict_as_ever() {
        let broken = |text, place| read::<Page>(text, place).unwrap_err();
        let elsewhere = r#"{"a": [1], "b": [{}]}"#;
        assert!(broken(elsewhere, "/b").starts_with("$.a[0]: expected an object"));
        assert!(broken(elsewhere, "/c").starts_with("$.a[0]: expected an object"));
        assert!(broken(elsewhere, "/a/0/x").starts_with("$.a[0]: expected an object"));
        assert!(broken(r#"{"a": [{"x": 1}, {"x": tru}]}"#, "/a").contains("JSON"));
        assert!(broken(r#"{"a": [1, {"x": 1}"#, "/a").contains("JSON"));
        assert!(broken(r#"{"a": 3}"#, "/a").starts_with("$.a: expected an array"));
    }

    #[test]
    fn a_tuple_keeps_its_items() {
        let error = read::<(i64, Option<String>)>("[1, 2]", "").unwrap_err();
        assert!(error.starts_with("$[1]: expected a string"), "{error}");
    }
}
