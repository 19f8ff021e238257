//! What is read, what is sent, what is refused.

// Which rows are used depends on the features.
#![allow(dead_code, unused_imports)]

use crate::codec::json::{Mode, decode, encode};
use crate::codec::text;
use crate::model::{Reflect, View};

/// Reads a JSON text, and writes what was read.
fn through<T: Reflect>(json: &str) -> Result<String, String> {
    let mut value = T::blank();
    decode(json.as_bytes(), value.slot()).map_err(|error| error.to_string())?;
    let written = encode(value.view(), Mode::Whole).map_err(|error| error.to_string())?;
    let written = String::from_utf8(written).map_err(|error| error.to_string())?;
    let mut again = T::blank();
    decode(written.as_bytes(), again.slot()).map_err(|error| error.to_string())?;
    assert!(crate::model::equal(value.view(), again.view()), "{json}");
    Ok(written)
}

#[track_caller]
fn reads<T: Reflect>(rows: &[(&str, &str)]) {
    for (sent, back) in rows {
        let wanted = format!("{back:?}");
        assert_eq!(through::<T>(&format!("{sent:?}")), Ok(wanted), "{sent}");
    }
}

#[track_caller]
fn refuses<T: Reflect>(texts: &[&str]) {
    for text in texts {
        let error = through::<T>(&format!("{text:?}")).expect_err(text);
        assert!(error.contains(&format!("{text:?}")), "{error}");
    }
    assert!(through::<T>("{}").is_err() && through::<T>("null").is_err());
}

/// What every library makes of date-times.
const DATE_TIMES: &[(&str, &str)] = &[
    ("2024-01-15T09:30:00Z", "2024-01-15T09:30:00Z"),
    ("2024-01-15T11:30:00+02:00", "2024-01-15T09:30:00Z"),
    ("2024-01-15T09:30:00.250Z", "2024-01-15T09:30:00.25Z"),
    ("2024-01-15t09:30:00z", "2024-01-15T09:30:00Z"),
    ("2024-01-15 09:30:00Z", "2024-01-15T09:30:00Z"),
    ("2024-01-15 09:30:00 UTC", "2024-01-15T09:30:00Z"),
    ("2024-01-15T09:30:00+0000", "2024-01-15T09:30:00Z"),
    ("2024-01-15T10:30+01", "2024-01-15T09:30:00Z"),
    ("2024-01-15T09:30:00", "2024-01-15T09:30:00Z"),
    ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
    (
        "2024-01-15T09:30:00.1234567891234Z",
        "2024-01-15T09:30:00.123456789Z",
    ),
];
const NO_DATE_TIMES: &[&str] = &[
    "",
    "now",
    "2024",
    "2024-01-15",
    "2024-02-30T00:00:00Z",
    "2024-01-15T25:00:00Z",
    "2024-01-15T09:30:00.Z",
    "2024-01-15T09:30:00+2",
    "2024-01-15T09:30:00Z+10:00",
    "20é4-01-15T09:30:00Z",
];
const DATES: &[(&str, &str)] = &[
    ("2024-01-15", "2024-01-15"),
    ("2024-01-15T00:00:00Z", "2024-01-15"),
    ("2024-01-15T00:00:00.000+02:00", "2024-01-15"),
];
const NO_DATES: &[&str] = &[
    "",
    "2024-1-5",
    "15.01.2024",
    "2024-02-30",
    "2024-01-15T09:30:00Z",
];
const TIMES: &[(&str, &str)] = &[("09:30:00", "09:30:00"), ("09:30", "09:30:00")];
const NO_TIMES: &[&str] = &["", "9:30", "24:30:00", "09:30:00Z", "63148"];

#[cfg(feature = "jiff")]
#[test]
fn jiff() {
    use ::jiff::{Span, Timestamp, civil};
    reads::<Timestamp>(DATE_TIMES);
    refuses::<Timestamp>(NO_DATE_TIMES);
    reads::<civil::Date>(DATES);
    refuses::<civil::Date>(NO_DATES);
    reads::<civil::Time>(TIMES);
    refuses::<civil::Time>(NO_TIMES);
    reads::<Span>(&[
        ("PT1H", "PT1H"),
        ("P1Y2M3DT4H5M6.5S", "P1Y2M3DT4H5M6.5S"),
        ("-P1D", "-P1D"),
        ("PT3600S", "PT3600S"),
    ]);
    refuses::<Span>(&["", "7.00:00:00", "2 hours", "1h"]);
}

/// What stands for "never" lies beyond the last moment of `jiff`.
#[cfg(feature = "jiff")]
#[test]
fn the_end_of_time_is_the_last_moment() {
    let last = "9999-12-31T23:59:59.999999999Z";
    reads::<::jiff::Timestamp>(&[
        ("9999-12-31T23:59:59Z", last),
        ("9999-12-31T23:59:59.9999999Z", last),
        ("9999-12-31T00:00:00+00:00", last),
    ]);
    refuses::<::jiff::Timestamp>(&["9999-12-31T99:59:59Z", "9999-12-32T00:00:00Z"]);
}

#[cfg(feature = "chrono")]
#[test]
fn chrono() {
    use ::chrono::{DateTime, NaiveDate, NaiveTime, Utc};
    for (sent, back) in DATE_TIMES {
        // Fractions are written in groups of three digits.
        let back = back.replace(".25Z", ".250Z");
        reads::<DateTime<Utc>>(&[(sent, &back)]);
    }
    reads::<DateTime<Utc>>(&[("9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z")]);
    refuses::<DateTime<Utc>>(NO_DATE_TIMES);
    reads::<NaiveDate>(DATES);
    refuses::<NaiveDate>(&["", "2024-02-30", "2024-01-15T09:30:00Z"]);
    reads::<NaiveTime>(TIMES);
    refuses::<NaiveTime>(&["", "24:30:00", "09:30:00Z"]);
}

