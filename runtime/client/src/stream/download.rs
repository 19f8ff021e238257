//! Bytes as they arrive.

use super::{Kind, Opening, Streamed};
use crate::Error;
use crate::response::Raw;
use crate::transport::Body;
use bytes::Bytes;
use http_body::Body as _;
use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// The bytes of an answer, piece by piece. Dropping it abandons the transfer.
///
/// It is a [`Stream`](futures_core::Stream) of pieces, too. After an error or the
/// end it gives nothing more.
pub struct Download {
    raw: Box<Raw>,
    body: Option<Body>,
    length: Option<u64>,
    received: u64,
    limit: u64,
}

impl Streamed for Download {
    const KIND: Kind = Kind::Bytes;

    fn open(Opening(opened): Opening) -> Self {
        Self {
            length: opened.body.size_hint().exact(),
            body: Some(opened.body),
            raw: opened.raw,
            received: 0,
            limit: u64::MAX,
        }
    }
}

impl Download {
    /// Refuses to receive more than `bytes`. There is no limit by default:
    /// [`ClientBuilder::max_response_size`](crate::ClientBuilder::max_response_size)
    /// is for answers that are held in memory.
    pub fn limit(mut self, bytes: u64) -> Self {
        self.limit = bytes;
        self
    }

    /// How many bytes the server says there are in all.
    pub fn length(&self) -> Option<u64> {
        self.length
    }

    /// How many bytes have come.
    pub fn received(&self) -> u64 {
        self.received
    }

    /// The next piece; `None` at the end.
    ///
    /// # Errors
    /// The transfer broke or the limit is passed.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        poll_fn(|context| self.poll_chunk(context))
            .await
            .transpose()
    }

    /// The rest in memory.
    ///
    /// # Errors
    /// The transfer broke, or there are more than `limit` bytes.
    pub async fn collect(mut self, limit: u64) -> Result<Bytes, Error> {
        self.limit = self.limit.min(self.received.saturating_add(limit));
        let Some(first) = self.chunk().await? else {
            return Ok(Bytes::new());
        };
        let mut whole = Vec::from(first);
        while let Some(piece) = self.chunk().await? {
            whole.extend_from_slice(&piece);
        }
        Ok(whole.into())
    }

    /// Writes the rest to a file, which is made anew, and gives the number of
    /// bytes written. A file that could not be written whole is left where it is.
    ///
    /// # Errors
    /// The transfer broke or the file cannot be written.
    #[cfg(feature = "fs")]
    pub async fn save(self, path: impl AsRef<std::path::Path>) -> Result<u64, Error> {
        let path = path.as_ref();
        match tokio::fs::File::create(path).await {
            Ok(mut file) => self.copy_to(&mut file).await,
            Err(error) => Err(self.failed(Error::output(error))),
        }
    }

    /// Writes the rest to `writer` and flushes it; gives the number of bytes
    /// written.
    ///
    /// # Errors
    /// The transfer broke or the writer failed.
    #[cfg(feature = "fs")]
    pub async fn copy_to(
        mut self,
        writer: &mut (impl tokio::io::AsyncWrite + Unpin + ?Sized),
    ) -> Result<u64, Error> {
        use tokio::io::AsyncWriteExt as _;
        let start = self.received;
        while let Some(piece) = self.chunk().await? {
            if let Err(error) = writer.write_all(&piece).await {
                return Err(self.failed(Error::output(error)));
            }
        }
        match writer.flush().await {
            Ok(()) => Ok(self.received - start),
            Err(error) => Err(self.failed(Error::output(error))),
        }
    }

    fn poll_chunk(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, Error>>> {
        let Some(body) = &mut self.body else {
            return Poll::Ready(None);
        };
        let next = match ready!(body.poll_data(context)) {
            Some(Ok(piece)) => {
                self.received = self.received.saturating_add(piece.len() as u64);
                if self.received <= self.limit {
                    return Poll::Ready(Some(Ok(piece)));
                }
                let limit = self.limit;
                Some(Err(Error::too_long(format!(
                    "the body is longer than the limit of {limit} bytes"
                ))))
            }
            next => next,
        };
        self.body = None;
        Poll::Ready(next.map(|item| item.map_err(|error| self.failed(error))))
    }

    #[cold]
    fn failed(&self, error: Error) -> Error {
        let error = self.raw.located(error);
        error.at(format_args!("after {} bytes", self.received))
    }
}

impl futures_core::Stream for Download {
    type Item = Result<Bytes, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll_chunk(context)
    }
}

impl fmt::Debug for Download {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Download")
            .field("received", &self.received)
            .field("length", &self.length)
            .finish_non_exhaustive()
    }
}
