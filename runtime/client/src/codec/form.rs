//! `application/x-www-form-urlencoded`.

use super::json::DecodeError;
use super::parameter::{all_scalars, nested};
use super::percent::{Set, push};
use super::walk::{self, Kind, Result, items, kind, members};
use super::{EncodeError, text};
use crate::json::Json;
use crate::model::{MapSlot, Reflect, Slot, View};
use crate::operation::{Encoding, Style};
use percent_encoding::percent_decode_str;

/// Writes an object as a form. Nested values go on in brackets
/// (`items[0][price]=x`); a null is an empty value.
pub fn encode(value: View<'_>, encodings: &[Encoding]) -> Result<Vec<u8>> {
    let mut out = String::new();
    match kind(&value) {
        Kind::Absent => {}
        Kind::Object => members(&value, &mut |name, item| {
            let encoding = encodings.iter().find(|encoding| encoding.name == name);
            property(name, item, encoding, &mut out)
        })?,
        _ => return Err(EncodeError::new("only an object can be sent as a form")),
    }
    Ok(out.into_bytes())
}

fn property(name: &str, value: &View<'_>, encoding: Option<&Encoding>, out: &mut String) -> Result {
    let mut pair = |key: &str, text: &str| {
        if !out.is_empty() {
            out.push('&');
        }
        push(key, Set::Form, out);
        out.push('=');
        push(text, Set::Form, out);
    };
    let is_json = encoding
        .and_then(|encoding| encoding.content_type)
        .is_some_and(|media_type| media_type.contains("json"));
    let style = encoding.map_or(Style::Form, |encoding| encoding.style);
    let explode = encoding.is_none_or(|encoding| encoding.explode);
    let kind = kind(value);
    if is_json || style == Style::Json {
        pair(name, &walk::json(value)?);
        return Ok(());
    }
    match (style, kind) {
        (Style::DeepObject, _) | (_, Kind::Absent | Kind::Null | Kind::Scalar) => {}
        (_, Kind::List) if explode && all_scalars(value)? => {
            return items(value, &mut |item| {
                pair(name, &walk::text(item)?);
                Ok(())
            });
        }
        (_, Kind::List | Kind::Object) if !explode => {
            let separator = match style {
                Style::SpaceDelimited => " ",
                Style::PipeDelimited => "|",
                _ => ",",
            };
            pair(name, &joined(value, separator)?);
            return Ok(());
        }
        (_, Kind::List | Kind::Object) => {}
    }
    nested(name, value, &mut |key, item| {
        pair(key, &walk::text(item)?);
        Ok(())
    })
}

fn joined(value: &View<'_>, separator: &str) -> Result<String> {
    let mut parts = Vec::new();
    items(value, &mut |item| {
        parts.push(walk::text(item)?.into_owned());
        Ok(())
    })?;
    members(value, &mut |key, item| {
        parts.push(key.to_owned());
        parts.push(walk::text(item)?.into_owned());
        Ok(())
    })?;
    Ok(parts.join(separator))
}

/// Reads a flat form into an object, a map or a JSON object of strings. What is
/// missing stays blank, so this is for bodies without required properties.
pub fn decode(body: &[u8], slot: Slot<'_>) -> std::result::Result<(), DecodeError> {
    match slot {
        Slot::Model(model) => each_pair(body, |name, value| property_of(model, name, value)),
        Slot::Map(map) => {
            map.clear();
            each_pair(body, |name, value| entry_of(map, name, value))
        }
        Slot::Json(place) => {
            let mut members = crate::json::JsonObject::new();
            each_pair(body, |name, value| {
                members.insert(name, Json::String(value));
                Ok(())
            })?;
            *place = Json::Object(members);
            Ok(())
        }
        Slot::Opt(place) => decode(body, place.insert()),
        Slot::Unit => Ok(()),
        _ => Err(DecodeError::mismatch("no form", "a form", 0).finish()),
    }
}

