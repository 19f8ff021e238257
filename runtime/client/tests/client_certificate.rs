//! Mutual TLS with a server on loopback that asks for a certificate.
#![cfg(any(feature = "reqwest", feature = "hyper"))]

use pontoon_runtime::codegen::*;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned};
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::thread;

static GET: Operation = Operation {
    id: "get",
    path: "/thing",
    responses: &[Accepted::json(200, 0)],
    security: &[&[Requirement {
        scheme: 0,
        scopes: &[],
    }]],
    ..Operation::BLANK
};
static API: Api = Api {
    user_agent: "mtls/1.0",
    schemes: &[Scheme {
        name: "certificate",
        kind: SchemeKind::MutualTls,
        env: &[],
    }],
    ..Api::BLANK
};

type Authority = CertifiedIssuer<'static, KeyPair>;

fn authority() -> Authority {
    let mut parameters = CertificateParams::new(Vec::new()).expect("parameters");
    parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().expect("a key");
    CertifiedIssuer::self_signed(parameters, key).expect("an authority")
}

/// A certificate and its key in PEM.
fn certificate(authority: &Authority, name: &str) -> (String, String) {
    let parameters = CertificateParams::new(vec![name.to_owned()]).expect("parameters");
    let key = KeyPair::generate().expect("a key");
    let signed = parameters
        .signed_by(&key, authority)
        .expect("a certificate");
    (signed.pem(), key.serialize_pem())
}

/// A server that trusts `authority` for clients and itself.
fn serve(authority: &Authority) -> String {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut roots = RootCertStore::empty();
    roots.add(authority.der().clone()).expect("a root");
    let verifier =
        WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
            .build()
            .expect("a verifier");
    let (chain, key) = certificate(authority, "localhost");
    let chain = CertificateDer::from_pem_slice(chain.as_bytes()).expect("PEM");
    let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).expect("PEM");
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_client_cert_verifier(verifier)
        .with_single_cert(vec![chain], key)
        .expect("a configuration");
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let connection = ServerConnection::new(Arc::clone(&config)).expect("a connection");
            let mut stream = BufReader::new(StreamOwned::new(connection, stream));
            let mut line = String::new();
            while stream.read_line(&mut line).is_ok_and(|read| read > 2) {
                line.clear();
            }
            let answer = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\
                          Content-Length: 2\r\nConnection: close\r\n\r\n{}";
            let _ = stream.get_mut().write_all(answer.as_bytes());
        }
    });
    format!("https://localhost:{port}")
}

fn builder(url: &str, authority: &Authority) -> ClientBuilder<CoreClient> {
    ClientBuilder::new(&API)
        .base_url(url)
        .ca_certificate(authority.pem())
}

#[tokio::test]
async fn a_certificate_of_the_clients_own() {
    let (ours, theirs) = (authority(), authority());
    let url = serve(&ours);
    let (chain, key) = certificate(&ours, "client");
    let client = builder(&url, &ours).client_certificate(format!("{key}{chain}"));
    let client = client.build().expect("a client");
    client.call(&GET).send::<Json>().await.expect("an answer");

    // One that the server does not know.
    let (chain, key) = certificate(&theirs, "client");
    let client = builder(&url, &ours).client_certificate(format!("{chain}{key}"));
    let client = client.build().expect("a client");
    let error = client.call(&GET).send::<Json>().await;
    assert!(!error.expect_err("a stranger").is_request());

    // None: told before anything is sent.
    let client = builder(&url, &ours).build().expect("a client");
    let error = client.call(&GET).send::<Json>().await.expect_err("none");
    assert!(error.is_request());
    let words = "no credential for `certificate` (ClientBuilder::client_certificate)";
    assert!(error.to_string().contains(words), "{error}");
}

#[test]
fn what_is_no_certificate() {
    let ours = authority();
    let (chain, key) = certificate(&ours, "client");
    let (_, other) = certificate(&ours, "client");
    for (pem, words) in [
        ("", "no certificate in the PEM text"),
        (&*chain, "no private key in the PEM text"),
        (&*key, "no certificate in the PEM text"),
        (&*format!("{chain}{other}"), "it cannot be used"),
    ] {
        let result = builder("https://localhost", &ours)
            .client_certificate(pem)
            .build();
        let error = result.expect_err(words);
        assert!(error.to_string().contains(words), "{error}");
        assert!(!format!("{error:?}").contains(&key[60..80]));
    }
}
