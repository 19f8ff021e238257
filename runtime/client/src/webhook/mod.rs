//! Requests that an API sends to its users: webhooks, and the callbacks of
//! operations. Nothing here listens; a server of one's own hands over the headers
//! and the raw body.
//!
//! The body must be the bytes as they came: signatures are made over them.

#[cfg(feature = "webhook-signatures")]
mod signature;
#[cfg(test)]
#[allow(unreachable_pub, reason = "the macro makes public types")]
mod tests;

use crate::Error;
use crate::json::Json;
use crate::media_type::{essence, is_json};
use crate::model::{Choice, Slot};
use crate::operation::Accepted;
use crate::response::decode;
use http::StatusCode;
use http::header::CONTENT_TYPE;

pub use bytes::Bytes;
pub use http::HeaderMap;
#[cfg(feature = "webhook-signatures")]
pub use signature::{
    Algorithm, Encoding, Layout, Moment, Signature, SignatureError, Signed, Unit, Verified,
    Verifier,
};

/// What an API sends. Built as a `static` by generated code.
#[derive(Debug)]
pub struct Events {
    /// Where a request says what it is; empty where nothing is known of that.
    pub places: &'static [Place],
    /// Whether the values at `places`, in a row, are the name of an event; else
    /// they are among the event's own values.
    pub by_name: bool,
    /// The requests.
    pub list: &'static [Event],
}

/// Where a request says something.
#[derive(Debug, Clone, Copy)]
pub enum Place {
    /// A header.
    Header(&'static str),
    /// A property of the JSON body, by JSON pointer (RFC 6901).
    Property(&'static str),
}

/// A request that the API sends.
#[derive(Debug)]
pub struct Event {
    /// Its name: the webhook's, or the callback's behind its operation.
    pub name: &'static str,
    /// The method.
    pub method: &'static str,
    /// Of a callback: the operation that asks for it, `POST /path`.
    pub operation: Option<&'static str>,
    /// Of a callback: the runtime expression of the URL (OAS 3.0.3, Callback
    /// Object), for example `{$request.body#/url}`.
    pub expression: Option<&'static str>,
    /// Its values at each of [`Events::places`].
    pub values: &'static [&'static [&'static str]],
    /// The body, by media type, with the number of its variant.
    pub bodies: &'static [Accepted],
}

/// Something received that the API's description does not list, or of which it
/// cannot be told which of several it is.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct UnknownEvent {
    name: String,
    body: Bytes,
}

impl UnknownEvent {
    /// What it calls itself, or the name that it was received under; empty where
    /// there is neither.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The raw body.
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// The body as JSON, where it is JSON.
    pub fn json(&self) -> Option<Json> {
        Json::parse(&self.body).ok()
    }
}

/// Reads a request. `name` is what the receiver knows it by; without it the
/// request has to say itself what it is.
///
/// # Errors
/// The body is not of the declared type; the error keeps headers and body.
pub fn event<T: Choice + From<UnknownEvent>>(
    events: &'static Events,
    name: Option<&str>,
    headers: &HeaderMap,
    body: Bytes,
) -> Result<T, Error> {
    let found = match name {
        Some(name) => by_name(events, name).ok_or_else(|| name.to_owned()),
        None => find(events, headers, &body),
    };
    match found {
        Ok(event) => {
            let mut value = T::from(UnknownEvent::default());
            match read(event, headers, &body, &mut value) {
                Ok(()) => Ok(value),
                Err(error) => Err(error.with_received(headers.clone(), body)),
            }
        }
        Err(name) => Ok(T::from(UnknownEvent { name, body })),
    }
}

/// Checks a request's signature, then reads it as [`event`] does.
///
/// # Errors
/// It is not proved to come from the API ([`Error::signature`]), or the body is not
/// of the declared type.
#[cfg(feature = "webhook-signatures")]
pub fn verified_event<T: Choice + From<UnknownEvent>>(
    events: &'static Events,
    name: Option<&str>,
    verifier: &Verifier,
    headers: &HeaderMap,
    body: Bytes,
) -> Result<T, Error> {
    verifier.verify(headers, &body)?;
    event(events, name, headers, body)
}

fn by_name(events: &Events, name: &str) -> Option<&'static Event> {
    events.list.iter().find(|event| event.name == name)
}

/// The event that a request says it is, or what it calls itself.
fn find(events: &Events, headers: &HeaderMap, body: &[u8]) -> Result<&'static Event, String> {
    let values = values(events.places, headers, body);
    let present: Vec<&str> = values.iter().flatten().map(String::as_str).collect();
    let spoken = present.join("-");
    if present.is_empty() {
        return Err(spoken);
    }
    let list = events.list.iter();
    let mut found: Vec<&'static Event> = match events.by_name {
        true => list
            .filter(|event| same_words(event.name, &spoken))
            .collect(),
        false => list.filter(|event| has_values(event, &values)).collect(),
    };
    match (found.pop(), found.is_empty()) {
        (Some(event), true) => Ok(event),
        // What two events say of themselves tells neither.
        _ => Err(spoken),
    }
}

fn has_values(event: &Event, values: &[Option<String>]) -> bool {
    event.values.len() == values.len()
        && event.values.iter().zip(values).all(|(listed, value)| {
            let value = value.as_deref();
            value.is_some_and(|value| listed.contains(&value))
        })
}

/// Whether two names have the same letters and digits, but for their case.
fn same_words(a: &str, b: &str) -> bool {
    let letters = |text: &str| -> Vec<char> {
        let letters = text.chars().filter(|letter| letter.is_alphanumeric());
        letters.flat_map(char::to_lowercase).collect()
    };
    letters(a) == letters(b)
}

/// What stands at each place, as text.
fn values(places: &[Place], headers: &HeaderMap, body: &[u8]) -> Vec<Option<String>> {
    let reads_body = places
        .iter()
        .any(|place| matches!(place, Place::Property(_)));
    let json = match reads_body && may_be_json(headers) {
        true => Json::parse(body).ok(),
        false => None,
    };
    let each = places.iter().map(|place| match place {
        Place::Header(name) => {
            let value = headers.get(*name)?.to_str().ok()?;
            Some(value.trim().to_owned())
        }
        Place::Property(pointer) => {
            let value = json.as_ref()?.pointer(pointer)?;
            match value {
                Json::String(text) => Some(text.to_string()),
                Json::Number(_) | Json::Bool(_) => Some(value.to_string()),
                _ => None,
            }
        }
    });
    each.collect()
}

fn may_be_json(headers: &HeaderMap) -> bool {
    let value = headers.get(CONTENT_TYPE);
    let value = value
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let found = essence(value);
    // Some senders name a wrong type, or none.
    found.is_empty() || is_json(found) || !found.starts_with("multipart/")
}

/// Reads the body into the event's variant.
fn read(
    event: &'static Event,
    headers: &HeaderMap,
    body: &Bytes,
    choice: &mut dyn Choice,
) -> Result<(), Error> {
    let parts = decode::Parts {
        declared: event.bodies,
        status: StatusCode::OK,
        headers,
        body,
    };
    parts.decode_success(Slot::Choice(choice), &mut decode::whole)
}
