//! A batch of which one answer is wrong.

use super::batch::{self, ALICE, Call, Shop};
use super::{Ran, Report, Trap, Who};
use crate::Mishap;
use crate::client::{self, LONG, Setup, Transport};
use crate::rows;
use crate::secrets::Said;
use crate::server::{Act, Request, Server, lock};
use pontoon_runtime::json::Json;
use pontoon_runtime::transport::JsonBatch;
use pontoon_things::Client;
use std::sync::{Arc, Mutex};
use tokio::task::JoinSet;

/// An answer in a batch that goes wrong. The text may hold `{id}` and `{right}`, the
/// whole answer as it should be.
#[derive(Debug, Clone, Copy)]
pub struct Part {
    /// The name in the table.
    pub name: &'static str,
    /// What stands in the place of the answer; empty: nothing.
    pub text: &'static str,
    /// The status of a call that is sent alone.
    pub alone: &'static str,
    /// Whether the server has carried out the request.
    pub carried_out: bool,
    /// What is right when it occurs once.
    pub once: &'static [&'static str],
    /// The same for a call that must not be repeated.
    pub without_key: &'static [&'static str],
    /// What is right when it never ends.
    pub always: &'static [&'static str],
}

/// What came of a batch, by the place of the answer that was wrong.
pub struct Row {
    /// The line of the table.
    pub line: String,
    /// What is wrong.
    pub objections: Vec<String>,
}

/// Every way in which one answer can be wrong, at every place in a batch.
pub async fn run_all(transport: Transport) -> Result<Vec<Row>, Mishap> {
    let mut found = Vec::new();
    for part in rows::parts() {
        for always in [false, true] {
            let often = if always { "always" } else { "once" };
            let mut row = Row {
                line: format!("| {} | {often} | {} |", part.name, transport.name()),
                objections: Vec::new(),
            };
            for at in 0..ALICE.len() {
                let report = run(part, at, always, transport).await?;
                let ends = super::table::in_words(&report.ends);
                let mark = match report.objections.is_empty() {
                    true => "",
                    false => "**WRONG** ",
                };
                row.line.push_str(&format!(" {mark}{ends} |"));
                let place = format!("{}, {often}, place {at}", part.name);
                let objections = report.objections.into_iter();
                row.objections
                    .extend(objections.map(|text| format!("{place}: {text}")));
            }
            found.push(row);
        }
    }
    Ok(found)
}

async fn run(part: &'static Part, at: usize, always: bool, transport: Transport) -> Ran {
    let trap = Arc::new(Trap::new(at, always, true));
    let shop: Arc<Mutex<Shop>> = Arc::default();
    let (traps, goods) = (Arc::clone(&trap), Arc::clone(&shop));
    let server = Server::start(move |request| answer(part, &traps, &goods, request)).await?;
    let said = Said::default();
    let setup = Setup {
        transport,
        base: server.base(),
        patience: LONG,
        record: None,
    };
    let batcher = JsonBatch::new(server.base()).limit(ALICE.len());
    let builder = client::anonymous(&setup, &said)?.batch(batcher, batch::WINDOW);
    let client: Client = builder.build()?;
    let mut running = JoinSet::new();
    for (place, call) in ALICE.into_iter().enumerate() {
        let client = client.clone();
        running.spawn(async move {
            let given = batch::send(&client, Who::Alice, 0, call).await;
            (place, call, given)
        });
    }
    let (mut report, mut others) = (Report::default(), Report::default());
    for (place, call, given) in running.join_all().await {
        let what = format!("{call:?}");
        let struck = place == at;
        let right = match (struck, always) {
            (false, _) => &["all"],
            (true, true) => part.always,
            (true, false) if call == Call::Order => part.without_key,
            (true, false) => part.once,
        };
        let of = if struck { &mut report } else { &mut others };
        of.call(&what, Who::Alice, 0, call, &given, right, &said);
        let made = lock(&shop).made(&batch::words(Who::Alice, 0, call));
        if !matches!(call, Call::Get(_)) && (made > 1 || given.is_ok() && made != 1) {
            report.object(format!("{what}: {made} were made"));
        }
    }
    report.objections.extend(others.objections);
    if trap.sprung() == 0 {
        report.object("the fault never struck");
    }
    Ok(report)
}

/// Where a request stands among those of the round.
fn place(asked: &batch::Asked<'_>) -> usize {
    match asked.method {
        "GET" => asked
            .target
            .trim_start_matches("/things/")
            .parse()
            .unwrap_or(9),
        _ if asked.name.starts_with("order") => 3,
        _ => 4,
    }
}

fn answer(part: &Part, trap: &Trap, shop: &Mutex<Shop>, request: &Request) -> Vec<Act> {
    let mut shop = lock(shop);
    if request.path() != "/$batch" {
        let asked = batch::alone(request);
        let springs = trap.springs(place(&asked));
        let right = match springs && !part.carried_out {
            true => (part.alone, "{}".to_owned()),
            false => asked.carry_out(&mut shop),
        };
        let status = if springs { part.alone } else { right.0 };
        return vec![Act::Send(crate::api::json(status, right.1))];
    }
    let Ok(found) = Json::parse(&request.body) else {
        return vec![Act::Send(crate::api::json("400 Bad Request", "{}"))];
    };
    let mut answers = Vec::new();
    for (id, asked) in batch::parts(request, &found) {
        let springs = trap.springs(place(&asked));
        let right = match springs && !part.carried_out {
            true => String::new(),
            false => batch::part(id, &asked.carry_out(&mut shop)),
        };
        let text = match springs {
            true => part.text.replace("{id}", id).replace("{right}", &right),
            false => right,
        };
        answers.extend(Some(text).filter(|text| !text.is_empty()));
    }
    let body = batch::whole(&answers);
    vec![Act::Send(crate::api::json("200 OK", body))]
}
