//! The `static` that says how the vendor signs what it sends.

use super::event::place;
use super::literal;
use super::writer::Writer;
use crate::rust::ir::{Signature, SignatureLayout, SignatureMoment, SignedPiece};

/// `pub static SIGNATURE: rt::Signature = ...;`
pub(super) fn table(w: &mut Writer, found: &Signature) {
    w.docs(&[
        "How the API signs what it sends, for [`pontoon_runtime::webhook::Verifier`].".to_owned(),
    ]);
    w.open(&["pub static SIGNATURE: rt::Signature = rt::Signature {"]);
    w.line(&["algorithm: rt::Algorithm::", found.algorithm, ","]);
    w.line(&["header: ", &literal::string(&found.header), ","]);
    w.line(&["layout: ", &layout(&found.layout), ","]);
    w.line(&["encoding: rt::SignatureEncoding::", found.encoding, ","]);
    let signed = literal::slice(found.signed.iter().map(piece));
    w.line(&["signed: ", &signed, ","]);
    if let Some(moment) = &found.timestamp {
        let text = match moment {
            SignatureMoment::Item(key) => ["Item(", &literal::string(key), ")"].concat(),
            SignatureMoment::At(found) => ["At(", &place(found), ")"].concat(),
        };
        w.line(&["timestamp: Some(rt::Moment::", &text, "),"]);
        w.line(&["unit: rt::Unit::", found.unit, ","]);
    }
    if let Some(name) = &found.id {
        w.line(&["id: Some(", &literal::string(name), "),"]);
    }
    w.line(&["secret: rt::SignatureEncoding::", found.secret, ","]);
    if !found.secret_prefix.is_empty() {
        let prefix = literal::string(&found.secret_prefix);
        w.line(&["secret_prefix: ", &prefix, ","]);
    }
    w.line(&["tolerance: ", &found.tolerance.to_string(), ","]);
    w.line(&["..rt::Signature::BLANK"]);
    w.close("};");
}

fn layout(layout: &SignatureLayout) -> String {
    match layout {
        SignatureLayout::Value { prefix } => {
            format!(
                "rt::Layout::Value {{ prefix: {} }}",
                literal::string(prefix)
            )
        }
        SignatureLayout::Items {
            between,
            equals,
            key,
        } => format!(
            "rt::Layout::Items {{ between: {between:?}, equals: {equals:?}, key: {} }}",
            literal::string(key)
        ),
    }
}

fn piece(piece: &SignedPiece) -> String {
    let name = match piece {
        SignedPiece::Text(text) => return format!("rt::Signed::Text({})", literal::string(text)),
        SignedPiece::Body => "Body",
        SignedPiece::Timestamp => "Timestamp",
        SignedPiece::Id => "Id",
        SignedPiece::Url => "Url",
        SignedPiece::Method => "Method",
    };
    ["rt::Signed::", name].concat()
}
