//! XML to typed models and back: what is written is XML that can be read.

#![no_main]

use libfuzzer_sys::fuzz_target;
use pontoon_jupyter::models as jupyter;
use pontoon_prefect::models as prefect;
use pontoon_runtime::codec::xml::{decode, encode};
use pontoon_runtime::codegen::{BTreeMap, Json, Nullable, Reflect, Xml, XmlField, XmlType, blank};

/// Every kind of row, for the types of crates that speak no XML.
static XML: Xml = Xml {
    root: "root",
    item: "item",
    namespace: ("p", "urn:example"),
    types: &[
        XmlType {
            name: "Contents",
            fields: &[
                XmlField::new(0, "Name", "", XmlField::ATTRIBUTE),
                XmlField::new(1, "path", "", 0).within("q", "urn:other"),
                XmlField::new(2, "", "", XmlField::TEXT),
            ],
        },
        XmlType {
            name: "DeploymentResponse",
            fields: &[
                XmlField::new(3, "Wrapped", "Item", XmlField::WRAPPED),
                XmlField::new(4, "", "Flat", 0),
            ],
        },
    ],
};

static BARE: Xml = Xml {
    root: "",
    item: "",
    namespace: ("", ""),
    types: &[],
};

fn check<T: Reflect>(text: &str, xml: &Xml) {
    let mut value: T = blank();
    if decode(text, xml, value.slot()).is_err() {
        return;
    }
    let Ok(written) = encode(value.view(), xml) else {
        return;
    };
    let written = String::from_utf8(written).expect("UTF-8");
    let mut second: Json = blank();
    if let Err(error) = decode(&written, xml, second.slot()) {
        // An attribute or a list may come back a level deeper than it was read.
        if error.to_string().contains("levels") {
            return;
        }
        panic!("{error} in {written}");
    }
}

fuzz_target!(|data: &[u8]| {
    let Some((kind, text)) = data.split_first() else {
        return;
    };
    let Ok(text) = std::str::from_utf8(text) else {
        return;
    };
    let xml = if kind & 1 == 0 { &XML } else { &BARE };
    match (kind >> 1) % 9 {
        0 => check::<Json>(text, xml),
        1 => check::<jupyter::Contents>(text, xml),
        2 => check::<jupyter::Session>(text, xml),
        3 => check::<prefect::FlowRunResponse>(text, xml),
        4 => check::<prefect::DeploymentResponse>(text, xml),
        5 => check::<Vec<prefect::BlockDocument>>(text, xml),
        6 => check::<BTreeMap<String, Nullable<prefect::State>>>(text, xml),
        7 => check::<Vec<Option<f64>>>(text, xml),
        _ => check::<BTreeMap<String, Vec<String>>>(text, xml),
    }
});
