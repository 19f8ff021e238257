//! How far a reading has come in the cursor columns.

use crate::{ColumnKind, Open, Record, Stream, StreamState, Value};
use pontoon_runtime::jiff::{SignedDuration, Timestamp};
use serde_json::Value as Json;
use std::cmp::Ordering;
use std::time::SystemTime;

/// The cursor when the reading began, and the greatest value that it has seen.
pub(crate) struct Progress {
    by: Vec<String>,
    /// The indices of the cursor columns.
    columns: Vec<usize>,
    /// Whether they hold moments.
    moments: bool,
    cursor: Option<Json>,
    high: Option<Json>,
    began: Option<String>,
}

impl Progress {
    /// A reading that goes on from `state`, at `open` where it was begun before. The
    /// cursor of other columns says nothing here.
    pub(crate) fn new(stream: &Stream, state: &StreamState, open: Option<&Open>) -> Self {
        let names = stream.cursor.iter();
        let columns: Vec<usize> = names.filter_map(|name| stream.position(name)).collect();
        let is_moment = |index: &usize| stream.columns[*index].kind == ColumnKind::Timestamp;
        let is_same = state.by.is_empty() || state.by == stream.cursor;
        Self {
            by: stream.cursor.clone(),
            moments: columns.iter().all(is_moment),
            cursor: state
                .cursor
                .clone()
                .filter(|_| is_same && !columns.is_empty()),
            columns,
            high: open.and_then(|open| open.high.clone()),
            began: open.and_then(|open| open.began.clone()),
        }
    }

    /// Whether all records are read, not those alone that have changed.
    pub(crate) fn is_whole(&self) -> bool {
        self.cursor.is_none()
    }

    /// From where on records are asked for: the cursor, less the smallest step that it is
    /// written in, since few descriptions say whether the moment itself is included; and
    /// less so many seconds.
    pub(crate) fn since(&self, lookback: u64) -> Option<Json> {
        let cursor = self.cursor.as_ref()?;
        let moment = cursor.as_str().filter(|_| self.moments);
        let Some((moment, text)) = moment.and_then(|text| Some((text.parse().ok()?, text))) else {
            return Some(cursor.clone());
        };
        let moment: Timestamp = moment;
        let back = SignedDuration::from_secs(i64::try_from(lookback).unwrap_or(i64::MAX));
        let before = moment
            .checked_sub(step(text))
            .and_then(|before| before.checked_sub(back));
        Some(before.unwrap_or(Timestamp::UNIX_EPOCH).to_string().into())
    }

    /// A page came, at this moment of the server's clock; of ours, where it says none.
    pub(crate) fn page(&mut self, date: Option<SystemTime>) {
        if self.began.is_none() {
            let moment = Timestamp::try_from(date.unwrap_or_else(SystemTime::now)).ok();
            self.began = moment.map(|moment| moment.to_string());
        }
    }

    /// Keeps the greatest value.
    pub(crate) fn note(&mut self, record: &Record) {
        for index in &self.columns {
            let value = match record.values().get(*index) {
                Some(Value::Integer(value)) => Json::from(*value),
                Some(Value::Text(value)) => Json::from(value.as_str()),
                _ => continue,
            };
            let high = self.high.as_ref();
            if high.is_none_or(|high| order(&value, high) == Ordering::Greater) {
                self.high = Some(value);
            }
        }
    }

    /// The state of a reading that goes on, with its position in `open`.
    pub(crate) fn going_on(&self, operation: &str, open: Open) -> StreamState {
        let open = Open {
            operation: operation.to_owned(),
            high: self.high.clone(),
            began: self.began.clone(),
            ..open
        };
        self.state(self.cursor.clone(), Some(open))
    }

    /// The state after the reading has come to its end.
    pub(crate) fn ended(&self) -> StreamState {
        self.state(self.reached(), None)
    }

    fn state(&self, cursor: Option<Json>, open: Option<Open>) -> StreamState {
        StreamState {
            by: match cursor {
                Some(_) => self.by.clone(),
                None => Vec::new(),
            },
            cursor,
            open,
        }
    }

    /// The new cursor. A record that changed while it was read may have been missed: the
    /// cursor does not pass the beginning.
    fn reached(&self) -> Option<Json> {
        let (high, cursor) = (self.high.clone(), self.cursor.clone());
        let mut reached = high.or_else(|| cursor.clone())?;
        let began = self.began.as_deref().map(Json::from);
        if let (true, Some(began)) = (self.moments, began)
            && order(&reached, &began) == Ordering::Greater
        {
            reached = began;
        }
        match cursor {
            Some(cursor) if order(&cursor, &reached) == Ordering::Greater => Some(cursor),
            _ => Some(reached),
        }
    }
}

/// The smallest step of a moment as it is written: a second, or less by its fraction.
fn step(text: &str) -> SignedDuration {
    let fraction = text.split_once('.').map_or("", |(_, fraction)| fraction);
    let digits = fraction.bytes().take_while(u8::is_ascii_digit).take(9);
    SignedDuration::from_nanos(digits.fold(1_000_000_000, |step, _| step / 10))
}

