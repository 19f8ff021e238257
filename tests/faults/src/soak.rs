//! Many callers for a long time, on a server that goes wrong by chance.

use crate::Mishap;
use crate::api::json;
use crate::client::{self, LONG, Setup, Transport};
use crate::outcome::kind;
use crate::secrets::Said;
use crate::server::{Act, Request, Server, lock};
use pontoon_runtime::{CallOptions as _, ConcurrencyLimit, Error};
use pontoon_things::{Client, models};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::Barrier;
use tokio::task::JoinSet;

/// How long a soak is.
#[derive(Debug, Clone, Copy)]
pub struct Soak {
    /// What carries the requests.
    pub transport: Transport,
    /// How many callers there are at a time.
    pub callers: usize,
    /// How many calls each makes.
    pub calls: usize,
    /// Where chance begins.
    pub seed: u64,
}

/// What came of a soak.
#[derive(Debug, Default)]
pub struct Tally {
    /// How many calls ended how: `answered`, `dropped` by the caller, or the kind
    /// of error.
    pub ends: BTreeMap<String, usize>,
    /// Answers that belong to another call, and errors of a kind that no fault
    /// explains.
    pub wrong: Vec<String>,
    /// How many requests the server saw.
    pub requests: usize,
    /// How many connections it accepted.
    pub connections: usize,
    /// The memory in use at each tenth of the way, in bytes.
    pub memory: Vec<usize>,
    /// Tasks that outlived the client and the server.
    pub tasks_left: usize,
}

/// What may be asked, and what a call may end by.
const EXPLAINED: &[&str] = &[
    "answered",
    "decode",
    "dropped",
    "status 429",
    "status 500",
    "status 503",
    "timeout",
    "transport",
];

impl Soak {
    /// Runs it to its end. `memory` tells how much memory is in use.
    pub async fn run(self, memory: fn() -> usize) -> Result<Tally, Mishap> {
        let tasks_before = tokio::runtime::Handle::current()
            .metrics()
            .num_alive_tasks();
        let mut tally = self.call_all(memory).await?;
        // Connections end when their sockets do.
        for _ in 0..500 {
            let tasks = tokio::runtime::Handle::current()
                .metrics()
                .num_alive_tasks();
            tally.tasks_left = tasks.saturating_sub(tasks_before);
            if tally.tasks_left == 0 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Ok(tally)
    }

    async fn call_all(self, memory: fn() -> usize) -> Result<Tally, Mishap> {
        let chance = Mutex::new(fastrand::Rng::with_seed(self.seed));
        let requests = Arc::new(Mutex::new(0));
        let counted = Arc::clone(&requests);
        let meeting = Arc::new(Barrier::new(AT_A_TIME));
        let server = Server::forgetful(move |request| {
            *lock(&counted) += 1;
            if request.path().starts_with("/things/-") {
                let right = Act::Send(answered(request));
                return vec![Act::Meet(Arc::clone(&meeting)), right];
            }
            let chance = lock(&chance).u32(0..100);
            answer(request, chance)
        })
        .await?;
        let said = Said::default();
        let setup = Setup {
            transport: self.transport,
            base: server.base(),
            patience: LONG,
            record: None,
        };
        let client = client::builder(&setup, &said)?
            .wire_log(|_| {})
            .concurrency_limit(ConcurrencyLimit::new(AT_A_TIME))
            .build()?;
        let mut tally = Tally::default();
        // Each tenth of the way is awaited whole, so that memory is compared at rest.
        for tenth in 0..10 {
            let mut callers = JoinSet::new();
            for caller in 0..self.callers {
                let client: Client = client.clone();
                let seed = self.seed ^ (caller as u64) << 32 ^ tenth;
                let calls = self.calls / 10;
                callers.spawn(async move { call(&client, calls, seed).await });
            }
            for (ends, wrong) in callers.join_all().await {
                for (end, count) in ends {
                    *tally.ends.entry(end).or_default() += count;
                }
                tally.wrong.extend(wrong);
            }
            tally.memory.push(memory());
        }
        tally.wrong.extend(meet(&client).await);
        tally.requests = *lock(&requests);
        tally.connections = server.connections();
        Ok(tally)
    }
}

impl Tally {
    /// The result as Markdown.
    pub fn text(&self, soak: &Soak) -> String {
        let ends: Vec<String> = self
            .ends
            .iter()
            .map(|(end, n)| format!("{n} {end}"))
            .collect();
        let memory: Vec<String> = self
            .memory
            .iter()
            .map(|bytes| format!("{:.1}", *bytes as f64 / 1e6))
            .collect();
        format!(
            "{}: {} callers, {} calls each, seed {}: {}. The server saw {} requests on {} \
             connections. Memory in use at each tenth of the way, MB: {}. Tasks left: {}.",
            soak.transport.name(),
            soak.callers,
            soak.calls,
            soak.seed,
            ends.join(", "),
            self.requests,
            self.connections,
            memory.join(", "),
            self.tasks_left,
        )
    }

