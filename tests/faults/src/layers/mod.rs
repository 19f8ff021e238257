//! What lies between a call and the network and lets calls share answers: the cache,
//! requests that are sent once for all who ask at a time, batches.
//!
//! Every fault strikes at every step, with two callers whose credentials differ. An
//! answer tells whose it is, so that one that reaches the other is seen.

pub mod batch;
pub mod cache;
pub mod parts;
pub mod shared;
pub mod table;

use crate::Mishap;
use crate::api::{Good, PAGES, PER_PAGE, Paging};
use crate::client::{self, SHORT, Setup, Transport};
use crate::fault::{Body, Fault, Place};
use crate::outcome::kind;
use crate::secrets::{self, Said};
use crate::server::{Act, Request, Server, lock};
use pontoon_runtime::{CallOptions as _, ClientBuilder, Credential, Error};
use pontoon_things::{Client, auth};
use std::collections::BTreeSet;
use std::fmt;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// What is laid around the transport, and how it is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layer {
    /// A cache that is filled when the fault strikes.
    Filled,
    /// A cache whose answers are all to be validated when it does.
    Validated,
    /// The same, with `stale-if-error`.
    StaleIfError,
    /// Six callers who ask for the same at a time.
    Shared,
    /// The same; whoever came first leaves in the middle.
    FirstLeaves,
    /// Calls that go as one.
    Batched,
    /// Batches, shared, cached.
    All,
}

impl Layer {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Filled,
        Self::Validated,
        Self::StaleIfError,
        Self::Shared,
        Self::FirstLeaves,
        Self::Batched,
        Self::All,
    ];

    /// The name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Filled => "cache, filling",
            Self::Validated => "cache, validating",
            Self::StaleIfError => "cache, stale-if-error",
            Self::Shared => "shared",
            Self::FirstLeaves => "shared, the first leaves",
            Self::Batched => "batches",
            Self::All => "all three",
        }
    }
}

/// One run through a layer with a server that goes wrong at one step.
#[derive(Debug, Clone, Copy)]
pub struct Case {
    /// What lies around the transport.
    pub layer: Layer,
    /// What carries the requests.
    pub transport: Transport,
    /// What goes wrong.
    pub fault: &'static Fault,
    /// At which step: a page of the list, or a round of calls.
    pub at: usize,
    /// Whether it goes wrong for ever.
    pub always: bool,
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} under {} over {}, at step {}, {}",
            self.fault.name,
            self.layer.name(),
            self.transport.name(),
            self.at,
            if self.always { "always" } else { "once" }
        )
    }
}

/// What came of a case.
#[derive(Debug, Default)]
pub struct Report {
    /// How calls ended where not all had to end well: `all`, or the kind of error.
    pub ends: BTreeSet<String>,
    /// What is wrong.
    pub objections: Vec<String>,
}

impl Report {
    fn object(&mut self, text: impl Into<String>) {
        self.objections.push(text.into());
    }

    /// Judges how something ended.
    fn judge(&mut self, what: &str, error: Option<&Error>, right: &[&str]) {
        let end = error.map_or_else(|| "all".to_owned(), kind);
        if !right.contains(&end.as_str()) {
            self.object(format!("{what}: {end}, not one of {right:?} ({error:?})"));
        }
        if end != "all" || right.iter().any(|other| *other != "all") {
            self.ends.insert(end);
        }
    }
}

/// The longest that a case may take.
const BOUND: Duration = Duration::from_secs(180);

impl Case {
    /// Runs it to its end.
    pub async fn run(self) -> Report {
        let running = async {
            match self.layer {
                Layer::Filled | Layer::Validated | Layer::StaleIfError => cache::run(self).await,
                Layer::Shared | Layer::FirstLeaves => shared::run(self).await,
                Layer::Batched | Layer::All => batch::run(self).await,
            }
        };
        match tokio::time::timeout(BOUND, running).await {
            Ok(Ok(report)) => report,
            Ok(Err(error)) => failed(format!("the case cannot be run: {error}")),
            Err(_) => failed("HANGS".to_owned()),
        }
    }

    /// The outcomes that are right where nothing lies between.
    fn right(&self) -> &'static [&'static str] {
        match self.always {
            true => self.fault.always,
            false => self.fault.once,
        }
    }

    /// A client's settings. Servers that never answer are not asked as often as others.
    fn builder(&self, base: &str, said: &Said) -> Result<ClientBuilder<Client>, Error> {
        let builder = client::anonymous(&self.setup(base), said)?;
        Ok(match self.fault.patience() == SHORT {
            true => builder.retry(client::retry(2)),
            false => builder,
        })
    }

    fn setup<'a>(&self, base: &'a str) -> Setup<'a> {
        Setup {
            transport: self.transport,
            base,
            patience: self.fault.patience(),
            record: None,
        }
    }

    /// Whether the fault is a whole answer of somebody else's, or a redirect: a cache that
    /// is told to would keep them by right.
    fn may_be_kept(&self) -> bool {
        let line = self.fault.head.first().copied().unwrap_or_default();
        let is_text = matches!(self.fault.body, Body::Text(_));
        line.starts_with("HTTP/1.1 3") || line.starts_with("HTTP/1.1 200") && is_text
    }

    /// What the server does in place of an answer.
    fn acts(&self, request: &Request, foreign: &str, good: &Good) -> Vec<Act> {
        let place = Place {
            paging: Paging::Cursor,
            page: self.at,
            target: request.target(),
            here: "",
            foreign,
        };
        let headers = match self.may_be_kept() {
            true => &[],
            false => good.head.as_slice(),
        };
        self.fault.acts_on(&place, good, headers)
    }
}

