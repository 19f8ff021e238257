//! Compressed bodies over real sockets on loopback, both ways.
#![cfg(all(feature = "gzip", any(feature = "reqwest", feature = "hyper")))]

mod over;

use flate2::write::GzEncoder;
use over::over;
use pontoon_runtime::codegen::*;
use pontoon_runtime::{CallOptions, Compression, Download, EventStream, JsonLines};
use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};
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
        Accepted::new(Statuses::Code(200), "application/jsonl", Codec::Lines, 0),
    ],
    ..Operation::BLANK
};
static PUT: Operation = Operation {
    id: "put",
    method: "PUT",
    path: "/thing",
    body: Some(Body::json(true)),
    responses: &[Accepted::empty(204, 0)],
    ..Operation::BLANK
};

/// A request as it came: the head in small letters, and the body.
type Received = (String, Vec<u8>);

/// Answers each request with the same bytes.
fn serve(answer: Vec<u8>) -> (String, Receiver<Received>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let base = format!("http://{}", listener.local_addr().expect("an address"));
    let (tell, told) = channel();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            while let Some(request) = receive(&mut stream) {
                if tell.send(request).is_err() || stream.write_all(&answer).is_err() {
                    break;
                }
            }
        }
    });
    (base, told)
}

fn receive(stream: &mut impl Read) -> Option<Received> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n");
        if let Some(end) = end {
            let head = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
            let body = &bytes[end + 4..];
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
            let whole = match head.contains("transfer-encoding: chunked") {
                true => body.ends_with(b"\r\n0\r\n\r\n"),
                false => body.len() >= length.unwrap_or(0),
            };
            if whole {
                return Some((head, body.to_vec()));
            }
        }
        match stream.read(&mut buffer) {
            Ok(0) | Err(_) => return None,
            Ok(count) => bytes.extend_from_slice(&buffer[..count]),
        }
    }
}

fn gzip(pieces: &[&[u8]]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::default());
    for piece in pieces {
        encoder.write_all(piece).expect("memory");
        encoder.flush().expect("memory");
    }
    encoder.finish().expect("memory")
}

