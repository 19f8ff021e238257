//! How the vendor signs what it sends.

use super::EventPlace;

/// The `SIGNATURE` of the crate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// Variant of the runtime's `Algorithm`.
    pub algorithm: &'static str,
    /// The header.
    pub header: String,
    /// How the header is read.
    pub layout: SignatureLayout,
    /// Variant of the runtime's `Encoding`: of a signature.
    pub encoding: &'static str,
    /// What is signed.
    pub signed: Vec<SignedPiece>,
    /// Where the time of sending stands.
    pub timestamp: Option<SignatureMoment>,
    /// Variant of the runtime's `Unit`: of that time.
    pub unit: &'static str,
    /// The header of the message's id.
    pub id: Option<String>,
    /// Variant of the runtime's `Encoding`: of a secret.
    pub secret: &'static str,
    /// What stands before a secret.
    pub secret_prefix: String,
    /// Seconds that the time of sending may be off.
    pub tolerance: u32,
}

/// How a header of signatures is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignatureLayout {
    /// One signature behind a text.
    Value {
        /// The text.
        prefix: String,
    },
    /// Items with keys.
    Items {
        /// Between two items.
        between: char,
        /// Between a key and its value.
        equals: char,
        /// The key of a signature.
        key: String,
    },
}

/// A piece of what is signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignedPiece {
    /// A fixed text.
    Text(String),
    /// The body.
    Body,
    /// The time of sending.
    Timestamp,
    /// The message's id.
    Id,
    /// The receiver's URL.
    Url,
    /// The method.
    Method,
}

/// Where the time of sending stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignatureMoment {
    /// In the signature's header, by its key.
    Item(String),
    /// Elsewhere in the request.
    At(EventPlace),
}
