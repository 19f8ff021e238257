//! Sends requests for a while and prints JSON: requests, seconds, CPU seconds of this
//! process, its peak memory in KB.
//!
//! `client PORT hyper|reqwest|pontoon small|page CONCURRENCY SECONDS`

use bytes::Bytes;
use http_body_util::{BodyExt, Empty};
use hyper::header::{ACCEPT, HOST, USER_AGENT};
use hyper_util::rt::TokioIo;
use pontoon_bench::derived::{Issue, IssueLabelsItemIdNodeId, Milestone};
use std::error::Error;
use std::hint::black_box;
use std::time::{Duration, Instant};

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;
type Page = Vec<Issue<IssueLabelsItemIdNodeId>>;

const SMALL: &str = "/repos/acme/widgets/milestones/7";
const PAGE: &str = "/repos/acme/widgets/issues?per_page=100";

/// How one task makes its requests.
enum Client {
    Hyper(
        Box<hyper::client::conn::http1::SendRequest<Empty<Bytes>>>,
        String,
    ),
    Reqwest(reqwest::Client, String),
    Pontoon(github_issues::Client),
}

impl Client {
    async fn call(&mut self, small: bool) -> Result<()> {
        let path = if small { SMALL } else { PAGE };
        let body = match self {
            Self::Hyper(sender, host) => {
                sender.ready().await?;
                let request = hyper::Request::get(path)
                    .header(HOST, host.as_str())
                    .header(ACCEPT, "application/json")
                    .header(USER_AGENT, "bench/0.1.0")
                    .body(Empty::new())?;
                sender
                    .send_request(request)
                    .await?
                    .into_body()
                    .collect()
                    .await?
                    .to_bytes()
            }
            Self::Reqwest(client, base) => {
                let request = client.get(format!("{base}{path}"));
                let request = request
                    .header(ACCEPT, "application/json")
                    .header(USER_AGENT, "bench/0.1.0");
                request.send().await?.error_for_status()?.bytes().await?
            }
            Self::Pontoon(client) if small => {
                let response = client
                    .issues()
                    .get_milestone("acme", "widgets", 7)
                    .send()
                    .await?;
                black_box(response);
                return Ok(());
            }
            Self::Pontoon(client) => {
                let call = client
                    .issues()
                    .list_for_repo("acme", "widgets")
                    .per_page(100);
                black_box(call.send().await?);
                return Ok(());
            }
        };
        if small {
            black_box(serde_json::from_slice::<Milestone>(&body)?);
        } else {
            black_box(serde_json::from_slice::<Page>(&body)?);
        }
        Ok(())
    }
}

async fn connect(kind: &str, port: u16, concurrency: usize) -> Result<Vec<Client>> {
    let base = format!("http://127.0.0.1:{port}");
    let mut clients = Vec::new();
    match kind {
        "hyper" => {
            for _ in 0..concurrency {
                let stream = tokio::net::TcpStream::connect(("127.0.0.1", port)).await?;
                stream.set_nodelay(true)?;
                let (sender, connection) =
                    hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
                tokio::spawn(connection);
                clients.push(Client::Hyper(Box::new(sender), format!("127.0.0.1:{port}")));
            }
        }
        "reqwest" => {
            let _ = rustls::crypto::ring::default_provider().install_default();
            let client = reqwest::Client::new();
            clients.extend((0..concurrency).map(|_| Client::Reqwest(client.clone(), base.clone())));
        }
        "pontoon" => {
            let client = github_issues::Client::builder().base_url(base).build()?;
            clients.extend((0..concurrency).map(|_| Client::Pontoon(client.clone())));
        }
        other => return Err(format!("no client {other}").into()),
    }
    Ok(clients)
}

/// CPU seconds of this process, user and system.
fn cpu() -> f64 {
    // SAFETY: `getrusage` fills the struct that it is given.
    let usage = unsafe {
        let mut usage = std::mem::zeroed::<libc::rusage>();
        libc::getrusage(libc::RUSAGE_SELF, &raw mut usage);
        usage
    };
    let seconds = |t: libc::timeval| t.tv_sec as f64 + t.tv_usec as f64 / 1e6;
    seconds(usage.ru_utime) + seconds(usage.ru_stime)
}

/// Peak memory in KB; 0 where the system does not tell. (`ru_maxrss` would count the
/// process that started this one.)
fn memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|line| line.trim().strip_suffix(" kB"));
    number.and_then(|number| number.parse().ok()).unwrap_or(0)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [port, kind, payload, concurrency, seconds] = arguments.as_slice() else {
        return Err("usage: client PORT KIND PAYLOAD CONCURRENCY SECONDS".into());
    };
    let small = payload == "small";
    let limit = Duration::from_secs_f64(seconds.parse()?);
    let mut clients = connect(kind, port.parse()?, concurrency.parse()?).await?;
    // Connections, caches and the allocator are warm before the clock starts.
    for client in &mut clients {
        client.call(small).await?;
    }
    let before = cpu();
    let start = Instant::now();
    let tasks: Vec<_> = clients
        .into_iter()
        .map(|mut client| {
            tokio::spawn(async move {
                let mut count = 0u64;
                while start.elapsed() < limit {
                    client.call(small).await?;
                    count += 1;
                }
                Result::Ok(count)
            })
        })
        .collect();
    let mut requests = 0;
    for task in tasks {
        requests += task.await??;
    }
    let seconds = start.elapsed().as_secs_f64();
    let (cpu, memory) = (cpu() - before, memory());
    println!(
        "{}",
        serde_json::json!({ "requests": requests, "seconds": seconds, "cpu": cpu, "memory": memory })
    );
    Ok(())
}