fn ok(media_type: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: {media_type}\r\nContent-Encoding: gzip\r\n\
         Content-Length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

fn client(
    base: &str,
    settings: fn(ClientBuilder<CoreClient>) -> ClientBuilder<CoreClient>,
) -> CoreClient {
    let builder = settings(ClientBuilder::new(&API).base_url(base));
    over(builder, None).build().expect("a client")
}

#[tokio::test]
async fn answers_are_decoded() {
    let (base, told) = serve(ok("application/json", &gzip(&[b"{\"a\": 1}"])));
    {
        let client = client(&base, |builder| builder);
        let got = client.call(&GET).send::<Json>().await.expect("an answer");
        assert_eq!(got.value["a"], Json::from(1));
        assert_eq!(got.body(), "{\"a\": 1}");
        assert_eq!(got.header("content-encoding"), None);
        assert_eq!(got.header("content-length"), None);
        let (head, _) = told.recv().expect("a request");
        assert!(head.contains("\r\naccept-encoding: gzip"), "{head}");

        // A part of a body is no gzip by itself.
        let call = client.call(&GET).header("Range", "bytes=0-1");
        call.send::<Json>().await.expect("an answer");
        let (head, _) = told.recv().expect("a request");
        assert!(!head.contains("accept-encoding"), "{head}");
    }
    {
        let client = client(&base, |builder| builder.decompress(false));
        let error = client.call(&GET).send::<Json>().await.expect_err("bytes");
        assert!(error.is_decode(), "{error}");
        assert!(
            error.to_string().contains("Content-Encoding: gzip"),
            "{error}"
        );
        assert_eq!(error.body().map(|body| body[0]), Some(0x1F));
        let (head, _) = told.recv().expect("a request");
        assert!(!head.contains("accept-encoding"), "{head}");
    }
}

#[tokio::test]
async fn what_swells_ends_at_the_limit() {
    let bomb = gzip(&[&vec![b' '; 64 << 20]]);
    let (base, _told) = serve(ok("application/json", &bomb));
    {
        let client = client(&base, |builder| builder.max_response_size(1 << 20));
        let error = client
            .call(&GET)
            .send::<Json>()
            .await
            .expect_err("too long");
        assert!(error.is_too_long(), "{error}");

        let download = client
            .call(&GET)
            .stream::<Download>()
            .await
            .expect("a head");
        let mut download = download.into_value().limit(1 << 20);
        assert_eq!(download.length(), None);
        let error = loop {
            match download.chunk().await {
                Ok(piece) => assert!(piece.expect("no end").len() <= 128 << 10),
                Err(error) => break error,
            }
        };
        assert!(error.is_too_long(), "{error}");
        assert!(download.received() <= (1 << 20) + (128 << 10));
    }
}

#[tokio::test]
async fn streams_are_decoded() {
    let events = gzip(&[b"id: 1\ndata: {\"n\":1}\n\n", b"data: {\"n\":2}\n\n"]);
    let (base, told) = serve(ok("text/event-stream", &events));
    {
        let client = client(&base, |builder| builder);
        let opened = client.call(&GET).stream::<EventStream<Json>>().await;
        let mut events = opened.expect("a head").into_value();
        for n in 1..=2 {
            let event = events.next().await.expect("an event").expect("JSON");
            assert_eq!(event.data["n"], Json::from(n));
        }
        assert!(events.next().await.is_none());
        let (head, _) = told.recv().expect("a request");
        assert!(!head.contains("accept-encoding"), "{head}");
    }
    let (base, _told) = serve(ok(
        "application/jsonl",
        &gzip(&[b"{\"n\":1}\n{\"n", b"\":2}"]),
    ));
    {
        let client = client(&base, |builder| builder);
        let opened = client.call(&GET).stream::<JsonLines<Json>>().await;
        let mut lines = opened.expect("a head").into_value();
        for n in 1..=2 {
            let line = lines.next().await.expect("a line").expect("JSON");
            assert_eq!(line["n"], Json::from(n));
        }
        assert!(lines.next().await.is_none());
    }
}

#[tokio::test]
async fn requests_are_compressed() {
    let (base, told) = serve(b"HTTP/1.1 204 No Content\r\n\r\n".to_vec());
    let long = Json::from("a".repeat(5000));
    {
        let client = client(&base, |builder| {
            builder.compress_requests(Compression::gzip())
        });
        let call = || client.call(&PUT);
        call()
            .body(long.view())
            .send::<()>()
            .await
            .expect("an answer");
        let (head, body) = told.recv().expect("a request");
        assert!(head.contains("\r\ncontent-encoding: gzip"), "{head}");
        let mut text = String::new();
        let mut decoder = flate2::read::GzDecoder::new(&body[..]);
        decoder.read_to_string(&mut text).expect("gzip");
        assert_eq!(text, long.to_string());

        let short = Json::from("a");
        call()
            .body(short.view())
            .send::<()>()
            .await
            .expect("an answer");
        let (head, body) = told.recv().expect("a request");
        assert!(!head.contains("content-encoding"), "{head}");
        assert_eq!(body, b"\"a\"");

        let plain = call().body(long.view()).compress(Compression::off());
        plain.send::<()>().await.expect("an answer");
        let (head, body) = told.recv().expect("a request");
        assert!(!head.contains("content-encoding"), "{head}");
        assert_eq!(body.len(), 5002);

        let pieces = pontoon_runtime::Upload::from(vec![b' '; 3]);
        let call = call().upload(pieces).compress(Compression::gzip().above(3));
        call.send::<()>().await.expect("an answer");
        let (head, _) = told.recv().expect("a request");
        assert!(head.contains("\r\ncontent-encoding: gzip"), "{head}");
    }
}
