//! Request bodies and responses.

use super::{Resolver, media};
use crate::api::{Body, Codec, Encoding, Response, SchemaId, SchemaKind, Statuses, Style};
use crate::diagnostic::{Effect, codes};
use openapiv3::{MediaType, QueryStyle, ReferenceOr, RequestBody, StatusCode};

/// `itemSchema` of OAS 3.2, lowered to the items of an array.
const ITEM_SCHEMA: &str = "x-pontoon-item-schema";
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
        let (media_type, media, codec) = media::choose(&body.content)?;
        // A sequence is handed over as bytes, which can be a stream.
        let codec = match codec {
            Codec::Events | Codec::Lines => Codec::Bytes,
            codec => codec,
        };
        let place = format!("{pointer}/content/{}", crate::source::escape(media_type));
        self.report_media(&body.content, codec, media_type, &pointer);
        let schema = self.media_schema(media, codec, &key, &place);
        if codec != Codec::Json && !body.required && self.is_empty_object(schema) {
            return None;
        }
        Some(Body {
            media_type: concrete(media_type, codec),
            codec,
            schema,
            required: body.required,
            description: body.description.clone(),
            encodings: media
                .encoding
                .iter()
                .map(|(name, encoding)| Encoding {
                    name: name.clone(),
                    content_type: encoding.content_type.clone(),
                    style: match &encoding.style {
                        Some(QueryStyle::DeepObject) => Style::DeepObject,
                        Some(QueryStyle::SpaceDelimited) => Style::SpaceDelimited,
                        Some(QueryStyle::PipeDelimited) => Style::PipeDelimited,
                        Some(QueryStyle::Form) | None => Style::Form,
                    },
                    explode: encoding.explode || encoding.style.is_none(),
                })
                .collect(),
            pointer,
        })
    }

    fn report_media(
        &mut self,
        content: &indexmap::IndexMap<String, MediaType>,
        codec: Codec,
        media_type: &str,
        pointer: &str,
    ) {
        if media::others(content, codec) {
            self.report(
                &codes::OTHER_MEDIA_TYPES,
                Effect::Degraded,
                pointer,
                format!("of several media types, `{media_type}` is generated"),
            );
        }
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
            responses.extend(self.response(statuses, is_success(status), response, key, &pointer));
        }
        if let Some(response) = &declared.default {
            let pointer = format!("{pointer}/responses/default");
            let found = self.response(Statuses::Default, no_success, response, key, &pointer);
            responses.extend(found);
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
    ) -> Vec<Response> {
        let document = self.document;
        let word = match status {
            Statuses::Code(code) => code.to_string(),
            Statuses::Class(class) => format!("{class}XX"),
            Statuses::Default => "default".to_owned(),
        };
        let (response, key, pointer) = match declared {
            ReferenceOr::Item(response) => (response, format!("{key} {word}"), pointer.to_owned()),
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
                        return vec![Response {
                            status,
                            description: None,
                            media_type: String::new(),
                            codec: Codec::Empty,
                            schema: None,
                            until: None,
                            pointer: pointer.to_owned(),
                        }];
                    }
                }
            }
        };
        let described = Some(response.description.clone()).filter(|text| !text.is_empty());
        let Some((media_type, media, codec)) = media::choose(&response.content) else {
            return vec![Response {
                status,
                description: described,
                media_type: String::new(),
                codec: Codec::Empty,
                schema: None,
                until: None,
                pointer,
            }];
        };
        let mut found = Vec::new();
        if success && let Some(sequence) = media::sequence(&response.content) {
            let alone = codec.is_sequence();
            let key = if alone {
                key.clone()
            } else {
                format!("{key} stream")
            };
            found.push(self.sequence(status, sequence, &key, &pointer));
            if alone {
                return found;
            }
        }
        // A form or multipart answer has no codec: its bytes are handed over.
        let codec = match codec {
            Codec::Form | Codec::Multipart => Codec::Bytes,
            // An error is one value, whatever the successes are.
            Codec::Events | Codec::Lines => Codec::Json,
            codec => codec,
        };
        self.report_media(&response.content, codec, media_type, &pointer);
        let place = format!("{pointer}/content/{}", crate::source::escape(media_type));
        let schema = match self.shared_response(&key) {
            Some(schema) => schema,
            None => {
                let schema = self.media_schema(media, codec, &key, &place);
                if key.starts_with("response ") {
                    self.elsewhere.insert(key.clone(), schema);
                }
                schema
            }
        };
        let codec = match self.settled(schema) {
            Some(SchemaKind::String {
                format: Some(format),
            }) if format == "binary" && codec == Codec::Json => Codec::Bytes,
            _ => codec,
        };
        let whole = Response {
            status,
            description: described,
            media_type: media_type.clone(),
            codec,
            schema: Some(schema),
            until: None,
            pointer,
        };
        found.insert(0, whole);
        found
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
