//! Server-sent events as typed values, over one connection or several.

use super::event::{Event, Parser, RawEvent};
use super::reconnect::{Reconnect, is_transient};
use super::{Aim, Kind, Opened, Opening, Streamed};
use crate::Error;
use crate::call::{self, Invocation};
use crate::model::Reflect;
use crate::response::{Raw, decode};
use crate::transport::{Body, BoxFuture};
use bytes::Bytes;
use http::{HeaderValue, StatusCode};
use std::borrow::Cow;
use std::fmt;
use std::future::poll_fn;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

/// How long an event may be.
const MAX_EVENT: usize = 16 << 20;

/// Server-sent events, each with its data as a `T`. Dropping it closes the
/// connection.
///
/// An event whose data is not a `T` is an error with the data in
/// [`Error::body`]; the events after it still come. An error of the connection
/// is the last item, unless [`Self::reconnect`] is set. It is a
/// [`Stream`](futures_core::Stream), too.
pub struct EventStream<T> {
    events: Box<Events>,
    data: PhantomData<fn() -> T>,
}

/// All of a stream that does not depend on the type of the data.
struct Events {
    call: Arc<Invocation>,
    raw: Box<Raw>,
    parser: Parser,
    state: State,
    until: Option<Cow<'static, str>>,
    reconnect: Option<Reconnect>,
    /// Attempts since the last event.
    attempts: u32,
    received: u64,
}

enum State {
    Reading(Body),
    Waiting(BoxFuture<()>),
    Opening(BoxFuture<Result<Opened, Error>>),
    /// What was read before the error comes first.
    Failed(Error),
    Done,
}

impl<T> Streamed for EventStream<T> {
    const KIND: Kind = Kind::Events;

    fn open(Opening(opened): Opening) -> Self {
        let until = opened.row(Kind::Events).and_then(|row| row.until);
        let events = Events {
            call: opened.call,
            parser: Parser::new(MAX_EVENT),
            state: reading(opened.raw.status, opened.body),
            raw: opened.raw,
            until: until.map(Cow::Borrowed),
            reconnect: None,
            attempts: 0,
            received: 0,
        };
        Self {
            events: Box::new(events),
            data: PhantomData,
        }
    }
}

/// 204 asks not to come back.
fn reading(status: StatusCode, body: Body) -> State {
    if status == StatusCode::NO_CONTENT {
        State::Done
    } else {
        State::Reading(body)
    }
}

impl<T> EventStream<T> {
    /// Opens the stream again when it breaks or ends, where it left off
    /// (`Last-Event-ID`). What the server sends between is not lost if it keeps
    /// events and gives them ids. A server ends a stream for good with status
    /// 204 or the end that [`Self::until`] is about.
    pub fn reconnect(mut self, policy: Reconnect) -> Self {
        self.events.reconnect = Some(policy);
        self
    }

    /// The data that ends the stream, such as `[DONE]`, in place of what the API
    /// declares.
    pub fn until(mut self, data: impl Into<Cow<'static, str>>) -> Self {
        self.events.until = Some(data.into());
        self
    }

    /// How long an event may be, 16 MiB by default. A longer one ends the stream
    /// with an error.
    pub fn limit(mut self, bytes: usize) -> Self {
        self.events.parser.set_limit(bytes);
        self
    }

    /// The last position that the server gave: where the stream goes on.
    pub fn last_event_id(&self) -> Option<&str> {
        self.events.parser.last_id()
    }

    /// How many events have come.
    pub fn received(&self) -> u64 {
        self.events.received
    }
}

impl<T: Reflect> EventStream<T> {
    /// The next event; `None` at the end.
    pub async fn next(&mut self) -> Option<Result<Event<T>, Error>> {
        poll_fn(|context| self.poll_event(context)).await
    }

