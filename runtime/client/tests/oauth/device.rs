//! A person agrees on another device.

use crate::api::{call, client, timed};
use crate::server::Server;
use pontoon_runtime::auth::OAuth;
use std::time::Duration;

const PENDING: (u16, &str) = (400, r#"{"error":"authorization_pending"}"#);
const SLOW: (u16, &str) = (400, r#"{"error":"slow_down"}"#);

#[tokio::test]
async fn until_the_person_agrees() {
    let server = Server::start();
    let granted = {
        let mut state = server.state();
        state.tokens().1
    };
    server.answer("/token", &[PENDING, SLOW, PENDING, (200, &granted)]);
    let grant = OAuth::device("id").scopes(["a"]);
    let (client, waits) = timed(&server, &grant);
    let device = grant.authorize_device(&client).await.expect("codes");
    assert_eq!(device.user_code(), "AB-CD");
    assert_eq!(device.verification_url(), format!("{}/go", server.url));
    assert_eq!(device.complete_url(), None);
    device.wait().await.expect("agreed");
    // The server's 7 s, and 5 s more since it asked for that (RFC 8628, 3.5).
    let seconds: Vec<u64> = waits().iter().map(Duration::as_secs).collect();
    assert_eq!(seconds, [7, 7, 12, 12]);
    call(&client).await.expect("an answer");
    assert_eq!(server.requests("/device")[0].form["scope"], "a");
    let form = &server.requests("/token")[3].form;
    assert_eq!(
        form["grant_type"],
        "urn:ietf:params:oauth:grant-type:device_code"
    );
    assert_eq!((&*form["device_code"], &*form["client_id"]), ("d", "id"));
}

#[tokio::test]
async fn who_refuses_or_does_nothing() {
    let server = Server::start();
    let grant = OAuth::device("id");
    let (client, waits) = timed(&server, &grant);
    for (code, words) in [
        ("access_denied", "the person, or the server, has refused"),
        ("expired_token", "nobody agreed in time"),
    ] {
        let body = format!(r#"{{"error":"{code}"}}"#);
        server.answer("/token", &[(400, &body)]);
        let device = grant.authorize_device(&client).await.expect("codes");
        let error = device.wait().await.expect_err(code);
        assert!(error.to_string().contains(words), "{error}");
        assert_eq!(error.oauth().map(|reason| reason.code()), Some(code));
    }
    let before = waits().len();
    server.answer("/token", &[PENDING; 1000]);
    let device = grant.authorize_device(&client).await.expect("codes");
    let error = device.wait().await.expect_err("the end of the code's life");
    assert!(
        error.to_string().contains("nobody agreed in time"),
        "{error}"
    );
    // 900 s at 7 s each.
    assert_eq!(waits().len() - before, 128);
}

#[tokio::test]
async fn a_client_without_the_grant() {
    let server = Server::start();
    let (grant, other) = (OAuth::device("id"), OAuth::device("id"));
    let client = client(&server, &grant);
    let error = other
        .authorize_device(&client)
        .await
        .expect_err("another grant");
    assert!(
        error
            .to_string()
            .contains("this client does not have the grant")
    );
    server.answer("/device", &[(200, "{}")]);
    let error = grant.authorize_device(&client).await.expect_err("no codes");
    assert!(error.to_string().contains("holds no codes"), "{error}");
}
