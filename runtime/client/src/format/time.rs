//! Dates and times of `time`.

use super::{Moment, rfc3339};
use crate::model::{Format, reflect_format};
use time::format_description::well_known::{Iso8601, Rfc2822, Rfc3339};
use time::{Date, OffsetDateTime, Time, UtcOffset};

reflect_format!(OffsetDateTime, Date, Time);

impl Format for OffsetDateTime {
    const EXPECTED: &'static str = "a date-time (RFC 3339)";
    fn blank() -> Self {
        Self::UNIX_EPOCH
    }
    fn read(text: &str) -> Option<Self> {
        let read = |text: &str| Self::parse(text, &Rfc3339).ok();
        let value = read(text).or_else(|| read(&rfc3339::strict(text)?))?;
        value.checked_to_offset(UtcOffset::UTC)
    }
    fn write(&self, out: &mut String) {
        let utc = self.checked_to_offset(UtcOffset::UTC).unwrap_or(*self);
        // Fails for years that RFC 3339 has no text for; ISO 8601 has.
        let text = utc
            .format(&Rfc3339)
            .or_else(|_| utc.format(&Iso8601::DEFAULT));
        out.push_str(&text.unwrap_or_default());
    }
    fn same(&self, other: &Self) -> bool {
        self == other
    }
}

impl Format for Date {
    const EXPECTED: &'static str = "a date (YYYY-MM-DD)";
    fn blank() -> Self {
        OffsetDateTime::UNIX_EPOCH.date()
    }
    fn read(text: &str) -> Option<Self> {
        Self::parse(rfc3339::date(text)?, &Iso8601::DATE).ok()
    }
    fn write(&self, out: &mut String) {
        out.push_str(&self.format(&Iso8601::DATE).unwrap_or_default());
    }
    fn same(&self, other: &Self) -> bool {
        self == other
    }
}

impl Format for Time {
    const EXPECTED: &'static str = "a time of day (HH:MM:SS)";
    fn blank() -> Self {
        Self::MIDNIGHT
    }
    fn read(text: &str) -> Option<Self> {
        if !rfc3339::is_plain_time(text) {
            return None;
        }
        Self::parse(text, &Iso8601::TIME).ok()
    }
    fn write(&self, out: &mut String) {
        // Its own form leaves the zero of the hour out.
        let (hour, minute, second, nano) = self.as_hms_nano();
        out.push_str(&format!("{hour:02}:{minute:02}:{second:02}"));
        if nano > 0 {
            out.push_str(format!(".{nano:09}").trim_end_matches('0'));
        }
    }
    fn same(&self, other: &Self) -> bool {
        self == other
    }
}

impl Moment for OffsetDateTime {
    fn from_seconds(seconds: i64) -> Option<Self> {
        Self::from_unix_timestamp(seconds).ok()
    }
    fn seconds(&self) -> i64 {
        let nanos = self.unix_timestamp_nanos().div_euclid(1_000_000_000);
        i64::try_from(nanos).unwrap_or_default()
    }
    fn from_rfc2822(text: &str) -> Option<Self> {
        let value = Self::parse(text, &Rfc2822).ok()?;
        value.checked_to_offset(UtcOffset::UTC)
    }
    fn to_http_date(&self) -> String {
        let utc = self.checked_to_offset(UtcOffset::UTC).unwrap_or(*self);
        let text = utc.format(&Rfc2822).unwrap_or_default();
        text.replace("+0000", "GMT")
    }
}
