//! Documented examples of vendors, and what is refused.

use super::*;
use crate::webhook::Place;
use http::{HeaderMap, HeaderName, HeaderValue};

fn headers(rows: &[(&'static str, &str)]) -> HeaderMap {
    let rows = rows.iter().map(|(name, value)| {
        let value = HeaderValue::from_str(value).expect("a header value");
        (HeaderName::from_static(name), value)
    });
    rows.collect()
}

fn verifier(signature: &'static Signature, secret: &str) -> Verifier {
    Verifier::new(signature, [secret]).expect("a verifier")
}

/// `t=...,v1=...,v1=...` (<https://docs.stripe.com/webhooks#verify-manually>).
static ITEMS: Signature = Signature {
    header: "x-signature",
    layout: Layout::Items {
        between: ',',
        equals: '=',
        key: "v1",
    },
    timestamp: Some(Moment::Item("t")),
    signed: &[Signed::Timestamp, Signed::Text("."), Signed::Body],
    ..Signature::BLANK
};

/// <https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries>
static PREFIXED: Signature = Signature {
    header: "x-hub-signature-256",
    layout: Layout::Value { prefix: "sha256=" },
    ..Signature::BLANK
};

/// <https://docs.slack.dev/authentication/verifying-requests-from-slack>
static VERSIONED: Signature = Signature {
    header: "x-signature",
    layout: Layout::Value { prefix: "v0=" },
    timestamp: Some(Moment::At(Place::Header("x-request-timestamp"))),
    signed: &[
        Signed::Text("v0:"),
        Signed::Timestamp,
        Signed::Text(":"),
        Signed::Body,
    ],
    ..Signature::BLANK
};

/// The URL and the body in base64
/// (<https://developer.squareup.com/docs/webhooks/step3validate>).
static WITH_URL: Signature = Signature {
    header: "x-hmacsha256-signature",
    encoding: Encoding::Base64,
    signed: &[Signed::Url, Signed::Body],
    ..Signature::BLANK
};

static IN_BODY: Signature = Signature {
    header: "x-signature",
    algorithm: Algorithm::HmacSha512,
    timestamp: Some(Moment::At(Place::Property("/sent"))),
    unit: Unit::Milliseconds,
    ..Signature::BLANK
};

static DATED: Signature = Signature {
    header: "x-signature",
    algorithm: Algorithm::HmacSha1,
    encoding: Encoding::Base64,
    timestamp: Some(Moment::At(Place::Header("x-sent"))),
    unit: Unit::Rfc3339,
    signed: &[Signed::Method, Signed::Timestamp, Signed::Body],
    ..Signature::BLANK
};

static TOKEN: Signature = Signature {
    header: "x-token",
    algorithm: Algorithm::Token,
    ..Signature::BLANK
};

#[test]
fn documented_examples() {
    let found = verifier(&PREFIXED, "It's a Secret to Everybody").verify_at(
        &headers(&[(
            "x-hub-signature-256",
            "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17",
        )]),
        b"Hello, World!",
        0,
    );
    assert_eq!(found.map(|found| found.secret), Ok(0));

    let body = include_bytes!("form.txt");
    let found = verifier(&VERSIONED, "8f742231b10e8888abcd99yyyzzz85a5").verify_at(
        &headers(&[
            (
                "x-signature",
                "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
            ),
            ("x-request-timestamp", "1531420618"),
        ]),
        body,
        1_531_420_700,
    );
    assert_eq!(found.map(|found| found.timestamp), Ok(Some(1_531_420_618)));

    // Of the specification's test vectors.
    let found = verifier(
        &Signature::STANDARD,
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    )
    .verify_at(
        &headers(&[
            ("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"),
            ("webhook-timestamp", "1614265330"),
            (
                "webhook-signature",
                "v1a,bm9uZQ== v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
            ),
        ]),
        br#"{"test": 2432232314}"#,
        1_614_265_330,
    );
    let found = found.expect("the example of the specification");
    assert_eq!(found.id.as_deref(), Some("msg_p5jXN8AQM9LWM0D4loKWxJek"));
}

const SCHEMES: [&Signature; 8] = [
    &ITEMS,
    &PREFIXED,
    &VERSIONED,
    &WITH_URL,
    &IN_BODY,
    &DATED,
    &TOKEN,
    &Signature::STANDARD,
];
const BODY: &[u8] = br#"{"sent": 1700000000000}"#;
const SENT: i64 = 1_700_000_000;

fn any(signature: &'static Signature, secrets: &[&str]) -> Verifier {
    let verifier = Verifier::new(signature, secrets.iter().copied()).expect("a verifier");
    verifier.url("https://me.example/hook")
}

#[test]
fn what_is_signed_is_verified_and_nothing_else() {
    for signature in SCHEMES {
        let verifier = any(signature, &["c2VjcmV0"]);
        let signed = verifier.sign("id", SENT, BODY).expect("headers");
        let found = verifier.verify_at(&signed, BODY, SENT);
        assert_eq!(
            found.as_ref().map(|found| found.secret),
            Ok(0),
            "{signature:?}"
        );
        let other = any(signature, &["b3RoZXI="]).verify_at(&signed, BODY, SENT);
        assert_eq!(other, Err(SignatureError::NoMatch), "{signature:?}");
        if signature.algorithm != Algorithm::Token {
            let changed = verifier.verify_at(&signed, br#"{"sent": 1700000000000 }"#, SENT);
            assert_eq!(changed, Err(SignatureError::NoMatch), "{signature:?}");
        }
        for name in signed.keys() {
            let mut lacking = signed.clone();
            lacking.remove(name);
            let found = verifier.verify_at(&lacking, BODY, SENT);
            let name = match found {
                Err(SignatureError::MissingHeader { name: missing }) => name == missing,
                _ => false,
            };
            assert!(name, "{signature:?}");
        }
    }
}

#[test]
fn a_time_too_far_off_is_refused_in_both_directions() {
    for signature in SCHEMES {
        let verifier = any(signature, &["c2VjcmV0"]);
        let signed = verifier.sign("id", SENT, BODY).expect("headers");
        let at = |now| verifier.verify_at(&signed, BODY, now).map(|_| ());
        assert_eq!(at(SENT + 300), Ok(()));
        assert_eq!(at(SENT - 300), Ok(()));
        if signature.timestamp.is_none() {
            assert_eq!(at(0), Ok(()));
            continue;
        }
        let (age, ahead, tolerance) = (301, 301, 300);
        assert_eq!(
            at(SENT + 301),
            Err(SignatureError::TooOld { age, tolerance })
        );
        assert_eq!(
            at(SENT - 301),
            Err(SignatureError::TooNew { ahead, tolerance })
        );
        assert!(at(i64::MIN).is_err() && at(i64::MAX).is_err());
        let patient = verifier.clone().tolerance(301);
        assert!(patient.verify_at(&signed, BODY, SENT + 301).is_ok());
        // By the clock of the system that moment is long past.
        let found = verifier.verify(&signed, BODY);
        assert!(
            matches!(found, Err(SignatureError::TooOld { .. })),
            "{found:?}"
        );
    }
}

#[test]
fn secrets_are_changed_one_after_the_other() {
    for signature in SCHEMES {
        let (old, new) = ("b2xk", "bmV3");
        let signed = any(signature, &[old])
            .sign("id", SENT, BODY)
            .expect("headers");
        let found = any(signature, &[new, old]).verify_at(&signed, BODY, SENT);
        assert_eq!(found.map(|found| found.secret), Ok(1), "{signature:?}");
        // The sender signs with both, where it can.
        let signed = any(signature, &[old, new])
            .sign("id", SENT, BODY)
            .expect("headers");
        let found = any(signature, &[new])
            .verify_at(&signed, BODY, SENT)
            .is_ok();
        let several = matches!(signature.layout, Layout::Items { .. });
        assert_eq!(found, several, "{signature:?}");
    }
    // Two headers are as good as two items.
    let verifier = any(&PREFIXED, &["a"]);
    let mut signed = any(&PREFIXED, &["b"]).sign("", 0, BODY).expect("headers");
    for value in verifier
        .sign("", 0, BODY)
        .expect("headers")
        .into_iter()
        .map(|pair| pair.1)
    {
        signed.append("x-hub-signature-256", value);
    }
    assert!(verifier.verify_at(&signed, BODY, 0).is_ok());
}

#[test]
fn malformed_requests_are_errors_of_their_own() {
    let malformed = |place, wanted| Err(SignatureError::Malformed { place, wanted });
    let no_moment = "time of sending";
    let no_signature = "signature of a known kind";
    let right = ITEMS_OF_EMPTY;
    for (signature, rows, wanted) in [
        (
            &ITEMS,
            vec![("x-signature", "")],
            malformed("x-signature", no_signature),
        ),
        (
            &ITEMS,
            vec![("x-signature", "t=1")],
            malformed("x-signature", no_signature),
        ),
        (
            &ITEMS,
            vec![("x-signature", "v1=ab")],
            malformed("x-signature", no_moment),
        ),
        (
            &ITEMS,
            vec![("x-signature", "t=1,v0=ab")],
            malformed("x-signature", no_signature),
        ),
        (
            &ITEMS,
            vec![("x-signature", "t=1,v1=zz,v1=a,v1=")],
            Err(SignatureError::NoMatch),
        ),
        (
            &ITEMS,
            vec![("x-signature", right)],
            malformed("x-signature", no_moment),
        ),
        (
            &PREFIXED,
            vec![("x-hub-signature-256", "sha1=ab")],
            malformed("x-hub-signature-256", no_signature),
        ),
        (
            &PREFIXED,
            vec![("x-hub-signature-256", "sha256=")],
            Err(SignatureError::NoMatch),
        ),
        (
            &PREFIXED,
            vec![("x-hub-signature-256", "sha256=é")],
            malformed("x-hub-signature-256", "text"),
        ),
        (
            &IN_BODY,
            vec![("x-signature", "ab")],
            malformed("/sent", no_moment),
        ),
    ] {
        let found = any(signature, &["s"]).verify_at(&headers(&rows), b"", SENT);
        assert_eq!(found.map(|_| ()), wanted, "{rows:?}");
    }
    let found =
        verifier(&WITH_URL, "s").verify_at(&headers(&[("x-hmacsha256-signature", "")]), b"", 0);
    assert_eq!(found, Err(SignatureError::NoUrl));
}

/// The right signature of an empty body at a time that is none.
const ITEMS_OF_EMPTY: &str =
    "t=now,v1=3c3e8130e703e9cfdbd3fc0e721ef39ac649f52eab7d56052e90a10768138a5c";

#[test]
fn secrets_that_cannot_be_used_are_refused_at_once() {
    let refused = |signature, secrets: &[&str]| {
        Verifier::new(signature, secrets.iter().copied())
            .map(|_| ())
            .unwrap_err()
    };
    assert_eq!(refused(&ITEMS, &[]), SignatureError::NoSecret);
    assert_eq!(refused(&ITEMS, &["a", " "]), SignatureError::NoSecret);
    assert_eq!(
        refused(&Signature::STANDARD, &["whsec_"]),
        SignatureError::NoSecret
    );
    let index = 1;
    let malformed = SignatureError::MalformedSecret { index };
    assert_eq!(
        refused(&Signature::STANDARD, &["YQ==", "whsec_?"]),
        malformed
    );
}

#[test]
fn no_secret_and_no_right_signature_is_shown() {
    let verifier = any(&PREFIXED, &["t0psecret"]);
    let signed = verifier.sign("", 0, BODY).expect("headers");
    let right = signed["x-hub-signature-256"]
        .to_str()
        .expect("text")
        .to_owned();
    let error = verifier
        .verify_at(&headers(&[("x-hub-signature-256", "sha256=00")]), BODY, 0)
        .expect_err("another signature");
    let shown = format!(
        "{verifier:?} {error} {error:?} {:?}",
        crate::Error::from(error.clone())
    );
    assert!(
        !shown.contains("t0psecret") && !shown.contains(&right[7..]),
        "{shown}"
    );
    let error = crate::Error::from(error);
    assert_eq!(error.signature(), Some(&SignatureError::NoMatch));
    assert!(error.body().is_none() && !error.is_decode());
}
