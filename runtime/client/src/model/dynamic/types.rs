//! Types described as data.

use super::Value;
use super::value::named;
use crate::model::{EnumValues, Field, Format, Member, Scalar, Table, Text, UnionTable};
use std::collections::HashMap;
use std::fmt;

/// The shape of a value: what a generated field's Rust type says.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Shape {
    /// A string.
    String,
    /// A signed integer.
    I64,
    /// An unsigned integer.
    U64,
    /// A number.
    F64,
    /// A boolean.
    Bool,
    /// Raw bytes: a binary body or a file.
    Bytes,
    /// One text of a format; [`Self::text`] makes it.
    Text(TextShape),
    /// Any JSON value.
    Json,
    /// The definition of that index in [`Types::new`]'s list.
    Named(usize),
    /// A value that may be absent; null is read as absent, save for [`Self::Json`],
    /// which has a null of its own.
    Optional(Box<Self>),
    /// A value that may be absent or null, told apart.
    Nullable(Box<Self>),
    /// An array.
    List(Box<Self>),
    /// An object with free keys.
    Map(Box<Self>),
    /// An array with a shape for each position, optional where the item may be
    /// absent, and perhaps one for all items after those.
    Tuple(Vec<Self>, Option<Box<Self>>),
}

/// The shape of values that are written as one text: the type that stands for them.
#[derive(Clone, Copy)]
pub struct TextShape {
    make: fn() -> Box<dyn Text>,
    name: &'static str,
}

impl TextShape {
    /// A value to read into.
    pub(super) fn blank(self) -> Box<dyn Text> {
        (self.make)()
    }
}

impl PartialEq for TextShape {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for TextShape {}

impl fmt::Debug for TextShape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl Shape {
    /// [`Self::Text`] of the type `T`, for example a date-time.
    pub fn text<T: Format>() -> Self {
        Self::Text(TextShape {
            make: || Box::new(T::blank()),
            name: std::any::type_name::<T>(),
        })
    }
    /// [`Self::Optional`] of `inner`.
    pub fn optional(inner: Self) -> Self {
        Self::Optional(Box::new(inner))
    }
    /// [`Self::Nullable`] of `inner`.
    pub fn nullable(inner: Self) -> Self {
        Self::Nullable(Box::new(inner))
    }
    /// [`Self::List`] of `item`.
    pub fn list(item: Self) -> Self {
        Self::List(Box::new(item))
    }
    /// [`Self::Map`] of `entry`.
    pub fn map(entry: Self) -> Self {
        Self::Map(Box::new(entry))
    }

    /// The shape itself and those inside it, as far as they are no definitions.
    fn parts(&self) -> Vec<&Self> {
        let mut parts = vec![self];
        let mut next = 0;
        while let Some(part) = parts.get(next) {
            match part {
                Self::Optional(inner)
                | Self::Nullable(inner)
                | Self::List(inner)
                | Self::Map(inner) => parts.push(inner),
                Self::Tuple(items, rest) => parts.extend(items.iter().chain(rest.as_deref())),
                _ => {}
            }
            next += 1;
        }
        parts
    }

    /// The definitions that every value of the shape holds one of.
    fn held(&self) -> Vec<usize> {
        match self {
            Self::Named(index) => vec![*index],
            Self::Tuple(items, _) => items.iter().flat_map(Self::held).collect(),
            _ => Vec::new(),
        }
    }
}

/// A type, as it is described.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Definition {
    /// An object with known properties.
    Object {
        /// The name in `Debug` output.
        name: String,
        /// Its properties.
        properties: Vec<Property>,
        /// The shape of properties that are not listed (`additionalProperties`);
        /// without one they are skipped.
        additional: Option<Shape>,
    },
    /// An enumeration of strings that keeps values it does not know.
    StringEnum {
        /// The listed values.
        values: Vec<String>,
    },
    /// An enumeration of integers that keeps values it does not know.
    IntegerEnum {
        /// The listed values.
        values: Vec<i64>,
    },
    /// An enumeration of values of several types that keeps those it does not know.
    ValueEnum {
        /// The listed values.
        values: Vec<Scalar>,
    },
    /// One of several shapes.
    Union {
        /// The name in `Debug` output.
        name: String,
        /// The property whose value names the member.
        discriminator: Option<String>,
        /// The members in the order in which they are tried.
        members: Vec<Alternative>,
    },
    /// A name for a shape: makes a list, a map or a scalar the root of a value.
    Alias(Shape),
}

