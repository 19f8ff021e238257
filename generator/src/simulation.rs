//! An API as the simulator serves it: for every operation an answer that its
//! description allows, and what differs from record to record.

use crate::analyze::instances::{instances, is_instance};
use crate::api::{
    Api, Format, List, Location, Operation, PagingRule, Parameter, Place, SchemaId, SchemaKind,
};
use crate::connector;
use pontoon_connector::manifest::{self, Manifest, Paging, Size};
use pontoon_connector::simulate::{Declared, End, Listed, Role, Route, Simulation, filled};
use serde_json::{Value, json};

/// Numbers of records for which an answer is tried.
const TRIED: [u64; 3] = [1, 2, 9_999_999];
/// How many records share a name inside of them.
const SHARED: u64 = 97;

/// The simulation of an API whose manifest is `manifest`. Operations whose answers
/// cannot be made are left out, and named in the second list.
pub fn simulation(api: &Api, manifest: &Manifest) -> (Simulation, Vec<String>) {
    let mut routes = Vec::new();
    let mut missing = Vec::new();
    for operation in &api.operations {
        match route(api, manifest, operation) {
            Some(route) => routes.push(route),
            None => missing.push(operation.key()),
        }
    }
    let schemes = manifest.schemes.iter();
    let simulation = Simulation {
        routes,
        schemes: schemes.map(|scheme| scheme.kind.clone()).collect(),
        ..Simulation::default()
    };
    (simulation, missing)
}

fn route(api: &Api, manifest: &Manifest, operation: &Operation) -> Option<Route> {
    let success = operation
        .responses
        .iter()
        .find(|one| one.status.is_success());
    let status = match success.map(|one| one.status) {
        Some(crate::api::Statuses::Code(code)) => code,
        _ => 200,
    };
    let security = operation.security.iter().map(|all| {
        let indices = all.iter().filter_map(|one| {
            let mut schemes = manifest.schemes.iter();
            schemes.position(|scheme| scheme.name == one.scheme)
        });
        indices.collect()
    });
    let mut route = Route {
        method: operation.method.clone(),
        path: operation.template.clone(),
        parameters: operation
            .parameters
            .iter()
            .filter_map(|one| declared(api, one))
            .collect(),
        body_required: operation.body.as_ref().is_some_and(|body| body.required),
        security: security.collect(),
        status,
        media_type: String::new(),
        answer: Value::Null,
        roles: Vec::new(),
        list: None,
    };
    let Some((response, schema)) = success.and_then(|one| Some((one, one.schema?))) else {
        return Some(route);
    };
    route.media_type.clone_from(&response.media_type);
    let stream = manifest
        .streams
        .iter()
        .find(|one| one.operation == connector::id(operation));
    match (&operation.list, stream) {
        (Some(list), Some(_)) => listed(api, manifest, operation, list, schema, &mut route)?,
        _ => {
            let made = instances(api, schema);
            route.answer = made.into_iter().max_by_key(size)?;
            let roles = roles(api, schema, &[], &route.answer);
            route.roles = usable(api, schema, &route.answer, roles);
        }
    }
    Some(route)
}

/// An instance that says much, but has no more than a few parts.
fn size(value: &Value) -> usize {
    let length = value.to_string().len();
    if length > 20_000 { 0 } else { length }
}

fn listed(
    api: &Api,
    manifest: &Manifest,
    operation: &Operation,
    list: &List,
    schema: SchemaId,
    route: &mut Route,
) -> Option<()> {
    let (answer, record) = match list.item {
        Some(item) => described(api, list, schema, item, route)?,
        None => open(api, list, schema, route)?,
    };
    route.answer = answer;
    let known = manifest.operations.get(&connector::id(operation));
    let paging = known.and_then(|found| found.paging.clone());
    let paging = paging.unwrap_or_else(|| whole(list));
    if let (manifest::Rule::LastId { key, .. }, Some(item)) = (&paging.rule, list.item) {
        number(api, item, &record, key, &mut route.roles);
    }
    let cursor = list.incremental.iter().chain(&list.cursors).next();
    route.list = Some(Listed {
        end: end(api, schema, &route.answer, &paging.rule),
        paging,
        key: list.key.first().map(|name| pointer(name)),
        since: cursor.map(|found| {
            let place = match &found.request {
                Place::Query(name) => manifest::Place::Query(name.clone()),
                Place::Header(name) => manifest::Place::Header(name.clone()),
                Place::Body(pointer) => manifest::Place::Body(pointer.clone()),
            };
            (place, pointer(&found.property))
        }),
        is_child: !list.parents.is_empty(),
    });
    Some(())
}

