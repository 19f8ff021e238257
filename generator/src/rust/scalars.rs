//! Which Rust types formats become.

use super::ir::{Events, Item, Library, ModelFile, Namespace, Scalar, Type};
use crate::api::Format;
use std::collections::{BTreeMap, BTreeSet};

/// The types of formats; a format without one is `String`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Formats(BTreeMap<Format, Scalar>);

impl Default for Formats {
    fn default() -> Self {
        let mut formats = Self(BTreeMap::new());
        formats.dates(Library::Jiff);
        formats.set(Format::Time, None);
        formats.set(Format::Duration, Some(Scalar::Span));
        formats.set(Format::Uuid, Some(Scalar::Uuid));
        formats.set(Format::Byte, Some(Scalar::Base64));
        formats.set(Format::Base64Url, Some(Scalar::Base64Url));
        formats.set(Format::Ip, Some(Scalar::Ip));
        formats.set(Format::Ipv4, Some(Scalar::Ipv4));
        formats.set(Format::Ipv6, Some(Scalar::Ipv6));
        formats.set(Format::Decimal, Some(Scalar::Decimal));
        formats
    }
}

impl Formats {
    /// Takes the types of dates from another crate.
    pub fn dates(&mut self, library: Library) {
        for format in [
            Format::DateTime,
            Format::Date,
            Format::Time,
            Format::HttpDate,
            Format::UnixTime,
        ] {
            self.set(format, dated(format, library));
        }
    }

    /// Gives a format another type; `None`: that of its JSON.
    pub fn set(&mut self, format: Format, scalar: Option<Scalar>) {
        match scalar {
            Some(scalar) => self.0.insert(format, scalar),
            None => self.0.remove(&format),
        };
    }

    /// The type of a string of this format.
    pub(super) fn of_string(&self, format: Option<&str>) -> Option<Scalar> {
        let format = Format::named(format?)?;
        match format {
            Format::UnixTime | Format::Int32 => None,
            format => self.0.get(&format).copied(),
        }
    }

    /// The type of an integer of this format.
    pub(super) fn of_integer(&self, format: Option<&str>) -> Option<Scalar> {
        let format = Format::named(format?)?;
        match format {
            Format::UnixTime | Format::Int32 => self.0.get(&format).copied(),
            _ => None,
        }
    }

    /// The type of a number of this format.
    pub(super) fn of_number(&self, format: Option<&str>) -> Option<Scalar> {
        match Format::named(format?)? {
            Format::Decimal if self.0.contains_key(&Format::Decimal) => Some(Scalar::DecimalNumber),
            _ => None,
        }
    }
}

/// The type that a crate for dates has for a format.
pub fn dated(format: Format, library: Library) -> Option<Scalar> {
    Some(match format {
        Format::DateTime => Scalar::DateTime(library),
        Format::Date => Scalar::Date(library),
        Format::Time => Scalar::Time(library),
        Format::HttpDate => Scalar::HttpDate(library),
        Format::UnixTime => Scalar::UnixTime(library),
        _ => return None,
    })
}

/// The features of the runtime that the types of formats need.
pub(super) fn features(
    files: &[ModelFile],
    namespaces: &[Namespace],
    events: &[Events],
) -> Vec<&'static str> {
    let mut features = BTreeSet::new();
    for item in files.iter().flat_map(|file| &file.items) {
        match item {
            Item::Struct(item) => {
                let additional = item.additional.iter().map(|(_, ty)| ty);
                let fields = item.fields.iter().map(|field| &field.ty);
                fields
                    .chain(additional)
                    .for_each(|ty| add(ty, &mut features));
            }
            Item::Union(item) => {
                let members = item.members.iter();
                members.for_each(|member| add(&member.ty, &mut features));
            }
            Item::Alias(item) => add(&item.ty, &mut features),
            Item::Responses(item) => {
                let variants = item.variants.iter();
                variants.for_each(|(_, ty)| add(ty, &mut features));
            }
            Item::Enum(_) | Item::IntEnum(_) | Item::ValueEnum(_) => {}
        }
    }
    for operation in namespaces.iter().flat_map(|found| &found.operations) {
        add(&operation.output, &mut features);
        let arguments = operation.positional.iter().chain(&operation.optional);
        arguments.for_each(|argument| add(&argument.ty, &mut features));
    }
    for variant in events.iter().flat_map(|events| &events.variants) {
        add(&variant.ty, &mut features);
    }
    features.into_iter().collect()
}

fn add(ty: &Type, features: &mut BTreeSet<&'static str>) {
    match ty {
        Type::Scalar(scalar) => features.extend(scalar.feature()),
        Type::Option(ty)
        | Type::Nullable(ty)
        | Type::List(ty)
        | Type::Map(ty)
        | Type::Boxed(ty) => add(ty, features),
        Type::Tuple(items) => items.iter().for_each(|ty| add(ty, features)),
        Type::Tail(items, rest) => {
            items.iter().for_each(|ty| add(ty, features));
            add(rest, features);
        }
        _ => {}
    }
}
