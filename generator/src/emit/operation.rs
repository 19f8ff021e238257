//! `src/operations/`: a method per operation, the table it names, the builder it gives.

use super::types::{MODELS, Types, spell};
use super::writer::Writer;
use super::{OutputFile, declared, docs, file_stem, module_line, table};
use crate::rust::ir::{Argument, Codec, Crate, Namespace, Operation, Target, Type};

/// The files under `src/operations/`.
pub(super) fn files(krate: &Crate, types: &Types<'_>) -> impl Iterator<Item = OutputFile> {
    let each = krate.namespaces.iter().map(|namespace| OutputFile {
        path: format!("src/operations/{}.rs", file_stem(&namespace.module)),
        text: namespace_file(krate, namespace, types),
    });
    std::iter::once(index(krate)).chain(each)
}

fn index(krate: &Crate) -> OutputFile {
    let mut w = Writer::new();
    w.inner_docs(&["The operations of the API, by namespace.".to_owned()]);
    for namespace in &krate.namespaces {
        w.blank();
        module_line(
            &mut w,
            Some(&namespace.feature),
            "pub mod ",
            &namespace.module,
        );
    }
    OutputFile {
        path: "src/operations/mod.rs".to_owned(),
        text: w.finish(),
    }
}

fn namespace_file(krate: &Crate, namespace: &Namespace, types: &Types<'_>) -> String {
    let mut w = Writer::new();
    w.inner_docs(&namespace.docs);
    w.blank();
    w.line(&["use crate::models;"]);
    w.line(&["use pontoon_runtime::codegen::{self as rt, Reflect as _};"]);
    w.blank();
    w.docs(&namespace.docs);
    w.line(&["#[derive(Debug, Clone, Copy)]"]);
    w.line(&[
        "pub struct ",
        &namespace.type_name,
        "<'a>(pub(crate) &'a rt::CoreClient);",
    ]);
    w.blank();
    w.open(&["impl ", &namespace.type_name, "<'_> {"]);
    for (index, operation) in namespace.operations.iter().enumerate() {
        if index > 0 {
            w.blank();
        }
        method(&mut w, operation, types);
    }
    w.close("}");
    for operation in &namespace.operations {
        w.blank();
        // The mock has routes to them.
        let visible = if krate.mock { "pub(crate) " } else { "" };
        table::operation(&mut w, visible, &operation.table_name, &operation.table);
        builder(&mut w, operation, types);
    }
    w.finish()
}

/// What is said of an operation: its docs, its place, its declared errors.
fn docs(operation: &Operation) -> Vec<String> {
    let mut lines = operation.docs.clone();
    if !lines.is_empty() {
        lines.push(String::new());
    }
    lines.push(place(operation));
    if let Some(errors) = &operation.errors {
        lines.push(String::new());
        lines.push(format!("Declared errors: [`models::{errors}`]."));
    }
    declared::docs(&operation.table.declared, &mut lines);
    lines
}

/// `GET /path`
pub(super) fn place(operation: &Operation) -> String {
    docs::code(&[operation.table.method.as_str(), " ", &operation.table.path].concat())
}

fn method(w: &mut Writer, operation: &Operation, types: &Types<'_>) {
    w.docs(&docs(operation));
    signature(w, operation, &operation.name, &operation.positional, types);
    for other in &operation.alternatives {
        w.blank();
        w.docs(&[
            format!("Like [`Self::{}`], with a body of", operation.name),
            docs::code(&[other.media_type.as_str()].concat()) + ".",
        ]);
        signature(w, operation, &other.name, &other.positional, types);
    }
}

/// A method that begins a call of the operation.
fn signature(
    w: &mut Writer,
    operation: &Operation,
    name: &str,
    positional: &[Argument],
    types: &Types<'_>,
) {
    if operation.deprecated {
        w.line(&["#[deprecated]"]);
    }
    let mut arguments = vec!["&self".to_owned()];
    let mut call = ["self.0.call(&", &operation.table_name, ")"].concat();
    for argument in positional {
        let (ty, fill) = fill(argument, types);
        arguments.push([argument.name.as_str(), ": ", &ty].concat());
        call.push_str(&fill);
    }
    w.list(
        &["pub fn ", name, "("],
        &arguments,
        &[") -> ", &operation.builder, " {"].concat(),
    );
    w.inside(&[&operation.builder, "(", &call, ")"]);
    w.line(&["}"]);
}

