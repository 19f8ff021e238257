//! The scalars of YAML's core schema (YAML 1.2.2, section 10.3).

use super::node::Value;

/// What a plain scalar stands for. `off`, `no`, `y` and dates are strings.
pub(super) fn resolve(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        _ => number(text).map_or_else(|| Value::from(text), |n| Value::Number(n.into())),
    }
}

/// The scalar as a JSON number, if it is one. Infinities and NaN have no
/// counterpart in JSON and stay text.
fn number(text: &str) -> Option<String> {
    let first = *text.as_bytes().first()?;
    if !matches!(first, b'0'..=b'9' | b'-' | b'+' | b'.') {
        return None;
    }
    if let Some(digits) = text.strip_prefix("0x") {
        return u64::from_str_radix(digits, 16).ok().map(|n| n.to_string());
    }
    if let Some(digits) = text.strip_prefix("0o") {
        return u64::from_str_radix(digits, 8).ok().map(|n| n.to_string());
    }
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let (mantissa, exponent) = match rest.find(['e', 'E']) {
        Some(at) => (&rest[..at], Some(&rest[at + 1..])),
        None => (rest, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    let fraction = fraction.unwrap_or_default();
    if !digits(whole) || !digits(fraction) || (whole.is_empty() && fraction.is_empty()) {
        return None;
    }
    let trimmed = whole.trim_start_matches('0');
    let whole = if trimmed.is_empty() { "0" } else { trimmed };
    let mut number = format!("{sign}{whole}");
    if !fraction.is_empty() {
        number.push('.');
        number.push_str(fraction);
    }
    if let Some(exponent) = exponent {
        let power = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
        if power.is_empty() || !digits(power) {
            return None;
        }
        number.push('e');
        number.push_str(exponent);
    }
    Some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn core_schema() {
        for text in [
            "OFF",
            "n",
            "y",
            "no",
            "yes",
            "on",
            "2020-01-01",
            "1_000",
            ".inf",
            "-.INF",
            ".nan",
            "-",
            "+",
            ".",
            "1.2.3",
            "0x",
            "e5",
            "1e",
            "12:30",
            "nUll",
        ] {
            assert!(matches!(resolve(text), Value::String(_)), "{text}");
        }
        for (text, number) in [
            ("12", "12"),
            ("+12", "12"),
            ("-0", "-0"),
            ("007", "7"),
            ("0", "0"),
            ("0x1F", "31"),
            ("0o17", "15"),
            (".5", "0.5"),
            ("1.", "1"),
            ("1.10", "1.10"),
            ("1e3", "1e3"),
            ("-1.5E+2", "-1.5e+2"),
            ("00.5", "0.5"),
        ] {
            let Value::Number(found) = resolve(text) else {
                panic!("{text}")
            };
            assert_eq!(&*found, number);
        }
        assert!(matches!(resolve("~"), Value::Null));
        assert!(matches!(resolve("True"), Value::Bool(true)));
    }
}
