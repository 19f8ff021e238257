//! Calls without async code, over a real socket on loopback.
#![cfg(all(feature = "blocking", any(feature = "reqwest", feature = "hyper")))]

mod over;

use over::over;
use pontoon_runtime::blocking::{Wait, WaitEach};
use pontoon_runtime::codegen::*;
use pontoon_runtime::{Download, EventStream, Upload};
use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;

static API: Api = Api {
    user_agent: "things/1.0",
    ..Api::BLANK
};
static GET: Operation = Operation {
    id: "get",
    path: "/thing",
    responses: &[
        Accepted::json(200, 0),
        Accepted::new(Statuses::Code(200), "text/event-stream", Codec::Events, 0),
    ],
    ..Operation::BLANK
};

/// Answers every request with the same text, on connections that stay open.
fn client(media_type: &str, body: &str) -> CoreClient {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let base = format!("http://{}", listener.local_addr().expect("an address"));
    let length = body.len();
    let head = format!("HTTP/1.1 200 OK\r\nContent-Type: {media_type}\r\nContent-Length: {length}");
    let answer = format!("{head}\r\n\r\n{body}");
    thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let answer = answer.clone();
            thread::spawn(move || {
                let mut buffer = [0; 4096];
                while stream.read(&mut buffer).is_ok_and(|count| count > 0) {
                    if stream.write_all(answer.as_bytes()).is_err() {
                        break;
                    }
                }
            });
        }
    });
    let builder: ClientBuilder<CoreClient> = ClientBuilder::new(&API).base_url(base);
    over(builder, None).build().expect("a client")
}

#[test]
fn calls_from_several_threads() {
    let client = client("application/json", "{\"a\": 1}");
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let client = client.clone();
            thread::spawn(move || {
                for _ in 0..5 {
                    let got = client.call(&GET).send::<Json>().wait().expect("an answer");
                    assert_eq!(got.value["a"], Json::from(1));
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().expect("answers");
    }
}

#[test]
fn streams_and_downloads() {
    let events = client("text/event-stream", "data: 1\n\ndata: 2\n\n");
    let opened = events.call(&GET).stream::<EventStream<i64>>().wait();
    let items = opened.expect("a head").into_value().wait_each();
    let data: Vec<i64> = items.map(|event| event.expect("an event").data).collect();
    assert_eq!(data, [1, 2]);

    let text = "a line\n".repeat(30_000);
    let file = client("application/json", &text);
    let opened = || file.call(&GET).stream::<Download>().wait().expect("a head");
    let mut read = String::new();
    let mut reader = opened().into_value().wait_each();
    reader.read_to_string(&mut read).expect("the whole");
    assert_eq!(read, text);
    let whole = opened().into_value().collect(1 << 20).wait();
    assert_eq!(whole.expect("the whole").len(), text.len());
    let error = opened().into_value().limit(10).wait_each().next();
    assert!(error.is_some_and(|piece| piece.is_err_and(|error| error.is_too_long())));
}

#[test]
fn files() {
    let error = Upload::open("/nowhere/at/all").wait().expect_err("no file");
    assert_eq!(error.kind(), std::io::ErrorKind::NotFound);
}

#[tokio::test]
async fn inside_a_runtime() {
    let client = client("application/json", "1");
    let error = client
        .call(&GET)
        .send::<Json>()
        .wait()
        .expect_err("a refusal");
    assert!(error.is_request(), "{error:?}");
    assert!(error.to_string().contains("await the call"), "{error}");
    let opened = client.call(&GET).stream::<Download>().await;
    let mut pieces = opened.expect("a head").into_value().wait_each();
    assert!(pieces.next().is_some_and(|piece| piece.is_err()));
    assert!(pieces.next().is_none());
    // A thread of its own may wait.
    let waiting = thread::spawn(move || client.call(&GET).send::<Json>().wait().is_ok());
    let waited = tokio::task::spawn_blocking(|| waiting.join()).await;
    assert!(waited.expect("no panic").expect("no panic"));
}
