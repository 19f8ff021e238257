//! From page to page: what is under way, what has come, what is asked for next.

use super::guard::{Fault, Guard, fault};
use super::next::{Situation, Skimmed, look};
use super::position::{Next, Position};
use super::rule::{Paging, Rule};
use crate::Error;
use crate::call::{self, Call, Invocation};
use crate::operation::{Codec, Statuses};
use crate::response::Raw;
use crate::transport::BoxFuture;
use bytes::Bytes;
use http::StatusCode;
use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;
use std::task::{Context, Poll};

/// How many pages without a record may follow each other.
const MAX_EMPTY: u32 = 1000;

/// The pages of one list. Nothing here depends on the types of its items.
pub(super) struct Walk {
    call: Arc<Invocation>,
    paging: &'static Paging,
    guard: Guard,
    /// After the last page that came.
    reached: Position,
    /// What the caller asks the first page for with.
    given: Option<u64>,
    whole: bool,
    /// The number of the last page, where it is known.
    last: Option<u64>,
    empty: u32,
    flying: VecDeque<Flight>,
    ready: VecDeque<Result<Page, Error>>,
    /// Why nothing can be asked for.
    refusal: Option<Error>,
    done: bool,
    /// How many pages are held or asked for ahead of the caller.
    pub(super) ahead: usize,
    pub(super) max_pages: Option<u64>,
    origins: Vec<url::Origin>,
}

struct Flight {
    asked: Next,
    answer: BoxFuture<Result<Box<Raw>, Error>>,
    landed: Option<Result<Box<Raw>, Error>>,
}

/// A page that came.
pub(super) struct Page {
    pub(super) raw: Box<Raw>,
    /// The JSON text of the body.
    pub(super) text: Bytes,
    pub(super) records: Vec<Range<usize>>,
    /// The place after it.
    pub(super) after: Position,
}

static UNPAGED: Paging = Paging::link_header();

impl Walk {
    pub(super) fn new(call: Call) -> Self {
        let mut call = call.into_inner();
        let operation = call.operation();
        let mut refusal = call.check().err();
        if operation.paging.is_none() && refusal.is_none() {
            let message = "nothing is known of how this operation gives its pages";
            refusal = Some(Error::request(message).with_operation(operation));
        }
        let paging = operation.paging.unwrap_or(&UNPAGED);
        let given = paging.rule.place().and_then(|place| call.given(place));
        Self {
            paging,
            guard: Guard::default(),
            reached: Position::start(operation.id),
            whole: given.is_none(),
            given: given.and_then(|text| text.parse().ok()),
            last: None,
            empty: 0,
            flying: VecDeque::new(),
            ready: VecDeque::new(),
            refusal,
            done: false,
            ahead: 0,
            max_pages: None,
            origins: Vec::new(),
            call: Arc::from(call),
        }
    }

    /// Goes on from a position.
    pub(super) fn start_at(&mut self, position: Position) {
        let id = self.call.operation().id;
        if position.operation != id {
            let message = format!("the position is one of `{}`", position.operation);
            self.refuse(fault(Fault::Position, message));
            return;
        }
        let fits = match (&position.next, self.paging.rule.place()) {
            (Next::Start | Next::End, _) => true,
            (Next::Url(_), place) => place.is_none(),
            (Next::Value(_), place) => place.is_some(),
        };
        if !fits {
            let message = "the position is of another kind than the pages of this list";
            self.refuse(fault(Fault::Position, message));
            return;
        }
        self.guard = Guard::new(position.print);
        self.reached = position;
    }

    /// Lets next pages be on another origin.
    pub(super) fn trust(&mut self, url: &str) {
        match url::Url::parse(url) {
            Ok(url) if url.origin().is_tuple() => self.origins.push(url.origin()),
            _ => self.refuse(Error::request(format!("`{url}` is not an absolute URL"))),
        }
    }

    fn refuse(&mut self, error: Error) {
        let error = error.with_operation(self.call.operation());
        self.refusal.get_or_insert(error);
    }

    /// After the last page that came.
    pub(super) fn reached(&self) -> &Position {
        &self.reached
    }

    pub(super) fn call(&self) -> &Invocation {
        &self.call
    }

    /// The next page; `None` at the end and after an error.
    pub(super) fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Page, Error>>> {
        if self.ready.is_empty() {
            self.drive(context, self.ahead.max(1));
        }
        match self.ready.pop_front() {
            Some(page) => {
                // What follows is under way while the caller is busy with this one.
                self.drive(context, self.ahead);
                Poll::Ready(Some(page))
            }
            None if self.done => Poll::Ready(None),
            None => Poll::Pending,
        }
    }

    /// Goes on with what was begun ahead of the caller.
    pub(super) fn prefetch(&mut self, context: &mut Context<'_>) {
        if self.ahead > 0 {
            self.drive(context, self.ahead);
        }
    }

