//! The check of a request that was received.

use super::{Algorithm, Encoding, Layout, Moment, Signature, SignatureError, Signed, mac, moment};
use crate::Secret;
use crate::webhook::{Place, values};
use http::{HeaderMap, HeaderName, HeaderValue};
use std::fmt;
use zeroize::Zeroizing;

/// Checks that requests come from the API, by the secrets that it gave out.
///
/// ```
/// use pontoon_runtime::webhook::{HeaderMap, Signature, SignatureError, Verifier};
///
/// # fn main() -> Result<(), SignatureError> {
/// // The new secret and, while it is changed, the old one.
/// let secrets = ["whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD", "whsec_b2xkIHNlY3JldA=="];
/// let verifier = Verifier::new(&Signature::STANDARD, secrets)?;
///
/// let body = br#"{"type": "order.paid"}"#;
/// let mut headers: HeaderMap = verifier.sign("msg_1", 1_674_087_231, body)?; // what is received
/// assert!(verifier.verify_at(&headers, body, 1_674_087_300).is_ok());
/// assert_eq!(
///     verifier.verify_at(&headers, b"{}", 1_674_087_300),
///     Err(SignatureError::NoMatch)
/// );
/// headers.remove("webhook-signature");
/// let error = verifier.verify(&headers, body).unwrap_err();
/// assert_eq!(error.to_string(), "the header `webhook-signature` is missing");
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Verifier {
    signature: &'static Signature,
    keys: Vec<Zeroizing<Vec<u8>>>,
    tolerance: u64,
    url: Option<String>,
    method: String,
}

/// What a checked request says of itself, signed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Verified {
    /// Which of the secrets it was signed with, counted from 0.
    pub secret: usize,
    /// When it was sent, in seconds since 1970-01-01T00:00:00Z, where the API says.
    pub timestamp: Option<i64>,
    /// The message's id, where the API gives one: the same for every attempt to
    /// deliver it, so that one that comes twice can be told.
    pub id: Option<String>,
}

/// The headers of a request that matter.
struct Found<'a> {
    timestamp: Option<String>,
    id: Option<&'a str>,
    signatures: Vec<&'a str>,
}

impl Verifier {
    /// A verifier for requests that are signed with any of `secrets`: more than one
    /// while a secret is changed.
    ///
    /// # Errors
    /// There is no secret, one is empty, or one is not written as the API writes
    /// them.
    pub fn new(
        signature: &'static Signature,
        secrets: impl IntoIterator<Item = impl Into<Secret>>,
    ) -> Result<Self, SignatureError> {
        let keys = secrets.into_iter().enumerate();
        let keys = keys
            .map(|(index, secret)| key(signature, index, &secret.into()))
            .collect::<Result<Vec<_>, _>>()?;
        if keys.is_empty() {
            return Err(SignatureError::NoSecret);
        }
        Ok(Self {
            signature,
            keys,
            tolerance: signature.tolerance,
            url: None,
            method: "POST".to_owned(),
        })
    }

    /// How many seconds the time of sending may lie behind or ahead of the clock, in
    /// place of what the API says; 300 as a rule. Where requests have no such time,
    /// it means nothing.
    pub fn tolerance(mut self, seconds: u64) -> Self {
        self.tolerance = seconds;
        self
    }

    /// The URL that the API sends to, as it knows it (a proxy may have changed what
    /// the server sees), for APIs that sign it, too.
    pub fn url(mut self, url: impl Into<String>) -> Self {
        self.url = Some(url.into());
        self
    }

    /// The method of the requests, `POST` unless it is set, for APIs that sign it.
    pub fn method(mut self, method: impl Into<String>) -> Self {
        self.method = method.into().to_ascii_uppercase();
        self
    }

    /// Checks a request by the clock of the system. `body` must be the bytes as they
    /// came.
    ///
    /// # Errors
    /// It is not proved to come from the API, or is too old.
    pub fn verify(&self, headers: &HeaderMap, body: &[u8]) -> Result<Verified, SignatureError> {
        self.check(headers, body, now())
    }

    /// The same at a time of the caller's, in seconds since 1970-01-01T00:00:00Z.
    ///
    /// # Errors
    /// It is not proved to come from the API, or is too old.
    pub fn verify_at(
        &self,
        headers: &HeaderMap,
        body: &[u8],
        now: i64,
    ) -> Result<Verified, SignatureError> {
        self.check(headers, body, Some(now))
    }

