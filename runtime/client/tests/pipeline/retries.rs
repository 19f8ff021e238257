//! What is tried again, over the in-memory transport and its clock.

use crate::api::{Client, Pet, code, token};
use http::{HeaderName, HeaderValue};
use pontoon_runtime::operation::Repeat;
use pontoon_runtime::transport::{Memory, Response as Answer};
use pontoon_runtime::{CallOptions, ClientBuilder, Error, NotRetried, Retry, RetryBudget};
use std::time::Duration;

type Scripted = Result<Answer, Error>;

fn status(status: u16) -> Scripted {
    Ok(Answer::json(code(status), "[]"))
}

fn with(status: u16, name: &'static str, value: &'static str) -> Scripted {
    let answer = Answer::json(code(status), "[]");
    Ok(answer.with_header(
        HeaderName::from_static(name),
        HeaderValue::from_static(value),
    ))
}

fn built(memory: &Memory, set: impl FnOnce(Builder) -> Builder) -> Client {
    let builder = Client::builder().credential(token("t"));
    let builder = builder.transport(memory.clone());
    set(builder).build().expect("a client")
}
type Builder = ClientBuilder<Client>;

fn same(builder: Builder) -> Builder {
    builder
}

#[tokio::test]
async fn passing_failures_of_safe_calls() {
    for failure in [
        status(503),
        status(500),
        status(429),
        status(408),
        Err(Error::transport("reset")),
        Err(Error::timeout("slow")),
        Err(Error::connect("refused")),
    ] {
        let shown = format!("{failure:?}");
        let memory = Memory::script([failure, status(200)]);
        let answer = built(&memory, same).list().send().await.expect(&shown);
        assert_eq!(answer.attempts(), 2, "{shown}");
        assert!(memory.elapsed() <= Duration::from_millis(250), "{shown}");
    }
}

#[tokio::test]
async fn lasting_failures() {
    for failure in [400, 401, 403, 404, 409, 422, 501] {
        let memory = Memory::script([status(failure), status(200)]);
        let error = built(&memory, same).list().send().await.expect_err("one");
        assert_eq!(error.attempts(), 1);
        assert_eq!(error.not_retried(), Some(NotRetried::Lasting));
    }
}

#[tokio::test]
async fn attempts_end() {
    let memory = Memory::new(|_| Ok(Answer::new(code(503))));
    let error = built(&memory, same).list().send().await.expect_err("one");
    assert_eq!(error.attempts(), 3);
    assert_eq!(error.not_retried(), Some(NotRetried::Attempts));
    assert_eq!(
        error.to_string(),
        "GET /pets: 503 Service Unavailable (after 3 attempts)"
    );
    // The caller has the last word.
    for (count, call) in [
        (1, built(&memory, |b| b.no_retries()).list()),
        (
            5,
            built(&memory, |b| b.retry(Retry::default().attempts(5))).list(),
        ),
        (1, built(&memory, same).list().no_retries()),
        (
            2,
            built(&memory, same)
                .list()
                .retry(Retry::default().attempts(2)),
        ),
    ] {
        let error = call.send().await.expect_err("an error");
        assert_eq!(error.attempts(), count);
    }
}

