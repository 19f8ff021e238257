//! A program that acts for itself.

use crate::api::{call, client, count, expire, key, reason};
use pontoon_runtime::auth::OAuth;
use pontoon_runtime::auth::oauth::{ClientAuthentication, ClientKey};
use pontoon_tests::judge::Judge;

/// Has what must be encoded.
const SECRET: &str = "s3cret +%/&=:";

#[tokio::test]
async fn by_a_secret_in_the_header_and_in_the_body() {
    let Some(judge) = Judge::start("oidc", &[]) else {
        return;
    };
    for (id, how) in [
        ("basic:1", ClientAuthentication::Basic),
        ("post", ClientAuthentication::Body),
    ] {
        let grant = OAuth::client_credentials(id, SECRET)
            .client_authentication(how)
            .scopes(["things:read"]);
        let client = client(&judge, &grant);
        let before = count(&client, "client_credentials.saved").await;
        for _ in 0..3 {
            assert_eq!(call(&client).await.expect("an answer"), id);
        }
        expire(&client).await;
        assert_eq!(call(&client).await.expect("an answer"), id);
        let given = count(&client, "client_credentials.saved").await - before;
        assert_eq!(given, 2, "one token until it is invalid");
    }
}

#[tokio::test]
async fn by_a_key() {
    let Some(judge) = Judge::start("oidc", &[]) else {
        return;
    };
    let grant = OAuth::client_credentials("basic:1", SECRET);
    let other = client(&judge, &grant);
    for algorithm in ["RS256", "PS256", "ES256", "ES384", "Ed25519"] {
        let pem = key(&other, algorithm).await;
        let key = ClientKey::from_pem(pem.as_bytes()).expect("a key");
        let key = match algorithm {
            "PS256" => key.pss(),
            _ => key,
        };
        // Where the server is found, and where its address for tokens alone is known.
        let found = OAuth::client_credentials_with_key(algorithm, key.clone().id(algorithm));
        let given = OAuth::client_credentials_with_key(algorithm, key.audience(&*judge.url))
            .token_url(format!("{}/token", judge.url));
        for grant in [found, given] {
            let client = client(&judge, &grant.scopes(["things:read"]));
            let answer = call(&client).await;
            let who = answer.unwrap_or_else(|error| panic!("{algorithm}: {error}"));
            assert_eq!(who, algorithm);
        }
    }
    let pem = key(&other, "ES256").await;
    let wrong = ClientKey::from_pem(pem.as_bytes()).expect("a key");
    let client = client(&judge, &OAuth::client_credentials_with_key("ES384", wrong));
    let error = call(&client).await.expect_err("a refusal");
    assert_eq!(reason(&error), "invalid_client");
}

#[tokio::test]
async fn what_the_server_refuses() {
    let Some(judge) = Judge::start("oidc", &[]) else {
        return;
    };
    let grant = OAuth::client_credentials("basic:1", "another");
    let error = call(&client(&judge, &grant)).await.expect_err("a refusal");
    assert_eq!(reason(&error), "invalid_client");
    let grant = OAuth::client_credentials("basic:1", SECRET).scopes(["things:write"]);
    let error = call(&client(&judge, &grant)).await.expect_err("a refusal");
    assert_eq!(reason(&error), "invalid_scope");
}
