//! Values of types that are described as data.

use super::types::{Kind, ObjectType, Shape, TextShape, Types, UnionType};
use crate::json::Json;
use crate::model::text::{Text, written};
use crate::model::unknown::UnknownValue;
use crate::model::{
    EnumValues, ListSlot, ListView, MapSlot, MapView, OpenEnum, OptSlot, Reflect, Slot, Table,
    Union, UnionTable, View,
};
use bytes::Bytes;
use std::collections::BTreeMap;
use std::fmt;

/// A value of a type that is described as data.
#[derive(Clone)]
pub struct Value(Content);

impl Value {
    pub(super) fn new(content: Content) -> Self {
        Self(content)
    }

    /// The place to decode into.
    pub fn slot(&mut self) -> Slot<'_> {
        self.0.slot()
    }

    /// The value, to be read or encoded.
    pub fn view(&self) -> View<'_> {
        self.0.view()
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        crate::model::debug(self.view(), f)
    }
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        crate::model::equal(self.view(), other.view())
    }
}

/// What a value is made of.
#[derive(Clone)]
pub(super) enum Content {
    Unit,
    Str(String),
    I64(i64),
    U64(u64),
    F64(f64),
    Bool(bool),
    Bytes(Bytes),
    Text(Formatted),
    Json(Json),
    Object(Object),
    Enum(Enumerated),
    Union(Chosen),
    Optional(Optional),
    List(List),
    Map(Map),
    Tuple(Tuple),
}

/// The value of a shape before anything is decoded.
pub(super) fn blank(types: &'static Types, shape: &'static Shape) -> Content {
    match shape {
        Shape::String => Content::Str(String::new()),
        Shape::I64 => Content::I64(0),
        Shape::U64 => Content::U64(0),
        Shape::F64 => Content::F64(0.0),
        Shape::Bool => Content::Bool(false),
        Shape::Bytes => Content::Bytes(Bytes::new()),
        Shape::Text(shape) => Content::Text(Formatted {
            shape: *shape,
            value: shape.blank(),
        }),
        Shape::Json => Content::Json(Json::Null),
        Shape::Named(index) => named(types, *index),
        Shape::Optional(inner) | Shape::Nullable(inner) => Content::Optional(Optional {
            types,
            inner,
            nullable: matches!(shape, Shape::Nullable(_)),
            state: State::Absent,
        }),
        Shape::List(item) => Content::List(List {
            types,
            item,
            items: Vec::new(),
        }),
        Shape::Map(entry) => Content::Map(Map::new(types, entry)),
        Shape::Tuple(items, rest) => Content::Tuple(Tuple {
            types,
            head: items.iter().map(|shape| blank(types, shape)).collect(),
            shapes: items,
            item: rest.as_deref(),
            rest: Vec::new(),
        }),
    }
}

pub(super) fn named(types: &'static Types, index: usize) -> Content {
    match types.kinds.get(index) {
        None => Content::Unit,
        Some(Kind::Alias(shape)) => blank(types, shape),
        Some(Kind::Enum(values)) => Content::Enum(Enumerated {
            values: *values,
            value: Listed::Unknown(UnknownValue::blank()),
        }),
        Some(Kind::Union(ty)) => Content::Union(Chosen {
            types,
            ty,
            value: Box::new(Content::Json(Json::Null)),
        }),
        Some(Kind::Object(ty)) => Content::Object(Object {
            ty,
            values: ty.shapes.iter().map(|shape| blank(types, shape)).collect(),
            additional: ty.additional.as_ref().map(|entry| Map::new(types, entry)),
        }),
    }
}

