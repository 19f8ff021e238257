//! The one reader of JSON.

use super::cursor::Cursor;
use super::lookup::{Lookup, Seen};
use super::watch::{self, Findings, Step, Watch};
use super::{DecodeError, number};
use crate::json::{Json, JsonObject};
use crate::model::{
    EnumValues, Field, MapSlot, Member, OpenEnum, Reflect, Slot, Table, Text, found, set_i64,
    set_json, set_str,
};
use bytes::Bytes;
use jiter::Peek;
use std::borrow::Cow;

/// How deep arrays and objects may nest.
const MAX_DEPTH: usize = 200;

/// Reads one JSON value into `slot`. After an error the slot's value is of no use.
pub fn decode(text: &[u8], slot: Slot<'_>) -> Result<(), DecodeError> {
    if let Slot::Unit = slot {
        return Ok(());
    }
    // A byte order mark is no JSON, but it is sent.
    let text = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text);
    let mut decoder = Decoder::<false>::new(text);
    decoder.document(slot).map_err(DecodeError::finish)
}

/// Like [`decode`], for what a client sends: `readOnly` properties may be missing.
#[cfg(feature = "mock")]
pub(crate) fn decode_request(text: &[u8], slot: Slot<'_>) -> Result<(), DecodeError> {
    if let Slot::Unit = slot {
        return Ok(());
    }
    let mut decoder = Decoder::<false>::new(text);
    decoder.exempt = Field::READ_ONLY;
    decoder.document(slot).map_err(DecodeError::finish)
}

/// Like [`decode`], and notes what is not as the tables say.
pub(crate) fn decode_watched(text: &[u8], slot: Slot<'_>) -> (Result<(), DecodeError>, Findings) {
    if let Slot::Unit = slot {
        return (Ok(()), Findings::default());
    }
    let text = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text);
    let mut decoder = Decoder::<true>::new(text);
    let read = decoder.document(slot).map_err(DecodeError::finish);
    (read, decoder.watch.finish())
}

/// `W`: whether it watches for what is not as the tables say.
pub(super) struct Decoder<'j, const W: bool> {
    pub(super) cursor: Cursor<'j>,
    pub(super) data: &'j [u8],
    pub(super) lookup: Lookup,
    pub(super) depth: usize,
    /// Inside a trial of a union: what would be kept as unknown is an error.
    pub(super) strict: bool,
    /// How many bytes unions may still read more than once.
    pub(super) budget: usize,
    /// Where the array starts whose items are read on their own.
    pub(super) apart: usize,
    /// Its items that are not of their type.
    pub(super) rejected: Vec<super::items::Apart>,
    pub(super) watch: Watch,
    /// The flag of properties that need not be there, although they are required.
    exempt: u8,
}

/// Where reading stood.
pub(super) struct Mark<'j> {
    pub(super) cursor: Cursor<'j>,
    pub(super) depth: usize,
    pub(super) watch: (usize, usize),
}

impl<'j, const W: bool> Decoder<'j, W> {
    pub(super) fn new(data: &'j [u8]) -> Self {
        Self {
            cursor: Cursor::new(data),
            data,
            lookup: Lookup::default(),
            depth: 0,
            strict: false,
            budget: data.len().saturating_mul(64).saturating_add(1 << 16),
            apart: usize::MAX,
            rejected: Vec::new(),
            watch: Watch::default(),
            exempt: Field::WRITE_ONLY,
        }
    }

    pub(super) fn document(&mut self, slot: Slot<'_>) -> Result<(), DecodeError> {
        let peek = self.peek()?;
        if let Err(error) = self.read(peek, slot) {
            if W {
                self.watch.refused(&error);
            }
            return Err(error);
        }
        self.cursor.finish()
    }

    #[inline]
    pub(super) fn peek(&mut self) -> Result<Peek, DecodeError> {
        self.cursor.peek()
    }

