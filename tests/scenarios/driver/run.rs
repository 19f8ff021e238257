//! Values in, calls, answers out.

use pontoon_runtime::codegen as rt;
use pontoon_runtime::Reconnect;
use pontoon_runtime::codec::xml;
use rt::{Json, Reflect, Slot, View};
use std::cell::Cell;
use std::error::Error;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// A call and the function that makes it.
pub struct Planned {
    pub number: usize,
    pub start: fn(&Target) -> Started,
}

/// Where the calls go.
pub struct Target {
    /// Scheme, host and port.
    pub origin: String,
}

/// A call on its way, or why it was not made.
pub type Started = Result<Pin<Box<dyn Future<Output = Answer>>>, String>;

/// What came back.
pub struct Answer {
    status: Option<u16>,
    value: Option<Json>,
    error: Option<String>,
}

impl Answer {
    fn report(self, number: usize) {
        let text = |text: Option<String>| text.map_or(Json::Null, Json::from);
        let status = self.status.map_or(Json::Null, |code| Json::from(i64::from(code)));
        let line = Json::from([
            ("call", Json::from(number as i64)),
            ("status", status),
            ("has_value", Json::from(self.value.is_some())),
            ("value", self.value.unwrap_or_default()),
            ("error", text(self.error)),
        ]);
        println!("{}", String::from_utf8_lossy(&line.to_vec()));
    }
}

/// A client's error in words.
pub fn describe(error: impl Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text.push_str(": ");
        text.push_str(&error.to_string());
        source = error.source();
    }
    text
}

/// A call whose answer no longer depends on its type.
pub fn run<T: Reflect + 'static>(call: rt::Send<T>) -> Started {
    let xml = XML_ANSWER.take();
    Ok(Box::pin(async move {
        match call.await {
            Ok(response) => success(response, xml),
            Err(error) => failure(&error, None),
        }
    }))
}

/// The same, with the declared errors read too.
pub fn run_declared<T: Reflect + 'static, E: rt::DeclaredErrors + 'static>(
    call: rt::Send<T>,
) -> Started {
    let xml = XML_ANSWER.take();
    Ok(Box::pin(async move {
        match call.await {
            Ok(response) => success(response, xml),
            Err(error) => failure(&error, error.declared::<E>().map(|value| written(&value, xml))),
        }
    }))
}

/// A call whose answer is a stream, read to its end: the value is the list of
/// what came, the bytes of a download as one.
pub fn run_stream<S: Drain + 'static>(call: rt::Open<S>) -> Started {
    Ok(Box::pin(async move {
        match call.await {
            Ok(response) => {
                let status = Some(response.status().as_u16());
                match response.into_value().drain().await {
                    Ok(value) => Answer { status, value, error: None },
                    Err(error) => Answer { status, value: None, error: Some(error) },
                }
            }
            Err(error) => failure(&error, None),
        }
    }))
}

/// A stream that can be read to its end.
pub trait Drain: rt::Streamed {
    fn drain(self) -> impl Future<Output = Result<Option<Json>, String>>;
}

/// Whether the next stream of events is to be opened again at its end, once.
pub static RECONNECT: AtomicBool = AtomicBool::new(false);

impl<T: Reflect> Drain for rt::EventStream<T> {
    async fn drain(mut self) -> Result<Option<Json>, String> {
        let mut items = Vec::new();
        if RECONNECT.swap(false, Ordering::Relaxed) {
            let policy = Reconnect::default().wait(Duration::from_millis(1));
            let mut events = self.reconnect(policy);
            for _ in 0..2 {
                let event = events.next().await.ok_or("the stream ended")?;
                items.extend(read(&event.map_err(describe)?.data)?);
            }
            items.truncate(1); // What the first connection gave.
            return Ok(Some(Json::Array(items)));
        }
        while let Some(event) = self.next().await {
            items.extend(read(&event.map_err(describe)?.data)?);
        }
        Ok(Some(Json::Array(items)))
    }
}

impl<T: Reflect> Drain for rt::JsonLines<T> {
    async fn drain(mut self) -> Result<Option<Json>, String> {
        let mut items = Vec::new();
        while let Some(item) = self.next().await {
            items.extend(read(&item.map_err(describe)?)?);
        }
        Ok(Some(Json::Array(items)))
    }
}

impl Drain for rt::Download {
    async fn drain(self) -> Result<Option<Json>, String> {
        read(&self.collect(1 << 30).await.map_err(describe)?)
    }
}

thread_local! {
    /// What the next body is read by, if it is XML.
    pub static XML_BODY: Cell<Option<&'static rt::Xml>> = const { Cell::new(None) };
    /// What the value of the next answer is written by, if it is XML.
    pub static XML_ANSWER: Cell<Option<&'static rt::Xml>> = const { Cell::new(None) };
}

/// A typed value as what came: JSON, or the text of an XML document.
fn written<T: Reflect>(
    value: &T,
    xml: Option<&'static rt::Xml>,
) -> Result<Option<Json>, String> {
    let Some(table) = xml else {
        return read(value);
    };
    let text = xml::encode(value.view(), table).map_err(describe)?;
    Ok(Some(Json::from(String::from_utf8_lossy(&text).as_ref())))
}

