//! Formats of strings and numbers (OAS 3.0.3, Data Types; the OpenAPI Format
//! Registry; JSON Schema validation, section 7).

/// A format whose values have a form of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// A date and time with an offset (RFC 3339, `date-time`).
    DateTime,
    /// A date (RFC 3339, `full-date`).
    Date,
    /// A time of day.
    Time,
    /// A duration (ISO 8601).
    Duration,
    /// A UUID (RFC 9562).
    Uuid,
    /// Bytes in base64 (RFC 4648, section 4).
    Byte,
    /// Bytes in base64 with the alphabet for URLs (RFC 4648, section 5).
    Base64Url,
    /// An IP address of either version.
    Ip,
    /// An IPv4 address.
    Ipv4,
    /// An IPv6 address.
    Ipv6,
    /// A decimal number, as a string or as a number.
    Decimal,
    /// A date and time as HTTP headers have it (RFC 9110, section 5.6.7).
    HttpDate,
    /// An integer: seconds since 1970-01-01T00:00:00Z.
    UnixTime,
    /// An absolute URI (RFC 3986).
    Uri,
    /// An integer of 32 bits.
    Int32,
}

/// Each format, the name it goes by here, and the other names it is known under,
/// in small letters without what separates words.
const NAMES: &[(Format, &str, &[&str])] = &[
    (
        Format::DateTime,
        "date-time",
        &[
            "datetime",
            "isodatetime",
            "iso8601",
            "iso8601datetime",
            "rfc3339",
        ],
    ),
    (Format::Date, "date", &["date", "fulldate", "isodate"]),
    (Format::Time, "time", &["time", "partialtime"]),
    (
        Format::Duration,
        "duration",
        &["duration", "iso8601duration"],
    ),
    (Format::Uuid, "uuid", &["uuid", "guid", "uuid4", "uuidv4"]),
    (Format::Byte, "byte", &["byte", "base64"]),
    (Format::Base64Url, "base64url", &["base64url"]),
    (Format::Ip, "ip", &["ip", "ipaddress", "ipvanyaddress"]),
    (Format::Ipv4, "ipv4", &["ipv4"]),
    (Format::Ipv6, "ipv6", &["ipv6"]),
    (Format::Decimal, "decimal", &["decimal", "bigdecimal"]),
    (
        Format::HttpDate,
        "http-date",
        &[
            "httpdate",
            "datetimerfc1123",
            "datetimerfc2822",
            "datetimerfc7231",
            "rfc1123",
            "rfc2822",
            "rfc7231",
        ],
    ),
    (Format::UnixTime, "unixtime", &["unixtime", "unixtimestamp"]),
    (Format::Uri, "uri", &["uri", "url"]),
    (Format::Int32, "int32", &["int32"]),
];

impl Format {
    /// The format that a `format` names, if it is one of these.
    pub fn named(name: &str) -> Option<Self> {
        let folded: String = name
            .chars()
            .filter(|letter| !matches!(letter, '-' | '_' | ' '))
            .map(|letter| letter.to_ascii_lowercase())
            .collect();
        let found = NAMES
            .iter()
            .find(|(_, _, names)| names.contains(&folded.as_str()));
        found.map(|(format, ..)| *format)
    }

    /// The name that a resolved schema has it under.
    pub fn as_str(self) -> &'static str {
        let found = NAMES.iter().find(|(format, ..)| *format == self);
        found.map_or("", |(_, name, _)| name)
    }
}

#[cfg(test)]
mod tests {
    use super::{Format, NAMES};

    #[test]
    fn every_name_leads_back() {
        for (format, name, others) in NAMES {
            assert_eq!(Format::named(name), Some(*format));
            assert_eq!(format.as_str(), *name);
            for other in *others {
                assert_eq!(Format::named(other), Some(*format));
            }
        }
        assert_eq!(Format::named("dateTime"), Some(Format::DateTime));
        assert_eq!(Format::named("ISO_8601"), Some(Format::DateTime));
        assert_eq!(Format::named("hostname"), None);
    }
}
