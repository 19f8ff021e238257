//! Pages as the typed answers of the operation.

use super::position::Position;
use super::walk::Walk;
use crate::call::Call;
use crate::model::Reflect;
use crate::{Error, Response};
use std::collections::VecDeque;
use std::fmt;
use std::future::poll_fn;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// The pages of a list, each the whole typed answer. It is a
/// [`Stream`](futures_core::Stream), too.
///
/// Items that are not what the API declares are left out of their page and come
/// after it, each as an error with its raw JSON in [`Error::body`]. A page that is
/// not what the API declares around its items is an error with the raw body; the
/// pages after it still come. Every other error is the last item;
/// [`position`](Self::position) is then that of the page that failed.
#[must_use = "nothing is asked for until the stream is read"]
pub struct Pages<P> {
    walk: Box<Walk>,
    position: Position,
    /// Items that were left out of the last page.
    rejected: VecDeque<Error>,
    page: PhantomData<fn() -> P>,
}

impl<P> Pages<P> {
    pub(crate) fn new(call: Call) -> Self {
        let walk = Walk::new(call);
        Self {
            position: walk.reached().clone(),
            walk: Box::new(walk),
            rejected: VecDeque::new(),
            page: PhantomData,
        }
    }

    /// The place after the last page that was given: where a later call goes on.
    pub fn position(&self) -> &Position {
        &self.position
    }
}

super::items::settings!(Pages<P>);

impl<P: Reflect> Pages<P> {
    /// The next page; `None` at the end.
    pub async fn next(&mut self) -> Option<Result<Response<P>, Error>> {
        poll_fn(|context| self.poll_page(context)).await
    }

    fn poll_page(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Response<P>, Error>>> {
        if let Some(error) = self.rejected.pop_front() {
            return Poll::Ready(Some(Err(error)));
        }
        let page = match ready!(self.walk.poll(context)) {
            Some(Ok(page)) => page,
            Some(Err(error)) => return Poll::Ready(Some(Err(error))),
            None => return Poll::Ready(None),
        };
        self.position = page.after;
        let mut value = P::blank();
        let place = page
            .raw
            .operation
            .paging
            .map_or("", |paging| paging.records);
        let read = page.raw.decode_items(place, value.slot());
        Poll::Ready(Some(read.map(|rejected| {
            let errors = rejected.into_iter().map(|(_, error)| error);
            self.rejected = errors.collect();
            Response::new(value, page.raw)
        })))
    }
}

impl<P: Reflect> futures_core::Stream for Pages<P> {
    type Item = Result<Response<P>, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll_page(context)
    }
}

impl<P> fmt::Debug for Pages<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages")
            .field("call", self.walk.call())
            .field("position", &self.position)
            .finish_non_exhaustive()
    }
}
