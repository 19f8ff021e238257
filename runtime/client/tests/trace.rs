//! Spans of attempts. Alone in its program: `tracing` keeps for the whole process
//! which places anybody listens to.
#![cfg(feature = "tracing")]

use http::StatusCode;
use pontoon_runtime::codegen::*;
use pontoon_runtime::transport::{Memory, Response as Answer};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

static GET_PET: Operation = Operation {
    id: "pets/get",
    path: "/pets/{id}",
    parameters: &[Parameter::path("id")],
    responses: &[Accepted::json(200, 0)],
    security: &[&[Requirement {
        scheme: 0,
        scopes: &[],
    }]],
    ..Operation::BLANK
};
static API: Api = Api {
    user_agent: "pets/1.0",
    schemes: &[Scheme {
        name: "query",
        kind: SchemeKind::ApiKeyQuery { name: "pet" },
        env: &[],
    }],
    ..Api::BLANK
};

fn code(status: u16) -> StatusCode {
    StatusCode::from_u16(status).expect("a status code")
}

type Fields = BTreeMap<&'static str, String>;

/// Keeps the fields of spans, and the messages of events.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<(Vec<Fields>, Vec<Fields>)>>);

struct Writer<'a>(&'a mut Fields);
impl Visit for Writer<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0.insert(field.name(), format!("{value:?}"));
    }
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name(), value.to_owned());
    }
}

impl Subscriber for Kept {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }
    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut kept = self.0.lock().expect("the spans");
        let mut fields = Fields::new();
        span.record(&mut Writer(&mut fields));
        kept.0.push(fields);
        Id::from_u64(kept.0.len() as u64)
    }
    fn record(&self, span: &Id, values: &Record<'_>) {
        let mut kept = self.0.lock().expect("the spans");
        let at = span.into_u64() as usize - 1;
        values.record(&mut Writer(&mut kept.0[at]));
    }
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields::new();
        event.record(&mut Writer(&mut fields));
        self.0.lock().expect("the events").1.push(fields);
    }
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

#[tokio::test]
async fn in_the_words_of_the_conventions() {
    let kept = Kept::default();
    let _guard = tracing::subscriber::set_default(kept.clone());
    let memory = Memory::script([
        Ok(Answer::json(code(503), "")),
        Err(Error::timeout("slow")),
        Ok(Answer::json(code(200), "[]")),
        Ok(Answer::json(code(204), "[]")),
        Ok(Answer::json(code(204), "[]")),
    ]);
    let client: CoreClient = ClientBuilder::new(&API)
        .base_url("https://eu.pets.example:8443/v1")
        .transport(memory)
        .credential(Credential::token(0, "s3cret"))
        .count_drift(true)
        .build()
        .expect("a client");
    let call = client.call(&GET_PET).param(0, View::Str("7"));
    let call = call.query("token", "s3cret");
    call.send::<Json>().await.expect("a pet");
    for _ in 0..2 {
        let call = client.call(&GET_PET).param(0, View::Str("8"));
        call.send::<Json>().await.expect("a pet");
    }
    let kept = kept.0.lock().expect("the spans");
    let of = |span: usize, name: &str| kept.0[span].get(name).map(String::as_str);
    for span in 0..3 {
        assert_eq!(of(span, "otel.name"), Some("GET /pets/{id}"));
        assert_eq!(of(span, "otel.kind"), Some("client"));
        assert_eq!(of(span, "http.request.method"), Some("GET"));
        assert_eq!(of(span, "url.template"), Some("/pets/{id}"));
        assert_eq!(of(span, "server.address"), Some("eu.pets.example"));
        assert_eq!(of(span, "server.port"), Some("8443"));
        assert_eq!(of(span, "openapi.operation_id"), Some("pets/get"));
        let url = of(span, "url.full").expect("a URL");
        assert_eq!(url, "https://eu.pets.example:8443/v1/pets/7?token=***");
    }
    let column = |name: &'static str| [0, 1, 2].map(|span| of(span, name));
    assert_eq!(
        column("http.request.resend_count"),
        [None, Some("1"), Some("2")]
    );
    assert_eq!(
        column("http.response.status_code"),
        [Some("503"), None, Some("200")]
    );
    assert_eq!(column("error.type"), [Some("503"), Some("timeout"), None]);
    assert_eq!(
        column("otel.status_code"),
        [Some("ERROR"), Some("ERROR"), None]
    );
    assert_eq!(kept.0.len(), 5);
    // Two attempts more, and two statuses that are not declared, each told once.
    assert_eq!(kept.1.len(), 4, "{:?}", kept.1);
    let drift = kept.1.iter().filter(|event| event.contains_key("kind"));
    let drift = drift.map(|event| {
        assert_eq!(event["kind"], "undeclared-status");
        assert_eq!(event["openapi.operation_id"], "pets/get");
        event["http.response.status_code"].as_str()
    });
    assert_eq!(drift.collect::<Vec<_>>(), ["503", "204"]);
}
