//! The judge's API as a generated crate has it, and what the judge tells of itself.

use pontoon_runtime::auth::OAuth;
use pontoon_runtime::json::Json;
use pontoon_runtime::operation::{Accepted, Api, Operation, Requirement, Scheme, SchemeKind};
use pontoon_runtime::transport::{BoxFuture, Request, Reqwest, Response, Transport};
use pontoon_runtime::{ClientBuilder, CoreClient, Credential, Error};
use pontoon_tests::judge::Judge;
use std::time::Duration;

const SECURITY: &[&[Requirement]] = &[&[Requirement {
    scheme: 0,
    scopes: &["things:read"],
}]];
static API: Api = Api {
    user_agent: "things/1.0",
    schemes: &[Scheme {
        name: "openid",
        kind: SchemeKind::OpenIdConnect {
            url: "/.well-known/openid-configuration",
        },
        env: &[],
    }],
    ..Api::BLANK
};
static THINGS: Operation = Operation {
    id: "things",
    path: "/api",
    responses: &[Accepted::json(200, 0)],
    security: SECURITY,
    ..Operation::BLANK
};
static EXPIRE: Operation = Operation {
    id: "expire",
    path: "/api/expire",
    responses: &[Accepted::json(200, 0)],
    security: SECURITY,
    ..Operation::BLANK
};
static EVENTS: Operation = Operation {
    id: "events",
    path: "/api/events",
    responses: &[Accepted::json(200, 0)],
    ..Operation::BLANK
};
static KEYS: Operation = Operation {
    id: "keys",
    path: "/api/keys",
    responses: &[Accepted::json(200, 0)],
    ..Operation::BLANK
};

/// An HTTP client that is not ours.
pub(crate) fn http() -> reqwest::ClientBuilder {
    // Only the first can succeed, and any is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy()
}

/// The private key by which a client signs, as PEM.
pub(crate) async fn key(client: &CoreClient, algorithm: &str) -> String {
    let answer = client.call(&KEYS).send::<Json>().await;
    let keys = answer.expect("an answer").into_value();
    keys[algorithm].as_str().expect("a key").to_owned()
}

/// A client of the judge's API, of which no address but the judge's own is known.
pub(crate) fn client(judge: &Judge, grant: &OAuth) -> CoreClient {
    let builder = ClientBuilder::new(&API).base_url(&*judge.url).no_proxy();
    let builder = builder.credential(Credential::provided(0, grant.clone()));
    builder.build().expect("a client")
}

/// The same, with a clock that runs fast.
pub(crate) fn hurried(judge: &Judge, grant: &OAuth) -> CoreClient {
    let transport = Hurried(Reqwest::from_builder(http()).expect("a transport"));
    let builder = ClientBuilder::new(&API).base_url(&*judge.url);
    let builder = builder.transport(transport);
    let builder = builder.credential(Credential::provided(0, grant.clone()));
    builder.build().expect("a client")
}

struct Hurried(Reqwest);

impl Transport for Hurried {
    fn send(&self, request: Request) -> BoxFuture<Result<Response, Error>> {
        self.0.send(request)
    }

    fn sleep(&self, time: Duration) -> BoxFuture<()> {
        self.0.sleep(time / 20)
    }
}

/// Calls the API; for whom it says that the token is.
pub(crate) async fn call(client: &CoreClient) -> Result<String, Error> {
    let answer = client.call(&THINGS).send::<Json>().await?;
    Ok(answer.value["client"]
        .as_str()
        .unwrap_or_default()
        .to_owned())
}

/// Makes the access token that the client has invalid at the server.
pub(crate) async fn expire(client: &CoreClient) {
    let answer = client.call(&EXPIRE).send::<Json>().await;
    answer.expect("an answer");
}

/// How often an event of the server has happened.
pub(crate) async fn count(client: &CoreClient, event: &str) -> u64 {
    let answer = client.call(&EVENTS).send::<Json>().await;
    answer.expect("an answer").value[event]
        .as_u64()
        .unwrap_or(0)
}

/// The reason that the authorization server has given.
pub(crate) fn reason(error: &Error) -> &str {
    error.oauth().map_or("none", |reason| reason.code())
}
