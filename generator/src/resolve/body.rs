//! Request bodies and responses.

use super::patch::is_merge_patch;
use super::{Resolver, media};
use crate::api::{Body, Codec, Encoding, Response, SchemaId, SchemaKind, Statuses, Style};
use crate::diagnostic::{Diagnostic, Effect, codes};
use openapiv3::{MediaType, QueryStyle, ReferenceOr, RequestBody, StatusCode};

/// `itemSchema` of OAS 3.2, lowered to the items of an array.
const ITEM_SCHEMA: &str = "x-pontoon-item-schema";
/// A multipart body of OAS 3.1 and later, whose parts without a type are files.
const TYPELESS_FILES: &str = "x-pontoon-typeless-files";
/// The data of the event that ends a stream, a fact of ours.
const STREAM_END: &str = "x-pontoon-stream-end";

impl Resolver<'_> {
    /// The request body of an operation; `None` where nothing can be sent.
    pub(super) fn body(
        &mut self,
        declared: &ReferenceOr<RequestBody>,
        key: &str,
        pointer: &str,
    ) -> Option<Body> {
        let document = self.document;
        let (body, key, pointer) = match declared {
            ReferenceOr::Item(body) => (body, format!("{key} body"), pointer.to_owned()),
            ReferenceOr::Reference { reference } => {
                let found = reference
                    .strip_prefix("#/components/requestBodies/")
                    .and_then(|name| {
                        let bodies = &document.components.as_ref()?.request_bodies;
                        Some((name, bodies.get(name)?.as_item()?))
                    });
                match found {
                    Some((name, body)) => (body, format!("body {name}"), reference.clone()),
                    None => {
                        self.report(
                            &codes::DANGLING_REF,
                            Effect::Dropped,
                            pointer,
                            format!("the request body `{reference}` does not exist"),
                        );
                        return None;
                    }
                }
            }
        };
        // A sequence is handed over as bytes, which can be a stream.
        let ranked = media::ranked(&body.content).into_iter();
        let mut ranked = ranked.map(|(name, media, codec)| match codec.is_sequence() {
            true => (name, media, Codec::Bytes),
            false => (name, media, codec),
        });
        let first = ranked.next()?;
        let mut chosen = self.body_in(body, first, &key, &pointer);
        if chosen.codec == Codec::Json && self.is_binary(chosen.schema) {
            // A file is no JSON, whatever stands above it.
            let bytes = body
                .content
                .keys()
                .find(|name| media::codec(name) == Codec::Bytes);
            chosen.media_type = concrete(bytes.unwrap_or(first.0), Codec::Bytes);
            chosen.codec = Codec::Bytes;
        }
        self.report_bytes(chosen.codec, first.0, &pointer);
        if chosen.codec != Codec::Json && !body.required && self.is_empty_object(chosen.schema) {
            return None;
        }
        for other in ranked {
            let (media_type, media, codec) = other;
            let same = same_schema(media, codec, first);
            let says_the_same = match codec {
                // The same value in another format of structured text, or under a
                // name that every operation of a framework carries.
                Codec::Text | Codec::Bytes => same && chosen.codec == Codec::Json,
                Codec::Xml => same && codec_is_typed(chosen.codec),
                _ => false,
            };
            if says_the_same {
                self.note_other(first.0, media_type, &pointer);
                continue;
            }
            let found = match same && codec_is_typed(codec) && codec_is_typed(chosen.codec) {
                true => Body {
                    schema: chosen.schema,
                    media_type: concrete(media_type, codec),
                    codec,
                    encodings: encodings(media),
                    others: Vec::new(),
                    ..chosen.clone()
                },
                false => {
                    let key = format!("{key} {}", media::label(media_type));
                    self.report_bytes(codec, media_type, &pointer);
                    self.body_in(body, other, &key, &pointer)
                }
            };
            chosen.others.push(found);
        }
        Some(chosen)
    }

    /// A body in one of its media types.
    fn body_in(
        &mut self,
        body: &RequestBody,
        (media_type, media, codec): (&String, &MediaType, Codec),
        key: &str,
        pointer: &str,
    ) -> Body {
        let place = format!("{pointer}/content/{}", crate::source::escape(media_type));
        let schema = self.media_schema(media, codec, key, &place);
        let (codec, schema) = self.typed_xml(media_type, media, (codec, schema), key, pointer);
        let codec = self.form_of_text(media_type, codec, schema, pointer);
        let schema = match codec == Codec::Json && is_merge_patch(media_type) {
            true => self.merge_patch(schema),
            false => schema,
        };
        let encodings = encodings(media);
        if codec == Codec::Multipart && media.extensions.contains_key(TYPELESS_FILES) {
            self.typeless_files(schema, &encodings);
        }
        Body {
            media_type: concrete(media_type, codec),
            codec,
            schema,
            required: body.required,
            description: body.description.clone(),
            encodings,
            others: Vec::new(),
            pointer: pointer.to_owned(),
        }
    }

    /// A form that is said to be a text has no fields to write: the text is the form.
    fn form_of_text(
        &mut self,
        media_type: &str,
        codec: Codec,
        schema: SchemaId,
        pointer: &str,
    ) -> Codec {
        let text = |kind| matches!(kind, Some(SchemaKind::String { format: None }));
        if !matches!(codec, Codec::Form | Codec::Multipart) || !text(self.settled(schema)) {
            return codec;
        }
        let message = format!("`{media_type}` is said to be a text; it is sent as it is given");
        self.report(&codes::MEDIA_TYPE, Effect::Degraded, pointer, message);
        Codec::Text
    }

    /// Parts whose schema says nothing, not even a type, are files: their media type
    /// is `application/octet-stream` unless an encoding says otherwise (OAS 3.1,
    /// Encoding Object).
    fn typeless_files(&mut self, body: SchemaId, encodings: &[Encoding]) {
        let Some(SchemaKind::Object(object)) = self.settled(body) else {
            return;
        };
        for (name, property) in &object.properties {
            let encoding = encodings.iter().find(|encoding| encoding.name == *name);
            let media_type = encoding.and_then(|encoding| encoding.content_type.as_deref());
            let bytes = |name: &str| name == "*/*" || media::codec(name) == Codec::Bytes;
            if media_type.is_none_or(bytes) {
                self.typeless_file(property.schema);
            }
        }
    }

    fn typeless_file(&mut self, id: SchemaId) {
        if !self.ensure(id) {
            return;
        }
        match &mut self.schemas[id.index()].kind {
            SchemaKind::Array(item) => {
                let item = *item;
                self.typeless_file(item);
            }
            kind @ SchemaKind::Any => {
                let format = Some("binary".to_owned());
                *kind = SchemaKind::String { format };
            }
            _ => {}
        }
    }

    /// Says that a media type is left out which offers nothing that the chosen one
    /// does not.
    fn note_other(&mut self, chosen: &str, other: &str, pointer: &str) {
        let original = self.pointers.original(pointer);
        let message = format!("`{other}` says the same as `{chosen}`, which is generated");
        self.diagnostics
            .push(Diagnostic::note(&codes::OTHER_MEDIA_TYPES, message).pointer(original));
    }

    /// XML is typed where its schema says what is in it; text and bytes are
    /// handed over otherwise.
    fn typed_xml(
        &mut self,
        media_type: &str,
        media: &MediaType,
        (codec, schema): (Codec, SchemaId),
        key: &str,
        pointer: &str,
    ) -> (Codec, SchemaId) {
        if codec != Codec::Xml {
            return (codec, schema);
        }
        match self.settled(schema) {
            None | Some(SchemaKind::Any | SchemaKind::Never) if media.schema.is_none() => {
                let message = format!("`{media_type}` has no schema that types it");
                self.report(&codes::MEDIA_TYPE, Effect::Degraded, pointer, message);
            }
            Some(SchemaKind::String { .. } | SchemaKind::StringEnum(_)) => {}
            _ => return (codec, schema),
        }
        let raw = match media_type.to_ascii_lowercase().starts_with("text/") {
            true => Codec::Text,
            false => Codec::Bytes,
        };
        (raw, self.media_schema(media, raw, key, pointer))
    }

    fn report_bytes(&mut self, codec: Codec, media_type: &str, pointer: &str) {
        if codec == Codec::Bytes && media::is_untyped_structure(media_type) {
            self.report(
                &codes::MEDIA_TYPE,
                Effect::Degraded,
                pointer,
                format!("`{media_type}` is handed over as bytes"),
            );
        }
    }

    fn media_schema(
        &mut self,
        media: &MediaType,
        codec: Codec,
        key: &str,
        pointer: &str,
    ) -> SchemaId {
        let plain = |kind| (kind, ());
        let (kind, ()) = match codec {
            Codec::Text => plain(SchemaKind::String { format: None }),
            Codec::Events | Codec::Lines => return self.item_schema(media, codec, key, pointer),
            Codec::Bytes => plain(SchemaKind::String {
                format: Some("binary".to_owned()),
            }),
            _ => {
                return match &media.schema {
                    Some(schema) => self.schema(schema, key, &format!("{pointer}/schema")),
                    None => self.any(key, pointer),
                };
            }
        };
        let id = self.any(key, pointer);
        self.schemas[id.index()].kind = kind;
        id
    }

    /// The schema of an item of a sequence. OAS 3.2 describes the whole as an
    /// array; before it, most describe an item, some the array.
    fn item_schema(
        &mut self,
        media: &MediaType,
        codec: Codec,
        key: &str,
        pointer: &str,
    ) -> SchemaId {
        let whole = match &media.schema {
            Some(schema) => self.schema(schema, key, &format!("{pointer}/schema")),
            None => self.any(key, pointer),
        };
        let item = match self.settled(whole) {
            Some(SchemaKind::Array(item)) => item,
            // Lines are JSON whatever the text around them is called.
            Some(SchemaKind::String { .. }) if codec == Codec::Lines => self.any(key, pointer),
            Some(SchemaKind::Any) if codec == Codec::Events => self.text(key, pointer),
            _ => whole,
        };
        let is_event = codec == Codec::Events && media.extensions.contains_key(ITEM_SCHEMA);
        if !is_event {
            return item;
        }
        // In 3.2 the item is the event; its data is what is read.
        match self.settled(item) {
            Some(SchemaKind::Object(event)) if event.properties.contains_key("data") => {
                event.properties["data"].schema
            }
            Some(SchemaKind::String { .. }) => item,
            _ => {
                self.report(
                    &codes::MEDIA_TYPE,
                    Effect::Degraded,
                    pointer,
                    "the events have no one `data` property; their data is handed over as text",
                );
                self.text(key, pointer)
            }
        }
    }

    fn text(&mut self, key: &str, pointer: &str) -> SchemaId {
        let id = self.any(key, pointer);
        self.schemas[id.index()].kind = SchemaKind::String { format: None };
        id
    }

    fn is_empty_object(&mut self, id: SchemaId) -> bool {
        match self.settled(id) {
            Some(SchemaKind::Object(object)) => {
                object.properties.is_empty() && object.additional.is_none()
            }
            Some(SchemaKind::Map(value)) => {
                matches!(self.settled(value), Some(SchemaKind::Any))
            }
            _ => false,
        }
    }

    /// The responses of an operation in declared order, `default` last.
    pub(super) fn responses(
        &mut self,
        declared: &openapiv3::Responses,
        key: &str,
        pointer: &str,
    ) -> Vec<Response> {
        let no_success = !declared.responses.keys().any(is_success);
        let mut responses = Vec::new();
        for (status, response) in &declared.responses {
            let statuses = match status {
                StatusCode::Code(code) => Statuses::Code(*code),
                StatusCode::Range(class) => Statuses::Class(u8::try_from(*class).unwrap_or(0)),
            };
            let pointer = format!("{pointer}/responses/{status}");
            let success = is_success(status);
            self.response(statuses, success, response, key, &pointer, &mut responses);
        }
        if let Some(response) = &declared.default {
            let pointer = format!("{pointer}/responses/default");
            let default = Statuses::Default;
            self.response(default, no_success, response, key, &pointer, &mut responses);
        }
        responses
    }

    fn response(
        &mut self,
        status: Statuses,
        success: bool,
        declared: &ReferenceOr<openapiv3::Response>,
        key: &str,
        pointer: &str,
        out: &mut Vec<Response>,
    ) {
        let document = self.document;
        let (response, key, pointer) = match declared {
            ReferenceOr::Item(response) => {
                (response, format!("{key} {status}"), pointer.to_owned())
            }
            ReferenceOr::Reference { reference } => {
                let found = reference
                    .strip_prefix("#/components/responses/")
                    .and_then(|name| {
                        let responses = &document.components.as_ref()?.responses;
                        Some((name, responses.get(name)?.as_item()?))
                    });
                match found {
                    Some((name, response)) => {
                        (response, format!("response {name}"), reference.clone())
                    }
                    None => {
                        self.report(
                            &codes::DANGLING_REF,
                            Effect::Degraded,
                            pointer,
                            format!("the response `{reference}` does not exist; its body is kept as bytes only"),
                        );
                        out.push(empty(status, None, pointer.to_owned()));
                        return;
                    }
                }
            }
        };
        let described = Some(response.description.clone()).filter(|text| !text.is_empty());
        let mut ranked = media::ranked(&response.content).into_iter();
        let Some(first) = ranked.next() else {
            out.push(empty(status, described, pointer));
            return;
        };
        let sequence = media::sequence(&response.content).filter(|_| success);
        if first.2.is_sequence()
            && let Some(sequence) = sequence
        {
            out.push(self.sequence(status, sequence, &key, &pointer));
            return;
        }
        let start = out.len();
        out.push(self.response_in(first, &key, &pointer, status, described.as_deref()));
        for other in ranked {
            let (media_type, media, codec) = other;
            if codec.is_sequence() {
                continue;
            }
            if same_schema(media, codec, first) {
                let is_string = match out[start].schema {
                    Some(schema) => self.is_string(schema),
                    None => false,
                };
                // A string is written in JSON otherwise than as text.
                if codec == out[start].codec || !(is_string && codec == Codec::Text) {
                    self.note_other(first.0, media_type, &pointer);
                    continue;
                }
            }
            let key = format!("{key} {}", media::label(media_type));
            let found = self.response_in(other, &key, &pointer, status, described.as_deref());
            out.push(found);
        }
        if let Some(sequence) = sequence {
            let key = format!("{key} stream");
            out.push(self.sequence(status, sequence, &key, &pointer));
        }
    }

    /// A response in one of its media types.
    fn response_in(
        &mut self,
        (media_type, media, codec): (&String, &MediaType, Codec),
        key: &str,
        pointer: &str,
        status: Statuses,
        description: Option<&str>,
    ) -> Response {
        // A form or multipart answer has no codec: its bytes are handed over.
        let codec = match codec {
            Codec::Form | Codec::Multipart => Codec::Bytes,
            // An error is one value, whatever the successes are.
            Codec::Events | Codec::Lines => Codec::Json,
            codec => codec,
        };
        self.report_bytes(codec, media_type, pointer);
        let place = format!("{pointer}/content/{}", crate::source::escape(media_type));
        let schema = match self.shared_response(key) {
            Some(schema) => schema,
            None => {
                let schema = self.media_schema(media, codec, key, &place);
                if key.starts_with("response ") {
                    self.elsewhere.insert(key.to_owned(), schema);
                }
                schema
            }
        };
        let (codec, schema) = self.typed_xml(media_type, media, (codec, schema), key, pointer);
        let codec = match codec {
            Codec::Json if self.is_binary(schema) => Codec::Bytes,
            codec => codec,
        };
        Response {
            status,
            description: description.map(str::to_owned),
            media_type: media_type.clone(),
            codec,
            schema: Some(schema),
            until: None,
            pointer: pointer.to_owned(),
        }
    }

    /// A response that is a sequence of values.
    fn sequence(
        &mut self,
        status: Statuses,
        (media_type, media, codec): (&String, &MediaType, Codec),
        key: &str,
        pointer: &str,
    ) -> Response {
        let place = format!("{pointer}/content/{}", crate::source::escape(media_type));
        let schema = match self.shared_response(key) {
            Some(schema) => schema,
            None => {
                let schema = self.media_schema(media, codec, key, &place);
                if key.starts_with("response ") {
                    self.elsewhere.insert(key.to_owned(), schema);
                }
                schema
            }
        };
        let until = media.extensions.get(STREAM_END);
        Response {
            status,
            description: None,
            media_type: media_type.clone(),
            codec,
            schema: Some(schema),
            until: until.and_then(|end| Some(end.as_str()?.to_owned())),
            pointer: pointer.to_owned(),
        }
    }

    fn is_binary(&mut self, id: SchemaId) -> bool {
        matches!(self.settled(id), Some(SchemaKind::String { format: Some(format) }) if format == "binary")
    }

    fn is_string(&mut self, id: SchemaId) -> bool {
        matches!(
            self.settled(id),
            Some(SchemaKind::String { .. } | SchemaKind::StringEnum(_))
        )
    }

    /// A component response is resolved once, whatever number of operations
    /// refer to it.
    fn shared_response(&self, key: &str) -> Option<SchemaId> {
        if key.starts_with("response ") {
            self.elsewhere.get(key).copied()
        } else {
            None
        }
    }
}

