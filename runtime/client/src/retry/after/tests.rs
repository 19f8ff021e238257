//! Cases of headers, good and bad.

use super::*;
use http::{HeaderName, HeaderValue};

const DATE: (&str, &str) = ("date", "Sun, 06 Nov 1994 08:49:37 GMT");
/// 1994-11-06T08:49:37Z is 784111777; the cases of later dates have one of their own.
const DATE_2033: (&str, &str) = ("date", "Wed, 18 May 2033 03:33:20 GMT");

fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
    let pair = |&(name, value): &(&'static str, &'static str)| {
        (
            HeaderName::from_static(name),
            HeaderValue::from_bytes(value.as_bytes()).expect("a value"),
        )
    };
    pairs.iter().map(pair).collect()
}

fn asked(status: u16, pairs: &[(&'static str, &'static str)]) -> Option<f64> {
    let status = StatusCode::from_u16(status).ok();
    wait_asked(status, &headers(pairs)).map(|wait| wait.as_secs_f64())
}

#[test]
fn retry_after_in_both_forms() {
    let later = ("retry-after", "Sun, 06 Nov 1994 08:50:07 GMT");
    type Case = (&'static [(&'static str, &'static str)], Option<f64>);
    let cases: &[Case] = &[
        (&[("retry-after", "120")], Some(120.0)),
        (&[("retry-after", " 0 ")], Some(0.0)),
        (&[("retry-after", "1.5")], Some(1.5)),
        (
            &[("retry-after-ms", "250"), ("retry-after", "9")],
            Some(0.25),
        ),
        (
            &[("retry-after-ms", "soon"), ("retry-after", "9")],
            Some(9.0),
        ),
        (&[("retry-after-ms", "-5")], None),
        (&[("retry-after", "-1")], None),
        (&[("retry-after", "soon")], None),
        (&[("retry-after", "NaN")], None),
        (&[("retry-after", "1e300")], None),
        (&[("retry-after", "99999999999999999999999999")], None),
        (&[("retry-after", "")], None),
        (&[("retry-after", "\u{e9}")], None),
        (&[], None),
    ];
    for (pairs, expected) in cases {
        assert_eq!(asked(503, pairs), *expected, "{pairs:?}");
    }
    assert_eq!(asked(503, &[DATE, later]), Some(30.0));
    assert_eq!(asked(503, &[later]), Some(0.0), "in the past");
}

#[test]
fn resets_of_rate_limits() {
    type Case = (&'static [(&'static str, &'static str)], Option<f64>);
    let cases: &[Case] = &[
        // Seconds.
        (
            &[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "12")],
            Some(12.0),
        ),
        (
            &[("ratelimit-remaining", "0"), ("ratelimit-reset", "7")],
            Some(7.0),
        ),
        (
            &[("x-rate-limit-remaining", "0"), ("x-rate-limit-reset", "3")],
            Some(3.0),
        ),
        (
            &[
                ("x-ratelimit-remaining", "0"),
                ("x-ratelimit-reset", "1470173023"),
                ("x-ratelimit-reset-after", "0.5"),
            ],
            Some(0.5),
        ),
        // Since 1970, by the clock of the server.
        (
            &[
                DATE_2033,
                ("x-ratelimit-remaining", "0"),
                ("x-ratelimit-reset", "2000000042"),
            ],
            Some(42.0),
        ),
        (
            &[
                DATE_2033,
                ("x-ratelimit-remaining", "0"),
                ("x-ratelimit-reset", "2000000042500"),
            ],
            Some(42.5),
        ),
        (
            &[
                DATE_2033,
                ("x-ratelimit-remaining", "0"),
                ("x-ratelimit-reset", "1999999999"),
            ],
            Some(0.0),
        ),
        (
            &[
                DATE,
                ("x-ratelimit-remaining", "0"),
                ("x-ratelimit-reset", "Sun, 06 Nov 1994 08:49:47 GMT"),
            ],
            Some(10.0),
        ),
        // The draft, in its forms.
        (&[("ratelimit", "\"default\";r=0;t=30")], Some(30.0)),
        (
            &[(
                "ratelimit",
                "\"a\";r=0;t=30, \"b\";r=0;t=90, \"c\";r=4;t=900",
            )],
            Some(90.0),
        ),
        (&[("ratelimit", "limit=9, remaining=0, reset=5")], Some(5.0)),
        (
            &[
                ("ratelimit", "\"day\";r=0"),
                (
                    "ratelimit-policy",
                    "\"hour\";q=9;w=3600, \"day\";q=99;w=86400",
                ),
            ],
            Some(86400.0),
        ),
        // Something is left, or nobody knows.
        (
            &[("x-ratelimit-remaining", "1"), ("x-ratelimit-reset", "12")],
            None,
        ),
        (&[("x-ratelimit-remaining", "0")], None),
        (&[("x-ratelimit-reset", "12")], None),
        (
            &[
                ("x-ratelimit-remaining", "none"),
                ("x-ratelimit-reset", "12"),
            ],
            None,
        ),
        (
            &[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "-12")],
            None,
        ),
        (
            &[
                ("x-ratelimit-remaining", "0"),
                ("x-ratelimit-reset", "later"),
            ],
            None,
        ),
        (
            &[
                ("x-ratelimit-remaining", "0"),
                ("x-ratelimit-reset", "1e400"),
            ],
            None,
        ),
        (&[("ratelimit", "\"default\";r=3;t=30")], None),
        (&[("ratelimit", "\"default\";r=0")], None),
        (&[("ratelimit", ";;=,r")], None),
        (&[("ratelimit", "")], None),
    ];
    for (pairs, expected) in cases {
        assert_eq!(asked(429, pairs), *expected, "{pairs:?}");
        assert_eq!(asked(200, pairs), None, "{pairs:?}");
    }
    // Far away, but a time.
    let pairs = [
        DATE_2033,
        ("x-ratelimit-remaining", "0"),
        ("x-ratelimit-reset", "1e18"),
    ];
    assert!(asked(429, &pairs).is_some_and(|wait| wait > 9e14));
}

#[test]
fn the_name_of_a_limit() {
    let found = exhausted(&headers(&[
        ("x-ratelimit-remaining", "0"),
        ("x-ratelimit-reset", "12"),
        ("x-ratelimit-resource", "search"),
    ]));
    assert_eq!(
        found.and_then(|limit| limit.name).as_deref(),
        Some("search")
    );
    let found = exhausted(&headers(&[("ratelimit", "\"burst\";r=0;t=1")]));
    assert_eq!(found.and_then(|limit| limit.name).as_deref(), Some("burst"));
}

#[test]
fn refusals() {
    let limited = |status: u16, pairs: &[(&'static str, &'static str)]| {
        is_rate_limited(
            StatusCode::from_u16(status).expect("a status"),
            &headers(pairs),
        )
    };
    assert!(limited(429, &[]));
    assert!(limited(403, &[("retry-after", "1")]));
    assert!(limited(403, &[("x-ratelimit-remaining", "0")]));
    assert!(!limited(403, &[("x-ratelimit-remaining", "5")]));
    assert!(!limited(403, &[]));
    assert!(!limited(503, &[("retry-after", "1")]));
}
