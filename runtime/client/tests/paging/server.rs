//! A server of lists in memory, and operations that read them.

use http::{HeaderName, HeaderValue, StatusCode};
use pontoon_runtime::codegen::{
    Accepted, Api, Body, Json, Operation, Origin, Paging, Parameter, Place, Scheme, SchemeKind,
};
use pontoon_runtime::transport::{Memory, Recorded, Response};
use pontoon_runtime::{Call, ClientBuilder, CoreClient};
use std::collections::BTreeMap;

pub static API: Api = Api {
    user_agent: "lists/1.0",
    schemes: &[Scheme {
        name: "key",
        kind: SchemeKind::ApiKeyQuery { name: "api_key" },
        env: &[],
    }],
    ..Api::BLANK
};

pub const BASE: &str = "https://lists.example/v1";

const PARAMETERS: &[Parameter] = &[
    Parameter::query("page"),
    Parameter::query("per_page"),
    Parameter::query("page[after]"),
];
const RESPONSES: &[Accepted] = &[Accepted::json(200, 0), Accepted::empty(204, 0)];

/// An operation that lists by the given rule.
pub const fn list(paging: &'static Paging) -> Operation {
    Operation {
        id: "list",
        path: "/things",
        parameters: PARAMETERS,
        responses: RESPONSES,
        paging: Some(paging),
        ..Operation::BLANK
    }
}

/// The same with the token in the body of a POST.
pub const fn search(paging: &'static Paging) -> Operation {
    Operation {
        id: "search",
        method: "POST",
        path: "/things/search",
        body: Some(Body::json(false)),
        ..list(paging)
    }
}

/// A client whose requests `answer` answers.
pub fn client(answer: impl Fn(&Asked) -> Response + Send + Sync + 'static) -> (CoreClient, Memory) {
    let memory = Memory::new(move |request| Ok(answer(&Asked::new(request))));
    let client = ClientBuilder::new(&API)
        .base_url(BASE)
        .transport(memory.clone())
        .build();
    (client.expect("a client"), memory)
}

/// A request as a server sees it.
pub struct Asked {
    pub url: String,
    pub query: BTreeMap<String, String>,
    pub body: Json,
    pub recorded: Recorded,
}

impl Asked {
    fn new(request: &Recorded) -> Self {
        let url = url::Url::parse(request.url.as_str()).expect("a URL");
        Self {
            url: request.url.as_str().to_owned(),
            query: url.query_pairs().into_owned().collect(),
            body: Json::parse(&request.body).unwrap_or_default(),
            recorded: request.clone(),
        }
    }

    /// A query parameter as a number.
    pub fn number(&self, name: &str) -> Option<usize> {
        self.query.get(name)?.parse().ok()
    }
}

/// An answer of 200 in JSON.
pub fn json(text: impl Into<String>) -> Response {
    Response::json(StatusCode::OK, text.into())
}

/// The same with one header.
pub fn with(response: Response, name: &'static str, value: &str) -> Response {
    let value = HeaderValue::from_str(value).expect("a header");
    response.with_header(HeaderName::from_static(name), value)
}

