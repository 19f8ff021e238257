//! `src/checks.json`: the constraints of requests, for `pontoon_runtime::check`, which
//! says what stands where.

use super::OutputFile;
use super::variants::bits;
use crate::rust::ir::{Checks, Crate, MemberChecks, OperationChecks, SchemaChecks};
use serde_json::{Value, json};

/// The file, for crates that hold constraints.
pub(super) fn file(krate: &Crate) -> Option<OutputFile> {
    let checks = krate.checks.as_ref()?;
    Some(OutputFile {
        path: "src/checks.json".to_owned(),
        text: text(checks),
    })
}

/// One line for each operation and schema, so that differences can be read.
fn text(checks: &Checks) -> String {
    let operations = checks.operations.iter();
    let operations = operations.map(|(key, asked)| format!("{}:{}", json!(key), operation(asked)));
    let schemas = checks.schemas.iter().map(schema);
    format!(
        "{{\"operations\":{{\n{}\n}},\"schemas\":[\n{}\n]}}\n",
        operations.collect::<Vec<_>>().join(",\n"),
        schemas.collect::<Vec<_>>().join(",\n"),
    )
}

fn operation(asked: &OperationChecks) -> String {
    let mut out = Members::default();
    if !asked.parameters.is_empty() {
        out.add("parameters", json!(asked.parameters));
    }
    if let Some(body) = asked.body {
        out.add("body", json!(body));
    }
    if !asked.others.is_empty() {
        out.add("others", json!(asked.others));
    }
    out.finish()
}

fn schema(asked: &SchemaChecks) -> String {
    let mut out = Members::default();
    let keywords = asked.rules.iter().map(|(keyword, _)| keyword);
    let twice = keywords
        .clone()
        .any(|keyword| keywords.clone().filter(|other| *other == keyword).count() > 1);
    if twice {
        let rules = asked.rules.iter();
        let rules = rules.map(|(keyword, value)| format!("[\"{keyword}\",{value}]"));
        out.add(
            "rules",
            format!("[{}]", rules.collect::<Vec<_>>().join(",")),
        );
    } else {
        for (keyword, value) in &asked.rules {
            out.add(keyword, value);
        }
    }
    if !asked.required.is_empty() {
        out.add("required", json!(asked.required));
    }
    if !asked.properties.is_empty() {
        let mut properties = Members::default();
        for (name, schema) in &asked.properties {
            properties.add(name, schema);
        }
        out.add("properties", properties.finish());
    }
    if let Some(schema) = asked.additional {
        out.add("additionalProperties", schema);
    }
    if asked.prefix.iter().any(Option::is_some) {
        out.add("prefixItems", json!(asked.prefix));
    }
    if let Some(schema) = asked.items {
        out.add("items", schema);
    }
    if asked.members.iter().any(|member| member.schema.is_some()) {
        let members: Vec<Value> = asked.members.iter().map(member).collect();
        out.add("members", json!(members));
    }
    if asked.secret {
        out.add("secret", true);
    }
    out.finish()
}

fn member(member: &MemberChecks) -> Value {
    json!([bits(member.types), member.names, member.schema])
}

/// The members of a JSON object, in their order.
#[derive(Default)]
struct Members(Vec<String>);

impl Members {
    fn add(&mut self, name: &str, value: impl std::fmt::Display) {
        self.0.push(format!("{}:{value}", json!(name)));
    }

    fn finish(self) -> String {
        format!("{{{}}}", self.0.join(","))
    }
}
