//! Whether a request is what its operation declares.

use super::received::Seen;
use crate::operation::{Codec, Location, Parameter, Style};

/// What is wrong with a request, in words; empty where nothing is.
pub(super) fn faults(seen: &Seen) -> Vec<String> {
    let mut faults = Vec::new();
    for parameter in seen.operation.parameters {
        if parameter.required && !is_there(seen, parameter) {
            let place = match parameter.location {
                Location::Path => "path",
                Location::Query => "query",
                Location::Header => "header",
                Location::Cookie => "cookie",
            };
            let name = parameter.name;
            faults.push(format!(
                "the required {place} parameter `{name}` is missing"
            ));
        }
    }
    body(seen, &mut faults);
    faults
}

fn is_there(seen: &Seen, parameter: &Parameter) -> bool {
    if seen.value_at(parameter.location, parameter.name).is_some() {
        return true;
    }
    let Location::Query = parameter.location else {
        return false;
    };
    let bracket = format!("{}[", parameter.name);
    let is_own = |name: &str| {
        let mut others = seen.operation.parameters.iter();
        !others.any(|other| other.location == Location::Query && other.name == name)
    };
    seen.query.iter().any(|(name, _)| {
        name.starts_with(&bracket)
            // An object in this style is written under the names of its properties.
            || parameter.style == Style::Form && parameter.explode && is_own(name)
    })
}

fn body(seen: &Seen, faults: &mut Vec<String>) {
    let content_type = seen.content_type();
    let Some(body) = &seen.operation.body else {
        if !seen.body.is_empty() {
            faults.push("there is a body, and the operation declares none".to_owned());
        }
        return;
    };
    if seen.body.is_empty() && content_type.is_empty() {
        if body.required {
            faults.push("the required body is missing".to_owned());
        }
        return;
    }
    let Some(found) = seen.declared_body() else {
        let all = std::iter::once(body).chain(body.others);
        let all: Vec<&str> = all.map(|body| body.media_type).collect();
        faults.push(format!(
            "the body is `{content_type}`, and declared is `{}`",
            all.join("`, `")
        ));
        return;
    };
    if found.codec == Codec::Json
        && let Err(error) = crate::json::Json::parse(&seen.body)
    {
        faults.push(format!("the body is no JSON: {error}"));
    }
}