    /// Reads the value that `peek` starts.
    pub(super) fn read(&mut self, peek: Peek, slot: Slot<'_>) -> Result<(), DecodeError> {
        let mut slot = slot;
        if let Slot::Opt(place) = slot {
            if peek == Peek::Null {
                self.null()?;
                place.set_null();
                return Ok(());
            }
            slot = place.insert();
        }
        match slot {
            Slot::Str(place) => {
                if peek != Peek::String {
                    return Err(self.wrong_type("a string", peek));
                }
                *place = self.cursor.known_str()?.into_owned();
            }
            Slot::I64(place) => *place = number::i64(&mut self.cursor, peek)?,
            Slot::Bool(place) => match peek {
                Peek::True | Peek::False => {
                    *place = self.cursor.known_bool(peek)?;
                }
                _ => return Err(self.wrong_type("a boolean", peek)),
            },
            Slot::Model(place) => return self.model(peek, place),
            Slot::List(place) => {
                if peek != Peek::Array {
                    return Err(self.wrong_type("an array", peek));
                }
                if self.apart == self.cursor.current_index() && !self.strict && place.is_open() {
                    return self.items_apart(place);
                }
                self.enter()?;
                place.clear();
                let mut index = 0;
                let mut next = self.cursor.known_array()?;
                while let Some(peek) = next {
                    if W {
                        self.watch.path.push(match place.is_open() {
                            true => Step::Item,
                            false => Step::At(index),
                        });
                    }
                    let slot = place.item(index);
                    if self.strict && matches!(slot, Slot::Unit) {
                        return Err(self.wrong_type("no item", peek).in_item(index));
                    }
                    if let Err(error) = self.read(peek, slot) {
                        return Err(error.in_item(index));
                    }
                    if W {
                        self.watch.path.pop();
                    }
                    index += 1;
                    next = self.cursor.array_step()?;
                }
                if place.missing(index) {
                    if W {
                        self.watch.path.push(Step::At(index));
                    }
                    return Err(self.absent().in_item(index));
                }
                self.depth -= 1;
            }
            Slot::Enum(place) => return self.enumeration(peek, place),
            Slot::Union(place) => return self.union(peek, place),
            Slot::Map(place) => return self.map(peek, place),
            Slot::F64(place) => *place = number::f64(&mut self.cursor, peek)?,
            Slot::U64(place) => *place = number::u64(&mut self.cursor, peek)?,
            Slot::Text(place) => return self.text(peek, place),
            Slot::Json(place) => *place = self.json(peek)?,
            Slot::Bytes(place) => {
                if peek != Peek::String {
                    return Err(self.wrong_type("a string", peek));
                }
                let text = self.cursor.known_str()?;
                *place = Bytes::copy_from_slice(text.as_bytes());
            }
            Slot::Choice(place) => return self.read(peek, place.select(0)),
            // An optional optional: the inner one decides.
            Slot::Opt(_) => return self.read(peek, slot),
            Slot::Unit => self.skip(peek)?,
        }
        Ok(())
    }

    fn text(&mut self, peek: Peek, place: &mut dyn Text) -> Result<(), DecodeError> {
        let start = self.cursor.current_index();
        let text = if place.is_number() {
            number::text(&mut self.cursor, peek, place.expected())?
        } else if peek == Peek::String {
            &self.cursor.known_str()?
        } else {
            return Err(self.wrong_type(place.expected(), peek));
        };
        if place.set(text) {
            return Ok(());
        }
        Err(DecodeError::mismatch(
            place.expected(),
            found(place, text),
            start,
        ))
    }

    fn model(&mut self, peek: Peek, target: &mut dyn Reflect) -> Result<(), DecodeError> {
        if peek != Peek::Object {
            return Err(self.wrong_type("an object", peek));
        }
        self.enter()?;
        let table = target.table();
        let fields = table.fields;
        let mut seen = Seen::new(fields.len());
        let mut next = 0;
        // What stands before a name.
        let mut before = b'{';
        loop {
            let expected = fields.get(next).map(|field| field.name);
            let index = match expected {
                Some(name) if self.cursor.passes(before, name) => next,
                _ => {
                    let start = self.cursor.current_index();
                    let name = match before {
                        b'{' => self.cursor.known_object()?,
                        _ => self.cursor.next_key()?,
                    };
                    let Some(name) = name else { break };
                    match self.lookup.find(table, next, &name) {
                        Some(index) => index,
                        None => {
                            self.undeclared(start, name, table, target)?;
                            before = b',';
                            continue;
                        }
                    }
                }
            };
            before = b',';
            next = index + 1;
            let peek = self.cursor.peek()?;
            if seen.insert(index) {
                reset(target.slot_at(index));
            }
            if W {
                self.watch.path.push(Step::Property(fields[index].name));
                if peek == Peek::Null && refuses_null(&fields[index], target.slot_at(index)) {
                    self.watch.null();
                }
            }
            if let Err(error) = self.read(peek, target.slot_at(index)) {
                return Err(error.in_property(fields[index].name));
            }
            if W {
                self.watch.path.pop();
            }
        }
        self.depth -= 1;
        for (index, field) in fields.iter().enumerate() {
            if field.flags & (Field::REQUIRED | self.exempt) == Field::REQUIRED && !seen.has(index)
            {
                return Err(self.missing(field.name));
            }
        }
        Ok(())
    }

