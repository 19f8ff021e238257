//! The interpreter: a value and what is said of it, walked side by side.

use super::table::{Checks, Kind, Schema, Table, shortened};
use super::{Part, Violation};
use crate::codec::json::Mode;
use crate::codec::json::encode;
use crate::json::{Json, JsonObject, Number};
use crate::mask::{MASK, is_secret_name};
use crate::model::{Field, ListView, MapView, Member, Reflect, View, written};
use crate::operation::Operation;
use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::HashSet;
use std::fmt::Write as _;

/// Schemas that are looked at for one part of a request. Unions that hold each other
/// could ask for any number; what is left then is taken as it is.
const MAX_STEPS: u32 = 1_000_000;
/// Schemas inside of each other that are looked at: unions may hold themselves.
const MAX_DEPTH: u32 = 200;

/// What part of a request breaks.
pub(crate) fn examine(
    checks: &Checks,
    operation: &'static Operation,
    part: Part,
    value: &View<'_>,
) -> Vec<Violation> {
    let Some(table) = checks.table() else {
        return Vec::new();
    };
    let Some(schema) = table.schema(operation, part) else {
        return Vec::new();
    };
    let parameter = part.parameter(operation);
    let mut walk = Walk {
        table,
        pointer: String::new(),
        steps: 0,
        depth: 0,
        secret: parameter.is_some_and(|(_, name)| is_secret_name(name)),
        found: Vec::new(),
    };
    walk.value(schema, value);
    for violation in &mut walk.found {
        violation.parameter = parameter;
    }
    walk.found
}

