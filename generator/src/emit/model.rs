//! `src/models/`: types and the tables beside them.

use super::types::{blank, spell};
use super::writer::Writer;
use super::{OutputFile, file_stem, gate, literal, module_line, variants};
use crate::rust::ir::{Alias, Crate, Field, Item, ModelFile, Struct, Type};

/// The files under `src/models/`.
pub(super) fn files(krate: &Crate) -> impl Iterator<Item = OutputFile> {
    let each = krate.model_files.iter().map(|file| OutputFile {
        path: format!("src/models/{}.rs", file_stem(&file.module)),
        text: model_file(file),
    });
    std::iter::once(index(krate)).chain(each)
}

fn index(krate: &Crate) -> OutputFile {
    let mut w = Writer::new();
    w.inner_docs(&["The types of the API.".to_owned()]);
    for file in &krate.model_files {
        w.blank();
        module_line(&mut w, file.feature.as_deref(), "mod ", &file.module);
        gate(&mut w, file.feature.as_deref());
        w.line(&["pub use ", &file.module, "::*;"]);
    }
    OutputFile {
        path: "src/models/mod.rs".to_owned(),
        text: w.finish(),
    }
}

fn model_file(file: &ModelFile) -> String {
    let mut w = Writer::new();
    w.blank();
    w.line(&["use super::*;"]);
    w.line(&["use pontoon_runtime::codegen::{self as rt, Reflect as _};"]);
    for item in &file.items {
        w.blank();
        match item {
            Item::Struct(item) => structure(&mut w, item),
            Item::Enum(item) => variants::string_enum(&mut w, item),
            Item::IntEnum(item) => variants::integer_enum(&mut w, item),
            Item::ValueEnum(item) => variants::value_enum(&mut w, item),
            Item::Union(item) => variants::union(&mut w, item),
            Item::Alias(item) => alias(&mut w, item),
            Item::Responses(item) => variants::responses(&mut w, item),
        }
    }
    // Of enumerations and responses the macros that make them do this.
    let models: Vec<&str> = file
        .items
        .iter()
        .filter(|item| matches!(item, Item::Struct(_) | Item::Union(_)))
        .map(Item::name)
        .collect();
    if !models.is_empty() {
        w.blank();
        w.open(&["rt::models! {"]);
        for name in models {
            w.line(&[name]);
        }
        w.close("}");
    }
    w.finish()
}

fn alias(w: &mut Writer, item: &Alias) {
    w.docs(&item.docs);
    w.line(&["pub type ", &item.name, " = ", &spell(&item.ty, ""), ";"]);
}

fn structure(w: &mut Writer, item: &Struct) {
    w.docs(&item.docs);
    if item.deprecated {
        w.line(&["#[deprecated]"]);
    }
    w.line(&["#[derive(Clone)]"]);
    w.line(&["#[non_exhaustive]"]);
    w.open(&["pub struct ", &item.name, " {"]);
    for field in &item.fields {
        w.docs(&field.docs);
        if field.deprecated {
            w.line(&["#[deprecated]"]);
        }
        w.line(&["pub ", &field.name, ": ", &spell(&field.ty, ""), ","]);
    }
    if let Some((name, ty)) = &item.additional {
        w.docs(&["Properties that have no field of their own.".to_owned()]);
        w.line(&["pub ", name, ": ", &map_of(ty), ","]);
    }
    w.close("}");
    if item.constructor {
        constructor(w, item);
    }
    w.open(&["impl rt::Reflect for ", &item.name, " {"]);
    blank_function(w, item);
    table_function(w, item);
    at_functions(w, item);
    w.close("}");
}

fn map_of(ty: &Type) -> String {
    ["rt::BTreeMap<String, ", &spell(ty, ""), ">"].concat()
}

fn constructor(w: &mut Writer, item: &Struct) {
    let required: Vec<&Field> = item.fields.iter().filter(|field| field.required).collect();
    if required.is_empty() {
        w.open(&["impl Default for ", &item.name, " {"]);
        w.line(&["fn default() -> Self { rt::blank() }"]);
        w.close("}");
    }
    let arguments: Vec<String> = required
        .iter()
        .map(|field| [field.name.as_str(), ": ", &spell(&field.ty, "")].concat())
        .collect();
    let mut values: Vec<String> = required.iter().map(|field| field.name.clone()).collect();
    if required.len() < item.fields.len() || item.additional.is_some() {
        values.push("..rt::blank()".to_owned());
    }
    w.open(&["impl ", &item.name, " {"]);
    w.line(&["/// Makes a value of what is required."]);
    w.list(&["pub fn new("], &arguments, ") -> Self {");
    w.inside(&["Self { ", &values.join(", "), " }"]);
    w.line(&["}"]);
    w.close("}");
}

fn blank_function(w: &mut Writer, item: &Struct) {
    w.open(&["fn blank() -> Self {"]);
    let mut values: Vec<String> = item
        .fields
        .iter()
        .map(|field| [field.name.as_str(), ": ", blank(&field.ty)].concat())
        .collect();
    if let Some((name, _)) = &item.additional {
        values.push([name.as_str(), ": rt::blank()"].concat());
    }
    w.list(&["Self { "], &values, " }");
    w.close("}");
}

/// The table is a literal of the function: a `static` or a call of a `const fn`
/// would be checked and evaluated on its own.
fn table_function(w: &mut Writer, item: &Struct) {
    w.open(&["fn table(&self) -> &'static rt::Table {"]);
    let name = literal::string(&item.name);
    let rows: Vec<String> = item.fields.iter().map(row).collect();
    let additional = if item.additional.is_some() {
        "], additional: true }"
    } else {
        "], additional: false }"
    };
    w.list(
        &["&rt::Table { name: ", &name, ", fields: &["],
        &rows,
        additional,
    );
    w.close("}");
}

fn at_functions(w: &mut Writer, item: &Struct) {
    let names = item.fields.iter().map(|field| field.name.as_str());
    let names = names.chain(item.additional.as_ref().map(|(name, _)| name.as_str()));
    let names: Vec<(String, &str)> = names
        .enumerate()
        .map(|(index, name)| (index.to_string(), name))
        .collect();
    w.open(&["fn slot_at(&mut self, index: usize) -> rt::Slot<'_> {"]);
    w.open(&["match index {"]);
    for (index, name) in &names {
        w.line(&[index, " => self.", name, ".slot(),"]);
    }
    w.line(&["_ => rt::Slot::Unit,"]);
    w.close("}");
    w.close("}");
    w.open(&["fn view_at(&self, index: usize) -> rt::View<'_> {"]);
    w.open(&["match index {"]);
    for (index, name) in &names {
        w.line(&[index, " => self.", name, ".view(),"]);
    }
    w.line(&["_ => rt::View::Absent,"]);
    w.close("}");
    w.close("}");
}

/// A row of the table. The flags are those of the runtime's `Field`.
fn row(field: &Field) -> String {
    let flags = [
        field.required,
        field.nullable,
        field.read_only,
        field.write_only,
        field.secret,
    ];
    let flags = flags
        .into_iter()
        .enumerate()
        .fold(0_u8, |all, (bit, is_set)| all | u8::from(is_set) << bit);
    let name = literal::string(&field.wire);
    [
        "rt::Field { name: ",
        &name,
        ", flags: ",
        &flags.to_string(),
        " }",
    ]
    .concat()
}