#[cfg(feature = "uuid")]
#[test]
fn uuid() {
    let text = "123e4567-e89b-42d3-a456-426614174000";
    reads::<::uuid::Uuid>(&[
        (text, text),
        ("123E4567-E89B-42D3-A456-426614174000", text),
        ("{123e4567-e89b-42d3-a456-426614174000}", text),
        ("123e4567e89b42d3a456426614174000", text),
    ]);
    refuses::<::uuid::Uuid>(&["", "123e4567", "zzze4567-e89b-42d3-a456-426614174000"]);
}

/// Every codec knows such values, not JSON alone.
#[cfg(feature = "uuid")]
#[test]
fn outside_json() {
    let text = "123e4567-e89b-42d3-a456-426614174000";
    let mut value = ::uuid::Uuid::nil();
    text::decode(text, value.slot()).expect("a UUID");
    assert_eq!(value.to_string(), text);
    assert!(text::decode("x", value.slot()).is_err());
    assert_eq!(text::encode(value.view()).expect("a text"), text.as_bytes());
    let list = vec![value, value];
    assert!(matches!(list.view(), View::List(_)));
    assert!(!crate::model::equal(
        value.view(),
        ::uuid::Uuid::nil().view()
    ));
}

#[cfg(feature = "time")]
#[test]
fn time() {
    use ::time::{Date, OffsetDateTime, Time};
    reads::<OffsetDateTime>(DATE_TIMES);
    reads::<OffsetDateTime>(&[("9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z")]);
    refuses::<OffsetDateTime>(NO_DATE_TIMES);
    reads::<Date>(DATES);
    refuses::<Date>(NO_DATES);
    reads::<Time>(TIMES);
    refuses::<Time>(&["", "9:30", "09:30:00Z", "63148"]);
}

#[test]
fn base64() {
    use super::{Base64, Base64Url};
    reads::<Base64>(&[
        ("", ""),
        ("+/8=", "+/8="),
        ("-_8", "+/8="),
        ("+/\n8=\n", "+/8="),
    ]);
    reads::<Base64Url>(&[("-_8", "-_8"), ("+/8=", "-_8")]);
    assert!(through::<Base64>("\"secret text\"").is_err_and(|error| !error.contains("secret")));
    let view = format!("{:?}", Base64::from(b"secret".as_slice()));
    assert_eq!(view, "[6 bytes]");
}

#[test]
fn addresses() {
    use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
    reads::<IpAddr>(&[("192.0.2.1", "192.0.2.1"), ("2001:DB8::0", "2001:db8::")]);
    refuses::<IpAddr>(&["", "192.0.2.0/24", "localhost"]);
    refuses::<Ipv4Addr>(&["::1", "1.2.3"]);
    refuses::<Ipv6Addr>(&["192.0.2.1"]);
}

#[test]
fn integers() {
    for text in ["7", "-2147483648", "7.0", "7e0"] {
        through::<i32>(text).expect(text);
    }
    assert!(through::<i32>("2147483648").is_err() && through::<i32>("\"7\"").is_err());
}

#[cfg(feature = "rust_decimal")]
#[test]
fn decimals() {
    use super::DecimalNumber;
    use ::rust_decimal::Decimal;
    reads::<Decimal>(&[("1.50", "1.50"), ("-0.001", "-0.001")]);
    refuses::<Decimal>(&["", "1,5", "NaN", "0.12345678901234567890123456789012345"]);
    assert_eq!(through::<DecimalNumber>("0.1").as_deref(), Ok("0.1"));
    assert_eq!(through::<DecimalNumber>("1e2").as_deref(), Ok("100"));
    assert!(through::<DecimalNumber>("\"0.1\"").is_err());
}

#[track_caller]
fn moments<T: super::Moment>() {
    use super::{HttpDate, UnixTime};
    let text = "Mon, 15 Jan 2024 09:30:00 GMT";
    reads::<HttpDate<T>>(&[(text, text), ("Mon, 15 Jan 2024 10:30:00 +0100", text)]);
    refuses::<HttpDate<T>>(&["", "2024-01-15T09:30:00Z"]);
    assert_eq!(
        through::<UnixTime<T>>("1705311000").as_deref(),
        Ok("1705311000")
    );
    assert_eq!(through::<UnixTime<T>>("-1").as_deref(), Ok("-1"));
    assert!(through::<UnixTime<T>>("1.5").is_err());
    assert!(through::<UnixTime<T>>("999999999999999999").is_err());
    assert!(through::<UnixTime<T>>("\"1\"").is_err());
    let moment = T::read("1969-12-31T23:59:58.5Z").expect("a moment");
    assert_eq!(UnixTime::new(moment).seconds(), -2);
}

#[cfg(feature = "jiff")]
#[test]
fn moments_of_jiff() {
    moments::<::jiff::Timestamp>();
}

#[cfg(feature = "chrono")]
#[test]
fn moments_of_chrono() {
    moments::<::chrono::DateTime<::chrono::Utc>>();
}

#[cfg(feature = "time")]
#[test]
fn moments_of_time() {
    moments::<::time::OffsetDateTime>();
}

#[test]
fn urls() {
    reads::<url::Url>(&[("https://a.test", "https://a.test/")]);
    refuses::<url::Url>(&["", "/path"]);
}
