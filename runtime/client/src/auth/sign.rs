//! Signatures of requests.

#[cfg(feature = "request-signatures")]
mod message;
#[cfg(feature = "sigv4")]
mod sigv4;

#[cfg(feature = "request-signatures")]
pub use message::MessageSignature;
#[cfg(feature = "sigv4")]
pub use sigv4::SigV4;

use crate::Error;
use crate::transport::{BoxFuture, Request};
use http::HeaderMap;

/// Signs the requests of a client, every attempt anew:
/// [`ClientBuilder::signer`](crate::ClientBuilder::signer).
///
/// It sees a request that lacks nothing else: method, URL, headers, credentials
/// included, and the bytes of the body where they are in memory
/// ([`Body::as_bytes`](crate::transport::Body::as_bytes)). Hooks come after it: one
/// that changes a request breaks its signature.
///
/// ```
/// use http::{HeaderMap, HeaderValue};
/// use pontoon_runtime::Error;
/// use pontoon_runtime::auth::sign::Signer;
/// use pontoon_runtime::transport::{BoxFuture, Request};
///
/// struct Length;
///
/// impl Signer for Length {
///     fn sign(&self, request: &Request) -> BoxFuture<Result<HeaderMap, Error>> {
///         let length = request.body.as_bytes().map_or(0, |bytes| bytes.len());
///         let mut headers = HeaderMap::new();
///         headers.insert("x-length", HeaderValue::from(length));
///         Box::pin(async { Ok(headers) })
///     }
/// }
/// ```
pub trait Signer: Send + Sync + 'static {
    /// The headers that the signature adds, in place of those of the same names.
    /// Errors are made by [`Error::credential`].
    fn sign(&self, request: &Request) -> BoxFuture<Result<HeaderMap, Error>>;
}

/// Puts the signature on a request.
pub(crate) async fn put(signer: &dyn Signer, request: &mut Request) -> Result<(), Error> {
    let added = signer.sign(request).await?;
    for (name, value) in &added {
        let mut value = value.clone();
        value.set_sensitive(true);
        request.headers.insert(name, value);
    }
    Ok(())
}
