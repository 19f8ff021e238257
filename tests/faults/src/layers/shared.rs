//! Callers who ask for the same at the same time.

use super::{Case, Layer, Ran, Report, Trap, Who, elsewhere, list, page};
use crate::api::Paging;
use crate::secrets::Said;
use crate::server::{Act, Request, Server};
use pontoon_things::Client;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use tokio::task::JoinSet;

/// Who lists at the same time.
const READERS: [Who; 6] = [
    Who::Alice,
    Who::Alice,
    Who::Alice,
    Who::Alice,
    Who::Bob,
    Who::Bob,
];

/// All list at once, by one client.
pub async fn run(case: Case) -> Ran {
    let trap = Arc::new(Trap::new(case.at, case.always, true));
    let (foreign, reached) = (elsewhere().await?, Arc::new(Notify::new()));
    let (traps, notify) = (Arc::clone(&trap), Arc::clone(&reached));
    let other = foreign.base().to_owned();
    let server = Server::start(move |request| {
        let (who, number) = (Who::of(request), Paging::Cursor.page(request));
        if who == Some(Who::Alice) && number == case.at {
            notify.notify_one();
        }
        let good = page(who, number, Vec::new());
        let acts = match traps.springs(number) {
            true => case.acts(request, &other, &good),
            false => vec![Act::Send(good.bytes("200 OK"))],
        };
        // Whoever is to share the answer has asked by then.
        [vec![Act::Pause(Duration::from_millis(20))], acts].concat()
    })
    .await?;
    let said = Said::default();
    let builder = case.builder(server.base(), &said)?.coalesce(true);
    said.add(&builder);
    let client: Client = builder.build()?;

    let mut reading = JoinSet::new();
    for (number, who) in READERS.into_iter().enumerate() {
        let leaves = number == 0 && case.layer == Layer::FirstLeaves;
        let (client, reached) = (client.clone(), Arc::clone(&reached));
        reading.spawn(async move {
            let listed = list(&client, who);
            let listed = match leaves {
                false => Some(listed.await),
                true => tokio::select! {
                    listed = listed => Some(listed),
                    () = reached.notified() => None,
                },
            };
            (number, who, listed)
        });
    }
    let mut report = Report::default();
    let mut right = case.right().to_vec();
    if !case.always {
        // The fault strikes at one exchange, the other's goes well.
        right.push("all");
    }
    for (number, who, listed) in reading.join_all().await {
        if let Some(listed) = listed {
            let what = format!("reader {number}");
            report.list(&what, who, &listed, &right, &said);
        }
    }
    if trap.sprung() == 0 {
        report.object("the fault never struck");
    }
    let starts = |request: &&Request| {
        Who::of(request) == Some(Who::Alice) && Paging::Cursor.page(request) == 0
    };
    let requests = server.requests();
    if case.at != 0 && requests.iter().filter(starts).count() > 3 {
        report.object("nothing was shared");
    }
    said.add(&client);
    report.leaks(&foreign, &said);
    Ok(report)
}
