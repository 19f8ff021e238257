//! Operations: arguments, tables, outputs.

use super::errors::{enumeration, is_known};
use super::ir::{
    ApiTable, Argument, BodyRow, Exercise, Namespace, Operation, OperationTable, ParameterRow,
    ResponseRow, Scheme, Server, Stream, Target, Type,
};
use super::items::Items;
use super::ledger::{Ledger, row, rows};
use super::namespaces::Plan;
use super::typing::Types;
use super::{Options, docs, names, xml};
use super::{bodies, declared};
use crate::analyze::sample::{sample, sample_parameter};
use crate::api::{self, Api, Codec, Location, SchemaKind, Statuses};
use std::collections::{HashMap, HashSet};

/// All namespaces with their operations.
pub(super) fn namespaces(
    types: &Types<'_>,
    plan: &Plan,
    items: &mut Items,
    ledger: &mut Ledger,
    options: &Options,
) -> Vec<Namespace> {
    let ids = types.ids();
    let mut namespaces: Vec<Namespace> = plan
        .namespaces
        .iter()
        .map(|namespace| Namespace {
            module: namespace.module.clone(),
            feature: namespace.module.clone(),
            type_name: names::type_name(&namespace.module),
            docs: docs::text(namespace.description.as_deref()),
            operations: Vec::new(),
        })
        .collect();
    let mut builders: Vec<HashSet<String>> = namespaces
        .iter()
        .map(|namespace| super::reserve([namespace.type_name.as_str(), "Self"]))
        .collect();
    let _ = options;
    for (operation, (namespace, method)) in types.api.operations.iter().zip(&plan.operations) {
        let pinned = bodies::pinned(operation, ledger);
        let operation = pinned.as_ref().unwrap_or(operation);
        let plain = method.strip_prefix("r#").unwrap_or(method);
        let builder = names::unique(names::type_name(plain), &mut builders[*namespace]);
        let lowered = Lowering {
            types,
            ids: &ids,
            operation,
            namespace: *namespace,
            module: &plan.namespaces[*namespace].module,
            words: format!("{} {plain}", plan.namespaces[*namespace].module),
        };
        let found = lowered.operation(method.clone(), builder, items, ledger);
        namespaces[*namespace].operations.push(found);
    }
    for (namespace, taken) in namespaces.iter_mut().zip(&mut builders) {
        tables(namespace, taken);
    }
    namespaces
}

/// Names the statics apart from the builders: `v2` has the builder `V2`, and a
/// tuple struct is a value too.
fn tables(namespace: &mut Namespace, taken: &mut HashSet<String>) {
    for operation in &mut namespace.operations {
        while !taken.insert(operation.table_name.clone()) {
            operation.table_name.push('_');
        }
    }
}

/// An operation on its way to the IR.
pub(super) struct Lowering<'a> {
    pub(super) types: &'a Types<'a>,
    pub(super) ids: &'a HashMap<&'a str, api::SchemaId>,
    pub(super) operation: &'a api::Operation,
    namespace: usize,
    /// The namespace's module.
    pub(super) module: &'a str,
    words: String,
}

