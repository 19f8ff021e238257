//! Decimals in normal form: what numbers are compared by.

#[cfg(feature = "checks")]
use super::Number;
#[cfg(feature = "checks")]
use std::cmp::Ordering;

/// A decimal in normal form: `0.digits * 10^exponent` without outer zeros.
#[derive(PartialEq)]
pub(super) struct Decimal {
    pub(super) negative: bool,
    /// As ASCII.
    pub(super) digits: Vec<u8>,
    pub(super) exponent: i64,
}

impl Decimal {
    /// Of a number in JSON's grammar. An exponent beyond 64 bits saturates.
    pub(super) fn of(text: &str) -> Self {
        let (negative, text) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, saturating(exponent)),
            None => (text, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all = || whole.bytes().chain(fraction.bytes());
        let leading = all().take_while(|digit| *digit == b'0').count();
        let mut digits: Vec<u8> = all().skip(leading).collect();
        while digits.last() == Some(&b'0') {
            digits.pop();
        }
        if digits.is_empty() {
            return Self {
                negative: false,
                digits,
                exponent: 0,
            };
        }
        let point = whole.len() as i64 - leading as i64;
        Self {
            negative,
            digits,
            exponent: exponent.saturating_add(point),
        }
    }
}

fn saturating(exponent: &str) -> i64 {
    match exponent.parse::<i64>() {
        Ok(value) => value,
        Err(_) if exponent.starts_with('-') => i64::MIN,
        Err(_) => i64::MAX,
    }
}

#[cfg(feature = "checks")]
impl Decimal {
    /// Which of two numbers is greater.
    fn compare(&self, other: &Self) -> Ordering {
        let sign = |decimal: &Self| match (decimal.digits.is_empty(), decimal.negative) {
            (true, _) => 0,
            (false, true) => -1,
            (false, false) => 1,
        };
        let order = sign(self).cmp(&sign(other));
        if order != Ordering::Equal || self.digits.is_empty() {
            return order;
        }
        // Without outer zeros the exponent decides, then digit after digit.
        let magnitude = (self.exponent, &self.digits).cmp(&(other.exponent, &other.digits));
        match self.negative {
            true => magnitude.reverse(),
            false => magnitude,
        }
    }

    /// Whether it is a whole number of times `step`; `None` where `step` is zero or
    /// has more digits than can be reckoned with.
    fn is_multiple_of(&self, step: &Self) -> Option<bool> {
        let divisor = step.digits.iter().try_fold(0u64, |all, digit| {
            all.checked_mul(10)?.checked_add(u64::from(digit - b'0'))
        });
        let divisor = divisor.filter(|divisor| *divisor > 0)?;
        if self.digits.is_empty() {
            return Some(true);
        }
        // Both as integers times a power of ten, neither integer divisible by ten.
        let scale = |decimal: &Self| decimal.exponent.checked_sub(decimal.digits.len() as i64);
        let shift = scale(self)?.checked_sub(scale(step)?)?;
        let Ok(mut shift) = u64::try_from(shift) else {
            // The step would have to hold a power of ten.
            return Some(false);
        };
        let divisor = u128::from(divisor);
        let mut rest = self.digits.iter().fold(0u128, |rest, digit| {
            (rest * 10 + u128::from(digit - b'0')) % divisor
        });
        let mut power = 10 % divisor;
        while shift > 0 {
            if shift % 2 == 1 {
                rest = rest * power % divisor;
            }
            power = power * power % divisor;
            shift /= 2;
        }
        Some(rest == 0)
    }
}

#[cfg(feature = "checks")]
impl Number {
    /// Which of two numbers is greater, by their exact values.
    pub(crate) fn compare(&self, other: &Self) -> Ordering {
        Decimal::of(&self.to_string()).compare(&Decimal::of(&other.to_string()))
    }

    /// Whether it is a whole number of times `step`, by exact values; `None` where
    /// that cannot be said.
    pub(crate) fn is_multiple_of(&self, step: &Self) -> Option<bool> {
        Decimal::of(&self.to_string()).is_multiple_of(&Decimal::of(&step.to_string()))
    }

    /// One text for all ways of writing the number.
    pub(crate) fn normal(&self) -> String {
        let Decimal {
            negative,
            digits,
            exponent,
        } = Decimal::of(&self.to_string());
        let sign = if negative { "-" } else { "" };
        format!("{sign}{}e{exponent}", String::from_utf8_lossy(&digits))
    }
}

#[cfg(all(test, feature = "checks"))]
mod tests {
    use super::*;

    fn number(text: &str) -> Number {
        Number::from_checked(text)
    }

    #[test]
    fn order_is_exact() {
        let rising = [
            "-1e400",
            "-9223372036854775809",
            "-9223372036854775808",
            "-1.5",
            "-0.01",
            "0",
            "1e-400",
            "0.1",
            "0.10000000000000000001",
            "9007199254740992",
            "9007199254740993",
            "18446744073709551615",
            "18446744073709551616",
            "1e400",
        ];
        for (at, a) in rising.iter().enumerate() {
            for (other, b) in rising.iter().enumerate() {
                assert_eq!(number(a).compare(&number(b)), at.cmp(&other), "{a} {b}");
            }
        }
        assert_eq!(number("1.0").compare(&number("1")), Ordering::Equal);
        assert_eq!(number("-0").compare(&number("0")), Ordering::Equal);
    }

    #[test]
    fn multiples_are_decimal() {
        for (value, step, expected) in [
            ("0.07", "0.01", true),
            ("19.99", "0.01", true),
            ("0.075", "0.01", false),
            ("4.35", "0.05", true),
            ("4.36", "0.05", false),
            ("0", "3", true),
            ("-9", "3", true),
            ("10", "4", false),
            ("9223372036854775807", "7", true),
            ("9223372036854775806", "7", false),
            ("1e300", "3", false),
            ("3e300", "3", true),
            ("1e308", "0.123456789", false),
            ("7.5", "2.5", true),
            ("30", "1e1", true),
            ("35", "1e1", false),
        ] {
            let found = number(value).is_multiple_of(&number(step));
            assert_eq!(found, Some(expected), "{value} {step}");
        }
        assert_eq!(number("1").is_multiple_of(&number("0")), None);
    }
}
