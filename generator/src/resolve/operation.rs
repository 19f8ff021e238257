//! Operations and parameters.

use super::security::requirements;
use super::{Resolver, media};
use crate::api::{Codec, Location, Operation, Parameter, Server, Style};
use crate::diagnostic::{Diagnostic, Effect, codes};
use crate::source::escape;
use openapiv3::{
    CookieStyle, HeaderStyle, Operation as Declared, Parameter as DeclaredParameter,
    ParameterSchemaOrContent, PathItem, PathStyle, QueryStyle, ReferenceOr,
};

impl Resolver<'_> {
    pub(super) fn operations(&mut self) -> Vec<Operation> {
        let document = self.document;
        let mut operations = Vec::new();
        for (path, item) in &document.paths.paths {
            let pointer = format!("#/paths/{}", escape(path));
            let Some(item) = self.path_item(item, &pointer) else {
                continue;
            };
            for (method, operation) in methods(item) {
                if !operation.callbacks.is_empty() {
                    self.report(
                        &codes::CALLBACKS,
                        Effect::Dropped,
                        &format!("{pointer}/{}/callbacks", method.to_ascii_lowercase()),
                        "callbacks get no types",
                    );
                }
                operations.push(self.operation(path, item, method, operation, &pointer));
            }
        }
        operations
    }

    fn path_item<'d>(
        &mut self,
        item: &'d ReferenceOr<PathItem>,
        pointer: &str,
    ) -> Option<&'d PathItem>
    where
        Self: 'd,
    {
        match item {
            ReferenceOr::Item(item) => Some(item),
            ReferenceOr::Reference { reference } => {
                self.report(
                    &codes::DANGLING_REF,
                    Effect::Dropped,
                    pointer,
                    format!("the path item `{reference}` does not exist"),
                );
                None
            }
        }
    }

    fn operation(
        &mut self,
        path: &str,
        item: &PathItem,
        method: &'static str,
        declared: &Declared,
        item_pointer: &str,
    ) -> Operation {
        let pointer = format!("{item_pointer}/{}", method.to_ascii_lowercase());
        let key = format!("{method} {path}");
        let parameters = self.parameters(path, item, declared, &key, item_pointer, &pointer);
        let body = declared
            .request_body
            .as_ref()
            .and_then(|body| self.body(body, &key, &format!("{pointer}/requestBody")));
        if body.is_some() && ["GET", "HEAD", "DELETE"].contains(&method) {
            let original = self.pointers.original(&pointer);
            let message = format!("the body of {method} is sent; servers may ignore or refuse it");
            let note = Diagnostic::note(&codes::BODY_UNDEFINED, message).pointer(original);
            self.diagnostics.push(note);
        }
        let responses = self.responses(&declared.responses, &key, &pointer);
        let security = declared
            .security
            .as_ref()
            .or(self.document.security.as_ref());
        for requirement in security
            .into_iter()
            .flatten()
            .flat_map(|found| found.keys())
        {
            let known = self.document.components.as_ref();
            if !known.is_some_and(|found| found.security_schemes.contains_key(requirement)) {
                self.report(
                    &codes::SCHEME_KIND,
                    Effect::Dropped,
                    &pointer,
                    format!("security scheme `{requirement}` is not declared; the alternative is left out"),
                );
            }
        }
        let servers = if declared.servers.is_empty() {
            &item.servers
        } else {
            &declared.servers
        };
        Operation {
            method: method.to_owned(),
            path: path.to_owned(),
            id: declared.operation_id.clone().filter(|id| !id.is_empty()),
            pointer,
            tags: declared.tags.clone(),
            summary: declared.summary.clone().or_else(|| item.summary.clone()),
            description: declared.description.clone(),
            docs_url: declared.external_docs.as_ref().map(|docs| docs.url.clone()),
            deprecated: declared.deprecated,
            parameters,
            body,
            responses,
            security: security.map(|list| requirements(list)).unwrap_or_default(),
            servers: servers.iter().map(server).collect(),
        }
    }

    fn parameters(
        &mut self,
        path: &str,
        item: &PathItem,
        declared: &Declared,
        key: &str,
        item_pointer: &str,
        pointer: &str,
    ) -> Vec<Parameter> {
        let mut parameters: Vec<Parameter> = Vec::new();
        let inherited = item.parameters.iter().map(|found| (found, item_pointer));
        let own = declared.parameters.iter().map(|found| (found, pointer));
        for (index, (parameter, base)) in inherited.chain(own).enumerate() {
            let index = if base == item_pointer {
                index
            } else {
                index - item.parameters.len()
            };
            let place = format!("{base}/parameters/{index}");
            let Some(parameter) = self.parameter(parameter, key, &place) else {
                continue;
            };
            let same = parameters
                .iter_mut()
                .find(|other| other.name == parameter.name && other.location == parameter.location);
            match same {
                Some(other) => *other = parameter,
                None => parameters.push(parameter),
            }
        }
        let variables = path_variables(path);
        parameters.retain(|parameter| {
            let known = parameter.location != Location::Path || variables.contains(&parameter.name);
            if !known {
                self.report(
                    &codes::PATH_VARIABLE,
                    Effect::Dropped,
                    &parameter.pointer,
                    format!("the path has no variable `{}`", parameter.name),
                );
            }
            known
        });
        for variable in variables {
            let declared = parameters
                .iter()
                .any(|other| other.location == Location::Path && other.name == variable);
            if !declared {
                parameters.push(self.undeclared(&variable, key, pointer));
            }
        }
        parameters
    }

    /// A path variable that no parameter describes.
    fn undeclared(&mut self, variable: &str, key: &str, pointer: &str) -> Parameter {
        self.report(
            &codes::PATH_VARIABLE,
            Effect::Repaired,
            pointer,
            format!(
                "no parameter describes the path variable `{variable}`; it is taken as a string"
            ),
        );
        let schema = self.any(&format!("{key} path {variable}"), pointer);
        self.schemas[schema.index()].kind = crate::api::SchemaKind::String { format: None };
        Parameter {
            name: variable.to_owned(),
            location: Location::Path,
            pointer: pointer.to_owned(),
            schema,
            required: true,
            description: None,
            deprecated: false,
            style: Style::Simple,
            explode: false,
            allow_reserved: false,
            example: None,
        }
    }

    fn parameter(
        &mut self,
        declared: &ReferenceOr<DeclaredParameter>,
        key: &str,
        pointer: &str,
    ) -> Option<Parameter> {
        let document = self.document;
        let (parameter, shared, pointer) = match declared {
            ReferenceOr::Item(parameter) => (parameter, None, pointer.to_owned()),
            ReferenceOr::Reference { reference } => {
                let found = reference
                    .strip_prefix("#/components/parameters/")
                    .and_then(|name| {
                        let name = crate::source::unescape(name);
                        let parameters = &document.components.as_ref()?.parameters;
                        let found = parameters.get(name.as_ref())?.as_item()?;
                        Some((format!("parameter {name}"), found))
                    });
                match found {
                    Some((shared, parameter)) => (parameter, Some(shared), reference.clone()),
                    None => {
                        self.report(
                            &codes::DANGLING_REF,
                            Effect::Dropped,
                            pointer,
                            format!("the parameter `{reference}` does not exist"),
                        );
                        return None;
                    }
                }
            }
        };
        let data = parameter.parameter_data_ref();
        let (location, style, allow_reserved) = match parameter {
            DeclaredParameter::Query {
                style,
                allow_reserved,
                ..
            } => {
                let style = match style {
                    QueryStyle::Form => Style::Form,
                    QueryStyle::SpaceDelimited => Style::SpaceDelimited,
                    QueryStyle::PipeDelimited => Style::PipeDelimited,
                    QueryStyle::DeepObject => Style::DeepObject,
                };
                (Location::Query, style, *allow_reserved)
            }
            DeclaredParameter::Header { style, .. } => {
                let HeaderStyle::Simple = style;
                (Location::Header, Style::Simple, false)
            }
            DeclaredParameter::Path { style, .. } => {
                let style = match style {
                    PathStyle::Matrix => Style::Matrix,
                    PathStyle::Label => Style::Label,
                    PathStyle::Simple => Style::Simple,
                };
                (Location::Path, style, false)
            }
            DeclaredParameter::Cookie { style, .. } => {
                let CookieStyle::Form = style;
                (Location::Cookie, Style::Form, false)
            }
        };
        if location == Location::Header
            && ["accept", "content-type", "authorization"]
                .contains(&data.name.to_ascii_lowercase().as_str())
        {
            self.report(
                &codes::HEADER_IGNORED,
                Effect::Dropped,
                &pointer,
                format!("the header parameter `{}` is left out", data.name),
            );
            return None;
        }
        let word = match location {
            Location::Path => "path",
            Location::Query => "query",
            Location::Header => "header",
            Location::Cookie => "cookie",
        };
        let own_key = shared
            .clone()
            .unwrap_or_else(|| format!("{key} {word} {}", data.name));
        let known = shared
            .as_ref()
            .and_then(|shared| self.elsewhere.get(shared).copied());
        let (schema, style) = match (&data.format, known) {
            (ParameterSchemaOrContent::Schema(schema), known) => (
                known
                    .unwrap_or_else(|| self.schema(schema, &own_key, &format!("{pointer}/schema"))),
                style,
            ),
            (ParameterSchemaOrContent::Content(content), known) => {
                let chosen = content.iter().next();
                let style = match chosen.map(|(name, _)| media::codec(name)) {
                    Some(Codec::Json) => Style::Json,
                    _ => style,
                };
                let schema = match (known, chosen.and_then(|(_, media)| media.schema.as_ref())) {
                    (Some(known), _) => known,
                    (None, Some(schema)) => {
                        self.schema(schema, &own_key, &format!("{pointer}/content"))
                    }
                    (None, None) => self.any(&own_key, &pointer),
                };
                (schema, style)
            }
        };
        if let Some(shared) = shared {
            self.elsewhere.insert(shared, schema);
        }
        Some(Parameter {
            name: data.name.clone(),
            location,
            pointer,
            schema,
            required: data.required || location == Location::Path,
            description: data.description.clone(),
            deprecated: data.deprecated.unwrap_or_default(),
            style,
            explode: data.explode.unwrap_or(style == Style::Form),
            allow_reserved,
            example: data.example.clone(),
        })
    }
}

