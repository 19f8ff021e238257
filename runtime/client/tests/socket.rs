//! The built-in transport over real sockets on loopback.
#![cfg(any(feature = "reqwest", feature = "hyper"))]

mod over;

use over::over;
use pontoon_runtime::codegen::*;
use pontoon_runtime::{CallOptions, Response};
use std::io::{ErrorKind, Read, Write};
use std::marker::Send;
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

static GET: Operation = Operation {
    id: "get",
    method: "GET",
    path: "/thing",
    responses: &[Accepted::json(200, 0)],
    security: &[&[
        Requirement {
            scheme: 0,
            scopes: &[],
        },
        Requirement {
            scheme: 1,
            scopes: &[],
        },
    ]],
    ..Operation::BLANK
};
const NO_CONTENT: &[Accepted] = &[Accepted::empty(204, 0)];
const fn sends(id: &'static str, method: &'static str) -> Operation {
    Operation {
        id,
        method,
        path: "/thing",
        body: Some(Body::json(true)),
        responses: NO_CONTENT,
        ..Operation::BLANK
    }
}
static PUT: Operation = sends("put", "PUT");
static SEARCH: Operation = sends("search", "GET");
static DELETE: Operation = sends("delete", "DELETE");
static API: Api = Api {
    user_agent: "things/1.0",
    schemes: &[
        Scheme {
            name: "key",
            kind: SchemeKind::ApiKeyHeader {
                name: "X-Thing",
                prefix: "",
            },
            env: &[],
        },
        Scheme {
            name: "query",
            kind: SchemeKind::ApiKeyQuery { name: "thing" },
            env: &[],
        },
    ],
    ..Api::BLANK
};

operation! {
    /// Gets.
    pub struct Get -> Json;
    /// Puts.
    pub struct Put -> ();
}

struct Client(CoreClient);
impl From<CoreClient> for Client {
    fn from(core: CoreClient) -> Self {
        Self(core)
    }
}
impl Client {
    fn get(&self) -> Get {
        Get(self.0.call(&GET))
    }
    fn put(&self, body: &Json) -> Put {
        Put(self.0.call(&PUT).body(body.view()))
    }
}

fn builder(base: &str) -> ClientBuilder<Client> {
    over(settings(base), None)
}

fn settings(base: &str) -> ClientBuilder<Client> {
    ClientBuilder::new(&API)
        .base_url(base)
        .credential(Credential::token(0, "s3cret"))
        .credential(Credential::token(1, "s3cret"))
        .no_retries()
}

fn client(base: &str) -> Client {
    builder(base).build().expect("a client")
}

/// A server that answers each request on each connection by `answer`, and tells
/// what it was sent. `answer` gives the text to send, and whether the connection
/// is kept open.
fn serve(answer: impl Fn(&str) -> (String, bool) + Send + 'static) -> (String, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let base = format!("http://{}", listener.local_addr().expect("an address"));
    let (tell, told) = channel();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            while let Some(request) = read_request(&mut stream) {
                let (text, open) = answer(&request);
                if tell.send(request).is_err() || stream.write_all(text.as_bytes()).is_err() {
                    return;
                }
                if !open {
                    break;
                }
            }
        }
    });
    (base, told)
}

fn read_request(stream: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&bytes).to_ascii_lowercase();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
            if body.len() >= length.unwrap_or(0) {
                return Some(String::from_utf8_lossy(&bytes).into_owned());
            }
        }
        match stream.read(&mut buffer) {
            Ok(0) => return None,
            Ok(count) => bytes.extend_from_slice(&buffer[..count]),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(_) => return None,
        }
    }
}

fn ok(body: &str) -> (String, bool) {
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
    (
        format!("{head}Content-Length: {}\r\n\r\n{body}", body.len()),
        true,
    )
}

