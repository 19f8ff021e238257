//! Answers that are read while they arrive, over a server on a real socket that
//! sends them in pieces.
#![cfg(any(feature = "reqwest", feature = "hyper"))]

mod over;

use over::over;
use pontoon_runtime::codegen::*;
use pontoon_runtime::{CallOptions, Reconnect};
use std::io::{ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

const fn get(id: &'static str, responses: &'static [Accepted]) -> Operation {
    Operation {
        id,
        method: "GET",
        path: "/stream",
        responses,
        ..Operation::BLANK
    }
}
const EVENTS: Accepted = Accepted::new(Statuses::Code(200), "text/event-stream", Codec::Events, 0);
static WATCH: Operation = get("watch", &[EVENTS.until("[DONE]")]);
static BOTH: Operation = get("both", &[Accepted::json(200, 0), EVENTS]);
static LINES: Operation = get(
    "lines",
    &[Accepted::new(
        Statuses::Code(200),
        "application/x-ndjson",
        Codec::Lines,
        0,
    )],
);
static FILE: Operation = get(
    "file",
    &[Accepted::new(
        Statuses::Code(200),
        "application/pdf",
        Codec::Bytes,
        0,
    )],
);
static POST: Operation = Operation {
    method: "POST",
    ..get("post", &[EVENTS])
};
static API: Api = Api {
    user_agent: "streams/1.0",
    ..Api::BLANK
};

operation! {
    /// Watches.
    pub struct Watch;
}
operation! {
    /// Both.
    pub struct Both -> Json;
}
streamed! {
    /// Sends.
    Watch.send -> EventStream<i64>;
    /// Streams.
    Both.stream -> EventStream<String>;
}

fn core(base: &str) -> CoreClient {
    let builder: ClientBuilder<CoreClient> = ClientBuilder::new(&API).base_url(base);
    over(builder, None).build().expect("a client")
}

/// Answers the connections in order, each by the pieces that are given for it;
/// `None` as a piece breaks the connection. Tells the heads of the requests.
fn serve(answers: Vec<Vec<Option<Vec<u8>>>>) -> (String, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let base = format!("http://{}", listener.local_addr().expect("an address"));
    let (tell, told) = channel();
    thread::spawn(move || {
        for pieces in answers {
            let Ok((mut stream, _)) = listener.accept() else {
                return;
            };
            let _ = stream.set_nodelay(true);
            let Some(head) = read_head(&mut stream) else {
                return;
            };
            if tell.send(head).is_err() {
                return;
            }
            for piece in pieces {
                let Some(piece) = piece else { break };
                if stream.write_all(&piece).is_err() {
                    break;
                }
                let _ = stream.flush();
                thread::sleep(Duration::from_millis(1));
            }
        }
    });
    (base, told)
}

fn read_head(stream: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read(&mut byte) {
            Ok(1) => head.push(byte[0]),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            _ => return None,
        }
    }
    Some(String::from_utf8_lossy(&head).into_owned())
}

/// A head for a body in chunks (RFC 9112, section 7.1).
fn head(media_type: &str) -> Option<Vec<u8>> {
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: {media_type}\r\nTransfer-Encoding: chunked\r\n\r\n"
    );
    Some(head.into_bytes())
}

fn chunk(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut out = format!("{:x}\r\n", bytes.len()).into_bytes();
    out.extend_from_slice(bytes);
    out.extend_from_slice(b"\r\n");
    Some(out)
}

fn end() -> Option<Vec<u8>> {
    Some(b"0\r\n\r\n".to_vec())
}

/// A whole answer in chunks of `size` bytes.
fn whole(media_type: &str, body: &[u8], size: usize) -> Vec<Option<Vec<u8>>> {
    let mut pieces = vec![head(media_type)];
    pieces.extend(body.chunks(size).map(chunk));
    pieces.push(end());
    pieces
}

fn header<'a>(request: &'a str, name: &str) -> Option<&'a str> {
    let mut lines = request.lines();
    lines.find_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

#[tokio::test]
async fn events_in_single_bytes() {
    let body = b"id: a\ndata: 1\n\n: ping\n\nevent: e\r\ndata: x\r\n\r\ndata: 3\n\ndata: [DONE]\n\ndata: 4\n\n";
    let (base, told) = serve(vec![whole("text/event-stream; charset=utf-8", body, 1)]);
    let answer = Watch(core(&base).call(&WATCH))
        .send()
        .await
        .expect("a head");
    assert_eq!(answer.status().as_u16(), 200);
    let mut events = answer.into_value();
    let first = events.next().await.expect("an event").expect("a number");
    assert_eq!((first.data, first.id.as_deref()), (1, Some("a")));
    // Data of another type costs this event alone.
    let error = events.next().await.expect("an event").expect_err("text");
    assert!(error.is_decode());
    assert_eq!(error.body().map(|body| &body[..]), Some(&b"x"[..]));
    assert!(
        error.to_string().contains("at event 2, id \"a\""),
        "{error}"
    );
    let third = events.next().await.expect("an event").expect("a number");
    assert_eq!((third.data, third.raw.as_str()), (3, "3"));
    assert!(events.next().await.is_none());
    assert!(events.next().await.is_none());
    assert_eq!(events.received(), 3);
    let request = told.recv().expect("a request");
    assert_eq!(header(&request, "accept"), Some("text/event-stream"));
}

