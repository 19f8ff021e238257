//! Errors of the server.

use crate::api::{PetErrors, Problem, always, client, code};
use http::{HeaderName, HeaderValue};
use pontoon_runtime::Error;
use pontoon_runtime::transport::{Memory, Response as Answer};
use std::error::Error as _;
use std::time::Duration;

async fn error(memory: &Memory) -> Error {
    let result = client(memory).list().send().await;
    result.expect_err("an error")
}

#[tokio::test]
async fn declared_errors() {
    let error = error(&always(404, r#"{"message":"gone"}"#)).await;
    assert!(error.is_not_found() && error.is_client_error() && error.is_status());
    assert!(!error.is_server_error() && !error.is_decode() && !error.is_request());
    match error.declared::<PetErrors>() {
        Some(PetErrors::NotFound(problem)) => assert_eq!(problem.message, "gone"),
        other => panic!("{other:?}"),
    }
    assert_eq!(
        error.to_string(),
        r#"GET /pets: 404 Not Found: {"message":"gone"}"#
    );
    assert_eq!(error.method(), Some("GET"));
}

#[tokio::test]
async fn other_errors() {
    let error = error(&always(503, r#"{"a":1}"#)).await;
    assert!(error.is_server_error());
    assert!(matches!(
        error.declared::<PetErrors>(),
        Some(PetErrors::Other(_))
    ));
    // Not what is declared, but still there.
    let error = self::error(&always(404, r#"{"detail":"gone"}"#)).await;
    assert_eq!(error.declared::<PetErrors>(), None);
    let reason = error.decode_declared::<PetErrors>().expect_err("a reason");
    assert!(reason.is_decode());
    assert!(error.body_as::<Problem>().is_err());
}

#[tokio::test]
async fn waiting() {
    let answer = |status, name, value| {
        Memory::new(move |_| {
            let answer = Answer::json(code(status), "{}");
            Ok(answer.with_header(
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            ))
        })
    };
    let slow = error(&answer(429, "retry-after", "2")).await;
    assert!(slow.is_rate_limited());
    assert_eq!(slow.retry_after(), Some(Duration::from_secs(2)));
    let slow = error(&answer(403, "x-ratelimit-remaining", "0")).await;
    assert!(slow.is_rate_limited() && !slow.is_auth());
    let refused = error(&answer(403, "x-ratelimit-remaining", "5")).await;
    assert!(!refused.is_rate_limited() && refused.is_auth());
}

#[tokio::test]
async fn errors_of_the_transport() {
    let memory = Memory::new(|_| Err(Error::timeout("too slow")));
    let error = error(&memory).await;
    assert!(error.is_timeout() && !error.is_connect() && error.status().is_none());
    assert_eq!(
        error.to_string(),
        "GET /pets: timed out (https://eu.pets.example/v1/pets)"
    );
    assert_eq!(
        error.source().map(|s| s.to_string()),
        Some("too slow".into())
    );
}

#[tokio::test]
async fn bodies_are_shown_on_one_safe_line() {
    let error = error(&always(
        500,
        "{\"token\":\"s3cret\",\n\"m\":\"\u{1b}[31m\u{202e}\"}",
    ))
    .await;
    assert_eq!(
        error.to_string(),
        "GET /pets: 500 Internal Server Error: \
         {\"token\":\"***\",\\n\"m\":\"\\u{1b}[31m\\u{202e}\"}"
    );
}
