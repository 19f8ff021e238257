//! A JSON number with its exact value.

use super::decimal::Decimal;
use std::fmt;
use std::hash::{Hash, Hasher};

/// A JSON number. Integers of 64 bits and floats that a double holds exactly as
/// written are kept as such, anything else as its text.
#[derive(Debug, Clone)]
pub struct Number(Repr);

#[derive(Debug, Clone)]
enum Repr {
    I64(i64),
    /// Above `i64::MAX`.
    U64(u64),
    /// Finite.
    F64(f64),
    Text(Box<str>),
}

impl Number {
    /// A float; `None` where it is not finite.
    pub fn from_f64(value: f64) -> Option<Self> {
        value.is_finite().then_some(Self(Repr::F64(value)))
    }

    /// The number that `text` writes by the JSON grammar, which the caller has checked.
    pub(crate) fn from_checked(text: &str) -> Self {
        if let Ok(value) = text.parse::<i64>() {
            if value == 0 && text.starts_with('-') {
                return Self(Repr::F64(-0.0));
            }
            return Self(Repr::I64(value));
        }
        if let Ok(value) = text.parse::<u64>() {
            return Self(Repr::U64(value));
        }
        match text.parse::<f64>() {
            Ok(value) if value.is_finite() && same_decimal(text, value) => Self(Repr::F64(value)),
            _ => Self(Repr::Text(text.into())),
        }
    }

    /// The value as a signed integer, where it is one in range (`1.0` and `1e2` are).
    pub fn as_i64(&self) -> Option<i64> {
        match &self.0 {
            Repr::I64(value) => Some(*value),
            Repr::U64(_) => None,
            Repr::F64(_) | Repr::Text(_) => {
                let (negative, magnitude) = integer(&self.to_string())?;
                if negative {
                    0i64.checked_sub_unsigned(magnitude)
                } else {
                    i64::try_from(magnitude).ok()
                }
            }
        }
    }

    /// The value as an unsigned integer, where it is one in range.
    pub fn as_u64(&self) -> Option<u64> {
        match &self.0 {
            Repr::I64(value) => u64::try_from(*value).ok(),
            Repr::U64(value) => Some(*value),
            Repr::F64(_) | Repr::Text(_) => match integer(&self.to_string())? {
                (true, 1..) => None,
                (_, magnitude) => Some(magnitude),
            },
        }
    }

    /// The value where it is kept as a signed integer.
    #[cfg(feature = "serde")]
    pub(crate) fn as_exact_i64(&self) -> Option<i64> {
        match &self.0 {
            Repr::I64(value) => Some(*value),
            _ => None,
        }
    }

    /// The value where it is kept as an unsigned integer.
    #[cfg(feature = "serde")]
    pub(crate) fn as_exact_u64(&self) -> Option<u64> {
        match &self.0 {
            Repr::U64(value) => Some(*value),
            _ => None,
        }
    }

    /// The value as a float, rounded where it must be; `None` beyond its range.
    pub fn as_f64(&self) -> Option<f64> {
        match &self.0 {
            Repr::I64(value) => Some(*value as f64),
            Repr::U64(value) => Some(*value as f64),
            Repr::F64(value) => Some(*value),
            Repr::Text(text) => text.parse::<f64>().ok().filter(|value| value.is_finite()),
        }
    }

    /// Appends the JSON text.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        match &self.0 {
            Repr::I64(value) => {
                out.extend_from_slice(itoa::Buffer::new().format(*value).as_bytes());
            }
            Repr::U64(value) => {
                out.extend_from_slice(itoa::Buffer::new().format(*value).as_bytes());
            }
            Repr::F64(value) => {
                out.extend_from_slice(zmij::Buffer::new().format_finite(*value).as_bytes());
            }
            Repr::Text(text) => out.extend_from_slice(text.as_bytes()),
        }
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Repr::I64(value) => write!(f, "{value}"),
            Repr::U64(value) => write!(f, "{value}"),
            Repr::F64(value) => f.write_str(zmij::Buffer::new().format_finite(*value)),
            Repr::Text(text) => f.write_str(text),
        }
    }
}

/// Equal where the written values are: `1`, `1.0` and `1e0` are one number.
impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Repr::I64(a), Repr::I64(b)) => a == b,
            (Repr::U64(a), Repr::U64(b)) => a == b,
            (Repr::F64(a), Repr::F64(b)) => a == b,
            _ => Decimal::of(&self.to_string()) == Decimal::of(&other.to_string()),
        }
    }
}

impl Eq for Number {}

impl Hash for Number {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let text = self.to_string();
        let decimal = Decimal::of(&text);
        decimal.negative.hash(state);
        decimal.exponent.hash(state);
        decimal.digits.hash(state);
    }
}

impl From<i64> for Number {
    fn from(value: i64) -> Self {
        Self(Repr::I64(value))
    }
}

impl From<u64> for Number {
    fn from(value: u64) -> Self {
        match i64::try_from(value) {
            Ok(value) => Self(Repr::I64(value)),
            Err(_) => Self(Repr::U64(value)),
        }
    }
}

/// Whether the shortest text of `value` writes the same decimal as `text`.
fn same_decimal(text: &str, value: f64) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let plain = !text.contains(['e', 'E']);
    // Every decimal of 15 digits survives a double; zero is zero.
    if digits <= 15 && plain {
        return true;
    }
    Decimal::of(text) == Decimal::of(zmij::Buffer::new().format_finite(value))
}

/// Sign and magnitude of a JSON number without a fraction: `12`, `1.0`, `1.5e1`.
pub(crate) fn integer(text: &str) -> Option<(bool, u64)> {
    let decimal = Decimal::of(text);
    if decimal.digits.is_empty() {
        return Some((false, 0));
    }
    // `0.digits * 10^exponent` is whole where all digits stand before the point.
    if decimal.exponent < decimal.digits.len() as i64 || decimal.exponent > 20 {
        return None;
    }
    let mut magnitude = 0u64;
    for place in 0..decimal.exponent as usize {
        let digit = decimal.digits.get(place).map_or(0, |digit| digit - b'0');
        magnitude = magnitude.checked_mul(10)?.checked_add(u64::from(digit))?;
    }
    Some((decimal.negative, magnitude))
}
