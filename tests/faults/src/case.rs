//! One run of a list against a server that goes wrong at one page.

use crate::Mishap;
use crate::api::{Good, Paging};
use crate::client::{self, Read, Setup, Transport};
use crate::fault::{Body, Fault, Place};
use crate::outcome::Outcome;
use crate::secrets::{self, API_KEY, Said};
use crate::server::{Act, Request, Server, lock};
use pontoon_things::Client;
use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// The longest that a case may take: several times what any needs on a machine
/// that does nothing else.
const BOUND: Duration = Duration::from_secs(180);

/// One run of a list.
#[derive(Debug, Clone, Copy)]
pub struct Case {
    /// What carries the requests.
    pub transport: Transport,
    /// How the list is paged.
    pub paging: Paging,
    /// What goes wrong.
    pub fault: &'static Fault,
    /// At which page.
    pub page: usize,
    /// Whether it goes wrong for ever.
    pub always: bool,
}

/// What came of a case.
#[derive(Debug)]
pub struct Report {
    /// What came of the list.
    pub outcome: Outcome,
    /// What is wrong with it, if anything.
    pub objections: Vec<String>,
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} over {}, by {}, at page {}, {}",
            self.fault.name,
            self.transport.name(),
            self.paging.name(),
            self.page,
            if self.always { "always" } else { "once" }
        )
    }
}

impl Case {
    /// The outcomes that are right.
    pub fn right(&self) -> &'static [&'static str] {
        match self.always {
            true => self.fault.always,
            false => self.fault.once,
        }
    }

    /// Runs the list to its end.
    pub async fn run(self) -> Report {
        match tokio::time::timeout(BOUND, self.try_run()).await {
            Ok(Ok(report)) => report,
            Ok(Err(error)) => self.failed(format!("the case cannot be run: {error}")),
            Err(_) => self.failed("HANGS".to_owned()),
        }
    }

    fn failed(self, what: String) -> Report {
        Report {
            objections: vec![what.clone()],
            outcome: Outcome::Wrong(what),
        }
    }

    async fn try_run(self) -> Result<Report, Mishap> {
        let here: Arc<Mutex<String>> = Arc::default();
        let base = Arc::clone(&here);
        let foreign = Server::start(move |request| right(request, &lock(&base))).await?;
        let answer = self.answer(Arc::clone(&here), foreign.base().to_owned());
        let server = Server::start(answer).await?;
        *lock(&here) = server.base().to_owned();

        let said = Said::default();
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("exchanges");
        let record = Some(&*path).filter(|_| !self.always);
        let setup = Setup {
            transport: self.transport,
            base: server.base(),
            patience: self.fault.patience(),
            record,
        };
        let builder = client::builder(&setup, &said)?;
        said.add(&builder);
        let client = builder.build()?;
        said.add(&client);
        let read = client::list(&client, self.paging, None).await;
        if let Some(error) = &read.error {
            said.error(error);
        }
        let outcome = Outcome::of(&read.ids, read.error.as_ref());
        let mut objections = Vec::new();
        if !outcome.is_one_of(self.right()) {
            let text = read.error.as_ref().map(|error| format!(" ({error:?})"));
            objections.push(format!(
                "{outcome}, which is not one of {:?}{}",
                self.right(),
                text.unwrap_or_default()
            ));
        }
        if let Outcome::Failed(..) = outcome
            && !self.always
            && !self.fault.body.leads_astray()
        {
            objections.extend(resumed(&client, self.paging, read).await);
        }
        let recording = std::fs::read(&path).unwrap_or_default();
        if record.is_some() && self.transport == Transport::Hyper && recording.is_empty() {
            objections.push("nothing was recorded".to_owned());
        }
        let places = [
            ("the other server", foreign.bytes()),
            ("what the client said", said.text().into_bytes()),
            ("a request line", request_lines(&server)),
            ("a recording", recording),
        ];
        for (place, bytes) in places {
            if let Some(secret) = secrets::found_in(&bytes, &[API_KEY]) {
                objections.push(format!("LEAK of {secret} to {place}"));
            }
        }
        let bare = |request: &Request| request.header("x-api-key") != Some(API_KEY);
        if server.requests().iter().any(bare) {
            objections.push("a request without its credential".to_owned());
        }
        Ok(Report {
            outcome,
            objections,
        })
    }

    /// How the server answers: wrong at one page, as often as the case says.
    fn answer(
        self,
        here: Arc<Mutex<String>>,
        foreign: String,
    ) -> impl Fn(&Request) -> Vec<Act> + Send + Sync + 'static {
        let seen = Mutex::new(0_u32);
        move |request| {
            let here = lock(&here).clone();
            let Some(paging) = Paging::of(request) else {
                return right(request, &here);
            };
            let page = paging.page(request);
            let mut seen = lock(&seen);
            let spent = *seen > 0 && !self.always && !matches!(self.fault.body, Body::Endless);
            if !self.fault.strikes(page, self.page) || spent {
                return right(request, &here);
            }
            *seen += 1;
            self.fault.acts(&Place {
                paging,
                page,
                target: request.target(),
                here: &here,
                foreign: &foreign,
            })
        }
    }
}

/// What is wrong with a list that goes on after an error, once the server is well:
/// it must give the rest, as a list that was never broken off.
async fn resumed(client: &Client, paging: Paging, read: Read) -> Option<String> {
    let rest = client::list(client, paging, Some(read.position)).await;
    let mut ids = read.ids;
    ids.extend(rest.ids);
    match Outcome::of(&ids, rest.error.as_ref()) {
        Outcome::All => None,
        outcome => Some(format!("{outcome} on going on after an error")),
    }
}

/// The right answer.
fn right(request: &Request, base: &str) -> Vec<Act> {
    let bytes = match Paging::of(request) {
        Some(paging) => Good::page(paging, base, paging.page(request)).bytes("200 OK"),
        None => crate::api::json("404 Not Found", r#"{"message":"no such path"}"#),
    };
    vec![Act::Send(bytes)]
}

fn request_lines(server: &Server) -> Vec<u8> {
    let requests = server.requests();
    let lines: Vec<&str> = requests.iter().map(Request::target).collect();
    lines.join("\n").into_bytes()
}
