//! Redirects, so followed that no credential reaches another host.
//!
//! To the same origin (scheme, host and port) a request goes on whole, up to
//! [`MAX_HOPS`] times. To another origin only GET and HEAD go on, and they carry
//! nothing but `Accept` and `User-Agent`: neither credentials, headers of the
//! caller, nor a body. Once a call has left its origin, that stays so.

use crate::Error;
use crate::transport::{Address, Request, Response};
use http::header::{ACCEPT, CONTENT_TYPE, LOCATION, USER_AGENT};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use url::Url;

const MAX_HOPS: u32 = 10;

/// Where an answer sends the client, if it does.
pub(super) fn location(answer: &Response) -> Option<&HeaderValue> {
    let follows = matches!(answer.status.as_u16(), 301 | 302 | 303 | 307 | 308);
    follows.then(|| answer.headers.get(LOCATION))?
}

/// The redirects of a call so far.
#[derive(Default)]
pub(super) struct Trail {
    hops: u32,
    left_origin: bool,
    became_get: bool,
    /// Whether the next request goes to another host than the call.
    elsewhere: bool,
}

impl Trail {
    /// Whether requests still carry the call's body.
    pub(super) fn keeps_body(&self) -> bool {
        !self.became_get && !self.left_origin
    }

    /// Whether requests still carry credentials.
    pub(super) fn keeps_credentials(&self) -> bool {
        !self.left_origin
    }

    /// Whether there was one.
    pub(super) fn is_redirected(&self) -> bool {
        self.hops > 0
    }

    /// Whether the next request goes to another host than the call.
    pub(super) fn is_elsewhere(&self) -> bool {
        self.elsewhere
    }

    /// The request to send next, without its body and credentials. `original` makes the call's
    /// request again.
    #[cold]
    pub(super) fn follow(
        &mut self,
        from: &Address,
        status: StatusCode,
        location: &HeaderValue,
        original: impl FnOnce() -> Result<Box<Request>, Error>,
    ) -> Result<Box<Request>, Error> {
        self.hops += 1;
        if self.hops > MAX_HOPS {
            return Err(Error::redirect(format!("more than {MAX_HOPS} redirects")));
        }
        let invalid = || Error::redirect("the Location of a redirect is not a URL");
        let from = Url::parse(from.as_str()).map_err(|_| invalid())?;
        let text = std::str::from_utf8(location.as_bytes()).map_err(|_| invalid())?;
        let mut to = from.join(text).map_err(|_| invalid())?;
        to.set_fragment(None);
        if !matches!(to.scheme(), "http" | "https") {
            return Err(Error::redirect(
                "a redirect to a URL that is not http or https",
            ));
        }
        if !to.username().is_empty() || to.password().is_some() {
            return Err(Error::redirect("a redirect to a URL with a user name"));
        }
        self.left_origin |= to.origin() != from.origin();
        let mut request = original()?;
        let home = Url::parse(request.url.as_str()).map_err(|_| invalid())?;
        self.elsewhere = to.host() != home.host();
        request.url = Address::new(to.into());
        self.became_get |= becomes_get(status, &request.method);
        if self.became_get {
            request.method = Method::GET;
            request.headers.remove(CONTENT_TYPE);
        }
        if self.left_origin {
            if !matches!(request.method, Method::GET | Method::HEAD) {
                return Err(Error::redirect(format!(
                    "a redirect of a {} request to another host is not followed",
                    request.method
                )));
            }
            strip(&mut request.headers);
        }
        Ok(request)
    }
}

/// What browsers do, and servers have come to expect (RFC 9110, 15.4).
fn becomes_get(status: StatusCode, method: &Method) -> bool {
    match status.as_u16() {
        303 => *method != Method::HEAD && *method != Method::GET,
        301 | 302 => *method == Method::POST,
        _ => false,
    }
}

fn strip(headers: &mut HeaderMap) {
    let mut kept = HeaderMap::new();
    for name in [ACCEPT, USER_AGENT] {
        if let Some(value) = headers.remove(&name) {
            kept.insert(name, value);
        }
    }
    *headers = kept;
}
