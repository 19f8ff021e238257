//! The way of a call: attempts, each with limits, request, credentials, hooks,
//! transport, redirects and answer.

use super::answer::{self, Answered, media_type};
use super::entry::Entry;
use super::{Invocation, redirect};
use crate::auth::{Prepared, Renewable};
use crate::clock::{Stopwatch, within};
use crate::hook::{self, Attempt};
use crate::operation::Operation;
use crate::page::Next;
use crate::response::Raw;
use crate::retry::{self, Tries, Verdict};
use crate::stream::{Aim, Kind, Opened};
use crate::transport::{BoxFuture, Request, Response};
use crate::{Error, Hedge, hedge, trace};
use bytes::Bytes;
use http::StatusCode;
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

/// The operation, and the call as a future that runs when it is polled.
pub(super) fn start(
    mut call: Box<Invocation>,
) -> (&'static Operation, BoxFuture<Result<Box<Raw>, Error>>) {
    let operation = call.operation;
    let answer = async move {
        call.check()?;
        Ok(run(&call, &Aim::default()).await?.raw)
    };
    (operation, Box::pin(answer))
}

/// The same for a call whose answer is read while it arrives.
pub(super) fn open(
    mut call: Box<Invocation>,
    kind: Kind,
) -> (&'static Operation, BoxFuture<Result<Opened, Error>>) {
    let operation = call.operation;
    let opened = async move {
        call.check()?;
        let aim = Aim {
            kind: Some(kind),
            ..Aim::default()
        };
        reopen(Arc::from(call), aim).await
    };
    (operation, Box::pin(opened))
}

/// Sends a call that was checked when it was first sent.
pub(crate) fn reopen(call: Arc<Invocation>, aim: Aim) -> BoxFuture<Result<Opened, Error>> {
    Box::pin(async move {
        let Answered { raw, body } = run(&call, &aim).await?;
        match body {
            Some(body) => Ok(Opened { call, raw, body }),
            None if raw.status.is_success() => {
                let media_type = media_type(&raw.headers);
                let message = format!("the answer cannot be read as a stream: it is {media_type}");
                Err(raw.located(Error::decode(message)))
            }
            None => Err(raw.located(Error::status_error())),
        }
    })
}

/// A page of a list, of a call that was checked before the first one.
pub(crate) fn page(call: Arc<Invocation>, page: Next) -> BoxFuture<Result<Box<Raw>, Error>> {
    Box::pin(async move {
        let aim = Aim {
            page,
            ..Aim::default()
        };
        Ok(run(&call, &aim).await?.raw)
    })
}

/// Attempts until one succeeds, fails for good, or the policy has enough.
async fn run(call: &Invocation, aim: &Aim) -> Result<Answered, Error> {
    let watch = call.watch(call.timeout().is_some());
    let left = || watch.left(call.timeout());
    let mut tries = call.tries(aim);
    let mut before: Option<Box<Result<Answered, Error>>> = None;
    loop {
        let mut outcome = match call.hedge(aim) {
            None => attempt(call, aim, tries.begin(), left()).await,
            Some(hedge) => Box::pin(hedged(call, aim, hedge, &mut tries, &left)).await,
        };
        if let Some(before) = before.take()
            && let Err(error) = &outcome
            && tries.is_stopped_by(error)
        {
            // Nothing more was sent: what is told is what failed.
            outcome = *before;
        }
        let attempt = Attempt {
            call,
            number: tries.attempts.made,
        };
        match tries.judge(&answer::outcome(&outcome), left()) {
            Verdict::Again(wait) => {
                trace::retry(&attempt, wait);
                for hook in &call.core.hooks {
                    hook.on_retry(&attempt, wait);
                }
                before = Some(Box::new(outcome));
                call.sleep(wait).await;
            }
            Verdict::Done => {
                trace::given_up(&attempt, tries.attempts.stopped);
                let attempts = tries.attempts;
                return match outcome {
                    Ok(mut answered) => {
                        answered.raw.attempts = attempts;
                        Ok(answered)
                    }
                    Err(error) => Err(error.with_attempts(attempts)),
                };
            }
        }
    }
}

/// An attempt, and another one beside it where it takes long.
#[cold]
async fn hedged(
    call: &Invocation,
    aim: &Aim,
    hedge: Hedge,
    tries: &mut Tries<'_>,
    left: &(dyn Fn() -> Option<Duration> + Sync),
) -> Result<Answered, Error> {
    let mut number = Some(tries.begin());
    let start = || -> Option<Pin<Box<dyn Future<Output = _> + Send + '_>>> {
        let number = number.take().or_else(|| tries.hedge())?;
        Some(Box::pin(attempt(call, aim, number, left())))
    };
    let is_good = |outcome: &Result<_, _>| retry::is_good(&answer::outcome(outcome));
    let raced = hedge::race(hedge.after, &*call.core.transport, start, is_good).await;
    raced.unwrap_or_else(|| Err(call.too_slow()))
}

/// One attempt, from the limits to the answer. `left` is what is left of the call's
/// time.
async fn attempt(
    call: &Invocation,
    aim: &Aim,
    number: u32,
    left: Option<Duration>,
) -> Result<Answered, Error> {
    let attempt = Attempt { call, number };
    let request = call.whole_request(aim);
    let request = request.map_err(|error| call.located(error))?;
    let watch = call.watch(left.is_some());
    let entry = match call.enters_freely() {
        true => None,
        false => Some(Box::pin(call.enter(&request.url, left)).await?),
    };
    let limit = call.attempt_limit(watch.left(left));
    let span = trace::Span::of(&attempt, &request);
    // Pinned, so that the future of a call holds it once.
    let exchanged = pin!(span.around(exchange(request, &attempt, aim, limit)));
    // The transport keeps the limit until the end of the body. A stream has no end to
    // wait for, and hooks and providers of tokens have clocks of their own.
    let mut outcome = match limit.filter(|_| aim.kind.is_some() || call.waits_for_others()) {
        // Boxed: most calls need no room for it.
        Some(limit) => Box::pin(within(limit, &*call.core.transport, exchanged))
            .await
            .unwrap_or_else(|| Err(call.too_slow())),
        None => exchanged.await,
    };
    span.ended(&outcome.as_ref().map(|answered| &*answered.raw));
    Entry::leave(entry, call, &mut outcome);
    outcome
}

