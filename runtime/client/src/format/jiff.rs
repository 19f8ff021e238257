//! Dates and times of `jiff`.

use super::{Moment, rfc3339};
use crate::model::{Format, reflect_format};
use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::fmt::rfc2822;
use jiff::fmt::temporal::{DateTimeParser, DateTimePrinter, SpanPrinter};

static PARSER: DateTimeParser = DateTimeParser::new();
static PRINTER: DateTimePrinter = DateTimePrinter::new();
static SPAN_PRINTER: SpanPrinter = SpanPrinter::new();

reflect_format!(Timestamp, Date, Time, jiff::Span);

impl Format for Timestamp {
    const EXPECTED: &'static str = "a date-time (RFC 3339)";
    fn blank() -> Self {
        Self::UNIX_EPOCH
    }
    #[inline]
    fn read(text: &str) -> Option<Self> {
        match PARSER.parse_timestamp(text) {
            Ok(value) => Some(value),
            Err(_) => lenient(text),
        }
    }
    fn write(&self, out: &mut String) {
        if *self == Self::MAX {
            // See `lenient`.
            out.push_str("9999-12-31T23:59:59.999999999Z");
        } else {
            // Writing to a string cannot fail.
            let _ = PRINTER.print_timestamp(self, out);
        }
    }
    fn same(&self, other: &Self) -> bool {
        self == other
    }
}

#[cold]
fn lenient(text: &str) -> Option<Timestamp> {
    let text = rfc3339::strict(text)?;
    if let Ok(value) = PARSER.parse_timestamp(&text) {
        return Some(value);
    }
    // "Never" is sent as the last moment that RFC 3339 has, which lies a day
    // after the last one of this type.
    let is_last = text.starts_with("9999-12-31T") || text.starts_with("9999-12-30T");
    let is_date_time = PARSER.parse_datetime(text.get(..19)?).is_ok();
    (is_last && is_date_time).then_some(Timestamp::MAX)
}

impl Format for Date {
    const EXPECTED: &'static str = "a date (YYYY-MM-DD)";
    fn blank() -> Self {
        Self::ZERO
    }
    fn read(text: &str) -> Option<Self> {
        PARSER.parse_date(rfc3339::date(text)?).ok()
    }
    fn write(&self, out: &mut String) {
        let _ = PRINTER.print_date(self, out);
    }
    fn same(&self, other: &Self) -> bool {
        self == other
    }
}

impl Format for Time {
    const EXPECTED: &'static str = "a time of day (HH:MM:SS)";
    fn blank() -> Self {
        Self::midnight()
    }
    fn read(text: &str) -> Option<Self> {
        if !rfc3339::is_plain_time(text) {
            return None;
        }
        PARSER.parse_time(text).ok()
    }
    fn write(&self, out: &mut String) {
        let _ = PRINTER.print_time(self, out);
    }
    fn same(&self, other: &Self) -> bool {
        self == other
    }
}

impl Format for jiff::Span {
    const EXPECTED: &'static str = "a duration (ISO 8601)";
    fn blank() -> Self {
        Self::new()
    }
    fn read(text: &str) -> Option<Self> {
        // The parser also takes a notation for people ("2 hours").
        if !text.trim_start_matches(['-', '+']).starts_with(['P', 'p']) {
            return None;
        }
        text.parse().ok()
    }
    fn write(&self, out: &mut String) {
        let _ = SPAN_PRINTER.print_span(self, out);
    }
    fn same(&self, other: &Self) -> bool {
        self.fieldwise() == other.fieldwise()
    }
}

impl Moment for Timestamp {
    fn from_seconds(seconds: i64) -> Option<Self> {
        Self::from_second(seconds).ok()
    }
    fn seconds(&self) -> i64 {
        // Rounded down, before 1970 too.
        self.as_second() - i64::from(self.subsec_nanosecond() < 0)
    }
    fn from_rfc2822(text: &str) -> Option<Self> {
        rfc2822::DateTimeParser::new().parse_timestamp(text).ok()
    }
    fn to_http_date(&self) -> String {
        // Fails before the year 0, which HTTP has no text for.
        rfc2822::DateTimePrinter::new()
            .timestamp_to_rfc9110_string(self)
            .unwrap_or_else(|_| self.to_string())
    }
}
