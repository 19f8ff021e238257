//! A value that may be absent, null, or there.

use std::ops::Deref;

/// An optional property that may also be null, where the two mean different things.
///
/// A property that is left out of a request stays as it is; a null removes it.
///
/// ```
/// use pontoon_runtime::nullable::Nullable;
///
/// let mut due_on: Nullable<String> = Nullable::Absent;
/// assert!(due_on.is_absent());
/// due_on = "2026-01-31".to_owned().into();
/// assert_eq!(due_on.as_deref(), Some("2026-01-31"));
/// due_on = Nullable::Null;
/// assert_eq!(due_on.value(), None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Nullable<T> {
    /// The property is not there.
    #[default]
    Absent,
    /// The property is there and null.
    Null,
    /// The property has a value.
    Value(T),
}

impl<T> Nullable<T> {
    /// Whether the property is not there.
    pub const fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    /// Whether the property is an explicit null.
    pub const fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// Whether the property has a value.
    pub const fn is_value(&self) -> bool {
        matches!(self, Self::Value(_))
    }

    /// The value, where there is one.
    pub const fn value(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            _ => None,
        }
    }

    /// The value, where there is one, to be changed.
    pub const fn value_mut(&mut self) -> Option<&mut T> {
        match self {
            Self::Value(value) => Some(value),
            _ => None,
        }
    }

    /// The value, where there is one; absent and null both become `None`.
    pub fn into_option(self) -> Option<T> {
        match self {
            Self::Value(value) => Some(value),
            _ => None,
        }
    }

    /// The same state with a reference to the value.
    pub const fn as_ref(&self) -> Nullable<&T> {
        match self {
            Self::Absent => Nullable::Absent,
            Self::Null => Nullable::Null,
            Self::Value(value) => Nullable::Value(value),
        }
    }

    /// What the value dereferences to, for example `Option<&str>` for a `String`.
    pub fn as_deref(&self) -> Option<&T::Target>
    where
        T: Deref,
    {
        self.value().map(T::deref)
    }

    /// The same state with another value.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Nullable<U> {
        match self {
            Self::Absent => Nullable::Absent,
            Self::Null => Nullable::Null,
            Self::Value(value) => Nullable::Value(change(value)),
        }
    }

    /// The value, or `default` where there is none.
    pub fn unwrap_or(self, default: T) -> T {
        self.into_option().unwrap_or(default)
    }

    /// The value, or `T::default()` where there is none.
    pub fn unwrap_or_default(self) -> T
    where
        T: Default,
    {
        self.into_option().unwrap_or_default()
    }

    /// Takes the state out, leaving [`Nullable::Absent`].
    pub fn take(&mut self) -> Self {
        std::mem::take(self)
    }
}

impl<T> From<T> for Nullable<T> {
    fn from(value: T) -> Self {
        Self::Value(value)
    }
}

/// `None` becomes an explicit null.
impl<T> From<Option<T>> for Nullable<T> {
    fn from(value: Option<T>) -> Self {
        match value {
            Some(value) => Self::Value(value),
            None => Self::Null,
        }
    }
}

impl<T> From<Nullable<T>> for Option<T> {
    fn from(value: Nullable<T>) -> Self {
        value.into_option()
    }
}

impl From<&str> for Nullable<String> {
    fn from(value: &str) -> Self {
        Self::Value(value.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::Nullable;

    #[test]
    fn three_states_are_told_apart() {
        let absent = Nullable::<i64>::default();
        let null = Nullable::<i64>::from(None);
        let value = Nullable::from(7);
        assert!(absent.is_absent() && !absent.is_null());
        assert!(null.is_null() && !null.is_value());
        assert_eq!(value.value(), Some(&7));
        assert_ne!(absent, null);
        assert_eq!(null.map(|v| v + 1), Nullable::Null);
        assert_eq!(value.map(|v| v + 1).into_option(), Some(8));
        assert_eq!(absent.unwrap_or(3), 3);
        assert_eq!(Nullable::<String>::from("a").as_deref(), Some("a"));
    }

    #[test]
    fn value_can_be_taken_and_changed() {
        let mut value = Nullable::from(1);
        if let Some(inner) = value.value_mut() {
            *inner = 2;
        }
        assert_eq!(value.take(), Nullable::Value(2));
        assert!(value.is_absent());
        assert_eq!(Option::<i32>::from(Nullable::Value(2)), Some(2));
    }
}
