//! Operations and parameters.

use super::security::requirements;
use super::template::{Declared, Template, Variable};
use super::{Resolver, media};
use crate::api::{Body, Codec, Location, Operation, Parameter, Server, Style};
use crate::diagnostic::{Diagnostic, Effect, codes};
use crate::source::escape;
use openapiv3::{
    CookieStyle, HeaderStyle, Operation as Described, Parameter as DeclaredParameter,
    ParameterSchemaOrContent, PathItem, PathStyle, QueryStyle, ReferenceOr, SecurityRequirement,
};
use std::collections::HashMap;

impl Resolver<'_> {
    pub(super) fn operations(&mut self) -> Vec<Operation> {
        let document = self.document;
        let mut operations = Vec::new();
        let mut wires: HashMap<String, String> = HashMap::new();
        let mut ids: HashMap<String, String> = HashMap::new();
        for (path, item) in &document.paths.paths {
            let pointer = format!("#/paths/{}", escape(path));
            let Some(item) = self.path_item(item, &pointer) else {
                continue;
            };
            let more = self.more_operations(item, &pointer);
            for (method, operation) in methods(item, &more) {
                let place = format!("{pointer}/{}", member(method));
                let found = self.operation(path, item, method, operation, (&pointer, &place));
                let wire = format!("{} {}", found.method, shape(&found.template));
                if let Some(other) = wires.get(&wire) {
                    self.note(
                        &codes::SAME_PATH,
                        &place,
                        format!(
                            "`{}` is sent like `{other}`; both are generated",
                            found.key()
                        ),
                    );
                } else {
                    wires.insert(wire, found.key());
                }
                self.callbacks(&found, operation, &place);
                if let Some(id) = &found.id {
                    match ids.get(id) {
                        Some(other) => {
                            let message = format!("`{other}` has the operationId `{id}`, too");
                            self.note(&codes::DUPLICATE_ID, &place, message);
                        }
                        None => {
                            ids.insert(id.clone(), found.key());
                        }
                    }
                }
                operations.push(found);
            }
        }
        operations
    }

    /// Operations of other methods (3.2: `query`, `additionalOperations`), which
    /// the document model keeps in an extension.
    pub(super) fn more_operations(
        &mut self,
        item: &PathItem,
        pointer: &str,
    ) -> Vec<(String, Described)> {
        let more = item.extensions.get("x-pontoon-operations");
        let more = more.and_then(serde_json::Value::as_object);
        let mut operations = Vec::new();
        for (method, found) in more.into_iter().flatten() {
            match serde_json::from_value(found.clone()) {
                Ok(operation) => operations.push((method.clone(), operation)),
                Err(error) => self.report(
                    &codes::BAD_OPERATION,
                    Effect::Dropped,
                    &format!("{pointer}/{}", member(method)),
                    format!("the operation cannot be read: {error}"),
                ),
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
        method: &str,
        declared: &Described,
        (item_pointer, pointer): (&str, &str),
    ) -> Operation {
        let pointer = pointer.to_owned();
        let key = format!("{method} {path}");
        let mut parameters =
            self.declared_parameters(&item.parameters, declared, &key, (item_pointer, &pointer));
        let template = self.template(path, &mut parameters, &key, (item_pointer, &pointer));
        let body = self.request_body(declared, &key, &pointer);
        if body.is_some() && ["GET", "HEAD", "DELETE"].contains(&method) {
            let original = self.pointers.original(&pointer);
            let message = format!("the body of {method} is sent; servers may ignore or refuse it");
            let note = Diagnostic::note(&codes::BODY_UNDEFINED, message).pointer(original);
            self.diagnostics.push(note);
        }
        let responses = self.responses(&declared.responses, &key, &pointer);
        let beside = self.declared(&declared.responses, &key, &pointer);
        let security = declared
            .security
            .as_ref()
            .or(self.document.security.as_ref());
        self.check_schemes(security, &pointer);
        let servers = if declared.servers.is_empty() {
            &item.servers
        } else {
            &declared.servers
        };
        let mut operation = Operation {
            method: method.to_owned(),
            path: path.to_owned(),
            template,
            parameters,
            body,
            responses,
            declared: beside,
            security: security.map(|list| requirements(list)).unwrap_or_default(),
            servers: servers.iter().map(server).collect(),
            ..described(declared, item, pointer)
        };
        self.implied_headers(&mut operation, declared);
        operation
    }

    pub(super) fn request_body(
        &mut self,
        declared: &Described,
        key: &str,
        pointer: &str,
    ) -> Option<Body> {
        let body = declared.request_body.as_ref()?;
        self.body(body, key, &format!("{pointer}/requestBody"))
    }

    /// Reports alternatives whose scheme is not declared.
    pub(super) fn check_schemes(
        &mut self,
        security: Option<&Vec<SecurityRequirement>>,
        pointer: &str,
    ) {
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
                    pointer,
                    format!("security scheme `{requirement}` is not declared; the alternative is left out"),
                );
            }
        }
    }

    /// Parameters of the path item and the operation's own, which override them.
    pub(super) fn declared_parameters(
        &mut self,
        inherited: &[ReferenceOr<DeclaredParameter>],
        declared: &Described,
        key: &str,
        (item_pointer, pointer): (&str, &str),
    ) -> Vec<Parameter> {
        let mut parameters: Vec<Parameter> = Vec::new();
        let inherited = inherited.iter().enumerate();
        let inherited = inherited.map(|(index, found)| (found, item_pointer, index));
        let own = declared.parameters.iter().enumerate();
        let own = own.map(|(index, found)| (found, pointer, index));
        for (parameter, base, index) in inherited.chain(own) {
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
        parameters
    }

    /// The template that is sent; the parameters are made to agree with it.
    fn template(
        &mut self,
        path: &str,
        parameters: &mut Vec<Parameter>,
        key: &str,
        (item_pointer, pointer): (&str, &str),
    ) -> String {
        let template = Template::parse(path, parameters);
        for parameter in parameters.iter_mut() {
            let same = |variable: &&Variable| variable.name == parameter.name;
            let variable = template.variables.iter().find(same);
            parameter.allow_reserved |= parameter.location == Location::Path
                && variable.is_some_and(|variable| variable.segments);
        }
        parameters.retain(|parameter| {
            let mut variables = template.variables.iter();
            let known = parameter.location != Location::Path
                || variables.any(|variable| variable.name == parameter.name);
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
        if let Some(lost) = &template.lost {
            self.report(
                &codes::PATH_FRAGMENT,
                Effect::Degraded,
                item_pointer,
                format!("`#{lost}` looks like a part of the path, but a fragment is never sent"),
            );
        }
        for variable in &template.variables {
            let declared = parameters
                .iter()
                .any(|other| other.location == Location::Path && other.name == variable.name);
            if !declared {
                parameters.push(self.undeclared(variable, key, pointer));
            }
        }
        for name in &template.query {
            let declared = parameters
                .iter()
                .any(|other| other.location == Location::Query && other.name == *name);
            if !declared {
                let variable = Variable {
                    name: name.clone(),
                    segments: false,
                };
                let mut parameter = self.undeclared(&variable, key, pointer);
                parameter.location = Location::Query;
                parameter.style = Style::Form;
                parameter.explode = true;
                parameter.required = false;
                parameters.push(parameter);
            }
        }
        template.sent
    }

    /// A path variable that no parameter describes.
    fn undeclared(&mut self, variable: &Variable, key: &str, pointer: &str) -> Parameter {
        let segments = variable.segments;
        let variable = &variable.name;
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
            name: variable.clone(),
            location: Location::Path,
            pointer: pointer.to_owned(),
            schema,
            required: true,
            description: None,
            deprecated: false,
            style: Style::Simple,
            explode: false,
            allow_reserved: segments,
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
            allow_reserved: allow_reserved
                || data.extensions.contains_key("x-pontoon-allow-reserved"),
            example: data.example.clone(),
        })
    }
}

