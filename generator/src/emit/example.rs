//! The call that the README shows, and `examples/quickstart.rs`, which compiles it.

use super::types::Types;
use super::writer::Writer;
use super::{OutputFile, literal, unraw};
use crate::rust::ir::{Argument, Crate, Exercise, Item, Namespace, Operation, Target, Type};

/// How deep values inside values are spelled out.
const MAX_DEPTH: usize = 8;

/// The operation that is shown.
pub(super) fn chosen(krate: &Crate) -> Option<(&Namespace, &Operation)> {
    let example = krate.example.as_ref()?;
    let namespace = krate.namespaces.get(example.namespace)?;
    Some((namespace, namespace.operations.get(example.operation)?))
}

/// `examples/quickstart.rs`.
pub(super) fn file(krate: &Crate, types: &Types<'_>) -> Option<OutputFile> {
    let lines = lines(krate, types)?;
    let mut w = Writer::new();
    w.line(&["//! The example of the README."]);
    w.line(&["#![allow(deprecated, unused_imports)]"]);
    w.blank();
    for line in lines {
        if line.starts_with("#[tokio::main") {
            w.line(&["#[rustfmt::skip]"]);
        }
        if line.is_empty() {
            w.blank();
        } else {
            w.line(&[&line]);
        }
    }
    Some(OutputFile {
        path: "examples/quickstart.rs".to_owned(),
        text: w.finish(),
    })
}

/// The program, line by line.
pub(super) fn lines(krate: &Crate, types: &Types<'_>) -> Option<Vec<String>> {
    let (namespace, operation) = chosen(krate)?;
    let library = krate.package.replace('-', "_");
    let arguments: Option<Vec<String>> = operation
        .positional
        .iter()
        .enumerate()
        .map(|(index, argument)| {
            let made = operation.exercise.positional.get(index);
            value(argument, made.map(String::as_str), types)
        })
        .collect();
    let mut lines = vec![
        format!("use {library}::{{Client, Error, models}};"),
        String::new(),
        "#[tokio::main(flavor = \"current_thread\")]".to_owned(),
        "async fn main() -> Result<(), Error> {".to_owned(),
        "    let client = Client::from_env()?;".to_owned(),
        "    let response = client".to_owned(),
        format!("        .{}()", namespace.module),
        format!("        .{}({})", operation.name, arguments?.join(", ")),
    ];
    for (name, value) in setters(operation, types) {
        lines.push(format!("        .{name}({value})"));
    }
    lines.extend([
        "        .send()".to_owned(),
        "        .await?;".to_owned(),
        "    println!(\"{} {:?}\", response.status(), response.value);".to_owned(),
        "    Ok(())".to_owned(),
        "}".to_owned(),
    ]);
    Some(lines)
}

/// Two optional parameters with plain values, to show how they are set.
fn setters<'a>(operation: &'a Operation, types: &Types<'_>) -> Vec<(&'a str, String)> {
    let is_plain = |argument: &&Argument| {
        !argument.deprecated
            && match types.resolve(&argument.ty) {
                Type::I64 | Type::Bool => true,
                Type::Named(name) => matches!(types.item(name), Some(Item::Enum(_))),
                _ => false,
            }
    };
    let plain = operation.optional.iter().filter(is_plain);
    plain
        .filter_map(|argument| {
            let index = operation
                .optional
                .iter()
                .position(|other| std::ptr::eq(other, argument));
            let made = index.and_then(|index| made(&operation.exercise, index));
            Some((argument.name.as_str(), value(argument, made, types)?))
        })
        .take(2)
        .collect()
}

fn made(exercise: &Exercise, index: usize) -> Option<&str> {
    let mut made = exercise.optional.iter();
    made.find(|(at, _)| *at == index)
        .map(|(_, text)| text.as_str())
}

/// An argument's value as an expression.
fn value(argument: &Argument, made: Option<&str>, types: &Types<'_>) -> Option<String> {
    let made = made.unwrap_or_default();
    let by_name = || unraw(&argument.name).to_owned();
    Some(match types.resolve(&argument.ty) {
        Type::String => literal::string(&serde_json::from_str(made).unwrap_or_else(|_| by_name())),
        Type::I64 => serde_json::from_str(made).unwrap_or(1_i64).to_string(),
        Type::List(_) => "&[]".to_owned(),
        Type::Bytes if argument.target == Target::Body => "\"content\"".to_owned(),
        ty => {
            let owned = built(ty, types, 0)?;
            let passed = types.argument(&argument.ty, &argument.name);
            if passed.ty.starts_with('&') {
                format!("&{owned}")
            } else {
                owned
            }
        }
    })
}

/// A value of `ty`, made of constructors; `None` where there are none.
fn built(ty: &Type, types: &Types<'_>, depth: usize) -> Option<String> {
    if depth > MAX_DEPTH {
        return None;
    }
    Some(match types.resolve(ty) {
        Type::Unit => "()".to_owned(),
        Type::String => "String::from(\"...\")".to_owned(),
        Type::I64 | Type::U64 => "1".to_owned(),
        Type::F64 => "1.0".to_owned(),
        Type::Bool => "true".to_owned(),
        Type::Scalar(scalar) => scalar.example().to_owned(),
        Type::Option(_) => "None".to_owned(),
        Type::List(_) => "Vec::new()".to_owned(),
        Type::Boxed(ty) => format!("Box::new({})", built(ty, types, depth + 1)?),
        Type::Bytes | Type::File | Type::Json | Type::Map(_) | Type::Nullable(_) => {
            "Default::default()".to_owned()
        }
        Type::Tuple(items) => {
            let items: Option<Vec<String>> = items
                .iter()
                .map(|item| Some(built(item, types, depth + 1)? + ","))
                .collect();
            format!("({})", items?.join(" "))
        }
        Type::Tail(..) => return None,
        Type::Named(name) => named(name, types, depth)?,
    })
}

fn named(name: &str, types: &Types<'_>, depth: usize) -> Option<String> {
    match types.item(name)? {
        Item::Struct(item) if item.constructor => {
            let required = item.fields.iter().filter(|field| field.required);
            let values: Option<Vec<String>> = required
                .map(|field| built(&field.ty, types, depth + 1))
                .collect();
            Some(format!("models::{name}::new({})", values?.join(", ")))
        }
        Item::Enum(item) => Some(format!("models::{name}::{}", item.variants.first()?.0)),
        Item::IntEnum(item) => Some(format!("models::{name}::{}", item.variants.first()?.0)),
        Item::ValueEnum(item) => Some(format!("models::{name}::{}", item.variants.first()?.0)),
        Item::Union(item) => item.members.iter().find_map(|member| {
            let value = built(&member.ty, types, depth + 1)?;
            Some(format!("models::{name}::{}({value})", member.name))
        }),
        Item::Struct(_) | Item::Alias(_) | Item::Responses(_) => None,
    }
}
