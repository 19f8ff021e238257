//! The way of a call: attempts, each with request, hooks, transport, redirects and
//! answer.

use super::{Call, redirect};
use crate::Error;
use crate::auth::Renewable;
use crate::clock::{Stopwatch, within};
use crate::hook::{self, Attempt};
use crate::log::{LogEvent, LogKind};
use crate::operation::Operation;
use crate::page::Next;
use crate::response::decode::is_event_stream;
use crate::response::{Raw, Sent, select};
use crate::retry::{Attempts, Outcome, Verdict};
use crate::stream::{Aim, Kind, Opened};
use crate::transport::{Address, Body, BoxFuture, Request, Response};
use crate::{coding, upload};
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, StatusCode};
use std::sync::Arc;
use std::time::Duration;

/// The operation, and the call as a future that runs when it is polled.
pub(super) fn start(mut call: Call) -> (&'static Operation, BoxFuture<Result<Raw, Error>>) {
    let operation = call.operation;
    let answer = async move {
        call.check()?;
        Ok(run(&call, &Aim::default()).await?.raw)
    };
    (operation, Box::pin(answer))
}

/// The same for a call whose answer is read while it arrives.
pub(super) fn open(
    mut call: Call,
    kind: Kind,
) -> (&'static Operation, BoxFuture<Result<Opened, Error>>) {
    let operation = call.operation;
    let opened = async move {
        call.check()?;
        let aim = Aim {
            kind: Some(kind),
            ..Aim::default()
        };
        reopen(Arc::new(call), aim).await
    };
    (operation, Box::pin(opened))
}

