//! Why a request is not taken for the API's.

use std::fmt;

/// Why a request is not taken for the API's, or why that cannot be told. It never
/// shows a secret, nor the signature that would have been right.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignatureError {
    /// The verifier was given no secret, or an empty one.
    NoSecret,
    /// A secret is not written as the API writes them.
    MalformedSecret {
        /// Which one, counted from 0.
        index: usize,
    },
    /// What is signed has the URL in it, and [`Verifier::url`](super::Verifier::url)
    /// was not called.
    NoUrl,
    /// There is no clock on this platform: use
    /// [`Verifier::verify_at`](super::Verifier::verify_at).
    NoClock,
    /// The request has no such header.
    MissingHeader {
        /// The header.
        name: &'static str,
    },
    /// The header, or the property of the body, is not what the API sends.
    Malformed {
        /// The header, or the JSON pointer of the property.
        place: &'static str,
        /// What it lacks.
        wanted: &'static str,
    },
    /// No signature fits any of the secrets.
    NoMatch,
    /// The signature is right, and was made too long ago.
    TooOld {
        /// Seconds since.
        age: u64,
        /// How many are allowed.
        tolerance: u64,
    },
    /// The signature is right, and is of a time that is still to come.
    TooNew {
        /// Seconds until.
        ahead: u64,
        /// How many are allowed.
        tolerance: u64,
    },
}

impl fmt::Display for SignatureError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSecret => f.write_str("a webhook secret is missing or empty"),
            Self::MalformedSecret { index } => {
                write!(
                    f,
                    "webhook secret {index} is not written as the API writes them"
                )
            }
            Self::NoUrl => f.write_str("the URL is signed, too: give it to `Verifier::url`"),
            Self::NoClock => f.write_str("there is no clock here: use `Verifier::verify_at`"),
            Self::MissingHeader { name } => write!(f, "the header `{name}` is missing"),
            Self::Malformed { place, wanted } => write!(f, "`{place}` has no {wanted}"),
            Self::NoMatch => f.write_str("no signature fits the secret"),
            Self::TooOld { age, tolerance } => write!(
                f,
                "the signature was made {age} seconds ago; {tolerance} are allowed"
            ),
            Self::TooNew { ahead, tolerance } => write!(
                f,
                "the signature is of {ahead} seconds ahead; {tolerance} are allowed"
            ),
        }
    }
}

impl std::error::Error for SignatureError {}
