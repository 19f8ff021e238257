//! How far a reading has come in the cursor column.

use crate::{ColumnKind, Record, Stream, Value};
use pontoon_runtime::jiff::Timestamp;
use serde_json::Value as Json;
use std::cmp::Ordering;

/// The cursor when the reading began, and the greatest value that it has seen.
pub(crate) struct Progress {
    /// The index of the cursor column, and whether it holds moments.
    column: Option<(usize, bool)>,
    cursor: Option<Json>,
    high: Option<Json>,
    began: Option<String>,
}

impl Progress {
    pub(crate) fn new(
        stream: &Stream,
        cursor: Option<Json>,
        high: Option<Json>,
        began: Option<String>,
    ) -> Self {
        let name = stream.cursor.as_deref();
        let index = name.and_then(|name| stream.position(name));
        let moments = |index: usize| stream.columns[index].kind == ColumnKind::Timestamp;
        Self {
            column: index.map(|index| (index, moments(index))),
            cursor,
            high,
            began,
        }
    }

    pub(crate) fn cursor(&self) -> Option<&Json> {
        self.cursor.as_ref()
    }

    pub(crate) fn high(&self) -> Option<&Json> {
        self.high.as_ref()
    }

    pub(crate) fn began(&self) -> Option<&str> {
        self.began.as_deref()
    }

    /// A page came, at this moment of the server's clock.
    pub(crate) fn page(&mut self, date: Option<std::time::SystemTime>) {
        if self.began.is_none() {
            let moment = date.and_then(|date| Timestamp::try_from(date).ok());
            self.began = moment.map(|moment| moment.to_string());
        }
    }

    /// Keeps the greatest value.
    pub(crate) fn note(&mut self, record: &Record) {
        let value = match self.column.map(|(index, _)| record.values().get(index)) {
            Some(Some(Value::Integer(value))) => Json::from(*value),
            Some(Some(Value::Text(value))) => Json::from(value.as_str()),
            _ => return,
        };
        let high = self.high.as_ref();
        if high.is_none_or(|high| order(&value, high) == Ordering::Greater) {
            self.high = Some(value);
        }
    }

    /// The cursor after the reading has come to its end. A record that changed while it
    /// was read may have been missed: the cursor does not pass the beginning.
    pub(crate) fn finished(&self) -> Option<Json> {
        let (high, cursor) = (self.high.clone(), self.cursor.clone());
        let mut reached = high.or_else(|| cursor.clone())?;
        let began = self.began.as_deref().map(Json::from);
        if let (Some((_, true)), Some(began)) = (self.column, began)
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
    use std::time::{Duration, SystemTime};

    fn progress(kind: ColumnKind, cursor: Option<Json>) -> Progress {
        let stream = Stream {
            name: "s".to_owned(),
            columns: vec![Column::new("at", kind)],
            key: Vec::new(),
            cursor: Some("at".to_owned()),
            parent: None,
        };
        Progress::new(&stream, cursor, None, None)
    }

    fn text(text: &str) -> Record {
        Record::new(vec![Value::Text(text.to_owned())])
    }

    #[test]
    fn the_greatest_value_counts_and_never_falls() {
        let mut found = progress(ColumnKind::Timestamp, None);
        assert_eq!(found.finished(), None);
        for moment in [
            "2024-01-01T00:00:03Z",
            "2024-01-01T00:00:03.5Z",
            "2024-01-01T01:00:01+01:00",
        ] {
            found.note(&text(moment));
        }
        assert_eq!(found.finished(), Some("2024-01-01T00:00:03.5Z".into()));
        let later = Json::from("2025-01-01T00:00:00Z");
        let mut found = progress(ColumnKind::Timestamp, Some(later.clone()));
        found.note(&text("2024-01-01T00:00:00Z"));
        assert_eq!(found.finished(), Some(later));
        let mut found = progress(ColumnKind::Integer, None);
        for number in [9, 10, 2] {
            found.note(&Record::new(vec![Value::Integer(number)]));
        }
        assert_eq!(found.finished(), Some(10.into()));
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
        assert_eq!(found.finished(), Some("2024-01-01T00:00:00Z".into()));
    }
}