/// Records `from..to` as a JSON array of objects with an `id`.
pub fn records(ids: std::ops::Range<usize>) -> String {
    let all: Vec<String> = ids.map(|id| format!(r#"{{"id":"r{id}"}}"#)).collect();
    format!("[{}]", all.join(","))
}

/// All items of a call by their ids, and the error that ended it.
pub async fn ids(call: Call) -> (Vec<String>, Option<pontoon_runtime::Error>) {
    drain(&mut call.items::<Json>()).await
}

/// What is left of a stream.
pub async fn drain(
    items: &mut pontoon_runtime::Items<Json>,
) -> (Vec<String>, Option<pontoon_runtime::Error>) {
    let mut ids = Vec::new();
    while let Some(item) = items.next().await {
        match item {
            Ok(item) => ids.push(item["id"].as_str().unwrap_or("?").to_owned()),
            Err(error) => {
                assert!(items.next().await.is_none(), "an error is the last item");
                return (ids, Some(error));
            }
        }
    }
    assert!(items.next().await.is_none(), "the end stays");
    (ids, None)
}

/// `r0`, `r1`, ...
pub fn names(ids: std::ops::Range<usize>) -> Vec<String> {
    ids.map(|id| format!("r{id}")).collect()
}

/// A name, an operation and the server that knows its rule.
pub type Case = (&'static str, &'static Operation, fn(&Asked) -> Response);

/// The operations of the tests: seven records in pages of three, by each rule.
pub static RULES: &[Case] = &[
    ("link header", &LINK, by_link),
    ("next URL", &NEXT_URL, by_next_url),
    ("token", &TOKEN, by_token),
    ("token in headers", &HEADER_TOKEN, by_header_token),
    ("token in the body", &BODY_TOKEN, by_body_token),
    ("last id", &LAST_ID, by_last_id),
    ("last id until empty", &LAST_ID_EMPTY, by_last_id),
    ("offset", &OFFSET, by_offset),
    ("offset with total", &OFFSET_TOTAL, by_offset),
    ("page until empty", &PAGE, by_page),
    ("page with more", &PAGE_MORE, by_page),
    ("page with pages", &PAGE_PAGES, by_page),
    ("page with total", &PAGE_TOTAL, by_page),
    ("page from 0", &PAGE_ZERO, by_page_zero),
];

const COUNT: usize = 7;
const SIZE: usize = 3;

fn upto(from: usize) -> std::ops::Range<usize> {
    from.min(COUNT)..(from + SIZE).min(COUNT)
}

static LINK: Operation = list(&Paging::link_header());
fn by_link(asked: &Asked) -> Response {
    let page = asked.number("page").unwrap_or(1);
    let from = (page - 1) * SIZE;
    let answer = json(records(upto(from)));
    if from + SIZE >= COUNT {
        return with(
            answer,
            "link",
            "<https://lists.example/v1/things?page=1>; rel=\"first\"",
        );
    }
    let next = page + 1;
    let link = format!("<{BASE}/things?page={next}>; rel=\"next\", <{BASE}/x>; rel=\"last\"");
    with(answer, "link", &link)
}

static NEXT_URL: Operation = list(&Paging::next_url(Origin::Body("/links/next")).records("/data"));
fn by_next_url(asked: &Asked) -> Response {
    let from = asked.number("from").unwrap_or(0);
    let next = match from + SIZE >= COUNT {
        true => "null".to_owned(),
        false => format!("\"things?from={}&keep=a%2Fb\"", from + SIZE),
    };
    json(format!(
        r#"{{"links":{{"next":{next}}},"data":{}}}"#,
        records(upto(from))
    ))
}

fn cursor(from: usize) -> String {
    match from + SIZE >= COUNT {
        true => String::new(),
        false => format!("c/{}+ \u{e9}&=", from + SIZE),
    }
}

fn from(cursor: Option<&String>) -> usize {
    let digits = cursor.map(|text| {
        text.chars()
            .filter(char::is_ascii_digit)
            .collect::<String>()
    });
    digits.and_then(|text| text.parse().ok()).unwrap_or(0)
}

static TOKEN: Operation =
    list(&Paging::token(Place::Query("page[after]"), Origin::Body("/meta/after")).records("/data"));
fn by_token(asked: &Asked) -> Response {
    let from = from(asked.query.get("page[after]"));
    let after = Json::from(cursor(from));
    json(format!(
        r#"{{"data":{},"meta":{{"after":{after}}}}}"#,
        records(upto(from))
    ))
}

static HEADER_TOKEN: Operation = list(&Paging::token(
    Place::Header("X-After"),
    Origin::Header("X-Next"),
));
fn by_header_token(asked: &Asked) -> Response {
    let given = asked.recorded.header("x-after").map(str::to_owned);
    let from = from(given.as_ref());
    let answer = json(records(upto(from)));
    match from + SIZE >= COUNT {
        true => answer,
        false => with(answer, "x-next", &format!("n{}", from + SIZE)),
    }
}

static BODY_TOKEN: Operation = search(
    &Paging::token(Place::Body("/page/cursor"), Origin::Body("/next"))
        .records("/data")
        .more("/more"),
);
fn by_body_token(asked: &Asked) -> Response {
    let given = asked
        .body
        .pointer("/page/cursor")
        .and_then(Json::as_str)
        .map(str::to_owned);
    let from = from(given.as_ref());
    let next = Json::from(cursor(from));
    let more = from + SIZE < COUNT;
    json(format!(
        r#"{{"data":{},"next":{next},"more":{more}}}"#,
        records(upto(from))
    ))
}

static LAST_ID: Operation = list(
    &Paging::last_id(Place::Query("after"), "/id")
        .records("/data")
        .more("/has_more"),
);
static LAST_ID_EMPTY: Operation =
    list(&Paging::last_id(Place::Query("after"), "/id").records("/data"));
fn by_last_id(asked: &Asked) -> Response {
    let from = asked
        .query
        .get("after")
        .map_or(0, |_| from(asked.query.get("after")) + 1);
    let more = from + SIZE < COUNT;
    json(format!(
        r#"{{"has_more":{more},"data":{}}}"#,
        records(upto(from))
    ))
}

static OFFSET: Operation = list(&Paging::offset(Place::Query("offset"), 0).records("/data"));
static OFFSET_TOTAL: Operation = list(
    &Paging::offset(Place::Query("offset"), 0)
        .records("/data")
        .total("/total"),
);
fn by_offset(asked: &Asked) -> Response {
    let from = asked.number("offset").unwrap_or(0);
    json(format!(
        r#"{{"total":{COUNT},"data":{}}}"#,
        records(upto(from))
    ))
}

static PAGE: Operation = list(&Paging::page(Place::Query("page"), 1).records("/data"));
static PAGE_MORE: Operation = list(
    &Paging::page(Place::Query("page"), 1)
        .records("/data")
        .more("/more"),
);
static PAGE_PAGES: Operation = list(
    &Paging::page(Place::Query("page"), 1)
        .records("/data")
        .pages("/pages"),
);
static PAGE_TOTAL: Operation = list(
    &Paging::page(Place::Query("page"), 1)
        .records("/data")
        .total("/total"),
);
static PAGE_ZERO: Operation = list(
    &Paging::page(Place::Query("page"), 0)
        .records("/data")
        .pages("/pages"),
);
fn by_page(asked: &Asked) -> Response {
    paged(asked.number("page").unwrap_or(1) - 1)
}
fn by_page_zero(asked: &Asked) -> Response {
    paged(asked.number("page").unwrap_or(0))
}
fn paged(page: usize) -> Response {
    let from = page * SIZE;
    let more = from + SIZE < COUNT;
    json(format!(
        r#"{{"total":{COUNT},"pages":{},"more":{more},"data":{}}}"#,
        COUNT.div_ceil(SIZE),
        records(upto(from))
    ))
}

/// A list by next URLs that takes a key in its query.
pub static TOKEN_WITH_KEY: Operation = Operation {
    security: &[&[pontoon_runtime::codegen::Requirement {
        scheme: 0,
        scopes: &[],
    }]],
    ..list(&Paging::next_url(Origin::Body("/next")).records("/data"))
};
