//! Decimal numbers of `rust_decimal`.

use crate::model::{Format, reflect_format};
use rust_decimal::Decimal;
use std::fmt::{self, Write as _};
use std::ops::{Deref, DerefMut};

/// A decimal that JSON has as a number (`type: number, format: decimal`). One
/// that JSON has as a string is a plain [`Decimal`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct DecimalNumber(pub Decimal);

reflect_format!(Decimal, DecimalNumber);

/// Exact, or not at all: 28 digits are what the type holds.
fn read(text: &str) -> Option<Decimal> {
    if text.contains(['e', 'E']) {
        return Decimal::from_scientific(text).ok();
    }
    Decimal::from_str_exact(text).ok()
}

impl Format for Decimal {
    const EXPECTED: &'static str = "a decimal of at most 28 digits";
    fn blank() -> Self {
        Self::ZERO
    }
    fn read(text: &str) -> Option<Self> {
        read(text)
    }
    fn write(&self, out: &mut String) {
        // Writing to a string cannot fail.
        let _ = write!(out, "{self}");
    }
    fn same(&self, other: &Self) -> bool {
        self == other
    }
}

impl Format for DecimalNumber {
    const EXPECTED: &'static str = "a number of at most 28 digits";
    const NUMBER: bool = true;
    fn blank() -> Self {
        Self::default()
    }
    fn read(text: &str) -> Option<Self> {
        read(text).map(Self)
    }
    fn write(&self, out: &mut String) {
        let _ = write!(out, "{}", self.0);
    }
    fn same(&self, other: &Self) -> bool {
        self == other
    }
}

impl fmt::Debug for DecimalNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl fmt::Display for DecimalNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl From<Decimal> for DecimalNumber {
    fn from(value: Decimal) -> Self {
        Self(value)
    }
}

impl Deref for DecimalNumber {
    type Target = Decimal;
    fn deref(&self) -> &Decimal {
        &self.0
    }
}

impl DerefMut for DecimalNumber {
    fn deref_mut(&mut self) -> &mut Decimal {
        &mut self.0
    }
}
