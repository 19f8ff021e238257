//! The end of an attempt: its answer is read, and told to the log.

use super::Invocation;
use crate::clock::Stopwatch;
use crate::limit::Permit;
use crate::log::{LogEvent, LogKind};
use crate::response::decode::is_event_stream;
use crate::response::{Raw, Sent, select};
use crate::retry::{Attempts, Outcome};
use crate::stream::Kind;
use crate::transport::{Address, Body, Request, Response};
use crate::{Error, coding, upload};
use bytes::Bytes;
use http::HeaderMap;
use http::header::CONTENT_TYPE;
use std::sync::Arc;

/// An answer that is no redirect.
pub(super) struct Answered {
    pub(super) raw: Box<Raw>,
    /// Where it is a stream; what was read whole is in `raw`.
    pub(super) body: Option<Body>,
}

impl Answered {
    /// Holds permits until the end of a stream.
    pub(super) fn hold(&mut self, permits: Vec<Permit>) {
        if !permits.is_empty() {
            self.body = self.body.take().map(|body| body.holding(permits));
        }
    }
}

/// What an attempt brought, for the decision after it.
pub(super) fn outcome(result: &Result<Answered, Error>) -> Outcome<'_> {
    match result {
        Ok(answered) => Outcome::Answer(answered.raw.status, &answered.raw.headers),
        Err(error) => Outcome::Failure(error),
    }
}

/// The media type without parameters; empty where there is none.
pub(super) fn media_type(headers: &HeaderMap) -> &str {
    let value = headers.get(CONTENT_TYPE);
    select::essence(
        value
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default(),
    )
}

/// Whether an answer can be read as a stream of that kind.
pub(super) fn is_stream(kind: Kind, raw: &Raw) -> bool {
    if !raw.status.is_success() {
        return false;
    }
    let media_type = media_type(&raw.headers);
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

impl Invocation {
    /// The answer before its body, and its body.
    pub(super) fn begin(&self, mut answer: Response, address: Address) -> (Box<Raw>, Body) {
        if self.core.decompress {
            coding::decode(&mut answer);
        }
        let raw = Box::new(Raw {
            operation: self.operation,
            status: answer.status,
            headers: answer.headers,
            body: Bytes::new(),
            address,
            attempts: Attempts::default(),
            // Nothing is declared that an answer could differ from.
            drift: self.core.drift.clone().filter(|_| self.raw.is_none()),
            sent: None,
        });
        raw.note_head();
        (raw, answer.body)
    }

    /// An answer that is to be read while it arrives.
    pub(super) fn streamed(
        &self,
        raw: Box<Raw>,
        body: Body,
        kind: Kind,
        watch: &Stopwatch<'_>,
    ) -> Result<Answered, Error> {
        self.log_answer(&raw, watch, false);
        if kind != Kind::Bytes {
            coding::check_plain(&raw.headers).map_err(|error| raw.located(error))?;
        }
        let body = Some(body);
        Ok(Answered { raw, body })
    }

    /// An answer that was read whole, or broke off.
    pub(super) fn whole(
        &self,
        mut raw: Box<Raw>,
        body: Result<Bytes, Error>,
        watch: &Stopwatch<'_>,
    ) -> Result<Answered, Error> {
        match body {
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

impl Invocation {
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
}

impl Invocation {
    fn log(&self, kind: LogKind<'_>, headers: Option<&HeaderMap>, body: Option<&[u8]>) {
        if let Some(log) = &self.core.log {
            log.write(LogEvent::new(self.label(), kind, headers, body));
        }
    }

    pub(super) fn log_request(&self, request: &Request) {
        if self.core.log.is_some() {
            let kind = LogKind::Request {
                method: &request.method,
                url: request.url.to_string(),
            };
            let body = request.body.as_bytes().map(|bytes| &bytes[..]);
            self.log(kind, Some(&request.headers), body);
        }
    }

    #[cold]
    pub(super) fn log_response(&self, answer: &Response, watch: &Stopwatch<'_>) {
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

    pub(super) fn log_failure(&self, error: Error) -> Error {
        self.log(LogKind::Failure { error: &error }, None, None);
        error
    }
}