    fn check(
        &self,
        headers: &HeaderMap,
        body: &[u8],
        now: Option<i64>,
    ) -> Result<Verified, SignatureError> {
        let found = self.found(headers, body)?;
        let timestamp = found.timestamp.as_deref();
        let pieces = self.pieces(found.id, timestamp, body)?;
        let signatures = found.signatures.iter();
        // What is not of the encoding fits no secret.
        let signatures: Vec<Vec<u8>> = signatures
            .filter_map(|text| mac::read(self.encoding(), text))
            .collect();
        let mut matched = None;
        for (index, key) in self.keys.iter().enumerate() {
            let expected = mac::sign(self.signature.algorithm, key, &pieces);
            let fits = |signature: &Vec<u8>| mac::equal(&expected, signature);
            if matched.is_none() && signatures.iter().any(fits) {
                matched = Some(index);
            }
        }
        let secret = matched.ok_or(SignatureError::NoMatch)?;
        let timestamp = self.timely(timestamp, now)?;
        Ok(Verified {
            secret,
            timestamp,
            id: found.id.map(str::to_owned),
        })
    }

    /// The time of sending, which must be near the clock's.
    fn timely(&self, text: Option<&str>, now: Option<i64>) -> Result<Option<i64>, SignatureError> {
        let Some(text) = text else {
            return Ok(None);
        };
        let wanted = "time of sending";
        let sent = moment::seconds(self.signature.unit, text);
        let sent = sent.ok_or_else(|| self.malformed_moment(wanted))?;
        let now = now.ok_or(SignatureError::NoClock)?;
        let tolerance = self.tolerance;
        let distance = now.abs_diff(sent);
        match (distance > tolerance, sent < now) {
            (false, _) => Ok(Some(sent)),
            (true, true) => Err(SignatureError::TooOld {
                age: distance,
                tolerance,
            }),
            (true, false) => Err(SignatureError::TooNew {
                ahead: distance,
                tolerance,
            }),
        }
    }

    fn malformed_moment(&self, wanted: &'static str) -> SignatureError {
        let place = match self.signature.timestamp {
            Some(Moment::At(Place::Header(place) | Place::Property(place))) => place,
            _ => self.signature.header,
        };
        SignatureError::Malformed { place, wanted }
    }

