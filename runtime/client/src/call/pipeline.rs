//! The way of a call: request, transport, redirects, answer.

use super::{Call, redirect};
use crate::Error;
use crate::clock::Stopwatch;
use crate::log::{LogEvent, LogKind};
use crate::operation::Operation;
use crate::response::Raw;
use crate::transport::{BoxFuture, Request, Response};
use bytes::Bytes;
use http::HeaderMap;

/// The operation, and the call as a future that runs when it is polled.
pub(super) fn start(call: Call) -> (&'static Operation, BoxFuture<Result<Raw, Error>>) {
    let operation = call.operation;
    (operation, Box::pin(run(call)))
}

async fn run(mut call: Call) -> Result<Raw, Error> {
    let operation = call.operation;
    if let Some(error) = call.error.take() {
        return Err(error.with_operation(operation));
    }
    let timed = call.timeout().is_some() || call.core.log.is_some();
    let watch = Stopwatch::start_if(timed);
    let mut request = call
        .request()
        .map_err(|error| error.with_operation(operation))?;
    let mut trail = redirect::Trail::default();
    loop {
        let address = request.url.clone();
        let located = |error: Error| error.with_operation(operation).with_url(&address);
        call.log_request(&request);
        let answer = match call.core.transport.send(request).await {
            Ok(answer) => answer,
            Err(error) => return Err(call.log_failure(located(error))),
        };
        if let Some(location) = redirect::location(&answer) {
            call.log_response(&answer, &watch, None);
            let followed = trail.follow(&address, answer.status, location, || call.request());
            request = followed.map_err(|error| {
                let error = located(error);
                error.with_answer(answer.status, answer.headers, Bytes::new())
            })?;
            request.timeout = watch.left(call.timeout());
            continue;
        }
        let Response {
            status,
            headers,
            body,
        } = answer;
        return match body.collect(call.core.max_response_size).await {
            Ok(body) => {
                let raw = Raw {
                    operation,
                    status,
                    headers,
                    body,
                    address,
                };
                call.log_answer(&raw, &watch);
                Ok(raw)
            }
            Err(error) => {
                let error = error.with_answer(status, headers, Bytes::new());
                Err(call.log_failure(located(error)))
            }
        };
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