/// The member of a lowered path item that an operation stands under.
pub(super) fn member(method: &str) -> String {
    match METHODS.contains(&method) {
        true => method.to_ascii_lowercase(),
        false => format!("x-pontoon-operations/{}", escape(method)),
    }
}

/// A template without the names of its variables.
fn shape(template: &str) -> String {
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        out.push_str("{}");
        rest = after.split_once('}').map_or("", |(_, after)| after);
    }
    out + rest
}

/// The methods that a path item of OpenAPI 3.0 has members for.
const METHODS: [&str; 8] = [
    "GET", "PUT", "POST", "DELETE", "OPTIONS", "HEAD", "PATCH", "TRACE",
];

/// The operations of a path item by method; `more` are those that the document
/// model has no members for.
pub(super) fn methods<'i>(
    item: &'i PathItem,
    more: &'i [(String, Described)],
) -> Vec<(&'i str, &'i Described)> {
    let more = more.iter().map(|(method, found)| (method.as_str(), found));
    let fixed = [
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
    .filter_map(|(method, operation)| Some((method, operation.as_ref()?)));
    fixed.chain(more).collect()
}

/// What an operation says of itself, to be filled with what it carries.
pub(super) fn described(declared: &Described, item: &PathItem, pointer: String) -> Operation {
    Operation {
        id: declared.operation_id.clone().filter(|id| !id.is_empty()),
        pointer,
        tags: declared.tags.clone(),
        summary: declared.summary.clone().or_else(|| item.summary.clone()),
        description: declared.description.clone(),
        docs_url: declared.external_docs.as_ref().map(|docs| docs.url.clone()),
        deprecated: declared.deprecated,
        ..Operation::default()
    }
}

impl Declared for Vec<Parameter> {
    fn in_path(&self, name: &str) -> bool {
        let mut all = self.iter();
        all.any(|found| found.location == Location::Path && found.name == name)
    }

    fn in_query(&self, name: &str) -> bool {
        let mut all = self.iter();
        all.any(|found| found.location == Location::Query && found.name == name)
    }
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
