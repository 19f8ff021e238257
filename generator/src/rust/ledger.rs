//! The names ledger (`names.toml`): names once given are kept.
//!
//! Its keys are semantic (`schema issue .user`, `GET /issues query state`), so
//! they survive reordering. What is not in the ledger gets a new name that
//! collides with none that is; what has gone stays in the ledger, so that it
//! gets its old name back should it return.

use crate::diagnostic::toml_error;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Names by what they name.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Ledger {
    /// Types: key of the place to name.
    pub types: BTreeMap<String, String>,
    /// Types that places share: key of the place to the key whose type it is.
    pub shared: BTreeMap<String, String>,
    /// Names that places had before the vendor moved them: name to the key of
    /// the place that is meant now.
    pub former: BTreeMap<String, String>,
    /// Fields in order: `rust=wire`, or the wire name alone where the two agree.
    pub fields: BTreeMap<String, Vec<String>>,
    /// Variants in order: `Rust=value`; `?Rust` is the variant for values that
    /// are not listed.
    pub variants: BTreeMap<String, Vec<String>>,
    /// Namespaces: tag or path segment to module.
    pub namespaces: BTreeMap<String, String>,
    /// Operations: `METHOD path` to `namespace::method`.
    pub operations: BTreeMap<String, String>,
    /// Arguments in order: `rust=location name`.
    pub arguments: BTreeMap<String, Vec<String>>,
    /// Streams of the connector: `METHOD path` to the name, which is that of a table.
    pub streams: BTreeMap<String, String>,
}

impl Ledger {
    /// Reads a ledger.
    ///
    /// # Errors
    /// The text is not the TOML of a ledger.
    pub fn parse(text: &str) -> Result<Self, String> {
        toml::from_str(text).map_err(|error| toml_error(text, &error))
    }

    /// The text of `names.toml`: sorted, one line per key.
    pub fn to_toml(&self) -> String {
        let mut out = String::from(
            "# Names given by pontoon. Commit this file: it keeps every public name\n\
             # of the generated crate when the spec changes. Do not edit.\n",
        );
        plain(&mut out, "types", &self.types);
        plain(&mut out, "shared", &self.shared);
        plain(&mut out, "former", &self.former);
        lists(&mut out, "fields", &self.fields);
        lists(&mut out, "variants", &self.variants);
        plain(&mut out, "namespaces", &self.namespaces);
        plain(&mut out, "operations", &self.operations);
        lists(&mut out, "arguments", &self.arguments);
        plain(&mut out, "streams", &self.streams);
        out
    }
}

/// The rows of a list as `(rust, wire)`.
pub(super) fn rows(rows: &[String]) -> impl Iterator<Item = (&str, &str)> {
    rows.iter()
        .filter(|row| !row.starts_with('?'))
        .map(|row| row.split_once('=').unwrap_or((row, row)))
}

/// A row of a list.
pub(super) fn row(rust: &str, wire: &str) -> String {
    if rust == wire && !wire.contains('=') && !wire.starts_with('?') {
        rust.to_owned()
    } else {
        format!("{rust}={wire}")
    }
}

fn plain(out: &mut String, table: &str, map: &BTreeMap<String, String>) {
    if map.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n[{table}]");
    for (key, value) in map {
        quote(out, key);
        out.push_str(" = ");
        quote(out, value);
        out.push('\n');
    }
}

fn lists(out: &mut String, table: &str, map: &BTreeMap<String, Vec<String>>) {
    if map.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n[{table}]");
    for (key, values) in map {
        quote(out, key);
        out.push_str(" = [");
        for (index, value) in values.iter().enumerate() {
            if index > 0 {
                out.push_str(", ");
            }
            quote(out, value);
        }
        out.push_str("]\n");
    }
}

/// A TOML basic string (TOML 1.0, String).
fn quote(out: &mut String, text: &str) {
    out.push('"');
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            letter if letter.is_control() => {
                let _ = write!(out, "\\u{:04X}", letter as u32);
            }
            letter => out.push(letter),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn round_trip() {
        let mut ledger = Ledger::default();
        ledger
            .types
            .insert("schema \"a\\b\"\n".to_owned(), "A".to_owned());
        ledger.fields.insert(
            "schema a".to_owned(),
            vec![row("plus_1", "+1"), row("id", "id"), row("r#type", "type")],
        );
        let text = ledger.to_toml();
        assert_eq!(Ledger::parse(&text), Ok(ledger));
    }

    #[test]
    fn rows_split_at_the_first_equals_sign() {
        let list = [row("equal", "="), row("id", "id"), "?Unknown".to_owned()];
        let read: Vec<_> = rows(&list).collect();
        assert_eq!(read, [("equal", "="), ("id", "id")]);
    }
}
