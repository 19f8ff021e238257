//! Calls that go as one, in five rounds; with [`Layer::All`] they are shared and kept,
//! too.

use super::{Case, Layer, Ran, Report, Trap, Who, elsewhere, thing};
use crate::api::{Good, json};
use crate::fault::Then;
use crate::secrets::Said;
use crate::server::{Act, Request, Server, lock};
use pontoon_runtime::json::Json;
use pontoon_runtime::transport::{JsonBatch, MemoryCache};
use pontoon_runtime::{CallOptions as _, Error};
use pontoon_things::{Client, models};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::task::JoinSet;

/// How many rounds there are.
const ROUNDS: usize = 5;
/// How long a batch is gathered that is not full.
pub(super) const WINDOW: Duration = Duration::from_millis(20);

/// One call of a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Call {
    /// `GET /things/{id}`.
    Get(i64),
    /// `POST /orders`, which must not be repeated.
    Order,
    /// `POST /things` with a key of the client's.
    Create,
}

/// What the caller does in a round; five fill a batch.
pub(super) const ALICE: [Call; 5] = [
    Call::Get(0),
    Call::Get(1),
    Call::Get(2),
    Call::Order,
    Call::Create,
];
const BOB: [Call; 2] = [Call::Get(0), Call::Get(1)];

/// What was made, by the words of the request; a known key makes nothing.
#[derive(Default)]
pub(super) struct Shop {
    made: BTreeMap<String, usize>,
    keys: BTreeMap<String, String>,
}

/// A request as it stands alone or in a batch.
pub(super) struct Asked<'a> {
    pub(super) who: Option<Who>,
    pub(super) method: &'a str,
    pub(super) target: &'a str,
    pub(super) key: Option<&'a str>,
    /// The name of what is to be made.
    pub(super) name: String,
}

impl Asked<'_> {
    /// The round that it belongs to.
    pub(super) fn round(&self) -> usize {
        let number = |text: &str| text.parse::<usize>().ok();
        let found = match self.method {
            "GET" => self.target.strip_prefix("/things/").and_then(number),
            _ => self.name.split(' ').nth(1).and_then(number),
        };
        found.map_or(ROUNDS, |number| match self.method {
            "GET" => number / 10,
            _ => number,
        })
    }

    /// Carries it out: the status and the body.
    pub(super) fn carry_out(&self, shop: &mut Shop) -> (&'static str, String) {
        if self.method == "GET" {
            let id = self.target.trim_start_matches("/things/");
            return ("200 OK", thing(self.who, id.parse().unwrap_or(-1)));
        }
        let is_new = match self.key {
            Some(key) => shop
                .keys
                .insert(key.to_owned(), self.name.clone())
                .is_none(),
            None => true,
        };
        *shop.made.entry(self.name.clone()).or_default() += usize::from(is_new);
        (
            "201 Created",
            format!(r#"{{"id":1,"name":"{}"}}"#, self.name),
        )
    }
}

impl Shop {
    /// How often that was made.
    pub(super) fn made(&self, name: &str) -> usize {
        self.made.get(name).copied().unwrap_or(0)
    }
}

/// A request that came alone.
pub(super) fn alone(request: &Request) -> Asked<'_> {
    let body = Json::parse(&request.body).ok();
    Asked {
        who: Who::of(request),
        method: request.method(),
        target: request.target(),
        key: request.header("idempotency-key"),
        name: name_in(body.as_ref()),
    }
}

fn name_in(body: Option<&Json>) -> String {
    let name = body.and_then(|body| body.get("name")?.as_str());
    name.unwrap_or_default().to_owned()
}

/// The requests of a batch, with their ids.
pub(super) fn parts<'a>(request: &Request, batch: &'a Json) -> Vec<(&'a str, Asked<'a>)> {
    let all = batch.get("requests").and_then(Json::as_array);
    let text = |part: &'a Json, name: &str| part.get(name).and_then(Json::as_str);
    let parts = all.into_iter().flatten().map(|part| {
        let headers = part.get("headers");
        let asked = Asked {
            who: Who::of(request),
            method: text(part, "method").unwrap_or_default(),
            target: text(part, "url").unwrap_or_default(),
            key: headers.and_then(|headers| headers.get("idempotency-key")?.as_str()),
            name: name_in(part.get("body")),
        };
        (text(part, "id").unwrap_or_default(), asked)
    });
    parts.collect()
}

