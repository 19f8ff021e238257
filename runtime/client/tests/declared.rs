//! Headers and links that the API declares.

use http::StatusCode;
use pontoon_runtime::codegen::{self as rt, Reflect};
use pontoon_runtime::json::Json;
use pontoon_runtime::operation::{
    Accepted, Api, Body, Declared, Link, LinkValue, Operation, Parameter, Statuses, Style,
};
use pontoon_runtime::transport::{Memory, Response as Answer};
use pontoon_runtime::{Call, ClientBuilder, CoreClient, Error, Response};

static API: Api = Api {
    user_agent: "users/1.0",
    ..Api::BLANK
};
static CREATE: Operation = Operation {
    id: "users/create",
    method: "POST",
    path: "/teams/{team}/users",
    parameters: &[
        Parameter::path("team"),
        Parameter::query("mode"),
        Parameter::header("X-Trace"),
    ],
    body: Some(Body::json(false)),
    responses: &[Accepted::json(201, 0), Accepted::json_default(0)],
    declared: &[
        Declared::new(Statuses::Code(201))
            .headers("Created")
            .forms(&[("X-Limits", Style::Simple, true)])
            .links(&[
                Link {
                    name: "get",
                    operation: "users/get",
                    parameters: &[
                        ("id", LinkValue::Text("$response.body#/id")),
                        ("team", LinkValue::Text("$request.path.team")),
                        ("mode", LinkValue::Text("$request.query.mode")),
                        ("trace", LinkValue::Text("$request.header.x-trace")),
                        ("version", LinkValue::Text("$response.header.ETag")),
                        ("name", LinkValue::Text("$request.body#/name")),
                        ("plain", LinkValue::Text("as it stands")),
                        ("depth", LinkValue::Json("2")),
                        ("absent", LinkValue::Text("$response.body#/nothing")),
                    ],
                    body: Some(LinkValue::Json(
                        r#"{"note": "{$method} {$url}: {$statusCode}", "all": ["$request.body"]}"#,
                    )),
                },
                Link {
                    name: "other",
                    operation: "users/list",
                    parameters: &[],
                    body: None,
                },
            ]),
        Declared::new(Statuses::Class(4)).headers("Refused"),
    ],
    ..Operation::BLANK
};

struct Created {
    total: i64,
    tags: Option<Vec<String>>,
    limits: Option<std::collections::BTreeMap<String, i64>>,
    cookies: Option<Vec<String>>,
}

impl Reflect for Created {
    fn blank() -> Self {
        Self {
            total: 0,
            tags: None,
            limits: None,
            cookies: None,
        }
    }
    fn table(&self) -> &'static rt::Table {
        &rt::Table {
            name: "Created",
            fields: &[
                rt::Field {
                    name: "X-Total",
                    flags: 1,
                },
                rt::Field {
                    name: "X-Tags",
                    flags: 0,
                },
                rt::Field {
                    name: "X-Limits",
                    flags: 0,
                },
                rt::Field {
                    name: "Set-Cookie",
                    flags: 0,
                },
            ],
            additional: false,
        }
    }
    fn slot_at(&mut self, index: usize) -> rt::Slot<'_> {
        match index {
            0 => self.total.slot(),
            1 => self.tags.slot(),
            2 => self.limits.slot(),
            3 => self.cookies.slot(),
            _ => rt::Slot::Unit,
        }
    }
}

macro_rules! one_number {
    ($name:ident, $header:literal) => {
        #[derive(Debug)]
        struct $name {
            number: Option<i64>,
        }
        impl Reflect for $name {
            fn blank() -> Self {
                Self { number: None }
            }
            fn table(&self) -> &'static rt::Table {
                &rt::Table {
                    name: stringify!($name),
                    fields: &[rt::Field {
                        name: $header,
                        flags: 0,
                    }],
                    additional: false,
                }
            }
            fn slot_at(&mut self, _: usize) -> rt::Slot<'_> {
                self.number.slot()
            }
        }
    };
}
one_number!(Refused, "Retry-After");
one_number!(Foreign, "X-Total");

