//! Reading ahead is bounded, and gives the same.

use crate::server::{RULES, client, drain, json, list, names, records};
use pontoon_runtime::codegen::{Json, Operation, Paging, Place};

#[tokio::test]
async fn the_same_items_by_every_rule() {
    for (name, operation, answer) in RULES {
        for ahead in [1, 2, 10] {
            let (client, _) = client(answer);
            let mut items = client.call(operation).items::<Json>().prefetch(ahead);
            let (found, error) = drain(&mut items).await;
            assert!(error.is_none(), "{name}: {error:?}");
            assert_eq!(found, names(0..7), "{name}");
        }
    }
}

static PAGES: Operation = list(
    &Paging::page(Place::Query("page"), 1)
        .records("/data")
        .pages("/pages"),
);
static MORE: Operation = list(
    &Paging::page(Place::Query("page"), 1)
        .records("/data")
        .more("/more"),
);

/// After the first item of a page so many requests were made, and no more.
#[tokio::test]
async fn bounded() {
    for operation in [&PAGES, &MORE] {
        for ahead in 0..5 {
            let (client, memory) = client(|asked| {
                let page = asked.number("page").unwrap_or(1);
                json(format!(
                    r#"{{"pages":20,"more":{},"data":{}}}"#,
                    page < 20,
                    records((page - 1) * 3..page * 3)
                ))
            });
            let mut items = client.call(operation).items::<Json>().prefetch(ahead);
            assert!(memory.requests().is_empty(), "nothing before it is read");
            for read in 0..60 {
                items.next().await.expect("an item").expect("good");
                let page = read / 3 + 1;
                let most = (page + ahead).min(20);
                let asked = memory.requests().len();
                assert!(asked <= most, "{ahead} ahead, page {page}: {asked}");
                if ahead > 0 {
                    assert!(asked > page.min(19), "{ahead} ahead, page {page}: {asked}");
                }
            }
            assert!(items.next().await.is_none());
            assert_eq!(memory.requests().len(), 20);
            // In order, each once.
            let asked: Vec<String> = memory
                .requests()
                .iter()
                .skip(1)
                .map(|r| {
                    r.url
                        .as_str()
                        .rsplit('=')
                        .next()
                        .unwrap_or_default()
                        .to_owned()
                })
                .collect();
            let expected: Vec<String> = (2..=20).map(|page| page.to_string()).collect();
            assert_eq!(asked, expected);
        }
    }
}
