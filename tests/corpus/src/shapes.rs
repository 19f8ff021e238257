//! The Rust IR as types described as data: what the generated code would say.

use crate::places::Subject;
use pontoon::rust::ir::{self, Field, Item, JsonTypes, Library, Member, Type};
use pontoon_runtime::model::dynamic::{Alternative, Definition, Property, Shape, Types};
use pontoon_runtime::model::{Field as Flags, Member as Kinds, Scalar};
use pontoon_runtime::{codegen as rt, jiff, uuid};
use std::collections::HashMap;

/// The types of a spec, and the definition of each place's type.
pub(crate) struct Shapes {
    pub(crate) types: &'static Types,
    /// One for each of [`Subject::places`]; what has no shape has the reason.
    pub(crate) roots: Vec<Result<usize, String>>,
}

/// Builds them.
pub(crate) fn shapes(subject: &Subject) -> Result<Shapes, String> {
    let items: Vec<&Item> = subject
        .krate
        .model_files
        .iter()
        .flat_map(|file| &file.items)
        .filter(|item| !matches!(item, Item::Responses(_)))
        .collect();
    let names: HashMap<&str, usize> = items
        .iter()
        .enumerate()
        .map(|(index, item)| (item.name(), index))
        .collect();
    let lower = Lower { names };
    let mut definitions = Vec::with_capacity(items.len());
    for item in &items {
        let definition = lower
            .definition(item)
            .map_err(|reason| format!("{}: {reason}", item.name()))?;
        definitions.push(definition);
    }
    let mut roots = Vec::with_capacity(subject.places.len());
    for place in &subject.places {
        roots.push(lower.shape(&place.ty).map(|shape| {
            definitions.push(Definition::Alias(shape));
            definitions.len() - 1
        }));
    }
    Ok(Shapes {
        types: Types::new(definitions).map_err(|error| error.to_string())?,
        roots,
    })
}

struct Lower<'a> {
    names: HashMap<&'a str, usize>,
}

impl Lower<'_> {
    fn shape(&self, ty: &Type) -> Result<Shape, String> {
        Ok(match ty {
            Type::Named(name) => match self.names.get(name.as_str()) {
                Some(index) => Shape::Named(*index),
                None => return Err(format!("no type is called {name}")),
            },
            Type::String => Shape::String,
            Type::I64 => Shape::I64,
            Type::U64 => Shape::U64,
            Type::F64 => Shape::F64,
            Type::Bool => Shape::Bool,
            Type::Bytes | Type::File => Shape::Bytes,
            Type::Json => Shape::Json,
            Type::Scalar(scalar) => text(*scalar)?,
            Type::Option(inner) => Shape::optional(self.shape(inner)?),
            Type::Nullable(inner) => Shape::nullable(self.shape(inner)?),
            Type::List(item) => Shape::list(self.shape(item)?),
            Type::Map(entry) => Shape::map(self.shape(entry)?),
            Type::Boxed(inner) => self.shape(inner)?,
            Type::Tuple(items) => Shape::Tuple(self.shapes(items)?, None),
            Type::Tail(items, rest) => {
                Shape::Tuple(self.shapes(items)?, Some(Box::new(self.shape(rest)?)))
            }
            other => return Err(format!("the interpreter has no shape for {other:?}")),
        })
    }

    fn shapes(&self, items: &[Type]) -> Result<Vec<Shape>, String> {
        items.iter().map(|item| self.shape(item)).collect()
    }

    fn definition(&self, item: &Item) -> Result<Definition, String> {
        Ok(match item {
            Item::Struct(found) => Definition::Object {
                name: found.name.clone(),
                properties: found
                    .fields
                    .iter()
                    .map(|field| {
                        Ok(Property::new(
                            &*field.wire,
                            flags(field),
                            self.shape(&field.ty)?,
                        ))
                    })
                    .collect::<Result<_, String>>()?,
                additional: match &found.additional {
                    Some((_, ty)) => Some(self.shape(ty)?),
                    None => None,
                },
            },
            Item::Enum(found) => Definition::StringEnum {
                values: found
                    .variants
                    .iter()
                    .map(|(_, value)| value.clone())
                    .collect(),
            },
            Item::IntEnum(found) => Definition::IntegerEnum {
                values: found.variants.iter().map(|(_, value)| *value).collect(),
            },
            Item::ValueEnum(found) => Definition::ValueEnum {
                values: found
                    .variants
                    .iter()
                    .map(|(_, value)| scalar(value))
                    .collect(),
            },
            Item::Union(found) => Definition::Union {
                name: found.name.clone(),
                discriminator: found.discriminator.clone(),
                members: found
                    .members
                    .iter()
                    .map(|member| self.alternative(member))
                    .collect::<Result<_, String>>()?,
            },
            Item::Alias(found) => Definition::Alias(self.shape(&found.ty)?),
            other => return Err(format!("the interpreter has no type for {}", other.name())),
        })
    }

    fn alternative(&self, member: &Member) -> Result<Alternative, String> {
        Ok(Alternative {
            shape: self.shape(&member.ty)?,
            types: kinds(member.types),
            tags: member.tags.clone(),
            required: member.required.clone(),
            constants: member.constants.clone(),
        })
    }
}