/// An answer that the description allows, and its record.
fn described(
    api: &Api,
    list: &List,
    schema: SchemaId,
    item: SchemaId,
    route: &mut Route,
) -> Option<(Value, Value)> {
    let held = |value: &Value| {
        let items = value.pointer(&list.records)?.as_array()?;
        (!items.is_empty()).then_some(())
    };
    let mut answers = instances(api, schema);
    answers.retain(|value| held(value).is_some());
    let mut answer = answers.into_iter().max_by_key(size)?;
    let mut record = instances(api, item).into_iter().max_by_key(size)?;
    identify(api, list, item, &mut record);
    let roles = roles(api, item, &list.key, &record);
    route.roles = usable(api, item, &record, roles);
    *answer.pointer_mut(&list.records)? = json!([record]);
    Some((answer, record))
}

/// Gives a record what it is known by, also where that may be left out.
fn identify(api: &Api, list: &List, item: SchemaId, record: &mut Value) {
    let (SchemaKind::Object(object), Value::Object(entries)) = (&api.schema(item).kind, record)
    else {
        return;
    };
    let last = match list.paging.as_ref().map(|paging| &paging.rule) {
        Some(PagingRule::LastId(_, key)) => key.strip_prefix('/'),
        _ => None,
    };
    let names = list.key.iter().map(String::as_str).chain(last);
    for (name, property) in names.filter_map(|name| Some((name, object.properties.get(name)?))) {
        if !entries.contains_key(name)
            && let Some(value) = instances(api, property.schema).into_iter().next()
        {
            entries.insert(name.to_owned(), value);
        }
    }
}

/// An answer where the description leaves records open: an id alone, in the objects that
/// lead to them.
fn open(api: &Api, list: &List, schema: SchemaId, route: &mut Route) -> Option<(Value, Value)> {
    let record = json!({"id": "record"});
    route.roles = vec![("/id".to_owned(), Role::Name)];
    let names = list.records.split('/').skip(1);
    let names: Vec<String> = names
        .map(|name| name.replace("~1", "/").replace("~0", "~"))
        .collect();
    let around = |inner: Value, name: &String| json!({ name: inner });
    let answer = names.iter().rev().fold(json!([record]), around);
    is_instance(api, schema, &answer).then_some((answer, record))
}

/// Lets the key by which the next page is asked for differ from record to record, also
/// where records are of several schemas.
fn number(api: &Api, item: SchemaId, record: &Value, key: &str, roles: &mut Vec<(String, Role)>) {
    let role = match record.pointer(key) {
        Some(Value::String(_)) => Role::Name,
        Some(Value::Number(_)) => Role::Number,
        _ => return,
    };
    if roles.iter().all(|(at, _)| at != key) {
        roles.push((key.to_owned(), role));
        *roles = usable(api, item, record, std::mem::take(roles));
    }
}

