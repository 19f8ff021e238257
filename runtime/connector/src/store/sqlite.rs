//! The embedded store: a SQLite file.
//!
//! A table per stream, and three tables of its own beside them: `_pontoon_state`
//! (a row per stream), `_pontoon_rejected` and `_pontoon_columns` (which column of
//! a table holds which column of the stream). A batch and its state are one
//! transaction, so that a crash between any two instructions loses nothing and
//! repeats nothing.

use super::Store;
use crate::{Batch, Column, ColumnKind, Error, ErrorKind, Record, Stream, StreamState, Value};
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode, OptionalExtension, ToSql, params};
use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

/// A store in a SQLite file.
pub struct Sqlite {
    connection: Connection,
    statements: HashMap<String, String>,
}

impl Sqlite {
    /// Opens the file, or makes it.
    ///
    /// # Errors
    /// The file cannot be opened, is no SQLite file, or another program writes it.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let named = |error| {
            refused(error).with_remedy(format!(
                "`{}` must be a SQLite file, or a path where one can be made",
                path.display()
            ))
        };
        let connection = Connection::open(path).map_err(named)?;
        Self::with(connection).map_err(|error| match error.remedy() {
            Some(_) => error,
            None => error.with_remedy(format!("the store is `{}`", path.display())),
        })
    }

    /// A store in memory, for tests and previews.
    ///
    /// # Errors
    /// There is no memory for it.
    pub fn in_memory() -> Result<Self, Error> {
        Self::with(Connection::open_in_memory().map_err(refused)?)
    }

    fn with(connection: Connection) -> Result<Self, Error> {
        let set_up = || -> rusqlite::Result<()> {
            connection.busy_timeout(Duration::from_secs(10))?;
            // A write-ahead log keeps commits cheap; what a crash of the machine takes
            // are whole transactions, records and state alike.
            connection.pragma_update(None, "journal_mode", "wal")?;
            connection.pragma_update(None, "synchronous", "normal")?;
            connection.set_prepared_statement_cache_capacity(64);
            connection.execute_batch(
                "CREATE TABLE IF NOT EXISTS _pontoon_state (
                     stream TEXT PRIMARY KEY, state TEXT NOT NULL
                 ) STRICT, WITHOUT ROWID;
                 CREATE TABLE IF NOT EXISTS _pontoon_columns (
                     stream TEXT NOT NULL, name TEXT NOT NULL, spelled TEXT NOT NULL,
                     kind TEXT NOT NULL, PRIMARY KEY (stream, name)
                 ) STRICT, WITHOUT ROWID;
                 CREATE TABLE IF NOT EXISTS _pontoon_rejected (
                     stream TEXT NOT NULL, reason TEXT NOT NULL, raw TEXT NOT NULL,
                     UNIQUE (stream, raw)
                 ) STRICT;",
            )
        };
        set_up().map_err(refused)?;
        Ok(Self {
            connection,
            statements: HashMap::new(),
        })
    }

    /// How a stream's columns are spelled in its table: SQLite does not tell `Id`
    /// from `id`.
    fn spelled(&self, stream: &Stream) -> rusqlite::Result<HashMap<String, String>> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT name, spelled FROM _pontoon_columns WHERE stream = ?1")?;
        let rows = statement.query_map([&stream.name], |row| Ok((row.get(0)?, row.get(1)?)))?;
        rows.collect()
    }

    fn make_room(&mut self, stream: &Stream) -> rusqlite::Result<Result<(), Error>> {
        if stream.columns.is_empty() {
            return Ok(Err(Error::new(
                ErrorKind::Config,
                "it has no columns: its records are no objects",
            )));
        }
        let mut known = self.spelled(stream)?;
        let transaction = self.connection.transaction()?;
        let is_new = known.is_empty();
        let mut taken: Vec<String> = known.values().map(|name| name.to_lowercase()).collect();
        let mut added = Vec::new();
        for column in &stream.columns {
            if known.contains_key(&column.name) {
                continue;
            }
            let mut spelled = column.name.clone();
            let mut count = 2;
            while taken.contains(&spelled.to_lowercase()) {
                spelled = format!("{}_{count}", column.name);
                count += 1;
            }
            taken.push(spelled.to_lowercase());
            transaction.execute(
                "INSERT INTO _pontoon_columns VALUES (?1, ?2, ?3, ?4)",
                params![stream.name, column.name, spelled, declared(column)],
            )?;
            added.push(format!("{} {}", quoted(&spelled), declared(column)));
            known.insert(column.name.clone(), spelled);
        }
        let key: Vec<String> = stream
            .key
            .iter()
            .filter_map(|name| known.get(name))
            .map(|name| quoted(name))
            .collect();
        if key.len() < stream.key.len() {
            return Ok(Err(Error::new(
                ErrorKind::Config,
                "a column of the key is none of the stream's",
            )));
        }
        let table = quoted(&stream.name);
        if is_new {
            let mut rows = added;
            if !key.is_empty() {
                rows.push(format!("PRIMARY KEY ({})", key.join(", ")));
            }
            transaction.execute(&format!("CREATE TABLE {table} ({})", rows.join(", ")), [])?;
        } else {
            let present = primary_key(&transaction, &stream.name)?;
            let wanted: Vec<&String> = stream
                .key
                .iter()
                .filter_map(|name| known.get(name))
                .collect();
            if present.iter().ne(wanted) {
                return Ok(Err(Error::new(
                    ErrorKind::Store,
                    format!(
                        "the table's key is ({}), the stream's is ({})",
                        present.join(", "),
                        stream.key.join(", ")
                    ),
                )
                .with_remedy(
                    "sync into another file, or drop the table and its state",
                )));
            }
            for column in added {
                transaction.execute(&format!("ALTER TABLE {table} ADD COLUMN {column}"), [])?;
            }
        }
        transaction.commit()?;
        let statement = upsert(stream, &known);
        self.statements.insert(stream.name.clone(), statement);
        Ok(Ok(()))
    }

    fn keep(&mut self, stream: &Stream, batch: &Batch) -> rusqlite::Result<()> {
        let statement = self.statements.get(&stream.name);
        let statement = statement.ok_or(rusqlite::Error::InvalidQuery)?;
        let transaction = self.connection.transaction()?;
        {
            if batch.is_first && stream.key.is_empty() {
                transaction.execute(&format!("DELETE FROM {}", quoted(&stream.name)), [])?;
            }
            let mut insert = transaction.prepare_cached(statement)?;
            for record in &batch.records {
                insert.execute(rusqlite::params_from_iter(row(stream, record)))?;
            }
            let mut aside = transaction
                .prepare_cached("INSERT OR IGNORE INTO _pontoon_rejected VALUES (?1, ?2, ?3)")?;
            for rejected in &batch.rejected {
                aside.execute(params![stream.name, rejected.reason, rejected.raw])?;
            }
            let state = serde_json::to_string(&batch.state)
                .map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
            transaction
                .prepare_cached("INSERT OR REPLACE INTO _pontoon_state VALUES (?1, ?2)")?
                .execute(params![stream.name, state])?;
        }
        transaction.commit()
    }
}

