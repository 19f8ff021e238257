//! Retries, limits and time limits over real sockets on loopback.
#![cfg(feature = "reqwest")]

use pontoon_runtime::codegen::*;
use pontoon_runtime::operation::Repeat;
use pontoon_runtime::{CallOptions, ConcurrencyLimit, NotRetried, Response, Retry};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

const RESPONSES: &[Accepted] = &[Accepted::json(200, 0)];
const fn operation(method: &'static str, repeat: Repeat) -> Operation {
    Operation {
        id: method,
        method,
        path: "/thing",
        body: match method.as_bytes()[0] {
            b'P' => Some(Body::new("application/octet-stream", Codec::Bytes, true)),
            _ => None,
        },
        responses: RESPONSES,
        repeat,
        ..Operation::BLANK
    }
}
static GET: Operation = operation("GET", Repeat::ByMethod);
static PUT: Operation = operation("PUT", Repeat::ByMethod);
static POST: Operation = operation("POST", Repeat::ByMethod);
static POST_ONCE: Operation = operation("POST", Repeat::Key("Idempotency-Key"));
static API: Api = Api {
    user_agent: "things/1.0",
    ..Api::BLANK
};

/// What a server does with a request.
#[derive(Clone, Copy)]
enum Step {
    /// Answers with a status, headers and a body.
    Answer(u16, &'static str, &'static str),
    /// Sends half of the body it has announced, and closes.
    Half,
    /// Closes without a word.
    Reset,
    /// Says nothing until the client goes away.
    Silent,
}
use Step::{Answer, Half, Reset, Silent};

/// A server that does one step for each request, each on a connection of its own,
/// and tells what it was sent.
fn serve(steps: &[Step]) -> (String, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let base = format!("http://{}", listener.local_addr().expect("an address"));
    let (tell, told) = channel();
    let steps = steps.to_vec();
    thread::spawn(move || {
        for (stream, step) in listener.incoming().zip(steps) {
            let Ok(mut stream) = stream else { return };
            let Some(request) = read(&mut stream) else {
                return;
            };
            if tell.send(request).is_err() {
                return;
            }
            let mut send = |text: &str| stream.write_all(text.as_bytes()).is_ok();
            match step {
                Answer(status, headers, body) => {
                    send(&format!(
                        "HTTP/1.1 {status} X\r\nContent-Type: application/json\r\n{headers}\
                         Connection: close\r\nContent-Length: {}\r\n\r\n{body}",
                        body.len()
                    ));
                }
                Half => {
                    send(
                        "HTTP/1.1 200 X\r\nContent-Type: application/json\r\n\
                         Content-Length: 100\r\n\r\n{\"a\":",
                    );
                }
                Reset => {}
                Silent => {
                    thread::spawn(move || stream.read(&mut [0]));
                }
            }
        }
    });
    (base, told)
}

fn read(stream: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&bytes).to_ascii_lowercase();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let mut lines = head.lines();
            let length = lines.find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
            let chunked = head.contains("transfer-encoding: chunked");
            if body.len() >= length.unwrap_or(0) && (!chunked || body.ends_with("0\r\n\r\n")) {
                return Some(String::from_utf8_lossy(&bytes).into_owned());
            }
        }
        match stream.read(&mut buffer) {
            Ok(count) if count > 0 => bytes.extend_from_slice(&buffer[..count]),
            _ => return None,
        }
    }
}

fn client(base: &str) -> ClientBuilder<CoreClient> {
    let quick = Retry::default().wait(Duration::from_millis(1));
    ClientBuilder::new(&API)
        .base_url(base)
        .no_proxy()
        .retry(quick)
}

fn built(base: &str) -> CoreClient {
    client(base).build().expect("a client")
}

type Outcome = Result<Response<Json>, Error>;

async fn get(base: &str) -> Outcome {
    built(base).call(&GET).send().await
}

fn key(request: &str) -> Option<&str> {
    let line = request
        .lines()
        .find_map(|line| line.strip_prefix("idempotency-key: "));
    line.map(str::trim)
}

const OK: Step = Answer(200, "", "{}");

