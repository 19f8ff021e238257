//! What is counted of answers, as lines.
#![allow(unreachable_pub)]

use super::Drift;
use crate::codec::json::decode_items;
use crate::codegen::{
    Field, Json, Member, Nullable, Reflect, Slot, Table, Union, UnionTable, View,
};
use crate::operation::{Accepted, Api, Codec, Operation, Statuses};
use crate::transport::{Memory, Response};
use crate::{CallOptions as _, ClientBuilder, CoreClient, DriftReport};
use http::{HeaderValue, StatusCode};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

static API: Api = Api::BLANK;
static LIST: Operation = Operation {
    id: "list",
    path: "/pets",
    responses: &[
        Accepted::json(200, 0),
        Accepted::new(Statuses::Code(200), "text/*", Codec::Text, 0),
        Accepted::json_class(4, 0),
    ],
    bare: &[503],
    ..Operation::BLANK
};

/// Writes the table and the slots of an object of the tests.
macro_rules! object {
    ($name:ident { $($field:ident: $ty:ty = $flags:literal),* }) => {
        #[derive(Clone, Debug, Default, PartialEq)]
        pub struct $name { $($field: $ty),* }
        impl Reflect for $name {
            fn blank() -> Self {
                Self::default()
            }
            fn table(&self) -> &'static Table {
                &Table {
                    name: stringify!($name),
                    fields: &[$(Field { name: stringify!($field), flags: $flags }),*],
                    additional: false,
                }
            }
            fn slot_at(&mut self, index: usize) -> Slot<'_> {
                let slots = [$(self.$field.slot()),*];
                slots.into_iter().nth(index).unwrap_or(Slot::Unit)
            }
        }
    };
}

object! { Cat { cat: String = 1, lives: Option<i64> = 0 } }
object! { Dog { dog: String = 1 } }
object! { Pet {
    name: String = 1,
    mood: Option<Mood> = 0,
    gone: Nullable<String> = 2,
    any: Option<Json> = 0,
    owner: Option<Owner> = 0,
    tags: Option<Vec<i64>> = 0,
    scores: Option<BTreeMap<String, Dog>> = 0,
    pair: Option<(i64, Option<bool>)> = 0
} }

object! { Problem { message: String = 1, mood: Option<Mood> = 0 } }

crate::__errors! {
    pub enum ListError {
        Status4XX(Problem),
        Default(Json),
    }
}

crate::__open_enum! {
    pub enum Mood { Happy = "happy", Sad = "sad" }
}

/// `Cat | Dog`
#[derive(Clone, Debug, Default, PartialEq)]
enum Owner {
    Cat(Cat),
    Dog(Dog),
    #[default]
    Unknown,
}

impl Reflect for Owner {
    fn blank() -> Self {
        Self::Unknown
    }
    fn slot(&mut self) -> Slot<'_> {
        Slot::Union(self)
    }
    fn view(&self) -> View<'_> {
        View::Absent
    }
}

impl Union for Owner {
    fn table(&self) -> &'static UnionTable {
        const CAT: Member = Member::object(&[], &["cat"], &[]);
        const DOG: Member = Member::object(&[], &["dog"], &[]);
        &UnionTable {
            name: "Owner",
            discriminator: None,
            members: &[CAT, DOG],
        }
    }
    fn select(&mut self, index: usize) -> Slot<'_> {
        *self = match index {
            0 => Self::Cat(Cat::default()),
            _ => Self::Dog(Dog::default()),
        };
        match self {
            Self::Cat(cat) => cat.slot(),
            Self::Dog(dog) => dog.slot(),
            Self::Unknown => Slot::Unit,
        }
    }
    fn set_unknown(&mut self, _: Json) {
        *self = Self::Unknown;
    }
}

