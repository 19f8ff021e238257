//! Limits, hedging, breakers and hooks, over transports whose time is made up.

use crate::api::{Client, code};
use http::{HeaderName, HeaderValue};
use pontoon_runtime::transport::{Body, BoxFuture, Memory, Request, Response as Answer, Transport};
use pontoon_runtime::{
    Attempt, CallOptions, CircuitBreaker, ClientBuilder, ConcurrencyLimit, Error, Hedge, Hook,
    HookFuture, NotRetried, RateLimit, Retry, RetryBudget, Scope,
};
use std::future::poll_fn;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;
use tokio::time::Instant;

type Builder = ClientBuilder<Client>;

const fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

fn over(transport: impl Transport, set: impl FnOnce(Builder) -> Builder) -> Client {
    let builder = Client::builder().transport(transport);
    set(builder).build().expect("a client")
}

fn fine() -> Memory {
    Memory::new(|_| Ok(Answer::json(code(200), "[]")))
}

/// Answers after times of its own, by Tokio's clock, which the tests stop.
#[derive(Clone, Default)]
struct Slow {
    /// How long each answer takes; the last one is for the rest, too.
    times: Arc<[u64]>,
    sent: Arc<AtomicUsize>,
    /// How many are under way, and how many were at most.
    now: Arc<AtomicUsize>,
    most: Arc<AtomicUsize>,
}

struct UnderWay(Arc<AtomicUsize>);
impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Slow {
    fn of(times: &[u64]) -> Self {
        Self {
            times: times.into(),
            ..Self::default()
        }
    }
    fn sent(&self) -> usize {
        self.sent.load(Ordering::SeqCst)
    }
}

impl Transport for Slow {
    fn send(&self, request: Request) -> BoxFuture<Result<Answer, Error>> {
        let this = self.clone();
        Box::pin(async move {
            let index = this.sent.fetch_add(1, Ordering::SeqCst);
            let now = this.now.fetch_add(1, Ordering::SeqCst) + 1;
            this.most.fetch_max(now, Ordering::SeqCst);
            let _under_way = UnderWay(this.now);
            let last = this.times.len().saturating_sub(1);
            let time = seconds(this.times.get(index.min(last)).copied().unwrap_or(1));
            let limit = request.timeout.unwrap_or(Duration::MAX);
            if time > limit {
                tokio::time::sleep(limit).await;
                return Err(Error::timeout("too slow"));
            }
            tokio::time::sleep(time).await;
            Ok(Answer::json(code(200), "[]"))
        })
    }
    fn sleep(&self, time: Duration) -> BoxFuture<()> {
        Box::pin(tokio::time::sleep(time))
    }
    fn now(&self) -> Option<Duration> {
        // A test's clock starts with its first question.
        thread_local!(static START: Instant = Instant::now());
        Some(START.with(|start| start.elapsed()))
    }
}

/// Runs calls side by side.
async fn all(calls: Vec<crate::api::List>) -> Vec<Result<u32, Error>> {
    let mut running: Vec<_> = calls.into_iter().map(|call| Some(call.send())).collect();
    let mut done: Vec<_> = running.iter().map(|_| None).collect();
    poll_fn(|context| {
        for (place, done) in running.iter_mut().zip(&mut done) {
            if let Some(call) = place
                && let Poll::Ready(result) = std::pin::Pin::new(call).poll(context)
            {
                *done = Some(result.map(|answer| answer.attempts()));
                *place = None;
            }
        }
        match running.iter().all(Option::is_none) {
            true => Poll::Ready(()),
            false => Poll::Pending,
        }
    })
    .await;
    done.into_iter().flatten().collect()
}

#[tokio::test]
async fn rates() {
    let memory = fine();
    let limit = RateLimit::new(2, seconds(1)).burst(3);
    let client = over(memory.clone(), |b| b.rate_limit(limit));
    for _ in 0..7 {
        client.clone().list().send().await.expect("a list");
    }
    assert_eq!(memory.elapsed(), seconds(2));

    // Scopes, weights, and several at once.
    let memory = fine();
    let client = over(memory.clone(), |b| {
        b.rate_limit(RateLimit::new(100, seconds(1)))
            .rate_limit(
                RateLimit::new(1, seconds(1))
                    .burst(4)
                    .scope(Scope::operations(["pets/*"]))
                    .weight("pets/list", 4),
            )
            .rate_limit(RateLimit::new(1, seconds(100)).scope(Scope::paths(["/cats"])))
    });
    for _ in 0..3 {
        client.list().send().await.expect("a list");
    }
    assert_eq!(memory.elapsed(), seconds(8));
}

