//! Reading an answer's body into a value. Nothing here is generic over models.

use super::select::{self, Answer, Fit, Side};
use super::{Raw, charset};
use crate::Error;
use crate::codec::{self, json::DecodeError};
use crate::coding;
use crate::media_type::essence;
#[cfg(feature = "xml")]
use crate::media_type::is_json;
use crate::model::Slot;
use crate::operation::{Accepted, Codec};
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, StatusCode};

/// A body that was received, and what is declared of it.
pub(crate) struct Parts<'a> {
    pub(crate) declared: &'static [Accepted],
    pub(crate) status: StatusCode,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) body: &'a Bytes,
}

/// How JSON is read into a slot.
pub(crate) type Reader<'r> = &'r mut dyn FnMut(&Bytes, Slot<'_>) -> Result<(), DecodeError>;

impl Parts<'_> {
    /// Reads the body of a success, JSON by `reader`.
    pub(crate) fn decode_success(&self, slot: Slot<'_>, reader: Reader<'_>) -> Result<(), Error> {
        match self.row(Side::Success) {
            Some((row, fit)) => self.decode(row, fit, slot, reader),
            // No success is declared: there is nothing to read it as.
            None => absent(slot, "an answer without a declared type"),
        }
    }

    /// Reads the body of an error, JSON by `reader`; false where the API does not declare it.
    pub(crate) fn decode_error(&self, slot: Slot<'_>, reader: Reader<'_>) -> Result<bool, Error> {
        match self.row(Side::Error) {
            Some((row, fit)) => self.decode(row, fit, slot, reader).map(|()| true),
            None => Ok(false),
        }
    }

    fn row(&self, side: Side) -> Option<(&'static Accepted, Fit)> {
        select::row(self.declared, side, self.answer())
    }

    fn answer(&self) -> Answer<'_> {
        Answer {
            status: self.status.as_u16(),
            content_type: self.content_type(),
            body: self.body,
        }
    }

    fn content_type(&self) -> &str {
        let value = self.headers.get(CONTENT_TYPE);
        value.and_then(|v| v.to_str().ok()).unwrap_or_default()
    }

    fn decode(
        &self,
        row: &'static Accepted,
        fit: Fit,
        slot: Slot<'_>,
        reader: Reader<'_>,
    ) -> Result<(), Error> {
        let slot = match slot {
            Slot::Choice(choice) => choice.select(usize::from(row.variant)),
            slot => slot,
        };
        if self.body.is_empty() || row.codec == Codec::Empty {
            return self.decode_empty(row, slot);
        }
        if let Slot::Unit = slot {
            return Ok(());
        }
        if row.codec != Codec::Bytes {
            coding::check_plain(self.headers)?;
        }
        match row.codec {
            Codec::Json => {
                self.check(row, fit)?;
                reader(self.body, slot).map_err(mismatch)
            }
            Codec::Xml(table) => self.decode_xml(row, fit, table, slot, reader),
            Codec::Form => codec::form::decode(self.body, slot).map_err(mismatch),
            _ => self.decode_raw(slot),
        }
    }

    fn decode_empty(&self, row: &Accepted, slot: Slot<'_>) -> Result<(), Error> {
        match slot {
            // An empty file and an empty text are values.
            Slot::Bytes(_) | Slot::Str(_) if matches!(row.codec, Codec::Bytes | Codec::Text) => {
                Ok(())
            }
            slot => absent(slot, "an empty body"),
        }
    }

    /// The text of a success that is declared as JSON, without a byte order mark.
    pub(crate) fn json_text(&self) -> Result<Bytes, Error> {
        let row = self.row(Side::Success);
        let Some((row, fit)) = row.filter(|(row, _)| row.codec == Codec::Json) else {
            return Err(Error::decode("the answer is not declared as JSON"));
        };
        self.check(row, fit)?;
        let start = match self.body.starts_with(b"\xEF\xBB\xBF") {
            true => 3,
            false => 0,
        };
        Ok(self.body.slice(start..))
    }

    /// Refuses what is another format by its media type.
    fn check(&self, row: &Accepted, fit: Fit) -> Result<(), Error> {
        // JSON or XML under a wrong name is still read, a web page is not.
        let media_type = match fit {
            Fit::None => essence(self.content_type()),
            _ => return Ok(()),
        };
        if media_type.is_empty() {
            return Ok(());
        }
        let why = match is_event_stream(media_type) && row.codec == Codec::Json {
            true => "use the call that streams",
            false => "not from the API itself, perhaps from a proxy",
        };
        Err(Error::decode(format!(
            "expected {}, got {media_type}: {why}",
            row.media_type
        )))
    }

    #[cfg(feature = "xml")]
    fn decode_xml(
        &self,
        row: &Accepted,
        fit: Fit,
        table: &crate::xml::Xml,
        slot: Slot<'_>,
        reader: Reader<'_>,
    ) -> Result<(), Error> {
        if select::looks_like_json(self.body) && is_json(essence(self.content_type())) {
            return reader(self.body, slot).map_err(mismatch);
        }
        self.check(row, fit)?;
        let text = charset::text(self.content_type(), self.body);
        codec::xml::decode(&text, table, slot).map_err(mismatch)
    }

    #[cfg(not(feature = "xml"))]
    fn decode_xml(
        &self,
        _: &Accepted,
        _: Fit,
        _: &crate::xml::Xml,
        _: Slot<'_>,
        _: Reader<'_>,
    ) -> Result<(), Error> {
        Err(Error::decode("the feature `xml` is off"))
    }

    fn decode_raw(&self, slot: Slot<'_>) -> Result<(), Error> {
        match slot {
            Slot::Bytes(place) => *place = self.body.clone(),
            Slot::Str(place) => *place = charset::text(self.content_type(), self.body).into_owned(),
            Slot::Json(place) => {
                let text = charset::text(self.content_type(), self.body).into_owned();
                *place = text.into();
            }
            Slot::Opt(place) => return self.decode_raw(place.insert()),
            // An enumeration, a number or a date as plain text.
            slot => {
                let text = charset::text(self.content_type(), self.body);
                return codec::text::decode(text.trim(), slot).map_err(mismatch);
            }
        }
        Ok(())
    }
}

