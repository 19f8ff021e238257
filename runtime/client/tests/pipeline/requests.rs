//! What is sent.

use crate::api::{Client, Pet, always, client, only, token};
use pontoon_runtime::{CallOptions, ClientBuilder};
use std::time::Duration;

#[tokio::test]
async fn a_plain_call() {
    let memory = always(200, r#"[{"id":1,"name":"Rex"},{"id":2}]"#);
    let pets = client(&memory)
        .list()
        .limit(10)
        .trace("t1")
        .send()
        .await
        .expect("pets");
    assert_eq!(pets.value[0].name.as_deref(), Some("Rex"));
    assert_eq!(pets.value[1].id, 2);
    assert_eq!(pets.status(), 200);
    assert_eq!(pets.media_type(), Some("application/json"));
    assert_eq!(pets.url(), "https://eu.pets.example/v1/pets?limit=10");

    let sent = only(&memory);
    assert_eq!(sent.method, "GET");
    assert_eq!(
        sent.url.as_str(),
        "https://eu.pets.example/v1/pets?limit=10"
    );
    assert_eq!(sent.header("user-agent"), Some("pets/1.0"));
    assert_eq!(sent.header("accept"), Some("application/json"));
    assert_eq!(sent.header("x-version"), Some("2"));
    assert_eq!(sent.header("x-trace"), Some("t1"));
    assert_eq!(sent.header("content-type"), None);
    assert!(sent.body.is_empty());
}

#[tokio::test]
async fn a_body() {
    let memory = always(201, r#"{"id":7}"#);
    let pet = client(&memory)
        .create(&Pet::new(7))
        .credential(token("t"))
        .send()
        .await
        .expect("a pet")
        .into_value();
    assert_eq!(pet.id, 7);
    let sent = only(&memory);
    assert_eq!(sent.header("content-type"), Some("application/json"));
    assert_eq!(&sent.body[..], br#"{"id":7}"#);
}

#[tokio::test]
async fn settings_of_a_call() {
    let memory = always(200, "[]");
    client(&memory)
        .list()
        .header("X-Version", "3")
        .header("X-More", "a")
        .header("X-More", "b")
        .query("forgotten one", "a&b")
        .timeout(Duration::from_secs(3))
        .base_url("http://localhost:1/api/")
        .send()
        .await
        .expect("pets");
    let sent = only(&memory);
    assert_eq!(
        sent.url.as_str(),
        "http://localhost:1/api/pets?forgotten%20one=a%26b"
    );
    assert_eq!(sent.header("x-version"), Some("3"));
    assert_eq!(sent.headers.get_all("x-more").iter().count(), 2);
    assert_eq!(sent.timeout, Some(Duration::from_secs(3)));
}

#[tokio::test]
async fn settings_of_a_client() {
    let memory = always(200, "[]");
    let client = Client::builder()
        .transport(memory.clone())
        .server_variable("region", "us")
        .user_agent("mine/2")
        .default_header("X-Version", "9")
        .timeout(Duration::from_secs(9))
        .build()
        .expect("a client");
    client.list().send().await.expect("pets");
    let sent = only(&memory);
    assert_eq!(sent.url.as_str(), "https://us.pets.example/v1/pets");
    assert_eq!(sent.header("user-agent"), Some("mine/2"));
    assert_eq!(sent.header("x-version"), Some("9"));
    assert_eq!(sent.timeout, Some(Duration::from_secs(9)));
}

#[tokio::test]
async fn servers_of_an_operation() {
    let memory = always(200, "x");
    client(&memory).photo().send().await.expect("a photo");
    assert_eq!(only(&memory).url.as_str(), "https://photos.example/photo");

    let memory = always(200, "x");
    let client = Client::builder()
        .transport(memory.clone())
        .base_url("http://localhost:1");
    let client = client.build().expect("a client");
    client.photo().send().await.expect("a photo");
    assert_eq!(only(&memory).url.as_str(), "http://localhost:1/photo");
}

#[tokio::test]
async fn a_relative_server_needs_a_base_url() {
    let memory = always(200, "[]");
    let client = Client::builder()
        .transport(memory.clone())
        .server(1)
        .build()
        .expect("a client");
    let error = client.list().send().await.expect_err("no base URL");
    assert!(error.is_request());
    assert_eq!(
        error.to_string(),
        "GET /pets: the API's server URL `/relative` is relative: give the whole URL to \
         ClientBuilder::base_url, for example https://host.example/relative"
    );
    assert!(memory.requests().is_empty());
}

#[test]
fn settings_that_are_refused() {
    type Change = fn(ClientBuilder<Client>) -> ClientBuilder<Client>;
    let refused: &[(Change, &str)] = &[
        (|b| b.base_url("localhost"), "not an absolute URL"),
        (|b| b.server(5), "there is no server 5"),
        (|b| b.server_variable("region", "x"), "one of eu, us"),
        (|b| b.default_header("a b", "c"), "not a header name"),
        (|b| b.default_header("a", "c\n"), "not a header value"),
        #[cfg(any(feature = "reqwest", feature = "hyper"))]
        (
            |b| b.read_timeout(std::time::Duration::ZERO),
            "the built-in transport",
        ),
    ];
    for &(change, expected) in refused {
        let builder = Client::builder().transport(always(200, ""));
        let error = change(builder).build().expect_err(expected);
        assert!(error.is_request());
        assert!(error.to_string().contains(expected), "{error}");
    }
}

#[tokio::test]
async fn what_cannot_be_sent() {
    let memory = always(200, "{}");
    let client = client(&memory);
    for (id, expected) in [
        ("", "the path parameter `id` has no value"),
        ("..", "would lead to another path"),
    ] {
        let error = client.get(id).anonymous().send().await.expect_err(expected);
        assert!(error.is_request());
        assert!(error.to_string().contains(expected), "{error}");
    }
    let error = client.list().header("a\n", "b").send().await;
    assert!(error.expect_err("a header").is_request());
    assert!(memory.requests().is_empty());
}

#[tokio::test]
async fn values_stay_in_their_place() {
    let memory = always(200, r#"{"id":1}"#);
    client(&memory)
        .get("a/b?c#d %")
        .send()
        .await
        .expect("a pet");
    let url = only(&memory).url.as_str().to_owned();
    assert_eq!(url, "https://eu.pets.example/v1/pets/a%2Fb%3Fc%23d%20%25");
}

#[tokio::test]
async fn a_parameter_set_twice() {
    let memory = always(200, "[]");
    let call = client(&memory).list().limit(1).tag("a").limit(22).sort("b");
    call.tag("ccc").limit(3).send().await.expect("pets");
    let url = only(&memory).url.as_str().to_owned();
    assert_eq!(
        url,
        "https://eu.pets.example/v1/pets?sort=b&tag=ccc&limit=3"
    );
}

#[tokio::test]
async fn a_call_can_run_on_its_own() {
    let memory = always(200, "[]");
    let call = client(&memory).list().send();
    let pets = tokio::spawn(call).await.expect("the task");
    assert!(pets.expect("pets").value.is_empty());
}

#[test]
fn a_call_is_shown_without_its_values() {
    let client = client(&always(200, ""));
    let shown = format!(
        "{:?}",
        client.get("value").header("authorization", "s3cret")
    );
    assert!(shown.contains("pets/get"), "{shown}");
    assert!(!shown.contains("s3cret"), "{shown}");
}
