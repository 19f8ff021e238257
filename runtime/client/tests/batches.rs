//! Calls that go as one, on a real socket.
#![cfg(any(feature = "reqwest", feature = "hyper"))]

mod over;

use over::over;
use pontoon_runtime::codegen::*;
use pontoon_runtime::transport::JsonBatch;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

static API: Api = Api {
    user_agent: "things/1.0",
    schemes: &[Scheme {
        name: "token",
        kind: SchemeKind::Bearer,
        env: &[],
    }],
    ..Api::BLANK
};
static GET: Operation = Operation {
    id: "get",
    method: "GET",
    path: "/things/{name}",
    parameters: &[Parameter::path("name")],
    responses: &[Accepted::json(200, 0)],
    security: &[&[Requirement {
        scheme: 0,
        scopes: &[],
    }]],
    ..Operation::BLANK
};
/// Longer than any test: a batch is sent because it is full.
const WINDOW: Duration = Duration::from_secs(600);

/// The heads of the requests that a server has had, in small letters.
type Seen = Arc<Mutex<Vec<String>>>;

/// A server with a batch endpoint alone. `/things/missing` is not there; the
/// first `failing` batches are not answered: the connection is closed.
fn serve(failing: usize) -> (String, Seen) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let base = format!("http://{}", listener.local_addr().expect("an address"));
    let seen: Seen = Arc::default();
    let shared = Arc::clone(&seen);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let seen = Arc::clone(&shared);
            thread::spawn(move || drop(answer(stream, &seen, failing)));
        }
    });
    (base, seen)
}

fn answer(stream: TcpStream, seen: &Seen, failing: usize) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut stream = stream;
    loop {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if reader.read_line(&mut head)? == 0 {
                return Ok(());
            }
        }
        let head = head.to_ascii_lowercase();
        let length = head.split("content-length: ").nth(1);
        let length = length.and_then(|rest| rest.lines().next()?.parse().ok());
        let mut body = vec![0; length.unwrap_or(0)];
        reader.read_exact(&mut body)?;
        let count = {
            let mut seen = seen.lock().expect("a list");
            seen.push(head);
            seen.len()
        };
        if count <= failing {
            return Ok(());
        }
        let text = answers(&Json::parse(&body).expect("a batch"));
        write!(
            stream,
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{text}",
            text.len()
        )?;
    }
}

/// The last request is answered first.
fn answers(batch: &Json) -> String {
    let requests = batch["requests"].as_array().expect("requests");
    let answers = requests.iter().rev().map(|request| {
        let (id, url) = (&request["id"], request["url"].as_str().expect("a URL"));
        assert!(request["headers"].get("authorization").is_none());
        match url {
            "/things/missing" => format!(r#"{{"id": {id}, "status": 404, "body": {{}}}}"#),
            _ => format!(r#"{{"id": {id}, "status": 200, "body": "{url}"}}"#),
        }
    });
    let answers: Vec<String> = answers.collect();
    format!(r#"{{"responses": [{}]}}"#, answers.join(","))
}

fn client(base: &str, limit: usize) -> CoreClient {
    let builder: ClientBuilder<CoreClient> = ClientBuilder::new(&API).base_url(base);
    let builder = builder.credential(Credential::token(0, "s3cret"));
    let builder = builder.batch(JsonBatch::new(base).limit(limit), WINDOW);
    over(builder, None).build().expect("a client")
}

fn get(client: &CoreClient, name: &str) -> Call {
    client.call(&GET).param(0, View::Str(name))
}

#[tokio::test]
async fn each_call_gets_its_own_answer() {
    let (base, seen) = serve(0);
    let client = client(&base, 3);
    let (one, missing, two) = tokio::join!(
        get(&client, "1").send::<Json>(),
        get(&client, "missing").send::<Json>(),
        get(&client, "2").send::<Json>(),
    );
    assert_eq!(one.expect("an answer").value, Json::from("/things/1"));
    assert_eq!(two.expect("an answer").value, Json::from("/things/2"));
    assert!(missing.expect_err("404").is_not_found());
    let seen = seen.lock().expect("a list");
    assert_eq!(seen.len(), 1, "{seen:?}");
    assert!(seen[0].starts_with("post /$batch http/1.1"), "{}", seen[0]);
    assert_eq!(seen[0].matches("authorization: bearer s3cret").count(), 1);
}

#[tokio::test]
async fn a_batch_that_is_lost_is_sent_again_by_its_calls() {
    let (base, seen) = serve(1);
    let client = client(&base, 2);
    let (one, two) = tokio::join!(
        get(&client, "1").send::<Json>(),
        get(&client, "2").send::<Json>()
    );
    assert_eq!(one.expect("an answer").value, Json::from("/things/1"));
    assert_eq!(two.expect("an answer").value, Json::from("/things/2"));
    assert_eq!(seen.lock().expect("a list").len(), 2);
}
