//! Refresh tokens that are good for one use.

use crate::api::{call, client, expired};
use crate::server::Server;
use pontoon_runtime::Error;
use pontoon_runtime::auth::OAuth;
use pontoon_runtime::auth::oauth::Tokens;
use pontoon_runtime::auth::store::{MemoryStore, StoreLock, TokenStore};
use pontoon_runtime::transport::BoxFuture;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

/// A store that tells what is done with it, and fails as often as it is told to.
#[derive(Clone, Default)]
struct Watched {
    inner: MemoryStore,
    failures: Arc<AtomicUsize>,
    saved: Arc<Mutex<Vec<String>>>,
    keys: Arc<Mutex<Vec<String>>>,
}

impl Watched {
    fn fail(&self, times: usize) {
        self.failures.store(times, Ordering::SeqCst);
    }
    fn saved(&self) -> Vec<String> {
        self.saved.lock().expect("a list").clone()
    }
}

impl TokenStore for Watched {
    fn load(&self, key: &str) -> BoxFuture<Result<Option<Tokens>, Error>> {
        self.keys.lock().expect("a list").push(key.to_owned());
        self.inner.load(key)
    }
    fn save(&self, key: &str, tokens: &Tokens) -> BoxFuture<Result<(), Error>> {
        let left = self.failures.load(Ordering::SeqCst);
        if left > 0 {
            self.failures.store(left - 1, Ordering::SeqCst);
            return Box::pin(async { Err(Error::credential("the disk is full")) });
        }
        let text = |token: &Option<pontoon_runtime::Secret>| {
            token
                .as_ref()
                .map_or("-", |token| token.expose())
                .to_owned()
        };
        let row = format!(
            "{} {} {}",
            tokens.access_token.expose(),
            text(&tokens.refresh_token),
            text(&tokens.former_refresh_token)
        );
        self.saved.lock().expect("a list").push(row);
        self.inner.save(key, tokens)
    }
    fn remove(&self, key: &str) -> BoxFuture<Result<(), Error>> {
        self.inner.remove(key)
    }
    fn try_lock(&self, key: &str) -> BoxFuture<Result<Option<StoreLock>, Error>> {
        self.inner.try_lock(key)
    }
}

/// A grant with a store.
fn grant(store: &Watched) -> OAuth {
    OAuth::authorization_code("id").store(store.clone())
}

/// Puts tokens where grants of this server look for them.
async fn put(store: &Watched, server: &Server, tokens: &Tokens) {
    let _ = client(server, &grant(store));
    store
        .inner
        .save("id /token", tokens)
        .await
        .expect("a store in memory");
}

fn refreshed_with(server: &Server) -> Vec<String> {
    let asked = server.requests("/token");
    let tokens = asked.iter().map(|one| one.form["refresh_token"].clone());
    tokens.collect()
}

#[tokio::test]
async fn a_new_token_is_stored_before_it_is_used() {
    let server = Server::start();
    let store = Watched::default();
    put(&store, &server, &expired(&server.grant())).await;
    let client = client(&server, &grant(&store));
    call(&client).await.expect("an answer");
    assert_eq!(store.saved(), ["a1 r1 r0"]);
    // The next one, by the token of the first.
    server.state().access.clear();
    call(&client).await.expect("an answer");
    assert_eq!(store.saved(), ["a1 r1 r0", "a2 r2 r1"]);
    assert_eq!(refreshed_with(&server), ["r0", "r1"]);
}

#[tokio::test]
async fn two_clients_of_one_store_renew_once() {
    let server = Server::start();
    let store = Watched::default();
    put(&store, &server, &expired(&server.grant())).await;
    // As two processes: nothing but the store is shared.
    let clients = [
        client(&server, &grant(&store)),
        client(&server, &grant(&store)),
    ];
    server.hold(true);
    let calls: Vec<_> = (0..20)
        .map(|index| tokio::spawn(call(&clients[index % 2])))
        .collect();
    let server = Arc::new(server);
    let waiting = Arc::clone(&server);
    let came = tokio::task::spawn_blocking(move || waiting.wait_for("/token"));
    came.await.expect("a request");
    server.hold(false);
    for call in calls {
        call.await.expect("no panic").expect("an answer");
    }
    assert_eq!(refreshed_with(&server), ["r0"]);
    assert!(!server.state().revoked);
}

#[tokio::test]
async fn a_store_that_fails_loses_nothing() {
    let server = Server::start();
    let store = Watched::default();
    put(&store, &server, &expired(&server.grant())).await;
    let client = client(&server, &grant(&store));
    // One failure is passed over.
    store.fail(1);
    call(&client).await.expect("an answer");
    assert_eq!(store.saved(), ["a1 r1 r0"]);
    // A store that stays broken: the call fails, and the new tokens are not used.
    server.state().access.clear();
    let things = server.requests("/things").len();
    store.fail(usize::MAX);
    let error = call(&client).await.expect_err("not stored").to_string();
    assert!(error.contains("could not be stored (no usable credential: the disk is full)"));
    // One with the refused token, none with the new one.
    assert_eq!(server.requests("/things").len(), things + 1);
    let error = call(&client).await.expect_err("not stored").to_string();
    assert!(error.contains("could not be stored"), "{error}");
    assert_eq!(refreshed_with(&server), ["r0", "r1"]);
    // The store comes back: they are stored, and nothing was lost.
    store.fail(0);
    call(&client).await.expect("an answer");
    assert_eq!(store.saved(), ["a1 r1 r0", "a2 r2 r1"]);
    assert_eq!(refreshed_with(&server), ["r0", "r1"]);
    assert!(!server.state().revoked);
}