    fn found<'a>(&self, headers: &'a HeaderMap, body: &[u8]) -> Result<Found<'a>, SignatureError> {
        let signature = self.signature;
        let header = signature.header;
        let malformed = |wanted| SignatureError::Malformed {
            place: header,
            wanted,
        };
        let lines = headers.get_all(header).into_iter();
        let lines = lines
            .map(HeaderValue::to_str)
            .collect::<Result<Vec<_>, _>>();
        let lines = lines.map_err(|_| malformed("text"))?;
        if lines.is_empty() {
            return Err(SignatureError::MissingHeader { name: header });
        }
        let items = |key: &'static str| {
            let lines = lines.iter();
            lines.flat_map(move |line| with_key(signature.layout, line, key))
        };
        let signatures: Vec<&str> = match signature.layout {
            Layout::Value { prefix } => {
                let lines = lines.iter();
                lines
                    .filter_map(|line| line.trim().strip_prefix(prefix))
                    .collect()
            }
            Layout::Items { key, .. } => items(key).collect(),
        };
        if signatures.is_empty() {
            return Err(malformed("signature of a known kind"));
        }
        let timestamp = match &signature.timestamp {
            None => None,
            Some(Moment::Item(key)) => {
                let found = items(key).next();
                Some(found.ok_or(malformed("time of sending"))?.to_owned())
            }
            Some(Moment::At(Place::Header(name))) => Some(text(headers, name)?.to_owned()),
            Some(Moment::At(place)) => {
                let found = values(std::slice::from_ref(place), headers, body).pop();
                let found = found.flatten();
                Some(found.ok_or_else(|| self.malformed_moment("time of sending"))?)
            }
        };
        let id = signature.id.map(|name| text(headers, name)).transpose()?;
        Ok(Found {
            timestamp,
            id,
            signatures,
        })
    }

    /// What is signed.
    fn pieces<'a>(
        &'a self,
        id: Option<&'a str>,
        timestamp: Option<&'a str>,
        body: &'a [u8],
    ) -> Result<Vec<&'a [u8]>, SignatureError> {
        let pieces = self.signature.signed.iter().map(|piece| {
            Ok(match piece {
                Signed::Text(text) => text.as_bytes(),
                Signed::Body => body,
                Signed::Timestamp => timestamp.unwrap_or_default().as_bytes(),
                Signed::Id => id.unwrap_or_default().as_bytes(),
                Signed::Url => self.url.as_ref().ok_or(SignatureError::NoUrl)?.as_bytes(),
                Signed::Method => self.method.as_bytes(),
            })
        });
        pieces.collect()
    }

    fn encoding(&self) -> Encoding {
        match self.signature.algorithm {
            Algorithm::Token => Encoding::Text,
            _ => self.signature.encoding,
        }
    }

    /// The headers that the API would send with `body`: to test a receiver with.
    /// Every secret signs where the API sends several signatures, else the first.
    /// `timestamp` is in seconds since 1970-01-01T00:00:00Z; where it stands in the
    /// body, that is up to the caller.
    ///
    /// # Errors
    /// The URL is signed and was not given, or `id` cannot stand in a header.
    pub fn sign(&self, id: &str, timestamp: i64, body: &[u8]) -> Result<HeaderMap, SignatureError> {
        let signature = self.signature;
        let time = moment::text(signature.unit, timestamp);
        let pieces = self.pieces(Some(id), Some(&time), body)?;
        let texts = self.keys.iter().map(|key| {
            let bytes = mac::sign(signature.algorithm, key, &pieces);
            mac::write(self.encoding(), &bytes)
        });
        let line = match signature.layout {
            Layout::Value { prefix } => {
                texts.take(1).map(|text| [prefix, &text].concat()).collect()
            }
            Layout::Items {
                between,
                equals,
                key,
            } => {
                let time = match signature.timestamp {
                    Some(Moment::Item(key)) => Some(format!("{key}{equals}{time}")),
                    _ => None,
                };
                let items = texts.map(|text| format!("{key}{equals}{text}"));
                let items: Vec<String> = time.into_iter().chain(items).collect();
                items.join(&between.to_string())
            }
        };
        let mut headers = HeaderMap::new();
        put(&mut headers, signature.header, &line)?;
        if let Some(Moment::At(Place::Header(name))) = signature.timestamp {
            put(&mut headers, name, &time)?;
        }
        if let Some(name) = signature.id {
            put(&mut headers, name, id)?;
        }
        Ok(headers)
    }
}

/// The values of the items of that key.
fn with_key<'a>(
    layout: Layout,
    line: &'a str,
    key: &'static str,
) -> impl Iterator<Item = &'a str> + use<'a> {
    let (between, equals) = match layout {
        Layout::Items {
            between, equals, ..
        } => (between, equals),
        Layout::Value { .. } => (',', '='),
    };
    line.split(between).filter_map(move |item| {
        let (name, value) = item.trim().split_once(equals)?;
        (name.trim() == key).then(|| value.trim())
    })
}

fn text<'a>(headers: &'a HeaderMap, name: &'static str) -> Result<&'a str, SignatureError> {
    let value = headers.get(name);
    let value = value.ok_or(SignatureError::MissingHeader { name })?;
    value.to_str().map_err(|_| SignatureError::Malformed {
        place: name,
        wanted: "text",
    })
}

fn put(headers: &mut HeaderMap, name: &'static str, value: &str) -> Result<(), SignatureError> {
    let malformed = |wanted| SignatureError::Malformed {
        place: name,
        wanted,
    };
    let known = HeaderName::from_bytes(name.as_bytes()).map_err(|_| malformed("header name"))?;
    let value = HeaderValue::from_str(value).map_err(|_| malformed("header value"))?;
    headers.insert(known, value);
    Ok(())
}

/// The bytes of a secret.
fn key(
    signature: &Signature,
    index: usize,
    secret: &Secret,
) -> Result<Zeroizing<Vec<u8>>, SignatureError> {
    let text = secret.expose().trim();
    let text = text.strip_prefix(signature.secret_prefix).unwrap_or(text);
    let key = mac::read(signature.secret, text).map(Zeroizing::new);
    let key = key.ok_or(SignatureError::MalformedSecret { index })?;
    match key.is_empty() {
        true => Err(SignatureError::NoSecret),
        false => Ok(key),
    }
}

fn now() -> Option<i64> {
    i64::try_from(crate::clock::unix_now()?).ok()
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifier")
            .field("signature", &self.signature)
            .field("secrets", &self.keys.len())
            .field("tolerance", &self.tolerance)
            .finish_non_exhaustive()
    }
}
