//! The schemas of a spec, each with the Rust type that the generator gives it.
//!
//! The pipeline is run as `pontoon generate` runs it, up to the Rust IR. So that every
//! schema has its type there, those that no operation reaches included, each is also
//! made the answer of an operation that the spec does not have (a probe); its output is
//! the type.

use pontoon::api::{Api, Codec, Operation, Response, SchemaId, SchemaKind, Statuses};
use pontoon::config::Config;
use pontoon::diagnostic::Diagnostics;
use pontoon::rust::ir::{Crate, Type};
use pontoon::rust::{self, Ledger};
use pontoon::source::Source;
use std::collections::HashSet;
use std::path::Path;

/// What the paths and ids of probes begin with.
const PROBE: &str = "/pontoon-corpus-probe/";

/// A spec with its schemas.
pub(crate) struct Subject {
    pub(crate) api: Api,
    pub(crate) krate: Crate,
    pub(crate) dialect: &'static str,
    pub(crate) places: Vec<Place>,
}

/// A schema that is tried.
pub(crate) struct Place {
    pub(crate) schema: SchemaId,
    /// Its key: `schema NAME` for components.
    pub(crate) key: String,
    /// A component schema, rather than one written into a body or response.
    pub(crate) component: bool,
    /// An operation reaches it, so the crate has its type.
    pub(crate) reached: bool,
    pub(crate) ty: Type,
}

impl Subject {
    /// Reads a spec.
    pub(crate) fn read(path: &Path) -> Result<Self, String> {
        let mut diagnostics = Diagnostics::new();
        let request = pontoon::Request {
            spec: path.to_owned(),
            ..pontoon::Request::default()
        };
        let read = pontoon::read(&request, &mut Source::default(), &mut diagnostics, &|_| {});
        let pontoon::Resolved {
            mut api, dialect, ..
        } = read.map_err(|found| found.message)?;
        let places = places(&api);
        for (index, (schema, _)) in places.iter().enumerate() {
            api.operations.push(probe(index, *schema));
        }
        let mut ledger = Ledger::default();
        let options = Config::default().options(&api);
        let krate = rust::lower(&api, &options, &mut ledger, &mut diagnostics);
        api.operations
            .retain(|operation| !operation.path.starts_with(PROBE));
        let mut types: Vec<Option<Type>> = vec![None; places.len()];
        for operation in krate.namespaces.iter().flat_map(|found| &found.operations) {
            let index = operation.table.id.strip_prefix(PROBE);
            if let Some(index) = index.and_then(|index| index.parse::<usize>().ok())
                && let Some(place) = types.get_mut(index)
            {
                *place = Some(operation.output.clone());
            }
        }
        let reached = reached(&api);
        let places = places
            .into_iter()
            .zip(types)
            .map(|((schema, component), ty)| {
                let key = api.schemas[schema.index()].key.clone();
                Ok(Place {
                    ty: ty.ok_or_else(|| format!("the probe of `{key}` has no type"))?,
                    schema,
                    key,
                    component,
                    reached: reached.contains(&schema),
                })
            })
            .collect::<Result<_, String>>()?;
        Ok(Self {
            api,
            krate,
            dialect: dialect.as_str(),
            places,
        })
    }
}

/// Component schemas, then those written into JSON bodies and responses.
fn places(api: &Api) -> Vec<(SchemaId, bool)> {
    let ids = (0..api.schemas.len()).filter_map(|index| u32::try_from(index).ok());
    let mut places: Vec<(SchemaId, bool)> = ids
        .map(SchemaId)
        .filter(|id| api.schemas[id.index()].component.is_some())
        .map(|id| (id, true))
        .collect();
    let mut seen = HashSet::new();
    for operation in &api.operations {
        let body = operation.body.iter();
        let body = body.filter(|body| body.codec == Codec::Json);
        let answers = operation.responses.iter();
        let answers = answers.filter(|answer| answer.codec == Codec::Json);
        let inline = body
            .map(|body| body.schema)
            .chain(answers.filter_map(|answer| answer.schema));
        for id in inline {
            let schema = &api.schemas[id.index()];
            let own = schema.component.is_none() && !matches!(schema.kind, SchemaKind::Alias(_));
            if own && seen.insert(id) {
                places.push((id, false));
            }
        }
    }
    places
}

fn probe(index: usize, schema: SchemaId) -> Operation {
    Operation {
        method: "GET".to_owned(),
        path: format!("{PROBE}{index}"),
        id: Some(format!("{PROBE}{index}")),
        tags: vec!["pontoon corpus probe".to_owned()],
        responses: vec![Response {
            status: Statuses::Code(200),
            media_type: "application/json".to_owned(),
            codec: Codec::Json,
            schema: Some(schema),
            ..Response::default()
        }],
        ..Operation::default()
    }
}

/// The schemas that the operations lead to, aliases on the way included.
fn reached(api: &Api) -> HashSet<SchemaId> {
    let mut open: Vec<SchemaId> = Vec::new();
    for operation in &api.operations {
        open.extend(operation.parameters.iter().map(|found| found.schema));
        open.extend(operation.body.iter().map(|body| body.schema));
        open.extend(operation.responses.iter().filter_map(|found| found.schema));
    }
    let mut seen = HashSet::new();
    while let Some(id) = open.pop() {
        if !seen.insert(id) {
            continue;
        }
        match &api.schemas[id.index()].kind {
            SchemaKind::Array(next) | SchemaKind::Map(next) | SchemaKind::Alias(next) => {
                open.push(*next);
            }
            SchemaKind::Object(object) => {
                open.extend(object.properties.values().map(|property| property.schema));
                open.extend(object.additional);
            }
            SchemaKind::Union(union) => {
                open.extend(union.members.iter().map(|member| member.schema));
            }
            _ => {}
        }
    }
    seen
}
