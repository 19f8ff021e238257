//! Who shares an exchange, and what becomes of it when one of them leaves.

use super::*;
use crate::transport::{Address, Body};
use http::HeaderValue;
use std::collections::VecDeque;
use std::future::poll_fn;
use std::task::{Context, Poll, Waker};

/// A transport whose answers wait until the test gives them.
#[derive(Clone, Default)]
struct Held(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    sent: usize,
    dropped: usize,
    answers: VecDeque<Result<Response, Error>>,
    wakers: Vec<Waker>,
}

struct Count(Held, bool);

impl Drop for Count {
    fn drop(&mut self) {
        self.0.0.lock().unwrap().dropped += usize::from(!self.1);
    }
}

impl Held {
    fn answer(&self, answer: Result<Response, Error>) {
        let mut state = self.0.lock().unwrap();
        state.answers.push_back(answer);
        let wakers = std::mem::take(&mut state.wakers);
        drop(state);
        wakers.into_iter().for_each(Waker::wake);
    }

    fn counts(&self) -> (usize, usize) {
        let state = self.0.lock().unwrap();
        (state.sent, state.dropped)
    }
}

impl Transport for Held {
    fn send(&self, _: Request) -> BoxFuture<Result<Response, Error>> {
        self.0.lock().unwrap().sent += 1;
        let mut count = Count(self.clone(), false);
        Box::pin(poll_fn(move |context| {
            let mut state = count.0.0.lock().unwrap();
            match state.answers.pop_front() {
                Some(answer) => {
                    drop(state);
                    count.1 = true;
                    Poll::Ready(answer)
                }
                None => {
                    state.wakers.push(context.waker().clone());
                    Poll::Pending
                }
            }
        }))
    }
}

/// The same by the clock of the test.
#[derive(Clone)]
struct Timed(Held);

impl Transport for Timed {
    fn send(&self, request: Request) -> BoxFuture<Result<Response, Error>> {
        // Nobody has the limit of another.
        assert!(request.timeout.is_none());
        self.0.send(request)
    }

    fn sleep(&self, time: Duration) -> BoxFuture<()> {
        Box::pin(tokio::time::sleep(time))
    }
}

fn get(url: &str) -> Request {
    Request {
        method: Method::GET,
        url: Address::new(url.into()),
        headers: HeaderMap::new(),
        body: Body::empty(),
        timeout: None,
        streams: false,
    }
}

const URL: &str = "https://h.example/a";

fn with(name: &'static str, value: &'static str) -> Request {
    let mut request = get(URL);
    request
        .headers
        .insert(name, HeaderValue::from_static(value));
    request
}

fn poll<T>(future: &mut BoxFuture<T>) -> Poll<T> {
    future
        .as_mut()
        .poll(&mut Context::from_waker(Waker::noop()))
}

async fn text(answer: Result<Response, Error>) -> String {
    let body = answer.expect("an answer").body.collect(1 << 20).await;
    String::from_utf8(body.expect("a body").to_vec()).expect("text")
}

fn ok(text: &'static str) -> Result<Response, Error> {
    Ok(Response::json(StatusCode::OK, text))
}

#[test]
fn what_is_the_same() {
    for (a, b, same) in [
        (get(URL), get(URL), true),
        (get(URL), get("https://h.example/a?b"), false),
        (with("authorization", "a"), with("authorization", "a"), true),
        (
            with("authorization", "a"),
            with("authorization", "b"),
            false,
        ),
        (with("authorization", "a"), get(URL), false),
        (with("accept", "a"), with("accept", "b"), false),
        (with("traceparent", "a"), with("traceparent", "b"), true),
    ] {
        assert_eq!(key(&a) == key(&b), same, "{a:?} {b:?}");
    }
    let method = Request {
        method: Method::HEAD,
        ..get(URL)
    };
    let body = Request {
        body: "a".into(),
        ..get(URL)
    };
    let streams = Request {
        streams: true,
        ..get(URL)
    };
    for request in [method, body, streams] {
        assert!(key(&request).is_none(), "{request:?}");
    }
}

#[tokio::test]
async fn one_exchange_for_all() {
    let held = Held::default();
    let coalesced = Coalesced::new(held.clone());
    let all: Vec<_> = (0..10)
        .map(|_| tokio::spawn(coalesced.send(get(URL))))
        .collect();
    tokio::task::yield_now().await;
    held.answer(ok("1"));
    for one in all {
        assert_eq!(text(one.await.expect("no panic")).await, "1");
    }
    assert_eq!((held.counts(), coalesced.0.flights.count()), ((1, 0), 0));
    // What comes later is sent again.
    held.answer(ok("2"));
    assert_eq!(text(coalesced.send(get(URL)).await).await, "2");
    assert_eq!(held.counts().0, 2);
}

#[tokio::test]
async fn it_goes_on_when_the_first_leaves() {
    let held = Held::default();
    let coalesced = Coalesced::new(held.clone());
    let mut first = coalesced.send(get(URL));
    assert!(poll(&mut first).is_pending());
    let second = tokio::spawn(coalesced.send(get(URL)));
    tokio::task::yield_now().await;
    drop(first);
    assert_eq!(held.counts(), (1, 0));
    held.answer(ok("1"));
    assert_eq!(text(second.await.expect("no panic")).await, "1");
    assert_eq!((held.counts(), coalesced.0.flights.count()), ((1, 0), 0));
}

