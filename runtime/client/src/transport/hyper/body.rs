//! The body of an answer, and the end of its connection's use.

use super::pool::Lease;
use crate::Error;
use bytes::Bytes;
use http_body::{Frame, SizeHint};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::time::{Instant, Sleep, sleep_until};

/// An answer's body that observes time limits and gives its connection back.
pub(super) struct Incoming {
    body: hyper::body::Incoming,
    lease: Option<Lease>,
    clocks: Option<Box<Clocks>>,
}

/// Limits that were set; most calls have none.
struct Clocks {
    deadline: Option<Pin<Box<Sleep>>>,
    silence: Option<(Duration, Pin<Box<Sleep>>)>,
}

impl Incoming {
    pub(super) fn new(
        body: hyper::body::Incoming,
        lease: Option<Lease>,
        deadline: Option<Instant>,
        silence: Option<Duration>,
    ) -> Self {
        let limited = deadline.is_some() || silence.is_some();
        let clocks = limited.then(|| {
            Box::new(Clocks {
                deadline: deadline.map(|at| Box::pin(sleep_until(at))),
                silence: silence
                    .map(|limit| (limit, Box::pin(sleep_until(Instant::now() + limit)))),
            })
        });
        let mut incoming = Self {
            body,
            lease,
            clocks,
        };
        if http_body::Body::is_end_stream(&incoming.body) {
            incoming.finish();
        }
        incoming
    }

    fn finish(&mut self) {
        self.clocks = None;
        if let Some(lease) = self.lease.take() {
            lease.give_back();
        }
    }
}

impl Clocks {
    fn poll_passed(&mut self, context: &mut Context<'_>) -> Poll<Error> {
        if let Some(deadline) = &mut self.deadline
            && deadline.as_mut().poll(context).is_ready()
        {
            return Poll::Ready(Error::timeout("the answer took longer than the time limit"));
        }
        if let Some((_, clock)) = &mut self.silence
            && clock.as_mut().poll(context).is_ready()
        {
            return Poll::Ready(Error::timeout("the server was silent for too long"));
        }
        Poll::Pending
    }

    fn restart(&mut self) {
        if let Some((limit, clock)) = &mut self.silence {
            clock.as_mut().reset(Instant::now() + *limit);
        }
    }
}

impl http_body::Body for Incoming {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let this = &mut *self;
        let Poll::Ready(next) = Pin::new(&mut this.body).poll_frame(context) else {
            let Some(clocks) = &mut this.clocks else {
                return Poll::Pending;
            };
            let error = ready!(clocks.poll_passed(context));
            this.clocks = None;
            this.lease = None;
            return Poll::Ready(Some(Err(error)));
        };
        match next {
            Some(Ok(frame)) => {
                if let Some(clocks) = &mut this.clocks {
                    clocks.restart();
                }
                Poll::Ready(Some(Ok(frame)))
            }
            Some(Err(error)) => {
                this.lease = None;
                Poll::Ready(Some(Err(Error::transport(error))))
            }
            None => {
                if let Some(lease) = &mut this.lease {
                    ready!(lease.poll_ready(context));
                }
                this.finish();
                Poll::Ready(None)
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.lease.is_none() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
