//! Bodies through each coding, cut anywhere, broken off, swelling.

use super::{Compression, accepted, decode, encode};
use crate::transport::{Address, Body, Request, Response};
use crate::upload::Upload;
use bytes::Bytes;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

/// Gives a body piece by piece and counts the pieces that were taken.
struct Pieces {
    left: Vec<Bytes>,
    taken: Arc<AtomicUsize>,
}

impl futures_core::Stream for Pieces {
    type Item = Result<Bytes, std::io::Error>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.taken.fetch_add(1, Ordering::Relaxed);
        Poll::Ready(self.left.pop().map(Ok))
    }
}

fn stream(bytes: &[u8], size: usize) -> (Body, Arc<AtomicUsize>) {
    let taken = Arc::new(AtomicUsize::new(0));
    let mut left: Vec<Bytes> = bytes.chunks(size).map(Bytes::copy_from_slice).collect();
    left.reverse();
    let pieces = Pieces {
        left,
        taken: Arc::clone(&taken),
    };
    let body = Upload::stream(pieces).body().expect("a fresh stream");
    (body, taken)
}

fn answer(coding: &'static str, body: Body) -> Response {
    let mut answer = Response::new(StatusCode::OK);
    let headers = &mut answer.headers;
    headers.insert(CONTENT_ENCODING, HeaderValue::from_static(coding));
    headers.insert(CONTENT_LENGTH, HeaderValue::from_static("1"));
    answer.body = body;
    answer
}

/// The body after decoding, in pieces of `size` bytes.
async fn plain(coding: &'static str, bytes: &[u8], size: usize) -> Result<Bytes, crate::Error> {
    let mut answer = answer(coding, stream(bytes, size).0);
    decode(&mut answer);
    assert!(answer.headers.is_empty(), "{:?}", answer.headers);
    answer.body.collect(1 << 20).await
}

fn request(body: Body) -> Request {
    Request {
        method: Method::POST,
        url: Address::new("https://h.example/".into()),
        headers: HeaderMap::new(),
        body,
        timeout: None,
        streams: false,
    }
}

/// Bytes compressed by the runtime itself.
#[cfg(any(feature = "gzip", feature = "zstd"))]
async fn compressed(compression: Compression, bytes: &[u8]) -> Bytes {
    let mut whole = request(Bytes::copy_from_slice(bytes).into());
    encode(&mut whole, compression).expect("memory");
    let mut streamed = request(stream(bytes, 1000).0);
    encode(&mut streamed, compression).expect("memory");
    assert_eq!(whole.headers, streamed.headers);
    let collected = streamed.body.collect(1 << 20).await.expect("a body");
    let name = streamed.headers[CONTENT_ENCODING].to_str().expect("text");
    let name = if name == "gzip" { "gzip" } else { "zstd" };
    assert_eq!(plain(name, &collected, 7).await.expect("whole"), bytes);
    whole.body.collect(1 << 20).await.expect("a body")
}

/// Reads `coded` in pieces of every size, and notices every cut.
async fn check(coding: &'static str, coded: &[u8], expected: &[u8]) {
    for size in [1, 2, 3, 7, 64, 1 << 20] {
        let found = plain(coding, coded, size).await.expect("whole");
        assert_eq!(found, expected, "pieces of {size}");
    }
    for end in 1..coded.len() {
        let cut = plain(coding, &coded[..end], 64).await;
        let error = cut.expect_err("cut off");
        assert!(error.is_decode(), "cut at {end}: {error:?}");
    }
    // An answer to HEAD names a coding and has no body.
    assert!(plain(coding, b"", 1).await.expect("empty").is_empty());
    let noise = plain(coding, b"<html>not at all</html>", 64).await;
    assert!(noise.expect_err("noise").is_decode());
}

/// `64 MiB` of zeros end at a limit of 1 MiB before they are all read.
async fn swells(coding: &'static str, coded: &[u8]) {
    let (body, taken) = stream(coded, coded.len().div_ceil(64));
    let mut answer = answer(coding, body);
    decode(&mut answer);
    let error = answer.body.collect(1 << 20).await.expect_err("too long");
    assert!(error.is_too_long(), "{error:?}");
    let taken = taken.load(Ordering::Relaxed);
    assert!(taken < 16, "{taken} of 64 pieces were read");
}

fn sample() -> Vec<u8> {
    let mut text = Vec::new();
    for index in 0..4000_u32 {
        text.extend_from_slice(
            format!("{{\"n\":{}}}\n", index.wrapping_mul(2_654_435_761)).as_bytes(),
        );
    }
    text
}

