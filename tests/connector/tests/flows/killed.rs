//! Runs that are killed, and the table that they leave.
//!
//! `PONTOON_KILLS` and `PONTOON_KILL_RECORDS` say how many kills of runs over how many
//! issues; `tests/connector/kills/run` is the full run, and keeps what is printed.

use crate::github::{GitHub, ran, sync};
use rusqlite::Connection;
use std::process::Child;
use std::time::{Duration, Instant};

/// About how many kills a store sees before it is whole.
const KILLS_OF_A_STORE: u32 = 10;
const ALL: &str = "SELECT * FROM repos_issues ORDER BY number";
const COUNT: &str = "SELECT count(*) FROM repos_issues";

/// Kills a run after so long, unless it has ended by then; gives whether it had.
fn cut(mut child: Child, after: Duration) -> bool {
    let end = Instant::now() + after;
    while Instant::now() < end {
        if let Some(status) = child.try_wait().expect("its state") {
            assert!(status.success());
            return true;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    child.kill().expect("killed");
    child.wait().expect("its end");
    false
}

fn open(github: &GitHub, store: &str) -> Connection {
    Connection::open(github.folder.path().join(store)).expect("the store")
}

/// How many records there are; none before the table is made.
fn kept(github: &GitHub, store: &str) -> u64 {
    let count = open(github, store).query_row(COUNT, [], |row| row.get::<_, i64>(0));
    count
        .ok()
        .and_then(|count| u64::try_from(count).ok())
        .unwrap_or(0)
}

/// The number of rows of two stores, which must be the same row by row.
fn same(github: &GitHub, left: &str, right: &str) -> u64 {
    let (left, right) = (open(github, left), open(github, right));
    let (mut left, mut right) = (
        left.prepare(ALL).expect("rows"),
        right.prepare(ALL).expect("rows"),
    );
    let width = left.column_count();
    assert_eq!(left.column_names(), right.column_names());
    let (mut left, mut right) = (
        left.query([]).expect("rows"),
        right.query([]).expect("rows"),
    );
    let mut rows = 0;
    loop {
        match (left.next().expect("a row"), right.next().expect("a row")) {
            (None, None) => return rows,
            (Some(left), Some(right)) => {
                rows += 1;
                for index in 0..width {
                    let cells = (left.get_ref(index), right.get_ref(index));
                    assert_eq!(cells.0, cells.1, "row {rows}, column {index}");
                }
            }
            _ => panic!("another number of rows, from row {rows} on"),
        }
    }
}

fn number(name: &str, default: u64) -> u64 {
    let text = std::env::var(name).ok();
    text.and_then(|text| text.parse().ok()).unwrap_or(default)
}

#[test]
fn killed_runs_leave_the_table_of_one_that_was_not() {
    let kills = number("PONTOON_KILLS", 6);
    let records = number("PONTOON_KILL_RECORDS", 2000);
    let github = GitHub::new(records, 1, &["429", "500", "reset", "half"]);
    let whole = github.flow("manifest", &["repos_issues"], "whole.db");
    let start = Instant::now();
    ran(sync(&whole));
    let length = start.elapsed();
    assert_eq!(kept(&github, "whole.db"), records);
    eprintln!(
        "kills: one run without a kill takes {:.1} s\n",
        length.as_secs_f64()
    );
    eprintln!("| store | kills | records kept at each | rows in the end | the table |");
    eprintln!("|---|---|---|---|---|");
    // Instants that differ from kill to kill; on average a tenth of a whole run.
    let most = u64::try_from((length * 2 / KILLS_OF_A_STORE).as_millis()).unwrap_or(u64::MAX);
    let mut seed = 0x2545_f491_4f6c_dd1d_u64;
    let (mut done, mut stores) = (0, 0);
    while done < kills {
        stores += 1;
        let store = format!("killed-{stores}.db");
        let flow = github.flow("manifest", &["repos_issues"], &store);
        let mut fell = Vec::new();
        loop {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let child = sync(&flow).spawn().expect("the program");
            let after = match done < kills {
                true => Duration::from_millis(20 + (seed >> 33) % most.max(100)),
                false => Duration::from_secs(3600),
            };
            if cut(child, after) {
                break;
            }
            done += 1;
            fell.push(kept(&github, &store).to_string());
        }
        let rows = same(&github, "whole.db", &store);
        assert_eq!(rows, records, "after {done} kills, store {stores}");
        let left = "SELECT count(*) FROM _pontoon_state WHERE state LIKE '%open%'";
        assert_eq!(github.rows(&store, left), [["Integer(0)"]]);
        let (count, fell) = (fell.len(), fell.join(", "));
        eprintln!("| {stores} | {count} | {fell} | {rows} | the same |");
        for ending in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(github.folder.path().join(format!("{store}{ending}")));
        }
    }
    eprintln!("\n{done} kills over {stores} stores of {records} records: the same table each time");
}
