//! Times of sending.

use super::Unit;
use crate::format::rfc3339;

/// Seconds since 1970-01-01T00:00:00Z, fractions cut.
pub(super) fn seconds(unit: Unit, text: &str) -> Option<i64> {
    let text = text.trim();
    match unit {
        Unit::Seconds => text.parse().ok(),
        Unit::Milliseconds => text.parse::<i64>().ok().map(|time| time.div_euclid(1000)),
        Unit::Rfc3339 => date_time(&rfc3339::strict(text)?),
    }
}

/// The text of a time.
pub(super) fn text(unit: Unit, seconds: i64) -> String {
    match unit {
        Unit::Seconds => seconds.to_string(),
        Unit::Milliseconds => seconds.saturating_mul(1000).to_string(),
        Unit::Rfc3339 => {
            let (year, month, day) = civil(seconds.div_euclid(86_400));
            let rest = seconds.rem_euclid(86_400);
            let (hour, minute, second) = (rest / 3600, rest / 60 % 60, rest % 60);
            format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
        }
    }
}

/// A strict RFC 3339 date-time.
fn date_time(text: &str) -> Option<i64> {
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<i64>().ok();
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
    let fits = (1..=12).contains(&month)
        && (1..=31).contains(&day)
        && hour < 24
        && minute < 60
        && second <= 60;
    if !fits {
        return None;
    }
    let zone = text
        .get(19..)?
        .trim_start_matches(['.', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
    let offset = match zone.strip_prefix(['+', '-']) {
        None => 0,
        Some(zone_time) => {
            let (hours, minutes) = zone_time.split_once(':')?;
            let size = hours.parse::<i64>().ok()? * 3600 + minutes.parse::<i64>().ok()? * 60;
            if zone.starts_with('-') { -size } else { size }
        }
    };
    let time = days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second;
    Some(time - offset)
}

/// Days since 1970-01-01 in the proleptic Gregorian calendar
/// (<https://howardhinnant.github.io/date_algorithms.html>).
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// The reverse of [`days`].
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    (era * 400 + year + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_in_each_unit() {
        for (unit, text, wanted) in [
            (Unit::Seconds, "1614265330", Some(1_614_265_330)),
            (Unit::Seconds, " 0 ", Some(0)),
            (Unit::Seconds, "-1", Some(-1)),
            (Unit::Seconds, "1.5", None),
            (Unit::Seconds, "", None),
            (Unit::Milliseconds, "1614265330999", Some(1_614_265_330)),
            (Unit::Milliseconds, "-1", Some(-1)),
            (Unit::Rfc3339, "1970-01-01T00:00:00Z", Some(0)),
            (Unit::Rfc3339, "2021-02-25T15:02:10.9Z", Some(1_614_265_330)),
            (
                Unit::Rfc3339,
                "2021-02-25T16:32:10+01:30",
                Some(1_614_265_330),
            ),
            (
                Unit::Rfc3339,
                "2021-02-25 13:02:10-0200",
                Some(1_614_265_330),
            ),
            (Unit::Rfc3339, "2000-02-29T00:00:00Z", Some(951_782_400)),
            (Unit::Rfc3339, "2021-13-25T15:02:10Z", None),
            (Unit::Rfc3339, "soon", None),
        ] {
            assert_eq!(seconds(unit, text), wanted, "{text}");
        }
    }

    #[test]
    fn what_is_written_is_read() {
        for unit in [Unit::Seconds, Unit::Milliseconds, Unit::Rfc3339] {
            for time in [
                0,
                59,
                951_782_399,
                951_868_800,
                1_614_265_330,
                4_102_444_799,
            ] {
                assert_eq!(seconds(unit, &text(unit, time)), Some(time));
            }
        }
        assert_eq!(text(Unit::Rfc3339, 951_782_400), "2000-02-29T00:00:00Z");
    }
}
