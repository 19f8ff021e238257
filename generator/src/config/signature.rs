//! `[webhooks.signature]` of `client.toml`.

use super::events::place;
use crate::api::EventPlace;
use crate::rust::ir;
use serde::Deserialize;

/// How the vendor signs its webhooks.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Keys")]
pub struct SignatureConfig(ir::Signature);

/// The keys as they are written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Keys {
    /// What the signature is.
    #[serde(default)]
    algorithm: Algorithm,
    /// The header that holds it.
    header: Name,
    /// What stands before it in the header.
    #[serde(default)]
    prefix: Option<Text>,
    /// The header as a list of items with keys.
    #[serde(default)]
    items: Option<Items>,
    /// How the signature is written.
    #[serde(default = "hex")]
    encoding: Encoding,
    /// What is signed: text with `{body}`, `{timestamp}`, `{id}`, `{url}`, `{method}`.
    #[serde(default)]
    signed: Template,
    /// Where the time of sending stands: `item t`, `header X-Time`, `property /time`.
    #[serde(default)]
    timestamp: Option<Moment>,
    /// How that time is written.
    #[serde(default)]
    timestamp_unit: Unit,
    /// The header of the message's id.
    #[serde(default)]
    id: Option<Name>,
    /// How a secret is written.
    #[serde(default = "text")]
    secret: Encoding,
    /// What stands before a secret and is no part of it.
    #[serde(default)]
    secret_prefix: String,
    /// Seconds that the time of sending may be off.
    #[serde(default = "tolerance")]
    tolerance: u32,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Items {
    between: char,
    equals: char,
    key: Text,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Algorithm {
    #[default]
    HmacSha256,
    HmacSha1,
    HmacSha512,
    Token,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Encoding {
    Hex,
    Base64,
    Text,
}

#[derive(Debug, Default, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Unit {
    #[default]
    Seconds,
    Milliseconds,
    Rfc3339,
}

fn hex() -> Encoding {
    Encoding::Hex
}

fn text() -> Encoding {
    Encoding::Text
}

/// Five minutes, as most vendors advise.
fn tolerance() -> u32 {
    300
}

impl SignatureConfig {
    /// The table of the crate.
    pub fn table(&self) -> ir::Signature {
        self.0.clone()
    }
}

impl TryFrom<Keys> for SignatureConfig {
    type Error = String;

    fn try_from(keys: Keys) -> Result<Self, String> {
        let layout = match (keys.prefix, keys.items) {
            (Some(_), Some(_)) => {
                return Err("`prefix` and `items` are two ways to read one header".to_owned());
            }
            (prefix, None) => ir::SignatureLayout::Value {
                prefix: prefix.map(|text| text.0).unwrap_or_default(),
            },
            (None, Some(items)) => ir::SignatureLayout::Items {
                between: items.between,
                equals: items.equals,
                key: items.key.0,
            },
        };
        let signed = keys.signed.0;
        let signs = |piece: &ir::SignedPiece| signed.contains(piece);
        let timestamp = keys.timestamp.map(|moment| moment.0);
        if signs(&ir::SignedPiece::Timestamp) && timestamp.is_none() {
            return Err(
                "`signed` has a `{timestamp}`: `timestamp` must say where it stands".into(),
            );
        }
        if signs(&ir::SignedPiece::Id) && keys.id.is_none() {
            return Err("`signed` has an `{id}`: `id` must name its header".to_owned());
        }
        let in_item = matches!(timestamp, Some(ir::SignatureMoment::Item(_)));
        if in_item && matches!(layout, ir::SignatureLayout::Value { .. }) {
            return Err("`timestamp` stands in an item, and the header has no `items`".to_owned());
        }
        // A time that nobody signed can be replaced by whoever sends the rest again.
        let in_body = matches!(
            timestamp,
            Some(ir::SignatureMoment::At(EventPlace::Property(_)))
        );
        if timestamp.is_some() && !in_body && !signs(&ir::SignedPiece::Timestamp) {
            return Err("`timestamp` proves nothing unless `signed` has `{timestamp}`".to_owned());
        }
        if keys.algorithm != Algorithm::Token && !signs(&ir::SignedPiece::Body) {
            return Err("`signed` must have the `{body}`".to_owned());
        }
        Ok(Self(ir::Signature {
            algorithm: match keys.algorithm {
                Algorithm::HmacSha256 => "HmacSha256",
                Algorithm::HmacSha1 => "HmacSha1",
                Algorithm::HmacSha512 => "HmacSha512",
                Algorithm::Token => "Token",
            },
            header: keys.header.0,
            layout,
            encoding: encoding(keys.encoding),
            signed,
            timestamp,
            unit: match keys.timestamp_unit {
                Unit::Seconds => "Seconds",
                Unit::Milliseconds => "Milliseconds",
                Unit::Rfc3339 => "Rfc3339",
            },
            id: keys.id.map(|name| name.0),
            secret: encoding(keys.secret),
            secret_prefix: keys.secret_prefix,
            tolerance: keys.tolerance,
        }))
    }
}

fn encoding(encoding: Encoding) -> &'static str {
    match encoding {
        Encoding::Hex => "Hex",
        Encoding::Base64 => "Base64",
        Encoding::Text => "Text",
    }
}

/// The name of a header (RFC 9110, section 5.6.2), in small letters.
#[derive(Debug, Deserialize)]
#[serde(try_from = "String")]
struct Name(String);