fn methods(item: &PathItem) -> Vec<(&'static str, &Declared)> {
    [
        ("GET", &item.get),
        ("PUT", &item.put),
        ("POST", &item.post),
        ("DELETE", &item.delete),
        ("OPTIONS", &item.options),
        ("HEAD", &item.head),
        ("PATCH", &item.patch),
        ("TRACE", &item.trace),
    ]
    .into_iter()
    .filter_map(|(method, operation)| Some((method, operation.as_ref()?)))
    .collect()
}

/// The variables of a path template, each once, in order.
pub(crate) fn path_variables(path: &str) -> Vec<String> {
    let mut variables: Vec<String> = Vec::new();
    let mut rest = path;
    while let Some((_, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else {
            break;
        };
        if !name.is_empty() && !variables.iter().any(|other| other == name) {
            variables.push(name.to_owned());
        }
        rest = after;
    }
    variables
}

pub(super) fn server(declared: &openapiv3::Server) -> Server {
    Server {
        url: declared.url.clone(),
        description: declared.description.clone(),
        variables: declared
            .variables
            .iter()
            .flatten()
            .map(|(name, variable)| {
                (
                    name.clone(),
                    variable.default.clone(),
                    variable.enumeration.clone(),
                )
            })
            .collect(),
    }
}
