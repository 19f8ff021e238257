//! Exchanges recorded over a real socket on loopback and replayed, without a secret
//! in the file.
#![cfg(all(feature = "record", any(feature = "reqwest", feature = "hyper")))]

use pontoon_runtime::codegen::*;
use pontoon_runtime::transport::{Memory, Recorder, Replay, Response, Transport};
use pontoon_runtime::{CallOptions, Compression, Download};
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::PathBuf;
use std::thread;

static API: Api = Api {
    user_agent: "things/1.0",
    schemes: &[
        Scheme {
            name: "token",
            kind: SchemeKind::Bearer,
            env: &[],
        },
        Scheme {
            name: "key",
            kind: SchemeKind::ApiKeyQuery { name: "appid" },
            env: &[],
        },
        Scheme {
            name: "login",
            kind: SchemeKind::Basic,
            env: &[],
        },
    ],
    ..Api::BLANK
};
const fn needs(scheme: u16) -> Requirement {
    Requirement {
        scheme,
        scopes: &[],
    }
}
static PUT: Operation = Operation {
    id: "put",
    method: "PUT",
    path: "/thing/{id}",
    parameters: &[Parameter::path("id"), Parameter::query("page")],
    body: Some(Body::json(false)),
    responses: &[Accepted::json(200, 0)],
    security: &[&[needs(0), needs(1)], &[needs(2)]],
    ..Operation::BLANK
};

const SECRETS: [&str; 8] = [
    "b3arer-s3cret",
    "qu3ry s3cret",
    "qu3ry%20s3cret",
    "pa55word-s3cret",
    "c00kie-s3cret",
    "b0dy-s3cret",
    "t0ken-s3cret",
    "n4med-s3cret",
];

fn cassette(name: &str) -> PathBuf {
    std::env::temp_dir().join(format!("pontoon-{}-{name}.jsonl", std::process::id()))
}

