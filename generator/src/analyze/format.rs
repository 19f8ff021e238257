//! Whether what a spec says of a value agrees with the format it declares.

use crate::api::{Annotations, Api, Format, Schema, SchemaId, SchemaKind};
use regex::Regex;
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};
use std::sync::OnceLock;

/// A place whose own example, default or constraint is not of its format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contradiction {
    /// JSON pointer of the place.
    pub pointer: String,
    /// What contradicts the format.
    pub message: String,
}

/// Gives formats their one name, those of `aliases` (the user's) included, and
/// takes them from the places that contradict them.
pub fn settle(api: &mut Api, aliases: &BTreeMap<String, Format>) -> Vec<Contradiction> {
    for schema in &mut api.schemas {
        if let Some(format) = format_of(&mut schema.kind)
            && let Some(known) = aliases
                .get(format.as_str())
                .copied()
                .or_else(|| Format::named(format))
        {
            known.as_str().clone_into(format);
        }
    }
    let mut judge = Judge::default();
    let mut found = Vec::new();
    for index in 0..api.schemas.len() {
        let place = &api.schemas[index];
        let declared = api.schema(SchemaId(index as u32));
        let Some(format) = known(declared) else {
            continue;
        };
        if let Some(message) = judge.against(format, &place.annotations) {
            let contradiction = Contradiction {
                pointer: place.pointer.clone(),
                message,
            };
            found.push((index, contradiction));
        }
    }
    for (index, _) in &found {
        let id = SchemaId(*index as u32);
        let nullable = super::accept::nullable(api, id);
        let kind = plain(&api.schema(id).kind);
        let schema = &mut api.schemas[*index];
        schema.nullable = nullable;
        schema.kind = kind;
    }
    let mut found: Vec<Contradiction> = found.into_iter().map(|(_, found)| found).collect();
    parameters(api, &mut judge, &mut found);
    found
}

/// Parameters have examples of their own, beside those of their schemas.
fn parameters(api: &mut Api, judge: &mut Judge, found: &mut Vec<Contradiction>) {
    let mut operations = std::mem::take(&mut api.operations);
    for operation in &mut operations {
        for parameter in &mut operation.parameters {
            let declared = api.schema(parameter.schema);
            let (Some(format), Some(example)) = (known(declared), &parameter.example) else {
                continue;
            };
            let Some(message) = judge.value("example", format, example) else {
                continue;
            };
            found.push(Contradiction {
                pointer: api.schemas[parameter.schema.index()].pointer.clone(),
                message,
            });
            let mut own = declared.clone();
            own.kind = plain(&declared.kind);
            own.nullable = super::accept::nullable(api, parameter.schema);
            own.annotations = api.schemas[parameter.schema.index()].annotations.clone();
            own.component = None;
            if let Ok(id) = u32::try_from(api.schemas.len()) {
                parameter.schema = SchemaId(id);
                api.schemas.push(own);
            }
        }
    }
    api.operations = operations;
}

fn format_of(kind: &mut SchemaKind) -> Option<&mut String> {
    match kind {
        SchemaKind::String { format }
        | SchemaKind::Integer { format }
        | SchemaKind::Number { format } => format.as_mut(),
        _ => None,
    }
}

/// The settled format of a schema.
fn known(schema: &Schema) -> Option<Format> {
    let (name, is_here): (_, fn(Format) -> bool) = match &schema.kind {
        SchemaKind::String { format } => (format, |format| {
            !matches!(format, Format::UnixTime | Format::Int32)
        }),
        SchemaKind::Integer { format } => (format, |format| format == Format::UnixTime),
        _ => return None,
    };
    Format::named(name.as_deref()?).filter(|format| is_here(*format))
}

/// The kind without its format.
fn plain(kind: &SchemaKind) -> SchemaKind {
    match kind {
        SchemaKind::Integer { .. } => SchemaKind::Integer { format: None },
        SchemaKind::Number { .. } => SchemaKind::Number { format: None },
        _ => SchemaKind::String { format: None },
    }
}