/// A request, and those that a renewed token and redirects ask for.
async fn exchange(
    mut request: Box<Request>,
    attempt: &Attempt<'_>,
    aim: &Aim,
    limit: Option<Duration>,
) -> Result<Answered, Error> {
    let call = attempt.call;
    let operation = call.operation;
    let watch = call.watch(limit.is_some());
    let mut trail = redirect::Trail::default();
    let mut renewed = false;
    let (answer, address) = loop {
        let mut tokens = Vec::new();
        if trail.keeps_credentials() {
            let refused = |error: Error| call.log_failure(error.with_operation(operation));
            let asked = call.authorize(&mut request, trail.is_redirected());
            if let Some(asked) = asked.map_err(refused)? {
                tokens = asked.await.map_err(refused)?;
            }
        }
        let address = request.url.clone();
        let located = |error: Error| error.with_operation(operation).with_url(&address);
        if aim.kind.is_none() {
            request.timeout = watch.left(limit);
        }
        call.log_request(&request);
        let answer = match call.passed(*request, attempt).await {
            Ok(answer) => answer,
            Err(error) => return Err(call.log_failure(located(error))),
        };
        if !renewed && call.renews(&answer, &tokens) {
            renewed = true;
            call.log_response(&answer, &watch);
            trail = redirect::Trail::default();
            let again = call
                .request(aim)
                .and_then(|request| call.attached(request, aim));
            request = again.map_err(located)?;
            if !call.enters_freely() {
                let entered = call.enter_again(&request.url, false, watch.left(limit), answer);
                Box::pin(entered).await?;
            }
            continue;
        }
        let Some(location) = redirect::location(&answer) else {
            break (answer, address);
        };
        call.log_response(&answer, &watch);
        let followed = trail.follow(&address, answer.status, location, || call.request(aim));
        let followed = followed.and_then(|request| match trail.keeps_body() {
            true => call.attached(request, aim),
            false => Ok(request),
        });
        request = match followed {
            Ok(followed) => followed,
            Err(error) => {
                let error = located(error);
                return Err(error.with_answer(answer.status, answer.headers, Bytes::new()));
            }
        };
        if !call.enters_freely() {
            let (left, elsewhere) = (watch.left(limit), trail.is_elsewhere());
            Box::pin(call.enter_again(&request.url, elsewhere, left, answer)).await?;
        }
    };
    let (raw, body) = call.begin(answer, address);
    match aim.kind.filter(|kind| answer::is_stream(*kind, &raw)) {
        Some(kind) => call.streamed(raw, body, kind, &watch),
        None => {
            let body = body.collect(call.core.max_response_size).await;
            call.whole(raw, body, &watch)
        }
    }
}

impl Invocation {
    /// The first mistake that was made when the call was put together.
    pub(crate) fn check(&mut self) -> Result<(), Error> {
        if let Some(error) = self.error.take() {
            return Err(error.with_operation(self.operation));
        }
        #[cfg(feature = "checks")]
        self.keep_constraints()
            .map_err(|error| error.with_operation(self.operation))?;
        self.make_key();
        match self.error.take() {
            Some(error) => Err(error.with_operation(self.operation)),
            None => Ok(()),
        }
    }

    /// A clock for what needs one, and for the log.
    fn watch(&self, needed: bool) -> Stopwatch<'_> {
        Stopwatch::start_if(needed || self.core.log.is_some(), &*self.core.transport)
    }

    /// Whether more than the transport can keep a call waiting.
    fn waits_for_others(&self) -> bool {
        let own = self
            .options
            .as_ref()
            .and_then(|one| one.credential.as_ref());
        let own = own.map(|(_, prepared)| prepared);
        let mut all = self.core.credentials.iter().flatten().chain(own);
        !self.core.hooks.is_empty() || all.any(Prepared::is_asked_for)
    }

    /// Says of which operation it is.
    #[cold]
    fn located(&self, error: Error) -> Error {
        error.with_operation(self.operation)
    }

    #[cold]
    fn too_slow(&self) -> Error {
        let error = Error::timeout("no answer came within the time limit");
        self.log_failure(error.with_operation(self.operation))
    }

    /// Sends a request, through the hooks. Boxed, as the transport's future is anyway:
    /// what hooks need takes room only where there are hooks.
    fn passed<'a>(
        &'a self,
        request: Request,
        attempt: &'a Attempt<'a>,
    ) -> Pin<Box<dyn Future<Output = Result<Response, Error>> + Send + 'a>> {
        match &*self.core.hooks {
            [] => self.core.transport.send(request),
            hooks => {
                let send = |request| self.core.transport.send(request);
                Box::pin(hook::around(hooks, attempt, request, send))
            }
        }
    }

    /// Whether a refused token can be another by now, and the call be repeated.
    fn renews(&self, answer: &Response, tokens: &[Renewable]) -> bool {
        answer.status == StatusCode::UNAUTHORIZED
            && tokens
                .iter()
                .fold(false, |any, one| one.refused(&answer.headers) | any)
            && self.is_repeatable()
    }
}
