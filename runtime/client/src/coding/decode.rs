//! A body that is decoded while it is read.

use super::Coding;
use crate::Error;
use crate::transport::Body;
use bytes::{Buf, Bytes, BytesMut};
use http_body::Frame;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// How much is decoded at a time: what a small body that swells can take at once.
#[cfg(any(feature = "brotli", feature = "zstd"))]
pub(super) const PIECE: usize = 32 << 10;

/// How far a step of decoding came.
pub(super) struct Step {
    /// How much of the input was taken.
    pub(super) read: usize,
    /// Whether there is more to come without more input.
    pub(super) more: bool,
}

/// One coding, taken off piece by piece.
pub(super) trait Decode: Send {
    /// Takes some of `input` and appends some 32 KiB to `out`.
    fn step(&mut self, input: &[u8], out: &mut BytesMut) -> io::Result<Step>;

    /// The input has ended: an error where the coded text has not.
    fn finish(&mut self) -> io::Result<()>;
}

/// A body without the coding that it came in.
pub(super) struct Decoded {
    body: Body,
    coding: Coding,
    /// Made when the first byte is there: a body may be empty, as that of an
    /// answer to HEAD is.
    decoder: Option<Box<dyn Decode>>,
    input: Bytes,
    out: BytesMut,
    more: bool,
    done: bool,
}

impl Decoded {
    pub(super) fn new(body: Body, coding: Coding) -> Self {
        Self {
            body,
            coding,
            decoder: None,
            input: Bytes::new(),
            out: BytesMut::new(),
            more: false,
            done: false,
        }
    }

    /// The next decoded piece of the input at hand; `None` where more is needed.
    fn decode(&mut self) -> Result<Option<Bytes>, Error> {
        let coding = self.coding;
        let broken = |error| broken(coding, error);
        while self.more || !self.input.is_empty() {
            let decoder = match &mut self.decoder {
                Some(decoder) => decoder,
                place => place.insert(coding.decoder().map_err(broken)?),
            };
            let step = decoder.step(&self.input, &mut self.out).map_err(broken)?;
            let stuck = step.read == 0 && self.out.is_empty();
            self.input.advance(step.read);
            self.more = step.more && !stuck;
            if !self.out.is_empty() {
                return Ok(Some(self.out.split().freeze()));
            }
            if stuck && !self.input.is_empty() {
                return Err(broken(io::ErrorKind::InvalidData.into()));
            }
        }
        Ok(None)
    }

    fn poll_piece(&mut self, context: &mut Context<'_>) -> Poll<Result<Option<Bytes>, Error>> {
        loop {
            if let Some(piece) = self.decode()? {
                return Poll::Ready(Ok(Some(piece)));
            }
            match ready!(self.body.poll_data(context)) {
                Some(piece) => self.input = piece?,
                None => {
                    let end = self.decoder.as_mut().map_or(Ok(()), |d| d.finish());
                    return Poll::Ready(match end {
                        Ok(()) => Ok(None),
                        Err(error) => Err(broken(self.coding, error)),
                    });
                }
            }
        }
    }
}

#[cold]
fn broken(coding: Coding, error: io::Error) -> Error {
    let name = coding.name();
    Error::decode(format!("the {name} body is broken or cut off")).with_source(error)
}

impl Coding {
    fn decoder(self) -> io::Result<Box<dyn Decode>> {
        match self {
            #[cfg(feature = "gzip")]
            Self::Gzip => Ok(Box::new(super::gzip::Decoder::new())),
            #[cfg(feature = "brotli")]
            Self::Brotli => Ok(Box::new(super::brotli::Decoder::new())),
            #[cfg(feature = "zstd")]
            Self::Zstd => Ok(Box::new(super::zstd::Decoder::new()?)),
        }
    }
}

impl http_body::Body for Decoded {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        if self.done {
            return Poll::Ready(None);
        }
        let next = ready!(self.poll_piece(context)).transpose();
        self.done = !matches!(next, Some(Ok(_)));
        Poll::Ready(next.map(|piece| piece.map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        self.done
    }
}
