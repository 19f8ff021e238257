//! Bytes in base64 (RFC 4648).

use crate::model::{Format, reflect_format};
use base64::Engine as _;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use bytes::Bytes;
use std::fmt;
use std::ops::Deref;

/// Padding is written, and not asked for.
const PADDED: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
const ENGINE: GeneralPurpose = GeneralPurpose::new(&STANDARD, PADDED);
const URL_ENGINE: GeneralPurpose =
    GeneralPurpose::new(&URL_SAFE, PADDED.with_encode_padding(false));

macro_rules! encoded {
    ($(#[$docs:meta])* $name:ident, $engine:ident) => {
        $(#[$docs])*
        ///
        /// It is read with either alphabet (RFC 4648, sections 4 and 5), with
        /// padding or without, and with white space in it.
        #[derive(Clone, PartialEq, Eq, Hash, Default)]
        pub struct $name(pub Bytes);

        reflect_format!($name);

        impl Format for $name {
            const EXPECTED: &'static str = "base64 (RFC 4648)";
            const SHOWN: bool = false;
            fn blank() -> Self {
                Self::default()
            }
            fn read(text: &str) -> Option<Self> {
                read(text).map(Self)
            }
            fn write(&self, out: &mut String) {
                $engine.encode_string(&self.0, out);
            }
            fn same(&self, other: &Self) -> bool {
                self == other
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "[{} bytes]", self.0.len())
            }
        }

        impl Deref for $name {
            type Target = [u8];
            fn deref(&self) -> &[u8] {
                &self.0
            }
        }

        impl AsRef<[u8]> for $name {
            fn as_ref(&self) -> &[u8] {
                &self.0
            }
        }

        impl From<Vec<u8>> for $name {
            fn from(bytes: Vec<u8>) -> Self {
                Self(bytes.into())
            }
        }

        impl From<&[u8]> for $name {
            fn from(bytes: &[u8]) -> Self {
                Self(Bytes::copy_from_slice(bytes))
            }
        }

        impl From<Bytes> for $name {
            fn from(bytes: Bytes) -> Self {
                Self(bytes)
            }
        }
    };
}

encoded! {
    /// Bytes that are sent as base64 (`format: byte`, `contentEncoding: base64`).
    Base64, ENGINE
}
encoded! {
    /// Bytes that are sent as base64 with the alphabet for URLs, without padding
    /// (`format: base64url`).
    Base64Url, URL_ENGINE
}

fn read(text: &str) -> Option<Bytes> {
    if let Ok(bytes) = ENGINE.decode(text) {
        return Some(bytes.into());
    }
    let plain: String = text
        .chars()
        .filter(|letter| !letter.is_ascii_whitespace())
        .map(|letter| match letter {
            '-' => '+',
            '_' => '/',
            letter => letter,
        })
        .collect();
    ENGINE.decode(plain).ok().map(Bytes::from)
}