/// A text of the format, as it is sent, where one will do for any place.
pub(super) fn text_of(format: Format) -> Option<&'static str> {
    Some(match format {
        Format::DateTime => "2024-01-15T09:30:00Z",
        Format::Date => "2024-01-15",
        Format::Time => "09:30:00",
        Format::Duration => "PT1H",
        Format::Uuid => "123e4567-e89b-42d3-a456-426614174000",
        Format::Byte => "dGV4dA==",
        Format::Base64Url => "dGV4dA",
        Format::Ip | Format::Ipv4 => "192.0.2.1",
        Format::Ipv6 => "2001:db8::1",
        Format::Decimal => "1.5",
        Format::HttpDate => "Mon, 15 Jan 2024 09:30:00 GMT",
        Format::UnixTime | Format::Uri | Format::Int32 => return None,
    })
}

/// Whether a text is one that the runtime reads as the format.
fn fits(format: Format, text: &str) -> bool {
    match format {
        Format::Ip => return text.parse::<core::net::IpAddr>().is_ok(),
        Format::Ipv4 => return text.parse::<core::net::Ipv4Addr>().is_ok(),
        Format::Ipv6 => return text.parse::<core::net::Ipv6Addr>().is_ok(),
        Format::Uri => return true,
        _ => {}
    }
    static TABLE: OnceLock<HashMap<Format, Regex>> = OnceLock::new();
    let table = TABLE.get_or_init(|| {
        let rows = PATTERNS.iter();
        rows.filter_map(|(format, pattern)| Some((*format, Regex::new(pattern).ok()?)))
            .collect()
    });
    table.get(&format).is_none_or(|regex| regex.is_match(text))
}

/// What the runtime reads.
const PATTERNS: &[(Format, &str)] = &[
    (
        Format::DateTime,
        r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])[Tt ]([01]\d|2[0-3]):[0-5]\d(:[0-6]\d([.,]\d+)?)? ?([Zz]|UTC|GMT|[+-]\d\d(:?\d\d)?)?$",
    ),
    // Readers of YAML 1.1 turn dates into date-times, and specs are published
    // after such a turn.
    (
        Format::Date,
        r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])(T.*)?$",
    ),
    (
        Format::Time,
        r"^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d([.,]\d{1,9})?)?$",
    ),
    (
        Format::Duration,
        r"^[+-]?P(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(\d+([.,]\d{1,9})?H)?(\d+([.,]\d{1,9})?M)?(\d+([.,]\d{1,9})?S)?)?$",
    ),
    (
        Format::Uuid,
        r"(?i)^(urn:uuid:)?\{?([0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})\}?$",
    ),
    (Format::Byte, r"^[A-Za-z0-9+/_\s-]*={0,2}\s*$"),
    (Format::Base64Url, r"^[A-Za-z0-9+/_\s-]*={0,2}\s*$"),
    (Format::Decimal, r"^[+-]?\d{1,28}(\.\d{1,20})?$"),
    (
        Format::HttpDate,
        r"^([A-Z][a-z]{2}, )?\d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d(:\d\d)? (GMT|UTC|UT|[+-]\d{4})$",
    ),
];

/// Judges, and remembers patterns: a spec repeats them.
#[derive(Default)]
struct Judge {
    patterns: HashMap<String, Option<Regex>>,
}

impl Judge {
    /// What in the annotations contradicts the format.
    fn against(&mut self, format: Format, notes: &Annotations) -> Option<String> {
        if let Some(example) = &notes.example
            && let Some(message) = self.value("example", format, example)
        {
            return Some(message);
        }
        if let Some(default) = &notes.default
            && let Some(message) = self.value("default", format, default)
        {
            return Some(message);
        }
        let sent = text_of(format)?;
        let bounds = &notes.bounds;
        // Bytes, numbers and addresses have many lengths.
        let one_length = !matches!(
            format,
            Format::Byte
                | Format::Base64Url
                | Format::Decimal
                | Format::Ip
                | Format::Ipv4
                | Format::Ipv6
        );
        if one_length
            && (bounds.max_length.is_some_and(|most| most < sent.len())
                || bounds.min_length.is_some_and(|least| least > sent.len()))
        {
            return Some(format!(
                "the length bounds do not allow a {} such as `{sent}`",
                format.as_str()
            ));
        }
        let pattern = bounds.pattern.as_deref()?;
        let regex = self.pattern(pattern)?;
        (!regex.is_match(sent)).then(|| {
            format!(
                "the pattern does not allow a {} such as `{sent}`",
                format.as_str()
            )
        })
    }

