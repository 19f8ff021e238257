//! HTTP/2 over TLS, with a server of hyper's on loopback.
#![cfg(all(feature = "http2", any(feature = "reqwest", feature = "hyper")))]

use http_body_util::Full;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use pontoon_runtime::codegen::*;
#[cfg(feature = "hyper")]
use pontoon_runtime::transport::Hyper;
use rcgen::{CertificateParams, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
use std::convert::Infallible;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;
use tokio::sync::Barrier;
use tokio_rustls::TlsAcceptor;

static API: Api = Api {
    user_agent: "things/1.0",
    ..Api::BLANK
};
static GET: Operation = Operation {
    id: "get",
    path: "/thing",
    responses: &[Accepted::json(200, 0)],
    ..Operation::BLANK
};

/// How many requests wait for each other.
const TOGETHER: usize = 8;

/// What a server has seen.
#[derive(Default)]
struct Seen {
    connections: AtomicUsize,
    /// The version and the authority of each request.
    requests: Mutex<Vec<String>>,
    /// Ends the connections that are open.
    open: Mutex<Vec<tokio::task::AbortHandle>>,
}

struct Server {
    url: String,
    pem: String,
    seen: Arc<Seen>,
}

/// A server that offers `protocols` and answers when `together` requests are there.
async fn serve(protocols: &[&str], together: usize) -> Server {
    let key = KeyPair::generate().expect("a key");
    let parameters = CertificateParams::new(vec!["localhost".to_owned()]).expect("parameters");
    let pem = parameters.self_signed(&key).expect("a certificate").pem();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(
            vec![CertificateDer::from_pem_slice(pem.as_bytes()).expect("PEM")],
            PrivateKeyDer::from_pem_slice(key.serialize_pem().as_bytes()).expect("PEM"),
        )
        .expect("a configuration");
    config.alpn_protocols = protocols
        .iter()
        .map(|name| name.as_bytes().to_vec())
        .collect();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let seen = Arc::new(Seen::default());
    let gate = Arc::new(Barrier::new(together));
    let shared = Arc::clone(&seen);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(stream) = acceptor.accept(stream).await else {
                continue;
            };
            shared.connections.fetch_add(1, Ordering::Relaxed);
            let (seen, gate) = (Arc::clone(&shared), Arc::clone(&gate));
            let service = service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
                let host = request
                    .headers()
                    .get("host")
                    .and_then(|host| host.to_str().ok());
                let authority = request
                    .uri()
                    .authority()
                    .map(|authority| authority.as_str());
                let line = format!("{:?} {:?} {:?}", request.version(), authority, host);
                seen.requests.lock().expect("the requests").push(line);
                let gate = Arc::clone(&gate);
                async move {
                    gate.wait().await;
                    let answer = hyper::Response::builder()
                        .header("content-type", "application/json")
                        .body(Full::new(bytes::Bytes::from("1")));
                    Ok::<_, Infallible>(answer.expect("an answer"))
                }
            });
            let is_new = stream.get_ref().1.alpn_protocol() == Some(b"h2");
            let io = TokioIo::new(stream);
            let task = tokio::spawn(async move {
                let _ = match is_new {
                    true => {
                        let server = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
                        server.serve_connection(io, service).await
                    }
                    false => {
                        let server = hyper::server::conn::http1::Builder::new();
                        server.serve_connection(io, service).await
                    }
                };
            });
            let mut open = shared.open.lock().expect("the connections");
            open.push(task.abort_handle());
        }
    });
    Server {
        url: format!("https://localhost:{port}"),
        pem,
        seen,
    }
}

/// A client over each transport that is compiled in.
fn clients(server: &Server) -> Vec<CoreClient> {
    let builder = || ClientBuilder::<CoreClient>::new(&API).base_url(&*server.url);
    let builtin = builder().ca_certificate(&*server.pem);
    let mut clients = vec![builtin.build().expect("a client")];
    #[cfg(feature = "hyper")]
    {
        let transport = Hyper::builder().ca_certificate(&*server.pem);
        let transport = transport.build().expect("a transport");
        clients.push(builder().transport(transport).build().expect("a client"));
    }
    clients
}

async fn get(client: &CoreClient) {
    let got = client.call(&GET).send::<Json>().await.expect("an answer");
    assert_eq!(got.value, Json::from(1));
}

#[tokio::test]
async fn requests_share_a_connection() {
    // One request is alone at first: what is agreed on is known when the others come.
    let alone = serve(&["h2", "http/1.1"], 1).await;
    for (index, client) in clients(&alone).iter().enumerate() {
        for _ in 0..3 {
            get(client).await;
        }
        assert_eq!(alone.seen.connections.load(Ordering::Relaxed), index + 1);
    }
    let requests = alone.seen.requests.lock().expect("the requests").clone();
    let authority = alone.url.strip_prefix("https://");
    let expected = format!("HTTP/2.0 {authority:?} None");
    assert!(
        requests.iter().all(|line| *line == expected),
        "{requests:?}"
    );
}

#[tokio::test]
async fn many_at_once() {
    for index in 0..2 {
        let server = serve(&["h2"], TOGETHER).await;
        let Some(client) = clients(&server).into_iter().nth(index) else {
            continue;
        };
        let calls = (0..TOGETHER * 3).map(|_| {
            let client = client.clone();
            tokio::spawn(async move { get(&client).await })
        });
        for call in calls.collect::<Vec<_>>() {
            call.await.expect("a call");
        }
        let requests = server.seen.requests.lock().expect("the requests").len();
        assert_eq!(requests, TOGETHER * 3);
        // Those that came before the first connection was there may have made others.
        let connections = server.seen.connections.load(Ordering::Relaxed);
        assert!(connections <= TOGETHER * 3, "{connections}");
    }
}

#[tokio::test]
async fn a_connection_that_has_ended_is_replaced() {
    for index in 0..2 {
        let server = serve(&["h2"], 1).await;
        let Some(client) = clients(&server).into_iter().nth(index) else {
            continue;
        };
        get(&client).await;
        for task in server.seen.open.lock().expect("the connections").drain(..) {
            task.abort();
        }
        get(&client).await;
        assert_eq!(server.seen.connections.load(Ordering::Relaxed), 2);
    }
}

#[tokio::test]
async fn a_server_that_knows_the_older_version_only() {
    let server = serve(&["http/1.1"], 1).await;
    for client in clients(&server) {
        get(&client).await;
    }
    let requests = server.seen.requests.lock().expect("the requests").clone();
    let host = server.url.strip_prefix("https://");
    let expected = format!("HTTP/1.1 None {host:?}");
    assert!(
        requests.iter().all(|line| *line == expected),
        "{requests:?}"
    );
}