    /// Reads or passes over the value of a property that is not in the table; its name
    /// stands after byte `start`.
    fn undeclared(
        &mut self,
        start: usize,
        name: Cow<'_, str>,
        table: &Table,
        target: &mut dyn Reflect,
    ) -> Result<(), DecodeError> {
        if table.additional
            && let Slot::Map(map) = target.slot_at(table.fields.len())
        {
            return self.entry(start, name.into_owned(), map);
        }
        if W {
            self.watch.keep_name(&name);
        }
        let peek = self.cursor.peek()?;
        let from = self.cursor.current_index();
        self.skip(peek)?;
        if W {
            let text = &self.data[from..self.cursor.current_index()];
            self.watch.unknown_property(watch::kind(peek, text));
        }
        Ok(())
    }

    fn map(&mut self, peek: Peek, map: &mut dyn MapSlot) -> Result<(), DecodeError> {
        if peek != Peek::Object {
            return Err(self.wrong_type("an object", peek));
        }
        self.enter()?;
        map.clear();
        let mut start = self.cursor.current_index();
        let mut key = self.cursor.known_object()?;
        while let Some(name) = key {
            self.entry(start, name.into_owned(), map)?;
            start = self.cursor.current_index();
            key = self.cursor.next_key()?;
        }
        self.depth -= 1;
        Ok(())
    }

    /// Reads one value of a map; its key stands after byte `start`.
    fn entry(
        &mut self,
        start: usize,
        name: String,
        map: &mut dyn MapSlot,
    ) -> Result<(), DecodeError> {
        let peek = self.peek()?;
        if W {
            self.watch.path.push(Step::Value);
        }
        match self.read(peek, map.entry(name)) {
            Ok(()) => {
                if W {
                    self.watch.path.pop();
                }
                Ok(())
            }
            Err(error) => Err(error.in_property(&self.key_after(start))),
        }
    }

    /// The key that stands after byte `start`, read once more for an error's path.
    #[cold]
    fn key_after(&self, start: usize) -> String {
        let rest = &self.data[start..];
        let quote = rest.iter().position(|byte| *byte == b'"').unwrap_or(0);
        let key = Cursor::new(&rest[quote..]).known_str();
        key.map(Cow::into_owned).unwrap_or_default()
    }

    fn enumeration(&mut self, peek: Peek, place: &mut dyn OpenEnum) -> Result<(), DecodeError> {
        let start = self.cursor.current_index();
        let known = match (peek, place.values()) {
            (Peek::String, EnumValues::Str(_)) => {
                let text = self.cursor.known_str()?;
                set_str(place, &text)
            }
            (_, EnumValues::I64(_)) if peek.is_num() => {
                let number = number::any(&mut self.cursor, peek)?;
                match number.as_i64() {
                    Some(value) => set_i64(place, value),
                    None => {
                        place.set_unknown(Json::Number(number));
                        false
                    }
                }
            }
            (_, EnumValues::Any(_)) if peek != Peek::Null => {
                let value = self.json(peek)?;
                set_json(place, value)
            }
            // Null is no value of an enumeration; anything else is kept.
            (Peek::Null, _) => return Err(self.wrong_type("a value of an enumeration", peek)),
            _ => {
                place.set_unknown(self.json(peek)?);
                false
            }
        };
        if W && !known {
            let text = &self.data[start..self.cursor.current_index()];
            let text = std::str::from_utf8(text).unwrap_or_default();
            self.watch
                .unlisted(text, watch::kind(peek, text.as_bytes()));
        }
        if self.strict && !known {
            return Err(DecodeError::mismatch(
                "a listed value",
                "another value",
                start,
            ));
        }
        Ok(())
    }

