//! Tokens that are asked for when a request is made.

use crate::api::{Client, Pet, code, token};
use http::HeaderValue;
use http::header::LOCATION;
use pontoon_runtime::auth::{Token, TokenContext, TokenProvider};
use pontoon_runtime::transport::{BoxFuture, Memory, Recorded, Response as Answer};
use pontoon_runtime::{CallOptions, Error, RateLimit, Secret};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// Gives `t0` until that is refused, then `t1`, and so on; asks for `last` at most.
#[derive(Clone)]
struct Counted {
    current: Arc<AtomicUsize>,
    asked: Arc<AtomicUsize>,
    last: usize,
}

impl Counted {
    fn to(last: usize) -> Self {
        Self {
            current: Arc::default(),
            asked: Arc::default(),
            last,
        }
    }
}

impl TokenProvider for Counted {
    fn token(&self, context: TokenContext) -> BoxFuture<Result<Secret, Error>> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        assert_eq!(context.scheme().name, "token");
        let current = self.current.load(Ordering::Relaxed);
        Box::pin(async move { Ok(format!("t{current}").into()) })
    }
    fn refused(&self, token: &Secret) -> bool {
        let current = self.current.load(Ordering::Relaxed);
        if token.expose() == format!("t{current}") && current < self.last {
            self.current.store(current + 1, Ordering::Relaxed);
        }
        current < self.last
    }
}

fn client(memory: &Memory, provider: &Counted) -> Client {
    let builder = Client::builder().transport(memory.clone());
    let credential = token(Token::from_provider(provider.clone()));
    builder.credential(credential).build().expect("a client")
}

/// A server that takes one token.
fn takes(accepted: &'static str) -> Memory {
    Memory::new(move |request| {
        let is_right = request.header("authorization") == Some(accepted);
        Ok(match is_right {
            true => Answer::json(code(201), r#"{"id":1}"#),
            false => Answer::new(code(401)),
        })
    })
}

fn tokens(sent: &[Recorded]) -> Vec<&str> {
    let tokens = sent.iter().map(|one| one.header("authorization"));
    tokens.map(|token| token.unwrap_or("none")).collect()
}

#[tokio::test]
async fn a_refused_token_is_renewed_once() {
    let memory = takes("Bearer t1");
    let provider = Counted::to(9);
    let client = client(&memory, &provider);
    client.create(&Pet::new(1)).send().await.expect("a pet");
    let sent = memory.requests();
    assert_eq!(tokens(&sent), ["Bearer t0", "Bearer t1"]);
    assert_eq!(sent[0].body, sent[1].body);

    let memory = takes("Bearer t9");
    let client = self::client(&memory, &Counted::to(9));
    let error = client.create(&Pet::new(1)).send().await;
    assert!(error.expect_err("t1 is refused, too").is_auth());
    assert_eq!(tokens(&memory.requests()), ["Bearer t0", "Bearer t1"]);
}

#[tokio::test]
async fn the_request_with_the_renewed_token_counts_against_limits() {
    let memory = takes("Bearer t1");
    let credential = token(Token::from_provider(Counted::to(9)));
    let builder = Client::builder().transport(memory.clone());
    let limit = RateLimit::new(1, Duration::from_secs(1));
    let client = builder.credential(credential).rate_limit(limit).build();
    let client = client.expect("a client");
    client.create(&Pet::new(1)).send().await.expect("a pet");
    assert_eq!(memory.elapsed(), Duration::from_secs(1));
}

#[tokio::test]
async fn a_token_that_cannot_be_renewed_is_sent_once() {
    let memory = takes("Bearer t1");
    let client = client(&memory, &Counted::to(0));
    let error = client.create(&Pet::new(1)).send().await;
    assert_eq!(error.expect_err("401").status(), Some(code(401)));
    assert_eq!(memory.requests().len(), 1);
}

#[tokio::test]
async fn nothing_is_asked_where_the_caller_sets_the_header() {
    let memory = takes("own");
    let provider = Counted::to(9);
    let client = client(&memory, &provider);
    let call = client.create(&Pet::new(1)).header("Authorization", "own");
    call.send().await.expect("a pet");
    assert_eq!(provider.asked.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn nothing_is_asked_for_another_host() {
    let memory = Memory::new(|request| {
        if request.url.as_str().starts_with("https://other.example") {
            return Ok(Answer::json(code(200), r#"{"id":1}"#));
        }
        let to = HeaderValue::from_static("https://other.example/");
        Ok(Answer::new(code(302)).with_header(LOCATION, to))
    });
    let provider = Counted::to(9);
    let client = client(&memory, &provider);
    client.get("1").send().await.expect("a pet");
    assert_eq!(tokens(&memory.requests()), ["Bearer t0", "none"]);
    assert_eq!(provider.asked.load(Ordering::Relaxed), 1);
}
