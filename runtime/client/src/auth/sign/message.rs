//! HTTP Message Signatures (RFC 9421) by HMAC-SHA256.

use super::Signer;
use crate::transport::{BoxFuture, Request};
use crate::{Error, Secret, clock};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use http::{HeaderMap, HeaderName, HeaderValue};
use sha2::{Digest, Sha256};
use std::fmt;
use std::future::ready;
use url::Url;

const DIGEST: HeaderName = HeaderName::from_static("content-digest");
const INPUT: HeaderName = HeaderName::from_static("signature-input");
const SIGNATURE: HeaderName = HeaderName::from_static("signature");

/// Signs requests by RFC 9421 with `hmac-sha256` (section 3.3.3): the headers
/// `Signature-Input` and `Signature`, and `Content-Digest` (RFC 9530) of a body.
///
/// Method, authority, path and query are signed, and type and digest of a body,
/// unless [`components`](Self::components) names others. A body that is a stream
/// cannot be signed.
///
/// ```
/// use pontoon_runtime::auth::sign::MessageSignature;
///
/// let signer = MessageSignature::hmac_sha256("key-1", b"secret");
/// assert_eq!(format!("{signer:?}"), r#"MessageSignature { key_id: "key-1" }"#);
/// ```
pub struct MessageSignature {
    key_id: String,
    secret: zeroize::Zeroizing<Vec<u8>>,
    label: String,
    components: Option<Vec<String>>,
    created: fn() -> Option<u64>,
}

impl MessageSignature {
    /// By the secret that the server knows under `key_id`.
    pub fn hmac_sha256(key_id: impl Into<String>, secret: impl AsRef<[u8]>) -> Self {
        Self {
            key_id: key_id.into(),
            secret: secret.as_ref().to_vec().into(),
            label: "sig1".to_owned(),
            components: None,
            created: clock::unix_now,
        }
    }

    /// The name of the signature, `sig1` by default.
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// What is signed, in this order: names of headers, and the derived components
    /// `@method`, `@target-uri`, `@authority`, `@scheme`, `@path`, `@query`. A
    /// header that a request lacks is an error.
    pub fn components<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        let names = names.into_iter().map(|name| name.into().to_lowercase());
        self.components = Some(names.collect());
        self
    }

    fn headers(&self, request: &Request) -> Result<HeaderMap, Error> {
        let mut added = HeaderMap::new();
        let Some(body) = request.body.as_bytes() else {
            return Err(Error::credential(
                "a body that is a stream cannot be signed: give its bytes",
            ));
        };
        let covers = |name: &str| {
            let components = self.components.as_ref();
            components.is_none_or(|all| all.iter().any(|one| one == name))
        };
        if !body.is_empty() && covers("content-digest") {
            let digest = format!("sha-256=:{}:", STANDARD.encode(Sha256::digest(body)));
            added.insert(DIGEST, value(&digest)?);
        }
        let names = match &self.components {
            Some(names) => names.iter().map(String::as_str).collect(),
            None => usual(request, &added),
        };
        let quoted: Vec<String> = names.iter().map(|name| format!("\"{name}\"")).collect();
        let mut parameters = format!("({})", quoted.join(" "));
        if let Some(created) = (self.created)() {
            parameters.push_str(&format!(";created={created}"));
        }
        parameters.push_str(&format!(";keyid={}", string(&self.key_id)?));
        let base = base(request, &added, &names, &parameters)?;
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.secret)
            .map_err(|_| Error::credential("the secret of the signature is not usable"))?;
        mac.update(base.expose().as_bytes());
        let signature = STANDARD.encode(mac.finalize().into_bytes());
        added.insert(INPUT, value(&format!("{}={parameters}", self.label))?);
        added.insert(SIGNATURE, value(&format!("{}=:{signature}:", self.label))?);
        Ok(added)
    }
}

fn usual<'a>(request: &Request, added: &HeaderMap) -> Vec<&'a str> {
    let mut names = vec!["@method", "@authority", "@path", "@query"];
    if request.headers.contains_key("content-type") {
        names.push("content-type");
    }
    if added.contains_key(DIGEST) {
        names.push("content-digest");
    }
    names
}

