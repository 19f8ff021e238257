//! A small API whose security is OAuth 2, as generated code has it.

use crate::server::Server;
use pontoon_runtime::LogEvent;
use pontoon_runtime::auth::OAuth;
use pontoon_runtime::auth::oauth::Tokens;
use pontoon_runtime::codegen::*;
use pontoon_runtime::operation::{Flow, FlowKind, OAuth2};
use pontoon_runtime::transport::{self, BoxFuture, Reqwest, Transport};
use std::marker::Send;
use std::sync::{Arc, Mutex};
use std::time::Duration;

static THINGS: Operation = Operation {
    id: "listThings",
    path: "/things",
    responses: &[Accepted::json(200, 0)],
    security: &[&[Requirement {
        scheme: 0,
        scopes: &["things:read"],
    }]],
    ..Operation::BLANK
};
static WRITE: Operation = Operation {
    id: "writeThings",
    method: "POST",
    path: "/things",
    body: Some(Body::new("application/octet-stream", Codec::Bytes, true)),
    responses: &[Accepted::json(200, 0)],
    security: &[&[Requirement {
        scheme: 0,
        scopes: &["things:write", "things:read"],
    }]],
    ..Operation::BLANK
};
const fn flow(kind: FlowKind) -> Flow {
    Flow {
        kind,
        authorization_url: "/authorize",
        device_authorization_url: "/device",
        token_url: "/token",
        ..Flow::BLANK
    }
}
static API: Api = Api {
    user_agent: "things/1.0",
    schemes: &[
        Scheme {
            name: "oauth",
            kind: SchemeKind::OAuth2(&OAuth2 {
                flows: &[
                    flow(FlowKind::AuthorizationCode),
                    flow(FlowKind::DeviceAuthorization),
                ],
                scopes: &["things:read", "things:write"],
                ..OAuth2::BLANK
            }),
            env: &[],
        },
        Scheme {
            name: "token",
            kind: SchemeKind::Bearer,
            env: &[],
        },
    ],
    ..Api::BLANK
};

/// A client of the server's API.
pub fn client(server: &Server, grant: &OAuth) -> CoreClient {
    build(server, Credential::provided(0, grant.clone()))
}

pub fn build(server: &Server, credential: Credential) -> CoreClient {
    let builder = ClientBuilder::new(&API).base_url(&server.url);
    let builder = builder.credential(credential).no_proxy();
    builder.build().expect("a client")
}

pub fn logged(
    server: &Server,
    grant: &OAuth,
    sink: impl Fn(&LogEvent<'_>) + Send + Sync + 'static,
) -> CoreClient {
    let credential = Credential::provided(0, grant.clone());
    let builder = ClientBuilder::new(&API).base_url(&server.url);
    let builder = builder.credential(credential).no_proxy().wire_log(sink);
    builder.build().expect("a client")
}

/// A client of an API whose scheme is OpenID Connect.
pub fn open_id(server: &Server, grant: &OAuth) -> CoreClient {
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
    let builder = ClientBuilder::new(&API).base_url(&server.url).no_proxy();
    let builder = builder.credential(Credential::provided(0, grant.clone()));
    builder.build().expect("a client")
}

/// A client that does not wait, and the waits that it was asked for.
pub fn timed(server: &Server, grant: &OAuth) -> (CoreClient, impl Fn() -> Vec<Duration>) {
    let waits: Arc<Mutex<Vec<Duration>>> = Arc::default();
    let _ = rustls::crypto::ring::default_provider().install_default();
    let http = reqwest::Client::builder().no_proxy();
    let transport = Timed {
        inner: Reqwest::from_builder(http).expect("a transport"),
        waits: Arc::clone(&waits),
    };
    let builder = ClientBuilder::new(&API).base_url(&server.url);
    let builder = builder.transport(transport);
    let builder = builder.credential(Credential::provided(0, grant.clone()));
    let client = builder.build().expect("a client");
    (client, move || waits.lock().expect("a list").clone())
}

struct Timed {
    inner: Reqwest,
    waits: Arc<Mutex<Vec<Duration>>>,
}

impl Transport for Timed {
    fn send(&self, request: transport::Request) -> BoxFuture<Result<transport::Response, Error>> {
        self.inner.send(request)
    }
    fn sleep(&self, time: Duration) -> BoxFuture<()> {
        self.waits.lock().expect("a list").push(time);
        Box::pin(async {})
    }
}

/// Calls the API.
pub fn call(client: &CoreClient) -> impl Future<Output = Result<(), Error>> + Send + 'static {
    let call = client.call(&THINGS).send::<Json>();
    async move { call.await.map(drop) }
}

/// Calls the API with a body that can be sent once.
pub async fn call_with_stream(client: &CoreClient) -> Result<(), Error> {
    let pieces = Once(Some(Bytes::from_static(b"once")));
    let call = client.call(&WRITE).upload(Upload::stream(pieces));
    call.send::<Json>().await.map(drop)
}

struct Once(Option<Bytes>);

impl futures_core::Stream for Once {
    type Item = std::io::Result<Bytes>;
    fn poll_next(
        mut self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Self::Item>> {
        std::task::Poll::Ready(self.0.take().map(Ok))
    }
}

pub fn operations() -> [&'static Operation; 2] {
    [&THINGS, &WRITE]
}

/// Tokens that have expired.
pub fn expired(refresh_token: &str) -> Tokens {
    let mut tokens = Tokens::new("expired");
    tokens.obtained_at = Some(1);
    tokens.expires_at = Some(2);
    tokens.refresh_token = Some(refresh_token.into());
    tokens
}
