//! Plain text.

use super::json::DecodeError;
use super::walk::{self, Result};
use crate::json::Json;
use crate::model::{EnumValues, Slot, View, found, set_i64, set_text};
use bytes::Bytes;

/// Writes a value as text: scalars as they are, anything else as JSON.
pub fn encode(value: View<'_>) -> Result<Vec<u8>> {
    match value {
        View::Bytes(bytes) => Ok(bytes.to_vec()),
        value => Ok(walk::text(&value)?.into_owned().into_bytes()),
    }
}

/// Reads text into a scalar; arrays and objects are read as JSON.
pub fn decode(text: &str, slot: Slot<'_>) -> std::result::Result<(), DecodeError> {
    read(text, slot).map_err(DecodeError::finish)
}

pub(super) fn read(text: &str, slot: Slot<'_>) -> std::result::Result<(), DecodeError> {
    let unfit = |expected: &str| Err(DecodeError::mismatch(expected, "other text", 0));
    match slot {
        Slot::Unit => {}
        Slot::Str(place) => *place = text.to_owned(),
        Slot::Bytes(place) => *place = Bytes::copy_from_slice(text.as_bytes()),
        Slot::Text(place) => {
            if !place.set(text) {
                let found = found(place, text);
                return Err(DecodeError::mismatch(place.expected(), found, 0));
            }
        }
        Slot::Json(place) => *place = Json::String(text.to_owned()),
        Slot::Bool(place) => match text {
            "true" => *place = true,
            "false" => *place = false,
            _ => return unfit("`true` or `false`"),
        },
        Slot::I64(place) => match text.parse() {
            Ok(value) => *place = value,
            Err(_) => return unfit("a 64-bit integer"),
        },
        Slot::U64(place) => match text.parse() {
            Ok(value) => *place = value,
            Err(_) => return unfit("an unsigned 64-bit integer"),
        },
        Slot::F64(place) => match text.parse::<f64>() {
            Ok(value) if value.is_finite() => *place = value,
            _ => return unfit("a number"),
        },
        Slot::Enum(place) => match (place.values(), text.parse()) {
            (EnumValues::I64(_), Ok(number)) => {
                set_i64(place, number);
            }
            _ => {
                set_text(place, text);
            }
        },
        Slot::Opt(place) => return read(text, place.insert()),
        Slot::Choice(place) => return read(text, place.select(0)),
        Slot::Union(place) => place.set_unknown(Json::String(text.to_owned())),
        slot @ (Slot::Model(_) | Slot::List(_) | Slot::Map(_)) => {
            return super::json::decode(text.as_bytes(), slot);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{decode, encode};
    use crate::json::Json;
    use crate::model::Reflect;

    #[test]
    fn scalars_are_their_text() {
        assert_eq!(encode("a b".to_owned().view()).unwrap(), b"a b");
        assert_eq!(encode(1.5f64.view()).unwrap(), b"1.5");
        assert_eq!(encode(vec![1i64, 2].view()).unwrap(), b"[1,2]");
        assert!(encode(f64::INFINITY.view()).is_err());
    }

    #[test]
    fn text_is_read_by_type() {
        let mut number = 0i64;
        decode("-7", number.slot()).unwrap();
        assert_eq!(number, -7);
        assert!(decode("7x", number.slot()).is_err());
        let mut float: Option<f64> = None;
        decode("1.5", float.slot()).unwrap();
        assert_eq!(float, Some(1.5));
        assert!(decode("NaN", float.slot()).is_err());
        let mut json = Json::Null;
        decode("{}", json.slot()).unwrap();
        assert_eq!(json.as_str(), Some("{}"));
        let mut list: Vec<i64> = Vec::new();
        decode("[1]", list.slot()).unwrap();
        assert_eq!(list, [1]);
        let mut flag = false;
        decode("true", flag.slot()).unwrap();
        assert!(flag && decode("yes", flag.slot()).is_err());
    }
}
