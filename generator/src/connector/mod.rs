//! The connector manifest: streams that can be read without compiling anything, and
//! the operations by which they are.
//!
//! It is data for the interpreter of `pontoon-connector`. What is in doubt is in it as
//! such, with what would settle it; the interpreter reads what is proven.

mod columns;
mod names;
mod schemes;

use crate::api::{
    Api, Codec, Evidence, Incremental, List, Location, Operation, Origin, Paging, PagingRule,
    Place, SchemaId, SchemaKind, Server, Status, Style,
};
use columns::columns;
use schemes::credential;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// The version of the manifest's format.
const VERSION: u32 = 1;

/// What the manifest says beside the API.
#[derive(Debug, Clone, Default)]
pub struct Context {
    /// The name of the API's crate.
    pub name: String,
    /// Headers that every request carries.
    pub headers: Vec<(String, String)>,
    /// The environment variables of each security scheme, in the API's order.
    pub env: Vec<Vec<String>>,
    /// The names of streams that are kept, by `METHOD path`.
    pub streams: BTreeMap<String, String>,
}

/// A stream, before it is written down.
struct Stream<'a> {
    name: String,
    operation: &'a Operation,
    list: &'a List,
}

/// The names of an API's streams by `METHOD path`, those that are `known` among them also
/// where their operations have gone.
pub fn names(api: &Api, known: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let operations = lists(api).map(|(operation, _)| operation);
    let keys: Vec<String> = operations.clone().map(Operation::key).collect();
    let new = keys.into_iter().zip(names::of(operations, known));
    known.clone().into_iter().chain(new).collect()
}

/// The names of a manifest's streams by the ids of their operations, to be kept.
pub fn names_of(manifest: &str) -> BTreeMap<String, String> {
    let manifest: Value = serde_json::from_str(manifest).unwrap_or_default();
    let streams = manifest["streams"].as_array().into_iter().flatten();
    let names = streams.filter_map(|stream| {
        let (name, operation) = (stream["name"].as_str()?, stream["operation"].as_str()?);
        Some((operation.to_owned(), name.to_owned()))
    });
    names.collect()
}

/// The operations that list what can be read, with what they list.
fn lists(api: &Api) -> impl Iterator<Item = (&Operation, &List)> + Clone {
    api.operations.iter().filter_map(|operation| {
        let list = operation.list.as_ref()?;
        reads_json(operation).then_some((operation, list))
    })
}

/// The manifest of an API.
pub fn manifest(api: &Api, context: &Context) -> Value {
    let lists: Vec<(&Operation, &List)> = lists(api).collect();
    let operations = lists.iter().map(|(operation, _)| *operation);
    let names = names::of(operations, &context.streams);
    let streams: Vec<Stream<'_>> = lists
        .into_iter()
        .zip(names)
        .map(|((operation, list), name)| Stream {
            name,
            operation,
            list,
        })
        .collect();
    let operations: Map<String, Value> = streams
        .iter()
        .map(|stream| (id(stream.operation), operation(api, stream)))
        .collect();
    let schemes = api.security_schemes.iter().enumerate();
    let schemes = schemes.filter_map(|(index, found)| {
        let mut scheme = credential(&found.kind)?;
        scheme["name"] = json!(found.name);
        scheme["env"] = json!(context.env.get(index).unwrap_or(&found.env));
        Some(scheme)
    });
    let headers: Map<String, Value> = context
        .headers
        .iter()
        .map(|(name, value)| (name.clone(), json!(value)))
        .collect();
    let mut manifest = json!({"version": VERSION, "name": context.name});
    put(&mut manifest, "servers", servers(&api.servers));
    put(&mut manifest, "headers", Value::Object(headers));
    put(&mut manifest, "schemes", schemes.collect());
    manifest["operations"] = Value::Object(operations);
    manifest["streams"] = streams
        .iter()
        .map(|stream| facts(api, stream, &streams))
        .collect();
    manifest
}

/// A manifest as its file has it: a line for every column and every fact, so that a
/// change of one changes few lines.
pub fn text(manifest: &Value) -> String {
    let mut text = String::new();
    write(manifest, 0, &mut text);
    text.push('\n');
    text
}

