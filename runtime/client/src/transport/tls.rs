//! TLS for the built-in transport: rustls with the platform's roots.

use super::Settings;
use crate::Error;
use rustls::ClientConfig;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls_platform_verifier::Verifier;
use std::sync::{Arc, OnceLock};

/// The TLS settings, with roots of one's own beside the platform's. Clients
/// without such roots share one set: reading the platform's roots takes a while.
pub(super) fn config(settings: &Settings) -> Result<ClientConfig, Error> {
    static SHARED: OnceLock<ClientConfig> = OnceLock::new();
    let pem = &settings.ca_certificates;
    let own = settings.client_certificate.as_ref();
    if settings.has_certificates() {
        let own = own.map(|pem| identity(pem)).transpose()?;
        return build(certificates(pem)?, own);
    }
    if let Some(shared) = SHARED.get() {
        return Ok(shared.clone());
    }
    let config = build(Vec::new(), None)?;
    Ok(SHARED.get_or_init(|| config).clone())
}

/// The process-wide provider where the program has chosen one, ring otherwise.
fn provider() -> Arc<CryptoProvider> {
    CryptoProvider::get_default()
        .cloned()
        .unwrap_or_else(|| Arc::new(rustls::crypto::ring::default_provider()))
}

fn build(
    extra: Vec<CertificateDer<'static>>,
    own: Option<Identity>,
) -> Result<ClientConfig, Error> {
    let provider = provider();
    let verifier = if extra.is_empty() {
        Verifier::new(Arc::clone(&provider))
    } else {
        with_extra_roots(extra, Arc::clone(&provider))
    };
    let verifier = verifier.map_err(|error| {
        Error::request(
            "no usable certificates of authorities: install the system's (ca-certificates) \
             or give them to ClientBuilder::ca_certificate",
        )
        .with_source(error)
    })?;
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::request("TLS cannot be set up").with_source(error))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier));
    let config = match own {
        None => config.with_no_client_auth(),
        Some(own) => config
            .with_client_auth_cert(own.chain, own.key)
            .map_err(|error| {
                Error::request("ClientBuilder::client_certificate: it cannot be used")
                    .with_source(error)
            })?,
    };
    Ok(with_alpn(config))
}

/// A certificate of the client's own, those of the authorities between, and its key.
struct Identity {
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
}

fn identity(pem: &[u8]) -> Result<Identity, Error> {
    let refused =
        |reason: &str| Error::request(format!("ClientBuilder::client_certificate: {reason}"));
    let chain = CertificateDer::pem_slice_iter(pem).collect::<Result<Vec<_>, _>>();
    let chain = chain.map_err(|error| refused("not PEM").with_source(error))?;
    if chain.is_empty() {
        return Err(refused("no certificate in the PEM text"));
    }
    // What is wrong with a key is not told, since it might show some of it.
    let key = PrivateKeyDer::from_pem_slice(pem);
    let key = key.map_err(|_| refused("no private key in the PEM text, or an encrypted one"))?;
    Ok(Identity { chain, key })
}

#[cfg(not(target_os = "android"))]
fn with_extra_roots(
    extra: Vec<CertificateDer<'static>>,
    provider: Arc<CryptoProvider>,
) -> Result<Verifier, rustls::Error> {
    Verifier::new_with_extra_roots(extra, provider)
}

#[cfg(target_os = "android")]
fn with_extra_roots(
    _: Vec<CertificateDer<'static>>,
    _: Arc<CryptoProvider>,
) -> Result<Verifier, rustls::Error> {
    Err(rustls::Error::General(
        "roots of one's own are not supported on Android".into(),
    ))
}

/// For a system without roots, which can still speak plain HTTP.
#[cfg(feature = "reqwest")]
pub(super) fn without_roots() -> Result<ClientConfig, Error> {
    let config = ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::request("TLS cannot be set up").with_source(error))?
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    Ok(with_alpn(config))
}

fn with_alpn(mut config: ClientConfig) -> ClientConfig {
    if cfg!(feature = "http2") {
        config.alpn_protocols.push(b"h2".to_vec());
    }
    config.alpn_protocols.push(b"http/1.1".to_vec());
    config
}

fn certificates(pem: &[Vec<u8>]) -> Result<Vec<CertificateDer<'static>>, Error> {
    let mut all = Vec::new();
    for file in pem {
        let before = all.len();
        for certificate in CertificateDer::pem_slice_iter(file) {
            all.push(certificate.map_err(|error| {
                Error::request("ClientBuilder::ca_certificate: not PEM").with_source(error)
            })?);
        }
        if all.len() == before {
            return Err(Error::request(
                "ClientBuilder::ca_certificate: no certificate in the PEM text",
            ));
        }
    }
    Ok(all)
}
