//! Links of responses (OAS 3.0.3, Link Object) and their runtime expressions.

use super::Resolver;
use crate::api::{Link, Operation};
use crate::diagnostic::{Effect, codes};
use crate::source::{escape, unescape};
use openapiv3::{LinkOperation, ReferenceOr, Response};
use percent_encoding::percent_decode_str;
use serde_json::Value;

impl Resolver<'_> {
    pub(super) fn links(&mut self, response: &Response, pointer: &str) -> Vec<Link> {
        let document = self.document;
        let mut out = Vec::new();
        for (name, link) in &response.links {
            let place = format!("{pointer}/links/{}", escape(name));
            let (link, place) = match link {
                ReferenceOr::Item(link) => (link, place),
                ReferenceOr::Reference { reference } => {
                    let found = reference
                        .strip_prefix("#/components/links/")
                        .and_then(|name| {
                            let name = unescape(name);
                            let links = &document.components.as_ref()?.links;
                            links.get(name.as_ref())?.as_item()
                        });
                    let Some(link) = found else {
                        let message = format!("the link `{reference}` does not exist");
                        self.report(&codes::DANGLING_REF, Effect::Dropped, &place, message);
                        continue;
                    };
                    (link, reference.clone())
                }
            };
            let target = match &link.operation {
                LinkOperation::OperationId(id) => id,
                LinkOperation::OperationRef(reference) => reference,
            };
            let mut parameters = Vec::new();
            for (parameter, value) in &link.parameters {
                match broken(value) {
                    None => parameters.push((parameter.clone(), value.clone())),
                    Some(text) => {
                        let at = format!("{place}/parameters/{}", escape(parameter));
                        let message = format!("`{text}` is no runtime expression");
                        self.report(&codes::LINK, Effect::Dropped, &at, message);
                    }
                }
            }
            let body = link.request_body.clone();
            if let Some(text) = body.as_ref().and_then(broken) {
                let at = format!("{place}/requestBody");
                let message = format!("`{text}` is no runtime expression");
                self.report(&codes::LINK, Effect::Dropped, &at, message);
            }
            out.push(Link {
                name: name.clone(),
                description: link.description.clone(),
                target: target.clone(),
                parameters,
                body: body.filter(|body| broken(body).is_none()),
                pointer: place,
            });
        }
        out
    }

    /// Puts the key of the target in place of what the document calls it; links
    /// to nothing go.
    pub(super) fn aim_links(&mut self, operations: &mut [Operation]) {
        let known: Vec<Target> = operations
            .iter()
            .map(|found| Target {
                id: found.id.clone(),
                pointer: found.pointer.clone(),
                key: found.key(),
                parameters: found.parameters.iter().map(|p| p.name.clone()).collect(),
            })
            .collect();
        let declared = operations.iter_mut().flat_map(|found| &mut found.declared);
        for declared in declared {
            declared.links.retain_mut(|link| {
                let pointer = percent_decode_str(&link.target).decode_utf8_lossy();
                let found = known.iter().find(|target| {
                    target.id.as_ref() == Some(&link.target)
                        || target.pointer == link.target
                        || target.pointer == *pointer
                });
                match found {
                    Some(target) => {
                        link.target.clone_from(&target.key);
                        for (name, _) in &link.parameters {
                            if !target.takes(name) {
                                let message = format!("`{}` has no parameter `{name}`", target.key);
                                self.note(&codes::LINK, &link.pointer, message);
                            }
                        }
                    }
                    None => self.report(
                        &codes::LINK,
                        Effect::Dropped,
                        &link.pointer,
                        format!("the document has no operation `{}`", link.target),
                    ),
                }
                found.is_some()
            });
        }
        for operation in operations {
            operation
                .declared
                .retain(|found| found.headers.is_some() || !found.links.is_empty());
        }
    }
}

/// What a link may lead to.
struct Target {
    id: Option<String>,
    pointer: String,
    key: String,
    parameters: Vec<String>,
}

impl Target {
    /// Whether it has the parameter, whose location may stand before the name
    /// (`path.id`).
    fn takes(&self, name: &str) -> bool {
        let plain = match name.split_once('.') {
            Some(("path" | "query" | "header" | "cookie", plain)) => plain,
            _ => name,
        };
        self.parameters
            .iter()
            .any(|known| known == name || known == plain)
    }
}

/// The first text in a value that means to be a runtime expression and is none.
fn broken(value: &Value) -> Option<&str> {
    match value {
        Value::String(text) if text.starts_with('$') => (!is_expression(text)).then_some(text),
        Value::String(text) => {
            let mut embedded = text.split("{$").skip(1).map(|rest| rest.split_once('}'));
            let is_broken = embedded.any(|found| match found {
                Some((inner, _)) => !is_expression(&format!("${inner}")),
                None => true,
            });
            is_broken.then_some(text)
        }
        Value::Array(items) => items.iter().find_map(broken),
        Value::Object(members) => members.values().find_map(broken),
        _ => None,
    }
}

/// The grammar of OAS 3.0.3, Runtime Expressions.
fn is_expression(text: &str) -> bool {
    if matches!(text, "$url" | "$method" | "$statusCode") {
        return true;
    }
    let request = text.strip_prefix("$request.");
    let Some(source) = request.or_else(|| text.strip_prefix("$response.")) else {
        return false;
    };
    match source.split_once('.') {
        Some(("header" | "query" | "path", name)) => !name.is_empty(),
        _ => match source.strip_prefix("body") {
            Some(pointer) => pointer.is_empty() || pointer == "#" || pointer.starts_with("#/"),
            None => false,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::broken;
    use serde_json::json;

    #[test]
    fn expressions_are_told_from_text() {
        for good in [
            json!("$url"),
            json!("$response.body#/a~1b/0"),
            json!("$response.body"),
            json!("$request.path.id"),
            json!("$response.header.X-Id"),
            json!("plain"),
            json!("at {$request.query.from}/{$method}"),
            json!({"a": ["$statusCode", 5, null]}),
        ] {
            assert_eq!(broken(&good), None, "{good}");
        }
        for bad in [
            json!("$reponse.body#/a"),
            json!("$response.path"),
            json!("$response.body.id"),
            json!("at {$request.body"),
            json!(["{$x}"]),
        ] {
            assert!(broken(&bad).is_some(), "{bad}");
        }
    }
}
