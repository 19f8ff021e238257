//! Header parameters that OAS ignores (3.0.3, Parameter Object: Accept, Content-Type,
//! Authorization), because an operation's media types and security say the same.
//! Where they do not, what the parameter says is kept.

use super::Resolver;
use crate::api::{
    Codec, Location, Operation, Parameter, Requirement, SchemaKind, SchemeKind, SecurityScheme,
};
use crate::diagnostic::{Diagnostic, Effect, codes};
use openapiv3::{Operation as Described, ReferenceOr};

impl Resolver<'_> {
    /// Takes the header parameters out of `operation` that say what the rest of it
    /// says; a credential becomes security, and a media type that is not declared
    /// stays as an optional parameter.
    pub(super) fn implied_headers(&mut self, operation: &mut Operation, declared: &Described) {
        for parameter in std::mem::take(&mut operation.parameters) {
            let name = parameter.name.to_ascii_lowercase();
            let media_types = match (parameter.location, name.as_str()) {
                (Location::Header, "authorization") => {
                    self.credential(&parameter, operation);
                    continue;
                }
                (Location::Header, "accept") => self.response_media_types(declared),
                (Location::Header, "content-type") => self.body_media_types(declared),
                _ => {
                    operation.parameters.push(parameter);
                    continue;
                }
            };
            // The boundary of a multipart body stands in its content type.
            let body = operation.body.iter();
            let mut bodies = body.flat_map(|body| body.others.iter().chain([body]));
            let is_fixed =
                name == "content-type" && bodies.any(|body| body.codec == Codec::Multipart);
            let is_new = |value: &String| !says(&media_types, value);
            let value = self.listed(&parameter).into_iter().find(is_new);
            let message = match value.filter(|_| !is_fixed) {
                Some(value) => {
                    let message = format!(
                        "the header parameter `{}` may be `{value}`, which the operation does not \
                         declare; it is kept as an optional parameter",
                        parameter.name
                    );
                    self.note(&codes::HEADER_IGNORED, &parameter.pointer, message);
                    let required = false;
                    let kept = Parameter {
                        required,
                        ..parameter
                    };
                    operation.parameters.push(kept);
                    continue;
                }
                None => format!(
                    "the header parameter `{}` is left out; the media types of the operation say it",
                    parameter.name
                ),
            };
            self.note(&codes::HEADER_IGNORED, &parameter.pointer, message);
        }
    }

    /// A credential that an operation declares as a parameter becomes one of the
    /// client, unless its security sends that header already.
    fn credential(&mut self, parameter: &Parameter, operation: &mut Operation) {
        let sends = |requirement: &Requirement| {
            let mut schemes = self.schemes.iter();
            schemes.any(|scheme| scheme.name == requirement.scheme && is_authorization(scheme))
        };
        if operation.security.iter().flatten().any(sends) {
            let message = "the header parameter is left out; the security of the operation says it";
            self.note(&codes::HEADER_IGNORED, &parameter.pointer, message);
            return;
        }
        if !self.schemes.iter().any(is_authorization) {
            let mut name = parameter.name.clone();
            while self.schemes.iter().any(|scheme| scheme.name == name) {
                name.push_str("Header");
            }
            self.schemes.push(SecurityScheme {
                name,
                description: parameter.description.clone(),
                kind: SchemeKind::ApiKeyHeader {
                    name: "Authorization".to_owned(),
                    prefix: String::new(),
                },
                env: Vec::new(),
            });
        }
        let schemes = self
            .schemes
            .iter()
            .filter(|scheme| is_authorization(scheme));
        let alternatives = schemes.flat_map(|scheme| {
            let others = match operation.security.is_empty() {
                true => vec![Vec::new()],
                false => operation.security.clone(),
            };
            others.into_iter().map(|mut all| {
                all.push(Requirement {
                    scheme: scheme.name.clone(),
                    scopes: Vec::new(),
                });
                all
            })
        });
        let mut security: Vec<Vec<Requirement>> = alternatives.collect();
        if !parameter.required {
            match operation.security.is_empty() {
                true => security.push(Vec::new()),
                false => security.append(&mut operation.security),
            }
        }
        operation.security = security;
        let original = self.pointers.original(&parameter.pointer);
        let message = "the header parameter is a credential; it is given to the client";
        self.diagnostics.push(
            Diagnostic::warning(&codes::HEADER_IGNORED, message)
                .pointer(original)
                .effect(Effect::Repaired)
                .help("declare a security scheme, and require it where it is needed"),
        );
    }

    /// The values that a parameter names, each of them one media type.
    fn listed(&mut self, parameter: &Parameter) -> Vec<String> {
        let mut values = match self.settled(parameter.schema) {
            Some(SchemaKind::StringEnum(values)) => values,
            _ => Vec::new(),
        };
        let notes = &self.schemas[parameter.schema.index()].annotations;
        let examples = [&notes.default, &notes.example, &parameter.example];
        let examples = examples.into_iter().flatten();
        values.extend(examples.filter_map(|value| value.as_str().map(str::to_owned)));
        let each = values.iter().flat_map(|value| value.split(','));
        each.filter_map(normal).collect()
    }

    fn response_media_types(&self, declared: &Described) -> Vec<String> {
        let components = self.document.components.as_ref();
        let responses = &declared.responses;
        let all = responses.responses.values().chain(&responses.default);
        let found = all.filter_map(|response| match response {
            ReferenceOr::Item(response) => Some(response),
            ReferenceOr::Reference { reference } => {
                let name = reference.strip_prefix("#/components/responses/")?;
                components?.responses.get(name)?.as_item()
            }
        });
        let names = found.flat_map(|response| response.content.keys());
        names.filter_map(|name| normal(name)).collect()
    }

    fn body_media_types(&self, declared: &Described) -> Vec<String> {
        let components = self.document.components.as_ref();
        let found = declared.request_body.as_ref().and_then(|body| match body {
            ReferenceOr::Item(body) => Some(body),
            ReferenceOr::Reference { reference } => {
                let name = reference.strip_prefix("#/components/requestBodies/")?;
                components?.request_bodies.get(name)?.as_item()
            }
        });
        let names = found.into_iter().flat_map(|body| body.content.keys());
        names.filter_map(|name| normal(name)).collect()
    }
}

fn is_authorization(scheme: &SecurityScheme) -> bool {
    match &scheme.kind {
        SchemeKind::Basic
        | SchemeKind::Bearer
        | SchemeKind::Digest
        | SchemeKind::OAuth2(_)
        | SchemeKind::OpenIdConnect { .. } => true,
        SchemeKind::ApiKeyHeader { name, .. } => name.eq_ignore_ascii_case("authorization"),
        SchemeKind::ApiKeyQuery { .. }
        | SchemeKind::ApiKeyCookie { .. }
        | SchemeKind::MutualTls => false,
    }
}

/// A media type in small letters and without spaces; nothing for what is none.
fn normal(text: &str) -> Option<String> {
    let mut text = text.to_ascii_lowercase();
    text.retain(|c| !c.is_whitespace());
    text.contains('/').then_some(text)
}

/// Whether `value` is one of the media types, or a range. Without parameters it is
/// one that has some, too.
fn says(media_types: &[String], value: &str) -> bool {
    let same = |name: &String| name == value || name.split(';').next() == Some(value);
    value.contains('*') || media_types.iter().any(same)
}