impl Content {
    fn slot(&mut self) -> Slot<'_> {
        match self {
            Self::Unit => Slot::Unit,
            Self::Str(place) => Slot::Str(place),
            Self::I64(place) => Slot::I64(place),
            Self::U64(place) => Slot::U64(place),
            Self::F64(place) => Slot::F64(place),
            Self::Bool(place) => Slot::Bool(place),
            Self::Bytes(place) => Slot::Bytes(place),
            Self::Text(place) => Slot::Text(&mut *place.value),
            Self::Json(place) => Slot::Json(place),
            Self::Object(place) => Slot::Model(place),
            Self::Enum(place) => Slot::Enum(place),
            Self::Union(place) => Slot::Union(place),
            Self::Optional(place) => Slot::Opt(place),
            Self::List(place) => Slot::List(place),
            Self::Map(place) => Slot::Map(place),
            Self::Tuple(place) => Slot::List(place),
        }
    }

    fn view(&self) -> View<'_> {
        match self {
            Self::Unit => View::Absent,
            Self::Str(value) => View::Str(value),
            Self::I64(value) => View::I64(*value),
            Self::U64(value) => View::U64(*value),
            Self::F64(value) => View::F64(*value),
            Self::Bool(value) => View::Bool(*value),
            Self::Bytes(value) => View::Bytes(value),
            Self::Text(value) => View::Text(&*value.value),
            Self::Json(value) => View::Json(value),
            Self::Object(value) => View::Model(value),
            Self::Enum(value) => value.view(),
            Self::Union(value) => value.value.view(),
            Self::Optional(value) => match &value.state {
                State::Absent => View::Absent,
                State::Null => View::Null,
                State::Value(value) => value.view(),
            },
            Self::List(value) => View::List(value),
            Self::Map(value) => View::Map(value),
            Self::Tuple(value) => View::List(value),
        }
    }
}

pub(super) struct Formatted {
    shape: TextShape,
    value: Box<dyn Text>,
}

impl Clone for Formatted {
    fn clone(&self) -> Self {
        let mut value = self.shape.blank();
        // A value reads what it writes; a blank one may have no text and stays blank.
        value.set(&written(&*self.value));
        Self {
            shape: self.shape,
            value,
        }
    }
}

#[derive(Clone)]
pub(super) struct Object {
    ty: &'static ObjectType,
    values: Vec<Content>,
    additional: Option<Map>,
}

/// The type of [`Object::blank`].
static NO_PROPERTIES: ObjectType = ObjectType {
    table: Table {
        name: "",
        fields: &[],
        additional: false,
    },
    shapes: Vec::new(),
    additional: None,
};

impl Reflect for Object {
    /// An object of a type without properties: only a value knows its type.
    fn blank() -> Self {
        Self {
            ty: &NO_PROPERTIES,
            values: Vec::new(),
            additional: None,
        }
    }
    fn table(&self) -> &'static Table {
        &self.ty.table
    }
    fn slot_at(&mut self, index: usize) -> Slot<'_> {
        match (self.values.get_mut(index), &mut self.additional) {
            (Some(value), _) => value.slot(),
            (None, Some(map)) if index == self.ty.shapes.len() => Slot::Map(map),
            _ => Slot::Unit,
        }
    }
    fn view_at(&self, index: usize) -> View<'_> {
        match (self.values.get(index), &self.additional) {
            (Some(value), _) => value.view(),
            (None, Some(map)) if index == self.ty.shapes.len() => View::Map(map),
            _ => View::Absent,
        }
    }
}

#[derive(Clone)]
pub(super) struct Enumerated {
    values: EnumValues,
    value: Listed,
}

#[derive(Clone)]
enum Listed {
    Known(usize),
    Unknown(UnknownValue),
}

impl Enumerated {
    fn view(&self) -> View<'_> {
        match (&self.value, self.values) {
            (Listed::Unknown(value), _) => value.view(),
            (Listed::Known(index), EnumValues::Str(values)) => values
                .get(*index)
                .map_or(View::Absent, |text| View::Str(text)),
            (Listed::Known(index), EnumValues::I64(values)) => values
                .get(*index)
                .map_or(View::Absent, |number| View::I64(*number)),
            (Listed::Known(index), EnumValues::Any(values)) => values
                .get(*index)
                .map_or(View::Absent, |value| value.view()),
        }
    }
}

impl OpenEnum for Enumerated {
    fn values(&self) -> EnumValues {
        self.values
    }
    fn set_known(&mut self, index: usize) {
        self.value = Listed::Known(index);
    }
    fn set_unknown(&mut self, value: Json) {
        self.value = Listed::Unknown(UnknownValue::new(value));
    }
}

#[derive(Clone)]
pub(super) struct Chosen {
    types: &'static Types,
    ty: &'static UnionType,
    /// The member's value, or the JSON that no member took.
    value: Box<Content>,
}

impl Union for Chosen {
    fn table(&self) -> &'static UnionTable {
        &self.ty.table
    }
    fn select(&mut self, index: usize) -> Slot<'_> {
        match self.ty.shapes.get(index) {
            Some(shape) => {
                *self.value = blank(self.types, shape);
                self.value.slot()
            }
            None => Slot::Unit,
        }
    }
    fn set_unknown(&mut self, value: Json) {
        *self.value = Content::Json(value);
    }
}

