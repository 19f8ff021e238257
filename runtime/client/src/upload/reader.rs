//! Files and readers as bodies.

use super::body::broken;
use crate::Error;
use crate::transport::BoxFuture;
use bytes::Bytes;
use http_body::Frame;
use std::io;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use tokio::fs::File;
use tokio::io::{AsyncRead, ReadBuf};

/// How much is read at a time.
const PIECE: usize = 64 << 10;

/// A reader, or a file that is opened when it is first read.
pub(super) enum Reading {
    Opening(BoxFuture<io::Result<File>>),
    Open(Pin<Box<dyn AsyncRead + Send>>),
    Done,
}

impl Reading {
    pub(super) fn file(path: Arc<Path>) -> Self {
        Self::Opening(Box::pin(File::open(path)))
    }

    pub(super) fn of(reader: Pin<Box<dyn AsyncRead + Send>>) -> Self {
        Self::Open(reader)
    }

    fn poll_read(&mut self, context: &mut Context<'_>) -> Poll<io::Result<Bytes>> {
        loop {
            match self {
                Self::Opening(file) => {
                    let file = ready!(file.as_mut().poll(context))?;
                    *self = Self::Open(Box::pin(file));
                }
                Self::Open(reader) => {
                    let mut piece = vec![0; PIECE];
                    let mut buffer = ReadBuf::new(&mut piece);
                    ready!(reader.as_mut().poll_read(context, &mut buffer))?;
                    let length = buffer.filled().len();
                    piece.truncate(length);
                    return Poll::Ready(Ok(piece.into()));
                }
                Self::Done => return Poll::Ready(Ok(Bytes::new())),
            }
        }
    }
}

impl http_body::Body for Reading {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let item = match ready!(self.poll_read(context)) {
            Ok(bytes) if bytes.is_empty() => None,
            Ok(bytes) => return Poll::Ready(Some(Ok(Frame::data(bytes)))),
            Err(error) => Some(Err(
                broken("the upload could not be read").with_source(error)
            )),
        };
        *self = Self::Done;
        Poll::Ready(item)
    }
}
