//! Constraints and defaults that cannot be meant: they contradict each other, or are
//! no regular expressions.

use super::accept::{accepts, nullable};
use super::ecma;
use crate::api::{Api, Rule, SchemaId, SchemaKind};
use serde_json::{Number, Value};
use std::cmp::Ordering;
use std::collections::HashMap;

/// A constraint or default that cannot be meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What is wrong.
    pub kind: Kind,
    /// JSON pointer of the schema.
    pub pointer: String,
    /// The same in words.
    pub message: String,
}

/// What is wrong with a constraint or default.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// No value keeps to two constraints.
    Contradiction,
    /// The default is not a value of its own schema.
    Default,
    /// A pattern is no regular expression.
    Pattern,
    /// A pattern is one that the generated crate cannot match.
    Unchecked,
}

/// Bounds of which the first must not be above the second; whether they may be equal.
const PAIRS: &[(&str, &str, bool)] = &[
    ("minimum", "maximum", true),
    ("minimum", "exclusiveMaximum", false),
    ("exclusiveMinimum", "maximum", false),
    ("exclusiveMinimum", "exclusiveMaximum", false),
    ("minLength", "maxLength", true),
    ("minItems", "maxItems", true),
    ("minProperties", "maxProperties", true),
];

/// Takes away the rules that cannot be kept or cannot be checked, and tells them. With
/// `compiled`, the patterns that remain are ones that a generated crate can match.
pub fn settle(api: &mut Api, compiled: bool) -> Vec<Finding> {
    let mut patterns = Patterns::default();
    let mut found = Vec::new();
    for index in 0..api.schemas.len() {
        let mut told = Vec::new();
        // The default is judged by all that the schema says.
        if let Some(message) = against_default(api, SchemaId(index as u32), &mut patterns) {
            told.push((Kind::Default, message));
        }
        let schema = &mut api.schemas[index];
        let rules = &mut schema.annotations.rules;
        part(rules, &mut told);
        rules.retain(|rule| {
            let pattern = rule.value.as_str().filter(|_| rule.keyword == "pattern");
            let Some((pattern, (kind, why))) =
                pattern.and_then(|pattern| Some((pattern, patterns.against(pattern, compiled)?)))
            else {
                return true;
            };
            told.push((kind, format!("the pattern `{}` {why}", short(pattern))));
            false
        });
        found.extend(told.into_iter().map(|(kind, message)| Finding {
            kind,
            pointer: schema.pointer.clone(),
            message,
        }));
    }
    found
}

/// Takes away bounds that leave no value.
fn part(rules: &mut Vec<Rule>, told: &mut Vec<(Kind, String)>) {
    for (low, high, equal) in PAIRS {
        let find = |keyword: &str| rules.iter().position(|rule| rule.keyword == keyword);
        let (Some(least), Some(most)) = (find(low), find(high)) else {
            continue;
        };
        let (least, most) = (&rules[least].value, &rules[most].value);
        match compare(least, most) {
            Some(Ordering::Less) => continue,
            Some(Ordering::Equal) if *equal => continue,
            _ => {}
        }
        let message = format!("no value keeps to `{low}: {least}` and `{high}: {most}`");
        told.push((Kind::Contradiction, message));
        rules.retain(|rule| rule.keyword != *low && rule.keyword != *high);
    }
    rules.retain(|rule| {
        let positive = rule.value.as_f64().is_none_or(|step| step > 0.0);
        if rule.keyword == "multipleOf" && !positive {
            let message = format!("`multipleOf: {}` must be above 0", rule.value);
            told.push((Kind::Contradiction, message));
            return false;
        }
        true
    });
}

fn compare(a: &Value, b: &Value) -> Option<Ordering> {
    let whole = |number: &Number| {
        number
            .as_i64()
            .map(i128::from)
            .or(number.as_u64().map(i128::from))
    };
    let (Value::Number(a), Value::Number(b)) = (a, b) else {
        return None;
    };
    match (whole(a), whole(b)) {
        (Some(a), Some(b)) => Some(a.cmp(&b)),
        _ => a.as_f64()?.partial_cmp(&b.as_f64()?),
    }
}