/// A value by its JSON type.
enum Seen<'a> {
    /// Null, or not there.
    Nothing,
    Bool(bool),
    Number(Number),
    Text(Cow<'a, str>),
    List(&'a dyn ListView),
    Items(&'a [Json]),
    Model(&'a dyn Reflect),
    Map(&'a dyn MapView),
    Object(&'a JsonObject),
    /// Bytes, of which nothing is said.
    Opaque,
}

impl<'a> Seen<'a> {
    fn of(view: &View<'a>) -> Self {
        match view {
            View::Absent | View::Null => Self::Nothing,
            View::Str(text) => Self::Text(Cow::Borrowed(text)),
            View::I64(number) => Self::Number(Number::from(*number)),
            View::U64(number) => Self::Number(Number::from(*number)),
            View::F64(number) => Number::from_f64(*number).map_or(Self::Opaque, Self::Number),
            View::Bool(flag) => Self::Bool(*flag),
            View::Bytes(_) | View::File(_) => Self::Opaque,
            View::Text(value) => {
                let text = written(*value);
                match value.is_number() {
                    true => Self::Number(Number::from_checked(&text)),
                    false => Self::Text(Cow::Owned(text)),
                }
            }
            View::Json(json) => Self::of_json(json),
            View::Model(model) => Self::Model(*model),
            View::List(list) => Self::List(*list),
            View::Map(map) => Self::Map(*map),
        }
    }

    fn of_json(json: &'a Json) -> Self {
        match json {
            Json::Null => Self::Nothing,
            Json::Bool(flag) => Self::Bool(*flag),
            Json::Number(number) => Self::Number(number.clone()),
            Json::String(text) => Self::Text(Cow::Borrowed(text)),
            Json::Array(items) => Self::Items(items),
            Json::Object(members) => Self::Object(members),
        }
    }

    /// Bits of [`Member`].
    fn types(&self) -> u8 {
        match self {
            Self::Nothing => Member::NULL,
            Self::Bool(_) => Member::BOOL,
            Self::Number(number) if number.as_i64().is_some() || number.as_u64().is_some() => {
                Member::INTEGER
            }
            Self::Number(_) => Member::NUMBER & !Member::INTEGER,
            Self::Text(_) | Self::Opaque => Member::STRING,
            Self::List(_) | Self::Items(_) => Member::ARRAY,
            Self::Model(_) | Self::Map(_) | Self::Object(_) => Member::OBJECT,
        }
    }

    /// Calls `visit` with each member that is sent.
    fn members(&self, visit: &mut dyn FnMut(&str, &View<'_>)) {
        match self {
            Self::Model(model) => {
                let table = model.table();
                for (index, field) in table.fields.iter().enumerate() {
                    let view = model.view_at(index);
                    let is_absent = matches!(view, View::Absent)
                        && !field.has(Field::REQUIRED | Field::NULLABLE);
                    if !is_absent && !field.has(Field::READ_ONLY) {
                        visit(field.name, &view);
                    }
                }
                if table.additional
                    && let View::Map(map) = model.view_at(table.fields.len())
                {
                    map.each(&mut |name, view| visit(name, &view));
                }
            }
            Self::Map(map) => map.each(&mut |name, view| visit(name, &view)),
            Self::Object(members) => {
                for (name, value) in *members {
                    visit(name, &View::Json(value));
                }
            }
            _ => {}
        }
    }
}

struct Walk<'a> {
    table: &'a Table,
    pointer: String,
    steps: u32,
    depth: u32,
    /// The value, or what it is in, is not to be shown.
    secret: bool,
    found: Vec<Violation>,
}

impl<'a> Walk<'a> {
    fn value(&mut self, index: usize, view: &View<'_>) {
        let table = self.table;
        let Some(schema) = table.schemas.get(index) else {
            return;
        };
        self.steps += 1;
        if self.steps > MAX_STEPS || self.depth == MAX_DEPTH {
            return;
        }
        self.depth += 1;
        self.value_of(schema, view);
        self.depth -= 1;
    }

    fn value_of(&mut self, schema: &'a Schema, view: &View<'_>) {
        let seen = Seen::of(view);
        if matches!(seen, Seen::Nothing | Seen::Opaque) {
            return;
        }
        let was_secret = self.secret;
        self.secret |= schema.secret;
        for rule in &schema.rules {
            if !keeps(&rule.kind, &seen, view) {
                self.report(rule.words.clone(), &seen, view);
            }
        }
        match &seen {
            Seen::List(list) => {
                for index in 0..list.len() {
                    self.item(schema, index, &list.at(index));
                }
            }
            Seen::Items(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.item(schema, index, &View::Json(item));
                }
            }
            Seen::Model(_) | Seen::Map(_) | Seen::Object(_) => self.object(schema, &seen),
            _ => {}
        }
        if !schema.members.is_empty() {
            self.union(schema, &seen, view);
        }
        self.secret = was_secret;
    }

    fn item(&mut self, schema: &'a Schema, index: usize, view: &View<'_>) {
        let said = schema.prefix.get(index).copied().unwrap_or(schema.items);
        if let Some(said) = said {
            let length = self.pointer.len();
            // Writing to a string does not fail.
            let _ = write!(self.pointer, "/{index}");
            self.value(said, view);
            self.pointer.truncate(length);
        }
    }

    fn object(&mut self, schema: &'a Schema, seen: &Seen<'_>) {
        let mut missing: Vec<&str> = schema.required.iter().map(String::as_str).collect();
        seen.members(&mut |name, view| {
            missing.retain(|other| *other != name);
            let said = schema.properties.get(name).copied();
            let Some(said) = said.or(schema.additional) else {
                return;
            };
            let (length, was_secret) = (self.pointer.len(), self.secret);
            self.step(name);
            self.secret |= is_secret_name(name);
            self.value(said, view);
            self.secret = was_secret;
            self.pointer.truncate(length);
        });
        for name in missing {
            let length = self.pointer.len();
            self.step(name);
            self.push("required".to_owned(), "not there".to_owned());
            self.pointer.truncate(length);
        }
    }

    /// RFC 6901, section 4.
    fn step(&mut self, name: &str) {
        self.pointer.push('/');
        for letter in name.chars() {
            match letter {
                '~' => self.pointer.push_str("~0"),
                '/' => self.pointer.push_str("~1"),
                letter => self.pointer.push(letter),
            }
        }
    }

    /// The value keeps to the member that it is; where several may be it, to one of
    /// them.
    fn union(&mut self, schema: &'a Schema, seen: &Seen<'_>, view: &View<'_>) {
        let types = seen.types();
        let name = match seen {
            Seen::Model(model) => Some(model.table().name),
            _ => None,
        };
        let mut best: Option<Vec<Violation>> = None;
        for member in &schema.members {
            let other = |name| !member.names.is_empty() && !member.names.iter().any(|n| n == name);
            if member.types & types == 0 || name.is_some_and(other) {
                continue;
            }
            let Some(said) = member.schema else { return };
            let before = std::mem::take(&mut self.found);
            self.value(said, view);
            let found = std::mem::replace(&mut self.found, before);
            if found.is_empty() {
                return;
            }
            if best.as_ref().is_none_or(|best| found.len() < best.len()) {
                best = Some(found);
            }
        }
        self.found.extend(best.unwrap_or_default());
    }

    fn report(&mut self, words: String, seen: &Seen<'_>, view: &View<'_>) {
        let value = match seen {
            _ if self.secret => MASK.to_owned(),
            Seen::List(list) => format!("an array of {}", list.len()),
            Seen::Items(items) => format!("an array of {}", items.len()),
            Seen::Model(_) | Seen::Map(_) | Seen::Object(_) => {
                format!("an object of {}", count(seen))
            }
            _ => match encode(view_again(view), Mode::Request) {
                Ok(text) => shortened(String::from_utf8_lossy(&text).into_owned()),
                Err(_) => "without JSON text".to_owned(),
            },
        };
        self.push(words, value);
    }

    fn push(&mut self, constraint: String, value: String) {
        self.found.push(Violation {
            parameter: None,
            pointer: self.pointer.clone(),
            constraint,
            value,
        });
    }
}

/// The same view once more, of a scalar.
fn view_again<'a>(view: &View<'a>) -> View<'a> {
    match view {
        View::Null => View::Null,
        View::Str(text) => View::Str(text),
        View::I64(number) => View::I64(*number),
        View::U64(number) => View::U64(*number),
        View::F64(number) => View::F64(*number),
        View::Bool(flag) => View::Bool(*flag),
        View::Text(text) => View::Text(*text),
        View::Json(json) => View::Json(json),
        _ => View::Absent,
    }
}

fn count(seen: &Seen<'_>) -> u64 {
    let mut count = 0;
    seen.members(&mut |_, _| count += 1);
    count
}

/// Whether a value keeps to a constraint. One of another JSON type does.
fn keeps(kind: &Kind, seen: &Seen<'_>, view: &View<'_>) -> bool {
    match (kind, seen) {
        (Kind::Enum(values), _) => listed(values, seen),
        (Kind::Minimum(limit), Seen::Number(number)) => number.compare(limit) != Ordering::Less,
        (Kind::ExclusiveMinimum(limit), Seen::Number(number)) => {
            number.compare(limit) == Ordering::Greater
        }
        (Kind::Maximum(limit), Seen::Number(number)) => number.compare(limit) != Ordering::Greater,
        (Kind::ExclusiveMaximum(limit), Seen::Number(number)) => {
            number.compare(limit) == Ordering::Less
        }
        (Kind::MultipleOf(step), Seen::Number(number)) => {
            number.is_multiple_of(step) != Some(false)
        }
        (Kind::MinLength(least), Seen::Text(text)) => text.chars().count() as u64 >= *least,
        (Kind::MaxLength(most), Seen::Text(text)) => text.chars().count() as u64 <= *most,
        (Kind::Pattern(pattern), Seen::Text(text)) => pattern.found_in(text) != Some(false),
        (Kind::MinItems(least), _) => length(seen).is_none_or(|length| length >= *least),
        (Kind::MaxItems(most), _) => length(seen).is_none_or(|length| length <= *most),
        (Kind::UniqueItems, Seen::List(_) | Seen::Items(_)) => unique(view),
        (Kind::MinProperties(least), Seen::Model(_) | Seen::Map(_) | Seen::Object(_)) => {
            count(seen) >= *least
        }
        (Kind::MaxProperties(most), Seen::Model(_) | Seen::Map(_) | Seen::Object(_)) => {
            count(seen) <= *most
        }
        _ => true,
    }
}

fn length(seen: &Seen<'_>) -> Option<u64> {
    match seen {
        Seen::List(list) => Some(list.len() as u64),
        Seen::Items(items) => Some(items.len() as u64),
        _ => None,
    }
}

fn listed(values: &[Json], seen: &Seen<'_>) -> bool {
    values.iter().any(|value| match (value, seen) {
        (Json::String(value), Seen::Text(text)) => value == text,
        (Json::Number(value), Seen::Number(number)) => value == number,
        (Json::Bool(value), Seen::Bool(flag)) => value == flag,
        // Enumerations of anything else have no type and no row.
        _ => false,
    })
}

/// Whether no two items of a list are equal.
fn unique(view: &View<'_>) -> bool {
    let text = match view {
        View::List(list) => encode(View::List(*list), Mode::Request),
        View::Json(json) => encode(View::Json(json), Mode::Request),
        _ => return true,
    };
    // What has no JSON text is refused when it is written.
    let Ok(Ok(Json::Array(items))) = text.map(|text| Json::parse(&text)) else {
        return true;
    };
    let mut seen = HashSet::new();
    items.iter().all(|item| {
        let mut text = String::new();
        normal(item, &mut text);
        seen.insert(text)
    })
}

/// One text for all ways of writing a value.
fn normal(json: &Json, out: &mut String) {
    match json {
        Json::Number(number) => out.push_str(&number.normal()),
        Json::Array(items) => {
            out.push('[');
            for item in items {
                normal(item, out);
                out.push(',');
            }
            out.push(']');
        }
        Json::Object(members) => {
            out.push('{');
            for (name, value) in members {
                // Writing to a string does not fail.
                let _ = write!(out, "{name:?}:");
                normal(value, out);
                out.push(',');
            }
            out.push('}');
        }
        scalar => out.push_str(&String::from_utf8_lossy(&scalar.to_vec())),
    }
}