#[tokio::test]
async fn failures_that_pass() {
    for step in [
        Answer(503, "", ""),
        Answer(429, "Retry-After: 0\r\n", ""),
        Answer(429, "retry-after-ms: 5\r\n", ""),
        Half,
        Reset,
    ] {
        let (base, told) = serve(&[step, OK]);
        let answer = get(&base).await.expect("an answer");
        assert_eq!(answer.attempts(), 2);
        assert_eq!(told.iter().take(2).count(), 2);
    }
}

#[tokio::test]
async fn an_address_where_nobody_listens() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let base = format!("http://{}", listener.local_addr().expect("an address"));
    drop(listener);
    let call = built(&base).call(&POST).upload("x".into());
    let error = call.send::<Json>().await.expect_err("nobody");
    assert!(error.is_connect());
    assert_eq!(
        (error.attempts(), error.not_retried()),
        (3, Some(NotRetried::Attempts))
    );
}

#[tokio::test]
async fn posts() {
    for step in [Answer(503, "", ""), Half, Reset] {
        let (base, told) = serve(&[step, OK]);
        let call = built(&base).call(&POST).upload("x".into());
        let error = call.send::<Json>().await.expect_err("once");
        assert_eq!(error.not_retried(), Some(NotRetried::NotRepeatable));
        assert_eq!(key(&told.recv().expect("a request")), None);
        assert!(told.try_recv().is_err());
        // With a key, the same one each time, and another one for another call.
        let (base, told) = serve(&[step, OK, OK]);
        let client = built(&base);
        for attempts in [2, 1] {
            let call = client.call(&POST_ONCE).upload("x".into());
            let answer = call.send::<Json>().await.expect("an answer");
            assert_eq!(answer.attempts(), attempts);
        }
        let sent: Vec<_> = told.iter().take(3).collect();
        let keys: Vec<_> = sent.iter().map(|request| key(request)).collect();
        assert!(keys[0].is_some() && keys[0] == keys[1] && keys[1] != keys[2]);
    }
}

#[tokio::test]
async fn a_body_that_is_used_up() {
    struct Once(Option<Bytes>);
    impl futures_core::Stream for Once {
        type Item = Result<Bytes, std::io::Error>;
        fn poll_next(
            mut self: std::pin::Pin<&mut Self>,
            _: &mut std::task::Context<'_>,
        ) -> std::task::Poll<Option<Self::Item>> {
            std::task::Poll::Ready(self.0.take().map(Ok))
        }
    }
    let (base, _told) = serve(&[Answer(503, "", ""), OK]);
    let body = Upload::stream(Once(Some("abc".into())));
    let call = built(&base).call(&PUT).upload(body);
    let error = call.send::<Json>().await.expect_err("used up");
    assert_eq!(error.not_retried(), Some(NotRetried::BodyConsumed));
    assert!(
        error
            .to_string()
            .ends_with("the body is a stream that cannot be sent again"),
        "{error}"
    );
    let (base, told) = serve(&[Answer(503, "", ""), OK]);
    let call = built(&base).call(&PUT).upload("abc".into());
    assert_eq!(call.send::<Json>().await.expect("one").attempts(), 2);
    assert!(told.iter().take(2).all(|request| request.ends_with("abc")));
}

#[tokio::test]
async fn time_limits() {
    let (base, _told) = serve(&[Silent, OK]);
    let call = built(&base).call(&GET);
    let call = call.attempt_timeout(Duration::from_millis(100));
    let answer = call.send::<Json>().await.expect("an answer");
    assert_eq!(answer.attempts(), 2);

    let (base, _told) = serve(&[Silent, Silent, Silent, Silent]);
    let call = built(&base).call(&GET).timeout(Duration::from_millis(100));
    let error = call.send::<Json>().await.expect_err("too slow");
    assert!(error.is_timeout());
    assert_eq!(error.attempts(), 1);
}

#[tokio::test]
async fn a_dropped_call_frees_its_place() {
    let (base, told) = serve(&[Silent, OK]);
    let limit = ConcurrencyLimit::new(1);
    let client = client(&base).concurrency_limit(limit).build();
    let client: CoreClient = client.expect("a client");
    let first = tokio::spawn(client.call(&GET).send::<Json>());
    let told = tokio::task::spawn_blocking(move || (told.recv().expect("a request"), told));
    let (_, told) = told.await.expect("the server");
    first.abort();
    client.call(&GET).send::<Json>().await.expect("its turn");
    assert!(told.recv().is_ok());
}