impl TryFrom<String> for Name {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let is_token =
            |letter: char| letter.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(letter);
        match !text.is_empty() && text.chars().all(is_token) {
            true => Ok(Self(text.to_ascii_lowercase())),
            false => Err(format!("`{text}` is not the name of a header")),
        }
    }
}

/// Text that is not empty.
#[derive(Debug, Deserialize)]
#[serde(try_from = "String")]
struct Text(String);

impl TryFrom<String> for Text {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match text.is_empty() {
            true => Err("the text is empty".to_owned()),
            false => Ok(Self(text)),
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(try_from = "String")]
struct Moment(ir::SignatureMoment);

impl TryFrom<String> for Moment {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let moment = match text.split_once(' ') {
            Some(("item", key)) if !key.trim().is_empty() => {
                ir::SignatureMoment::Item(key.trim().to_owned())
            }
            _ => ir::SignatureMoment::At(place(&text).ok_or_else(|| {
                format!("`{text}` is neither `item KEY`, `header NAME` nor `property /POINTER`")
            })?),
        };
        if let ir::SignatureMoment::At(EventPlace::Header(name)) = &moment {
            Name::try_from(name.clone())?;
        }
        Ok(Self(moment))
    }
}

#[derive(Debug, Deserialize)]
#[serde(try_from = "String")]
struct Template(Vec<ir::SignedPiece>);

impl Default for Template {
    fn default() -> Self {
        Self(vec![ir::SignedPiece::Body])
    }
}

impl TryFrom<String> for Template {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let mut pieces = Vec::new();
        let mut rest = text.as_str();
        while let Some((before, after)) = rest.split_once('{') {
            if !before.is_empty() {
                pieces.push(ir::SignedPiece::Text(before.to_owned()));
            }
            let (name, after) = after
                .split_once('}')
                .ok_or_else(|| format!("`{text}`: a `{{` has no `}}`"))?;
            pieces.push(match name {
                "body" => ir::SignedPiece::Body,
                "timestamp" => ir::SignedPiece::Timestamp,
                "id" => ir::SignedPiece::Id,
                "url" => ir::SignedPiece::Url,
                "method" => ir::SignedPiece::Method,
                _ => {
                    return Err(format!(
                        "`{{{name}}}` is none of {{body}}, {{timestamp}}, {{id}}, {{url}}, {{method}}"
                    ));
                }
            });
            rest = after;
        }
        if !rest.is_empty() {
            pieces.push(ir::SignedPiece::Text(rest.to_owned()));
        }
        Ok(Self(pieces))
    }
}

#[cfg(test)]
mod tests {
    use crate::config::Config;

    #[track_caller]
    fn refused(keys: &str, wanted: &str) {
        let text = format!("name = 'a'\n\n[webhooks.signature]\n{keys}\n");
        let error = Config::parse(&text).expect_err(keys);
        assert_eq!(error, wanted, "{keys}");
    }

    #[test]
    fn mistakes_have_a_place() {
        for (keys, wanted) in [
            (
                "headr = 'a'",
                "line 4, column 1: unknown field `headr`, expected one of `algorithm`, `header`, `prefix`, `items`, `encoding`, `signed`, `timestamp`, `timestamp-unit`, `id`, `secret`, `secret-prefix`, `tolerance`",
            ),
            (
                "header = 'a b'",
                "line 4, column 10: `a b` is not the name of a header",
            ),
            (
                "header = 'a'\nsigned = '{x}'",
                "line 5, column 10: `{x}` is none of {body}, {timestamp}, {id}, {url}, {method}",
            ),
            (
                "header = 'a'\nsigned = '{body'",
                "line 5, column 10: `{body`: a `{` has no `}`",
            ),
            (
                "header = 'a'\nsigned = '{timestamp}{body}'",
                "line 3, column 1: `signed` has a `{timestamp}`: `timestamp` must say where it stands",
            ),
            (
                "header = 'a'\nsigned = '{id}{body}'",
                "line 3, column 1: `signed` has an `{id}`: `id` must name its header",
            ),
            (
                "header = 'a'\nsigned = 'x'",
                "line 3, column 1: `signed` must have the `{body}`",
            ),
            (
                "header = 'a'\ntimestamp = 'header t'",
                "line 3, column 1: `timestamp` proves nothing unless `signed` has `{timestamp}`",
            ),
            (
                "header = 'a'\ntimestamp = 'item t'\nsigned = '{timestamp}{body}'",
                "line 3, column 1: `timestamp` stands in an item, and the header has no `items`",
            ),
            (
                "header = 'a'\ntimestamp = 'cookie t'",
                "line 5, column 13: `cookie t` is neither `item KEY`, `header NAME` nor `property /POINTER`",
            ),
            (
                "header = 'a'\nprefix = 'v='\nitems = { between = ',', equals = '=', key = 'v' }",
                "line 3, column 1: `prefix` and `items` are two ways to read one header",
            ),
            (
                "header = 'a'\nitems = { between = ', ', equals = '=', key = 'v' }",
                "line 5, column 21: invalid value: string \", \", expected a character",
            ),
            (
                "header = 'a'\nalgorithm = 'md5'",
                "line 5, column 13: unknown variant `md5`, expected one of `hmac-sha256`, `hmac-sha1`, `hmac-sha512`, `token`",
            ),
            (
                "header = 'a'\ntolerance = -1",
                "line 5, column 13: invalid value: integer `-1`, expected u32",
            ),
            (
                "encoding = 'hex'",
                "line 3, column 1: missing field `header`",
            ),
        ] {
            refused(keys, wanted);
        }
    }
}
