//! JSON texts one after the other, as typed values.

use super::sequence::{Framing, Parser, Text};
use super::{Kind, Opening, Streamed, open};
use crate::Error;
use crate::model::Reflect;
use crate::response::{Raw, decode, select};
use crate::transport::Body;
use bytes::Bytes;
use std::fmt;
use std::future::poll_fn;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// How long a text may be.
const MAX_TEXT: usize = 64 << 20;

/// A body of JSON texts, one per line (NDJSON, JSON Lines) or each behind a
/// record separator (RFC 7464), each as a `T`. Dropping it abandons the transfer.
///
/// A text that is not a `T` is an error with the text in [`Error::body`]; those
/// after it still come. An error of the connection is the last item. It is a
/// [`Stream`](futures_core::Stream), too.
pub struct JsonLines<T> {
    lines: Box<Lines>,
    item: PhantomData<fn() -> T>,
}

/// All of a stream that does not depend on the type of its items.
struct Lines {
    raw: Box<Raw>,
    parser: Parser,
    body: Option<Body>,
    failure: Option<Error>,
    received: u64,
}

impl<T> Streamed for JsonLines<T> {
    const KIND: Kind = Kind::Lines;

    fn open(Opening(opened): Opening) -> Self {
        let declared = opened.row(Kind::Lines).map_or("", |row| row.media_type);
        let media_type = match select::essence(open::content_type(&opened.raw)) {
            "" => select::essence(declared),
            given => given,
        };
        let lines = Lines {
            parser: Parser::new(Framing::of(media_type), MAX_TEXT),
            raw: opened.raw,
            body: Some(opened.body),
            failure: None,
            received: 0,
        };
        Self {
            lines: Box::new(lines),
            item: PhantomData,
        }
    }
}

impl<T> JsonLines<T> {
    /// How long a text may be, 64 MiB by default. A longer one ends the stream
    /// with an error.
    pub fn limit(mut self, bytes: usize) -> Self {
        self.lines.parser.set_limit(bytes);
        self
    }

    /// How many texts have come.
    pub fn received(&self) -> u64 {
        self.lines.received
    }
}

impl<T: Reflect> JsonLines<T> {
    /// The next item; `None` at the end.
    pub async fn next(&mut self) -> Option<Result<T, Error>> {
        poll_fn(|context| self.poll_item(context)).await
    }

    fn poll_item(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<T, Error>>> {
        let text = match ready!(self.lines.poll(context)) {
            Some(Ok(text)) => text,
            Some(Err(error)) => return Poll::Ready(Some(Err(error))),
            None => return Poll::Ready(None),
        };
        let mut item = T::blank();
        let read = if text.may_be_cut {
            Err(Error::decode("the text may have been cut off"))
        } else {
            decode::json_item(&self.lines.raw, &text.bytes, item.slot())
        };
        Poll::Ready(Some(match read {
            Ok(()) => Ok(item),
            Err(error) => Err(self.lines.unread(error, text)),
        }))
    }
}

impl Lines {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Text, Error>>> {
        loop {
            if let Some(text) = self.parser.next() {
                self.received += 1;
                return Poll::Ready(Some(Ok(text)));
            }
            let Some(body) = &mut self.body else {
                let failure = self.failure.take();
                return Poll::Ready(failure.map(|error| Err(self.positioned(error))));
            };
            match ready!(body.poll_data(context)) {
                Some(Ok(piece)) => {
                    if self.parser.push(&piece).is_err() {
                        let long = "a text is longer than the limit";
                        self.fail(Error::too_long(long));
                    }
                }
                Some(Err(error)) => self.fail(error),
                None => {
                    self.body = None;
                    self.parser.end();
                }
            }
        }
    }

    fn fail(&mut self, error: Error) {
        self.body = None;
        self.failure = Some(self.raw.located(error));
    }

    #[cold]
    fn unread(&self, error: Error, text: Text) -> Error {
        let raw = Raw {
            body: Bytes::from(text.bytes),
            ..(*self.raw).clone()
        };
        self.positioned(raw.located(error))
    }

    fn positioned(&self, error: Error) -> Error {
        error.at(format_args!("at item {}", self.received))
    }
}

impl<T: Reflect> futures_core::Stream for JsonLines<T> {
    type Item = Result<T, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll_item(context)
    }
}

impl<T> fmt::Debug for JsonLines<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JsonLines")
            .field("received", &self.lines.received)
            .finish_non_exhaustive()
    }
}
