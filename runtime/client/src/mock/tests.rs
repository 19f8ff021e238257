//! Rules, scripts, and what is refused.

use super::{Answer, Mock, Mocked, Route};
use crate::json::Json;
use crate::model::{Reflect, View};
use crate::operation::{
    Accepted, Api, Body, Codec, Operation, Parameter, Scheme, SchemeKind, Statuses,
};
use crate::{Call, ClientBuilder, CoreClient, Error, EventStream, JsonLines, Retry};
use std::collections::BTreeMap;
use std::time::Duration;

static API: Api = Api {
    schemes: &[Scheme {
        name: "login",
        kind: SchemeKind::Basic,
        env: &[],
    }],
    ..Api::BLANK
};

static LIST: Operation = Operation {
    id: "list",
    path: "/pets",
    parameters: &[
        Parameter::query("state"),
        Parameter::header("X-Team").required(),
    ],
    responses: &[Accepted::json(200, 0)],
    security: &[&[crate::operation::Requirement {
        scheme: 0,
        scopes: &[],
    }]],
    ..Operation::BLANK
};
static CREATE: Operation = Operation {
    id: "create",
    method: "POST",
    path: "/pets",
    body: Some(Body::json(true).or(&[Body::form(&[], true)])),
    responses: &[Accepted::json(201, 0), Accepted::json(422, 0)],
    bare: &[409],
    ..Operation::BLANK
};
static GET: Operation = Operation {
    id: "get",
    path: "/pets/{id}",
    parameters: &[Parameter::path("id")],
    responses: &[Accepted::json(200, 0), Accepted::empty(204, 0)],
    ..Operation::BLANK
};
static MINE: Operation = Operation {
    id: "mine",
    path: "/pets/mine",
    responses: &[Accepted::new(Statuses::Code(200), "text/*", Codec::Text, 0)],
    ..Operation::BLANK
};
static EVENTS: Operation = Operation {
    id: "events",
    path: "/events",
    responses: &[
        Accepted::new(Statuses::Code(200), "text/event-stream", Codec::Events, 0).until("[DONE]"),
    ],
    ..Operation::BLANK
};
static LINES: Operation = Operation {
    id: "lines",
    path: "/lines",
    responses: &[Accepted::new(
        Statuses::Code(200),
        "application/x-ndjson",
        Codec::Lines,
        0,
    )],
    ..Operation::BLANK
};

type Numbers = BTreeMap<String, i64>;

const fn list() -> Route<Vec<i64>> {
    Route::new(&LIST)
}
const fn create() -> Route<Numbers, Numbers> {
    Route::new(&CREATE)
}
const fn get() -> Route<Option<Numbers>> {
    Route::new(&GET)
}

struct Client(CoreClient);

impl From<CoreClient> for Client {
    fn from(core: CoreClient) -> Self {
        Self(core)
    }
}

impl Mocked for Client {
    fn builder() -> ClientBuilder<Self> {
        ClientBuilder::new(&API)
    }
    fn operations() -> Vec<&'static Operation> {
        vec![&LIST, &CREATE, &GET, &MINE, &EVENTS, &LINES]
    }
}

fn mock() -> Mock<Client> {
    Mock::new()
}

impl Client {
    fn list(&self, state: &str) -> Call {
        let call = self.0.call(&LIST).param(0, View::Str(state));
        call.param(1, View::Str("a"))
    }
    fn create(&self, json: &str) -> Call {
        let body: Json = json.parse().unwrap();
        self.0.call(&CREATE).body(body.view())
    }
    fn get(&self, id: &str) -> Call {
        self.0.call(&GET).param(0, View::Str(id))
    }
}

fn numbers(value: i64) -> Numbers {
    BTreeMap::from([("n".to_owned(), value)])
}

/// The message of a call that the mock did not answer.
#[track_caller]
fn refused<T>(result: Result<T, Error>) -> String {
    let error = result.err().unwrap();
    assert!(error.is_request(), "{error}");
    error.to_string()
}

