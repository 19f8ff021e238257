//! Signatures as bytes: made, compared, read and written.

use super::{Algorithm, Encoding};
use crate::format::Base64;
use crate::model::Format;
use hmac::{Hmac, KeyInit, Mac};
use subtle::ConstantTimeEq;

/// The signature of `pieces` under `key`.
pub(super) fn sign(algorithm: Algorithm, key: &[u8], pieces: &[&[u8]]) -> Vec<u8> {
    match algorithm {
        Algorithm::HmacSha256 => hmac::<Hmac<sha2::Sha256>>(key, pieces),
        Algorithm::HmacSha512 => hmac::<Hmac<sha2::Sha512>>(key, pieces),
        Algorithm::HmacSha1 => hmac::<Hmac<sha1::Sha1>>(key, pieces),
        Algorithm::Token => key.to_vec(),
    }
}

fn hmac<M: Mac + KeyInit>(key: &[u8], pieces: &[&[u8]]) -> Vec<u8> {
    // RFC 2104 takes keys of any length, and so does `Hmac`; an empty signature,
    // should that ever change, equals none: see `equal`.
    let Ok(mut mac) = <M as KeyInit>::new_from_slice(key) else {
        return Vec::new();
    };
    for piece in pieces {
        mac.update(piece);
    }
    mac.finalize().into_bytes().to_vec()
}

/// Whether they are the same, in a time that depends on their lengths alone.
pub(super) fn equal(expected: &[u8], found: &[u8]) -> bool {
    !expected.is_empty() && bool::from(expected.ct_eq(found))
}

/// The bytes of a text.
pub(super) fn read(encoding: Encoding, text: &str) -> Option<Vec<u8>> {
    match encoding {
        Encoding::Text => Some(text.as_bytes().to_vec()),
        Encoding::Base64 => Base64::read(text).map(|bytes| bytes.to_vec()),
        Encoding::Hex => {
            let digits = text.as_bytes().chunks(2).map(|pair| match pair {
                [high, low] => Some(digit(*high)? << 4 | digit(*low)?),
                _ => None,
            });
            digits.collect()
        }
    }
}

fn digit(letter: u8) -> Option<u8> {
    char::from(letter).to_digit(16)?.try_into().ok()
}

/// The text of bytes.
pub(super) fn write(encoding: Encoding, bytes: &[u8]) -> String {
    match encoding {
        Encoding::Text => String::from_utf8_lossy(bytes).into_owned(),
        Encoding::Base64 => {
            let mut text = String::new();
            Base64::from(bytes.to_vec()).write(&mut text);
            text
        }
        Encoding::Hex => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
    }
}
