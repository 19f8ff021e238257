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
    limits: Limits,
}

/// What is kept of connections that are not used.
#[derive(Clone, Copy)]
pub(super) struct Limits {
    /// How many to a server.
    pub(super) connections: usize,
    /// How long. Looked at when connections are taken.
    pub(super) time: Duration,
    /// Whether a task looks at the time as well. Its clock costs every wait for the
    /// network a timer of the system's.
    pub(super) is_watched: bool,
}

struct Servers {
    /// By their origins as they are written. Clients talk to few servers: a hash would
    /// take longer than to compare.
    known: BTreeMap<Arc<str>, Arc<Server>>,
    /// When all of them were last looked at.
    swept: Instant,
}

/// A server, and the connections to it.
pub(super) struct Server {
    pub(super) origin: Origin,
    connections: Mutex<Connections>,
}

#[derive(Default)]
struct Connections {
    /// The one that was used last comes last, and is taken first.
    idle: Vec<(SendRequest<Body>, Instant)>,
    #[cfg(feature = "http2")]
    shared: Option<hyper::client::conn::http2::SendRequest<Body>>,
}

/// An HTTP/1.1 connection that carries an answer, to be given back at its end.
pub(super) struct Lease {
    pool: Arc<Pool>,
    server: Arc<Server>,
    sender: SendRequest<Body>,
    turns: u8,
}

impl Pool {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            servers: Mutex::new(Servers {
                known: BTreeMap::new(),
                swept: Instant::now(),
            }),
            watch: Mutex::default(),
            limits,
        }
    }

    fn servers(&self) -> MutexGuard<'_, Servers> {
        self.servers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A known server by its origin as it is written, with a connection to it that can
    /// be used at once.
    pub(super) fn take(&self, origin: &str) -> Option<(Arc<Server>, Option<Connection>)> {
        let now = Instant::now();
        let mut servers = self.servers();
        if now - servers.swept > self.limits.time {
            servers.sweep(self.limits.time, now);
        }
        let server = Arc::clone(servers.known.get(origin)?);
        drop(servers);
        let connection = server.connections().take(self.limits.time, now);
        Some((server, connection))
    }

    /// The server of an origin that was not known.
    pub(super) fn server(&self, origin: Origin) -> Arc<Server> {
        let text = Arc::clone(&origin.text);
        let mut servers = self.servers();
        let server = servers.known.entry(text).or_insert_with(|| {
            Arc::new(Server {
                origin,
                connections: Mutex::default(),
            })
        });
        Arc::clone(server)
    }

    /// Gives back a connection when its answer has been read.
    pub(super) fn lease(
        self: &Arc<Self>,
        server: Arc<Server>,
        connection: Connection,
        streamed: bool,
    ) -> Option<Lease> {
        match connection {
            Connection::Http1(sender) => Some(Lease {
                pool: Arc::clone(self),
                server,
                sender,
                turns: if streamed { 0 } else { TURNS },
            }),
            #[cfg(feature = "http2")]
            Connection::Http2(_) => None,
        }
    }

    fn put(self: &Arc<Self>, server: &Server, sender: SendRequest<Body>) {
        let idle = &mut server.connections().idle;
        if idle.len() < self.limits.connections {
            idle.push((sender, Instant::now()));
        }
        if self.limits.is_watched {
            self.watch();
        }
    }

    /// Sees to it that a task looks after connections that are not used.
    fn watch(self: &Arc<Self>) {
        let mut task = self.watch.lock().unwrap_or_else(PoisonError::into_inner);
        // Should its runtime have ended first, another one watches.
        if task.as_ref().is_none_or(AbortHandle::is_finished)
            && let Ok(runtime) = tokio::runtime::Handle::try_current()
        {
            let watching = runtime.spawn(watch(Arc::downgrade(self), self.limits.time));
            *task = Some(watching.abort_handle());
        }
    }
}

impl Servers {
    /// Drops what has waited longer than `time`; whether anything is left.
    fn sweep(&mut self, time: Duration, now: Instant) -> bool {
        self.swept = now;
        self.known.retain(|_, server| {
            // One that is in use gets its connection back.
            server.connections().sweep(time, now) || Arc::strong_count(server) > 1
        });
        !self.known.is_empty()
    }
}

impl Server {
    fn connections(&self) -> MutexGuard<'_, Connections> {
        let connections = self.connections.lock();
        connections.unwrap_or_else(PoisonError::into_inner)
    }

    /// A connection that can be used at once.
    pub(super) fn take(&self, pool: &Pool) -> Option<Connection> {
        self.connections().take(pool.limits.time, Instant::now())
    }

    /// Lets others use a new connection, if it can carry more than one request.
    pub(super) fn share(&self, new: Connection) -> Connection {
        #[cfg(feature = "http2")]
        if let Connection::Http2(sender) = &new {
            let shared = &mut self.connections().shared;
            match shared {
                // Another was faster; this one closes when it is dropped.
                Some(shared) if !shared.is_closed() => return Connection::Http2(shared.clone()),
                _ => *shared = Some(sender.clone()),
            }
        }
        new
    }
}

impl Connections {
    fn take(&mut self, time: Duration, now: Instant) -> Option<Connection> {
        #[cfg(feature = "http2")]
        if let Some(shared) = self.shared.take_if(|shared| !shared.is_closed()) {
            self.shared = Some(shared.clone());
            return Some(Connection::Http2(shared));
        }
        while let Some((sender, since)) = self.idle.pop() {
            if now - since > time {
                // Those below it have waited longer still.
                self.idle.clear();
            } else if sender.is_ready() {
                return Some(Connection::Http1(sender));
            }
        }
        None
    }

    /// Drops what has waited longer than `time`; whether anything is left.
    fn sweep(&mut self, time: Duration, now: Instant) -> bool {
        let idle = &mut self.idle;
        idle.retain(|(sender, since)| !sender.is_closed() && now - *since <= time);
        #[cfg(feature = "http2")]
        if matches!(&self.shared, Some(shared) if !shared.is_closed()) {
            return true;
        }
        !self.idle.is_empty()
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

/// Closes connections that are not used, until there are none or the transport is
/// gone.
async fn watch(pool: Weak<Pool>, pause: Duration) {
    loop {
        tokio::time::sleep(pause).await;
        let Some(pool) = pool.upgrade() else {
            return;
        };
        if !pool.servers().sweep(pause, Instant::now()) {
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
            server,
            mut sender,
            ..
        } = self;
        if sender.is_ready() {
            pool.put(&server, sender);
        } else if !sender.is_closed() && tokio::runtime::Handle::try_current().is_ok() {
            // The request may still be on its way.
            tokio::spawn(async move {
                if sender.ready().await.is_ok() {
                    pool.put(&server, sender);
                }
            });
        }
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let servers = self.servers();
        let idle = servers.known.values();
        let idle: usize = idle.map(|server| server.connections().idle.len()).sum();
        f.debug_struct("Pool")
            .field("idle", &idle)
            .finish_non_exhaustive()
    }
}
