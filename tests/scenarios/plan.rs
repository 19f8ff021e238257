//! From a step of a scenario to a typed call.

use crate::data::{Body, PlannedStep, Step};
use crate::template::{self, Shape};
use crate::values::Types;
use pontoon::emit::PlannedCall;
use pontoon::rust::ir::{
    Argument, Codec, Crate, Exercise, Location, Operation, SchemeKind, Server, Statuses, Style,
    Target, Type, XmlRoot,
};
use serde_json::{Map, Value};

/// A generated crate.
pub(crate) struct Client {
    pub(crate) krate: Crate,
    /// The API version, or `api`.
    pub(crate) version: String,
}

/// A call and the client that makes it.
pub(crate) struct Call {
    pub(crate) number: usize,
    /// Index of the client.
    pub(crate) client: usize,
    pub(crate) planned: PlannedCall,
    /// Calls on the client's builder; `ORIGIN` stands for the server's.
    pub(crate) settings: Vec<Setting>,
}

/// A call on the client's builder.
pub(crate) enum Setting {
    /// `base_url`, after the origin.
    Base(String),
    /// `server_variable`; without a value, the origin.
    Variable(String, Option<String>),
    /// `credential(auth::FUNCTION(TOKEN))`.
    Credential(String, String),
    /// The stream that comes is opened again at its end.
    Reconnect,
    /// The body's value is read from XML.
    XmlBody(XmlRoot),
    /// The answer's value is written as XML.
    XmlAnswer(XmlRoot),
}

/// The origin that the documents and the extracted scenarios name.
pub(crate) const ORIGIN: &str = "http://localhost:3000";

/// Plans one step against the clients of its group.
pub(crate) fn step(
    clients: &[(usize, &Client)],
    step: &Step,
    number: usize,
) -> (Option<Call>, PlannedStep) {
    let request = format!("{} {}", step.method, step.uri);
    let mut planned = PlannedStep {
        call: None,
        request,
        notes: Vec::new(),
        status: step.response.status,
        expected: step.response.body.as_ref().and_then(expected),
        is_xml: false,
    };
    let Some(found) = find(clients, step) else {
        planned
            .notes
            .push("no operation of the document has this method and path".to_owned());
        return (None, planned);
    };
    planned.call = Some(number);
    let call = found.call(step, number, &mut planned.notes);
    let mut settings = call.settings.iter();
    planned.is_xml = settings.any(|setting| matches!(setting, Setting::XmlAnswer(_)));
    (Some(call), planned)
}

/// The value of an answer's body, as the driver prints values.
fn expected(body: &Body) -> Option<Value> {
    if let Some(value) = body.json() {
        return Some(value);
    }
    if let (Some(text), Some(read)) = (&body.text, stream(&body.media_type)) {
        return Some(read(text));
    }
    let hex = body.hex.as_ref().map(|hex| format!("@hex:{hex}"));
    Some(Value::from(body.text.clone().or(hex)?))
}

/// What reads a body of several values.
fn stream(media_type: &str) -> Option<fn(&str) -> Value> {
    match media_type {
        "text/event-stream" => Some(|text| {
            text.replace("\r\n", "\n")
                .split("\n\n")
                .filter_map(event)
                .collect()
        }),
        "application/jsonl" => Some(|text| text.lines().map(item).collect()),
        _ => None,
    }
}

/// The data of a server-sent event (HTML, "Server-sent events").
fn event(text: &str) -> Option<Value> {
    let lines = text.lines().filter_map(|line| line.strip_prefix("data:"));
    let data: Vec<&str> = lines
        .map(|line| line.strip_prefix(' ').unwrap_or(line))
        .collect();
    (!data.is_empty()).then(|| item(&data.join("\n")))
}

fn item(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| Value::from(text))
}

