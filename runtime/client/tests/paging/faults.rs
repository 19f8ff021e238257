//! What would lose records or never end is an error, with what was read before it.

use crate::server::{Asked, client, drain, ids, json, list, names, records, with};
use pontoon_runtime::PagingFault::{self, *};
use pontoon_runtime::codegen::{Json, Operation, Origin, Paging, Place};
use pontoon_runtime::transport::Response;

static TOKEN: Operation = list(
    &Paging::token(Place::Query("cursor"), Origin::Body("/next"))
        .records("/data")
        .more("/more"),
);
static TOTAL: Operation = list(
    &Paging::token(Place::Query("cursor"), Origin::Body("/next"))
        .records("/data")
        .total("/total"),
);
static LINK: Operation = list(&Paging::link_header());
static NEXT_URL: Operation = list(&Paging::next_url(Origin::Body("/next")).records("/data"));
static LAST_ID: Operation = list(
    &Paging::last_id(Place::Query("after"), "/id")
        .records("/data")
        .more("/more"),
);
static OFFSET: Operation = list(
    &Paging::offset(Place::Query("offset"), 0)
        .records("/data")
        .total("/total"),
);
static PAGE: Operation = list(&Paging::page(Place::Query("page"), 1).records("/data"));
static SPARSE: Operation = list(
    &Paging::token(Place::Query("cursor"), Origin::Body("/next"))
        .records("/data")
        .sparse(),
);

async fn check(
    name: &str,
    operation: &'static Operation,
    answer: fn(&Asked) -> Response,
    read: usize,
    fault: PagingFault,
) {
    for ahead in [0, 1, 4] {
        let (client, memory) = client(answer);
        let mut items = client.call(operation).items::<Json>().prefetch(ahead);
        let (found, error) = drain(&mut items).await;
        let error = error.unwrap_or_else(|| panic!("{name}: {found:?} and no error"));
        assert_eq!(error.paging_fault(), Some(fault), "{name}: {error}");
        assert!(
            error.is_paging() && error.operation() == Some("list"),
            "{name}: {error}"
        );
        assert_eq!(found, names(0..read), "{name}");
        assert!(memory.requests().len() < 20, "{name}");
    }
}

