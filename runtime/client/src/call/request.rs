//! From a call to the request that a transport sends.

use super::invocation::Encoded;
use super::{Invocation, media};
use crate::auth::Renewable;
use crate::codec::json::{self, Mode};
use crate::codec::{EncodeError, form, multipart, text};
use crate::model::View;
use crate::operation::{Body as BodyKind, Codec};
use crate::page::Next;
use crate::stream::{Aim, Kind};
use crate::transport::{Address, Body, Request};
use crate::{Error, auth, coding, upload};
use http::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_TYPE, COOKIE, RANGE};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

/// WHATWG HTML, section 9.2.4.
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// Credentials on their way onto a request.
pub(super) type Authorizing<'a> =
    Pin<Box<dyn Future<Output = Result<Vec<Renewable>, Error>> + Send + 'a>>;

impl Invocation {
    pub(super) fn timeout(&self) -> Option<Duration> {
        let own = self.options.as_ref().and_then(|options| options.timeout);
        own.or(self.core.timeout)
    }

    /// The request without its body and its credentials; made anew for every
    /// redirect. Boxed: it passes through many hands, and the future of a call is kept small, as
    /// what every waiting call holds.
    pub(super) fn request(&self, aim: &Aim) -> Result<Box<Request>, Error> {
        let operation = self.operation;
        self.check_required()?;
        let mut request = Box::new(Request {
            method: Method::from_bytes(self.method_name().as_bytes())
                .map_err(|_| Error::request("not an HTTP method"))?,
            url: match &aim.page {
                Next::Url(url) => self.page_address(url)?,
                page => self.url(page)?,
            },
            headers: self.headers(),
            body: Body::empty(),
            timeout: None,
            streams: aim.kind.is_some(),
        });
        if let Some(accept) = media::accept(operation, aim.kind) {
            request.headers.insert(ACCEPT, accept);
        }
        if let Some(id) = &aim.last_event_id {
            request.headers.insert(LAST_EVENT_ID, id.clone());
        }
        if let Some(body) = &self.body {
            request
                .headers
                .insert(CONTENT_TYPE, body.media_type.clone());
        }
        self.put_headers(&mut request)?;
        // A key is that of one request.
        if let Some((name, key)) = &self.key
            && aim.page == Next::Start
        {
            request.headers.insert(name, key.clone());
        }
        self.put_page(&aim.page, &mut request)?;
        self.put_accept_encoding(&mut request, aim);
        Ok(request)
    }

    /// The headers of every request, with room for those of this one: a clone of the map
    /// would be made again for the first of them.
    fn headers(&self) -> HeaderMap {
        let common = &self.core.headers;
        let mut headers = HeaderMap::with_capacity(common.len() + 4);
        for (name, value) in common {
            headers.insert(name.clone(), value.clone());
        }
        headers
    }

    /// The request as it is sent first.
    pub(super) fn whole_request(&self, aim: &Aim) -> Result<Box<Request>, Error> {
        self.attached(self.request(aim)?, aim)
    }

    /// Gives a request of this call its body.
    pub(super) fn attached(
        &self,
        mut request: Box<Request>,
        aim: &Aim,
    ) -> Result<Box<Request>, Error> {
        if !self.page_body(&aim.page, &mut request)?
            && let Some(body) = &self.body
        {
            request.body = upload::joined(&body.pieces)?;
        }
        let options = self.options.as_deref();
        let own = options.and_then(|options| options.compression);
        coding::encode(&mut request, own.unwrap_or(self.core.compression))?;
        Ok(request)
    }

    fn check_required(&self) -> Result<(), Error> {
        match &self.operation.body {
            Some(body) if body.required && self.body.is_none() => {
                Err(Error::request("the body is required"))
            }
            _ => Ok(()),
        }
    }