/// A client that is given these answers.
fn client(answers: &[(u16, &'static str, &str)]) -> CoreClient {
    let answers = answers.iter().map(|(status, media_type, body)| {
        let answer = Response::new(StatusCode::from_u16(*status).unwrap());
        Ok(match *media_type {
            "" => answer,
            name => answer.with_body(HeaderValue::from_static(name), body.as_bytes().to_vec()),
        })
    });
    ClientBuilder::new(&API)
        .base_url("https://pets.example")
        .transport(Memory::script(answers.collect::<Vec<_>>()))
        .count_drift(true)
        .build()
        .unwrap()
}

async fn report(answers: &[(u16, &'static str, &str)]) -> DriftReport {
    let client = client(answers);
    for _ in answers {
        drop(client.call(&LIST).send::<Vec<Pet>>().await);
    }
    client.drift()
}

async fn lines(body: &str) -> Vec<String> {
    let report = report(&[(200, "application/json", body)]).await;
    let line = |fact: &Drift| {
        let text = fact.to_string();
        let (_, text) = text.split_once(" 200 ").unwrap();
        match fact.refused {
            0 => text.to_owned(),
            refused => format!("{text} refused {refused}"),
        }
    };
    report.facts.iter().map(line).collect()
}

#[tokio::test]
async fn places_are_those_of_the_schema() {
    let body = r#"[
        {"name": "a", "mood": "happy", "any": null, "gone": null, "tags": [1, 2]},
        {"name": "b", "mood": "shy", "age/y": 3, "tags": null, "owner": {"cat": "c", "fur": {}}},
        {"name": "c", "mood": "shy", "age/y": 4.5, "owner": {"dog": "d", "fur": [1]},
         "scores": {"x": {"dog": "d", "q": true}, "y": {"dog": "d", "q": false}}, "pair": [1, null]},
        {"name": "d", "mood": 7, "owner": 8}
    ]"#;
    let expected = [
        "/*/age~1y: unknown-property (integer) (1 times)",
        "/*/age~1y: unknown-property (number) (1 times)",
        "/*/mood: unknown-value \"shy\" (2 times)",
        "/*/mood: unknown-value 7 (1 times)",
        "/*/owner: unknown-member (integer) (1 times)",
        "/*/owner/fur: unknown-property (object) (1 times)",
        "/*/owner/fur: unknown-property (array) (1 times)",
        "/*/scores/*/q: unknown-property (boolean) (2 times)",
        "/*/tags: unexpected-null (null) (1 times)",
    ];
    assert_eq!(lines(body).await, expected);
    assert!(lines(r#"[{"name": "a"}]"#).await.is_empty());
}

#[tokio::test]
async fn what_is_refused_is_counted() {
    for (body, expected) in [
        (
            r#"[{"name": 1}]"#,
            "/*/name: wrong-type, expected a string, found integer",
        ),
        (r#"[{"name": "a"}, {}]"#, "/*/name: missing-value (nothing)"),
        (r#"[{"name": null}]"#, "/*/name: unexpected-null (null)"),
        (
            r#"[{"name": "a", "tags": ["secret"]}]"#,
            "/*/tags/*: wrong-type, expected a 64-bit integer, found string",
        ),
        (
            r#"[{"name": "a", "pair": []}]"#,
            "/*/pair/0: missing-value (nothing)",
        ),
        (
            r#"{"pets": "#,
            ": wrong-type, expected an array, found object",
        ),
    ] {
        let expected = expected.replace("found integer", "found number");
        assert_eq!(
            lines(body).await,
            [format!("{expected} (1 times) refused 1")],
            "{body}"
        );
    }
    // What is no JSON is no drift of the API.
    assert!(lines("[{]").await.is_empty());
}

#[tokio::test]
async fn a_refused_item_is_counted_and_the_others_are_read() {
    let client = client(&[]);
    let ledger = client.0.drift.clone().unwrap();
    let raw = crate::response::Raw {
        operation: &LIST,
        status: StatusCode::OK,
        headers: http::HeaderMap::new(),
        body: bytes::Bytes::from_static(br#"[{"name": 1}, {"name": "b", "x": 0}, {}]"#),
        address: crate::transport::Address::new("https://pets.example/pets".to_owned()),
        attempts: crate::retry::Attempts::default(),
        drift: Some(ledger),
        sent: None,
    };
    let mut pets: Vec<Pet> = Vec::new();
    assert_eq!(raw.decode_items("", pets.slot()).unwrap().len(), 2);
    let mut same: Vec<Pet> = Vec::new();
    assert_eq!(decode_items(&raw.body, "", same.slot()).unwrap().len(), 2);
    let report = client.drift();
    let places: Vec<&str> = report.facts.iter().map(|fact| &*fact.pointer).collect();
    assert_eq!(places, ["/*/name", "/*/name", "/*/x"]);
    assert_eq!(pets.len(), 1);
}

#[tokio::test]
async fn statuses_and_media_types() {
    let report = report(&[
        (200, "application/json", "[]"),
        (200, "text/csv", "a"),
        (200, "application/problem+json", "[]"),
        (200, "image/png", "P"),
        (202, "application/json", "[]"),
        (418, "application/json", "{}"),
        (418, "text/html", "<p>"),
        (503, "", ""),
        (500, "text/plain", "?"),
    ])
    .await;
    let lines: Vec<String> = report.facts.iter().map(ToString::to_string).collect();
    let expected = [
        "GET /pets 200 : undeclared-media-type image/png (1 times)",
        "GET /pets 202 : undeclared-status application/json (1 times)",
        "GET /pets 418 : undeclared-media-type text/html (1 times)",
        "GET /pets 500 : undeclared-status text/plain (1 times)",
    ];
    assert_eq!(lines, expected);
    assert_eq!(report.answers[0].answers, 9);
}

#[tokio::test]
async fn memory_is_bounded_and_values_are_not_kept() {
    let many = (0..10_000).map(|n| format!(r#""p{n}": "secret""#));
    let body = format!(
        r#"[{{"name": "a", {}}}]"#,
        many.collect::<Vec<_>>().join(",")
    );
    let long = format!(r#"[{{"name": "a", "{}": 1}}]"#, "x".repeat(100));
    let answers = [
        (200, "application/json", &*body),
        (200, "application/json", &*long),
    ];
    let report = report(&answers).await;
    assert_eq!(report.facts.len(), 64);
    assert_eq!(report.overflow, 10_000 - 64 + 1);
    let text = report.to_json().to_string();
    assert!(!text.contains("secret"));
    let mood = "m".repeat(100);
    let body = format!(r#"[{{"name": "a", "mood": "{mood}"}}]"#);
    let report = super::tests::report(&[(200, "application/json", &body)]).await;
    assert_eq!(report.facts[0].value, None);
}

#[tokio::test]
async fn the_listener_is_told_of_each_fact_of_each_answer() {
    let told = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&told);
    let client: CoreClient = ClientBuilder::new(&API)
        .base_url("https://pets.example")
        .transport(Memory::new(|_| {
            Ok(Response::json(
                StatusCode::OK,
                r#"[{"name": "a", "x": 1}, {"name": "b", "x": 1}]"#,
            ))
        }))
        .on_drift(move |drift| {
            sink.lock()
                .unwrap()
                .push((drift.pointer.clone(), drift.count))
        })
        .build()
        .unwrap();
    for _ in 0..2 {
        client.call(&LIST).send::<Vec<Pet>>().await.unwrap();
    }
    let told = told.lock().unwrap();
    assert_eq!(*told, [("/*/x".to_owned(), 2), ("/*/x".to_owned(), 4)]);
}

#[tokio::test]
async fn bodies_of_errors_are_counted_once_when_they_are_read() {
    let bodies = [
        (404, r#"{"message": "gone", "hint": "a", "mood": "shy"}"#),
        (409, r#"{"mood": 7}"#),
        // Nothing is declared of it.
        (503, r#"{"message": "down", "hint": "a"}"#),
        (400, r#"{"message": "as described"}"#),
    ];
    let answers = bodies.map(|(status, body)| (status, "application/json", body));
    let client = client(&answers);
    let mut errors = Vec::new();
    for _ in answers {
        let call = client.call(&LIST).no_retries();
        let answer = call.send::<Vec<Pet>>().await;
        errors.push(answer.map(drop).expect_err("an error"));
    }
    assert!(client.drift().is_empty());
    for error in &errors {
        let read = error.declared::<ListError>().is_some();
        assert_eq!(read, matches!(error.status().unwrap().as_u16(), 400 | 404));
        let again = error.declared::<ListError>().is_some();
        assert_eq!(read, again);
    }
    let lines: Vec<String> = client
        .drift()
        .facts
        .iter()
        .map(|fact| format!("{fact} refused {}", fact.refused))
        .collect();
    assert_eq!(
        lines,
        [
            "GET /pets 404 /hint: unknown-property (string) (1 times) refused 0",
            "GET /pets 404 /mood: unknown-value \"shy\" (1 times) refused 0",
            "GET /pets 409 /message: missing-value (nothing) (1 times) refused 1",
            "GET /pets 409 /mood: unknown-value 7 (1 times) refused 0",
        ]
    );
}

#[tokio::test]
async fn a_success_that_is_refused_is_not_read_as_an_error() {
    static ANY: Operation = Operation {
        id: "any",
        path: "/pets",
        responses: &[Accepted::json(200, 0), Accepted::json_default(0)],
        ..Operation::BLANK
    };
    let client = client(&[(200, "application/json", r#"[{"name": 1}]"#)]);
    let error = client.call(&ANY).send::<Vec<Pet>>().await;
    let error = error.map(drop).expect_err("an error");
    assert!(error.is_decode() && error.declared::<ListError>().is_none());
    assert_eq!(client.drift().facts.len(), 1);
}
