//! Both programs against one server that goes wrong: the same output.

use pontoon_faults::api::json;
use pontoon_faults::server::{Act, Request, Server, lock};
use std::collections::HashMap;
use std::path::Path;
use std::process::{Output, Stdio};
use std::sync::Mutex;
use std::time::{SystemTime, UNIX_EPOCH};
use tokio::process::Command;

const PAGES: usize = 4;
const PER_PAGE: usize = 30;

fn issue(number: usize) -> String {
    let repo = "https://api.github.com/repos/octo/repo";
    let user = match number % 7 {
        0 => "null".to_owned(),
        _ => {
            let login = format!("octo{}", number % 5);
            let urls = [
                "url",
                "html_url",
                "followers_url",
                "following_url",
                "gists_url",
                "starred_url",
                "subscriptions_url",
                "organizations_url",
                "repos_url",
                "events_url",
                "received_events_url",
                "avatar_url",
            ];
            let urls = urls.map(|name| format!(r#""{name}":"https://api.github.com/{name}""#));
            format!(
                r#"{{"login":"{login}","id":{number},"node_id":"U","gravatar_id":"","type":"User","site_admin":false,{}}}"#,
                urls.join(",")
            )
        }
    };
    let state = if number.is_multiple_of(3) {
        "closed"
    } else {
        "open"
    };
    format!(
        r#"{{"id":{number},"node_id":"I","url":"{repo}/issues/{number}","repository_url":"{repo}",
        "labels_url":"{repo}/labels","comments_url":"{repo}/comments","events_url":"{repo}/events",
        "html_url":"{repo}/{number}","number":{number},"state":"{state}","title":"Fault \"{number}\" é",
        "user":{user},"labels":[],"assignee":null,"milestone":null,"locked":false,"comments":0,
        "closed_at":null,"created_at":"2026-01-01T00:00:00Z","updated_at":"2026-01-01T00:00:00Z"}}"#
    )
}

/// A page of issues; `next` is the URL of the next one.
fn page(number: usize, next: Option<String>) -> Act {
    let first = (number - 1) * PER_PAGE + 1;
    let items: Vec<String> = (first..first + PER_PAGE).map(issue).collect();
    let body = format!("[{}]", items.join(","));
    let link = next.map(|url| format!("Link: <{url}>; rel=\"next\", <{url}>; rel=\"last\"\r\n"));
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n{}\r\n",
        body.len(),
        link.unwrap_or_default()
    );
    Act::Send((head + &body).into_bytes())
}

fn number(request: &Request) -> usize {
    let page = request.query("page").and_then(|text| text.parse().ok());
    page.unwrap_or(1)
}

/// The right answer.
fn right(request: &Request) -> Act {
    let host = request.header("host").unwrap_or_default();
    let path = request.path();
    let at = number(request);
    let next =
        (at < PAGES).then(|| format!("http://{host}{path}?state=all&per_page=100&page={}", at + 1));
    page(at, next)
}

/// What each page's first attempts meet.
fn bumpy() -> impl Fn(&Request) -> Vec<Act> + Send + Sync {
    let seen: Mutex<HashMap<usize, usize>> = Mutex::default();
    move |request| {
        let at = number(request);
        let mut seen = lock(&seen);
        let count = seen.entry(at).or_default();
        *count += 1;
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let reset = now.map_or(0, |time| time.as_secs()) + 1;
        let text = match (at, *count) {
            (1, 1) => {
                "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n"
                    .to_owned()
            }
            (2, 1 | 2) => {
                "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n".to_owned()
            }
            (3, 1) => format!(
                "HTTP/1.1 403 Forbidden\r\nX-RateLimit-Limit: 60\r\nX-RateLimit-Remaining: 0\r\n\
                 X-RateLimit-Reset: {reset}\r\nContent-Length: 0\r\n\r\n"
            ),
            (4, 1) => {
                return vec![
                    Act::Send(b"HTTP/1.1 200 OK\r\nContent-Le".to_vec()),
                    Act::Close,
                ];
            }
            _ => return vec![right(request)],
        };
        vec![Act::Send(text.into_bytes())]
    }
}

