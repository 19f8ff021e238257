//! Pages as the JSON texts of their records, for readers that bring their own types.

use super::position::Position;
use super::walk::{Page, Walk};
use crate::Error;
use crate::call::Call;
use bytes::Bytes;
use http::HeaderMap;
use http::header::DATE;
use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::SystemTime;

/// The pages of a list, each as the JSON texts of its records. It is a
/// [`Stream`](futures_core::Stream), too. Every error is the last item.
#[must_use = "nothing is asked for until the stream is read"]
pub struct Records {
    walk: Box<Walk>,
    position: Position,
}

/// A page of a list.
#[derive(Debug)]
pub struct RecordsPage {
    text: Bytes,
    records: Vec<std::ops::Range<usize>>,
    headers: HeaderMap,
    position: Position,
}

impl RecordsPage {
    /// The JSON text of each record, in the order of the page.
    pub fn records(&self) -> impl ExactSizeIterator<Item = Bytes> + '_ {
        let ranges = self.records.iter();
        ranges.map(|range| self.text.slice(range.clone()))
    }

    /// The place after this page: where a later call goes on.
    pub fn position(&self) -> &Position {
        &self.position
    }

    /// The headers of the answer.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// When the server made the answer (RFC 9110, 6.6.1), by its own clock.
    pub fn date(&self) -> Option<SystemTime> {
        let date = self.headers.get(DATE)?.to_str().ok()?;
        httpdate::parse_http_date(date).ok()
    }
}

impl Records {
    pub(crate) fn new(call: Call) -> Self {
        let walk = Walk::new(call);
        Self {
            position: walk.reached().clone(),
            walk: Box::new(walk),
        }
    }

    /// The place after the last page that was given: where a later call goes on.
    pub fn position(&self) -> &Position {
        &self.position
    }

    /// The next page; `None` at the end.
    pub async fn next(&mut self) -> Option<Result<RecordsPage, Error>> {
        poll_fn(|context| self.poll_page(context)).await
    }

    fn poll_page(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<RecordsPage, Error>>> {
        let page = self.walk.poll(context);
        page.map_ok(
            |Page {
                 raw,
                 text,
                 records,
                 after,
             }| {
                self.position = after.clone();
                RecordsPage {
                    text,
                    records,
                    headers: raw.headers,
                    position: after,
                }
            },
        )
    }
}

super::items::settings!(Records);

impl futures_core::Stream for Records {
    type Item = Result<RecordsPage, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll_page(context)
    }
}

impl fmt::Debug for Records {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Records")
            .field("call", self.walk.call())
            .field("position", &self.position)
            .finish_non_exhaustive()
    }
}
