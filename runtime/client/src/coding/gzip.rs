//! gzip (RFC 1952), members one after another.

use super::decode::{Decode, Step};
use super::encode::Encode;
use bytes::buf::Writer;
use bytes::{BufMut, BytesMut};
use flate2::Compression;
use flate2::write::{GzEncoder, MultiGzDecoder};
use std::io::{self, Write};
use std::mem::swap;

pub(super) struct Decoder(MultiGzDecoder<Writer<BytesMut>>);

impl Decoder {
    pub(super) fn new() -> Self {
        Self(MultiGzDecoder::new(BytesMut::new().writer()))
    }
}

impl Decode for Decoder {
    fn step(&mut self, input: &[u8], out: &mut BytesMut) -> io::Result<Step> {
        swap(self.0.get_mut().get_mut(), out);
        let read = self.0.write(input).and_then(|read| {
            // What an event stream holds back is due before more is there.
            if read == input.len() {
                self.0.flush()?;
            }
            Ok(read)
        });
        swap(self.0.get_mut().get_mut(), out);
        Ok(Step {
            read: read?,
            more: false,
        })
    }

    fn finish(&mut self) -> io::Result<()> {
        self.0.try_finish()
    }
}

/// Compresses piece by piece.
pub(super) struct Encoder(GzEncoder<Writer<BytesMut>>);

impl Encoder {
    pub(super) fn new() -> Self {
        Self(GzEncoder::new(
            BytesMut::new().writer(),
            Compression::default(),
        ))
    }
}

impl Encode for Encoder {
    fn push(&mut self, piece: &[u8]) -> io::Result<BytesMut> {
        self.0.write_all(piece)?;
        Ok(self.0.get_mut().get_mut().split())
    }

    fn finish(&mut self) -> io::Result<BytesMut> {
        self.0.try_finish()?;
        Ok(self.0.get_mut().get_mut().split())
    }
}
