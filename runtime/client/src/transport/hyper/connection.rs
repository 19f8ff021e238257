//! Connections: how they are made, and one request on one.

use super::Target;
use crate::error::BoxError;
use crate::transport::{Body, BoxFuture};
use http::header::{HOST, HeaderValue};
use http::uri::{PathAndQuery, Scheme, Uri};
use http::{Request, Response};
use hyper::body::Incoming;
use hyper::client::conn::{TrySendError, http1};
use hyper_rustls::HttpsConnector;
#[cfg(feature = "http2")]
use hyper_util::client::legacy::connect::Connection as _;
use hyper_util::client::legacy::connect::HttpConnector;
use rustls::ClientConfig;
use std::fmt;
use tower_service::Service;

/// Opens connections: TCP to the first address of a name that answers, TLS where
/// the URL says so, and the version of HTTP that was agreed on.
pub(super) struct Connector(HttpsConnector<HttpConnector>);

/// An open connection, ready for a request.
pub(super) enum Connection {
    /// Carries one request at a time.
    Http1(http1::SendRequest<Body>),
    /// Carries many.
    #[cfg(feature = "http2")]
    Http2(hyper::client::conn::http2::SendRequest<Body>),
}

/// Why there is no answer, and the request where it was not sent.
pub(super) struct Lost {
    pub(super) error: hyper::Error,
    pub(super) request: Option<Request<Body>>,
}

impl Connector {
    pub(super) fn new(config: ClientConfig) -> Self {
        let mut http = HttpConnector::new();
        http.enforce_http(false);
        http.set_nodelay(true);
        Self(HttpsConnector::from((http, config)))
    }

    pub(super) async fn open(&self, target: &Target) -> Result<Connection, BoxError> {
        let mut uri = http::uri::Parts::default();
        uri.scheme = Some(match target.secure {
            true => Scheme::HTTPS,
            false => Scheme::HTTP,
        });
        uri.authority = Some(target.authority.clone());
        uri.path_and_query = Some(PathAndQuery::from_static("/"));
        let stream = self.0.clone().call(Uri::from_parts(uri)?).await?;
        #[cfg(feature = "http2")]
        if stream.connected().is_negotiated_h2() {
            let builder =
                hyper::client::conn::http2::Builder::new(hyper_util::rt::TokioExecutor::new());
            // Boxed: connections of the other version need no room for it.
            let (sender, connection) = Box::pin(builder.handshake(stream)).await?;
            tokio::spawn(connection);
            return Ok(Connection::Http2(sender));
        }
        let (sender, connection) = http1::handshake(stream).await?;
        tokio::spawn(connection);
        Ok(Connection::Http1(sender))
    }
}

impl Connection {
    /// Sends a request whose URI is absolute. Boxed: the future holds the request as
    /// well, for when it was not sent.
    pub(super) fn send(
        &mut self,
        mut request: Request<Body>,
    ) -> BoxFuture<Result<Response<Incoming>, Lost>> {
        let lost = |mut error: TrySendError<Request<Body>>| Lost {
            request: error.take_message(),
            error: error.into_error(),
        };
        match self {
            Self::Http1(sender) => {
                let uri = to_origin_form(&mut request);
                let sent = sender.try_send_request(request);
                Box::pin(async move {
                    sent.await.map_err(|error| {
                        let mut lost = lost(error);
                        if let Some(request) = &mut lost.request {
                            *request.uri_mut() = uri;
                        }
                        lost
                    })
                })
            }
            #[cfg(feature = "http2")]
            Self::Http2(sender) => {
                let sent = sender.try_send_request(request);
                Box::pin(async move { sent.await.map_err(lost) })
            }
        }
    }
}

/// Leaves the request path and query alone, with a `Host` header (RFC 9112, section
/// 3.2.1); gives the URI that it had.
fn to_origin_form(request: &mut Request<Body>) -> Uri {
    let whole = std::mem::take(request.uri_mut());
    if let Some(path) = whole.path_and_query() {
        *request.uri_mut() = Uri::from(path.clone());
    }
    if let Some(authority) = whole.authority()
        && !request.headers().contains_key(HOST)
    {
        let is_default = match authority.port_u16() {
            Some(443) => whole.scheme() == Some(&Scheme::HTTPS),
            Some(80) => whole.scheme() == Some(&Scheme::HTTP),
            _ => false,
        };
        let host = match is_default {
            true => authority.host(),
            false => authority.as_str(),
        };
        // What an authority is made of can stand in a header.
        if let Ok(host) = HeaderValue::from_str(host) {
            request.headers_mut().insert(HOST, host);
        }
    }
    whole
}

impl fmt::Debug for Connector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Connector")
    }
}
