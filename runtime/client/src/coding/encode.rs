//! Requests that are sent compressed.

use super::Coding;
use crate::Error;
use crate::transport::{Body, Request};
use bytes::{Bytes, BytesMut};
use http::header::{CONTENT_ENCODING, HeaderValue};
use http_body::Frame;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// Below this many bytes a body is sent as it is, unless told otherwise.
const THRESHOLD: usize = 1024;

/// How the bodies of requests are compressed, for a client
/// ([`ClientBuilder::compress_requests`](crate::ClientBuilder::compress_requests))
/// or a call ([`CallOptions::compress`](crate::CallOptions::compress)).
///
/// There is no way to ask a server beforehand whether it reads compressed
/// requests: where its documentation does not say so, it may answer 415 or worse.
///
/// ```
/// # #[cfg(feature = "gzip")] {
/// use pontoon_runtime::Compression;
///
/// let compression = Compression::gzip().above(16 << 10);
/// # let _ = compression; }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Compression {
    coding: Option<Coding>,
    threshold: usize,
}

impl Compression {
    const fn of(coding: Option<Coding>) -> Self {
        Self {
            coding,
            threshold: THRESHOLD,
        }
    }

    /// None: for a call of a client that compresses.
    pub const fn off() -> Self {
        Self::of(None)
    }

    /// gzip (RFC 1952), which servers that read compressed requests know.
    #[cfg(feature = "gzip")]
    pub const fn gzip() -> Self {
        Self::of(Some(Coding::Gzip))
    }

    /// Zstandard (RFC 8878), which is faster.
    #[cfg(feature = "zstd")]
    pub const fn zstd() -> Self {
        Self::of(Some(Coding::Zstd))
    }

    /// Sends bodies of fewer bytes as they are; 1,024 by default. Streams whose
    /// length is not known are always compressed.
    pub const fn above(mut self, bytes: usize) -> Self {
        self.threshold = bytes;
        self
    }
}

/// Compresses the body of a request. One that says by itself in what coding its
/// body is, is left as it is.
pub(crate) fn encode(request: &mut Request, compression: Compression) -> Result<(), Error> {
    let Some(coding) = compression.coding else {
        return Ok(());
    };
    let length = http_body::Body::size_hint(&request.body).exact();
    let is_small = length.is_some_and(|length| length < compression.threshold as u64);
    let is_empty = length == Some(0);
    if is_small || is_empty || request.headers.contains_key(CONTENT_ENCODING) {
        return Ok(());
    }
    let mut encoder = coding.encoder().map_err(failed)?;
    request.body = match request.body.as_bytes() {
        Some(bytes) => {
            let mut whole = encoder.push(bytes).map_err(failed)?;
            whole.extend_from_slice(&encoder.finish().map_err(failed)?);
            Body::from(whole)
        }
        None => Body::stream(Encoded {
            body: std::mem::replace(&mut request.body, Body::empty()),
            encoder: Some(encoder),
        }),
    };
    let name = HeaderValue::from_static(coding.name());
    request.headers.insert(CONTENT_ENCODING, name);
    Ok(())
}

#[cold]
fn failed(error: io::Error) -> Error {
    Error::request("the body cannot be compressed").with_source(error)
}

/// One coding, applied piece by piece.
pub(super) trait Encode: Send {
    /// Takes a piece in and gives what is ready, which may be nothing.
    fn push(&mut self, piece: &[u8]) -> io::Result<BytesMut>;

    /// Gives the rest.
    fn finish(&mut self) -> io::Result<BytesMut>;
}

impl Coding {
    fn encoder(self) -> io::Result<Box<dyn Encode>> {
        match self {
            #[cfg(feature = "gzip")]
            Self::Gzip => Ok(Box::new(super::gzip::Encoder::new())),
            #[cfg(feature = "brotli")]
            Self::Brotli => Err(io::ErrorKind::Unsupported.into()),
            #[cfg(feature = "zstd")]
            Self::Zstd => Ok(Box::new(super::zstd::Encoder::new()?)),
        }
    }
}

/// A stream that is compressed while it is sent.
struct Encoded {
    body: Body,
    /// Gone at the end.
    encoder: Option<Box<dyn Encode>>,
}

impl Encoded {
    fn poll_piece(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, Error>>> {
        while let Some(encoder) = &mut self.encoder {
            let encoded = match ready!(self.body.poll_data(context)) {
                Some(Ok(piece)) => encoder.push(&piece),
                Some(Err(error)) => {
                    self.encoder = None;
                    return Poll::Ready(Some(Err(error)));
                }
                None => {
                    let rest = encoder.finish();
                    self.encoder = None;
                    rest
                }
            };
            match encoded {
                Ok(bytes) if bytes.is_empty() => {}
                Ok(bytes) => return Poll::Ready(Some(Ok(bytes.freeze()))),
                Err(error) => {
                    self.encoder = None;
                    return Poll::Ready(Some(Err(failed(error))));
                }
            }
        }
        Poll::Ready(None)
    }
}

impl http_body::Body for Encoded {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let next = ready!(self.poll_piece(context));
        Poll::Ready(next.map(|piece| piece.map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        self.encoder.is_none()
    }
}
