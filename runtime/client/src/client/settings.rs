//! The settings that a builder gathers, and the client made from them.

use super::{Base, Core, CoreClient};
use crate::auth::{self, Prepared};
use crate::coding::Compression;
use crate::hook::Hooks;
use crate::log::Log;
use crate::operation::{Api, Scheme, SchemeKind, Server};
use crate::server::{self, Variables};
use crate::transport::{Batcher, Transport};
use crate::{Credential, Error, mask};
use http::header::{HeaderMap, HeaderName, HeaderValue, USER_AGENT};
use std::env;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

const MAX_RESPONSE_SIZE: usize = 256 << 20;

pub(super) struct Settings {
    pub(super) api: &'static Api,
    pub(super) base_url: Option<String>,
    pub(super) server_index: usize,
    pub(super) variables: Variables,
    pub(super) credentials: Vec<Credential>,
    pub(super) credentials_from_env: bool,
    pub(super) user_agent: Option<String>,
    pub(super) headers: Vec<(String, String)>,
    pub(super) timeout: Option<Duration>,
    pub(super) resilience: super::resilience::Settings,
    pub(super) hooks: Hooks,
    pub(super) max_response_size: usize,
    pub(super) decompress: bool,
    pub(super) compression: Compression,
    pub(super) coalesce: bool,
    pub(super) batch: Option<(Box<dyn Batcher>, Duration)>,
    #[cfg(feature = "cache")]
    pub(super) cache: Option<Box<dyn crate::transport::CacheStore>>,
    pub(super) signer: Option<Box<dyn auth::sign::Signer>>,
    pub(super) plain_http: bool,
    pub(super) transport: Option<Box<dyn Transport>>,
    #[cfg(any(feature = "reqwest", feature = "hyper"))]
    pub(super) built_in: crate::transport::Settings,
    pub(super) log: Option<Log>,
    pub(super) count_drift: bool,
    pub(super) on_drift: Option<Box<crate::drift::Listener>>,
    /// The constraints that the generated crate holds.
    #[cfg(feature = "checks")]
    pub(super) checks: Option<&'static crate::check::Checks>,
    #[cfg(feature = "checks")]
    pub(super) check_requests: Option<bool>,
}

impl Settings {
    pub(super) fn new(api: &'static Api) -> Self {
        Self {
            api,
            base_url: None,
            server_index: 0,
            variables: Variables::new(),
            credentials: Vec::new(),
            credentials_from_env: false,
            user_agent: None,
            headers: Vec::new(),
            timeout: None,
            resilience: Default::default(),
            hooks: Hooks::new(),
            max_response_size: MAX_RESPONSE_SIZE,
            decompress: true,
            compression: Compression::off(),
            coalesce: false,
            batch: None,
            #[cfg(feature = "cache")]
            cache: None,
            signer: None,
            plain_http: false,
            transport: None,
            #[cfg(any(feature = "reqwest", feature = "hyper"))]
            built_in: Default::default(),
            log: None,
            count_drift: false,
            on_drift: None,
            #[cfg(feature = "checks")]
            checks: None,
            #[cfg(feature = "checks")]
            check_requests: None,
        }
    }

    pub(super) fn build(mut self) -> Result<CoreClient, Error> {
        let base = self.base()?;
        // What a transport of the caller's has is not known here.
        let has_certificate = self.transport.is_some();
        #[cfg(any(feature = "reqwest", feature = "hyper"))]
        let has_certificate = has_certificate || self.built_in.client_certificate.is_some();
        let transport = self.wrapped(&base)?;
        let resilience = self.resilience.clone().build(&*transport)?;
        #[cfg(feature = "checks")]
        let checking = self.checking()?;
        Ok(CoreClient(Arc::new(Core {
            base,
            transport,
            drift: (self.count_drift || self.on_drift.is_some())
                .then(|| Arc::new(crate::drift::Ledger::new(self.on_drift.take()))),
            headers: self.all_headers()?,
            credentials: self.prepared(has_certificate)?,
            api: self.api,
            server_index: self.server_index,
            variables: self.variables,
            timeout: self.timeout,
            resilience,
            hooks: self.hooks,
            signer: self.signer,
            plain_http: self.plain_http,
            max_response_size: self.max_response_size,
            decompress: self.decompress,
            compression: self.compression,
            #[cfg(feature = "checks")]
            checking,
            log: self.log.or_else(Log::from_env),
        })))
    }

