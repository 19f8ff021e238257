//! Requests checked against the constraints of the API's description: what breaks one
//! never reaches the socket.

use pontoon_prefect::{CallOptions, Client, models};
use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};
use std::thread;

/// A server that answers every request with `body`, and the requests' texts.
fn serve(body: &'static str) -> (String, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/api", listener.local_addr().unwrap());
    let (sender, requests) = channel();
    thread::spawn(move || {
        while let Ok((mut stream, _)) = listener.accept() {
            let mut request = Vec::new();
            let mut buffer = [0; 4096];
            loop {
                let text = String::from_utf8_lossy(&request);
                if let Some((head, sent)) = text.split_once("\r\n\r\n") {
                    let head = head.to_ascii_lowercase();
                    let length = head.split("content-length: ").nth(1);
                    let length = length.and_then(|rest| rest.split("\r\n").next());
                    if sent.len() >= length.map_or(0, |length| length.parse().unwrap()) {
                        break;
                    }
                }
                match stream.read(&mut buffer) {
                    Ok(0) | Err(_) => break,
                    Ok(read) => request.extend_from_slice(&buffer[..read]),
                }
            }
            let _ = sender.send(String::from_utf8_lossy(&request).into_owned());
            let _ = write!(
                stream,
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
                 connection: close\r\n\r\n{body}",
                body.len()
            );
        }
    });
    (url, requests)
}

fn slots(
    slots: i64,
    name: &str,
) -> models::BodyBulkIncrementActiveSlotsV2ConcurrencyLimitsIncrementPost {
    models::BodyBulkIncrementActiveSlotsV2ConcurrencyLimitsIncrementPost::new(
        slots,
        vec![name.to_owned()],
    )
}

#[tokio::test]
async fn only_good_requests_are_sent() {
    let (url, requests) = serve("[]");
    let client = Client::builder()
        .base_url(url.as_str())
        .no_proxy()
        .check_requests(true)
        .build()
        .unwrap();
    let limits = client.concurrency_limits_v2();

    let good = limits
        .bulk_increment_active_slots(&slots(1, "a"))
        .send()
        .await;
    assert!(good.unwrap().into_value().is_empty());
    assert!(requests.recv().unwrap().ends_with(r#""names":["a"]}"#));

    let mut bad = slots(0, "a");
    bad.mode = Some("never".into());
    let error = limits
        .bulk_increment_active_slots(&bad)
        .send()
        .await
        .unwrap_err();
    assert!(error.is_invalid_request() && error.is_request(), "{error}");
    let told: Vec<(&str, &str)> = error
        .violations()
        .iter()
        .map(|found| (found.pointer(), found.constraint()))
        .collect();
    assert_eq!(
        told,
        [
            ("/slots", "exclusiveMinimum: 0"),
            ("/mode", r#"enum: ["concurrency","rate_limit"]"#),
        ]
    );
    assert!(
        error
            .to_string()
            .contains("not sent: body /slots: exclusiveMinimum: 0, is 0"),
        "{error}"
    );
    assert!(requests.try_recv().is_err(), "the bad request was sent");

    // One call may go unchecked; and a client, unless a call asks for it.
    let sent = limits
        .bulk_increment_active_slots(&slots(0, "b"))
        .check_request(false);
    sent.send().await.unwrap();
    assert!(requests.recv().unwrap().contains(r#""slots":0"#));
    let client = Client::builder()
        .base_url(url.as_str())
        .no_proxy()
        .check_requests(false)
        .build()
        .unwrap();
    let limits = client.concurrency_limits_v2();
    let sent = limits.bulk_increment_active_slots(&slots(0, "c"));
    sent.send().await.unwrap();
    assert!(requests.recv().unwrap().contains(r#""slots":0"#));
    let refused = limits
        .bulk_increment_active_slots(&slots(0, "d"))
        .check_request(true);
    assert!(refused.send().await.unwrap_err().is_invalid_request());
    assert!(requests.try_recv().is_err(), "the bad request was sent");
}

#[tokio::test]
async fn without_checks_everything_is_sent() {
    let (url, requests) = serve("[]");
    let client = Client::builder()
        .base_url(url.as_str())
        .no_proxy()
        .build()
        .unwrap();
    let limits = client.concurrency_limits_v2();
    let sent = limits.bulk_increment_active_slots(&slots(0, "a"));
    sent.send().await.unwrap();
    assert!(requests.recv().unwrap().contains(r#""slots":0"#));
}
