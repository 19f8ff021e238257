//! Which member of a union a value is.

use super::DecodeError;
use super::decode::{Decoder, Mark};
use super::watch::{self, Step};
use crate::model::{Member, Slot, Union, UnionTable};
use jiter::Peek;

/// Unions with more candidates than this are tried in declared order only.
const MAX_SCORED: usize = 1024;

/// What the first reading of an object says of one candidate.
struct Candidate {
    member: usize,
    /// How many of `required` were met.
    required: usize,
    /// How many of `constants` were met; a contradiction ends the candidacy.
    constants: usize,
    contradicted: bool,
    /// How many properties the member's own table knows.
    known: usize,
}

impl<const W: bool> Decoder<'_, W> {
    pub(super) fn union(&mut self, peek: Peek, union: &mut dyn Union) -> Result<(), DecodeError> {
        let table = union.table();
        let fitting = self.fitting(peek, table)?;
        match (peek, fitting.as_slice()) {
            (_, []) => self.unknown(peek, union),
            (Peek::Object, _) if table.discriminator.is_some() => self.tagged(union, &fitting),
            (_, [only]) => self.member(peek, union, *only),
            (Peek::Object, _) => self.shaped(union, &fitting),
            _ => self.trials(peek, union, &fitting),
        }
    }

    /// The members that take the JSON type of the value.
    fn fitting(&mut self, peek: Peek, table: &UnionTable) -> Result<Vec<usize>, DecodeError> {
        let of = |types: u8| -> Vec<usize> {
            let members = table.members.iter().enumerate();
            members
                .filter(|(_, member)| member.types & types != 0)
                .map(|(index, _)| index)
                .collect()
        };
        Ok(of(match peek {
            Peek::Null => Member::NULL,
            Peek::True | Peek::False => Member::BOOL,
            Peek::String => Member::STRING,
            Peek::Array => Member::ARRAY,
            Peek::Object => Member::OBJECT,
            _ if peek.is_num() => {
                let mark = self.mark();
                let text = super::number::text(&mut self.cursor, peek, "a number")?;
                let fraction = text.contains(['.', 'e', 'E']);
                self.rewind(&mark);
                let strict = of(Member::NUMBER & !Member::INTEGER);
                if fraction && !strict.is_empty() {
                    return Ok(strict);
                }
                Member::INTEGER
            }
            _ => return Err(self.wrong_type("a JSON value", peek)),
        }))
    }

    /// Keeps the value as it is.
    fn unknown(&mut self, peek: Peek, union: &mut dyn Union) -> Result<(), DecodeError> {
        if self.strict {
            return Err(self.wrong_type("a member of the union", peek));
        }
        let start = self.cursor.current_index();
        union.set_unknown(self.json(peek)?);
        if W {
            let text = &self.data[start..self.cursor.current_index()];
            self.watch.unknown_member(watch::kind(peek, text));
        }
        Ok(())
    }

    /// Reads the value as one member.
    fn member(
        &mut self,
        peek: Peek,
        union: &mut dyn Union,
        member: usize,
    ) -> Result<(), DecodeError> {
        if W {
            self.watch.path.push(Step::Member(member));
        }
        self.read(peek, union.select(member))?;
        if W {
            self.watch.path.pop();
        }
        Ok(())
    }

    /// By the discriminator; by shape where its property is missing.
    fn tagged(&mut self, union: &mut dyn Union, fitting: &[usize]) -> Result<(), DecodeError> {
        let table = union.table();
        let Some(property) = table.discriminator else {
            return self.shaped(union, fitting);
        };
        let mark = self.mark();
        let mut chosen = None;
        let mut found = false;
        self.each_key(|decoder, key, peek| {
            if found || key != property {
                return Ok(false);
            }
            found = peek == Peek::String;
            if !found {
                return Ok(false);
            }
            let tag = decoder.cursor.known_str()?;
            chosen = fitting
                .iter()
                .copied()
                .find(|member| table.members[*member].tags.contains(&&*tag));
            Ok(true)
        })?;
        self.spend(&mark);
        self.rewind(&mark);
        match (chosen, found, fitting) {
            (Some(member), ..) => self.member(Peek::Object, union, member),
            (None, true, _) => self.unknown(Peek::Object, union),
            (None, false, [only]) => self.member(Peek::Object, union, *only),
            (None, false, _) => self.shaped(union, fitting),
        }
    }

    /// By required properties and constants, then by how much is known, then by trial.
    fn shaped(&mut self, union: &mut dyn Union, fitting: &[usize]) -> Result<(), DecodeError> {
        if self.budget == 0 || fitting.len() > MAX_SCORED {
            return self.trials(Peek::Object, union, fitting);
        }
        let table = union.table();
        let mark = self.mark();
        let mut candidates: Vec<Candidate> = fitting
            .iter()
            .map(|member| Candidate {
                member: *member,
                required: 0,
                constants: 0,
                contradicted: false,
                known: 0,
            })
            .collect();
        let names: Vec<&'static [crate::model::Field]> = fitting
            .iter()
            .map(|member| match union.select(*member) {
                Slot::Model(model) => model.table().fields,
                _ => &[],
            })
            .collect();
        self.each_key(|decoder, key, peek| {
            let mut constant = false;
            for (candidate, fields) in candidates.iter_mut().zip(&names) {
                let member = &table.members[candidate.member];
                candidate.required += usize::from(member.required.contains(&key));
                candidate.known += usize::from(fields.iter().any(|field| field.name == key));
                constant |= member.constants.iter().any(|(name, _)| *name == key);
            }
            if !constant {
                return Ok(false);
            }
            let key = key.to_owned();
            let value = match peek {
                Peek::String => {
                    let text = decoder.cursor.known_str()?;
                    Some(text.into_owned())
                }
                Peek::Null | Peek::Array | Peek::Object => None,
                _ => Some(decoder.json(peek)?.to_string()),
            };
            for candidate in &mut candidates {
                let member = &table.members[candidate.member];
                for (name, wanted) in member.constants {
                    if *name == key {
                        let met = value.as_deref() == Some(*wanted);
                        candidate.constants += usize::from(met);
                        candidate.contradicted |= !met;
                    }
                }
            }
            Ok(value.is_some())
        })?;
        self.spend(&mark);
        self.rewind(&mark);
        candidates.retain(|candidate| {
            let member = &table.members[candidate.member];
            !candidate.contradicted && candidate.required >= member.required.len()
        });
        match candidates.as_slice() {
            [only] if only.constants > 0 => self.member(Peek::Object, union, only.member),
            _ => {
                // Stable: declared order among equals.
                candidates.sort_by_key(|candidate| {
                    std::cmp::Reverse((candidate.constants, candidate.known))
                });
                let order: Vec<usize> = candidates.iter().map(|c| c.member).collect();
                self.trials(Peek::Object, union, &order)
            }
        }
    }

    /// The first member that reads the value: strictly, then with unknown values inside.
    fn trials(
        &mut self,
        peek: Peek,
        union: &mut dyn Union,
        order: &[usize],
    ) -> Result<(), DecodeError> {
        let mark = self.mark();
        let outer = self.strict;
        for strict in [true, false] {
            if outer && !strict {
                break;
            }
            for member in order {
                if self.budget == 0 {
                    break;
                }
                let slot = union.select(*member);
                if !strict && matches!(slot, Slot::Enum(_) | Slot::Union(_)) {
                    continue;
                }
                self.strict = strict;
                if W {
                    self.watch.path.push(Step::Member(*member));
                }
                let result = self.read(peek, slot);
                self.strict = outer;
                if result.is_ok() {
                    if W {
                        self.watch.path.pop();
                    }
                    return Ok(());
                }
                self.spend(&mark);
                self.rewind(&mark);
            }
        }
        self.unknown(peek, union)
    }

    /// Goes through the keys of an object. `visit` says whether it read the value.
    fn each_key(
        &mut self,
        mut visit: impl FnMut(&mut Self, &str, Peek) -> Result<bool, DecodeError>,
    ) -> Result<(), DecodeError> {
        let mut key = self.cursor.known_object()?;
        while let Some(name) = key {
            let peek = self.peek()?;
            if !visit(self, &name, peek)? {
                self.skip(peek)?;
            }
            key = self.cursor.next_key()?;
        }
        Ok(())
    }

    /// Counts what was read since `mark` and will be read again.
    fn spend(&mut self, mark: &Mark<'_>) {
        let read = self.cursor.current_index() - mark.cursor.current_index();
        self.budget = self.budget.saturating_sub(read + 16);
    }
}
