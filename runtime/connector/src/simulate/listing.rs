//! Which records of a list a request is answered with, and how the next page is told.

use crate::manifest::{Paging, Place, Rule, Size};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use std::collections::BTreeMap;

/// A page: records `first..first + count`, counted from 0 among those that the
/// request asks for.
#[derive(Debug, PartialEq)]
pub(super) struct Page {
    pub(super) first: u64,
    pub(super) count: u64,
    /// How many records a page may hold.
    pub(super) size: u64,
    /// The query of the next page, where it is told by a URL.
    pub(super) next_query: Option<String>,
    /// The token of the next page, or its number where the answer tells that.
    pub(super) token: Option<Value>,
    pub(super) has_more: bool,
}

/// What a request says.
pub(super) struct Asked<'a> {
    pub(super) query: &'a BTreeMap<String, String>,
    pub(super) header: &'a dyn Fn(&str) -> Option<String>,
    pub(super) body: &'a Value,
}

impl Asked<'_> {
    /// What stands at a place, as text.
    pub(super) fn value(&self, place: &Place) -> Option<String> {
        match place {
            Place::Query(name) => self.query.get(name).cloned(),
            Place::Header(name) => (self.header)(name),
            Place::Body(pointer) => match self.body.pointer(pointer)? {
                Value::String(text) => Some(text.clone()),
                Value::Null => None,
                other => Some(other.to_string()),
            },
        }
    }

    fn number(&self, place: &Place) -> Result<Option<u64>, String> {
        match self.value(place) {
            None => Ok(None),
            Some(text) => match text.parse() {
                Ok(number) => Ok(Some(number)),
                Err(_) => Err(format!(
                    "`{}` must be a number, it is `{text}`",
                    place.name()
                )),
            },
        }
    }

    /// The number of the page in a URL that this server has made.
    fn url_page(&self) -> Result<u64, String> {
        Ok(self.number(&Place::Query("page".to_owned()))?.unwrap_or(1))
    }
}

/// The length of a page where the request does not say it.
const PAGE: u64 = 30;

/// The page of a list of `total` records that is asked for. `of_key` finds the record
/// with that key, counted from 0.
pub(super) fn page(
    paging: &Paging,
    total: u64,
    asked: &Asked<'_>,
    of_key: impl Fn(&str) -> Option<u64>,
) -> Result<Page, String> {
    let size = match &paging.size {
        None => PAGE,
        Some(Size { to, most }) => match (asked.number(to)?, most) {
            (Some(0), _) => return Err(format!("`{}` must not be 0", to.name())),
            (Some(size), Some(most)) if size > *most => {
                return Err(format!("`{}` must not be more than {most}", to.name()));
            }
            (Some(size), _) => size,
            (None, most) => PAGE.min(most.unwrap_or(PAGE)),
        },
    };
    let after = |first: u64| first.saturating_add(size);
    let (first, size) = match &paging.rule {
        Rule::None => (0, total),
        Rule::LinkHeader | Rule::NextUrl { .. } => (
            asked.url_page()?.saturating_sub(1).saturating_mul(size),
            size,
        ),
        Rule::Token { to, .. } => match asked.value(to) {
            None => (0, size),
            Some(token) => (
                from_token(&token)
                    .ok_or_else(|| format!("`{}` is no token of this server", to.name()))?,
                size,
            ),
        },
        Rule::LastId { to, .. } => match asked.value(to) {
            None => (0, size),
            Some(key) => match of_key(&key) {
                Some(index) => (index + 1, size),
                None => return Err(format!("`{}`: there is no record `{key}`", to.name())),
            },
        },
        Rule::Offset { to, first } => {
            let skip = asked.number(to)?.unwrap_or(*first);
            (skip.saturating_sub(*first), size)
        }
        Rule::NextPage { to, .. } => {
            let number = asked.number(to)?.unwrap_or(1);
            (number.saturating_sub(1).saturating_mul(size), size)
        }
        Rule::Page { to, first } => {
            let number = asked.number(to)?.unwrap_or(*first);
            (number.saturating_sub(*first).saturating_mul(size), size)
        }
    };
    let count = size.min(total.saturating_sub(first));
    let has_more = after(first) < total && !matches!(paging.rule, Rule::None);
    let next_query = has_more.then(|| {
        let number = asked.url_page().unwrap_or(1) + 1;
        let others = asked.query.iter().filter(|(name, _)| *name != "page");
        let mut pairs: Vec<String> = others.map(|(name, value)| pair(name, value)).collect();
        pairs.push(pair("page", &number.to_string()));
        pairs.join("&")
    });
    Ok(Page {
        first,
        count,
        size,
        next_query,
        token: has_more.then(|| match &paging.rule {
            Rule::NextPage { .. } => (after(first) / size + 1).into(),
            _ => to_token(after(first)).into(),
        }),
        has_more,
    })
}

