//! Names of statuses, and enums of responses: one per distinct set.

use super::ir::{Item, Responses, Type};
use super::items::Items;
use super::ledger::Ledger;
use super::names;
use crate::api::Statuses;
use std::collections::{BTreeSet, HashSet};

/// The reason phrase of a status in words (RFC 9110, section 15; IANA HTTP
/// Status Code Registry).
pub(super) fn phrase(code: u16) -> String {
    let phrase = match code {
        200 => "ok",
        201 => "created",
        202 => "accepted",
        203 => "non authoritative information",
        204 => "no content",
        205 => "reset content",
        206 => "partial content",
        207 => "multi status",
        208 => "already reported",
        300 => "multiple choices",
        301 => "moved permanently",
        302 => "found",
        303 => "see other",
        304 => "not modified",
        307 => "temporary redirect",
        308 => "permanent redirect",
        400 => "bad request",
        401 => "unauthorized",
        402 => "payment required",
        403 => "forbidden",
        404 => "not found",
        405 => "method not allowed",
        406 => "not acceptable",
        408 => "request timeout",
        409 => "conflict",
        410 => "gone",
        411 => "length required",
        412 => "precondition failed",
        413 => "content too large",
        414 => "uri too long",
        415 => "unsupported media type",
        416 => "range not satisfiable",
        421 => "misdirected request",
        422 => "unprocessable content",
        423 => "locked",
        424 => "failed dependency",
        425 => "too early",
        426 => "upgrade required",
        428 => "precondition required",
        429 => "too many requests",
        431 => "request header fields too large",
        451 => "unavailable for legal reasons",
        500 => "internal server error",
        501 => "not implemented",
        502 => "bad gateway",
        503 => "service unavailable",
        504 => "gateway timeout",
        507 => "insufficient storage",
        other => return format!("status {other}"),
    };
    phrase.to_owned()
}

/// The variant of a status.
fn variant(status: Statuses) -> String {
    names::camel(&match status {
        Statuses::Code(code) => phrase(code),
        Statuses::Class(1) => "informational".to_owned(),
        Statuses::Class(2) => "success".to_owned(),
        Statuses::Class(3) => "redirection".to_owned(),
        Statuses::Class(4) => "client error".to_owned(),
        Statuses::Class(5) => "server error".to_owned(),
        Statuses::Class(class) => format!("status {class} xx"),
        Statuses::Default => "default".to_owned(),
    })
}

/// A variant: a status, and words that tell it from the variants of the same
/// status before it.
pub(super) struct Row {
    pub status: Statuses,
    pub words: Option<String>,
    pub ty: Type,
}

/// What the ledger knows a set of errors by.
fn errors_key(rows: &[Row]) -> String {
    let rows: Vec<String> = rows
        .iter()
        .map(|row| format!("{}={}", row.status, spell(&row.ty)))
        .collect();
    format!("errors {}", rows.join(" "))
}

/// Whether the ledger has a name for a set of errors.
pub(super) fn is_known(ledger: &Ledger, rows: &[Row]) -> bool {
    ledger.types.contains_key(&errors_key(rows))
}

/// An enum with a variant per status and type; its name is kept by the ledger. Gives the
/// name. `words` is where the name begins; without it the name is made of the
/// statuses.
pub(super) fn enumeration(
    items: &mut Items,
    ledger: &mut Ledger,
    words: Option<&str>,
    rows: &[Row],
    namespace: usize,
) -> String {
    let key = match words {
        Some(words) => format!("responses {words}"),
        None => errors_key(rows),
    };
    let name = match ledger.types.get(&key) {
        Some(name) => name.clone(),
        None => {
            let base = match words {
                Some(words) => names::type_name(words),
                None => error_name(rows),
            };
            let name = names::unique(base, &mut items.used);
            ledger.types.insert(key, name.clone());
            name
        }
    };
    let mut used = HashSet::new();
    let variants = rows
        .iter()
        .map(|row| {
            let mut name = variant(row.status);
            if let Some(words) = &row.words {
                name.push_str(&names::camel(words));
            }
            (names::unique(name, &mut used), row.ty.clone())
        })
        .collect();
    let errors = words.is_none();
    let entry = items.responses.entry(name.clone()).or_insert_with(|| {
        let item = Responses {
            name: name.clone(),
            docs: Vec::new(),
            errors,
            variants,
        };
        (Item::Responses(item), BTreeSet::new())
    });
    entry.1.insert(namespace);
    name
}

fn error_name(rows: &[Row]) -> String {
    let mut variants: Vec<String> = rows.iter().map(|row| variant(row.status)).collect();
    variants.dedup();
    if variants.len() <= 3 {
        format!("{}Error", variants.join("Or").trim_end_matches("Error"))
    } else {
        let others = variants.len() - 2;
        format!("{}Or{others}OthersError", variants[..2].join("Or"))
    }
}

fn spell(ty: &Type) -> String {
    match ty {
        Type::Named(name) => name.clone(),
        other => format!("{other:?}"),
    }
}
