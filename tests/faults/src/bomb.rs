//! Bodies that are small on the way and large when they are unpacked.

use crate::server::Act;
use flate2::{Compress, Compression, FlushCompress};
use std::io::Write as _;

/// A content coding (RFC 9110, section 8.4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coding {
    /// `gzip`.
    Gzip,
    /// `zstd`.
    Zstd,
    /// `br`.
    Brotli,
}

/// How many mebibytes a bomb unpacks to.
pub const MEBIBYTES: usize = 1024;

/// Bytes in gzip.
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), Compression::fast());
    let written = encoder.write_all(bytes).and_then(|()| encoder.finish());
    // Writing to memory does not fail.
    written.unwrap_or_default()
}

/// A gibibyte of zeros.
pub fn acts(coding: Coding) -> Vec<Act> {
    match coding {
        Coding::Gzip => {
            // RFC 1952, section 2.3: deflate, no flags, no time.
            let head = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
            // A full flush ends at a byte and refers to nothing before it.
            let mut block = Vec::with_capacity(1 << 16);
            let mut compress = Compress::new(Compression::fast(), false);
            let zeros = vec![0; 1 << 20];
            let _ = compress.compress_vec(&zeros, &mut block, FlushCompress::Full);
            vec![Act::Send(head), Act::Repeat(block, MEBIBYTES)]
        }
        Coding::Zstd => {
            // RFC 8878, section 3.1.1: the magic number, no flags, a window of 128 KiB.
            let head = vec![0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x38];
            // A block of one byte, repeated 128 Ki times.
            let block = ((1u32 << 17) << 3 | 1 << 1).to_le_bytes();
            let block = vec![block[0], block[1], block[2], 0];
            vec![Act::Send(head), Act::Repeat(block, MEBIBYTES * 8)]
        }
        Coding::Brotli => vec![Act::Send(BROTLI.to_vec())],
    }
}

/// A gibibyte of zeros, by the reference encoder.
static BROTLI: &[u8] = include_bytes!("bomb.br");
