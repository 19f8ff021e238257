//! The records of a parent stream, for which children are read one by one.

use super::Interpreted;
use super::lister::{Lister, failed, kept, spoken};
use super::rows::Rows;
use crate::manifest::Binding;
use crate::{Error, ErrorKind, Open, Parent, Stream, Value};
use pontoon_runtime::Records;
use std::collections::VecDeque;

/// The parent's records on their way.
///
/// What is remembered is the position of the parent's page and which of its records
/// are done, by what tells them apart: a record that moves to another page in the
/// meantime is read twice rather than not at all.
pub(super) struct Parents<'a> {
    bindings: Vec<&'a Binding>,
    lister: Lister<'a>,
    stream: Stream,
    rows: Rows,
    pages: Records,
    /// The position of the page that is worked through.
    at: Option<serde_json::Value>,
    /// The position after it, once it has come.
    after: Option<serde_json::Value>,
    waiting: VecDeque<Vec<Value>>,
    current: Vec<Value>,
    done: Vec<String>,
    /// The record whose children were being read when the state was kept, and where.
    resumed: Option<(String, Option<serde_json::Value>)>,
}

impl<'a> Parents<'a> {
    pub(super) fn new(
        source: &'a Interpreted,
        bindings: Vec<&'a Binding>,
        open: &Open,
    ) -> Result<Self, Error> {
        let name = bindings
            .first()
            .map_or("", |binding| binding.stream.as_str());
        let facts = source.facts(name)?;
        let is_deep = !source.bindings(facts).is_empty();
        if is_deep || bindings.iter().any(|one| one.stream != name) {
            let message = "its records lie below more than one other stream, which is not read yet";
            return Err(Error::new(ErrorKind::Config, message));
        }
        let lister = Lister::new(source, facts)?;
        let state = open.parent.as_deref().cloned().unwrap_or_default();
        let is_same = state.open.operation == lister.operation.id;
        let at = state.open.at.filter(|_| is_same);
        let current = state.current.filter(|_| is_same);
        let stream = source.stream_of(facts);
        Ok(Self {
            bindings,
            pages: lister.records(&[], None, at.as_ref())?,
            rows: Rows::new(&stream, 0)?,
            lister,
            stream,
            at,
            after: None,
            waiting: VecDeque::new(),
            current: Vec::new(),
            done: if is_same { state.done } else { Vec::new() },
            resumed: current.map(|name| (name, open.at.clone())),
        })
    }

    /// Goes to the next record; gives the position in the list of its children.
    /// `None`: there is no further record.
    pub(super) async fn advance(&mut self) -> Result<Option<Option<serde_json::Value>>, Error> {
        loop {
            while let Some(given) = self.waiting.pop_front() {
                let name = named(&given);
                if self.done.contains(&name) {
                    continue;
                }
                let resumed = self.resumed.take_if(|(known, _)| *known == name);
                self.current = given;
                return Ok(Some(resumed.and_then(|(_, at)| at)));
            }
            let Some(page) = self.pages.next().await.transpose().map_err(failed)? else {
                return Ok(None);
            };
            if let Some(after) = self.after.take() {
                self.at = Some(after);
                self.done.clear();
            }
            self.after = Some(kept(page.position()));
            for text in page.records() {
                // A record that cannot be read is put aside where its own stream is read.
                if let Ok(record) = self.rows.read(&text, &[]) {
                    let value = |binding: &&Binding| {
                        let index = self.stream.position(&binding.column)?;
                        record.values().get(index).cloned()
                    };
                    self.waiting
                        .extend(self.bindings.iter().map(value).collect::<Option<_>>());
                }
            }
        }
    }

    /// The values that the record gives, in the order of the bindings.
    pub(super) fn given(&self) -> &[Value] {
        &self.current
    }

    /// All children of the record were read.
    pub(super) fn finish(&mut self) {
        self.done.push(named(&self.current));
    }

    pub(super) fn state(&self) -> Parent {
        let name = named(&self.current);
        Parent {
            open: Open {
                operation: self.lister.operation.id.to_owned(),
                at: self.at.clone(),
                ..Open::default()
            },
            current: (!self.done.contains(&name)).then_some(name),
            done: self.done.clone(),
        }
    }
}

fn named(given: &[Value]) -> String {
    let texts: Vec<String> = given.iter().map(spoken).collect();
    texts.join("\u{1f}")
}
