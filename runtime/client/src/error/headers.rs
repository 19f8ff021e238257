//! What headers say about waiting.

use http::HeaderMap;
use std::time::{Duration, SystemTime};

/// `Retry-After` as a wait, in either form (RFC 9110, 10.2.3).
pub(super) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let value = headers.get("retry-after")?.to_str().ok()?.trim();
    if let Ok(seconds) = value.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let at = httpdate::parse_http_date(value).ok()?;
    Some(at.duration_since(now(headers)?).unwrap_or(Duration::ZERO))
}

/// The server's own clock where it tells it, so that a wrong local clock does
/// no harm.
fn now(headers: &HeaderMap) -> Option<SystemTime> {
    let date = headers
        .get("date")
        .and_then(|date| httpdate::parse_http_date(date.to_str().ok()?).ok());
    #[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
    let date = date.or_else(|| Some(SystemTime::now()));
    date
}

/// Whether a 403 is a rate limit in truth.
pub(super) fn says_rate_limited(headers: &HeaderMap) -> bool {
    const REMAINING: [&str; 3] = [
        "x-ratelimit-remaining",
        "ratelimit-remaining",
        "x-rate-limit-remaining",
    ];
    let exhausted = |name: &str| headers.get(name).is_some_and(|value| value == "0");
    headers.contains_key("retry-after") || REMAINING.into_iter().any(exhausted)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(pairs: &[(&'static str, &'static str)]) -> Option<Duration> {
        let headers = pairs
            .iter()
            .map(|(name, value)| {
                (
                    http::HeaderName::from_static(name),
                    http::HeaderValue::from_static(value),
                )
            })
            .collect();
        retry_after(&headers)
    }

    #[test]
    fn both_forms() {
        assert_eq!(
            wait(&[("retry-after", "120")]),
            Some(Duration::from_secs(120))
        );
        let date = ("date", "Sun, 06 Nov 1994 08:49:37 GMT");
        let later = ("retry-after", "Sun, 06 Nov 1994 08:50:07 GMT");
        assert_eq!(wait(&[date, later]), Some(Duration::from_secs(30)));
        assert_eq!(wait(&[later]), Some(Duration::ZERO));
        for bad in ["-1", "soon", "NaN", "1e300", ""] {
            assert_eq!(wait(&[("retry-after", bad)]), None, "{bad}");
        }
    }
}
