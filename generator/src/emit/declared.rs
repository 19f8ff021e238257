//! Headers and links in operation tables and in the docs of operations.

use super::{docs, literal, table};
use crate::rust::ir::{DeclaredRow, LinkRow, LinkValue};

/// `rt::Declared::new(rt::Statuses::Code(200)).headers("Headers")`
pub(super) fn row(row: &DeclaredRow) -> String {
    let mut text = ["rt::Declared::new(", &table::statuses(row.status), ")"].concat();
    if let Some(headers) = &row.headers {
        let model = literal::string(&headers.model);
        text.push_str(&[".headers(", &model, ")"].concat());
        if !headers.forms.is_empty() {
            let forms = literal::slice(headers.forms.iter().map(|form| {
                let name = literal::string(&form.name);
                format!(
                    "({name}, {}, {})",
                    table::style_path(form.style),
                    form.explode
                )
            }));
            text.push_str(&[".forms(", &forms, ")"].concat());
        }
    }
    if !row.links.is_empty() {
        let links = literal::slice(row.links.iter().map(link));
        text.push_str(&[".links(", &links, ")"].concat());
    }
    text
}

fn link(row: &LinkRow) -> String {
    let parameters = literal::slice(row.parameters.iter().map(|(name, found)| {
        let name = literal::string(name);
        ["(", &name, ", ", &value(found), ")"].concat()
    }));
    let body = match &row.body {
        Some(body) => ["Some(", &value(body), ")"].concat(),
        None => "None".to_owned(),
    };
    format!(
        "rt::Link {{ name: {}, operation: {}, parameters: {parameters}, body: {body} }}",
        literal::string(&row.name),
        literal::string(&row.id),
    )
}

fn value(found: &LinkValue) -> String {
    match found {
        LinkValue::Text(text) => ["rt::LinkValue::Text(", &literal::string(text), ")"].concat(),
        LinkValue::Json(text) => ["rt::LinkValue::Json(", &literal::string(text), ")"].concat(),
    }
}

/// What is said of headers and links in the docs of an operation.
pub(super) fn docs(rows: &[DeclaredRow], lines: &mut Vec<String>) {
    // Statuses with one set are said together, under the name of the first.
    let mut sets: Vec<(&str, &str, Vec<String>)> = Vec::new();
    for row in rows {
        let Some(headers) = &row.headers else {
            continue;
        };
        let status = row.status.to_string();
        match sets.iter_mut().find(|(model, ..)| *model == headers.model) {
            Some((.., statuses)) => statuses.push(status),
            None => sets.push((&headers.model, &headers.name, vec![status])),
        }
    }
    if !sets.is_empty() {
        let sets = sets
            .iter()
            .map(|(_, name, statuses)| format!("[`models::{name}`] ({})", statuses.join(", ")));
        let sets: Vec<String> = sets.collect();
        lines.push(String::new());
        lines.push(format!("Declared headers: {}.", sets.join(", ")));
    }
    let mut links: Vec<String> = Vec::new();
    for link in rows.iter().flat_map(|row| &row.links) {
        let (name, target) = (docs::code(&link.name), docs::code(&link.target));
        let text = format!("{name} (to {target})");
        if !links.contains(&text) {
            links.push(text);
        }
    }
    if !links.is_empty() {
        lines.push(String::new());
        lines.push(format!("Links: {}.", links.join(", ")));
    }
}
