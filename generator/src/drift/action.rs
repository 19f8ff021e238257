//! Actions of an Overlay 1.0, and their text.

use super::{Fact, Left, Told};
use crate::api::SchemaKind;
use crate::diagnostic::visible;
use crate::dialect::Dialect;
use crate::source::{Node, unescape};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// What is proposed, and what is not.
#[derive(Debug, Clone, Default)]
pub struct Proposal {
    pub(super) actions: Vec<Action>,
    /// How many facts the actions are for.
    pub proposed: usize,
    /// How many facts the document says already.
    pub settled: usize,
    /// Facts that give no action, and why.
    pub left: Vec<(String, String)>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Action {
    target: String,
    /// `None`: it is removed.
    update: Option<Value>,
    /// The facts behind it.
    because: Vec<String>,
}

impl Proposal {
    /// How many actions there are.
    pub fn len(&self) -> usize {
        self.actions.len()
    }

    /// Whether there is nothing to apply.
    pub fn is_empty(&self) -> bool {
        self.actions.is_empty()
    }

    /// Counts, and what is not proposed.
    pub fn to_json(&self, overflow: u64) -> Value {
        let actions = self.actions.iter().map(|action| match &action.update {
            Some(update) => {
                json!({"target": action.target, "update": update, "because": action.because})
            }
            None => json!({"target": action.target, "remove": true, "because": action.because}),
        });
        let left = self.left.iter();
        let left = left.map(|(fact, why)| json!({"fact": fact, "reason": why}));
        json!({
            "proposed": self.proposed,
            "settled": self.settled,
            "actions": actions.collect::<Vec<_>>(),
            "not_proposed": left.collect::<Vec<_>>(),
            "overflow": overflow,
        })
    }

    /// The overlay, as YAML. The facts behind an action are in comments before it.
    pub fn to_yaml(&self, extends: &str) -> String {
        let mut text = format!(
            "overlay: 1.0.0\ninfo:\n  title: What the API sends and its description does not say\n  \
             version: 1.0.0\nextends: {}\nactions:\n",
            json!(extends)
        );
        // Writing to a string does not fail.
        for action in &self.actions {
            for fact in &action.because {
                let _ = writeln!(text, "  # {}", visible(fact));
            }
            let _ = writeln!(text, "  - target: {}", json!(action.target));
            let _ = match &action.update {
                Some(update) => writeln!(text, "    update: {update}"),
                None => writeln!(text, "    remove: true"),
            };
        }
        for (fact, why) in &self.left {
            let _ = writeln!(text, "# not proposed: {}: {why}", visible(fact));
        }
        text
    }
}

/// By how much a schema becomes wider.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Wide {
    null: bool,
    types: BTreeSet<String>,
}

impl Wide {
    pub(super) fn of(found: &str) -> Self {
        let types = (found != "null").then(|| found.to_owned());
        Self {
            null: found == "null",
            types: types.into_iter().collect(),
        }
    }
}

/// Changes that are being gathered, one of each kind at a place.
pub(super) struct Actions<'a> {
    root: &'a Node,
    dialect: Dialect,
    properties: BTreeMap<(String, String), (BTreeSet<String>, Vec<String>)>,
    wide: BTreeMap<String, (Wide, Vec<String>)>,
    others: Vec<Action>,
}

impl<'a> Actions<'a> {
    pub(super) fn new(root: &'a Node, dialect: Dialect) -> Self {
        Self {
            root,
            dialect,
            properties: BTreeMap::new(),
            wide: BTreeMap::new(),
            others: Vec::new(),
        }
    }

    pub(super) fn update(&mut self, pointer: &str, value: Value, fact: &Fact) -> Told {
        let target = self.target(pointer)?;
        self.add(target, Some(value), vec![fact.to_string()]);
        Ok(())
    }

    /// The same action twice is none in an overlay.
    fn add(&mut self, target: String, update: Option<Value>, because: Vec<String>) {
        let mut known = self.others.iter_mut();
        match known.find(|known| known.target == target && known.update == update) {
            Some(known) => known.because.extend(because),
            None => self.others.push(Action {
                target,
                update,
                because,
            }),
        }
    }

    pub(super) fn property(&mut self, pointer: &str, name: &str, fact: &Fact) -> Told {
        self.target(pointer)?;
        let key = (pointer.to_owned(), name.to_owned());
        let (types, because) = self.properties.entry(key).or_default();
        types.insert(fact.found.clone());
        because.push(fact.to_string());
        Ok(())
    }

    pub(super) fn optional(&mut self, pointer: &str, name: &str, fact: &Fact) -> Told {
        let target = self.target(&format!("{pointer}/required"))?;
        self.add(
            format!("{target}[?@ == {}]", quoted(name)),
            None,
            vec![fact.to_string()],
        );
        Ok(())
    }

    pub(super) fn without_format(&mut self, pointer: &str, fact: &Fact) -> Told {
        let target = self.target(&format!("{pointer}/format"))?;
        self.add(target, None, vec![fact.to_string()]);
        Ok(())
    }

    pub(super) fn widen(&mut self, pointer: &str, wide: Wide, fact: &Fact) -> Told {
        self.target(pointer)?;
        let (known, because) = self.wide.entry(pointer.to_owned()).or_default();
        known.null |= wide.null;
        known.types.extend(wide.types);
        because.push(fact.to_string());
        Ok(())
    }

