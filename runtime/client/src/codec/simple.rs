//! Reading values in style `simple`: response headers (OAS 3.0.3, Style Values).

use super::json::DecodeError;
use super::{json, text};
use crate::model::{Field, Slot};
use crate::operation::Style;

type Result<T = ()> = std::result::Result<T, DecodeError>;

/// Reads a text into a value: a scalar is its text, a list is its items between
/// commas, an object is names and values (`a,1,b,2`; `a=1,b=2` where exploded).
/// Other styles have another separator, or are JSON.
pub(crate) fn decode(text: &str, style: Style, explode: bool, slot: Slot<'_>) -> Result {
    let separator = match style {
        Style::Json => return json::decode(text.as_bytes(), slot),
        Style::SpaceDelimited => ' ',
        Style::PipeDelimited => '|',
        _ => ',',
    };
    match slot {
        Slot::Opt(place) => decode(text, style, explode, place.insert()),
        slot @ Slot::List(_) => each(items(text, separator), slot),
        Slot::Model(model) => {
            let table = model.table();
            let mut seen = vec![false; table.fields.len()];
            for (name, value) in pairs(text, separator, explode)? {
                let field = table.fields.iter().position(|field| field.name == name);
                let slot = match field {
                    Some(index) => {
                        seen[index] = true;
                        model.slot_at(index)
                    }
                    None if table.additional => match model.slot_at(table.fields.len()) {
                        Slot::Map(map) => map.entry(name.to_owned()),
                        _ => Slot::Unit,
                    },
                    None => Slot::Unit,
                };
                text::read(value, slot).map_err(|error| error.in_property(name).finish())?;
            }
            let mut fields = table.fields.iter().zip(seen);
            match fields.find(|(field, seen)| field.has(Field::REQUIRED) && !seen) {
                Some((field, _)) => {
                    let expected = format!("a member `{}`", field.name);
                    Err(DecodeError::mismatch(expected, "none", 0).finish())
                }
                None => Ok(()),
            }
        }
        Slot::Map(map) => {
            map.clear();
            for (name, value) in pairs(text, separator, explode)? {
                text::read(value, map.entry(name.to_owned()))
                    .map_err(|error| error.in_property(name).finish())?;
            }
            Ok(())
        }
        slot => text::decode(text, slot),
    }
}

/// Reads texts into the items of a list.
pub(crate) fn each<'t>(texts: impl IntoIterator<Item = &'t str>, slot: Slot<'_>) -> Result {
    match slot {
        Slot::Opt(place) => each(texts, place.insert()),
        Slot::List(list) => {
            list.clear();
            let mut read = 0;
            for (index, item) in texts.into_iter().enumerate() {
                text::read(item, list.item(index))
                    .map_err(|error| error.in_item(index).finish())?;
                read = index + 1;
            }
            match list.missing(read) {
                true => Err(DecodeError::mismatch("more items", format!("{read}"), 0).finish()),
                false => Ok(()),
            }
        }
        _ => Err(DecodeError::mismatch("one value", "several", 0).finish()),
    }
}

/// The items of a list, empty ones left out (RFC 9110, section 5.6.1). A separator
/// between quotes is none.
fn items(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let mut quoted = false;
    let mut escaped = false;
    text.split(move |character| {
        if escaped {
            escaped = false;
        } else if quoted && character == '\\' {
            escaped = true;
        } else if character == '"' {
            quoted = !quoted;
        }
        !quoted && character == separator
    })
    .map(str::trim)
    .filter(|item| !item.is_empty())
}

fn pairs(text: &str, separator: char, explode: bool) -> Result<Vec<(&str, &str)>> {
    let odd = || DecodeError::mismatch("names with values", "a name without one", 0).finish();
    let mut found = Vec::new();
    let mut items = text.split(separator).map(str::trim);
    if text.is_empty() {
        return Ok(found);
    }
    while let Some(item) = items.next() {
        found.push(match explode {
            true => item.split_once('=').ok_or_else(odd)?,
            false => (item, items.next().ok_or_else(odd)?),
        });
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::{decode, each};
    use crate::model::Reflect;
    use crate::operation::Style;
    use std::collections::BTreeMap;

    #[test]
    fn lists_are_items_between_separators() {
        let mut list: Vec<String> = Vec::new();
        decode("a, \"b, c\" ,,d", Style::Simple, false, list.slot()).unwrap();
        assert_eq!(list, ["a", "\"b, c\"", "d"]);
        decode("", Style::Simple, false, list.slot()).unwrap();
        assert!(list.is_empty());
        let mut numbers: Option<Vec<i64>> = None;
        decode("1|2", Style::PipeDelimited, false, numbers.slot()).unwrap();
        assert_eq!(numbers, Some(vec![1, 2]));
        let error = decode("1,x", Style::Simple, false, numbers.slot()).unwrap_err();
        assert_eq!(error.path(), "$[1]");
        each(["a=1, b", "c"], list.slot()).unwrap();
        assert_eq!(list, ["a=1, b", "c"]);
    }

    #[test]
    fn objects_are_names_and_values() {
        let mut map: BTreeMap<String, i64> = BTreeMap::new();
        decode("a,1,b,2", Style::Simple, false, map.slot()).unwrap();
        assert_eq!(map, BTreeMap::from([("a".into(), 1), ("b".into(), 2)]));
        decode("c=3", Style::Simple, true, map.slot()).unwrap();
        assert_eq!(map, BTreeMap::from([("c".into(), 3)]));
        assert!(decode("a,1,b", Style::Simple, false, map.slot()).is_err());
        assert!(decode("a", Style::Simple, true, map.slot()).is_err());
        decode("{\"d\": 4}", Style::Json, false, map.slot()).unwrap();
        assert_eq!(map, BTreeMap::from([("d".into(), 4)]));
    }
}
