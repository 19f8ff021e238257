//! Where reading stands in a JSON text.
//!
//! What texts are mostly made of is read here: names and strings without escapes,
//! short integers, what is between them. All else (escapes, other numbers, values that
//! are passed over, and whatever is wrong) is read by `jiter` from the same place, so
//! that there is one judge of what JSON is.

use super::DecodeError;
use jiter::{Jiter, JiterResult, NumberInt, Peek};
use std::borrow::Cow;

#[cfg(test)]
mod tests;

/// A place in a JSON text.
#[derive(Clone, Copy)]
pub(super) struct Cursor<'j> {
    data: &'j [u8],
    /// The data as far as it is UTF-8.
    text: &'j str,
    at: usize,
}

impl<'j> Cursor<'j> {
    pub(super) fn new(data: &'j [u8]) -> Self {
        let text = match std::str::from_utf8(data) {
            Ok(text) => text,
            Err(error) => {
                let valid = data.get(..error.valid_up_to()).unwrap_or_default();
                std::str::from_utf8(valid).unwrap_or_default()
            }
        };
        Self { data, text, at: 0 }
    }

    /// How many bytes are before this place.
    #[inline]
    pub(super) fn current_index(&self) -> usize {
        self.at
    }

    /// The first byte from here on that is no white space, and goes there.
    #[inline]
    fn next_byte(&mut self) -> Option<u8> {
        loop {
            match self.data.get(self.at)? {
                b' ' | b'\n' | b'\t' | b'\r' => self.at += 1,
                byte => return Some(*byte),
            }
        }
    }

    /// Reads with `jiter` from here.
    #[cold]
    #[inline(never)]
    fn slowly<T>(
        &mut self,
        read: impl FnOnce(&mut Jiter<'j>) -> JiterResult<T>,
    ) -> Result<T, DecodeError> {
        let rest = self.data.get(self.at..).unwrap_or_default();
        let mut jiter = Jiter::new(rest);
        let read = read(&mut jiter).map_err(|mut error| {
            error.index += self.at;
            DecodeError::syntax(error)
        });
        self.at += jiter.current_index();
        read
    }

    /// What value comes next.
    #[inline]
    pub(super) fn peek(&mut self) -> Result<Peek, DecodeError> {
        match self.next_byte() {
            Some(byte) => Ok(Peek::new(byte)),
            None => self.slowly(Jiter::peek),
        }
    }

    /// Goes into an array: what its first item is.
    #[inline]
    pub(super) fn known_array(&mut self) -> Result<Option<Peek>, DecodeError> {
        self.at += 1;
        match self.next_byte() {
            Some(b']') => {
                self.at += 1;
                Ok(None)
            }
            Some(byte) => Ok(Some(Peek::new(byte))),
            None => {
                self.at -= 1;
                self.slowly(Jiter::known_array)
            }
        }
    }

    /// Goes from an item to the next one: what that is.
    #[inline]
    pub(super) fn array_step(&mut self) -> Result<Option<Peek>, DecodeError> {
        let start = self.at;
        match self.next_byte() {
            Some(b',') => {
                self.at += 1;
                if let Some(byte) = self.next_byte().filter(|byte| *byte != b']') {
                    return Ok(Some(Peek::new(byte)));
                }
            }
            Some(b']') => {
                self.at += 1;
                return Ok(None);
            }
            _ => {}
        }
        self.at = start;
        self.slowly(Jiter::array_step)
    }

    /// Goes into an object: its first name; the place is then before the value.
    #[inline]
    pub(super) fn known_object(&mut self) -> Result<Option<Cow<'j, str>>, DecodeError> {
        let start = self.at;
        self.at += 1;
        match self.next_byte() {
            Some(b'}') => {
                self.at += 1;
                return Ok(None);
            }
            Some(b'"') => {
                if let Some(name) = self.name() {
                    return Ok(Some(Cow::Borrowed(name)));
                }
            }
            _ => {}
        }
        self.at = start;
        self.slowly(|jiter| {
            Ok(jiter
                .known_object()?
                .map(|name| Cow::Owned(name.to_owned())))
        })
    }