    #[cfg(feature = "checks")]
    fn checking(&self) -> Result<Option<crate::check::Checking>, Error> {
        let Some(always) = self.check_requests else {
            return Ok(None);
        };
        match self.checks {
            Some(checks) if checks.is_readable() => {
                Ok(Some(crate::check::Checking { checks, always }))
            }
            _ => Err(Error::request(
                "check_requests: the crate holds no constraints; generate it with `checks = true` \
                 in client.toml and turn its feature `check-requests` on",
            )),
        }
    }

    fn base(&self) -> Result<Base, Error> {
        if let Some(url) = &self.base_url {
            return server::checked(url).map(Base::Given);
        }
        match server::resolve(self.api.servers, self.server_index, &self.variables) {
            Ok(url) => Ok(Base::Server(url)),
            // A choice of the caller's that does not fit is told at once; what
            // the spec leaves open only matters to calls that need it.
            Err(error) if self.is_server_chosen() && !self.is_relative() => Err(error),
            Err(_) => Ok(Base::Unknown),
        }
    }

    fn is_server_chosen(&self) -> bool {
        self.server_index > 0 || !self.variables.is_empty()
    }

    fn is_relative(&self) -> bool {
        let chosen: Option<&Server> = self.api.servers.get(self.server_index);
        chosen.is_some_and(|server| !server.url.contains("://"))
    }

    /// The transport with what is laid around it, the innermost first.
    fn wrapped(&mut self, base: &Base) -> Result<Box<dyn Transport>, Error> {
        let mut transport = self.transport(base)?;
        if let Some((batcher, window)) = self.batch.take() {
            transport = Box::new(crate::transport::Batched::new(transport, batcher, window));
        }
        if self.coalesce {
            transport = Box::new(crate::transport::Coalesced::new(transport));
        }
        #[cfg(feature = "cache")]
        if let Some(store) = self.cache.take() {
            transport = Box::new(crate::transport::Cached::new(transport, store));
        }
        Ok(transport)
    }

    #[cfg(any(feature = "reqwest", feature = "hyper"))]
    fn transport(&mut self, base: &Base) -> Result<Box<dyn Transport>, Error> {
        let Some(own) = self.transport.take() else {
            let tls =
                !matches!(base, Base::Given(url) | Base::Server(url) if url.starts_with("http:"));
            #[cfg(feature = "reqwest")]
            let transport = crate::transport::Reqwest::new(&self.built_in, tls)?;
            #[cfg(not(feature = "reqwest"))]
            let transport = crate::transport::Hyper::new(&self.built_in, tls)?;
            return Ok(Box::new(transport));
        };
        if self.built_in.is_default() {
            return Ok(own);
        }
        Err(Error::request(
            "connect_timeout, read_timeout, proxy, no_proxy and ca_certificate are for the \
             built-in transport: set them on the transport that is given",
        ))
    }

    #[cfg(not(any(feature = "reqwest", feature = "hyper")))]
    fn transport(&mut self, _: &Base) -> Result<Box<dyn Transport>, Error> {
        self.transport.take().ok_or_else(|| {
            Error::request(
                "there is no transport: give one to ClientBuilder::transport, or turn on the \
                 `reqwest` or the `hyper` feature of pontoon-runtime",
            )
        })
    }

    /// Later ones replace earlier ones: user agent, the API's, the caller's.
    fn all_headers(&self) -> Result<HeaderMap, Error> {
        let mut headers = HeaderMap::with_capacity(8);
        let user_agent = self.user_agent.as_deref().unwrap_or(self.api.user_agent);
        let user_agent = HeaderValue::from_str(user_agent)
            .map_err(|_| Error::request("ClientBuilder::user_agent: not a header value"))?;
        headers.insert(USER_AGENT, user_agent);
        let own = self.headers.iter();
        let own = own.map(|(name, value)| (name.as_str(), value.as_str()));
        for (name, value) in self.api.headers.iter().copied().chain(own) {
            let (name, value) = header(name, value)?;
            headers.insert(name, value);
        }
        Ok(headers)
    }

