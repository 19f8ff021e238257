//! Refresh tokens that are good for one use: the server takes a grant away when a used
//! one comes again.

use crate::api::{call, client, count, expire, reason};
use crate::authorization_code::{grant, sign_in};
use pontoon_runtime::auth::OAuth;
use pontoon_runtime::auth::oauth::Tokens;
use pontoon_runtime::auth::store::{FileStore, MemoryStore, StoreLock, TokenStore};
use pontoon_runtime::transport::BoxFuture;
use pontoon_runtime::{CoreClient, Error};
use pontoon_tests::judge::Judge;
use std::sync::{Arc, Mutex};

/// A store that remembers every refresh token that was put into it.
#[derive(Clone, Default)]
struct Seen {
    store: Arc<MemoryStore>,
    tokens: Arc<Mutex<Vec<String>>>,
}

impl Seen {
    fn tokens(&self) -> Vec<String> {
        self.tokens.lock().expect("a list").clone()
    }
}

impl TokenStore for Seen {
    fn load(&self, key: &str) -> BoxFuture<Result<Option<Tokens>, Error>> {
        self.store.load(key)
    }

    fn save(&self, key: &str, tokens: &Tokens) -> BoxFuture<Result<(), Error>> {
        let token = tokens.refresh_token.as_ref().expect("a refresh token");
        let mut seen = self.tokens.lock().expect("a list");
        seen.push(token.expose().to_owned());
        self.store.save(key, tokens)
    }

    fn remove(&self, key: &str) -> BoxFuture<Result<(), Error>> {
        self.store.remove(key)
    }

    fn try_lock(&self, key: &str) -> BoxFuture<Result<Option<StoreLock>, Error>> {
        self.store.try_lock(key)
    }
}

/// Calls at the same time; all must succeed.
async fn calls(clients: &[&CoreClient], each: usize) {
    let mut running = tokio::task::JoinSet::new();
    for client in clients {
        for _ in 0..each {
            let client = (*client).clone();
            running.spawn(async move { call(&client).await });
        }
    }
    while let Some(done) = running.join_next().await {
        assert_eq!(done.expect("a call").expect("an answer"), "app");
    }
}

#[tokio::test]
async fn every_renewal_has_another_token_and_happens_once() {
    let Some(judge) = Judge::start("oidc", &[]) else {
        return;
    };
    let seen = Seen::default();
    let grant = grant().store(seen.clone());
    let client = client(&judge, &grant);
    sign_in(&judge, &grant, &client).await.expect("tokens");
    const ROUNDS: u64 = 4;
    for _ in 0..ROUNDS {
        calls(&[&client], 8).await;
        expire(&client).await;
    }
    calls(&[&client], 8).await;
    let mut tokens = seen.tokens();
    tokens.sort();
    tokens.dedup();
    assert_eq!(tokens.len() as u64, ROUNDS + 1, "rotated each time");
    assert_eq!(count(&client, "refresh_token.consumed").await, ROUNDS);
    assert_eq!(count(&client, "grant.revoked").await, 0);
}

#[tokio::test]
async fn programs_that_share_a_file() {
    let Some(judge) = Judge::start("oidc", &[]) else {
        return;
    };
    let folder = std::env::temp_dir().join(format!("pontoon-auth-{}", std::process::id()));
    let store = || FileStore::new(&folder);
    // As two processes have it: nothing in common but the folder.
    let (one, two) = (grant().store(store()), grant().store(store()));
    let (first, second) = (client(&judge, &one), client(&judge, &two));
    sign_in(&judge, &one, &first).await.expect("tokens");
    for round in 0..4 {
        calls(&[&first, &second], 4).await;
        expire(if round % 2 == 0 { &first } else { &second }).await;
    }
    calls(&[&first, &second], 4).await;
    assert_eq!(count(&first, "refresh_token.consumed").await, 4);
    assert_eq!(count(&first, "grant.revoked").await, 0);
    std::fs::remove_dir_all(&folder).expect("the folder");
}

#[tokio::test]
async fn a_call_is_dropped_while_it_renews() {
    let Some(judge) = Judge::start("oidc", &[]) else {
        return;
    };
    let grant = grant();
    let client = client(&judge, &grant);
    sign_in(&judge, &grant, &client).await.expect("tokens");
    // Dropped somewhere: before the request, while it is away, after the answer.
    for pause in [0, 1, 3, 6, 10, 20] {
        expire(&client).await;
        let limit = std::time::Duration::from_millis(pause);
        let _ = tokio::time::timeout(limit, call(&client)).await;
        calls(&[&client], 2).await;
    }
    assert_eq!(count(&client, "grant.revoked").await, 0);
}

#[tokio::test]
async fn a_used_token_ends_the_grant() {
    let Some(judge) = Judge::start("oidc", &[]) else {
        return;
    };
    let seen = Seen::default();
    let grant = grant().store(seen.clone());
    let owner = client(&judge, &grant);
    sign_in(&judge, &grant, &owner).await.expect("tokens");
    expire(&owner).await;
    calls(&[&owner], 1).await;
    // Somebody has copied the first token.
    let stolen = OAuth::refresh_token("app", seen.tokens()[0].as_str());
    let thief = client(&judge, &stolen);
    let error = call(&thief).await.expect_err("a refusal");
    assert_eq!(reason(&error), "invalid_grant");
    assert_eq!(count(&owner, "grant.revoked").await, 1);
    // The owner is told what to do; what is left at the server is not asked for again.
    let error = call(&owner).await.expect_err("a refusal");
    assert!(
        error.oauth().is_some_and(|reason| reason.needs_sign_in()),
        "{error}"
    );
    sign_in(&judge, &grant, &owner).await.expect("tokens");
    calls(&[&owner], 2).await;
}

#[tokio::test]
async fn tokens_are_given_back() {
    let Some(judge) = Judge::start("oidc", &[]) else {
        return;
    };
    let seen = Seen::default();
    let grant = grant().store(seen.clone());
    let client = client(&judge, &grant);
    grant.revoke(&client).await.expect("nothing to give back");
    sign_in(&judge, &grant, &client).await.expect("tokens");
    calls(&[&client], 1).await;
    grant.revoke(&client).await.expect("an answer");
    assert!(!grant.is_signed_in(&client).await.expect("a store"));
    let error = call(&client).await.expect_err("no tokens");
    assert!(
        error.to_string().contains("nobody has signed in"),
        "{error}"
    );
    // The server takes them from nobody else either.
    let copied = OAuth::refresh_token("app", seen.tokens()[0].as_str());
    let error = call(&crate::api::client(&judge, &copied)).await;
    assert_eq!(reason(&error.expect_err("a refusal")), "invalid_grant");
}
