//! The future that a call becomes.

use crate::model::Reflect;
use crate::operation::Operation;
use crate::response::Raw;
use crate::transport::BoxFuture;
use crate::{Error, Response};
use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// A call on its way: a future of the typed [`Response`].
#[must_use = "futures do nothing unless awaited"]
pub struct Send<T> {
    operation: &'static Operation,
    answer: BoxFuture<Result<Box<Raw>, Error>>,
    value: PhantomData<fn() -> T>,
}

impl<T> Send<T> {
    pub(super) fn new(
        (operation, answer): (&'static Operation, BoxFuture<Result<Box<Raw>, Error>>),
    ) -> Self {
        Self {
            operation,
            answer,
            value: PhantomData,
        }
    }
}

impl<T: Reflect> Future for Send<T> {
    type Output = Result<Response<T>, Error>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let raw = ready!(self.answer.as_mut().poll(context))?;
        let mut answer = Response::new(T::blank(), raw);
        answer.read()?;
        Poll::Ready(Ok(answer))
    }
}

impl<T> fmt::Debug for Send<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Send({})", self.operation.id)
    }
}
