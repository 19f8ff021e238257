//! The transport that keeps exchanges.

use super::cassette::{self, Asked};
use super::scrub::Scrub;
use super::tape::{Done, Tape};
use crate::transport::{Body, BoxFuture, Request, Response, Transport};
use crate::{Error, coding};
use http::HeaderMap;
use std::collections::BTreeMap;
use std::fmt;
use std::fs::File;
use std::future::Future;
use std::io::Write as _;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// A transport that passes requests on to another and keeps each exchange in a file,
/// for [`Replay`](super::Replay) to give the answers again.
///
/// The file is JSON, one line for each exchange, in the order of the requests. Bodies
/// are decoded; JSON is kept as the value that it is, its members sorted. Streams are
/// kept as they are read; the bodies of requests that are streams are not.
///
/// Secrets do not get into it: not credentials, cookies, headers and parameters whose
/// names speak of secrets, nor members of bodies named `password`, `access_token` and
/// the like; whatever was seen to be one is masked wherever else it turns up.
/// [`Self::name`] and [`Self::secret`] add what the names do not tell. Texts of fewer
/// than four characters are masked in their own places alone. Personal data is
/// for you to look after: read a file before it goes into a repository.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), pontoon_runtime::Error> {
/// use http::StatusCode;
/// use pontoon_runtime::json::Json;
/// use pontoon_runtime::operation::{Accepted, Api, Operation};
/// use pontoon_runtime::transport::{Memory, Recorder, Replay, Response, Transport};
/// use pontoon_runtime::{CallOptions, ClientBuilder, CoreClient};
///
/// static API: Api = Api { user_agent: "pets/1.0", ..Api::BLANK };
/// static PET: Operation = Operation {
///     id: "pet",
///     path: "/pet",
///     responses: &[Accepted::json(200, 0)],
///     ..Operation::BLANK
/// };
/// fn client(transport: impl Transport) -> Result<CoreClient, pontoon_runtime::Error> {
///     let builder = ClientBuilder::new(&API).base_url("https://pets.example");
///     builder.transport(transport).build()
/// }
/// let path = std::env::temp_dir().join("pontoon-doc-cassette.jsonl");
///
/// // Once, against the server (here: one in memory).
/// let server = Memory::new(|_| Ok(Response::json(StatusCode::OK, r#"{"name": "Rex"}"#)));
/// let recording = client(Recorder::create(&path, server)?)?;
/// recording.call(&PET).header("X-Api-Key", "s3cret").send::<Json>().await?;
/// drop(recording);
///
/// // From then on, without one.
/// let replaying = client(Replay::open(&path)?)?;
/// let pet = replaying.call(&PET).send::<Json>().await?;
/// assert_eq!(pet.value["name"].as_str(), Some("Rex"));
/// assert!(!std::fs::read_to_string(&path).unwrap_or_default().contains("s3cret"));
/// # let _ = std::fs::remove_file(&path);
/// # Ok(())
/// # }
/// ```
pub struct Recorder {
    transport: Arc<dyn Transport>,
    shared: Arc<Shared>,
}

struct Shared {
    scrub: Scrub,
    lines: Mutex<Lines>,
}

/// Lines that are written in the order of the requests.
struct Lines {
    file: File,
    /// The settings are written before the first exchange.
    has_head: bool,
    begun: u64,
    written: u64,
    /// Exchanges that are over, before their turn; `None` where nothing is kept.
    waiting: BTreeMap<u64, Option<String>>,
}

impl Recorder {
    /// Keeps the exchanges of `transport` in a file, which is made anew.
    ///
    /// # Errors
    /// The file cannot be made.
    pub fn create(path: impl AsRef<Path>, transport: impl Transport) -> Result<Self, Error> {
        let path = path.as_ref();
        let file = File::create(path).map_err(|error| {
            Error::request(format!("the cassette {} cannot be made", path.display()))
                .with_source(error)
        })?;
        Ok(Self {
            transport: Arc::new(transport),
            shared: Arc::new(Shared {
                scrub: Scrub::default(),
                lines: Mutex::new(Lines {
                    file,
                    has_head: false,
                    begun: 0,
                    written: 0,
                    waiting: BTreeMap::new(),
                }),
            }),
        })
    }

    /// Headers, parameters and members of this name hold secrets, too. To be called
    /// before the first request.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        if let Some(shared) = Arc::get_mut(&mut self.shared) {
            shared.scrub.add_name(name.into());
        }
        self
    }

    /// A text that is masked wherever it turns up.
    pub fn secret(self, text: impl AsRef<str>) -> Self {
        self.shared.scrub.add(text.as_ref());
        self
    }
}

