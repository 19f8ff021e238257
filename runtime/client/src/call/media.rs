//! Which media types a call asks for and sends.

use super::Invocation;
use super::invocation::Encoded;
use super::request::encode_body;
use crate::Error;
use crate::json::Json;
use crate::media_type::{essence, is_json};
use crate::model::View;
use crate::operation::{Accepted, Codec, Operation, Statuses};
use crate::response::select;
use crate::stream::Kind;
use crate::upload::Upload;
use http::HeaderValue;

/// The media types of the operation's successes, those of a stream where one is
/// asked for.
pub(super) fn accept(operation: &'static Operation, kind: Option<Kind>) -> Option<HeaderValue> {
    if let Some(kind) = kind {
        let mut rows = select::successes(operation, kind.codec());
        let found = joined(&mut rows);
        if found.is_some() {
            return found;
        }
    }
    let is_success = |status| match status {
        Statuses::Code(code) => (200..300).contains(&code),
        Statuses::Class(class) => class == 2,
        Statuses::Default => false,
    };
    let declared = || {
        let rows = operation.responses.iter();
        rows.filter(|row| !row.media_type.is_empty() && !row.codec.is_sequence())
    };
    let first = declared().next()?;
    // Without a declared success, what comes is what is declared first.
    joined(&mut declared().filter(|row| is_success(row.status)))
        .or_else(|| joined(&mut declared().filter(|row| row.status == first.status)))
}

/// The media types of the rows, each once: the first as it is, the others with a
/// lower weight (RFC 9110, section 12.5.1).
fn joined(mut rows: &mut dyn Iterator<Item = &'static Accepted>) -> Option<HeaderValue> {
    let first = rows.next()?.media_type;
    match Iterator::find(&mut rows, |row| row.media_type != first) {
        None => Some(HeaderValue::from_static(first)),
        Some(other) => weighted(first, other.media_type, rows),
    }
}

#[cold]
fn weighted(
    first: &'static str,
    second: &'static str,
    rows: &mut dyn Iterator<Item = &'static Accepted>,
) -> Option<HeaderValue> {
    let mut others = vec![second];
    for row in rows {
        if row.media_type != first && !others.contains(&row.media_type) {
            others.push(row.media_type);
        }
    }
    let mut text = first.to_owned();
    for other in others {
        text.push_str(", ");
        text.push_str(other);
        text.push_str(";q=0.9");
    }
    HeaderValue::from_str(&text).ok()
}

impl Invocation {
    /// See [`crate::CallOptions::media_type`].
    pub(super) fn set_media_type(&mut self, media_type: &str) {
        match self.in_media_type(media_type) {
            Ok(encoded) => self.body = Some(encoded),
            Err(error) => self.refuse(error),
        }
    }

    fn in_media_type(&mut self, media_type: &str) -> Result<Encoded, Error> {
        let Some(sent) = self.body.take() else {
            return Err(Error::request("there is no body to send as a media type"));
        };
        let name = HeaderValue::from_str(media_type)
            .map_err(|_| Error::request("the media type cannot be written"))?;
        let wanted = essence(media_type);
        let declared = self.operation.body.iter();
        let other = declared
            .flat_map(|body| std::iter::once(body).chain(body.others))
            .find(|body| essence(body.media_type).eq_ignore_ascii_case(wanted));
        let codec = match other {
            Some(other) => other.codec,
            None if is_json(wanted) => Codec::Json,
            None => sent.codec,
        };
        if codec == sent.codec && codec != Codec::Multipart {
            return Ok(Encoded {
                media_type: name,
                ..sent
            });
        }
        match (other, sent.codec, codec) {
            // A value that was written as JSON is there to be written as a form.
            (Some(other), Codec::Json, Codec::Form) => {
                let text = sent.pieces.first().and_then(Upload::as_bytes);
                let text = text.map(|bytes| &bytes[..]).unwrap_or_default();
                let value = Json::parse(text)
                    .map_err(|error| Error::request("the body is no JSON").with_source(error))?;
                let encoded = encode_body(other, View::Json(&value))?;
                Ok(Encoded {
                    media_type: name,
                    ..encoded
                })
            }
            _ => Err(Error::request(format!(
                "the body is not written as {media_type}: call the method of that media type"
            ))),
        }
    }
}
