//! Reading an error's body as the type that the API declares for it.

use super::Error;
use crate::model::{DeclaredErrors, Reflect};
use crate::response::{decode, headers};

impl Error {
    /// The body as the type that the API declares for this status and media
    /// type. `None` where the server did not answer, the status is not declared,
    /// or the body is not of the declared type ([`Self::decode_declared`] tells
    /// which; the raw body is in [`Self::body`] all the same).
    ///
    /// `E` is the error type that the operation's documentation names.
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
        Ok(parts.decode_error(value.slot())?.then_some(value))
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