/// Sends a call that was checked when it was first sent.
pub(crate) fn reopen(call: Arc<Call>, aim: Aim) -> BoxFuture<Result<Opened, Error>> {
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

/// The media type without parameters; empty where there is none.
fn media_type(headers: &HeaderMap) -> &str {
    let value = headers.get(CONTENT_TYPE);
    select::essence(
        value
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default(),
    )
}

/// Whether an answer of that media type can be read as a stream of that kind.
fn fits(kind: Kind, media_type: &str) -> bool {
    match kind {
        Kind::Bytes => true,
        _ if media_type.is_empty() => true,
        Kind::Events => is_event_stream(media_type),
        // Servers give lines many names; pages of HTML are what must be told apart.
        Kind::Lines => {
            let name = media_type.to_ascii_lowercase();
            name.contains("json") || name == "text/plain" || name.ends_with("/octet-stream")
        }
    }
}

/// A page of a list, of a call that was checked before the first one.
pub(crate) fn page(call: Arc<Call>, page: Next) -> BoxFuture<Result<Raw, Error>> {
    Box::pin(async move {
        let aim = Aim {
            page,
            ..Aim::default()
        };
        Ok(run(&call, &aim).await?.raw)
    })
}

/// An answer that is no redirect.
struct Answered {
    raw: Raw,
    /// Where it is a stream; what was read whole is in `raw`.
    body: Option<Body>,
}

/// Attempts until one succeeds, fails for good, or the policy has enough.
async fn run(call: &Call, aim: &Aim) -> Result<Answered, Error> {
    let watch = call.watch(call.timeout().is_some());
    let mut tries = call.tries(aim);
    loop {
        let request = call
            .whole_request(aim)
            .map_err(|error| error.with_operation(call.operation))?;
        let attempt = Attempt {
            call,
            number: tries.begin(),
        };
        let limit = call.attempt_limit(watch.left(call.timeout()));
        let exchanged = exchange(request, &attempt, aim, limit);
        let outcome = match limit.filter(|_| aim.kind.is_some()) {
            // A stream has no end to wait for: the limit is for all before it.
            Some(limit) => within(limit, &*call.core.transport, exchanged)
                .await
                .unwrap_or_else(|| Err(call.too_slow())),
            None => exchanged.await,
        };
        let judged = match &outcome {
            Ok(answered) => Outcome::Answer(answered.raw.status, &answered.raw.headers),
            Err(error) => Outcome::Failure(error),
        };
        let verdict = tries.judge(&judged, watch.left(call.timeout()));
        match (verdict, outcome) {
            (Verdict::Again(wait), outcome) => {
                drop(outcome);
                for hook in &call.core.hooks {
                    hook.on_retry(&attempt, wait);
                }
                call.sleep(wait).await;
            }
            (Verdict::Done, Ok(mut answered)) => {
                answered.raw.attempts = tries.attempts;
                return Ok(answered);
            }
            (Verdict::Done, Err(error)) => return Err(error.with_attempts(tries.attempts)),
        }
    }
}

/// One attempt: a request, and those that redirects ask for.
async fn exchange(
    mut request: Request,
    attempt: &Attempt<'_>,
    aim: &Aim,
    limit: Option<Duration>,
) -> Result<Answered, Error> {
    let call = attempt.call;
    let operation = call.operation;
    let watch = call.watch(limit.is_some());
    let mut trail = redirect::Trail::default();
    let mut renewed = false;
    loop {
        let mut tokens = Vec::new();
        if trail.keeps_credentials() {
            let given = call.authorize(&mut request, trail.is_redirected()).await;
            tokens = given.map_err(|error| call.log_failure(error.with_operation(operation)))?;
        }
        let address = request.url.clone();
        let located = |error: Error| error.with_operation(operation).with_url(&address);
        if aim.kind.is_none() {
            request.timeout = watch.left(limit);
        }
        call.log_request(&request);
        let answer = match call.passed(request, attempt).await {
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
            continue;
        }
        let Some(location) = redirect::location(&answer) else {
            return call.read(answer, aim, address, &watch).await;
        };
        call.log_response(&answer, &watch);
        let followed = trail.follow(&address, answer.status, location, || call.request(aim));
        let followed = followed.and_then(|request| match trail.keeps_body() {
            true => call.attached(request, aim),
            false => Ok(request),
        });
        request = followed.map_err(|error| {
            let error = located(error);
            error.with_answer(answer.status, answer.headers, Bytes::new())
        })?;
    }
}

impl Call {
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

    #[cold]
    fn too_slow(&self) -> Error {
        let error = Error::timeout("no answer came within the time limit");
        self.log_failure(error.with_operation(self.operation))
    }

    /// Sends a request, through the hooks.
    async fn passed(&self, request: Request, attempt: &Attempt<'_>) -> Result<Response, Error> {
        match &*self.core.hooks {
            [] => self.core.transport.send(request).await,
            hooks => {
                let send = |request| self.core.transport.send(request);
                hook::around(hooks, attempt, request, send).await
            }
        }
    }

    /// Whether a refused token can be another by now, and the call be repeated.
    fn renews(&self, answer: &Response, tokens: &[Renewable]) -> bool {
        answer.status == StatusCode::UNAUTHORIZED
            && tokens.iter().fold(false, |any, one| one.refused() | any)
            && self.is_repeatable()
    }

    /// What links need of the request, where the operation has links.
    fn sent(&self) -> Option<Arc<Sent>> {
        let mut declared = self.operation.declared.iter();
        if !declared.any(|row| !row.links.is_empty()) {
            return None;
        }
        let body = self.body.as_ref().map(|body| upload::joined(&body.pieces));
        let body = body.and_then(|body| body.ok()?.as_bytes().cloned());
        let parts = self.parts.clone();
        Some(Arc::new(Sent { parts, body }))
    }

    /// Reads the answer, unless it is to be read while it arrives.
    async fn read(
        &self,
        answer: Response,
        aim: &Aim,
        address: Address,
        watch: &Stopwatch<'_>,
    ) -> Result<Answered, Error> {
        let answer = match self.core.decompress {
            true => coding::decoded(answer),
            false => answer,
        };
        let mut raw = Raw {
            operation: self.operation,
            status: answer.status,
            headers: answer.headers,
            body: Bytes::new(),
            address,
            attempts: Attempts::default(),
            drift: self.core.drift.clone(),
            sent: None,
        };
        raw.note_head();
        let is_stream = |kind| raw.status.is_success() && fits(kind, media_type(&raw.headers));
        if aim.kind.is_some_and(is_stream) {
            self.log_answer(&raw, watch, false);
            if aim.kind != Some(Kind::Bytes) {
                coding::check_plain(&raw.headers).map_err(|error| raw.located(error))?;
            }
            let body = Some(answer.body);
            return Ok(Answered { raw, body });
        }
        match answer.body.collect(self.core.max_response_size).await {
            Ok(body) => {
                raw.body = body;
                raw.sent = self.sent();
                self.log_answer(&raw, watch, true);
                Ok(Answered { raw, body: None })
            }
            Err(error) => Err(self.log_failure(raw.located(error))),
        }
    }
}

impl Call {
    fn log(&self, kind: LogKind<'_>, headers: Option<&HeaderMap>, body: Option<&[u8]>) {
        if let Some(log) = &self.core.log {
            log.write(LogEvent::new(self.operation.id, kind, headers, body));
        }
    }

    fn log_request(&self, request: &Request) {
        if self.core.log.is_some() {
            let kind = LogKind::Request {
                method: &request.method,
                url: request.url.to_string(),
            };
            let body = request.body.as_bytes().map(|bytes| &bytes[..]);
            self.log(kind, Some(&request.headers), body);
        }
    }

    fn log_response(&self, answer: &Response, watch: &Stopwatch<'_>) {
        let kind = LogKind::Response {
            status: answer.status,
            elapsed: watch.elapsed(),
        };
        self.log(kind, Some(&answer.headers), None);
    }

    fn log_answer(&self, raw: &Raw, watch: &Stopwatch<'_>, whole: bool) {
        let kind = LogKind::Response {
            status: raw.status,
            elapsed: watch.elapsed(),
        };
        self.log(kind, Some(&raw.headers), whole.then_some(&raw.body));
    }

    fn log_failure(&self, error: Error) -> Error {
        self.log(LogKind::Failure { error: &error }, None, None);
        error
    }
}
