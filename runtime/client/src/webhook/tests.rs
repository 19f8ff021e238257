//! Events are told apart by what they say; what is not known is kept.

use super::{Event, Events, Place, UnknownEvent, event};
use crate::codegen::{Accepted, Codec, Statuses};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue};

crate::__events! {
    /// Events of a test.
    pub enum Sent {
        Paid(crate::json::Json),
        Text(String),
        Ping(()),
        Size(Box<i64>),
    } unknown Other
}

const JSON: &[Accepted] = &[Accepted::json_default(0)];
const MIXED: &[Accepted] = &[
    Accepted::json_default(3),
    Accepted::new(Statuses::Default, "text/plain", Codec::Text, 1),
];
const NONE: &[Accepted] = &[Accepted::new(Statuses::Default, "", Codec::Empty, 2)];

const fn sent(
    name: &'static str,
    values: &'static [&'static [&'static str]],
    bodies: &'static [Accepted],
) -> Event {
    Event {
        name,
        method: "POST",
        operation: None,
        expression: None,
        values,
        bodies,
    }
}

static BY_VALUE: Events = Events {
    places: &[Place::Property("/type")],
    by_name: false,
    list: &[
        sent("paid", &[&["invoice.paid", "invoice.paid_late"]], JSON),
        sent("one", &[&["same"]], JSON),
        sent("two", &[&["same"]], JSON),
        sent("seven", &[&["7"]], JSON),
    ],
};

static BY_NAME: Events = Events {
    places: &[Place::Header("x-event"), Place::Property("/action")],
    by_name: true,
    list: &[
        sent("pull-request-opened", &[], JSON),
        sent("ping", &[], NONE),
        sent("mixed", &[], MIXED),
    ],
};

fn headers(rows: &[(&'static str, &'static str)]) -> HeaderMap {
    let rows = rows.iter().copied();
    rows.map(|(name, value)| {
        let name = http::HeaderName::from_static(name);
        (name, HeaderValue::from_static(value))
    })
    .collect()
}

fn parsed(events: &'static Events, rows: &[(&'static str, &'static str)], body: &str) -> Sent {
    let body = Bytes::copy_from_slice(body.as_bytes());
    event(events, None, &headers(rows), body).expect("an event")
}

#[track_caller]
fn unknown(sent: Sent) -> UnknownEvent {
    match sent {
        Sent::Other(event) => event,
        known => panic!("{known:?}"),
    }
}

#[test]
fn a_property_tells() {
    for body in [
        r#"{"type":"invoice.paid"}"#,
        r#" {"type":"invoice.paid_late"}"#,
    ] {
        assert!(
            matches!(parsed(&BY_VALUE, &[], body), Sent::Paid(_)),
            "{body}"
        );
    }
    assert!(matches!(
        parsed(&BY_VALUE, &[], r#"{"type":7}"#),
        Sent::Paid(_)
    ));
}

#[test]
fn what_is_not_told_is_kept_as_it_came() {
    for (body, name) in [
        (r#"{"type":"invoice.void"}"#, "invoice.void"),
        // Two events say this of themselves.
        (r#"{"type":"same"}"#, "same"),
        (r#"{"kind":1}"#, ""),
        ("not JSON", ""),
        ("", ""),
    ] {
        let event = unknown(parsed(&BY_VALUE, &[], body));
        assert_eq!((event.name(), &event.body()[..]), (name, body.as_bytes()));
    }
    let event = unknown(parsed(&BY_VALUE, &[], r#"{"type":"x","a":[1]}"#));
    let json = event.json().expect("JSON");
    assert_eq!(
        json.pointer("/a/0").and_then(|value| value.as_i64()),
        Some(1)
    );
}

#[test]
fn header_and_property_make_a_name() {
    let event = |value| [("x-event", value)];
    let opened = parsed(&BY_NAME, &event("pull_request"), r#"{"action":"opened"}"#);
    assert!(matches!(opened, Sent::Paid(_)));
    assert_eq!(parsed(&BY_NAME, &event("ping"), ""), Sent::Ping(()));
    let other = unknown(parsed(
        &BY_NAME,
        &event("pull_request"),
        r#"{"action":"x"}"#,
    ));
    assert_eq!(other.name(), "pull_request-x");
}

#[test]
fn the_receiver_may_name_it_and_the_media_type_chooses() {
    let read = |name: &str, media_type, body: &'static str| {
        let headers = headers(&[("content-type", media_type)]);
        event::<Sent>(
            &BY_NAME,
            Some(name),
            &headers,
            Bytes::from_static(body.as_bytes()),
        )
    };
    let text = read("mixed", "text/plain", "hello").expect("text");
    assert_eq!(text, Sent::Text("hello".to_owned()));
    let size = read("mixed", "application/json", "12").expect("a number");
    assert_eq!(size, Sent::Size(Box::new(12)));
    let event = unknown(read("Mixed", "text/plain", "").expect("unknown"));
    assert_eq!(event.name(), "Mixed");
}

#[test]
fn a_known_event_of_another_type_is_an_error_with_the_body() {
    let headers = headers(&[("content-type", "application/json"), ("x-a", "1")]);
    let body = Bytes::from_static(br#"{"a": 1}"#);
    let error = event::<Sent>(&BY_NAME, Some("mixed"), &headers, body).expect_err("no number");
    assert!(error.is_decode() && error.status().is_none());
    assert_eq!(
        error.body().map(|body| &body[..]),
        Some(&br#"{"a": 1}"#[..])
    );
    assert!(
        error
            .headers()
            .is_some_and(|headers| headers.contains_key("x-a"))
    );
    assert!(error.to_string().contains(r#"(body: {"a": 1})"#), "{error}");
    let empty = event::<Sent>(&BY_NAME, Some("mixed"), &HeaderMap::new(), Bytes::new());
    assert!(empty.is_err_and(|error| error.is_decode()));
}
