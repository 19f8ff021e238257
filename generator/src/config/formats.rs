//! `[formats]` of `client.toml`.

use crate::api::Format;
use crate::rust::ir::{Library, Scalar};
use crate::rust::{Formats, dated};
use serde::Deserialize;
use std::collections::BTreeMap;

/// What the user decides about formats.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "BTreeMap<String, String>")]
pub struct FormatConfig {
    /// The types of formats.
    pub formats: Formats,
    /// Other names of formats: the vendor's own.
    pub aliases: BTreeMap<String, Format>,
}

impl TryFrom<BTreeMap<String, String>> for FormatConfig {
    type Error = String;

    fn try_from(table: BTreeMap<String, String>) -> Result<Self, String> {
        let mut config = Self::default();
        // The switch for all dates first: single formats go before it.
        if let Some(word) = table.get("dates") {
            let library = library(word)
                .ok_or_else(|| format!("`dates` is `jiff`, `chrono` or `time`, not `{word}`"))?;
            config.formats.dates(library);
        }
        for (key, word) in table.iter().filter(|(key, _)| *key != "dates") {
            match (Format::named(key), Format::named(word)) {
                (Some(format), _) => config.formats.set(format, choice(format, word)?),
                (None, Some(format)) => {
                    config.aliases.insert(key.clone(), format);
                }
                (None, None) => {
                    return Err(format!(
                        "`{key}` is no format known here, so its value must be the name of one: `date-time`, `uuid`; not `{word}`"
                    ));
                }
            }
        }
        Ok(config)
    }
}

fn library(word: &str) -> Option<Library> {
    Some(match word {
        "jiff" => Library::Jiff,
        "chrono" => Library::Chrono,
        "time" => Library::Time,
        _ => return None,
    })
}

/// The type that a word asks for.
fn choice(format: Format, word: &str) -> Result<Option<Scalar>, String> {
    let plain = match format {
        Format::UnixTime | Format::Int32 => "i64",
        _ => "string",
    };
    if word == plain {
        return Ok(None);
    }
    let dated = library(word).and_then(|library| dated(format, library));
    let found = match (format, word) {
        (Format::Duration, "jiff") => Some(Scalar::Span),
        (Format::Uuid, "uuid") => Some(Scalar::Uuid),
        (Format::Byte, "base64") => Some(Scalar::Base64),
        (Format::Base64Url, "base64") => Some(Scalar::Base64Url),
        (Format::Ip, "std") => Some(Scalar::Ip),
        (Format::Ipv4, "std") => Some(Scalar::Ipv4),
        (Format::Ipv6, "std") => Some(Scalar::Ipv6),
        (Format::Decimal, "rust_decimal") => Some(Scalar::Decimal),
        (Format::Uri, "url") => Some(Scalar::Url),
        (Format::Int32, "i32") => Some(Scalar::I32),
        _ => dated,
    };
    match found {
        Some(scalar) => Ok(Some(scalar)),
        None => {
            let words = match format {
                Format::DateTime | Format::Date | Format::Time | Format::HttpDate => {
                    "`jiff`, `chrono`, `time` or `string`"
                }
                Format::UnixTime => "`jiff`, `chrono`, `time` or `i64`",
                Format::Byte | Format::Base64Url => "`base64` or `string`",
                Format::Ip | Format::Ipv4 | Format::Ipv6 => "`std` or `string`",
                Format::Decimal => "`rust_decimal` or `string`",
                Format::Uri => "`url` or `string`",
                Format::Int32 => "`i32` or `i64`",
                Format::Duration => "`jiff` or `string`",
                Format::Uuid => "`uuid` or `string`",
            };
            Err(format!("`{}` is {words}, not `{word}`", format.as_str()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    fn parsed(text: &str) -> Result<FormatConfig, String> {
        Config::parse(&format!("[formats]\n{text}")).map(|config| config.formats)
    }

    #[test]
    fn single_formats_go_before_the_switch() {
        let config = parsed("date = 'string'\ndates = 'chrono'\nacme-moment = 'date-time'");
        let config = config.expect("legal");
        let mut wanted = Formats::default();
        wanted.dates(Library::Chrono);
        wanted.set(Format::Date, None);
        assert_eq!(config.formats, wanted);
        assert_eq!(config.aliases["acme-moment"], Format::DateTime);
    }

    #[test]
    fn what_no_format_can_be_is_refused() {
        for text in [
            "dates = 'uuid'",
            "uuid = 'jiff'",
            "acme = 'chrono'",
            "acme = 'x'",
        ] {
            assert!(parsed(text).is_err(), "{text}");
        }
    }
}
