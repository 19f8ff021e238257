//! Reflective models: plain values beside a table that one interpreter reads.
//!
//! A generated type implements [`Reflect`], which is what the codecs see: a
//! [`Slot`] to write into, a [`View`] to read from. For an object it is all there
//! is; enumerations, unions and choices have a second trait ([`Enumeration`],
//! [`Union`], [`Choice`]). No codec is generic over models, so a crate with a
//! thousand types holds a thousand tables and no code of its own for reading and
//! writing them.

mod containers;
mod debug;
#[cfg(feature = "dynamic")]
pub mod dynamic;
mod equal;
pub(crate) mod former;
mod macros;
mod scalar;
mod text;
mod tuple;
mod unknown;

pub use containers::Borrowed;
pub use scalar::Scalar;
pub(crate) use scalar::{set_json, set_text};
#[allow(unused_imports)]
pub(crate) use text::reflect_format;
pub use text::{Format, Text};
pub(crate) use text::{found, written};
pub use tuple::{Tail, Tuple};
pub use unknown::UnknownValue;
pub(crate) use unknown::{set_i64, set_str};

pub(crate) use debug::debug;
pub(crate) use equal::equal;

use crate::json::Json;
use crate::upload::File;
use bytes::Bytes;

/// A value that the codecs can fill and read.
///
/// The defaults are those of an object with known properties, which has to give
/// [`blank`](Self::blank), [`table`](Self::table), [`slot_at`](Self::slot_at) and
/// [`view_at`](Self::view_at). Everything else gives `blank`, [`slot`](Self::slot)
/// and [`view`](Self::view). It is one trait because the number of impls and
/// functions per type is what the compiler's time goes into.
pub trait Reflect {
    /// A value to decode into. Never seen by users: the decoder fails when a
    /// required member was not filled.
    fn blank() -> Self
    where
        Self: Sized;
    /// What a null is read as where an optional value of this type stands; `None`:
    /// as absent. Any JSON has a null of its own.
    fn null() -> Option<Self>
    where
        Self: Sized,
    {
        None
    }
    /// The place to write this value.
    fn slot(&mut self) -> Slot<'_>
    where
        Self: Sized,
    {
        Slot::Model(self)
    }
    /// This value, to be read.
    fn view(&self) -> View<'_>
    where
        Self: Sized,
    {
        View::Model(self)
    }
    /// Of an object: the names and flags of the properties, in the order of
    /// `slot_at` and `view_at`.
    fn table(&self) -> &'static Table {
        &Table {
            name: "",
            fields: &[],
            additional: false,
        }
    }
    /// Of an object: property `index` of the table, to write.
    fn slot_at(&mut self, _index: usize) -> Slot<'_> {
        Slot::Unit
    }
    /// Of an object: property `index` of the table, to read.
    fn view_at(&self, _index: usize) -> View<'_> {
        View::Absent
    }
}

