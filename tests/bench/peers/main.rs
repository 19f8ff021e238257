//! Sends requests by a peer's client and prints what they took, as `client` does:
//! `program PORT PAYLOAD CONCURRENCY LIMIT`, PAYLOAD `small` or `page`.

mod calls;
mod meter;

use calls::Calls;
use meter::{Limit, Result};

/// One task: the shared client, and whether it asks for the page.
#[derive(Clone)]
struct Client(Calls, bool);

impl meter::Client for Client {
    async fn call(&mut self) -> Result<()> {
        match self.1 {
            true => self.0.page().await,
            false => self.0.small().await,
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [port, payload, tasks, limit] = arguments.as_slice() else {
        return Err("usage: program PORT PAYLOAD CONCURRENCY LIMIT".into());
    };
    let page = match payload.as_str() {
        "small" => false,
        "page" => true,
        other => return Err(format!("no payload {other}").into()),
    };
    let _ = rustls::crypto::ring::default_provider().install_default();
    let calls = Calls::new(&format!("http://127.0.0.1:{port}"));
    let clients = vec![Client(calls, page); tasks.parse()?];
    meter::run(clients, Limit::parse(limit)?, false).await
}