fn is_success(status: &StatusCode) -> bool {
    matches!(status, StatusCode::Code(200..=299) | StatusCode::Range(2))
}

/// A response without a body.
fn empty(status: Statuses, description: Option<String>, pointer: String) -> Response {
    Response {
        status,
        description,
        media_type: String::new(),
        codec: Codec::Empty,
        schema: None,
        until: None,
        pointer,
    }
}

/// Whether a media type has the schema of the first. Two that have none have
/// nothing in common but that.
fn same_schema(media: &MediaType, codec: Codec, first: (&String, &MediaType, Codec)) -> bool {
    media.schema == first.1.schema && (media.schema.is_some() || codec == first.2)
}

/// Whether values of a schema are written, rather than text or bytes.
fn codec_is_typed(codec: Codec) -> bool {
    matches!(codec, Codec::Json | Codec::Form | Codec::Multipart)
}

fn encodings(media: &MediaType) -> Vec<Encoding> {
    let each = media.encoding.iter().map(|(name, encoding)| Encoding {
        name: name.clone(),
        content_type: encoding.content_type.clone(),
        style: match &encoding.style {
            Some(QueryStyle::DeepObject) => Style::DeepObject,
            Some(QueryStyle::SpaceDelimited) => Style::SpaceDelimited,
            Some(QueryStyle::PipeDelimited) => Style::PipeDelimited,
            Some(QueryStyle::Form) | None => Style::Form,
        },
        explode: encoding.explode || encoding.style.is_none(),
    });
    each.collect()
}

/// A media type that can be sent: ranges become the codec's own type.
fn concrete(media_type: &str, codec: Codec) -> String {
    if media_type.contains('*') {
        match codec {
            Codec::Json => "application/json",
            Codec::Text => "text/plain",
            _ => "application/octet-stream",
        }
        .to_owned()
    } else {
        media_type.to_owned()
    }
}
