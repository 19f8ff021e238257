//! Reading an error's body as the type that the API declares for it.

use super::Error;
use crate::codec::json;
use crate::drift::{Head, Unread};
use crate::model::{DeclaredErrors, Reflect, Slot};
use crate::response::{decode, headers};
use bytes::Bytes;

impl Error {
    /// The body as the type that the API declares for this status and media
    /// type. `None` where the server did not answer, the status is not declared,
    /// or the body is not of the declared type ([`Self::decode_declared`] tells
    /// which; the raw body is in [`Self::body`] all the same).
    ///
    /// `E` is the error type that the operation's documentation names. Where the
    /// client counts drift, the first reading counts that of the body, too.
    pub fn declared<E: DeclaredErrors>(&self) -> Option<E> {
        self.decode_declared().ok().flatten()
    }

    /// Like [`Self::declared`], with the reason where the body is not of the
    /// declared type.
    pub fn decode_declared<E: DeclaredErrors>(&self) -> Result<Option<E>, Error> {
        let (Some(operation), Some(answer)) = (self.0.operation, &self.0.answer) else {
            return Ok(None);
        };
        let Some(status) = answer.status else {
            return Ok(None);
        };
        let mut value = E::blank();
        let parts = decode::Parts {
            declared: operation.responses,
            status,
            headers: &answer.headers,
            body: &answer.body,
        };
        let head = Head {
            operation,
            status,
            headers: &answer.headers,
        };
        let ledger = self.0.unread.as_ref().and_then(Unread::take);
        let mut watched = |body: &Bytes, slot: Slot<'_>| match ledger {
            None => json::decode(body, slot),
            Some(ledger) => {
                let (read, findings) = json::decode_watched(body, slot);
                ledger.body(head, findings);
                read
            }
        };
        let found = parts.decode_error(value.slot(), &mut watched)?;
        Ok(found.then_some(value))
    }

    /// The answer's headers as the struct that the API declares for its status,
    /// which the operation's documentation names. `None` where the server did not
    /// answer, or the response of that status declares other headers or none.
    ///
    /// # Errors
    /// No response of the operation declares `H`, a required header is missing, or a
    /// value is not of its type: the message names the header and the text.
    pub fn declared_headers<H: Reflect>(&self) -> Result<Option<H>, Error> {
        let (Some(operation), Some(answer)) = (self.0.operation, &self.0.answer) else {
            return Ok(None);
        };
        let Some(status) = answer.status else {
            return Ok(None);
        };
        let mut value = H::blank();
        let found = headers::read(operation, status, &answer.headers, value.slot());
        Ok(found?.then_some(value))
    }

    /// The JSON body as a type of one's choice: for errors that the API sends
    /// but does not declare.
    pub fn body_as<T: Reflect>(&self) -> Result<T, Error> {
        let body = self.body().map(|body| &body[..]).unwrap_or_default();
        let mut value = T::blank();
        decode::json(body, value.slot())?;
        Ok(value)
    }
}
