//! Answers: raw, and as typed values.

mod charset;
pub(crate) mod decode;
pub(crate) mod headers;
mod links;
pub(crate) mod select;

pub use links::Link;
pub(crate) use links::Sent;

use crate::Error;
use crate::codec::json::{self, DecodeError};
use crate::drift::{Head, Ledger, Unread};
use crate::model::{Reflect, Slot};
use crate::operation::Operation;
use crate::retry::Attempts;
use crate::transport::{Address, Masked};
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, StatusCode};
use std::fmt;
use std::sync::Arc;

/// A successful answer: the value, and all that came with it.
#[derive(Clone)]
pub struct Response<T> {
    /// The body, as the type that the API declares.
    pub value: T,
    raw: Box<Raw>,
}

/// An answer before it is read.
#[derive(Clone)]
pub(crate) struct Raw {
    pub(crate) operation: &'static Operation,
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) address: Address,
    pub(crate) attempts: Attempts,
    /// Who counts what is not as described.
    pub(crate) drift: Option<Arc<Ledger>>,
    /// Kept for links alone.
    pub(crate) sent: Option<Arc<Sent>>,
}

impl Raw {
    /// Reads the body into `slot`, or makes an error of an answer that is none
    /// of success or that is not what the API declares.
    pub(crate) fn decode(&self, slot: Slot<'_>) -> Result<(), Error> {
        self.decode_by(slot, &mut |body, slot| self.read_json(body, slot))
    }

    /// Like [`Self::decode`], but items of the array at `place` (a JSON pointer) that
    /// are not of their type are left out, and given back by their positions in the
    /// array: errors that hold the item's raw JSON as their body.
    pub(crate) fn decode_items(
        &self,
        place: &str,
        slot: Slot<'_>,
    ) -> Result<Vec<(usize, Error)>, Error> {
        let mut rejected = Vec::new();
        self.decode_by(slot, &mut |body, slot| {
            let Some(ledger) = &self.drift else {
                rejected = json::decode_items(body, place, slot)?;
                return Ok(());
            };
            let (read, findings) = json::decode_items_watched(body, place, slot);
            ledger.body(self.head(), findings);
            rejected = read?;
            Ok(())
        })?;
        let items = rejected.into_iter().map(|item| {
            let error = self.located(decode::mismatch(item.error));
            let error = error.with_answer(self.status, self.headers.clone(), item.raw);
            (item.index, error)
        });
        Ok(items.collect())
    }

    pub(crate) fn head(&self) -> Head<'_> {
        Head {
            operation: self.operation,
            status: self.status,
            headers: &self.headers,
        }
    }

    /// Counts the answer where that is asked for.
    pub(crate) fn note_head(&self) {
        if let Some(ledger) = &self.drift {
            ledger.head(self);
        }
    }

    /// Reads JSON of this answer, and counts drift where that is asked for.
    pub(crate) fn read_json(&self, text: &[u8], slot: Slot<'_>) -> Result<(), DecodeError> {
        let Some(ledger) = &self.drift else {
            return json::decode(text, slot);
        };
        let (read, findings) = json::decode_watched(text, slot);
        ledger.body(self.head(), findings);
        read
    }

    fn decode_by(&self, slot: Slot<'_>, reader: decode::Reader<'_>) -> Result<(), Error> {
        let read = match self.status.is_success() {
            true => self.parts().decode_success(slot, reader),
            false => Err(Error::status_error()),
        };
        read.map_err(|error| self.located(error))
    }

    /// The body of a success that is declared as JSON.
    pub(crate) fn json_text(&self) -> Result<Bytes, Error> {
        self.parts().json_text()
    }

    fn parts(&self) -> decode::Parts<'_> {
        decode::Parts {
            declared: self.operation.responses,
            status: self.status,
            headers: &self.headers,
            body: &self.body,
        }
    }

    /// The headers as the struct that the response of this status declares.
    pub(crate) fn declared_headers(&self, slot: Slot<'_>) -> Result<(), Error> {
        let found = headers::read(self.operation, self.status, &self.headers, slot);
        match found {
            Ok(true) => Ok(()),
            Ok(false) => Err(self.located(Error::decode(
                "the response of this status declares other headers, or none",
            ))),
            Err(error) => Err(self.located(error)),
        }
    }

    #[cold]
    pub(crate) fn located(&self, error: Error) -> Error {
        let error = match &self.drift {
            Some(ledger) if error.is_status() => error.with_unread(Unread::new(Arc::clone(ledger))),
            _ => error,
        };
        error
            .with_operation(self.operation)
            .with_url(&self.address)
            .with_answer(self.status, self.headers.clone(), self.body.clone())
            .with_attempts(self.attempts)
    }
}

