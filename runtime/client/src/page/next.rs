//! From an answer to what the next page is asked for with. No input or output.

use super::guard::{Fault, Guard, fault};
use super::position::Next;
use super::rule::{Origin, Paging, Rule};
use super::{link, skim};
use crate::Error;
use crate::codec::json::DecodeError;
use crate::json::Json;
use http::HeaderMap;
use std::ops::Range;

/// An answer that has been looked through.
#[derive(Default)]
pub(super) struct Skimmed {
    pub(super) records: Vec<Range<usize>>,
    more: Option<bool>,
    total: Option<u64>,
    pages: Option<u64>,
    /// What the answer says of the next page: a URL or a token.
    next: Option<Json>,
}

/// Looks an answer through.
pub(super) fn look(paging: &Paging, headers: &HeaderMap, body: &[u8]) -> Result<Skimmed, Error> {
    let origin = match paging.rule {
        Rule::NextUrl(origin) | Rule::Token(_, origin) => Some(origin),
        _ => None,
    };
    let pointer = match origin {
        Some(Origin::Body(pointer)) => Some(pointer),
        _ => None,
    };
    let places = [paging.more, paging.total, paging.pages, pointer];
    let pointers: Vec<&str> = places.iter().copied().flatten().collect();
    let found = skim::skim(body, paging.records, &pointers).map_err(unread)?;
    let mut values = found.values.into_iter();
    let mut value = |place: Option<&str>| {
        let range = values.next().filter(|_| place.is_some())??;
        Json::parse(&body[range])
            .ok()
            .filter(|json| !json.is_null())
    };
    let [more, total, pages, token] = places.map(|place| match place {
        Some(_) => value(place),
        None => None,
    });
    let next = match origin {
        Some(Origin::Header(name)) => {
            let text = headers.get(name).and_then(|value| value.to_str().ok());
            text.map(Json::from)
        }
        Some(Origin::Body(_)) => token,
        None if paging.rule == Rule::LinkHeader => linked(headers)?,
        None => None,
    };
    // A total of 0 beside records is one that was not counted.
    let is_empty = found.records.as_ref().is_none_or(Vec::is_empty);
    Ok(Skimmed {
        records: match found.records {
            Some(records) => records,
            None if paging.sparse && !found.misplaced && !has_others(paging.records, body) => {
                Vec::new()
            }
            None => {
                let message = format!("the answer has no array at `{}`", paging.records);
                return Err(fault(Fault::MissingRecords, message));
            }
        },
        more: more.as_ref().and_then(flag),
        total: total
            .as_ref()
            .and_then(count)
            .filter(|total| *total > 0 || is_empty),
        pages: pages.as_ref().and_then(count),
        next: next.filter(is_said),
    })
}

/// Whether there are records under another name, where the array is left out.
#[cold]
fn has_others(records: &str, body: &[u8]) -> bool {
    let around = records.rsplit_once('/').map_or("", |(around, _)| around);
    let whole = Json::parse(body).unwrap_or_default();
    let mut members = whole
        .pointer(around)
        .and_then(Json::as_object)
        .into_iter()
        .flatten();
    members.any(|(_, value)| value.as_array().is_some_and(|items| !items.is_empty()))
}

#[cold]
fn unread(error: DecodeError) -> Error {
    let error = error.finish();
    let message = format!("expected {}, got {}", error.expected(), error.found());
    Error::decode(message).with_source(error)
}

fn linked(headers: &HeaderMap) -> Result<Option<Json>, Error> {
    let mut targets = link::next(headers);
    if targets.len() > 1 {
        let message = "the Link header names several next pages";
        return Err(fault(Fault::MissingNext, message));
    }
    Ok(targets.pop().map(Json::from))
}

fn flag(value: &Json) -> Option<bool> {
    match value.as_str() {
        Some("true") => Some(true),
        Some("false") => Some(false),
        _ => value.as_bool(),
    }
}

fn count(value: &Json) -> Option<u64> {
    match value.as_str() {
        Some(text) => text.parse().ok(),
        None => value.as_u64(),
    }
}

/// Whether a value leads anywhere: an empty text, `false` and null do not.
fn is_said(value: &Json) -> bool {
    match value {
        Json::String(text) => !text.is_empty(),
        Json::Number(_) | Json::Object(_) | Json::Array(_) | Json::Bool(true) => true,
        Json::Null | Json::Bool(false) => false,
    }
}

