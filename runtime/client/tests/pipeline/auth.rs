//! Which credentials are sent, and that they are not seen.

use crate::api::{Client, Pet, always, client, cookie, key, login, only, query, token};
use pontoon_runtime::transport::{Memory, Recorded};
use pontoon_runtime::{CallOptions, Credential, Error};

fn with(memory: &Memory, credentials: &[Credential]) -> Client {
    let mut builder = Client::builder().transport(memory.clone());
    for credential in credentials {
        builder = builder.credential(credential.clone());
    }
    builder.build().expect("a client")
}

async fn create(credentials: &[Credential]) -> Result<Recorded, Error> {
    let memory = always(201, r#"{"id":1}"#);
    let client = with(&memory, credentials);
    client.create(&Pet::new(1)).send().await?;
    Ok(only(&memory))
}

#[tokio::test]
async fn each_scheme() {
    let sent = create(&[token("t0")]).await.expect("bearer");
    assert_eq!(sent.header("authorization"), Some("Bearer t0"));

    let sent = create(&[login("Aladdin", "open sesame")])
        .await
        .expect("basic");
    let expected = "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==";
    assert_eq!(sent.header("authorization"), Some(expected));

    let sent = create(&[cookie("c 1")]).await.expect("a cookie");
    assert_eq!(sent.header("cookie"), Some("pet=c%201"));

    let sent = create(&[key("k0"), query("q&0")]).await.expect("two keys");
    assert_eq!(sent.header("x-pet"), Some("pet k0"));
    assert_eq!(
        sent.url.as_str(),
        "https://eu.pets.example/v1/pets?pet=q%260"
    );
    assert_eq!(sent.header("authorization"), None);
}

#[tokio::test]
async fn the_first_complete_alternative() {
    let sent = create(&[key("k0"), login("u", "p")]).await.expect("basic");
    assert_eq!(sent.header("x-pet"), None);
    assert!(sent.headers.contains_key("authorization"));
}

#[tokio::test]
async fn a_missing_credential_is_told_before_sending() {
    let error = create(&[key("half of a pair")])
        .await
        .expect_err("no credential");
    assert!(error.is_request());
    assert_eq!(
        error.to_string(),
        "POST /pets: no credential for `token`, or `key` and `query`, or `login`, or `cookie`: \
         give it to ClientBuilder::credential, or set PETS_TEST_TOKEN, or PETS_TEST_KEY, or \
         PETS_TEST_USER and PETS_TEST_PASSWORD and use credentials_from_env"
    );
}

#[tokio::test]
async fn anonymous_where_allowed() {
    let memory = always(200, r#"{"id":1}"#);
    client(&memory).get("1").send().await.expect("a pet");
    assert_eq!(only(&memory).header("authorization"), None);
    // A credential that is at hand is used, though the API does not ask for it.
    let memory = always(200, r#"{"id":1}"#);
    with(&memory, &[token("t")])
        .get("1")
        .send()
        .await
        .expect("a pet");
    assert!(only(&memory).headers.contains_key("authorization"));
    // Unless the caller says otherwise.
    let memory = always(200, r#"{"id":1}"#);
    let call = with(&memory, &[token("t")]).get("1").anonymous();
    call.send().await.expect("a pet");
    assert_eq!(only(&memory).header("authorization"), None);
}

#[tokio::test]
async fn for_one_call() {
    let memory = always(201, r#"{"id":1}"#);
    let client = with(&memory, &[token("client")]);
    client
        .create(&Pet::new(1))
        .credential(token("call"))
        .send()
        .await
        .expect("a pet");
    client
        .create(&Pet::new(1))
        .credential(login("u", "p"))
        .send()
        .await
        .expect("a pet");
    client
        .create(&Pet::new(1))
        .header("Authorization", "own")
        .send()
        .await
        .expect("a pet");
    let sent = memory.requests();
    assert_eq!(sent[0].header("authorization"), Some("Bearer call"));
    assert_eq!(sent[1].header("authorization"), Some("Basic dTpw"));
    assert_eq!(sent[2].header("authorization"), Some("own"));
}

#[tokio::test]
async fn plain_http_to_other_machines() {
    let send = async |base: &str, allow: bool| {
        let memory = always(200, r#"{"id":1}"#);
        let builder = Client::builder().transport(memory.clone()).base_url(base);
        let builder = builder.credential(token("t0")).plain_http(allow);
        let client = builder.build().expect("a client");
        let result = client.get("1").send().await.map(drop);
        assert_eq!(memory.requests().len(), usize::from(result.is_ok()));
        result
    };
    let error = send("http://pets.example", false).await.expect_err("http");
    assert_eq!(
        error.to_string(),
        "GET /pets/{id}: a credential is not sent over plain http to pets.example, since anyone on \
         the way could read it: use https, or allow it by ClientBuilder::plain_http"
    );
    for (base, allow) in [
        ("http://pets.example", true),
        ("http://localhost:1", false),
        ("http://127.0.0.9:1", false),
        ("http://[::1]:1", false),
        ("HTTPS://pets.example", false),
    ] {
        send(base, allow).await.expect(base);
    }
    // Without a credential there is nothing to read.
    let memory = always(200, r#"{"id":1}"#);
    let builder = Client::builder()
        .transport(memory)
        .base_url("http://pets.example");
    let client = builder.build().expect("a client");
    client.get("1").send().await.expect("a pet");
}

#[test]
fn credentials_that_are_refused() {
    for (credential, expected) in [
        (
            token(""),
            "the credential for `token`: the token or key is empty",
        ),
        (token("a\n"), "cannot carry"),
        (login("a:b", "c"), "a user name cannot contain a colon"),
        (Credential::basic(1, "a", "b"), "it takes a token or key"),
        (
            Credential::token(2, "a"),
            "it takes a user name and password",
        ),
        (Credential::token(99, "a"), "belongs to another API"),
    ] {
        let builder = Client::builder().transport(always(200, ""));
        let error = builder.credential(credential).build().expect_err(expected);
        assert!(error.to_string().contains(expected), "{error}");
    }
}

#[tokio::test]
async fn secrets_are_not_seen() {
    let secrets = [
        key("s3cret"),
        token("s3cret"),
        query("s3cret"),
        cookie("s3cret"),
    ];
    let memory = Memory::new(|_| Err(Error::connect("refused")));
    let mut builder = Client::builder()
        .transport(memory.clone())
        .default_header("X-Api-Key", "s3cret");
    for secret in &secrets {
        builder = builder.credential(secret.clone());
    }
    let mut shown = format!("{builder:?} {secrets:?}");
    let client = builder.build().expect("a client");
    shown += &format!("{client:?}");
    for credential in secrets {
        let call = client
            .create(&Pet::new(1))
            .credential(credential)
            .query("access_token", "s3cret");
        shown += &format!("{call:?}");
        let error = call.send().await.expect_err("no connection");
        shown += &format!("{error} {error:?} {:?}", error.url());
    }
    assert!(
        memory
            .requests()
            .iter()
            .any(|r| r.url.as_str().contains("pet=s3cret"))
    );
    shown += &format!("{memory:?}");
    assert!(!shown.contains("s3cret"), "{shown}");
}
