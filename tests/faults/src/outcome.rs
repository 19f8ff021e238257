//! What came of a list, in words.

use crate::api::PER_PAGE;
use crate::fault::ITEMS;
use pontoon_runtime::Error;
use std::fmt;

/// What came of a list.
#[derive(Debug)]
pub enum Outcome {
    /// Every thing, once, in order.
    All,
    /// An error of that kind after so many things, none of them lost or doubled.
    Failed(String, usize),
    /// What must never be.
    Wrong(String),
}

impl Outcome {
    /// Judges the things that were listed.
    pub fn of(ids: &[i64], error: Option<&Error>) -> Self {
        let right = ids.iter().enumerate().all(|(at, id)| *id == at as i64);
        match error {
            _ if !right => Self::Wrong(format!("LOST OR DOUBLED {ids:?}")),
            None if ids.len() == ITEMS => Self::All,
            None => Self::Wrong(format!("LOST IN SILENCE after {}", ids.len())),
            Some(_) if !ids.len().is_multiple_of(PER_PAGE) => {
                Self::Wrong(format!("HALF A PAGE after {}", ids.len()))
            }
            Some(error) => Self::Failed(kind(error), ids.len()),
        }
    }

    /// Whether the outcome is one of those.
    pub fn is_one_of(&self, right: &[&str]) -> bool {
        match self {
            Self::All => right.contains(&"all"),
            Self::Failed(kind, _) => right.contains(&kind.as_str()),
            Self::Wrong(_) => false,
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("all"),
            Self::Failed(kind, count) => write!(f, "{kind} after {count}"),
            Self::Wrong(what) => f.write_str(what),
        }
    }
}

/// What an error says of itself by its predicates.
pub fn kind(error: &Error) -> String {
    match error.status() {
        Some(status) if error.is_status() => return format!("status {}", status.as_u16()),
        _ => {}
    }
    let kinds = [
        (error.is_timeout(), "timeout"),
        (error.is_connect(), "connect"),
        (error.is_transport(), "transport"),
        (error.is_redirect(), "redirect"),
        (error.is_decode(), "decode"),
        (error.is_paging(), "paging"),
        (error.is_too_long(), "too long"),
        (error.is_auth(), "credential"),
        (error.is_request(), "request"),
    ];
    let found = kinds.iter().find(|(is, _)| *is);
    found
        .map_or("error of no kind", |(_, name)| name)
        .to_owned()
}
