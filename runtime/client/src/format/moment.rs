//! Moments that are not written as RFC 3339: HTTP dates and Unix seconds.

use crate::model::{Format, Reflect, Slot, View};
use std::fmt;
use std::ops::Deref;

/// A moment of one of the crates for dates: `jiff::Timestamp`,
/// `chrono::DateTime<Utc>`, `time::OffsetDateTime`.
pub trait Moment: Format + Clone + fmt::Debug {
    /// The moment so many seconds after 1970-01-01T00:00:00Z; `None` where the
    /// type has no such moment.
    fn from_seconds(seconds: i64) -> Option<Self>;
    /// Whole seconds since 1970-01-01T00:00:00Z, rounded down.
    fn seconds(&self) -> i64;
    /// The moment of an RFC 2822 date-time.
    fn from_rfc2822(text: &str) -> Option<Self>;
    /// As an HTTP date (RFC 9110, section 5.6.7): `Mon, 15 Jan 2024 09:30:00 GMT`.
    fn to_http_date(&self) -> String;
}

macro_rules! second {
    ($(#[$docs:meta])* $name:ident) => {
        $(#[$docs])*
        ///
        /// It has no fraction of a second: what it is made of is cut.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name<T>(T);

        impl<T: Moment> $name<T> {
            /// The moment, without the fraction of its second.
            pub fn new(moment: T) -> Self {
                Self(T::from_seconds(moment.seconds()).unwrap_or(moment))
            }

            /// The moment.
            pub fn into_inner(self) -> T {
                self.0
            }
        }

        impl<T: Moment> From<T> for $name<T> {
            fn from(moment: T) -> Self {
                Self::new(moment)
            }
        }

        impl<T> Deref for $name<T> {
            type Target = T;
            fn deref(&self) -> &T {
                &self.0
            }
        }

        impl<T: fmt::Debug> fmt::Debug for $name<T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl<T: Moment> Reflect for $name<T> {
            fn blank() -> Self {
                Self(<T as Format>::blank())
            }
            fn slot(&mut self) -> Slot<'_> {
                Slot::Text(self)
            }
            fn view(&self) -> View<'_> {
                View::Text(self)
            }
        }
    };
}

second! {
    /// A moment that is sent as an HTTP date (RFC 9110, section 5.6.7) and read
    /// as any RFC 2822 date-time.
    HttpDate
}
second! {
    /// A moment that JSON has as the number of seconds since 1970-01-01T00:00:00Z.
    UnixTime
}

impl<T: Moment> Format for HttpDate<T> {
    const EXPECTED: &'static str = "a date-time (RFC 2822)";
    fn blank() -> Self {
        Self(T::blank())
    }
    fn read(text: &str) -> Option<Self> {
        T::from_rfc2822(text).map(Self::new)
    }
    fn write(&self, out: &mut String) {
        out.push_str(&self.0.to_http_date());
    }
    fn same(&self, other: &Self) -> bool {
        self.0.same(&other.0)
    }
}

impl<T: Moment> Format for UnixTime<T> {
    const EXPECTED: &'static str = "a number of seconds since 1970";
    const NUMBER: bool = true;
    fn blank() -> Self {
        Self(T::blank())
    }
    fn read(text: &str) -> Option<Self> {
        T::from_seconds(super::integer(text)?).map(Self)
    }
    fn write(&self, out: &mut String) {
        out.push_str(itoa::Buffer::new().format(self.0.seconds()));
    }
    fn same(&self, other: &Self) -> bool {
        self.0.same(&other.0)
    }
}