#[tokio::test]
async fn it_ends_when_the_last_leaves() {
    let held = Held::default();
    let coalesced = Coalesced::new(held.clone());
    let mut both = [coalesced.send(get(URL)), coalesced.send(get(URL))];
    assert!(both.iter_mut().all(|one| poll(one).is_pending()));
    assert_eq!((held.counts(), coalesced.0.flights.count()), ((1, 0), 1));
    drop(both);
    assert_eq!((held.counts(), coalesced.0.flights.count()), ((1, 1), 0));
}

#[tokio::test(start_paused = true)]
async fn each_has_its_own_time_limit() {
    let held = Held::default();
    let coalesced = Coalesced::new(Timed(held.clone()));
    let limited = |seconds| Request {
        timeout: Some(Duration::from_secs(seconds)),
        ..get(URL)
    };
    let long = tokio::spawn(coalesced.send(limited(60)));
    let short = coalesced.send(limited(1)).await;
    assert!(short.is_err_and(|error| error.is_timeout()));
    held.answer(ok("1"));
    assert_eq!(text(long.await.expect("no panic")).await, "1");
    assert_eq!(held.counts(), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn an_attempt_after_a_timeout_starts_another_exchange() {
    let held = Held::default();
    let coalesced = Coalesced::new(Timed(held.clone()));
    let mut patient = coalesced.send(get(URL));
    assert!(poll(&mut patient).is_pending());
    let limited = Request {
        timeout: Some(Duration::from_secs(1)),
        ..get(URL)
    };
    let short = coalesced.send(limited).await;
    assert!(short.is_err_and(|error| error.is_timeout()));
    let mut again = coalesced.send(get(URL));
    assert!(poll(&mut again).is_pending());
    // Who waits for the first still does.
    assert_eq!((held.counts(), coalesced.0.flights.count()), ((2, 0), 1));
    for answer in ["1", "2"] {
        held.answer(ok(answer));
    }
    assert_eq!(text(patient.await).await, "1");
    assert_eq!(text(again.await).await, "2");
    assert_eq!((held.counts(), coalesced.0.flights.count()), ((2, 0), 0));
}

#[tokio::test]
async fn errors_are_shared_and_not_kept() {
    let held = Held::default();
    let coalesced = Coalesced::new(held.clone());
    let mut both = [coalesced.send(get(URL)), coalesced.send(get(URL))];
    assert!(both.iter_mut().all(|one| poll(one).is_pending()));
    held.answer(Err(Error::connect("refused")));
    for one in both {
        let answer = one.await;
        let error = answer.expect_err("an error");
        assert!(error.is_connect());
        let cause = std::error::Error::source(&error).expect("a cause");
        assert_eq!(cause.to_string(), "refused");
    }
    held.answer(ok("1"));
    assert_eq!(text(coalesced.send(get(URL)).await).await, "1");
    assert_eq!(held.counts(), (2, 0));
}

#[tokio::test]
async fn a_long_body_is_for_one_alone() {
    let held = Held::default();
    let coalesced = Coalesced::with_max_body(held.clone(), 3);
    let mut both = [coalesced.send(get(URL)), coalesced.send(get(URL))];
    assert!(both.iter_mut().all(|one| poll(one).is_pending()));
    for answer in ["1234", "5678"] {
        held.answer(ok(answer));
    }
    let [a, b] = both;
    assert_eq!([text(a.await).await, text(b.await).await], ["1234", "5678"]);
    assert_eq!(held.counts(), (2, 0));
}

#[tokio::test]
async fn a_panic_is_not_waited_for() {
    #[derive(Debug)]
    struct Panics;
    impl Transport for Panics {
        fn send(&self, _: Request) -> BoxFuture<Result<Response, Error>> {
            Box::pin(async {
                tokio::task::yield_now().await;
                panic!("of a transport")
            })
        }
    }
    let coalesced = Coalesced::new(Panics);
    let all: Vec<_> = (0..3)
        .map(|_| tokio::spawn(coalesced.send(get(URL))))
        .collect();
    let mut panics = 0;
    for one in all {
        match one.await {
            Ok(answer) => assert!(answer.is_err_and(|error| error.is_transport())),
            Err(_) => panics += 1,
        }
    }
    // Who comes after the panic starts anew.
    assert!((1..3).contains(&panics), "{panics}");
    assert_eq!(coalesced.0.flights.count(), 0);
}

/// More than is shared, and then nothing any more.
struct Stalled(bool);

impl http_body::Body for Stalled {
    type Data = bytes::Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: std::pin::Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<bytes::Bytes>, Error>>> {
        match std::mem::replace(&mut self.0, true) {
            true => Poll::Pending,
            false => Poll::Ready(Some(Ok(http_body::Frame::data("12345".into())))),
        }
    }
}

/// What is not shared keeps the limit of its caller to the end.
#[tokio::test(start_paused = true)]
async fn a_long_body_ends_within_the_limit() {
    let held = Held::default();
    let coalesced = Coalesced::with_max_body(Timed(held.clone()), 3);
    let mut answer = Response::new(http::StatusCode::OK);
    answer.body = Body::stream(Stalled(false));
    held.answer(Ok(answer));
    let limited = Request {
        timeout: Some(Duration::from_secs(5)),
        ..get(URL)
    };
    let start = tokio::time::Instant::now();
    let answer = coalesced.send(limited).await.expect("a head");
    let error = answer.body.collect(1 << 20).await.expect_err("no end");
    assert!(error.is_timeout(), "{error:?}");
    assert_eq!(start.elapsed().as_secs(), 5);
}
