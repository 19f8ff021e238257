//! A server on this machine that the browser comes back to (RFC 8252, section 7.3).

use super::authorization_code::same;
use crate::Error;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use url::{Host, Url};

/// The longest head of a request.
const LONGEST: usize = 16 << 10;
/// How long a connection may take.
const PATIENCE: Duration = Duration::from_secs(10);

const DONE: &str = "You are signed in. You can close this window.";
const FAILED: &str = "Signing in has failed. The program that you came from says why.";
const UNKNOWN: &str = "This page is not there, or belongs to another sign-in.";

pub(super) struct Listener {
    listener: Arc<TcpListener>,
    url: String,
    path: String,
}

impl Listener {
    /// Listens at a redirect URL: at a free port where it names none, or where
    /// there is no URL. `None` where it is not on this machine.
    pub(super) async fn bind(url: &str) -> Result<Option<Self>, Error> {
        let given = if url.is_empty() {
            "http://127.0.0.1/"
        } else {
            url
        };
        let mut url = Url::parse(given)
            .map_err(|error| Error::credential(format!("the redirect URL `{given}`: {error}")))?;
        let address = match url.host() {
            Some(Host::Domain("localhost")) => "127.0.0.1".to_owned(),
            Some(Host::Ipv4(address)) if address.is_loopback() => address.to_string(),
            Some(Host::Ipv6(address)) if address.is_loopback() => address.to_string(),
            _ => return Ok(None),
        };
        if url.scheme() != "http" {
            return Ok(None);
        }
        let failed = |error: io::Error| {
            Error::credential(format!(
                "cannot listen for the redirect to {given}: {error}"
            ))
        };
        let wanted = url.port().unwrap_or(0);
        let bound = TcpListener::bind((address.as_str(), wanted)).await;
        let listener = bound.map_err(failed)?;
        let port = listener.local_addr().map_err(failed)?.port();
        // A URL that has a host can have a port.
        let _ = url.set_port(Some(port));
        Ok(Some(Self {
            listener: Arc::new(listener),
            path: url.path().to_owned(),
            url: url.into(),
        }))
    }

    /// The redirect URL with its port.
    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// The query of the first request that has this `state`. Others, and browsers
    /// that ask for icons or only connect, do not end it.
    pub(super) async fn wait(&self, state: &str) -> Result<String, Error> {
        let (sender, mut queries) = mpsc::channel(1);
        let expected: Arc<(String, String)> = Arc::new((self.path.clone(), state.to_owned()));
        let listener = Arc::clone(&self.listener);
        let _accepting = Ended(tokio::spawn(async move {
            loop {
                // A connection that is gone already is no reason to stop.
                let Ok((stream, _)) = listener.accept().await else {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                };
                let (sender, expected) = (sender.clone(), Arc::clone(&expected));
                tokio::spawn(async move {
                    let served = serve(stream, &expected.0, &expected.1);
                    if let Ok(Ok(Some(query))) = timeout(PATIENCE, served).await {
                        let _ = sender.send(query).await;
                    }
                });
            }
        }));
        let query = queries.recv().await;
        query.ok_or_else(|| Error::credential("the server for the redirect has ended"))
    }
}

/// Stops accepting when dropped.
struct Ended(JoinHandle<()>);

impl Drop for Ended {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Answers one request; its query, if it is the redirect that is waited for.
async fn serve(mut stream: TcpStream, path: &str, state: &str) -> io::Result<Option<String>> {
    let mut head = Vec::new();
    while !head.windows(4).any(|end| end == b"\r\n\r\n") && head.len() < LONGEST {
        if stream.read_buf(&mut head).await? == 0 {
            break;
        }
    }
    let query = redirect(&head, path, state);
    let (status, words) = match &query {
        Some(query) if pair(query, "code").is_some() => ("200 OK", DONE),
        Some(_) => ("200 OK", FAILED),
        None => ("404 Not Found", UNKNOWN),
    };
    let page =
        format!("<!doctype html><meta charset=\"utf-8\"><title>Sign in</title><p>{words}</p>");
    let answer = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\n\
         Cache-Control: no-store\r\nReferrer-Policy: no-referrer\r\nConnection: close\r\n\r\n{page}",
        page.len()
    );
    stream.write_all(answer.as_bytes()).await?;
    stream.shutdown().await?;
    Ok(query)
}

/// The query of a GET for `path` that has this `state`.
fn redirect(head: &[u8], path: &str, state: &str) -> Option<String> {
    let line = head.split(|byte| *byte == b'\r').next()?;
    let mut words = std::str::from_utf8(line).ok()?.split(' ');
    let target = words
        .next()
        .filter(|method| *method == "GET")
        .and(words.next())?;
    let (found, query) = target.split_once('?')?;
    let is_right = found == path && same(&pair(query, "state")?, state);
    is_right.then(|| query.to_owned())
}

fn pair(query: &str, name: &str) -> Option<String> {
    let mut pairs = url::form_urlencoded::parse(query.as_bytes());
    pairs
        .find(|pair| pair.0 == name)
        .map(|pair| pair.1.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redirects_are_told_from_other_requests() {
        let check =
            |line: &str| redirect(format!("{line}\r\nHost: x\r\n\r\n").as_bytes(), "/a", "s");
        let right = check("GET /a?code=1&state=s HTTP/1.1");
        assert_eq!(right.as_deref(), Some("code=1&state=s"));
        for other in [
            "GET /a?code=1&state=t HTTP/1.1",
            "GET /a?code=1 HTTP/1.1",
            "GET /favicon.ico HTTP/1.1",
            "GET /b?code=1&state=s HTTP/1.1",
            "POST /a?code=1&state=s HTTP/1.1",
            "\u{0}",
            "",
        ] {
            assert_eq!(check(other), None, "{other}");
        }
    }

    #[tokio::test]
    async fn where_it_listens() {
        let free = Listener::bind("")
            .await
            .expect("bound")
            .expect("a listener");
        assert!(free.url().starts_with("http://127.0.0.1:") && free.path == "/");
        let named = Listener::bind("http://localhost/callback").await;
        let named = named.expect("bound").expect("a listener");
        assert!(named.url().starts_with("http://localhost:"));
        assert!(named.url().ends_with("/callback") && named.path == "/callback");
        for elsewhere in ["https://app.example/cb", "https://127.0.0.1/", "app:/cb"] {
            assert!(Listener::bind(elsewhere).await.expect("a URL").is_none());
        }
        // Taken already.
        assert!(Listener::bind(free.url()).await.is_err());
    }
}
