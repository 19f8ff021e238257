//! Content codings (RFC 9110, section 8.4): bodies that travel compressed.
//!
//! One implementation below the pipeline serves all transports. What is compiled
//! in (features `gzip`, `brotli`, `zstd`) is asked for and read; limits count
//! bytes after decoding, so an answer that swells ends at its limit.

#[cfg(feature = "brotli")]
mod brotli;
mod decode;
mod encode;
#[cfg(feature = "gzip")]
mod gzip;
#[cfg(test)]
#[cfg_attr(
    not(all(feature = "gzip", feature = "brotli", feature = "zstd")),
    allow(dead_code, unused_imports, reason = "each coding uses a part of them")
)]
mod tests;
#[cfg(feature = "zstd")]
mod zstd;

pub use encode::Compression;

pub(crate) use encode::encode;

use crate::Error;
use crate::transport::{Body, Response};
use decode::Decoded;
use http::StatusCode;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, HeaderMap, HeaderValue};

/// How many codings may be applied one after another; servers use one.
const DEEPEST: usize = 4;

/// A coding that is compiled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Coding {
    /// RFC 1952.
    #[cfg(feature = "gzip")]
    Gzip,
    /// RFC 7932.
    #[cfg(feature = "brotli")]
    Brotli,
    /// RFC 8878.
    #[cfg(feature = "zstd")]
    Zstd,
}

impl Coding {
    /// The coding of that name (RFC 9110, section 8.4.1).
    fn named(name: &str) -> Option<Self> {
        match name {
            #[cfg(feature = "gzip")]
            _ if name.eq_ignore_ascii_case("gzip") || name.eq_ignore_ascii_case("x-gzip") => {
                Some(Self::Gzip)
            }
            #[cfg(feature = "brotli")]
            _ if name.eq_ignore_ascii_case("br") => Some(Self::Brotli),
            #[cfg(feature = "zstd")]
            _ if name.eq_ignore_ascii_case("zstd") => Some(Self::Zstd),
            _ => None,
        }
    }

    /// Its name in headers.
    pub(crate) fn name(self) -> &'static str {
        match self {
            #[cfg(feature = "gzip")]
            Self::Gzip => "gzip",
            #[cfg(feature = "brotli")]
            Self::Brotli => "br",
            #[cfg(feature = "zstd")]
            Self::Zstd => "zstd",
        }
    }
}

/// What to send as `Accept-Encoding`: the codings that are compiled in.
pub(crate) fn accepted() -> Option<HeaderValue> {
    let names = match (
        cfg!(feature = "gzip"),
        cfg!(feature = "brotli"),
        cfg!(feature = "zstd"),
    ) {
        (false, false, false) => return None,
        (true, false, false) => "gzip",
        (false, true, false) => "br",
        (false, false, true) => "zstd",
        (true, true, false) => "gzip, br",
        (true, false, true) => "gzip, zstd",
        (false, true, true) => "br, zstd",
        (true, true, true) => "gzip, br, zstd",
    };
    Some(HeaderValue::from_static(names))
}

/// Decodes the body of an answer while it is read. `Content-Encoding` and
/// `Content-Length`, which are about the body as it travelled, are then gone. A
/// body in a coding that is not compiled in, or that is a part of a whole
/// (status 206), is left as it is.
pub(crate) fn decode(answer: &mut Response) {
    if answer.status == StatusCode::PARTIAL_CONTENT {
        return;
    }
    let Some(codings) = known(&answer.headers) else {
        return;
    };
    answer.headers.remove(CONTENT_ENCODING);
    answer.headers.remove(CONTENT_LENGTH);
    // The last one applied is the first to be taken off.
    for coding in codings.into_iter().rev() {
        let body = std::mem::replace(&mut answer.body, Body::empty());
        answer.body = Body::stream(Decoded::new(body, coding));
    }
}

/// The codings of a body in the order in which they were applied, where there are
/// some and all of them are compiled in.
fn known(headers: &HeaderMap) -> Option<Vec<Coding>> {
    let mut codings = Vec::new();
    for name in names(headers) {
        codings.push(Coding::named(name)?);
    }
    (1..=DEEPEST).contains(&codings.len()).then_some(codings)
}

/// What `Content-Encoding` names, `identity` left out.
fn names(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    let values = headers.get_all(CONTENT_ENCODING).into_iter();
    let names = values.flat_map(|value| value.to_str().unwrap_or("?").split(','));
    names
        .map(str::trim)
        .filter(|name| !name.is_empty() && !name.eq_ignore_ascii_case("identity"))
}

/// An error where a body is still in a coding.
pub(crate) fn check_plain(headers: &HeaderMap) -> Result<(), Error> {
    let Some(name) = names(headers).next() else {
        return Ok(());
    };
    let remedy = match name.to_ascii_lowercase().as_str() {
        "gzip" | "x-gzip" if cfg!(not(feature = "gzip")) => "the feature `gzip` reads it",
        "br" if cfg!(not(feature = "brotli")) => "the feature `brotli` reads it",
        "zstd" if cfg!(not(feature = "zstd")) => "the feature `zstd` reads it",
        _ => "it cannot be read as a value; `download()` gives the bytes",
    };
    Err(Error::decode(format!(
        "the body is compressed (Content-Encoding: {name}): {remedy}"
    )))
}
