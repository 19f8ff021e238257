//! serde's traits for generated types, by the same tables.

use super::json;
use crate::json::{Json, JsonObject, Number};
use crate::model::{Field, Reflect, View, written};
use crate::nullable::Nullable;
use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{Error as _, Serialize, SerializeMap, SerializeSeq, Serializer};
use std::fmt;

/// `Serialize` of a generated type: what its JSON holds.
pub fn serialize<S: Serializer>(view: View<'_>, serializer: S) -> Result<S::Ok, S::Error> {
    Viewed(view).serialize(serializer)
}

/// `Deserialize` of a generated type: any self-describing format is taken as JSON.
pub fn deserialize<'de, T: Reflect, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    let value = Json::deserialize(deserializer)?;
    let mut place = T::blank();
    json::decode(&value.to_vec(), place.slot()).map_err(de::Error::custom)?;
    Ok(place)
}

struct Viewed<'a>(View<'a>);

impl Serialize for Viewed<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            View::Absent | View::Null => serializer.serialize_unit(),
            View::Str(text) => serializer.serialize_str(text),
            View::I64(value) => serializer.serialize_i64(*value),
            View::U64(value) => serializer.serialize_u64(*value),
            View::F64(value) => serializer.serialize_f64(*value),
            View::Bool(value) => serializer.serialize_bool(*value),
            View::File(file) => match file.as_bytes() {
                Some(bytes) => Viewed(View::Bytes(bytes)).serialize(serializer),
                None => Err(S::Error::custom("a file that is a stream")),
            },
            View::Bytes(bytes) => match std::str::from_utf8(bytes) {
                Ok(text) => serializer.serialize_str(text),
                Err(_) => serializer.serialize_bytes(bytes),
            },
            View::Text(value) => {
                let text = written(*value);
                if !value.is_number() {
                    return serializer.serialize_str(&text);
                }
                match Json::parse(text.as_bytes()) {
                    Ok(number) => number.serialize(serializer),
                    Err(_) => serializer.serialize_str(&text),
                }
            }
            View::Json(value) => value.serialize(serializer),
            View::Model(model) => serialize_model(*model, serializer),
            View::List(list) => {
                let mut out = serializer.serialize_seq(Some(list.len()))?;
                for index in 0..list.len() {
                    out.serialize_element(&Viewed(list.at(index)))?;
                }
                out.end()
            }
            View::Map(_) => {
                let mut out = serializer.serialize_map(None)?;
                serialize_entries(&self.0, &mut out)?;
                out.end()
            }
        }
    }
}

fn serialize_model<S: Serializer>(model: &dyn Reflect, serializer: S) -> Result<S::Ok, S::Error> {
    let table = model.table();
    let mut out = serializer.serialize_map(None)?;
    for (index, field) in table.fields.iter().enumerate() {
        match model.view_at(index) {
            View::Absent if !field.has(Field::REQUIRED | Field::NULLABLE) => {}
            view => out.serialize_entry(field.name, &Viewed(view))?,
        }
    }
    if table.additional {
        serialize_entries(&model.view_at(table.fields.len()), &mut out)?;
    }
    out.end()
}

fn serialize_entries<M: SerializeMap>(view: &View<'_>, out: &mut M) -> Result<(), M::Error> {
    let mut result = Ok(());
    if let View::Map(map) = view {
        map.each(&mut |key, value| {
            // The key is there, so a value that is not is null.
            if result.is_ok() {
                result = out.serialize_entry(key, &Viewed(value));
            }
        });
    }
    result
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Number(number) => number.serialize(serializer),
            Self::String(text) => serializer.serialize_str(text),
            Self::Array(items) => items.serialize(serializer),
            Self::Object(members) => members.serialize(serializer),
        }
    }
}

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if let Some(value) = self.as_exact_i64() {
            serializer.serialize_i64(value)
        } else if let Some(value) = self.as_exact_u64() {
            serializer.serialize_u64(value)
        } else {
            match self.as_f64() {
                Some(value) => serializer.serialize_f64(value),
                None => Err(S::Error::custom("a number beyond the range of a double")),
            }
        }
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(JsonVisitor)
    }
}

struct JsonVisitor;

impl<'de> Visitor<'de> for JsonVisitor {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value that JSON has")
    }
    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }
    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(Json::from(value))
    }
    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(Json::from(value))
    }
    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Json, E> {
        match Number::from_f64(value) {
            Some(number) => Ok(Json::Number(number)),
            None => Err(E::custom("JSON has no float that is not finite")),
        }
    }
    fn visit_str<E>(self, value: &str) -> Result<Json, E> {
        Ok(Json::String(value.to_owned()))
    }
    fn visit_string<E>(self, value: String) -> Result<Json, E> {
        Ok(Json::String(value))
    }
    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }
    fn visit_none<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }
    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        Json::deserialize(deserializer)
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json, A::Error> {
        let mut out = Vec::new();
        while let Some(item) = items.next_element()? {
            out.push(item);
        }
        Ok(Json::Array(out))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Json, A::Error> {
        let mut out = JsonObject::new();
        while let Some((key, value)) = members.next_entry()? {
            out.insert(key, value);
        }
        Ok(Json::Object(out))
    }
}

/// Absent and null are both written as null; skip absent values with
/// `#[serde(default, skip_serializing_if = "Nullable::is_absent")]`.
impl<T: Serialize> Serialize for Nullable<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value().serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Nullable<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::deserialize(deserializer).map(Self::from)
    }
}

#[cfg(test)]
mod tests {
    use super::{Json, Nullable, json};
    use crate::codec::json::Mode;
    use crate::model::Reflect;

    #[test]
    fn json_goes_through_serde_as_it_is() {
        let text = r#"{"a":[null,true,-1,18446744073709551615,1.5,"x"]}"#;
        let value: Json = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&value).unwrap(), text);
        assert_eq!(
            json::encode(value.view(), Mode::Whole).unwrap(),
            text.as_bytes()
        );
        let null: Nullable<i64> = serde_json::from_str("null").unwrap();
        assert!(null.is_null());
    }
}
