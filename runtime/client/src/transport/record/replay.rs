//! The transport that answers from a file.

use super::cassette::{self, Answered, Asked};
use super::recorder::keep;
use super::scrub::Scrub;
use crate::Error;
use crate::transport::{BoxFuture, Request, Response, Transport};
use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// A transport that answers from a file that a [`Recorder`](super::Recorder) has
/// written, and from nothing else. Clones share what has been given.
///
/// A request is answered by the first exchange left that has its method, its URL
/// (secrets masked) and its body; so the same request made again gets the answers in
/// the order in which they came. One for which there is none is an error that says
/// what there is. Headers are not compared; nor are bodies of several parts, whose
/// boundaries differ, and streams. Waits ([`Transport::sleep`]) take no time.
///
/// See [`Recorder`](super::Recorder) for an example.
#[derive(Clone)]
pub struct Replay(Arc<Shared>);

struct Shared {
    scrub: Scrub,
    exchanges: Mutex<Vec<Exchange>>,
    any_origin: bool,
    any_body: bool,
}

#[derive(Clone)]
struct Exchange {
    asked: Asked,
    answered: Answered,
    given: bool,
}

impl Replay {
    /// Reads a file.
    ///
    /// # Errors
    /// It cannot be read, or is not what a recorder writes; the line is named.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        let broken = |what: &str| Error::request(format!("the cassette {}{what}", path.display()));
        let text = std::fs::read_to_string(path)
            .map_err(|error| broken(" cannot be read").with_source(error))?;
        let mut lines = text
            .lines()
            .enumerate()
            .filter(|(_, line)| !line.trim().is_empty());
        let names = match lines.next() {
            Some((_, head)) => {
                cassette::read_head(head).map_err(|error| broken(", line 1").with_source(error))?
            }
            None => Vec::new(),
        };
        let mut exchanges = Vec::new();
        for (index, line) in lines {
            let (asked, answered) = cassette::read_line(line)
                .map_err(|error| broken(&format!(", line {}", index + 1)).with_source(error))?;
            exchanges.push(Exchange {
                asked,
                answered,
                given: false,
            });
        }
        Ok(Self(Arc::new(Shared {
            scrub: Scrub::new(names),
            exchanges: Mutex::new(exchanges),
            any_origin: false,
            any_body: false,
        })))
    }

    /// Compares paths and queries alone: for what was recorded against another host
    /// or port. To be called before the first request.
    pub fn any_origin(mut self) -> Self {
        if let Some(shared) = Arc::get_mut(&mut self.0) {
            shared.any_origin = true;
        }
        self
    }

    /// Does not compare bodies: for those that hold times or random numbers. To be
    /// called before the first request.
    pub fn any_body(mut self) -> Self {
        if let Some(shared) = Arc::get_mut(&mut self.0) {
            shared.any_body = true;
        }
        self
    }

    /// The requests that were recorded and not made, as `GET https://...`.
    pub fn unused(&self) -> Vec<String> {
        let exchanges = self.0.exchanges();
        let left = exchanges.iter().filter(|exchange| !exchange.given);
        left.map(|exchange| shown(&exchange.asked)).collect()
    }
}

fn shown(asked: &Asked) -> String {
    format!("{} {}", asked.method, asked.url)
}

impl Shared {
    fn exchanges(&self) -> MutexGuard<'_, Vec<Exchange>> {
        self.exchanges
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self, asked: &Asked) -> Result<Answered, Error> {
        let mut exchanges = self.exchanges();
        let next = exchanges
            .iter_mut()
            .find(|exchange| !exchange.given && self.fits(asked, &exchange.asked));
        if let Some(exchange) = next {
            exchange.given = true;
            return Ok(exchange.answered.clone());
        }
        let all = exchanges.iter();
        let (same, other): (Vec<_>, Vec<_>) =
            all.partition(|exchange| self.fits(asked, &exchange.asked));
        let why = if !same.is_empty() {
            format!("recorded {} times, and given as often", same.len())
        } else if other
            .iter()
            .any(|one| self.is_same_place(asked, &one.asked))
        {
            "recorded with another body".to_owned()
        } else {
            let near = other
                .iter()
                .filter(|one| path(&one.asked.url) == path(&asked.url));
            let near: Vec<String> = near.take(5).map(|one| shown(&one.asked)).collect();
            match near.is_empty() {
                true => format!("not recorded; the cassette has {} exchanges", other.len()),
                false => format!("not recorded; near it: {}", near.join(", ")),
            }
        };
        Err(Error::request(format!(
            "no answer is left for {}: {why}",
            shown(asked)
        )))
    }

    fn fits(&self, asked: &Asked, recorded: &Asked) -> bool {
        self.is_same_place(asked, recorded) && (self.any_body || is_same_body(asked, recorded))
    }

    fn is_same_place(&self, asked: &Asked, recorded: &Asked) -> bool {
        asked.method == recorded.method
            && match self.any_origin {
                true => after_origin(&asked.url) == after_origin(&recorded.url),
                false => asked.url == recorded.url,
            }
    }
}

fn is_same_body(asked: &Asked, recorded: &Asked) -> bool {
    let is_open = |asked: &Asked| {
        let media_type = asked.headers["content-type"].as_str().unwrap_or_default();
        media_type.starts_with("multipart/") || asked.body.get("stream").is_some()
    };
    asked.body == recorded.body || is_open(asked) || is_open(recorded)
}

fn after_origin(url: &str) -> &str {
    let start = url.find("://").map_or(0, |at| at + 3);
    url[start..].find('/').map_or("", |at| &url[start + at..])
}

fn path(url: &str) -> &str {
    after_origin(url).split('?').next().unwrap_or_default()
}

impl Transport for Replay {
    fn send(&self, request: Request) -> BoxFuture<Result<Response, Error>> {
        let shared = Arc::clone(&self.0);
        Box::pin(async move {
            let asked = keep(&shared.scrub, &request).await?;
            let answered = shared.take(&asked)?;
            let mut response = Response::new(answered.status);
            response.headers = answered.headers;
            response.body = answered.body.into();
            Ok(response)
        })
    }

    fn sleep(&self, _: Duration) -> BoxFuture<()> {
        Box::pin(std::future::ready(()))
    }
}

impl fmt::Debug for Replay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Replay")
            .field("unused", &self.unused())
            .finish_non_exhaustive()
    }
}