/// Why the default of a schema is none of its values.
fn against_default(api: &Api, id: SchemaId, patterns: &mut Patterns) -> Option<String> {
    let notes = &api.schemas[id.index()].annotations;
    let default = notes.default.as_ref()?;
    let shown = short(&default.to_string());
    if default.is_null() && !nullable(api, id) && !accepts(api, id, default) {
        return Some("the default is null, which the schema does not allow".to_owned());
    }
    if accepts(api, id, default) {
        let text = default.as_str()?;
        let refused = notes.rules.iter().find(|rule| {
            let pattern = rule.value.as_str().filter(|_| rule.keyword == "pattern");
            pattern.is_some_and(|pattern| patterns.refuses(pattern, text))
        })?;
        let pattern = short(refused.value.as_str()?);
        return Some(format!("the default {shown} does not match `{pattern}`"));
    }
    let kind = &api.schema(id).kind;
    Some(match (kind, default) {
        (SchemaKind::Boolean, Value::Bool(_))
        | (SchemaKind::StringEnum(_), Value::String(_))
        | (SchemaKind::IntegerEnum(_), Value::Number(_))
        | (SchemaKind::ValueEnum(_), _) => {
            format!("the default {shown} is not among the listed values")
        }
        (SchemaKind::Integer { .. }, Value::Number(number))
            if number.as_f64().is_some_and(|number| number.fract() != 0.0) =>
        {
            format!("the default {shown} is no integer")
        }
        (SchemaKind::Integer { .. } | SchemaKind::Number { .. }, Value::Number(_))
        | (SchemaKind::String { .. }, Value::String(_)) => {
            format!("the default {shown} is out of bounds")
        }
        (SchemaKind::Array(_) | SchemaKind::Tuple(_), Value::Array(_))
        | (SchemaKind::Map(_) | SchemaKind::Object(_), Value::Object(_)) => {
            format!("the default {shown} is not valid against its schema")
        }
        (SchemaKind::Union(_), _) => {
            format!("the default {shown} is a value of no member of the union")
        }
        (kind, _) => format!("the default {shown} is no {}", word(kind)),
    })
}

fn word(kind: &SchemaKind) -> &'static str {
    match kind {
        SchemaKind::Boolean => "boolean",
        SchemaKind::Integer { .. } | SchemaKind::IntegerEnum(_) => "integer",
        SchemaKind::Number { .. } => "number",
        SchemaKind::String { .. } | SchemaKind::StringEnum(_) => "string",
        SchemaKind::Array(_) | SchemaKind::Tuple(_) => "array",
        SchemaKind::Map(_) | SchemaKind::Object(_) => "object",
        SchemaKind::Any
        | SchemaKind::Never
        | SchemaKind::ValueEnum(_)
        | SchemaKind::Union(_)
        | SchemaKind::Alias(_) => "value that the schema allows",
    }
}

fn short(text: &str) -> String {
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.to_owned(),
    }
}

/// What is known of patterns: a spec repeats them.
#[derive(Default)]
struct Patterns {
    translated: HashMap<String, Result<String, String>>,
    compiled: HashMap<String, Result<fancy_regex::Regex, String>>,
}

impl Patterns {
    /// Why a pattern cannot be used.
    fn against(&mut self, pattern: &str, compiled: bool) -> Option<(Kind, String)> {
        if let Err(why) = self.translated(pattern) {
            return Some((Kind::Pattern, format!("is no regular expression: {why}")));
        }
        if !compiled {
            return None;
        }
        let why = self.compiled(pattern).as_ref().err()?;
        Some((Kind::Unchecked, format!("cannot be checked: {why}")))
    }

    /// Whether a text surely does not match.
    fn refuses(&mut self, pattern: &str, text: &str) -> bool {
        let compiled = self.compiled(pattern);
        let matches = compiled
            .as_ref()
            .ok()
            .and_then(|regex| regex.is_match(text).ok());
        matches == Some(false)
    }

    fn translated(&mut self, pattern: &str) -> &Result<String, String> {
        let entry = self.translated.entry(pattern.to_owned());
        entry.or_insert_with(|| ecma::translate(pattern))
    }

    fn compiled(&mut self, pattern: &str) -> &Result<fancy_regex::Regex, String> {
        if !self.compiled.contains_key(pattern) {
            let made = self.translated(pattern).clone();
            let made = made.and_then(|translated| ecma::compile(&translated));
            self.compiled.insert(pattern.to_owned(), made);
        }
        &self.compiled[pattern]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{Annotations, Schema};
    use serde_json::json;

    #[test]
    fn patterns_that_are_not_compiled_are_told_where_they_would_be() {
        let pattern = |text: &str| Rule {
            keyword: "pattern",
            value: json!(text),
        };
        let schema = Schema {
            key: "schema a".to_owned(),
            pointer: "#/components/schemas/a".to_owned(),
            component: None,
            kind: SchemaKind::String { format: None },
            nullable: false,
            annotations: Annotations {
                rules: vec![pattern("^.{1,999999}$"), pattern("("), pattern("^a$")],
                ..Annotations::default()
            },
        };
        let settled = |compiled| {
            let mut api = Api {
                schemas: vec![schema.clone()],
                ..Api::default()
            };
            let kinds: Vec<Kind> = settle(&mut api, compiled).iter().map(|f| f.kind).collect();
            (kinds, api.schemas[0].annotations.rules.len())
        };
        assert_eq!(settled(false), (vec![Kind::Pattern], 2));
        assert_eq!(settled(true), (vec![Kind::Unchecked, Kind::Pattern], 1));
    }
}
