//! What is made of answers.

use crate::api::{AdoptResponse, always, client, code};
use http::HeaderValue;
use pontoon_runtime::transport::{Memory, Response as Answer};

fn typed(status: u16, media_type: &'static str, body: &'static [u8]) -> Memory {
    Memory::new(move |_| {
        let answer = Answer::new(code(status));
        Ok(answer.with_body(HeaderValue::from_static(media_type), body))
    })
}

#[tokio::test]
async fn no_content() {
    let memory = Memory::new(|_| Ok(Answer::new(code(204))));
    let pet = client(&memory).get("1").send().await.expect("an answer");
    assert!(pet.value.is_none());
    // A 204 that is not declared cannot become a list.
    let error = client(&memory).list().send().await.expect_err("no list");
    assert!(error.is_decode());
    assert_eq!(
        error.to_string(),
        "GET /pets: expected a value, got an empty body (status 204, body: empty)"
    );
}

#[tokio::test]
async fn one_of_several() {
    let done = client(&always(200, r#"{"id":3}"#)).adopt("3").send().await;
    match done.expect("an answer").value {
        AdoptResponse::Done(pet) => assert_eq!(pet.id, 3),
        other => panic!("{other:?}"),
    }
    let pending = client(&always(202, "")).adopt("3").send().await;
    assert_eq!(
        pending.expect("an answer").value,
        AdoptResponse::Pending(())
    );
}

#[tokio::test]
async fn an_undeclared_success_is_read_as_the_declared_one() {
    let pets = client(&always(203, r#"[{"id":1}]"#)).list().send().await;
    assert_eq!(pets.expect("pets").value.len(), 1);
}

#[tokio::test]
async fn bytes_and_text() {
    let photo = client(&typed(200, "image/png", b"\x89PNG"))
        .photo()
        .send()
        .await;
    assert_eq!(&photo.expect("a photo").value[..], b"\x89PNG");
    let note = client(&typed(200, "text/plain; charset=iso-8859-1", b"\xe9"));
    assert_eq!(note.note().send().await.expect("a note").value, "é");
}

#[tokio::test]
async fn a_web_page_is_not_an_answer() {
    let memory = typed(200, "text/html", b"<html>Log in</html>");
    let error = client(&memory).list().send().await.expect_err("a page");
    assert!(error.is_decode());
    assert_eq!(error.status(), Some(code(200)));
    assert_eq!(
        error.to_string(),
        "GET /pets: expected application/json, got text/html: not from the API itself, perhaps \
         from a proxy (status 200, body: <html>Log in</html>)"
    );
    assert_eq!(error.body().map(|body| body.len()), Some(19));
}

#[tokio::test]
async fn json_under_another_name() {
    for name in [
        "text/plain",
        "application/vnd.pets.v1+json",
        "binary/octet-stream",
    ] {
        let memory = typed(200, name, br#"[{"id":1}]"#);
        let pets = client(&memory).list().send().await.expect(name);
        assert_eq!(pets.value.len(), 1);
    }
}

#[tokio::test]
async fn a_decode_error_names_the_place_and_keeps_the_body() {
    let memory = always(200, r#"{"id":"seven"}"#);
    let error = client(&memory).get("7").send().await.expect_err("no pet");
    assert!(error.is_decode() && !error.is_status());
    assert_eq!(error.json_path(), Some("$.id"));
    assert_eq!(error.operation(), Some("pets/get"));
    assert_eq!(error.url(), Some("https://eu.pets.example/v1/pets/7"));
    assert_eq!(
        error.body().map(|b| &b[..]),
        Some(&br#"{"id":"seven"}"#[..])
    );
}

#[tokio::test]
async fn a_long_answer() {
    let memory = always(200, "[{\"id\":1}]");
    let client = crate::api::Client::builder()
        .transport(memory)
        .max_response_size(5)
        .build()
        .expect("a client");
    let error = client.list().send().await.expect_err("too long");
    assert!(error.to_string().contains("longer than 5 bytes"), "{error}");
}
