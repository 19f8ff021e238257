//! Brotli (RFC 7932), answers only.

use super::decode::{Decode, PIECE, Step};
use brotli_decompressor::{BrotliDecompressStream, BrotliResult, BrotliState, StandardAlloc};
use bytes::BytesMut;
use std::io;

type State = BrotliState<StandardAlloc, StandardAlloc, StandardAlloc>;

pub(super) struct Decoder {
    state: Box<State>,
    finished: bool,
}

impl Decoder {
    pub(super) fn new() -> Self {
        let alloc = StandardAlloc::default;
        Self {
            // Windows of at most 16 MiB, as the format has them.
            state: Box::new(State::new_strict(alloc(), alloc(), alloc())),
            finished: false,
        }
    }
}

impl Decode for Decoder {
    fn step(&mut self, input: &[u8], out: &mut BytesMut) -> io::Result<Step> {
        if self.finished {
            return Err(io::Error::other("there is more after the end"));
        }
        let start = out.len();
        out.resize(start + PIECE, 0);
        let (mut left, mut read) = (input.len(), 0);
        let (mut room, mut written, mut total) = (PIECE, 0, 0);
        let result = BrotliDecompressStream(
            &mut left,
            &mut read,
            input,
            &mut room,
            &mut written,
            &mut out[start..],
            &mut total,
            &mut self.state,
        );
        out.truncate(start + written);
        match result {
            BrotliResult::ResultFailure => Err(io::Error::other("not brotli")),
            BrotliResult::ResultSuccess => {
                self.finished = true;
                Ok(Step { read, more: false })
            }
            BrotliResult::NeedsMoreInput => Ok(Step { read, more: false }),
            BrotliResult::NeedsMoreOutput => Ok(Step { read, more: true }),
        }
    }

    fn finish(&mut self) -> io::Result<()> {
        match self.finished {
            true => Ok(()),
            false => Err(io::ErrorKind::UnexpectedEof.into()),
        }
    }
}
