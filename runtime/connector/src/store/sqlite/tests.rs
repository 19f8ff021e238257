//! What a file holds after batches, crashes and changes of schema.

use super::*;
use crate::{Open, Rejected};

fn stream(columns: &[(&str, ColumnKind)]) -> Stream {
    Stream {
        name: "issues \"x\"".to_owned(),
        columns: columns
            .iter()
            .map(|(name, kind)| Column::new(*name, *kind))
            .collect(),
        key: vec!["id".to_owned()],
        cursor: Vec::new(),
        parent: None,
    }
}

fn issues() -> Stream {
    stream(&[("id", ColumnKind::Integer), ("title", ColumnKind::Text)])
}

fn batch(rows: &[(i64, &str)], at: u64) -> Batch {
    let record = |(id, title): &(i64, &str)| {
        Record::new(vec![Value::Integer(*id), Value::Text((*title).to_owned())])
    };
    Batch {
        is_first: false,
        records: rows.iter().map(record).collect(),
        rejected: Vec::new(),
        state: at_page(at),
    }
}

fn at_page(at: u64) -> StreamState {
    StreamState {
        cursor: None,
        by: Vec::new(),
        open: Some(Open {
            operation: "issues/list".to_owned(),
            at: Some(at.into()),
            ..Open::default()
        }),
    }
}

fn rows(store: &Sqlite, query: &str) -> Vec<String> {
    let mut statement = store.connection.prepare(query).expect("a query");
    let width = statement.column_count();
    let rows = statement.query_map([], |row| {
        let cells = (0..width).map(|index| match row.get_ref(index)? {
            ValueRef::Null => Ok("-".to_owned()),
            ValueRef::Integer(value) => Ok(value.to_string()),
            ValueRef::Real(value) => Ok(value.to_string()),
            ValueRef::Text(value) | ValueRef::Blob(value) => {
                Ok(String::from_utf8_lossy(value).into_owned())
            }
        });
        let cells: rusqlite::Result<Vec<_>> = cells.collect();
        Ok(cells?.join(" "))
    });
    rows.expect("rows").map(|row| row.expect("a row")).collect()
}

const ALL: &str = "SELECT * FROM \"issues \"\"x\"\"\" ORDER BY 1";

#[test]
fn upserts_and_keeps_the_state() {
    let mut store = Sqlite::in_memory().expect("a store");
    store.prepare(&issues()).expect("room");
    assert_eq!(store.state("issues \"x\"").expect("no state"), None);
    let first = batch(&[(1, "a"), (2, "b")], 2);
    store.commit(&issues(), &first).expect("kept");
    store
        .commit(&issues(), &batch(&[(2, "c"), (3, "d")], 3))
        .expect("kept");
    assert_eq!(rows(&store, ALL), ["1 a", "2 c", "3 d"]);
    assert_eq!(
        store.state("issues \"x\"").expect("a state"),
        Some(at_page(3))
    );
}

#[test]
fn a_batch_is_kept_whole_or_not_at_all() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("s.db");
    let mut store = Sqlite::open(&path).expect("a store");
    store.prepare(&issues()).expect("room");
    store
        .commit(&issues(), &batch(&[(1, "a")], 1))
        .expect("kept");
    store
        .connection
        .execute_batch(
            "CREATE TRIGGER full BEFORE INSERT ON _pontoon_state
             BEGIN SELECT raise(ABORT, 'no room'); END;",
        )
        .expect("a trigger");
    let error = store.commit(&issues(), &batch(&[(2, "b")], 2));
    let error = error.expect_err("the state cannot be written");
    assert_eq!(error.kind(), ErrorKind::Store);
    assert_eq!(
        error.to_string(),
        "stream `issues \"x\"`: the store: no room"
    );
    drop(store);
    let mut store = Sqlite::open(&path).expect("a store");
    assert_eq!(rows(&store, ALL), ["1 a"]);
    assert_eq!(
        store.state("issues \"x\"").expect("a state"),
        Some(at_page(1))
    );
}

#[test]
fn columns_are_added_and_stay() {
    let mut store = Sqlite::in_memory().expect("a store");
    store.prepare(&issues()).expect("room");
    store
        .commit(&issues(), &batch(&[(1, "a"), (2, "b")], 1))
        .expect("kept");
    let wide = stream(&[
        ("id", ColumnKind::Integer),
        ("ID", ColumnKind::Text),
        ("title", ColumnKind::Text),
        ("company", ColumnKind::Text),
    ]);
    store.prepare(&wide).expect("room");
    let record = |id, company: &str| {
        let text = |text: &str| Value::Text(text.to_owned());
        Record::new(vec![
            Value::Integer(id),
            text("X"),
            text("t"),
            text(company),
        ])
    };
    let more = Batch {
        records: vec![record(2, "acme"), record(3, "ink")],
        ..batch(&[], 2)
    };
    store.commit(&wide, &more).expect("kept");
    assert_eq!(rows(&store, ALL), ["1 a - -", "2 t X acme", "3 t X ink"]);
    // The narrow source again: what it does not know stays.
    store.prepare(&issues()).expect("room");
    store
        .commit(&issues(), &batch(&[(2, "again")], 3))
        .expect("kept");
    assert_eq!(rows(&store, ALL)[1], "2 again X acme");
    let spelled = "SELECT name, spelled FROM _pontoon_columns ORDER BY name";
    assert_eq!(
        rows(&store, spelled),
        ["ID ID_2", "company company", "id id", "title title"]
    );
}

