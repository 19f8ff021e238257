//! Who shares a batch, and what each gets out of it.

use super::*;
use crate::transport::{Body, Memory};
use http::{HeaderValue, StatusCode};

const BASE: &str = "https://h.example/v1";

fn request(path: &str, token: &'static str) -> Request {
    let mut headers = HeaderMap::new();
    headers.insert("authorization", HeaderValue::from_static(token));
    Request {
        method: Method::GET,
        url: Address::new(format!("{BASE}{path}")),
        headers,
        body: Body::empty(),
        timeout: None,
        streams: false,
    }
}

/// A server that goes by the clock of the test, which moves when nothing else does.
#[derive(Clone)]
struct Timed(Memory);

impl Transport for Timed {
    fn send(&self, request: Request) -> BoxFuture<Result<Response, Error>> {
        self.0.send(request)
    }

    fn sleep(&self, time: Duration) -> BoxFuture<()> {
        Box::pin(tokio::time::sleep(time))
    }

    fn now(&self) -> Option<Duration> {
        let now = tokio::time::Instant::now();
        Some(crate::clock::since_origin(now.into_std()))
    }
}

/// A server whose batch endpoint gives this answer, and others their path.
fn batched(status: StatusCode, answer: &'static str, limit: usize) -> (Memory, Batched<Timed>) {
    let memory = Memory::new(move |request| {
        Ok(match request.url.as_str().strip_prefix(BASE) {
            Some("/$batch") => Response::json(status, answer),
            path => Response::json(StatusCode::OK, path.unwrap_or_default().to_owned()),
        })
    });
    let batcher = JsonBatch::new(BASE).limit(limit);
    let batched = Batched::new(Timed(memory.clone()), batcher, Duration::from_millis(1));
    (memory, batched)
}

async fn text(answer: Result<Response, Error>) -> String {
    match answer {
        Err(error) => format!(
            "{error} {:?}",
            std::error::Error::source(&error).map(|e| e.to_string())
        ),
        Ok(answer) => {
            let body = answer.body.collect(1 << 20).await.expect("a body");
            format!(
                "{} {}",
                answer.status.as_u16(),
                String::from_utf8_lossy(&body)
            )
        }
    }
}

async fn three(batched: &Batched<Timed>) -> [String; 3] {
    let (a, b, c) = tokio::join!(
        batched.send(request("/a", "t")),
        batched.send(request("/b", "t")),
        batched.send(request("/c", "t")),
    );
    [text(a).await, text(b).await, text(c).await]
}