fn property_of(
    model: &mut dyn Reflect,
    name: String,
    value: String,
) -> std::result::Result<(), DecodeError> {
    let table = model.table();
    match table.fields.iter().position(|field| field.name == name) {
        Some(index) => text::read(&value, model.slot_at(index))
            .map_err(|error| error.in_property(&name).finish()),
        None if table.additional => match model.slot_at(table.fields.len()) {
            Slot::Map(map) => entry_of(map, name, value),
            _ => Ok(()),
        },
        None => Ok(()),
    }
}

fn entry_of(
    map: &mut dyn MapSlot,
    name: String,
    value: String,
) -> std::result::Result<(), DecodeError> {
    text::read(&value, map.entry(name.clone())).map_err(|error| error.in_property(&name).finish())
}

fn each_pair(
    body: &[u8],
    mut visit: impl FnMut(String, String) -> std::result::Result<(), DecodeError>,
) -> std::result::Result<(), DecodeError> {
    let body = String::from_utf8_lossy(body);
    for pair in body.trim().split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        visit(plain(name), plain(value))?;
    }
    Ok(())
}

fn plain(text: &str) -> String {
    let text = text.replace('+', " ");
    percent_decode_str(&text).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::{decode, encode};
    use crate::json::Json;
    use crate::model::Reflect;
    use crate::operation::{Encoding, Style};
    use std::collections::BTreeMap;

    fn form(json: &str, encodings: &[Encoding]) -> String {
        let value: Json = json.parse().unwrap();
        let body = encode(value.view(), encodings).unwrap();
        String::from_utf8(body)
            .unwrap()
            .replace("%5B", "[")
            .replace("%5D", "]")
    }

    fn encoding(name: &'static str, style: Style, explode: bool) -> Encoding {
        Encoding {
            name,
            content_type: None,
            style,
            explode,
        }
    }

    #[test]
    fn nested_values_go_on_in_brackets() {
        let value = r#"{"amount":5,"items":[{"price":"x","tags":["a","b c"]}],"metadata":{"k&":"v=é"},"unset":null}"#;
        let expected = "amount=5&items[0][price]=x&items[0][tags][]=a&items[0][tags][]=b+c&metadata[k%26]=v%3D%C3%A9&unset=";
        assert_eq!(form(value, &[]), expected);
        let deep = [
            encoding("items", Style::DeepObject, true),
            encoding("metadata", Style::DeepObject, true),
        ];
        assert_eq!(form(value, &deep), expected);
    }

    #[test]
    fn lists_follow_their_encoding() {
        let value = r#"{"a":["x,y","z"]}"#;
        assert_eq!(form(value, &[]), "a=x%2Cy&a=z");
        assert_eq!(
            form(value, &[encoding("a", Style::DeepObject, true)]),
            "a[]=x%2Cy&a[]=z"
        );
        assert_eq!(
            form(value, &[encoding("a", Style::Form, false)]),
            "a=x%2Cy%2Cz"
        );
        assert_eq!(
            form(value, &[encoding("a", Style::SpaceDelimited, false)]),
            "a=x%2Cy+z"
        );
        let json = [Encoding {
            content_type: Some("application/json"),
            ..encoding("a", Style::Form, true)
        }];
        assert_eq!(form(value, &json), "a=[%22x%2Cy%22%2C%22z%22]");
    }

    #[test]
    fn scalars_are_no_form() {
        assert!(encode(1i64.view(), &[]).is_err());
        assert!(encode(None::<String>.view(), &[]).unwrap().is_empty());
    }

    #[test]
    fn flat_forms_are_read() {
        let mut value: BTreeMap<String, String> = BTreeMap::new();
        decode(b"a=1+2&b=%C3%A9&c", value.slot()).unwrap();
        assert_eq!(value["a"], "1 2");
        assert_eq!(value["b"], "é");
        assert_eq!(value["c"], "");
        let mut numbers: BTreeMap<String, i64> = BTreeMap::new();
        let error = decode(b"a=1&b=x", numbers.slot()).unwrap_err();
        assert_eq!(error.path(), "$.b");
    }
}
