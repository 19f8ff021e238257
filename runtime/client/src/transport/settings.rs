//! What a client sets on its built-in transport.

use std::time::Duration;

/// What [`crate::ClientBuilder`] sets on the built-in transport.
#[derive(Default, Clone)]
pub(crate) struct Settings {
    pub(crate) connect_timeout: Option<Duration>,
    pub(crate) read_timeout: Option<Duration>,
    #[cfg(feature = "reqwest")]
    pub(crate) proxy: Option<String>,
    #[cfg(feature = "reqwest")]
    pub(crate) no_proxy: bool,
    pub(crate) ca_certificates: Vec<Vec<u8>>,
    /// PEM with the key in it.
    pub(crate) client_certificate: Option<zeroize::Zeroizing<Vec<u8>>>,
}

impl Settings {
    /// Whether nothing was set.
    pub(crate) fn is_default(&self) -> bool {
        #[cfg(feature = "reqwest")]
        if self.proxy.is_some() || self.no_proxy {
            return false;
        }
        self.connect_timeout.is_none() && self.read_timeout.is_none() && !self.has_certificates()
    }

    /// Whether there are certificates of one's own.
    pub(crate) fn has_certificates(&self) -> bool {
        !self.ca_certificates.is_empty() || self.client_certificate.is_some()
    }
}
