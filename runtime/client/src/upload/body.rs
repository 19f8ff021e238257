//! Uploads as bodies.

use super::Upload;
use crate::Error;
use crate::error::BoxError;
use crate::transport::Body;
use bytes::Bytes;
use futures_core::Stream;
use http_body::{Frame, SizeHint};
use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

type Next = Poll<Option<Result<Frame<Bytes>, Error>>>;

/// A stream of the caller's.
pub(super) struct Pieces<S>(pub(super) Pin<Box<S>>);

impl<S, E> http_body::Body for Pieces<S>
where
    S: Stream<Item = Result<Bytes, E>>,
    E: Into<BoxError>,
{
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Next {
        let item = ready!(self.0.as_mut().poll_next(context));
        Poll::Ready(item.map(|item| match item {
            Ok(bytes) => Ok(Frame::data(bytes)),
            Err(error) => Err(broken("the upload could not be read").with_source(error)),
        }))
    }
}

/// The caller's side broke, not the connection.
pub(super) fn broken(message: &'static str) -> Error {
    Error::request(message)
}

/// A body whose length was announced.
pub(super) struct Sized {
    body: Body,
    left: u64,
    failed: bool,
}

impl Sized {
    pub(super) fn new(body: Body, length: u64) -> Self {
        Self {
            body,
            left: length,
            failed: false,
        }
    }
}

impl http_body::Body for Sized {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Next {
        if self.failed {
            return Poll::Ready(None);
        }
        let item = match ready!(self.body.poll_data(context)) {
            Some(Ok(bytes)) => match self.left.checked_sub(bytes.len() as u64) {
                Some(left) => {
                    self.left = left;
                    Some(Ok(Frame::data(bytes)))
                }
                None => Some(Err(broken("the upload is longer than was said"))),
            },
            Some(Err(error)) => Some(Err(error)),
            None if self.left > 0 => Some(Err(broken("the upload is shorter than was said"))),
            None => None,
        };
        self.failed = matches!(item, Some(Err(_)));
        Poll::Ready(item)
    }

    fn is_end_stream(&self) -> bool {
        self.failed
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}

/// The body of several pieces, one after the other.
pub(crate) fn joined(pieces: &[Upload]) -> Result<Body, Error> {
    match pieces {
        [] => Ok(Body::empty()),
        [piece] => piece.body(),
        pieces => {
            let bodies: Result<VecDeque<Body>, Error> = pieces.iter().map(Upload::body).collect();
            Ok(Body::stream(Joined(bodies?)))
        }
    }
}

struct Joined(VecDeque<Body>);

impl http_body::Body for Joined {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Next {
        while let Some(first) = self.0.front_mut() {
            match ready!(first.poll_data(context)) {
                Some(item) => {
                    if item.is_err() {
                        self.0.clear();
                    }
                    return Poll::Ready(Some(item.map(Frame::data)));
                }
                None => drop(self.0.pop_front()),
            }
        }
        Poll::Ready(None)
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        let mut sum = SizeHint::with_exact(0);
        for hint in self.0.iter().map(http_body::Body::size_hint) {
            let upper = sum.upper().zip(hint.upper());
            let lower = sum.lower().saturating_add(hint.lower());
            sum = SizeHint::new();
            sum.set_lower(lower);
            if let Some((a, b)) = upper {
                sum.set_upper(a.saturating_add(b).max(lower));
            }
        }
        sum
    }
}