/// What is known beside the answer.
pub(super) struct Situation<'a> {
    pub(super) paging: &'a Paging,
    pub(super) body: &'a [u8],
    /// What the page was asked for with.
    pub(super) asked: &'a Next,
    /// What the caller asks the first page for with, where that is a number.
    pub(super) given: Option<u64>,
    /// Whether the list is read from its first record, so that totals can be checked.
    pub(super) whole: bool,
    /// The records read, those of this page included.
    pub(super) read: u64,
}

impl Skimmed {
    /// The number of the last page, where the answer tells it.
    pub(super) fn last(&self, first: u64) -> Option<u64> {
        let pages = self.pages?;
        Some(first.saturating_add(pages).saturating_sub(1))
    }

    /// What the next page is asked for with. URLs are as the answer has them.
    pub(super) fn next(&self, at: &Situation<'_>, guard: &mut Guard) -> Result<Next, Error> {
        if let Some(total) = self.total {
            guard.total(total);
        }
        if at.whole {
            guard.not_more(at.read)?;
        }
        let next = self.following(at)?;
        if next == Next::End && at.whole {
            guard.not_fewer(at.read)?;
        }
        Ok(next)
    }

    fn following(&self, at: &Situation<'_>) -> Result<Next, Error> {
        if self.more == Some(false) {
            return Ok(Next::End);
        }
        let next = match at.paging.rule {
            Rule::Whole => return self.end(),
            Rule::LinkHeader | Rule::NextUrl(_) => match &self.next {
                Some(Json::String(url)) => Some(Next::Url(url.clone())),
                Some(_) => None,
                None => return self.end(),
            },
            Rule::Token(..) => match &self.next {
                Some(value @ (Json::String(_) | Json::Number(_))) => {
                    Some(Next::Value(value.clone()))
                }
                Some(_) => None,
                None => return self.end(),
            },
            Rule::LastId(_, key) => return self.by_key(at, key),
            Rule::Offset(_, first) => {
                let from = number(at, first);
                let count = self.records.len() as u64;
                let reached = from.saturating_add(count);
                return match self.total {
                    Some(total) if reached.saturating_sub(first) >= total => Ok(Next::End),
                    Some(total) if count == 0 => Err(short(total, from.saturating_sub(first))),
                    _ if count == 0 => self.end(),
                    _ => Ok(Next::Value(reached.into())),
                };
            }
            Rule::Page(_, first) => {
                let page = number(at, first);
                let is_last = match (self.last(first), self.total) {
                    (Some(last), _) => page >= last,
                    (None, Some(total)) if at.whole => at.read >= total,
                    (None, _) => false,
                };
                return match (is_last, self.records.is_empty()) {
                    (true, _) => Ok(Next::End),
                    (false, true) => match self.total {
                        Some(total) if at.whole => Err(short(total, at.read)),
                        _ => self.end(),
                    },
                    (false, false) => Ok(Next::Value(page.saturating_add(1).into())),
                };
            }
        };
        next.ok_or_else(|| {
            let message = "what the answer says of the next page is neither a text nor a number";
            fault(Fault::MissingNext, message)
        })
    }

    /// The end, unless the answer says that there is more.
    fn end(&self) -> Result<Next, Error> {
        if self.more == Some(true) {
            let message = "the answer says that there is more, but not how to ask for it";
            return Err(fault(Fault::MissingNext, message));
        }
        Ok(Next::End)
    }

    fn by_key(&self, at: &Situation<'_>, key: &str) -> Result<Next, Error> {
        if at.paging.more.is_some() && self.more.is_none() {
            let message = "the answer does not say whether there is more";
            return Err(fault(Fault::MissingMore, message));
        }
        let Some(last) = self.records.last() else {
            return self.end();
        };
        let record = &at.body[last.clone()];
        let value = skim::value(record, key).map_err(unread)?;
        match value.and_then(|range| Json::parse(&record[range]).ok()) {
            Some(value @ Json::Number(_)) => Ok(Next::Value(value)),
            Some(Json::String(text)) if !text.is_empty() => Ok(Next::Value(text.into())),
            _ => {
                let message = format!("the last record has no key at `{key}` to go on from");
                Err(fault(Fault::MissingNext, message))
            }
        }
    }
}

/// The number that the page was asked for with.
fn number(at: &Situation<'_>, first: u64) -> u64 {
    match at.asked {
        Next::Value(value) => count(value).unwrap_or(first),
        _ => at.given.unwrap_or(first),
    }
}

#[cold]
fn short(total: u64, read: u64) -> Error {
    let message =
        format!("the server names a total of {total}, but gives nothing after {read} records");
    fault(Fault::TotalMismatch, message)
}
