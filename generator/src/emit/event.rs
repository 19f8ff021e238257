//! `src/webhooks.rs`: what the API sends, and how it is told apart.

use super::types::{MODELS, spell};
use super::writer::Writer;
use super::{OutputFile, literal, signature, table};
use crate::rust::ir::{Crate, Event, EventPlace, Events};

/// `src/webhooks.rs`, where the API sends something.
pub(super) fn file(krate: &Crate) -> Option<OutputFile> {
    if krate.events.is_empty() && krate.signature.is_none() {
        return None;
    }
    let mut w = Writer::new();
    w.inner_docs(&["What the API sends: webhooks and callbacks.".to_owned()]);
    w.blank();
    if !krate.events.is_empty() {
        w.line(&["use crate::models;"]);
    }
    w.line(&["use pontoon_runtime::codegen as rt;"]);
    if let Some(found) = &krate.signature {
        w.blank();
        signature::table(&mut w, found);
    }
    for events in &krate.events {
        w.blank();
        events_table(&mut w, events);
        w.blank();
        enumeration(&mut w, events);
        w.blank();
        functions(&mut w, events);
    }
    Some(OutputFile {
        path: "src/webhooks.rs".to_owned(),
        text: w.finish(),
    })
}

fn events_table(w: &mut Writer, events: &Events) {
    w.open(&["static ", &events.table_name, ": rt::Events = rt::Events {"]);
    let key = events.key.as_ref();
    let places = key.map(|key| key.places.as_slice()).unwrap_or_default();
    w.line(&["places: ", &literal::slice(places.iter().map(place)), ","]);
    let by_name = key.is_some_and(|key| key.by_name);
    w.line(&["by_name: ", &by_name.to_string(), ","]);
    w.open(&["list: &["]);
    for row in &events.rows {
        event(w, row);
    }
    w.close("],");
    w.close("};");
}

pub(super) fn place(place: &EventPlace) -> String {
    match place {
        EventPlace::Header(name) => format!("rt::EventPlace::Header({})", literal::string(name)),
        EventPlace::Property(path) => {
            let pointer: String = path
                .iter()
                .map(|name| ["/", &name.replace('~', "~0").replace('/', "~1")].concat())
                .collect();
            format!("rt::EventPlace::Property({})", literal::string(&pointer))
        }
    }
}

fn event(w: &mut Writer, row: &Event) {
    let (operation, expression) = match &row.source {
        Some(source) => (
            ["Some(", &literal::string(&source.operation), ")"].concat(),
            ["Some(", &literal::string(&source.expression), ")"].concat(),
        ),
        None => ("None".to_owned(), "None".to_owned()),
    };
    let values = literal::slice(row.values.iter().map(|values| literal::strings(values)));
    let bodies = literal::slice(row.bodies.iter().map(table::response));
    w.list(
        &["rt::Event { "],
        &[
            ["name: ", &literal::string(&row.name)].concat(),
            ["method: ", &literal::string(&row.method)].concat(),
            ["operation: ", &operation].concat(),
            ["expression: ", &expression].concat(),
            ["values: ", &values].concat(),
            ["bodies: ", &bodies].concat(),
        ],
        " },",
    );
}

fn enumeration(w: &mut Writer, events: &Events) {
    w.open(&["rt::events! {"]);
    w.docs(&events.docs);
    w.open(&["pub enum ", &events.name, " {"]);
    for variant in &events.variants {
        w.docs(&variant.docs);
        if variant.deprecated {
            w.line(&["#[deprecated]"]);
        }
        w.line(&[&variant.name, "(", &spell(&variant.ty, MODELS), "),"]);
    }
    w.close("}");
    w.line(&["unknown ", &events.unknown]);
    w.close("}");
}

fn functions(w: &mut Writer, events: &Events) {
    let table = &events.table_name;
    let signature = "headers: &rt::HeaderMap, body: rt::Bytes) -> Result<Self, rt::Error> {";
    w.open(&["impl ", &events.name, " {"]);
    if let Some(key) = &events.key {
        w.docs(&[
            "Reads what was received. What is none of the API's own is kept as it came.".to_owned(),
            String::new(),
            format!("How it is told apart: {}.", key.seen),
        ]);
        w.open(&["pub fn parse(", signature]);
        w.line(&["rt::event(&", table, ", None, headers, body)"]);
        w.close("}");
        w.blank();
        w.docs(&["Checks the signature, then does what [`Self::parse`] does.".to_owned()]);
        w.open(&["pub fn verified(verifier: &rt::Verifier, ", signature]);
        w.line(&[
            "rt::verified_event(&",
            table,
            ", None, verifier, headers, body)",
        ]);
        w.close("}");
        w.blank();
    }
    w.docs(&[
        "Reads what was received under a name of [`Self::declared`]: that of the URL it".to_owned(),
        "was sent to, for example.".to_owned(),
    ]);
    w.open(&["pub fn named(name: &str, ", signature]);
    w.line(&["rt::event(&", table, ", Some(name), headers, body)"]);
    w.close("}");
    w.blank();
    w.docs(&["Checks the signature, then does what [`Self::named`] does.".to_owned()]);
    w.open(&[
        "pub fn verified_named(verifier: &rt::Verifier, name: &str, ",
        signature,
    ]);
    w.line(&[
        "rt::verified_event(&",
        table,
        ", Some(name), verifier, headers, body)",
    ]);
    w.close("}");
    w.blank();
    w.docs(&["What the API says that it sends.".to_owned()]);
    w.open(&["pub fn declared() -> &'static [rt::Event] {"]);
    w.line(&[table, ".list"]);
    w.close("}");
    w.close("}");
}
