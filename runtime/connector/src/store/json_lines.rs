//! Records as JSON Lines: an object a line, for other programs.

use super::Store;
use crate::{Batch, Error, ErrorKind, Record, Stream, StreamState, Value};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, ErrorKind as Io, Write};
use std::path::Path;

/// Writes every record as `{"stream": .., "record": {..}}`, what was rejected as
/// `{"stream": .., "rejected": .., "reason": ..}` and, after each batch,
/// `{"stream": .., "state": {..}}`: all before that line is covered by the state.
pub struct JsonLines<W> {
    out: W,
    /// The states that the file ends with.
    states: BTreeMap<String, StreamState>,
}

/// The line after a batch.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StateLine {
    stream: String,
    state: StreamState,
}

/// The line of what could not be read as a record.
#[derive(Serialize)]
struct RejectedLine<'a> {
    stream: &'a str,
    rejected: serde_json::Value,
    reason: &'a str,
}

impl JsonLines<BufWriter<File>> {
    /// Appends to a file, which is made where it is not there. What stands behind its
    /// last state was not kept whole, and is cut off; reading goes on from that state.
    ///
    /// # Errors
    /// It cannot be opened, or holds lines that no flow has written.
    pub fn append(path: &Path) -> Result<Self, Error> {
        let failed = |error: io::Error| {
            let message = format!("`{}`: {error}", path.display());
            Error::new(ErrorKind::Store, message).with_source(error)
        };
        let mut options = File::options();
        let file = options.create(true).read(true).append(true).open(path);
        let file = file.map_err(failed)?;
        // A device or a pipe holds nothing to go on from.
        if !file.metadata().map_err(failed)?.is_file() {
            return Ok(Self::new(BufWriter::new(file)));
        }
        let (states, end) = read(&file).map_err(failed)?.ok_or_else(|| {
            let message = format!("`{}` holds lines that no flow has written", path.display());
            Error::new(ErrorKind::Store, message).with_remedy("choose another file")
        })?;
        file.set_len(end).map_err(failed)?;
        Ok(Self {
            states,
            ..Self::new(BufWriter::new(file))
        })
    }
}

/// The states of a file, and where the last of them ends; `None` where a line is none of a
/// flow.
fn read(file: &File) -> io::Result<Option<(BTreeMap<String, StreamState>, u64)>> {
    let (mut lines, mut line) = (BufReader::new(file), Vec::new());
    let (mut states, mut at, mut end) = (BTreeMap::new(), 0, 0);
    loop {
        line.clear();
        let length = lines.read_until(b'\n', &mut line)?;
        if length == 0 {
            return Ok(Some((states, end)));
        }
        at += length as u64;
        let start = b"{\"stream\":";
        // The last line may have been cut anywhere.
        let is_whole = line.ends_with(b"\n");
        if !line.starts_with(start) && (is_whole || !start.starts_with(&line)) {
            return Ok(None);
        }
        // A line with a record ends at that name.
        if let Some(found) = serde_json::from_slice(&line).ok().filter(|_| is_whole) {
            let found: StateLine = found;
            states.insert(found.stream, found.state);
            end = at;
        }
    }
}

impl<W: Write + Send> JsonLines<W> {
    /// Writes to `out`.
    pub fn new(out: W) -> Self {
        Self {
            out,
            states: BTreeMap::new(),
        }
    }

    fn line(&mut self, value: &impl Serialize) -> Result<(), Error> {
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

    fn state(&mut self, stream: &str) -> Result<Option<StreamState>, Error> {
        Ok(self.states.get(stream).cloned())
    }

    fn commit(&mut self, stream: &Stream, batch: &Batch) -> Result<(), Error> {
        for record in &batch.records {
            self.record(stream, record)
                .map_err(|error| error.of_stream(&stream.name))?;
        }
        for rejected in &batch.rejected {
            let raw: serde_json::Value = serde_json::from_str(&rejected.raw)
                .unwrap_or_else(|_| rejected.raw.as_str().into());
            self.line(&RejectedLine {
                stream: &stream.name,
                rejected: raw,
                reason: &rejected.reason,
            })?;
        }
        self.line(&StateLine {
            stream: stream.name.clone(),
            state: batch.state.clone(),
        })?;
        self.out.flush().map_err(refused)
    }
}