fn write(value: &Value, depth: usize, out: &mut String) {
    let line = value.to_string();
    let (open, close, items): (_, _, Vec<(String, &Value)>) = match value {
        Value::Object(entries) if depth < 2 || line.len() > 160 => {
            let entries = entries.iter();
            let named = entries.map(|(name, value)| (format!("{}: ", json!(name)), value));
            ('{', '}', named.collect())
        }
        Value::Array(items) if line.len() > 160 => {
            let items = items.iter();
            (
                '[',
                ']',
                items.map(|value| (String::new(), value)).collect(),
            )
        }
        _ => return out.push_str(&line),
    };
    out.push(open);
    for (index, (name, value)) in items.into_iter().enumerate() {
        out.push_str(if index > 0 { ",\n" } else { "\n" });
        out.extend(std::iter::repeat_n(' ', depth + 1));
        out.push_str(&name);
        write(value, depth + 1, out);
    }
    out.push('\n');
    out.extend(std::iter::repeat_n(' ', depth));
    out.push(close);
}

/// The operation's name in the manifest, which is that of its runtime table.
pub fn id(operation: &Operation) -> String {
    operation.id.clone().unwrap_or_else(|| operation.key())
}

/// The alternatives of an operation's security that a connector can send, by the index of
/// their schemes among those.
fn security(api: &Api, operation: &Operation) -> Vec<Value> {
    let schemes = api.security_schemes.iter();
    let sent: Vec<&str> = schemes
        .filter(|scheme| credential(&scheme.kind).is_some())
        .map(|scheme| scheme.name.as_str())
        .collect();
    let alternatives = operation.security.iter().filter_map(|all| {
        let indices = all.iter().map(|one| {
            let found = sent.iter().position(|name| *name == one.scheme);
            found.map(|index| json!(index))
        });
        indices.collect()
    });
    alternatives.collect()
}

/// What a request of the operation needs and a connector does not send.
fn beyond(api: &Api, operation: &Operation, paging: Option<&Paging>) -> Vec<Value> {
    let what = |fact: &str, pointer: &str, seen: String| {
        json!({
            "fact": fact, "rule": "connectors do not send it", "pointer": pointer, "seen": seen,
            "confidence": 0.0,
        })
    };
    let cookies = operation.parameters.iter();
    let cookies = cookies.filter(|one| one.required && one.location == Location::Cookie);
    let mut found: Vec<Value> = cookies
        .map(|one| {
            what(
                "parameters",
                &one.pointer,
                format!("the cookie `{}`", one.name),
            )
        })
        .collect();
    let styled = operation.parameters.iter().filter(|one| {
        let plain = match one.location {
            Location::Path | Location::Header => one.style == Style::Simple,
            Location::Query | Location::Cookie => one.style == Style::Form,
        };
        one.required && !plain
    });
    found.extend(styled.map(|one| {
        let seen = format!("`{}` is not written as one plain value", one.name);
        what("parameters", &one.pointer, seen)
    }));
    found.extend(missing(api, operation, paging).into_iter().map(|name| {
        let seen = format!("`{name}` of the body, which is required");
        what("body", &operation.pointer, seen)
    }));
    if !operation.security.is_empty() && security(api, operation).is_empty() {
        let names = operation.security.iter().flatten();
        let names: Vec<&str> = names.map(|one| one.scheme.as_str()).collect();
        found.push(what("security", &operation.pointer, names.join(", ")));
    }
    found
}

/// The members that a JSON body must have and that nothing gives a value to.
fn missing<'a>(api: &'a Api, operation: &Operation, paging: Option<&Paging>) -> Vec<&'a str> {
    let body = operation.body.as_ref();
    let body = body.filter(|body| body.codec == Codec::Json && operation.method != "GET");
    let Some(SchemaKind::Object(object)) = body.map(|body| &api.schema(body.schema).kind) else {
        return Vec::new();
    };
    let size = paging.and_then(|paging| paging.size.as_ref());
    let size = size.filter(|to| most(api, operation, to).is_some());
    let required = object
        .properties
        .iter()
        .filter(|(_, one)| one.required && !api.schema(one.schema).annotations.read_only);
    let names = required.map(|(name, _)| name.as_str());
    names
        .filter(|name| size.is_none_or(|to| to.name().strip_prefix('/') != Some(name)))
        .collect()
}

