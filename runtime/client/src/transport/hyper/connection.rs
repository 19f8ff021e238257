//! Connections: how they are made, and one request on one.

use super::origin::Origin;
use crate::Error;
use crate::transport::{Body, BoxFuture, Settings, tls};
use http::header::HOST;
use http::uri::{PathAndQuery, Uri};
use http::{Request, Response};
use hyper::body::Incoming;
use hyper::client::conn::{TrySendError, http1};
use hyper_rustls::{HttpsConnector, MaybeHttpsStream};
#[cfg(feature = "http2")]
use hyper_util::client::legacy::connect::Connection as _;
use hyper_util::client::legacy::connect::HttpConnector;
use std::fmt;
use std::sync::OnceLock;
use tower_service::Service;

/// Opens connections: TCP to the first address of a name that answers, TLS where
/// the URL says so, and the version of HTTP that was agreed on.
pub(super) struct Connector {
    tcp: HttpConnector,
    /// Set up when it is first needed, unless with certificates of one's own: reading
    /// the platform's authorities takes milliseconds, and leaves the heap in pieces.
    tls: OnceLock<HttpsConnector<HttpConnector>>,
}

/// An open connection, ready for a request.
pub(super) enum Connection {
    /// Carries one request at a time.
    Http1(http1::SendRequest<Body>),
    /// Carries many.
    #[cfg(feature = "http2")]
    Http2(hyper::client::conn::http2::SendRequest<Body>),
}

/// What became of a request.
pub(super) type Sent = Result<Response<Incoming>, TrySendError<Request<Body>>>;

impl Connector {
    /// `tls`: whether it must be able to speak TLS, which is then made sure of.
    ///
    /// # Errors
    /// A certificate is none, or there are no usable authorities.
    pub(super) fn new(settings: &Settings, tls: bool) -> Result<Self, Error> {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        let connector = Self {
            tcp,
            tls: OnceLock::new(),
        };
        if tls || settings.has_certificates() {
            connector.secured(settings)?;
        }
        Ok(connector)
    }

    fn secured(&self, settings: &Settings) -> Result<&HttpsConnector<HttpConnector>, Error> {
        if let Some(known) = self.tls.get() {
            return Ok(known);
        }
        let config = tls::config(settings)?;
        let secured = || HttpsConnector::from((self.tcp.clone(), config));
        Ok(self.tls.get_or_init(secured))
    }

    pub(super) async fn open(&self, origin: &Origin) -> Result<Connection, Error> {
        let uri = origin.uri(PathAndQuery::from_static("/"));
        let uri = uri.map_err(Error::connect)?;
        let stream = match origin.is_secure() {
            true => {
                let secured = self.secured(&Settings::default())?;
                secured.clone().call(uri).await
            }
            false => {
                let opened = self.tcp.clone().call(uri).await;
                opened.map(MaybeHttpsStream::Http).map_err(Into::into)
            }
        };
        let stream = stream.map_err(Error::connect)?;
        #[cfg(feature = "http2")]
        if stream.connected().is_negotiated_h2() {
            let builder =
                hyper::client::conn::http2::Builder::new(hyper_util::rt::TokioExecutor::new());
            // Boxed: connections of the other version need no room for it.
            let shaken = Box::pin(builder.handshake(stream)).await;
            let (sender, connection) = shaken.map_err(Error::connect)?;
            tokio::spawn(connection);
            return Ok(Connection::Http2(sender));
        }
        let shaken = http1::handshake(stream).await;
        let (sender, connection) = shaken.map_err(Error::connect)?;
        tokio::spawn(connection);
        Ok(Connection::Http1(sender))
    }
}

impl Connection {
    /// Sends a request to its origin. Boxed: the future holds the request as well, for
    /// when it was not sent.
    pub(super) fn send(&mut self, origin: &Origin, mut request: Request<Body>) -> BoxFuture<Sent> {
        match self {
            Self::Http1(sender) => {
                to_origin_form(origin, &mut request);
                Box::pin(sender.try_send_request(request))
            }
            #[cfg(feature = "http2")]
            Self::Http2(sender) => {
                to_absolute_form(origin, &mut request);
                Box::pin(sender.try_send_request(request))
            }
        }
    }
}

/// Leaves the request path and query alone, with a `Host` header (RFC 9112, section
/// 3.2.1).
fn to_origin_form(origin: &Origin, request: &mut Request<Body>) {
    if request.uri().authority().is_some() {
        let path = request.uri().path_and_query().cloned();
        *request.uri_mut() = path.map(Uri::from).unwrap_or_default();
    }
    if !request.headers().contains_key(HOST) {
        request.headers_mut().insert(HOST, origin.host.clone());
    }
}

/// HTTP/2 makes its pseudo-header fields of the whole URI (RFC 9113, section 8.3.1).
#[cfg(feature = "http2")]
fn to_absolute_form(origin: &Origin, request: &mut Request<Body>) {
    if request.uri().authority().is_none() {
        let path = request.uri().path_and_query().cloned();
        let path = path.unwrap_or_else(|| PathAndQuery::from_static("/"));
        // Its parts were those of a URI before.
        if let Ok(whole) = origin.uri(path) {
            *request.uri_mut() = whole;
        }
    }
}

impl fmt::Debug for Connector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Connector")
    }
}
