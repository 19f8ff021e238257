//! Which field of a table has a name.

use crate::model::{Field, Table};

/// Tables from this size on get a hash index.
const INDEXED: usize = 12;
/// How often the order of a table may not be met before there are indices: to make one
/// takes as long as a few searches.
const PATIENCE: u32 = 12;
/// How far to look ahead before the index is asked: absent optional properties.
const AHEAD: usize = 4;

/// The indices made while one text is read.
#[derive(Default)]
pub(super) struct Lookup {
    tables: Vec<(*const Table, Index)>,
    /// How often a name was not where the order of a table has it.
    misses: u32,
}

impl Lookup {
    /// The field called `name`. `next` is the field expected by the table's order.
    #[inline]
    pub(super) fn find(&mut self, table: &'static Table, next: usize, name: &str) -> Option<usize> {
        match table.fields.get(next) {
            Some(field) if field.name == name => Some(next),
            _ => self.search(table, next, name),
        }
    }

    fn search(&mut self, table: &'static Table, next: usize, name: &str) -> Option<usize> {
        let fields = table.fields;
        if fields.len() < INDEXED {
            return fields.iter().position(|field| same(field, name));
        }
        let ahead = fields.iter().enumerate().skip(next + 1).take(AHEAD);
        for (index, field) in ahead {
            if same(field, name) {
                return Some(index);
            }
        }
        self.misses += 1;
        if self.misses <= PATIENCE {
            return fields.iter().position(|field| same(field, name));
        }
        let key: *const Table = table;
        let index = match self.tables.iter().position(|(known, _)| *known == key) {
            Some(place) => &self.tables[place].1,
            None => {
                self.tables.push((key, Index::of(fields)));
                &self.tables[self.tables.len() - 1].1
            }
        };
        index.find(fields, name)
    }
}

#[inline]
fn same(field: &Field, name: &str) -> bool {
    field.name.len() == name.len() && field.name == name
}

/// Open addressing over the names of a table; entries are field numbers plus one.
struct Index {
    entries: Box<[u32]>,
}

impl Index {
    fn of(fields: &[Field]) -> Self {
        let size = (fields.len() * 2).next_power_of_two();
        let mut entries = vec![0u32; size].into_boxed_slice();
        for (number, field) in fields.iter().enumerate() {
            let mut place = hash(field.name) & (size - 1);
            while entries[place] != 0 {
                place = (place + 1) & (size - 1);
            }
            entries[place] = number as u32 + 1;
        }
        Self { entries }
    }

    fn find(&self, fields: &[Field], name: &str) -> Option<usize> {
        let mask = self.entries.len() - 1;
        let mut place = hash(name) & mask;
        loop {
            let number = (self.entries[place] as usize).checked_sub(1)?;
            if same(&fields[number], name) {
                return Some(number);
            }
            place = (place + 1) & mask;
        }
    }
}

/// Of the length, the first and the last eight bytes: names differ there.
fn hash(name: &str) -> usize {
    const MIX: u64 = 0x9E37_79B9_7F4A_7C15;
    let bytes = name.as_bytes();
    let head = bytes.first_chunk::<8>().map(|c| u64::from_le_bytes(*c));
    let tail = bytes.last_chunk::<8>().map(|c| u64::from_le_bytes(*c));
    let mixed = match (head, tail) {
        (Some(head), Some(tail)) => (head ^ MIX).wrapping_mul(MIX) ^ tail.rotate_left(17),
        _ => bytes
            .iter()
            .fold(0, |sum, byte| sum << 8 | u64::from(*byte)),
    };
    let mixed = (mixed ^ bytes.len() as u64).wrapping_mul(MIX);
    (mixed >> 32) as usize
}

/// Which fields of an object were there.
pub(super) struct Seen {
    inline: [u64; 4],
    more: Vec<u64>,
}

impl Seen {
    pub(super) fn new(fields: usize) -> Self {
        let more = if fields > 256 {
            vec![0; (fields - 256).div_ceil(64)]
        } else {
            Vec::new()
        };
        Self {
            inline: [0; 4],
            more,
        }
    }

    /// Marks a field; true where it was marked before.
    #[inline]
    pub(super) fn insert(&mut self, index: usize) -> bool {
        let (word, bit) = (index / 64, 1 << (index % 64));
        let place = if word < 4 {
            &mut self.inline[word]
        } else {
            match self.more.get_mut(word - 4) {
                Some(place) => place,
                None => return false,
            }
        };
        let before = *place & bit != 0;
        *place |= bit;
        before
    }

    #[inline]
    pub(super) fn has(&self, index: usize) -> bool {
        let (word, bit) = (index / 64, 1 << (index % 64));
        let place = if word < 4 {
            self.inline[word]
        } else {
            self.more.get(word - 4).copied().unwrap_or(0)
        };
        place & bit != 0
    }
}

#[cfg(test)]
mod tests {
    use super::{Lookup, Seen};
    use crate::model::{Field, Table};

    #[test]
    fn every_name_of_a_large_table_is_found_in_any_order() {
        let names: Vec<&'static str> = (0..300)
            .map(|n| &*Box::leak(format!("property_{n}_url").into_boxed_str()))
            .collect();
        let fields: Vec<Field> = names.iter().map(|name| Field::optional(name)).collect();
        let table: &'static Table = Box::leak(Box::new(Table {
            name: "Large",
            fields: fields.leak(),
            additional: false,
        }));
        let mut lookup = Lookup::default();
        for (index, name) in names.iter().enumerate().rev() {
            assert_eq!(lookup.find(table, 0, name), Some(index));
            assert_eq!(lookup.find(table, index, name), Some(index));
        }
        assert_eq!(lookup.find(table, 0, "property_300_url"), None);
        assert_eq!(lookup.find(table, 300, ""), None);
    }

    #[test]
    fn marks_are_kept() {
        let mut seen = Seen::new(400);
        for index in [0, 63, 64, 255, 256, 399] {
            assert!(!seen.has(index));
            assert!(!seen.insert(index));
            assert!(seen.insert(index) && seen.has(index));
        }
        assert!(!seen.has(398));
    }
}
