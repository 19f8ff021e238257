//! Credentials of OAuth 2: had by the program's secret, renewed by refresh tokens that are
//! taken once, kept in a folder that nobody else may read.

use crate::acme::{Acme, Ended, SPEC, TOKEN, ended};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

const SECRET: &str = "the-secret-of-the-program";

/// An authorization server: tokens that live a second, each refresh token taken once.
struct Authority {
    url: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Authority {
    fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}/token", listener.local_addr().expect("it"));
        let asked = Arc::<Mutex<Vec<String>>>::default();
        let seen = Arc::clone(&asked);
        std::thread::spawn(move || {
            let mut next = 0;
            for stream in listener.incoming().flatten() {
                let _ = answer(stream, &mut next, &seen);
            }
        });
        Self { url, asked }
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("it").clone()
    }
}

/// Answers one request; the secret stands in the body.
fn answer(stream: TcpStream, next: &mut u32, seen: &Mutex<Vec<String>>) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let (mut line, mut length) = (String::new(), 0);
    while reader.read_line(&mut line)? > 2 {
        let lower = line.to_lowercase();
        if let Some(text) = lower.strip_prefix("content-length:") {
            length = text.trim().parse().unwrap_or(0);
        }
        line.clear();
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let body = String::from_utf8_lossy(&body).into_owned();
    let secret = body.contains(&format!("client_secret={SECRET}"));
    let refresh = format!("refresh_token=refresh-{next}");
    let by_refresh = body.contains("grant_type=refresh_token");
    let renews = by_refresh && body.split('&').any(|pair| pair == refresh);
    seen.lock().expect("it").push(body.clone());
    let (status, text) = match secret && (renews || body.contains("grant_type=client_credentials"))
    {
        false => (
            "400 Bad Request",
            r#"{"error": "invalid_grant"}"#.to_owned(),
        ),
        true => {
            *next += u32::from(renews);
            let rotated = match renews {
                true => format!(r#", "refresh_token": "refresh-{next}""#),
                false => String::new(),
            };
            let text = format!(
                r#"{{"access_token": "{TOKEN}", "token_type": "bearer", "expires_in": 1{rotated}}}"#
            );
            ("200 OK", text)
        }
    };
    let mut stream = stream;
    write!(
        stream,
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{text}",
        text.len()
    )
}

/// The same API with OAuth 2 in place of a token.
fn spec(token_url: &str) -> String {
    SPEC.replace(
        "token: {type: http, scheme: bearer}",
        &format!(
            "token: {{type: oauth2, flows: {{clientCredentials: {{tokenUrl: \"{token_url}\", scopes: {{}}}}}}}}"
        ),
    )
}

struct Run {
    acme: Acme,
    authority: Authority,
    served: crate::acme::Served,
}

impl Run {
    fn new() -> Self {
        let (acme, authority) = (Acme::new(), Authority::new());
        let spec = spec(&authority.url);
        acme.described(&spec);
        let served = acme.serve(&spec, 120, 0);
        Self {
            acme,
            authority,
            served,
        }
    }

    /// A command on a flow with this grant. No secret may be in what it prints.
    fn connect(&self, command: &str, grant: &str) -> Ended {
        let flow = self
            .acme
            .flow(&self.served.url, "things", "sqlite: things.db");
        let text = std::fs::read_to_string(&flow).expect("the flow");
        let oauth = format!(
            "token: {{oauth: {{client_id: acme, secret_in: body, client_secret: {{env: CLIENT_SECRET}}{grant}}}}}"
        );
        let text = text.replace("token: {env: ACME_FLOW_TOKEN}", &oauth);
        std::fs::write(&flow, text).expect("the flow");
        let mut connect = self.acme.connect(command, &flow);
        connect
            .env("CLIENT_SECRET", SECRET)
            .env("FIRST_REFRESH", "refresh-0");
        let found = ended(connect.output().expect("the binary"));
        for secret in [SECRET, "refresh-0", "refresh-1"] {
            assert!(!found.text.contains(secret), "{}", found.text);
        }
        found
    }
}

#[test]
fn a_program_has_a_token_by_its_secret() {
    let run = Run::new();
    run.connect("check", "").is(0, &["ok"]);
    run.connect(
        "sync",
        ", scopes: [\"things:read\"], parameters: {audience: acme}",
    )
    .is(0, &["120 records"]);
    run.acme.holds(120);
    let asked = run.authority.asked();
    assert!(
        asked
            .iter()
            .all(|one| one.contains("grant_type=client_credentials")),
        "{asked:?}"
    );
    let last = asked.last().expect("one");
    assert!(
        last.contains("scope=things%3Aread") && last.contains("audience=acme"),
        "{last}"
    );
}

#[test]
fn refresh_tokens_rotate_and_are_kept() {
    let run = Run::new();
    let grant = ", refresh_token: {env: FIRST_REFRESH}, store: tokens";
    run.connect("sync", grant).is(0, &["120 records"]);
    std::thread::sleep(Duration::from_millis(1100));
    // Another process: the first refresh token is dead, that in the store is taken.
    run.connect("sync", grant).is(0, &["120 records"]);
    run.acme.holds(120);
    let asked = run.authority.asked();
    assert!(asked[0].contains("refresh_token=refresh-0"), "{asked:?}");
    assert!(
        asked
            .last()
            .is_some_and(|one| !one.contains("refresh_token=refresh-0")),
        "{asked:?}"
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let folder = run.acme.path("tokens");
        let mode = |path: &std::path::Path| {
            let about = std::fs::metadata(path).expect("it");
            about.permissions().mode() & 0o777
        };
        assert_eq!(mode(&folder), 0o700);
        let files: Vec<_> = std::fs::read_dir(&folder).expect("it").flatten().collect();
        assert!(!files.is_empty());
        assert!(files.iter().all(|file| mode(&file.path()) == 0o600));
    }
}

#[test]
fn mistakes_of_grants_are_told() {
    let run = Run::new();
    run.connect("sync", ", refresh_token: {env: FIRST_REFRESH}")
        .is(
            3,
            &[
                "must be kept",
                "= help: name a folder for it: `store: tokens`",
            ],
        );
    run.connect(
        "sync",
        ", refresh_token: {env: CLIENT_SECRET}, store: tokens",
    )
    .is(
        1,
        &[
            "stream `things`:",
            "invalid_grant",
            "= help: the grant has ended",
        ],
    );
    assert_eq!(run.acme.count("SELECT count(*) FROM things"), 0);
    let spec = run.connect("spec", "");
    spec.is(
        0,
        &[
            "credentials.token.oauth.client_secret (secret)",
            "credentials.token.oauth.refresh_token (secret)",
            "credentials.token.oauth.client_id: ",
        ],
    );
    // The same for an API that takes a plain token.
    run.acme.described(SPEC);
    run.connect("sync", "")
        .is(3, &["the credential `token` is none of OAuth 2"]);
}
