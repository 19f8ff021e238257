//! The way of a call: request, transport, redirects, answer.

use super::{Call, redirect};
use crate::Error;
use crate::auth::Renewable;
use crate::clock::Stopwatch;
use crate::log::{LogEvent, LogKind};
use crate::operation::Operation;
use crate::response::decode::is_event_stream;
use crate::response::{Raw, Sent, select};
use crate::stream::{Aim, Kind, Opened};
use crate::transport::{Address, BoxFuture, Request, Response};
use crate::upload;
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, StatusCode};
use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;

/// The operation, and the call as a future that runs when it is polled.
pub(super) fn start(call: Call) -> (&'static Operation, BoxFuture<Result<Raw, Error>>) {
    let operation = call.operation;
    (operation, Box::pin(run(call)))
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
            last_event_id: None,
        };
        reopen(Arc::new(call), aim).await
    };
    (operation, Box::pin(opened))
}

/// Sends a call that was checked when it was first sent.
pub(crate) fn reopen(call: Arc<Call>, aim: Aim) -> BoxFuture<Result<Opened, Error>> {
    Box::pin(async move {
        let watch = Stopwatch::start_if(call.core.log.is_some());
        let Exchange { answer, address } = exchange(&call, &aim, &watch).await?;
        let media_type = answer.headers.get(CONTENT_TYPE);
        let media_type = media_type.and_then(|value| value.to_str().ok());
        let media_type = select::essence(media_type.unwrap_or_default());
        let refused = aim.kind.is_some_and(|kind| !fits(kind, media_type));
        if !answer.status.is_success() || refused {
            let message = format!("the answer cannot be read as a stream: it is {media_type}");
            let raw = call.collect(answer, address, &watch).await?;
            return Err(raw.located(match raw.status.is_success() {
                true => Error::decode(message),
                false => Error::status_error(),
            }));
        }
        call.log_response(&answer, &watch, None);
        let raw = Raw {
            operation: call.operation,
            status: answer.status,
            headers: answer.headers,
            body: Bytes::new(),
            address,
            sent: None,
        };
        Ok(Opened {
            call,
            raw,
            body: answer.body,
        })
    })
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

async fn run(mut call: Call) -> Result<Raw, Error> {
    call.check()?;
    let timed = call.timeout().is_some() || call.core.log.is_some();
    let watch = Stopwatch::start_if(timed);
    let Exchange { answer, address } = exchange(&call, &Aim::default(), &watch).await?;
    call.collect(answer, address, &watch).await
}

/// An answer that is no redirect, and where it came from.
struct Exchange {
    answer: Response,
    address: Address,
}

async fn exchange(call: &Call, aim: &Aim, watch: &Stopwatch) -> Result<Exchange, Error> {
    let operation = call.operation;
    let mut request = call
        .request(aim)
        .and_then(|request| call.attached(request))
        .map_err(|error| error.with_operation(operation))?;
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
        call.log_request(&request);
        let answer = match call.head(request, aim).await {
            Ok(answer) => answer,
            Err(error) => return Err(call.log_failure(located(error))),
        };
        if !renewed && call.renews(&answer, &tokens) {
            renewed = true;
            call.log_response(&answer, watch, None);
            trail = redirect::Trail::default();
            let again = call.request(aim).and_then(|request| call.attached(request));
            request = again.map_err(located)?;
            if aim.kind.is_none() {
                request.timeout = watch.left(call.timeout());
            }
            continue;
        }
        let Some(location) = redirect::location(&answer) else {
            return Ok(Exchange { answer, address });
        };
        call.log_response(&answer, watch, None);
        let followed = trail.follow(&address, answer.status, location, || call.request(aim));
        let followed = followed.and_then(|request| match trail.keeps_body() {
            true => call.attached(request),
            false => Ok(request),
        });
        request = followed.map_err(|error| {
            let error = located(error);
            error.with_answer(answer.status, answer.headers, Bytes::new())
        })?;
        if aim.kind.is_none() {
            request.timeout = watch.left(call.timeout());
        }
    }
}

impl Call {
    /// The first mistake that was made when the call was put together.
    fn check(&mut self) -> Result<(), Error> {
        if let Some(error) = self.error.take() {
            return Err(error.with_operation(self.operation));
        }
        #[cfg(feature = "checks")]
        self.keep_constraints()
            .map_err(|error| error.with_operation(self.operation))?;
        Ok(())
    }

    /// Sends a request. Where the body of the answer is a stream, the time limit
    /// is for the head alone.
    async fn head(&self, request: Request, aim: &Aim) -> Result<Response, Error> {
        let mut answer = self.core.transport.send(request);
        let Some(limit) = self.timeout().filter(|_| aim.kind.is_some()) else {
            return answer.await;
        };
        let mut clock = self.sleep(limit);
        poll_fn(|context| match answer.as_mut().poll(context) {
            Poll::Pending => clock
                .as_mut()
                .poll(context)
                .map(|()| Err(Error::timeout("no answer came within the time limit"))),
            ready => ready,
        })
        .await
    }

    /// Whether a refused token can be another by now, and the call be repeated.
    fn renews(&self, answer: &Response, tokens: &[Renewable]) -> bool {
        answer.status == StatusCode::UNAUTHORIZED
            && self.is_repeatable()
            && tokens.iter().fold(false, |any, one| one.refused() | any)
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

    async fn collect(
        &self,
        answer: Response,
        address: Address,
        watch: &Stopwatch,
    ) -> Result<Raw, Error> {
        let Response {
            status,
            headers,
            body,
        } = answer;
        match body.collect(self.core.max_response_size).await {
            Ok(body) => {
                let raw = Raw {
                    operation: self.operation,
                    status,
                    headers,
                    body,
                    address,
                    sent: self.sent(),
                };
                self.log_answer(&raw, watch);
                Ok(raw)
            }
            Err(error) => {
                let error = error.with_operation(self.operation).with_url(&address);
                let error = error.with_answer(status, headers, Bytes::new());
                Err(self.log_failure(error))
            }
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

    fn log_response(&self, answer: &Response, watch: &Stopwatch, body: Option<&[u8]>) {
        let kind = LogKind::Response {
            status: answer.status,
            elapsed: watch.elapsed(),
        };
        self.log(kind, Some(&answer.headers), body);
    }

    fn log_answer(&self, raw: &Raw, watch: &Stopwatch) {
        let kind = LogKind::Response {
            status: raw.status,
            elapsed: watch.elapsed(),
        };
        self.log(kind, Some(&raw.headers), Some(&raw.body));
    }

    fn log_failure(&self, error: Error) -> Error {
        self.log(LogKind::Failure { error: &error }, None, None);
        error
    }
}