    /// Goes from a value to the next name of an object.
    #[inline]
    pub(super) fn next_key(&mut self) -> Result<Option<Cow<'j, str>>, DecodeError> {
        let start = self.at;
        match self.next_byte() {
            Some(b',') => {
                self.at += 1;
                if self.next_byte() == Some(b'"')
                    && let Some(name) = self.name()
                {
                    return Ok(Some(Cow::Borrowed(name)));
                }
            }
            Some(b'}') => {
                self.at += 1;
                return Ok(None);
            }
            _ => {}
        }
        self.at = start;
        self.slowly(|jiter| Ok(jiter.next_key()?.map(|name| Cow::Owned(name.to_owned()))))
    }

    /// Passes over `name` where it comes next, as most servers write it: after
    /// `before` (`{` or `,`), without white space and escapes.
    #[inline]
    pub(super) fn passes(&mut self, before: u8, name: &str) -> bool {
        let start = self.at + 2;
        let end = start + name.len();
        let is_next = self.data.get(self.at..start) == Some(&[before, b'"'])
            && self.data.get(end..end + 2) == Some(b"\":")
            && self.data.get(start..end) == Some(name.as_bytes())
            // Names with what is escaped in a text are not these bytes.
            && plain_end(self.data, start) == end;
        if is_next {
            self.at = end + 2;
        }
        is_next
    }

    /// A name without escapes, and the colon after it.
    #[inline]
    fn name(&mut self) -> Option<&'j str> {
        let name = self.plain()?;
        if self.next_byte() != Some(b':') {
            return None;
        }
        self.at += 1;
        Some(name)
    }

    /// A string without escapes whose quotation mark is here.
    #[inline]
    fn plain(&mut self) -> Option<&'j str> {
        let start = self.at + 1;
        let end = plain_end(self.data, start);
        if self.data.get(end) != Some(&b'"') {
            return None;
        }
        let text = self.text.get(start..end)?;
        self.at = end + 1;
        Some(text)
    }

    /// A string.
    #[inline]
    pub(super) fn known_str(&mut self) -> Result<Cow<'j, str>, DecodeError> {
        match self.plain() {
            Some(text) => Ok(Cow::Borrowed(text)),
            None => self.slowly(|jiter| Ok(Cow::Owned(jiter.known_str()?.to_owned()))),
        }
    }

    #[inline]
    pub(super) fn known_bool(&mut self, peek: Peek) -> Result<bool, DecodeError> {
        let rest = self.data.get(self.at..).unwrap_or_default();
        if rest.starts_with(b"true") {
            self.at += 4;
            Ok(true)
        } else if rest.starts_with(b"false") {
            self.at += 5;
            Ok(false)
        } else {
            self.slowly(|jiter| jiter.known_bool(peek))
        }
    }

    #[inline]
    pub(super) fn known_null(&mut self) -> Result<(), DecodeError> {
        let rest = self.data.get(self.at..).unwrap_or_default();
        if rest.starts_with(b"null") {
            self.at += 4;
            return Ok(());
        }
        self.slowly(Jiter::known_null)
    }

    /// An integer of 64 bits, or `None` where the number is another; the place is then
    /// as before.
    #[inline]
    pub(super) fn known_int(&mut self, peek: Peek) -> Option<i64> {
        let start = self.at;
        let negative = usize::from(peek == Peek::Minus);
        let digits = self.data.get(start + negative..).unwrap_or_default();
        let mut value = 0i64;
        let mut length = 0;
        // What is longer may not fit.
        for byte in digits.iter().take(18) {
            if !byte.is_ascii_digit() {
                break;
            }
            value = value * 10 + i64::from(byte - b'0');
            length += 1;
        }
        let is_whole = !matches!(digits.get(length), Some(b'0'..=b'9' | b'.' | b'e' | b'E'));
        let is_canonical = length == 1 || (length > 1 && digits.first() != Some(&b'0'));
        if is_whole && is_canonical {
            self.at = start + negative + length;
            return Some(if negative == 1 { -value } else { value });
        }
        let read = self.slowly(|jiter| jiter.known_int(peek));
        if let Ok(NumberInt::Int(value)) = read {
            return Some(value);
        }
        self.at = start;
        None
    }

    pub(super) fn known_float(&mut self, peek: Peek) -> Result<f64, DecodeError> {
        self.slowly(|jiter| jiter.known_float(peek))
    }

    /// The text of a number.
    pub(super) fn known_number_bytes(&mut self, peek: Peek) -> Result<&'j [u8], DecodeError> {
        let start = self.at;
        self.slowly(|jiter| jiter.known_number_bytes(peek).map(drop))?;
        Ok(self.data.get(start..self.at).unwrap_or_default())
    }

    /// Passes over a value.
    #[inline]
    pub(super) fn known_skip(&mut self, peek: Peek) -> Result<(), DecodeError> {
        match peek {
            Peek::String if self.plain().is_some() => Ok(()),
            Peek::Null => self.known_null(),
            _ => self.slowly(|jiter| jiter.known_skip(peek)),
        }
    }

    /// Nothing but white space may follow.
    pub(super) fn finish(&mut self) -> Result<(), DecodeError> {
        match self.next_byte() {
            None => Ok(()),
            Some(_) => self.slowly(Jiter::finish),
        }
    }
}

/// The first byte from `at` on that does not stand for itself in a string: a quotation
/// mark, a backslash or a control character (RFC 8259, section 7).
#[inline]
fn plain_end(data: &[u8], mut at: usize) -> usize {
    // Most names and values end here.
    for _ in 0..3 {
        let Some(bytes) = data.get(at..).and_then(|rest| rest.first_chunk::<8>()) else {
            break;
        };
        match specials(u64::from_le_bytes(*bytes)) {
            0 => at += 8,
            found => return at + found.trailing_zeros() as usize / 8,
        }
    }
    long_plain_end(data, at)
}

/// The highest bit of the first byte that does not stand for itself, and of later ones.
/// (Borrows go upwards from such a byte alone.)
#[inline]
fn specials(word: u64) -> u64 {
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    let zeros = |word: u64| word.wrapping_sub(ONES) & !word;
    let quotes = zeros(word ^ (ONES * b'"' as u64));
    let backslashes = zeros(word ^ (ONES * b'\\' as u64));
    let controls = word.wrapping_sub(ONES * 0x20) & !word;
    (quotes | backslashes | controls) & (ONES << 7)
}

fn long_plain_end(data: &[u8], mut at: usize) -> usize {
    // Without a branch, so that compilers make vector instructions of it.
    let is_special = |byte: u8| (byte == b'"') | (byte == b'\\') | (byte < 0x20);
    while let Some(bytes) = data.get(at..).and_then(|rest| rest.first_chunk::<16>()) {
        let mut found = [0; 16];
        for (mark, byte) in found.iter_mut().zip(bytes) {
            *mark = 0u8.wrapping_sub(u8::from(is_special(*byte)));
        }
        let found = u128::from_le_bytes(found);
        if found != 0 {
            return at + found.trailing_zeros() as usize / 8;
        }
        at += 16;
    }
    let rest = data.get(at..).unwrap_or_default();
    let end = rest.iter().position(|byte| is_special(*byte));
    at + end.unwrap_or(rest.len())
}