#[tokio::test]
async fn a_rate_that_would_take_too_long() {
    let memory = fine();
    let limit = RateLimit::new(1, seconds(60));
    let client = over(memory.clone(), |b| {
        b.rate_limit(limit.longest_wait(seconds(30)))
    });
    client.list().send().await.expect("a list");
    let error = client.list().send().await.expect_err("too long");
    assert!(error.is_limited() && !error.is_rate_limited());
    assert_eq!(error.retry_after(), Some(seconds(60)));
    assert_eq!((error.attempts(), memory.requests().len()), (0, 1));
    assert_eq!(
        error.to_string(),
        "GET /pets: not sent: a rate limit of the client's would make it wait too long \
         (https://eu.pets.example/v1/pets)"
    );
    // Its token was given back.
    memory.advance(seconds(60));
    client.list().send().await.expect("a list");

    let limit = RateLimit::new(1, seconds(60));
    let client = over(fine(), |b| b.rate_limit(limit));
    client.list().send().await.expect("a list");
    let call = client.list().timeout(seconds(5));
    assert!(call.send().await.expect_err("no time").is_limited());
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_dropped_gives_its_token_back() {
    let transport = Slow::of(&[0]);
    let limit = RateLimit::new(1, seconds(10));
    let client = over(transport.clone(), |b| b.rate_limit(limit));
    client.list().send().await.expect("a list");
    for _ in 0..5 {
        let waits = tokio::time::timeout(seconds(1), client.list().send());
        assert!(waits.await.is_err());
    }
    // 5 s have passed, and nobody waits: the next one is sent after 5 s more.
    let start = Instant::now();
    client.list().send().await.expect("a list");
    assert_eq!(start.elapsed().as_secs(), 5);
}

#[tokio::test(start_paused = true)]
async fn concurrency() {
    let transport = Slow::of(&[1]);
    let client = over(transport.clone(), |b| {
        b.concurrency_limit(ConcurrencyLimit::new(2))
            .concurrency_limit(ConcurrencyLimit::new(1).scope(Scope::paths(["/cats"])))
    });
    let calls = (0..7).map(|_| client.list()).collect();
    let done = all(calls).await;
    assert_eq!(done.iter().filter(|one| one.is_ok()).count(), 7);
    assert_eq!(transport.most.load(Ordering::SeqCst), 2);
    assert!(format!("{client:?}").contains("free: 2"), "{client:?}");

    // A call that is dropped frees its place, on the wire or waiting.
    let transport = Slow::of(&[100]);
    let limit = || ConcurrencyLimit::new(1);
    let client = over(transport.clone(), |b| b.concurrency_limit(limit()));
    let on_the_wire = tokio::time::timeout(seconds(1), client.list().send());
    assert!(on_the_wire.await.is_err());
    assert_eq!(transport.now.load(Ordering::SeqCst), 0);
    assert!(format!("{client:?}").contains("free: 1"));
    // One that has no time to wait.
    let calls = vec![client.list(), client.list().timeout(seconds(3))];
    let done = all(calls).await;
    assert!(done[0].is_ok());
    assert!(done[1].as_ref().is_err_and(Error::is_limited));
}

#[tokio::test]
async fn a_waiting_retry_holds_no_place() {
    // The second answer comes while the first call waits for its next attempt.
    let memory = Memory::script([
        Ok(Answer::json(code(503), "")),
        Ok(Answer::json(code(200), "[]")),
        Ok(Answer::json(code(200), "[]")),
    ]);
    let client = over(memory.clone(), |b| {
        b.concurrency_limit(ConcurrencyLimit::new(1))
    });
    let done = all(vec![client.list(), client.list()]).await;
    assert!(done.iter().all(Result::is_ok), "{done:?}");
}

#[tokio::test]
async fn a_stream_holds_its_place() {
    let memory = Memory::new(|_| {
        let mut answer = Answer::new(code(200));
        answer.body = Body::from("abc");
        Ok(answer)
    });
    let client = over(memory, |b| b.concurrency_limit(ConcurrencyLimit::new(1)));
    let core = pontoon_runtime::CoreClient::from(client.clone());
    let open = || {
        let call = core.call(&crate::api::PHOTO);
        call.stream::<pontoon_runtime::Download>()
    };
    let mut photo = open().await.expect("a stream").into_value();
    assert!(format!("{client:?}").contains("free: 0"));
    while photo.chunk().await.expect("a piece").is_some() {}
    assert!(format!("{client:?}").contains("free: 1"), "at its end");
    let photo = open().await.expect("a stream");
    assert!(format!("{client:?}").contains("free: 0"));
    drop(photo);
    assert!(format!("{client:?}").contains("free: 1"), "dropped");
}

fn limited(status: u16, left: &'static str, reset: &'static str) -> Result<Answer, Error> {
    let header = |name| HeaderName::from_static(name);
    Ok(Answer::json(code(status), "[]")
        .with_header(
            header("x-ratelimit-remaining"),
            HeaderValue::from_static(left),
        )
        .with_header(header("x-ratelimit-reset"), HeaderValue::from_static(reset)))
}

#[tokio::test]
async fn what_the_server_says_is_left() {
    let script = || {
        Memory::script([
            limited(200, "1", "30"),
            limited(200, "0", "30"),
            limited(200, "9", "30"),
        ])
    };
    let memory = script();
    let client = over(memory.clone(), |b| b);
    client.list().send().await.expect("a list");
    client.list().send().await.expect("a list");
    assert_eq!(memory.elapsed(), Duration::ZERO);
    client.list().send().await.expect("a list");
    let waited = memory.elapsed().as_secs_f64();
    assert!((30.0..=30.25).contains(&waited), "{waited}");

    // Not where that takes too long, or where it is not wanted.
    for wait in [Some(seconds(29)), None] {
        let memory = script();
        let client = over(memory.clone(), |b| b.server_limit_wait(wait));
        for _ in 0..3 {
            client.list().send().await.expect("a list");
        }
        assert_eq!(memory.elapsed(), Duration::ZERO);
    }
    // A refusal waits for the reset once, not twice.
    let memory = Memory::script([limited(403, "0", "30"), limited(200, "9", "30")]);
    let answer = over(memory.clone(), |b| b).list().send().await;
    assert_eq!(answer.expect("a list").attempts(), 2);
    assert!(memory.elapsed() <= seconds(31), "{:?}", memory.elapsed());
    let memory = Memory::script([limited(429, "0", "3600")]);
    let error = over(memory, |b| b).list().send().await.expect_err("later");
    assert_eq!(error.not_retried(), Some(NotRetried::LongWait));
    assert_eq!(error.retry_after(), Some(seconds(3600)));
}

#[tokio::test]
async fn breakers() {
    let memory = Memory::new(|_| Err(Error::connect("refused")));
    let client = over(memory.clone(), |b| {
        b.circuit_breaker(CircuitBreaker::new(2, seconds(30)))
    });
    // It opens between the attempts of one call: what failed is what is told.
    let error = client.list().send().await.expect_err("one");
    assert!(error.is_connect() && error.attempts() == 2);
    assert_eq!(error.not_retried(), Some(NotRetried::CircuitOpen));
    let error = client.list().send().await.expect_err("one");
    assert!(error.is_circuit_open() && error.attempts() == 0);
    assert!(error.retry_after() <= Some(seconds(30)));
    memory.advance(seconds(30));
    assert!(client.list().send().await.expect_err("one").is_connect());
    assert_eq!(memory.requests().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn hedges() {
    // The second answer is there first; the first request is dropped.
    let transport = Slow::of(&[100, 1]);
    let client = over(transport.clone(), |b| b.hedge(Hedge::after(seconds(2))));
    let start = Instant::now();
    let answer = client.list().send().await.expect("a list");
    assert_eq!((answer.attempts(), start.elapsed().as_secs()), (2, 3));
    assert_eq!(transport.now.load(Ordering::SeqCst), 0);

    // The first one is fast enough, or comes first after all.
    for (times, sent) in [([1, 1], 1), ([3, 100], 2)] {
        let transport = Slow::of(&times);
        let client = over(transport.clone(), |b| b.hedge(Hedge::after(seconds(2))));
        client.list().send().await.expect("a list");
        assert_eq!(transport.sent(), sent);
        assert_eq!(transport.now.load(Ordering::SeqCst), 0);
    }

    // Not for calls that are not safe, not without a budget, not unless asked.
    let slow = || Slow::of(&[5]);
    let transport = slow();
    let client = over(transport.clone(), |b| b.hedge(Hedge::after(seconds(2))));
    let error = client.adopt("1").send().await;
    assert_eq!((transport.sent(), error.is_err()), (1, true));
    let transport = slow();
    let retry = Retry::default().budget(RetryBudget::new(4));
    let client = over(transport.clone(), |b| {
        b.hedge(Hedge::after(seconds(2))).retry(retry)
    });
    client.list().send().await.expect("a list");
    assert_eq!(transport.sent(), 1);
    let transport = slow();
    over(transport.clone(), |b| b)
        .list()
        .send()
        .await
        .expect("a list");
    assert_eq!(transport.sent(), 1);
    let transport = slow();
    let call = over(transport.clone(), |b| b).list();
    let call = call.hedge(Hedge::after(seconds(2)));
    call.send().await.expect("a list");
    assert_eq!(transport.sent(), 2);
}

#[tokio::test(start_paused = true)]
async fn time_limits() {
    // Per attempt: two that are too slow, and one that is not.
    let transport = Slow::of(&[9, 9, 1]);
    let client = over(transport.clone(), |b| b.attempt_timeout(seconds(3)));
    let answer = client.list().send().await.expect("a list");
    assert_eq!(answer.attempts(), 3);
    // Over all of them.
    let transport = Slow::of(&[9]);
    let client = over(transport.clone(), |b| {
        b.attempt_timeout(seconds(3)).timeout(seconds(5))
    });
    let start = Instant::now();
    let error = client.list().send().await.expect_err("too slow");
    assert!(error.is_timeout());
    assert_eq!(error.attempts(), 2);
    assert_eq!(start.elapsed().as_secs(), 5);
}

/// Never lets a request go.
struct Stuck;
impl Hook for Stuck {
    fn before<'a>(
        &'a self,
        _: &'a Attempt<'_>,
        _: &'a mut Request,
    ) -> HookFuture<'a, Option<Answer>> {
        Box::pin(std::future::pending())
    }
}

#[tokio::test(start_paused = true)]
async fn a_hook_has_the_time_of_the_call() {
    let transport = Slow::of(&[1]);
    let client = over(transport.clone(), |b| b.hook(Stuck).timeout(seconds(5)));
    let start = Instant::now();
    let error = client.list().send().await.expect_err("stuck");
    assert!(error.is_timeout());
    assert_eq!((start.elapsed().as_secs(), transport.sent()), (5, 0));
}

/// Tells what it sees.
struct Seen {
    name: &'static str,
    told: Arc<Mutex<Vec<String>>>,
    answers: bool,
}

impl Seen {
    fn tell(&self, what: String) {
        let text = format!("{} {what}", self.name);
        self.told.lock().expect("the list").push(text);
    }
}

impl Hook for Seen {
    fn before<'a>(
        &'a self,
        attempt: &'a Attempt<'_>,
        request: &'a mut Request,
    ) -> HookFuture<'a, Option<Answer>> {
        Box::pin(async move {
            // Nothing keeps a hook from waiting.
            tokio::task::yield_now().await;
            self.tell(format!(
                "before {} {}",
                attempt.operation(),
                attempt.number()
            ));
            let (name, value) = ("x-hook", HeaderValue::from_static("1"));
            request.headers.insert(name, value);
            if attempt.extension() == Some(&"refuse") {
                return Err(Error::hook("not today"));
            }
            Ok(self.answers.then(|| Answer::json(code(200), "[]")))
        })
    }
    fn after<'a>(&'a self, _: &'a Attempt<'_>, answer: &'a mut Answer) -> HookFuture<'a, ()> {
        self.tell(format!("after {}", answer.status.as_u16()));
        Box::pin(async { Ok(()) })
    }
    fn on_retry(&self, attempt: &Attempt<'_>, _: Duration) {
        self.tell(format!("retry {}", attempt.number()));
    }
    fn on_failure(&self, _: &Attempt<'_>, error: &Error) {
        self.tell(format!("failure {}", error.is_transport()));
    }
}