/// The type of a format, as generation chooses it without configuration.
fn text(scalar: ir::Scalar) -> Result<Shape, String> {
    use ir::Scalar as Found;
    Ok(match scalar {
        Found::DateTime(Library::Jiff) => Shape::text::<jiff::Timestamp>(),
        Found::Date(Library::Jiff) => Shape::text::<jiff::civil::Date>(),
        Found::Time(Library::Jiff) => Shape::text::<jiff::civil::Time>(),
        Found::HttpDate(Library::Jiff) => Shape::text::<rt::HttpDate<jiff::Timestamp>>(),
        Found::UnixTime(Library::Jiff) => Shape::text::<rt::UnixTime<jiff::Timestamp>>(),
        Found::Span => Shape::text::<jiff::Span>(),
        Found::Uuid => Shape::text::<uuid::Uuid>(),
        Found::Base64 => Shape::text::<rt::Base64>(),
        Found::Base64Url => Shape::text::<rt::Base64Url>(),
        Found::Ip => Shape::text::<std::net::IpAddr>(),
        Found::Ipv4 => Shape::text::<std::net::Ipv4Addr>(),
        Found::Ipv6 => Shape::text::<std::net::Ipv6Addr>(),
        Found::Decimal => Shape::text::<rt::rust_decimal::Decimal>(),
        Found::DecimalNumber => Shape::text::<rt::DecimalNumber>(),
        Found::Url => Shape::text::<rt::url::Url>(),
        Found::I32 => Shape::text::<i32>(),
        other => return Err(format!("the interpreter has no shape for {other:?}")),
    })
}

/// A listed value as emission writes it.
fn scalar(value: &serde_json::Value) -> Scalar {
    match value {
        serde_json::Value::String(text) => Scalar::Str(Box::leak(text.clone().into_boxed_str())),
        serde_json::Value::Bool(value) => Scalar::Bool(*value),
        other => match other.as_i64() {
            Some(number) => Scalar::I64(number),
            None => Scalar::F64(other.as_f64().unwrap_or_default()),
        },
    }
}

fn flags(field: &Field) -> u8 {
    let set = [
        (field.required, Flags::REQUIRED),
        (field.nullable, Flags::NULLABLE),
        (field.read_only, Flags::READ_ONLY),
        (field.write_only, Flags::WRITE_ONLY),
        (field.secret, Flags::SECRET),
    ];
    set.into_iter()
        .filter_map(|(is_set, flag)| is_set.then_some(flag))
        .fold(0, |flags, flag| flags | flag)
}

fn kinds(types: JsonTypes) -> u8 {
    let set = [
        (types.null, Kinds::NULL),
        (types.boolean, Kinds::BOOL),
        (types.integer, Kinds::INTEGER),
        (types.number, Kinds::NUMBER),
        (types.string, Kinds::STRING),
        (types.array, Kinds::ARRAY),
        (types.object, Kinds::OBJECT),
    ];
    set.into_iter()
        .filter_map(|(is_set, kind)| is_set.then_some(kind))
        .fold(0, |kinds, kind| kinds | kind)
}
