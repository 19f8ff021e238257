//! Running a flow: what a source gives goes through the steps into the store.

use crate::store::Store;
use crate::{Batch, Connector, Error, ErrorKind, Plan, Step, Stream, StreamState, Window};
use std::collections::BTreeMap;
use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::task::{JoinHandle, spawn_blocking};

/// What came of a stream so far.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
pub struct Count {
    /// Records that are kept.
    pub records: u64,
    /// Records that a filter left out.
    pub filtered: u64,
    /// What could not be read as a record, and is kept aside.
    pub rejected: u64,
    /// Batches: pages, as a rule.
    pub batches: u64,
    /// Whether the reading went on from where another had stopped.
    pub resumed: bool,
}

/// What came of a run.
#[derive(Debug, Clone, Default, serde::Serialize)]
pub struct Summary {
    /// By stream, in the order in which they were read.
    pub streams: Vec<(String, Count)>,
    /// How long it took.
    #[serde(serialize_with = "seconds")]
    pub elapsed: Duration,
}

fn seconds<S: serde::Serializer>(time: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(time.as_secs_f64())
}

/// Finds the streams that a flow names, and makes their steps ready. Parents come
/// before their children.
///
/// # Errors
/// There is no such stream, or a step does not fit it.
pub async fn plan(
    connector: &dyn Connector,
    streams: &BTreeMap<String, Vec<Step>>,
) -> Result<Vec<(Stream, Plan)>, Error> {
    let found = connector.discover().await?;
    let mut plans = Vec::new();
    for (name, steps) in streams {
        let stream = found.iter().find(|stream| stream.name == *name);
        let stream = stream.ok_or_else(|| {
            let names: Vec<&str> = found.iter().map(|one| one.name.as_str()).collect();
            let error = Error::new(ErrorKind::Unknown, "there is no such stream").of_stream(name);
            match names.len() {
                0 => error,
                1..=30 => error.with_remedy(format!("there are: {}", names.join(", "))),
                _ => error.with_remedy("`pontoon connect discover` lists them"),
            }
        })?;
        plans.push((stream.clone(), Plan::new(stream, steps)?));
    }
    plans.sort_by_key(|(stream, _)| stream.parent.is_some());
    Ok(plans)
}

/// Reads all streams of `plans` into `store`. While a batch is being kept, the next
/// one is read. `told` hears of every batch that is kept.
///
/// # Errors
/// The first error of the source or the store; what was kept before it stays, and the
/// next run goes on from there.
pub async fn sync(
    connector: &dyn Connector,
    plans: Vec<(Stream, Plan)>,
    store: Box<dyn Store>,
    told: &mut (dyn FnMut(&str, &Count) + Send),
) -> Result<Summary, Error> {
    let start = Instant::now();
    let mut summary = Summary::default();
    let store = Arc::new(Mutex::new(store));
    for (stream, plan) in plans {
        let plan = Arc::new(plan);
        let state = {
            let mut store = lock(&store);
            store.prepare(plan.stream())?;
            store.state(&stream.name)?
        };
        let mut count = Count {
            resumed: state.as_ref().is_some_and(|state| state.open.is_some()),
            ..Count::default()
        };
        let state = state.unwrap_or_default();
        let mut batches = connector.read(&stream, state, Window::default());
        let mut writing: Option<JoinHandle<Result<(), Error>>> = None;
        loop {
            let batch = poll_fn(|context| batches.as_mut().poll_next(context)).await;
            if let Some(writing) = writing.take() {
                writing.await.map_err(broken)??;
                told(&stream.name, &count);
            }
            let Some(batch) = batch else {
                break;
            };
            let batch = through(batch?, &plan, &mut count);
            let (store, plan) = (Arc::clone(&store), Arc::clone(&plan));
            writing = Some(spawn_blocking(move || {
                lock(&store).commit(plan.stream(), &batch)
            }));
        }
        summary.streams.push((stream.name.clone(), count));
    }
    summary.elapsed = start.elapsed();
    Ok(summary)
}

/// The first records of a stream, after the steps; nothing is kept.
///
/// # Errors
/// As of [`sync`].
pub async fn preview(
    connector: &dyn Connector,
    stream: &Stream,
    plan: &Plan,
    limit: u64,
) -> Result<Batch, Error> {
    let window = Window { limit: Some(limit) };
    let mut batches = connector.read(stream, StreamState::default(), window);
    let mut all = Batch {
        is_first: true,
        records: Vec::new(),
        rejected: Vec::new(),
        state: StreamState::default(),
    };
    let mut count = Count::default();
    while let Some(batch) = poll_fn(|context| batches.as_mut().poll_next(context)).await {
        let batch = through(batch?, plan, &mut count);
        all.records.extend(batch.records);
        all.rejected.extend(batch.rejected);
    }
    Ok(all)
}

fn through(batch: Batch, plan: &Plan, count: &mut Count) -> Batch {
    let read = batch.records.len();
    let kept = batch.records.into_iter();
    let kept: Vec<_> = kept.filter_map(|record| plan.apply(record)).collect();
    count.records += kept.len() as u64;
    count.filtered += (read - kept.len()) as u64;
    count.rejected += batch.rejected.len() as u64;
    count.batches += 1;
    Batch {
        records: kept,
        ..batch
    }
}

fn lock(store: &Mutex<Box<dyn Store>>) -> MutexGuard<'_, Box<dyn Store>> {
    store.lock().unwrap_or_else(PoisonError::into_inner)
}

fn broken(error: tokio::task::JoinError) -> Error {
    Error::new(ErrorKind::Store, "the store ended while it wrote").with_source(error)
}
