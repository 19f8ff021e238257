//! An authorization server and the API that trusts it, on one loopback socket.
//!
//! Refresh tokens are good for one use: the second use of one revokes all tokens
//! of its grant, as RFC 9700, section 4.14.2, asks.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread;

#[derive(Clone, Debug)]
pub struct Request {
    pub path: String,
    pub headers: BTreeMap<String, String>,
    pub form: BTreeMap<String, String>,
}

pub type Answer = (u16, String);

#[derive(Default)]
pub struct State {
    issued: usize,
    /// Refresh token: whether it was used.
    pub refresh: BTreeMap<String, bool>,
    /// Access tokens that the API takes.
    pub access: Vec<String>,
    pub revoked: bool,
    pub log: Vec<Request>,
    /// Answers that go before the usual ones, by path, the last first.
    pub script: BTreeMap<String, Vec<Answer>>,
    /// What the last authorization request asked for.
    pub challenge: Option<String>,
    /// Token requests wait until this is false.
    pub held: bool,
}

pub struct Server {
    pub url: String,
    shared: Arc<(Mutex<State>, Condvar)>,
}

impl Server {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let shared: Arc<(Mutex<State>, Condvar)> = Arc::default();
        let (own, base) = (Arc::clone(&shared), url.clone());
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (shared, base) = (Arc::clone(&own), base.clone());
                thread::spawn(move || while serve(&stream, &shared, &base).is_some() {});
            }
        });
        Self { url, shared }
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.shared.0.lock().expect("a state")
    }

    /// Lets token requests wait, or go on.
    pub fn hold(&self, held: bool) {
        self.state().held = held;
        self.shared.1.notify_all();
    }

    /// Answers the next requests for `path`, in this order.
    pub fn answer(&self, path: &str, answers: &[(u16, &str)]) {
        let answers = answers.iter().rev();
        let answers = answers.map(|(status, body)| (*status, (*body).to_owned()));
        let script = &mut self.state().script;
        script.insert(path.to_owned(), answers.collect());
    }

    /// A refresh token that has not been used.
    pub fn grant(&self) -> String {
        let mut state = self.state();
        state.refresh.insert("r0".into(), false);
        "r0".into()
    }

    pub fn requests(&self, path: &str) -> Vec<Request> {
        let state = self.state();
        let all = state.log.iter().filter(|one| one.path == path);
        all.cloned().collect()
    }

    /// Waits until a request for `path` has come.
    pub fn wait_for(&self, path: &str) {
        while self.requests(path).is_empty() {
            thread::yield_now();
        }
    }
}

fn serve(stream: &TcpStream, shared: &(Mutex<State>, Condvar), base: &str) -> Option<()> {
    let request = read(stream)?;
    let mut state = shared.0.lock().ok()?;
    state.log.push(request.clone());
    while state.held && request.path == "/token" {
        state = shared.1.wait(state).ok()?;
    }
    let scripted = state.script.get_mut(&request.path).and_then(Vec::pop);
    let (status, body) = scripted.unwrap_or_else(|| state.answer(&request, base));
    drop(state);
    let answer = format!(
        "HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    (&mut &*stream).write_all(answer.as_bytes()).ok()
}

fn read(stream: &TcpStream) -> Option<Request> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut words = line.split(' ');
    let target = words.nth(1)?.to_owned();
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(": ") else {
            break;
        };
        headers.insert(name.to_ascii_lowercase(), value.to_owned());
    }
    let mut body = Vec::new();
    if let Some(length) = headers.get("content-length") {
        body = vec![0; length.parse().ok()?];
        reader.read_exact(&mut body).ok()?;
    } else if headers.contains_key("transfer-encoding") {
        while !body.ends_with(b"0\r\n\r\n") {
            let mut byte = [0];
            reader.read_exact(&mut byte).ok()?;
            body.push(byte[0]);
        }
    }
    let path = target.split('?').next()?;
    Some(Request {
        path: path.to_owned(),
        headers,
        form: url::form_urlencoded::parse(&body).into_owned().collect(),
    })
}