    /// Any JSON value.
    pub(super) fn json(&mut self, peek: Peek) -> Result<Json, DecodeError> {
        Ok(match peek {
            Peek::String => {
                let text = self.cursor.known_str()?;
                Json::String(text.into_owned())
            }
            Peek::Null => {
                self.null()?;
                Json::Null
            }
            Peek::True | Peek::False => Json::Bool(self.cursor.known_bool(peek)?),
            Peek::Array => {
                self.enter()?;
                let mut items = Vec::new();
                let mut next = self.cursor.known_array()?;
                while let Some(peek) = next {
                    match self.json(peek) {
                        Ok(item) => items.push(item),
                        Err(error) => return Err(error.in_item(items.len())),
                    }
                    next = self.cursor.array_step()?;
                }
                self.depth -= 1;
                Json::Array(items)
            }
            Peek::Object => {
                self.enter()?;
                let mut members = JsonObject::new();
                let mut key = self.cursor.known_object()?;
                while let Some(name) = key {
                    let peek = self.peek()?;
                    match self.json(peek) {
                        Ok(value) => members.insert(name.into_owned(), value),
                        Err(error) => return Err(error.in_property(&name)),
                    };
                    key = self.cursor.next_key()?;
                }
                self.depth -= 1;
                Json::Object(members)
            }
            _ => Json::Number(number::any(&mut self.cursor, peek)?),
        })
    }

    pub(super) fn skip(&mut self, peek: Peek) -> Result<(), DecodeError> {
        self.cursor.known_skip(peek)
    }

    fn null(&mut self) -> Result<(), DecodeError> {
        self.cursor.known_null()
    }

    #[inline]
    pub(super) fn enter(&mut self) -> Result<(), DecodeError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.too_deep());
        }
        Ok(())
    }

    #[cold]
    fn too_deep(&self) -> DecodeError {
        DecodeError::mismatch(
            format!("at most {MAX_DEPTH} levels"),
            "a deeper level",
            self.cursor.current_index(),
        )
    }

    #[cold]
    pub(super) fn wrong_type(&self, expected: &str, peek: Peek) -> DecodeError {
        DecodeError::wrong_type(expected, peek, self.cursor.current_index())
    }

    #[cold]
    fn missing(&mut self, name: &'static str) -> DecodeError {
        if W {
            self.watch.path.push(Step::Property(name));
        }
        self.absent().in_property(name)
    }

    #[cold]
    fn absent(&self) -> DecodeError {
        DecodeError::mismatch("a value", "nothing", self.cursor.current_index())
    }

    /// Where reading stands, to come back to.
    pub(super) fn mark(&self) -> Mark<'j> {
        Mark {
            cursor: self.cursor,
            depth: self.depth,
            watch: self.watch.mark(),
        }
    }

    /// Goes back to a mark.
    pub(super) fn rewind(&mut self, mark: &Mark<'j>) {
        self.cursor = mark.cursor;
        self.depth = mark.depth;
        if W {
            self.watch.rewind(mark.watch);
        }
    }
}

/// Whether a null that is read as absent was not declared.
#[cold]
fn refuses_null(field: &Field, slot: Slot<'_>) -> bool {
    if field.has(Field::NULLABLE) {
        return false;
    }
    let Slot::Opt(place) = slot else { return false };
    match place.insert() {
        Slot::Json(_) | Slot::Opt(_) => false,
        Slot::Union(union) => {
            let mut members = union.table().members.iter();
            members.all(|member| member.types & Member::NULL == 0)
        }
        Slot::Enum(values) => !matches!(values.values(), EnumValues::Any(_)),
        _ => true,
    }
}

/// Makes a value blank again, for a key that comes twice.
#[cold]
fn reset(slot: Slot<'_>) {
    match slot {
        Slot::Opt(place) => place.set_absent(),
        Slot::List(place) => place.clear(),
        Slot::Map(place) => place.clear(),
        Slot::Model(place) => {
            let table = place.table();
            for index in 0..table.fields.len() + usize::from(table.additional) {
                reset(place.slot_at(index));
            }
        }
        // The others are overwritten whole.
        _ => {}
    }
}
