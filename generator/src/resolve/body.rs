//! Request bodies and responses.

use super::{Resolver, media};
use crate::api::{Body, Codec, Encoding, Response, SchemaId, SchemaKind, Statuses, Style};
use crate::diagnostic::{Effect, codes};
use openapiv3::{MediaType, QueryStyle, ReferenceOr, RequestBody, StatusCode};

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
        let mut responses = Vec::new();
        for (status, response) in &declared.responses {
            let statuses = match status {
                StatusCode::Code(code) => Statuses::Code(*code),
                StatusCode::Range(class) => Statuses::Class(u8::try_from(*class).unwrap_or(0)),
            };
            let pointer = format!("{pointer}/responses/{status}");
            responses.extend(self.response(statuses, response, key, &pointer));
        }
        if let Some(response) = &declared.default {
            let pointer = format!("{pointer}/responses/default");
            responses.extend(self.response(Statuses::Default, response, key, &pointer));
        }
        responses
    }

    fn response(
        &mut self,
        status: Statuses,
        declared: &ReferenceOr<openapiv3::Response>,
        key: &str,
        pointer: &str,
    ) -> Option<Response> {
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
                        return Some(Response {
                            status,
                            description: None,
                            media_type: String::new(),
                            codec: Codec::Empty,
                            schema: None,
                            pointer: pointer.to_owned(),
                        });
                    }
                }
            }
        };
        let described = Some(response.description.clone()).filter(|text| !text.is_empty());
        let Some((media_type, media, codec)) = media::choose(&response.content) else {
            return Some(Response {
                status,
                description: described,
                media_type: String::new(),
                codec: Codec::Empty,
                schema: None,
                pointer,
            });
        };
        // A form or multipart answer has no codec: its bytes are handed over.
        let codec = match codec {
            Codec::Form | Codec::Multipart => Codec::Bytes,
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
        Some(Response {
            status,
            description: described,
            media_type: media_type.clone(),
            codec,
            schema: Some(schema),
            pointer,
        })
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
