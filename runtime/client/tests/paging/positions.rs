//! A list goes on from where it was left.

use crate::server::{RULES, TOKEN_WITH_KEY, client, drain, ids, json, names, records};
use pontoon_runtime::codegen::Json;
use pontoon_runtime::{CallOptions, Credential, PagingFault, Position};

/// At every boundary of pages, by every rule: the same items, once each.
#[tokio::test]
async fn every_boundary_by_every_rule() {
    for (name, operation, answer) in RULES {
        let (client, memory) = client(answer);
        let mut pages = client.call(operation).pages::<Json>();
        let mut kept = vec![(0, pages.position().to_string())];
        while let Some(page) = pages.next().await {
            let read = match page.expect(name).value {
                Json::Array(records) => records.len(),
                other => other["data"].as_array().expect(name).len(),
            };
            let before = kept.last().map_or(0, |(items, _)| *items);
            kept.push((before + read, pages.position().to_string()));
        }
        for (items, text) in kept {
            let position: Position = text.parse().expect("a position");
            assert_eq!(position.items(), items as u64, "{name}");
            let asked = memory.requests().len();
            let is_end = position.is_end();
            let mut rest = client.call(operation).items::<Json>().start_at(position);
            let (found, error) = drain(&mut rest).await;
            assert!(error.is_none(), "{name} from {text}: {error:?}");
            assert_eq!(found, names(items..7), "{name} from {text}");
            assert!(
                !is_end || memory.requests().len() == asked,
                "the end asks for nothing"
            );
            assert!(rest.position().is_end());
            assert_eq!(rest.position().items(), 7);
        }
    }
}

/// Within a page the position is that of its beginning: no item is lost.
#[tokio::test]
async fn an_unfinished_page_comes_again() {
    for (name, operation, answer) in RULES {
        let (client, _) = client(answer);
        for stop in 0..=7 {
            let mut items = client.call(operation).items::<Json>();
            for _ in 0..stop {
                items.next().await.expect("an item").expect(name);
            }
            let position = items.position().clone();
            assert_eq!(
                position.items(),
                if stop == 7 { 7 } else { stop / 3 * 3 },
                "{name}"
            );
            let first = usize::try_from(position.items()).expect("few");
            let mut rest = client.call(operation).items::<Json>().start_at(position);
            let (found, error) = drain(&mut rest).await;
            assert!(error.is_none(), "{name}");
            assert_eq!(found, names(first..7), "{name} after {stop}");
        }
    }
}

#[tokio::test]
async fn positions_of_other_lists_are_refused() {
    for text in [
        r#"{"operation":"other","next":"start","pages":0,"items":0}"#,
        r#"{"operation":"list","next":{"url":"/v1/things?page=2"},"pages":1,"items":3}"#,
    ] {
        let (client, memory) = client(|_| json("{}"));
        let position: Position = text.parse().expect("a position");
        let call = client.call(RULES[2].1);
        let (_, error) = drain(&mut call.items::<Json>().start_at(position)).await;
        let error = error.expect(text);
        assert_eq!(error.paging_fault(), Some(PagingFault::Position));
        assert!(memory.requests().is_empty());
    }
}

/// A position from anywhere leads to no other host.
#[tokio::test]
async fn positions_are_not_trusted() {
    for url in [
        "https://evil.example/v1/things",
        "//evil.example/",
        "/\\\\evil.example/",
        "https://lists.example@evil.example/",
        "ftp://lists.example/",
    ] {
        let (client, memory) = client(|_| json("[]"));
        let url = Json::from(url);
        let text = format!(r#"{{"operation":"list","next":{{"url":{url}}},"pages":1,"items":3}}"#);
        let position: Position = text.parse().expect("a position");
        let (_, error) =
            drain(&mut client.call(RULES[0].1).items::<Json>().start_at(position)).await;
        for request in memory.requests() {
            assert!(
                request.url.as_str().starts_with("https://lists.example/"),
                "{url}"
            );
        }
        assert!(
            error.is_some() || url.as_str().is_some_and(|url| url.starts_with('/')),
            "{url}"
        );
    }
}

/// Next links repeat what they were asked with; a position must not hold a key, and
/// a request must not have it twice.
#[tokio::test]
async fn positions_hold_no_secret() {
    let (client, memory) = client(|asked| {
        let page = asked.number("page").unwrap_or(1);
        assert_eq!(
            asked.url.matches("api_key=s3cret").count(),
            1,
            "{}",
            asked.url
        );
        assert_eq!(asked.url.matches("=t0ken").count(), 1, "{}", asked.url);
        let next = match page {
            3 => "null".to_owned(),
            _ => format!(
                "\"{}\"",
                asked
                    .url
                    .replace(&format!("page={page}"), &format!("page={}", page + 1))
            ),
        };
        json(format!(
            r#"{{"next":{next},"data":{}}}"#,
            records(page * 2..page * 2 + 2)
        ))
    });
    let call = || {
        let call = client
            .call(&TOKEN_WITH_KEY)
            .query("page", "1")
            .query("my_token", "t0ken");
        call.credential(Credential::token(0, "s3cret"))
    };
    let mut pages = call().pages::<Json>();
    let mut kept = Vec::new();
    while let Some(page) = pages.next().await {
        page.expect("a page");
        kept.push(pages.position().to_string());
    }
    assert_eq!(kept.len(), 3);
    for text in &kept {
        assert!(
            !text.contains("s3cret") && !text.contains("t0ken"),
            "{text}"
        );
    }
    let position: Position = kept[0].parse().expect("a position");
    let (found, error) = drain(&mut call().items::<Json>().start_at(position)).await;
    assert!(error.is_none(), "{error:?}");
    assert_eq!(found, names(4..8));
    assert_eq!(memory.requests().len(), 5);
    let (found, _) = ids(call()).await;
    assert_eq!(found, names(2..8));
}
