//! Bodies that are sent as streams, to a server on a real socket.
#![cfg(all(any(feature = "reqwest", feature = "hyper"), feature = "fs"))]

mod over;

use bytes::Bytes;
use futures_core::Stream;
use over::over;
use pontoon_runtime::codegen::*;
use pontoon_runtime::transport::Memory;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::mpsc::{Receiver, channel};
use std::task::{Context, Poll};
use std::{fs, io, thread};

const ANSWERS: &[Accepted] = &[Accepted::empty(204, 0)];

const fn post(codec: Codec, media_type: &'static str) -> Operation {
    Operation {
        id: "send",
        method: "POST",
        path: "/send",
        body: Some(Body::new(media_type, codec, true)),
        responses: ANSWERS,
        ..Operation::BLANK
    }
}
static SEND: Operation = post(Codec::Bytes, "application/octet-stream");
static FORM: Operation = post(Codec::Multipart, "multipart/form-data");
static API: Api = Api {
    user_agent: "uploads/1.0",
    ..Api::BLANK
};

fn core(base: &str) -> CoreClient {
    let builder: ClientBuilder<CoreClient> = ClientBuilder::new(&API).base_url(base);
    over(builder, None).build().expect("a client")
}

/// A request as it came: its head and its body, chunks put together.
struct Came {
    head: String,
    body: Vec<u8>,
}