#[tokio::test]
async fn a_broken_stream_goes_on_where_it_left_off() {
    let first = vec![
        head("text/event-stream"),
        chunk(b"retry: 1\nid: 7\ndata: 1\n\nid: 8\ndata: 2"),
        None,
    ];
    let refused = vec![Some(
        b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_vec(),
    )];
    let ended = whole("text/event-stream", b"data: 2\n\n", 3);
    let gone = vec![Some(
        b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n".to_vec(),
    )];
    let (base, told) = serve(vec![first, refused, ended, gone]);
    let answer = Watch(core(&base).call(&WATCH))
        .send()
        .await
        .expect("a head");
    let policy = Reconnect::default().longest_wait(Duration::from_millis(20));
    let mut events = answer.into_value().reconnect(policy);
    let mut data = Vec::new();
    while let Some(event) = events.next().await {
        let event = event.expect("an event");
        assert_eq!(event.id.as_deref(), Some("7"));
        data.push(event.data);
    }
    assert_eq!(data, [1, 2]);
    let ids: Vec<_> = told.iter().take(4).collect();
    let ids: Vec<_> = ids.iter().map(|r| header(r, "last-event-id")).collect();
    assert_eq!(ids, [None, Some("7"), Some("7"), Some("7")]);
}

#[tokio::test]
async fn without_a_policy_a_break_is_the_last_item() {
    let broken = || {
        let first = chunk(b"id: 7\ndata: 1\n\n");
        vec![head("text/event-stream"), first, None]
    };
    let (base, _told) = serve(vec![broken()]);
    let answer = Watch(core(&base).call(&WATCH))
        .send()
        .await
        .expect("a head");
    let mut events = answer.into_value();
    assert!(events.next().await.expect("an event").is_ok());
    let error = events.next().await.expect("an item").expect_err("a break");
    assert!(error.is_transport(), "{error}");
    assert!(
        error.to_string().contains("at event 1, id \"7\""),
        "{error}"
    );
    assert!(events.next().await.is_none());
    // A POST is not sent again by itself.
    let (base, _told) = serve(vec![broken()]);
    let answer = core(&base).call(&POST).stream::<EventStream<i64>>().await;
    let mut events = answer.expect("a head").into_value();
    events = events.reconnect(Reconnect::default());
    assert!(events.next().await.expect("an event").is_ok());
    let error = events.next().await.expect("an item").expect_err("a break");
    assert!(
        error.to_string().contains("Reconnect::any_method"),
        "{error}"
    );
}

#[tokio::test]
async fn attempts_are_bounded() {
    let gone = || vec![head("text/event-stream"), None];
    let (base, told) = serve(vec![gone(), gone(), gone(), gone()]);
    let answer = Watch(core(&base).call(&WATCH))
        .send()
        .await
        .expect("a head");
    let policy = Reconnect::default()
        .attempts(2)
        .wait(Duration::from_millis(1))
        .longest_wait(Duration::from_millis(2));
    let mut events = answer.into_value().reconnect(policy);
    let error = events.next().await.expect("an item").expect_err("a break");
    assert!(error.is_transport(), "{error}");
    assert!(events.next().await.is_none());
    assert_eq!(told.try_iter().count(), 3);
}

#[tokio::test]
async fn one_operation_whole_and_as_a_stream() {
    let json = whole("application/json", b"{}", 9);
    let events = whole("text/event-stream", b"data: a b\n\n", 9);
    let (base, told) = serve(vec![
        json,
        events.clone(),
        events,
        vec![head("application/json"), chunk(b"{\"no\":1}"), end()],
    ]);
    let both = || Both(core(&base).call(&BOTH));
    both().send().await.expect("an answer");
    let answer = both().stream().await.expect("a head");
    let event = answer.into_value().next().await.expect("an event");
    assert_eq!(event.expect("text").data, "a b");
    let error = both().send().await.expect_err("events");
    assert!(
        error.to_string().contains("the call that streams"),
        "{error}"
    );
    let error = both().stream().await.expect_err("JSON");
    assert_eq!(error.body().map(|body| &body[..]), Some(&b"{\"no\":1}"[..]));
    let accepts: Vec<_> = told.iter().take(2).collect();
    assert_eq!(header(&accepts[0], "accept"), Some("application/json"));
    assert_eq!(header(&accepts[1], "accept"), Some("text/event-stream"));
}