async fn run(
    program: &str,
    answer: impl Fn(&Request) -> Vec<Act> + Send + Sync + 'static,
) -> (Output, Vec<Request>) {
    let server = Server::start(answer).await.expect("a server");
    let output = Command::new(program)
        .args(["octo", "repo"])
        .env("GITHUB_URL", server.base())
        .env("GITHUB_TOKEN", "t0ken")
        .env("NO_PROXY", "*")
        .env_remove("PONTOON_LOG")
        .stdin(Stdio::null())
        .output()
        .await
        .expect("the program runs");
    (output, server.requests())
}

/// Runs both, and gives what they wrote; the exit codes must be `code`.
#[track_caller]
fn same(hand: Output, ours: Output, code: i32) -> String {
    let text = |output: &Output| String::from_utf8_lossy(&output.stdout).into_owned();
    let said = |output: &Output| String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(hand.status.code(), Some(code), "{}", said(&hand));
    assert_eq!(ours.status.code(), Some(code), "{}", said(&ours));
    assert_eq!(text(&hand), text(&ours));
    assert_eq!(said(&hand).is_empty(), code == 0, "{}", said(&hand));
    assert_eq!(said(&ours).is_empty(), code == 0, "{}", said(&ours));
    text(&ours)
}

const HAND: &str = env!("CARGO_BIN_EXE_hand");
const OURS: &str = env!("CARGO_BIN_EXE_ours");

#[tokio::test]
async fn a_bumpy_road() {
    let (hand, ours) = tokio::join!(run(HAND, bumpy()), run(OURS, bumpy()));
    for (_, requests) in [&hand, &ours] {
        assert_eq!(requests.len(), PAGES + 5);
        for request in requests {
            assert_eq!(request.header("authorization"), Some("Bearer t0ken"));
        }
    }
    let text = same(hand.0, ours.0, 0);
    assert_eq!(text.lines().count(), PAGES * PER_PAGE);
    assert!(
        text.starts_with("#1 [open] Fault \"1\" é by octo1\n"),
        "{text}"
    );
    assert!(
        text.contains("#7 [open] Fault \"7\" é by nobody\n"),
        "{text}"
    );
}

#[tokio::test]
async fn errors_have_types() {
    let cases = [
        ("401 Unauthorized", "", 3),
        ("404 Not Found", "", 4),
        ("429 Too Many Requests", "Retry-After: 3600\r\n", 5),
        ("422 Unprocessable Content", "", 1),
    ];
    for (status, headers, code) in cases {
        let answer = move |_: &Request| {
            let body = r#"{"message":"no"}"#;
            let head = format!(
                "HTTP/1.1 {status}\r\n{headers}Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
                body.len()
            );
            vec![Act::Send(head.into_bytes())]
        };
        let (hand, ours) = tokio::join!(run(HAND, answer), run(OURS, answer));
        assert_eq!((hand.1.len(), ours.1.len()), (1, 1), "{status}");
        assert_eq!(same(hand.0, ours.0, code), "");
    }
    let html = |_: &Request| vec![Act::Send(json("200 OK", "<html>"))];
    let (hand, ours) = tokio::join!(run(HAND, html), run(OURS, html));
    assert_eq!(same(hand.0, ours.0, 1), "");
}

#[tokio::test]
async fn the_token_stays_at_home() {
    let other = Server::start(|request| vec![right(request)]).await;
    let other = other.expect("a server");
    let next = format!("{}/repos/octo/repo/issues?page=2", other.base());
    let answer = move |_: &Request| vec![page(1, Some(next.clone()))];
    let (hand, ours) = tokio::join!(run(HAND, answer.clone()), run(OURS, answer));
    assert_eq!(same(hand.0, ours.0, 1), "");
    assert_eq!(other.bytes(), b"");
}

/// The README quotes what `lines` counts.
#[test]
fn the_readme_counts_right() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let lines = |name: &str| {
        let text = std::fs::read_to_string(here.join("src/bin").join(name)).expect("a program");
        let code = |line: &&str| !line.is_empty() && !line.starts_with("//");
        text.lines().map(str::trim).filter(code).count()
    };
    let quoted = format!("{} lines against {}", lines("ours.rs"), lines("hand.rs"));
    let readme = std::fs::read_to_string(here.join("../../../README.md")).expect("a README");
    let readme = readme.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        readme.contains(&quoted),
        "the README does not say: {quoted}"
    );
}
