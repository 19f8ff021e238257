//! Sends requests and prints what they took: see `meter`.
//!
//! `client PORT KIND PAYLOAD CONCURRENCY LIMIT`: KIND is `hyper`, `reqwest`, `pontoon`,
//! `pontoon-hyper`, or `pontoon-limits`, which is the latter with limits that are never
//! reached; all send a token. PAYLOAD `small`, `page`, or `held`, which the server answers when as
//! many requests wait as there are tasks; LIMIT seconds, or calls (`200x`). With the PAYLOAD
//! `idle` nothing is sent: CONCURRENCY clients are made, and what each holds in memory
//! is printed as KB.

use bytes::Bytes;
use http_body_util::{BodyExt, Empty};
use hyper::header::{ACCEPT, AUTHORIZATION, HOST, USER_AGENT};
use hyper_util::rt::TokioIo;
use pontoon_bench::derived::{Issue, IssueLabelsItemIdNodeId, Milestone};
use pontoon_bench::meter::{self, Limit, Result, memory};
use pontoon_runtime::transport::Hyper;
use pontoon_runtime::{CallOptions, ConcurrencyLimit, RateLimit};
use std::hint::black_box;
use std::time::Duration;

type Page = Vec<Issue<IssueLabelsItemIdNodeId>>;

const SMALL: &str = "/repos/acme/widgets/milestones/7";
const TOKEN: &str = "0123456789abcdef0123456789abcdef01234567";
const BEARER: &str = "Bearer 0123456789abcdef0123456789abcdef01234567";
const PAGE: &str = "/repos/acme/widgets/issues?per_page=100";

/// What is asked for.
#[derive(Clone, Copy, PartialEq)]
enum Payload {
    Small,
    Page,
    /// As small, when so many wait for it.
    Held(usize),
}

impl Payload {
    fn path(self) -> String {
        match self {
            Self::Small => SMALL.to_owned(),
            Self::Page => PAGE.to_owned(),
            Self::Held(count) => format!("{SMALL}?hold={count}"),
        }
    }

    /// Reads an answer into derived types.
    fn read(self, body: &[u8]) -> Result<()> {
        match self {
            Self::Page => drop(black_box(serde_json::from_slice::<Page>(body)?)),
            _ => drop(black_box(serde_json::from_slice::<Milestone>(body)?)),
        }
        Ok(())
    }
}

/// How one task makes its requests.
enum Kind {
    Hyper(
        Box<hyper::client::conn::http1::SendRequest<Empty<Bytes>>>,
        String,
    ),
    Reqwest(reqwest::Client, String),
    Pontoon(github_issues::Client),
}

struct Client(Kind, Payload);

impl meter::Client for Client {
    async fn call(&mut self) -> Result<()> {
        let Self(kind, payload) = self;
        let payload = *payload;
        let body = match kind {
            Kind::Hyper(sender, host) => {
                sender.ready().await?;
                let request = hyper::Request::get(payload.path())
                    .header(HOST, host.as_str())
                    .header(ACCEPT, "application/json")
                    .header(USER_AGENT, "bench/0.1.0")
                    .header(AUTHORIZATION, BEARER)
                    .body(Empty::new())?;
                let answer = sender.send_request(request).await?;
                answer.into_body().collect().await?.to_bytes()
            }
            Kind::Reqwest(client, base) => {
                let request = client.get(format!("{base}{}", payload.path()));
                let request = request
                    .header(ACCEPT, "application/json")
                    .header(USER_AGENT, "bench/0.1.0")
                    .header(AUTHORIZATION, BEARER);
                request.send().await?.error_for_status()?.bytes().await?
            }
            Kind::Pontoon(client) => {
                let issues = client.issues();
                if payload == Payload::Page {
                    let call = issues.list_for_repo("acme", "widgets").per_page(100);
                    black_box(call.send().await?);
                    return Ok(());
                }
                let mut call = issues.get_milestone("acme", "widgets", 7);
                if let Payload::Held(count) = payload {
                    call = call.query("hold", &count.to_string());
                }
                black_box(call.send().await?);
                return Ok(());
            }
        };
        payload.read(&body)
    }
}

fn pontoon(kind: &str, port: u16) -> Result<github_issues::Client> {
    let builder = github_issues::Client::builder()
        .base_url(format!("http://127.0.0.1:{port}"))
        .credential(github_issues::auth::token(TOKEN));
    Ok(match kind {
        "pontoon-hyper" => builder.transport(Hyper::builder().build()?).build()?,
        "pontoon-limits" => {
            let second = Duration::from_secs(1);
            let builder = builder.rate_limit(RateLimit::new(1_000_000, second));
            let builder = builder.concurrency_limit(ConcurrencyLimit::new(20_000));
            builder.transport(Hyper::builder().build()?).build()?
        }
        _ => builder.build()?,
    })
}

async fn connect(kind: &str, port: u16, payload: Payload, tasks: usize) -> Result<Vec<Client>> {
    let mut clients = Vec::new();
    match kind {
        "hyper" => {
            for _ in 0..tasks {
                let stream = tokio::net::TcpStream::connect(("127.0.0.1", port)).await?;
                stream.set_nodelay(true)?;
                let (sender, connection) =
                    hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
                tokio::spawn(connection);
                clients.push(Kind::Hyper(Box::new(sender), format!("127.0.0.1:{port}")));
            }
        }
        "reqwest" => {
            let _ = rustls::crypto::ring::default_provider().install_default();
            let (client, base) = (reqwest::Client::new(), format!("http://127.0.0.1:{port}"));
            clients.extend((0..tasks).map(|_| Kind::Reqwest(client.clone(), base.clone())));
        }
        "pontoon" | "pontoon-hyper" | "pontoon-limits" => {
            let client = pontoon(kind, port)?;
            clients.extend((0..tasks).map(|_| Kind::Pontoon(client.clone())));
        }
        other => return Err(format!("no client {other}").into()),
    }
    let clients = clients.into_iter().map(|kind| Client(kind, payload));
    Ok(clients.collect())
}

/// What a client that has sent nothing holds, in KB.
fn idle(kind: &str, count: usize) -> Result<()> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let one = |clients: &mut Vec<Box<dyn std::any::Any>>| -> Result<()> {
        clients.push(match kind {
            "reqwest" => Box::new(reqwest::Client::new()),
            _ => Box::new(pontoon(kind, 9)?),
        });
        Ok(())
    };
    let mut clients = Vec::with_capacity(count + 1);
    // The first sets up what the others share.
    one(&mut clients)?;
    let before = memory("VmRSS:");
    for _ in 0..count {
        one(&mut clients)?;
    }
    let grown = memory("VmRSS:").saturating_sub(before);
    println!("{{\"memory\": {}}}", grown as f64 / count as f64);
    Ok(())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [port, kind, payload, tasks, limit] = arguments.as_slice() else {
        return Err("usage: client PORT KIND PAYLOAD CONCURRENCY LIMIT".into());
    };
    let tasks = tasks.parse()?;
    let payload = match payload.as_str() {
        "idle" => return idle(kind, tasks),
        "small" => Payload::Small,
        "page" => Payload::Page,
        "held" => Payload::Held(tasks),
        other => return Err(format!("no payload {other}").into()),
    };
    let clients = connect(kind, port.parse()?, payload, tasks).await?;
    let cold = matches!(payload, Payload::Held(_));
    meter::run(clients, Limit::parse(limit)?, cold).await
}
