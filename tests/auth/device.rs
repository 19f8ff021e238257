//! A person agrees on another device.

use crate::api::{call, count, hurried, reason};
use crate::browser::Browser;
use pontoon_runtime::auth::OAuth;
use pontoon_tests::judge::Judge;

fn grant() -> OAuth {
    OAuth::device("tv").scopes(["openid", "things:read"])
}

#[tokio::test]
async fn a_code_is_typed_in() {
    let Some(judge) = Judge::start("oidc", &[]) else {
        return;
    };
    let grant = grant();
    let client = hurried(&judge, &grant);
    let device = grant.authorize_device(&client).await.expect("a code");
    let person = async {
        // Somebody who takes their time: the server has been asked once.
        while count(&client, "grant.error").await == 0 {
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        let mut browser = Browser::new(&judge.url);
        let page = browser.open(device.verification_url()).await;
        let page = browser
            .submit(&page, &[("user_code", device.user_code())])
            .await;
        let page = browser.submit(&page, &[]).await;
        browser.agree(page).await
    };
    let (signed_in, page) = tokio::join!(device.wait(), person);
    signed_in.unwrap_or_else(|error| panic!("{error}: {}", page.html));
    assert_eq!(call(&client).await.expect("an answer"), "tv");
}

#[tokio::test]
async fn a_person_refuses() {
    let Some(judge) = Judge::start("oidc", &[]) else {
        return;
    };
    let grant = grant();
    let client = hurried(&judge, &grant);
    let device = grant.authorize_device(&client).await.expect("a code");
    let mut browser = Browser::new(&judge.url);
    let url = device.complete_url().expect("an address with the code");
    let page = browser.open(url).await;
    let page = browser.submit(&page, &[]).await;
    let page = browser.submit(&page, &[]).await;
    browser.open(&format!("{}/abort", page.url)).await;
    let error = device.wait().await.expect_err("a refusal");
    assert_eq!(reason(&error), "access_denied");
}
