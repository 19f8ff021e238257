//! Records as JSON Lines: an object a line, for other programs.

use super::Store;
use crate::{Batch, Error, ErrorKind, Record, Stream, StreamState, Value};
use std::io::{ErrorKind as Io, Write};

/// Writes every record as `{"stream": .., "record": {..}}`, what was rejected as
/// `{"stream": .., "rejected": .., "reason": ..}` and, after each batch,
/// `{"stream": .., "state": {..}}`: all before that line is covered by the state.
pub struct JsonLines<W> {
    out: W,
}

impl<W: Write + Send> JsonLines<W> {
    /// Writes to `out`.
    pub fn new(out: W) -> Self {
        Self { out }
    }

    fn line(&mut self, value: &serde_json::Value) -> Result<(), Error> {
        serde_json::to_writer(&mut self.out, value)
            .map_err(std::io::Error::from)
            .and_then(|()| self.out.write_all(b"\n"))
            .map_err(refused)
    }

    fn record(&mut self, stream: &Stream, record: &Record) -> Result<(), Error> {
        let mut line = Vec::with_capacity(256);
        line.extend_from_slice(b"{\"stream\":");
        json(&mut line, &stream.name)?;
        line.extend_from_slice(b",\"record\":{");
        for (index, (column, value)) in stream.columns.iter().zip(record.values()).enumerate() {
            if index > 0 {
                line.push(b',');
            }
            json(&mut line, &column.name)?;
            line.push(b':');
            match value {
                Value::Null => line.extend_from_slice(b"null"),
                Value::Boolean(value) => json(&mut line, value)?,
                Value::Integer(value) => json(&mut line, value)?,
                Value::Number(value) => json(&mut line, value)?,
                Value::Text(value) => json(&mut line, value)?,
                Value::Json(value) => line.extend_from_slice(value.as_bytes()),
            }
        }
        line.extend_from_slice(b"}}\n");
        self.out.write_all(&line).map_err(refused)
    }
}

fn json(line: &mut Vec<u8>, value: &(impl serde::Serialize + ?Sized)) -> Result<(), Error> {
    serde_json::to_writer(line, value).map_err(|error| refused(error.into()))
}

fn refused(error: std::io::Error) -> Error {
    let remedy = match error.kind() {
        Io::StorageFull | Io::QuotaExceeded | Io::FileTooLarge => {
            "make room for it and run again: all up to the last line with a `state` is complete"
        }
        _ => "run again: all up to the last line with a `state` is complete",
    };
    Error::new(ErrorKind::Store, format!("the output: {error}"))
        .with_remedy(remedy)
        .with_source(error)
}

impl<W: Write + Send> Store for JsonLines<W> {
    fn prepare(&mut self, _: &Stream) -> Result<(), Error> {
        Ok(())
    }

    fn state(&mut self, _: &str) -> Result<Option<StreamState>, Error> {
        Ok(None)
    }

    fn commit(&mut self, stream: &Stream, batch: &Batch) -> Result<(), Error> {
        for record in &batch.records {
            self.record(stream, record)
                .map_err(|error| error.of_stream(&stream.name))?;
        }
        for rejected in &batch.rejected {
            let raw: serde_json::Value = serde_json::from_str(&rejected.raw)
                .unwrap_or_else(|_| rejected.raw.as_str().into());
            self.line(&serde_json::json!({
                "stream": stream.name, "rejected": raw, "reason": rejected.reason,
            }))?;
        }
        self.line(&serde_json::json!({"stream": stream.name, "state": batch.state}))?;
        self.out.flush().map_err(refused)
    }
}