impl Shared {
    fn begin(&self) -> u64 {
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        lines.begun += 1;
        lines.begun - 1
    }

    /// Takes the line of an exchange, and writes those whose turn it is.
    fn end(&self, index: u64, line: Option<String>) -> Result<(), Error> {
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        lines.waiting.insert(index, line);
        let mut text = String::new();
        if !std::mem::replace(&mut lines.has_head, true) {
            text.push_str(&cassette::head(&self.scrub));
            text.push('\n');
        }
        while let Some(line) = {
            let next = lines.written;
            lines.waiting.remove(&next)
        } {
            lines.written += 1;
            if let Some(line) = line {
                text.push_str(&line);
                text.push('\n');
            }
        }
        let written = lines.file.write_all(text.as_bytes());
        written.map_err(|error| Error::request("the cassette cannot be written").with_source(error))
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        let lines = self.lines.get_mut().unwrap_or_else(PoisonError::into_inner);
        for line in std::mem::take(&mut lines.waiting).into_values().flatten() {
            // Nobody is there to be told of an error.
            let _ = writeln!(lines.file, "{line}");
        }
    }
}

/// The turn of an exchange, which passes whatever becomes of it.
struct Turn {
    shared: Arc<Shared>,
    index: u64,
    over: bool,
}

impl Turn {
    fn end(mut self, line: String) -> Result<(), Error> {
        self.over = true;
        self.shared.end(self.index, Some(line))
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if !self.over {
            // Nothing is written but what waited for this one.
            let _ = self.shared.end(self.index, None);
        }
    }
}

/// A body in memory without its coding.
async fn plain(headers: &HeaderMap, body: &bytes::Bytes) -> Result<Response, Error> {
    let mut whole = Response::new(http::StatusCode::OK);
    whole.headers = headers.clone();
    whole.body = Body::from(body.clone());
    coding::decode(&mut whole);
    coding::check_plain(&whole.headers)?;
    whole.body = Body::from(whole.body.collect(usize::MAX).await?);
    Ok(whole)
}

impl Transport for Recorder {
    fn send(&self, request: Request) -> BoxFuture<Result<Response, Error>> {
        let turn = Turn {
            index: self.shared.begin(),
            shared: Arc::clone(&self.shared),
            over: false,
        };
        let transport = Arc::clone(&self.transport);
        Box::pin(async move {
            let scrub = &turn.shared.scrub;
            let asked = keep(scrub, &request).await?;
            let mut answer = transport.send(request).await?;
            coding::decode(&mut answer);
            coding::check_plain(&answer.headers)?;
            let (status, headers) = (answer.status, answer.headers.clone());
            let done: Done = Box::new(move |content| {
                let scrub = &turn.shared.scrub;
                scrub.learn_answer(&headers, &content);
                let line = cassette::line(scrub, &asked, status, &headers, &content);
                turn.end(line)
            });
            let mut kept = Response::new(answer.status);
            kept.headers = answer.headers;
            kept.body = match answer.body.as_bytes().cloned() {
                Some(content) => {
                    done(content.clone())?;
                    content.into()
                }
                None => Body::stream(Tape::new(answer.body, done)),
            };
            Ok(kept)
        })
    }

    fn sleep(&self, time: Duration) -> BoxFuture<()> {
        self.transport.sleep(time)
    }

    fn now(&self) -> Option<Duration> {
        self.transport.now()
    }
}

/// A request as it is kept.
pub(super) fn keep<'a>(
    scrub: &'a Scrub,
    request: &Request,
) -> impl Future<Output = Result<Asked, Error>> + Send + use<'a> {
    scrub.learn(&request.url, &request.headers);
    let url = scrub.url(&request.url);
    let (method, headers) = (request.method.clone(), request.headers.clone());
    let body = request.body.as_bytes().cloned();
    async move {
        let Some(body) = body else {
            return Ok(cassette::asked(scrub, &method, &url, &headers, None));
        };
        let whole = plain(&headers, &body).await?;
        let content = whole.body.as_bytes().cloned().unwrap_or_default();
        scrub.learn_body(&content);
        let content = Some(&content);
        Ok(cassette::asked(
            scrub,
            &method,
            &url,
            &whole.headers,
            content,
        ))
    }
}

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorder").finish_non_exhaustive()
    }
}