/// What the description allows on the last page in place of what leads on.
fn end(api: &Api, schema: SchemaId, answer: &Value, rule: &manifest::Rule) -> End {
    let (manifest::Rule::NextUrl { from }
    | manifest::Rule::Token { from, .. }
    | manifest::Rule::NextPage { from, .. }) = rule
    else {
        return End::Null;
    };
    let manifest::Origin::Body(pointer) = from else {
        return End::Null;
    };
    let Some((parent, name)) = pointer.rsplit_once('/') else {
        return End::Null;
    };
    let allows = |value: Option<Value>| {
        let mut last = answer.clone();
        let Some(Value::Object(parent)) = last.pointer_mut(parent) else {
            return true;
        };
        match value {
            Some(value) => parent.insert(name.to_owned(), value),
            None => parent.remove(name),
        };
        is_instance(api, schema, &last)
    };
    match () {
        () if allows(Some(Value::Null)) => End::Null,
        () if allows(None) => End::Absent,
        () => End::Empty,
    }
}

/// A list of which nothing is known of pages gives all that it has.
fn whole(list: &List) -> Paging {
    Paging {
        rule: manifest::Rule::None,
        records: list.records.clone(),
        more: None,
        total: None,
        pages: None,
        size: None::<Size>,
        sparse: list.sparse,
    }
}

fn declared(api: &Api, parameter: &Parameter) -> Option<Declared> {
    let kind = &api.schema(parameter.schema).kind;
    Some(Declared {
        name: parameter.name.clone(),
        location: match parameter.location {
            Location::Path => manifest::Location::Path,
            Location::Query => manifest::Location::Query,
            Location::Header if !parameter.is_media_type() => manifest::Location::Header,
            Location::Header | Location::Cookie => return None,
        },
        required: parameter.required,
        integer: matches!(kind, SchemaKind::Integer { .. }),
        values: match kind {
            SchemaKind::StringEnum(values) => values.clone(),
            _ => Vec::new(),
        },
    })
}

/// What may differ from one record to the next: keys, moments, texts, listed values.
fn roles(api: &Api, schema: SchemaId, key: &[String], sample: &Value) -> Vec<(String, Role)> {
    let mut found = Vec::new();
    let SchemaKind::Object(object) = &api.schema(schema).kind else {
        return found;
    };
    for (name, property) in &object.properties {
        if sample.get(name).is_none_or(Value::is_null) {
            continue;
        }
        let at = pointer(name);
        let schema = api.schema(property.schema);
        let fixed = schema.annotations.bounds.pattern.is_some();
        let role = match &schema.kind {
            SchemaKind::Integer { .. } if key.contains(name) => Role::Number,
            SchemaKind::StringEnum(values) if values.len() > 1 => {
                Role::Turn(values.iter().map(|value| json!(value)).collect())
            }
            SchemaKind::String { format } => match format.as_deref().and_then(Format::named) {
                Some(Format::DateTime) => Role::Moment,
                Some(Format::Uuid) => Role::Uuid,
                None if !fixed => Role::Name,
                _ => continue,
            },
            SchemaKind::Object(inner) => {
                let names = inner.properties.iter().filter(|(name, inner)| {
                    let inner = api.schema(inner.schema);
                    let plain = matches!(&inner.kind, SchemaKind::String { format: None });
                    let made = sample.pointer(&format!("{at}{}", pointer(name)));
                    plain
                        && inner.annotations.bounds.pattern.is_none()
                        && made.is_some_and(Value::is_string)
                });
                found.extend(
                    names.map(|(name, _)| (format!("{at}{}", pointer(name)), Role::Shared(SHARED))),
                );
                continue;
            }
            _ => continue,
        };
        found.push((at, role));
    }
    found
}

/// Those of the roles with which records stay what the description allows.
fn usable(
    api: &Api,
    schema: SchemaId,
    sample: &Value,
    roles: Vec<(String, Role)>,
) -> Vec<(String, Role)> {
    let fits = |roles: &[(String, Role)]| {
        let mut numbers = TRIED.iter();
        numbers.all(|number| is_instance(api, schema, &filled(sample, roles, *number)))
    };
    if fits(&roles) {
        return roles;
    }
    let mut kept = Vec::new();
    for role in roles {
        kept.push(role);
        if !fits(&kept) {
            kept.pop();
        }
    }
    kept
}

fn pointer(name: &str) -> String {
    format!("/{}", name.replace('~', "~0").replace('/', "~1"))
}
