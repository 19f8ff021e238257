//! How a client is set up.

use super::CoreClient;
use super::settings::Settings;
use crate::log::{Log, LogEvent};
use crate::operation::Api;
use crate::transport::{Batcher, Transport};
use crate::{Compression, Credential, Error, Hook};
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

/// Sets up a client. Nothing is checked before [`build`](Self::build), which
/// tells the first mistake.
///
/// The environment is read in three places: [`Self::credentials_from_env`], the
/// usual proxy variables (`HTTPS_PROXY`, `NO_PROXY`, ...) by the built-in
/// transport, and `PONTOON_LOG` (see [`Self::wire_log`]).
#[must_use = "a client is made by `build`"]
pub struct ClientBuilder<C> {
    settings: Settings,
    client: PhantomData<fn() -> C>,
}

impl<C: From<CoreClient>> ClientBuilder<C> {
    /// For generated code: a builder for clients of `api`.
    pub fn new(api: &'static Api) -> Self {
        Self {
            settings: Settings::new(api),
            client: PhantomData,
        }
    }

    #[cfg(feature = "mock")]
    pub(crate) fn api(&self) -> &'static Api {
        self.settings.api
    }

    pub(super) fn with(mut self, change: impl FnOnce(&mut Settings)) -> Self {
        change(&mut self.settings);
        self
    }

    /// Calls go to this URL instead of the API's servers, those of single
    /// operations included. Paths are appended to it.
    pub fn base_url(self, url: impl Into<String>) -> Self {
        let url = url.into();
        self.with(|settings| settings.base_url = Some(url))
    }

    /// Calls go to server `index` of the API, counted from 0, the default.
    pub fn server(self, index: usize) -> Self {
        self.with(|settings| settings.server_index = index)
    }

    /// A value for a variable in the server's URL.
    pub fn server_variable(self, name: impl Into<String>, value: impl Into<String>) -> Self {
        let (name, value) = (name.into(), value.into());
        self.with(|settings| drop(settings.variables.insert(name, value)))
    }

    /// A credential for one of the API's security schemes; each scheme can have
    /// one.
    pub fn credential(self, credential: Credential) -> Self {
        self.with(|settings| settings.credentials.push(credential))
    }

    /// Takes the credentials of schemes that have none yet from the environment
    /// variables that the generated crate documents. Missing variables are
    /// passed over.
    pub fn credentials_from_env(self) -> Self {
        self.with(|settings| settings.credentials_from_env = true)
    }

    /// Sent as `User-Agent`, in place of the generated crate's name and version.
    pub fn user_agent(self, product: impl Into<String>) -> Self {
        let product = product.into();
        self.with(|settings| settings.user_agent = Some(product))
    }

    /// A header for every request. Headers whose names speak of secrets are
    /// masked wherever they are shown.
    pub fn default_header(self, name: impl Into<String>, value: impl Into<String>) -> Self {
        let pair = (name.into(), value.into());
        self.with(|settings| settings.headers.push(pair))
    }

    /// How long a call may take from its start to the end of the answer, all
    /// attempts and waits included. None by default;
    /// [`CallOptions::timeout`](crate::CallOptions::timeout) sets it for one call.
    pub fn timeout(self, limit: Duration) -> Self {
        self.with(|settings| settings.timeout = Some(limit))
    }

    /// One more hook, after those given before. See [`Hook`] for their order.
    pub fn hook(self, hook: impl Hook) -> Self {
        self.with(|settings| settings.hooks.push(Arc::new(hook)))
    }

    /// How long an answer may be, 256 MiB by default, counted after decompression.
    /// A longer one is an error ([`Error::is_too_long`]) as soon as that is known.
    pub fn max_response_size(self, bytes: usize) -> Self {
        self.with(|settings| settings.max_response_size = bytes)
    }

    /// Whether answers are asked for in the codings that are compiled in (features
    /// `gzip`, `brotli`, `zstd`) and read from them. They are by default; a call with
    /// an `Accept-Encoding` or `Range` header of its own is sent as it is.
    pub fn decompress(self, decompress: bool) -> Self {
        self.with(|settings| settings.decompress = decompress)
    }

    /// Sends the bodies of requests compressed. They are not by default;
    /// [`CallOptions::compress`](crate::CallOptions::compress) sets it for one call.
    pub fn compress_requests(self, compression: Compression) -> Self {
        self.with(|settings| settings.compression = compression)
    }

    /// Signs every request, after everything else is on it. Operations that ask for
    /// a credential are sent without one, too, if they are signed.
    pub fn signer(self, signer: impl crate::auth::sign::Signer) -> Self {
        self.with(|settings| settings.signer = Some(Box::new(signer)))
    }

    /// Whether credentials may be sent over plain `http` to other machines, where
    /// anyone on the way can read them. By default such a call is refused before
    /// it is sent; `localhost` and loopback addresses are not other machines.
    pub fn plain_http(self, allow: bool) -> Self {
        self.with(|settings| settings.plain_http = allow)
    }

    /// Sends calls through a transport of one's own. The settings of the built-in
    /// transport (connection and read timeouts, proxy, certificates) are then
    /// refused.
    pub fn transport(self, transport: impl Transport) -> Self {
        self.with(|settings| settings.transport = Some(Box::new(transport)))
    }

    /// Whether GET requests that are the same and run at the same time are sent once,
    /// and the answer is given to all; see [`Coalesced`](crate::transport::Coalesced).
    /// They are not by default.
    pub fn coalesce(self, coalesce: bool) -> Self {
        self.with(|settings| settings.coalesce = coalesce)
    }

    /// Gathers calls that come within `window`, or as many as a batch may hold, and sends
    /// them as one; see [`Batched`](crate::transport::Batched). A call waits that long
    /// for others. With [`coalesce`](Self::coalesce), equal requests are one in a batch.
    pub fn batch(self, batcher: impl Batcher, window: Duration) -> Self {
        self.with(|settings| settings.batch = Some((Box::new(batcher), window)))
    }

    /// Keeps answers in `store` and gives them again as HTTP allows; see
    /// [`Cached`](crate::transport::Cached). Nothing is kept by default.
    ///
    /// ```
    /// use http::{HeaderValue, StatusCode, header};
    /// use pontoon_runtime::json::Json;
    /// use pontoon_runtime::operation::{Accepted, Api, Operation};
    /// use pontoon_runtime::transport::{CacheUse, Memory, MemoryCache, Response};
    /// use pontoon_runtime::{CallOptions, ClientBuilder, CoreClient};
    ///
    /// static API: Api = Api::BLANK;
    /// static LIST: Operation = Operation {
    ///     id: "listPets",
    ///     method: "GET",
    ///     path: "/pets",
    ///     responses: &[Accepted::json(200, 0)],
    ///     ..Operation::BLANK
    /// };
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), pontoon_runtime::Error> {
    /// let memory = Memory::new(|request| {
    ///     let tag = HeaderValue::from_static("\"v1\"");
    ///     Ok(match request.header("if-none-match") {
    ///         Some("\"v1\"") => Response::new(StatusCode::NOT_MODIFIED),
    ///         _ => Response::json(StatusCode::OK, "[]"),
    ///     }
    ///     .with_header(header::ETAG, tag))
    /// });
    /// let client: CoreClient = ClientBuilder::new(&API)
    ///     .base_url("https://pets.example")
    ///     .transport(memory.clone())
    ///     .cache(MemoryCache::new(16 << 20)) // bytes
    ///     .build()?;
    /// let first = client.call(&LIST).send::<Json>().await?;
    /// let second = client.call(&LIST).send::<Json>().await?;
    /// assert_eq!((first.cache_use(), second.cache_use()), (CacheUse::None, CacheUse::Validated));
    /// assert_eq!((first.value, second.status()), (second.value.clone(), StatusCode::OK));
    ///
    /// let third = client.call(&LIST).header("Cache-Control", "max-stale").send::<Json>().await?;
    /// assert_eq!(third.cache_use(), CacheUse::Fresh);
    /// assert_eq!(memory.requests().len(), 2);
    /// # Ok(())
    /// # }
    /// ```
    #[cfg(feature = "cache")]
    pub fn cache(self, store: impl crate::transport::CacheStore) -> Self {
        self.with(|settings| settings.cache = Some(Box::new(store)))
    }

    /// Shows every request and answer, secrets masked, to `sink`. Without it,
    /// `PONTOON_LOG=wire` in the environment writes the heads to standard error,
    /// `PONTOON_LOG=wire,body` the bodies, too.
    pub fn wire_log(self, sink: impl Fn(&LogEvent<'_>) + Send + Sync + 'static) -> Self {
        self.with(|settings| settings.log = Some(Log::new(sink)))
    }

    /// Whether the client counts where answers differ from the API's description (see
    /// [`drift`](crate::drift)). Off by default, and then it costs nothing. The counts
    /// are in [`CoreClient::drift`].
    ///
    /// ```
    /// use http::StatusCode;
    /// use pontoon_runtime::codegen::{Field, Reflect, Slot, Table, View};
    /// use pontoon_runtime::operation::{Accepted, Api, Operation};
    /// use pontoon_runtime::transport::{Memory, Response};
    /// use pontoon_runtime::{ClientBuilder, CoreClient};
    ///
    /// static API: Api = Api::BLANK;
    /// static LIST: Operation = Operation {
    ///     id: "listPets",
    ///     path: "/pets",
    ///     responses: &[Accepted::json(200, 0)],
    ///     ..Operation::BLANK
    /// };
    /// // As generated: `pub struct Pet { pub name: String }` and its table.
    /// # struct Pet { name: String }
    /// # impl Reflect for Pet {
    /// #     fn blank() -> Self { Self { name: String::new() } }
    /// #     fn table(&self) -> &'static Table {
    /// #         &Table { name: "Pet", fields: &[Field { name: "name", flags: 1 }], additional: false }
    /// #     }
    /// #     fn slot_at(&mut self, _: usize) -> Slot<'_> { self.name.slot() }
    /// #     fn view_at(&self, _: usize) -> View<'_> { self.name.view() }
    /// # }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), pontoon_runtime::Error> {
    /// let answer = r#"[{"name": "Rex", "age": 3}, {"name": "Tom", "age": 4}]"#;
    /// let client: CoreClient = ClientBuilder::new(&API)
    ///     .base_url("https://pets.example")
    ///     .transport(Memory::new(move |_| Ok(Response::json(StatusCode::OK, answer))))
    ///     .count_drift(true)
    ///     .build()?;
    /// client.call(&LIST).send::<Vec<Pet>>().await?;
    /// let report = client.drift();
    /// assert_eq!(report.facts[0].pointer, "/*/age");
    /// assert_eq!((report.facts[0].found, report.facts[0].count), ("integer", 2));
    /// // For `pontoon drift`: report.to_json().to_string()
    /// # Ok(())
    /// # }
    /// ```
    pub fn count_drift(self, counts: bool) -> Self {
        self.with(|settings| settings.count_drift = counts)
    }

    /// Counts drift, and tells `listener` of it: once for each fact of each answer,
    /// with all counts so far. `count` is what the answer brought when the fact is new.
    /// The listener runs where the answer is read: it should not wait for anything.
    pub fn on_drift(self, listener: impl Fn(&crate::Drift) + Send + Sync + 'static) -> Self {
        self.with(|settings| settings.on_drift = Some(Box::new(listener)))
    }

    /// Whether requests are checked against the constraints of the API's
    /// description (lengths, patterns, bounds, listed values, ...) before they are
    /// sent. A call that breaks one fails with an error that lists all that it
    /// breaks ([`Error::is_invalid_request`]), and nothing is sent.
    ///
    /// Not unless this is called: descriptions are often stricter than their
    /// servers. With `false` only the calls are checked that ask for it by
    /// [`CallOptions::check_request`](crate::CallOptions::check_request). Values
    /// that are `readOnly` are never sent and never checked; nor is what the
    /// description says by a pattern that the generator could not translate (its
    /// conformance report names those), or one that takes too long to match.
    #[cfg(feature = "checks")]
    pub fn check_requests(self, always: bool) -> Self {
        self.with(|settings| settings.check_requests = Some(always))
    }

    /// For generated code: the constraints of the API.
    #[cfg(feature = "checks")]
    #[doc(hidden)]
    pub fn checks(self, checks: &'static crate::codegen::Checks) -> Self {
        self.with(|settings| settings.checks = Some(checks))
    }

    /// The client, or the first mistake in its settings.
    pub fn build(self) -> Result<C, Error> {
        self.settings.build().map(C::from)
    }
}

#[cfg(any(feature = "reqwest", feature = "hyper"))]
impl<C: From<CoreClient>> ClientBuilder<C> {
    /// How long connecting may take.
    pub fn connect_timeout(self, limit: Duration) -> Self {
        self.with(|settings| settings.built_in.connect_timeout = Some(limit))
    }

    /// How long the server may be silent between two pieces of an answer.
    pub fn read_timeout(self, limit: Duration) -> Self {
        self.with(|settings| settings.built_in.read_timeout = Some(limit))
    }

    /// Shows this certificate to servers that ask for one (mutual TLS): PEM text
    /// with the certificate, those of the authorities between, and the private key.
    pub fn client_certificate(self, pem: impl Into<Vec<u8>>) -> Self {
        let pem = zeroize::Zeroizing::new(pem.into());
        self.with(|settings| settings.built_in.client_certificate = Some(pem))
    }

    /// Trusts the authorities in this PEM text, beside the platform's.
    pub fn ca_certificate(self, pem: impl Into<Vec<u8>>) -> Self {
        let pem = pem.into();
        self.with(|settings| settings.built_in.ca_certificates.push(pem))
    }
}

#[cfg(feature = "reqwest")]
impl<C: From<CoreClient>> ClientBuilder<C> {
    /// Sends everything through a proxy. By default the environment's proxy
    /// variables decide.
    pub fn proxy(self, url: impl Into<String>) -> Self {
        let url = url.into();
        self.with(|settings| settings.built_in.proxy = Some(url))
    }

    /// Uses no proxy, whatever the environment says.
    pub fn no_proxy(self) -> Self {
        self.with(|settings| settings.built_in.no_proxy = true)
    }
}

impl<C> fmt::Debug for ClientBuilder<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.settings.fmt(f)
    }
}