    /// What is wrong with it.
    pub fn objections(&self) -> Vec<String> {
        let mut objections = self.wrong.clone();
        if self.tasks_left > 0 {
            objections.push(format!("{} tasks are left", self.tasks_left));
        }
        // Pools and buffers fill in the first tenth.
        let first = self.memory.first().copied().unwrap_or_default();
        let last = self.memory.last().copied().unwrap_or_default();
        if last > first + GROWTH {
            objections.push(format!("memory grew from {first} to {last} bytes"));
        }
        objections
    }
}

/// How much more memory may be in use at the end than after the first tenth, in
/// bytes: some connections of 64 callers, their buffers included.
const GROWTH: usize = 4 << 20;

/// Each of these calls is answered when all of them are under way: every permit of
/// the limit must have been given back.
async fn meet(client: &Client) -> Vec<String> {
    let mut calls = JoinSet::new();
    for id in 1..=AT_A_TIME as i64 {
        let client = client.clone();
        calls.spawn(async move {
            let call = client.things().get(-id).timeout(Duration::from_secs(60));
            call.send().await
        });
    }
    let done = calls.join_all().await.into_iter();
    done.filter_map(|answer| Some(format!("a permit is lost: {}", answer.err()?)))
        .collect()
}

/// How many requests may be under way.
const AT_A_TIME: usize = 24;

type Ends = (BTreeMap<String, usize>, Vec<String>);

async fn call(client: &Client, calls: usize, seed: u64) -> Ends {
    let mut chance = fastrand::Rng::with_seed(seed);
    let (mut ends, mut wrong) = (BTreeMap::<_, usize>::new(), Vec::new());
    for _ in 0..calls {
        let id = i64::from(chance.u32(..));
        let called = one(client, id, chance.u32(0..10));
        let patience = match chance.u32(0..20) {
            0 => Duration::from_millis(chance.u64(0..5)),
            _ => Duration::from_secs(170),
        };
        let end = match tokio::time::timeout(patience, called).await {
            Ok(Ok(found)) if found == id => "answered".to_owned(),
            Ok(Ok(found)) => format!("asked for {id}, got {found}"),
            Ok(Err(error)) => kind(&error),
            Err(_) if patience.as_secs() > 0 => "hangs".to_owned(),
            Err(_) => "dropped".to_owned(),
        };
        if !EXPLAINED.contains(&end.as_str()) {
            wrong.push(end.clone());
        }
        *ends.entry(end).or_default() += 1;
    }
    (ends, wrong)
}

/// One call that is answered with its own number.
async fn one(client: &Client, id: i64, choice: u32) -> Result<i64, Error> {
    let things = client.things();
    Ok(match choice {
        0 => {
            let body = models::NewThing::new(id.to_string());
            let made = things.create(&body).idempotency_key(&format!("key-{id}"));
            made.send().await?.into_value().id
        }
        _ => things.get(id).send().await?.into_value().id,
    })
}

/// The right answer.
fn answered(request: &Request) -> Vec<u8> {
    let (status, id) = match request.method() {
        "POST" => {
            let body = String::from_utf8_lossy(&request.body);
            let digits = body.chars().filter(char::is_ascii_digit).collect();
            ("201 Created", digits)
        }
        _ => {
            let id = request.path().trim_start_matches("/things/");
            ("200 OK", id.to_owned())
        }
    };
    json(status, format!(r#"{{"id":{id},"name":"thing"}}"#))
}

fn answer(request: &Request, chance: u32) -> Vec<Act> {
    let right = answered(request);
    let empty = |status: &str| {
        let text = format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n");
        Act::Send(text.into_bytes())
    };
    match chance {
        0..=2 => vec![empty("503 Service Unavailable")],
        3..=4 => vec![empty("429 Too Many Requests")],
        5 => vec![empty("500 Internal Server Error"), Act::Close],
        6 => vec![Act::Reset],
        7 => vec![Act::Close],
        8 => vec![Act::Send(right[..right.len() - 4].to_vec()), Act::Reset],
        9 => vec![Act::Send(json("200 OK", r#"{"id":"#))],
        10 => vec![Act::Send(right), Act::Close],
        11 => vec![Act::Trickle(right, Duration::from_millis(1))],
        _ => vec![Act::Send(right)],
    }
}