impl Lowering<'_> {
    fn operation(
        &self,
        name: String,
        builder: String,
        items: &mut Items,
        ledger: &mut Ledger,
    ) -> Operation {
        let operation = self.operation;
        let (output, mut responses) = self.successes(items, ledger);
        let streams = self.streams(&responses, &output, ledger);
        let (errors, rows) = self.errors(items, ledger);
        responses.extend(rows);
        responses.sort_by_key(|row| match row.status {
            Statuses::Code(code) => (0, code),
            Statuses::Class(class) => (1, u16::from(class)),
            Statuses::Default => (2, 0),
        });
        let paged = self.paged(&output, ledger);
        let mut methods: Vec<&str> = streams.iter().map(|found| &*found.method).collect();
        methods.extend(
            paged
                .iter()
                .flat_map(|found| [&*found.items, &*found.pages]),
        );
        let (positional, optional) = self.arguments(&methods, ledger);
        let exercise = self.exercise(&positional, &optional);
        let plain = name.strip_prefix("r#").unwrap_or(&name);
        Operation {
            builder: builder.clone(),
            table_name: plain.to_uppercase(),
            docs: docs::operation(operation),
            deprecated: operation.deprecated,
            table: self.table(responses),
            alternatives: self.alternatives(plain, &positional, &optional, ledger),
            positional,
            optional,
            output,
            streams,
            paged,
            errors,
            exercise,
            name,
        }
    }

    fn table(&self, responses: Vec<ResponseRow>) -> OperationTable {
        let operation = self.operation;
        let schemes = &self.types.api.security_schemes;
        let security = operation
            .security
            .iter()
            .filter_map(|alternative| {
                alternative
                    .iter()
                    .map(|requirement| {
                        let scheme = schemes
                            .iter()
                            .position(|scheme| scheme.name == requirement.scheme)?;
                        Some((scheme, requirement.scopes.clone()))
                    })
                    .collect()
            })
            .collect();
        OperationTable {
            id: operation.id.clone().unwrap_or_else(|| operation.key()),
            method: operation.method.clone(),
            path: operation.template.clone(),
            servers: operation.servers.iter().map(server).collect(),
            parameters: operation
                .parameters
                .iter()
                .map(|parameter| ParameterRow {
                    name: parameter.name.clone(),
                    location: parameter.location,
                    style: parameter.style,
                    explode: parameter.explode,
                    allow_reserved: parameter.allow_reserved,
                    required: parameter.required,
                })
                .collect(),
            body: operation
                .body
                .as_ref()
                .map(|body| body_row(self.types.api, body)),
            bare: declared::bare(operation, &responses),
            responses,
            declared: declared::rows(self.types, self.ids, operation),
            security,
            paging: self.paging_row(),
            repeat: operation.repeat.clone(),
        }
    }

    fn response_type(&self, response: &api::Response) -> Type {
        match (response.codec, response.schema) {
            (Codec::Empty, _) | (_, None) => Type::Unit,
            (Codec::Text, _) => Type::String,
            (Codec::Bytes | Codec::Form | Codec::Multipart, _) => Type::Bytes,
            (Codec::Json | Codec::Xml | Codec::Events | Codec::Lines, Some(schema)) => {
                self.types.with_null(schema)
            }
        }
    }

    /// The type of a success and the rows of the table, sequences last.
    fn successes(&self, items: &mut Items, ledger: &mut Ledger) -> (Type, Vec<ResponseRow>) {
        let (output, mut rows) = self.whole_successes(items, ledger);
        rows.extend(
            self.sequences()
                .map(|response| response_row(self.types.api, response, 0)),
        );
        (output, rows)
    }

    /// The successes that are sequences of values.
    fn sequences(&self) -> impl Iterator<Item = &api::Response> {
        let all = self.operation.responses.iter();
        all.filter(|response| response.codec.is_sequence())
    }

    /// The same for what is read whole.
    fn whole_successes(&self, items: &mut Items, ledger: &mut Ledger) -> (Type, Vec<ResponseRow>) {
        let declared = &self.operation.responses;
        let mut found: Vec<(&api::Response, Type)> = declared
            .iter()
            .filter(|response| response.status.is_success() && !response.codec.is_sequence())
            .map(|response| (response, self.response_type(response)))
            .collect();
        let any_success = declared.iter().any(|response| response.status.is_success());
        if !any_success {
            found = declared
                .iter()
                .filter(|response| {
                    response.status == Statuses::Default && !response.codec.is_sequence()
                })
                .map(|response| (response, self.response_type(response)))
                .collect();
        }
        let streamed = self.sequences().next().is_some();
        if streamed && found.iter().all(|(_, ty)| *ty == Type::Unit) {
            let rows = found
                .iter()
                .map(|(row, _)| response_row(self.types.api, row, 0));
            return (Type::Unit, rows.collect());
        }
        if found.is_empty() {
            // Only errors or redirections are declared: what comes is handed over.
            let row = ResponseRow {
                status: Statuses::Class(2),
                media_type: "*/*".to_owned(),
                codec: Codec::Bytes,
                variant: 0,
                until: None,
                xml: None,
            };
            return (Type::Bytes, vec![row]);
        }
        let identities: Vec<Type> = found
            .iter()
            .map(|(_, ty)| self.types.identity(ty, self.ids))
            .collect();
        let mut distinct: Vec<&Type> = Vec::new();
        for identity in &identities {
            if !distinct.contains(&identity) {
                distinct.push(identity);
            }
        }
        let one = |ty: Type| {
            let rows = found
                .iter()
                .map(|(response, _)| response_row(self.types.api, response, 0))
                .collect();
            (ty, rows)
        };
        let full: Vec<&&Type> = distinct.iter().filter(|ty| ***ty != Type::Unit).collect();
        match (distinct.len(), full.len()) {
            (1, _) => one(found[0].1.clone()),
            (2, 1) => {
                let ty = found
                    .iter()
                    .map(|(_, ty)| ty)
                    .find(|ty| **ty != Type::Unit)
                    .cloned()
                    .unwrap_or(Type::Unit);
                one(match ty {
                    Type::Option(_) => ty,
                    ty => Type::Option(Box::new(ty)),
                })
            }
            _ => {
                let (variants, rows) = self.variants(&found);
                let words = format!("{} result", self.words);
                let name = enumeration(items, ledger, Some(&words), &variants, self.namespace);
                (Type::Named(name), rows)
            }
        }
    }

    /// The enum of declared errors and the rows of the table.
    fn errors(&self, items: &mut Items, ledger: &mut Ledger) -> (Option<String>, Vec<ResponseRow>) {
        let any_success = self
            .operation
            .responses
            .iter()
            .any(|response| response.status.is_success());
        let mut found: Vec<(&api::Response, Type)> = self
            .operation
            .responses
            .iter()
            .filter(|response| {
                !response.status.is_success()
                    && (any_success || response.status != Statuses::Default)
            })
            .map(|response| (response, self.response_type(response)))
            .filter(|(_, ty)| *ty != Type::Unit)
            .collect();
        if found.is_empty() {
            return (None, Vec::new());
        }
        found.sort_by_key(|(response, _)| response.status);
        let (mut variants, rows) = self.variants(&found);
        if !is_known(ledger, &variants) {
            // Sets that differ in the names of places alone are one.
            for row in &mut variants {
                row.ty = self.types.identity(&row.ty, self.ids);
            }
        }
        let name = enumeration(items, ledger, None, &variants, self.namespace);
        (Some(name), rows)
    }

    /// The ways to read a success while it arrives. A method gives way to an
    /// argument of its name that the ledger knows, or that came with it.
    fn streams(&self, responses: &[ResponseRow], output: &Type, ledger: &Ledger) -> Vec<Stream> {
        let free = |name: &str| self.free(name, "open", ledger);
        let mut streams = Vec::new();
        if let Some(response) = self.sequences().next() {
            let alone = *output == Type::Unit;
            streams.push(Stream {
                method: if alone {
                    "send".to_owned()
                } else {
                    free("stream")
                },
                codec: response.codec,
                item: self.response_type(response),
                switch: self.switch().filter(|_| !alone),
            });
        }
        if responses.iter().any(|row| row.codec == Codec::Bytes) {
            streams.push(Stream {
                method: free("download"),
                codec: Codec::Bytes,
                item: Type::Bytes,
                switch: None,
            });
        }
        streams
    }

    /// The boolean property `stream` of the body, by which a caller asks for a
    /// stream.
    fn switch(&self) -> Option<String> {
        let body = self.operation.body.as_ref()?;
        let SchemaKind::Object(object) = &self.types.api.schema(body.schema).kind else {
            return None;
        };
        let property = object.properties.get("stream")?;
        let kind = &self.types.api.schema(property.schema).kind;
        (*kind == SchemaKind::Boolean).then(|| "stream".to_owned())
    }

    /// Positional and chained arguments; names and order are the ledger's.
    fn arguments(&self, methods: &[&str], ledger: &mut Ledger) -> (Vec<Argument>, Vec<Argument>) {
        let key = self.operation.key();
        let known = ledger.arguments.remove(&key).unwrap_or_default();
        let known: Vec<(&str, &str)> = rows(&known).collect();
        let mut used = super::reserve(known.iter().map(|(rust, _)| *rust));
        used.insert("send".to_owned());
        used.extend(methods.iter().map(|method| (*method).to_owned()));
        let mut list: Vec<(usize, String, Argument, bool)> = Vec::new();
        let mut wires = Vec::new();
        for (index, parameter) in self.operation.parameters.iter().enumerate() {
            let word = match parameter.location {
                Location::Path => "path",
                Location::Query => "query",
                Location::Header => "header",
                Location::Cookie => "cookie",
            };
            wires.push((
                format!("{word} {}", parameter.name),
                names::snake(parameter.name.trim_end_matches("[]")),
                Target::Parameter(index),
            ));
        }
        if let Some(body) = &self.operation.body {
            wires.push((bodies::wire(body), "body".to_owned(), Target::Body));
        }
        for (wire, base, target) in wires {
            // Ledgers of before bodies had several media types say `body` alone.
            let same = |other: &str| other == wire || target == Target::Body && other == "body";
            let position = known.iter().position(|(_, other)| same(other));
            let name = match position {
                Some(position) => known[position].0.to_owned(),
                None => names::unique(base, &mut used),
            };
            let (argument, required) = self.argument(name, target);
            let order = position.unwrap_or(usize::MAX);
            list.push((order, wire, argument, required));
        }
        // Path variables in the path's order, then the other parameters, then the
        // body; what the ledger knows keeps its position.
        list.sort_by_key(|(order, ..)| *order);
        let mut out: Vec<String> = list
            .iter()
            .map(|(_, wire, argument, _)| row(&argument.name, wire))
            .collect();
        out.extend(
            known
                .iter()
                .filter(|(rust, wire)| {
                    !list
                        .iter()
                        .any(|(_, other, argument, _)| other == wire || argument.name == *rust)
                })
                .map(|(rust, wire)| row(rust, wire)),
        );
        if !out.is_empty() {
            ledger.arguments.insert(key, out);
        }
        let (positional, optional): (Vec<_>, Vec<_>) =
            list.into_iter().partition(|(.., required)| *required);
        let strip = |list: Vec<(usize, String, Argument, bool)>| {
            list.into_iter()
                .map(|(_, _, argument, _)| argument)
                .collect()
        };
        (strip(positional), strip(optional))
    }

    pub(super) fn argument(&self, name: String, target: Target) -> (Argument, bool) {
        let operation = self.operation;
        let body = self.target_body(target);
        let (schema, description, deprecated, required, codec) = match (target, body) {
            (Target::Parameter(index), _) => {
                let parameter = &operation.parameters[index];
                (
                    parameter.schema,
                    parameter.description.as_deref(),
                    parameter.deprecated,
                    parameter.required,
                    Codec::Json,
                )
            }
            (_, Some(body)) => (
                body.schema,
                body.description.as_deref(),
                false,
                body.required,
                body.codec,
            ),
            (_, None) => {
                return (
                    Argument {
                        name,
                        docs: Vec::new(),
                        deprecated: false,
                        ty: Type::Unit,
                        target,
                    },
                    false,
                );
            }
        };
        let ty = match codec {
            Codec::Text => Type::String,
            Codec::Bytes => Type::Bytes,
            _ => match self.types.of(schema) {
                // Only inside of a body does a file have a name.
                Type::File => Type::Bytes,
                ty => ty,
            },
        };
        let annotations = &self.types.api.schemas[schema.index()].annotations;
        let argument = Argument {
            name,
            docs: match target {
                Target::Parameter(_) => docs::value(description, annotations),
                Target::Body | Target::BodyAs(_) => docs::text(description),
            },
            deprecated,
            ty,
            target,
        };
        (argument, required)
    }

    pub(super) fn exercise(&self, positional: &[Argument], optional: &[Argument]) -> Exercise {
        let made = |argument: &Argument| match (argument.target, self.target_body(argument.target))
        {
            (Target::Parameter(index), _) => {
                let parameter = &self.operation.parameters[index];
                Some(sample_parameter(self.types.api, parameter).to_string())
            }
            (_, Some(body)) => match body.codec {
                Codec::Text | Codec::Bytes => Some("\"made\"".to_owned()),
                _ => Some(sample(self.types.api, body.schema).to_string()),
            },
            (_, None) => None,
        };
        Exercise {
            positional: positional
                .iter()
                .map(|argument| made(argument).unwrap_or_default())
                .collect(),
            optional: optional
                .iter()
                .enumerate()
                .filter(|(_, argument)| self.worth_sending(argument))
                .filter_map(|(index, argument)| Some((index, made(argument)?)))
                .collect(),
        }
    }

    /// Optional values are sent too, except those that contradict each other by
    /// their nature: any JSON, which says nothing of what is valid, and media types
    /// beside those of the operation.
    fn worth_sending(&self, argument: &Argument) -> bool {
        let Target::Parameter(index) = argument.target else {
            return true;
        };
        let parameter = &self.operation.parameters[index];
        let kind = &self.types.api.schema(parameter.schema).kind;
        !matches!(kind, SchemaKind::Any | SchemaKind::Never) && !parameter.is_media_type()
    }
}