#[tokio::test]
async fn a_call() {
    let (base, told) = serve(|request| {
        if request.starts_with("PUT") {
            return ("HTTP/1.1 204 No Content\r\n\r\n".into(), true);
        }
        ok("{\"a\": 1}")
    });
    let client = client(&base);
    let got: Response<Json> = client.get().send().await.expect("an answer");
    assert_eq!(got.value["a"], Json::from(1));
    assert_eq!(got.url(), format!("{base}/thing?thing=***"));
    let request = told.recv().expect("a request");
    assert!(request.starts_with("GET /thing?thing=s3cret HTTP/1.1\r\n"));
    let lower = request.to_ascii_lowercase();
    assert!(lower.contains("\r\nx-thing: s3cret\r\n"), "{request}");
    assert!(lower.contains("\r\nuser-agent: things/1.0\r\n"));
    assert!(lower.contains("\r\naccept: application/json\r\n"));
    assert_eq!(
        lower.contains("accept-encoding"),
        cfg!(any(feature = "gzip", feature = "brotli", feature = "zstd")),
        "{request}"
    );

    client.put(&got.value).send().await.expect("an answer");
    let request = told.recv().expect("a request");
    assert!(request.ends_with("\r\n\r\n{\"a\":1}"), "{request}");
}

/// Without meaning in HTTP (RFC 9110, section 9.3), and read by the servers that
/// declare them.
#[tokio::test]
async fn bodies_of_get_and_delete() {
    let (base, told) = serve(|_| ("HTTP/1.1 204 No Content\r\n\r\n".into(), true));
    let client = client(&base);
    let body = Json::from("a");
    for operation in [&SEARCH, &DELETE] {
        let call = Put(client.0.call(operation).body(body.view()));
        call.send().await.expect("an answer");
        let request = told.recv().expect("a request");
        let (head, body) = request.split_once("\r\n\r\n").expect("a head");
        assert!(head.starts_with(operation.method), "{request}");
        let head = head.to_ascii_lowercase();
        assert!(head.contains("\r\ncontent-length: 3"), "{request}");
        assert_eq!(body, "\"a\"");
    }
}

#[tokio::test]
async fn a_redirect_to_another_host_carries_no_credential() {
    let (other, told) = serve(|_| ok("[]"));
    let location = format!("{other}/elsewhere");
    let (base, _first) = serve(move |_| {
        let head = format!("HTTP/1.1 302 Found\r\nLocation: {location}\r\n");
        (format!("{head}Content-Length: 0\r\n\r\n"), true)
    });
    let call = client(&base).get().header("Authorization", "s3cret");
    let got = call.header("Cookie", "s3cret").send().await;
    assert_eq!(got.expect("an answer").url(), format!("{other}/elsewhere"));
    let request = told.recv().expect("a request");
    assert!(request.starts_with("GET /elsewhere HTTP/1.1\r\n"));
    assert!(!request.contains("s3cret"), "{request}");
}

#[tokio::test]
async fn time_limits() {
    // Silent from the start.
    let (base, _told) = serve(|_| (String::new(), true));
    let call = client(&base).get().timeout(Duration::from_millis(50));
    let error = call.send().await.expect_err("too slow");
    assert!(error.is_timeout() && !error.is_connect(), "{error:?}");
    assert!(
        !format!("{error} {error:?}").contains("s3cret"),
        "{error:?}"
    );

    // Silent in the middle of the answer.
    let (base, _told) = serve(|_| {
        let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
        (format!("{head}Content-Length: 10\r\n\r\n[1"), true)
    });
    let call = client(&base).get().timeout(Duration::from_millis(50));
    assert!(call.send().await.expect_err("too slow").is_timeout());
    let client = over(settings(&base), Some(Duration::from_millis(50)));
    let client = client.build().expect("a client");
    let error = client.get().send().await.expect_err("too slow");
    assert!(error.is_timeout(), "{error:?}");
}

#[tokio::test]
async fn broken_connections() {
    // Nobody listens.
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let base = format!("http://{}", listener.local_addr().expect("an address"));
    drop(listener);
    let error = client(&base).get().send().await.expect_err("refused");
    assert!(error.is_connect() && !error.is_timeout(), "{error:?}");
    assert_eq!(
        error.to_string(),
        format!("GET /thing: could not connect ({base}/thing?thing=***)")
    );

    // Half an answer.
    let (base, _told) = serve(|_| {
        let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
        (format!("{head}Content-Length: 10\r\n\r\n[1"), false)
    });
    let error = client(&base).get().send().await.expect_err("cut off");
    assert!(error.is_transport(), "{error:?}");
    assert_eq!(error.status().map(|status| status.as_u16()), Some(200));
}

