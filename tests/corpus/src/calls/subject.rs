//! The spec as the judge can read it.

use crate::generate::first_line;
use crate::process::measured;
use crate::specs::{House, Spec, shown};
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// Time for turning Swagger 2.0 into what the judge reads.
const LIMIT: Duration = Duration::from_secs(60);

/// The file for the judge: the spec itself; Swagger 2.0 converted by a program that is
/// not ours; rewritten ([`rewrite`]) where that is asked for, if it is JSON by then.
/// `Err` inside: why it could not be converted.
pub(super) fn subject(
    house: &House,
    spec: &Spec,
    rewritten: bool,
    folder: &Path,
) -> Result<Result<PathBuf, String>, String> {
    let found = match converted(house, spec, folder)? {
        Ok(path) if rewritten => path,
        other => return Ok(other),
    };
    let text = fs::read_to_string(&found).map_err(|error| shown(&found, &error))?;
    let mut document: Value = match serde_json::from_str(&text) {
        Ok(document) => document,
        Err(error) => return Ok(Err(error.to_string())),
    };
    rewrite(&mut document);
    let out = folder.join("rewritten.json");
    fs::write(&out, document.to_string()).map_err(|error| shown(&out, &error))?;
    Ok(Ok(out))
}

fn converted(house: &House, spec: &Spec, folder: &Path) -> Result<Result<PathBuf, String>, String> {
    let text = fs::read_to_string(&spec.path).map_err(|error| shown(&spec.path, &error))?;
    let out = folder.join("converted.json");
    if !is_swagger(&text) {
        return Ok(Ok(spec.path.clone()));
    }
    let program = "tests/.cache/judges/convert/node_modules/.bin/swagger2openapi";
    let mut command = Command::new(house.root.join(program));
    command
        .args(["--patch", "--warnOnly", "--outfile"])
        .arg(&out)
        .arg(&spec.path);
    let done = measured(&mut command, &folder.join("conversion"), LIMIT)
        .map_err(|error| error.to_string())?;
    Ok(if done.ok() && out.exists() {
        Ok(out)
    } else {
        Err(first_line(&done))
    })
}

fn is_swagger(text: &str) -> bool {
    text.lines().take(200).any(|line| {
        let line = line.trim_start_matches([' ', '"', '\'', '{']);
        line.strip_prefix("swagger")
            .is_some_and(|rest| rest.trim_start_matches(['"', '\'', ' ']).starts_with(':'))
    })
}

/// Header parameters that "shall be ignored" (OAS 3.0, Parameter Object).
const IGNORED: [&str; 3] = ["accept", "authorization", "content-type"];

/// Leaves out what OAS says is ignored and the judge does not ignore, and writes
/// references to scalars out. The document says the same.
fn rewrite(document: &mut Value) {
    let old = document["openapi"]
        .as_str()
        .is_some_and(|version| version.starts_with("3.0"));
    leave_out(document, old);
    write_out_scalars(document);
}

/// Takes out header parameters that are ignored and, before OAS 3.1, what stands beside
/// a reference.
fn leave_out(value: &mut Value, old: bool) {
    match value {
        Value::Object(members) => {
            if let Some(Value::String(target)) = members.get("$ref")
                && old
                && target.starts_with("#/components/")
            {
                members.retain(|name, _| name == "$ref");
                return;
            }
            if let Some(Value::Array(parameters)) = members.get_mut("parameters") {
                parameters.retain(|parameter| !is_ignored(parameter));
            }
            members
                .values_mut()
                .for_each(|member| leave_out(member, old));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| leave_out(item, old)),
        _ => {}
    }
}

fn is_ignored(parameter: &Value) -> bool {
    let name = parameter["name"].as_str().unwrap_or_default();
    parameter["in"] == "header" && IGNORED.contains(&name.to_ascii_lowercase().as_str())
}

/// Puts the schemas of scalars in place of the references to them.
fn write_out_scalars(document: &mut Value) {
    // Twice: a union of references to scalars is a scalar once they are written out.
    for _ in 0..2 {
        let schemas = document["components"]["schemas"].as_object();
        let scalars: HashMap<String, Value> = schemas
            .into_iter()
            .flatten()
            .filter(|(_, schema)| is_scalar(schema))
            .map(|(name, schema)| (format!("#/components/schemas/{name}"), schema.clone()))
            .collect();
        replace(document, &scalars);
    }
}

fn is_scalar(schema: &Value) -> bool {
    let Some(members) = schema.as_object() else {
        return false;
    };
    let union = |name: &str| {
        let list = members.get(name).and_then(Value::as_array);
        list.is_some_and(|list| list.iter().all(is_scalar))
    };
    match members.get("type").and_then(Value::as_str) {
        Some("string" | "integer" | "number" | "boolean") => true,
        Some(_) => false,
        None => union("oneOf") || union("anyOf"),
    }
}

fn replace(value: &mut Value, scalars: &HashMap<String, Value>) {
    match value {
        Value::Object(members) => {
            if let Some(schema) = alone(members).and_then(|name| scalars.get(name)) {
                *value = schema.clone();
                return;
            }
            members
                .values_mut()
                .for_each(|member| replace(member, scalars));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| replace(item, scalars)),
        _ => {}
    }
}

/// The target of an object that is nothing but a reference.
fn alone(members: &Map<String, Value>) -> Option<&str> {
    let target = members.get("$ref")?.as_str()?;
    (members.len() == 1).then_some(target)
}

#[cfg(test)]
mod tests {
    use super::{is_swagger, rewrite};
    use serde_json::json;

    #[test]
    fn a_rewritten_document_says_the_same() {
        let reference = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
        let header = |name: &str| json!({"in": "header", "name": name});
        let beside = json!({"$ref": "#/components/schemas/Thing", "type": "string"});
        let mut document = json!({
            "openapi": "3.0.0",
            "parameters": [header("Accept"), header("Range")],
            "beside": beside,
            "paths": {"/": [reference("Id"), reference("Either"), reference("Thing")]},
            "components": {"schemas": {
                "Id": {"type": "integer"},
                "Either": {"oneOf": [reference("Id"), {"type": "string"}]},
                "Thing": {"type": "object", "properties": {"id": reference("Id")}},
            }},
        });
        rewrite(&mut document);
        assert_eq!(document["parameters"], json!([header("Range")]));
        assert_eq!(document["beside"], reference("Thing"));
        let either = json!({"oneOf": [{"type": "integer"}, {"type": "string"}]});
        let expected = json!([{"type": "integer"}, either, reference("Thing")]);
        assert_eq!(document["paths"]["/"], expected);
    }

    #[test]
    fn swagger_says_what_it_is() {
        assert!(is_swagger("{\"swagger\": \"2.0\"}") && is_swagger("# a\nswagger: '2.0'"));
        assert!(!is_swagger("openapi: 3.0.0\ninfo: {title: swagger}"));
    }
}