#[tokio::test]
async fn calls_that_may_not_be_repeated() {
    // Nothing was sent, or a limit refused it.
    for failure in [Err(Error::connect("refused")), status(429)] {
        let memory = Memory::script([failure, Ok(Answer::json(code(201), r#"{"id":1}"#))]);
        let created = built(&memory, same).create(&Pet::new(1)).send().await;
        assert_eq!(created.expect("a pet").attempts(), 2);
    }
    for failure in [
        || status(503),
        || Err(Error::transport("reset")),
        || Err(Error::timeout("slow")),
    ] {
        let script = || Memory::script([failure(), Ok(Answer::json(code(201), r#"{"id":1}"#))]);
        let memory = script();
        let create = built(&memory, same).create(&Pet::new(1)).send().await;
        let error = create.expect_err("not sent again");
        assert_eq!(error.not_retried(), Some(NotRetried::NotRepeatable));
        assert_eq!(memory.requests().len(), 1);
        // With a key of the caller's, the same one each time.
        let memory = script();
        let call = built(&memory, same).create(&Pet::new(1));
        call.idempotency_key("k-1").send().await.expect("a pet");
        let keys: Vec<_> = memory.requests();
        let keys: Vec<_> = keys.iter().map(|r| r.header("idempotency-key")).collect();
        assert_eq!(keys, [Some("k-1"), Some("k-1")]);
        // With one that is made.
        let memory = script();
        let call = built(&memory, same).create(&Pet::new(1));
        let call = call.repeat(Repeat::Key("X-Once"));
        call.send().await.expect("a pet");
        let sent = memory.requests();
        assert_eq!(sent[0].header("x-once").map(str::len), Some(36));
        assert_eq!(sent[0].header("x-once"), sent[1].header("x-once"));
        let memory = script();
        let call = built(&memory, same).create(&Pet::new(1));
        call.repeat(Repeat::Always).send().await.expect("a pet");
        // Never means never.
        let memory = Memory::script([Err(Error::connect("refused")), status(200)]);
        let call = built(&memory, same).list().repeat(Repeat::Never);
        let error = call.send().await.expect_err("never");
        assert_eq!(error.not_retried(), Some(NotRetried::NotRepeatable));
    }
}

#[tokio::test]
async fn a_body_that_breaks() {
    let broken = || {
        let body = pontoon_runtime::transport::Body::stream(Broken(0));
        let mut answer = Answer::new(code(200));
        answer.body = body;
        Ok(answer)
    };
    let memory = Memory::script([broken(), status(200)]);
    let answer = built(&memory, same).list().send().await.expect("a list");
    assert_eq!(answer.attempts(), 2);
}

/// Half a body.
struct Broken(u8);
impl http_body::Body for Broken {
    type Data = pontoon_runtime::codegen::Bytes;
    type Error = Error;
    fn poll_frame(
        mut self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<http_body::Frame<pontoon_runtime::codegen::Bytes>, Error>>>
    {
        self.0 += 1;
        std::task::Poll::Ready(Some(match self.0 {
            1 => Ok(http_body::Frame::data("[{".into())),
            _ => Err(Error::transport("the connection was reset")),
        }))
    }
}

#[tokio::test]
async fn the_server_says_when() {
    for (failure, low) in [
        (with(429, "retry-after", "7"), 7.0),
        (with(503, "retry-after", "2"), 2.0),
        (with(429, "retry-after-ms", "1500"), 1.5),
    ] {
        let memory = Memory::script([failure, status(200)]);
        built(&memory, same).list().send().await.expect("a list");
        let waited = memory.elapsed().as_secs_f64();
        assert!((low..=low + 0.25).contains(&waited), "{waited}");
    }
    let memory = Memory::script([with(429, "retry-after", "3600")]);
    let error = built(&memory, same)
        .list()
        .send()
        .await
        .expect_err("too long");
    assert!(error.is_rate_limited());
    assert_eq!(error.not_retried(), Some(NotRetried::LongWait));
    assert_eq!(error.retry_after(), Some(Duration::from_secs(3600)));
    assert_eq!(memory.elapsed(), Duration::ZERO);
    assert_eq!(
        error.to_string(),
        "GET /pets: 429 Too Many Requests: []; not tried again: the server asks for a \
         longer wait than is allowed"
    );
}

#[tokio::test]
async fn the_limit_of_the_call_spans_attempts() {
    let memory = Memory::new(|_| with(503, "retry-after", "4"));
    let call = built(&memory, same).list().timeout(Duration::from_secs(6));
    let error = call.send().await.expect_err("an error");
    assert_eq!(error.attempts(), 2);
    assert_eq!(error.not_retried(), Some(NotRetried::NoTime));
    let limits: Vec<_> = memory.requests().iter().map(|r| r.timeout).collect();
    assert_eq!(limits[0], Some(Duration::from_secs(6)));
    assert!(limits[1] <= Some(Duration::from_secs(2)), "{limits:?}");

    let memory = Memory::new(|_| status(200));
    let client = built(&memory, |b| b.attempt_timeout(Duration::from_secs(3)));
    client.list().send().await.expect("a list");
    let call = client.list().timeout(Duration::from_secs(2));
    call.send().await.expect("a list");
    let call = client.list().attempt_timeout(Duration::from_secs(1));
    call.send().await.expect("a list");
    let limits: Vec<_> = memory.requests().iter().map(|r| r.timeout).collect();
    assert_eq!(limits, [3, 2, 1].map(|s| Some(Duration::from_secs(s))));
}

#[tokio::test]
async fn the_budget_is_shared() {
    let memory = Memory::new(|_| status(503));
    let policy = Retry::default().budget(RetryBudget::new(11));
    let client = built(&memory, |b| b.retry(policy));
    let clone = client.clone();
    let error = client.list().send().await.expect_err("an error");
    assert_eq!(error.not_retried(), Some(NotRetried::Attempts));
    let error = clone.list().send().await.expect_err("an error");
    assert_eq!(error.not_retried(), Some(NotRetried::Budget));
    assert_eq!(error.attempts(), 1);
    let call = clone.list().retry(Retry::default().budget(None));
    let error = call.send().await.expect_err("an error");
    assert_eq!(error.attempts(), 3, "not paid for");
}
