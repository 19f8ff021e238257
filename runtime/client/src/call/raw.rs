//! Requests that the API's description forgot.

use super::invocation::Encoded;
use super::request::encode_body;
use super::{Call, CallOptions, Invocation, Open, Send};
use crate::model::{Reflect, Slot};
use crate::operation::{Accepted, Body, Codec, Operation, Statuses};
use crate::stream::{Kind, Streamed};
use crate::upload::Upload;
use crate::{CoreClient, Error};
use http::{HeaderValue, Method};
use std::fmt;

/// A request by method and path, for what the API's description does not have. Made
/// by [`CoreClient::request`]; generated clients have one in `core()`.
///
/// It goes the way of all calls: server, default headers, credentials, limits,
/// retries, redirects, hooks, logs. Since nothing says which credential it needs, it gets
/// the first one that the client has, unless the call has one of its own
/// ([`CallOptions::credential`]) or wants none ([`CallOptions::anonymous`]). It may be
/// repeated by its method, or with [`CallOptions::idempotency_key`].
///
/// ```
/// use http::{Method, StatusCode};
/// use pontoon_runtime::json::Json;
/// use pontoon_runtime::operation::Api;
/// use pontoon_runtime::transport::{Memory, Response};
/// use pontoon_runtime::{CallOptions, ClientBuilder, CoreClient};
///
/// # static API: Api = Api { user_agent: "pets/1.0", ..Api::BLANK };
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), pontoon_runtime::Error> {
/// let memory = Memory::new(|_| Ok(Response::json(StatusCode::OK, r#"{"left": 3}"#)));
/// let client: CoreClient = ClientBuilder::new(&API)
///     .base_url("https://pets.example/v1")
///     .transport(memory.clone())
///     .build()?;
/// let food = Json::parse(br#"{"kind": "fish"}"#).expect("JSON");
/// let answer = client
///     .request(Method::POST, "/pets/7/feed")
///     .query("dry run", "yes")
///     .json(&food)
///     .send::<Json>()
///     .await?;
/// assert_eq!(answer.value["left"].as_i64(), Some(3));
/// let sent = &memory.requests()[0];
/// assert_eq!(sent.url.as_str(), "https://pets.example/v1/pets/7/feed?dry%20run=yes");
/// assert_eq!(&sent.body[..], br#"{"kind":"fish"}"#);
/// # Ok(())
/// # }
/// ```
#[must_use = "a request does nothing until it is sent"]
#[derive(Debug)]
pub struct RawRequest(Call);

/// What a raw request has in place of an operation's.
pub(super) struct Raw {
    pub(super) method: Method,
    /// As the caller writes it, with a slash before it.
    pub(super) path: String,
    /// `METHOD path`, as operations without an id have it.
    pub(super) label: String,
}

impl CoreClient {
    /// A request of `method` to `path`, which is appended to the base URL as it is:
    /// what must be percent-encoded is up to the caller. It may have a query;
    /// [`CallOptions::query`] adds to it. See [`RawRequest`].
    pub fn request(&self, method: Method, path: &str) -> RawRequest {
        let mut call = self.call(standing_in(&method, Reading::Json));
        if path.contains("://") || path.starts_with("//") || path.contains('#') {
            call.0.refuse(Error::request(
                "the path of a request is a whole URL or has a fragment: for another server, \
                 give CallOptions::base_url",
            ));
        }
        let slash = if path.starts_with('/') { "" } else { "/" };
        let path = format!("{slash}{path}");
        let without_query = path.split('?').next().unwrap_or_default();
        call.0.raw = Some(Box::new(Raw {
            label: format!("{method} {without_query}"),
            method,
            path,
        }));
        RawRequest(call)
    }
}

impl CallOptions for RawRequest {
    fn call_mut(&mut self) -> &mut Call {
        &mut self.0
    }
}

impl RawRequest {
    /// A JSON body; [`Json`](crate::json::Json) is one, and so are all models.
    pub fn json(self, body: &impl Reflect) -> Self {
        static JSON: Body = Body::json(true);
        self.body(&JSON, body)
    }

    /// A body of the media type `application/x-www-form-urlencoded`, of an object.
    pub fn form(self, body: &impl Reflect) -> Self {
        static FORM: Body = Body::form(&[], true);
        self.body(&FORM, body)
    }

    fn body(mut self, declared: &'static Body, body: &impl Reflect) -> Self {
        match encode_body(declared, body.view()) {
            Ok(encoded) => self.0.0.body = Some(encoded),
            Err(error) => self.0.0.refuse(error),
        }
        self
    }

    /// A body of bytes, of a file or a stream.
    pub fn bytes(mut self, media_type: &str, content: impl Into<Upload>) -> Self {
        match HeaderValue::from_str(media_type) {
            Ok(media_type) => {
                self.0.0.body = Some(Encoded {
                    media_type,
                    codec: Codec::Bytes,
                    pieces: vec![content.into()],
                });
            }
            Err(_) => self.0.0.refuse(Error::request("not a media type")),
        }
        self
    }

    /// Sends it. The body of a success is read by what `T` is: `Bytes` and `String`
    /// take any, `()` none, all else is JSON
    /// ([`Response::body`](crate::Response::body) has the bytes in any case).
    pub fn send<T: Reflect>(mut self) -> Send<T> {
        let mut blank = T::blank();
        let reading = match blank.slot() {
            Slot::Bytes(_) | Slot::Str(_) => Reading::Bytes,
            _ => Reading::Json,
        };
        self.stand_in(reading);
        self.0.send()
    }

    /// Sends it and gives the answer as a stream: see [`Call::stream`].
    pub fn stream<S: Streamed>(mut self) -> Open<S> {
        self.stand_in(match S::KIND {
            Kind::Bytes => Reading::Bytes,
            Kind::Events | Kind::Lines => Reading::Json,
        });
        self.0.stream()
    }

    fn stand_in(&mut self, reading: Reading) {
        if let Some(raw) = &self.0.0.raw {
            self.0.0.operation = standing_in(&raw.method, reading);
        }
    }
}

/// How answers are read.
#[derive(Clone, Copy)]
enum Reading {
    Json,
    Bytes,
}

const SUCCESS: Statuses = Statuses::Class(2);
const JSON: &[Accepted] = &[
    Accepted::json_class(2, 0),
    Accepted::new(SUCCESS, "text/event-stream", Codec::Events, 0),
    Accepted::new(SUCCESS, "application/x-ndjson", Codec::Lines, 0),
];
const BYTES: &[Accepted] = &[Accepted::new(SUCCESS, "*/*", Codec::Bytes, 0)];

/// The operation that stands in for the one that is missing; its id and its path are
/// empty.
fn standing_in(method: &Method, reading: Reading) -> &'static Operation {
    const fn of(method: &'static str, responses: &'static [Accepted]) -> Operation {
        Operation {
            method,
            path: "",
            responses,
            ..Operation::BLANK
        }
    }
    const fn all(responses: &'static [Accepted]) -> [Operation; 10] {
        [
            // Of any other name.
            of("", responses),
            of("GET", responses),
            of("HEAD", responses),
            of("POST", responses),
            of("PUT", responses),
            of("PATCH", responses),
            of("DELETE", responses),
            of("OPTIONS", responses),
            of("TRACE", responses),
            of("QUERY", responses),
        ]
    }
    static READ_AS_JSON: [Operation; 10] = all(JSON);
    static READ_AS_BYTES: [Operation; 10] = all(BYTES);
    let all = match reading {
        Reading::Json => &READ_AS_JSON,
        Reading::Bytes => &READ_AS_BYTES,
    };
    let known = all.iter().find(|one| one.method == method.as_str());
    known.unwrap_or(&all[0])
}

// What a call is called, whether it has an operation or not.
impl Invocation {
    /// `operationId`, or method and path.
    pub(crate) fn label(&self) -> &str {
        self.raw
            .as_ref()
            .map_or(self.operation.id, |raw| &raw.label)
    }

    pub(crate) fn method_name(&self) -> &str {
        let raw = self.raw.as_ref();
        raw.map_or(self.operation.method, |raw| raw.method.as_str())
    }

    /// The path template, or the path of a raw request without its query.
    pub(crate) fn path_template(&self) -> &str {
        let Some(raw) = &self.raw else {
            return self.operation.path;
        };
        raw.path.split('?').next().unwrap_or_default()
    }
}

impl fmt::Debug for Raw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.label)
    }
}
