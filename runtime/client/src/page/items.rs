//! The records of a list, one by one.

use super::position::Position;
use super::walk::{Page, Walk};
use crate::Error;
use crate::call::Call;
use crate::codec::json;
use crate::model::Reflect;
use std::fmt;
use std::future::poll_fn;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// The items of a list, over all of its pages. It is a
/// [`Stream`](futures_core::Stream), too.
///
/// An item that is not what the API declares is an error with its raw JSON in
/// [`Error::body`]; the items after it still come. Every other error is the last
/// item.
///
/// ```
/// use http::StatusCode;
/// use pontoon_runtime::json::Json;
/// use pontoon_runtime::operation::{Accepted, Api, Operation, Origin, Paging, Parameter, Place};
/// use pontoon_runtime::transport::{Memory, Response};
/// use pontoon_runtime::{ClientBuilder, CoreClient, Position};
///
/// static API: Api = Api { user_agent: "pets/1.0", ..Api::BLANK };
/// static LIST_PETS: Operation = Operation {
///     id: "listPets",
///     path: "/pets",
///     parameters: &[Parameter::query("cursor")],
///     responses: &[Accepted::json(200, 0)],
///     paging: Some(
///         &Paging::token(Place::Query("cursor"), Origin::Body("/next")).records("/pets"),
///     ),
///     ..Operation::BLANK
/// };
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), pontoon_runtime::Error> {
/// let transport = Memory::new(|request| {
///     Ok(Response::json(StatusCode::OK, match request.url.as_str() {
///         "https://pets.example/pets" => r#"{"pets": ["Rex", "Tom"], "next": "c2"}"#,
///         "https://pets.example/pets?cursor=c2" => r#"{"pets": ["Lassie"], "next": null}"#,
///         other => panic!("{other}"),
///     }))
/// });
/// let client: CoreClient = ClientBuilder::new(&API)
///     .base_url("https://pets.example")
///     .transport(transport.clone())
///     .build()?;
/// let mut pets = client.call(&LIST_PETS).items::<String>();
/// assert_eq!(pets.next().await.transpose()?.as_deref(), Some("Rex"));
/// assert_eq!(pets.next().await.transpose()?.as_deref(), Some("Tom"));
///
/// // After each page there is a position, which is text; a later call goes on from it.
/// let kept = pets.position().to_string();
/// let kept: Position = kept.parse()?;
/// let mut rest = client.call(&LIST_PETS).items::<String>().start_at(kept);
/// assert_eq!(rest.next().await.transpose()?.as_deref(), Some("Lassie"));
/// assert!(rest.next().await.is_none());
/// assert_eq!(transport.requests().len(), 2);
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing is asked for until the stream is read"]
pub struct Items<T> {
    walk: Box<Walk>,
    page: Option<Page>,
    /// How many records of the page were given.
    given: usize,
    position: Position,
    item: PhantomData<fn() -> T>,
}

impl<T> Items<T> {
    pub(crate) fn new(call: Call) -> Self {
        let walk = Walk::new(call);
        Self {
            position: walk.reached().clone(),
            walk: Box::new(walk),
            page: None,
            given: 0,
            item: PhantomData,
        }
    }

    /// Where a later call goes on: after the last page of which all items were
    /// given. Between that and the next boundary of pages, a call that begins there
    /// gives the items of the unfinished page again; no item is lost.
    pub fn position(&self) -> &Position {
        &self.position
    }

    fn poll_record(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<usize, Error>>> {
        if self.page.is_some() {
            self.walk.prefetch(context);
        }
        loop {
            if let Some(page) = &self.page {
                if self.given < page.records.len() {
                    self.given += 1;
                    return Poll::Ready(Some(Ok(self.given - 1)));
                }
                self.page = None;
            }
            match ready!(self.walk.poll(context)) {
                Some(Ok(page)) => {
                    if page.records.is_empty() {
                        self.position.clone_from(&page.after);
                    }
                    self.page = Some(page);
                    self.given = 0;
                }
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
    }
}

/// The settings that both streams have.
macro_rules! settings {
    ($stream:ident $(<$type:ident>)?) => {
        impl $(<$type>)? $stream $(<$type>)? {
            /// Begins at a position that was kept, instead of at the first page. The
            /// call must have the same arguments as the one that the position is of.
            pub fn start_at(mut self, position: Position) -> Self {
                self.position = position.clone();
                self.walk.start_at(position);
                self
            }

            /// Asks for pages before the caller comes to them: at most `pages` are
            /// under way or held, 0 by default. Where the next request is known only
            /// from the answer before it, one is under way at a time; with page
            /// numbers and a known last page, all are. Requests move on when the
            /// stream is read.
            pub fn prefetch(mut self, pages: usize) -> Self {
                self.walk.ahead = pages;
                self
            }

            /// Makes it an error, [`PagingFault::TooManyPages`](crate::PagingFault),
            /// if there are more pages, those before the position included. There is
            /// no limit by default.
            pub fn max_pages(mut self, pages: u64) -> Self {
                self.walk.max_pages = Some(pages);
                self
            }

            /// Follows links to the next page to the origin (scheme, host and port)
            /// of this URL as well, **with the credentials of the call**. Links to
            /// other origins than the call's own are errors by default,
            /// [`PagingFault::OtherOrigin`](crate::PagingFault).
            pub fn trust_origin(mut self, url: &str) -> Self {
                self.walk.trust(url);
                self
            }
        }
    };
}
pub(super) use settings;

settings!(Items<T>);

impl<T: Reflect> Items<T> {
    /// The next item; `None` at the end.
    pub async fn next(&mut self) -> Option<Result<T, Error>> {
        poll_fn(|context| self.poll_item(context)).await
    }

    /// All items that are left.
    ///
    /// # Errors
    /// The first error, of an item or of a page.
    pub async fn collect(mut self) -> Result<Vec<T>, Error> {
        let mut all = Vec::new();
        while let Some(item) = self.next().await {
            all.push(item?);
        }
        Ok(all)
    }

    fn poll_item(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<T, Error>>> {
        let index = match ready!(self.poll_record(context)) {
            Some(Ok(index)) => index,
            Some(Err(error)) => return Poll::Ready(Some(Err(error))),
            None => return Poll::Ready(None),
        };
        let Some(page) = &self.page else {
            return Poll::Ready(None);
        };
        let mut value = T::blank();
        let read = page.decode(index, value.slot());
        if index + 1 == page.records.len() {
            self.position.clone_from(&page.after);
        }
        Poll::Ready(Some(read.map(|()| value)))
    }
}

impl Page {
    /// Reads one record.
    fn decode(&self, index: usize, slot: crate::model::Slot<'_>) -> Result<(), Error> {
        let range = self.records[index].clone();
        json::decode(&self.text[range.clone()], slot).map_err(|error| {
            let path = error.path().strip_prefix('$').unwrap_or_default();
            let pointer = self
                .raw
                .operation
                .paging
                .map_or("", |paging| paging.records);
            let path = ["$", &pointer.replace('/', "."), &format!("[{index}]"), path].concat();
            let message = format!("expected {}, got {}", error.expected(), error.found());
            let error = Error::decode(message)
                .with_json_path(path)
                .with_source(error);
            let raw = self.text.slice(range);
            self.raw
                .located(error)
                .with_answer(self.raw.status, self.raw.headers.clone(), raw)
        })
    }
}

impl<T: Reflect> futures_core::Stream for Items<T> {
    type Item = Result<T, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll_item(context)
    }
}

impl<T> fmt::Debug for Items<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items")
            .field("call", self.walk.call())
            .field("position", &self.position)
            .finish_non_exhaustive()
    }
}
