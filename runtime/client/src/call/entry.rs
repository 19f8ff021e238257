//! What a request must pass before it is sent, and what it leaves behind.

use super::Invocation;
use super::answer::Answered;
use crate::breaker::Pass;
use crate::limit::{Asked, Permit};
use crate::transport::{Address, Response};
use crate::{Error, retry};
use bytes::Bytes;
use std::time::Duration;

/// A request that may be sent.
pub(super) struct Entry<'a> {
    permits: Vec<Permit>,
    pass: Option<Pass<'a>>,
}

impl Invocation {
    /// Whether the client has no limits as yet, its own or the server's.
    pub(super) fn enters_freely(&self) -> bool {
        let resilience = &self.core.resilience;
        resilience.breakers.is_none() && resilience.limits.is_idle()
    }

    /// Waits for the client's limits and asks its circuit breaker.
    pub(super) async fn enter(
        &self,
        address: &Address,
        left: Option<Duration>,
    ) -> Result<Box<Entry<'_>>, Error> {
        let resilience = &self.core.resilience;
        let clock = &*self.core.transport;
        let pass = match &resilience.breakers {
            None => None,
            Some(breakers) => {
                let now = clock.now().unwrap_or_default();
                let pass = breakers.pass(address.authority(), now);
                Some(pass.map_err(|wait| self.refused(Error::circuit_open(wait), address))?)
            }
        };
        let asked = self.asked(address.authority());
        let admitted = resilience.limits.admit(&asked, left, clock).await;
        let permits = admitted.map_err(|error| self.refused(error, address))?;
        Ok(Box::new(Entry { permits, pass }))
    }

    /// Waits for the rates of a request that follows from one that has entered: after a
    /// redirect, or with another token. It has that one's places; `answer` is that one's.
    /// `elsewhere`: it goes to another host than the call.
    #[cold]
    pub(super) async fn enter_again(
        &self,
        address: &Address,
        elsewhere: bool,
        left: Option<Duration>,
        answer: Response,
    ) -> Result<(), Error> {
        // The body goes at once, and with it what it holds.
        let Response {
            status, headers, ..
        } = answer;
        let asked = Asked {
            elsewhere,
            ..self.asked(address.authority())
        };
        let limits = &self.core.resilience.limits;
        let paced = limits.pace(&asked, left, &*self.core.transport).await;
        paced.map_err(|error| {
            let error = error.with_answer(status, headers, Bytes::new());
            self.refused(error, address)
        })
    }

    #[cold]
    fn refused(&self, error: Error, address: &Address) -> Error {
        let error = error.with_operation(self.operation);
        self.log_failure(error.with_url(address))
    }

    fn asked<'a>(&'a self, host: &'a str) -> Asked<'a> {
        let options = self.options.as_deref();
        let own = |options: &super::invocation::Options| {
            options.credential.is_some() || options.anonymous
        };
        Asked {
            operation: self.label(),
            path: self.path_template(),
            host,
            own_credential: options.is_some_and(own),
            elsewhere: false,
        }
    }
}

impl Entry<'_> {
    /// Notes what became of the request, which may have entered freely; a stream keeps
    /// its permits.
    pub(super) fn leave(
        entry: Option<Box<Self>>,
        call: &Invocation,
        outcome: &mut Result<Answered, Error>,
    ) {
        let resilience = &call.core.resilience;
        let (permits, pass) = entry.map_or_else(Default::default, |one| (one.permits, one.pass));
        if let Some(pass) = pass {
            let failed = match &*outcome {
                Ok(answered) => answered.raw.status.is_server_error(),
                Err(error) => error.is_connect() || error.is_timeout() || error.is_transport(),
            };
            pass.ended(failed, call.core.transport.now().unwrap_or_default());
        }
        let Ok(answered) = outcome else { return };
        if resilience.limits.server.is_heeded()
            && let Some(limit) = retry::exhausted(&answered.raw.headers)
        {
            let asked = call.asked(answered.raw.address.authority());
            let clock = &*call.core.transport;
            resilience.limits.server.note(&asked, limit, clock);
        }
        answered.hold(permits);
    }
}
