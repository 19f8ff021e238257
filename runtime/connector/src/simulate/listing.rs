//! Which records of a list a request is answered with, and how the next page is told.

use crate::manifest::{Paging, Rule};
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
    /// The token of the next page.
    pub(super) token: Option<String>,
    pub(super) has_more: bool,
}

/// What a request says.
pub(super) struct Asked<'a> {
    pub(super) query: &'a BTreeMap<String, String>,
    pub(super) body: &'a Value,
}

impl Asked<'_> {
    fn value(&self, place: &str) -> Option<String> {
        match place.starts_with('/') {
            true => match self.body.pointer(place)? {
                Value::String(text) => Some(text.clone()),
                Value::Null => None,
                other => Some(other.to_string()),
            },
            false => self.query.get(place).cloned(),
        }
    }

    fn number(&self, place: &str) -> Result<Option<u64>, String> {
        match self.value(place) {
            None => Ok(None),
            Some(text) => match text.parse() {
                Ok(number) => Ok(Some(number)),
                Err(_) => Err(format!("`{place}` must be a number, it is `{text}`")),
            },
        }
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
        Some((place, most)) => match asked.number(place)? {
            Some(0) => return Err(format!("`{place}` must not be 0")),
            Some(size) if size > *most => {
                return Err(format!("`{place}` must not be more than {most}"));
            }
            Some(size) => size,
            None => PAGE.min(*most),
        },
    };
    let after = |first: u64| first.saturating_add(size);
    let (first, size) = match &paging.rule {
        Rule::None => (0, total),
        Rule::LinkHeader | Rule::NextUrl { .. } => (
            asked.number("page")?.unwrap_or(1).saturating_sub(1) * size,
            size,
        ),
        Rule::Token { to, .. } | Rule::HeaderToken { to, .. } => match asked.value(to) {
            None => (0, size),
            Some(token) => (
                from_token(&token).ok_or_else(|| format!("`{to}` is no token of this server"))?,
                size,
            ),
        },
        Rule::LastId { to, .. } => match asked.value(to) {
            None => (0, size),
            Some(key) => match of_key(&key) {
                Some(index) => (index + 1, size),
                None => return Err(format!("`{to}`: there is no record `{key}`")),
            },
        },
        Rule::Offset { to, first } => {
            let skip = asked.number(to)?.unwrap_or(*first);
            (skip.saturating_sub(*first), size)
        }
        Rule::Page { to, first } => {
            let number = asked.number(to)?.unwrap_or(*first);
            (number.saturating_sub(*first).saturating_mul(size), size)
        }
    };
    let count = size.min(total.saturating_sub(first));
    let has_more = after(first) < total && !matches!(paging.rule, Rule::None);
    let next_query = has_more.then(|| {
        let number = asked.number("page").ok().flatten().unwrap_or(1) + 1;
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
        token: has_more.then(|| to_token(after(first))),
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
        serde_json::from_value(json!({"rule": rule, "size": ["size", 100]})).expect("paging")
    }

    /// Walks a list as a client would, and gives the numbers of all records.
    fn walk(rule: Value, total: u64) -> Vec<u64> {
        let paging = paging(rule.clone());
        let mut query = BTreeMap::from([("size".to_owned(), "40".to_owned())]);
        let mut seen = Vec::new();
        loop {
            let asked = Asked {
                query: &query,
                body: &Value::Null,
            };
            let key = |text: &str| text.parse::<u64>().ok()?.checked_sub(1);
            let page = page(&paging, total, &asked, key).expect("a page");
            seen.extend(page.first..page.first + page.count);
            if !page.has_more {
                return seen;
            }
            let last = seen.last().map_or(0, |last| last + 1);
            let to = rule["to"].as_str().unwrap_or_default().to_owned();
            let next = match rule["kind"].as_str().unwrap_or_default() {
                "token" | "header-token" => page.token.expect("a token"),
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
            json!({"kind": "next-url", "from": "/next"}),
            json!({"kind": "token", "to": "cursor", "from": "/next"}),
            json!({"kind": "header-token", "to": "cursor", "from": "X-Next"}),
            json!({"kind": "last-id", "to": "after", "key": "/id"}),
            json!({"kind": "offset", "to": "offset", "first": 0}),
            json!({"kind": "page", "to": "page", "first": 1}),
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
                json!({"kind": "token", "to": "cursor", "from": "/n"}),
                "cursor",
                "28.deadbeef",
            ),
            (
                json!({"kind": "token", "to": "cursor", "from": "/n"}),
                "cursor",
                "40",
            ),
            (
                json!({"kind": "last-id", "to": "after", "key": "/id"}),
                "after",
                "none",
            ),
            (
                json!({"kind": "page", "to": "page", "first": 1}),
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
                body: &Value::Null,
            };
            assert!(
                page(&paging(rule), 200, &asked, |_| None).is_err(),
                "{name}={value}"
            );
        }
    }
}
