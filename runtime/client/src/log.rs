//! The wire log: what goes over the wire, with secrets masked.

use crate::mask;
use http::{HeaderMap, Method, StatusCode};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// How much of a body is logged.
const SHOWN: usize = 4096;

/// One message of the wire log. `Display` gives the text of a log, one line per
/// header, `>` before what was sent and `<` before what came back.
///
/// Credentials, secret headers and query parameters, and members of bodies whose
/// names speak of secrets are masked.
#[non_exhaustive]
pub struct LogEvent<'a> {
    /// The operation's `operationId`, or its method and path.
    pub operation: &'a str,
    /// What happened.
    pub kind: LogKind<'a>,
    headers: Option<&'a HeaderMap>,
    body: Option<&'a [u8]>,
}

/// What happened.
#[derive(Debug)]
#[non_exhaustive]
pub enum LogKind<'a> {
    /// A request is being sent.
    #[non_exhaustive]
    Request {
        /// The method.
        method: &'a Method,
        /// The URL, masked.
        url: String,
    },
    /// An answer has come.
    #[non_exhaustive]
    Response {
        /// The status.
        status: StatusCode,
        /// The time since the request was sent, where there is a clock.
        elapsed: Option<Duration>,
    },
    /// No answer has come.
    #[non_exhaustive]
    Failure {
        /// Why.
        error: &'a crate::Error,
    },
}

impl<'a> LogEvent<'a> {
    pub(crate) fn new(
        operation: &'a str,
        kind: LogKind<'a>,
        headers: Option<&'a HeaderMap>,
        body: Option<&'a [u8]>,
    ) -> Self {
        Self {
            operation,
            kind,
            headers,
            body,
        }
    }

    /// The headers, masked.
    pub fn headers(&self) -> impl Iterator<Item = (&'a str, std::borrow::Cow<'a, str>)> {
        let headers = self.headers.into_iter().flatten();
        headers.map(|(name, value)| (name.as_str(), mask::header(name, value)))
    }

    /// The start of the body as text, masked, where it is JSON, a form or plain
    /// text, otherwise its length; `None` where bodies are not logged.
    pub fn body(&self) -> Option<String> {
        let body = self.body?;
        let coding = self.headers.and_then(|map| map.get("content-encoding"));
        if let Some(name) = coding.and_then(|value| value.to_str().ok()) {
            return Some(format!("({} bytes, {name})", body.len()));
        }
        let media_type = self.headers.and_then(|map| map.get("content-type"));
        let media_type = String::from_utf8_lossy(media_type.map_or(b"", |value| value.as_bytes()));
        let start = String::from_utf8_lossy(&body[..body.len().min(SHOWN)]);
        let mut text = if media_type.contains("form-urlencoded") {
            let mut out = String::new();
            mask::pairs(&start, &mut out);
            out
        } else if media_type.contains("json") || media_type.starts_with("text/") {
            mask::json(&start)
        } else {
            return Some(format!("({} bytes)", body.len()));
        };
        if body.len() > SHOWN {
            text.push_str("...");
        }
        Some(text)
    }
}

impl fmt::Display for LogEvent<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = match &self.kind {
            LogKind::Request { method, url } => {
                write!(f, "> {method} {url} ({})", self.operation)?;
                '>'
            }
            LogKind::Response { status, elapsed } => {
                write!(f, "< {status}")?;
                if let Some(elapsed) = elapsed {
                    write!(f, " in {} ms", elapsed.as_millis())?;
                }
                '<'
            }
            LogKind::Failure { error } => {
                write!(f, "! {error}")?;
                '!'
            }
        };
        for (name, value) in self.headers() {
            write!(f, "\n{mark} {name}: {}", value.escape_debug())?;
        }
        if let Some(body) = self.body() {
            for line in body.lines() {
                write!(f, "\n{mark}   ")?;
                for c in line.chars() {
                    match c {
                        '\t' => f.write_str("\t")?,
                        c if c.is_control() => write!(f, "{}", c.escape_default())?,
                        c => write!(f, "{c}")?,
                    }
                }
            }
        }
        Ok(())
    }
}

impl fmt::Debug for LogEvent<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Where the wire log goes.
#[derive(Clone)]
pub(crate) struct Log {
    sink: Arc<dyn Fn(&LogEvent<'_>) + Send + Sync>,
    bodies: bool,
}

impl Log {
    pub(crate) fn new(sink: impl Fn(&LogEvent<'_>) + Send + Sync + 'static) -> Self {
        Self {
            sink: Arc::new(sink),
            bodies: true,
        }
    }

    /// The log that the environment asks for: `PONTOON_LOG=wire` writes heads to
    /// standard error, `PONTOON_LOG=wire,body` bodies, too.
    pub(crate) fn from_env() -> Option<Self> {
        let wanted = std::env::var("PONTOON_LOG").ok()?;
        let has = |word: &str| wanted.split(',').any(|part| part.trim() == word);
        has("wire").then(|| Self {
            sink: Arc::new(|event| eprintln!("{event}")),
            bodies: has("body"),
        })
    }

    pub(crate) fn write(&self, event: LogEvent<'_>) {
        let body = event.body.filter(|body| self.bodies && !body.is_empty());
        (self.sink)(&LogEvent { body, ..event });
    }
}
