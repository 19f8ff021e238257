//! What is kept, what is given again, and to whom.

use super::*;
use crate::transport::{Address, Memory, Recorded};
use bytes::Bytes;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

const URL: &str = "https://h.example/a";

/// A cache over a scripted server, and its clock.
struct House {
    memory: Memory,
    store: MemoryCache,
    cached: Cached<Memory>,
    seconds: Arc<AtomicU64>,
}

type Headers = &'static [(&'static str, &'static str)];

fn house(answer: impl Fn(&Recorded) -> Result<Response, Error> + Send + Sync + 'static) -> House {
    let memory = Memory::new(answer);
    let store = MemoryCache::new(1 << 20);
    let seconds: Arc<AtomicU64> = Arc::default();
    let clock = Arc::clone(&seconds);
    let clock = move || {
        let seconds = 1_700_000_000 + clock.load(Ordering::SeqCst);
        Some(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds))
    };
    let boxed = Box::new(store.clone());
    House {
        cached: Cached::with_settings(memory.clone(), boxed, 1000, Box::new(clock)),
        memory,
        store,
        seconds,
    }
}

/// A server whose answers differ in a number, with these headers.
fn counting(headers: Headers) -> House {
    let count = AtomicU64::new(0);
    house(move |_| {
        let number = count.fetch_add(1, Ordering::SeqCst);
        Ok(response(StatusCode::OK, headers, &number.to_string()))
    })
}