    pub(super) fn finish(mut self) -> Vec<Action> {
        for ((pointer, name), (types, because)) in std::mem::take(&mut self.properties) {
            if let Ok(target) = self.target(&pointer) {
                let update = json!({"properties": {name: self.of_types(&types)}});
                self.add(target, Some(update), because);
            }
        }
        for (pointer, (wide, because)) in std::mem::take(&mut self.wide) {
            let Some((parent, last)) = pointer.rsplit_once('/') else {
                continue;
            };
            let (Ok(target), Ok(parent)) = (self.target(&pointer), self.target(parent)) else {
                continue;
            };
            let Some(node) = self.root.pointer(&pointer) else {
                continue;
            };
            let wider = self.wider(node.to_json(), &wide);
            // Taken out and put in again: nothing of it is merged.
            let update = json!({unescape(last): wider});
            self.add(target, None, because);
            self.add(parent, Some(update), Vec::new());
        }
        self.others
    }

    /// A schema of any of these types.
    fn of_types(&self, types: &BTreeSet<String>) -> Value {
        let mut plain: Vec<&String> = types.iter().filter(|found| *found != "null").collect();
        if plain.iter().any(|found| *found == "number") {
            plain.retain(|found| *found != "integer");
        }
        match (plain.as_slice(), types.contains("null")) {
            ([one], false) => of_type(one),
            ([one], true) => self.wider(of_type(one), &Wide::of("null")),
            // Null alone says nothing of what else may come.
            _ => json!({}),
        }
    }

    /// The schema, and these types beside it.
    fn wider(&self, schema: Value, wide: &Wide) -> Value {
        let is_integer = schema.get("type") == Some(&json!("integer"));
        let mut schema = schema;
        let mut types = wide.types.clone();
        if is_integer
            && types.remove("number")
            && let Some(members) = schema.as_object_mut()
        {
            members.insert("type".to_owned(), json!("number"));
            members.remove("format");
        }
        if !types.is_empty() {
            let others = types.iter().map(|found| of_type(found));
            let all: Vec<Value> = std::iter::once(schema).chain(others).collect();
            schema = match self.dialect {
                // Swagger 2.0 has no unions.
                Dialect::V2 => json!({}),
                _ => json!({"anyOf": all}),
            };
        }
        match wide.null {
            true => self.nullable(schema),
            false => schema,
        }
    }

    fn nullable(&self, schema: Value) -> Value {
        let is_reference = schema.get("$ref").is_some();
        let key = match self.dialect {
            Dialect::V2 => "x-nullable",
            Dialect::V3_0 => "nullable",
            _ => return json!({"anyOf": [schema, {"type": "null"}]}),
        };
        if is_reference {
            return json!({key: true, "allOf": [schema]});
        }
        let mut members = match schema {
            Value::Object(members) => members,
            _ => Map::new(),
        };
        members.insert(key.to_owned(), json!(true));
        if let Some(Value::Array(values)) = members.get_mut("enum")
            && !values.contains(&Value::Null)
        {
            values.push(Value::Null);
        }
        Value::Object(members)
    }

    /// The JSONPath (RFC 9535) of a place of the document.
    fn target(&self, pointer: &str) -> Result<String, Left> {
        let mut node = self.root;
        let mut text = String::from("$");
        for token in pointer.trim_start_matches('#').split('/').skip(1) {
            let token = unescape(token);
            let gone = Left::Unsound("the place is not in the document itself");
            if let Some(items) = node.as_array() {
                let index = token.parse::<usize>().ok();
                let Some(item) = index.and_then(|index| items.get(index)) else {
                    return Err(gone);
                };
                node = item;
                let _ = write!(text, "[{token}]");
            } else {
                let Some(member) = node.get(&token) else {
                    return Err(gone);
                };
                node = member;
                let _ = write!(text, "[{}]", quoted(&token));
            }
        }
        Ok(text)
    }
}

/// A string of a JSONPath.
fn quoted(text: &str) -> String {
    let mut out = String::from("'");
    for letter in text.chars() {
        match letter {
            '\'' | '\\' => out.extend(['\\', letter]),
            letter if letter.is_control() => drop(write!(out, "\\u{:04x}", u32::from(letter))),
            letter => out.push(letter),
        }
    }
    out.push('\'');
    out
}

/// A schema of one JSON type.
pub(super) fn of_type(found: &str) -> Value {
    match found {
        "array" => json!({"type": "array", "items": {}}),
        found => json!({"type": found}),
    }
}

/// Whether a schema takes values of a JSON type.
pub(super) fn takes(kind: &SchemaKind, found: &str) -> bool {
    match kind {
        SchemaKind::Any => true,
        SchemaKind::Boolean => found == "boolean",
        SchemaKind::Integer { .. } | SchemaKind::IntegerEnum(_) => found == "integer",
        SchemaKind::Number { .. } => matches!(found, "integer" | "number"),
        SchemaKind::String { .. } | SchemaKind::StringEnum(_) => found == "string",
        SchemaKind::Array(_) | SchemaKind::Tuple(_) => found == "array",
        SchemaKind::Map(_) | SchemaKind::Object(_) => found == "object",
        SchemaKind::Never
        | SchemaKind::ValueEnum(_)
        | SchemaKind::Union(_)
        | SchemaKind::Alias(_) => false,
    }
}