#[tokio::test]
async fn lines_go_on_after_a_bad_one() {
    let body = b"1\n\nno\r\n3";
    let (base, told) = serve(vec![whole("application/x-ndjson", body, 1)]);
    let call = core(&base).call(&LINES);
    let answer = call.stream::<JsonLines<i64>>().await.expect("a head");
    let mut lines = answer.into_value();
    assert_eq!(lines.next().await.expect("an item").expect("1"), 1);
    let error = lines.next().await.expect("an item").expect_err("no number");
    assert_eq!(error.body().map(|body| &body[..]), Some(&b"no"[..]));
    assert!(error.to_string().contains("at item 2"), "{error}");
    assert_eq!(lines.next().await.expect("an item").expect("3"), 3);
    assert!(lines.next().await.is_none());
    let request = told.recv().expect("a request");
    assert_eq!(header(&request, "accept"), Some("application/x-ndjson"));
}

#[tokio::test]
async fn records_by_what_the_server_says() {
    let body = b"\x1E[\n1]\n\x1E[2]\n";
    let (base, _told) = serve(vec![whole("application/json-seq", body, 2)]);
    let call = core(&base).call(&LINES);
    let answer = call.stream::<JsonLines<Vec<i64>>>().await.expect("a head");
    let mut lines = answer.into_value();
    assert_eq!(lines.next().await.expect("an item").expect("a list"), [1]);
    assert_eq!(lines.next().await.expect("an item").expect("a list"), [2]);
    assert!(lines.next().await.is_none());
}

fn sized(length: usize, body: &[u8]) -> Vec<Option<Vec<u8>>> {
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\nContent-Length: {length}\r\n\r\n"
    );
    let mut pieces = vec![Some(head.into_bytes())];
    pieces.extend(body.chunks(3).map(|piece| Some(piece.to_vec())));
    pieces
}

async fn download(base: &str) -> Download {
    let call = core(base).call(&FILE);
    call.stream::<Download>()
        .await
        .expect("a head")
        .into_value()
}

#[tokio::test]
async fn downloads() {
    let whole = || sized(10, b"0123456789");
    let (base, _told) = serve(vec![whole(), whole(), whole(), sized(20, b"0123456789")]);
    let mut file = download(&base).await;
    assert_eq!(file.length(), Some(10));
    let mut bytes = Vec::new();
    while let Some(piece) = file.chunk().await.expect("a piece") {
        bytes.extend_from_slice(&piece);
        assert_eq!(file.received(), bytes.len() as u64);
    }
    assert_eq!(bytes, b"0123456789");
    let all = download(&base).await.collect(10).await;
    assert_eq!(&all.expect("all of it")[..], b"0123456789");
    let error = download(&base).await.collect(9).await.expect_err("a limit");
    assert!(error.to_string().contains("limit of 9 bytes"), "{error}");
    let error = download(&base)
        .await
        .collect(99)
        .await
        .expect_err("a break");
    assert!(error.is_transport(), "{error}");
    assert!(error.to_string().contains("after 10 bytes"), "{error}");
}

#[cfg(feature = "fs")]
#[tokio::test]
async fn a_download_into_a_file() {
    let (base, _told) = serve(vec![sized(10, b"0123456789"), sized(1, b"1")]);
    let path = std::env::temp_dir().join(format!("pontoon-download-{}", std::process::id()));
    let written = download(&base).await.save(&path).await;
    assert_eq!(written.expect("a file"), 10);
    assert_eq!(std::fs::read(&path).expect("a file"), b"0123456789");
    std::fs::remove_file(&path).expect("a file");
    let error = download(&base).await.save(path.join("no")).await;
    assert!(error.expect_err("no folder").is_output());
}

/// The time limit is for the head; what comes after it may take longer.
#[tokio::test]
async fn time_limits_are_for_the_head() {
    let mut slow = whole("application/x-ndjson", b"1\n", 2);
    for _ in 0..200 {
        slow.insert(1, chunk(b"\n"));
    }
    let (base, _told) = serve(vec![slow]);
    let limit = Duration::from_millis(150);
    let call = core(&base).call(&LINES).timeout(limit);
    let answer = call.stream::<JsonLines<i64>>().await.expect("a head");
    let mut lines = answer.into_value();
    assert_eq!(lines.next().await.expect("an item").expect("1"), 1);
    let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
    let base = format!("http://{}", silent.local_addr().expect("an address"));
    let call = core(&base).call(&LINES).timeout(limit);
    let error = call.stream::<JsonLines<i64>>().await.expect_err("no head");
    assert!(error.is_timeout(), "{error}");
}
