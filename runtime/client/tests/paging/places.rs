//! What differs from page to page goes where it belongs, and nothing else changes.

use crate::server::{API, BASE, RULES, client, ids, json, list, names, records, search};
use http::StatusCode;
use pontoon_runtime::codegen::{Accepted, Json, Operation, Origin, Paging, Place, View};
use pontoon_runtime::json::JsonObject;
use pontoon_runtime::transport::{Memory, Response};
use pontoon_runtime::{CallOptions, ClientBuilder, CoreClient, PagingFault};

#[tokio::test]
async fn the_callers_own_query_is_kept() {
    let (_, operation, answer) = RULES[2];
    let (client, memory) = client(answer);
    let call = client
        .call(operation)
        .param(1, View::I64(3))
        .query("q", "a b");
    let (found, error) = ids(call).await;
    assert!(error.is_none());
    assert_eq!(found, names(0..7));
    let urls: Vec<String> = memory
        .requests()
        .iter()
        .map(|r| r.url.as_str().to_owned())
        .collect();
    assert_eq!(urls[0], format!("{BASE}/things?per_page=3&q=a%20b"));
    let token = "page%5Bafter%5D=c%2F3%2B%20%C3%A9%26%3D";
    assert_eq!(urls[1], format!("{BASE}/things?per_page=3&{token}&q=a%20b"));
}

/// A caller may begin elsewhere: the value is replaced, not doubled.
#[tokio::test]
async fn the_callers_own_start() {
    let (_, operation, answer) = RULES[10];
    let (client, memory) = client(answer);
    let (found, error) = ids(client.call(operation).param(0, View::I64(2))).await;
    assert!(error.is_none());
    assert_eq!(found, names(3..7));
    let (found, _) = ids(client.call(operation).query("page", "3")).await;
    assert_eq!(found, names(6..7));
    let urls: Vec<String> = memory
        .requests()
        .iter()
        .map(|r| r.url.as_str().to_owned())
        .collect();
    assert_eq!(
        urls,
        [2, 3, 3].map(|page| format!("{BASE}/things?page={page}"))
    );
    // Totals are those of the whole list.
    let (_, operation, answer) = RULES[12];
    let (client, _) = self::client(answer);
    let (found, error) = ids(client.call(operation).param(0, View::I64(2))).await;
    assert!(error.is_none(), "{error:?}");
    assert_eq!(found, names(3..7));
}

/// The rest of a body is kept; where there is none, one is made.
#[tokio::test]
async fn bodies() {
    let (_, operation, answer) = RULES[4];
    let (client, memory) = client(answer);
    let mut filter = JsonObject::new();
    filter.insert("q".to_owned(), Json::from("x"));
    filter.insert("page".to_owned(), Json::from([("size", 3i64)]));
    let body = Json::Object(filter);
    let (found, error) = ids(client.call(operation).body(View::Json(&body))).await;
    assert!(error.is_none());
    assert_eq!(found, names(0..7));
    let (found, _) = ids(client.call(operation)).await;
    assert_eq!(found, names(0..7));
    let requests = memory.requests();
    let bodies: Vec<String> = requests
        .iter()
        .map(|r| String::from_utf8_lossy(&r.body).into_owned())
        .collect();
    assert_eq!(bodies[0], r#"{"page":{"size":3},"q":"x"}"#);
    assert_eq!(
        bodies[1],
        "{\"page\":{\"cursor\":\"c/3+ é&=\",\"size\":3},\"q\":\"x\"}"
    );
    assert_eq!(bodies[3], "");
    assert_eq!(bodies[4], "{\"page\":{\"cursor\":\"c/3+ é&=\"}}");
    assert!(
        requests
            .iter()
            .skip(4)
            .all(|r| r.header("content-type") == Some("application/json"))
    );
}

/// A number in the body stays a number.
#[tokio::test]
async fn numbers_in_bodies() {
    static BY_OFFSET: Operation =
        search(&Paging::offset(Place::Body("/offset"), 0).records("/data"));
    let (client, _) = client(|asked| {
        let from = asked.body["offset"].as_i64().unwrap_or(0);
        let from = usize::try_from(from).expect("positive");
        json(format!(
            r#"{{"data":{}}}"#,
            records(from.min(5)..(from + 2).min(5))
        ))
    });
    let body = Json::from([("offset", 1i64)]);
    let (found, error) = ids(client.call(&BY_OFFSET).body(View::Json(&body))).await;
    assert!(error.is_none(), "{error:?}");
    assert_eq!(found, names(1..5));
}

#[tokio::test]
async fn no_content_is_an_empty_page() {
    let (client, _) = client(|_| Response::new(StatusCode::NO_CONTENT));
    let (found, error) = ids(client.call(RULES[0].1)).await;
    assert!(found.is_empty() && error.is_none(), "{error:?}");
}

/// Where the API declares no 204, one is no end of a list.
#[tokio::test]
async fn undeclared_no_content_is_an_error() {
    static LIST: Operation = Operation {
        responses: &[Accepted::json(200, 0)],
        ..list(&Paging::next_url(Origin::Body("/next")).records("/data"))
    };
    let (client, _) = client(|asked| match asked.query.contains_key("page") {
        false => json(format!(r#"{{"data":{},"next":"?page=2"}}"#, records(0..2))),
        true => Response::new(StatusCode::NO_CONTENT),
    });
    let (found, error) = ids(client.call(&LIST)).await;
    assert_eq!(found, names(0..2));
    let fault = error.and_then(|error| error.paging_fault());
    assert_eq!(fault, Some(PagingFault::MissingRecords));
}

/// Relative links are resolved by the URL that gave the answer, after redirects.
#[tokio::test]
async fn links_after_a_redirect() {
    static LINK: Operation = list(&Paging::next_url(Origin::Body("/next")).records("/data"));
    let memory = Memory::new(|request| {
        Ok(match request.url.as_str() {
            "https://lists.example/v1/things" => {
                let to = http::HeaderValue::from_static("/v2/all/things?size=2");
                Response::new(StatusCode::TEMPORARY_REDIRECT)
                    .with_header(http::header::LOCATION, to)
            }
            "https://lists.example/v2/all/things?size=2" => Response::json(
                StatusCode::OK,
                r#"{"data":[{"id":"r0"}],"next":"more?p=2"}"#,
            ),
            "https://lists.example/v2/all/more?p=2" => {
                Response::json(StatusCode::OK, r#"{"data":[{"id":"r1"}]}"#)
            }
            other => panic!("{other}"),
        })
    });
    let client: CoreClient = ClientBuilder::new(&API)
        .base_url(BASE)
        .transport(memory)
        .build()
        .expect("a client");
    let (found, error) = ids(client.call(&LINK)).await;
    assert!(error.is_none(), "{error:?}");
    assert_eq!(found, names(0..2));
}

/// Without a fact about its pages an operation is not read as a list.
#[tokio::test]
async fn an_operation_without_the_fact() {
    static PLAIN: Operation = Operation {
        paging: None,
        ..list(&Paging::link_header())
    };
    let (client, memory) = client(|_| json("[]"));
    let (_, error) = ids(client.call(&PLAIN)).await;
    assert!(error.expect("no fact").is_request());
    assert!(memory.requests().is_empty());
}
