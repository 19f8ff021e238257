//! Connections that wait for their next request.

use super::connection::Connection;
use super::origin::Origin;
use crate::transport::Body;
use hyper::client::conn::http1::SendRequest;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::task::AbortHandle;
use tokio::time::Instant;

/// How often the end of an answer waits for its connection to be ready, before
/// that is left to a task.
const TURNS: u8 = 8;

/// The connections of a transport.
pub(super) struct Pool {
    servers: Mutex<Servers>,
    /// The task that looks after connections that are not used.
    watch: Mutex<Option<AbortHandle>>,
    max_idle: usize,
    idle_timeout: Duration,
}

#[derive(Default)]
struct Servers {
    /// By their origins as they are written. Clients talk to few servers: a hash would
    /// take longer than to compare.
    known: BTreeMap<Arc<str>, Server>,
    /// Whether a task looks after connections that are not used.
    is_watched: bool,
}

/// The connections to one server.
struct Server {
    origin: Arc<Origin>,
    /// The one that was used last comes last, and is taken first.
    idle: Vec<(SendRequest<Body>, Instant)>,
    #[cfg(feature = "http2")]
    shared: Option<hyper::client::conn::http2::SendRequest<Body>>,
}

/// An HTTP/1.1 connection that carries an answer, to be given back at its end.
pub(super) struct Lease {
    pool: Arc<Pool>,
    origin: Arc<Origin>,
    sender: SendRequest<Body>,
    turns: u8,
}

impl Pool {
    pub(super) fn new(max_idle: usize, idle_timeout: Duration) -> Self {
        Self {
            servers: Mutex::default(),
            watch: Mutex::default(),
            max_idle,
            idle_timeout,
        }
    }

    fn servers(&self) -> MutexGuard<'_, Servers> {
        self.servers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A connection that can be used at once.
    pub(super) fn take(&self, origin: &str) -> Option<(Connection, Arc<Origin>)> {
        let mut servers = self.servers();
        let server = servers.known.get_mut(origin)?;
        #[cfg(feature = "http2")]
        if let Some(shared) = server.shared.take_if(|shared| !shared.is_closed()) {
            server.shared = Some(shared.clone());
            return Some((Connection::Http2(shared), Arc::clone(&server.origin)));
        }
        while let Some((sender, since)) = server.idle.pop() {
            if since.elapsed() > self.idle_timeout {
                // Those below it have waited longer still.
                server.idle.clear();
            } else if sender.is_ready() {
                return Some((Connection::Http1(sender), Arc::clone(&server.origin)));
            }
        }
        None
    }

    /// Lets others use a new connection, if it can carry more than one request.
    pub(super) fn share(&self, origin: &Arc<Origin>, new: Connection) -> Connection {
        #[cfg(feature = "http2")]
        if let Connection::Http2(sender) = &new {
            let mut servers = self.servers();
            let server = servers.server(origin);
            match &server.shared {
                // Another was faster; this one closes when it is dropped.
                Some(shared) if !shared.is_closed() => return Connection::Http2(shared.clone()),
                _ => server.shared = Some(sender.clone()),
            }
        }
        let _ = origin;
        new
    }

    /// Gives back a connection when its answer has been read.
    pub(super) fn lease(
        self: &Arc<Self>,
        origin: Arc<Origin>,
        connection: Connection,
        streamed: bool,
    ) -> Option<Lease> {
        match connection {
            Connection::Http1(sender) => Some(Lease {
                pool: Arc::clone(self),
                origin,
                sender,
                turns: if streamed { 0 } else { TURNS },
            }),
            #[cfg(feature = "http2")]
            Connection::Http2(_) => None,
        }
    }

    fn put(self: &Arc<Self>, origin: &Arc<Origin>, sender: SendRequest<Body>) {
        let mut servers = self.servers();
        let server = servers.server(origin);
        if server.idle.len() < self.max_idle {
            server.idle.push((sender, Instant::now()));
        }
        if !servers.is_watched
            && let Ok(runtime) = tokio::runtime::Handle::try_current()
        {
            servers.is_watched = true;
            drop(servers);
            let task = runtime.spawn(watch(Watched(Arc::downgrade(self)), self.idle_timeout));
            let mut watch = self.watch.lock().unwrap_or_else(PoisonError::into_inner);
            *watch = Some(task.abort_handle());
        }
    }

    /// Drops what has waited too long; whether anything is left.
    fn sweep(&self) -> bool {
        let mut servers = self.servers();
        servers.known.retain(|_, server| {
            server.idle.retain(|(sender, since)| {
                !sender.is_closed() && since.elapsed() <= self.idle_timeout
            });
            #[cfg(feature = "http2")]
            let shares = server
                .shared
                .as_ref()
                .is_some_and(|shared| !shared.is_closed());
            #[cfg(not(feature = "http2"))]
            let shares = false;
            shares || !server.idle.is_empty()
        });
        !servers.known.is_empty()
    }
}

impl Servers {
    fn server(&mut self, origin: &Arc<Origin>) -> &mut Server {
        let known = self.known.entry(Arc::clone(&origin.text));
        known.or_insert_with(|| Server {
            origin: Arc::clone(origin),
            idle: Vec::new(),
            #[cfg(feature = "http2")]
            shared: None,
        })
    }
}

/// Nothing of a transport outlives it.
impl Drop for Pool {
    fn drop(&mut self) {
        let watch = self.watch.get_mut();
        if let Some(task) = watch.unwrap_or_else(PoisonError::into_inner).take() {
            task.abort();
        }
    }
}

/// The pool as the task that watches it has it. Should the task's runtime end
/// first, another one watches.
struct Watched(Weak<Pool>);

impl Drop for Watched {
    fn drop(&mut self) {
        if let Some(pool) = self.0.upgrade() {
            pool.servers().is_watched = false;
        }
    }
}

/// Closes connections that are not used, until there are none or the transport is
/// gone.
async fn watch(pool: Watched, pause: Duration) {
    loop {
        tokio::time::sleep(pause).await;
        if !pool.0.upgrade().is_some_and(|pool| pool.sweep()) {
            return;
        }
    }
}

impl Lease {
    /// Whether the connection can be given back by now, or is not waited for any
    /// longer. It is ready as soon as its task has run once more.
    pub(super) fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<()> {
        if self.turns == 0 || self.sender.is_ready() || self.sender.is_closed() {
            return Poll::Ready(());
        }
        self.turns -= 1;
        context.waker().wake_by_ref();
        Poll::Pending
    }

    /// The answer has been read.
    pub(super) fn give_back(self) {
        let Self {
            pool,
            origin,
            mut sender,
            ..
        } = self;
        if sender.is_ready() {
            pool.put(&origin, sender);
        } else if !sender.is_closed() && tokio::runtime::Handle::try_current().is_ok() {
            // The request may still be on its way.
            tokio::spawn(async move {
                if sender.ready().await.is_ok() {
                    pool.put(&origin, sender);
                }
            });
        }
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let servers = self.servers();
        let idle: usize = servers.known.values().map(|server| server.idle.len()).sum();
        f.debug_struct("Pool")
            .field("idle", &idle)
            .finish_non_exhaustive()
    }
}