impl Store for Sqlite {
    fn prepare(&mut self, stream: &Stream) -> Result<(), Error> {
        self.make_room(stream)
            .unwrap_or_else(|error| Err(refused(error)))
            .map_err(|error| error.of_stream(&stream.name))
    }

    fn state(&mut self, stream: &str) -> Result<Option<StreamState>, Error> {
        let text: Option<String> = self
            .connection
            .prepare_cached("SELECT state FROM _pontoon_state WHERE stream = ?1")
            .and_then(|mut found| found.query_row([stream], |row| row.get(0)).optional())
            .map_err(|error| refused(error).of_stream(stream))?;
        text.map(|text| serde_json::from_str(&text))
            .transpose()
            .map_err(|error| {
                Error::new(ErrorKind::Store, "the state is not one of this version")
                    .of_stream(stream)
                    .with_source(error)
                    .with_remedy("delete its row of `_pontoon_state` to read the stream anew")
            })
    }

    fn commit(&mut self, stream: &Stream, batch: &Batch) -> Result<(), Error> {
        self.keep(stream, batch)
            .map_err(|error| refused(error).of_stream(&stream.name))
    }
}

/// The values of a record as they are bound. A cell that is missing is null.
fn row<'a>(stream: &'a Stream, record: &'a Record) -> impl Iterator<Item = Cell<'a>> {
    let values = record.values();
    (0..stream.columns.len()).map(|index| Cell(values.get(index).unwrap_or(&Value::Null)))
}

