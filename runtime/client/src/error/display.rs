//! How an error reads.

use super::{Error, Kind};
use crate::retry::{Attempts, NotRetried};
use std::fmt;

/// How much of a body is shown.
const SHOWN: usize = 200;

impl fmt::Display for Error {
    /// One line: the operation, what happened, and the start of the body.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        if let Some(operation) = inner.operation {
            match (operation.path, &inner.url) {
                ("", Some(url)) => {
                    let name = format!("{} {}", operation.method, path_of(url));
                    write!(f, "{}: ", name.trim_start())?;
                }
                ("", None) => {}
                (path, _) => write!(f, "{} {path}: ", operation.method)?,
            }
        }
        match (&inner.answer, inner.kind) {
            (Some(answer), Kind::Status) => {
                if let Some(status) = answer.status {
                    write!(f, "{}", status.as_u16())?;
                    if let Some(reason) = status.canonical_reason() {
                        write!(f, " {reason}")?;
                    }
                }
                if !answer.body.is_empty() {
                    f.write_str(": ")?;
                    excerpt(&answer.body, f)?;
                }
                let scopes = self.needed_scopes();
                if !scopes.is_empty() {
                    let scopes = scopes.join(" ");
                    write!(
                        f,
                        " (the token lacks a scope; needed: {})",
                        scopes.escape_debug()
                    )?;
                }
            }
            (Some(answer), _) => {
                f.write_str(&inner.message)?;
                if let Some(path) = &inner.json_path {
                    write!(f, " at {path}")?;
                }
                match answer.status {
                    Some(status) => write!(f, " (status {}, body: ", status.as_u16())?,
                    None => f.write_str(" (body: ")?,
                }
                excerpt(&answer.body, f)?;
                f.write_str(")")?;
            }
            (None, _) => {
                f.write_str(&inner.message)?;
                if let Some(path) = &inner.json_path {
                    write!(f, " at {path}")?;
                }
                if let Some(url) = &inner.url {
                    write!(f, " ({url})")?;
                }
            }
        }
        attempts(&inner.attempts, f)
    }
}

/// The path of a URL.
fn path_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let path = rest.find('/').map_or("", |start| &rest[start..]);
    path.split('?').next().unwrap_or_default()
}

/// How often it was tried, and why no more, where that is not plain.
fn attempts(attempts: &Attempts, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if attempts.made > 1 {
        write!(f, " (after {} attempts)", attempts.made)?;
    }
    match attempts.stopped {
        Some(reason @ (NotRetried::BodyConsumed | NotRetried::Budget | NotRetried::LongWait)) => {
            write!(f, "; not tried again: {reason}")
        }
        _ => Ok(()),
    }
}

/// The start of a body on one line: control characters escaped, secrets masked.
fn excerpt(body: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if body.is_empty() {
        return f.write_str("empty");
    }
    // A character takes up to four bytes; the scan for secrets sees a little more
    // than what is shown, so that a name at the edge is still recognised.
    let start = &body[..body.len().min(SHOWN * 4)];
    let text = crate::mask::json(&String::from_utf8_lossy(start));
    for (shown, c) in text.chars().enumerate() {
        if shown == SHOWN {
            return f.write_str("...");
        }
        if c.is_control() || is_direction_mark(c) {
            write!(f, "{}", c.escape_default())?;
        } else {
            write!(f, "{c}")?;
        }
    }
    if body.len() > start.len() {
        f.write_str("...")?;
    }
    Ok(())
}

/// Characters that change the direction of what follows them on a terminal.
fn is_direction_mark(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        f.debug_struct("Error")
            .field("kind", &inner.kind)
            .field("message", &format_args!("{self}"))
            .field("operation", &self.operation())
            .field("url", &inner.url)
            .field("source", &inner.source)
            .finish()
    }
}
