//! Calls of the operation that lists a stream.

use super::Interpreted;
use crate::manifest::{Place, StreamFacts};
use crate::pointer::set;
use crate::{Error, ErrorKind, Value};
use pontoon_runtime::json::Json;
use pontoon_runtime::model::View;
use pontoon_runtime::operation::Operation;
use pontoon_runtime::{Position, Records};
use std::collections::BTreeMap;

/// Makes the calls that list a stream.
#[derive(Clone, Copy)]
pub(super) struct Lister<'a> {
    pub(super) source: &'a Interpreted,
    pub(super) facts: &'a StreamFacts,
    pub(super) operation: &'static Operation,
}

impl<'a> Lister<'a> {
    pub(super) fn new(source: &'a Interpreted, facts: &'a StreamFacts) -> Result<Self, Error> {
        let operation = source.operation(&facts.operation)?;
        Ok(Self {
            source,
            facts,
            operation,
        })
    }

    /// The records from position `at` on. `given` are the values of variables that the
    /// parent gives, in the order of the bindings; `since` asks for what changed alone.
    pub(super) fn records(
        &self,
        given: &[Value],
        since: Option<&serde_json::Value>,
        at: Option<&serde_json::Value>,
    ) -> Result<Records, Error> {
        let operation = self.source.manifest.operations.get(&self.facts.operation);
        let paging = operation.and_then(|found| found.paging.as_ref());
        let mut values: BTreeMap<&str, String> = BTreeMap::new();
        let mut body = serde_json::json!({});
        let mut put = |place: &'a Place, value: serde_json::Value| match place {
            Place::Query(name) | Place::Header(name) => {
                let text = value
                    .as_str()
                    .map_or_else(|| value.to_string(), str::to_owned);
                values.insert(name, text);
            }
            Place::Body(pointer) => set(&mut body, pointer, value),
        };
        if let Some(size) = paging.and_then(|paging| paging.size.as_ref())
            && let Some(length) = self.source.page_size.or(size.most)
        {
            let length = size.most.map_or(length, |most| most.min(length));
            put(&size.to, length.into());
        }
        if let Some(since) = since {
            let cursors = &self.facts.incremental;
            for cursor in cursors {
                put(&cursor.to, since.clone());
                if let Some(any) = cursor.any.as_ref().filter(|_| cursors.len() > 1) {
                    put(&any.to, any.value.as_str().into());
                }
            }
        }
        let parameters = operation.map_or(&[][..], |found| &found.parameters);
        for parameter in parameters {
            if let Some(value) = &parameter.value {
                values.insert(&parameter.name, value.clone());
            }
        }
        for (name, value) in &self.source.settings {
            values.insert(name, value.clone());
        }
        for (binding, value) in self.source.bindings(self.facts).into_iter().zip(given) {
            values.insert(&binding.variable, spoken(value));
        }
        let mut call = self.source.client.call(self.operation);
        for (index, parameter) in self.operation.parameters.iter().enumerate() {
            if let Some(value) = values.get(parameter.name) {
                call = call.param(index, View::Str(value));
            }
        }
        if self.operation.body.is_some() {
            let body = Json::parse(body.to_string().as_bytes()).unwrap_or_default();
            call = call.body(View::Json(&body));
        }
        let mut records = call.records().prefetch(1);
        if let Some(at) = at {
            let position: Position = at.to_string().parse().map_err(|error| {
                Error::new(ErrorKind::Store, "the state holds no position of this list")
                    .with_source(error)
                    .with_remedy("delete the stream's row of `_pontoon_state` to read it anew")
            })?;
            records = records.start_at(position);
        }
        Ok(records)
    }
}

/// A position as the state keeps it.
pub(super) fn kept(position: &Position) -> serde_json::Value {
    serde_json::from_str(&position.to_string()).unwrap_or_default()
}

/// A value as a parameter is written.
pub(super) fn spoken(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Boolean(value) => value.to_string(),
        Value::Integer(value) => value.to_string(),
        Value::Number(value) => value.to_string(),
        Value::Text(value) | Value::Json(value) => value.clone(),
    }
}

/// An error of a request, in the words of a flow.
pub(super) fn failed(error: pontoon_runtime::Error) -> Error {
    if let Some(refused) = error.oauth() {
        let remedy = match refused.needs_sign_in() {
            true => "the grant has ended: get a new refresh token, and empty the folder `store`",
            false => "check `client_id`, `client_secret`, `scopes` and `token_url` of the grant",
        };
        return Error::new(ErrorKind::Unauthorized, error.to_string())
            .with_remedy(remedy)
            .with_source(error);
    }
    let status = error.status().map(|status| status.as_u16());
    let found = match status {
        Some(401 | 403) => Error::new(ErrorKind::Unauthorized, error.to_string()).with_remedy(
            "check the credential: `pontoon connect spec` names it and the variable it is read from",
        ),
        _ => Error::new(ErrorKind::Source, error.to_string()),
    };
    found.with_source(error)
}