#[cfg(feature = "gzip")]
#[tokio::test]
async fn gzip() {
    let coded = compressed(
        Compression::gzip(),
        b"a text, a text, a text".repeat(60).as_slice(),
    )
    .await;
    check("gzip", &coded, &b"a text, a text, a text".repeat(60)).await;
    let long = sample();
    let coded = compressed(Compression::gzip(), &long).await;
    for size in [100, 1 << 20] {
        assert_eq!(plain("GZip", &coded, size).await.expect("whole"), long);
        assert_eq!(
            plain("identity, x-gzip", &coded, size)
                .await
                .expect("whole"),
            long
        );
    }
    // Members one after another (RFC 1952, section 2.2), and a coding twice.
    let members = [&coded[..], &coded[..]].concat();
    let both = plain("gzip", &members, 1000).await.expect("whole");
    assert_eq!(both, [&long[..], &long[..]].concat());
    let twice = compressed(Compression::gzip().above(0), &coded).await;
    assert_eq!(
        plain("gzip, gzip", &twice, 1000).await.expect("whole"),
        long
    );

    let mut bomb = request(vec![0; 64 << 20].into());
    encode(&mut bomb, Compression::gzip()).expect("memory");
    swells("gzip", bomb.body.as_bytes().expect("memory")).await;
}

#[cfg(feature = "brotli")]
#[tokio::test]
async fn brotli() {
    let text = format!(
        "{{\"name\":\"Rex\",\"tags\":[{}]}}",
        ["\"good dog\""; 40].join(",")
    );
    check(
        "br",
        &hex(include_str!("tests/text.br.hex")),
        text.as_bytes(),
    )
    .await;
    swells("br", &hex(include_str!("tests/zeros.br.hex"))).await;
}

#[cfg(feature = "brotli")]
fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.trim().bytes().collect();
    let byte = |pair: &[u8]| {
        let pair = std::str::from_utf8(pair).expect("ASCII");
        u8::from_str_radix(pair, 16).expect("two digits")
    };
    digits.chunks(2).map(byte).collect()
}

#[cfg(feature = "zstd")]
#[tokio::test]
async fn zstd() {
    let text = b"a text, a text, a text".repeat(60);
    let coded = compressed(Compression::zstd(), &text).await;
    check("zstd", &coded, &text).await;
    let long = sample();
    let coded = compressed(Compression::zstd(), &long).await;
    let frames = [&coded[..], &coded[..]].concat();
    let both = plain("zstd", &frames, 1000).await.expect("whole");
    assert_eq!(both, [&long[..], &long[..]].concat());
    swells("zstd", &zeros(11)).await;
    // A window of 128 MiB is more than a sender may ask for (RFC 9659).
    let wide = plain("zstd", &zeros(17), 1000).await;
    assert!(wide.expect_err("too wide").is_decode());
}

/// A frame of 512 blocks of 128 KiB of zeros each (RFC 8878, sections 3.1.1.1 and
/// 3.1.1.2), with a window of `2 ^ (10 + exponent)` bytes.
#[cfg(feature = "zstd")]
fn zeros(exponent: u8) -> Vec<u8> {
    let mut frame = vec![0x28, 0xB5, 0x2F, 0xFD, 0, exponent << 3];
    for block in 0..512_u32 {
        let (last, run) = (u32::from(block == 511), 1);
        let header: u32 = last | run << 1 | (128 << 10) << 3;
        frame.extend_from_slice(&header.to_le_bytes()[..3]);
        frame.push(0);
    }
    frame
}

#[tokio::test]
async fn what_is_not_known_stays() {
    let mut unknown = answer("compress", Bytes::from("x").into());
    decode(&mut unknown);
    assert_eq!(unknown.headers.len(), 2);
    let error = super::check_plain(&unknown.headers).expect_err("compressed");
    assert!(
        error.to_string().contains("Content-Encoding: compress"),
        "{error}"
    );
    let mut deep = answer("gzip, gzip, gzip, gzip, gzip", Bytes::from("x").into());
    decode(&mut deep);
    assert_eq!(deep.headers.len(), 2);
    let mut part = answer("gzip, br, zstd", Bytes::from("x").into());
    part.status = StatusCode::PARTIAL_CONTENT;
    decode(&mut part);
    assert_eq!(part.headers.len(), 2);
    let mut plain = answer("identity", Bytes::from("x").into());
    decode(&mut plain);
    assert!(super::check_plain(&plain.headers).is_ok());
    assert_eq!(plain.body.collect(9).await.expect("bytes"), "x");
    let any = cfg!(any(feature = "gzip", feature = "brotli", feature = "zstd"));
    assert_eq!(accepted().is_some(), any);
}

#[test]
fn requests_stay_as_they_are() {
    let mut plain = request(sample().into());
    encode(&mut plain, Compression::off().above(0)).expect("nothing to do");
    assert!(plain.headers.is_empty());
    #[cfg(feature = "gzip")]
    {
        let mut small = request(vec![0; 1023].into());
        encode(&mut small, Compression::gzip()).expect("nothing to do");
        assert!(small.headers.is_empty());
        encode(&mut small, Compression::gzip().above(1023)).expect("memory");
        assert_eq!(small.headers[CONTENT_ENCODING], "gzip");
        let length = small.body.as_bytes().map(Bytes::len);
        encode(&mut small, Compression::gzip().above(0)).expect("nothing to do");
        assert_eq!(small.body.as_bytes().map(Bytes::len), length);
        let mut empty = request(Body::empty());
        encode(&mut empty, Compression::gzip().above(0)).expect("nothing to do");
        assert!(empty.headers.is_empty());
    }
}
