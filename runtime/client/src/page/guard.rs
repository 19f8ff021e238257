//! What must not happen between two pages. A server that does it would make a
//! reader loop or stop early; either way it is an error, never a quiet end.

use super::position::Next;
use crate::Error;
use std::collections::HashSet;

/// What is wrong with the pages of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PagingFault {
    /// The answer leads to a page that was asked for before: a token, a URL or a
    /// last record that repeats.
    RepeatedRequest,
    /// A page has the very records of the page before it.
    RepeatedPage,
    /// There are fewer or more records than the total that the server names.
    TotalMismatch,
    /// The next page is said to be on another host.
    OtherOrigin,
    /// The answer says that there is more, but not how to ask for it.
    MissingNext,
    /// The answer does not say whether there is more, as the API declares it to.
    MissingMore,
    /// There is no array of records where one is declared.
    MissingRecords,
    /// There are more pages than the caller allows.
    TooManyPages,
    /// The position is none of this list.
    Position,
}

pub(super) use PagingFault as Fault;

#[cold]
pub(super) fn fault(fault: Fault, message: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::paging(fault, message)
}

/// What was seen of a list so far.
#[derive(Debug, Default)]
pub(super) struct Guard {
    asked: HashSet<u64>,
    /// The records of the page before.
    print: Option<u64>,
    /// The least and the greatest total that was named.
    totals: Option<(u64, u64)>,
}

impl Guard {
    pub(super) fn new(print: Option<u64>) -> Self {
        Self {
            print,
            ..Self::default()
        }
    }

    /// Notes what a page is asked for with.
    pub(super) fn ask(&mut self, next: &Next) -> Result<(), Error> {
        let text = match next {
            Next::Url(url) => url.clone(),
            Next::Value(value) => value.to_string(),
            Next::Start | Next::End => return Ok(()),
        };
        if self.asked.insert(print([text.as_bytes()])) {
            return Ok(());
        }
        let message = "the answer leads to a page that was read before: the list would not end";
        Err(fault(Fault::RepeatedRequest, message))
    }

    /// Notes the records of a page. Empty pages may follow each other.
    pub(super) fn page<'a>(
        &mut self,
        records: impl ExactSizeIterator<Item = &'a [u8]>,
    ) -> Result<(), Error> {
        if records.len() == 0 {
            return Ok(());
        }
        let found = print(records);
        if self.print.replace(found) == Some(found) {
            let message = "the page has the very records of the page before it";
            return Err(fault(Fault::RepeatedPage, message));
        }
        Ok(())
    }

    /// A print of the last page that had records.
    pub(super) fn print(&self) -> Option<u64> {
        self.print
    }

    /// Notes a total.
    pub(super) fn total(&mut self, total: u64) {
        let (least, greatest) = self.totals.unwrap_or((total, total));
        self.totals = Some((least.min(total), greatest.max(total)));
    }

    /// More records than any total that was named.
    pub(super) fn not_more(&self, read: u64) -> Result<(), Error> {
        match self.totals {
            Some((_, greatest)) if read > greatest => Err(mismatch(read, greatest)),
            _ => Ok(()),
        }
    }

    /// At the end: fewer records than the least total that was named. While a list
    /// is read, records may come and go.
    pub(super) fn not_fewer(&self, read: u64) -> Result<(), Error> {
        match self.totals {
            Some((least, _)) if read < least => Err(mismatch(read, least)),
            _ => Ok(()),
        }
    }
}

#[cold]
fn mismatch(read: u64, total: u64) -> Error {
    let message = format!("the server names a total of {total}, but gave {read} records");
    fault(Fault::TotalMismatch, message)
}

/// A number that differs for different texts: FNV-1a over words of eight bytes,
/// with the length of each text. Kept in positions, so it must never change.
fn print<'a>(texts: impl IntoIterator<Item = &'a [u8]>) -> u64 {
    const PRIME: u64 = 0x0000_0100_0000_01b3;
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    let mut add = |word: u64| {
        hash = (hash ^ word).wrapping_mul(PRIME);
        hash ^= hash >> 29;
    };
    for text in texts {
        for chunk in text.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            add(u64::from_le_bytes(word));
        }
        add(text.len() as u64);
    }
    hash
}

#[cfg(test)]
mod tests {
    use super::{Fault, Guard, print};
    use crate::json::Json;
    use crate::page::position::Next;

    #[test]
    fn prints_tell_texts_apart() {
        let one = |texts: &[&[u8]]| print(texts.iter().copied());
        let all: &[&[&[u8]]] = &[
            &[],
            &[b""],
            &[b"a"],
            &[b"a\0"],
            &[b"a", b""],
            &[b"", b"a"],
            &[b"12345678"],
            &[b"1234567", b"8"],
            &[b"123456789"],
        ];
        for (at, a) in all.iter().enumerate() {
            for b in &all[at + 1..] {
                assert_ne!(one(a), one(b), "{a:?} {b:?}");
            }
        }
        // Positions that were kept hold it.
        assert_eq!(one(&[b"12345678", b"9"]), one(&[b"12345678", b"9"]));
    }

    #[test]
    fn totals_may_move_while_a_list_is_read() {
        let mut guard = Guard::default();
        guard.total(10);
        guard.total(12);
        assert!(guard.not_fewer(10).is_ok() && guard.not_fewer(9).is_err());
        assert!(guard.not_more(12).is_ok() && guard.not_more(13).is_err());
    }

    #[test]
    fn requests_and_pages() {
        let mut guard = Guard::default();
        let token = |text: &str| Next::Value(Json::from(text));
        assert!(guard.ask(&token("a")).is_ok() && guard.ask(&token("b")).is_ok());
        let error = guard.ask(&token("a")).expect_err("asked before");
        assert_eq!(error.paging_fault(), Some(Fault::RepeatedRequest));
        assert!(guard.page([&b"1"[..]].into_iter()).is_ok());
        assert!(guard.page([].into_iter()).is_ok());
        let error = guard.page([&b"1"[..]].into_iter()).expect_err("again");
        assert_eq!(error.paging_fault(), Some(Fault::RepeatedPage));
    }
}