fn response(status: StatusCode, headers: &[(&'static str, &str)], text: &str) -> Response {
    let answer = Response::json(status, Bytes::copy_from_slice(text.as_bytes()));
    headers.iter().fold(answer, |answer, (name, value)| {
        let value = HeaderValue::from_str(value).expect("a value");
        answer.with_header(HeaderName::from_static(name), value)
    })
}

fn request(method: Method, url: &str, headers: Headers) -> Request {
    let mut request = Request {
        method,
        url: Address::new(url.into()),
        headers: HeaderMap::new(),
        body: Body::empty(),
        timeout: None,
        streams: false,
    };
    for (name, value) in headers {
        let mut value = HeaderValue::from_static(value);
        value.set_sensitive(*name == "x-key");
        request.headers.append(*name, value);
    }
    request
}

impl House {
    async fn get(&self, headers: Headers) -> (String, CacheUse) {
        self.send(request(Method::GET, URL, headers)).await
    }

    async fn send(&self, request: Request) -> (String, CacheUse) {
        let answer = self.cached.send(request).await.expect("an answer");
        let used = usage(&answer.headers);
        let body = answer.body.collect(1 << 20).await.expect("a body");
        (String::from_utf8_lossy(&body).into_owned(), used)
    }

    fn later(&self, seconds: u64) {
        self.seconds.fetch_add(seconds, Ordering::SeqCst);
    }

    fn sent(&self) -> usize {
        self.memory.requests().len()
    }
}

fn is(text: &str, used: CacheUse) -> (String, CacheUse) {
    (text.to_owned(), used)
}

#[tokio::test]
async fn what_is_given_again_without_asking() {
    for (headers, seconds, again) in [
        (&[("cache-control", "max-age=60")][..], 59, true),
        (&[("cache-control", "max-age=60")], 60, false),
        (&[("cache-control", "private, max-age=60")], 1, true),
        (&[("cache-control", "max-age=60"), ("age", "59")], 1, false),
        (
            &[
                ("cache-control", "max-age=60"),
                ("age", "99999999999999999999"),
            ],
            1,
            false,
        ),
        (
            &[
                ("cache-control", "max-age=60"),
                ("age", "18446744073709551615"),
            ],
            1,
            false,
        ),
        (&[("cache-control", "max-age=60, no-cache")], 1, false),
        (&[("cache-control", "no-store, max-age=60")], 1, false),
        (
            &[("cache-control", "max-age=99999999999999999999")],
            1,
            false,
        ),
        (&[("cache-control", "max-age=60"), ("vary", "*")], 1, false),
        (&[("cache-control", "public")], 1, false),
        (
            &[
                ("date", "Tue, 14 Nov 2023 22:13:20 GMT"),
                ("expires", "Tue, 14 Nov 2023 22:14:20 GMT"),
            ],
            59,
            true,
        ),
        (&[("expires", "0")], 0, false),
        (
            &[("last-modified", "Tue, 14 Nov 2000 22:13:20 GMT")],
            1,
            false,
        ),
        (&[("etag", "\"a\"")], 0, false),
        (&[], 0, false),
    ] {
        let house = counting(headers);
        assert_eq!(house.get(&[]).await, is("0", CacheUse::None), "{headers:?}");
        house.later(seconds);
        let wanted = match again {
            true => is("0", CacheUse::Fresh),
            false => is("1", CacheUse::None),
        };
        assert_eq!(house.get(&[]).await, wanted, "{headers:?}");
    }
}

#[tokio::test]
async fn what_the_caller_says() {
    const MIN: Headers = &[("cache-control", "max-age=60")];
    for (asked, seconds, again) in [
        (&[("cache-control", "no-cache")][..], 1, false),
        (&[("cache-control", "max-age=5")], 6, false),
        (&[("cache-control", "max-age=5")], 5, true),
        (&[("cache-control", "min-fresh=50")], 11, false),
        (&[("cache-control", "max-stale=50")], 100, true),
        (&[("cache-control", "max-stale=50")], 111, false),
        (&[("pragma", "no-cache")], 1, false),
        (&[("if-none-match", "\"x\"")], 1, false),
        (&[("range", "bytes=0-1")], 1, false),
    ] {
        let house = counting(MIN);
        house.get(&[]).await;
        house.later(seconds);
        let found = house.get(asked).await.1 == CacheUse::Fresh;
        assert_eq!(found, again, "{asked:?}");
    }
    let house = counting(MIN);
    let asked: Headers = &[("cache-control", "only-if-cached")];
    let answer = house.cached.send(request(Method::GET, URL, asked)).await;
    assert_eq!(
        answer.expect("an answer").status,
        StatusCode::GATEWAY_TIMEOUT
    );
    house.get(&[("cache-control", "no-store")]).await;
    assert!(house.store.is_empty());
    house.get(&[]).await;
    assert_eq!(house.get(asked).await.1, CacheUse::Fresh);
    let streamed = Request {
        streams: true,
        ..request(Method::GET, URL, &[])
    };
    assert_eq!(house.send(streamed).await.1, CacheUse::None);
}

/// A server that knows conditions.
fn validating(validators: Headers, of_304: Headers) -> House {
    house(move |asked| {
        let etag = validators.iter().find(|(name, _)| *name == "etag");
        let date = validators.iter().find(|(name, _)| *name == "last-modified");
        let same = match asked.header("if-none-match") {
            Some(tags) => etag.is_some_and(|(_, tag)| tags.contains(tag)),
            None => date.is_some_and(|(_, date)| asked.header("if-modified-since") == Some(date)),
        };
        Ok(match same {
            true => response(StatusCode::NOT_MODIFIED, of_304, ""),
            false => response(StatusCode::OK, validators, "whole"),
        })
    })
}

#[tokio::test]
async fn the_server_is_asked_whether_it_still_stands() {
    let tag = ("etag", "\"a\"");
    let weak = ("etag", "W/\"a\"");
    let date = ("last-modified", "Tue, 14 Nov 2000 22:13:20 GMT");
    let lines = ("link", "<a>; rel=a");
    const NEW: Headers = &[("etag", "\"a\""), ("x-left", "7"), ("x-left", "8")];
    for (validators, of_304) in [
        (
            vec![tag, lines, ("link", "<b>; rel=b"), ("x-left", "9")],
            NEW,
        ),
        (vec![tag, date], &[]),
        (vec![weak], &[("etag", "W/\"a\"")]),
        (vec![date], &[]),
    ] {
        let validators: Headers = Vec::leak(validators);
        let house = validating(validators, of_304);
        assert_eq!(house.get(&[]).await.1, CacheUse::None);
        let answer = house
            .cached
            .send(request(Method::GET, URL, &[]))
            .await
            .expect("an answer");
        assert_eq!(
            usage(&answer.headers),
            CacheUse::Validated,
            "{validators:?}"
        );
        assert_eq!(answer.status, StatusCode::OK);
        let links = answer.headers.get_all("link").iter().count();
        assert_eq!(
            links,
            validators
                .iter()
                .filter(|(name, _)| *name == "link")
                .count()
        );
        if !of_304.is_empty() && links > 0 {
            let left: Vec<_> = answer.headers.get_all("x-left").iter().collect();
            assert_eq!(left, ["7", "8"]);
        }
        assert_eq!(answer.headers["content-type"], "application/json");
        assert_eq!(answer.headers["age"], "0");
        let asked = house.memory.requests().pop().expect("a request");
        let has = |name: &str| asked.headers.contains_key(name);
        assert_eq!(
            (has("if-none-match"), house.sent()),
            (validators.iter().any(|pair| pair.0 == "etag"), 2)
        );
    }
}

#[tokio::test]
async fn a_304_of_another_answer_is_asked_again() {
    let house = house(|asked| {
        Ok(match asked.header("if-none-match") {
            Some(_) => response(StatusCode::NOT_MODIFIED, &[("etag", "\"b\"")], ""),
            None => response(StatusCode::OK, &[("etag", "\"a\"")], "whole"),
        })
    });
    house.get(&[]).await;
    assert_eq!(house.get(&[]).await, is("whole", CacheUse::None));
    assert_eq!(house.sent(), 3);
}

#[tokio::test]
async fn nobody_gets_the_answer_of_another_credential() {
    const ALL: [Headers; 6] = [
        &[],
        &[("authorization", "Bearer a")],
        &[("authorization", "Bearer b")],
        &[("x-key", "a")],
        &[("cookie", "a=1")],
        &[("x-api-key", "a")],
    ];
    let house = counting(&[("cache-control", "max-age=60, public")]);
    for (number, headers) in ALL.into_iter().enumerate() {
        let wanted = is(&number.to_string(), CacheUse::None);
        assert_eq!(house.get(headers).await, wanted, "{headers:?}");
    }
    for (number, headers) in ALL.into_iter().enumerate() {
        let wanted = is(&number.to_string(), CacheUse::Fresh);
        assert_eq!(house.get(headers).await, wanted, "{headers:?}");
    }
    assert_eq!(house.store.len(), ALL.len());
    // One change takes all of them away.
    house.send(request(Method::PATCH, URL, ALL[1])).await;
    assert!(house.store.is_empty());
}

#[tokio::test]
async fn vary_tells_requests_apart() {
    let house = counting(&[("cache-control", "max-age=60"), ("vary", "Accept, X-Key")]);
    let json: Headers = &[("accept", "a")];
    assert_eq!(house.get(json).await, is("0", CacheUse::None));
    assert_eq!(house.get(json).await, is("0", CacheUse::Fresh));
    assert_eq!(house.get(&[("accept", "b")]).await, is("1", CacheUse::None));
    assert_eq!(
        house.get(&[("accept", "b"), ("x-other", "1")]).await,
        is("1", CacheUse::Fresh)
    );
    assert_eq!(house.get(&[]).await, is("2", CacheUse::None));
    assert_eq!(house.get(json).await, is("3", CacheUse::None));
}

#[tokio::test]
async fn changes_take_away_what_is_kept() {
    for (method, url, status, headers, kept) in [
        (Method::POST, URL, 200, &[][..], false),
        (Method::DELETE, URL, 204, &[], false),
        (Method::PUT, URL, 303, &[], false),
        (Method::PUT, URL, 404, &[], true),
        (Method::PUT, "https://h.example/b", 200, &[], true),
        (
            Method::POST,
            "https://h.example/b",
            201,
            &[("location", "/a")],
            false,
        ),
        (
            Method::POST,
            "https://h.example/b",
            201,
            &[("content-location", URL)],
            false,
        ),
        (
            Method::POST,
            "https://other.example/b",
            201,
            &[("location", URL)],
            true,
        ),
        (Method::OPTIONS, URL, 200, &[], true),
    ] {
        let house = house(move |asked| {
            let status = StatusCode::from_u16(status).expect("a status");
            Ok(match asked.method == Method::GET {
                true => response(StatusCode::OK, &[("cache-control", "max-age=60")], "a"),
                false => response(status, headers, ""),
            })
        });
        house.get(&[]).await;
        house.send(request(method.clone(), url, &[])).await;
        let found = house.get(&[]).await.1 == CacheUse::Fresh;
        assert_eq!(found, kept, "{method} {url} {status} {headers:?}");
    }
}

#[tokio::test]
async fn a_stale_answer_stands_for_an_error_where_the_server_allows_it() {
    for (control, seconds, stale) in [
        ("max-age=10, stale-if-error=60", 60, true),
        ("max-age=10, stale-if-error=60", 71, false),
        ("max-age=10", 11, false),
        ("max-age=10, stale-if-error=60, must-revalidate", 60, false),
    ] {
        for error in [false, true] {
            let first = Mutex::new(true);
            let house = house(move |_| {
                if std::mem::take(&mut *first.lock().expect("a lock")) {
                    return Ok(response(
                        StatusCode::OK,
                        &[("cache-control", control), ("x-ratelimit-remaining", "0")],
                        "a",
                    ));
                }
                match error {
                    true => Err(Error::connect("down")),
                    false => Ok(response(StatusCode::BAD_GATEWAY, &[], "")),
                }
            });
            house.get(&[]).await;
            house.later(seconds);
            let answer = house.cached.send(request(Method::GET, URL, &[])).await;
            let found = answer
                .as_ref()
                .is_ok_and(|answer| usage(&answer.headers) == CacheUse::Stale);
            assert_eq!(found, stale, "{control} {seconds}");
            if let Ok(answer) = answer.as_ref().map(|answer| &answer.headers) {
                assert!(!answer.contains_key("x-ratelimit-remaining"));
            }
        }
    }
}

/// A body that comes in pieces, the last of which may be an error.
fn pieces(pieces: Vec<Result<&'static str, Error>>) -> Body {
    let frames = pieces.into_iter();
    let mut frames =
        frames.map(|piece| Some(piece.map(|text| http_body::Frame::data(text.into()))));
    struct Pieces<F>(F);
    impl<F> http_body::Body for Pieces<F>
    where
        F: FnMut() -> Option<Result<http_body::Frame<Bytes>, Error>> + Unpin,
    {
        type Data = Bytes;
        type Error = Error;
        fn poll_frame(
            mut self: std::pin::Pin<&mut Self>,
            _: &mut std::task::Context<'_>,
        ) -> std::task::Poll<Option<Result<http_body::Frame<Bytes>, Error>>> {
            std::task::Poll::Ready((self.0)())
        }
    }
    Body::stream(Pieces(move || frames.next().flatten()))
}

#[tokio::test]
async fn a_body_whose_end_nothing_tells_is_not_kept() {
    for (version, header, kept) in [
        (Some(Version::HTTP_11), None, false),
        (Some(Version::HTTP_10), None, false),
        (Some(Version::HTTP_11), Some(("content-length", "4")), true),
        (
            Some(Version::HTTP_11),
            Some(("transfer-encoding", "chunked")),
            true,
        ),
        (Some(Version::HTTP_2), None, true),
        (None, None, true),
    ] {
        let house = house(move |_| {
            let fresh = ("cache-control", "max-age=60");
            let headers: Vec<_> = std::iter::once(fresh).chain(header).collect();
            let mut answer = response(StatusCode::OK, &headers, "");
            answer.body = pieces(vec![Ok("wh"), Ok("ole")]);
            answer.version = version;
            Ok(answer)
        });
        assert_eq!(house.get(&[]).await, is("whole", CacheUse::None));
        assert_eq!(
            house.store.len(),
            usize::from(kept),
            "{version:?} {header:?}"
        );
    }
}

#[tokio::test]
async fn a_body_that_breaks_off_is_not_kept() {
    for (control, stale) in [
        ("max-age=10", false),
        ("max-age=10, stale-if-error=60", true),
    ] {
        let first = Mutex::new(true);
        let house = house(move |_| {
            let mut answer = response(StatusCode::OK, &[("cache-control", control)], "");
            answer.body = match std::mem::take(&mut *first.lock().expect("a lock")) {
                true => pieces(vec![Ok("whole")]),
                false => pieces(vec![Ok("wh"), Err(Error::transport("reset"))]),
            };
            Ok(answer)
        });
        house.get(&[]).await;
        house.later(20);
        for _ in 0..2 {
            let found = house.cached.send(request(Method::GET, URL, &[])).await;
            assert_eq!(found.is_ok(), stale, "{control}");
        }
        if stale {
            assert_eq!(house.get(&[]).await, is("whole", CacheUse::Stale));
        }
    }
}

#[tokio::test]
async fn long_bodies_and_words_of_others_are_not_taken_in() {
    let house = house(|_| {
        let headers = [
            ("cache-control", "max-age=60"),
            ("cache-status", "pontoon-runtime; hit"),
            ("cache-status", "edge; hit"),
        ];
        Ok(response(StatusCode::OK, &headers, &"a".repeat(1001)))
    });
    let answer = house
        .cached
        .send(request(Method::GET, URL, &[]))
        .await
        .expect("an answer");
    let lines: Vec<_> = answer.headers.get_all("cache-status").iter().collect();
    assert_eq!(lines, ["edge; hit"]);
    assert_eq!(answer.body.collect(2000).await.expect("a body").len(), 1001);
    assert!(house.store.is_empty());
}

#[tokio::test]
async fn memory_is_bounded_and_the_least_used_goes_first() {
    let key = |name: &str| CacheKey {
        resource: name.to_owned(),
        credential: String::new(),
    };
    let stored = |length| {
        let body = Bytes::from(vec![0; length]);
        Stored::new(
            StatusCode::OK,
            HeaderMap::new(),
            body,
            SystemTime::UNIX_EPOCH,
        )
    };
    let store = MemoryCache::new(2 * stored(100).size());
    for name in ["a", "b"] {
        store.put(&key(name), stored(100)).await;
    }
    assert!(store.get(&key("a")).await.is_some());
    store.put(&key("c"), stored(100)).await;
    let mut kept = Vec::new();
    for name in ["a", "b", "c"] {
        kept.push(store.get(&key(name)).await.is_some());
    }
    assert_eq!(kept, [true, false, true]);
    // What fits at no time takes nothing else away, but for what it replaces.
    store.put(&key("a"), stored(10_000)).await;
    assert!(store.get(&key("a")).await.is_none() && store.get(&key("c")).await.is_some());
    store.remove("c").await;
    assert!(store.is_empty());
    assert!(format!("{store:?}").contains("bytes: 0"), "{store:?}");
}
