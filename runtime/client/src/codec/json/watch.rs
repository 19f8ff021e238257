//! What a reader notes of a text that is not what the tables say.

use super::DecodeError;
use jiter::Peek;
use std::collections::HashMap;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};

/// How many different findings of one text are kept.
const MAX_FOUND: usize = 512;
/// How many occurrences of findings of one text are counted.
const MAX_NOTES: usize = 1 << 20;
/// Longer names and values are not kept.
const MAX_TEXT: usize = 64;

type Hasher = BuildHasherDefault<DefaultHasher>;

/// A step from a value to one inside it, by the schema: all items of an array are
/// one place, all values of a map another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Step {
    /// A property of an object.
    Property(&'static str),
    /// Any item of an array.
    Item,
    /// An item of a tuple.
    At(usize),
    /// Any value of a map.
    Value,
    /// The member of the union that the value was read as.
    Member(usize),
}

/// What is not as the tables say.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum What {
    /// A property that the object does not have: its name and the value's type.
    Property(String, &'static str),
    /// A value that an enumeration does not list: its JSON text, empty where it is too
    /// long to be kept or no scalar, and its type.
    Listed(String, &'static str),
    /// No member of a union takes a value of this type.
    Member(&'static str),
    /// Null where none is declared.
    Null,
    /// A required value that is not there.
    Missing,
    /// A value of another type: what was expected, what was there.
    Type(String, &'static str),
}

/// A finding and how often it was made.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Found {
    pub(crate) steps: Box<[Step]>,
    pub(crate) what: What,
    pub(crate) count: u64,
    /// How often the value could not be read because of it.
    pub(crate) refused: u64,
}

/// The findings of one text.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    pub(crate) found: Vec<Found>,
    /// Occurrences that found no place among them.
    pub(crate) overflow: u64,
}

/// The notes of a reader. A note is only counted at the end, so that what was read
/// as the wrong member of a union leaves none.
#[derive(Default)]
pub(super) struct Watch {
    pub(super) path: Vec<Step>,
    found: Vec<Found>,
    /// Where in `found` what has this hash is. Without a random seed, which would
    /// cost those who watch nothing; it is short.
    index: HashMap<u64, Vec<u32>, Hasher>,
    notes: Vec<(u32, bool)>,
    overflow: u64,
    /// The name of the property that is read.
    pub(super) name: String,
}

impl Watch {
    /// How many notes there are, to come back to.
    pub(super) fn mark(&self) -> (usize, usize) {
        (self.path.len(), self.notes.len())
    }

    pub(super) fn rewind(&mut self, mark: (usize, usize)) {
        self.path.truncate(mark.0);
        self.notes.truncate(mark.1);
    }

    /// Keeps the name of a property, before its value is looked at.
    pub(super) fn keep_name(&mut self, name: &str) {
        self.name.clear();
        self.name.push_str(name);
    }

    #[cold]
    pub(super) fn unknown_property(&mut self, kind: &'static str) {
        let name = std::mem::take(&mut self.name);
        let kept = name.len() <= MAX_TEXT;
        self.note(What::Property(name, kind), kept, false);
    }

    #[cold]
    pub(super) fn unlisted(&mut self, value: &str, kind: &'static str) {
        let kept = value.len() <= MAX_TEXT && !matches!(kind, "array" | "object");
        let text = if kept { value } else { "" };
        self.note(What::Listed(text.to_owned(), kind), true, false);
    }

    #[cold]
    pub(super) fn unknown_member(&mut self, kind: &'static str) {
        self.note(What::Member(kind), true, false);
    }

    #[cold]
    pub(super) fn null(&mut self) {
        self.note(What::Null, true, false);
    }

    /// Notes why the value that was read last is refused.
    #[cold]
    pub(super) fn refused(&mut self, error: &DecodeError) {
        if error.is_syntax() {
            return;
        }
        let what = match error.found() {
            "null" => What::Null,
            "nothing" => What::Missing,
            "a deeper level" => return,
            found => What::Type(error.expected().to_owned(), kind_of_words(found)),
        };
        self.note(what, true, true);
    }

    fn note(&mut self, what: What, kept: bool, refused: bool) {
        if !kept || self.notes.len() >= MAX_NOTES {
            self.overflow += 1;
            return;
        }
        let hash = Hasher::default().hash_one((&*self.path, &what));
        let same = self.index.entry(hash).or_default();
        let known = same.iter().copied().find(|index| {
            let found = &self.found[*index as usize];
            *found.steps == *self.path && found.what == what
        });
        let index = match known {
            Some(index) => index,
            None if self.found.len() >= MAX_FOUND => {
                self.overflow += 1;
                return;
            }
            None => {
                let index = self.found.len() as u32;
                same.push(index);
                self.found.push(Found {
                    steps: self.path.clone().into(),
                    what,
                    count: 0,
                    refused: 0,
                });
                index
            }
        };
        self.notes.push((index, refused));
    }

    pub(super) fn finish(mut self) -> Findings {
        for (index, refused) in self.notes {
            let found = &mut self.found[index as usize];
            found.count += 1;
            found.refused += u64::from(refused);
        }
        self.found.retain(|found| found.count > 0);
        Findings {
            found: self.found,
            overflow: self.overflow,
        }
    }
}

/// The JSON type of a value by its first byte and its text.
pub(super) fn kind(peek: Peek, text: &[u8]) -> &'static str {
    match peek {
        Peek::Null => "null",
        Peek::True | Peek::False => "boolean",
        Peek::String => "string",
        Peek::Array => "array",
        Peek::Object => "object",
        _ if text.iter().any(|byte| matches!(byte, b'.' | b'e' | b'E')) => "number",
        _ => "integer",
    }
}

/// The JSON type in the words of an error. A text of a wrong format is quoted there.
fn kind_of_words(found: &str) -> &'static str {
    match found {
        "a boolean" => "boolean",
        "an array" => "array",
        "an object" => "object",
        "a number out of range" => "integer",
        _ if found.starts_with("a number") => "number",
        _ => "string",
    }
}