#[tokio::test]
async fn hooks_in_order() {
    let told: Arc<Mutex<Vec<String>>> = Arc::default();
    let seen = |name, answers| Seen {
        name,
        told: Arc::clone(&told),
        answers,
    };
    let taken = || std::mem::take(&mut *told.lock().expect("the list"));
    let memory = Memory::script([
        Ok(Answer::json(code(503), "")),
        Err(Error::transport("reset")),
        Ok(Answer::json(code(200), "[]")),
    ]);
    let client = over(memory.clone(), |b| {
        b.hook(seen("a", false)).hook(seen("b", false))
    });
    client.list().send().await.expect("a list");
    assert_eq!(
        taken(),
        [
            "a before pets/list 1",
            "b before pets/list 1",
            "b after 503",
            "a after 503",
            "a retry 1",
            "b retry 1",
            "a before pets/list 2",
            "b before pets/list 2",
            "b failure true",
            "a failure true",
            "a retry 2",
            "b retry 2",
            "a before pets/list 3",
            "b before pets/list 3",
            "b after 200",
            "a after 200",
        ]
    );
    assert_eq!(memory.requests()[2].header("x-hook"), Some("1"));
    let call = client.list().extension("refuse");
    let error = call.send().await.expect_err("refused");
    assert!(error.is_hook() && error.attempts() == 1);
    assert_eq!(taken(), ["a before pets/list 1", "a failure false"]);

    // An answer without the network.
    let memory = Memory::script([]);
    let client = over(memory.clone(), |b| {
        b.hook(seen("a", false))
            .hook(seen("b", true))
            .hook(seen("c", false))
    });
    client.list().send().await.expect("a list");
    let expected = [
        "a before pets/list 1",
        "b before pets/list 1",
        "b after 200",
        "a after 200",
    ];
    assert_eq!(taken(), expected);
    assert!(memory.requests().is_empty());
}