#[tokio::test]
async fn a_long_answer_is_not_kept() {
    let (base, _told) = serve(|_| {
        let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
        let piece = format!("3e8\r\n{}\r\n", " ".repeat(1000));
        let body = piece.repeat(100);
        (
            format!("{head}Transfer-Encoding: chunked\r\n\r\n{body}0\r\n\r\n"),
            true,
        )
    });
    let client = builder(&base).max_response_size(50_000);
    let client = client.build().expect("a client");
    let error = client.get().send().await.expect_err("too long");
    assert!(error.is_too_long(), "{error:?}");
    assert!(
        error.to_string().contains("longer than 50000 bytes"),
        "{error}"
    );
}

#[cfg(feature = "reqwest")]
#[tokio::test]
async fn a_proxy() {
    let (proxy, told) = serve(|_| ok("{}"));
    let client: Client = ClientBuilder::new(&API)
        .base_url("http://far.example/api")
        .plain_http(true)
        .credential(Credential::token(0, "s3cret"))
        .credential(Credential::token(1, "s3cret"))
        .proxy(proxy)
        .build()
        .expect("a client");
    client.get().send().await.expect("an answer");
    let request = told.recv().expect("a request");
    assert!(request.starts_with("GET http://far.example/api/thing?thing=s3cret HTTP/1.1"));
}

#[cfg(feature = "reqwest")]
#[test]
fn settings_that_are_refused() {
    for pem in [
        "",
        "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n",
    ] {
        let error = builder("https://h.example").ca_certificate(pem).build();
        let error = error.err().expect("an error");
        assert!(error.is_request());
        assert!(error.to_string().contains("ca_certificate"), "{error}");
    }
    let error = builder("https://h.example").proxy("::").build().err();
    assert!(error.expect("an error").to_string().contains("proxy"));
}

#[cfg(feature = "reqwest")]
#[tokio::test]
async fn a_client_of_ones_own() {
    use pontoon_runtime::transport::Reqwest;
    use std::sync::Arc;

    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("the versions")
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    let (base, told) = serve(|_| ok("{}"));
    let own = reqwest::Client::builder()
        .no_proxy()
        .tls_backend_preconfigured(tls)
        .build()
        .expect("a client");
    let client: Client = ClientBuilder::new(&API)
        .base_url(base)
        .transport(Reqwest::from_client(own))
        .build()
        .expect("a client");
    client.get().anonymous().send().await.expect("an answer");
    let request = told.recv().expect("a request");
    assert!(request.starts_with("GET /thing HTTP/1.1"));
}

static WAIT: Operation = Operation {
    id: "wait",
    declared: &[Declared::new(Statuses::Code(200)).headers("Wait")],
    method: "GET",
    path: "/wait",
    responses: &[Accepted::json(200, 0)],
    ..Operation::BLANK
};

struct Wait(Option<i64>, Option<Vec<String>>);
impl Reflect for Wait {
    fn blank() -> Self {
        Self(None, None)
    }
    fn table(&self) -> &'static Table {
        &Table {
            name: "Wait",
            fields: &[
                Field {
                    name: "Retry-After",
                    flags: 0,
                },
                Field {
                    name: "Vary",
                    flags: 0,
                },
            ],
            additional: false,
        }
    }
    fn slot_at(&mut self, index: usize) -> Slot<'_> {
        match index {
            0 => self.0.slot(),
            _ => self.1.slot(),
        }
    }
}

#[tokio::test]
async fn declared_headers() {
    let (base, _told) = serve(|_| {
        let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nretry-after:  7\r\n";
        let vary = "Vary: Accept\r\nvary: Origin , Cookie\r\nContent-Length: 2\r\n\r\n{}";
        (format!("{head}{vary}"), true)
    });
    let call = client(&base).0.call(&WAIT);
    let answer = call.send::<Json>().await.expect("an answer");
    let Wait(seconds, vary) = answer.declared_headers().expect("headers");
    assert_eq!(seconds, Some(7));
    assert_eq!(vary.expect("a list"), ["Accept", "Origin", "Cookie"]);
}
