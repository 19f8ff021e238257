//! Webhooks that vendors' own libraries sign, verified here; and the reverse.

use pontoon_runtime::json::Json;
use pontoon_runtime::model::{Reflect, View};
use pontoon_runtime::operation::{Accepted, Api, Body, Operation, Parameter};
use pontoon_runtime::webhook::{HeaderMap, Signature, SignatureError, Verifier};
use pontoon_runtime::{ClientBuilder, CoreClient};
use pontoon_tests::judge::Judge;
use std::time::{SystemTime, UNIX_EPOCH};

/// The data alone: the crates take minutes to build.
#[allow(unreachable_pub, reason = "a file of another crate")]
#[rustfmt::skip]
#[path = "../../generated/github/src/webhooks.rs"]
mod github;
#[allow(unreachable_pub, reason = "a file of another crate")]
#[rustfmt::skip]
#[path = "../../generated/stripe/src/webhooks.rs"]
mod stripe;

static API: Api = Api::BLANK;

static ASK: Operation = Operation {
    id: "ask",
    method: "POST",
    path: "/{library}/{action}",
    parameters: &[Parameter::path("library"), Parameter::path("action")],
    responses: &[Accepted::json(200, 0)],
    body: Some(Body::json(true)),
    ..Operation::BLANK
};

/// Each library with the data by which its webhooks are verified, and a secret of
/// its kind.
const LIBRARIES: [(&str, &Signature, &str); 3] = [
    ("octokit", &github::SIGNATURE, "It's a Secret"),
    ("stripe", &stripe::SIGNATURE, "whsec_test"),
    (
        "standardwebhooks",
        &Signature::STANDARD,
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    ),
];

const BODIES: [&str; 3] = [
    r#"{"id": "evt_1", "type": "paid"}"#,
    "{ \"text\" : \"caf\u{e9} \\u00e9 \u{1f980}\",\n\t\"n\": 1.0e2 }",
    "{}",
];

async fn ask(client: &CoreClient, library: &str, action: &str, body: Json) -> Json {
    let call = client
        .call(&ASK)
        .param(0, View::Str(library))
        .param(1, View::Str(action));
    let answer = call.body(body.view()).send::<Json>().await;
    answer
        .unwrap_or_else(|error| panic!("{library}: {error}"))
        .into_value()
}

fn json(text: &str) -> Json {
    Json::parse(text.as_bytes()).expect("JSON")
}

fn quoted(text: &str) -> String {
    Json::String(text.into()).to_string()
}

fn now() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("a clock");
    since.as_secs().try_into().expect("seconds")
}

#[tokio::test]
async fn libraries_of_vendors_agree() {
    let Some(judge) = Judge::start("webhooks", &[]) else {
        return;
    };
    let client: CoreClient = ClientBuilder::new(&API)
        .base_url(&*judge.url)
        .no_proxy()
        .build()
        .expect("a client");
    for (library, signature, secret) in LIBRARIES {
        let verifier = Verifier::new(signature, [secret]).expect("a verifier");
        for body in BODIES {
            theirs(&client, library, &verifier, secret, body).await;
            ours(&client, library, &verifier, secret, body).await;
        }
    }
}

/// They sign, we verify.
async fn theirs(client: &CoreClient, library: &str, verifier: &Verifier, secret: &str, body: &str) {
    let asked = format!(
        r#"{{"secret": {}, "id": "msg_1", "timestamp": {}, "body": {}}}"#,
        quoted(secret),
        now(),
        quoted(body)
    );
    let signed = ask(client, library, "sign", json(&asked)).await;
    let mut headers = HeaderMap::new();
    for (name, value) in signed.as_object().expect("headers").iter() {
        let value = value.as_str().expect("text");
        // The names of a literal alone become header names without the crate `http`.
        let known = [
            "x-hub-signature-256",
            "stripe-signature",
            "webhook-id",
            "webhook-timestamp",
            "webhook-signature",
        ];
        let name = known
            .into_iter()
            .find(|known| known == name)
            .expect("a known name");
        headers.insert(name, value.parse().expect("a value"));
    }
    let verified = verifier.verify(&headers, body.as_bytes());
    assert_eq!(
        verified.map(|found| found.secret),
        Ok(0),
        "{library}: {headers:?}"
    );
    let changed = format!("{body} ");
    let verified = verifier.verify(&headers, changed.as_bytes());
    assert_eq!(verified, Err(SignatureError::NoMatch), "{library}");
}

/// We sign, they verify.
async fn ours(client: &CoreClient, library: &str, verifier: &Verifier, secret: &str, body: &str) {
    for (signed, wanted) in [(body, true), ("{\"another\": 1}", false)] {
        let headers = verifier
            .sign("msg_1", now(), signed.as_bytes())
            .expect("headers");
        let headers: Vec<String> = headers
            .iter()
            .map(|(name, value)| {
                let value = value.to_str().expect("text");
                format!("{}: {}", quoted(name.as_str()), quoted(value))
            })
            .collect();
        let asked = format!(
            r#"{{"secret": {}, "headers": {{{}}}, "body": {}}}"#,
            quoted(secret),
            headers.join(", "),
            quoted(body)
        );
        let found = ask(client, library, "verify", json(&asked)).await;
        assert_eq!(found, Json::Bool(wanted), "{library}: {asked}");
    }
}
