//! Limits on what a client sends: rates, concurrency, and what servers say is
//! left.

mod bucket;
mod concurrency;
mod rate;
mod scope;
mod server;

pub use concurrency::ConcurrencyLimit;
pub use rate::RateLimit;
pub use scope::Scope;

pub(crate) use concurrency::{Gate, Permit};
pub(crate) use scope::Asked;
pub(crate) use server::Server;

use crate::Error;
use crate::clock::within;
use crate::transport::Transport;
use rate::Rate;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// The limits of a client, shared by its clones.
pub(crate) struct Limits {
    rates: Vec<Rate>,
    gates: Vec<Arc<Gate>>,
    pub(crate) server: Server,
}

impl Limits {
    pub(crate) fn new(rates: Vec<RateLimit>, gates: Vec<ConcurrencyLimit>, server: Server) -> Self {
        Self {
            rates: rates.into_iter().map(Rate::new).collect(),
            gates: gates.into_iter().map(Gate::new).map(Arc::new).collect(),
            server,
        }
    }

    /// Whether there is nothing to wait for.
    pub(crate) fn is_idle(&self) -> bool {
        self.rates.is_empty() && self.gates.is_empty() && self.server.is_idle()
    }

    /// Waits until a request may be sent; the permits are given back when they are
    /// dropped. `left` is the time that the call has.
    pub(crate) async fn admit(
        &self,
        asked: &Asked<'_>,
        left: Option<Duration>,
        clock: &dyn Transport,
    ) -> Result<Vec<Permit>, Error> {
        let mut spent = Duration::ZERO;
        if let Some(wait) = self.server.wait(asked, clock) {
            // Where the call has no time for it, the server has the last word.
            if left.is_none_or(|left| wait < left) {
                spent = wait;
                clock.sleep(wait).await;
            }
        }
        let left = |spent| left.map(|left: Duration| left.saturating_sub(spent));
        if !self.rates.is_empty() {
            let reserved = rate::reserve(&self.rates, asked, left(spent), clock)?;
            if let Some(wait) = reserved.wait() {
                clock.sleep(wait).await;
                spent = spent.saturating_add(wait);
            }
            reserved.used();
        }
        let mut permits = Vec::new();
        for gate in self.gates.iter().filter(|gate| gate.covers(asked)) {
            let permit = match gate.try_enter() {
                Some(permit) => permit,
                None => match left(spent) {
                    None => gate.enter().await,
                    Some(left) => within(left, clock, gate.enter()).await.ok_or_else(|| {
                        Error::limited("no place came free within the time limit", None)
                    })?,
                },
            };
            permits.push(permit);
        }
        Ok(permits)
    }
}

impl fmt::Debug for Limits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Limits")
            .field("rates", &self.rates)
            .field("concurrency", &self.gates)
            .field("server", &self.server)
            .finish()
    }
}
