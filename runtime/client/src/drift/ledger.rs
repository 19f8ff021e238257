//! The counters of a client.

use super::{Answered, Drift, DriftKind, DriftReport};
use crate::codec::json::{Findings, Found, Step, What};
use crate::media_type::essence;
use crate::operation::{Codec, Operation, Statuses};
use crate::response::Raw;
use crate::trace;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, StatusCode};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// How many facts a client keeps.
const MAX_FACTS: usize = 4096;
/// How many of one kind at one place: names of properties, values of an enumeration.
const MAX_AT_PLACE: usize = 64;
/// Longer pointers and media types are not kept.
const MAX_POINTER: usize = 512;

/// What a client has seen, and whom to tell.
pub(crate) struct Ledger {
    seen: Mutex<Seen>,
    tell: Option<Box<Listener>>,
}

pub(crate) type Listener = dyn Fn(&Drift) + Send + Sync;

#[derive(Default)]
struct Seen {
    facts: BTreeMap<Key, Drift>,
    /// By the address of the operation's table.
    answers: BTreeMap<usize, Answered>,
    overflow: u64,
}

/// Whose body it is.
#[derive(Clone, Copy)]
pub(crate) struct Head<'a> {
    pub(crate) operation: &'static Operation,
    pub(crate) status: StatusCode,
    pub(crate) headers: &'a HeaderMap,
}

/// The counters for the body of an error, which is counted when it is first read.
pub(crate) struct Unread {
    ledger: Arc<Ledger>,
    is_read: AtomicBool,
}

impl Unread {
    pub(crate) fn new(ledger: Arc<Ledger>) -> Self {
        Self {
            ledger,
            is_read: AtomicBool::new(false),
        }
    }

    /// The counters, once.
    pub(crate) fn take(&self) -> Option<&Ledger> {
        let was_read = self.is_read.swap(true, Ordering::Relaxed);
        (!was_read).then_some(&*self.ledger)
    }
}

/// What makes two sightings one fact. The place comes first, so that all facts of a
/// place stand together.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    operation: (&'static str, &'static str, &'static str),
    status: u16,
    media_type: String,
    pointer: String,
    members: Vec<usize>,
    kind: DriftKind,
    /// The name, the value or the types.
    detail: String,
}

impl Ledger {
    pub(crate) fn new(tell: Option<Box<Listener>>) -> Self {
        Self {
            seen: Mutex::default(),
            tell,
        }
    }

    pub(crate) fn report(&self) -> DriftReport {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let mut answers: Vec<Answered> = seen.answers.values().cloned().collect();
        answers.sort_by_key(|row| (row.path, row.method));
        DriftReport {
            facts: seen.facts.values().cloned().collect(),
            answers,
            overflow: seen.overflow,
        }
    }

    /// Notes the head of an answer.
    pub(crate) fn head(&self, raw: &Raw) {
        let operation = raw.operation;
        {
            let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
            let key = std::ptr::from_ref(operation) as usize;
            let row = seen.answers.entry(key).or_insert(Answered {
                operation: operation.id,
                method: operation.method,
                path: operation.path,
                answers: 0,
            });
            row.answers += 1;
        }
        let status = raw.status.as_u16();
        let rows: Vec<_> = operation
            .responses
            .iter()
            .filter(|row| stands_for(row.status, status))
            .collect();
        let bare = operation.bare.iter().any(|row| match *row {
            0 => true,
            class @ 1..=9 => status / 100 == class,
            code => status == code,
        });
        if rows.is_empty() && !bare {
            self.put(raw.head(), vec![blank(DriftKind::UndeclaredStatus)], 0);
            return;
        }
        let media_type = media_type(&raw.headers);
        // What says nothing of itself is judged by its body.
        if rows.is_empty() || media_type.is_empty() {
            return;
        }
        let declared = rows.iter().any(|row| {
            row.codec == Codec::Empty || crate::response::select::names(row, media_type)
        });
        if !declared {
            self.put(raw.head(), vec![blank(DriftKind::UndeclaredMediaType)], 0);
        }
    }

    /// Notes what was found in a body.
    pub(crate) fn body(&self, of: Head<'_>, findings: Findings) {
        if findings.found.is_empty() && findings.overflow == 0 {
            return;
        }
        let facts = findings.found.into_iter().map(fact).collect();
        self.put(of, facts, findings.overflow);
    }

    fn put(&self, of: Head<'_>, facts: Vec<Drift>, overflow: u64) {
        let mut told = Vec::new();
        let mut new = Vec::new();
        {
            let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
            seen.overflow += overflow;
            for mut fact in facts {
                fact.operation = of.operation.id;
                fact.method = of.operation.method;
                fact.path = of.operation.path;
                fact.status = of.status.as_u16();
                fact.media_type = media_type(of.headers).to_ascii_lowercase();
                let before = fact.count;
                let Some(now) = seen.count(fact) else {
                    continue;
                };
                if now.count == before && trace::hears_of_drift() {
                    new.push(now.clone());
                }
                if self.tell.is_some() {
                    told.push(now);
                }
            }
        }
        new.iter().for_each(trace::drift);
        if let Some(tell) = &self.tell {
            told.iter().for_each(tell);
        }
    }
}