fn reads_json(operation: &Operation) -> bool {
    let mut successes = operation.responses.iter();
    let json = successes.any(|one| one.status.is_success() && one.codec == Codec::Json);
    // A list that is asked for by anything but JSON is none that can be asked for here.
    let body = operation.body.as_ref();
    json && body.is_none_or(|body| body.codec == Codec::Json || !body.required)
}

fn operation(api: &Api, stream: &Stream<'_>) -> Value {
    let operation = stream.operation;
    let parameters = operation.parameters.iter().filter_map(|parameter| {
        let location = match parameter.location {
            Location::Path => "path",
            Location::Query => "query",
            Location::Header => "header",
            Location::Cookie => return None,
        };
        let mut found = json!({"name": parameter.name, "in": location});
        if parameter.required {
            found["required"] = json!(true);
            if let SchemaKind::StringEnum(values) = &api.schema(parameter.schema).kind
                && let [only] = values.as_slice()
            {
                found["value"] = json!(only);
            }
        }
        Some(found)
    });
    let json = |one: &&crate::api::Response| one.status.is_success() && one.codec == Codec::Json;
    let answer = operation.responses.iter().find(json);
    let mut found = json!({
        "method": operation.method,
        "path": operation.template,
        "answer": answer.map_or("application/json", |one| one.media_type.as_str()),
    });
    put(&mut found, "servers", servers(&operation.servers));
    put(&mut found, "parameters", parameters.collect());
    if let Some(body) = operation
        .body
        .as_ref()
        .filter(|body| body.codec == Codec::Json)
    {
        found["body"] = json!(body.media_type);
    }
    put(&mut found, "security", json!(security(api, operation)));
    if let Some(quota) = &stream.list.quota {
        let mut told = json!({});
        if quota.is_refused {
            told["status"] = json!(429);
        }
        put(&mut told, "headers", json!(quota.headers));
        found["quota"] = told;
    }
    found["paging"] = paged(api, operation, stream.list);
    found
}

/// How the pages follow each other, also where that is in doubt: the stream says so.
fn paged(api: &Api, operation: &Operation, list: &List) -> Value {
    let paging = list.paging.as_ref();
    let rule = match paging.map_or(&PagingRule::None, |paging| &paging.rule) {
        PagingRule::None => json!({"kind": "none"}),
        PagingRule::LinkHeader => json!({"kind": "link-header"}),
        PagingRule::NextUrl(from) => json!({"kind": "next-url", "from": origin(from)}),
        PagingRule::Token(to, from) => {
            json!({"kind": "token", "to": place(to), "from": origin(from)})
        }
        PagingRule::NextPage(to, from) => {
            json!({"kind": "next-page", "to": place(to), "from": origin(from)})
        }
        PagingRule::LastId(to, key) => json!({"kind": "last-id", "to": place(to), "key": key}),
        PagingRule::Offset(to, first) => {
            json!({"kind": "offset", "to": place(to), "first": first})
        }
        PagingRule::Page(to, first) => json!({"kind": "page", "to": place(to), "first": first}),
    };
    let mut found = json!({"rule": rule});
    if !list.records.is_empty() {
        found["records"] = json!(list.records);
    }
    if list.sparse {
        found["sparse"] = json!(true);
    }
    let Some(paging) = paging else {
        return found;
    };
    for (name, pointer) in [
        ("more", &paging.more),
        ("total", &paging.total),
        ("pages", &paging.pages),
    ] {
        if let Some(pointer) = pointer {
            found[name] = json!(pointer);
        }
    }
    if let Some(to) = &paging.size {
        found["size"] = json!({"to": place(to)});
        if let Some(most) = most(api, operation, to) {
            found["size"]["most"] = json!(most);
        }
    }
    found
}

/// The greatest length of a page that the description allows.
fn most(api: &Api, operation: &Operation, to: &Place) -> Option<u64> {
    let schema = match to {
        Place::Query(name) | Place::Header(name) => {
            let mut parameters = operation.parameters.iter();
            parameters.find(|one| one.name == *name)?.schema
        }
        Place::Body(pointer) => {
            let name = pointer.strip_prefix('/')?;
            property(api, operation.body.as_ref()?.schema, name)?
        }
    };
    let most = api.schema(schema).annotations.bounds.maximum?;
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    (1.0..=1e6).contains(&most).then_some(most as u64)
}