    fn poll_event(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Event<T>, Error>>> {
        let raw = match ready!(self.events.poll(context)) {
            Some(Ok(raw)) => raw,
            Some(Err(error)) => return Poll::Ready(Some(Err(error))),
            None => return Poll::Ready(None),
        };
        let mut data = T::blank();
        if let Err(error) = decode::text_item(&self.events.raw, &raw.data, data.slot()) {
            return Poll::Ready(Some(Err(self.events.unread(error, raw))));
        }
        Poll::Ready(Some(Ok(Event {
            data,
            name: raw.name,
            id: raw.id,
            raw: raw.data,
        })))
    }
}

impl Events {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<RawEvent, Error>>> {
        loop {
            if let Some(event) = self.parser.next() {
                if self.until.as_deref() == Some(&event.data) {
                    self.finish();
                    return Poll::Ready(None);
                }
                self.attempts = 0;
                self.received += 1;
                return Poll::Ready(Some(Ok(event)));
            }
            match &mut self.state {
                State::Done => return Poll::Ready(None),
                State::Failed(_) => return Poll::Ready(self.take_failure().map(Err)),
                State::Reading(body) => match ready!(body.poll_data(context)) {
                    Some(Ok(piece)) => {
                        if self.parser.push(&piece).is_err() {
                            let long = "an event is longer than the limit";
                            self.state = State::Failed(self.raw.located(Error::too_long(long)));
                        }
                    }
                    Some(Err(error)) => self.lost(Some(self.raw.located(error))),
                    None => self.lost(None),
                },
                State::Waiting(clock) => {
                    ready!(clock.as_mut().poll(context));
                    self.state = State::Opening(self.reopen());
                }
                State::Opening(answer) => match ready!(answer.as_mut().poll(context)) {
                    Ok(opened) => {
                        self.parser.restart();
                        self.state = reading(opened.raw.status, opened.body);
                        self.raw = opened.raw;
                    }
                    Err(error) if is_transient(&error) => self.lost(Some(error)),
                    Err(error) => self.state = State::Failed(error),
                },
            }
        }
    }

    /// Nothing more comes, whatever was read ahead.
    fn finish(&mut self) {
        self.state = State::Done;
        while self.parser.next().is_some() {}
    }

    fn take_failure(&mut self) -> Option<Error> {
        match std::mem::replace(&mut self.state, State::Done) {
            State::Failed(error) => Some(self.positioned(error)),
            _ => None,
        }
    }

    /// The connection is gone: by an error, or closed by the server.
    fn lost(&mut self, error: Option<Error>) {
        let end = |error: Option<Error>| error.map_or(State::Done, State::Failed);
        let Some(policy) = &self.reconnect else {
            self.state = end(error);
            return;
        };
        let method = self.raw.operation.method;
        if !policy.allows(method) {
            self.state = end(error.map(|error| {
                let message = format!(
                    "the stream broke; a {method} is not sent again unless \
                     Reconnect::any_method says that it is safe"
                );
                self.raw
                    .located(Error::transport(error).with_message(message))
            }));
            return;
        }
        self.attempts += 1;
        let retry = self.parser.retry();
        self.state = match policy.delay(self.attempts, retry, error.as_ref()) {
            Some(wait) => State::Waiting(self.call.sleep(wait)),
            None => end(error),
        };
    }

    fn reopen(&self) -> BoxFuture<Result<Opened, Error>> {
        let id = self.parser.last_id().map(str::as_bytes);
        let aim = Aim {
            kind: Some(Kind::Events),
            last_event_id: id.and_then(|id| HeaderValue::from_bytes(id).ok()),
            once: true,
            ..Aim::default()
        };
        call::reopen(Arc::clone(&self.call), aim)
    }

    #[cold]
    fn unread(&self, error: Error, event: RawEvent) -> Error {
        let raw = Raw {
            body: Bytes::from(event.data),
            ..(*self.raw).clone()
        };
        self.positioned(raw.located(error))
    }

    fn positioned(&self, error: Error) -> Error {
        match self.parser.last_id() {
            Some(id) => error.at(format_args!("at event {}, id {id:?}", self.received)),
            None => error.at(format_args!("at event {}", self.received)),
        }
    }
}

impl<T: Reflect> futures_core::Stream for EventStream<T> {
    type Item = Result<Event<T>, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll_event(context)
    }
}

impl<T> fmt::Debug for EventStream<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventStream")
            .field("received", &self.events.received)
            .field("last_event_id", &self.last_event_id())
            .finish_non_exhaustive()
    }
}