#[derive(Clone)]
pub(super) struct Optional {
    types: &'static Types,
    inner: &'static Shape,
    nullable: bool,
    state: State,
}

#[derive(Clone)]
enum State {
    Absent,
    Null,
    Value(Box<Content>),
}

impl OptSlot for Optional {
    fn insert(&mut self) -> Slot<'_> {
        self.state = State::Value(Box::new(blank(self.types, self.inner)));
        match &mut self.state {
            State::Value(value) => value.slot(),
            _ => Slot::Unit,
        }
    }
    fn set_absent(&mut self) {
        self.state = State::Absent;
    }
    fn set_null(&mut self) {
        self.state = match blank(self.types, self.inner) {
            _ if self.nullable => State::Null,
            // Any JSON has a null of its own.
            null @ Content::Json(_) => State::Value(Box::new(null)),
            _ => State::Absent,
        };
    }
}

#[derive(Clone)]
pub(super) struct List {
    types: &'static Types,
    item: &'static Shape,
    items: Vec<Content>,
}

impl ListSlot for List {
    fn clear(&mut self) {
        self.items.clear();
    }
    fn push(&mut self) -> Slot<'_> {
        self.items.push(blank(self.types, self.item));
        self.items.last_mut().map_or(Slot::Unit, Content::slot)
    }
    fn pop(&mut self) {
        self.items.pop();
    }
}

impl ListView for List {
    fn len(&self) -> usize {
        self.items.len()
    }
    fn at(&self, index: usize) -> View<'_> {
        self.items.get(index).map_or(View::Absent, Content::view)
    }
}

#[derive(Clone)]
pub(super) struct Map {
    types: &'static Types,
    entry: &'static Shape,
    entries: BTreeMap<String, Content>,
}

impl Map {
    fn new(types: &'static Types, entry: &'static Shape) -> Self {
        Self {
            types,
            entry,
            entries: BTreeMap::new(),
        }
    }
}

impl MapSlot for Map {
    fn clear(&mut self) {
        self.entries.clear();
    }
    fn entry(&mut self, key: String) -> Slot<'_> {
        use std::collections::btree_map::Entry;
        let value = blank(self.types, self.entry);
        match self.entries.entry(key) {
            Entry::Vacant(place) => place.insert(value).slot(),
            Entry::Occupied(place) => {
                let kept = place.into_mut();
                *kept = value;
                kept.slot()
            }
        }
    }
}

impl MapView for Map {
    fn len(&self) -> usize {
        self.entries.len()
    }
    fn each(&self, visit: &mut dyn FnMut(&str, View<'_>)) {
        for (key, value) in &self.entries {
            visit(key, value.view());
        }
    }
    fn get(&self, key: &str) -> Option<View<'_>> {
        self.entries.get(key).map(Content::view)
    }
}

#[derive(Clone)]
pub(super) struct Tuple {
    types: &'static Types,
    shapes: &'static [Shape],
    head: Vec<Content>,
    /// The shape of what comes after the head.
    item: Option<&'static Shape>,
    rest: Vec<Content>,
}

impl ListSlot for Tuple {
    fn clear(&mut self) {
        for (value, shape) in self.head.iter_mut().zip(self.shapes) {
            *value = blank(self.types, shape);
        }
        self.rest.clear();
    }
    fn push(&mut self) -> Slot<'_> {
        let Some(shape) = self.item else {
            return Slot::Unit;
        };
        self.rest.push(blank(self.types, shape));
        self.rest.last_mut().map_or(Slot::Unit, Content::slot)
    }
    fn pop(&mut self) {
        self.rest.pop();
    }
    fn item(&mut self, index: usize) -> Slot<'_> {
        if index < self.head.len() {
            self.head[index].slot()
        } else {
            self.push()
        }
    }
    fn missing(&self, read: usize) -> bool {
        let unread = self.head.iter().skip(read);
        unread
            .into_iter()
            .any(|value| !matches!(value.view(), View::Absent))
    }
}

impl ListView for Tuple {
    /// Optional items at the end that are not there are not counted.
    fn len(&self) -> usize {
        if !self.rest.is_empty() {
            return self.head.len() + self.rest.len();
        }
        let there = |value: &Content| !matches!(value.view(), View::Absent);
        self.head.iter().rposition(there).map_or(0, |last| last + 1)
    }
    fn at(&self, index: usize) -> View<'_> {
        let value = match index.checked_sub(self.head.len()) {
            None => self.head.get(index),
            Some(index) => self.rest.get(index),
        };
        value.map_or(View::Absent, Content::view)
    }
}