/// The schema of a property of an object.
fn property(api: &Api, schema: SchemaId, name: &str) -> Option<SchemaId> {
    match &api.schema(schema).kind {
        SchemaKind::Object(object) => Some(object.properties.get(name)?.schema),
        _ => None,
    }
}

fn facts(api: &Api, stream: &Stream<'_>, all: &[Stream<'_>]) -> Value {
    let list = stream.list;
    let columns = columns(api, list);
    let known: BTreeSet<&str> = columns.iter().map(|column| column.0.as_str()).collect();
    let key: Vec<&String> = list
        .key
        .iter()
        .filter(|name| known.contains(name.as_str()))
        .collect();
    let beyond = beyond(api, stream.operation, list.paging.as_ref());
    let paging = list.paging.as_ref().map(|paging| paging.status);
    let known_facts = [
        ("records", list.status == Status::Proven),
        ("key", key.len() == list.key.len()),
        ("paging", paging == Some(Status::Proven)),
        // An array of texts or numbers has no columns.
        ("columns", !columns.is_empty()),
    ];
    let in_doubt = known_facts.iter().filter(|(_, certain)| !certain);
    let in_doubt = in_doubt.map(|(fact, _)| json!(fact));
    let beyond_doubt = beyond.iter().map(|one| one["fact"].clone());
    let mut doubts: Vec<Value> = in_doubt.chain(beyond_doubt).collect();
    doubts.dedup();
    let mut found = json!({"name": stream.name, "operation": id(stream.operation)});
    put(&mut found, "doubts", json!(doubts));
    found["columns"] = columns
        .iter()
        .map(|(name, kind)| json!({"name": name, "kind": kind}))
        .collect();
    put(&mut found, "key", json!(key));
    let parents = list.parents.iter().filter_map(|parent| {
        let stream = all
            .iter()
            .find(|other| other.operation.key() == parent.from)?;
        Some(json!({
            "variable": parent.variable, "stream": stream.name, "column": parent.property,
        }))
    });
    put(&mut found, "parents", parents.collect());
    let cursor = |found: &&Incremental| known.contains(found.property.as_str());
    let (proven, in_doubt): (Vec<_>, Vec<_>) = list
        .incremental
        .iter()
        .chain(&list.cursors)
        .filter(cursor)
        .partition(|found| found.status == Status::Proven);
    put(
        &mut found,
        "incremental",
        proven.into_iter().take(1).map(incremental).collect(),
    );
    put(
        &mut found,
        "cursors",
        in_doubt.into_iter().map(incremental).collect(),
    );
    let evidence = list.evidence.iter().map(evidence).chain(beyond);
    put(&mut found, "evidence", evidence.collect());
    found
}

fn incremental(found: &Incremental) -> Value {
    let mut cursor = json!({"to": place(&found.request), "column": found.property});
    if let Some((to, value)) = &found.any {
        cursor["any"] = json!({"to": place(to), "value": value});
    }
    cursor
}

fn evidence(found: &Evidence) -> Value {
    // Two digits say all that a confidence has to say, and are the same everywhere.
    let confidence = (f64::from(found.confidence) * 100.0).round() / 100.0;
    json!({
        "fact": found.fact, "rule": found.rule, "pointer": found.pointer, "seen": found.seen,
        "confidence": confidence,
    })
}

fn place(place: &Place) -> Value {
    match place {
        Place::Query(name) => json!({"query": name}),
        Place::Header(name) => json!({"header": name}),
        Place::Body(pointer) => json!({"body": pointer}),
    }
}

fn origin(origin: &Origin) -> Value {
    match origin {
        Origin::Header(name) => json!({"header": name}),
        Origin::Body(pointer) => json!({"body": pointer}),
    }
}

fn servers(servers: &[Server]) -> Value {
    let servers = servers.iter().map(|server| {
        let mut found = json!({"url": server.url});
        put(&mut found, "variables", json!(server.variables));
        found
    });
    servers.collect()
}

/// Puts a value that says something.
fn put(object: &mut Value, name: &str, value: Value) {
    let empty = match &value {
        Value::Array(items) => items.is_empty(),
        Value::Object(entries) => entries.is_empty(),
        _ => false,
    };
    if !empty {
        object[name] = value;
    }
}