    /// Begins and takes what it can, as long as fewer than `limit` pages wait.
    fn drive(&mut self, context: &mut Context<'_>, limit: usize) {
        if let Some(error) = self.refusal.take() {
            self.fail(error);
        }
        loop {
            while !self.done && self.flying.len() + self.ready.len() < limit {
                match self.upcoming() {
                    Ok(Some(next)) => self.begin(next),
                    Ok(None) => break,
                    Err(error) => self.fail(error),
                }
            }
            for flight in self
                .flying
                .iter_mut()
                .filter(|flight| flight.landed.is_none())
            {
                if let Poll::Ready(answer) = flight.answer.as_mut().poll(context) {
                    flight.landed = Some(answer);
                }
            }
            let Some(Flight {
                landed: Some(_), ..
            }) = self.flying.front()
            else {
                return;
            };
            let Some(Flight {
                asked,
                landed: Some(answer),
                ..
            }) = self.flying.pop_front()
            else {
                return;
            };
            match answer.and_then(|raw| self.take(&asked, raw)) {
                Ok(page) => self.ready.push_back(Ok(page)),
                Err(error) => self.fail(error),
            }
        }
    }

    fn fail(&mut self, error: Error) {
        self.done = true;
        self.flying.clear();
        self.ready.push_back(Err(error));
    }

    /// What can be asked for now.
    fn upcoming(&mut self) -> Result<Option<Next>, Error> {
        if self.reached.is_end() {
            self.done = true;
            return Ok(None);
        }
        let asked = self.reached.pages + self.flying.len() as u64;
        if let Some(limit) = self.max_pages
            && asked >= limit
        {
            if !self.flying.is_empty() {
                return Ok(None);
            }
            let message = format!("there are more than {limit} pages");
            let error = fault(Fault::TooManyPages, message);
            return Err(error.with_operation(self.call.operation()));
        }
        if self.flying.is_empty() {
            return Ok(Some(self.reached.next.clone()));
        }
        // Only page numbers are known before the answers that come between.
        let (Rule::Page(..), Some(last), Next::Value(value)) =
            (self.paging.rule, self.last, &self.reached.next)
        else {
            return Ok(None);
        };
        let number = value.as_u64().map(|page| page + self.flying.len() as u64);
        Ok(number
            .filter(|page| *page <= last)
            .map(|page| Next::Value(page.into())))
    }

    fn begin(&mut self, next: Next) {
        let checked = self.guard.ask(&next).map(|()| next.clone());
        let url = checked.and_then(|next| match next {
            // A position may come from anywhere.
            Next::Url(text) => self.call.next_url(&text, None, &self.origins),
            next => Ok(next),
        });
        match url {
            Ok(aim) => self.flying.push_back(Flight {
                asked: next,
                answer: call::page(Arc::clone(&self.call), aim),
                landed: None,
            }),
            Err(error) => self.fail(error.with_operation(self.call.operation())),
        }
    }

    /// Reads an answer as a page and finds what follows.
    fn take(&mut self, asked: &Next, raw: Box<Raw>) -> Result<Page, Error> {
        let page = self.read(asked, &raw).map_err(|error| raw.located(error));
        let (text, records, after) = page?;
        self.reached = after.clone();
        Ok(Page {
            raw,
            text,
            records,
            after,
        })
    }

    /// Whether a 204 is a page without records: where the API declares one, and
    /// past the end of what is counted. Elsewhere it would end the list in silence.
    fn may_be_empty(&self) -> bool {
        let counted = matches!(self.paging.rule, Rule::Offset(..) | Rule::Page(..));
        let mut rows = self.call.operation().responses.iter();
        let declared = rows.any(|row| {
            let status = matches!(row.status, Statuses::Code(204) | Statuses::Class(2));
            status && row.codec == Codec::Empty
        });
        declared || counted && self.reached.pages > 0
    }

    fn read(
        &mut self,
        asked: &Next,
        raw: &Raw,
    ) -> Result<(Bytes, Vec<Range<usize>>, Position), Error> {
        if !raw.status.is_success() {
            return Err(Error::status_error());
        }
        let text = match raw.status {
            // Nothing is there, by the status itself.
            StatusCode::NO_CONTENT if self.may_be_empty() => Bytes::from_static(b"null"),
            StatusCode::NO_CONTENT => {
                let message = "204 is no page of this list, as the API declares it";
                return Err(fault(Fault::MissingRecords, message));
            }
            _ => raw.json_text()?,
        };
        let page = match raw.status {
            StatusCode::NO_CONTENT => Skimmed::default(),
            _ => look(self.paging, &raw.headers, &text)?,
        };
        self.guard
            .page(page.records.iter().map(|range| &text[range.clone()]))?;
        self.empty = match page.records.is_empty() {
            true => self.empty + 1,
            false => 0,
        };
        if self.empty > MAX_EMPTY {
            let message = format!("{MAX_EMPTY} pages without a record follow each other");
            return Err(fault(Fault::TooManyPages, message));
        }
        let read = self.reached.items + page.records.len() as u64;
        let situation = Situation {
            paging: self.paging,
            body: &text,
            asked,
            given: self.given,
            whole: self.whole,
            read,
        };
        let mut next = page.next(&situation, &mut self.guard)?;
        if let Next::Url(url) = &next {
            next = self.call.next_url(url, Some(&raw.address), &self.origins)?;
        }
        if let Rule::Page(_, first) = self.paging.rule {
            self.last = page.last(first);
        }
        if next == Next::End {
            self.flying.clear();
        }
        let after = Position {
            operation: self.reached.operation.clone(),
            next,
            pages: self.reached.pages + 1,
            items: read,
            print: self.guard.print(),
        };
        Ok((text, page.records, after))
    }
}
