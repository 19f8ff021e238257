//! Every rule gives all records once, as items and as pages.

use crate::server::{RULES, client, ids, names};
use pontoon_runtime::codegen::Json;

#[tokio::test]
async fn all_items_once_and_in_order() {
    for (name, operation, answer) in RULES {
        let (client, memory) = client(answer);
        let (found, error) = ids(client.call(operation)).await;
        assert!(error.is_none(), "{name}: {error:?}");
        assert_eq!(found, names(0..7), "{name}");
        // Three pages; a fourth where only an empty page tells the end.
        let asked = memory.requests().len();
        let expected = if name.contains("until empty") || *name == "offset" {
            4
        } else {
            3
        };
        assert_eq!(asked, expected, "{name}");
    }
}

#[tokio::test]
async fn pages_are_the_whole_answers() {
    for (name, operation, answer) in RULES {
        let (client, _) = client(answer);
        let mut pages = client.call(operation).pages::<Json>();
        let mut sizes = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.expect(name);
            assert_eq!(page.status().as_u16(), 200);
            let records = match &page.value {
                Json::Array(records) => records.len(),
                other => other["data"].as_array().expect(name).len(),
            };
            sizes.push(records);
        }
        assert_eq!(sizes[..3], [3, 3, 1], "{name}");
        assert!(pages.position().is_end(), "{name}");
        assert_eq!(pages.position().items(), 7, "{name}");
    }
}

/// They are streams of `futures_core`, so that every adapter takes them.
#[test]
fn they_are_streams() {
    fn is_stream<S: futures_core::Stream + Unpin + Send>() {}
    is_stream::<pontoon_runtime::Items<Json>>();
    is_stream::<pontoon_runtime::Pages<Json>>();
}
