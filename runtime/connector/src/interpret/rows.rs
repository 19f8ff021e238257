//! From the JSON of a record to the values of a stream's columns, by the tables that
//! typed models are read with.

use crate::integrate::cell;
use crate::{Column, ColumnKind, Error, ErrorKind, Record, Rejected, Stream, Value};
use pontoon_runtime::codec::json;
use pontoon_runtime::model::dynamic::{self, Definition, Property, Shape, Types};
use pontoon_runtime::model::{Field, View};

/// Reads records of one stream.
pub(super) struct Rows {
    types: &'static Types,
}

impl Rows {
    /// A reader for the columns of `stream`. What a record has beside them is passed
    /// over; a column that it has not is null, save for those of the key: a record
    /// without its key is none.
    ///
    /// `given` are columns that do not stand in records (those of the parent).
    pub(super) fn new(stream: &Stream, given: usize) -> Result<Self, Error> {
        let own = stream.columns.iter().take(stream.columns.len() - given);
        let properties = own.map(|column| {
            let is_key = stream.key.contains(&column.name);
            let shape = shape(column);
            match is_key {
                true => Property::new(&column.name, Field::REQUIRED, shape),
                false => Property::new(&column.name, 0, Shape::optional(shape)),
            }
        });
        let record = Definition::Object {
            name: stream.name.clone(),
            properties: properties.collect(),
            additional: None,
        };
        let types = Types::new(vec![record]).map_err(|error| {
            Error::new(ErrorKind::Config, "the columns are no type of an object")
                .of_stream(&stream.name)
                .with_source(error)
        })?;
        Ok(Self { types })
    }

    /// The values of a record, or why it is none.
    pub(super) fn read(&self, text: &[u8], given: &[Value]) -> Result<Record, Rejected> {
        let mut record = self.types.blank(0);
        match json::decode(text, record.slot()) {
            Ok(()) => Ok(Record::new(values(&record, given))),
            Err(error) => Err(Rejected {
                reason: error.to_string(),
                raw: String::from_utf8_lossy(text).into_owned(),
            }),
        }
    }
}

fn shape(column: &Column) -> Shape {
    match column.kind {
        ColumnKind::Boolean => Shape::Bool,
        ColumnKind::Integer => Shape::I64,
        ColumnKind::Number => Shape::F64,
        // Moments and days stay as the source writes them.
        ColumnKind::Text | ColumnKind::Timestamp | ColumnKind::Date => Shape::String,
        ColumnKind::Json => Shape::Json,
    }
}

fn values(record: &dynamic::Value, given: &[Value]) -> Vec<Value> {
    let View::Model(model) = record.view() else {
        return given.to_vec();
    };
    let count = model.table().fields.len();
    let mut values = Vec::with_capacity(count + given.len());
    // A shape of JSON gives JSON, every other what its column holds.
    values.extend((0..count).map(|index| cell(model.view_at(index), false)));
    values.extend_from_slice(given);
    values
}
