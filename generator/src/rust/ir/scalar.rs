//! Types of formats.

/// A crate with types for dates and times.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Library {
    /// `jiff`
    Jiff,
    /// `chrono`
    Chrono,
    /// `time`
    Time,
}

impl Library {
    fn feature(self) -> &'static str {
        match self {
            Self::Jiff => "jiff",
            Self::Chrono => "chrono",
            Self::Time => "time",
        }
    }

    fn moment(self) -> &'static str {
        match self {
            Self::Jiff => "rt::jiff::Timestamp",
            Self::Chrono => "rt::chrono::DateTime<rt::chrono::Utc>",
            Self::Time => "rt::time::OffsetDateTime",
        }
    }
}

/// The Rust type of a format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scalar {
    /// A moment.
    DateTime(Library),
    /// A date without time.
    Date(Library),
    /// A time of day.
    Time(Library),
    /// A moment, sent as an HTTP date.
    HttpDate(Library),
    /// A moment, sent as seconds since 1970.
    UnixTime(Library),
    /// `jiff::Span`
    Span,
    /// `uuid::Uuid`
    Uuid,
    /// `Base64`
    Base64,
    /// `Base64Url`
    Base64Url,
    /// `std::net::IpAddr`
    Ip,
    /// `std::net::Ipv4Addr`
    Ipv4,
    /// `std::net::Ipv6Addr`
    Ipv6,
    /// `rust_decimal::Decimal`, a JSON string
    Decimal,
    /// `DecimalNumber`, a JSON number
    DecimalNumber,
    /// `url::Url`
    Url,
    /// `i32`
    I32,
}

impl Scalar {
    /// The type in generated code, where `rt` is the runtime's `codegen`.
    pub fn path(self) -> String {
        let path = match self {
            Self::DateTime(library) => library.moment(),
            Self::HttpDate(library) => return format!("rt::HttpDate<{}>", library.moment()),
            Self::UnixTime(library) => return format!("rt::UnixTime<{}>", library.moment()),
            Self::Date(Library::Jiff) => "rt::jiff::civil::Date",
            Self::Date(Library::Chrono) => "rt::chrono::NaiveDate",
            Self::Date(Library::Time) => "rt::time::Date",
            Self::Time(Library::Jiff) => "rt::jiff::civil::Time",
            Self::Time(Library::Chrono) => "rt::chrono::NaiveTime",
            Self::Time(Library::Time) => "rt::time::Time",
            Self::Span => "rt::jiff::Span",
            Self::Uuid => "rt::uuid::Uuid",
            Self::Base64 => "rt::Base64",
            Self::Base64Url => "rt::Base64Url",
            Self::Ip => "::std::net::IpAddr",
            Self::Ipv4 => "::std::net::Ipv4Addr",
            Self::Ipv6 => "::std::net::Ipv6Addr",
            Self::Decimal => "rt::rust_decimal::Decimal",
            Self::DecimalNumber => "rt::DecimalNumber",
            Self::Url => "rt::url::Url",
            Self::I32 => "i32",
        };
        path.to_owned()
    }

    /// The runtime's feature that has the type.
    pub fn feature(self) -> Option<&'static str> {
        Some(match self {
            Self::DateTime(library)
            | Self::Date(library)
            | Self::Time(library)
            | Self::HttpDate(library)
            | Self::UnixTime(library) => library.feature(),
            Self::Span => "jiff",
            Self::Uuid => "uuid",
            Self::Decimal | Self::DecimalNumber => "rust_decimal",
            Self::Base64
            | Self::Base64Url
            | Self::Ip
            | Self::Ipv4
            | Self::Ipv6
            | Self::Url
            | Self::I32 => return None,
        })
    }

    /// An expression of a value, for examples.
    pub fn example(self) -> String {
        let parsed = |text: &str, what: &str| format!("{text:?}.parse().expect({what:?})");
        match self {
            Self::DateTime(Library::Time) => {
                "pontoon_runtime::time::OffsetDateTime::UNIX_EPOCH".to_owned()
            }
            Self::Date(Library::Time) => "pontoon_runtime::time::Date::MIN".to_owned(),
            Self::Time(Library::Time) => "pontoon_runtime::time::Time::MIDNIGHT".to_owned(),
            Self::DateTime(_) => parsed("2024-01-15T09:30:00Z", "a date-time"),
            Self::Date(_) => parsed("2024-01-15", "a date"),
            Self::Time(_) => parsed("09:30:00", "a time of day"),
            Self::HttpDate(library) | Self::UnixTime(library) => {
                let moment = match library {
                    Library::Jiff => "jiff::Timestamp",
                    Library::Chrono => "chrono::DateTime::<pontoon_runtime::chrono::Utc>",
                    Library::Time => "time::OffsetDateTime",
                };
                format!("pontoon_runtime::{moment}::UNIX_EPOCH.into()")
            }
            Self::Span => parsed("PT1H", "a duration"),
            Self::Uuid => parsed("123e4567-e89b-42d3-a456-426614174000", "a UUID"),
            Self::Base64 | Self::Base64Url => "b\"text\".as_slice().into()".to_owned(),
            Self::Ip | Self::Ipv4 => parsed("192.0.2.1", "an address"),
            Self::Ipv6 => parsed("2001:db8::1", "an address"),
            Self::Decimal => parsed("1.5", "a decimal"),
            Self::DecimalNumber => "Default::default()".to_owned(),
            Self::Url => parsed("https://example.com", "a URL"),
            Self::I32 => "1".to_owned(),
        }
    }
}