fn failed(what: String) -> Report {
    Report {
        ends: BTreeSet::from(["WRONG".to_owned()]),
        objections: vec![what],
    }
}

/// Whose call it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Who {
    /// One caller.
    Alice,
    /// Another, with another credential.
    Bob,
}

const KEYS: [&str; 2] = ["k3y-of-alice-51c0", "k3y-of-bob-77e2"];

impl Who {
    const BOTH: [Self; 2] = [Self::Alice, Self::Bob];

    fn key(self) -> &'static str {
        KEYS[self as usize]
    }

    fn credential(self) -> Credential {
        auth::key(self.key())
    }

    fn name(self) -> &'static str {
        match self {
            Self::Alice => "alice",
            Self::Bob => "bob",
        }
    }

    fn of(request: &Request) -> Option<Self> {
        let key = request.header("x-api-key")?;
        Self::BOTH.into_iter().find(|who| who.key() == key)
    }
}

fn name_of(who: Option<Who>) -> &'static str {
    who.map_or("nobody", Who::name)
}

/// Where and how often the server goes wrong.
struct Trap {
    at: usize,
    always: bool,
    set: AtomicBool,
    sprung: Mutex<u32>,
}

impl Trap {
    fn new(at: usize, always: bool, set: bool) -> Self {
        Self {
            at,
            always,
            set: AtomicBool::new(set),
            sprung: Mutex::new(0),
        }
    }

    fn set(&self) {
        self.set.store(true, Ordering::SeqCst);
    }

    fn springs(&self, step: usize) -> bool {
        let mut sprung = lock(&self.sprung);
        let springs =
            step == self.at && self.set.load(Ordering::SeqCst) && (self.always || *sprung == 0);
        *sprung += u32::from(springs);
        springs
    }

    fn sprung(&self) -> u32 {
        *lock(&self.sprung)
    }
}

/// A page of somebody's list.
fn page(who: Option<Who>, page: usize, head: Vec<String>) -> Good {
    let ids = page * PER_PAGE..(page + 1) * PER_PAGE;
    let items: Vec<String> = ids.map(|id| thing(who, id as i64)).collect();
    let next = match page + 1 < PAGES {
        true => format!(r#""c{}""#, page + 1),
        false => "null".to_owned(),
    };
    let items = items.join(",");
    Good {
        head,
        body: format!(r#"{{"items":[{items}],"next_cursor":{next}}}"#),
    }
}

fn thing(who: Option<Who>, id: i64) -> String {
    format!(r#"{{"id":{id},"name":"thing {id} of {}"}}"#, name_of(who))
}

/// The server that redirects lead to.
async fn elsewhere() -> std::io::Result<Server> {
    Server::start(|request| {
        let who = Who::of(request);
        let head = vec!["Cache-Control: private, max-age=3600".to_owned()];
        let id = request.path().strip_prefix("/things/");
        let good = match id.and_then(|id| id.parse().ok()) {
            Some(id) => Good {
                head,
                body: thing(who, id),
            },
            None => page(who, Paging::Cursor.page(request), head),
        };
        vec![Act::Send(good.bytes("200 OK"))]
    })
    .await
}

/// Somebody's list as far as it was read.
struct Listed {
    ids: Vec<i64>,
    names: Vec<String>,
    error: Option<Error>,
}

async fn list(client: &Client, who: Who) -> Listed {
    let call = client.things().list().credential(who.credential());
    let mut items = call.items().max_pages(2 * PAGES as u64);
    let mut listed = Listed {
        ids: Vec::new(),
        names: Vec::new(),
        error: None,
    };
    while let Some(item) = items.next().await {
        match item {
            Ok(thing) => {
                listed.ids.push(thing.id);
                listed.names.push(thing.name);
            }
            Err(error) => {
                listed.error = Some(error);
                break;
            }
        }
    }
    listed
}

impl Report {
    /// Judges a list: everything once and in order, and nobody else's.
    fn list(&mut self, what: &str, who: Who, listed: &Listed, right: &[&str], said: &Said) {
        use crate::outcome::Outcome;
        if let Some(error) = &listed.error {
            said.error(error);
        }
        match Outcome::of(&listed.ids, listed.error.as_ref()) {
            Outcome::Wrong(text) => self.object(format!("{what}: {text}")),
            _ => self.judge(what, listed.error.as_ref(), right),
        }
        for (id, name) in listed.ids.iter().zip(&listed.names) {
            self.owner(what, who, *id, name);
        }
    }

    /// A server that sees no credential has nobody's things.
    fn owner(&mut self, what: &str, who: Who, id: i64, name: &str) {
        let own = format!("thing {id} of {}", who.name());
        if name != own && name != format!("thing {id} of nobody") {
            self.object(format!("{what}: {name:?} was given to {}", who.name()));
        }
    }

    /// Looks for credentials where none belongs.
    fn leaks(&mut self, foreign: &Server, said: &Said) {
        let places = [
            ("the other server", foreign.bytes()),
            ("what the client said", said.text().into_bytes()),
        ];
        for (place, bytes) in places {
            if let Some(secret) = secrets::found_in(&bytes, &KEYS) {
                self.object(format!("LEAK of {secret} to {place}"));
            }
        }
    }
}

type Ran = Result<Report, Mishap>;