    /// Base URL, path and query in one string.
    pub(super) fn url(&self, page: &Next) -> Result<Address, Error> {
        let options = self.options.as_deref();
        let given = options.and_then(|options| options.base_url.as_deref());
        let base = match given {
            Some(url) => url.into(),
            None => self.core.base_of(self.operation)?,
        };
        let (query, extra) = self.queries(page);
        let template = match &self.raw {
            Some(raw) => &raw.path,
            None => self.operation.path,
        };
        let length = base.len() + template.len() + query.len() + extra.len() + 64;
        let mut text = String::with_capacity(length);
        text.push_str(&base);
        if !template.starts_with('/') {
            text.push('/');
        }
        let start = text.len();
        match &self.raw {
            Some(raw) => text.push_str(&raw.path),
            None => self.expand_path(&mut text)?,
        }
        let values = &self.parts.path;
        let is_suspect = |value: &String| value.bytes().any(|byte| matches!(byte, b'.' | b'%'));
        let may_lead_away = self.raw.is_some() || values.iter().any(|(_, value)| is_suspect(value));
        if may_lead_away && has_dot_segment(&text[start..]) {
            return Err(Error::request(
                "a path parameter of `.` or `..` would lead to another path",
            ));
        }
        let mut address = Address::new(text);
        address.push_query(&query, false);
        address.push_query(&extra, false);
        Ok(address)
    }

    fn expand_path(&self, out: &mut String) -> Result<(), Error> {
        let mut rest = self.operation.path;
        while let Some((before, name, after)) = variable(rest) {
            out.push_str(before);
            let value = self.parts.path.iter().rev().find(|pair| pair.0 == name);
            match value {
                Some((_, value)) if !value.is_empty() => out.push_str(value),
                _ => {
                    return Err(Error::request(format!(
                        "the path parameter `{name}` has no value"
                    )));
                }
            }
            rest = after;
        }
        out.push_str(rest);
        Ok(())
    }

    fn put_headers(&self, request: &mut Request) -> Result<(), Error> {
        for (name, value) in &self.parts.headers {
            let (name, value) = crate::client::header(name, value)?;
            request.headers.insert(name, value);
        }
        if !self.parts.cookies.is_empty() {
            let mut value = HeaderValue::from_str(&self.parts.cookies)
                .map_err(|_| Error::request("a cookie cannot be written"))?;
            value.set_sensitive(true);
            request.headers.insert(COOKIE, value);
        }
        if let Some(options) = &self.options {
            let mut last: Option<&HeaderName> = None;
            for (name, value) in &options.headers {
                if last == Some(name) {
                    request.headers.append(name, value.clone());
                } else {
                    request.headers.insert(name, value.clone());
                }
                last = Some(name);
            }
        }
        Ok(())
    }

    /// A part of a body cannot be decoded by itself, and a proxy that compresses
    /// holds events back until it has enough of them.
    fn put_accept_encoding(&self, request: &mut Request, aim: &Aim) {
        if !self.core.decompress || aim.kind == Some(Kind::Events) {
            return;
        }
        let Some(names) = coding::accepted() else {
            return;
        };
        let headers = &mut request.headers;
        if !headers.contains_key(ACCEPT_ENCODING) && !headers.contains_key(RANGE) {
            headers.insert(ACCEPT_ENCODING, names);
        }
    }

    /// Puts credentials on a request that lacks nothing else. Those that are not at hand
    /// (tokens, signatures) are put on it by the future that is given back. After a
    /// redirect the query is the server's.
    pub(super) fn authorize<'a>(
        &'a self,
        request: &'a mut Request,
        redirected: bool,
    ) -> Result<Option<Authorizing<'a>>, Error> {
        let options = self.options.as_deref();
        if options.is_some_and(|options| options.anonymous) {
            return Ok(None);
        }
        let credentials = auth::Credentials {
            client: &self.core.credentials,
            call: options.and_then(|options| options.credential.as_ref()),
            redirected,
            any: self.raw.is_some(),
            signed: self.core.signer.is_some(),
        };
        let chosen = auth::Chosen::of(&self.core, self.operation, credentials, request)?;
        chosen.put_at_hand(request)?;
        if chosen.are_at_hand() && self.core.signer.is_none() {
            return Ok(None);
        }
        Ok(Some(Box::pin(async move {
            let given = chosen.make(&self.core, self.operation, request).await?;
            if let Some(signer) = &self.core.signer {
                auth::sign::put(&**signer, request).await?;
            }
            Ok(given)
        })))
    }

    /// Whether the body can be sent once more.
    pub(super) fn is_repeatable(&self) -> bool {
        let mut pieces = self.body.iter().flat_map(|body| &body.pieces);
        pieces.all(|piece| !piece.is_stream())
    }
}

