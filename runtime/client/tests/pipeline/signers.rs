//! Signatures come last, and scopes that a token lacks are named.

use crate::api::{Client, Pet, code, token};
use http::header::{LOCATION, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderValue};
use pontoon_runtime::auth::sign::Signer;
use pontoon_runtime::transport::{BoxFuture, Memory, Request, Response as Answer};
use pontoon_runtime::{CallOptions, Error};

/// Shows what it has seen.
struct Seen;

impl Signer for Seen {
    fn sign(&self, request: &Request) -> BoxFuture<Result<HeaderMap, Error>> {
        let mut headers = HeaderMap::new();
        let seen = format!(
            "{} {} {} {}",
            request.method,
            request.url.as_str(),
            request.headers.contains_key("authorization"),
            String::from_utf8_lossy(request.body.as_bytes().expect("bytes")),
        );
        headers.insert("x-signed", HeaderValue::from_str(&seen).expect("text"));
        Box::pin(async { Ok(headers) })
    }
}

#[tokio::test]
async fn a_signer_sees_the_whole_request() {
    let memory = Memory::new(|request| {
        let next = match request.url.as_str() {
            "https://eu.pets.example/v1/pets" => "/moved",
            "https://eu.pets.example/moved" => "https://other.example/",
            _ => return Ok(Answer::json(code(201), r#"{"id":1}"#)),
        };
        let answer = Answer::new(code(if next == "/moved" { 307 } else { 303 }));
        Ok(answer.with_header(LOCATION, HeaderValue::from_static(next)))
    });
    let builder = Client::builder().transport(memory.clone()).signer(Seen);
    let client = builder.credential(token("t")).build().expect("a client");
    client.create(&Pet::new(1)).send().await.expect("a pet");
    let sent = memory.requests();
    let signed: Vec<_> = sent.iter().map(|one| one.header("x-signed")).collect();
    assert_eq!(
        signed,
        [
            Some(r#"POST https://eu.pets.example/v1/pets true {"id":1}"#),
            Some(r#"POST https://eu.pets.example/moved true {"id":1}"#),
            // Not for another host.
            None,
        ]
    );
    assert!(!format!("{memory:?}").contains("true {"));

    // A signature may be all that is needed; an anonymous call has none.
    let memory = Memory::new(|_| Ok(Answer::json(code(201), r#"{"id":1}"#)));
    let builder = Client::builder().transport(memory.clone()).signer(Seen);
    let client = builder.build().expect("a client");
    client.create(&Pet::new(1)).send().await.expect("a pet");
    let call = client.create(&Pet::new(1)).anonymous();
    call.send().await.expect("a pet");
    let sent = memory.requests();
    assert!(sent[0].header("x-signed").is_some() && sent[1].header("x-signed").is_none());
}

#[tokio::test]
async fn scopes_that_are_missing() {
    let challenged = |challenge: &'static str| async move {
        let memory = Memory::new(move |_| {
            let value = HeaderValue::from_static(challenge);
            Ok(Answer::new(code(403)).with_header(WWW_AUTHENTICATE, value))
        });
        let builder = Client::builder().transport(memory).credential(token("t"));
        let client = builder.build().expect("a client");
        client.create(&Pet::new(1)).send().await.map(drop)
    };
    let error = challenged("Bearer error=\"insufficient_scope\", scope=\"pets:write pets:read\"");
    let error = error.await.expect_err("403");
    assert_eq!(error.needed_scopes(), ["pets:write", "pets:read"]);
    assert_eq!(
        error.to_string(),
        "POST /pets: 403 Forbidden (the token lacks a scope; needed: pets:write pets:read)"
    );
    // The server names none: those of the description.
    let error = challenged("Bearer error=insufficient_scope").await;
    assert_eq!(error.expect_err("403").needed_scopes(), ["pets:own"]);
    let error = challenged("Bearer error=\"invalid_token\", scope=\"x\"").await;
    assert!(error.expect_err("403").needed_scopes().is_empty());
}
