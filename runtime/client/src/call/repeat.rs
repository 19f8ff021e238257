//! Whether and how a call may be sent again.

use super::Invocation;
use crate::Hedge;
use crate::client::header;
use crate::operation::{Repeat, is_safe};
use crate::page::Next;
use crate::retry::{Retry, Tries, new_key};
use crate::stream::Aim;
use std::time::Duration;

impl Invocation {
    /// What the caller says of repeating, else the operation.
    pub(super) fn repeated(&self) -> Repeat {
        let own = self.options.as_ref().and_then(|options| options.repeat);
        own.unwrap_or(self.operation.repeat)
    }

    fn policy(&self) -> &Retry {
        let own = self
            .options
            .as_ref()
            .and_then(|options| options.retry.as_ref());
        own.unwrap_or(&self.core.resilience.retry)
    }

    /// The attempts to come.
    pub(super) fn tries(&self, aim: &Aim) -> Tries<'_> {
        let repeatable = match self.repeated() {
            Repeat::Never => None,
            // The key is that of the first page's request.
            Repeat::Key(_) if aim.page != Next::Start => {
                Some(Repeat::ByMethod.allows(self.operation.method))
            }
            repeat => Some(repeat.allows(self.operation.method)),
        };
        let budget = &self.core.resilience.budget;
        Tries::new(self.policy(), budget, repeatable, self.is_repeatable()).once(aim.once)
    }

    /// Whether there is another attempt beside one that takes long.
    pub(super) fn hedge(&self, aim: &Aim) -> Option<Hedge> {
        let own = self.options.as_ref().and_then(|options| options.hedge);
        let hedge = own.or(self.core.resilience.hedge)?;
        let may = is_safe(self.operation.method)
            && self.repeated() != Repeat::Never
            && self.is_repeatable()
            && !aim.once;
        may.then_some(hedge)
    }

    /// How long one attempt may take, given what is left of the whole call.
    pub(super) fn attempt_limit(&self, left: Option<Duration>) -> Option<Duration> {
        let own = self
            .options
            .as_ref()
            .and_then(|options| options.attempt_timeout);
        match (own.or(self.core.resilience.attempt_timeout), left) {
            (Some(one), Some(left)) => Some(one.min(left)),
            (one, left) => one.or(left),
        }
    }

    /// Makes an idempotency key where the operation takes one and the caller has
    /// set none. All attempts, and a stream that is opened again, carry it.
    pub(super) fn make_key(&mut self) {
        let Repeat::Key(name) = self.repeated() else {
            return;
        };
        let given = self.parts.headers.iter();
        let is_given = given
            .into_iter()
            .any(|(own, _)| own.eq_ignore_ascii_case(name))
            || self.options.as_ref().is_some_and(|options| {
                let mut names = options.headers.iter();
                names.any(|(own, _)| own.as_str().eq_ignore_ascii_case(name))
            });
        if is_given {
            return;
        }
        match header(name, "") {
            Ok((name, _)) => self.key = Some((name, new_key())),
            Err(error) => self.refuse(error),
        }
    }
}
