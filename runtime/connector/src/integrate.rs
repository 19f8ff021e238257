//! What integrations written by hand stand on: typed values as records, and the
//! bookmark that an interpreted connector goes on from, too.

use crate::progress::Progress;
use crate::{Batch, ColumnKind, Open, Record, Rejected, Stream, StreamState, Value};
use pontoon_runtime::Position;
use pontoon_runtime::codec::json::{self, Mode};
use pontoon_runtime::json::Json;
use pontoon_runtime::model::{Reflect, View};
use std::time::SystemTime;

impl Record {
    /// The values of a typed value for the columns of a stream, found by their names on
    /// the wire; null for columns that it has not.
    pub fn of(value: &impl Reflect, stream: &Stream) -> Self {
        let columns = stream.columns.iter();
        let View::Model(model) = value.view() else {
            return Self::new(columns.map(|_| Value::Null).collect());
        };
        let fields = model.table().fields;
        let values = columns.map(|column| {
            let index = fields.iter().position(|field| field.name == column.name);
            index.map_or(Value::Null, |index| {
                cell(model.view_at(index), column.kind == ColumnKind::Json)
            })
        });
        Self::new(values.collect())
    }
}

/// A value of a column; in a column of JSON, scalars are JSON, too.
pub(crate) fn cell(view: View<'_>, as_json: bool) -> Value {
    match view {
        View::Absent | View::Null | View::Json(Json::Null) => Value::Null,
        View::Json(value) => Value::Json(value.to_string()),
        View::Bool(value) if !as_json => Value::Boolean(value),
        View::I64(value) if !as_json => Value::Integer(value),
        View::F64(value) if !as_json => Value::Number(value),
        View::Str(value) if !as_json => Value::Text(value.to_owned()),
        view => {
            let Ok(text) = json::encode(view, Mode::Whole) else {
                return Value::Null;
            };
            let text = String::from_utf8(text).unwrap_or_default();
            match serde_json::from_str(&text) {
                // A type of a format is written as a text.
                Ok(serde_json::Value::String(text)) if !as_json => Value::Text(text),
                Ok(serde_json::Value::Null) => Value::Null,
                _ => Value::Json(text),
            }
        }
    }
}

/// Where the reading of a list stands, in the terms that all sources share: another
/// source that lists by the same operation goes on from it.
///
/// ```
/// use pontoon_connector::{Bookmark, Column, ColumnKind, Stream, StreamState};
///
/// let stream = Stream {
///     name: "issues".to_owned(),
///     columns: vec![Column::new("id", ColumnKind::Integer)],
///     key: vec!["id".to_owned()],
///     cursor: Vec::new(),
///     parent: None,
/// };
/// let bookmark = Bookmark::new(&stream, "issues/list", StreamState::default());
/// assert!(bookmark.start().is_none());
/// // let pages = client.issues().list().pages();
/// // and, for each page: bookmark.batch(records, vec![], pages.position(), None)
/// ```
pub struct Bookmark {
    operation: String,
    progress: Progress,
    at: Option<Position>,
    is_fresh: bool,
}

impl Bookmark {
    /// Goes on from `state`, as far as it is of this operation (`operationId`, or
    /// `METHOD path`); otherwise from its cursor.
    pub fn new(stream: &Stream, operation: &str, state: StreamState) -> Self {
        let open = state.open.as_ref();
        let open = open.filter(|open| open.operation == operation);
        let at = open.and_then(|open| open.at.as_ref());
        let progress = Progress::new(stream, &state, open);
        Self {
            at: at.and_then(|at| at.to_string().parse().ok()),
            is_fresh: open.is_none() && progress.is_whole(),
            progress,
            operation: operation.to_owned(),
        }
    }

    /// The position of the first page to read; the beginning where there is none.
    pub fn start(&self) -> Option<Position> {
        self.at.clone()
    }

    /// From where on records are asked for: a little before the cursor, so that those of
    /// the same moment come, too.
    pub fn since(&self) -> Option<serde_json::Value> {
        self.progress.since(0)
    }

    /// The batch of a page whose end is at `at`. `date` is the server's clock, so that
    /// the cursor does not pass what may change while the list is read.
    pub fn batch(
        &mut self,
        records: Vec<Record>,
        rejected: Vec<Rejected>,
        at: &Position,
        date: Option<SystemTime>,
    ) -> Batch {
        self.progress.page(date);
        for record in &records {
            self.progress.note(record);
        }
        let state = match at.is_end() {
            true => self.progress.ended(),
            false => {
                let open = Open {
                    at: serde_json::from_str(&at.to_string()).ok(),
                    ..Open::default()
                };
                self.progress.going_on(&self.operation, open)
            }
        };
        Batch {
            is_first: std::mem::take(&mut self.is_fresh),
            records,
            rejected,
            state,
        }
    }
}
