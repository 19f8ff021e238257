//! Values of the mock server as values of the generated types.

use crate::template::Shape;
use pontoon::rust::ir::{Crate, Item, Scalar, Type};
use serde_json::{Number, Value};
use std::collections::HashMap;

/// The types of a crate.
pub(crate) struct Types<'a>(HashMap<&'a str, &'a Item>);

impl<'a> Types<'a> {
    pub(crate) fn new(krate: &'a Crate) -> Self {
        let items = krate.model_files.iter().flat_map(|file| &file.items);
        Self(items.map(|item| (item.name(), item)).collect())
    }

    /// The item behind a name, aliases followed; else the plain type.
    fn resolve(&self, ty: &'a Type) -> Resolved<'a> {
        let mut ty = ty;
        for _ in 0..=self.0.len() {
            ty = match ty {
                Type::Option(item) | Type::Nullable(item) | Type::Boxed(item) => item,
                Type::Named(name) => match self.0.get(name.as_str()) {
                    Some(Item::Alias(alias)) => &alias.ty,
                    Some(item) => return Resolved::Item(item),
                    None => break,
                },
                _ => break,
            };
        }
        Resolved::Plain(ty)
    }

    /// The shape of a parameter of this type.
    pub(crate) fn shape(&self, ty: &'a Type) -> Shape {
        match self.resolve(ty) {
            Resolved::Plain(Type::List(_)) => Shape::List,
            Resolved::Plain(Type::Map(_)) | Resolved::Item(Item::Struct(_)) => Shape::Object,
            _ => Shape::Scalar,
        }
    }

    /// The names of a struct's properties on the wire.
    pub(crate) fn properties(&self, ty: &'a Type) -> Option<Vec<&'a str>> {
        match self.resolve(ty) {
            Resolved::Item(Item::Struct(item)) => Some(
                item.fields
                    .iter()
                    .map(|field| field.wire.as_str())
                    .collect(),
            ),
            _ => None,
        }
    }

    /// The shape of a property of a struct.
    pub(crate) fn property_shape(&self, ty: &'a Type, name: &str) -> Option<Shape> {
        match self.resolve(ty) {
            Resolved::Item(Item::Struct(item)) => {
                let field = item.fields.iter().find(|field| field.wire == name)?;
                Some(self.shape(&field.ty))
            }
            _ => None,
        }
    }

    /// The Rust name of a property of files, and whether it is optional or a list.
    pub(crate) fn file_field(&self, ty: &'a Type, name: &str) -> Option<(&'a str, bool)> {
        let Resolved::Item(Item::Struct(item)) = self.resolve(ty) else {
            return None;
        };
        let field = item.fields.iter().find(|field| field.wire == name)?;
        match &field.ty {
            Type::File => Some((&field.name, false)),
            Type::Option(inner) | Type::List(inner) if **inner == Type::File => {
                Some((&field.name, true))
            }
            _ => None,
        }
    }

    /// Text of a parameter as JSON of its type: `"1"` becomes `1` for an integer.
    pub(crate) fn typed(&self, ty: &'a Type, value: &Value) -> Value {
        match (self.resolve(ty), value) {
            (Resolved::Plain(Type::List(item)), Value::Array(values)) => {
                values.iter().map(|value| self.typed(item, value)).collect()
            }
            (Resolved::Plain(Type::Map(item)), Value::Object(members)) => {
                let members = members.iter();
                Value::Object(
                    members
                        .map(|(key, value)| (key.clone(), self.typed(item, value)))
                        .collect(),
                )
            }
            (Resolved::Item(Item::Struct(item)), Value::Object(members)) => {
                let typed = members.iter().map(|(key, value)| {
                    let field = item.fields.iter().find(|field| field.wire == *key);
                    let value = field.map_or(value.clone(), |field| self.typed(&field.ty, value));
                    (key.clone(), value)
                });
                Value::Object(typed.collect())
            }
            (
                Resolved::Plain(
                    Type::I64
                    | Type::U64
                    | Type::F64
                    | Type::Scalar(Scalar::UnixTime(_) | Scalar::DecimalNumber | Scalar::I32),
                )
                | Resolved::Item(Item::IntEnum(_)),
                Value::String(text),
            ) => text.parse::<Number>().map_or(value.clone(), Value::Number),
            (Resolved::Plain(Type::Bool), Value::String(text)) => {
                text.parse::<bool>().map_or(value.clone(), Value::Bool)
            }
            (
                Resolved::Plain(Type::String) | Resolved::Item(Item::Enum(_)),
                Value::Number(_) | Value::Bool(_),
            ) => Value::from(value.to_string()),
            _ => value.clone(),
        }
    }
}

enum Resolved<'a> {
    Plain(&'a Type),
    Item(&'a Item),
}
