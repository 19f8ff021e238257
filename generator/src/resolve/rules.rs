//! Constraints by their keywords in JSON Schema, with their exact values.

use super::Resolver;
use super::facets::Facets;
use crate::api::{Rule, SchemaId, SchemaKind};
use openapiv3::{ReferenceOr, Schema, SchemaKind as Said, Type};
use serde_json::Value;

/// What a schema says by itself. Parts of an `allOf` and formats are not looked at.
pub(super) fn own(schema: &Schema) -> Vec<Rule> {
    let mut list = List::default();
    match &schema.schema_kind {
        Said::Type(Type::String(string)) => {
            list.size("minLength", string.min_length);
            list.size("maxLength", string.max_length);
            list.text("pattern", string.pattern.as_deref());
        }
        Said::Type(Type::Number(number)) => {
            list.number(least(number.exclusive_minimum), number.minimum.map(exact));
            list.number(most(number.exclusive_maximum), number.maximum.map(exact));
            list.number("multipleOf", number.multiple_of.map(exact));
        }
        Said::Type(Type::Integer(integer)) => {
            let (low, high) = (integer.minimum, integer.maximum);
            list.number(least(integer.exclusive_minimum), low.map(Value::from));
            list.number(most(integer.exclusive_maximum), high.map(Value::from));
            list.number("multipleOf", integer.multiple_of.map(Value::from));
        }
        Said::Type(Type::Array(array)) => {
            list.size("minItems", array.min_items);
            list.size("maxItems", array.max_items);
            list.flag("uniqueItems", array.unique_items);
        }
        Said::Type(Type::Object(object)) => {
            list.size("minProperties", object.min_properties);
            list.size("maxProperties", object.max_properties);
        }
        Said::Any(any) => {
            let exclusive = any.exclusive_minimum == Some(true);
            list.number(least(exclusive), any.minimum.map(exact));
            let exclusive = any.exclusive_maximum == Some(true);
            list.number(most(exclusive), any.maximum.map(exact));
            list.number("multipleOf", any.multiple_of.map(exact));
            list.size("minLength", any.min_length);
            list.size("maxLength", any.max_length);
            list.text("pattern", any.pattern.as_deref());
            list.size("minItems", any.min_items);
            list.size("maxItems", any.max_items);
            list.flag("uniqueItems", any.unique_items.unwrap_or_default());
            list.size("minProperties", any.min_properties);
            list.size("maxProperties", any.max_properties);
        }
        Said::Type(Type::Boolean(_))
        | Said::OneOf { .. }
        | Said::AllOf { .. }
        | Said::AnyOf { .. }
        | Said::Not { .. } => {}
    }
    list.0
}

fn least(exclusive: bool) -> &'static str {
    match exclusive {
        true => "exclusiveMinimum",
        false => "minimum",
    }
}

fn most(exclusive: bool) -> &'static str {
    match exclusive {
        true => "exclusiveMaximum",
        false => "maximum",
    }
}

/// A number without a fraction as an integer.
fn exact(number: f64) -> Value {
    if number.fract() == 0.0 && number.abs() < 9e15 {
        Value::from(number as i64)
    } else {
        Value::from(number)
    }
}

#[derive(Default)]
struct List(Vec<Rule>);

impl List {
    fn number(&mut self, keyword: &'static str, value: Option<Value>) {
        self.0.extend(value.map(|value| Rule { keyword, value }));
    }

    fn size(&mut self, keyword: &'static str, value: Option<usize>) {
        self.number(keyword, value.map(Value::from));
    }

    fn text(&mut self, keyword: &'static str, value: Option<&str>) {
        self.number(keyword, value.map(Value::from));
    }

    fn flag(&mut self, keyword: &'static str, value: bool) {
        self.number(keyword, value.then_some(Value::Bool(true)));
    }
}

impl Resolver<'_> {
    /// What a schema and the parts of its `allOf` say. What `kind` is an alias of is
    /// left out: whoever follows the alias sees it.
    pub(super) fn rules(&mut self, schema: &Schema, kind: &SchemaKind) -> Vec<Rule> {
        let mut rules = own(schema);
        self.inherit_rules(schema, kind, &mut rules);
        rules
    }

    fn inherit_rules(&mut self, schema: &Schema, kind: &SchemaKind, rules: &mut Vec<Rule>) {
        for part in Facets::of(schema).all_of {
            let found = match part {
                ReferenceOr::Item(part) => {
                    self.inherit_rules(part, kind, rules);
                    own(part)
                }
                ReferenceOr::Reference { reference } => match self.target(reference) {
                    Some(id) if *kind != SchemaKind::Alias(id) => self.rules_of(id),
                    _ => continue,
                },
            };
            for rule in found {
                if !rules.contains(&rule) {
                    rules.push(rule);
                }
            }
        }
    }

    /// Has `second` say what `first` says, too.
    pub(super) fn join_rules(&mut self, first: SchemaId, second: SchemaId) {
        let mut rules = self.rules_of(first);
        let notes = &mut self.schemas[second.index()].annotations;
        rules.retain(|rule| !notes.rules.contains(rule));
        notes.constraints.extend(words(&rules));
        notes.rules.append(&mut rules);
    }

    fn rules_of(&self, mut id: SchemaId) -> Vec<Rule> {
        let mut rules = Vec::new();
        for _ in 0..=self.schemas.len() {
            let schema = &self.schemas[id.index()];
            rules.extend(schema.annotations.rules.iter().cloned());
            match schema.kind {
                SchemaKind::Alias(next) => id = next,
                _ => break,
            }
        }
        rules
    }
}

/// Constraints in words, for documentation.
pub(super) fn words(rules: &[Rule]) -> Vec<String> {
    let mut words = Vec::new();
    words.extend(range(rules, "minimum", "maximum", ""));
    for rule in rules {
        let value = &rule.value;
        match rule.keyword {
            "exclusiveMinimum" => words.push(format!("more than {value}")),
            "exclusiveMaximum" => words.push(format!("less than {value}")),
            "multipleOf" => words.push(format!("a multiple of {value}")),
            _ => {}
        }
    }
    words.extend(range(rules, "minLength", "maxLength", " characters"));
    for rule in rules.iter().filter(|rule| rule.keyword == "pattern") {
        let pattern = rule.value.as_str().unwrap_or_default();
        words.push(format!("matches `{pattern}`"));
    }
    words.extend(range(rules, "minItems", "maxItems", " items"));
    words.extend(range(
        rules,
        "minProperties",
        "maxProperties",
        " properties",
    ));
    if rules.iter().any(|rule| rule.keyword == "uniqueItems") {
        words.push("no item twice".to_owned());
    }
    words
}

fn range(rules: &[Rule], least: &str, most: &str, unit: &str) -> Option<String> {
    let find = |keyword: &str| {
        let found = rules.iter().find(|rule| rule.keyword == keyword);
        found.map(|rule| &rule.value)
    };
    Some(match (find(least), find(most)) {
        (Some(low), Some(high)) => format!("{low} to {high}{unit}"),
        (Some(low), None) => format!("at least {low}{unit}"),
        (None, Some(high)) => format!("at most {high}{unit}"),
        (None, None) => return None,
    })
}