/// The signature base (section 2.5).
fn base(
    request: &Request,
    added: &HeaderMap,
    names: &[&str],
    parameters: &str,
) -> Result<Secret, Error> {
    let url = Url::parse(request.url.as_str())
        .map_err(|_| Error::credential("the URL cannot be signed"))?;
    let mut base = String::new();
    for name in names {
        let value = match *name {
            "@method" => request.method.as_str().to_owned(),
            "@target-uri" => url.as_str().to_owned(),
            // The URL has it in small letters, without a default port (2.2.3).
            "@authority" => url[url::Position::BeforeHost..url::Position::AfterPort].to_owned(),
            "@scheme" => url.scheme().to_owned(),
            "@path" => url.path().to_owned(),
            "@query" => format!("?{}", url.query().unwrap_or_default()),
            name => field(request, added, name)?,
        };
        base.push_str(&format!("\"{name}\": {value}\n"));
    }
    base.push_str("\"@signature-params\": ");
    base.push_str(parameters);
    Ok(Secret::new(base))
}

/// The lines of a header as one (section 2.1).
fn field(request: &Request, added: &HeaderMap, name: &str) -> Result<String, Error> {
    let source = match added.contains_key(name) {
        true => added,
        false => &request.headers,
    };
    let lines = source.get_all(name).iter();
    let lines: Result<Vec<&str>, _> = lines.map(|line| line.to_str().map(str::trim)).collect();
    match lines {
        Ok(lines) if !lines.is_empty() => Ok(lines.join(", ")),
        _ => Err(Error::credential(format!(
            "the request has no `{name}` to be signed"
        ))),
    }
}

/// A string of a structured field (RFC 8941, section 3.3.3).
fn string(text: &str) -> Result<String, Error> {
    if !text.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
        return Err(Error::credential(
            "the name of the key holds characters that a header cannot carry",
        ));
    }
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"");
    Ok(format!("\"{escaped}\""))
}

fn value(text: &str) -> Result<HeaderValue, Error> {
    HeaderValue::from_str(text)
        .map_err(|_| Error::credential("the signature cannot be carried by a header"))
}

impl Signer for MessageSignature {
    fn sign(&self, request: &Request) -> BoxFuture<Result<HeaderMap, Error>> {
        Box::pin(ready(self.headers(request)))
    }
}

impl fmt::Debug for MessageSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MessageSignature")
            .field("key_id", &self.key_id)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::{Address, Body};
    use http::Method;

    /// The request of RFC 9421, appendix B.2.
    fn request() -> Request {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("date", "Tue, 20 Apr 2021 02:07:55 GMT"),
            ("content-type", "application/json"),
        ] {
            headers.insert(name, HeaderValue::from_static(value));
        }
        Request {
            method: Method::POST,
            url: Address::new("https://Example.com/foo?param=Value&Pet=dog".into()),
            headers,
            body: Body::from(r#"{"hello": "world"}"#),
            timeout: None,
            streams: false,
        }
    }

    #[test]
    fn the_example_of_the_standard() {
        // Appendix B.1.5 and B.2.5.
        let secret = "uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ==";
        let secret = STANDARD.decode(secret).expect("base64");
        let mut signer = MessageSignature::hmac_sha256("test-shared-secret", secret)
            .label("sig-b25")
            .components(["date", "@authority", "Content-Type"]);
        signer.created = || Some(1_618_884_473);
        let added = signer.headers(&request()).expect("a signature");
        assert_eq!(
            added["signature-input"],
            "sig-b25=(\"date\" \"@authority\" \"content-type\");created=1618884473;\
             keyid=\"test-shared-secret\""
        );
        assert_eq!(
            added["signature"],
            "sig-b25=:pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=:"
        );
        assert!(!added.contains_key(DIGEST));
    }

    #[test]
    fn what_is_signed_by_default() {
        let mut signer = MessageSignature::hmac_sha256("a\"b", b"s");
        signer.created = || None;
        let added = signer.headers(&request()).expect("a signature");
        assert_eq!(
            added["signature-input"],
            r#"sig1=("@method" "@authority" "@path" "@query" "content-type" "content-digest");keyid="a\"b""#
        );
        // RFC 9530, appendix D: this body.
        assert_eq!(
            added["content-digest"],
            "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:"
        );
        let names = ["@path", "@query", "@scheme", "@method", "@target-uri"];
        let base = base(&request(), &added, &names, "()").expect("a base");
        assert_eq!(
            base.expose(),
            "\"@path\": /foo\n\"@query\": ?param=Value&Pet=dog\n\"@scheme\": https\n\
             \"@method\": POST\n\"@target-uri\": https://example.com/foo?param=Value&Pet=dog\n\
             \"@signature-params\": ()"
        );
        let other = MessageSignature::hmac_sha256("k", b"s").components(["x-none"]);
        let error = other.headers(&request()).expect_err("no such header");
        assert!(error.to_string().contains("no `x-none` to be signed"));
    }
}