fn pair(name: &str, value: &str) -> String {
    let name = utf8_percent_encode(name, NON_ALPHANUMERIC);
    let value = utf8_percent_encode(value, NON_ALPHANUMERIC);
    format!("{name}={value}")
}

/// Tokens that no client can make up: the position and a check of it.
fn to_token(position: u64) -> String {
    format!("{position:x}.{:08x}", check(position))
}

fn from_token(token: &str) -> Option<u64> {
    let (position, sum) = token.split_once('.')?;
    let position = u64::from_str_radix(position, 16).ok()?;
    (u32::from_str_radix(sum, 16).ok()? == check(position)).then_some(position)
}

fn check(position: u64) -> u32 {
    let mixed = position.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> 32) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn paging(rule: Value) -> Paging {
        serde_json::from_value(
            json!({"rule": rule, "size": {"to": {"query": "size"}, "most": 100}}),
        )
        .expect("paging")
    }

    /// Walks a list as a client would, and gives the numbers of all records.
    fn walk(rule: Value, total: u64) -> Vec<u64> {
        let paging = paging(rule.clone());
        let mut query = BTreeMap::from([("size".to_owned(), "40".to_owned())]);
        let mut seen = Vec::new();
        loop {
            let asked = Asked {
                query: &query,
                header: &|_| None,
                body: &Value::Null,
            };
            let key = |text: &str| text.parse::<u64>().ok()?.checked_sub(1);
            let page = page(&paging, total, &asked, key).expect("a page");
            seen.extend(page.first..page.first + page.count);
            if !page.has_more {
                return seen;
            }
            let last = seen.last().map_or(0, |last| last + 1);
            let to = rule["to"]["query"].as_str().unwrap_or_default().to_owned();
            let next = match rule["kind"].as_str().unwrap_or_default() {
                "token" | "next-page" => match page.token.expect("a token") {
                    Value::String(text) => text,
                    number => number.to_string(),
                },
                "last-id" | "offset" => last.to_string(),
                "page" => (last / 40 + 1).to_string(),
                _ => {
                    let next = page.next_query.expect("a URL");
                    query = form(&next);
                    continue;
                }
            };
            query.insert(to, next);
        }
    }

    fn form(text: &str) -> BTreeMap<String, String> {
        text.split('&')
            .filter_map(|pair| pair.split_once('='))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect()
    }

    #[test]
    fn every_rule_gives_all_records_once() {
        let rules = [
            json!({"kind": "link-header"}),
            json!({"kind": "next-url", "from": {"body": "/next"}}),
            json!({"kind": "token", "to": {"query": "cursor"}, "from": {"body": "/next"}}),
            json!({"kind": "token", "to": {"query": "cursor"}, "from": {"header": "X-Next"}}),
            json!({"kind": "next-page", "to": {"query": "page"}, "from": {"body": "/next"}}),
            json!({"kind": "last-id", "to": {"query": "after"}, "key": "/id"}),
            json!({"kind": "offset", "to": {"query": "offset"}, "first": 0}),
            json!({"kind": "page", "to": {"query": "page"}, "first": 1}),
            json!({"kind": "none"}),
        ];
        for rule in rules {
            for total in [0, 1, 39, 40, 41, 80, 135] {
                let all: Vec<u64> = (0..total).collect();
                assert_eq!(walk(rule.clone(), total), all, "{rule} {total}");
            }
        }
    }

    #[test]
    fn mistakes_are_refused() {
        let cases = [
            (
                json!({"kind": "token", "to": {"query": "cursor"}, "from": {"body": "/n"}}),
                "cursor",
                "28.deadbeef",
            ),
            (
                json!({"kind": "token", "to": {"query": "cursor"}, "from": {"body": "/n"}}),
                "cursor",
                "40",
            ),
            (
                json!({"kind": "last-id", "to": {"query": "after"}, "key": "/id"}),
                "after",
                "none",
            ),
            (
                json!({"kind": "page", "to": {"query": "page"}, "first": 1}),
                "page",
                "x",
            ),
            (json!({"kind": "link-header"}), "size", "101"),
            (json!({"kind": "link-header"}), "size", "0"),
        ];
        for (rule, name, value) in cases {
            let query = BTreeMap::from([(name.to_owned(), value.to_owned())]);
            let asked = Asked {
                query: &query,
                header: &|_| None,
                body: &Value::Null,
            };
            assert!(
                page(&paging(rule), 200, &asked, |_| None).is_err(),
                "{name}={value}"
            );
        }
    }
}
