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

pub(crate) use concurrency::Permit;
pub(crate) use scope::Asked;
pub(crate) use server::Server;

use crate::Error;
use crate::clock::within;
use crate::transport::Transport;
use concurrency::Concurrency;
use rate::{Rate, Reserved};
use std::fmt;
use std::time::Duration;

/// The limits of a client, shared by its clones.
pub(crate) struct Limits {
    rates: Vec<Rate>,
    concurrency: Vec<Concurrency>,
    pub(crate) server: Server,
}

impl Limits {
    pub(crate) fn new(
        rates: Vec<RateLimit>,
        concurrency: Vec<ConcurrencyLimit>,
        server: Server,
    ) -> Self {
        Self {
            rates: rates.into_iter().map(Rate::new).collect(),
            concurrency: concurrency.into_iter().map(Concurrency::new).collect(),
            server,
        }
    }

    /// Whether there is nothing to wait for.
    pub(crate) fn is_idle(&self) -> bool {
        self.rates.is_empty() && self.concurrency.is_empty() && self.server.is_idle()
    }

    /// Waits until a request may be sent; the permits are given back when they are
    /// dropped. `left` is the time that the call has.
    pub(crate) async fn admit(
        &self,
        asked: &Asked<'_>,
        left: Option<Duration>,
        clock: &dyn Transport,
    ) -> Result<Vec<Permit>, Error> {
        let (reserved, spent) = self.wait(asked, left, clock).await?;
        let left = |spent| left.map(|left: Duration| left.saturating_sub(spent));
        let mut permits = Vec::new();
        for gate in self.concurrency.iter().filter_map(|one| one.gate(asked)) {
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
        if let Some(tokens) = reserved {
            tokens.used();
        }
        Ok(permits)
    }

    /// The same for a request that has the places of another one.
    pub(crate) async fn pace(
        &self,
        asked: &Asked<'_>,
        left: Option<Duration>,
        clock: &dyn Transport,
    ) -> Result<(), Error> {
        let (reserved, _) = self.wait(asked, left, clock).await?;
        if let Some(tokens) = reserved {
            tokens.used();
        }
        Ok(())
    }

    /// Waits for the server's limits and the rates. The tokens are given back unless
    /// they are used. Also how long it has waited.
    async fn wait<'a>(
        &'a self,
        asked: &Asked<'a>,
        left: Option<Duration>,
        clock: &dyn Transport,
    ) -> Result<(Option<Reserved<'a>>, Duration), Error> {
        let mut spent = Duration::ZERO;
        if let Some(wait) = self.server.wait(asked, clock) {
            // Where the call has no time for it, the server has the last word.
            if left.is_none_or(|left| wait < left) {
                spent = wait;
                clock.sleep(wait).await;
            }
        }
        let left = |spent| left.map(|left: Duration| left.saturating_sub(spent));
        // Tokens that are given back where the call is dropped while it waits.
        let mut reserved = None;
        if !self.rates.is_empty() {
            let tokens = rate::reserve(&self.rates, asked, left(spent), clock)?;
            if let Some(wait) = tokens.wait() {
                clock.sleep(wait).await;
                spent = spent.saturating_add(wait);
            }
            reserved = Some(tokens);
        }
        Ok((reserved, spent))
    }
}

impl fmt::Debug for Limits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Limits")
            .field("rates", &self.rates)
            .field("concurrency", &self.concurrency)
            .field("server", &self.server)
            .finish()
    }
}
