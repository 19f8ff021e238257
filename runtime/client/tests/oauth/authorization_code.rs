//! A person agrees in a browser.

use crate::api::{call, client};
use crate::server::Server;
use pontoon_runtime::auth::OAuth;
use pontoon_runtime::auth::oauth::Authorization;
use std::collections::BTreeMap;
use url::Url;

/// What a browser does with the authorization URL: the server remembers the
/// challenge; the query of the redirect.
fn agree(server: &Server, authorization: &Authorization) -> (String, BTreeMap<String, String>) {
    let url = Url::parse(authorization.url()).expect("a URL");
    let query: BTreeMap<String, String> = url.query_pairs().into_owned().collect();
    assert!(
        url.as_str()
            .starts_with(&format!("{}/authorize?", server.url))
    );
    assert_eq!(
        (&*query["response_type"], &*query["client_id"]),
        ("code", "id")
    );
    assert_eq!(query["code_challenge_method"], "S256");
    assert_eq!(query["redirect_uri"], authorization.redirect_url());
    server.state().challenge = Some(query["code_challenge"].clone());
    (format!("code=c%2B1&state={}", query["state"]), query)
}

fn grant() -> OAuth {
    OAuth::authorization_code("id")
        .scopes(["a", "b"])
        .parameter("prompt", "consent")
}

#[tokio::test]
async fn pasted_by_hand() {
    let server = Server::start();
    let grant = grant().redirect_url("https://app.example/cb");
    let client = client(&server, &grant);
    let authorization = grant.authorize(&client).await.expect("a URL");
    let (query, asked) = agree(&server, &authorization);
    assert_eq!((&*asked["scope"], &*asked["prompt"]), ("a b", "consent"));
    let wrong = "https://app.example/cb?code=c&state=other";
    let error = authorization
        .finish(wrong)
        .await
        .expect_err("another state");
    assert!(
        error.to_string().contains("its `state` is another"),
        "{error}"
    );
    assert!(server.requests("/token").is_empty());
    let pasted = format!(" https://app.example/cb?{query}#x\n");
    authorization.finish(&pasted).await.expect("tokens");
    let form = &server.requests("/token")[0].form;
    assert_eq!(form["code"], "c+1");
    assert_eq!(form["redirect_uri"], "https://app.example/cb");
    assert!((43..=128).contains(&form["code_verifier"].len()));
    call(&client).await.expect("an answer");
    assert!(grant.is_signed_in(&client).await.expect("a store"));
}

#[tokio::test]
async fn a_verifier_of_another_sign_in() {
    let server = Server::start();
    let grant = grant().redirect_url("https://app.example/cb");
    let client = client(&server, &grant);
    let one = grant.authorize(&client).await.expect("a URL");
    let two = grant.authorize(&client).await.expect("a URL");
    let (query, _) = agree(&server, &one);
    agree(&server, &two);
    let error = one
        .finish(&query)
        .await
        .expect_err("a code for another verifier");
    assert_eq!(
        error.oauth().map(|reason| reason.code()),
        Some("invalid_grant")
    );
}

#[tokio::test]
async fn what_the_redirect_may_say() {
    let server = Server::start();
    let grant = grant()
        .redirect_url("https://app.example/cb")
        .discovery(&server.url);
    let client = client(&server, &grant);
    let authorization = grant.authorize(&client).await.expect("a URL");
    let (query, asked) = agree(&server, &authorization);
    let state = &asked["state"];
    let cases = [
        (format!("error=access_denied&state={state}"), "has refused"),
        (format!("state={state}"), "no `code`"),
        (
            format!("{query}&iss=https%3A%2F%2Fevil.example"),
            "its `iss`",
        ),
        ("error=access_denied".to_owned(), "`state`"),
    ];
    for (query, words) in cases {
        let error = authorization.finish(&query).await.expect_err(words);
        assert!(error.to_string().contains(words), "{error}");
    }
    assert!(server.requests("/token").is_empty());
    let issuer: String = url::form_urlencoded::byte_serialize(server.url.as_bytes()).collect();
    let right = format!("{query}&iss={issuer}");
    authorization.finish(&right).await.expect("tokens");
    assert!(!format!("{authorization:?}").contains(state.as_str()));
}

#[cfg(feature = "oauth-loopback")]
mod loopback {
    use super::*;
    use std::io::{Read, Write};
    use std::net::TcpStream;

    /// What a browser shows of a page.
    fn visit(url: &str) -> String {
        let url = Url::parse(url).expect("a URL");
        let address = url.socket_addrs(|| None).expect("an address");
        let mut stream = TcpStream::connect(&address[..]).expect("a connection");
        let target = &url[url::Position::BeforePath..];
        let request = format!("GET {target} HTTP/1.1\r\nHost: x\r\n\r\n");
        stream.write_all(request.as_bytes()).expect("sent");
        let mut page = String::new();
        stream.read_to_string(&mut page).expect("a page");
        page
    }

    #[tokio::test]
    async fn the_browser_comes_back() {
        let server = Server::start();
        let grant = grant();
        let client = client(&server, &grant);
        let authorization = grant.authorize(&client).await.expect("a URL");
        let (query, _) = agree(&server, &authorization);
        let redirect = authorization.redirect_url().to_owned();
        assert!(redirect.starts_with("http://127.0.0.1:"), "{redirect}");
        let browser = tokio::task::spawn_blocking(move || {
            // Browsers connect in advance, and ask for icons.
            let silent = TcpStream::connect(&redirect["http://".len()..redirect.len() - 1]);
            let icon = visit(&format!("{redirect}favicon.ico"));
            let foreign = visit(&format!("{redirect}?code=x&state=foreign"));
            let page = visit(&format!("{redirect}?{query}"));
            drop(silent.expect("a connection"));
            [icon, foreign, page]
        });
        authorization.wait().await.expect("tokens");
        let [icon, foreign, page] = browser.await.expect("pages");
        assert!(icon.starts_with("HTTP/1.1 404") && foreign.starts_with("HTTP/1.1 404"));
        assert!(page.starts_with("HTTP/1.1 200") && page.contains("You are signed in"));
        assert!(page.contains("Cache-Control: no-store"));
        let form = &server.requests("/token")[0].form;
        assert_eq!(form["redirect_uri"], authorization.redirect_url());
        call(&client).await.expect("an answer");
    }

    #[tokio::test]
    async fn the_browser_comes_back_with_an_error() {
        let server = Server::start();
        let grant = grant().redirect_url("http://localhost/cb");
        let client = client(&server, &grant);
        let authorization = grant.authorize(&client).await.expect("a URL");
        let (_, asked) = agree(&server, &authorization);
        let redirect = authorization
            .redirect_url()
            .replace("localhost", "127.0.0.1");
        let back = format!("{redirect}?error=access_denied&state={}", asked["state"]);
        let browser = tokio::task::spawn_blocking(move || visit(&back));
        let error = authorization.wait().await.expect_err("refused");
        assert_eq!(
            error.oauth().map(|reason| reason.code()),
            Some("access_denied")
        );
        assert!(browser.await.expect("a page").contains("has failed"));
    }
}