    fn value(&self, word: &str, format: Format, value: &Value) -> Option<String> {
        let fit = match value {
            Value::Null | Value::Array(_) | Value::Object(_) => true,
            Value::String(text) => fits(format, text),
            // What is larger counts milliseconds.
            Value::Number(number) if format == Format::UnixTime => {
                number.as_f64().is_some_and(|number| number.abs() < 1e11)
            }
            Value::Bool(_) | Value::Number(_) => false,
        };
        (!fit).then(|| {
            let mut shown = value.to_string();
            if let Some((end, _)) = shown.char_indices().nth(60) {
                shown.truncate(end);
                shown.push_str("...");
            }
            format!("the {word} {shown} is no {}", format.as_str())
        })
    }

    /// A pattern of the spec; `None` where it uses what only some engines know.
    fn pattern(&mut self, pattern: &str) -> Option<&Regex> {
        /// Bounds what a hostile pattern may cost, in bytes.
        const LARGEST: usize = 1 << 18;
        if !self.patterns.contains_key(pattern) {
            // Some write the slashes of JavaScript's literals.
            let bare = pattern
                .strip_prefix('/')
                .and_then(|rest| rest.strip_suffix('/'))
                .unwrap_or(pattern);
            let regex = regex::RegexBuilder::new(bare)
                .size_limit(LARGEST)
                .build()
                .ok();
            self.patterns.insert(pattern.to_owned(), regex);
        }
        self.patterns.get(pattern)?.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::{Format, Judge, PATTERNS, fits, text_of};
    use crate::api::Annotations;
    use serde_json::json;

    #[test]
    fn what_is_sent_fits() {
        for (format, _) in PATTERNS {
            assert!(
                fits(*format, text_of(*format).expect("a text")),
                "{format:?}"
            );
            assert!(!fits(*format, "now!"), "{format:?}");
        }
        assert!(!fits(Format::Ip, "localhost") && fits(Format::Ipv6, "::1"));
    }

    #[test]
    fn what_vendors_write_is_told_apart() {
        for text in [
            "2024-01-15T09:30:00.123+02:00",
            "2024-01-15 09:30:00",
            "2024-01-15T09:30:00-0700",
        ] {
            assert!(fits(Format::DateTime, text), "{text}");
        }
        for text in ["2020", "2024-01-15", "2018-11-12T13:14:15Z+10:00"] {
            assert!(!fits(Format::DateTime, text), "{text}");
        }
        assert!(fits(Format::Date, "2024-01-15T00:00:00.000Z"));
        assert!(!fits(Format::Date, "20240115"));
        assert!(!fits(Format::Duration, "7.00:00:00"));
    }

    #[test]
    fn patterns_and_bounds_speak_too() {
        let mut judge = Judge::default();
        let mut notes = Annotations {
            example: Some(json!("2024-01-15")),
            ..Annotations::default()
        };
        assert!(judge.against(Format::Date, &notes).is_none());
        notes.bounds.pattern = Some("/^[0-9]{8}$/".to_owned());
        assert!(judge.against(Format::Date, &notes).is_some());
        notes.bounds.pattern = Some("^(?=x)$".to_owned());
        assert!(judge.against(Format::Date, &notes).is_none());
        notes.bounds.max_length = Some(8);
        assert!(judge.against(Format::Date, &notes).is_some());
        assert!(
            judge
                .value("default", Format::Date, &json!(20240115))
                .is_some()
        );
    }
}