#[tokio::test]
async fn rules_are_asked_in_order_and_step_aside() {
    let mock = mock();
    mock.on(list())
        .with_param("state", "open")
        .times(1)
        .respond(vec![1]);
    mock.on(list())
        .when(|request| request.param("state") == Some("open"))
        .respond(vec![2]);
    let client = mock.client();
    for expected in [1, 2, 2] {
        let found = client.list("open").send::<Vec<i64>>().await.unwrap();
        assert_eq!(found.value, [expected]);
    }
    let message = refused(client.list("closed").send::<Vec<i64>>().await);
    assert!(
        message.contains("rule 1: it was used 1 times already"),
        "{message}"
    );
    assert!(
        message.contains("rule 2: it is not true that a condition"),
        "{message}"
    );
    let requests = mock.requests();
    assert_eq!(requests.len(), 3);
    assert_eq!(requests[0].header("x-team"), Some("a"));
    assert_eq!(mock.problems().len(), 1);
}

#[tokio::test]
async fn a_script_goes_on_and_its_end_stays() {
    let mock = mock();
    mock.on(get())
        .answer(Answer::status(429))
        .header("Retry-After", "0")
        .answer(Answer::connect_error())
        .respond(Some(numbers(7)));
    let client: Client = mock
        .builder()
        .retry(Retry::default().attempts(3).wait(Duration::ZERO))
        .build()
        .unwrap();
    let found = client.get("a/b").send::<Option<Numbers>>().await.unwrap();
    assert_eq!(found.value, Some(numbers(7)));
    assert_eq!(mock.requests_of(get()).len(), 3);
    assert_eq!(mock.requests()[2].param("id"), Some("a/b"));
    mock.verify();
}