impl<T> Response<T> {
    pub(crate) fn new(value: T, raw: Box<Raw>) -> Self {
        Self { value, raw }
    }

    /// Reads the body into the value.
    pub(crate) fn read(&mut self) -> Result<(), Error>
    where
        T: Reflect,
    {
        self.raw.decode(self.value.slot())
    }

    /// The value alone.
    pub fn into_value(self) -> T {
        self.value
    }

    /// The same answer with another value.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Response<U> {
        Response {
            value: change(self.value),
            raw: self.raw,
        }
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        self.raw.status
    }

    /// The headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.raw.headers
    }

    /// A header's value, where it is there and is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.raw.headers.get(name)?.to_str().ok()
    }

    /// The headers as the struct that the API declares for this status, which the
    /// operation's documentation names. What the struct does not have is in
    /// [`Self::headers`].
    ///
    /// # Errors
    /// `H` are not the headers that are declared for this status, a required header
    /// is missing, or a value is not of its type: the message names the header and
    /// the text, and every header can still be read by [`Self::header`].
    pub fn declared_headers<H: Reflect>(&self) -> Result<H, Error> {
        let mut value = H::blank();
        self.raw.declared_headers(value.slot())?;
        Ok(value)
    }

    /// A link of this response, with the values that it passes on (OAS 3.0.3, Link
    /// Object). The operation's documentation names the links.
    ///
    /// # Errors
    /// The response of this status declares no link of that name.
    pub fn link(&self, name: &str) -> Result<Link, Error> {
        self.raw.link(name)
    }

    /// The names of the links that the API declares for this status.
    pub fn links(&self) -> impl Iterator<Item = &'static str> {
        self.raw.links().iter().map(|link| link.name)
    }

    /// What the client's cache had to do with the answer; see
    /// [`ClientBuilder::cache`](crate::ClientBuilder::cache).
    #[cfg(feature = "cache")]
    pub fn cache_use(&self) -> crate::transport::CacheUse {
        crate::transport::cached::usage(&self.raw.headers)
    }

    /// The `Content-Type` without its parameters.
    pub fn media_type(&self) -> Option<&str> {
        let value = self.raw.headers.get(CONTENT_TYPE)?.to_str().ok()?;
        value.split(';').next().map(str::trim)
    }

    /// The body as it came.
    pub fn body(&self) -> &Bytes {
        &self.raw.body
    }

    /// How many attempts the call took.
    pub fn attempts(&self) -> u32 {
        self.raw.attempts.made
    }

    /// The URL that gave the answer, after redirects, with secrets masked.
    pub fn url(&self) -> String {
        self.raw.address.to_string()
    }
}

impl<T: fmt::Debug> fmt::Debug for Response<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.raw.status)
            .field("headers", &Masked(&self.raw.headers))
            .field("value", &self.value)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::Raw;
    use crate::model::Reflect;
    use crate::operation::{Accepted, Operation};
    use crate::transport::Address;
    use bytes::Bytes;
    use http::{HeaderMap, StatusCode};

    static LIST: Operation = Operation {
        id: "list",
        responses: &[Accepted::json(200, 0)],
        ..Operation::BLANK
    };

    #[test]
    fn an_item_that_does_not_fit_is_an_error_of_its_own() {
        let raw = Raw {
            operation: &LIST,
            status: StatusCode::OK,
            headers: HeaderMap::new(),
            body: Bytes::from_static(br#"[1, {"a": 2}, 3]"#),
            address: Address::new("https://api.example/list".to_owned()),
            attempts: crate::retry::Attempts::default(),
            drift: None,
            sent: None,
        };
        let mut value: Vec<i64> = Vec::new();
        let rejected = raw.decode_items("", value.slot()).unwrap();
        assert_eq!(value, [1, 3]);
        let (index, error) = &rejected[0];
        assert!(*index == 1 && rejected.len() == 1 && error.is_decode());
        assert_eq!(error.json_path(), Some("$[1]"));
        assert_eq!(error.body().unwrap(), r#"{"a": 2}"#);
        assert_eq!(error.operation(), Some("list"));
        assert!(raw.decode(value.slot()).is_err());
    }
}