/// The operation that a step is a request of.
struct Found<'a> {
    client: usize,
    krate: &'a Crate,
    namespace: usize,
    index: usize,
    operation: &'a Operation,
    server: Option<&'a Server>,
    /// Values of server variables and path parameters.
    values: Vec<(String, String)>,
    query: Map<String, Value>,
}

fn find<'a>(clients: &[(usize, &'a Client)], step: &Step) -> Option<Found<'a>> {
    let (uri, query) = target(step);
    let mut best: Option<((usize, bool, usize), Found<'a>)> = None;
    for (client, generated) in clients {
        let krate = &generated.krate;
        for (namespace, group) in krate.namespaces.iter().enumerate() {
            for (index, operation) in group.operations.iter().enumerate() {
                if operation.table.method != step.method {
                    continue;
                }
                let server = operation
                    .table
                    .servers
                    .first()
                    .or(krate.api.servers.first());
                let template = format!(
                    "{}{}",
                    prefix(server).trim_end_matches('/'),
                    operation.table.path
                );
                // The path `/` behind a server with a path: the server takes both.
                let fit = template::fit(&template, &uri)
                    .or_else(|| template::fit(template.strip_suffix('/')?, &uri));
                let Some(values) = fit else {
                    continue;
                };
                let named = |text: &str| text == generated.version;
                let version = values.iter().any(|(_, value)| named(value))
                    || query.values().filter_map(Value::as_str).any(named);
                let rank = (template::literals(&template), version, *client);
                if best.as_ref().is_none_or(|(other, _)| rank > *other) {
                    let query = query.clone();
                    let client = *client;
                    best = Some((
                        rank,
                        Found {
                            client,
                            krate,
                            namespace,
                            index,
                            operation,
                            server,
                            values,
                            query,
                        },
                    ));
                }
            }
        }
    }
    best.map(|(_, found)| found)
}

/// The path of a step and its query.
fn target(step: &Step) -> (String, Map<String, Value>) {
    let mut uri = step.uri.replace("\\:", ":");
    for (name, value) in &step.path {
        uri = uri.replace(&format!(":{name}"), &text(value));
    }
    let mut query = step.query.clone();
    if let Some((path, more)) = uri.clone().split_once('?') {
        for (name, value) in more.split('&').filter_map(|pair| pair.split_once('=')) {
            query.insert(name.to_owned(), Value::from(value));
        }
        uri = path.to_owned();
    }
    (uri, query)
}

/// What of a server's URL stands before the paths.
fn prefix(server: Option<&Server>) -> &str {
    let url = server.map_or("", |server| server.url.as_str());
    url.strip_prefix(ORIGIN)
        .or_else(|| url.strip_prefix("{endpoint}"))
        .unwrap_or(url)
}