/// Answers each request with the same head and body, and a number.
fn serve() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let base = format!("http://{}", listener.local_addr().expect("an address"));
    thread::spawn(move || {
        for (index, stream) in listener.incoming().map_while(Result::ok).enumerate() {
            let mut stream = stream;
            let mut buffer = [0; 65536];
            let _ = stream.read(&mut buffer);
            // Tokens in the answer, also where no name tells.
            let body = format!(
                "{{\"n\": {index}, \"access_token\": \"t0ken-s3cret\", \
                 \"echo\": \"You sent b3arer-s3cret and t0ken-s3cret.\"}}"
            );
            let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close";
            let cookie = "Set-Cookie: sid=c00kie-s3cret; Path=/";
            let length = body.len();
            let answer = format!("{head}\r\n{cookie}\r\nContent-Length: {length}\r\n\r\n{body}");
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    base
}

fn built_in() -> impl Transport {
    #[cfg(feature = "reqwest")]
    return pontoon_runtime::transport::Reqwest::from_builder(reqwest_builder())
        .expect("a transport");
    #[cfg(not(feature = "reqwest"))]
    return pontoon_runtime::transport::Hyper::builder()
        .build()
        .expect("a transport");
}

#[cfg(feature = "reqwest")]
fn reqwest_builder() -> reqwest::ClientBuilder {
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("the versions")
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    let builder = reqwest::Client::builder().no_proxy();
    builder.tls_backend_preconfigured(tls)
}

fn client(base: &str, transport: impl Transport, secrets: [&str; 3]) -> CoreClient {
    let builder: ClientBuilder<CoreClient> = ClientBuilder::new(&API)
        .base_url(base)
        .credential(Credential::token(0, secrets[0]))
        .credential(Credential::token(1, secrets[1]))
        .credential(Credential::basic(2, "user", secrets[2]))
        .transport(transport)
        .no_retries();
    builder.build().expect("a client")
}

fn call(client: &CoreClient, id: &str, body: &Json) -> Call {
    let call = client.call(&PUT).param(0, View::Str(id)).body(body.view());
    call.header("Cookie", "sid=c00kie-s3cret")
}

fn body(password: &str) -> Json {
    Json::from([
        ("password", Json::from(password)),
        ("note", Json::from(format!("{password} again"))),
        ("code", Json::from("data")),
    ])
}

#[tokio::test]
async fn recorded_and_replayed() {
    let (base, path) = (serve(), cassette("replayed"));
    let recorder = Recorder::create(&path, built_in()).expect("a file");
    let recorder = recorder.name("X-Own").secret("n4med-s3cret");
    let recording = client(
        &base,
        recorder,
        ["b3arer-s3cret", "qu3ry s3cret", "pa55word-s3cret"],
    );
    for expected in 0..2 {
        let got = call(&recording, "a", &body("b0dy-s3cret")).header("X-Own", "0wn");
        let got = got.send::<Json>().await.expect("an answer");
        assert_eq!(got.value["n"], Json::from(expected));
        assert_eq!(got.value["access_token"].as_str(), Some("t0ken-s3cret"));
    }
    #[cfg(feature = "gzip")]
    {
        // What is compressed on its way is searched, too.
        let long = Json::from("t0ken-s3cret ".repeat(200));
        let zipped = call(&recording, "zip", &long).compress(Compression::gzip());
        zipped.send::<Json>().await.expect("an answer");
    }
    #[cfg(not(feature = "gzip"))]
    let _ = Compression::off();
    let login = call(&recording, "login", &Json::from("n4med-s3cret"));
    let login = login.credential(Credential::basic(2, "user", "pa55word-s3cret"));
    login.send::<Json>().await.expect("an answer");
    let download = call(&recording, "file", &Json::from(1))
        .stream::<Download>()
        .await;
    let download = download.expect("a head").into_value();
    let length = download.collect(1000).await.expect("the whole").len();
    drop(recording);

    let text = std::fs::read_to_string(&path).expect("the file");
    for secret in SECRETS.iter().chain(&["0wn"]) {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
    assert!(text.contains(r#""code":"data""#), "{text}");
    assert!(text.contains("appid=***"), "{text}");

    // Other credentials, and no server.
    let replay = Replay::open(&path).expect("a cassette");
    let other = ["other-1", "other-2", "other-3"];
    let replaying = client("https://elsewhere.example", replay.any_origin(), other);
    for expected in 0..2 {
        let call = call(&replaying, "a", &body("other-4"));
        let got = call.send::<Json>().await.expect("an answer");
        assert_eq!(got.value["n"], Json::from(expected));
        assert_eq!(got.value["access_token"].as_str(), Some("***"));
    }
    let got = call(&replaying, "file", &Json::from(1))
        .stream::<Download>()
        .await;
    let got = got.expect("a head").into_value().collect(1000).await;
    assert!(got.is_ok_and(|bytes| !bytes.is_empty() && length > 0));
    let error = call(&replaying, "file", &Json::from(2))
        .send::<Json>()
        .await;
    let error = error.expect_err("another body").to_string();
    assert!(error.contains("recorded with another body"), "{error}");
    let error = call(&replaying, "none", &Json::from(2))
        .send::<Json>()
        .await;
    let error = error.expect_err("not recorded").to_string();
    assert!(
        error.contains("PUT https://elsewhere.example/thing/none?appid=***"),
        "{error}"
    );
    let _ = std::fs::remove_file(&path);
}

#[tokio::test]
async fn in_order_and_no_more() {
    let path = cassette("order");
    let answers = ["1", "2", "3"].map(|text| Ok(Response::json(http_ok(), text)));
    let recorder = Recorder::create(&path, Memory::script(answers)).expect("a file");
    let secrets = ["token-1", "token-2", "token-3"];
    let recording = client("https://h.example", recorder, secrets);
    for id in ["a", "b", "a"] {
        let sent = recording.call(&PUT).param(0, View::Str(id)).send::<Json>();
        sent.await.expect("an answer");
    }
    drop(recording);
    let replay = Replay::open(&path).expect("a cassette");
    let replaying = client("https://h.example", replay.clone(), secrets);
    let get = |id: &'static str| replaying.call(&PUT).param(0, View::Str(id)).send::<Json>();
    for (id, expected) in [("a", 1), ("a", 3)] {
        assert_eq!(
            get(id).await.expect("an answer").value,
            Json::from(expected)
        );
    }
    let error = get("a").await.expect_err("no more").to_string();
    assert!(
        error.contains("recorded 2 times, and given as often"),
        "{error}"
    );
    let query = replaying
        .call(&PUT)
        .param(0, View::Str("b"))
        .param(1, View::Str("2"));
    let error = query
        .send::<Json>()
        .await
        .expect_err("another query")
        .to_string();
    assert!(
        error.contains("near it: PUT https://h.example/thing/b?appid=***"),
        "{error}"
    );
    assert_eq!(replay.unused(), ["PUT https://h.example/thing/b?appid=***"]);
    assert_eq!(get("b").await.expect("an answer").value, Json::from(2));
    assert!(replay.unused().is_empty());

    std::fs::write(&path, "{\"cassette\": 1}\n{\"request\": 5}\n").expect("a file");
    let error = Replay::open(&path).expect_err("broken").to_string();
    assert!(error.contains(", line 2"), "{error}");
    let _ = std::fs::remove_file(&path);
}

fn http_ok() -> http::StatusCode {
    http::StatusCode::OK
}
