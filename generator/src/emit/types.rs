//! How the types of the IR are written, and how values of them are passed.

use crate::rust::ir::{Crate, Item, Type};
use std::collections::HashMap;

/// The types of the crate.
#[derive(Debug)]
pub(super) struct Types<'a>(HashMap<&'a str, &'a Item>);

impl<'a> Types<'a> {
    /// Looks through the crate once.
    pub(super) fn new(krate: &'a Crate) -> Self {
        let items = krate.model_files.iter().flat_map(|file| &file.items);
        Self(items.map(|item| (item.name(), item)).collect())
    }

    /// The item of that name.
    pub(super) fn item(&self, name: &str) -> Option<&'a Item> {
        self.0.get(name).copied()
    }

    fn is_enum(&self, name: &str) -> bool {
        matches!(
            self.item(name),
            Some(Item::Enum(_) | Item::IntEnum(_) | Item::ValueEnum(_))
        )
    }

    /// The type behind aliases.
    pub(super) fn resolve<'t>(&self, mut ty: &'t Type) -> &'t Type
    where
        'a: 't,
    {
        // An alias chain is no longer than the number of names.
        for _ in 0..=self.0.len() {
            match ty {
                Type::Named(name) => match self.item(name) {
                    Some(Item::Alias(alias)) => ty = &alias.ty,
                    _ => break,
                },
                _ => break,
            }
        }
        ty
    }

    /// How an argument of type `ty` is declared and how its view is had.
    pub(super) fn argument(&self, ty: &Type, name: &str) -> Argument {
        let declared = |prefix: &str| [prefix, &spell(ty, MODELS)].concat();
        let view = |constructor: &str| ["rt::View::", constructor, "(", name, ")"].concat();
        let (ty, view) = match self.resolve(ty) {
            Type::String => ("&str".to_owned(), view("Str")),
            Type::I64 => (declared(""), view("I64")),
            Type::U64 => (declared(""), view("U64")),
            Type::F64 => (declared(""), view("F64")),
            Type::Bool => (declared(""), view("Bool")),
            Type::Json => (declared("&"), view("Json")),
            Type::List(item) => (
                ["&[", &spell(item, MODELS), "]"].concat(),
                ["rt::View::List(&", name, ")"].concat(),
            ),
            Type::Bytes => (declared(""), ["rt::View::Bytes(&", name, ")"].concat()),
            Type::File => (declared("&"), [name, ".view()"].concat()),
            Type::Scalar(_) => (declared(""), ["rt::View::Text(&", name, ")"].concat()),
            Type::Map(_) => (declared("&"), view("Map")),
            Type::Named(target) if self.is_enum(target) => {
                (declared(""), [name, ".view()"].concat())
            }
            Type::Unit => (declared(""), "rt::View::Absent".to_owned()),
            Type::Named(_)
            | Type::Option(_)
            | Type::Nullable(_)
            | Type::Boxed(_)
            | Type::Tuple(_)
            | Type::Tail(..) => (declared("&"), [name, ".view()"].concat()),
        };
        Argument { ty, view }
    }
}

/// How an argument is declared and handed on.
#[derive(Debug)]
pub(super) struct Argument {
    /// Its type in the signature.
    pub(super) ty: String,
    /// The expression of its view.
    pub(super) view: String,
}

/// The prefix of model names outside `models`.
pub(super) const MODELS: &str = "models::";

/// `ty` in Rust; `prefix` stands before the names of models.
pub(super) fn spell(ty: &Type, prefix: &str) -> String {
    let mut text = String::new();
    write(ty, prefix, &mut text);
    text
}

fn write(ty: &Type, prefix: &str, text: &mut String) {
    let (open, item) = match ty {
        Type::Named(name) => {
            text.push_str(prefix);
            text.push_str(name);
            return;
        }
        Type::Tuple(items) => return tuple(items, prefix, text),
        Type::Tail(items, rest) => {
            text.push_str("rt::Tail<");
            tuple(items, prefix, text);
            text.push_str(", ");
            write(rest, prefix, text);
            text.push('>');
            return;
        }
        Type::Unit => return text.push_str("()"),
        Type::String => return text.push_str("String"),
        Type::I64 => return text.push_str("i64"),
        Type::U64 => return text.push_str("u64"),
        Type::F64 => return text.push_str("f64"),
        Type::Bool => return text.push_str("bool"),
        Type::Bytes => return text.push_str("rt::Bytes"),
        Type::File => return text.push_str("rt::File"),
        Type::Json => return text.push_str("rt::Json"),
        Type::Scalar(scalar) => return text.push_str(&scalar.path()),
        Type::Option(item) => ("Option<", item),
        Type::Nullable(item) => ("rt::Nullable<", item),
        Type::List(item) => ("Vec<", item),
        Type::Map(item) => ("rt::BTreeMap<String, ", item),
        Type::Boxed(item) => ("Box<", item),
    };
    text.push_str(open);
    write(item, prefix, text);
    text.push('>');
}

fn tuple(items: &[Type], prefix: &str, text: &mut String) {
    text.push('(');
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            text.push_str(", ");
        }
        write(item, prefix, text);
    }
    // One item alone is a tuple by its comma.
    text.push_str(if items.len() == 1 { ",)" } else { ")" });
}

/// An expression for the blank value of `ty`: spelled out where that spares the
/// compiler a search for an implementation.
pub(super) fn blank(ty: &Type) -> &'static str {
    match ty {
        Type::Option(_) => "None",
        Type::List(_) => "Vec::new()",
        Type::String => "String::new()",
        Type::I64 | Type::U64 => "0",
        Type::F64 => "0.0",
        Type::Bool => "false",
        Type::Json => "rt::Json::Null",
        Type::Nullable(_) => "rt::Nullable::Absent",
        Type::Unit => "()",
        Type::Map(_)
        | Type::Bytes
        | Type::File
        | Type::Scalar(_)
        | Type::Named(_)
        | Type::Boxed(_)
        | Type::Tuple(_)
        | Type::Tail(..) => "rt::blank()",
    }
}
