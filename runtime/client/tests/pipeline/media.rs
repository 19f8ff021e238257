//! Bodies in several media types: what is sent, what is asked for, what is read.

use crate::api::{Pet, client, code, only};
use http::HeaderValue;
use pontoon_runtime::codegen::{self as rt, Reflect as _};
use pontoon_runtime::transport::{Memory, Response as Answer};
use pontoon_runtime::{CallOptions, CoreClient};

static SAVE: rt::Operation = rt::Operation {
    id: "pets/save",
    method: "POST",
    path: "/pets",
    body: Some(rt::Body::json(true).or(&[
        rt::Body::new("application/vnd.pets.v2+json", rt::Codec::Json, true),
        rt::Body::new("application/x-www-form-urlencoded", rt::Codec::Form, true),
        rt::Body::new("multipart/form-data", rt::Codec::Multipart, true),
        rt::Body::new("text/plain", rt::Codec::Text, true),
    ])),
    responses: &[
        rt::Accepted::json(200, 0),
        rt::Accepted::new(rt::Statuses::Code(200), "text/csv", rt::Codec::Text, 1),
        rt::Accepted::new(
            rt::Statuses::Code(200),
            "application/pdf",
            rt::Codec::Bytes,
            2,
        ),
    ],
    ..rt::Operation::BLANK
};

rt::operation! {
    /// Saves.
    pub struct Save -> Saved;
}

rt::responses! {
    /// What saving gives.
    pub enum Saved {
        Ok(Pet),
        OkText(String),
        OkBytes(rt::Bytes),
    }
}

fn core(memory: &Memory) -> CoreClient {
    client(memory).into()
}

fn save(memory: &Memory) -> Save {
    Save(core(memory).call(&SAVE).body(Pet::new(7).view()))
}

fn answer(media_type: &'static str, body: &'static [u8]) -> Memory {
    Memory::new(move |_| {
        let answer = Answer::new(code(200));
        Ok(answer.with_body(HeaderValue::from_static(media_type), body))
    })
}

#[tokio::test]
async fn all_are_asked_for_and_the_answer_decides() {
    let memory = answer("application/json", br#"{"id":7}"#);
    let saved = save(&memory).send().await.expect("an answer").value;
    assert_eq!(saved, Saved::Ok(Pet::new(7)));
    let sent = only(&memory);
    assert_eq!(
        sent.header("accept"),
        Some("application/json, text/csv;q=0.9, application/pdf;q=0.9")
    );
    assert_eq!(sent.header("content-type"), Some("application/json"));

    let memory = answer("text/csv; header=absent", b"7");
    let saved = save(&memory).accept("text/csv").send().await;
    assert_eq!(saved.expect("a text").value, Saved::OkText("7".to_owned()));
    assert_eq!(only(&memory).header("accept"), Some("text/csv"));

    let saved = save(&answer("application/pdf", b"%PDF")).send().await;
    let expected = Saved::OkBytes(rt::Bytes::from_static(b"%PDF"));
    assert_eq!(saved.expect("bytes").value, expected);
}

#[tokio::test]
async fn a_media_type_of_the_same_format_is_a_name() {
    for name in [
        "application/vnd.pets.v2+json",
        "application/json; charset=utf-8",
        "application/merge-patch+json",
    ] {
        let memory = answer("application/json", br#"{"id":7}"#);
        save(&memory).media_type(name).send().await.expect(name);
        let sent = only(&memory);
        assert_eq!(sent.header("content-type"), Some(name));
        assert_eq!(&sent.body[..], br#"{"id":7}"#);
    }
}

#[tokio::test]
async fn json_can_be_sent_as_a_form() {
    let memory = answer("application/json", br#"{"id":7}"#);
    let form = "application/x-www-form-urlencoded";
    let sent = save(&memory).media_type(form).send().await;
    sent.expect("an answer");
    let sent = only(&memory);
    assert_eq!(sent.header("content-type"), Some(form));
    assert_eq!(&sent.body[..], b"id=7");
}

#[tokio::test]
async fn another_format_has_a_method_of_its_own() {
    let memory = answer("application/json", br#"{"id":7}"#);
    let call = core(&memory).call(&SAVE).body_as(3, rt::View::Str("Rex"));
    Save(call).send().await.expect("an answer");
    let sent = only(&memory);
    assert_eq!(sent.header("content-type"), Some("text/plain"));
    assert_eq!(&sent.body[..], b"Rex");

    let call = save(&memory).media_type("multipart/form-data");
    let error = call.send().await.expect_err("JSON is no multipart");
    assert!(error.is_request());
    let message = error.to_string();
    assert!(
        message.contains("call the method of that media type"),
        "{message}"
    );
}
