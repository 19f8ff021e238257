//! The records of a parent stream, for which children are read one by one. The parent
//! may lie below another stream itself.

use super::Interpreted;
use super::lister::{Lister, failed, kept, spoken};
use super::rows::Rows;
use crate::manifest::Binding;
use crate::{BoxFuture, Error, ErrorKind, Open, Parent, Value};
use pontoon_runtime::Records;
use std::collections::VecDeque;

/// The parent's records on their way.
///
/// What is remembered is the position of the parent's page and which of its records
/// are done, by what tells them apart: a record that moves to another page in the
/// meantime is read twice rather than not at all.
pub(super) struct Parents<'a> {
    origins: Vec<Origin>,
    lister: Lister<'a>,
    rows: Rows,
    /// The stream that the parent lies below.
    above: Option<Box<Parents<'a>>>,
    /// The list that is being read; of a parent below another stream, the one of the
    /// record that is worked through there.
    pages: Option<Records>,
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

/// Where the value of a variable comes from.
enum Origin {
    /// A column of the parent's records.
    Own(usize),
    /// What the parent itself is given from above.
    Above(usize),
}

impl Interpreted {
    /// The stream whose records give the values of all bindings: by their columns, or by
    /// what they are given themselves.
    pub(super) fn parent_of<'a>(&self, bindings: &[&'a Binding]) -> Option<&'a str> {
        let gives_all = |name: &str| {
            let facts = self.manifest.stream(name);
            let theirs = facts.map(|facts| self.bindings(facts)).unwrap_or_default();
            bindings.iter().all(|one| {
                one.stream == name || theirs.iter().any(|their| their.variable == one.variable)
            })
        };
        let names = bindings.iter().map(|binding| binding.stream.as_str());
        names.into_iter().find(|name| gives_all(name))
    }
}

impl<'a> Parents<'a> {
    pub(super) fn new(
        source: &'a Interpreted,
        bindings: &[&'a Binding],
        open: &Open,
    ) -> Result<Self, Error> {
        let name = source.parent_of(bindings).ok_or_else(|| {
            let variables: Vec<&str> = bindings.iter().map(|one| one.variable.as_str()).collect();
            let message = "the streams that it lies below do not lie below each other";
            Error::new(ErrorKind::Config, message).with_remedy(format!(
                "give all but one of these under `settings:` of the source: {}",
                variables.join(", ")
            ))
        })?;
        let facts = source.facts(name)?;
        let lister = Lister::new(source, facts)?;
        let stream = source.stream_of(facts);
        let theirs = source.bindings(facts);
        let origin = |binding: &&Binding| match binding.stream == name {
            true => stream.position(&binding.column).map(Origin::Own),
            false => {
                let mut all = theirs.iter();
                let found = all.position(|their| their.variable == binding.variable);
                found.map(Origin::Above)
            }
        };
        let origins = bindings.iter().map(origin).collect::<Option<_>>();
        let state = open.parent.as_deref().cloned().unwrap_or_default();
        let is_same = state.open.operation == lister.operation.id;
        let state = if is_same { state } else { Parent::default() };
        let above = match theirs.is_empty() {
            true => None,
            false => Some(Box::new(Parents::new(source, &theirs, &state.open)?)),
        };
        Ok(Self {
            origins: origins.ok_or_else(|| {
                let message = format!("`{name}` has not the columns that it is listed by");
                Error::new(ErrorKind::Config, message)
            })?,
            pages: match above {
                None => Some(lister.records(&[], None, state.open.at.as_ref())?),
                Some(_) => None,
            },
            rows: Rows::new(&stream, theirs.len())?,
            lister,
            at: above.is_none().then_some(state.open.at).flatten(),
            above,
            after: None,
            waiting: VecDeque::new(),
            current: Vec::new(),
            done: state.done,
            resumed: state.current.map(|name| (name, open.at.clone())),
        })
    }

    /// Goes to the next record; gives the position in the list of its children.
    /// `None`: there is no further record.
    pub(super) fn advance(&mut self) -> BoxFuture<'_, Result<Option<Position>, Error>> {
        Box::pin(async {
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
                if !self.turn().await? {
                    return Ok(None);
                }
            }
        })
    }

    /// Reads the next page of parents; `false` where there is none.
    async fn turn(&mut self) -> Result<bool, Error> {
        let Some(pages) = &mut self.pages else {
            let Some(above) = &mut self.above else {
                return Ok(false);
            };
            let Some(at) = above.advance().await? else {
                return Ok(false);
            };
            self.pages = Some(self.lister.records(above.given(), None, at.as_ref())?);
            (self.at, self.after) = (at, None);
            return Ok(true);
        };
        let Some(page) = pages.next().await.transpose().map_err(failed)? else {
            self.pages = None;
            if let Some(above) = &mut self.above {
                above.finish();
                self.done.clear();
            }
            return Ok(self.above.is_some());
        };
        if let Some(after) = self.after.take() {
            self.at = Some(after);
            self.done.clear();
        }
        self.after = Some(kept(page.position()));
        let given = self.above.as_ref().map_or(&[][..], |above| above.given());
        for text in page.records() {
            // A record that cannot be read is put aside where its own stream is read.
            if let Ok(record) = self.rows.read(&text, given) {
                let value = |origin: &Origin| match origin {
                    Origin::Own(index) => record.values().get(*index).cloned(),
                    Origin::Above(index) => given.get(*index).cloned(),
                };
                self.waiting
                    .extend(self.origins.iter().map(value).collect::<Option<_>>());
            }
        }
        Ok(true)
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
                parent: self.above.as_ref().map(|above| Box::new(above.state())),
                ..Open::default()
            },
            current: (!self.done.contains(&name)).then_some(name),
            done: self.done.clone(),
        }
    }
}

/// The position in a list; the beginning where there is none.
type Position = Option<serde_json::Value>;

fn named(given: &[Value]) -> String {
    let texts: Vec<String> = given.iter().map(spoken).collect();
    texts.join("\u{1f}")
}