impl Seen {
    /// Counts a fact and gives what is known of it now; `None` where it has no place.
    fn count(&mut self, fact: Drift) -> Option<Drift> {
        let key = Key {
            operation: (fact.path, fact.method, fact.operation),
            status: fact.status,
            media_type: fact.media_type.clone(),
            pointer: fact.pointer.clone(),
            members: fact.members.clone(),
            kind: fact.kind,
            detail: match &fact.value {
                Some(value) => value.clone(),
                None => format!("{} {}", fact.found, fact.expected),
            },
        };
        if let Some(known) = self.facts.get_mut(&key) {
            known.count = known.count.saturating_add(fact.count);
            known.refused = known.refused.saturating_add(fact.refused);
            return Some(known.clone());
        }
        let long = fact.pointer.len() > MAX_POINTER || fact.media_type.len() > MAX_POINTER;
        if long || self.facts.len() >= MAX_FACTS || self.crowded(&key) {
            self.overflow = self.overflow.saturating_add(fact.count);
            return None;
        }
        self.facts.insert(key, fact.clone());
        Some(fact)
    }

    /// Whether there are as many facts of that kind at the place as are kept: a server
    /// must not fill the memory with names of its own.
    fn crowded(&self, key: &Key) -> bool {
        // Names of properties end their pointers: the place is the object.
        let place = |pointer: &str| match key.kind {
            DriftKind::UnknownProperty => pointer.rsplit_once('/').map_or(0, |pair| pair.0.len()),
            _ => pointer.len(),
        };
        let end = place(&key.pointer);
        let near = |other: &&Key| {
            other.operation == key.operation
                && other.status == key.status
                && place(&other.pointer) == end
                && other.pointer.get(..end) == key.pointer.get(..end)
        };
        let first = Key {
            pointer: key.pointer[..end].to_owned(),
            members: Vec::new(),
            ..key.clone()
        };
        let after = self.facts.range(first..).map(|(other, _)| other);
        let same = after
            .take_while(|other| other.pointer.starts_with(&key.pointer[..end]))
            .filter(|other| near(other) && other.kind == key.kind);
        same.take(MAX_AT_PLACE).count() >= MAX_AT_PLACE
    }
}

fn stands_for(statuses: Statuses, status: u16) -> bool {
    match statuses {
        Statuses::Code(code) => code == status,
        Statuses::Class(class) => u16::from(class) == status / 100,
        Statuses::Default => true,
    }
}

fn media_type(headers: &HeaderMap) -> &str {
    let value = headers.get(CONTENT_TYPE);
    essence(
        value
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default(),
    )
}

fn blank(kind: DriftKind) -> Drift {
    Drift {
        operation: "",
        method: "",
        path: "",
        status: 0,
        media_type: String::new(),
        pointer: String::new(),
        members: Vec::new(),
        kind,
        expected: String::new(),
        found: "",
        value: None,
        count: 1,
        refused: 0,
    }
}

/// A finding of the reader; whose answer it was is added later.
fn fact(found: Found) -> Drift {
    let (pointer, members) = pointer(&found.steps);
    let kind = match &found.what {
        What::Property(..) => DriftKind::UnknownProperty,
        What::Listed(..) => DriftKind::UnknownValue,
        What::Member(_) => DriftKind::UnknownMember,
        What::Null => DriftKind::UnexpectedNull,
        What::Missing => DriftKind::MissingValue,
        What::Type(..) => DriftKind::WrongType,
    };
    let mut fact = Drift {
        pointer,
        members,
        count: found.count,
        refused: found.refused,
        ..blank(kind)
    };
    match found.what {
        What::Property(name, kind) => {
            push(&mut fact.pointer, &name);
            fact.found = kind;
        }
        What::Listed(value, kind) => {
            fact.value = (!value.is_empty()).then_some(value);
            fact.found = kind;
        }
        What::Member(kind) => fact.found = kind,
        What::Null => fact.found = "null",
        What::Missing => fact.found = "nothing",
        What::Type(expected, kind) => {
            fact.expected = expected;
            fact.found = kind;
        }
    }
    fact
}

/// The JSON pointer of a place (RFC 6901), and the members of unions on the way.
fn pointer(steps: &[Step]) -> (String, Vec<usize>) {
    let mut text = String::new();
    let mut members = Vec::new();
    for step in steps {
        match step {
            Step::Property(name) => push(&mut text, name),
            Step::Item | Step::Value => text.push_str("/*"),
            // Writing to a string cannot fail.
            Step::At(index) => drop(write!(text, "/{index}")),
            Step::Member(index) => members.push(*index),
        }
    }
    (text, members)
}

fn push(pointer: &mut String, name: &str) {
    pointer.push('/');
    pointer.push_str(&name.replace('~', "~0").replace('/', "~1"));
}
