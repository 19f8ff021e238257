//! Two clients with one cache.

use super::{Case, Layer, Ran, Report, Trap, Who, elsewhere, list, name_of, page};
use crate::api::{PAGES, Paging};
use crate::secrets::Said;
use crate::server::{Act, Request, Server};
use pontoon_runtime::transport::MemoryCache;
use std::sync::Arc;

/// Lists until everything is kept, with the fault before or after that.
pub async fn run(case: Case) -> Ran {
    let trap = Arc::new(Trap::new(case.at, case.always, case.layer == Layer::Filled));
    let foreign = elsewhere().await?;
    let (traps, other) = (Arc::clone(&trap), foreign.base().to_owned());
    let server = Server::start(move |request| answer(case, &traps, request, &other)).await?;
    let (said, store) = (Said::default(), MemoryCache::new(1 << 20));
    let client = |who: Who| {
        let builder = case.builder(server.base(), &said)?;
        let builder = builder.credential(who.credential()).cache(store.clone());
        said.add(&builder);
        builder.build()
    };
    let (alice, bob) = (client(Who::Alice)?, client(Who::Bob)?);
    let mut report = Report::default();

    let first = list(&alice, Who::Alice).await;
    let before = match case.layer {
        Layer::Filled => case.right(),
        _ => &["all"],
    };
    report.list("the first list", Who::Alice, &first, before, &said);
    trap.set();
    let after: &[&str] = match (case.always, case.layer) {
        // What a fault has done must not outlast it.
        (false, Layer::Filled) => &["all"],
        (_, Layer::StaleIfError) if stands_for(case.right()) => &["all"],
        _ => case.right(),
    };
    let second = list(&alice, Who::Alice).await;
    report.list("the second list", Who::Alice, &second, after, &said);
    let for_bob = match case.always {
        true => case.right(),
        false => &["all"],
    };
    let (third, of_bob) = tokio::join!(list(&alice, Who::Alice), list(&bob, Who::Bob));
    let at_last = match case.always {
        true => after,
        false => &["all"],
    };
    report.list("the third list", Who::Alice, &third, at_last, &said);
    report.list("the other's list", Who::Bob, &of_bob, for_bob, &said);

    if trap.sprung() == 0 {
        report.object("the fault never struck");
    }
    said.add(&alice);
    said.add(&store);
    report.requests(case, &server.requests());
    report.leaks(&foreign, &said);
    Ok(report)
}

/// Whether `stale-if-error` is for all of these.
fn stands_for(right: &[&str]) -> bool {
    const COVERED: &[&str] = &[
        "all",
        "connect",
        "status 500",
        "status 502",
        "status 503",
        "status 504",
        "timeout",
        "transport",
    ];
    right.iter().all(|end| COVERED.contains(end))
}

impl Report {
    fn requests(&mut self, case: Case, requests: &[Request]) {
        for who in Who::BOTH {
            for page in (0..PAGES).filter(|page| *page != case.at) {
                let asked: Vec<&Request> = requests
                    .iter()
                    .filter(|request| {
                        Who::of(request) == Some(who) && Paging::Cursor.page(request) == page
                    })
                    .collect();
                let bare = asked
                    .iter()
                    .filter(|request| request.header("if-none-match").is_none());
                if bare.count() > 1 {
                    self.object(format!("page {page} was fetched twice by {}", who.name()));
                }
                if case.layer == Layer::Filled && asked.len() > 1 {
                    self.object(format!("page {page} was fresh and asked for again"));
                }
            }
        }
        for request in requests {
            let tag = request.header("if-none-match").unwrap_or_default();
            let own = name_of(Who::of(request));
            if !tag.is_empty() && !tag.contains(own) {
                self.object(format!("{own} asked by the other's answer: {tag}"));
            }
        }
    }
}

fn answer(case: Case, trap: &Trap, request: &Request, foreign: &str) -> Vec<Act> {
    let (who, number) = (Who::of(request), Paging::Cursor.page(request));
    let control = match case.layer {
        Layer::Filled => "private, max-age=3600",
        Layer::StaleIfError => "max-age=0, stale-if-error=3600",
        _ => "no-cache",
    };
    let tag = format!("\"{}-{number}\"", name_of(who));
    let head = vec![format!("Cache-Control: {control}"), format!("ETag: {tag}")];
    let good = page(who, number, head);
    if trap.springs(number) {
        return case.acts(request, foreign, &good);
    }
    if request.header("if-none-match") == Some(&tag) {
        let head = good.head.join("\r\n");
        let text = format!("HTTP/1.1 304 Not Modified\r\n{head}\r\n\r\n");
        return vec![Act::Send(text.into_bytes())];
    }
    vec![Act::Send(good.bytes("200 OK"))]
}
