//! Connections that are used again and exchanges that are shared, on real sockets.
#![cfg(any(feature = "reqwest", feature = "hyper"))]

mod over;

use over::over;
use pontoon_runtime::codegen::*;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;

static API: Api = Api::BLANK;
static GET: Operation = Operation {
    id: "get",
    method: "GET",
    path: "/{name}",
    parameters: &[Parameter::path("name")],
    responses: &[Accepted::json(200, 0)],
    ..Operation::BLANK
};

/// What a server was asked for.
#[derive(Default)]
struct Seen {
    connections: AtomicUsize,
    requests: AtomicUsize,
    /// Whether answers may be sent.
    open: Mutex<bool>,
    opened: Condvar,
}

impl Seen {
    fn open(&self) {
        *self.open.lock().expect("a lock") = true;
        self.opened.notify_all();
    }

    fn counts(&self) -> (usize, usize) {
        let get = |count: &AtomicUsize| count.load(Ordering::SeqCst);
        (get(&self.connections), get(&self.requests))
    }
}

/// A server that keeps its connections. `/missing` is an error, `/long` a body of
/// which the server sends all; answers wait until [`Seen::open`].
fn serve() -> (String, Arc<Seen>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let base = format!("http://{}", listener.local_addr().expect("an address"));
    let seen: Arc<Seen> = Arc::default();
    let shared = Arc::clone(&seen);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            shared.connections.fetch_add(1, Ordering::SeqCst);
            let seen = Arc::clone(&shared);
            thread::spawn(move || drop(answer(stream, &seen)));
        }
    });
    (base, seen)
}

fn answer(stream: TcpStream, seen: &Seen) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut stream = stream;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let mut asked = String::new();
        while reader.read_line(&mut asked)? > 2 {}
        let asked = asked.to_ascii_lowercase();
        seen.requests.fetch_add(1, Ordering::SeqCst);
        let open = seen.open.lock().expect("a lock");
        drop(seen.opened.wait_while(open, |open| !*open));
        let (status, length) = match line.split(' ').nth(1) {
            Some("/missing") => ("404 Not Found", 2),
            Some("/tagged") if asked.contains("if-none-match: \"a\"") => ("304 Not Modified", 0),
            Some("/long") => ("200 OK", 100_000),
            _ => ("200 OK", 2),
        };
        write!(
            stream,
            "HTTP/1.1 {status}\r\ncontent-type: application/json\r\netag: \"a\"\r\n"
        )?;
        if status.starts_with("304") {
            write!(stream, "\r\n")?;
            continue;
        }
        write!(stream, "content-length: {length}\r\n\r\n")?;
        let mut body = std::io::repeat(b'1').take(length);
        std::io::copy(&mut body, &mut stream)?;
    }
}

fn client(base: &str, coalesce: bool) -> CoreClient {
    let builder: ClientBuilder<CoreClient> = ClientBuilder::new(&API).base_url(base);
    let builder = over(builder.no_retries().coalesce(coalesce), None);
    builder.build().expect("a client")
}

fn get(client: &CoreClient, name: &str) -> Call {
    client.call(&GET).param(0, View::Str(name))
}

#[tokio::test]
async fn one_connection_for_calls_in_a_row() {
    let (base, seen) = serve();
    seen.open();
    let client = client(&base, false);
    for _ in 0..5 {
        get(&client, "a").send::<Json>().await.expect("an answer");
        let error = get(&client, "missing").send::<Json>().await;
        assert!(error.expect_err("404").is_not_found());
        let long = get(&client, "long")
            .stream::<Download>()
            .await
            .expect("a head");
        let body = long.into_value().collect(1 << 20).await.expect("a body");
        assert_eq!(body.len(), 100_000);
    }
    assert_eq!(seen.counts(), (1, 15));
}

#[tokio::test]
async fn a_download_that_is_dropped_costs_no_more_than_its_connection() {
    let (base, seen) = serve();
    seen.open();
    let client = client(&base, false);
    for _ in 0..3 {
        let long = get(&client, "long")
            .stream::<Download>()
            .await
            .expect("a head");
        drop(long);
        for _ in 0..3 {
            get(&client, "a").send::<Json>().await.expect("an answer");
        }
    }
    let (connections, requests) = seen.counts();
    assert_eq!(requests, 12);
    // HTTP/1.1 has no way to end an answer but to close its connection.
    assert!((1..=4).contains(&connections), "{connections}");
}

#[tokio::test]
async fn one_exchange_for_all_who_ask_at_a_time() {
    let (base, seen) = serve();
    let client = client(&base, true);
    let all: Vec<_> = (0..8)
        .map(|_| tokio::spawn(get(&client, "a").send::<Json>().into_future()))
        .collect();
    // The first who came leaves; the others have the answer all the same.
    let gate = Arc::clone(&seen);
    let opens = tokio::task::spawn_blocking(move || {
        while gate.counts().1 == 0 {
            thread::yield_now();
        }
        gate
    });
    let gate = opens.await.expect("no panic");
    all[0].abort();
    gate.open();
    for one in all.into_iter().skip(1) {
        let answer = one.await.expect("no panic").expect("an answer");
        assert_eq!(answer.value.as_i64(), Some(11));
    }
    assert_eq!(seen.counts(), (1, 1));
    let other = get(&client, "a").header("x-other", "1");
    let (one, other) = tokio::join!(get(&client, "a").send::<Json>(), other.send::<Json>());
    assert!(one.is_ok() && other.is_ok());
    assert_eq!(seen.counts().1, 3);
}

#[cfg(feature = "cache")]
#[tokio::test]
async fn an_answer_that_still_stands_is_not_sent_again() {
    use pontoon_runtime::transport::{CacheUse, MemoryCache};

    let (base, seen) = serve();
    seen.open();
    let builder: ClientBuilder<CoreClient> = ClientBuilder::new(&API).base_url(base);
    let builder = over(builder.no_retries().coalesce(true), None);
    let client = builder.cache(MemoryCache::new(1 << 20)).build();
    let client = client.expect("a client");
    let mut uses = Vec::new();
    for _ in 0..3 {
        let answer = get(&client, "tagged")
            .send::<Json>()
            .await
            .expect("an answer");
        assert_eq!(
            (answer.status().as_u16(), answer.value.as_i64()),
            (200, Some(11))
        );
        uses.push(answer.cache_use());
    }
    assert_eq!(
        uses,
        [CacheUse::None, CacheUse::Validated, CacheUse::Validated]
    );
    assert_eq!(seen.counts(), (1, 3));
}