#[tokio::test]
async fn a_process_that_ends_between_the_write_and_the_use() {
    let server = Server::start();
    let store = Watched::default();
    put(&store, &server, &expired(&server.grant())).await;
    let first = client(&server, &grant(&store));
    // The API is down when the new token would be used; then the process ends.
    server.answer("/things", &[(500, "{}")]);
    let _ = call(&first).await;
    drop(first);
    assert_eq!(store.saved(), ["a1 r1 r0"]);
    let second = client(&server, &grant(&store));
    call(&second).await.expect("an answer");
    server.state().access.clear();
    call(&second).await.expect("an answer");
    assert_eq!(refreshed_with(&server), ["r0", "r1"]);
}

#[tokio::test]
async fn the_token_before_helps_where_the_server_does_not_know_the_new_one() {
    let server = Server::start();
    let store = Watched::default();
    let mut tokens = expired("never seen");
    tokens.former_refresh_token = Some(server.grant().into());
    put(&store, &server, &tokens).await;
    call(&client(&server, &grant(&store)))
        .await
        .expect("an answer");
    assert_eq!(refreshed_with(&server), ["never seen", "r0"]);
}

#[tokio::test]
async fn a_call_that_is_dropped_does_not_lose_its_renewal() {
    let server = Arc::new(Server::start());
    let store = Watched::default();
    put(&store, &server, &expired(&server.grant())).await;
    let client = client(&server, &grant(&store));
    server.hold(true);
    let dropped = tokio::spawn(call(&client));
    let waiting = Arc::clone(&server);
    let came = tokio::task::spawn_blocking(move || waiting.wait_for("/token"));
    came.await.expect("a request");
    dropped.abort();
    assert!(dropped.await.is_err());
    server.hold(false);
    call(&client).await.expect("an answer");
    assert_eq!(refreshed_with(&server), ["r0"]);
    assert_eq!(store.saved(), ["a1 r1 r0"]);
}

#[tokio::test]
async fn a_grant_that_is_over() {
    let server = Server::start();
    let store = Watched::default();
    put(&store, &server, &expired("gone")).await;
    let own = grant(&store);
    let client = client(&server, &own);
    let error = call(&client).await.expect_err("revoked");
    assert!(error.is_auth());
    assert!(error.oauth().is_some_and(|reason| reason.needs_sign_in()));
    assert!(error.to_string().contains("sign in again"), "{error}");
    assert_eq!(refreshed_with(&server), ["gone"]);
    // It shows whether there are tokens, and forgets them.
    assert!(own.is_signed_in(&client).await.expect("a store"));
    own.sign_out(&client).await.expect("a store");
    assert!(!own.is_signed_in(&client).await.expect("a store"));
    let error = call(&client).await.expect_err("nobody").to_string();
    assert!(error.contains("nobody has signed in yet"), "{error}");
    assert_eq!(refreshed_with(&server).len(), 1);
}

#[tokio::test]
async fn a_refresh_token_from_elsewhere() {
    let server = Server::start();
    let grant = OAuth::refresh_token("id", server.grant()).client_secret("s");
    let client = client(&server, &grant);
    call(&client).await.expect("an answer");
    server.state().access.clear();
    call(&client).await.expect("an answer");
    assert_eq!(refreshed_with(&server), ["r0", "r1"]);
    let form = &server.requests("/token")[0].form;
    assert_eq!(form["grant_type"], "refresh_token");
    assert!(!form.contains_key("client_id") && !form.contains_key("scope"));
}

#[tokio::test]
async fn tokens_are_not_seen() {
    let server = Server::start();
    let store = Watched::default();
    put(&store, &server, &expired("s3cret-refresh")).await;
    let lines = Arc::new(Mutex::new(String::new()));
    let sink = Arc::clone(&lines);
    let grant = grant(&store).client_secret("s3cret");
    server.answer(
        "/token",
        &[(
            200,
            r#"{"access_token":"s3cret-a","refresh_token":"s3cret-r"}"#,
        )],
    );
    let client = crate::api::logged(&server, &grant, move |event| {
        *sink.lock().expect("a log") += &format!("{event}\n");
    });
    let error = call(&client).await.expect_err("unknown token");
    let mut shown = format!("{error} {error:?} {client:?} {grant:?} {:?}", store.inner);
    shown += &lines.lock().expect("a log");
    assert!(
        shown.contains("> POST") && shown.contains("/token (OAuth 2)"),
        "{shown}"
    );
    assert!(!shown.contains("s3cret"), "{shown}");
}
