//! Requests checked before they are sent.

use crate::api::{Client, always, only};
use pontoon_runtime::CallOptions;
use pontoon_runtime::codegen::Checks;

static CHECKS: Checks = Checks::new(
    r#"{"operations": {"GET /pets pets/list": {"parameters": [[0, 0], [1, 1]]}},
        "schemas": [{"maximum": 100}, {"minLength": 2}]}"#,
);

#[tokio::test]
async fn all_that_a_call_breaks_is_told_and_nothing_is_sent() {
    let memory = always(200, "[]");
    let client = Client::builder()
        .transport(memory.clone())
        .checks(&CHECKS)
        .check_requests(true)
        .build()
        .expect("a client");

    let bad = client.list().limit(101).trace("x");
    let error = bad.send().await.expect_err("two violations");
    assert!(error.is_invalid_request() && error.is_request());
    assert_eq!(
        error.to_string(),
        "GET /pets: not sent: query parameter limit: maximum: 100, is 101; \
         header parameter X-Trace: minLength: 2, is \"x\""
    );
    assert_eq!(error.violations()[1].parameter(), Some("X-Trace"));
    assert_eq!(memory.requests().len(), 0);

    // A value that is replaced is not sent, and not judged.
    client
        .list()
        .limit(101)
        .limit(100)
        .send()
        .await
        .expect("pets");
    assert!(only(&memory).url.as_str().ends_with("/pets?limit=100"));

    client
        .list()
        .limit(101)
        .check_request(false)
        .send()
        .await
        .expect("pets");
    assert_eq!(memory.requests().len(), 2);
}

#[tokio::test]
async fn not_unless_it_is_asked_for() {
    let memory = always(200, "[]");
    let builder = || Client::builder().transport(memory.clone());
    let client = builder().checks(&CHECKS).build().expect("a client");
    client.list().limit(101).send().await.expect("pets");

    let error = builder()
        .check_requests(true)
        .build()
        .expect_err("no constraints");
    assert!(error.to_string().contains("checks = true"), "{error}");
}
