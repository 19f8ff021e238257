//! What headers say about waiting.

use http::{HeaderMap, StatusCode};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// How long an answer asks to wait: `retry-after-ms`, `Retry-After` (RFC 9110,
/// section 10.2.3), or, for what a rate limit refused, the time until its reset.
pub(crate) fn wait_asked(status: Option<StatusCode>, headers: &HeaderMap) -> Option<Duration> {
    let asked = milliseconds(headers).or_else(|| retry_after(headers));
    asked.or_else(|| match status.map(|status| status.as_u16()) {
        Some(403 | 429) => exhausted(headers)?.reset,
        _ => None,
    })
}

/// Whether a rate limit refused the request: status 429, or 403 with headers that
/// say so.
pub(crate) fn is_rate_limited(status: StatusCode, headers: &HeaderMap) -> bool {
    match status.as_u16() {
        429 => true,
        403 => headers.contains_key("retry-after") || exhausted(headers).is_some(),
        _ => false,
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    Some(headers.get(name)?.to_str().ok()?.trim())
}

/// A number of seconds, not below zero.
fn seconds(text: &str) -> Option<Duration> {
    Duration::try_from_secs_f64(text.parse().ok()?).ok()
}

fn milliseconds(headers: &HeaderMap) -> Option<Duration> {
    let count: f64 = text(headers, "retry-after-ms")?.parse().ok()?;
    Duration::try_from_secs_f64(count / 1000.0).ok()
}

/// `Retry-After` in either form.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let value = text(headers, "retry-after")?;
    seconds(value).or_else(|| until(httpdate::parse_http_date(value).ok()?, headers))
}

fn until(at: SystemTime, headers: &HeaderMap) -> Option<Duration> {
    Some(at.duration_since(now(headers)?).unwrap_or(Duration::ZERO))
}

/// The server's own clock where it tells it, so that a wrong local clock does
/// no harm.
fn now(headers: &HeaderMap) -> Option<SystemTime> {
    let date = text(headers, "date").and_then(|date| httpdate::parse_http_date(date).ok());
    #[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
    let date = date.or_else(|| Some(SystemTime::now()));
    date
}

/// A rate limit of which nothing is left.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Exhausted {
    /// When there is something again, counted from the answer.
    pub(crate) reset: Option<Duration>,
    /// What the server calls the limit, where it has several.
    pub(crate) name: Option<String>,
}

/// The header families with one value in each: remaining, reset, reset as a number
/// of seconds, name.
const FAMILIES: [[&str; 4]; 3] = [
    [
        "x-ratelimit-remaining",
        "x-ratelimit-reset",
        "x-ratelimit-reset-after",
        "x-ratelimit-resource",
    ],
    [
        "x-rate-limit-remaining",
        "x-rate-limit-reset",
        "x-rate-limit-reset-after",
        "x-rate-limit-resource",
    ],
    // draft-ietf-httpapi-ratelimit-headers up to 06.
    ["ratelimit-remaining", "ratelimit-reset", "", ""],
];

/// The limit that an answer says is used up.
pub(crate) fn exhausted(headers: &HeaderMap) -> Option<Exhausted> {
    // Most answers have none of them; the table is asked only where one begins so.
    let has = |name: &http::HeaderName| {
        let name = name.as_str();
        name.starts_with("x-rate") || name.starts_with("ratelimit")
    };
    if !headers.keys().any(has) {
        return None;
    }
    listed(headers).or_else(|| {
        FAMILIES.iter().find_map(|[remaining, reset, after, name]| {
            let left: f64 = text(headers, remaining)?.parse().ok()?;
            let given = |name: &str| text(headers, name).filter(|text| !text.is_empty());
            (left <= 0.0).then(|| Exhausted {
                reset: given(after)
                    .and_then(seconds)
                    .or_else(|| moment(given(reset)?, headers)),
                name: given(name).map(str::to_owned),
            })
        })
    })
}

/// A reset: a number of seconds, seconds or milliseconds since 1970, or a date.
fn moment(value: &str, headers: &HeaderMap) -> Option<Duration> {
    const EPOCH: f64 = 1e9;
    const EPOCH_MS: f64 = 1e12;
    let Ok(number) = value.parse::<f64>() else {
        return until(httpdate::parse_http_date(value).ok()?, headers);
    };
    let since = match number {
        number if number < EPOCH => return seconds(value),
        number if number < EPOCH_MS => Duration::try_from_secs_f64(number).ok()?,
        number => Duration::try_from_secs_f64(number / 1000.0).ok()?,
    };
    until(UNIX_EPOCH.checked_add(since)?, headers)
}

/// `RateLimit: "name";r=0;t=30` (draft-ietf-httpapi-ratelimit-headers, 07 and
/// later; `limit=9, remaining=0, reset=30` in 07 itself). Without a time, the window
/// (`w`) of the policy of that name is the bound.
fn listed(headers: &HeaderMap) -> Option<Exhausted> {
    let value = text(headers, "ratelimit")?;
    if let Some(left) = member(value, ',', "remaining") {
        return (left.parse() == Ok(0.0)).then(|| Exhausted {
            reset: member(value, ',', "reset").and_then(seconds),
            name: None,
        });
    }
    let used_up = |item: &&str| member(item, ';', "r").is_some_and(|r| r.parse() == Ok(0.0));
    let items = value.split(',').filter(used_up).map(|item| {
        let name = item.split(';').next().unwrap_or_default().trim();
        let reset = member(item, ';', "t").or_else(|| {
            let policies = text(headers, "ratelimit-policy")?.split(',');
            let own = |policy: &&str| policy.split(';').next().map(str::trim) == Some(name);
            member(policies.into_iter().find(own)?, ';', "w")
        });
        Exhausted {
            reset: reset.and_then(seconds),
            name: Some(name.trim_matches('"').to_owned()).filter(|name| !name.is_empty()),
        }
    });
    // All of them must have something left: the last reset counts.
    items.max_by_key(|item| item.reset)
}

/// The value of `name=value` in a list.
fn member<'a>(list: &'a str, separator: char, name: &str) -> Option<&'a str> {
    let pairs = list
        .split(separator)
        .filter_map(|pair| pair.split_once('='));
    let mut found = pairs.filter(|(known, _)| known.trim() == name);
    found.next().map(|(_, value)| value.trim())
}

#[cfg(test)]
mod tests;
