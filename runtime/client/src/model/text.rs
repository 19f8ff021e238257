//! Values that are written as one text of a format: a date-time, a UUID.

use std::any::Any;

/// A type whose wire form is one text.
///
/// Two texts of one value (`2024-01-15T11:30:00+02:00`, `2024-01-15T09:30:00Z`)
/// read as equal values; the one that [`Self::write`] gives is what is sent.
pub trait Format: Sized + 'static {
    /// What a text must be, for errors: `a UUID`.
    const EXPECTED: &'static str;
    /// JSON has the text as a number rather than as a string.
    const NUMBER: bool = false;
    /// An error may show a text that does not fit.
    const SHOWN: bool = true;

    /// A value to read into; see [`super::Reflect::blank`].
    fn blank() -> Self;
    /// The value of a text; `None` where the text is not of the format.
    fn read(text: &str) -> Option<Self>;
    /// Appends the text.
    fn write(&self, out: &mut String);
    /// Whether two values are equal.
    fn same(&self, other: &Self) -> bool;
}

/// A [`Format`] as the codecs see it.
pub trait Text {
    /// See [`Format::EXPECTED`].
    fn expected(&self) -> &'static str;
    /// See [`Format::NUMBER`].
    fn is_number(&self) -> bool;
    /// See [`Format::SHOWN`].
    fn is_shown(&self) -> bool;
    /// Sets the value; false where the text is not of the format.
    fn set(&mut self, text: &str) -> bool;
    /// Appends the text.
    fn append(&self, out: &mut String);
    /// Whether `other` is an equal value of the same type.
    fn equals(&self, other: &dyn Text) -> bool;
    /// The value itself.
    fn as_any(&self) -> &dyn Any;
}

impl<T: Format> Text for T {
    fn expected(&self) -> &'static str {
        T::EXPECTED
    }
    fn is_number(&self) -> bool {
        T::NUMBER
    }
    fn is_shown(&self) -> bool {
        T::SHOWN
    }
    fn set(&mut self, text: &str) -> bool {
        match T::read(text) {
            Some(value) => {
                *self = value;
                true
            }
            None => false,
        }
    }
    fn append(&self, out: &mut String) {
        self.write(out);
    }
    fn equals(&self, other: &dyn Text) -> bool {
        other
            .as_any()
            .downcast_ref::<T>()
            .is_some_and(|other| self.same(other))
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// The text of a value.
pub(crate) fn written(value: &dyn Text) -> String {
    let mut text = String::new();
    value.append(&mut text);
    text
}

/// What an error says was found in place of a text of the format.
#[cold]
pub(crate) fn found(value: &dyn Text, text: &str) -> String {
    /// Longer texts are cut.
    const SHOWN: usize = 64;
    if !value.is_shown() {
        return "other text".to_owned();
    }
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{:?} and more", &text[..end]),
        None => format!("{text:?}"),
    }
}

/// [`super::Reflect`] for types that are [`Format`].
macro_rules! reflect_format {
    ($($type:ty),* $(,)?) => {$(
        impl crate::model::Reflect for $type {
            #[inline]
            fn blank() -> Self {
                <Self as crate::model::Format>::blank()
            }
            #[inline]
            fn slot(&mut self) -> crate::model::Slot<'_> {
                crate::model::Slot::Text(self)
            }
            #[inline]
            fn view(&self) -> crate::model::View<'_> {
                crate::model::View::Text(self)
            }
        }
    )*};
}
pub(crate) use reflect_format;
