//! Zstandard (RFC 8878), frames one after another.

use super::decode::{Decode, PIECE, Step};
use super::encode::Encode;
use bytes::BytesMut;
use std::io;
use zstd_safe::{
    CCtx, CLEVEL_DEFAULT, DCtx, DParameter, InBuffer, OutBuffer, SafeResult, get_error_name,
};

/// Windows of 8 MiB: what a sender may ask a receiver to keep (RFC 9659).
const WINDOW_LOG: u32 = 23;

fn checked(result: SafeResult) -> io::Result<usize> {
    result.map_err(|code| io::Error::other(get_error_name(code)))
}

fn no_memory() -> io::Error {
    io::ErrorKind::OutOfMemory.into()
}

pub(super) struct Decoder {
    context: DCtx<'static>,
    /// Whether what came so far is whole.
    whole: bool,
}

impl Decoder {
    pub(super) fn new() -> io::Result<Self> {
        let mut context = DCtx::try_create().ok_or_else(no_memory)?;
        checked(context.set_parameter(DParameter::WindowLogMax(WINDOW_LOG)))?;
        Ok(Self {
            context,
            whole: true,
        })
    }
}

impl Decode for Decoder {
    fn step(&mut self, input: &[u8], out: &mut BytesMut) -> io::Result<Step> {
        let start = out.len();
        out.resize(start + PIECE, 0);
        let mut from = InBuffer::around(input);
        let mut to = OutBuffer::around(&mut out[start..]);
        let result = checked(self.context.decompress_stream(&mut to, &mut from));
        let (read, written) = (from.pos(), to.pos());
        out.truncate(start + written);
        self.whole = result? == 0;
        Ok(Step {
            read,
            more: written == PIECE && !self.whole,
        })
    }

    fn finish(&mut self) -> io::Result<()> {
        match self.whole {
            true => Ok(()),
            false => Err(io::ErrorKind::UnexpectedEof.into()),
        }
    }
}

/// Compresses piece by piece.
pub(super) struct Encoder(CCtx<'static>);

impl Encoder {
    pub(super) fn new() -> io::Result<Self> {
        let mut context = CCtx::try_create().ok_or_else(no_memory)?;
        checked(context.init(CLEVEL_DEFAULT))?;
        Ok(Self(context))
    }

    /// Lets the context write into new room at the end of `whole`.
    fn room(
        &mut self,
        whole: &mut BytesMut,
        write: impl FnOnce(&mut CCtx<'static>, &mut OutBuffer<'_, [u8]>) -> SafeResult,
    ) -> io::Result<usize> {
        let start = whole.len();
        whole.resize(start + PIECE, 0);
        let mut to = OutBuffer::around(&mut whole[start..]);
        let result = checked(write(&mut self.0, &mut to));
        let written = to.pos();
        whole.truncate(start + written);
        result
    }
}

impl Encode for Encoder {
    fn push(&mut self, piece: &[u8]) -> io::Result<BytesMut> {
        let mut whole = BytesMut::new();
        let mut from = InBuffer::around(piece);
        while from.pos() < piece.len() {
            self.room(&mut whole, |context, to| {
                context.compress_stream(to, &mut from)
            })?;
        }
        Ok(whole)
    }

    fn finish(&mut self) -> io::Result<BytesMut> {
        let mut whole = BytesMut::new();
        while self.room(&mut whole, |context, to| context.end_stream(to))? > 0 {}
        Ok(whole)
    }
}