/// The first variable of a path template, and what stands before and after it.
/// (Templates are short: a plain loop finds a byte sooner than a search.)
fn variable(template: &str) -> Option<(&str, &str, &str)> {
    let open = template.bytes().position(|byte| byte == b'{')?;
    let tail = &template[open + 1..];
    let close = tail.bytes().position(|byte| byte == b'}')?;
    Some((&template[..open], &tail[..close], &tail[close + 1..]))
}

/// Whether URL parsers take a segment of the path for `.` or `..`.
fn has_dot_segment(path: &str) -> bool {
    let path = path.as_bytes();
    let end = path.iter().position(|byte| *byte == b'?');
    let path = &path[..end.unwrap_or(path.len())];
    let mut segments = path.split(|byte| matches!(byte, b'/' | b'\\'));
    segments.any(|segment| {
        matches!(segment, [b'.' | b'%', rest @ ..] if rest.len() < 6)
            && matches!(
                &*segment.to_ascii_lowercase(),
                b"." | b"%2e" | b".." | b".%2e" | b"%2e." | b"%2e%2e"
            )
    })
}

/// Writes a body as its media type asks.
pub(super) fn encode_body(body: &'static BodyKind, value: View<'_>) -> Result<Encoded, Error> {
    let declared = HeaderValue::from_static(body.media_type);
    let refused = |error: EncodeError| {
        Error::request(format!("the {} body cannot be written", body.media_type)).with_source(error)
    };
    let (media_type, bytes) = match body.codec {
        Codec::Empty => (declared, Vec::new()),
        Codec::Json => {
            let text = json::encode(value, Mode::Request).map_err(refused)?;
            (declared, text)
        }
        Codec::Form => {
            let text = form::encode(value, body.encodings).map_err(refused)?;
            (declared, text)
        }
        Codec::Multipart => {
            let written = multipart::encode(value, body.encodings).map_err(refused)?;
            let media_type = HeaderValue::from_str(&written.media_type)
                .map_err(|_| Error::request("the multipart boundary cannot be written"))?;
            let pieces = written.pieces;
            return Ok(Encoded {
                media_type,
                codec: body.codec,
                pieces,
            });
        }
        Codec::Text => (declared, text::encode(value).map_err(refused)?),
        Codec::Xml(table) => (declared, xml(value, table).map_err(refused)?),
        Codec::Events | Codec::Lines => {
            return Err(Error::request(format!("{} is never sent", body.media_type)));
        }
        Codec::Bytes => match value {
            // Without a copy.
            View::Bytes(bytes) => {
                return Ok(Encoded {
                    media_type: declared,
                    codec: body.codec,
                    pieces: vec![bytes.clone().into()],
                });
            }
            View::File(file) => {
                return Ok(Encoded {
                    media_type: declared,
                    codec: body.codec,
                    pieces: vec![file.content.clone()],
                });
            }
            value => (declared, text::encode(value).map_err(refused)?),
        },
    };
    Ok(Encoded {
        media_type,
        codec: body.codec,
        pieces: vec![bytes.into()],
    })
}

#[cfg(feature = "xml")]
fn xml(value: View<'_>, table: &crate::xml::Xml) -> Result<Vec<u8>, EncodeError> {
    crate::codec::xml::encode(value, table)
}

#[cfg(not(feature = "xml"))]
fn xml(_: View<'_>, _: &crate::xml::Xml) -> Result<Vec<u8>, EncodeError> {
    Err(EncodeError::new("the feature `xml` is off"))
}
