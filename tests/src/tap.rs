//! A server between a client and a judge, which keeps what passes.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// A request and what the judge answered.
#[derive(Debug, Clone)]
pub struct Exchange {
    /// Method.
    pub method: String,
    /// Path and query as sent.
    pub target: String,
    /// Body as sent.
    pub body: Vec<u8>,
    /// Status of the answer; 0 where there was none.
    pub status: u16,
    /// Headers of the answer, names in lower case.
    pub answer: Vec<(String, String)>,
}

impl Exchange {
    /// A header of the answer.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.answer.iter().find(|(other, _)| other == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// A running tap. Its thread ends with the process.
#[derive(Debug)]
pub struct Tap {
    /// The base URL to call instead of the judge's.
    pub url: String,
    exchanges: Arc<Mutex<Vec<Exchange>>>,
}

impl Tap {
    /// Starts a tap in front of `upstream`, a URL of this machine without a path.
    ///
    /// # Errors
    /// No port can be had.
    pub fn start(upstream: &str) -> io::Result<Self> {
        let upstream = upstream.trim_start_matches("http://").to_owned();
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let url = format!("http://{}", listener.local_addr()?);
        let exchanges: Arc<Mutex<Vec<Exchange>>> = Arc::default();
        let kept = Arc::clone(&exchanges);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (upstream, kept) = (upstream.clone(), Arc::clone(&kept));
                // A client that goes away in the middle is no matter here.
                thread::spawn(move || pass(stream, &upstream, &kept).ok());
            }
        });
        Ok(Self { url, exchanges })
    }

    /// What has passed, in order of the requests' ends.
    pub fn exchanges(&self) -> Vec<Exchange> {
        self.exchanges
            .lock()
            .map(|kept| kept.clone())
            .unwrap_or_default()
    }
}

/// Passes one request and its answer, then closes the connection.
fn pass(client: TcpStream, upstream: &str, kept: &Mutex<Vec<Exchange>>) -> io::Result<()> {
    let mut reader = BufReader::new(client.try_clone()?);
    let Some((first, headers)) = head(&mut reader)? else {
        return Ok(());
    };
    let body = body(&mut reader, &headers)?;
    let mut words = first.split(' ').map(str::to_owned);
    let (method, target) = (
        words.next().unwrap_or_default(),
        words.next().unwrap_or_default(),
    );

    let mut server = TcpStream::connect(upstream)?;
    write!(server, "{first}\r\n")?;
    for (name, value) in &headers {
        if !matches!(
            name.as_str(),
            "connection" | "transfer-encoding" | "content-length"
        ) {
            write!(server, "{name}: {value}\r\n")?;
        }
    }
    if body.is_some() {
        write!(
            server,
            "content-length: {}\r\n",
            body.as_deref().map_or(0, <[u8]>::len)
        )?;
    }
    write!(server, "connection: close\r\n\r\n")?;
    server.write_all(body.as_deref().unwrap_or_default())?;

    let mut answer = Vec::new();
    server.read_to_end(&mut answer)?;
    let mut lines = BufReader::new(answer.as_slice());
    let (first, answered) = head(&mut lines)?.unwrap_or_default();
    let status = first.split(' ').nth(1).and_then(|word| word.parse().ok());
    let status = status.unwrap_or(0);
    if (300..400).contains(&status) {
        rename(&mut answer, b"\nlocation:", b"\nlocated-:");
    }
    if let Ok(mut kept) = kept.lock() {
        let body = body.unwrap_or_default();
        kept.push(Exchange {
            method,
            target,
            body,
            status,
            answer: answered,
        });
    }
    let mut client = client;
    client.write_all(&answer)?;
    client.shutdown(Shutdown::Write)
}

/// Puts `to`, of the same length, for the first `from` in the head of an answer: a
/// client would follow a made redirect off to anywhere.
fn rename(answer: &mut [u8], from: &[u8], to: &[u8]) {
    let head = answer.windows(4).position(|window| window == b"\r\n\r\n");
    let head = head.unwrap_or(answer.len());
    let mut windows = answer[..head].windows(from.len());
    if let Some(at) = windows.position(|window| window.eq_ignore_ascii_case(from)) {
        answer[at..at + to.len()].copy_from_slice(to);
    }
}

type Head = (String, Vec<(String, String)>);

/// The first line and the headers of a message.
fn head(reader: &mut impl BufRead) -> io::Result<Option<Head>> {
    let mut first = String::new();
    if reader.read_line(&mut first)? == 0 {
        return Ok(None);
    }
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let line = line.trim_end();
        let Some((name, value)) = line.split_once(':') else {
            return Ok(Some((first.trim_end().to_owned(), headers)));
        };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
}

/// The body of a request; `None` where it has none.
fn body(reader: &mut impl BufRead, headers: &[(String, String)]) -> io::Result<Option<Vec<u8>>> {
    let header = |name: &str| {
        let found = headers.iter().find(|(other, _)| other == name);
        found.map(|(_, value)| value.as_str())
    };
    if let Some(length) = header("content-length").and_then(|length| length.parse().ok()) {
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;
        return Ok(Some(body));
    }
    if header("transfer-encoding").is_none() {
        return Ok(None);
    }
    let mut body = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let size = usize::from_str_radix(line.trim(), 16).map_err(io::Error::other)?;
        let start = body.len();
        body.resize(start + size, 0);
        reader.read_exact(&mut body[start..])?;
        reader.read_line(&mut line)?;
        if size == 0 {
            return Ok(Some(body));
        }
    }
}
