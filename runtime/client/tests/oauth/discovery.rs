//! Endpoints that the server publishes.

use crate::api::{call, client, open_id};
use crate::server::Server;
use pontoon_runtime::auth::OAuth;

#[tokio::test]
async fn the_document_is_read_once() {
    let server = Server::start();
    let grant = OAuth::client_credentials("id", "secret").discovery(&server.url);
    let client = client(&server, &grant);
    call(&client).await.expect("an answer");
    server.state().access.clear();
    call(&client).await.expect("an answer");
    let path = "/.well-known/openid-configuration";
    assert_eq!(server.requests(path).len(), 1);
    // The server says that it takes secrets in the body alone.
    let asked = server.requests("/token");
    assert_eq!(asked.len(), 2);
    assert_eq!(asked[0].form["client_secret"], "secret");
}

#[tokio::test]
async fn the_scheme_says_where_it_is() {
    let server = Server::start();
    let grant = OAuth::client_credentials("id", "secret");
    call(&open_id(&server, &grant)).await.expect("an answer");
    assert_eq!(server.requests("/token").len(), 1);
}

#[tokio::test]
async fn what_is_no_such_document() {
    let server = Server::start();
    let path = "/.well-known/openid-configuration";
    server.answer(path, &[(200, r#"{"issuer":"x"}"#), (404, "{}")]);
    let grant = OAuth::client_credentials("id", "secret").discovery(&server.url);
    let client = client(&server, &grant);
    let error = call(&client).await.expect_err("no endpoint").to_string();
    assert!(
        error.contains("does not describe an authorization server"),
        "{error}"
    );
    let error = call(&client).await.expect_err("not there").to_string();
    assert!(error.contains("answered 404"), "{error}");
    // It is asked for again, and found.
    call(&client).await.expect("an answer");
}
