//! The program acts for itself.

use crate::api::{build, call, call_with_stream, client, operations};
use crate::server::Server;
use pontoon_runtime::Credential;
use pontoon_runtime::auth::OAuth;
use pontoon_runtime::auth::oauth::ClientAuthentication;

#[tokio::test]
async fn one_token_for_many_calls() {
    let server = Server::start();
    let grant = OAuth::client_credentials("i:d", "s e+cret");
    let grant = grant.scopes(["a", "b"]).parameter("audience", "x");
    let client = client(&server, &grant);
    call(&client).await.expect("an answer");
    call(&client.clone()).await.expect("an answer");
    let asked = server.requests("/token");
    assert_eq!(asked.len(), 1);
    // RFC 6749, section 2.3.1: `i%3Ad:s+e%2Bcret`.
    let expected = "Basic aSUzQWQ6cytlJTJCY3JldA==";
    assert_eq!(asked[0].headers["authorization"], expected);
    assert_eq!(asked[0].headers["accept"], "application/json");
    assert_eq!(asked[0].headers["user-agent"], "things/1.0");
    let form: Vec<_> = asked[0].form.iter().collect();
    let form = format!("{form:?}");
    assert_eq!(
        form,
        r#"[("audience", "x"), ("grant_type", "client_credentials"), ("scope", "a b")]"#
    );
}

#[tokio::test]
async fn the_secret_in_the_body() {
    let server = Server::start();
    let grant =
        OAuth::client_credentials("id", "secret").client_authentication(ClientAuthentication::Body);
    call(&client(&server, &grant)).await.expect("an answer");
    let asked = &server.requests("/token")[0];
    assert!(!asked.headers.contains_key("authorization"));
    assert_eq!(
        (&*asked.form["client_id"], &*asked.form["client_secret"]),
        ("id", "secret")
    );
}

#[tokio::test]
async fn for_a_scheme_that_is_plain_bearer() {
    let server = Server::start();
    let grant =
        OAuth::client_credentials("id", "secret").token_url(format!("{}/token", server.url));
    let client = build(&server, Credential::provided(0, grant));
    call(&client).await.expect("an answer");
}

#[tokio::test]
async fn by_name_and_password() {
    let server = Server::start();
    let grant = OAuth::password("id", "user", "p&w");
    call(&client(&server, &grant)).await.expect("an answer");
    let form = &server.requests("/token")[0].form;
    assert_eq!((&*form["username"], &*form["password"]), ("user", "p&w"));
    assert_eq!(
        (&*form["grant_type"], &*form["client_id"]),
        ("password", "id")
    );
}

#[tokio::test]
async fn many_calls_at_once_ask_once() {
    let server = Server::start();
    server.hold(true);
    let grant = OAuth::client_credentials("id", "secret");
    let client = client(&server, &grant);
    let calls: Vec<_> = (0..20).map(|_| tokio::spawn(call(&client))).collect();
    let shared = std::sync::Arc::new(server);
    let waiting = std::sync::Arc::clone(&shared);
    let came = tokio::task::spawn_blocking(move || waiting.wait_for("/token"));
    came.await.expect("a request");
    shared.hold(false);
    for call in calls {
        call.await.expect("no panic").expect("an answer");
    }
    assert_eq!(shared.requests("/token").len(), 1);
}

#[tokio::test]
async fn renewed_when_the_api_refuses_it() {
    let server = Server::start();
    let grant = OAuth::client_credentials("id", "secret");
    let client = client(&server, &grant);
    call(&client).await.expect("an answer");
    server.state().access.clear();
    call(&client).await.expect("an answer");
    assert_eq!(server.requests("/token").len(), 2);
    assert_eq!(server.requests("/things").len(), 3);
    // A body that cannot be sent again: the answer is the error, the next call
    // has a new token.
    server.state().access.clear();
    let error = call_with_stream(&client).await.expect_err("401");
    assert_eq!(error.status().map(|s| s.as_u16()), Some(401));
    assert_eq!(server.requests("/token").len(), 2);
    let things = server.requests("/things").len();
    call(&client).await.expect("an answer");
    assert_eq!(server.requests("/token").len(), 3);
    assert_eq!(server.requests("/things").len(), things + 1);
}

#[tokio::test]
async fn what_the_server_refuses() {
    let server = Server::start();
    let answers = [
        (
            401,
            r#"{"error":"invalid_client","error_description":"no s3cret \u001b[31m"}"#,
        ),
        (200, r#"{"error":"invalid_scope"}"#),
        (500, "<html>"),
        (200, r#"{"token":"x"}"#),
    ];
    server.answer("/token", &answers);
    let grant = OAuth::client_credentials("id", "s3cret2");
    let client = client(&server, &grant);
    let error = call(&client).await.expect_err("refused");
    assert!(error.is_auth() && error.status().is_none());
    let reason = error.oauth().expect("a reason");
    assert_eq!(reason.code(), "invalid_client");
    assert_eq!(
        error.to_string(),
        "GET /things: no usable credential: invalid_client: no s3cret [31m; check the client's \
         identifier and secret, and how they are sent (OAuth::client_authentication)"
    );
    let error = call(&client).await.expect_err("refused");
    assert_eq!(
        error.oauth().map(|reason| reason.code()),
        Some("invalid_scope")
    );
    let error = call(&client).await.expect_err("an error").to_string();
    assert!(error.contains("answered 500"), "{error}");
    let error = call(&client).await.expect_err("no token").to_string();
    assert!(error.contains("it holds no access_token"), "{error}");
    // Each was asked for once: none of them would be better a second time.
    assert_eq!(server.requests("/token").len(), 4);
    assert_eq!(server.requests("/things").len(), 0);
}

#[tokio::test]
async fn a_busy_server_is_asked_again() {
    let server = Server::start();
    server.answer("/token", &[(503, "{}"), (429, "{}")]);
    let grant = OAuth::client_credentials("id", "secret");
    call(&client(&server, &grant)).await.expect("an answer");
    assert_eq!(server.requests("/token").len(), 3);
}

#[test]
fn the_least_scopes() {
    let grant = OAuth::client_credentials("id", "secret").scopes_for(operations());
    let shown = format!("{grant:?}");
    assert!(
        shown.contains(r#"scopes: ["things:read", "things:write"]"#),
        "{shown}"
    );
    assert!(!shown.contains("secret"));
}

#[tokio::test]
async fn not_over_plain_http_to_other_machines() {
    let server = Server::start();
    let grant = OAuth::client_credentials("id", "secret").token_url("http://login.example/token");
    let error = call(&client(&server, &grant))
        .await
        .expect_err("plain http");
    assert!(
        error
            .to_string()
            .contains("not sent over plain http to login.example"),
        "{error}"
    );
}
