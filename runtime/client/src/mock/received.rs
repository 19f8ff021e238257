//! A request as the mock sees it.

use crate::Error;
use crate::codec::json::DecodeError;
use crate::codec::{form, json, text};
use crate::media_type::essence;
use crate::model::{Reflect, Slot};
use crate::operation::{Body, Codec, Location, Operation};
use bytes::Bytes;
use http::header::{CONTENT_TYPE, COOKIE};
use http::{HeaderMap, Method};
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

/// A request of an operation, its body of type `B`. Parameters are as text.
pub struct Received<B> {
    pub(super) seen: Arc<Seen>,
    pub(super) body: PhantomData<fn() -> B>,
}

pub(super) struct Seen {
    pub(super) operation: &'static Operation,
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) query: Vec<(String, String)>,
    pub(super) values: Vec<(&'static str, String)>,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Seen {
    pub(super) fn content_type(&self) -> &str {
        let value = self.headers.get(CONTENT_TYPE);
        value
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    /// The declared body of this media type.
    pub(super) fn declared_body(&self) -> Option<&'static Body> {
        let body = self.operation.body.as_ref()?;
        let found = essence(self.content_type());
        let mut all = std::iter::once(body).chain(body.others);
        all.find(|body| is_of(essence(body.media_type), found))
    }

    fn cookie(&self, name: &str) -> Option<&str> {
        let lines = self.headers.get_all(COOKIE).iter();
        let lines = lines.filter_map(|line| line.to_str().ok());
        let mut pairs = lines.flat_map(|line| line.split(';'));
        pairs.find_map(|pair| {
            let (key, value) = pair.trim().split_once('=')?;
            (key == name).then_some(value)
        })
    }

    /// A parameter's text where it stands.
    pub(super) fn value_at(&self, location: Location, name: &str) -> Option<&str> {
        match location {
            Location::Path => {
                let mut values = self.values.iter();
                values.find(|pair| pair.0 == name).map(|pair| &*pair.1)
            }
            Location::Query => {
                let mut pairs = self.query.iter();
                pairs.find(|pair| pair.0 == name).map(|pair| &*pair.1)
            }
            Location::Header => self.headers.get(name)?.to_str().ok(),
            Location::Cookie => self.cookie(name),
        }
    }

    pub(super) fn decode(&self, slot: Slot<'_>) -> Result<(), Error> {
        let codec = match self.declared_body() {
            Some(body) => body.codec,
            // What is not declared is read as what it says it is.
            None if crate::media_type::is_json(essence(self.content_type())) => Codec::Json,
            None => Codec::Bytes,
        };
        if self.body.is_empty() {
            return match slot {
                Slot::Unit => Ok(()),
                Slot::Opt(place) => {
                    place.set_absent();
                    Ok(())
                }
                Slot::Str(_) | Slot::Bytes(_) => Ok(()),
                _ => Err(Error::decode("the request has no body")),
            };
        }
        let read = match codec {
            Codec::Json => json::decode_request(&self.body, slot),
            Codec::Form => form::decode(&self.body, slot),
            #[cfg(feature = "xml")]
            Codec::Xml(table) => {
                let text = String::from_utf8_lossy(&self.body);
                crate::codec::xml::decode(&text, table, slot)
            }
            Codec::Multipart if !matches!(slot, Slot::Bytes(_) | Slot::Unit) => {
                return Err(Error::decode(
                    "a multipart body is not read by type: see Received::raw_body",
                ));
            }
            _ => self.decode_raw(slot),
        };
        read.map_err(|error| {
            Error::decode(error.to_string())
                .with_json_path(error.path())
                .with_received(self.headers.clone(), self.body.clone())
        })
    }

    fn decode_raw(&self, slot: Slot<'_>) -> Result<(), DecodeError> {
        match slot {
            Slot::Bytes(place) => *place = self.body.clone(),
            Slot::Opt(place) => return self.decode_raw(place.insert()),
            Slot::Json(place) => *place = String::from_utf8_lossy(&self.body).into_owned().into(),
            slot => return text::decode(&String::from_utf8_lossy(&self.body), slot),
        }
        Ok(())
    }
}

/// Whether a media type is the declared one, or of its range.
fn is_of(declared: &str, found: &str) -> bool {
    if let Some(group) = declared.strip_suffix("/*") {
        return group == "*" || found.split('/').next() == Some(group);
    }
    declared.eq_ignore_ascii_case(found)
}

impl<B> Received<B> {
    pub(super) fn new(seen: &Arc<Seen>) -> Self {
        Self {
            seen: Arc::clone(seen),
            body: PhantomData,
        }
    }

    /// The `operationId` of the operation, or its method and path.
    pub fn operation(&self) -> &'static str {
        self.seen.operation.id
    }

    /// The method.
    pub fn method(&self) -> &Method {
        &self.seen.method
    }

    /// The path as it was sent.
    pub fn path(&self) -> &str {
        &self.seen.path
    }

    /// A parameter's value as text, decoded: in the path, the query, the headers or the
    /// cookies, where the operation declares it; or any pair of the query by its name
    /// (`filter[state]`, say). The first where there are several.
    pub fn param(&self, name: &str) -> Option<&str> {
        let declared = self.seen.operation.parameters.iter();
        let mut named = declared.filter(|parameter| parameter.name == name);
        let found = named.find_map(|parameter| self.seen.value_at(parameter.location, name));
        found.or_else(|| self.seen.value_at(Location::Query, name))
    }

    /// All pairs of the query, decoded, in their order.
    pub fn query(&self) -> &[(String, String)] {
        &self.seen.query
    }

    /// A header's value, where it is there and is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.seen.headers.get(name)?.to_str().ok()
    }

    /// The headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.seen.headers
    }

    /// The body as it came.
    pub fn raw_body(&self) -> &Bytes {
        &self.seen.body
    }

    /// The body as a type of one's choice: where an operation takes several.
    ///
    /// # Errors
    /// The body is not of that type; the message says where.
    pub fn body_as<T: Reflect>(&self) -> Result<T, Error> {
        let mut value = T::blank();
        self.seen.decode(value.slot())?;
        Ok(value)
    }
}

impl<B: Reflect> Received<B> {
    /// The body. What is `readOnly` is blank in it where it was not sent.
    ///
    /// # Errors
    /// The body is not of the declared type: that of the media type which the operation
    /// prefers; [`Self::body_as`] reads the others.
    pub fn body(&self) -> Result<B, Error> {
        self.body_as()
    }
}

impl<B> Clone for Received<B> {
    fn clone(&self) -> Self {
        Self::new(&self.seen)
    }
}

impl<B> fmt::Debug for Received<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Received")
            .field("operation", &self.seen.operation.id)
            .field("method", &self.seen.method)
            .field("path", &self.seen.path)
            .field("query", &self.seen.query)
            .field("headers", &crate::transport::Masked(&self.seen.headers))
            .field("body", &format_args!("{} bytes", self.seen.body.len()))
            .finish()
    }
}