#[test]
fn another_key_is_refused() {
    let mut store = Sqlite::in_memory().expect("a store");
    store.prepare(&issues()).expect("room");
    let mut other = issues();
    other.key = vec!["id".to_owned(), "title".to_owned()];
    let error = store.prepare(&other).expect_err("another key");
    assert!(
        error
            .to_string()
            .ends_with("the table's key is (id), the stream's is (id, title)")
    );
    assert!(error.remedy().is_some());
    other.columns.clear();
    let error = store.prepare(&other).expect_err("no columns");
    assert!(
        error
            .to_string()
            .ends_with("it has no columns: its records are no objects")
    );
    other = issues();
    other.key = vec!["nothing".to_owned()];
    assert_eq!(
        store.prepare(&other).expect_err("no such column").kind(),
        ErrorKind::Config
    );
}

#[test]
fn bad_records_are_kept_aside_once() {
    let mut store = Sqlite::in_memory().expect("a store");
    store.prepare(&issues()).expect("room");
    let bad = Batch {
        rejected: vec![Rejected {
            reason: "/id: a text where an integer belongs".to_owned(),
            raw: "{\"id\": \"x\"}".to_owned(),
        }],
        ..batch(&[], 1)
    };
    store.commit(&issues(), &bad).expect("kept");
    store.commit(&issues(), &bad).expect("kept");
    let found = rows(&store, "SELECT raw FROM _pontoon_rejected");
    assert_eq!(found, ["{\"id\": \"x\"}"]);
}

#[test]
fn values_keep_their_types() {
    let mut store = Sqlite::in_memory().expect("a store");
    let kinds = [
        ("id", ColumnKind::Integer),
        ("on", ColumnKind::Boolean),
        ("ratio", ColumnKind::Number),
        ("at", ColumnKind::Timestamp),
        ("day", ColumnKind::Date),
        ("labels", ColumnKind::Json),
        ("name", ColumnKind::Text),
    ];
    let stream = stream(&kinds);
    store.prepare(&stream).expect("room");
    let text = |text: &str| Value::Text(text.to_owned());
    let values = vec![
        Value::Integer(i64::MAX),
        Value::Boolean(true),
        Value::Number(0.5),
        text("2024"),
        text("2024-01-02"),
        Value::Json("[1]".to_owned()),
        text("007"),
    ];
    let one = Batch {
        records: vec![Record::new(values), Record::new(vec![Value::Integer(1)])],
        ..batch(&[], 1)
    };
    store.commit(&stream, &one).expect("kept");
    let types = "SELECT typeof(\"id\"), typeof(\"on\"), typeof(ratio), typeof(at), typeof(day),
                 typeof(labels), typeof(name), at, name FROM \"issues \"\"x\"\"\" ORDER BY id DESC";
    assert_eq!(
        rows(&store, types),
        [
            "integer integer real text text text text 2024 007",
            "integer null null null null null null - -"
        ]
    );
}

#[test]
fn what_is_no_store_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("notes.txt");
    std::fs::write(
        &path,
        "not a database, but a text that is long enough".repeat(50),
    )
    .expect("a file");
    let Err(error) = Sqlite::open(&path) else {
        panic!("a text is no store");
    };
    assert_eq!(error.kind(), ErrorKind::Store);
    assert!(error.remedy().is_some());
    assert!(Sqlite::open(&folder.path().join("no/such/folder.db")).is_err());
}

#[test]
fn without_a_key_a_new_reading_replaces_the_old() {
    let mut store = Sqlite::in_memory().expect("a store");
    let mut stream = issues();
    stream.key = Vec::new();
    store.prepare(&stream).expect("room");
    let first = |rows| Batch {
        is_first: true,
        ..batch(rows, 1)
    };
    store.commit(&stream, &first(&[(1, "a")])).expect("kept");
    store
        .commit(&stream, &batch(&[(1, "a"), (2, "b")], 2))
        .expect("kept");
    assert_eq!(rows(&store, ALL), ["1 a", "1 a", "2 b"]);
    store.commit(&stream, &first(&[(3, "c")])).expect("kept");
    assert_eq!(rows(&store, ALL), ["3 c"]);
}