/// Leaves a value that can do without a body blank.
fn absent(slot: Slot<'_>, found: &str) -> Result<(), Error> {
    match slot {
        Slot::Unit => Ok(()),
        Slot::Opt(place) => {
            place.set_absent();
            Ok(())
        }
        _ => Err(Error::decode(format!("expected a value, got {found}"))),
    }
}

pub(crate) fn is_event_stream(media_type: &str) -> bool {
    media_type.eq_ignore_ascii_case("text/event-stream")
}

/// Reads the data of an event: text where the type is text, otherwise JSON.
pub(crate) fn text_item(raw: &Raw, text: &str, slot: Slot<'_>) -> Result<(), Error> {
    match slot {
        Slot::Str(place) => *place = text.to_owned(),
        Slot::Bytes(place) => *place = Bytes::copy_from_slice(text.as_bytes()),
        Slot::Opt(place) if text != "null" => return text_item(raw, text, place.insert()),
        Slot::Enum(place) if !text.starts_with('"') => {
            return codec::text::decode(text, Slot::Enum(place)).map_err(mismatch);
        }
        slot => return json_item(raw, text.as_bytes(), slot),
    }
    Ok(())
}

/// The reader for which a body is right or wrong as a whole.
pub(crate) fn whole(body: &Bytes, slot: Slot<'_>) -> Result<(), DecodeError> {
    codec::json::decode(body, slot)
}

/// Reads JSON text.
pub(crate) fn json(body: &[u8], slot: Slot<'_>) -> Result<(), Error> {
    codec::json::decode(body, slot).map_err(mismatch)
}

/// Reads a JSON text that is a part of an answer.
pub(crate) fn json_item(raw: &Raw, text: &[u8], slot: Slot<'_>) -> Result<(), Error> {
    raw.read_json(text, slot).map_err(mismatch)
}

#[cold]
pub(super) fn mismatch(error: DecodeError) -> Error {
    Error::decode(format!(
        "expected {}, got {}",
        error.expected(),
        error.found()
    ))
    .with_json_path(error.path())
    .with_source(error)
}