fn success<T: Reflect>(
    response: rt::Response<T>,
    xml: Option<&'static rt::Xml>,
) -> Answer {
    let status = Some(response.status().as_u16());
    match written(&response.value, xml) {
        Ok(value) => Answer { status, value, error: None },
        Err(error) => Answer { status, value: None, error: Some(error) },
    }
}

fn failure(error: &rt::Error, value: Option<Result<Option<Json>, String>>) -> Answer {
    let status = error.status().map(|status| status.as_u16());
    let (value, problem) = match value {
        Some(Ok(value)) => (value, None),
        Some(Err(problem)) => (None, Some(problem)),
        None => (None, Some(describe(error))),
    };
    Answer { status, value, error: problem }
}

/// A typed value as JSON: what it would be sent as. Bytes that are no text are
/// written as [`value`] reads them.
fn read<T: Reflect>(value: &T) -> Result<Option<Json>, String> {
    match value.view() {
        View::Absent => return Ok(None),
        View::Bytes(bytes) => {
            return Ok(Some(match std::str::from_utf8(bytes) {
                Ok(text) => Json::from(text),
                Err(_) => Json::from(hex(bytes)),
            }));
        }
        _ => {}
    }
    Json::from_model(value).map(Some).map_err(describe)
}

const HEX: &str = "@hex:";

fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().map(|byte| format!("{byte:02x}"));
    HEX.to_owned() + &digits.collect::<String>()
}

fn unhex(text: &[u8]) -> Option<rt::Bytes> {
    let digits = std::str::from_utf8(text).ok()?.strip_prefix(HEX)?;
    let pairs = (0..digits.len()).step_by(2);
    let bytes: Option<Vec<u8>> = pairs
        .map(|at| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok())
        .collect();
    bytes.map(rt::Bytes::from)
}

/// A value from its JSON text. A string `@hex:...` in a place for bytes stands
/// for those bytes, `@xml:...` for the value that the document holds.
pub fn value<T: Reflect>(text: &str) -> Result<T, String> {
    let json = Json::parse(text.as_bytes()).map_err(describe)?;
    if let Json::String(text) = &json
        && let Some(document) = text.strip_prefix("@xml:")
        && let Some(table) = XML_BODY.take()
    {
        let mut value = rt::blank::<T>();
        xml::decode(document, table, value.slot()).map_err(describe)?;
        return Ok(value);
    }
    let mut value: T = json.to_model().map_err(describe)?;
    if text.contains(HEX) {
        let found = binary(&value.view());
        fill(value.slot(), found);
    }
    Ok(value)
}

/// Bytes found in a value, in its shape.
enum Found {
    Nothing,
    Bytes(rt::Bytes),
    Members(Vec<Found>),
    Items(Vec<Found>),
}

fn binary(view: &View<'_>) -> Found {
    match view {
        View::Bytes(bytes) => unhex(bytes).map_or(Found::Nothing, Found::Bytes),
        View::File(file) => file
            .as_bytes()
            .and_then(|bytes| unhex(bytes))
            .map_or(Found::Nothing, Found::Bytes),
        View::Model(model) => {
            let count = model.table().fields.len();
            Found::Members((0..count).map(|index| binary(&model.view_at(index))).collect())
        }
        View::List(list) => {
            let items = (0..list.len()).map(|index| binary(&list.at(index)));
            Found::Items(items.collect())
        }
        _ => Found::Nothing,
    }
}

fn fill(slot: Slot<'_>, found: Found) {
    match (slot, found) {
        (_, Found::Nothing) => {}
        (Slot::Bytes(place), Found::Bytes(bytes)) => *place = bytes,
        (Slot::Model(model), Found::Members(members)) => {
            for (index, member) in members.into_iter().enumerate() {
                if !matches!(member, Found::Nothing) {
                    fill(model.slot_at(index), member);
                }
            }
        }
        (Slot::List(list), Found::Items(items)) => {
            if items.iter().all(|item| matches!(item, Found::Bytes(_))) {
                list.clear();
                for item in items {
                    fill(list.push(), item);
                }
            }
        }
        (Slot::Opt(option), found @ (Found::Bytes(_) | Found::Items(_))) => {
            fill(option.insert(), found);
        }
        _ => {}
    }
}

/// Makes the calls.
pub fn main(calls: &'static [&[Planned]]) -> std::process::ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    match runtime {
        Ok(runtime) => runtime.block_on(play(calls)),
        Err(error) => {
            eprintln!("error: {error}");
            std::process::ExitCode::FAILURE
        }
    }
}

async fn play(calls: &[&[Planned]]) -> std::process::ExitCode {
    let mut arguments = std::env::args().skip(1);
    let Some(origin) = arguments.next() else {
        eprintln!("usage: driver ORIGIN [NUMBER]...");
        return std::process::ExitCode::from(2);
    };
    let wanted: Vec<String> = arguments.collect();
    let target = Target { origin };
    let mut all: Vec<&Planned> = calls.iter().copied().flatten().collect();
    all.sort_by_key(|planned| planned.number);
    for planned in all {
        if !wanted.is_empty() && !wanted.contains(&planned.number.to_string()) {
            continue;
        }
        let answer = match (planned.start)(&target) {
            Ok(call) => call.await,
            Err(error) => Answer { status: None, value: None, error: Some(error) },
        };
        answer.report(planned.number);
    }
    std::process::ExitCode::SUCCESS
}
