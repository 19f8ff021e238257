//! `src/xml.rs`: what XML says of types, where the API speaks XML.

use super::writer::Writer;
use super::{OutputFile, literal};
use crate::rust::ir::{Crate, XmlFieldRow, XmlRoot};

/// The file, for crates with an XML body.
pub(super) fn file(krate: &Crate) -> Option<OutputFile> {
    let types = krate.xml.as_ref()?;
    let mut w = Writer::new();
    w.inner_docs(&["Names of XML, where they are not those of JSON.".to_owned()]);
    w.blank();
    w.line(&["use pontoon_runtime::codegen as rt;"]);
    w.blank();
    w.open(&["pub(crate) const TYPES: &[rt::XmlType] = &["]);
    for row in types {
        let fields: Vec<String> = row.fields.iter().map(field).collect();
        let name = literal::string(&row.name);
        w.list(
            &["rt::XmlType { name: ", &name, ", fields: &["],
            &fields,
            "] },",
        );
    }
    w.close("];");
    Some(OutputFile {
        path: "src/xml.rs".to_owned(),
        text: w.finish(),
    })
}

fn field(row: &XmlFieldRow) -> String {
    let flags = u8::from(row.attribute) | u8::from(row.wrapped) << 1 | u8::from(row.text) << 2;
    let mut text = format!(
        "rt::XmlField::new({}, {}, {}, {flags})",
        row.index,
        literal::string(&row.name),
        literal::string(&row.item),
    );
    if row.namespace != Default::default() {
        text.push_str(&format!(
            ".within({}, {})",
            literal::string(&row.namespace.0),
            literal::string(&row.namespace.1)
        ));
    }
    text
}

/// `rt::Codec::Xml(..)`
pub(super) fn codec(root: Option<&XmlRoot>) -> String {
    let plain = XmlRoot::default();
    let root = root.unwrap_or(&plain);
    format!(
        "rt::Codec::Xml(&rt::Xml {{ root: {}, item: {}, namespace: ({}, {}), types: crate::xml::TYPES }})",
        literal::string(&root.root),
        literal::string(&root.item),
        literal::string(&root.namespace.0),
        literal::string(&root.namespace.1),
    )
}