fn call(status: StatusCode, headers: &'static [(&'static str, &'static str)]) -> Call {
    let transport = Memory::new(move |_| {
        let mut answer = Answer::json(status, r#"{"id": 7}"#);
        for (name, value) in headers {
            let value = http::HeaderValue::from_static(value);
            answer.headers.append(*name, value);
        }
        Ok(answer)
    });
    let client: CoreClient = ClientBuilder::new(&API)
        .base_url("https://users.example")
        .transport(transport)
        .build()
        .expect("a client");
    client.call(&CREATE).param(0, rt::View::Str("a b/c"))
}

async fn created(headers: &'static [(&'static str, &'static str)]) -> Response<Json> {
    let answer = call(StatusCode::CREATED, headers).send().await;
    answer.expect("an answer")
}

#[tokio::test]
async fn headers_are_read_by_type() {
    let answer = created(&[
        ("x-total", " 12 "),
        ("X-TAGS", "a, b"),
        ("x-tags", "c"),
        ("x-limits", "day=5,hour=1"),
        ("set-cookie", "a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT"),
        ("set-cookie", "b=2"),
    ])
    .await;
    let headers: Created = answer.declared_headers().expect("headers");
    assert_eq!(headers.total, 12);
    assert_eq!(headers.tags.expect("tags"), ["a", "b", "c"]);
    assert_eq!(headers.limits.expect("limits")["day"], 5);
    let cookies = headers.cookies.expect("cookies");
    assert_eq!(cookies.len(), 2);
    assert!(cookies[0].ends_with("GMT"), "{cookies:?}");
}

#[tokio::test]
async fn what_does_not_fit_is_told() {
    let told = |answer: &Response<Json>| match answer.declared_headers::<Created>() {
        Ok(_) => panic!("not an error"),
        Err(error) => error,
    };
    let error = told(&created(&[("x-total", "many")]).await);
    assert!(error.is_decode() && error.status() == Some(StatusCode::CREATED));
    let text = error.to_string();
    assert!(
        text.contains("`X-Total`") && text.contains("`many`"),
        "{text}"
    );
    let text = told(&created(&[]).await).to_string();
    assert!(text.contains("`X-Total` is missing"), "{text}");
    let text = told(&created(&[("x-total", "1"), ("x-limits", "day")]).await).to_string();
    assert!(
        text.contains("`X-Limits`") && text.contains("`day`"),
        "{text}"
    );
}

#[tokio::test]
async fn only_declared_headers_can_be_asked_for() {
    let answer = created(&[("x-total", "1"), ("retry-after", "5")]).await;
    let error = answer.declared_headers::<Foreign>().expect_err("foreign");
    assert!(error.to_string().contains("`Foreign`"), "{error}");
    // Declared, but for another status.
    assert!(answer.declared_headers::<Refused>().is_err());

    let send = |status| call(status, &[("retry-after", "5")]).send::<Json>();
    let error: Error = send(StatusCode::CONFLICT).await.expect_err("an error");
    let refused = error.declared_headers::<Refused>().expect("headers");
    assert_eq!(refused.expect("declared").number, Some(5));
    assert!(
        error
            .declared_headers::<Created>()
            .expect("known")
            .is_none()
    );
    assert!(error.declared_headers::<Foreign>().is_err());
    let error = send(StatusCode::BAD_GATEWAY).await.expect_err("an error");
    assert!(
        error
            .declared_headers::<Refused>()
            .expect("known")
            .is_none()
    );
}

#[tokio::test]
async fn links_pass_values_on() {
    let body: Json = r#"{"name": "Ada"}"#.parse().expect("JSON");
    let call = call(StatusCode::CREATED, &[("etag", "\"v1\"")])
        .param(1, rt::View::Str("a&b"))
        .param(2, rt::View::Str("t 1"))
        .body(body.view());
    let answer: Response<Json> = call.send().await.expect("an answer");
    assert_eq!(answer.links().collect::<Vec<_>>(), ["get", "other"]);
    let link = answer.link("get").expect("a link");
    assert_eq!(link.operation(), "users/get");
    for (name, expected) in [
        ("id", "7"),
        ("team", "\"a b/c\""),
        ("mode", "\"a&b\""),
        ("trace", "\"t 1\""),
        ("version", r#""\"v1\"""#),
        ("name", "\"Ada\""),
        ("plain", "\"as it stands\""),
        ("depth", "2"),
    ] {
        let found = link.parameter(name).map(ToString::to_string);
        assert_eq!(found.as_deref(), Some(expected), "{name}");
    }
    assert_eq!(link.parameters().len(), 8);
    let absent = ("absent", "$response.body#/nothing");
    assert_eq!(link.unresolved(), [absent]);
    let sent = link.body().expect("a body");
    let url = "https://users.example/teams/a%20b%2Fc/users?mode=a%26b";
    assert_eq!(sent["note"], Json::from(format!("POST {url}: 201")));
    assert_eq!(sent["all"][0], body);
    assert!(answer.link("none").is_err());
}