#[tokio::test]
async fn repeated_tokens() {
    check(
        "the same token",
        &TOKEN,
        |asked| match asked.query.get("cursor").map(String::as_str) {
            None => json(format!(r#"{{"data":{},"next":"a"}}"#, records(0..2))),
            _ => json(format!(r#"{{"data":{},"next":"a"}}"#, records(2..4))),
        },
        4,
        RepeatedRequest,
    )
    .await;
    check(
        "a circle of tokens",
        &TOKEN,
        |asked| match asked.query.get("cursor").map(String::as_str) {
            None => json(format!(r#"{{"data":{},"next":"a"}}"#, records(0..2))),
            Some("a") => json(format!(r#"{{"data":{},"next":"b"}}"#, records(2..4))),
            _ => json(format!(r#"{{"data":{},"next":"a"}}"#, records(4..6))),
        },
        6,
        RepeatedRequest,
    )
    .await;
    check(
        "the same link",
        &LINK,
        |asked| match asked.number("page") {
            None => with(json(records(0..2)), "link", "<?page=2>; rel=next"),
            _ => with(json(records(2..4)), "link", "<?page=2>; rel=next"),
        },
        4,
        RepeatedRequest,
    )
    .await;
    check(
        "the same last record",
        &LAST_ID,
        |_| json(format!(r#"{{"data":{},"more":true}}"#, records(0..2))),
        2,
        RepeatedPage,
    )
    .await;
}

#[tokio::test]
async fn repeated_pages() {
    check(
        "a server that does not know the parameter",
        &PAGE,
        |_| json(format!(r#"{{"data":{}}}"#, records(0..2))),
        2,
        RepeatedPage,
    )
    .await;
    check(
        "new tokens for old records",
        &TOKEN,
        |asked| {
            let count = asked.number("cursor").unwrap_or(0) + 1;
            json(format!(r#"{{"data":{},"next":"{count}"}}"#, records(0..2)))
        },
        2,
        RepeatedPage,
    )
    .await;
}

#[tokio::test]
async fn pages_without_end() {
    let (client, memory) = client(|asked| {
        let count = asked.number("cursor").unwrap_or(0) + 1;
        json(format!(r#"{{"data":[],"next":"{count}"}}"#))
    });
    let (found, error) = ids(client.call(&TOKEN)).await;
    assert!(found.is_empty());
    assert_eq!(
        error.and_then(|error| error.paging_fault()),
        Some(TooManyPages)
    );
    assert!(memory.requests().len() < 2000);

    let (client, memory) = self::client(|asked| {
        let count = asked.number("cursor").unwrap_or(0);
        let next = count + 1;
        json(format!(
            r#"{{"data":{},"next":"{next}"}}"#,
            records(count..next)
        ))
    });
    for ahead in [0, 3] {
        let before = memory.requests().len();
        let mut items = client
            .call(&TOKEN)
            .items::<Json>()
            .max_pages(5)
            .prefetch(ahead);
        let (found, error) = drain(&mut items).await;
        assert_eq!(found, names(0..5));
        assert_eq!(
            error.and_then(|error| error.paging_fault()),
            Some(TooManyPages)
        );
        assert_eq!(memory.requests().len() - before, 5);
    }
}

#[tokio::test]
async fn totals_that_do_not_add_up() {
    check(
        "fewer than the total",
        &TOTAL,
        |_| json(format!(r#"{{"data":{},"total":3}}"#, records(0..2))),
        0,
        TotalMismatch,
    )
    .await;
    check(
        "more than the total",
        &TOTAL,
        |asked| match asked.query.get("cursor") {
            None => json(format!(
                r#"{{"data":{},"next":"a","total":3}}"#,
                records(0..2)
            )),
            _ => json(format!(r#"{{"data":{},"total":3}}"#, records(2..4))),
        },
        2,
        TotalMismatch,
    )
    .await;
    check(
        "nothing after an offset below the total",
        &OFFSET,
        |asked| match asked.number("offset") {
            None => json(format!(r#"{{"data":{},"total":5}}"#, records(0..2))),
            _ => json(r#"{"data":[],"total":5}"#),
        },
        2,
        TotalMismatch,
    )
    .await;
}

/// While a list is read, records may come and go.
#[tokio::test]
async fn totals_may_move() {
    // A total of 0 is one that was not counted.
    for totals in [[4, 5], [5, 4], [4, 3], [0, 0]] {
        let (client, _) = client(move |asked| match asked.query.get("cursor") {
            None => json(format!(
                r#"{{"data":{},"next":"a","total":{}}}"#,
                records(0..2),
                totals[0]
            )),
            _ => json(format!(
                r#"{{"data":{},"total":{}}}"#,
                records(2..4),
                totals[1]
            )),
        });
        let (found, error) = ids(client.call(&TOTAL)).await;
        assert!(error.is_none(), "{totals:?} {error:?}");
        assert_eq!(found, names(0..4));
    }
}

#[tokio::test]
async fn other_hosts() {
    for (to, is_other) in [
        ("https://evil.example/things?page=2", true),
        ("//evil.example/things?page=2", true),
        ("https://lists.example:8443/v1/things?page=2", true),
        ("https://user:pw@lists.example/v1/things?page=2", true),
        ("ftp://lists.example/v1/things?page=2", true),
        // What proxies make of https.
        ("http://lists.example/v1/things?page=2", false),
        ("http://lists.example:8080/v1/things?page=2", true),
        ("https://LISTS.example:443/v1/things?page=2", false),
        ("/v1/things?page=2", false),
        ("?page=2#top", false),
    ] {
        let (client, memory) = client(move |asked| match asked.number("page") {
            None => json(format!(r#"{{"data":{},"next":"{to}"}}"#, records(0..2))),
            _ => json(format!(r#"{{"data":{}}}"#, records(2..4))),
        });
        let (found, error) = ids(client.call(&NEXT_URL)).await;
        if is_other {
            let error = error.expect(to);
            assert_eq!(error.paging_fault(), Some(OtherOrigin), "{to}");
            assert_eq!(memory.requests().len(), 1, "{to}");
        } else {
            assert!(error.is_none(), "{to}: {error:?}");
            assert_eq!(found, names(0..4), "{to}");
            assert_eq!(
                memory.requests()[1].url.as_str(),
                "https://lists.example/v1/things?page=2"
            );
        }
    }
}

#[tokio::test]
async fn a_trusted_origin() {
    let (client, memory) = client(|asked| match asked.number("page") {
        None => json(format!(
            r#"{{"data":{},"next":"https://eu.example/x?page=2"}}"#,
            records(0..2)
        )),
        _ => json(format!(r#"{{"data":{}}}"#, records(2..4))),
    });
    let items = client.call(&NEXT_URL).items::<Json>();
    let mut items = items.trust_origin("https://eu.example/anything");
    let (found, error) = drain(&mut items).await;
    assert!(error.is_none(), "{error:?}");
    assert_eq!(found, names(0..4));
    assert_eq!(
        memory.requests()[1].url.as_str(),
        "https://eu.example/x?page=2"
    );

    let items = client
        .call(&NEXT_URL)
        .items::<Json>()
        .trust_origin("eu.example");
    assert!(drain(&mut { items }).await.1.expect("no URL").is_request());
}

#[tokio::test]
async fn more_without_a_way_to_it() {
    check(
        "more, but no token",
        &TOKEN,
        |_| {
            json(format!(
                r#"{{"data":{},"more":true,"next":null}}"#,
                records(0..2)
            ))
        },
        0,
        MissingNext,
    )
    .await;
    check(
        "more, but no record to go on from",
        &LAST_ID,
        |_| json(r#"{"data":[],"more":true}"#),
        0,
        MissingNext,
    )
    .await;
    check(
        "a last record without a key",
        &LAST_ID,
        |_| json(r#"{"data":[{"id":"r0"},{"id":null}],"more":true}"#),
        0,
        MissingNext,
    )
    .await;
    check(
        "no word on whether there is more",
        &LAST_ID,
        |_| json(format!(r#"{{"data":{}}}"#, records(0..2))),
        0,
        MissingMore,
    )
    .await;
    check(
        "a token that is none",
        &TOKEN,
        |_| json(format!(r#"{{"data":{},"next":{{}}}}"#, records(0..2))),
        0,
        MissingNext,
    )
    .await;
    check(
        "two next links",
        &LINK,
        |_| {
            with(
                json("[]"),
                "link",
                "<?page=2>; rel=next, <?page=3>; rel=next",
            )
        },
        0,
        MissingNext,
    )
    .await;
}

#[tokio::test]
async fn no_records() {
    check(
        "another object",
        &TOKEN,
        |_| json(r#"{"items":[]}"#),
        0,
        MissingRecords,
    )
    .await;
    check(
        "another value",
        &TOKEN,
        |_| json(r#"{"data":{}}"#),
        0,
        MissingRecords,
    )
    .await;
    check(
        "records under another name, sparse",
        &SPARSE,
        |_| json(r#"{"items":[1]}"#),
        0,
        MissingRecords,
    )
    .await;
    check(
        "another value, sparse",
        &SPARSE,
        |_| json(r#"{"data":{}}"#),
        0,
        MissingRecords,
    )
    .await;
    check(
        "an object for an array",
        &LINK,
        |_| json("{}"),
        0,
        MissingRecords,
    )
    .await;
    for (operation, text) in [
        (&SPARSE, "{}"),
        (&SPARSE, r#"{"data":null}"#),
        (&TOKEN, r#"{"data":null}"#),
    ] {
        let (client, _) = client(move |_| json(text));
        let (found, error) = ids(client.call(operation)).await;
        assert!(found.is_empty() && error.is_none(), "{text}: {error:?}");
    }
}

/// Errors of other kinds end the stream too, and the position stays before the page.
#[tokio::test]
async fn an_answer_of_error() {
    let (client, _) = client(|asked| match asked.query.get("cursor") {
        None => json(format!(r#"{{"data":{},"next":"a"}}"#, records(0..2))),
        _ => Response::json(http::StatusCode::BAD_GATEWAY, "{}"),
    });
    let mut items = client.call(&TOKEN).items::<Json>();
    let (found, error) = drain(&mut items).await;
    assert_eq!(found, names(0..2));
    assert!(error.expect("502").is_server_error());
    assert_eq!((items.position().pages(), items.position().items()), (1, 2));
}

/// An item that does not decode costs itself.
#[tokio::test]
async fn a_bad_item_costs_itself() {
    let (client, _) = client(|asked| match asked.query.get("cursor") {
        None => json(r#"{"data":["a",7,"b"],"next":"x"}"#),
        _ => json(r#"{"data":["c"]}"#),
    });
    let mut items = client.call(&TOKEN).items::<String>();
    let mut found = Vec::new();
    while let Some(item) = items.next().await {
        match item {
            Ok(item) => found.push(item),
            Err(error) => {
                assert!(error.is_decode() && !error.is_paging());
                assert_eq!(error.json_path(), Some("$.data[1]"));
                assert_eq!(error.body().map(|body| &body[..]), Some(&b"7"[..]));
                found.push("!".to_owned());
            }
        }
    }
    assert_eq!(found, ["a", "!", "b", "c"]);

    // In pages they come after the page that they were left out of.
    static LINK: Operation = list(&Paging::link_header());
    let (plain, _) = self::client(|_| json(r#"["a",7,"b"]"#));
    let mut pages = plain.call(&LINK).pages::<Vec<String>>();
    let page = pages.next().await.expect("a page").expect("good");
    assert_eq!(page.value, ["a", "b"]);
    let error = pages.next().await.expect("an item").expect_err("a number");
    assert_eq!(error.json_path(), Some("$[1]"));
    assert_eq!(error.body().map(|body| &body[..]), Some(&b"7"[..]));
    assert!(pages.next().await.is_none());

    let mut pages = client.call(&TOKEN).pages::<String>();
    assert!(
        pages
            .next()
            .await
            .expect("a page")
            .expect_err("an object")
            .is_decode()
    );
    assert!(pages.next().await.expect("the next page").is_err());
    assert!(pages.next().await.is_none());
}
