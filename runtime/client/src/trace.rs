//! Spans and events for the `tracing` crate, in the names of OpenTelemetry's
//! conventions for HTTP clients. Without the feature `tracing`, nothing.

use crate::Error;
use crate::drift::Drift;
use crate::hook::Attempt;
use crate::response::Raw;
use crate::retry::NotRetried;
use crate::transport::Request;
use std::future::Future;
use std::time::Duration;

/// The span of one attempt.
pub(crate) struct Span {
    #[cfg(feature = "tracing")]
    span: tracing::Span,
}

#[cfg(not(feature = "tracing"))]
impl Span {
    pub(crate) fn of(_: &Attempt<'_>, _: &Request) -> Self {
        Self {}
    }

    pub(crate) fn around<F: Future>(&self, work: F) -> F {
        work
    }

    pub(crate) fn ended(&self, _: &Result<&Raw, &Error>) {}
}

#[cfg(not(feature = "tracing"))]
pub(crate) fn retry(_: &Attempt<'_>, _: Duration) {}

#[cfg(not(feature = "tracing"))]
pub(crate) fn given_up(_: &Attempt<'_>, _: Option<NotRetried>) {}

/// Whether anybody listens to [`drift`].
#[cfg(not(feature = "tracing"))]
pub(crate) fn hears_of_drift() -> bool {
    false
}

#[cfg(not(feature = "tracing"))]
pub(crate) fn drift(_: &Drift) {}

/// Whether anybody listens to [`drift`].
#[cfg(feature = "tracing")]
pub(crate) fn hears_of_drift() -> bool {
    tracing::enabled!(tracing::Level::INFO)
}

/// A fact that the client sees for the first time.
#[cfg(feature = "tracing")]
pub(crate) fn drift(fact: &Drift) {
    tracing::info!(
        openapi.operation_id = fact.operation,
        http.request.method = fact.method,
        url.template = fact.path,
        http.response.status_code = fact.status,
        pointer = %fact.pointer,
        kind = %fact.kind,
        "the answer is not as the API describes it: {fact}"
    );
}

#[cfg(feature = "tracing")]
impl Span {
    pub(crate) fn of(attempt: &Attempt<'_>, request: &Request) -> Self {
        use tracing::field::Empty;
        let span = tracing::info_span!(
            "HTTP request",
            otel.name = %format_args!("{} {}", attempt.method(), attempt.path()),
            otel.kind = "client",
            otel.status_code = Empty,
            http.request.method = attempt.method(),
            http.request.resend_count = Empty,
            http.response.status_code = Empty,
            server.address = Empty,
            server.port = Empty,
            url.full = %request.url,
            url.template = attempt.path(),
            "error.type" = Empty,
            openapi.operation_id = attempt.operation(),
        );
        if !span.is_disabled() {
            let (host, port) = request.url.host_and_port();
            span.record("server.address", host);
            span.record("server.port", port);
            if attempt.number() > 1 {
                span.record("http.request.resend_count", attempt.number() - 1);
            }
        }
        Self { span }
    }

    pub(crate) fn around<F: Future>(&self, work: F) -> tracing::instrument::Instrumented<F> {
        tracing::Instrument::instrument(work, self.span.clone())
    }

    pub(crate) fn ended(&self, outcome: &Result<&Raw, &Error>) {
        match outcome {
            Ok(raw) => {
                let status = raw.status;
                self.span
                    .record("http.response.status_code", status.as_u16());
                if status.is_client_error() || status.is_server_error() {
                    self.failed(status.as_str());
                }
            }
            Err(error) => self.failed(error.kind_name()),
        }
    }

    fn failed(&self, kind: &str) {
        self.span.record("error.type", kind);
        self.span.record("otel.status_code", "ERROR");
    }
}

#[cfg(feature = "tracing")]
pub(crate) fn retry(attempt: &Attempt<'_>, wait: Duration) {
    tracing::debug!(
        openapi.operation_id = attempt.operation(),
        attempt = attempt.number(),
        wait = ?wait,
        "trying again"
    );
}

#[cfg(feature = "tracing")]
pub(crate) fn given_up(attempt: &Attempt<'_>, reason: Option<NotRetried>) {
    if let Some(reason) = reason.filter(|reason| *reason != NotRetried::Lasting) {
        tracing::debug!(
            openapi.operation_id = attempt.operation(),
            attempts = attempt.number(),
            "not tried again: {reason}"
        );
    }
}