#[tokio::test]
async fn responses_are_those_that_are_declared() {
    let mock = mock();
    mock.on(get()).respond(None).respond_error(404, &());
    let client = mock.client();
    let empty = client.get("1").send::<Option<Numbers>>().await.unwrap();
    assert_eq!((empty.status().as_u16(), empty.value), (204, None));
    let message = refused(client.get("1").send::<Option<Numbers>>().await);
    assert!(
        message.contains("no declared of status 404 error"),
        "{message}"
    );

    mock.on(create())
        .respond_error(409, &())
        .respond_error(422, &numbers(1))
        .respond_as(201, numbers(2))
        .respond_with(|request| match request.body() {
            Ok(body) if body["n"] > 1 => Ok(body),
            _ => Err(Answer::status(400).json(&numbers(0))),
        });
    let mut statuses = Vec::new();
    for n in [1, 1, 1, 1, 2] {
        let call = client.create(&format!(r#"{{"n": {n}}}"#));
        statuses.push(match call.send::<Numbers>().await {
            Ok(response) => response.status().as_u16(),
            Err(error) => error.status().unwrap().as_u16(),
        });
    }
    assert_eq!(statuses, [409, 422, 201, 400, 201]);
    assert_eq!(mock.requests_of(create())[4].body().unwrap(), numbers(2));
}

#[tokio::test]
async fn requests_are_held_against_the_tables() {
    let mock = mock();
    mock.on(list()).respond(vec![]);
    mock.on(create()).respond(numbers(1));
    let client = mock.client();
    let message = refused(client.0.call(&LIST).send::<Vec<i64>>().await);
    assert!(
        message.contains("the required header parameter `X-Team` is missing"),
        "{message}"
    );
    let message = refused(client.create(r#"{"n": "x"}"#).send::<Numbers>().await);
    assert!(
        message.contains("not of its type: $.n: expected a 64-bit integer"),
        "{message}"
    );
    static OTHER: Operation = Operation {
        body: Some(Body::new("text/csv", Codec::Text, true)),
        method: "POST",
        path: "/pets",
        ..Operation::BLANK
    };
    let call = client.0.call(&OTHER).body(View::Str("a"));
    let message = refused(call.send::<Json>().await);
    assert!(
        message.contains("declared is `application/json`, `application/x-www-form-urlencoded`"),
        "{message}"
    );
    let form = client.0.call(&CREATE).body_as(0, numbers(3).view());
    assert!(form.send::<Numbers>().await.is_ok());
    assert_eq!(mock.requests_of(create())[0].body().unwrap(), numbers(3));
}

#[tokio::test]
async fn the_most_specific_path_is_meant() {
    let mock = mock();
    mock.on(get()).respond(None);
    let client = mock.client();
    let message = refused(client.0.call(&MINE).send::<String>().await);
    assert!(message.contains("there is no rule for `mine`"), "{message}");
    mock.on(Route::<String>::new(&MINE)).respond("x".to_owned());
    assert_eq!(
        client.0.call(&MINE).send::<String>().await.unwrap().value,
        "x"
    );
    static STRAY: Operation = Operation {
        path: "/pets/a/b",
        ..Operation::BLANK
    };
    let message = refused(client.0.call(&STRAY).send::<()>().await);
    assert!(message.contains("near are GET /pets/{id}"), "{message}");
    static PUT: Operation = Operation {
        path: "/pets",
        method: "PUT",
        ..Operation::BLANK
    };
    let message = refused(client.0.call(&PUT).send::<()>().await);
    assert!(
        message.contains("the path is there for GET, POST"),
        "{message}"
    );
}

#[tokio::test]
async fn streams() {
    let mock = mock();
    mock.on(Route::<(), (), Numbers>::new(&EVENTS))
        .respond_items([numbers(1), numbers(2)]);
    mock.on(Route::<(), (), i64>::new(&LINES))
        .respond_items([1, 2, 3]);
    let client = mock.client();
    let mut events = client
        .0
        .call(&EVENTS)
        .stream::<EventStream<Numbers>>()
        .await
        .unwrap()
        .value;
    let mut seen = 0;
    while let Some(event) = events.next().await {
        seen += event.unwrap().data["n"];
    }
    assert_eq!(seen, 3);
    let mut lines = client
        .0
        .call(&LINES)
        .stream::<JsonLines<i64>>()
        .await
        .unwrap()
        .value;
    while let Some(line) = lines.next().await {
        seen += line.unwrap();
    }
    assert_eq!(seen, 9);
}

#[tokio::test]
async fn everything_else_can_be_answered() {
    let mock = mock();
    mock.otherwise(|request| Answer::status(200).json(&vec![request.operation().len() as i64]));
    let client = mock.client();
    let found = client.list("a").send::<Vec<i64>>().await.unwrap();
    assert_eq!(found.value, [4]);
    assert!(client.0.call(&LIST).send::<Vec<i64>>().await.is_err());
}

#[tokio::test]
async fn a_slow_answer_meets_the_time_limit() {
    let mock = mock();
    mock.on(list())
        .respond(vec![])
        .delay(Duration::from_secs(3600));
    let client: Client = mock
        .builder()
        .timeout(Duration::from_millis(1))
        .build()
        .unwrap();
    let error = client.list("a").send::<Vec<i64>>().await.unwrap_err();
    assert!(error.is_timeout(), "{error}");
}

#[test]
#[should_panic(expected = "a rule for `list` was used 0 times, not 2")]
fn unused_rules_are_told() {
    let mock = mock();
    mock.on(list()).times(2).respond(vec![]);
    mock.verify();
}

#[cfg(all(feature = "mock-server", feature = "reqwest"))]
#[tokio::test]
async fn the_same_on_a_socket() {
    let mock = mock();
    mock.on(list()).respond(vec![1]).answer(Answer::broken());
    let served = mock.serve().await.unwrap();
    let client: Client = Client::builder()
        .base_url(served.url())
        .credential(crate::Credential::basic(0, "a", "b"))
        .retry(Retry::never())
        .build()
        .unwrap();
    assert_eq!(
        client.list("a").send::<Vec<i64>>().await.unwrap().value,
        [1]
    );
    let error = client.list("a").send::<Vec<i64>>().await.unwrap_err();
    assert!(error.is_transport() || error.is_connect(), "{error}");
    let error = client.get("7").send::<Option<Numbers>>().await.unwrap_err();
    assert_eq!(error.status().unwrap().as_u16(), 501);
    assert!(mock.problems()[0].contains("there is no rule for `get`"));
}
