//! Reading a stream: the pages of its list, or of a list per record of its parent.

use super::Interpreted;
use super::lister::{Lister, failed, kept};
use super::parents::Parents;
use super::rows::Rows;
use crate::manifest::StreamFacts;
use crate::progress::Progress;
use crate::{Batch, Batches, Column, Error, ErrorKind, Open, Record, Rejected, Stream};
use crate::{StreamState, Value, Window};
use futures_util::stream;
use pontoon_runtime::{Records, RecordsPage};

/// A reading on its way.
pub(super) struct Reading<'a> {
    lister: Lister<'a>,
    stream: Stream,
    rows: Rows,
    progress: Progress,
    /// From where on records are asked for.
    since: Option<serde_json::Value>,
    /// Of a stream with a parent: the parent's records.
    parents: Option<Parents<'a>>,
    /// The list that is being read.
    pages: Option<Records>,
    /// Whether nothing was given yet of a reading from the very beginning.
    is_fresh: bool,
    /// How many records may still be given.
    left: Option<u64>,
    done: bool,
}

impl Interpreted {
    /// A stream as it is discovered: the columns of its records, and behind them those
    /// that tell which record of the parent they belong to. They are part of the key: it
    /// may be one among the records of one parent alone, and one record may stand below
    /// several.
    pub(super) fn stream_of(&self, facts: &StreamFacts) -> Stream {
        let mut stream = facts.stream();
        let bindings = self.bindings(facts);
        stream.parent = self.parent_of(&bindings).map(str::to_owned);
        for binding in bindings {
            let parent = self.manifest.stream(&binding.stream);
            let mut columns = parent.into_iter().flat_map(|parent| &parent.columns);
            if let Some(column) = columns.find(|one| one.name == binding.column) {
                let name = format!("{}_{}", binding.stream, binding.column);
                if !stream.key.is_empty() {
                    stream.key.push(name.clone());
                }
                stream.columns.push(Column::new(name, column.kind));
            }
        }
        stream
    }

    pub(super) fn reading<'a>(
        &'a self,
        facts: &'a StreamFacts,
        state: StreamState,
        window: &Window,
    ) -> Result<Reading<'a>, Error> {
        let variables = self.variables(facts);
        let mut missing = variables
            .iter()
            .filter(|name| !self.settings.contains_key(**name));
        if let Some(name) = missing.next() {
            let message = format!("it needs the setting `{name}`");
            return Err(Error::new(ErrorKind::Config, message).with_remedy(format!(
                "give it in the flow file, under `settings:` of the source: `{name}: ...`"
            )));
        }
        let stream = self.stream_of(facts);
        let lister = Lister::new(self, facts)?;
        // A reading by another operation is begun anew, from the same cursor.
        let open = state.open.as_ref();
        let open = open.filter(|open| open.operation == lister.operation.id);
        let progress = Progress::new(&stream, &state, open);
        let is_fresh = open.is_none() && progress.is_whole();
        let open = open.cloned().unwrap_or_default();
        let since = progress.since(facts.lookback);
        let (mut pages, mut parents) = (None, None);
        let bindings = self.bindings(facts);
        match bindings.first() {
            None => pages = Some(lister.records(&[], since.as_ref(), open.at.as_ref())?),
            Some(_) => parents = Some(Parents::new(self, &bindings, &open)?),
        }
        Ok(Reading {
            rows: Rows::new(&stream, bindings.len())?,
            progress,
            since,
            lister,
            stream,
            parents,
            pages,
            is_fresh,
            left: window.limit,
            done: false,
        })
    }
}

impl Reading<'_> {
    /// The next batch; `None` at the end.
    pub(super) async fn next_batch(&mut self) -> Option<Result<Batch, Error>> {
        if self.done {
            return None;
        }
        let batch = match self.parents.is_some() {
            true => self.next_of_children().await,
            false => self.next_of_list().await,
        };
        let goes_on = matches!(&batch, Ok(batch) if batch.state.open.is_some());
        self.done = !goes_on || self.left == Some(0);
        Some(batch.map_err(|error| error.of_stream(&self.stream.name)))
    }

    async fn next_of_list(&mut self) -> Result<Batch, Error> {
        let page = match &mut self.pages {
            Some(pages) => pages.next().await,
            None => None,
        };
        let Some(page) = page.transpose().map_err(failed)? else {
            return Ok(self.batch(Vec::new(), Vec::new(), None));
        };
        let (records, rejected) = self.read(&page, &[]);
        let at = page.position();
        let open = (!at.is_end()).then(|| Open {
            at: Some(kept(at)),
            ..Open::default()
        });
        Ok(self.batch(records, rejected, open))
    }

    async fn next_of_children(&mut self) -> Result<Batch, Error> {
        loop {
            let Some(parents) = &mut self.parents else {
                return Ok(self.batch(Vec::new(), Vec::new(), None));
            };
            let Some(pages) = &mut self.pages else {
                match parents.advance().await? {
                    Some(at) => {
                        let since = self.since.as_ref();
                        let given = parents.given();
                        self.pages = Some(self.lister.records(given, since, at.as_ref())?);
                        continue;
                    }
                    None => return Ok(self.batch(Vec::new(), Vec::new(), None)),
                }
            };
            let Some(page) = pages.next().await.transpose().map_err(failed)? else {
                self.pages = None;
                parents.finish();
                continue;
            };
            let at = page.position().clone();
            let given = parents.given().to_vec();
            if at.is_end() {
                self.pages = None;
                parents.finish();
            }
            let open = Open {
                at: (!at.is_end()).then(|| kept(&at)),
                parent: Some(Box::new(parents.state())),
                ..Open::default()
            };
            let (records, rejected) = self.read(&page, &given);
            return Ok(self.batch(records, rejected, Some(open)));
        }
    }

    fn read(&mut self, page: &RecordsPage, given: &[Value]) -> (Vec<Record>, Vec<Rejected>) {
        self.progress.page(page.date());
        let (mut records, mut rejected) = (Vec::new(), Vec::new());
        for text in page.records() {
            if self.left == Some(0) {
                break;
            }
            match self.rows.read(&text, given) {
                Ok(record) => {
                    self.progress.note(&record);
                    records.push(record);
                    self.left = self.left.map(|left| left - 1);
                }
                Err(one) => rejected.push(one),
            }
        }
        (records, rejected)
    }

    /// A batch, and the state that is true once it is kept: `open` where the reading
    /// goes on.
    fn batch(
        &mut self,
        records: Vec<Record>,
        rejected: Vec<Rejected>,
        open: Option<Open>,
    ) -> Batch {
        let state = match open {
            Some(open) => self.progress.going_on(self.lister.operation.id, open),
            None => self.progress.ended(),
        };
        Batch {
            is_first: std::mem::take(&mut self.is_fresh),
            records,
            rejected,
            state,
        }
    }
}

/// A reading as a stream of batches.
pub(super) fn batches<'a>(reading: Result<Reading<'a>, Error>) -> Batches<'a> {
    match reading {
        Ok(reading) => Box::pin(stream::unfold(reading, |mut reading| async move {
            let batch = reading.next_batch().await?;
            Some((batch, reading))
        })),
        Err(error) => Box::pin(stream::once(async { Err(error) })),
    }
}
