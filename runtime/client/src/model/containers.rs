//! The values that schemas are made of, as the codecs see them.

use super::{ListSlot, ListView, MapSlot, MapView, OptSlot, Reflect, Slot, View};
use crate::json::Json;
use crate::nullable::Nullable;
use bytes::Bytes;
use std::collections::BTreeMap;

macro_rules! scalar {
    ($($type:ty, $slot:ident, $blank:expr, |$this:ident| $view:expr;)*) => {$(
        impl Reflect for $type {
            #[inline]
            fn blank() -> Self {
                $blank
            }
            #[inline]
            fn slot(&mut self) -> Slot<'_> {
                Slot::$slot(self)
            }
            #[inline]
            fn view(&self) -> View<'_> {
                let $this = self;
                $view
            }
        }
    )*};
}

scalar! {
    String, Str, String::new(), |this| View::Str(this);
    i64, I64, 0, |this| View::I64(*this);
    u64, U64, 0, |this| View::U64(*this);
    f64, F64, 0.0, |this| View::F64(*this);
    bool, Bool, false, |this| View::Bool(*this);
    Bytes, Bytes, Bytes::new(), |this| View::Bytes(this);
}

impl Reflect for Json {
    #[inline]
    fn blank() -> Self {
        Self::Null
    }
    #[inline]
    fn null() -> Option<Self> {
        Some(Self::Null)
    }
    #[inline]
    fn slot(&mut self) -> Slot<'_> {
        Slot::Json(self)
    }
    #[inline]
    fn view(&self) -> View<'_> {
        View::Json(self)
    }
}

impl Reflect for () {
    #[inline]
    fn blank() -> Self {}
    #[inline]
    fn slot(&mut self) -> Slot<'_> {
        Slot::Unit
    }
    #[inline]
    fn view(&self) -> View<'_> {
        View::Absent
    }
}

/// A box stands where a schema contains itself; one that holds a required value
/// of the same schema has no finite value, so blanks end.
impl<T: Reflect> Reflect for Box<T> {
    #[inline]
    fn blank() -> Self {
        Self::new(T::blank())
    }
    #[inline]
    fn slot(&mut self) -> Slot<'_> {
        (**self).slot()
    }
    #[inline]
    fn view(&self) -> View<'_> {
        (**self).view()
    }
}

impl<T: Reflect> Reflect for Option<T> {
    #[inline]
    fn blank() -> Self {
        None
    }
    #[inline]
    fn slot(&mut self) -> Slot<'_> {
        Slot::Opt(self)
    }
    #[inline]
    fn view(&self) -> View<'_> {
        match self {
            Some(value) => value.view(),
            None => View::Absent,
        }
    }
}

impl<T: Reflect> OptSlot for Option<T> {
    fn insert(&mut self) -> Slot<'_> {
        Option::insert(self, T::blank()).slot()
    }
    fn set_absent(&mut self) {
        *self = None;
    }
    fn set_null(&mut self) {
        *self = T::null();
    }
}

impl<T: Reflect> Reflect for Nullable<T> {
    #[inline]
    fn blank() -> Self {
        Self::Absent
    }
    #[inline]
    fn slot(&mut self) -> Slot<'_> {
        Slot::Opt(self)
    }
    #[inline]
    fn view(&self) -> View<'_> {
        match self {
            Self::Absent => View::Absent,
            Self::Null => View::Null,
            Self::Value(value) => value.view(),
        }
    }
}

impl<T: Reflect> OptSlot for Nullable<T> {
    fn insert(&mut self) -> Slot<'_> {
        *self = Self::Value(T::blank());
        match self {
            Self::Value(value) => value.slot(),
            _ => Slot::Unit,
        }
    }
    fn set_absent(&mut self) {
        *self = Self::Absent;
    }
    fn set_null(&mut self) {
        *self = Self::Null;
    }
}

impl<T: Reflect> Reflect for Vec<T> {
    #[inline]
    fn blank() -> Self {
        Self::new()
    }
    #[inline]
    fn slot(&mut self) -> Slot<'_> {
        Slot::List(self)
    }
    #[inline]
    fn view(&self) -> View<'_> {
        View::List(self)
    }
}

impl<T: Reflect> ListSlot for Vec<T> {
    fn clear(&mut self) {
        Vec::clear(self);
    }
    fn push(&mut self) -> Slot<'_> {
        // Made in its place: `push` would copy it there.
        self.resize_with(Vec::len(self) + 1, T::blank);
        match self.last_mut() {
            Some(item) => item.slot(),
            None => Slot::Unit,
        }
    }
    fn pop(&mut self) {
        Vec::pop(self);
    }
}

impl<T: Reflect> ListView for Vec<T> {
    fn len(&self) -> usize {
        Vec::len(self)
    }
    fn at(&self, index: usize) -> View<'_> {
        match self.get(index) {
            Some(item) => item.view(),
            None => View::Absent,
        }
    }
}

impl<T: Reflect> Reflect for BTreeMap<String, T> {
    #[inline]
    fn blank() -> Self {
        Self::new()
    }
    #[inline]
    fn slot(&mut self) -> Slot<'_> {
        Slot::Map(self)
    }
    #[inline]
    fn view(&self) -> View<'_> {
        View::Map(self)
    }
}

impl<T: Reflect> MapSlot for BTreeMap<String, T> {
    fn clear(&mut self) {
        BTreeMap::clear(self);
    }
    fn entry(&mut self, key: String) -> Slot<'_> {
        use std::collections::btree_map::Entry;
        match BTreeMap::entry(self, key) {
            Entry::Vacant(place) => place.insert(T::blank()).slot(),
            Entry::Occupied(place) => {
                let value = place.into_mut();
                *value = T::blank();
                value.slot()
            }
        }
    }
}

impl<T: Reflect> MapView for BTreeMap<String, T> {
    fn len(&self) -> usize {
        BTreeMap::len(self)
    }
    fn each(&self, visit: &mut dyn FnMut(&str, View<'_>)) {
        for (key, value) in self {
            visit(key, value.view());
        }
    }
    fn get(&self, key: &str) -> Option<View<'_>> {
        BTreeMap::get(self, key).map(Reflect::view)
    }
}

/// The view of a borrowed value that is not itself [`Reflect`]: string slices and
/// slices, as parameters take them.
pub trait Borrowed {
    /// This value, to be read.
    fn view(&self) -> View<'_>;
}

impl Borrowed for str {
    fn view(&self) -> View<'_> {
        View::Str(self)
    }
}

impl<T: Reflect> Borrowed for &[T] {
    fn view(&self) -> View<'_> {
        View::List(self)
    }
}

impl<T: Reflect> ListView for &[T] {
    fn len(&self) -> usize {
        <[T]>::len(self)
    }
    fn at(&self, index: usize) -> View<'_> {
        match self.get(index) {
            Some(item) => item.view(),
            None => View::Absent,
        }
    }
}
