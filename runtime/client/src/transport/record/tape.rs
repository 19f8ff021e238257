//! A body that is kept while it is read.

use crate::Error;
use crate::transport::Body;
use bytes::{Bytes, BytesMut};
use http_body::{Frame, SizeHint};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// What is done with a whole body, or with as much of one as was read before it was
/// dropped.
pub(super) type Done = Box<dyn FnOnce(Bytes) -> Result<(), Error> + Send>;

/// Passes a body on and keeps its bytes.
pub(super) struct Tape {
    body: Body,
    kept: BytesMut,
    done: Option<Done>,
}

impl Tape {
    pub(super) fn new(body: Body, done: Done) -> Self {
        Self {
            body,
            kept: BytesMut::new(),
            done: Some(done),
        }
    }

    fn finish(&mut self) -> Result<(), Error> {
        let kept = self.kept.split().freeze();
        self.done.take().map_or(Ok(()), |done| done(kept))
    }
}

impl Drop for Tape {
    fn drop(&mut self) {
        // Nobody is there to be told of an error.
        let _ = self.finish();
    }
}

impl http_body::Body for Tape {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let this = &mut *self;
        Poll::Ready(match ready!(this.body.poll_data(context)) {
            Some(Ok(piece)) => {
                this.kept.extend_from_slice(&piece);
                Some(Ok(Frame::data(piece)))
            }
            Some(Err(error)) => {
                // What broke is not an answer to give again.
                this.done = None;
                Some(Err(error))
            }
            None => this.finish().err().map(Err),
        })
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
