//! Bodies of requests and answers.

use super::BoxFuture;
use crate::Error;
use bytes::Bytes;
use http_body::{Frame, SizeHint};
use std::fmt;
use std::future::{Future, poll_fn};
use std::mem::take;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// The body of a request or an answer: bytes in memory, or a stream of them.
pub struct Body(Kind);

enum Kind {
    Bytes(Bytes),
    Stream(Pin<Box<dyn http_body::Body<Data = Bytes, Error = Error> + Send>>),
}

impl Body {
    /// No body.
    pub const fn empty() -> Self {
        Self(Kind::Bytes(Bytes::new()))
    }

    /// A body that arrives piece by piece.
    pub fn stream(
        body: impl http_body::Body<Data = Bytes, Error = Error> + Send + 'static,
    ) -> Self {
        Self(Kind::Stream(Box::pin(body)))
    }

    /// The bytes, unless the body is a stream.
    pub fn as_bytes(&self) -> Option<&Bytes> {
        match &self.0 {
            Kind::Bytes(bytes) => Some(bytes),
            Kind::Stream(_) => None,
        }
    }

    /// The whole body where it is no longer than `limit`; else the body that it was.
    pub(crate) async fn hold(mut self, limit: usize) -> Result<Held, Error> {
        if let Some(bytes) = self.as_bytes() {
            return Ok(match bytes.len() <= limit {
                true => Held::Whole(bytes.clone()),
                false => Held::Longer(self),
            });
        }
        if http_body::Body::size_hint(&self).lower() > limit as u64 {
            return Ok(Held::Longer(self));
        }
        let mut whole = Vec::new();
        while let Some(piece) = poll_fn(|context| self.poll_data(context)).await {
            whole.extend_from_slice(&piece?);
            if whole.len() > limit {
                let start = Some(Bytes::from(whole));
                return Ok(Held::Longer(Self::stream(Joined { start, rest: self })));
            }
        }
        Ok(Held::Whole(whole.into()))
    }

    /// The same body, which keeps `things` until its end or its drop.
    pub(crate) fn holding<T: Send + Unpin + 'static>(self, things: T) -> Self {
        Self::stream(Holding {
            body: self,
            things: Some(things),
        })
    }

    /// The same body, which fails where it is waited for when `end` has come.
    pub(crate) fn until(self, end: BoxFuture<()>) -> Self {
        Self::stream(Until { body: self, end })
    }

    /// The next piece of data, trailers left out.
    pub(crate) fn poll_data(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Error>>> {
        loop {
            let frame = std::task::ready!(http_body::Body::poll_frame(Pin::new(self), context));
            match frame.transpose() {
                Err(error) => return Poll::Ready(Some(Err(error))),
                Ok(None) => return Poll::Ready(None),
                Ok(Some(frame)) => {
                    // An empty piece says nothing.
                    if let Some(data) = frame.into_data().ok().filter(|data| !data.is_empty()) {
                        return Poll::Ready(Some(Ok(data)));
                    }
                }
            }
        }
    }

    /// The whole body, or an error where it is longer than `limit`.
    pub(crate) fn collect(self, limit: usize) -> Collect {
        let (rest, first) = match self.0 {
            Kind::Bytes(bytes) => (None, bytes),
            Kind::Stream(stream) => (Some(stream), Bytes::new()),
        };
        Collect {
            rest,
            first,
            more: Vec::new(),
            limit,
        }
    }
}

/// A body on its way into memory. By hand: the future of every call has room for it.
pub(crate) struct Collect {
    rest: Option<Pin<Box<dyn http_body::Body<Data = Bytes, Error = Error> + Send>>>,
    first: Bytes,
    /// All pieces in one, as soon as there are two.
    more: Vec<u8>,
    limit: usize,
}

impl Future for Collect {
    type Output = Result<Bytes, Error>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        loop {
            let before = this.more.len().max(this.first.len());
            let announced = match &this.rest {
                Some(rest) => rest.size_hint().lower(),
                None => 0,
            };
            if announced > this.limit as u64 || before > this.limit {
                return Poll::Ready(Err(too_long(this.limit)));
            }
            let frame = match &mut this.rest {
                Some(rest) => ready!(rest.as_mut().poll_frame(context)),
                None => None,
            };
            // Trailers are left out.
            let piece = match frame.transpose()?.map(Frame::into_data) {
                Some(Ok(piece)) => piece,
                Some(Err(_)) => continue,
                None if this.more.is_empty() => return Poll::Ready(Ok(take(&mut this.first))),
                None => return Poll::Ready(Ok(take(&mut this.more).into())),
            };
            if before + piece.len() > this.limit {
                return Poll::Ready(Err(too_long(this.limit)));
            }
            if before == 0 {
                this.first = piece;
                continue;
            }
            if this.more.is_empty() {
                // A server may announce more than it sends: trust it up to 1 MiB.
                let announced = announced.min(1 << 20) as usize;
                this.more.reserve(announced.max(piece.len()) + before);
                this.more.extend_from_slice(&this.first);
            }
            this.more.extend_from_slice(&piece);
        }
    }
}

/// See [`Body::hold`].
pub(crate) enum Held {
    /// All of it.
    Whole(Bytes),
    /// The body from its start.
    Longer(Body),
}

/// A body whose start was read already.
struct Joined {
    start: Option<Bytes>,
    rest: Body,
}

impl http_body::Body for Joined {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        match self.start.take() {
            Some(start) => Poll::Ready(Some(Ok(Frame::data(start)))),
            None => Pin::new(&mut self.rest).poll_frame(context),
        }
    }
}

/// See [`Body::holding`].
struct Holding<T> {
    body: Body,
    things: Option<T>,
}

impl<T: Unpin> http_body::Body for Holding<T> {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let frame = std::task::ready!(Pin::new(&mut self.body).poll_frame(context));
        if !matches!(frame, Some(Ok(_))) {
            self.things = None;
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// See [`Body::until`].
struct Until {
    body: Body,
    end: BoxFuture<()>,
}

impl http_body::Body for Until {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(context) {
            return Poll::Ready(frame);
        }
        ready!(self.end.as_mut().poll(context));
        let error = Error::timeout("the answer took longer than the time limit");
        Poll::Ready(Some(Err(error)))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

fn too_long(limit: usize) -> Error {
    Error::too_long(format!(
        "the body is longer than {limit} bytes; ClientBuilder::max_response_size raises the limit"
    ))
}

impl<T: Into<Bytes>> From<T> for Body {
    fn from(bytes: T) -> Self {
        Self(Kind::Bytes(bytes.into()))
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Bytes(bytes) => write!(f, "{} bytes", bytes.len()),
            Kind::Stream(_) => f.write_str("stream"),
        }
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        match &mut self.get_mut().0 {
            Kind::Bytes(bytes) if bytes.is_empty() => Poll::Ready(None),
            Kind::Bytes(bytes) => Poll::Ready(Some(Ok(Frame::data(std::mem::take(bytes))))),
            Kind::Stream(stream) => stream.as_mut().poll_frame(context),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.0 {
            Kind::Bytes(bytes) => bytes.is_empty(),
            Kind::Stream(stream) => stream.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.0 {
            Kind::Bytes(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Kind::Stream(stream) => stream.size_hint(),
        }
    }
}
