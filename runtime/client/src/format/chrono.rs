//! Dates and times of `chrono`.

use super::{Moment, rfc3339};
use crate::model::{Format, reflect_format};
use chrono::{DateTime, NaiveDate, NaiveTime, SecondsFormat, Timelike as _, Utc};
use std::fmt::Write as _;

reflect_format!(DateTime<Utc>, NaiveDate, NaiveTime);

impl Format for DateTime<Utc> {
    const EXPECTED: &'static str = "a date-time (RFC 3339)";
    fn blank() -> Self {
        Self::UNIX_EPOCH
    }
    fn read(text: &str) -> Option<Self> {
        match DateTime::parse_from_rfc3339(text) {
            Ok(value) => Some(value.to_utc()),
            Err(_) => {
                let text = rfc3339::strict(text)?;
                DateTime::parse_from_rfc3339(&text)
                    .ok()
                    .map(|value| value.to_utc())
            }
        }
    }
    fn write(&self, out: &mut String) {
        out.push_str(&self.to_rfc3339_opts(SecondsFormat::AutoSi, true));
    }
    fn same(&self, other: &Self) -> bool {
        self == other
    }
}

impl Format for NaiveDate {
    const EXPECTED: &'static str = "a date (YYYY-MM-DD)";
    fn blank() -> Self {
        Self::default()
    }
    fn read(text: &str) -> Option<Self> {
        Self::parse_from_str(rfc3339::date(text)?, "%Y-%m-%d").ok()
    }
    fn write(&self, out: &mut String) {
        // Writing to a string cannot fail.
        let _ = write!(out, "{self}");
    }
    fn same(&self, other: &Self) -> bool {
        self == other
    }
}

impl Format for NaiveTime {
    const EXPECTED: &'static str = "a time of day (HH:MM:SS)";
    fn blank() -> Self {
        Self::default()
    }
    fn read(text: &str) -> Option<Self> {
        ["%H:%M:%S%.f", "%H:%M"]
            .iter()
            .find_map(|form| Self::parse_from_str(text, form).ok())
            .filter(|time| time.nanosecond() < 1_000_000_000)
    }
    fn write(&self, out: &mut String) {
        let _ = write!(out, "{self}");
    }
    fn same(&self, other: &Self) -> bool {
        self == other
    }
}

impl Moment for DateTime<Utc> {
    fn from_seconds(seconds: i64) -> Option<Self> {
        Self::from_timestamp(seconds, 0)
    }
    fn seconds(&self) -> i64 {
        self.timestamp()
    }
    fn from_rfc2822(text: &str) -> Option<Self> {
        let value = DateTime::parse_from_rfc2822(text).ok()?;
        Some(value.to_utc())
    }
    fn to_http_date(&self) -> String {
        self.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
    }
}
