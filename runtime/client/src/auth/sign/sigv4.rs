//! AWS Signature Version 4, by the `aws-sigv4` crate.

use super::Signer;
use crate::transport::{BoxFuture, Request};
use crate::{Error, Secret, clock};
use aws_credential_types::Credentials;
use aws_sigv4::http_request::{
    PayloadChecksumKind, SignableBody, SignableRequest, SigningSettings, sign,
};
use aws_sigv4::sign::v4;
use http::{HeaderMap, HeaderName, HeaderValue};
use std::fmt;
use std::future::ready;
use std::time::{Duration, UNIX_EPOCH};

/// Signs requests by AWS Signature Version 4.
///
/// A body that is a stream goes unsigned (`UNSIGNED-PAYLOAD`), which few services
/// take. Credentials that change need a [`Signer`] of one's own around this one.
pub struct SigV4 {
    credentials: Credentials,
    region: String,
    service: String,
    now: fn() -> Option<u64>,
}

impl SigV4 {
    /// By an access key, for one service in one region.
    pub fn new(
        access_key_id: impl Into<String>,
        secret_access_key: impl Into<Secret>,
        region: impl Into<String>,
        service: impl Into<String>,
    ) -> Self {
        let secret = secret_access_key.into();
        let key = access_key_id.into();
        Self {
            credentials: Credentials::new(key, secret.expose(), None, None, "pontoon"),
            region: region.into(),
            service: service.into(),
            now: clock::unix_now,
        }
    }

    /// The token of temporary credentials.
    pub fn session_token(mut self, token: impl Into<Secret>) -> Self {
        let token = token.into().expose().to_owned();
        self.credentials = Credentials::new(
            self.credentials.access_key_id(),
            self.credentials.secret_access_key(),
            Some(token),
            None,
            "pontoon",
        );
        self
    }

    fn headers(&self, request: &Request) -> Result<HeaderMap, Error> {
        let refused = |error: &dyn fmt::Display| {
            Error::credential(format!("the request cannot be signed: {error}"))
        };
        let identity = self.credentials.clone().into();
        let now = (self.now)().ok_or_else(|| refused(&"there is no clock"))?;
        let mut settings = SigningSettings::default();
        settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region(&self.region)
            .name(&self.service)
            .time(UNIX_EPOCH + Duration::from_secs(now))
            .settings(settings)
            .build()
            .map_err(|error| refused(&error))?
            .into();
        let text = |pair: (&HeaderName, &HeaderValue)| {
            let value = pair.1.to_str().ok()?;
            Some((pair.0.as_str().to_owned(), value.to_owned()))
        };
        let headers: Vec<(String, String)> = request.headers.iter().filter_map(text).collect();
        let headers = headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()));
        let body = match request.body.as_bytes() {
            Some(bytes) => SignableBody::Bytes(bytes),
            None => SignableBody::UnsignedPayload,
        };
        let url = request.url.as_str();
        let signable = SignableRequest::new(request.method.as_str(), url, headers, body)
            .map_err(|error| refused(&error))?;
        let signed = sign(signable, &parameters).map_err(|error| refused(&error))?;
        let (instructions, _) = signed.into_parts();
        let mut added = HeaderMap::new();
        for (name, value) in instructions.headers() {
            let name = HeaderName::from_bytes(name.as_bytes()).map_err(|error| refused(&error))?;
            let value = HeaderValue::from_str(value).map_err(|error| refused(&error))?;
            added.insert(name, value);
        }
        Ok(added)
    }
}

impl Signer for SigV4 {
    fn sign(&self, request: &Request) -> BoxFuture<Result<HeaderMap, Error>> {
        Box::pin(ready(self.headers(request)))
    }
}

impl fmt::Debug for SigV4 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigV4")
            .field("region", &self.region)
            .field("service", &self.service)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::{Address, Body};
    use http::Method;

    #[test]
    fn a_published_example() {
        // "GET Bucket Lifecycle" of the S3 documentation, "Signature Calculations for
        // the Authorization Header: Transferring Payload in a Single Chunk".
        let mut signer = SigV4::new(
            "AKIAIOSFODNN7EXAMPLE",
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            "us-east-1",
            "s3",
        );
        // 2013-05-24T00:00:00Z
        signer.now = || Some(1_369_353_600);
        let request = Request {
            method: Method::GET,
            url: Address::new("https://examplebucket.s3.amazonaws.com/?lifecycle".into()),
            headers: HeaderMap::new(),
            body: Body::empty(),
            timeout: None,
            streams: false,
        };
        let added = signer.headers(&request).expect("a signature");
        assert_eq!(
            added["authorization"],
            "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, \
             SignedHeaders=host;x-amz-content-sha256;x-amz-date, \
             Signature=fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"
        );
        assert!(!format!("{signer:?}").contains("EXAMPLE"));
    }
}