/// A property of an object.
#[derive(Debug, Clone)]
pub struct Property {
    /// The name on the wire.
    pub name: String,
    /// The flags of [`Field`].
    pub flags: u8,
    /// Its shape, [`Shape::Optional`] or [`Shape::Nullable`] where it may be absent.
    pub shape: Shape,
}

impl Property {
    /// A property with the given flags of [`Field`].
    pub fn new(name: impl Into<String>, flags: u8, shape: Shape) -> Self {
        Self {
            name: name.into(),
            flags,
            shape,
        }
    }
}

/// A member of a union; the facts are those of [`Member`].
#[derive(Debug, Clone)]
pub struct Alternative {
    /// Its shape.
    pub shape: Shape,
    /// The JSON types it takes, as a union of the constants of [`Member`].
    pub types: u8,
    /// The discriminator's values that mean it.
    pub tags: Vec<String>,
    /// Properties that must be there.
    pub required: Vec<String>,
    /// Properties with a single allowed string value.
    pub constants: Vec<(String, String)>,
}

/// Why a list of definitions is of no use.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum TypesError {
    /// A shape names a definition that is not in the list.
    Missing {
        /// The definition that holds the shape.
        definition: usize,
        /// The index that it names.
        named: usize,
    },
    /// A type holds a value of itself that must be there, so no value of it ends.
    Endless {
        /// One of the definitions on the way.
        definition: usize,
    },
}

impl fmt::Display for TypesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { definition, named } => write!(
                f,
                "definition {definition} names definition {named}, which is not there"
            ),
            Self::Endless { definition } => write!(
                f,
                "definition {definition} contains itself in a place that is always filled: \
                 make one property on the way optional"
            ),
        }
    }
}

impl std::error::Error for TypesError {}

/// The types of one API, ready for the codecs.
#[derive(Debug)]
pub struct Types {
    pub(super) kinds: Vec<Kind>,
}

/// A definition with its table.
#[derive(Debug)]
pub(super) enum Kind {
    Object(ObjectType),
    Enum(EnumValues),
    Union(UnionType),
    Alias(Shape),
}

#[derive(Debug)]
pub(super) struct ObjectType {
    pub(super) table: Table,
    pub(super) shapes: Vec<Shape>,
    pub(super) additional: Option<Shape>,
}

#[derive(Debug)]
pub(super) struct UnionType {
    pub(super) table: UnionTable,
    pub(super) shapes: Vec<Shape>,
}

impl Types {
    /// Makes the tables of `definitions`. [`Shape::Named`] counts through this list.
    ///
    /// The tables live as long as the process, as those of generated code do: make
    /// them once per API and keep the reference.
    ///
    /// # Errors
    /// A shape names what is not in the list, or a type has no finite value.
    pub fn new(definitions: Vec<Definition>) -> Result<&'static Self, TypesError> {
        check(&definitions)?;
        let mut texts = Texts::default();
        let kinds = definitions
            .into_iter()
            .map(|definition| texts.kind(definition))
            .collect();
        Ok(Box::leak(Box::new(Self { kinds })))
    }

    /// A value of definition `index` to decode into; of no shape at all where there
    /// is no such definition.
    pub fn blank(&'static self, index: usize) -> Value {
        Value::new(named(self, index))
    }

    /// The number of definitions.
    pub fn len(&self) -> usize {
        self.kinds.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.kinds.is_empty()
    }
}

