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

/// The Rust type of a format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scalar {
    /// A moment.
    DateTime(Library),
    /// A date without time.
    Date(Library),
    /// A time of day.
    Time(Library),
    /// `jiff::Span`
    Span,
    /// `uuid::Uuid`
    Uuid,
}

impl Scalar {
    /// The type's path in the runtime's `codegen`.
    pub fn path(self) -> String {
        let path = match self {
            Self::DateTime(Library::Jiff) => "jiff::Timestamp",
            Self::DateTime(Library::Chrono) => "chrono::DateTime<rt::chrono::Utc>",
            Self::DateTime(Library::Time) => "time::OffsetDateTime",
            Self::Date(Library::Jiff) => "jiff::civil::Date",
            Self::Date(Library::Chrono) => "chrono::NaiveDate",
            Self::Date(Library::Time) => "time::Date",
            Self::Time(Library::Jiff) => "jiff::civil::Time",
            Self::Time(Library::Chrono) => "chrono::NaiveTime",
            Self::Time(Library::Time) => "time::Time",
            Self::Span => "jiff::Span",
            Self::Uuid => "uuid::Uuid",
        };
        path.to_owned()
    }

    /// The runtime's feature that has the type.
    pub fn feature(self) -> Option<&'static str> {
        Some(match self {
            Self::DateTime(library) | Self::Date(library) | Self::Time(library) => match library {
                Library::Jiff => "jiff",
                Library::Chrono => "chrono",
                Library::Time => "time",
            },
            Self::Span => "jiff",
            Self::Uuid => "uuid",
        })
    }

    /// An expression of a value, for examples.
    pub fn example(self) -> &'static str {
        match self {
            Self::DateTime(Library::Time) => "pontoon_runtime::time::OffsetDateTime::UNIX_EPOCH",
            Self::Date(Library::Time) => "pontoon_runtime::time::Date::MIN",
            Self::Time(Library::Time) => "pontoon_runtime::time::Time::MIDNIGHT",
            Self::DateTime(_) => "\"2024-01-15T09:30:00Z\".parse().expect(\"a date-time\")",
            Self::Date(_) => "\"2024-01-15\".parse().expect(\"a date\")",
            Self::Time(_) => "\"09:30:00\".parse().expect(\"a time\")",
            Self::Span => "\"PT1H\".parse().expect(\"a duration\")",
            Self::Uuid => "\"123e4567-e89b-42d3-a456-426614174000\".parse().expect(\"a UUID\")",
        }
    }
}