pub fn error(code: &str) -> Answer {
    (400, format!(r#"{{"error":"{code}"}}"#))
}

impl State {
    /// A new pair of tokens.
    pub fn tokens(&mut self) -> Answer {
        self.issued += 1;
        let (access, refresh) = (format!("a{}", self.issued), format!("r{}", self.issued));
        let body = format!(
            r#"{{"access_token":"{access}","token_type":"Bearer","expires_in":3600,"refresh_token":"{refresh}"}}"#
        );
        self.access.push(access);
        self.refresh.insert(refresh, false);
        (200, body)
    }

    fn answer(&mut self, request: &Request, base: &str) -> Answer {
        match request.path.as_str() {
            "/token" => self.token(request),
            "/things" => self.things(request),
            "/device" => (
                200,
                format!(
                    r#"{{"device_code":"d","user_code":"AB-CD","verification_uri":"{base}/go",
                        "expires_in":900,"interval":7}}"#
                ),
            ),
            "/.well-known/openid-configuration" => (
                200,
                format!(
                    r#"{{"issuer":"{base}","authorization_endpoint":"{base}/authorize",
                        "token_endpoint":"{base}/token","device_authorization_endpoint":"{base}/device",
                        "token_endpoint_auth_methods_supported":["client_secret_post"]}}"#
                ),
            ),
            _ => (404, "{}".into()),
        }
    }

    fn things(&mut self, request: &Request) -> Answer {
        let header = request.headers.get("authorization");
        let token = header.and_then(|value| value.strip_prefix("Bearer "));
        match token {
            Some(token) if self.access.iter().any(|one| one == token) => (200, "[]".into()),
            _ => (401, r#"{"message":"no"}"#.into()),
        }
    }

    fn token(&mut self, request: &Request) -> Answer {
        let form = |name: &str| request.form.get(name).map_or("", String::as_str);
        match form("grant_type") {
            "refresh_token" => match self.refresh.get_mut(form("refresh_token")) {
                _ if self.revoked => error("invalid_grant"),
                Some(used) if !*used => {
                    *used = true;
                    self.tokens()
                }
                Some(_) => {
                    self.revoked = true;
                    self.access.clear();
                    error("invalid_grant")
                }
                None => error("invalid_grant"),
            },
            "client_credentials" | "password" => {
                let (status, body) = self.tokens();
                let body = body.split(r#","refresh_token""#).next().unwrap_or_default();
                (status, format!("{body}}}"))
            }
            "authorization_code" => match &self.challenge {
                // An S256 of the test's own: the `sha2` of another version would do.
                Some(expected) if *expected == s256(form("code_verifier")) => self.tokens(),
                _ => error("invalid_grant"),
            },
            _ => error("unsupported_grant_type"),
        }
    }
}

/// `BASE64URL(SHA256(text))`, computed here from the definition (FIPS 180-4; RFC
/// 4648, section 5), so that it shares nothing with what it judges.
pub fn s256(text: &str) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let hash = sha256(text.as_bytes());
    let mut out = String::new();
    for chunk in hash.chunks(3) {
        let bytes = [
            chunk[0],
            *chunk.get(1).unwrap_or(&0),
            *chunk.get(2).unwrap_or(&0),
        ];
        let word = u32::from_be_bytes([0, bytes[0], bytes[1], bytes[2]]);
        for index in 0..=chunk.len() {
            let letter = (word >> (18 - 6 * index)) & 63;
            out.push(char::from(LETTERS[letter as usize]));
        }
    }
    out
}

fn sha256(text: &[u8]) -> [u8; 32] {
    let primes: Vec<u64> = (2u64..312)
        .filter(|n| (2..*n).all(|d| n % d != 0))
        .collect();
    // The first 32 bits of the fractional part of a root.
    let root = |n: u64, power: f64| ((n as f64).powf(power).fract() * 4_294_967_296.0) as u32;
    let k: Vec<u32> = primes.iter().map(|n| root(*n, 1.0 / 3.0)).collect();
    let mut hash: Vec<u32> = primes[..8].iter().map(|n| root(*n, 0.5)).collect();
    let mut message = text.to_vec();
    message.push(0x80);
    while message.len() % 64 != 56 {
        message.push(0);
    }
    message.extend((text.len() as u64 * 8).to_be_bytes());
    for block in message.chunks(64) {
        let words = block
            .chunks(4)
            .map(|b| u32::from_be_bytes([b[0], b[1], b[2], b[3]]));
        let mut w: Vec<u32> = words.collect();
        for i in 16..64 {
            let (a, b) = (w[i - 15], w[i - 2]);
            let s0 = a.rotate_right(7) ^ a.rotate_right(18) ^ (a >> 3);
            let s1 = b.rotate_right(17) ^ b.rotate_right(19) ^ (b >> 10);
            let sum = w[i - 16].wrapping_add(s0).wrapping_add(w[i - 7]);
            w.push(sum.wrapping_add(s1));
        }
        let mut v = hash.clone();
        for i in 0..64 {
            let s1 = v[4].rotate_right(6) ^ v[4].rotate_right(11) ^ v[4].rotate_right(25);
            let choice = (v[4] & v[5]) ^ (!v[4] & v[6]);
            let sum = v[7].wrapping_add(s1).wrapping_add(choice);
            let first = sum.wrapping_add(k[i]).wrapping_add(w[i]);
            let s0 = v[0].rotate_right(2) ^ v[0].rotate_right(13) ^ v[0].rotate_right(22);
            let majority = (v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]);
            let second = s0.wrapping_add(majority);
            v.rotate_right(1);
            v[4] = v[4].wrapping_add(first);
            v[0] = first.wrapping_add(second);
        }
        for (sum, word) in hash.iter_mut().zip(&v) {
            *sum = sum.wrapping_add(*word);
        }
    }
    let mut out = [0; 32];
    for (place, word) in out.chunks_mut(4).zip(&hash) {
        place.copy_from_slice(&word.to_be_bytes());
    }
    out
}

#[test]
fn the_test_knows_s256() {
    // RFC 7636, appendix B.
    let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    assert_eq!(
        s256(verifier),
        "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    );
}
