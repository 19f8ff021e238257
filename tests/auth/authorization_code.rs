//! A person agrees in a browser; the server's addresses are found by discovery.

use crate::api::{call, client, reason};
use crate::browser::Browser;
use pontoon_runtime::auth::OAuth;
use pontoon_runtime::{CoreClient, Error};
use pontoon_tests::judge::Judge;

/// A grant for the judge's program on a person's machine, with a refresh token.
pub(crate) fn grant() -> OAuth {
    OAuth::authorization_code("app")
        .redirect_url("http://127.0.0.1/back")
        .scopes(["openid", "offline_access", "things:read"])
        .parameter("prompt", "consent")
}

/// Signs a person in.
pub(crate) async fn sign_in(
    judge: &Judge,
    grant: &OAuth,
    client: &CoreClient,
) -> Result<(), Error> {
    let authorization = grant.authorize(client).await?;
    let mut browser = Browser::new(&judge.url);
    let page = browser.open(authorization.url()).await;
    let page = browser.agree(page).await;
    authorization.finish(&page.url).await
}

#[tokio::test]
async fn the_browser_comes_back_to_this_machine() {
    let Some(judge) = Judge::start("oidc", &[]) else {
        return;
    };
    let grant = grant();
    let client = client(&judge, &grant);
    assert!(!grant.is_signed_in(&client).await.expect("a store"));
    let authorization = grant.authorize(&client).await.expect("a URL");
    let mut browser = Browser::new(&judge.url);
    let page = browser.open(authorization.url()).await;
    let page = browser.agree(page).await;
    let (signed_in, shown) = tokio::join!(authorization.wait(), browser.open(&page.url));
    signed_in.expect("tokens");
    assert!(shown.html.contains("You are signed in"), "{}", shown.html);
    assert_eq!(call(&client).await.expect("an answer"), "app");
    assert!(grant.is_signed_in(&client).await.expect("a store"));
}

#[tokio::test]
async fn a_code_is_good_for_one_use() {
    let Some(judge) = Judge::start("oidc", &[]) else {
        return;
    };
    let grant = grant();
    let client = client(&judge, &grant);
    let authorization = grant.authorize(&client).await.expect("a URL");
    let mut browser = Browser::new(&judge.url);
    let page = browser.open(authorization.url()).await;
    let page = browser.agree(page).await;
    authorization.finish(&page.url).await.expect("tokens");
    let again = authorization.finish(&page.url).await;
    assert_eq!(reason(&again.expect_err("a refusal")), "invalid_grant");
    // The server takes back what it gave for the code, and the client says so.
    let error = call(&client).await.expect_err("a refusal");
    assert!(
        error.oauth().is_some_and(|reason| reason.needs_sign_in()),
        "{error}"
    );
}

#[tokio::test]
async fn a_person_refuses() {
    let Some(judge) = Judge::start("oidc", &[]) else {
        return;
    };
    let grant = grant();
    let client = client(&judge, &grant);
    let authorization = grant.authorize(&client).await.expect("a URL");
    let mut browser = Browser::new(&judge.url);
    let page = browser.open(authorization.url()).await;
    let page = browser.open(&format!("{}/abort", page.url)).await;
    let error = authorization.finish(&page.url).await;
    assert_eq!(reason(&error.expect_err("a refusal")), "access_denied");
    let error = call(&client).await.expect_err("no tokens");
    assert!(
        error.to_string().contains("nobody has signed in"),
        "{error}"
    );
}
