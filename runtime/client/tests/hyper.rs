//! What the transport over hyper does with its connections.
#![cfg(feature = "hyper")]

use pontoon_runtime::CallOptions;
use pontoon_runtime::codegen::*;
use pontoon_runtime::transport::{Hyper, HyperBuilder};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

static API: Api = Api {
    user_agent: "things/1.0",
    ..Api::BLANK
};
static GET: Operation = Operation {
    id: "get",
    path: "/thing",
    responses: &[Accepted::json(200, 0)],
    ..Operation::BLANK
};

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1\r\n\r\n1";

/// A server that answers `answers` requests on each connection and then closes it.
/// It tells for each request which connection it came on.
fn serve(answers: usize, body: &'static str) -> (String, Receiver<usize>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let base = format!("http://{}", listener.local_addr().expect("an address"));
    let (tell, told) = channel();
    thread::spawn(move || {
        for (index, stream) in listener.incoming().enumerate() {
            let Ok(stream) = stream else { return };
            let tell = tell.clone();
            thread::spawn(move || answer(stream, index, answers, body, &tell));
        }
    });
    (base, told)
}

fn answer(mut stream: TcpStream, index: usize, answers: usize, body: &str, tell: &Sender<usize>) {
    for _ in 0..answers {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            match stream.read(&mut byte) {
                Ok(1) => head.push(byte[0]),
                _ => return,
            }
        }
        if tell.send(index).is_err() || stream.write_all(body.as_bytes()).is_err() {
            return;
        }
    }
}

fn client(base: &str, transport: HyperBuilder) -> CoreClient {
    let builder: ClientBuilder<CoreClient> = ClientBuilder::new(&API).base_url(base);
    let transport: Hyper = transport.build().expect("a transport");
    builder
        .transport(transport)
        .no_retries()
        .build()
        .expect("a client")
}

async fn get(client: &CoreClient) {
    let got = client.call(&GET).send::<Json>().await.expect("an answer");
    assert_eq!(got.value, Json::from(1));
}

#[tokio::test]
async fn a_connection_is_used_again() {
    let (base, told) = serve(100, OK);
    let client = client(&base, Hyper::builder());
    for _ in 0..5 {
        get(&client).await;
        assert_eq!(told.recv(), Ok(0));
    }
    let mut tasks = Vec::new();
    for _ in 0..4 {
        let client = client.clone();
        tasks.push(tokio::spawn(async move { get(&client).await }));
    }
    for task in tasks {
        task.await.expect("an answer");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn from_several_threads() {
    let (base, _told) = serve(1000, OK);
    let client = client(&base, Hyper::builder());
    let mut tasks = Vec::new();
    for _ in 0..8 {
        let client = client.clone();
        tasks.push(tokio::spawn(async move {
            for _ in 0..25 {
                get(&client).await;
            }
        }));
    }
    for task in tasks {
        task.await.expect("answers");
    }
}

/// A server may close a connection that is not used at any time: that is noticed
/// before the next request, or, where it was on its way already, left to retries.
#[tokio::test]
async fn closed_connections_are_no_errors() {
    let (base, _told) = serve(1, OK);
    let transport = Hyper::builder().build().expect("a transport");
    let builder: ClientBuilder<CoreClient> = ClientBuilder::new(&API).base_url(base);
    let client = builder.transport(transport).build().expect("a client");
    for _ in 0..20 {
        get(&client).await;
    }
}

#[tokio::test]
async fn no_idle_connections() {
    let (base, told) = serve(100, OK);
    let client = client(&base, Hyper::builder().max_idle_per_host(0));
    for index in 0..3 {
        get(&client).await;
        assert_eq!(told.recv(), Ok(index));
    }
}

/// Also where no call is made any more.
#[tokio::test]
async fn idle_connections_are_closed_in_time() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let base = format!("http://{}", listener.local_addr().expect("an address"));
    let (tell, told) = channel();
    let server = thread::spawn(move || {
        let (stream, _) = listener.accept().expect("a connection");
        answer(stream.try_clone().expect("the same"), 0, 1, OK, &tell);
        (&stream).read(&mut [0])
    });
    let client = client(
        &base,
        Hyper::builder().idle_timeout(Duration::from_millis(20)),
    );
    get(&client).await;
    assert_eq!(told.recv(), Ok(0));
    let read = tokio::task::spawn_blocking(|| server.join().expect("a server"));
    assert!(matches!(read.await.expect("a thread"), Ok(0)));
    drop(client);
}

/// What was not read to its end does not come back.
#[tokio::test]
async fn half_read_answers() {
    const LONG: &str = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n1";
    let (base, told) = serve(100, LONG);
    let client = client(&base, Hyper::builder());
    for index in 0..3 {
        let call = client.call(&GET).stream::<pontoon_runtime::Download>();
        let mut download = call.await.expect("a head").into_value();
        assert_eq!(
            download.chunk().await.expect("a piece").as_deref(),
            Some(&b"1"[..])
        );
        assert_eq!(told.recv(), Ok(index));
    }
    let call = client.call(&GET).timeout(Duration::from_millis(50));
    let error = call.send::<Json>().await.expect_err("too slow");
    assert!(error.is_timeout() && !error.is_connect(), "{error:?}");
}

#[tokio::test]
async fn connecting_takes_too_long() {
    // A listener whose queue is full does not answer, here or there; TLS is never
    // agreed on with one that is silent.
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let base = format!("https://{}", listener.local_addr().expect("an address"));
    let limit = Duration::from_millis(50);
    let silent = client(&base, Hyper::builder().connect_timeout(limit));
    let error = silent
        .call(&GET)
        .send::<Json>()
        .await
        .expect_err("too slow");
    assert!(error.is_timeout() && error.is_connect(), "{error:?}");
    let patient = client(&base, Hyper::builder());
    let call = patient.call(&GET).timeout(limit).send::<Json>();
    let error = call.await.expect_err("too slow");
    assert!(error.is_timeout() && error.is_connect(), "{error:?}");
}

#[tokio::test]
async fn no_task_outlives_the_transport() {
    let (base, _told) = serve(10, OK);
    let tasks = || {
        tokio::runtime::Handle::current()
            .metrics()
            .num_alive_tasks()
    };
    let before = tasks();
    let transport = client(&base, Hyper::builder());
    get(&transport).await;
    assert!(tasks() > before);
    drop(transport);
    // Tasks end when they run next.
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert_eq!(tasks(), before);
}
