//! Words for the inline members of a union, by which the ledger knows them.
//! They depend neither on the order of members nor on that of properties.

use super::facets::Facets;
use openapiv3::{ReferenceOr, Schema, SchemaKind as Form, Type};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;

/// A label for each member; references have none. Members that would have the
/// same one are told apart by a digest of what they say, prose left out:
/// `label~3f2a`.
pub(super) fn labels(members: &[ReferenceOr<Schema>]) -> Vec<String> {
    let mut labels: Vec<String> = members
        .iter()
        .map(|member| match member {
            ReferenceOr::Item(schema) => label(schema),
            ReferenceOr::Reference { .. } => String::new(),
        })
        .collect();
    let mut counts: HashMap<String, usize> = HashMap::new();
    for label in &labels {
        *counts.entry(label.clone()).or_default() += 1;
    }
    for (label, member) in labels.iter_mut().zip(members) {
        if let ReferenceOr::Item(schema) = member
            && counts[label.as_str()] > 1
        {
            label.push_str(&digest(schema));
        }
    }
    labels
}

/// `~` and four hex digits.
fn digest(schema: &Schema) -> String {
    let mut value = serde_json::to_value(schema).unwrap_or_default();
    let mut text = String::new();
    canonical(&mut value, &mut text);
    let sum = Sha256::digest(text.as_bytes());
    format!("~{:02x}{:02x}", sum[0], sum[1])
}

/// JSON with members and lists in an order of their own, without prose.
fn canonical(value: &mut Value, out: &mut String) {
    match value {
        Value::Object(map) => {
            let mut entries: Vec<(&String, &mut Value)> = map
                .iter_mut()
                .filter(|(name, value)| {
                    let prose = matches!(
                        name.as_str(),
                        "description" | "title" | "example" | "examples" | "externalDocs"
                    );
                    // A property may have such a name; its value is a schema.
                    !prose || value.is_object() && name.as_str() != "externalDocs"
                })
                .collect();
            entries.sort_unstable_by_key(|entry| entry.0);
            out.push('{');
            for (name, value) in entries {
                out.push_str(name);
                out.push(':');
                canonical(value, out);
            }
            out.push('}');
        }
        Value::Array(items) => {
            let mut texts: Vec<String> = items
                .iter_mut()
                .map(|item| {
                    let mut text = String::new();
                    canonical(item, &mut text);
                    text
                })
                .collect();
            texts.sort_unstable();
            out.push('[');
            out.push_str(&texts.join(","));
            out.push(']');
        }
        scalar => out.push_str(&scalar.to_string()),
    }
}

/// A member's shape in words that do not depend on its position.
fn label(schema: &Schema) -> String {
    let facets = Facets::of(schema);
    if let Some(properties) = facets.properties {
        // In an order of its own: the document's may change.
        let mut names: Vec<&str> = properties.keys().map(String::as_str).collect();
        names.sort_unstable_by_key(|name| {
            (!facets.required.iter().any(|other| other == name), *name)
        });
        for name in &names {
            if let Some(ReferenceOr::Item(item)) = properties.get(*name)
                && let Form::Type(Type::String(string)) = &item.schema_kind
                && let [Some(value)] = string.enumeration.as_slice()
            {
                return format!("{name}={value}");
            }
        }
        names.truncate(2);
        return names.join("+");
    }
    if facets.enumeration.is_some() {
        return "enum".to_owned();
    }
    match facets.ty {
        Some("array") => match facets.items {
            Some(ReferenceOr::Reference { reference }) => {
                format!("{} list", reference.rsplit('/').next().unwrap_or("array"))
            }
            Some(ReferenceOr::Item(item)) => format!("{} list", label(item)),
            None => "list".to_owned(),
        },
        Some(ty) => ty.to_owned(),
        None if facets.items.is_some() => "list".to_owned(),
        None if !facets.all_of.is_empty() => "all".to_owned(),
        None if !facets.one_of.is_empty() || !facets.any_of.is_empty() => "union".to_owned(),
        None => "any".to_owned(),
    }
}