/// Answers each connection's one request by the next of `answers`.
fn serve(answers: &'static [&'static str]) -> (String, Receiver<Came>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let base = format!("http://{}", listener.local_addr().expect("an address"));
    let (tell, told) = channel();
    thread::spawn(move || {
        for answer in answers {
            let Ok((mut stream, _)) = listener.accept() else {
                return;
            };
            if let Some(came) = read(&mut stream) {
                let _ = tell.send(came);
                let _ = write!(
                    stream,
                    "HTTP/1.1 {answer}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                );
            }
        }
    });
    (base, told)
}

fn read(stream: &mut TcpStream) -> Option<Came> {
    let head = until(stream, b"\r\n\r\n")?.to_ascii_lowercase();
    let mut body = Vec::new();
    if head.contains("transfer-encoding: chunked") {
        loop {
            let line = until(stream, b"\r\n")?;
            let size = usize::from_str_radix(line.trim(), 16).ok()?;
            let start = body.len();
            body.resize(start + size + 2, 0);
            stream.read_exact(&mut body[start..]).ok()?;
            body.truncate(start + size);
            if size == 0 {
                break;
            }
        }
    } else {
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "));
        body.resize(length.map_or(Some(0), |length| length.parse().ok())?, 0);
        stream.read_exact(&mut body).ok()?;
    }
    Some(Came { head, body })
}

fn until(stream: &mut TcpStream, end: &[u8]) -> Option<String> {
    let mut text = Vec::new();
    let mut byte = [0];
    while !text.ends_with(end) {
        stream.read_exact(&mut byte).ok()?;
        text.push(byte[0]);
    }
    Some(String::from_utf8_lossy(&text).into_owned())
}

/// A stream of the given pieces, with a pause before each.
struct Pieces(Vec<io::Result<Bytes>>, bool);

impl Stream for Pieces {
    type Item = io::Result<Bytes>;

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Bytes>>> {
        self.1 = !self.1;
        if self.1 {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        if self.0.is_empty() {
            return Poll::Ready(None);
        }
        Poll::Ready(Some(self.0.remove(0)))
    }
}

fn pieces() -> Upload {
    let pieces = ["abc", "", "def"].map(|text| Ok(Bytes::from(text)));
    Upload::stream(Pieces(pieces.into(), false))
}

async fn send(base: &str, content: impl Into<Upload>) -> Result<(), Error> {
    let call = core(base).call(&SEND).upload(content.into());
    call.send::<()>().await.map(drop)
}

fn file(name: &str, content: &[u8]) -> PathBuf {
    let path = std::env::temp_dir().join(format!("pontoon-{name}-{}", std::process::id()));
    fs::write(&path, content).expect("a file");
    path
}

#[tokio::test]
async fn bytes_streams_readers_and_files() {
    let (base, told) = serve(&["204 No Content"; 5]);
    let came = |body: &str, header: &str| {
        let came = told.recv().expect("a request");
        assert_eq!(String::from_utf8_lossy(&came.body), body);
        assert!(came.head.contains(header), "{}", came.head);
        assert!(came.head.contains("content-type: application/octet-stream"));
    };
    send(&base, "abc").await.expect("bytes");
    came("abc", "content-length: 3\r\n");
    send(&base, pieces()).await.expect("a stream");
    came("abcdef", "transfer-encoding: chunked");
    send(&base, pieces().length(6)).await.expect("a stream");
    came("abcdef", "content-length: 6\r\n");
    let reader = Upload::reader(&b"read"[..]);
    send(&base, reader).await.expect("a reader");
    came("read", "transfer-encoding: chunked");
    let path = file("upload", b"on disk");
    let upload = Upload::open(&path).await.expect("a file");
    send(&base, upload).await.expect("a file");
    came("on disk", "content-length: 7\r\n");
    fs::remove_file(&path).expect("a file");
    assert!(Upload::open(&path).await.is_err());
    assert!(Upload::open(std::env::temp_dir()).await.is_err());
}

#[tokio::test]
async fn redirects_send_again_what_can_be() {
    let redirect = "307 Temporary Redirect\r\nLocation: /other";
    let answers: &[&str] = Box::leak(Box::new([redirect, "204 No Content", redirect]));
    let (base, told) = serve(answers);
    let path = file("redirect", b"twice");
    let upload = Upload::open(&path).await.expect("a file");
    send(&base, upload).await.expect("a file");
    for _ in 0..2 {
        assert_eq!(told.recv().expect("a request").body, b"twice");
    }
    fs::remove_file(&path).expect("a file");
    let error = send(&base, pieces()).await.expect_err("a stream");
    assert!(
        error.to_string().contains("cannot be sent again"),
        "{error}"
    );
    assert_eq!(error.status().map(|status| status.as_u16()), Some(307));
}

#[tokio::test]
async fn lengths_are_kept_to() {
    let memory = Memory::new(|_| {
        Ok(pontoon_runtime::transport::Response::new(
            http::StatusCode::NO_CONTENT,
        ))
    });
    let builder: ClientBuilder<CoreClient> = ClientBuilder::new(&API).base_url("http://a.example");
    let client = builder.transport(memory.clone()).build().expect("a client");
    let send = |content: Upload| client.call(&SEND).upload(content).send::<()>();
    send(pieces().length(6)).await.expect("an answer");
    assert_eq!(&memory.requests()[0].body[..], b"abcdef");
    let error = send(pieces().length(5)).await.expect_err("too long");
    assert!(
        error.to_string().contains("longer than was said"),
        "{error}"
    );
    let error = send(pieces().length(7)).await.expect_err("too short");
    assert!(
        error.to_string().contains("shorter than was said"),
        "{error}"
    );
    let broken = Pieces(
        vec![Ok(Bytes::from("a")), Err(io::Error::other("no"))],
        false,
    );
    let error = send(Upload::stream(broken)).await.expect_err("a break");
    assert!(error.to_string().contains("could not be read"), "{error}");
    // Clones share a stream.
    let shared = pieces();
    send(shared.clone()).await.expect("an answer");
    assert!(send(shared).await.expect_err("it was sent").is_request());
}

#[tokio::test]
async fn parts_of_all_kinds() {
    let (base, told) = serve(&["204 No Content"; 2]);
    let path = file("part", b"on disk");
    let disk = File::open(&path).await.expect("a file").of_type("text/x");
    let mut form: BTreeMap<String, File> = BTreeMap::new();
    form.insert("a".to_owned(), File::new(pieces().length(6)).named("é.bin"));
    form.insert("b".to_owned(), disk);
    form.insert("c".to_owned(), Bytes::from_static(b"mem").into());
    let call = core(&base).call(&FORM).body(form.view());
    call.send::<()>().await.expect("an answer");
    let came = told.recv().expect("a request");
    let length = format!("content-length: {}\r\n", came.body.len());
    assert!(came.head.contains(&length), "{}", came.head);
    let body = String::from_utf8_lossy(&came.body);
    let name = path.file_name().expect("a name").to_string_lossy();
    for part in [
        "name=\"a\"; filename=\"é.bin\"\r\nContent-Type: application/octet-stream\r\n\r\nabcdef\r\n--".to_owned(),
        format!("name=\"b\"; filename=\"{name}\"\r\nContent-Type: text/x\r\n\r\non disk\r\n--"),
        "name=\"c\"; filename=\"c\"\r\nContent-Type: application/octet-stream\r\n\r\nmem\r\n--".to_owned(),
    ] {
        assert!(body.contains(&part), "{part} in {body}");
    }
    // One part of unknown length is enough for chunks.
    form.insert("a".to_owned(), File::new(pieces()));
    let call = core(&base).call(&FORM).body(form.view());
    call.send::<()>().await.expect("an answer");
    let came = told.recv().expect("a request");
    assert!(
        came.head.contains("transfer-encoding: chunked"),
        "{}",
        came.head
    );
    assert!(came.body.ends_with(b"--\r\n"));
    fs::remove_file(&path).expect("a file");
}
