//! Redirects, and what goes along.

use crate::api::{Client, Pet, code, key, query};
use http::header::LOCATION;
use http::{HeaderName, HeaderValue};
use pontoon_runtime::transport::{Memory, Response as Answer};
use pontoon_runtime::{CallOptions, NotRetried, RateLimit, Scope};
use std::time::Duration;

const LAST: HeaderName = HeaderName::from_static("x-last");

/// Sends every request but those for `/end` on to `location`.
fn redirecting(status: u16, location: &'static str) -> Memory {
    Memory::new(move |request| {
        if request.url.as_str().contains("/end") {
            let answer = Answer::json(code(200), r#"{"id":1}"#);
            return Ok(answer.with_header(LAST, HeaderValue::from_static("1")));
        }
        let answer = Answer::new(code(status));
        Ok(answer.with_header(LOCATION, HeaderValue::from_static(location)))
    })
}

fn client(memory: &Memory) -> Client {
    let builder = Client::builder().transport(memory.clone());
    let builder = builder
        .credential(key("s3cret"))
        .credential(query("s3cret"));
    builder
        .default_header("X-Mine", "s3cret")
        .build()
        .expect("a client")
}

#[tokio::test]
async fn to_the_same_origin() {
    let memory = redirecting(307, "/end?a=b#c");
    let pet = client(&memory)
        .create(&Pet::new(1))
        .send()
        .await
        .expect("a pet");
    assert_eq!(pet.header("x-last"), Some("1"));
    assert_eq!(pet.url(), "https://eu.pets.example/end?a=b");
    let sent = &memory.requests()[1];
    assert_eq!(sent.method, "POST");
    assert_eq!(sent.header("x-pet"), Some("pet s3cret"));
    assert_eq!(&sent.body[..], br#"{"id":1}"#);
}

#[tokio::test]
async fn to_another_host() {
    for location in [
        "https://other.example/end",
        "//other.example/end",
        "http://eu.pets.example/end",
        "https://eu.pets.example:8443/end",
    ] {
        let memory = redirecting(302, location);
        let call = client(&memory).get("1").header("Authorization", "s3cret");
        call.send().await.expect("a pet");
        let sent = &memory.requests()[1];
        let mut names: Vec<_> = sent.headers.keys().map(HeaderName::as_str).collect();
        names.sort_unstable();
        assert_eq!(names, ["accept", "user-agent"], "{location}");
        assert!(!sent.url.as_str().contains("s3cret"));
    }
}

#[tokio::test]
async fn and_back_again() {
    let memory = Memory::new(|request| {
        let next = match request.url.as_str() {
            url if url.starts_with("https://other.example") => "https://eu.pets.example/end",
            url if url.contains("/end") => return Ok(Answer::json(code(200), r#"{"id":1}"#)),
            _ => "https://other.example/",
        };
        let answer = Answer::new(code(302));
        Ok(answer.with_header(LOCATION, HeaderValue::from_static(next)))
    });
    client(&memory).get("1").send().await.expect("a pet");
    let sent = memory.requests();
    assert_eq!(sent.len(), 3);
    assert_eq!(sent[2].header("x-pet"), None);
}

#[tokio::test]
async fn a_body_does_not_go_to_another_host() {
    let memory = redirecting(307, "https://other.example/end");
    let error = client(&memory).create(&Pet::new(1)).send().await;
    let error = error.expect_err("a redirect");
    assert!(error.is_redirect());
    assert!(
        error
            .to_string()
            .contains("of a POST request to another host"),
        "{error}"
    );
    assert_eq!(memory.requests().len(), 1);
    // A 303 asks for a GET of what was made.
    let memory = redirecting(303, "https://other.example/end");
    client(&memory)
        .create(&Pet::new(1))
        .send()
        .await
        .expect("a pet");
    let sent = &memory.requests()[1];
    assert_eq!(sent.method, "GET");
    assert!(sent.body.is_empty());
}

#[tokio::test]
async fn without_end() {
    let memory = redirecting(302, "/again");
    let error = client(&memory).get("1").send().await.expect_err("a loop");
    assert!(error.is_redirect());
    assert_eq!(memory.requests().len(), 11);
    for location in [
        "file:///etc/passwd",
        "https://u:p@eu.pets.example/end",
        "http://",
    ] {
        let memory = redirecting(302, location);
        let error = client(&memory).get("1").send().await.expect_err(location);
        assert!(error.is_redirect(), "{error}");
    }
}

#[tokio::test]
async fn answers_of_300_that_are_no_redirects() {
    let memory = Memory::new(|_| Ok(Answer::new(code(304))));
    let error = client(&memory)
        .get("1")
        .send()
        .await
        .expect_err("not modified");
    assert!(error.is_status() && error.status() == Some(code(304)));
}

#[tokio::test]
async fn where_a_redirect_leads_counts_against_limits() {
    const SECOND: Duration = Duration::from_secs(1);
    let hosts = || Scope::hosts(["other.example"]);
    for (location, scope, seconds) in [
        ("/end", Scope::all(), 3),
        ("/end", Scope::all().per_host(), 3),
        ("/end", Scope::operations(["pets/*"]), 3),
        ("http://eu.pets.example/end", Scope::all(), 3),
        ("https://other.example/end", Scope::all(), 1),
        (
            "https://other.example/end",
            Scope::operations(["pets/*"]),
            1,
        ),
        ("https://other.example/end", hosts(), 1),
        ("/end", hosts(), 0),
    ] {
        let memory = redirecting(302, location);
        let limit = RateLimit::new(1, SECOND).scope(scope.clone());
        let client = Client::builder()
            .transport(memory.clone())
            .rate_limit(limit);
        let client = client.credential(key("s3cret")).build().expect("a client");
        for _ in 0..2 {
            client.get("1").send().await.expect("a pet");
        }
        assert_eq!(memory.elapsed(), seconds * SECOND, "{location} {scope:?}");
        assert_eq!(memory.requests().len(), 4);
    }
}

#[tokio::test]
async fn a_redirect_that_would_wait_too_long_is_not_followed() {
    let memory = redirecting(307, "/end");
    let limit = RateLimit::new(1, Duration::from_secs(60)).longest_wait(Duration::from_secs(1));
    let client = Client::builder()
        .transport(memory.clone())
        .rate_limit(limit);
    let client = client.credential(key("s3cret")).build().expect("a client");
    let error = client.get("1").send().await.expect_err("no room");
    assert!(error.is_limited() && error.retry_after().is_some());
    assert_eq!(error.status(), Some(code(307)));
    assert_eq!(
        (error.attempts(), error.not_retried()),
        (1, Some(NotRetried::Limited))
    );
    assert_eq!(memory.requests().len(), 1);
}