/// A place that a decoder writes into.
pub enum Slot<'a> {
    /// No value is expected (an empty body, or a field index that does not exist).
    Unit,
    /// A string.
    Str(&'a mut String),
    /// A signed integer.
    I64(&'a mut i64),
    /// An unsigned integer (`format: uint64`).
    U64(&'a mut u64),
    /// A number.
    F64(&'a mut f64),
    /// A boolean.
    Bool(&'a mut bool),
    /// Raw bytes: a binary body or a file.
    Bytes(&'a mut Bytes),
    /// A text of a format: a date-time, a UUID.
    Text(&'a mut dyn Text),
    /// Any JSON value.
    Json(&'a mut Json),
    /// An object with known properties.
    Model(&'a mut dyn Reflect),
    /// An enumeration that accepts values it does not know.
    Enum(&'a mut dyn OpenEnum),
    /// One of several schemas.
    Union(&'a mut dyn Union),
    /// One of several responses, told apart by status.
    Choice(&'a mut dyn Choice),
    /// A value that may be absent or null.
    Opt(&'a mut dyn OptSlot),
    /// An array.
    List(&'a mut dyn ListSlot),
    /// An object with free keys.
    Map(&'a mut dyn MapSlot),
}

/// A value as an encoder sees it.
pub enum View<'a> {
    /// Not there: left out of objects, bodies and queries.
    Absent,
    /// An explicit null.
    Null,
    /// A string.
    Str(&'a str),
    /// A signed integer.
    I64(i64),
    /// An unsigned integer.
    U64(u64),
    /// A number.
    F64(f64),
    /// A boolean.
    Bool(bool),
    /// Raw bytes.
    Bytes(&'a Bytes),
    /// A file: bytes in memory, or a stream of them.
    File(&'a File),
    /// A text of a format.
    Text(&'a dyn Text),
    /// Any JSON value.
    Json(&'a Json),
    /// An object with known properties.
    Model(&'a dyn Reflect),
    /// An array.
    List(&'a dyn ListView),
    /// An object with free keys.
    Map(&'a dyn MapView),
}

/// The table of an object schema.
///
/// Generated code writes it as a literal in the function that returns it: a
/// `static` would be one more item to check and to evaluate per type.
#[derive(Debug)]
pub struct Table {
    /// The Rust name of the type, which no other type of its crate has.
    pub name: &'static str,
    /// Its properties.
    pub fields: &'static [Field],
    /// True when `slot_at` and `view_at` of `fields.len()` hold the properties that have no
    /// field of their own (`additionalProperties`), as a map.
    pub additional: bool,
}

/// One property of a [`Table`].
#[derive(Debug)]
pub struct Field {
    /// The name on the wire.
    pub name: &'static str,
    /// A union of the constants of this type. Generated tables hold the number:
    /// naming the constants would cost the compiler time.
    pub flags: u8,
}

impl Field {
    /// The schema lists the property in `required`.
    pub const REQUIRED: u8 = 1;
    /// The property may be null (`nullable`). Together with [`Self::REQUIRED`],
    /// an absent value is written as null.
    pub const NULLABLE: u8 = 2;
    /// `readOnly`: never sent, and not required of a request.
    pub const READ_ONLY: u8 = 4;
    /// `writeOnly`: sent, and not required of a response.
    pub const WRITE_ONLY: u8 = 8;
    /// Masked in `Debug` output (`format: password`).
    pub const SECRET: u8 = 16;

    /// An optional property.
    pub const fn optional(name: &'static str) -> Self {
        Self { name, flags: 0 }
    }
    /// A required property.
    pub const fn required(name: &'static str) -> Self {
        Self {
            name,
            flags: Self::REQUIRED,
        }
    }
    /// A property with the given flags.
    pub const fn new(name: &'static str, flags: u8) -> Self {
        Self { name, flags }
    }
    /// Whether all bits of `flag` are set.
    pub const fn has(&self, flag: u8) -> bool {
        self.flags & flag == flag
    }
}

/// An enumeration whose unknown values are kept, as a decoder sees it.
pub trait OpenEnum {
    /// The values that the schema lists, in its order.
    fn values(&self) -> EnumValues;
    /// Sets the value to entry `index` of [`Self::values`].
    fn set_known(&mut self, index: usize);
    /// Sets a value that the schema does not list.
    fn set_unknown(&mut self, value: Json);
}

/// An enumeration whose unknown values are kept. Implemented by `open_enum!`,
/// `open_int_enum!` and `open_value_enum!`.
pub trait Enumeration: Clone + Sized + 'static {
    /// The values that the schema lists, in its order, and the variants for them.
    fn listed() -> (EnumValues, &'static [Self]);
    /// A value that the schema does not list.
    fn unknown(value: UnknownValue) -> Self;
}

impl<T: Enumeration> OpenEnum for T {
    fn values(&self) -> EnumValues {
        T::listed().0
    }
    fn set_known(&mut self, index: usize) {
        if let Some(value) = T::listed().1.get(index) {
            self.clone_from(value);
        }
    }
    fn set_unknown(&mut self, value: Json) {
        *self = T::unknown(UnknownValue::new(value));
    }
}

/// The listed values of an enumeration.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum EnumValues {
    /// String values.
    Str(&'static [&'static str]),
    /// Integer values.
    I64(&'static [i64]),
    /// Values of several types, or of one that is neither.
    Any(&'static [Scalar]),
}

/// One of several schemas (`oneOf`, `anyOf`). Implemented by generated code.
pub trait Union {
    /// How the members are told apart.
    fn table(&self) -> &'static UnionTable;
    /// Makes the value member `index`, blank, and gives its slot.
    fn select(&mut self, index: usize) -> Slot<'_>;
    /// Keeps a value that no member takes.
    fn set_unknown(&mut self, value: Json);
}

/// The table of a union.
#[derive(Debug)]
pub struct UnionTable {
    /// The Rust name of the type.
    pub name: &'static str,
    /// The property whose value names the member, where the schema has one.
    pub discriminator: Option<&'static str>,
    /// The members in declared order.
    pub members: &'static [Member],
}

/// What is known of a union member before it is tried.
#[derive(Debug)]
pub struct Member {
    /// The JSON types it takes, as a union of the constants of this type (in
    /// generated tables the number, as in [`Field::flags`]).
    pub types: u8,
    /// The discriminator's values that mean this member.
    pub tags: &'static [&'static str],
    /// Properties that must be there.
    pub required: &'static [&'static str],
    /// Properties with a single allowed value: a string, or the JSON text of a
    /// boolean or integer.
    pub constants: &'static [(&'static str, &'static str)],
}

impl Member {
    /// JSON null.
    pub const NULL: u8 = 1;
    /// JSON booleans.
    pub const BOOL: u8 = 2;
    /// JSON numbers without a fraction.
    pub const INTEGER: u8 = 4;
    /// All JSON numbers (includes [`Self::INTEGER`]).
    pub const NUMBER: u8 = 12;
    /// JSON strings.
    pub const STRING: u8 = 16;
    /// JSON arrays.
    pub const ARRAY: u8 = 32;
    /// JSON objects.
    pub const OBJECT: u8 = 64;
    /// Any JSON value.
    pub const ANY: u8 = 127;

    /// A member told apart by its JSON type alone.
    pub const fn of(types: u8) -> Self {
        Self {
            types,
            tags: &[],
            required: &[],
            constants: &[],
        }
    }
    /// An object member.
    pub const fn object(
        tags: &'static [&'static str],
        required: &'static [&'static str],
        constants: &'static [(&'static str, &'static str)],
    ) -> Self {
        Self {
            types: Self::OBJECT,
            tags,
            required,
            constants,
        }
    }
}

/// One of several responses of an operation. Implemented by `responses!`.
pub trait Choice {
    /// Makes the value variant `index`, blank, and gives its slot.
    fn select(&mut self, index: usize) -> Slot<'_>;
}

/// A value that may be absent or null.
pub trait OptSlot {
    /// Puts a blank value in and gives its slot.
    fn insert(&mut self) -> Slot<'_>;
    /// Takes the value out again.
    fn set_absent(&mut self);
    /// Makes it an explicit null where that can be told from absent.
    fn set_null(&mut self);
}

/// An array to be filled.
pub trait ListSlot {
    /// Empties it.
    fn clear(&mut self);
    /// Adds a blank item and gives its slot.
    fn push(&mut self) -> Slot<'_>;
    /// Takes the last item off again.
    fn pop(&mut self);
    /// The slot of item `index`, asked for in order: by default a new item's.
    /// [`Slot::Unit`] past the end of a tuple.
    fn item(&mut self, index: usize) -> Slot<'_> {
        let _ = index;
        self.push()
    }
    /// Whether any number of items fits, so that one can be left out: not so of a
    /// tuple.
    fn is_open(&self) -> bool {
        true
    }
    /// Whether items that must be there are not, once `read` of them were read.
    fn missing(&self, read: usize) -> bool {
        let _ = read;
        false
    }
}

/// An array to be read.
pub trait ListView {
    /// The number of items.
    fn len(&self) -> usize;
    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// Item `index`; [`View::Absent`] past the end.
    fn at(&self, index: usize) -> View<'_>;
}

/// An object with free keys, to be filled.
pub trait MapSlot {
    /// Empties it.
    fn clear(&mut self);
    /// Puts a blank value under `key`, replacing one that is there.
    fn entry(&mut self, key: String) -> Slot<'_>;
}

/// An object with free keys, to be read.
pub trait MapView {
    /// The number of entries.
    fn len(&self) -> usize;
    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// Calls `visit` for each entry in order.
    fn each(&self, visit: &mut dyn FnMut(&str, View<'_>));
    /// The value under `key`.
    fn get(&self, key: &str) -> Option<View<'_>>;
}

/// The set of errors that an operation declares. Implemented by `errors!`.
pub trait DeclaredErrors: Reflect + Choice {}