/// `rt::streamed! { .. }`: the methods that read a success while it arrives.
fn streams(w: &mut Writer, operation: &Operation) {
    if operation.streams.is_empty() {
        return;
    }
    w.open(&["rt::streamed! {"]);
    for stream in &operation.streams {
        let item = spell(&stream.item, MODELS);
        let (what, ty) = match stream.codec {
            Codec::Events => (
                "server-sent events",
                ["rt::EventStream<", &item, ">"].concat(),
            ),
            Codec::Lines => (
                "JSON texts one by one",
                ["rt::JsonLines<", &item, ">"].concat(),
            ),
            _ => ("bytes as they arrive", "rt::Download".to_owned()),
        };
        let mut docs = vec![["Sends the call; the answer is read as ", what, "."].concat()];
        if let Some(property) = &stream.switch {
            docs.push(format!(
                "The API sends a stream where the body says so: set its {} to `true`.",
                docs::code(property)
            ));
        }
        w.docs(&docs);
        w.line(&[&operation.builder, ".", &stream.method, " -> ", &ty, ";"]);
    }
    w.close("}");
}

/// `rt::paged! { .. }`: the methods that read a list page by page.
fn paged(w: &mut Writer, operation: &Operation) {
    let Some(paged) = &operation.paged else {
        return;
    };
    let item = spell(&paged.item, MODELS);
    let page = spell(&operation.output, MODELS);
    w.line(&[
        "rt::paged! { ",
        &[
            operation.builder.as_str(),
            ".",
            &paged.items,
            " -> ",
            &item,
            ", ",
        ]
        .concat(),
        &[&paged.pages, " -> ", &page, "; }"].concat(),
    ]);
}

/// The type of an argument, and what is done with it: `.param(0, view)`,
/// `.body(view)` or `.upload(bytes)`.
fn fill(argument: &Argument, types: &Types<'_>) -> (String, String) {
    let passed = types.argument(&argument.ty, &argument.name);
    let call = match argument.target {
        Target::Parameter(index) => {
            [".param(", &index.to_string(), ", ", &passed.view, ")"].concat()
        }
        Target::Body if *types.resolve(&argument.ty) == Type::Bytes => {
            let ty = "impl Into<rt::Upload>".to_owned();
            return (ty, [".upload(", &argument.name, ".into())"].concat());
        }
        Target::BodyAs(index) if *types.resolve(&argument.ty) == Type::Bytes => {
            let ty = "impl Into<rt::Upload>".to_owned();
            let index = index.to_string();
            let call = [".upload_as(", &index, ", ", &argument.name, ".into())"];
            return (ty, call.concat());
        }
        Target::Body => [".body(", &passed.view, ")"].concat(),
        Target::BodyAs(index) => {
            [".body_as(", &index.to_string(), ", ", &passed.view, ")"].concat()
        }
    };
    (passed.ty, call)
}

fn builder(w: &mut Writer, operation: &Operation, types: &Types<'_>) {
    w.open(&["rt::operation! {"]);
    w.docs(&[format!("A call of {}.", place(operation))]);
    if operation.deprecated {
        w.line(&["#[deprecated]"]);
    }
    if operation.only_streams() {
        w.line(&["pub struct ", &operation.builder, ";"]);
    } else {
        let output = spell(&operation.output, MODELS);
        w.line(&["pub struct ", &operation.builder, " -> ", &output, ";"]);
    }
    w.close("}");
    streams(w, operation);
    paged(w, operation);
    if operation.optional.is_empty() {
        return;
    }
    w.open(&["impl ", &operation.builder, " {"]);
    for argument in &operation.optional {
        let (ty, fill) = fill(argument, types);
        w.docs(&argument.docs);
        if argument.deprecated {
            w.line(&["#[deprecated]"]);
        }
        let signature = ["(self, ", &argument.name, ": ", &ty, ") -> Self {"].concat();
        w.open(&["pub fn ", &argument.name, &signature]);
        w.line(&["Self(self.0", &fill, ")"]);
        w.close("}");
    }
    w.close("}");
}
