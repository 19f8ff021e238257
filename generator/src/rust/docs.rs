//! Documentation text, as Markdown lines.

use crate::api::{Annotations, Operation, Schema};

/// The lines of a description.
pub(super) fn text(description: Option<&str>) -> Vec<String> {
    let Some(description) = description else {
        return Vec::new();
    };
    let mut lines: Vec<String> = description
        .lines()
        .map(|line| line.trim_end().to_owned())
        .collect();
    while lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    let leading = lines.iter().take_while(|line| line.is_empty()).count();
    lines.drain(..leading);
    lines
}

/// One line: white space folded.
pub(super) fn line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The docs of a type.
pub(super) fn schema(schema: &Schema) -> Vec<String> {
    let mut lines = text(
        schema
            .annotations
            .description
            .as_deref()
            .or(schema.annotations.title.as_deref()),
    );
    link(&mut lines, schema.annotations.docs_url.as_deref());
    lines
}

/// The docs of a field or argument.
pub(super) fn value(description: Option<&str>, annotations: &Annotations) -> Vec<String> {
    let mut lines = text(description.or(annotations.description.as_deref()));
    let mut notes = Vec::new();
    if !annotations.constraints.is_empty() {
        notes.push(format!(
            "Constraints: {}.",
            annotations.constraints.join("; ")
        ));
    }
    if let Some(default) = &annotations.default {
        let default = default.to_string();
        if default.len() <= 80 {
            notes.push(format!("Default: `{default}`."));
        }
    }
    if !notes.is_empty() {
        paragraph(&mut lines, notes.join(" "));
    }
    lines
}

/// The docs of an operation, without what emission adds (method, path, errors).
pub(super) fn operation(operation: &Operation) -> Vec<String> {
    let mut lines = text(operation.summary.as_deref());
    let description = text(operation.description.as_deref());
    if !description.is_empty() && description != lines {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        lines.extend(description);
    }
    link(&mut lines, operation.docs_url.as_deref());
    lines
}

fn link(lines: &mut Vec<String>, url: Option<&str>) {
    if let Some(url) = url.filter(|url| url.starts_with("http") && !url.contains(['<', '>', ' '])) {
        paragraph(lines, format!("[Documentation]({url})"));
    }
}

pub(super) fn paragraph(lines: &mut Vec<String>, text: String) {
    if !lines.is_empty() {
        lines.push(String::new());
    }
    lines.push(text);
}