    fn prepared(&self, has_certificate: bool) -> Result<Vec<Option<Prepared>>, Error> {
        let mut all: Vec<Option<Prepared>> = Vec::new();
        all.resize_with(self.api.schemes.len(), || None);
        for credential in &self.credentials {
            let prepared = auth::prepare(self.api, credential)?;
            if let Some(place) = all.get_mut(usize::from(credential.scheme())) {
                *place = Some(prepared);
            }
        }
        for (scheme, place) in self.api.schemes.iter().zip(&mut all) {
            if scheme.kind == SchemeKind::MutualTls && has_certificate {
                *place = Some(Prepared::Connection);
            }
        }
        if self.credentials_from_env {
            for (index, place) in all.iter_mut().enumerate() {
                if place.is_none() {
                    *place = from_env(index, &self.api.schemes[index], &|name| env::var(name).ok())
                        .map(|credential| auth::prepare(self.api, &credential))
                        .transpose()?;
                }
            }
        }
        Ok(all)
    }
}

/// The credential of scheme `index` from the variables that it names.
fn from_env(
    index: usize,
    scheme: &Scheme,
    read: &dyn Fn(&str) -> Option<String>,
) -> Option<Credential> {
    let index = u16::try_from(index).ok()?;
    let text = |name: &str| {
        let value = read(name)?;
        let value = value.trim();
        (!value.is_empty()).then(|| value.to_owned())
    };
    match (scheme.kind, scheme.env) {
        // A key as user name with an empty password is a common use.
        (SchemeKind::Basic | SchemeKind::Digest, [user, rest @ ..]) => {
            let password = rest.first().and_then(|name| text(name)).unwrap_or_default();
            Some(Credential::basic(index, text(user)?, password))
        }
        (SchemeKind::MutualTls, _) => None,
        (_, [token, ..]) => Some(Credential::token(index, text(token)?)),
        (_, []) => None,
    }
}

/// A header from text; its value is marked sensitive where its name speaks of a
/// secret.
pub(crate) fn header(name: &str, value: &str) -> Result<(HeaderName, HeaderValue), Error> {
    let parsed = HeaderName::from_bytes(name.as_bytes())
        .map_err(|_| Error::request(format!("`{}` is not a header name", name.escape_debug())))?;
    let mut content = HeaderValue::from_str(value)
        .map_err(|_| Error::request(format!("header `{name}`: not a header value")))?;
    content.set_sensitive(mask::is_secret_name(name));
    Ok((parsed, content))
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let headers: Vec<_> = self.headers.iter().map(|(name, _)| name).collect();
        f.debug_struct("ClientBuilder")
            .field("base_url", &self.base_url.as_deref().map(mask::url))
            .field("server", &self.server_index)
            .field("variables", &self.variables)
            .field("credentials", &self.credentials)
            .field("headers", &headers)
            .field("timeout", &self.timeout)
            .field("resilience", &self.resilience)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_from_variables() {
        static API: Api = Api {
            user_agent: "",
            schemes: &[
                Scheme {
                    name: "token",
                    kind: SchemeKind::Bearer,
                    env: &["TOKEN"],
                },
                Scheme {
                    name: "login",
                    kind: SchemeKind::Basic,
                    env: &["USER", "PASSWORD"],
                },
            ],
            ..Api::BLANK
        };
        let header = |index: usize, variables: &[(&str, &str)]| {
            let read = |name: &str| {
                let pair = variables.iter().find(|pair| pair.0 == name);
                pair.map(|pair| pair.1.to_owned())
            };
            let credential = from_env(index, &API.schemes[index], &read)?;
            match auth::prepare(&API, &credential) {
                Ok(Prepared::Header(_, value)) => value.to_str().ok().map(str::to_owned),
                _ => None,
            }
        };
        assert_eq!(header(0, &[("TOKEN", "t\n")]).as_deref(), Some("Bearer t"));
        assert_eq!(header(0, &[("TOKEN", " ")]), None);
        assert_eq!(header(0, &[]), None);
        let login = [("USER", "u"), ("PASSWORD", "p")];
        assert_eq!(header(1, &login).as_deref(), Some("Basic dTpw"));
        assert_eq!(header(1, &login[..1]).as_deref(), Some("Basic dTo="));
        assert_eq!(header(1, &login[1..]), None);
    }
}
