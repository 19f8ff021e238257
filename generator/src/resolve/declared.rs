//! Headers and links of responses.

use super::Resolver;
use super::media;
use crate::api::{Codec, Declared, HeaderForm, Object, Property, SchemaId, SchemaKind};
use crate::api::{Statuses, Style};
use crate::diagnostic::{Effect, codes};
use crate::source::{escape, unescape};
use indexmap::IndexMap;
use openapiv3::{Header, ParameterSchemaOrContent, ReferenceOr, Response, StatusCode};

/// `explode` of a header, which the document model has no member for.
const EXPLODE: &str = "x-pontoon-explode";
/// `collectionFormat` of a header of Swagger 2.0, as a style.
const STYLE: &str = "x-pontoon-style";

/// The headers of a response.
pub(super) type Headers = (Option<SchemaId>, Vec<HeaderForm>);

impl Resolver<'_> {
    /// What the responses of an operation declare beside their bodies; those that
    /// declare nothing are left out.
    pub(super) fn declared(
        &mut self,
        declared: &openapiv3::Responses,
        key: &str,
        pointer: &str,
    ) -> Vec<Declared> {
        let coded = declared.responses.iter().map(|(status, response)| {
            let statuses = match status {
                StatusCode::Code(code) => Statuses::Code(*code),
                StatusCode::Range(class) => Statuses::Class(u8::try_from(*class).unwrap_or(0)),
            };
            (statuses, status.to_string(), response)
        });
        let default = declared.default.iter();
        let default = default.map(|response| (Statuses::Default, "default".to_owned(), response));
        let mut out = Vec::new();
        for (status, word, response) in coded.chain(default) {
            let place = format!("{pointer}/responses/{word}");
            let Some((response, name, place)) = self.response_at(response, &place) else {
                continue;
            };
            let (headers, forms) = match &name {
                Some(name) => self.shared_headers(name, response, &place),
                None => self.headers(response, &format!("{key} {status} headers"), &place),
            };
            let links = self.links(response, &place);
            if headers.is_some() || !links.is_empty() {
                out.push(Declared {
                    status,
                    headers,
                    forms,
                    links,
                });
            }
        }
        out
    }

    /// A response, the name of its component and its place. One that does not
    /// exist was reported with the bodies.
    fn response_at<'d>(
        &self,
        response: &'d ReferenceOr<Response>,
        pointer: &str,
    ) -> Option<(&'d Response, Option<String>, String)>
    where
        Self: 'd,
    {
        match response {
            ReferenceOr::Item(response) => Some((response, None, pointer.to_owned())),
            ReferenceOr::Reference { reference } => {
                let name = reference.strip_prefix("#/components/responses/")?;
                let components = self.document.components.as_ref()?;
                let found = components.responses.get(name)?.as_item()?;
                Some((found, Some(name.to_owned()), reference.clone()))
            }
        }
    }

    /// The headers of a component response are one set, whatever number of
    /// operations refer to it.
    fn shared_headers(&mut self, name: &str, response: &Response, pointer: &str) -> Headers {
        let key = format!("response {name} headers");
        if let Some(known) = self.headers.get(&key) {
            return known.clone();
        }
        let found = self.headers(response, &key, pointer);
        self.headers.insert(key, found.clone());
        found
    }

    fn headers(&mut self, response: &Response, key: &str, pointer: &str) -> Headers {
        let mut properties: IndexMap<String, Property> = IndexMap::new();
        let mut forms = Vec::new();
        for (name, header) in &response.headers {
            let place = format!("{pointer}/headers/{}", escape(name));
            if name.eq_ignore_ascii_case("content-type") {
                // OAS 3.0.3, Response Object: it is ignored, `content` says it.
                continue;
            }
            if !is_header_name(name) {
                let message = format!("`{name}` cannot be the name of a header");
                self.report(&codes::RESPONSE_HEADER, Effect::Dropped, &place, message);
                continue;
            }
            if let Some(other) = properties
                .keys()
                .find(|other| other.eq_ignore_ascii_case(name))
            {
                let message = format!("`{name}` and `{other}` are one header; the first is used");
                self.report(&codes::RESPONSE_HEADER, Effect::Repaired, &place, message);
                continue;
            }
            let own_key = format!("{key} .{name}");
            if let Some((property, form)) = self.header(name, header, &own_key, &place) {
                properties.insert(name.clone(), property);
                forms.extend(form);
            }
        }
        if properties.is_empty() {
            return (None, Vec::new());
        }
        let id = self.any(key, &format!("{pointer}/headers"));
        self.schemas[id.index()].kind = SchemaKind::Object(Object {
            properties,
            additional: None,
        });
        (Some(id), forms)
    }

    fn header(
        &mut self,
        name: &str,
        declared: &ReferenceOr<Header>,
        key: &str,
        pointer: &str,
    ) -> Option<(Property, Option<HeaderForm>)> {
        let document = self.document;
        let (header, key, pointer) = match declared {
            ReferenceOr::Item(header) => (header, key.to_owned(), pointer.to_owned()),
            ReferenceOr::Reference { reference } => {
                let found = reference
                    .strip_prefix("#/components/headers/")
                    .and_then(|name| {
                        let name = unescape(name);
                        let headers = &document.components.as_ref()?.headers;
                        let found = headers.get(name.as_ref())?.as_item()?;
                        Some((found, format!("header {name}"), reference.clone()))
                    });
                if found.is_none() {
                    let message = format!("the header `{reference}` does not exist");
                    self.report(&codes::DANGLING_REF, Effect::Dropped, pointer, message);
                }
                found?
            }
        };
        let (style, schema) = match &header.format {
            ParameterSchemaOrContent::Schema(schema) => {
                let style = header
                    .extensions
                    .get(STYLE)
                    .and_then(|style| style.as_str());
                let style = match style {
                    Some("spaceDelimited") => Style::SpaceDelimited,
                    Some("pipeDelimited") => Style::PipeDelimited,
                    _ => Style::Simple,
                };
                (style, Some((schema, format!("{pointer}/schema"))))
            }
            ParameterSchemaOrContent::Content(content) => match content.iter().next() {
                Some((media_type, media)) => {
                    let style = match media::codec(media_type) {
                        Codec::Json => Style::Json,
                        _ => Style::Simple,
                    };
                    let place = format!("{pointer}/content/{}/schema", escape(media_type));
                    (style, media.schema.as_ref().map(|schema| (schema, place)))
                }
                None => (Style::Simple, None),
            },
        };
        let shared = key.starts_with("header ");
        let known = self.elsewhere.get(&key).copied().filter(|_| shared);
        let schema = match (known, schema) {
            (Some(known), _) => known,
            (None, schema) => {
                let id = match schema {
                    Some((schema, place)) => self.schema(schema, &key, &place),
                    None => self.any(&key, &pointer),
                };
                self.describe(id, header);
                let id = match name.eq_ignore_ascii_case("set-cookie") {
                    true => self.each_cookie(id, &key, &pointer),
                    false => id,
                };
                if shared {
                    self.elsewhere.insert(key, id);
                }
                id
            }
        };
        let property = Property {
            schema,
            required: header.required,
        };
        let explode = header.extensions.get(EXPLODE) == Some(&serde_json::Value::Bool(true));
        let plain = style == Style::Simple && !explode;
        let form = (!plain).then(|| HeaderForm {
            name: name.to_owned(),
            style,
            explode,
        });
        Some((property, form))
    }

    /// The header's own words go to its schema, unless that is a component. A
    /// header is no file, whatever the format says.
    fn describe(&mut self, id: SchemaId, header: &Header) {
        let schema = &mut self.schemas[id.index()];
        if schema.component.is_some() {
            return;
        }
        let annotations = &mut schema.annotations;
        annotations.deprecated |= header.deprecated.unwrap_or_default();
        if header.description.is_some() {
            annotations.description.clone_from(&header.description);
        }
        if let SchemaKind::String { format } = &mut schema.kind
            && format.as_deref() == Some("binary")
        {
            *format = None;
        }
    }

    /// `Set-Cookie` comes once for each cookie and is never joined (RFC 9110,
    /// section 5.3): whatever the schema says of one, there is a list of them.
    fn each_cookie(&mut self, id: SchemaId, key: &str, pointer: &str) -> SchemaId {
        if let Some(SchemaKind::Array(_)) = self.settled(id) {
            return id;
        }
        let list = self.any(&format!("{key} cookies"), pointer);
        self.schemas[list.index()].annotations = self.schemas[id.index()].annotations.clone();
        self.schemas[list.index()].kind = SchemaKind::Array(id);
        list
    }
}

/// A token (RFC 9110, section 5.6.2).
fn is_header_name(name: &str) -> bool {
    let symbol = |byte| b"!#$%&'*+-.^_`|~".contains(&byte);
    !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || symbol(byte))
}