/// Integers by value, moments by time, other texts by code point.
fn order(left: &Json, right: &Json) -> Ordering {
    if let (Some(left), Some(right)) = (left.as_i64(), right.as_i64()) {
        return left.cmp(&right);
    }
    let (left, right) = (
        left.as_str().unwrap_or_default(),
        right.as_str().unwrap_or_default(),
    );
    match (left.parse::<Timestamp>(), right.parse::<Timestamp>()) {
        (Ok(left), Ok(right)) => left.cmp(&right),
        _ => left.cmp(right),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Column;
    use std::time::Duration;

    fn progress(kind: ColumnKind, cursor: Option<Json>) -> Progress {
        let stream = Stream {
            name: "s".to_owned(),
            columns: vec![Column::new("at", kind), Column::new("end", kind)],
            key: Vec::new(),
            cursor: vec!["at".to_owned(), "end".to_owned()],
            parent: None,
        };
        let state = StreamState {
            cursor,
            ..StreamState::default()
        };
        Progress::new(&stream, &state, None)
    }

    fn text(text: &str) -> Record {
        Record::new(vec![Value::Text(text.to_owned()), Value::Null])
    }

    #[test]
    fn the_greatest_value_counts_and_never_falls() {
        let mut found = progress(ColumnKind::Timestamp, None);
        assert_eq!(found.reached(), None);
        for moment in [
            "2024-01-01T00:00:03Z",
            "2024-01-01T00:00:03.5Z",
            "2024-01-01T01:00:01+01:00",
        ] {
            found.note(&text(moment));
        }
        assert_eq!(found.reached(), Some("2024-01-01T00:00:03.5Z".into()));
        found.note(&Record::new(vec![
            Value::Null,
            Value::Text("2024-01-01T00:00:04Z".to_owned()),
        ]));
        assert_eq!(found.reached(), Some("2024-01-01T00:00:04Z".into()));
        let later = Json::from("2025-01-01T00:00:00Z");
        let mut found = progress(ColumnKind::Timestamp, Some(later.clone()));
        found.note(&text("2024-01-01T00:00:00Z"));
        assert_eq!(found.reached(), Some(later));
        let mut found = progress(ColumnKind::Integer, None);
        for number in [9, 10, 2] {
            found.note(&Record::new(vec![Value::Integer(number)]));
        }
        assert_eq!(found.reached(), Some(10.into()));
    }

    #[test]
    fn the_cursor_does_not_pass_the_beginning() {
        let mut found = progress(ColumnKind::Timestamp, None);
        found.page(Some(
            SystemTime::UNIX_EPOCH + Duration::from_secs(1_704_067_200),
        ));
        found.page(Some(
            SystemTime::UNIX_EPOCH + Duration::from_secs(1_804_067_200),
        ));
        found.note(&text("2024-01-01T00:00:07Z"));
        assert_eq!(found.reached(), Some("2024-01-01T00:00:00Z".into()));
    }

    #[test]
    fn the_server_that_tells_no_time_is_taken_to_have_ours() {
        let mut found = progress(ColumnKind::Timestamp, None);
        found.page(None);
        found.note(&text("9999-01-01T00:00:00Z"));
        let reached = found.reached().expect("a cursor");
        assert_eq!(
            order(&reached, &"9000-01-01T00:00:00Z".into()),
            Ordering::Less
        );
    }

    #[test]
    fn a_reading_begins_a_step_before_the_cursor() {
        let since = |kind, cursor: Json, lookback| progress(kind, Some(cursor)).since(lookback);
        for (cursor, lookback, wanted) in [
            ("2024-01-01T00:00:03Z", 0, "2024-01-01T00:00:02Z"),
            ("2024-01-01T00:00:03.250Z", 0, "2024-01-01T00:00:03.249Z"),
            (
                "2024-01-01T01:00:03.000001+01:00",
                60,
                "2023-12-31T23:59:03Z",
            ),
            ("2024-01-01T00:00:00Z", u64::MAX, "1970-01-01T00:00:00Z"),
        ] {
            let found = since(ColumnKind::Timestamp, cursor.into(), lookback);
            assert_eq!(found, Some(wanted.into()), "{cursor}");
        }
        assert_eq!(since(ColumnKind::Integer, 7.into(), 60), Some(7.into()));
        assert_eq!(progress(ColumnKind::Timestamp, None).since(60), None);
    }

    #[test]
    fn the_cursor_of_other_columns_says_nothing() {
        let mut known = progress(ColumnKind::Timestamp, None);
        known.note(&text("2024-01-01T00:00:03Z"));
        let mut state = known.ended();
        assert_eq!(state.by, ["at", "end"]);
        let stream = |cursor: &[&str]| Stream {
            name: "s".to_owned(),
            columns: vec![
                Column::new("at", ColumnKind::Timestamp),
                Column::new("end", ColumnKind::Timestamp),
            ],
            key: Vec::new(),
            cursor: cursor.iter().map(|name| (*name).to_owned()).collect(),
            parent: None,
        };
        assert!(!Progress::new(&stream(&["at", "end"]), &state, None).is_whole());
        assert!(Progress::new(&stream(&["end"]), &state, None).is_whole());
        assert!(Progress::new(&stream(&[]), &state, None).is_whole());
        // States of before did not say.
        state.by.clear();
        assert!(!Progress::new(&stream(&["end"]), &state, None).is_whole());
    }
}