struct Cell<'a>(&'a Value);

impl ToSql for Cell<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self.0 {
            Value::Null => ValueRef::Null,
            Value::Boolean(value) => ValueRef::Integer((*value).into()),
            Value::Integer(value) => ValueRef::Integer(*value),
            Value::Number(value) => ValueRef::Real(*value),
            Value::Text(value) | Value::Json(value) => ValueRef::Text(value.as_bytes()),
        }))
    }
}

/// `INSERT .. ON CONFLICT DO UPDATE`. Columns that are not the stream's keep what
/// they hold: another source of the flow may fill them.
fn upsert(stream: &Stream, spelled: &HashMap<String, String>) -> String {
    let name = |column: &String| quoted(spelled.get(column).unwrap_or(column));
    let columns: Vec<String> = stream.columns.iter().map(|c| name(&c.name)).collect();
    let marks: Vec<String> = (1..=columns.len())
        .map(|index| format!("?{index}"))
        .collect();
    let mut text = format!(
        "INSERT INTO {} ({}) VALUES ({})",
        quoted(&stream.name),
        columns.join(", "),
        marks.join(", ")
    );
    if !stream.key.is_empty() {
        let key: Vec<String> = stream.key.iter().map(name).collect();
        let others = columns.iter().filter(|column| !key.contains(column));
        let sets: Vec<String> = others.map(|c| format!("{c} = excluded.{c}")).collect();
        let change = match sets.is_empty() {
            true => "NOTHING".to_owned(),
            false => format!("UPDATE SET {}", sets.join(", ")),
        };
        text.push_str(&format!(" ON CONFLICT ({}) DO {change}", key.join(", ")));
    }
    text
}

fn primary_key(connection: &Connection, table: &str) -> rusqlite::Result<Vec<String>> {
    connection
        .prepare("SELECT name FROM pragma_table_info(?1) WHERE pk > 0 ORDER BY pk")?
        .query_map([table], |row| row.get(0))?
        .collect()
}

/// The type in the table's declaration: what people and tools read it as.
fn declared(column: &Column) -> &'static str {
    match column.kind {
        ColumnKind::Boolean => "BOOLEAN",
        ColumnKind::Integer => "INTEGER",
        ColumnKind::Number => "REAL",
        ColumnKind::Text => "TEXT",
        // `TIMESTAMP` and `DATE` would have numeric affinity, by which SQLite turns
        // "2024" into a number.
        ColumnKind::Timestamp => "TEXT_TIMESTAMP",
        ColumnKind::Date => "TEXT_DATE",
        ColumnKind::Json => "TEXT_JSON",
    }
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn refused(error: rusqlite::Error) -> Error {
    let remedy = match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => {
            Some("make room on the disk and run again: what is kept so far is complete")
        }
        Some(ErrorCode::SystemIoFailure) => Some(
            "see that the disk works, and that there is neither a quota nor a limit to how large \
             a file may be; then run again: what is kept so far is complete",
        ),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            Some("another program writes the file: wait for it, or choose another file")
        }
        Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen) => {
            Some("the file or its folder cannot be written")
        }
        Some(ErrorCode::NotADatabase) => Some("the file is no SQLite file: choose another"),
        _ => None,
    };
    let found = Error::new(ErrorKind::Store, format!("the store: {error}"));
    match remedy {
        Some(remedy) => found.with_remedy(remedy),
        None => found,
    }
    .with_source(error)
}

#[cfg(test)]
mod tests;
