//! From a call to an answer whose body is still to come.

use super::{Kind, Opening, Streamed};
use crate::Error;
use crate::call::Invocation;
use crate::operation::{Accepted, Operation};
use crate::page::Next;
use crate::response::{Raw, Response, select};
use crate::transport::{Body, BoxFuture};
use http::HeaderValue;
use http::header::CONTENT_TYPE;
use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

/// What a request is sent for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Aim {
    /// `None`: the body is read whole.
    pub(crate) kind: Option<Kind>,
    /// Where an event stream goes on.
    pub(crate) last_event_id: Option<HeaderValue>,
    /// Sent once: whoever sends it has its own way of trying again.
    pub(crate) once: bool,
    /// Which page of a list it is.
    pub(crate) page: Next,
}

/// An answer of success, its body unread, and the call that it answers.
pub(crate) struct Opened {
    pub(crate) call: Arc<Invocation>,
    /// The head; the body in it is empty.
    pub(crate) raw: Box<Raw>,
    pub(crate) body: Body,
}

impl Opened {
    /// The response of the operation that is of this kind.
    pub(super) fn row(&self, kind: Kind) -> Option<&'static Accepted> {
        let media_type = select::essence(content_type(&self.raw));
        select::streamed(self.raw.operation, kind.codec(), media_type)
    }
}

/// The `Content-Type` of an answer; empty where there is none.
pub(super) fn content_type(raw: &Raw) -> &str {
    let value = raw.headers.get(CONTENT_TYPE);
    value
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

/// A call on its way to a stream: a future of the [`Response`] with the head and
/// the open stream in it.
#[must_use = "futures do nothing unless awaited"]
pub struct Open<S> {
    operation: &'static Operation,
    answer: BoxFuture<Result<Opened, Error>>,
    stream: PhantomData<fn() -> S>,
}

impl<S> Open<S> {
    pub(crate) fn new(
        (operation, answer): (&'static Operation, BoxFuture<Result<Opened, Error>>),
    ) -> Self {
        Self {
            operation,
            answer,
            stream: PhantomData,
        }
    }
}

impl<S: Streamed> Future for Open<S> {
    type Output = Result<Response<S>, Error>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let opened = ready!(self.answer.as_mut().poll(context))?;
        let raw = opened.raw.clone();
        Poll::Ready(Ok(Response::new(S::open(Opening(opened)), raw)))
    }
}

impl<S> fmt::Debug for Open<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Open({})", self.operation.id)
    }
}