/// Whether all that is named is there and every type has a finite value.
fn check(definitions: &[Definition]) -> Result<(), TypesError> {
    for (definition, found) in definitions.iter().enumerate() {
        for part in shapes(found).into_iter().flat_map(Shape::parts) {
            if let Shape::Named(named) = *part
                && named >= definitions.len()
            {
                return Err(TypesError::Missing { definition, named });
            }
        }
    }
    // Depth first without recursion: a description may nest as deep as it likes.
    let mut state = vec![State::New; definitions.len()];
    for root in 0..definitions.len() {
        let mut open = vec![(root, false)];
        while let Some((at, leaving)) = open.pop() {
            if leaving {
                state[at] = State::Done;
                continue;
            }
            match state[at] {
                State::Done => continue,
                State::Open => return Err(TypesError::Endless { definition: at }),
                State::New => state[at] = State::Open,
            }
            open.push((at, true));
            for next in filled(&definitions[at]).into_iter().flat_map(Shape::held) {
                match state[next] {
                    State::Done => {}
                    State::Open => return Err(TypesError::Endless { definition: next }),
                    State::New => open.push((next, false)),
                }
            }
        }
    }
    Ok(())
}

/// How far a definition is looked through.
#[derive(Clone, Copy, PartialEq)]
enum State {
    New,
    Open,
    Done,
}

/// The shapes that a definition is made of.
fn shapes(definition: &Definition) -> Vec<&Shape> {
    match definition {
        Definition::Object {
            properties,
            additional,
            ..
        } => {
            let own = properties.iter().map(|property| &property.shape);
            own.chain(additional).collect()
        }
        Definition::Union { members, .. } => members.iter().map(|member| &member.shape).collect(),
        Definition::Alias(shape) => vec![shape],
        Definition::StringEnum { .. }
        | Definition::IntegerEnum { .. }
        | Definition::ValueEnum { .. } => Vec::new(),
    }
}

/// The shapes that every value of a definition holds.
fn filled(definition: &Definition) -> Vec<&Shape> {
    match definition {
        Definition::Object { properties, .. } => {
            properties.iter().map(|property| &property.shape).collect()
        }
        Definition::Alias(shape) => vec![shape],
        // A union may hold an unknown value instead of a member's.
        _ => Vec::new(),
    }
}

/// Texts that tables point to; equal ones are kept once.
#[derive(Default)]
struct Texts(HashMap<String, &'static str>);

impl Texts {
    fn text(&mut self, text: String) -> &'static str {
        if let Some(kept) = self.0.get(&text) {
            return kept;
        }
        let kept: &'static str = Box::leak(text.clone().into_boxed_str());
        self.0.insert(text, kept);
        kept
    }

    fn list(&mut self, texts: Vec<String>) -> &'static [&'static str] {
        let texts: Vec<&'static str> = texts.into_iter().map(|text| self.text(text)).collect();
        texts.leak()
    }

    fn kind(&mut self, definition: Definition) -> Kind {
        match definition {
            Definition::Object {
                name,
                properties,
                additional,
            } => {
                let mut fields = Vec::with_capacity(properties.len());
                let mut shapes = Vec::with_capacity(properties.len());
                for property in properties {
                    fields.push(Field::new(self.text(property.name), property.flags));
                    shapes.push(property.shape);
                }
                Kind::Object(ObjectType {
                    table: Table {
                        name: self.text(name),
                        fields: fields.leak(),
                        additional: additional.is_some(),
                    },
                    shapes,
                    additional,
                })
            }
            Definition::StringEnum { values } => Kind::Enum(EnumValues::Str(self.list(values))),
            Definition::IntegerEnum { values } => Kind::Enum(EnumValues::I64(values.leak())),
            Definition::ValueEnum { values } => Kind::Enum(EnumValues::Any(values.leak())),
            Definition::Union {
                name,
                discriminator,
                members,
            } => {
                let mut rows = Vec::with_capacity(members.len());
                let mut shapes = Vec::with_capacity(members.len());
                for member in members {
                    let constants: Vec<(&'static str, &'static str)> = member
                        .constants
                        .into_iter()
                        .map(|(name, value)| (self.text(name), self.text(value)))
                        .collect();
                    rows.push(Member {
                        types: member.types,
                        tags: self.list(member.tags),
                        required: self.list(member.required),
                        constants: constants.leak(),
                    });
                    shapes.push(member.shape);
                }
                Kind::Union(UnionType {
                    table: UnionTable {
                        name: self.text(name),
                        discriminator: discriminator.map(|name| self.text(name)),
                        members: rows.leak(),
                    },
                    shapes,
                })
            }
            Definition::Alias(shape) => Kind::Alias(shape),
        }
    }
}
