//! The client under test, set up as its users do.

use crate::api::{PAGES, Paging};
use crate::secrets::{API_KEY, Said};
use pontoon_runtime::transport::{Hyper, Recorder};
use pontoon_runtime::{ClientBuilder, Error, Items, Position, Retry};
use pontoon_things::models::Thing;
use pontoon_things::{Client, auth};
use std::path::Path;
use std::time::Duration;

/// What carries the requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    /// The built-in one, over reqwest.
    Reqwest,
    /// The one over hyper alone.
    Hyper,
}

impl Transport {
    /// Every transport that this was built with.
    pub const ALL: &[Self] = &[Self::Reqwest, Self::Hyper];

    /// The name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Reqwest => "reqwest",
            Self::Hyper => "hyper",
        }
    }
}

/// The longest answer that is taken, in bytes.
pub const LONGEST: usize = 256 << 10;

/// How often a call is sent at most.
pub const ATTEMPTS: u32 = 4;

/// How a client is set up.
#[derive(Debug, Clone, Copy)]
pub struct Setup<'a> {
    /// What carries the requests.
    pub transport: Transport,
    /// The base URL of the server.
    pub base: &'a str,
    /// How long an attempt may take.
    pub patience: Duration,
    /// Where what goes over hyper is recorded.
    pub record: Option<&'a Path>,
}

/// For servers that never answer.
pub const SHORT: Duration = Duration::from_secs(4);
/// For all others: longer than anything takes on a busy machine.
pub const LONG: Duration = Duration::from_secs(120);

/// So many attempts with short waits.
pub fn retry(attempts: u32) -> Retry {
    Retry::default()
        .attempts(attempts)
        .wait(Duration::from_millis(5))
        .longest_wait(Duration::from_millis(50))
        .longest_asked_wait(Duration::from_secs(5))
}

/// A client's settings without a credential.
pub fn anonymous(setup: &Setup<'_>, said: &Said) -> Result<ClientBuilder<Client>, Error> {
    let builder = Client::builder()
        .base_url(setup.base)
        .timeout(Duration::from_secs(150))
        .attempt_timeout(setup.patience)
        .retry(retry(ATTEMPTS))
        .max_response_size(LONGEST)
        .wire_log(said.sink());
    let silence = setup.patience / 2;
    match setup.transport {
        Transport::Reqwest => Ok(builder.no_proxy().read_timeout(silence)),
        Transport::Hyper => {
            let hyper = Hyper::builder().read_timeout(silence).build()?;
            Ok(match setup.record {
                Some(path) => builder.transport(Recorder::create(path, hyper)?),
                None => builder.transport(hyper),
            })
        }
    }
}

/// A client's settings.
pub fn builder(setup: &Setup<'_>, said: &Said) -> Result<ClientBuilder<Client>, Error> {
    Ok(anonymous(setup, said)?.credential(auth::key(API_KEY)))
}

/// A list as far as it was read.
#[derive(Debug)]
pub struct Read {
    /// The things that came, by number.
    pub ids: Vec<i64>,
    /// What ended it early.
    pub error: Option<Error>,
    /// Where a later list goes on.
    pub position: Position,
}

/// Lists everything, from a position on if one is given.
pub async fn list(client: &Client, paging: Paging, from: Option<Position>) -> Read {
    match paging {
        Paging::Cursor => drain(client.things().list().items(), from).await,
        Paging::Link => drain(client.linked().list().items(), from).await,
        Paging::Address => drain(client.addressed().list().items(), from).await,
    }
}

async fn drain(items: Items<Thing>, from: Option<Position>) -> Read {
    let mut items = items.max_pages(2 * PAGES as u64);
    if let Some(position) = from {
        items = items.start_at(position);
    }
    let mut ids = Vec::new();
    let mut error = None;
    while let Some(item) = items.next().await {
        match item {
            Ok(thing) => ids.push(thing.id),
            Err(found) => {
                error = Some(found);
                break;
            }
        }
    }
    Read {
        ids,
        error,
        position: items.position().clone(),
    }
}