impl Found<'_> {
    fn call(mut self, step: &Step, number: usize, notes: &mut Vec<String>) -> Call {
        let mut headers: Map<String, Value> = step
            .headers
            .iter()
            .map(|(name, value)| (name.to_lowercase(), value.clone()))
            .collect();
        let mut settings = self.settings(&mut headers);
        settings.extend(self.xml(step));
        let types = Types::new(self.krate);
        let mut values = Exercise::default();
        let operation = self.operation;
        for (index, argument) in operation.positional.iter().enumerate() {
            let value = self.argument(argument, step, &types, &mut headers);
            let sample = operation.exercise.positional.get(index).cloned();
            values.positional.push(match value {
                Some(value) => value.to_string(),
                None => sample.unwrap_or_else(|| "null".to_owned()),
            });
        }
        for (index, argument) in operation.optional.iter().enumerate() {
            if let Some(value) = self.argument(argument, step, &types, &mut headers) {
                values.optional.push((index, value.to_string()));
            }
        }
        // Of several media types the caller chooses by a header of the call.
        let mut chosen = Vec::new();
        let accept = headers.remove("accept");
        if let Some(accept) = accept.as_ref().and_then(Value::as_str) {
            chosen.push(("accept".to_owned(), accept.to_owned()));
        }
        headers.remove("content-type");
        // So does the caller of an operation that takes bytes of any type.
        let row = operation
            .table
            .body
            .as_ref()
            .filter(|row| row.codec == Codec::Bytes);
        let other = |body: &&Body| row.is_some_and(|row| row.media_type != body.media_type);
        if let Some(body) = step.body.as_ref().filter(other) {
            chosen.push(("content-type".to_owned(), body.media_type.clone()));
        }
        notes.extend(
            self.query
                .keys()
                .map(|name| format!("the document has no query parameter `{name}`")),
        );
        notes.extend(
            headers
                .keys()
                .map(|name| format!("the document has no header `{name}`")),
        );
        if step.body.is_some() && operation.table.body.is_none() {
            notes.push("the document has no request body".to_owned());
        }
        let planned = PlannedCall {
            function: format!("call_{number}"),
            namespace: self.namespace,
            operation: self.index,
            values,
            edits: self.file_edits(step, &types),
            headers: chosen,
        };
        Call {
            number,
            client: self.client,
            planned,
            settings,
        }
    }

    /// What bodies of XML are read and written by. XML of a string is a string.
    fn xml(&self, step: &Step) -> Vec<Setting> {
        let table = &self.operation.table;
        let mut settings = Vec::new();
        let row = table.body.as_ref().filter(|row| row.codec == Codec::Xml);
        if let (Some(row), Some(_)) = (row, &step.body) {
            settings.push(Setting::XmlBody(row.xml.clone().unwrap_or_default()));
        }
        let status = step.response.status;
        let mut rows = table.responses.iter().filter(|row| row.codec == Codec::Xml);
        let body = step.response.body.as_ref().filter(|body| body.is_xml());
        if let (Some(row), Some(_)) = (rows.find(|row| row.status == Statuses::Code(status)), body)
        {
            settings.push(Setting::XmlAnswer(row.xml.clone().unwrap_or_default()));
        }
        settings
    }

    /// Names and media types of the files of a multipart body.
    fn file_edits(&self, step: &Step, types: &Types<'_>) -> Vec<String> {
        let arguments = self.operation.positional.iter();
        let ty = arguments
            .clone()
            .find(|argument| argument.target == Target::Body)
            .map(|argument| &argument.ty);
        let files = step.body.iter().flat_map(|body| &body.files);
        let mut seen: Vec<&str> = Vec::new();
        let mut edits = Vec::new();
        for file in files {
            let Some((field, repeated)) = ty.and_then(|ty| types.file_field(ty, &file.name)) else {
                continue;
            };
            let index = seen.iter().filter(|name| **name == file.name).count();
            seen.push(&file.name);
            let set = format!(
                "*file = file.clone().named({:?}).of_type({:?});",
                file.filename, file.media_type
            );
            edits.push(match repeated {
                true => format!(
                    "if let Some(file) = (&mut body.{field}).into_iter().nth({index}) {{ {set} }}"
                ),
                false => format!("{{ let file = &mut body.{field}; {set} }}"),
            });
        }
        edits
    }

    /// The server and the credentials.
    fn settings(&self, headers: &mut Map<String, Value>) -> Vec<Setting> {
        let mut settings = Vec::new();
        let url = self.server.map_or("", |server| server.url.as_str());
        if url.starts_with("{endpoint}") {
            settings.push(Setting::Variable("endpoint".to_owned(), None));
        } else {
            settings.push(Setting::Base(prefix(self.server).to_owned()));
        }
        for (name, _, _) in self.server.iter().flat_map(|server| &server.variables) {
            if let Some((_, value)) = self.values.iter().find(|(other, _)| other == name) {
                settings.push(Setting::Variable(name.clone(), Some(value.clone())));
            }
        }
        let mut given = false;
        for scheme in &self.krate.api.schemes {
            let (header, before) = match &scheme.kind {
                SchemeKind::ApiKeyHeader { name, prefix } => (name.to_lowercase(), prefix.as_str()),
                kind if kind.is_bearer() => ("authorization".to_owned(), "Bearer "),
                _ => continue,
            };
            let value = headers.get(&header).and_then(Value::as_str);
            // Names of schemes differ in case at will (RFC 9110, section 11.1).
            let matched = value.and_then(|value| value.split_at_checked(before.len()));
            let Some((_, token)) = matched.filter(|(start, _)| start.eq_ignore_ascii_case(before))
            else {
                continue;
            };
            settings.push(Setting::Credential(
                scheme.function.clone(),
                token.to_owned(),
            ));
            headers.remove(&header);
            given = true;
        }
        let security = &self.operation.table.security;
        if !given && !security.iter().any(Vec::is_empty) {
            for (scheme, _) in security.iter().take(1).flatten() {
                if let Some(scheme) = self.krate.api.schemes.get(*scheme) {
                    settings.push(Setting::Credential(
                        scheme.function.clone(),
                        "invalid".to_owned(),
                    ));
                }
            }
        }
        settings
    }

    /// The value that the step gives an argument.
    fn argument(
        &mut self,
        argument: &Argument,
        step: &Step,
        types: &Types<'_>,
        headers: &mut Map<String, Value>,
    ) -> Option<Value> {
        let ty = &argument.ty;
        let Target::Parameter(index) = argument.target else {
            let body = self.operation.table.body.as_ref()?;
            return body_value(step.body.as_ref()?, body.codec, ty, types);
        };
        let row = self.operation.table.parameters.get(index)?;
        let shape = types.shape(ty);
        let read = |text: &str| template::read(row.style, row.explode, &row.name, shape, text);
        let value = match row.location {
            Location::Path => {
                let value = self.values.iter().find(|(name, _)| *name == row.name);
                read(&value?.1)
            }
            Location::Header => match headers.remove(&row.name.to_lowercase())? {
                Value::String(text) => read(&text),
                value => value,
            },
            Location::Query
                if shape == Shape::Object && row.explode && row.style == Style::Form =>
            {
                let mine: Vec<String> = match types.properties(ty) {
                    Some(names) => names.into_iter().map(str::to_owned).collect(),
                    None => self.query.keys().cloned().collect(),
                };
                let members = mine
                    .into_iter()
                    .filter_map(|name| self.query.remove_entry(&name));
                Value::Object(members.collect())
            }
            Location::Query => match self.query.remove(&row.name)? {
                Value::String(text) if shape == Shape::Scalar => Value::from(text),
                Value::String(text) => read(&text),
                value => value,
            },
            Location::Cookie => return None,
        };
        Some(types.typed(ty, &value))
    }
}

fn text(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

/// The value of a request body.
fn body_value(body: &Body, codec: Codec, ty: &Type, types: &Types<'_>) -> Option<Value> {
    if let Some(hex) = &body.hex {
        return Some(Value::from(format!("@hex:{hex}")));
    }
    if let Some(parts) = &body.parts {
        let mut value = parts.clone();
        for file in &body.files {
            let bytes = Value::from(format!("@hex:{}", file.hex));
            let is_list = types.property_shape(ty, &file.name) == Some(Shape::List);
            match value.get_mut(&file.name) {
                Some(Value::Array(files)) => files.push(bytes),
                _ if is_list => {
                    value.insert(file.name.clone(), Value::Array(vec![bytes]));
                }
                _ => {
                    value.insert(file.name.clone(), bytes);
                }
            }
        }
        return Some(types.typed(ty, &Value::Object(value)));
    }
    let text = body.text.as_ref()?;
    match (codec, body.json()) {
        (Codec::Json, Some(value)) => Some(value),
        (Codec::Text, Some(Value::String(text))) => Some(Value::from(text)),
        (Codec::Xml, _) => Some(Value::from(format!("@xml:{text}"))),
        _ => Some(Value::from(text.as_str())),
    }
}
