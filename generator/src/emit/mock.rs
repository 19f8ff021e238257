//! `src/mock.rs`: a route for each operation, for `pontoon_runtime::mock`.

use super::types::{MODELS, spell};
use super::writer::Writer;
use super::{OutputFile, gate, operation, unraw};
use crate::rust::ir::{Codec, Crate, Namespace, Operation, Target, Type};

/// The feature that gates the module: `mock`, unless a namespace has the name already.
pub(super) fn feature(krate: &Crate) -> &'static str {
    let taken = krate.namespaces.iter().any(|found| found.feature == "mock");
    if taken { "api-mock" } else { "mock" }
}

/// The lines of the manifest.
pub(super) fn features(krate: &Crate) -> String {
    let feature = feature(krate);
    format!(
        "# Answers in place of the server, for tests.\n\
         {feature} = [\"pontoon-runtime/mock\"]\n\
         {feature}-server = [\"{feature}\", \"pontoon-runtime/mock-server\"]\n"
    )
}

/// The file, for crates with a mock.
pub(super) fn file(krate: &Crate) -> Option<OutputFile> {
    if !krate.mock {
        return None;
    }
    let mut w = Writer::new();
    w.inner_docs(&[
        "Answers in place of the server, for tests: see `pontoon_runtime::mock`.".to_owned(),
    ]);
    w.blank();
    w.line(&["pub use pontoon_runtime::mock::{Answer, Expect, Received, Route};"]);
    w.line(&["use pontoon_runtime::codegen as rt;"]);
    w.blank();
    w.docs(&["The server's part in a test: what it answers, and what it was asked.".to_owned()]);
    w.line(&["pub type Mock = pontoon_runtime::mock::Mock<crate::Client>;"]);
    w.blank();
    w.open(&["impl rt::Mocked for crate::Client {"]);
    w.open(&["fn builder() -> rt::ClientBuilder<Self> {"]);
    w.line(&["Self::builder()"]);
    w.close("}");
    w.open(&["fn operations() -> Vec<&'static rt::Operation> {"]);
    w.open(&["let all: &[&[&'static rt::Operation]] = &["]);
    for namespace in &krate.namespaces {
        gate(&mut w, Some(&namespace.feature));
        w.line(&[&namespace.module, "::ALL,"]);
    }
    w.close("];");
    w.line(&["all.concat()"]);
    w.close("}");
    w.close("}");
    for namespace in &krate.namespaces {
        w.blank();
        routes(&mut w, namespace);
    }
    Some(OutputFile {
        path: "src/mock.rs".to_owned(),
        text: w.finish(),
    })
}

fn routes(w: &mut Writer, namespace: &Namespace) {
    w.docs(&[format!(
        "Routes of `client.{}()`.",
        unraw(&namespace.module)
    )]);
    gate(w, Some(&namespace.feature));
    w.open(&["pub mod ", &namespace.module, " {"]);
    w.line(&["use crate::models;"]);
    w.line(&["use crate::operations::", &namespace.module, " as tables;"]);
    w.line(&["use pontoon_runtime::codegen as rt;"]);
    w.open(&["rt::routes! {"]);
    for found in &namespace.operations {
        w.docs(&[operation::place(found)]);
        let output = spell(&found.output, MODELS);
        w.line(&[
            &found.name,
            " = ",
            &found.table_name,
            ": ",
            &output,
            ", ",
            &body(found),
            ", ",
            &item(found),
            ";",
        ]);
    }
    w.close("}");
    w.close("}");
}

/// The type of the body in the media type that is preferred.
fn body(operation: &Operation) -> String {
    let mut all = operation.positional.iter().chain(&operation.optional);
    let body = all.find(|argument| argument.target == Target::Body);
    spell(body.map_or(&Type::Unit, |argument| &argument.ty), MODELS)
}

/// The type of the items of a stream.
fn item(operation: &Operation) -> String {
    let mut streams = operation.streams.iter();
    let sequence = streams.find(|stream| matches!(stream.codec, Codec::Events | Codec::Lines));
    spell(sequence.map_or(&Type::Unit, |stream| &stream.item), MODELS)
}

/// The section of the README.
pub(super) fn readme(krate: &Crate) -> Option<String> {
    if !krate.mock {
        return None;
    }
    let library = krate.package.replace('-', "_");
    let (namespace, operation) = super::example::chosen(krate)?;
    let feature = feature(krate);
    let route = format!("{}::{}", namespace.module, operation.name);
    Some(format!(
        "\n## Tests without the server\n\n\
         With the feature `{feature}`, `{library}::mock` answers in place of the server, typed as the API \
         describes it; `{feature}-server` serves the same on a loopback socket.\n\n\
         ```rust,ignore\n\
         use {library}::mock::{{self, Answer, Mock}};\n\n\
         let mock = Mock::new();\n\
         mock.on(mock::{route}())\n    \
             .answer(Answer::status(429)).header(\"Retry-After\", \"0\")\n    \
             .respond_with(|request| Err(Answer::status(404)));\n\
         let client = mock.client();       // in memory; or mock.serve().await?.url()\n\
         // ... calls of the program under test ...\n\
         println!(\"{{:?}}\", mock.requests());\n\
         mock.verify();                    // all was answered, as often as `times` says\n\
         ```\n"
    ))
}
