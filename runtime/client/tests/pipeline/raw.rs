//! Requests without an operation.

use crate::api::{Client, code, key, token};
use http::Method;
use pontoon_runtime::codegen::Bytes;
use pontoon_runtime::json::Json;
use pontoon_runtime::transport::{Memory, Response as Answer};
use pontoon_runtime::{CallOptions, ClientBuilder, CoreClient, Download, NotRetried, Upload};
use std::sync::{Arc, Mutex};

fn core(memory: &Memory, set: impl FnOnce(Builder) -> Builder) -> CoreClient {
    let builder = Client::builder().transport(memory.clone());
    set(builder).build().expect("a client").into()
}
type Builder = ClientBuilder<Client>;

fn text(answer: &'static str) -> Memory {
    Memory::new(move |_| Ok(Answer::json(code(200), answer)))
}

#[tokio::test]
async fn the_way_of_all_calls() {
    let memory = Memory::script([
        Ok(Answer::json(code(503), "")),
        Ok(Answer::json(code(200), "[1]")),
    ]);
    let core = core(&memory, |b| b.credential(token("t")));
    let call = core.request(Method::GET, "things?a=1").query("b", "2");
    let answer = call.header("X-A", "x").send::<Json>().await.expect("one");
    assert_eq!(answer.attempts(), 2);
    let sent = &memory.requests()[1];
    assert_eq!(
        sent.url.as_str(),
        "https://eu.pets.example/v1/things?a=1&b=2"
    );
    assert_eq!(sent.header("authorization"), Some("Bearer t"));
    assert_eq!(sent.header("accept"), Some("application/json"));
    assert_eq!(sent.header("x-version"), Some("2"));
    assert_eq!(sent.header("x-a"), Some("x"));
}

#[tokio::test]
async fn credentials() {
    let memory = text("{}");
    let client = core(&memory, |b| b.credential(token("t")).credential(key("k")));
    let get = || client.request(Method::GET, "/a");
    get().send::<()>().await.expect("the first");
    get().anonymous().send::<()>().await.expect("none");
    get()
        .credential(token("own"))
        .send::<()>()
        .await
        .expect("its own");
    core(&memory, |b| b)
        .request(Method::GET, "/a")
        .send::<()>()
        .await
        .expect("without");
    let sent = memory.requests();
    let sent: Vec<_> = sent
        .iter()
        .map(|one| (one.header("x-pet"), one.header("authorization")))
        .collect();
    assert_eq!(
        sent,
        [
            (Some("pet k"), None),
            (None, None),
            (None, Some("Bearer own")),
            (None, None)
        ]
    );
}

#[tokio::test]
async fn bodies_and_answers() {
    let memory = text(r#"{"a": "b"}"#);
    let core = core(&memory, |b| b);
    let post = || core.request(Method::POST, "/a");
    let json = Json::parse(br#"{"x": 1, "y": "a b"}"#).expect("JSON");
    let value = post().json(&json).send::<Json>().await.expect("one");
    assert_eq!(value.value["a"].as_str(), Some("b"));
    let value = post().form(&json).send::<String>().await.expect("one");
    assert_eq!(value.value, r#"{"a": "b"}"#);
    let upload = Upload::from("abc");
    let value = post().bytes("text/x", upload).send::<Bytes>().await;
    assert_eq!(&value.expect("one").value[..], br#"{"a": "b"}"#);
    let sent = memory.requests();
    let sent: Vec<_> = sent
        .iter()
        .map(|one| (one.header("content-type"), &one.body[..]))
        .collect();
    assert_eq!(
        sent,
        [
            (Some("application/json"), &br#"{"x":1,"y":"a b"}"#[..]),
            (Some("application/x-www-form-urlencoded"), b"x=1&y=a+b"),
            (Some("text/x"), b"abc"),
        ]
    );
    let download = post().stream::<Download>().await.expect("a stream");
    let bytes = download.into_value().collect(99).await.expect("bytes");
    assert_eq!(bytes.len(), 10);
}

#[tokio::test]
async fn methods_decide_over_repeating() {
    let failing = || Memory::new(|_| Ok(Answer::json(code(503), "{}")));
    for (method, attempts) in [("PUT", 3), ("POST", 1), ("PURGE", 1)] {
        let name = Method::from_bytes(method.as_bytes()).expect("a method");
        let memory = failing();
        let call = core(&memory, |b| b).request(name, "/a b?c");
        let error = call.send::<()>().await.expect_err("503");
        assert_eq!(error.attempts(), attempts, "{method}");
        assert_eq!(memory.requests()[0].method, method);
    }
    let memory = failing();
    let call = core(&memory, |b| b).request(Method::POST, "/a");
    let error = call.idempotency_key("k").send::<()>().await;
    assert_eq!(error.expect_err("503").attempts(), 3);
}

#[tokio::test]
async fn errors_and_logs() {
    let memory = Memory::new(|_| Ok(Answer::json(code(404), "{}")));
    let lines: Arc<Mutex<Vec<String>>> = Arc::default();
    let sink = Arc::clone(&lines);
    let core = core(&memory, |b| {
        b.wire_log(move |event| sink.lock().expect("the log").push(event.to_string()))
    });
    let call = core.request(Method::GET, "/a?token=s3cret");
    let error = call.send::<()>().await.expect_err("404");
    assert_eq!(error.to_string(), "GET /v1/a: 404 Not Found: {}");
    assert_eq!(error.operation(), None);
    assert_eq!(error.not_retried(), Some(NotRetried::Lasting));
    let first = lines.lock().expect("the log")[0].clone();
    assert!(
        first.starts_with("> GET https://eu.pets.example/v1/a?token=*** (GET /a)"),
        "{first}"
    );
}

#[tokio::test]
async fn paths_that_lead_elsewhere() {
    let memory = text("{}");
    let core = core(&memory, |b| b.credential(token("t")));
    for path in [
        "https://evil.example/",
        "//evil.example/",
        "/a/../../b",
        "/a/%2e%2E/b",
        "/a\\..\\b",
        "/a#b",
    ] {
        let error = core.request(Method::GET, path).send::<()>().await;
        assert!(error.expect_err(path).is_request(), "{path}");
    }
    assert!(memory.requests().is_empty());
}