/// An answer as it stands in that to a batch.
pub(super) fn part(id: &str, (status, body): &(&str, String)) -> String {
    let status = &status[..3];
    let headers = r#"{"Cache-Control":"private, max-age=3600"}"#;
    format!(r#"{{"id":"{id}","status":{status},"headers":{headers},"body":{body}}}"#)
}

/// The answer to a batch. The last request is answered first.
pub(super) fn whole(parts: &[String]) -> String {
    let parts: Vec<&str> = parts.iter().rev().map(String::as_str).collect();
    format!(r#"{{"responses":[{}]}}"#, parts.join(","))
}

/// Five rounds of calls; in one of them, what is sent first goes wrong.
pub async fn run(case: Case) -> Ran {
    let trap = Arc::new(Trap::new(case.at, case.always, true));
    let shop: Arc<Mutex<Shop>> = Arc::default();
    let foreign = elsewhere().await?;
    let (traps, goods) = (Arc::clone(&trap), Arc::clone(&shop));
    let other = foreign.base().to_owned();
    let server =
        Server::start(move |request| answer(case, &traps, &goods, request, &other)).await?;
    let said = Said::default();
    let batcher = JsonBatch::new(server.base()).limit(ALICE.len());
    let mut builder = case.builder(server.base(), &said)?.batch(batcher, WINDOW);
    if case.layer == Layer::All {
        builder = builder.coalesce(true).cache(MemoryCache::new(1 << 20));
    }
    said.add(&builder);
    let client: Client = builder.build()?;

    let mut report = Report::default();
    for round in 0..ROUNDS {
        let right = |call| match round == case.at {
            true => case.right_in_batch(call),
            // What must not be repeated can meet the end of a connection at any time.
            false if call == Call::Order && ends(case.fault.then) => vec!["all", "transport"],
            false => vec!["all"],
        };
        let mut calls: Vec<(Who, Call)> = Vec::new();
        calls.extend(ALICE.map(|call| (Who::Alice, call)));
        calls.extend(BOB.map(|call| (Who::Bob, call)));
        if case.layer == Layer::All {
            calls.extend([(Who::Alice, Call::Get(0)), (Who::Bob, Call::Get(0))]);
        }
        report.round(&client, round, &calls, right, &said).await;
        report.shop(&lock(&shop));
    }
    if trap.sprung() == 0 {
        report.object("the fault never struck");
    }
    if case.layer == Layer::All && !case.always {
        for round in 0..ROUNDS {
            let calls = BOB.map(|call| [(Who::Alice, call), (Who::Bob, call)]);
            let right = |_| vec!["all"];
            report
                .round(&client, round, calls.as_flattened(), right, &said)
                .await;
        }
    }
    said.add(&client);
    report.leaks(&foreign, &said);
    Ok(report)
}

fn ends(then: Then) -> bool {
    matches!(then, Then::Close | Then::Reset)
}

impl Case {
    /// What a batch becomes that is answered with such a status: those of the list are
    /// for each call, as others say nothing of it.
    fn right_in_batch(&self, call: Call) -> Vec<&'static str> {
        let line = self.fault.head.first().copied().unwrap_or_default();
        let code = line.split(' ').nth(1).unwrap_or_default();
        let of_batch = code.starts_with('3') || code == "400";
        let refused = matches!(code, "429") || self.fault.name.starts_with("403, rate");
        let mut right = match self.always || (call == Call::Order && !refused) {
            _ if of_batch => vec!["transport", "status 400", "redirect"],
            true => self.fault.always.to_vec(),
            false => self.fault.once.to_vec(),
        };
        if !self.always || of_batch {
            right.push("all");
        }
        if call == Call::Order && ends(self.fault.then) {
            right.push("transport");
        }
        // A call that is late for its batch goes alone, and where it is led to another
        // server, which has lists alone, it gets no thing.
        if code.starts_with('3') {
            right.push("decode");
        }
        right
    }

    /// Whether the server does what it is asked before it goes wrong.
    fn is_carried_out(&self) -> bool {
        let line = self.fault.head.first().copied().unwrap_or_default();
        !line.starts_with("HTTP/1.1 4") && !line.starts_with("HTTP/1.1 3")
    }
}

pub(super) type Given = Result<(i64, String), Error>;

/// Makes a call.
pub(super) async fn send(client: &Client, who: Who, round: usize, call: Call) -> Given {
    let body = models::NewThing::new(words(who, round, call));
    let key = who.credential();
    let thing = match call {
        Call::Get(id) => {
            let call = client.things().get(10 * round as i64 + id).credential(key);
            call.send().await?.into_value()
        }
        Call::Order => {
            let call = client.orders().create(&body).credential(key);
            call.send().await?.into_value()
        }
        Call::Create => {
            let call = client.things().create(&body).credential(key);
            call.send().await?.into_value()
        }
    };
    Ok((thing.id, thing.name))
}

/// What a call is to make.
pub(super) fn words(who: Who, round: usize, call: Call) -> String {
    let word = match call {
        Call::Order => "order",
        _ => "thing",
    };
    format!("{word} {round} of {}", who.name())
}

impl Report {
    /// All calls of a round at once.
    async fn round(
        &mut self,
        client: &Client,
        round: usize,
        calls: &[(Who, Call)],
        right: impl Fn(Call) -> Vec<&'static str>,
        said: &Said,
    ) {
        let mut running = JoinSet::new();
        for &(who, call) in calls {
            let client = client.clone();
            running.spawn(async move { (who, call, send(&client, who, round, call).await) });
        }
        for (who, call, given) in running.join_all().await {
            let what = format!("{call:?} of {} in round {round}", who.name());
            self.call(&what, who, round, call, &given, &right(call), said);
        }
    }

    /// Judges what a call gave.
    #[allow(clippy::too_many_arguments)]
    pub(super) fn call(
        &mut self,
        what: &str,
        who: Who,
        round: usize,
        call: Call,
        given: &Given,
        right: &[&str],
        said: &Said,
    ) {
        self.judge(what, given.as_ref().err(), right);
        match given {
            Err(error) => said.error(error),
            Ok((id, name)) => match call {
                Call::Get(number) => {
                    let asked = 10 * round as i64 + number;
                    if *id != asked {
                        self.object(format!("{what}: asked for {asked}, got {id}"));
                    }
                    self.owner(what, who, asked, name);
                }
                _ if *name != words(who, round, call) => {
                    self.object(format!("{what}: got {name:?}"));
                }
                _ => {}
            },
        }
    }

    fn shop(&mut self, shop: &Shop) {
        for (name, made) in shop.made.iter().filter(|(_, made)| **made > 1) {
            self.object(format!("DOUBLED: {name:?} was made {made} times"));
        }
    }
}

fn answer(
    case: Case,
    trap: &Trap,
    shop: &Mutex<Shop>,
    request: &Request,
    foreign: &str,
) -> Vec<Act> {
    let mut shop = lock(shop);
    if request.path() != "/$batch" {
        let asked = alone(request);
        let springs = trap.springs(asked.round());
        if springs && !case.is_carried_out() {
            let good = Good {
                head: Vec::new(),
                body: String::new(),
            };
            return case.acts(request, foreign, &good);
        }
        let (status, body) = asked.carry_out(&mut shop);
        let head = vec!["Cache-Control: private, max-age=3600".to_owned()];
        let good = Good { head, body };
        return match springs {
            true => case.acts(request, foreign, &good),
            false => vec![Act::Send(good.bytes(status))],
        };
    }
    let Ok(batch) = Json::parse(&request.body) else {
        return vec![Act::Send(json("400 Bad Request", "{}"))];
    };
    let parts = parts(request, &batch);
    let springs = parts
        .first()
        .is_some_and(|(_, asked)| trap.springs(asked.round()));
    let mut body = String::new();
    if !springs || case.is_carried_out() {
        let answers = parts
            .iter()
            .map(|(id, asked)| part(id, &asked.carry_out(&mut shop)));
        body = whole(&answers.collect::<Vec<_>>());
    }
    let head = Vec::new();
    let good = Good { head, body };
    match springs {
        true => case.acts(request, foreign, &good),
        false => vec![Act::Send(good.bytes("200 OK"))],
    }
}