#[tokio::test(start_paused = true)]
async fn answers_are_told_by_their_ids() {
    let answer = r#"{"responses": [{"id": "2", "status": 404, "body": {"e": 1}}, {"id": 7, "status": 1}, {"id": 0, "status": 200, "headers": {"X-A": "1"}, "body": [1]}]}"#;
    let (memory, batched) = batched(StatusCode::OK, answer, 3);
    let [a, b, c] = three(&batched).await;
    assert_eq!([a.as_str(), c.as_str()], ["200 [1]", "404 {\"e\":1}"]);
    assert!(b.contains("no answer to its request 1"), "{b}");
    let sent = memory.requests();
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].header("authorization"), Some("t"));
    assert_eq!(
        String::from_utf8_lossy(&sent[0].body),
        r#"{"requests":[{"id":"0","method":"GET","url":"/a","headers":{}},{"id":"1","method":"GET","url":"/b","headers":{}},{"id":"2","method":"GET","url":"/c","headers":{}}]}"#
    );
    assert_eq!(batched.0.flights.count(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_batch_that_fails_fails_for_all() {
    for (status, answer, wanted) in [
        (
            StatusCode::NOT_FOUND,
            "{}",
            "the batch was answered with 404",
        ),
        (StatusCode::BAD_GATEWAY, "[2]", "502 [2]"),
        (StatusCode::UNAUTHORIZED, "[2]", "401 [2]"),
        (StatusCode::TOO_MANY_REQUESTS, "[2]", "429 [2]"),
        (StatusCode::OK, "{}", "not a list of answers"),
        (StatusCode::OK, "no", "not a list of answers"),
    ] {
        let (_, batched) = batched(status, answer, 3);
        for found in three(&batched).await {
            assert!(found.contains(wanted), "{found}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_wrong_is_so_for_its_own_request() {
    for wrong in [
        r#"{"id": "1", "status": 1}"#,
        r#"{"id": "1"}"#,
        r#"{"id": "1", "status": 200, "body": 7}, {"id": "1", "status": 200, "body": 8}"#,
        r#"{"id": "1", "status": 200, "body": 7}, {"id": 1}, {"id": 1, "status": 200}"#,
    ] {
        let answer = format!(
            r#"{{"responses": [{{"id": "0", "status": 200, "body": 0}}, {wrong}, {{"id": "2", "status": 200, "body": 2}}]}}"#
        );
        let (_, batched) = batched(StatusCode::OK, answer.leak(), 3);
        let [a, b, c] = three(&batched).await;
        assert_eq!([a.as_str(), c.as_str()], ["200 0", "200 2"]);
        assert!(b.contains("no answer to its request 1"), "{b}");
    }
}

#[tokio::test(start_paused = true)]
async fn who_shares_a_batch() {
    let (memory, batched) = batched(StatusCode::OK, "{}", 20);
    // Another credential, another host, a stream, and one that leaves.
    let left = batched.send(request("/left", "t"));
    let mut elsewhere = request("/x", "t");
    elsewhere.url = Address::new("https://other.example/v1/x".into());
    let streamed = Request {
        streams: true,
        ..request("/s", "t")
    };
    let leaves = async {
        let clock = Timed(memory.clone());
        within(Duration::ZERO, &clock, left).await.is_none()
    };
    let (is_gone, a, b, _, d) = tokio::join!(
        leaves,
        batched.send(request("/a", "t")),
        batched.send(request("/b", "u")),
        batched.send(elsewhere),
        batched.send(streamed),
    );
    assert!(is_gone);
    assert_eq!(text(a).await, "200 /a");
    assert_eq!(text(b).await, "200 /b");
    assert_eq!(text(d).await, "200 /s");
    let sent = memory.requests();
    let sent: Vec<&str> = sent.iter().map(|request| request.url.as_str()).collect();
    assert!(
        sent.len() == 4 && !sent.iter().any(|url| url.contains("batch")),
        "{sent:?}"
    );
}

/// Its answer is read by the caller, and may come without end.
#[tokio::test(start_paused = true)]
async fn who_goes_alone_keeps_what_is_left_of_the_time() {
    let memory = Memory::new(|request| {
        let left = request.timeout.map(|left| left.as_millis());
        Ok(Response::json(StatusCode::OK, format!("{left:?}")))
    });
    let window = Duration::from_millis(30);
    let batched = Batched::new(Timed(memory), JsonBatch::new(BASE), window);
    for (limit, left) in [(Some(100), "200 Some(70)"), (None, "200 None")] {
        let mut alone = request("/a", "t");
        alone.timeout = limit.map(Duration::from_millis);
        assert_eq!(text(batched.send(alone).await).await, left);
    }
}

#[test]
fn bodies_by_their_media_type() {
    let batcher = JsonBatch::new(BASE);
    for (headers, body, wanted) in [
        ("{}", r#""a b""#, r#""a b""#),
        (r#"{"Content-Type": "text/plain"}"#, r#""YQ""#, "YQ"),
        (r#"{"Content-Type": "image/png"}"#, r#""YQ""#, "a"),
        (
            r#"{"Content-Type": "application/json"}"#,
            r#""YQ""#,
            r#""YQ""#,
        ),
        ("{}", "null", ""),
    ] {
        let text = format!(
            r#"{{"responses": [{{"id": "0", "status": 200, "headers": {headers}, "body": {body}}}]}}"#
        );
        let found = batcher
            .split(1, &text.into())
            .expect("a list")
            .pop()
            .flatten();
        let found = found.expect("an answer").body;
        assert_eq!(
            found.as_bytes().map(|bytes| &bytes[..]),
            Some(wanted.as_bytes())
        );
    }
}
