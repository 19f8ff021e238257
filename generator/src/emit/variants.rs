//! Types with variants: enumerations, unions, sets of responses.

use super::literal;
use super::types::spell;
use super::writer::Writer;
use crate::rust::ir::{Enum, IntEnum, JsonTypes, Member, Responses, Type, Union, ValueEnum};
use serde_json::Value;

pub(super) fn string_enum(w: &mut Writer, item: &Enum) {
    let rows = item
        .variants
        .iter()
        .map(|(name, value)| (name, literal::string(value)));
    open_enum(
        w,
        "rt::open_enum! {",
        (&item.docs, item.deprecated, &item.name, &item.unknown),
        rows,
    );
}

pub(super) fn integer_enum(w: &mut Writer, item: &IntEnum) {
    let rows = item
        .variants
        .iter()
        .map(|(name, value)| (name, value.to_string()));
    open_enum(
        w,
        "rt::open_int_enum! {",
        (&item.docs, item.deprecated, &item.name, &item.unknown),
        rows,
    );
}

pub(super) fn value_enum(w: &mut Writer, item: &ValueEnum) {
    let rows = item
        .variants
        .iter()
        .map(|(name, value)| (name, scalar(value)));
    open_enum(
        w,
        "rt::open_value_enum! {",
        (&item.docs, item.deprecated, &item.name, &item.unknown),
        rows,
    );
}

/// A listed value as the runtime's `Scalar` without its path.
fn scalar(value: &Value) -> String {
    match value {
        Value::String(text) => ["Str(", &literal::string(text), ")"].concat(),
        Value::Bool(flag) => format!("Bool({flag})"),
        other => match (other.as_i64(), other.as_f64()) {
            (Some(number), _) => format!("I64({number})"),
            (None, number) => format!("F64({:?})", number.unwrap_or_default()),
        },
    }
}

fn open_enum<'a>(
    w: &mut Writer,
    opening: &str,
    (docs, deprecated, name, unknown): (&[String], bool, &str, &str),
    rows: impl Iterator<Item = (&'a String, String)>,
) {
    w.open(&[opening]);
    w.docs(docs);
    if deprecated {
        w.line(&["#[deprecated]"]);
    }
    w.open(&["pub enum ", name, " {"]);
    for (variant, value) in rows {
        w.line(&[variant, " = ", &value, ","]);
    }
    w.close("}");
    w.line(&["unknown ", unknown]);
    w.close("}");
}

pub(super) fn union(w: &mut Writer, item: &Union) {
    w.docs(&item.docs);
    if item.deprecated {
        w.line(&["#[deprecated]"]);
    }
    w.line(&["#[derive(Clone)]"]);
    w.line(&["#[non_exhaustive]"]);
    w.open(&["pub enum ", &item.name, " {"]);
    for member in &item.members {
        w.line(&[&member.name, "(", &spell(&member.ty, ""), "),"]);
    }
    w.line(&["/// A value that none of the members takes."]);
    w.line(&[&item.unknown, "(rt::Json),"]);
    w.close("}");
    w.open(&["impl rt::Union for ", &item.name, " {"]);
    union_table(w, item);
    union_select(w, item);
    w.open(&["fn set_unknown(&mut self, value: rt::Json) {"]);
    w.line(&["*self = Self::", &item.unknown, "(value);"]);
    w.close("}");
    w.close("}");
    w.open(&["impl rt::Reflect for ", &item.name, " {"]);
    w.open(&["fn blank() -> Self {"]);
    w.line(&["Self::", &item.unknown, "(rt::Json::Null)"]);
    w.close("}");
    w.open(&["fn slot(&mut self) -> rt::Slot<'_> {"]);
    w.line(&["rt::Slot::Union(self)"]);
    w.close("}");
    w.open(&["fn view(&self) -> rt::View<'_> {"]);
    w.open(&["match self {"]);
    for member in &item.members {
        w.line(&["Self::", &member.name, "(value) => value.view(),"]);
    }
    w.line(&["Self::", &item.unknown, "(value) => value.view(),"]);
    w.close("}");
    w.close("}");
    w.close("}");
    for member in item.members.iter().filter(|member| member.from) {
        // A box is how the member is kept, not what a caller holds.
        let (ty, value) = match &member.ty {
            Type::Boxed(ty) => (ty.as_ref(), "(Box::new(value))"),
            ty => (ty, "(value)"),
        };
        let ty = spell(ty, "");
        w.open(&["impl From<", &ty, "> for ", &item.name, " {"]);
        w.open(&["fn from(value: ", &ty, ") -> Self {"]);
        w.line(&["Self::", &member.name, value]);
        w.close("}");
        w.close("}");
    }
}

fn union_table(w: &mut Writer, item: &Union) {
    w.open(&["fn table(&self) -> &'static rt::UnionTable {"]);
    let discriminator = match &item.discriminator {
        Some(name) => ["Some(", &literal::string(name), ")"].concat(),
        None => "None".to_owned(),
    };
    w.open(&["&rt::UnionTable {"]);
    w.line(&["name: ", &literal::string(&item.name), ","]);
    w.line(&["discriminator: ", &discriminator, ","]);
    let members: Vec<String> = item.members.iter().map(member).collect();
    w.list(&["members: &["], &members, "],");
    w.close("}");
    w.close("}");
}

fn union_select(w: &mut Writer, item: &Union) {
    w.open(&["fn select(&mut self, index: usize) -> rt::Slot<'_> {"]);
    w.open(&["match index {"]);
    for (index, member) in item.members.iter().enumerate() {
        w.open(&[&index.to_string(), " => {"]);
        w.line(&["*self = Self::", &member.name, "(rt::blank());"]);
        w.open(&["if let Self::", &member.name, "(value) = self {"]);
        w.line(&["return value.slot();"]);
        w.close("}");
        w.close("}");
    }
    w.line(&["_ => {}"]);
    w.close("}");
    w.line(&["rt::Slot::Unit"]);
    w.close("}");
}

fn member(member: &Member) -> String {
    let tags = literal::strings(&member.tags);
    let required = literal::strings(&member.required);
    let constants = literal::slice(member.constants.iter().map(|(name, value)| {
        [
            "(",
            &literal::string(name),
            ", ",
            &literal::string(value),
            ")",
        ]
        .concat()
    }));
    [
        "rt::Member { types: ",
        &bits(member.types).to_string(),
        ", tags: ",
        &tags,
        ", required: ",
        &required,
        ", constants: ",
        &constants,
        " }",
    ]
    .concat()
}

/// The bits of the runtime's `Member`.
pub(super) fn bits(types: JsonTypes) -> u8 {
    [
        (types.null, 1),
        (types.boolean, 2),
        (types.integer, 4),
        (types.number, 12),
        (types.string, 16),
        (types.array, 32),
        (types.object, 64),
    ]
    .into_iter()
    .filter_map(|(is_set, bits)| is_set.then_some(bits))
    .fold(0, |all, bits| all | bits)
}

pub(super) fn responses(w: &mut Writer, item: &Responses) {
    w.open(&[if item.errors {
        "rt::errors! {"
    } else {
        "rt::responses! {"
    }]);
    w.docs(&item.docs);
    w.open(&["pub enum ", &item.name, " {"]);
    for (name, ty) in &item.variants {
        w.line(&[name, "(", &spell(ty, ""), "),"]);
    }
    w.close("}");
    w.close("}");
}