fn body_row(api: &Api, body: &api::Body) -> BodyRow {
    BodyRow {
        media_type: body.media_type.clone(),
        codec: body.codec,
        encodings: body.encodings.clone(),
        required: body.required,
        others: body.others.iter().map(|body| body_row(api, body)).collect(),
        xml: xml::root(api, body.codec, Some(body.schema)),
    }
}

pub(super) fn response_row(api: &Api, response: &api::Response, variant: usize) -> ResponseRow {
    ResponseRow {
        status: response.status,
        media_type: response.media_type.clone(),
        codec: response.codec,
        variant,
        until: response.until.clone(),
        xml: xml::root(api, response.codec, response.schema),
    }
}

fn server(server: &api::Server) -> Server {
    Server {
        url: server.url.clone(),
        docs: docs::text(server.description.as_deref()),
        variables: server.variables.clone(),
    }
}

/// The `Api` static: servers, schemes, headers.
pub(super) fn api_table(api: &Api, options: &Options) -> ApiTable {
    // A function of its own beside those of schemes.
    let mut used = HashSet::from(["scopes".to_owned()]);
    let prefix = names::module(
        options
            .package
            .strip_prefix("pontoon-")
            .unwrap_or(&options.package),
    )
    .to_uppercase();
    ApiTable {
        servers: api.servers.iter().map(server).collect(),
        schemes: api
            .security_schemes
            .iter()
            .map(|scheme| {
                let function = names::unique(names::snake(&scheme.name), &mut used);
                let word = names::module(&scheme.name).to_uppercase();
                let env = if !scheme.env.is_empty() {
                    scheme.env.clone()
                } else if scheme.kind == api::SchemeKind::MutualTls {
                    Vec::new()
                } else if scheme.kind.is_login() {
                    vec![
                        format!("{prefix}_{word}_USERNAME"),
                        format!("{prefix}_{word}_PASSWORD"),
                    ]
                } else {
                    vec![format!("{prefix}_{word}")]
                };
                Scheme {
                    name: scheme.name.clone(),
                    function,
                    docs: docs::text(scheme.description.as_deref()),
                    kind: scheme.kind.clone(),
                    env,
                }
            })
            .collect(),
        headers: options.headers.clone(),
    }
}
