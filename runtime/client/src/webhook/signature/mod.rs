//! Signatures of webhooks: how an API signs what it sends, as data, and the check.
//!
//! Keyed hashes (HMAC, RFC 2104) and shared tokens are checked. Signatures by a
//! private key (Ed25519, RSA, ECDSA, JWS) are not: where an API sends both kinds in
//! one header, those are passed over.

mod error;
mod mac;
mod moment;
#[cfg(test)]
mod tests;
mod verifier;

pub use error::SignatureError;
pub use verifier::{Verified, Verifier};

use super::Place;

/// How an API signs the requests that it sends. Built as a `static` by generated
/// code, or by hand:
///
/// ```
/// use pontoon_runtime::webhook::{Layout, Moment, Signature, Signed};
///
/// static SIGNATURE: Signature = Signature {
///     header: "acme-signature",
///     layout: Layout::Items { between: ',', equals: '=', key: "v1" },
///     timestamp: Some(Moment::Item("t")),
///     signed: &[Signed::Timestamp, Signed::Text("."), Signed::Body],
///     ..Signature::BLANK
/// };
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Signature {
    /// What the signature is.
    pub algorithm: Algorithm,
    /// The header that holds it. A request may have several of them.
    pub header: &'static str,
    /// How the header is read.
    pub layout: Layout,
    /// How a signature is written as text. Hex is read in either case, base64 in
    /// either alphabet and with or without padding.
    pub encoding: Encoding,
    /// What is signed: these pieces in a row.
    pub signed: &'static [Signed],
    /// Where the time of sending stands, where there is one.
    pub timestamp: Option<Moment>,
    /// How that time is written.
    pub unit: Unit,
    /// The header of the message's id, where there is one.
    pub id: Option<&'static str>,
    /// How the key is written that the API gives out.
    pub secret: Encoding,
    /// What stands before the key and is no part of it. It may be missing.
    pub secret_prefix: &'static str,
    /// How many seconds the time of sending may lie behind or ahead of the clock.
    pub tolerance: u64,
}

impl Signature {
    /// HMAC-SHA-256 of the body in hex, with 300 seconds of tolerance should there
    /// be a timestamp; for the rest of a literal.
    pub const BLANK: Self = Self {
        algorithm: Algorithm::HmacSha256,
        header: "",
        layout: Layout::Value { prefix: "" },
        encoding: Encoding::Hex,
        signed: &[Signed::Body],
        timestamp: None,
        unit: Unit::Seconds,
        id: None,
        secret: Encoding::Text,
        secret_prefix: "",
        tolerance: 300,
    };

    /// Symmetric signatures of Standard Webhooks
    /// (<https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>).
    pub const STANDARD: Self = Self {
        header: "webhook-signature",
        layout: Layout::Items {
            between: ' ',
            equals: ',',
            key: "v1",
        },
        encoding: Encoding::Base64,
        signed: &[
            Signed::Id,
            Signed::Text("."),
            Signed::Timestamp,
            Signed::Text("."),
            Signed::Body,
        ],
        timestamp: Some(Moment::At(Place::Header("webhook-timestamp"))),
        id: Some("webhook-id"),
        secret: Encoding::Base64,
        secret_prefix: "whsec_",
        ..Self::BLANK
    };
}

/// What a signature is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Algorithm {
    /// HMAC with SHA-256.
    HmacSha256,
    /// HMAC with SHA-1.
    HmacSha1,
    /// HMAC with SHA-512.
    HmacSha512,
    /// The secret itself; nothing is signed.
    Token,
}

/// How the header of a signature is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Layout {
    /// One signature behind a fixed text, such as `sha256=`; empty as a rule.
    Value {
        /// The text.
        prefix: &'static str,
    },
    /// Items with a key each, such as `t=1,v1=ab,v1=cd`: several signatures are
    /// sent while a secret is changed. Items of other keys are passed over.
    Items {
        /// What stands between two items. White space around items is no part of
        /// them.
        between: char,
        /// What ends a key.
        equals: char,
        /// The key of a signature.
        key: &'static str,
    },
}

/// How bytes are written as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Encoding {
    /// Two hexadecimal digits for each byte.
    Hex,
    /// Base64 (RFC 4648).
    Base64,
    /// As they are.
    Text,
}

/// A piece of what is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Signed {
    /// A fixed text.
    Text(&'static str),
    /// The raw body.
    Body,
    /// The time of sending, as it was sent.
    Timestamp,
    /// The message's id.
    Id,
    /// The URL that the request was sent to, as the API knows it; see
    /// [`Verifier::url`].
    Url,
    /// The method, in capitals; see [`Verifier::method`].
    Method,
}

/// Where the time of sending stands.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Moment {
    /// In the signature's header, as the item of this key ([`Layout::Items`]).
    Item(&'static str),
    /// In a header of its own, or in the JSON body.
    At(Place),
}

/// How the time of sending is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unit {
    /// Seconds since 1970-01-01T00:00:00Z.
    Seconds,
    /// Milliseconds since then.
    Milliseconds,
    /// A date-time (RFC 3339).
    Rfc3339,
}
